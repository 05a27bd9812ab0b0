import json
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from io import BytesIO

import cv2
import numpy as np
import pytest
import soundfile
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, qc, sync
from hallyu.ott.ffmpeg import Stopped
from hallyu.ott.timedtext import Cue, Track

HEIGHT, WIDTH, RATE, SECONDS = 54, 96, 48_000, 8
PAN, BLOTCH = 3, 30
"""Pixels a frame and across: what passes brightens and darkens each place less than twice a second, which is no flash."""


def scene(count=SECONDS * 24):
    """(count, h, w, 3) uint8: a slow pan over blotches, in which nothing is wrong."""
    width = WIDTH + PAN * count
    coarse = np.random.default_rng(7).uniform(60, 230, (4, width // BLOTCH, 3)).astype(np.float32)
    wide = cv2.resize(coarse, (width, HEIGHT), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    return np.stack([wide[:, PAN * n : PAN * n + WIDTH] for n in range(count)])


def mix(seconds=SECONDS, level=-24.0, channels=2, seed=0):
    """(n, channels) pink noise that comes and goes like words; *level* LKFS or nearly."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    white = np.fft.rfft(rng.normal(size=(n, channels + 1)), axis=0)
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 40))[:, None], n, axis=0)
    swell = 0.6 + 0.4 * np.sin(np.arange(n) / RATE * 5)
    samples = (pink[:, :channels] + 0.7 * pink[:, channels:]) / pink.std() * swell[:, None]
    from hallyu.ott import loudness

    meter = loudness.Meter(RATE, ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")[:channels])
    meter.add(samples)
    return (samples * 10 ** ((level - meter.result().integrated) / 20)).astype(np.float32)


def film(path, frames=None, samples=None, rate=24, codec="ffv1"):
    frames = scene() if frames is None else frames
    samples = mix() if samples is None else samples
    video.write(path, frames, rate, codec, audio_from=(samples, RATE))
    return path


def moving_card(seconds, size="318x178"):
    """Arguments for ffmpeg: pictures that move, and noise."""
    noise = f"anoisesrc=d={seconds}:a=0.1:r=48000:seed=2"
    return ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=24:d={seconds}", "-f", "lavfi", "-i", noise]


def codes(report):
    return [(defect.code, defect.severity) for defect in report.defects]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return film(tmp_path_factory.mktemp("qc") / "good.mkv")


def test_a_good_film_passes(good):
    report = qc.run(good)
    assert report.defects == () and report.passed and "passed; 0 failed" in str(report)
    what = report.programme
    assert (what.frames, what.rate, what.width, what.height, what.bits) == (192, 24, WIDTH, HEIGHT, 16)
    assert what.seconds == pytest.approx(8, abs=0.01) and what.sound[0].layout == ("FL", "FR")
    assert report.target[0] == "programme" and report.target[1:] == pytest.approx((-24, -24), abs=0.1)
    times, short = report.curve()
    assert (
        times[0] == pytest.approx(3) and times[-1] == pytest.approx(8, abs=0.1) and abs(short.mean() + 24) < 3
    )


# --- each defect at its frame, with its picture -----------------------------------------------------------------------


def held(frames, first, count):
    frames[first : first + count] = frames[first - 1]


def black(frames, first, count):
    frames[first : first + count] = 0


def flashing(frames, first, count):
    for n in range(first, first + count, 4):
        frames[n : n + 2] = 127 + frames[n : n + 2] // 2
        frames[n + 2 : n + 4] = frames[n + 2 : n + 4] // 2


@pytest.mark.parametrize(("change", "first", "count", "code", "look"), [
    (black, 60, 2, "black-frames", lambda picture: picture.mean() < 5),
    (black, 60, 72, "black", lambda picture: picture.mean() < 5),
    (held, 100, 48, "frozen", None), (held, 100, 2, "repeated", None),
    (flashing, 48, 48, "flash", lambda picture: picture.mean() > 180),
])  # fmt: skip
def test_what_is_seen_is_found_at_its_frame_and_shown(tmp_path, change, first, count, code, look):
    frames = scene()
    change(frames, first, count)
    report = qc.run(film(tmp_path / "a.mkv", frames))
    found = {
        defect.code: (defect, still) for defect, still in zip(report.defects, report.stills, strict=True)
    }
    defect, still = found[code]
    assert len(found) == 1
    start, _ = report.times(defect)
    assert abs(int(start[-2:]) + 24 * int(start[6:8]) - first) <= (1 if code == "frozen" else 0)
    picture = np.asarray(Image.open(BytesIO(still.jpeg)))
    assert picture.shape == (HEIGHT, WIDTH, 3)
    if look:
        assert look(picture)
    shown = frames[round(still.seconds * 24)].astype(float)
    assert np.abs(picture - shown).mean() < 4


def dropout(samples):
    samples[2 * RATE : 2 * RATE + 2000] = 0


def silence(samples):
    samples[2 * RATE : 6 * RATE] = 0


def clipped(samples):
    part = samples[3 * RATE : 4 * RATE]
    part[:] = np.clip(part * 20, -0.5, 0.5)


def hot(samples):
    samples[4 * RATE] = 0.95


@pytest.mark.parametrize(("change", "code", "start"), [
    (dropout, "dropout", 2.0), (silence, "silence", 2.0), (clipped, "clipped", 3.0), (hot, "true-peak", 4.0),
    (lambda samples: samples[:, 1].fill(0), "missing-channel", 0.0),
    (lambda samples: np.copyto(samples[:, 1], samples[:, 0]), "duplicated-channel", 0.0),
    (lambda samples: np.copyto(samples[:, 1], -samples[:, 0]), "anti-phase", 0.0),
])  # fmt: skip
def test_what_is_heard_is_found_at_its_time(tmp_path, change, code, start):
    samples = mix()
    change(samples)
    report = qc.run(film(tmp_path / "a.mkv", samples=samples))
    (defect,) = (each for each in report.defects if each.code == code)
    assert defect.severity == "fail" and defect.start == pytest.approx(start, abs=0.02)
    assert {each.code for each in report.defects} <= {code, "loudness", "true-peak"}


@pytest.mark.parametrize(("off", "expected"), [
    (0.0, []), (1.7, []), (2.5, [("loudness", "target")]), (-2.5, [("loudness", "target")]), (3.5, [("loudness", "fail")]),
    (-3.5, [("loudness", "fail")]),
])  # fmt: skip
@pytest.mark.parametrize("spoken", [True, False])
def test_a_target_is_missed_before_a_film_is_sent_back(tmp_path, off, expected, spoken):
    """Speech is half as loud again as the rest: only who knows where it is measures it."""
    level = -27 if spoken else -24
    talk, rest = mix(4, level + off, seed=1), mix(4, level + off - 9 if spoken else level + off, seed=2)
    report = qc.run(
        film(tmp_path / "a.mkv", samples=np.concatenate([rest, talk])),
        speech=[(4.0, 8.0)] if spoken else None,
    )
    assert codes(report) == expected and report.passed == (expected != [("loudness", "fail")])
    assert report.target[0] == ("dialogue" if spoken else "programme")
    assert report.target[1] - report.target[2] == pytest.approx(off, abs=0.25)


# --- frame rates, sound that is not there or manifold, files that are broken ----------------------------------------


@pytest.mark.parametrize(("rate", "frame", "timecode"), [
    (24, 50, "00:00:02:02"), (Fraction(24000, 1001), 50, "00:00:02:02"), (25, 50, "00:00:02:00"),
    (Fraction(30000, 1001), 1802, "00:01:00;04"), (Fraction(60000, 1001), 130, "00:00:02;10"),
])  # fmt: skip
def test_timecodes_are_those_of_the_films_rate(tmp_path, rate, frame, timecode):
    frames = scene(frame + round(rate))[:, ::2, ::2].copy()
    frames[frame : frame + 2] = 0
    video.write(tmp_path / "a.mp4", frames, rate)
    report = qc.run(tmp_path / "a.mp4")
    (defect,) = (each for each in report.defects if each.code == "black-frames")
    assert report.times(defect)[0] == timecode and report.programme.rate == rate
    assert {each.code for each in report.defects} <= {"black-frames", "no-sound"}


def test_a_film_without_sound(tmp_path):
    video.write(tmp_path / "a.mp4", scene(48), 24)
    report = qc.run(tmp_path / "a.mp4")
    assert codes(report) == [("no-sound", "fail")] and report.loudness is None and report.target is None
    assert "−" not in report.html() and json.loads(report.json())["loudness"] is None


def test_seven_channels_and_one(tmp_path):
    samples = mix(channels=8)
    samples[:, 6] = 0
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    video.write(tmp_path / "a.mp4", scene(), 24)
    ffmpeg.make(
        tmp_path / "b.mkv",
        ["-i", tmp_path / "a.mp4", "-i", tmp_path / "a.wav", "-c:v", "copy", "-c:a", "pcm_f32le",
         "-channel_layout:a", "7.1", "-map", "0:v", "-map", "1:a"],
    )  # fmt: skip
    report = qc.run(tmp_path / "b.mkv")
    assert report.programme.sound[0].layout[-2:] == ("SL", "SR")
    assert ("missing-channel", "fail") in codes(report)
    assert any("side left" in defect.says for defect in report.defects)


def test_a_variable_frame_rate_is_reported_at_its_own_times(tmp_path):
    bars = moving_card(4)
    drop = ["-vf", "select='not(between(n,20,29))'", "-fps_mode", "vfr", "-c:v", "libx264"]
    ffmpeg.make(tmp_path / "a.mp4", [*bars, *drop])
    report = qc.run(tmp_path / "a.mp4")
    (defect,) = (each for each in report.defects if each.code == "variable-rate")
    assert defect.start == pytest.approx(19 / 24, abs=0.01) and report.programme.seconds == pytest.approx(
        4, abs=0.05
    )


@pytest.mark.parametrize(
    ("ending", "encoder"), [("mkv", ["-g", "12"]), ("mp4", ["-g", "12", "-movflags", "+faststart"])]
)
def test_half_a_film_is_reported_up_to_its_end(tmp_path, ending, encoder):
    path = tmp_path / f"a.{ending}"
    bars = moving_card(8)
    ffmpeg.make(path, [*bars, "-c:v", "libx264", *encoder])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    report = qc.run(path)
    damaged = [defect for defect in report.defects if defect.code == "damaged"]
    assert damaged and not report.passed and 1 < report.programme.seconds < 7
    assert damaged[0].start == pytest.approx(report.programme.seconds, abs=0.1)
    assert report.loudness.seconds > 1
    report.write(tmp_path / "out")


@pytest.mark.parametrize(("name", "content", "says"), [
    ("a.mp4", b"no film" * 99, "is no film"), ("a.mp4", b"", "is empty"), ("none.mp4", None, "There is no file"),
])  # fmt: skip
def test_what_is_no_film_is_said(tmp_path, name, content, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(HallyuError, match=says):
        qc.run(tmp_path / name)


def test_a_sound_and_a_picture_alone_are_no_films(tmp_path):
    soundfile.write(tmp_path / "a.flac", mix(1), RATE)
    with pytest.raises(HallyuError, match="is no film"):
        qc.run(tmp_path / "a.flac")
    Image.fromarray(scene(1)[0]).save(tmp_path / "a.png")
    with pytest.raises(HallyuError, match="a single picture"):
        qc.run(tmp_path / "a.png")


def test_a_sound_track_that_is_not_there(good):
    with pytest.raises(HallyuError, match="no sound track"):
        qc.run(good, sound=1)


# --- sync and subtitles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "expected"), [(0.0, []), (0.05, []), (0.2, ["sync"]), (-0.12, ["sync"])])
def test_a_reference_tells_how_late_the_sound_is(tmp_path, late, expected):
    voice = (
        mix(seed=5)
        * (np.sin(np.arange(SECONDS * RATE) / RATE * 9 + np.arange(SECONDS * RATE) ** 1.2 / 3e5) > 0)[:, None]
    )
    soundfile.write(tmp_path / "voice.flac", voice, RATE)
    moved = np.roll(voice, round(late * RATE), axis=0) + 0.01 * mix(seed=6)
    report = qc.run(film(tmp_path / "a.mkv", samples=moved), reference=tmp_path / "voice.flac")
    found = [defect for defect in report.defects if defect.code.startswith("sync")]
    assert [defect.code for defect in found] == expected
    assert all(f"{abs(late) * 1000:.0f} ms" in defect.says for defect in found)


def leader(late, flashes=True):
    """A film that flashes and beeps once a second."""
    frames, times = scene() // 2, np.arange(SECONDS * RATE) / RATE
    samples = 0.001 * mix(level=-20)
    for n in range(SECONDS):
        if flashes:
            frames[24 * n + 12] = 250
        begin = n + 0.5 + late
        samples += (0.2 * np.sin(6000 * times) * ((times >= begin) & (times < begin + 0.05)))[:, None]
    return frames, samples.astype(np.float32)


@pytest.mark.parametrize(("late", "expected"), [(0.0, []), (0.15, ["sync"]), (-0.08, ["sync"])])
def test_a_leader_tells_how_late_the_sound_is(tmp_path, late, expected):
    found = [defect.code for defect in qc.run(film(tmp_path / "a.mkv", *leader(late))).defects]
    assert [code for code in found if code.startswith("sync")] == expected


def test_light_and_sound_that_have_nothing_to_do_with_each_other_say_nothing():
    rng = np.random.default_rng(3)
    times = np.arange(60 * 24) / 24
    for _ in range(20):
        bright = np.repeat(rng.uniform(0.1, 0.9, 60), 24)  # cuts from dark to bright and back
        level = np.full(60_000, -60.0)
        for begin in rng.integers(0, 59_000, 70):
            level[begin : begin + 150] = -15
        assert sync.leader(times, bright, level) == []
        short = np.full(60 * 24, 0.2)
        short[rng.choice(1400, 30, replace=False)] = 0.9
        assert sync.leader(times, short, level) == []


def test_subtitles_are_checked_against_the_guide_at_the_films_rate(good):
    cues = (Cue(1.0, 3.0, "첫눈이 와."), Cue(4.0, 4.2, "정말?"), Cue(7.0, 9.5, "그래..."))
    report = qc.run(good, track=Track(cues, rate=Fraction(25)))
    found = {defect.code: defect for defect in report.defects}
    assert (
        found["TIM-MIN"].severity == "fail"
        and found["TIM-MIN"].start == 4.0
        and "cue 2" in found["TIM-MIN"].says
    )
    assert found["TXT-DOTS"].start == 7.0 and found["subtitle-after-end"].severity == "fail"
    (note,) = qc.run(good, track=Track((Cue(1.0, 3.0, "Il neige."),), "fr")).defects
    assert (note.code, note.severity) == ("subtitle-language", "note")


# --- the report -------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page holds: tags with attributes, and its words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    frames, samples = scene(), mix(level=-18)
    black(frames, 60, 2)
    dropout(samples)
    folder = tmp_path_factory.mktemp("qc")
    return qc.run(film(folder / "눈 <b>&'.mkv", frames, samples), speech=[(0.5, 7.5)])


def test_the_page_needs_nothing_else_and_can_be_read_aloud(bad, tmp_path):
    path, data = bad.write(tmp_path / "out", signed="이하늘, 2026-11-22")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not re.search(r"https?:|//[a-z]|url\(|<script|<link", text) and "Malgun Gothic" in text
    assert page.all("html") == [{"lang": "en"}] and len(page.all("h1")) == 1 and len(page.all("h2")) == 3
    assert all(
        image["alt"] and image["src"].startswith("data:image/jpeg;base64,") for image in page.all("img")
    )
    assert len(page.all("img")) == len(bad.defects) == 3
    assert all(head.get("scope") for head in page.all("th")) and len(page.all("caption")) == 3
    (plot,) = page.all("svg")
    assert plot["role"] == "img" and "-27 LKFS" in plot["aria-label"] and len(page.all("polyline")) == 2
    said = " ".join(page.words)
    assert "눈 <b>&'.mkv" in said and "이하늘, 2026-11-22" in said and "00:00:02:12" in said
    assert [(d["code"], d["in"], d["out"]) for d in json.loads(data.read_text(encoding="utf-8"))["defects"]][1:] == [
        ("dropout", "00:00:02:00", "00:00:02:01"), ("black-frames", "00:00:02:12", "00:00:02:14"),
    ]  # fmt: skip


def test_data_is_complete(bad):
    told = json.loads(bad.json())
    assert told["programme"]["sound"] == [{"codec": "pcm_s16le", "rate": RATE, "layout": ["FL", "FR"]}]
    assert told["programme"]["rate"] == "24" and not told["passed"]
    assert told["loudness"]["dialogue"] == pytest.approx(bad.dialogue[0], abs=0.01)
    assert len(told["loudness"]["short_term"]) == 51 and len(told["loudness"]["momentary"]) == 77
    assert {"code", "severity", "start", "end", "in", "out", "says", "worst"} == set(told["defects"][0])


def test_every_sentence_goes_through_the_translator(bad):
    asked = []

    def say(sentence):
        asked.append(sentence)
        return "가" * 3

    page = Page(bad.html("ko", say))
    assert page.all("html") == [{"lang": "ko"}] and {defect.says for defect in bad.defects} <= set(asked)
    units = "LKFS|dBTP|fps|pcm_s16le|SHA-256|" + bad.programme.sha256
    known = f"{units}|loudness|dropout|black-frames|:root.*|{re.escape(bad.programme.name)}|short-term"
    left = [re.sub(known, "", word, flags=re.DOTALL) for word in page.words]
    assert [word for word in left if re.search("[A-Za-z]{4}", word)] == []


def test_many_findings_are_all_told_and_the_gravest_are_shown(good):
    track = Track(tuple(Cue(n / 8, n / 8 + 0.1, "눈") for n in range(60)))
    report = qc.run(good, track=track)
    assert len(report.defects) > 60 and sum(still is not None for still in report.stills) == qc.STILLS
    shown = {defect.severity for defect, still in zip(report.defects, report.stills, strict=True) if still}
    assert shown == {"fail"} and len(Page(report.html()).all("tr")) > 60


def test_a_full_disk_leaves_the_old_report(bad, small_disk):
    bad.write(small_disk)
    before = {path.name: path.read_bytes() for path in small_disk.iterdir()}
    (small_disk / "filler").write_bytes(bytes(3_900_000 - sum(map(len, before.values()))))
    many = replace(bad, defects=bad.defects * 200, stills=bad.stills * 200)
    with pytest.raises(HallyuError, match="disk is full"):
        many.write(small_disk)
    assert {path.name: path.read_bytes() for path in small_disk.iterdir() if path.name in before} == before
    assert not [path for path in small_disk.iterdir() if path.name.startswith(".")]


def test_progress_and_cancel(good):
    told = []
    qc.run(good, tick=told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 100
    with pytest.raises(Stopped, match="nothing of it was kept"):
        qc.run(good, stop=lambda: True)
    asked = iter([False] * 40 + [True])
    with pytest.raises(Stopped):
        qc.run(good, stop=lambda: next(asked))


def test_a_long_film_needs_the_memory_of_a_short_one(tmp_path):
    """Two minutes against half of one, in processes of their own; what grows is numbers, not pictures and sounds."""
    bars = moving_card(30, "96x54")
    ffmpeg.make(tmp_path / "short.mp4", [*bars, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"])
    loop = ["-stream_loop", "3", "-i", tmp_path / "short.mp4", "-c", "copy"]
    ffmpeg.make(tmp_path / "long.mp4", loop)
    script = textwrap.dedent("""
        import sys
        from hallyu.ott import qc
        report = qc.run(sys.argv[1])
        status = open("/proc/self/status")
        print(report.programme.seconds, *(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
    """)
    short, long = (
        [float(n) for n in subprocess.check_output([sys.executable, "-c", script, tmp_path / name]).split()]
        for name in ("short.mp4", "long.mp4")
    )
    assert long[0] == pytest.approx(120, abs=2) and short[0] == pytest.approx(30, abs=1)
    assert long[1] < short[1] + 100 and long[1] < 600
