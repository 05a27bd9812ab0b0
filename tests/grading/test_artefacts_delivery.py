"""A release that loses no point, then every code of quality control, every rule and every known cheat, each to be found."""

import json
import re
import resource
import shutil
from dataclasses import replace

import delivery_material as material
import numpy as np
import pytest

from hallyu.files import sha256
from hallyu.grading import artefacts_delivery as artefacts
from hallyu.grading import conformed, streamed
from hallyu.grading.findings import marks
from hallyu.ott import encode, ffmpeg, imf, ladder, package, subtitle_files
from hallyu.provenance import credentials

WORD = material.word()
RATE, FILM = 24, "first_snow.mp4"
SHORT = 6.25
"""Seconds that are enough for a fault of picture or sound: the first two shots."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a right delivery and of what it was made of."""
    folder = tmp_path_factory.mktemp("original")
    material.deliver(folder)
    return folder


@pytest.fixture(scope="module")
def graded(made):
    """What every grader finds in it, and the seconds of computing that takes."""
    before = _computed()
    found = {grader: grader(made / "delivery", WORD) for grader in artefacts.GRADERS}
    return found, _computed() - before


def _computed():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@pytest.fixture
def delivery(made, tmp_path):
    """A copy, to be spoilt."""
    return material.copied(made / "delivery", tmp_path / "delivery")


@pytest.fixture
def alone(made, tmp_path):
    """Makes a delivery of a mezzanine alone, from the right one. filters: of ffmpeg's. change: of its sound. short: of SHORT."""

    def make(filters="", change=None, short=False):
        folder = tmp_path / "alone"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        how = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"]
        cut = ["-t", f"{SHORT:g}", *how] if short else []
        if change:
            sound = material.mix(-8, tmp_path / "changed.wav", change)
            material.with_sound(made / "work" / "pictures.mp4", sound, folder / FILM, "-c:a", "alac", *cut)
            return folder
        filters = ["-filter_complex" if "[" in filters else "-vf", filters]
        source = ["-i", made / "work" / "mezzanine.mp4"]
        ffmpeg.make(
            folder / FILM,
            [*source, *filters, *how, *cut, "-c:a", "copy", "-movflags", "+faststart", "-f", "mp4"],
        )
        return folder

    return make


def codes(grader, folder):
    return [finding.code for finding in grader(folder, WORD)]


def kept(grader, folder):
    return marks(grader(folder, WORD), grader.points)


def edit(folder, name, change):
    """Change a JSON file of a delivery."""
    path = folder / name
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told)
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def rewrite(folder, name, pattern, text, count=1):
    """Put *text* for *pattern* in a text file of a delivery."""
    path = folder / name
    changed, times = re.subn(pattern, text, path.read_text(encoding="utf-8"), count=count)
    assert times
    path.write_text(changed, encoding="utf-8")


# --- what is right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda g: g.__name__)
def test_an_honest_release_loses_nothing(graded, grader):
    assert graded[0][grader] == []


def test_a_release_is_graded_within_a_minute_of_computing(graded):
    assert graded[1] < 60


def test_the_points_sum_to_what_the_assignment_says():
    assert sum(grader.points for grader in artefacts.GRADERS) == 80


@pytest.mark.parametrize("grader", artefacts.GRADERS, ids=lambda g: g.__name__)
def test_an_empty_folder_and_no_folder_earn_nothing(tmp_path, grader):
    (tmp_path / "delivery").mkdir()
    for folder in (tmp_path / "delivery", tmp_path / "nothing"):
        assert kept(grader, folder) == 0


def test_the_reels_are_what_the_brief_says():
    """No frame is damaged in both, and each reel lost something that quality control knows and something that it does not."""
    broken = [
        {n for fault in material.faults(reel) for n in range(fault["start"], fault["stop"])} for reel in "ab"
    ]
    assert broken[0] and broken[1] and not broken[0] & broken[1]
    assert all({bool(fault["code"]) for fault in material.faults(reel)} == {True, False} for reel in "ab")


# --- every code of quality control has a fixture that trips it alone ----------------------------------------------


def freeze(first, last, replace_by):
    """Frames in whose stead another one is shown."""
    return f"[0:v]split[a][b];[a][b]freezeframes=first={first}:last={last}:replace={replace_by}"


