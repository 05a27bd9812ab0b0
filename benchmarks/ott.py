"""Measure the OTT module: hearing dialogue, checking subtitles, loudness, ladders and quality control of a long film.

python benchmarks/ott.py            everything, about half an hour on two cores; most of it is quality control
python benchmarks/ott.py checker    one part: hearing, checker, loudness, ladder or control
"""

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from hallyu import audio, video
from hallyu.music.metrics_text import character_error_rate
from hallyu.ott import ffmpeg, first_snow, guide, ladder, loudness, recognise, subtitle_files
from hallyu.ott.ladder import Point
from hallyu.ott.timedtext import Cue, Track

MEDIA = Path(__file__).resolve().parents[1] / "modules" / "ott" / "media"
FILM = MEDIA / "first-snow.mp4"
LONG = 20 * 60
"""Seconds of a film as long as an episode."""


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """What *work* returns, and the seconds that it took."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def hearing() -> None:
    """The film's dialogue: character error rate and real-time factor, beside the same recogniser on the whole sound."""
    from hallyu.models import whisper

    true = first_snow.truth(MEDIA / "first-snow.json").lines
    said = [line.text for line in true]
    model, length = whisper.recogniser(), video.probe(FILM).seconds

    def plain() -> list[str]:
        found, _ = model.transcribe(audio.mono(audio.read(FILM, 16_000)[0]), language="ko")
        return [part.text for part in found]

    listened, ours = timed(lambda: recognise.listen(FILM, script=said, model=model))
    heard, theirs = timed(plain)
    for name, words, took in (
        ("ours", [word.text for word in listened.words], ours), ("faster-whisper alone", heard, theirs),
    ):  # fmt: skip
        rate = character_error_rate(" ".join(said), " ".join(words))
        print(
            f"{name}: CER {rate:.1%}, real-time factor {took / length:.2f} ({took:.1f} s for {length:.0f} s)"
        )
    apart = [abs(a.start - b.start) for a, b in zip(true, listened.lines, strict=True)]
    print(f"{len(said)} lines of the script on the words: start {np.median(apart):.2f} s off in the middle, "
          f"{max(apart):.2f} s at most; {len(listened.invented)} words were invented, and left out")  # fmt: skip


def many_cues(count: int = 100_000) -> Track:
    """Cues of which some break each rule about time, width and reading speed; seeded."""
    draw, cues, at = random.Random(6), [], 0.0
    words = [
        "눈이",
        "첫눈",
        "할머니",
        "대신",
        "왔어요.",
        "북쪽",
        "입구",
        "큰",
        "소나무",
        "기다리는",
        "동안은",
        "아니니까",
    ]
    for _ in range(count):
        lines = [" ".join(draw.choices(words, k=draw.randint(1, 5))) for _ in range(draw.randint(1, 2))]
        stands = draw.uniform(0.3, 3.0)
        cues.append(Cue(at, at + stands, "\n".join(lines)))
        at += stands + draw.choice((0.0, 0.04, 0.2, 1.0))
    return Track(tuple(cues), "ko", rate=Fraction(24))


def checker() -> None:
    """The checker on 100,000 cues, beside pysubs2 reading the same cues as SRT."""
    import pysubs2

    track = many_cues()
    found, checking = timed(lambda: guide.check(track))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "many.srt")
        subtitle_files.write(path, track)
        _, ours = timed(lambda: subtitle_files.read(path))
        theirs, reading = timed(lambda: pysubs2.load(str(path)))
    count = len(track.cues)
    assert len(theirs) == count
    print(f"{count:,} cues, {len(found):,} findings of {len({each.code for each in found})} rules: checked in {checking:.1f} s, "
          f"{count / checking:,.0f} cues a second, {reading / checking:.2f} of pysubs2's speed at reading them; "
          f"our reader {reading / ours:.2f} of it")  # fmt: skip


