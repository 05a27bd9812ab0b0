import json
from dataclasses import replace
from fractions import Fraction
from random import Random

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.film import timeline
from hallyu.film.timeline import Clip, Gap, Marker, Timeline, Track

PLAIN = Timeline(
    "fs_ep01_forest",
    Fraction(24),
    (
        Track(
            (
                Clip("fs_010_0010", "media/s1_wide.mov", 10, 58),
                Clip("fs_010_0020", "media/s2_doyun.mov", 100, 172, dissolve=12),
                Gap(24),
                Clip("fs_010_0030", "media/s3_haneul.mov", 30, 60, start="02:00:00:00", speed=0.5),
            ),
            "video",
            "V1",
        ),
        Track(
            (Clip("talk", "media/talk.wav", 0, 150), Gap(10), Clip("steps", "media/steps.wav", 5, 20)),
            "audio",
            "A1",
        ),
    ),
)
RICH = replace(
    PLAIN,
    tracks=(
        replace(PLAIN.tracks[0], items=(
            replace(PLAIN.tracks[0].items[0], available=(0, 300), effects=("Gaussian Blur",)),
            replace(PLAIN.tracks[0].items[1], markers=(Marker(110, "boom in frame", "RED", "paint it out"),)),
            *PLAIN.tracks[0].items[2:],
        )),
        Track((Gap(50), Clip("title", "media/title.mov", 0, 40)), "video", "V2"),
        PLAIN.tracks[1],
    ),
    markers=(Marker(20, "reel change", "CYAN"),),
)  # fmt: skip


def again(tmp_path, edit, suffix):
    path = tmp_path / f"edit{suffix}"
    timeline.write(path, edit)
    return timeline.read(path, edit.rate)


def kinds(before, after):
    return [finding.kind for finding in timeline.lost(before, after)]


def test_an_edit_of_a_switchers_cuts(tmp_path):
    cuts = [("wide.mp4", 0, 48), ("close_a.mp4", 48, 120), ("wide.mp4", 120, 200)]
    edit = timeline.assemble("talk", 29.97, cuts, "talk.wav", {"wide.mp4": 300})
    assert edit.length == 200 and edit.rate == Fraction(30000, 1001)
    assert [(c.source, c.first, c.last) for _, c in edit.tracks[0].placed()] == cuts
    assert edit.tracks[0].items[0].available == (0, 300) and edit.tracks[0].items[1].available is None
    assert edit.tracks[1].items[0].length == 200
    for suffix in (".otio", ".edl"):
        assert set(kinds(edit, again(tmp_path, edit, suffix))) <= ({"handles"} if suffix == ".edl" else set())


def test_opentimelineio_keeps_everything(tmp_path):
    assert again(tmp_path, RICH, ".otio") == RICH


def test_an_edl_keeps_cuts_dissolves_speed_and_sound(tmp_path):
    assert timeline.lost(PLAIN, again(tmp_path, PLAIN, ".edl")) == []


def test_what_an_edl_loses_is_named(tmp_path):
    after = again(tmp_path, RICH, ".edl")
    assert sorted(kinds(RICH, after)) == ["effect", "handles", "marker", "marker", "track"]
    told = " | ".join(str(finding) for finding in timeline.lost(RICH, after))
    for words in ("“reel change” is gone", "Gaussian Blur is gone", "handles of 10 and 242 frames", "lost its comment",
                  "fs_010_0010 at 01:00:00:00", "Picture track 2: the track is gone, with its 1 clips"):  # fmt: skip
        assert words in told


def test_what_avids_format_loses_is_named(tmp_path):
    after = again(tmp_path, RICH, ".aaf")
    found = kinds(RICH, after)
    assert {"marker", "effect", "speed"} <= set(found), "the exporter drops them without a word"
    assert "media" not in found and "clip" not in found and "dissolve" not in found and "audio" not in found
    cuts_only = replace(
        PLAIN, tracks=(replace(PLAIN.tracks[0], items=PLAIN.tracks[0].items[:2]), PLAIN.tracks[1])
    )
    assert [each for each in kinds(cuts_only, again(tmp_path, cuts_only, ".aaf")) if each != "handles"] == []