def box(where, colour, when):
    return f"drawbox={where}:t=fill:color={colour}:enable='{when}'"


BARS = "drawbox=x=0:y=0:w=iw:h=30:t=fill:color=black,drawbox=x=0:y=ih-30:w=iw:h=30:t=fill:color=black"
SIDES = "drawbox=x=0:y=0:w=50:h=ih:t=fill:color=black,drawbox=x=iw-50:y=0:w=50:h=ih:t=fill:color=black"
ALL = "x=0:y=0:w=iw:h=ih"
DIM = "lutrgb=r=val*0.36:g=val*0.36:b=val*0.36,format=yuv420p"
"""A picture so dark that red flashes in it without much light."""


def middle(name):
    """The middle frame of a shot."""
    shot = next(each for each in material.truth().shots if each.name == name)
    return (shot.start + shot.stop) // 2


def flicker(colour, name):
    return lambda: box(ALL, colour, f"between(n,{middle(name) - 14},{middle(name) + 10})*lt(mod(n,4),1)")


def dark(before, after):
    return lambda: box(ALL, "black", f"between(n,{middle('way') - before},{middle('way') + after})")


PICTURES = {
    "black-frames": dark(0, 3), "black": dark(22, 28), "flash": flicker("white", "doyun"),
    "red-flash": lambda: f"{DIM},{flicker('0x700000', 'doyun')()}",
    "frozen": lambda: freeze(middle("way"), middle("way") + 29, middle("way")),
    "repeated": lambda: freeze(middle("way"), middle("way"), middle("way") - 1), "cadence": lambda: "fps=20,fps=24",
    "letterbox": lambda: BARS, "pillarbox": lambda: SIDES, "windowbox": lambda: f"{BARS},{SIDES}",
}  # fmt: skip


@pytest.mark.parametrize("code", PICTURES)
def test_each_code_of_the_picture_is_found_alone(alone, code):
    folder = alone(PICTURES[code](), short=True)
    assert codes(artefacts.clean, folder) == [code]
    assert kept(artefacts.clean, folder) <= 7


def silenced(samples):
    samples[48_000 : 5 * 48_000] = 0
    return samples


def holed(samples):
    loudest = int(np.convolve((samples[: 5 * 48_000] ** 2).mean(1), np.ones(9600), "same").argmax())
    samples[loudest : loudest + 2400] = 0
    return samples


def same_sides(samples):
    samples[:, 1] = samples[:, 0]
    return samples


def against(samples):
    samples[:, 1] = -samples[:, 0]
    return samples


def one_side(samples):
    samples[:, 1] = 0
    return samples


SOUNDS = {
    "silence": silenced, "dropout": holed, "clipped": lambda samples: np.clip(8 * samples, -0.25, 0.25),
    "missing-channel": one_side, "duplicated-channel": same_sides, "anti-phase": against,
    "short-sound": lambda samples: samples[: 4 * 48_000],
}  # fmt: skip


@pytest.mark.parametrize("code", SOUNDS)
def test_each_code_of_the_sound_is_found_alone(alone, code):
    assert codes(artefacts.clean, alone(change=SOUNDS[code], short=True)) == [code]


def test_a_film_without_sound_is_found(made, tmp_path):
    shutil.copy(made / "work" / "pictures.mp4", tmp_path / FILM)
    assert codes(artefacts.clean, tmp_path) == ["no-sound"]
    assert kept(artefacts.mixed, tmp_path) == kept(artefacts.loud_enough, tmp_path) == 0


def test_a_report_that_says_that_all_is_well_changes_nothing(alone, made):
    folder = alone(PICTURES["black-frames"](), short=True)
    shutil.copytree(made / "delivery" / "qc", folder / "qc")
    assert json.loads((folder / "qc" / "qc.json").read_text())["passed"]
    assert codes(artefacts.clean, folder) == ["black-frames"]


# --- the frames ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reel", ["a", "b"])
def test_cheat_a_reel_as_it_was(tmp_path, reel):
    shutil.copy(material.REELS / f"reel-{reel}.mp4", tmp_path / FILM)
    found = artefacts.right_frames(tmp_path, WORD)
    assert len([each for each in found if each.code == "frames"]) >= len(material.faults(reel)) - (
        reel == "b"
    )
    assert kept(artefacts.right_frames, tmp_path) <= 2.5 and kept(artefacts.clean, tmp_path) <= 5
    assert kept(artefacts.mixed, tmp_path) <= 7 and kept(artefacts.loud_enough, tmp_path) <= 2