def by_ffmpeg(path: Path) -> tuple[dict[str, float], float]:
    """Integrated loudness, loudness range and true peak as ffmpeg's ebur128 prints them, and the seconds it took."""
    told, took = timed(
        lambda: ffmpeg.run(
            ["-i", path, "-vn", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"], log="info"
        )
    )
    text = "\n".join(told[-30:])
    return {
        name: float(re.search(rf"{name}:\s+(-?[\d.]+|-?inf)", text)[1]) for name in ("I", "LRA", "Peak")
    }, took


def programmes(folder: Path) -> list[Path]:
    """The film, and ten minutes each of noise that swells, as mono, stereo and 5.1, at 44.1 and 48 kHz."""
    made = [FILM]
    for seed, (channels, rate) in enumerate(((1, 44_100), (2, 48_000), (6, 48_000))):
        draw = np.random.default_rng(seed)
        swell = np.repeat(10 ** (draw.uniform(-45, -12, 600) / 20), rate)[:, None]
        made.append(folder / f"{channels}-{rate}.wav")
        soundfile.write(
            made[-1], swell * draw.normal(0, 0.3, (len(swell), channels)).clip(-1, 1), rate, "PCM_24"
        )
    return made


def loudness_of_programmes() -> None:
    """Loudness, range and true peak, beside ffmpeg's ebur128 on the same files."""
    with tempfile.TemporaryDirectory() as folder:
        for path in programmes(Path(folder)):
            ours, took = timed(lambda path=path: loudness.measure(path))
            theirs, theirs_took = by_ffmpeg(path)
            print(f"{path.name}: {ours.integrated:.2f} LKFS, {ours.integrated - theirs['I']:+.2f} LU from ffmpeg; "
                  f"range {ours.range - theirs['LRA']:+.2f} LU, true peak {ours.true_peak - theirs['Peak']:+.2f} dB; "
                  f"{took / theirs_took:.2f} of its time")  # fmt: skip


def ladders() -> None:
    """A ladder chosen for each of two clips beside the fixed one, and BD-rate beside the package bjontegaard."""
    import bjontegaard

    sys.path.insert(0, str(MEDIA))
    import measure_04_per_title as measured

    with tempfile.TemporaryDirectory() as folder:
        for name in measured.SHOTS:
            points, took = timed(lambda name=name: measured.points(name, Path(folder), ("x264",)))
            fixed = [point for point in points if point.crf is None]
            grid = [point for point in points if point.crf is not None]
            chosen = ladder.choose(grid)
            saved = ladder.saving(fixed, chosen)
            pair = ladder.pareto(fixed), chosen
            curves = [values for points in pair for values in columns(points)]
            theirs = bjontegaard.bd_rate(
                *curves, method="pchip", require_matching_points=False, min_overlap=0
            )
            print(f"{name}: {len(chosen)} rungs instead of {len(fixed)}, {saved.says}; bjontegaard says {-theirs:.1f} %, "
                  f"{abs(saved.percent + theirs):.1e} apart; {len(points)} encodes measured in {took:.0f} s")  # fmt: skip


def columns(points: list[Point]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([point.bits for point in points]), np.array([point.vmaf for point in points])


CONTROL = """
import json, resource, sys, time
from hallyu.memory import peak_memory
from hallyu.ott import qc
started = time.perf_counter()
report = qc.run(sys.argv[1])
took = time.perf_counter() - started
codes = sorted({defect.code for defect in report.defects})
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of the largest; never less than ours was
print(json.dumps({"took": took, "peak": peak_memory() + children, "frames": report.programme.frames, "codes": codes}))
"""


def control() -> None:
    """Quality control of 20 minutes of film at 1920 x 1080: real-time factor and memory, beside ffmpeg's own detectors."""
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder, "long.mp4")
        # Whole films, pictures and sound looped each by itself: else there would be gaps between pictures, and QC finds them.
        again = ["-stream_loop", str(round(LONG / video.probe(FILM).seconds) - 1)]
        inputs = [*again, "-an", "-i", FILM, *again, "-vn", "-i", FILM]
        ffmpeg.make(long, [*inputs, "-map", "0:v", "-map", "1:a", "-c", "copy"])
        seconds = video.probe(long).seconds
        detectors = [
            "-vf",
            "blackdetect,freezedetect",
            "-af",
            "ebur128=peak=true:framelog=quiet,silencedetect",
        ]
        _, theirs = timed(lambda: ffmpeg.run(["-i", long, *detectors, "-f", "null", "-"], log="info"))
        done = subprocess.run(
            [sys.executable, "-c", CONTROL, str(long)], capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        print(f"{seconds / 60:.1f} minutes, {found['frames']:,} frames, {long.stat().st_size / 1e6:.0f} MB: real-time factor "
              f"{found['took'] / seconds:.2f} ({found['frames'] / found['took']:.0f} frames a second), "
              f"peak {found['peak']:.0f} MiB; ffmpeg's black, freeze, silence and loudness alone {theirs / seconds:.2f}, "
              f"ours {found['took'] / theirs:.1f} times as long; codes {', '.join(found['codes']) or 'none'}")  # fmt: skip


if __name__ == "__main__":
    parts = {
        "hearing": hearing,
        "checker": checker,
        "loudness": loudness_of_programmes,
        "ladder": ladders,
        "control": control,
    }
    for name in sys.argv[1:] or parts:
        print(f"\n-- {name}: {parts[name].__doc__}", flush=True)
        parts[name]()