def test_another_program_reads_our_list_alike(tmp_path):
    timeline.write(tmp_path / "edit.edl", PLAIN)
    theirs = otio.adapters.read_from_file(str(tmp_path / "edit.edl"), rate=24)
    picture, sound = theirs.tracks
    clips = [item for item in picture if isinstance(item, otio.schema.Clip)]
    assert [clip.name for clip in clips] == ["fs_010_0010", "fs_010_0020", "fs_010_0030"]
    assert [picture.range_of_child(clip).start_time.value for clip in clips] == [0, 48, 144]
    assert [clip.source_range.start_time.value for clip in clips] == [10, 100, 172_830]
    assert [clip.duration().value for clip in clips] == [48, 72, 60]
    (dissolve,) = (item for item in picture if isinstance(item, otio.schema.Transition))
    assert dissolve.in_offset.value + dissolve.out_offset.value == 12
    assert clips[2].effects[0].time_scalar == 0.5
    assert sum(isinstance(item, otio.schema.Clip) for item in sound) == 2


def test_we_read_another_programs_list_alike(tmp_path):
    """With a dissolve around the cut, as editors make it by hand."""
    track = otio.schema.Track("V1", kind="Video")
    time = lambda frames: otio.opentime.RationalTime(frames, 24)
    for n in range(2):
        media = otio.schema.ExternalReference(f"s{n}.mov", otio.opentime.TimeRange(time(0), time(200)))
        track.append(otio.schema.Clip(f"c{n}", media, otio.opentime.TimeRange(time(50), time(48))))
    track.insert(1, otio.schema.Transition("d", "SMPTE_Dissolve", time(6), time(6)))
    edit = otio.schema.Timeline("by hand", global_start_time=time(86400))
    edit.tracks.append(track)
    for suffix, options in ((".otio", {}), (".edl", {"rate": 24})):
        path = tmp_path / f"theirs{suffix}"
        otio.adapters.write_to_file(edit, str(path), **options)
        found = timeline.read(path, 24)
        one, two = found.tracks[0].items
        assert (one.first, one.last, two.first, two.last, two.dissolve) == (50, 92, 44, 98, 12)
        assert found.length == 96 and found.start == ("01:00:00:00" if suffix == ".otio" else "00:00:00:00")


CMX = """TITLE: OLD REEL
FCM: NON-DROP FRAME
001  WIDE     B     C        01:00:00:00 01:00:02:00 10:00:00:00 10:00:02:00
* FROM CLIP NAME: forest wide
002  BL       V     C        00:00:00:00 00:00:00:00 10:00:02:00 10:00:02:00
003  CLOSEA   V     C        02:00:10:00 02:00:11:00 10:00:03:00 10:00:04:00
004  MUSIC    AA/V  C        00:00:00:00 00:00:01:12 10:00:04:00 10:00:05:12
"""


def test_channels_black_and_gaps_of_an_old_list():
    edit = timeline.from_edl(CMX, 24)
    assert edit.name == "OLD REEL" and edit.start == "10:00:00:00"
    picture, first, second = edit.tracks
    assert [type(item).__name__ for item in picture.items] == ["Clip", "Gap", "Clip", "Clip"]
    assert picture.items[0].name == "forest wide" and picture.items[1].length == 24
    assert [item.length for item in first.items] == [48, 48, 36] and second.items == (
        Gap(96),
        second.items[1],
    )
    assert (picture.kind, first.kind, second.kind) == ("video", "audio", "audio")


def test_drop_frame_lists(tmp_path):
    edit = timeline.assemble("news", 29.97, [("a.mov", 0, 1801), ("b.mov", 10, 40)], start="00:00:00;00")
    text = timeline.to_edl(edit)
    assert "FCM: DROP FRAME" in text and "00:01:00;03" in text
    assert timeline.lost(edit, again(tmp_path, edit, ".edl")) == []


def test_reels_have_eight_letters_and_no_two_are_alike():
    sources = ["media/scene_forest_a.mov", "media/scene_forest_b.mov", "media/눈숲.mov", "media/----.mov"]
    edit = timeline.assemble("reels", 24, [(source, 0, 10) for source in sources])
    text = timeline.to_edl(edit)
    reels = [line.split()[1] for line in text.splitlines() if line[:3].isdigit()]
    assert reels == ["SCENEFOR", "SCENEFO2", "NUNSUP", "UNTITLED"] and text.isascii()
    found = timeline.lost(edit, timeline.from_edl(text, 24))
    assert {finding.kind for finding in found} == {"media", "name"}, (
        "Korean names are romanised, and it says so"
    )