def test_each_damaged_passage_that_is_left_costs(made, tmp_path):
    """All but one fault mended, for each fault that no code of quality control knows."""
    black = next(fault for fault in material.faults("a") if fault["kind"] == "blocks")
    meant = conformed.film((made / "work" / "mezzanine.mp4").read_bytes(), (128, 72), 600, "film")
    damaged = conformed.film((material.REELS / "reel-a.mp4").read_bytes(), (128, 72), 600, "reel")
    flags = conformed.wrong(damaged, meant)
    assert conformed.passages(flags[black["start"] - 6 : black["stop"] + 6]) == [
        (6, 6 + black["stop"] - black["start"])
    ]


@pytest.mark.parametrize(("filters", "code"), [
    ("gblur=sigma=0.9", "blurred"), ("unsharp=5:5:0.7", "sharpened"),
])  # fmt: skip
def test_a_film_that_was_softened_or_sharpened_loses(alone, filters, code):
    assert code in codes(artefacts.right_frames, alone(filters))


@pytest.mark.parametrize("filters", [
    "trim=start_frame=1,setpts=PTS-STARTPTS,tpad=stop=1:stop_mode=clone", "hflip",
    f"loop=loop=400:size=1:start=60,trim=end_frame={material.truth().frames}",
])  # fmt: skip
def test_cheat_another_frame_a_mirrored_and_a_still_picture(alone, filters):
    assert kept(artefacts.right_frames, alone(filters)) == 0


def test_cheat_another_film(tmp_path):
    frames = material.truth().frames
    ffmpeg.make(tmp_path / FILM, [
        "-f", "lavfi", "-i", f"testsrc2=s=480x270:r=24:d={frames / RATE}", "-f", "lavfi", "-i", f"sine=d={frames / RATE}",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mp4",
    ])  # fmt: skip
    graders = (
        artefacts.right_frames,
        artefacts.mixed,
        artefacts.loud_enough,
        artefacts.rungs,
        artefacts.saving,
    )
    assert sum(kept(grader, tmp_path) for grader in graders) == 0


@pytest.mark.parametrize("filters", ["scale=640:360", "fps=25"])
def test_another_size_or_rate_is_not_opened(alone, filters):
    (found,) = artefacts.right_frames(alone(filters), WORD)
    assert found.code == "unreadable" and "480 x 270 at 24 are asked for" in found.message


# --- the sound ----------------------------------------------------------------------------------------------------


def later(milliseconds):
    """Sound that comes so much later."""
    shift = 48 * milliseconds
    return lambda samples: np.roll(samples, shift, axis=0)


def without_line(samples):
    line = material.truth().lines[1]
    dialogue = material.audio.read(material.REELS / "dialogue.flac")[0]
    first, last = round((line.start - 0.2) * 48_000), round((line.stop + 0.8) * 48_000)
    gain = (samples * dialogue)[first:last].sum() / (dialogue[first:last] ** 2).sum()
    samples[first:last] -= gain * dialogue[first:last]
    return samples


@pytest.mark.parametrize(("change", "code"), [
    (later(90), "sync"), (later(-70), "sync"), (without_line, "line"),
    (lambda samples: samples + 0.05 * np.sin(np.arange(len(samples)) / 9)[:, None], "not these stems"),
    (lambda samples: -samples, "not these stems"),
])  # fmt: skip
def test_each_way_to_spoil_a_mix_is_found(alone, change, code):
    assert code in codes(artefacts.mixed, alone(change=change))


@pytest.mark.parametrize(("lower", "code"), [(0, "balance"), (-60, "balance")])
def test_music_and_effects_are_neither_over_the_words_nor_gone(made, tmp_path, lower, code):
    sound = material.mix(lower, tmp_path / "mix.wav")
    material.with_sound(made / "work" / "pictures.mp4", sound, tmp_path / FILM)
    assert set(codes(artefacts.mixed, tmp_path)) & {code, "no stem"}


