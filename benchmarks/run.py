"""Print what was measured: the judge, panel seconds, the music, film and OTT modules, lesson times, grading beside its peers.

    python benchmarks/run.py            everything, about an hour on two cores
    python benchmarks/run.py panel      one part: judge, panel, music, film, ott, lessons, grading or attacks

Timings are ratios against a named peer in the same run; seconds are printed only to give their scale.
"""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]


def judge() -> None:
    """The bundled model on 500 held-out prompts, read by the judge beside real renders."""
    subprocess.run([sys.executable, ROOT / "benchmarks" / "judge_report.py"], check=True)


def panel(rounds: int = 5) -> None:
    """A whole panel at the course's settings, against the same pipeline at diffusers' own (50 steps, guidance 7.5)."""
    from hallyu import models
    from hallyu.webtoon import compose, script

    story = script.read(ROOT / "modules" / "webtoon" / "media" / "first-snow.txt")
    cut = next(c for c in story.cuts if c.number == 8)
    engine = models.load("webtoon-character")
    times: dict[str, list[float]] = {"ours": [], "stock": []}
    compose.draw_panel(story, cut, engine, seed=0)  # loads the judge's and the upscaler's weights
    for seed in range(rounds):  # interleaved, so that a busy moment falls on both
        for name, settings in (("ours", {}), ("stock", {"steps": 50, "guidance": 7.5})):
            started = time.perf_counter()
            compose.draw_panel(story, cut, engine, seed=seed, **settings)
            times[name].append(time.perf_counter() - started)
    ours, stock = median(times["ours"]), median(times["stock"])
    print(f"one panel, 800 px: {ours:.2f} s; stock settings {stock:.2f} s; ratio {stock / ours:.2f}")


def music() -> None:
    """Pronunciation, pitch, singing, voices, loudness, lip-sync and watermark."""
    subprocess.run([sys.executable, ROOT / "benchmarks" / "music.py"], check=True)


def film() -> None:
    """Mattes by every method, the closed-form solver, colour matches, frames a second."""
    subprocess.run([sys.executable, ROOT / "benchmarks" / "film.py"], check=True)


def ott() -> None:
    """Hearing, the subtitle checker, loudness, ladders, and quality control of a long film."""
    subprocess.run([sys.executable, ROOT / "benchmarks" / "ott.py"], check=True)


def lessons() -> None:
    """Every lesson, run as `hallyu check` runs it."""
    subprocess.run([sys.executable, "-m", "hallyu.cli", "check"], cwd=ROOT, check=True)


def grading() -> None:
    """Submissions a minute and memory: stock nbgrader, otter-grader and hallyu grade."""
    subprocess.run([sys.executable, ROOT / "benchmarks" / "grading.py"], check=True)


def attacks() -> None:
    """What hostile submissions achieve against stock nbgrader and against hallyu grade."""
    subprocess.run([sys.executable, ROOT / "benchmarks" / "attacks.py"], check=True)


if __name__ == "__main__":
    parts = {
        "judge": judge,
        "panel": panel,
        "music": music,
        "film": film,
        "ott": ott,
        "lessons": lessons,
        "grading": grading,
        "attacks": attacks,
    }
    for name in sys.argv[1:] or parts:
        print(f"\n== {name}: {parts[name].__doc__}")
        parts[name]()