clips = st.builds(
    lambda n, source, first, length, dissolve: (n, source, first, length, dissolve),
    st.integers(0, 99), st.sampled_from(["a.mov", "b_long_name_one.mov", "b_long_name_two.mov"]), st.integers(0, 5000),
    st.integers(20, 400), st.sampled_from([0, 0, 0, 8, 19]),
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(clips, min_size=1, max_size=8),
    st.sampled_from(timecode.RATES),
    st.sampled_from([".otio", ".edl"]),
)
def test_any_edit_of_cuts_and_dissolves_comes_back(tmp_path, parts, rate, suffix):
    items = tuple(
        Clip(f"c{n:02}", source, first, first + length, "01:00:00:00", dissolve=dissolve if place else 0)
        for place, (n, source, first, length, dissolve) in enumerate(parts)
    )
    edit = Timeline("any", rate, (Track(items, "video", "V1"),))
    assert timeline.lost(edit, again(tmp_path, edit, suffix)) == []


def test_each_change_is_found():
    clip = RICH.tracks[0].items[0]
    swap = lambda new: replace(
        RICH, tracks=(replace(RICH.tracks[0], items=(new, *RICH.tracks[0].items[1:])), *RICH.tracks[1:])
    )
    changes = {
        "name": replace(clip, name="shot 1"), "media": replace(clip, source="other.mov"),
        "range": replace(clip, first=11, last=59, available=(1, 301)), "effect": replace(clip, effects=()),
        "handles": replace(clip, available=(5, 300)), "speed": replace(clip, speed=1.004), "dissolve": replace(clip, dissolve=3),
    }  # fmt: skip
    for kind, changed in changes.items():
        assert kinds(RICH, swap(changed)) == [kind], kind
    assert kinds(RICH, swap(replace(clip, last=68)))[:2] == ["range", "length"]
    assert set(kinds(RICH, swap(Gap(48)))) == {"clip"}
    assert kinds(RICH, replace(RICH, rate=Fraction(25))) == ["rate"]
    assert kinds(RICH, replace(RICH, start="00:00:00:00")) == ["start"]
    assert "audio" in kinds(RICH, replace(RICH, tracks=RICH.tracks[:2]))
    assert kinds(replace(RICH, tracks=RICH.tracks[:2]), RICH) == ["track"]
    assert timeline.lost(RICH, RICH) == []


@pytest.mark.parametrize(("text", "says"), [
    ("", "has no events"),
    ("TITLE: x\n", "has no events"),
    ("001  A  V  C  garbage\n", "Line 1 of the list is no event"),
    ("001  A  V  W001 012 01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n", "wipe or a key"),
    ("001  A  V  C  01:00:00:30 01:00:01:00 01:00:00:00 01:00:01:00\n", "Line 1 of the list: .*frames go from"),
    ("001  A  V  C  01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\nM2   A  000.0  01:00:00:00\n", "freezes or reverses"),
    ("001  A  V  C  01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\nM2   A  -24.0  01:00:00:00\n", "freezes or reverses"),
    ("FCM: DROP FRAME\n001  A  V  C  01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n", "drop-frame timecode, which 24"),
])  # fmt: skip
def test_lists_that_cannot_be_read(text, says):
    with pytest.raises(HallyuError, match=says):
        timeline.from_edl(text, 24)


@pytest.mark.parametrize(("name", "text", "says"), [
    ("a.otio", "no json", "cannot be read as OTIO"),
    ("a.otio", '{"OTIO_SCHEMA": "Clip.1"}', "holds no timeline, but a Clip"),
    ("a.otio", '{"OTIO_SCHEMA": "Timeline.1", "tracks": null}', "has no clip|cannot be read"),
    ("a.aaf", "no aaf", "cannot be read as AAF"),
    ("a.xml", "<fcpxml/>", "an edit is a file that ends in"),
])  # fmt: skip
def test_files_that_cannot_be_read(tmp_path, name, text, says, capfd):
    (tmp_path / name).write_text(text)
    with pytest.raises(HallyuError, match=says):
        timeline.read(tmp_path / name)
    assert capfd.readouterr() == ("", "")


def test_what_is_missing(tmp_path):
    with pytest.raises(HallyuError, match="There is no file"):
        timeline.read(tmp_path / "a.otio")
    (tmp_path / "a.edl").write_text(CMX)
    with pytest.raises(HallyuError, match="give the rate"):
        timeline.read(tmp_path / "a.edl")


