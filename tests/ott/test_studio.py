"""What the OTT app works with: films that are opened, subtitles that a page sends, and what goes out."""

import os
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from hallyu import audio, video
from hallyu.errors import HallyuError
from hallyu.ott import dossier, ffmpeg, package, player, studio, subtitle_files
from hallyu.ott.align import Aligned
from hallyu.ott.dossier import Subtitled
from hallyu.ott.recognise import Listened, Word
from hallyu.ott.timedtext import Cue, Track

RATE, SOUND = 24, 48_000
CUTS = (2.0, 4.0)
MULTI = ("-f", "lavfi", "-i", "sine=f=330:r=48000:d=6,pan=7.1|c0=c0|c1=c0|c2=c0|c4=c0|c6=c0")


def shots() -> list[np.ndarray]:
    """Three pictures (180, 480, 3) of soft blotches: dark, bright, and between the two."""
    coarse = np.random.default_rng(7).random((5, 12, 3), np.float32)
    wide = cv2.resize(coarse, (480, 180), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return [low + 0.4 * wide[:, ::way] for low, way in ((0.0, 1), (0.6, -1), (0.3, 1))]


def made(path: Path, seconds: float = 6.0, sound: bool = True) -> Path:
    """A film of three shots, each of two seconds, that pans; its tone is silent in the first second."""
    looks = shots()
    frames = (looks[n // 48 % 3][:, 3 * (n % 48) :][:, :320] for n in range(round(seconds * RATE)))
    time = np.arange(round(seconds * SOUND)) / SOUND
    tone = (0.25 * np.sin(2 * np.pi * 330 * time) * (time >= 1)).astype(np.float32)
    video.write(path, frames, RATE, audio_from=(tone, SOUND) if sound else None)
    return path


@pytest.fixture(scope="module")
def snow(tmp_path_factory):
    return made(tmp_path_factory.mktemp("film") / "snow.mp4")


@pytest.fixture(scope="module")
def film(snow, tmp_path_factory):
    return studio.opened(snow, tmp_path_factory.mktemp("open") / "film")


# --- The film


def test_a_film_is_made_ready(film):
    assert (film.rate, film.seconds, len(film.sound)) == (24, pytest.approx(6.0), 1)
    assert film.cuts == CUTS
    copy = video.probe(film.proxy)
    assert (copy.rate, copy.length, copy.height) == (24, 144, 180)
    # A tone of 0.25 is heard from the second second on; levels are square roots of 255.
    assert len(film.peaks) == pytest.approx(6 * studio.PEAKS, abs=3)
    assert film.peaks[: studio.PEAKS - 2].max() < 20 and int(film.peaks[studio.PEAKS + 3]) == pytest.approx(
        128, abs=3
    )
    assert film.thumbs == 12 and film.every == 0.5
    sheet = cv2.imread(str(film.sheet))
    assert sheet.shape[:2] == (film.thumb[1], film.thumbs * film.thumb[0])
    means = sheet.reshape(film.thumb[1], film.thumbs, film.thumb[0], 3).mean((0, 2, 3))
    assert means[:4].max() < means[8:].min() and means[8:].max() < means[4:8].min()


def vfr(snow: Path, path: Path) -> None:
    """Pictures at 24 frames a second that stand, after three seconds, for two frames each."""
    later = "select='lt(t,3)+not(mod(n,2))',setpts=PTS"
    ffmpeg.run(["-i", snow, "-vf", later, "-fps_mode", "vfr", "-c:v", "libx264", "-c:a", "copy", path])


def surround(snow: Path, path: Path) -> None:
    """With 7.1 sound, 24 bits, in QuickTime."""
    ffmpeg.run(["-i", snow, *MULTI, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_s24le", path])


def named(snow: Path, path: Path) -> None:
    path.write_bytes(snow.read_bytes())


UNUSUAL = {
    "vfr.mkv": vfr,
    "seven.mov": surround,
    "it's “눈”; $(touch evil) `x` -i %d [a] concat:b|c.mp4": named,
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_films_are_opened_at_their_length(name, snow, tmp_path):
    path = tmp_path / name
    UNUSUAL[name](snow, path)
    film = studio.opened(path, tmp_path / "film")
    assert film.seconds == pytest.approx(6.0, abs=0.1)
    assert film.cuts == pytest.approx(CUTS, abs=1 / 24 + 1e-6)
    assert film.name == name and len(film.peaks) == pytest.approx(300, abs=4)
    assert sorted(os.listdir(tmp_path)) == sorted([name, "film"])


def cut_short(path: Path) -> None:
    whole = path.with_name("whole.mkv")
    noise = np.random.default_rng(3).random((200, 90, 160, 3), np.float32)
    video.write(whole, iter(noise), 24)
    ffmpeg.run(["-i", whole, "-c", "copy", "-movflags", "+faststart", path])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])


def still(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 36)).save(path)


REFUSED = {
    "text.mp4": (lambda path: path.write_text("첫눈이 내린다", encoding="utf-8"), "no film or picture"),
    "empty.mp4": (lambda path: path.write_bytes(b""), "is empty"),
    "cut.mp4": (cut_short, "cut off"),
    "song.wav": (lambda path: audio.write_wav(path, np.zeros(9000, np.float32), 16_000), "song.wav"),
    "still.png": (still, "is a still picture"),
    "blink.mp4": (lambda path: made(path, 0.25), "lasts 0.25 s"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_film_is_refused_with_a_sentence_and_leaves_nothing(name, tmp_path):
    make, says = REFUSED[name]
    make(tmp_path / name)
    with pytest.raises(HallyuError, match=says):
        studio.opened(tmp_path / name, tmp_path / "film")
    assert not (tmp_path / "film").exists()


def test_a_film_that_is_too_long_is_refused_before_it_is_read(snow, tmp_path, monkeypatch):
    monkeypatch.setattr(studio, "LONGEST", 5)
    with pytest.raises(HallyuError, match="hours"):
        studio.opened(snow, tmp_path / "film", lambda share: pytest.fail("it was read"))


@pytest.mark.parametrize("share", [0.1, 0.75, 0.98])
def test_opening_tells_how_far_it_is_and_stops_when_it_is_asked(snow, tmp_path, share):
    told = []
    with pytest.raises(ffmpeg.Stopped):
        studio.opened(snow, tmp_path / "film", told.append, lambda: bool(told) and told[-1] >= share - 0.1)
    assert not (tmp_path / "film").exists()
    assert told == sorted(told) and told[-1] < 1


# --- Subtitles

ROW = {"start": 1.0, "end": 2.0, "text": "눈"}


def test_cues_go_to_the_page_and_come_back():
    track = Track((Cue(1, 2, "첫눈", "하늘", by="x", forced=True, top=True, align="left"), Cue(3, 4, "눈")))
    assert studio.track_of(studio.rows(track), track.language, track.kind, track.rate) == track


@pytest.mark.parametrize(
    "rows",
    [
        None, "x", {}, [1], [{**ROW, "start": "1"}], [{**ROW, "end": True}], [{**ROW, "text": None}],
        [{**ROW, "start": np.nan}], [{**ROW, "end": 1e12}], [{**ROW, "align": "middle"}], [{**ROW, "text": "가" * 3000}],
        [ROW] * 6000,
    ],
)  # fmt: skip
def test_what_a_page_sends_that_are_no_cues_is_refused(rows):
    with pytest.raises(HallyuError):
        studio.track_of(rows, "ko", "subtitles", Fraction(24))


def test_half_a_character_becomes_one_that_a_file_can_hold():
    assert (
        studio.track_of([{**ROW, "text": "\ud800눈"}], "ko", "subtitles", Fraction(24)).cues[0].text == "?눈"
    )


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("눈.en.vtt", "en"),
        ("snow.pt-BR.srt", "pt-BR"),
        ("snow.zh-Hant-TW.vtt", "zh-Hant-TW"),
        ("snow.ttml", "fr"),
    ],
)
def test_subtitles_in_another_language_say_which(tmp_path, name, language):
    subtitle_files.write(tmp_path / name, Track((Cue(1, 2, "La neige"),), language))
    track = studio.in_another_language(tmp_path / name, Fraction(25))
    assert (track.language, track.rate) == (language, 25)


@pytest.mark.parametrize("name", ["snow.vtt", "english.srt", "Snow.2.vtt", "first.snow.vtt"])
def test_subtitles_that_do_not_say_their_language_are_refused(tmp_path, name):
    subtitle_files.write(tmp_path / name, Track((Cue(1, 2, "The snow"),), "en"))
    with pytest.raises(HallyuError, match=r"film\.en\.vtt"):
        studio.in_another_language(tmp_path / name, Fraction(24))


def test_counts_are_those_of_the_guide():
    track = Track((Cue(0, 2, "첫눈이다\nOK"), Cue(3, 3, "눈")))
    assert [(each.widths, each.speed) for each in studio.counts(track, studio.guide_of("ko"))] == [
        ((4.0, 1.0), 2.5),
        ((1.0,), 0.0),
    ]


def test_nothing_that_is_made_longer_stands_after_the_film():
    track = Track((Cue(5.5, 5.9, "눈이 온다"),))
    assert studio.repaired(track, (), "adults").track.cues[0].end > 6
    assert studio.repaired(track, (), "adults", 6.0).track.cues[0].end == 6.0
    heard = Listened(Fraction(24), "ko", ((5.5, 5.9),), (Word("눈이", 5.5, 5.9, 0.9),), ())
    assert studio.drafted(heard, 6.0).cues == (Cue(5.5, 6.0, "눈이", by=studio.MACHINE),)


def test_lines_of_the_script_that_nobody_says_are_left_out_and_named():
    said = Aligned(
        "눈이 온다", 1, 2, "누니 온다", 0, True, (Word("눈이", 1, 1.5, 1), Word("온다", 1.5, 2, 1))
    )
    missed = replace(said, text="가자", start=2.5, stop=3.0, found=False, words=(Word("가자", 2.5, 3, 0),))
    cut = replace(missed, text="아무도 하지 않은 말", start=3.0, stop=3.1, words=(Word("아무도", 3, 3.1, 0),))
    heard = Listened(Fraction(24), "ko", ((1, 3),), said.words, (), (said, missed, cut))
    assert heard.unsaid == (cut,)
    assert [cue.text for cue in studio.drafted(heard, 6).cues] == ["눈이 온다", "가자"]


# --- What goes out

TRACK = Track((Cue(0.5, 1.5, "첫눈이다"), Cue(4.5, 5.5, "가자")))


def order(**about) -> studio.Order:
    """A stream of one small rung, without papers."""
    given = {"heights": (180,), "spoken": "ko", "subtitles": (Subtitled(TRACK, "김서연"),), "dossier": False}
    return studio.Order("첫눈", **{**given, **about})


def test_rungs_are_those_that_fit(film):
    assert studio.rungs(film.info) == [(180, 145_000)]
    heights = [height for height, _ in studio.rungs(replace(film.info, width=1920, height=1080))]
    assert heights == sorted(set(heights)) and heights[-1] == 1080


def test_a_stream_is_made_with_its_page_and_packed(film, tmp_path):
    told = []
    stream, report = studio.released(film, tmp_path / "out", order(), {"ko": "한국어"}, told.append)
    assert report.passed and package.check(stream) == []
    assert told == sorted(told)
    assert (stream / player.PAGE).is_file() and (tmp_path / "out/subtitles/ko-subtitles.ttml").is_file()
    rows = studio.pack(tmp_path / "out", tmp_path / "첫눈.zip")
    with zipfile.ZipFile(tmp_path / "첫눈.zip") as archive:
        assert archive.testzip() is None
        assert {name: size for name, size in rows} == {
            each.filename: each.file_size for each in archive.infolist()
        }
    assert sorted(os.listdir(tmp_path)) == ["out", "첫눈.zip"]


@pytest.mark.parametrize("share", [0.2, 0.6, studio.PACKED])
def test_a_release_that_is_stopped_leaves_nothing(film, tmp_path, share):
    told = []
    with pytest.raises(ffmpeg.Stopped):
        stream, _ = studio.released(
            film, tmp_path / "out", order(), {}, told.append, lambda: bool(told) and told[-1] >= share
        )
        studio.pack(stream.parent, tmp_path / "out.zip", lambda: True)
    assert not (tmp_path / "out.zip").exists() and not (tmp_path / "out-work").exists()
    assert share == studio.PACKED or not (tmp_path / "out").exists()


@pytest.mark.parametrize("heights", [(), (1080,)])
def test_a_stream_has_a_size_that_the_film_has(film, tmp_path, heights):
    with pytest.raises(HallyuError, match="at least one size"):
        studio.released(film, tmp_path / "out", order(heights=heights))


def test_two_subtitles_of_one_language_do_not_overwrite_each_other(film, tmp_path):
    both = (Subtitled(TRACK, "김서연"), Subtitled(replace(TRACK, cues=TRACK.cues[:1]), "유나"))
    with pytest.raises(HallyuError, match="Two of the subtitles are ko-subtitles"):
        studio.released(film, tmp_path / "out", order(subtitles=both))
    assert os.listdir(tmp_path) == []


def test_who_may_not_be_published_stops_it_before_anything_is_encoded(film, tmp_path):
    nobody = dossier.Likeness("voice", "somebody")
    with pytest.raises(HallyuError, match="consent"):
        studio.released(
            film, tmp_path / "out", order(likenesses=(nobody,)), {}, lambda share: pytest.fail("it was made")
        )
    assert os.listdir(tmp_path) == []