def test_cheat_a_stretched_sound_is_not_in_sync(alone):
    def stretched(samples):
        places = np.arange(len(samples)) * 0.985
        return np.stack([np.interp(places, np.arange(len(samples)), side) for side in samples.T], axis=1)

    assert kept(artefacts.mixed, alone(change=stretched)) <= 5


@pytest.mark.parametrize(("decibels", "left"), [(1.8, 5), (2.6, 2), (3.6, 0), (-2.6, 2), (-3.6, 0)])
def test_loudness_is_what_is_asked_for(alone, decibels, left):
    assert kept(artefacts.loud_enough, alone(change=lambda samples: samples * 10 ** (decibels / 20))) == left


def test_a_peak_is_found(alone):
    def hot(samples):
        samples[240_000:240_004] = 0.98
        return samples

    assert codes(artefacts.loud_enough, alone(change=hot)) == ["true-peak"]


def test_cheat_padded_silence_moves_no_loudness(made, tmp_path):
    """The whole programme would come down to -27 with silence after it; the words do not."""
    sound = material.mix(
        -8, tmp_path / "loud.wav", lambda samples: np.pad(2 * samples, ((0, 6 * 48_000), (0, 0)))
    )
    pictures = tmp_path / "longer.mp4"
    ffmpeg.make(
        pictures,
        ["-i", made / "work" / "pictures.mp4", "-vf", "tpad=stop=144", "-preset", "ultrafast", "-f", "mp4"],
    )
    material.with_sound(pictures, sound, tmp_path / FILM)
    assert kept(artefacts.loud_enough, tmp_path) == 0
    assert "length" in codes(artefacts.right_frames, tmp_path)


# --- ladder and stream --------------------------------------------------------------------------------------------


@pytest.fixture
def streaming(made, tmp_path):
    """Makes a delivery of the right mezzanine with a stream of these files, and what ladder.csv says of them."""

    def make(paths, points=()):
        folder = tmp_path / "streaming"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(made / "delivery" / FILM, folder / FILM)
        package.write(folder / "stream", paths, [package.Audio(made / "work" / "mix.wav", "ko")])
        listed = ladder.read(made / "delivery" / "ladder.csv")
        ladder.write(folder / "ladder.csv", points or listed[: len(paths)])
        return folder

    return make


def work_rungs(made):
    """The files of the right delivery's rungs, cheapest first."""
    return [made / "work" / f"{height}p-{crf}.mp4" for height, crf in material.LADDER]


def test_cheat_rungs_that_were_sharpened(made, streaming, tmp_path):
    sharp = tmp_path / "sharp.mp4"
    ffmpeg.make(sharp, [
        "-i", made / "work" / "mezzanine.mp4", "-an", "-vf", "unsharp=5:5:2.0", "-c:v", "libx264", "-preset", "veryfast", "-crf",
        "26", "-g", "48", "-keyint_min", "48", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-f", "mp4",
    ])  # fmt: skip
    folder = streaming([*work_rungs(made)[:2], sharp])
    assert "sharpened" in codes(artefacts.rungs, folder) and kept(artefacts.rungs, folder) == 0


def test_cheat_one_file_under_several_names(made, streaming, tmp_path):
    one = work_rungs(made)[-1]
    folder = streaming(
        [one, shutil.copy(one, tmp_path / "again.mp4"), shutil.copy(one, tmp_path / "more.mp4")]
    )
    assert kept(artefacts.rungs, folder) == 0 and kept(artefacts.saving, folder) == 0


def test_steps_that_nobody_sees_and_holes_are_found(made, streaming):
    paths = work_rungs(made)
    found = codes(artefacts.rungs, streaming([paths[0], paths[-1]]))
    assert {"step", "count"} <= set(found)


def test_cheat_a_ladder_beside_another_mezzanine(made, delivery):
    """Softened pictures are cheap to encode; a ladder is measured beside the film and nothing else."""
    soft = delivery / FILM
    ffmpeg.make(
        soft,
        ["-i", made / "work" / "mezzanine.mp4", "-vf", "gblur=sigma=3", "-preset", "ultrafast", "-f", "mp4"],
    )
    assert kept(artefacts.rungs, delivery) == kept(artefacts.saving, delivery) == 0


