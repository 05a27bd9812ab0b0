"""The film's record: that it is read as it was written, that one which contradicts itself is refused, and that the film
which it is of is as it says."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from hallyu import audio, video
from hallyu.errors import HallyuError
from hallyu.ott import first_snow, loudness, pictures, sync
from hallyu.ott.first_snow import Line, Music, Shot, Sign, Sound, Truth, Word


def line(number, start, stop, text="같은 숲", **more):
    words, step = text.split(), (stop - start) / len(text.split())
    timed = tuple(Word(word, start + n * step, start + (n + 1) * step) for n, word in enumerate(words))
    return Line(number, "하늘", text, "the same forest", start, stop, timed, **more)


def record(**changes):
    lyrics = (line("s1", 7.0, 9.25, "올해는 같이 가요"),)
    made = Truth(
        Fraction(24000, 1001), 1920, 1080, 240,
        (Shot("wide", 0, 100, "forest.exr"), Shot("close", 100, 240, "s3.mp4")),
        (line("01", 1.0, 2.5), line("02", 2.25, 3.0, seen=True), line("03", 5.0, 6.0)),
        (Sound("뽀드득", "crunch", 0.5, 0.75),), (Sign("남쪽 입구", "South Gate", 0.0, 2.0),),
        (Music("첫눈", "First Snow", 6.0, 10.0, lyrics),),
    )  # fmt: skip
    return replace(made, **changes)


def test_what_is_written_is_read(tmp_path):
    made = record()
    assert first_snow.truth(first_snow.save(made, tmp_path / "film.json")) == made


def test_cuts_are_where_shots_meet():
    assert record().cuts == pytest.approx([100 * 1001 / 24000])


def test_speech_joins_lines_that_overlap_and_leaves_out_song():
    assert record().speech == ((1.0, 3.0), (5.0, 6.0))


@pytest.mark.parametrize(
    "shots",
    [
        (),
        (Shot("a", 0, 100, ""), Shot("b", 101, 240, "")),
        (Shot("a", 0, 100, ""), Shot("b", 100, 239, "")),
        (Shot("a", 1, 240, ""),),
        (Shot("a", 0, 240, ""), Shot("b", 240, 240, "")),
    ],
)
def test_shots_leave_no_frame_out(shots):
    with pytest.raises(HallyuError, match="follow each other"):
        record(shots=shots)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lines": (line("07", 9.0, 11.0),)}, "Line 07 is from 9.00 s to 11.00 s"),
        ({"sounds": (Sound("바람", "wind", -1.0, 2.0),)}, "바람"),
        ({"signs": (Sign("남쪽 입구", "South Gate", 3.0, 3.0),)}, "남쪽 입구"),
        ({"music": (Music("첫눈", "First Snow", 9.0, 12.0),)}, "첫눈"),
    ],
)
def test_times_lie_inside_the_film(change, says):
    with pytest.raises(HallyuError, match=says):
        record(**change)


def test_timed_words_are_those_of_the_text():
    spoken = line("01", 1.0, 2.0)
    with pytest.raises(HallyuError, match="line 01"):
        record(lines=(replace(spoken, words=spoken.words[:1]),))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rate": "0/0"}', "null"])
def test_what_is_no_record_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "film.json").write_text(text)
    with pytest.raises(HallyuError, match="is not the record of a film"):
        first_snow.truth(tmp_path / "film.json")


def test_a_field_too_much_or_too_few_is_refused(tmp_path):
    path = first_snow.save(record(), tmp_path / "film.json")
    stored = json.loads(path.read_text())
    for change in (
        {"frames": None},
        {"shots": [{"name": "a"}]},
        {"lines": [{**stored["lines"][0], "mood": "sad"}]},
    ):
        path.write_text(json.dumps({**stored, **change}))
        with pytest.raises(HallyuError, match="is not the record of a film"):
            first_snow.truth(path)


def test_a_missing_record_is_told(tmp_path):
    with pytest.raises(HallyuError, match=r"first-snow\.json is not there"):
        first_snow.truth(tmp_path / "first-snow.json")


# --- the film itself ---------------------------------------------------------------------------------------------------

MEDIA = Path(__file__).parents[2] / "modules" / "ott" / "media"
FILM = MEDIA / "first-snow.mp4"


@pytest.fixture(scope="module")
def film():
    return first_snow.truth(MEDIA / "first-snow.json")


@pytest.fixture(scope="module")
def stems():
    return {
        name: audio.read(MEDIA / f"first-snow-{name}.flac")[0] for name in ("dialogue", "music", "effects")
    }


def test_the_film_is_as_large_and_as_long_as_its_record_says(film):
    info = video.probe(FILM)
    assert (info.width, info.height, info.rate, info.frames) == (
        film.width,
        film.height,
        film.rate,
        film.frames,
    )
    assert FILM.stat().st_size < 14e6 and 45 <= film.seconds <= 55


def test_its_stems_are_as_long_as_the_film_and_their_sum_is_what_is_heard(film, stems, tmp_path):
    assert {len(stem) for stem in stems.values()} == {round(film.seconds * 48_000)}
    whole = sum(stems.values())
    audio.write_wav(tmp_path / "mix.wav", whole, 48_000)
    offset = sync.mixes(FILM, tmp_path / "mix.wav")
    assert offset.correlation > 0.98 and abs(offset.seconds) < 0.002


def test_it_is_as_loud_as_a_service_wants(film):
    heard = loudness.measure(FILM)
    spoken, share = heard.dialogue(film.speech)
    assert spoken == pytest.approx(loudness.DIALOGUE, abs=0.5) and share > loudness.LITTLE
    assert heard.true_peak <= loudness.PEAK_ASKED and loudness.RANGE[0] <= heard.range <= loudness.RANGE[1]


def test_words_are_heard_where_the_record_says_and_nowhere_else(film, stems):
    level = np.abs(stems["dialogue"]).max(1)
    inside = np.zeros(len(level), bool)
    for start, stop in film.speech:
        inside[round((start - 0.05) * 48_000) : round((stop + 0.5) * 48_000)] = True
    for line in film.lines:
        for word in line.words:
            assert level[round(word.start * 48_000) : round(word.stop * 48_000)].max() > 0.02, (line.id, word)
    assert level[~inside].max() < 0.003


def test_there_is_a_cut_where_the_record_says(film):
    """Each hard cut changes the picture more than any two frames beside it; dissolves change it slowly."""
    codes = np.stack([picture.codes.astype(np.float32) for picture in pictures.read(FILM, 64)])
    change = np.abs(np.diff(codes, axis=0)).mean((1, 2, 3))
    hard = [shot.start for shot in film.shots[1:] if change[shot.start - 1] > 12]
    assert len(hard) >= len(film.cuts) - 6
    for first in hard:
        beside = np.delete(change[max(0, first - 8) : first + 7], min(7, first - 1))
        assert change[first - 1] > 3 * np.median(beside)


def test_the_mouths_that_are_seen_speak_in_time(film, tmp_path):
    """The takes whose speakers move their mouths: each line's sound lies where the mouth is open."""
    takes = [shot for shot in film.shots if shot.name in ("doyun asks", "haneul answers", "doyun answers")]
    first, last = takes[0].start, takes[-1].stop
    opening = sync.mouth_opening(video.read(FILM, first, last))
    energy = sync.speech_energy(MEDIA / "first-snow-dialogue.flac", 24)[first:last]
    offset = sync.align(opening, energy, 24, reach=0.5)
    assert sync.EARLY * -1 - 0.045 <= offset.seconds <= sync.LATE + 0.045