@pytest.mark.parametrize(("edit", "says"), [
    (replace(PLAIN, tracks=()), "has no clip"),
    (replace(PLAIN, tracks=(Track((Gap(5),)),)), "has no clip"),
    (replace(PLAIN, tracks=(Track((Clip("a", "a.mov", 0, 9, dissolve=4),)),)), "dissolves from nothing"),
    (replace(PLAIN, tracks=(Track((Clip("a", "a.mov", 0, 9, available=(0, 9)), Clip("b", "b.mov", 0, 9, dissolve=4))),)),
     "more than the clips have"),
    (replace(PLAIN, tracks=(Track((Clip("a", "a.mov", 0, 9), Clip("b", "b.mov", 0, 9, dissolve=10))),)), "more than the clips"),
    (replace(PLAIN, tracks=(Track(PLAIN.tracks[0].items, "subtitles"),)), "video or audio"),
    (timeline.assemble("long", 24, [("a.mov", 0, 2)] * 1000), "1000 events, and an EDL holds 999"),
])  # fmt: skip
def test_edits_that_cannot_be_written(tmp_path, edit, says):
    with pytest.raises(HallyuError, match=says):
        timeline.write(tmp_path / "a.edl", edit)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [{"first": 9}, {"first": 10}, {"speed": 0}, {"speed": -1}])
def test_clips_that_do_not_last(how):
    with pytest.raises(HallyuError, match="it has to last, and play forwards"):
        Clip(**{"name": "a", "source": "a.mov", "first": 0, "last": 9, **how})


def test_the_report_names_every_format(tmp_path):
    told = timeline.report(RICH, {suffix: again(tmp_path, RICH, suffix) for suffix in (".otio", ".edl")})
    assert '".otio": []' in told and "boom in frame" in told


@pytest.mark.parametrize("speed", [0.5, 2.0, 1 / 3, 0.71, 1.37])
@pytest.mark.parametrize("rate", [24, 23.976, 25, 59.94])
def test_an_edl_knows_speeds_to_a_tenth_of_a_frame_and_lengths_exactly(tmp_path, speed, rate):
    clip = Clip("slow", "a.mov", 100, 160, speed=speed)
    edit = Timeline("speeds", timecode.exact(rate), (Track((clip,), "video", "V1"),))
    tenths = timecode.nominal(rate) * speed * 10
    allowed = [[]] if abs(tenths - round(tenths)) < 1e-9 else [[], ["speed"]]
    assert kinds(edit, again(tmp_path, edit, ".edl")) in allowed
    assert kinds(edit, again(tmp_path, edit, ".otio")) == []


def damaged(content, random):
    """JSON with one to three of its values lost, or something else in their place."""
    strange = [None, 0, -1, 1e308, "x", [], {}, True, {"OTIO_SCHEMA": "Gap.1"}, {"OTIO_SCHEMA": "Nope.1"}]
    for _ in range(random.choice([1, 2, 3])):
        places, left = [], [content]
        while left:
            holder = left.pop()
            for key in holder if isinstance(holder, dict) else range(len(holder)):
                places.append((holder, key))
                if isinstance(holder[key], dict | list):
                    left.append(holder[key])
        holder, key = random.choice(places)
        if isinstance(holder, dict) and random.random() < 0.3:
            del holder[key]
        else:
            holder[key] = random.choice(strange)
    return content


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_file_is_read_or_refused_in_one_sentence(tmp_path, seed):
    random, path = Random(seed), tmp_path / "a.otio"
    timeline.write(path, RICH)
    whole = path.read_text()
    for _ in range(40):
        path.write_text(json.dumps(damaged(json.loads(whole), random)))
        try:
            assert isinstance(timeline.read(path), Timeline)
        except HallyuError as error:
            assert "\n" not in str(error)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*CMX.splitlines(), *timeline.to_edl(RICH).splitlines()]), max_size=12),
    st.randoms(),
)
def test_lines_in_any_order_are_read_or_refused(lines, random):
    text = "\n".join(line[: random.randrange(20, 90)] if random.random() < 0.3 else line for line in lines)
    try:
        assert isinstance(timeline.from_edl(text, 24), Timeline)
    except HallyuError as error:
        assert "\n" not in str(error)
