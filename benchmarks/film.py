"""Measure the film module: mattes, the closed-form solver, colour matches, cuts, faces, and frames a second at 720p.

python benchmarks/film.py           everything
python benchmarks/film.py mattes    one part: mattes, solver, grade, or speed
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from hallyu.film import (
    ciede2000,
    closed_form,
    colour,
    comp,
    lut,
    match,
    matte_metrics,
    plate,
    segment,
    spill,
    streaming,
    trimap,
    video,
)

ROOT = Path(__file__).resolve().parents[1]
MEDIA = ROOT / "modules" / "film" / "media"
SIZE_720P = (1280, 720)


def picture(path: Path) -> np.ndarray:
    """Code values (h, w, 3) of a still."""
    return next(video.read(path))[..., :3]


@cache
def stills() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The actors' stills by name: the frame, and its exact matte."""
    found = sorted((MEDIA / "mattes").glob("*-comp.png"))
    return {
        path.name.removesuffix("-comp.png"): (
            picture(path), picture(path.with_name(path.name.replace("-comp", "-matte")))[..., 0],
        )
        for path in found
    }  # fmt: skip


def peers() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """PyMatting's methods: from frame and trimap to the matte."""
    import pymatting

    names = ("cf", "knn", "lbdm", "lkm")
    return {f"pymatting {name}": getattr(pymatting, f"estimate_alpha_{name}") for name in names}


def mattes() -> None:
    """Each method on the actors' stills, all from the same trimap: the true one, its edge widened by 12 pixels."""
    methods = {"closed form (ours)": closed_form.matte} | peers()
    rows: dict[str, list[matte_metrics.Report]] = {}
    for frame, truth in stills().values():
        rows.setdefault("segmenter alone", []).append(matte_metrics.measure([segment.segment(frame)], [truth]))
        given = trimap.around(truth, 12)
        for name, method in methods.items():
            found = np.clip(method(frame.astype(np.float64), given.astype(np.float64)), 0, 1)
            rows.setdefault(name, []).append(matte_metrics.measure([found.astype(np.float32)], [truth]))
        found = next(streaming.mattes([frame]))[1]
        rows.setdefault("segmenter, trimap and closed form as one", []).append(matte_metrics.measure([found], [truth]))
    print(f"{len(stills())} stills of 640 x 480; MAD and MSE x 1000, Grad and Conn / 1000")
    for name, reports in rows.items():
        means = [np.mean([getattr(report, key) for report in reports]) for key in ("mad", "mse", "grad", "conn")]
        print(f"{name}: MAD {means[0]:.2f}, MSE {means[1]:.2f}, Grad {means[2]:.2f}, Conn {means[3]:.2f}")


def solver() -> None:
    """The closed form written out, against PyMatting's with its own preconditioner, from the same trimaps."""
    theirs = peers()["pymatting cf"]
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    apart, errors = [], {"ours": [], "theirs": []}
    warm = next(iter(stills().values()))
    theirs(warm[0].astype(np.float64), trimap.around(warm[1], 2).astype(np.float64))  # numba compiles
    for frame, truth in stills().values():
        given = trimap.around(truth, 12)
        found = {}
        for name, method in (("ours", closed_form.matte), ("theirs", theirs)):
            started = time.perf_counter()
            found[name] = np.clip(method(frame.astype(np.float64), given.astype(np.float64)), 0, 1)
            times[name].append(time.perf_counter() - started)
            errors[name].append(1000 * np.abs(found[name] - truth).mean())
        apart.append(1000 * np.abs(found["ours"] - found["theirs"]).mean())
    ratio = sum(times["ours"]) / sum(times["theirs"])
    print(
        f"MAD x 1000: ours {np.mean(errors['ours']):.3f}, PyMatting {np.mean(errors['theirs']):.3f}, "
        f"between the two {np.mean(apart):.3f}; time {median(times['ours']):.2f} s a still, {ratio:.2f} of PyMatting's"
    )


def shots_to_match() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Pictures of one view and of different ones, as two cameras or two days give them."""
    frame, _ = stills()["grey"]
    rng = np.random.default_rng(0)
    cool = lut.bake(lambda c: colour.to_display(colour.to_linear(c) * np.float32([0.72, 0.86, 1.12])))
    flat = lut.bake(lambda c: 0.12 + 0.72 * c**0.82)
    for name, look in (("a cool camera", cool), ("a flat profile", flat)):
        grain = rng.normal(0, 0.006, frame.shape).astype(np.float32)
        yield name, np.clip(lut.apply(frame, look) + grain, 0, 1), frame


def grade() -> None:
    """A shot matched to a reference of the same view: CIEDE2000 before and after, mean and 95th percentile."""
    for name, shot, reference in shots_to_match():
        made = match.match(shot, reference)
        before, after = (ciede2000.difference(one, reference) for one in (shot, lut.apply(shot, made.lut)))
        print(f"{name}: before {before.mean:.2f} (95 % {before.p95:.2f}), after {after.mean:.2f} (95 % {after.p95:.2f})")


def per_second(step: Callable[[np.ndarray], object], frames: list[np.ndarray]) -> float:
    """Frames a second of *step*, the best of its frames after one to warm up."""
    step(frames[0])
    times = []
    for frame in frames:
        started = time.perf_counter()
        step(frame)
        times.append(time.perf_counter() - started)
    return 1 / median(times)


def speed() -> None:
    """Frames a second of each step at 1280 x 720, beside cv2's Gaussian blur of 31 pixels on the same frames."""
    frame, truth = stills()["grey"]
    frame, truth = (cv2.resize(one, SIZE_720P, interpolation=cv2.INTER_AREA) for one in (frame, truth))
    frames = [np.clip(frame + 0.004 * step, 0, 1).astype(np.float32) for step in range(4)]
    cube = lut.bake(lambda c: c**1.1)
    ground = plate.snow_forest(*SIZE_720P).frame
    steps = {
        "blur (the peer)": lambda f: cv2.GaussianBlur(f, (31, 31), 0),
        "segmenter": segment.segment,
        "despill": spill.despill,
        "comp": lambda f: comp.comp(f, truth, ground),
        "33^3 LUT": lambda f: lut.apply(f, cube),
        "CIEDE2000": lambda f: ciede2000.difference(f, frame),
    }
    base = None
    for name, step in steps.items():
        rate = per_second(step, frames)
        base = base or rate
        print(f"{name}: {rate:.1f} frames a second, {rate / base:.3f} of the peer's")
    started = time.perf_counter()
    count = sum(1 for _ in streaming.mattes(iter(frames)))
    print(f"streamed matte: {count / (time.perf_counter() - started):.2f} frames a second")


if __name__ == "__main__":
    parts = {"mattes": mattes, "solver": solver, "grade": grade, "speed": speed}
    for name in sys.argv[1:] or parts:
        print(f"\n-- {name}: {parts[name].__doc__}")
        parts[name]()