@pytest.mark.parametrize(("column", "times"), [("bits_per_second", 0.8), ("vmaf", 0.93)])
def test_a_table_that_is_not_true_is_found(delivery, column, times):
    points = ladder.read(delivery / "ladder.csv")
    name = {"bits_per_second": "bits", "vmaf": "vmaf"}[column]
    points[2] = replace(points[2], **{name: getattr(points[2], name) * times})
    ladder.write(delivery / "ladder.csv", points)
    assert codes(artefacts.rungs, delivery) == ["untrue"]


def test_a_ladder_that_is_dearer_than_the_fixed_one_loses_the_saving(made, streaming, tmp_path):
    paths = []
    for number, height in enumerate((90, 144, 270)):
        path = tmp_path / f"{height}.mp4"
        settings = encode.Settings(preset="ultrafast", threads=1)
        encode.one(made / "work" / "mezzanine.mp4", path, height, 24 - 2 * number, settings=settings)
        paths.append(path)
    assert kept(artefacts.saving, streaming(paths)) == 0


BANDWIDTH = r"(?<=STREAM-INF:BANDWIDTH=)\d+"
MANIFESTS = [
    ("stream/master.m3u8", BANDWIDTH, "1000", "bits"), ("stream/master.m3u8", BANDWIDTH, "99000000", "bits"),
    ("stream/manifest.mpd", r'(?<=bandwidth=")\d+(?=" codecs="avc)', "1000", "bits"),
    ("stream/master.m3u8", r'avc1\.[0-9A-F]{6}', "avc1.640028", "codec"),
    ("stream/manifest.mpd", r'avc1\.[0-9A-F]{6}', "avc1.640028", "codec"),
    ("stream/master.m3u8", r"RESOLUTION=\d+x\d+", "RESOLUTION=1920x1080", "size"),
    ("stream/manifest.mpd", r'(?<= d=")\d+', "7", "duration"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "pattern", "text", "code"), MANIFESTS)
def test_a_manifest_that_says_otherwise_than_its_segments_is_found(delivery, name, pattern, text, code):
    rewrite(delivery, name, pattern, text)
    assert codes(artefacts.stream, delivery) == [code]


def first_rung(delivery):
    return sorted(path for path in (delivery / "stream").iterdir() if path.name.startswith("video"))[0]


def test_a_playlists_times_its_target_and_its_end_are_looked_at(delivery):
    playlist = f"stream/{first_rung(delivery).name}/media.m3u8"
    rewrite(delivery, playlist, r"EXTINF:4\.0+", "EXTINF:3.500000")
    assert codes(artefacts.stream, delivery) == ["duration"]
    rewrite(delivery, playlist, r"EXTINF:3\.50+", "EXTINF:4.000000")
    rewrite(delivery, playlist, r"TARGETDURATION:\d+", "TARGETDURATION:2")
    assert codes(artefacts.stream, delivery) == ["target"]
    rewrite(delivery, playlist, "#EXT-X-ENDLIST", "")
    assert kept(artefacts.stream, delivery) == 0


def test_rungs_that_are_cut_at_other_times_are_found(made, streaming, tmp_path):
    """Each third of the film is a stream; HLS lists rungs of two."""
    other = tmp_path / "other"
    package.write(other, work_rungs(made)[:1], segment=2.0)
    folder = streaming(work_rungs(made)[1:3])
    place = next(each for each in other.iterdir() if each.name.startswith("video"))
    shutil.copytree(place, folder / "stream" / "strange")
    master = (other / "master.m3u8").read_text().replace(place.name, "strange").splitlines()[-2:]
    with open(folder / "stream" / "master.m3u8", "a", encoding="utf-8") as file:
        file.write("\n".join(master) + "\n")
    assert {"aligned", "two streams"} <= set(codes(artefacts.stream, folder))


@pytest.mark.parametrize(
    "address", ["../../delivery/first_snow.mp4", "/etc/passwd", "https://example.com/a.m3u8", "gone.m3u8"]
)
def test_addresses_that_lead_nowhere_are_not_followed(delivery, address):
    rewrite(delivery, "stream/master.m3u8", r"video-1[^\n]*media\.m3u8", address)
    (found,) = artefacts.stream(delivery, WORD)
    assert found.code == "unreadable"


def test_segments_that_are_no_segments_are_refused(delivery):
    (first_rung(delivery) / "1.m4s").write_bytes(b"\x00\x00\xff\xffmoofgarbage")
    assert codes(artefacts.stream, delivery) == ["unreadable"]
    (first_rung(delivery) / "1.m4s").unlink()
    assert codes(artefacts.stream, delivery) == ["unreadable"]


def test_other_programs_manifests_are_read(made, tmp_path):
    """ffmpeg's own DASH muxer, whose segments have other names and templates."""
    folder = tmp_path / "stream"
    folder.mkdir()
    ffmpeg.run(
        ["-i", made / "work" / "mezzanine.mp4", "-map", "0", "-c", "copy", "-seg_duration", "4", "-hls_playlist", "1", "-f",
         "dash", folder / "manifest.mpd"]
    )  # fmt: skip
    for listed in (streamed.dash(folder), streamed.hls(folder)):
        (picture,) = (track for track in listed if track.kind == "video")
        real = streamed.measured(folder, picture)
        assert real.seconds == pytest.approx(material.truth().seconds, abs=0.05)
        assert list(streamed.contradictions(folder, replace(picture, codec=real.codec), real)) == []


# --- subtitles and the second mix ---------------------------------------------------------------------------------


@pytest.fixture
def retitled(made, delivery):
    """Puts changed subtitles into the delivery, in its files and in its stream."""

    def make(change, language="ko"):
        texts = material.tracks()
        number = ("ko", "en").index(language)
        texts[number] = replace(texts[number], cues=tuple(change(list(texts[number].cues))))
        for ending in ("ttml", "vtt"):
            subtitle_files.write(delivery / "subtitles" / f"{language}-subtitles.{ending}", texts[number])
        shutil.rmtree(delivery / "stream")
        mixes = [package.Audio(made / "work" / f"{name}.wav", "ko", name) for name in ("mix", "clear")]
        package.write(delivery / "stream", work_rungs(made)[:1], mixes, texts)
        return delivery

    return make


@pytest.mark.parametrize("change", [
    lambda cues: cues[1:], lambda cues: [replace(cue, start=cue.start + 7 / 24, end=cue.end + 7 / 24) for cue in cues],
    lambda cues: [replace(cues[0], end=cues[0].end + 1), *cues[1:]], lambda cues: [replace(cues[0], text="눈"), *cues[1:]],
], ids=["deleted", "late", "stretched", "other words"])  # fmt: skip
@pytest.mark.parametrize("language", ["ko", "en"])
def test_subtitles_that_are_not_the_films_are_found(retitled, change, language):
    assert codes(artefacts.tracks, retitled(change, language)) == [f"subtitles {language}"]


def test_what_the_stream_shows_counts_and_not_the_file_beside_it(delivery):
    whole = next((delivery / "stream").glob("subtitles-1-ko"))
    (whole / "1.vtt").write_text("WEBVTT\n\n", encoding="utf-8")
    assert codes(artefacts.tracks, delivery) == ["subtitles ko"]


def test_cheat_one_mix_under_two_names(made, delivery):
    shutil.rmtree(delivery / "stream")
    mixes = [package.Audio(made / "work" / "mix.wav", "ko", name) for name in ("한국어", "대사 강조")]
    package.write(delivery / "stream", work_rungs(made)[:1], mixes, material.tracks())
    assert codes(artefacts.tracks, delivery) == ["same mix"]
    shutil.rmtree(delivery / "stream")
    package.write(delivery / "stream", work_rungs(made)[:1], mixes[:1], material.tracks())
    assert codes(artefacts.tracks, delivery) == ["one mix"]


# --- the package for archives, signatures and papers --------------------------------------------------------------


def test_a_changed_and_a_missing_file_of_the_package_are_found(delivery):
    picture = delivery / "imf" / "picture.mxf"
    data = bytearray(picture.read_bytes())
    data[len(data) // 2] ^= 255
    picture.unlink()
    picture.write_bytes(data)
    assert "hash" in codes(artefacts.imf_package, delivery)
    picture.unlink()
    assert kept(artefacts.imf_package, delivery) < 5


def test_a_package_of_another_film_is_found(delivery, tmp_path):
    shutil.rmtree(delivery / "imf")
    pictures, tone = ["-f", "lavfi", "-i", "testsrc2=s=480x270:r=24:d=1"], ["-f", "lavfi", "-i", "sine=d=1"]
    ffmpeg.make(tmp_path / "other.mp4", [*pictures, *tone, "-f", "mp4"])
    imf.write(delivery / "imf", tmp_path / "other.mp4", [imf.Sound(tmp_path / "other.mp4", "ko")])
    assert {"pictures", "sound", "no subtitles"} <= set(codes(artefacts.imf_package, delivery))


def test_a_mezzanine_that_was_changed_or_never_signed_or_signed_wrongly_loses(made, delivery, tmp_path):
    path = delivery / FILM
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert codes(artefacts.signed, delivery) == ["changed"]
    shutil.copy(made / "work" / "mezzanine.mp4", path)
    assert codes(artefacts.signed, delivery) == ["unsigned"]
    credentials.sign(path, path, credentials.DRAWN, "First Snow", signing_folder=tmp_path)
    assert codes(artefacts.signed, delivery) == ["kind"]


def test_a_file_that_was_changed_after_the_manifest_is_found(delivery):
    assert codes(artefacts.delivery_complete, delivery) == []
    (delivery / "stream" / "more.txt").write_text("later")
    assert codes(artefacts.delivery_complete, delivery) == ["changed"]


@pytest.mark.parametrize(
    "name", [FILM, "stream/master.m3u8", "imf/ASSETMAP.xml", "dossier.json", "qc/qc.html", "ladder.csv"]
)
def test_what_is_missing_is_named(delivery, name):
    (delivery / name).unlink()
    assert kept(artefacts.delivery_complete, delivery) < 5


def without(kind, name):
    def change(told):
        told["likenesses"] = [
            each for each in told["likenesses"] if (each["kind"], each["name"]) != (kind, name)
        ]

    return change


def unpublished(told):
    told["likenesses"][-1]["uses"] = ["composite"]


def wrong_credit(told):
    told["likenesses"][0]["credit"] = "나래"


def silent_shot(told):
    told["disclosure"]["ai"] = told["disclosure"]["ai"][1:]


def other_count(told):
    told["disclosure"]["cuts"] = 50


@pytest.mark.parametrize(("change", "wanted"), [
    (without("voice", "jm_kumo"), {"voices"}), (without("face", "Mirae"), {"faces"}), (unpublished, {"publish"}),
    (wrong_credit, {"credit"}), (silent_shot, {"voices", "notice"}), (other_count, {"count", "notice"}),
    (lambda told: told.update(notice={"ko": "", "en": ""}), {"notice"}), (lambda told: told.update(credits=[]), {"credits"}),
    (lambda told: told.update(title="Another"), {"title"}), (lambda told: told.pop("disclosure"), {"undisclosed"}),
    (lambda told: told["disclosure"].update(human=[]), {"how", "notice"}),
])  # fmt: skip
def test_each_gap_in_the_papers_is_found(delivery, change, wanted):
    edit(delivery, "dossier.json", change)
    assert set(codes(artefacts.disclosed, delivery)) == wanted


def test_a_record_that_was_changed_and_a_stream_that_is_silent_on_ai_are_found(delivery):
    (record,) = (delivery / "consents").iterdir()
    original = record.read_text(encoding="utf-8")
    record.write_text(original + " ", encoding="utf-8")
    assert codes(artefacts.disclosed, delivery) == ["consent"]
    record.write_text(original, encoding="utf-8")
    rewrite(delivery, "stream/master.m3u8", "생성하거나 고친", "아무것도 고치지 않은")
    assert codes(artefacts.disclosed, delivery) == ["silent stream"]


def test_links_and_oddities_are_refused(delivery):
    (delivery / "subtitles" / "ko-subtitles.ttml").unlink()
    (delivery / "subtitles" / "ko-subtitles.ttml").symlink_to(material.REELS / "ko.ttml")
    for grader in artefacts.GRADERS:
        assert kept(grader, delivery) == 0


def test_the_manifest_of_the_original_is_of_its_files(made):
    listed = json.loads((made / "delivery" / "manifest.json").read_text())["files"]
    assert all(sha256(made / "delivery" / name) == each["sha256"] for name, each in listed.items())
