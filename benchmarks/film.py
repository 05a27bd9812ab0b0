"""Measure the film module: mattes, the closed-form solver, colour matches, cuts, faces, and frames a second at 720p.

python benchmarks/film.py           everything
python benchmarks/film.py mattes    one part: mattes, solver, stream, ageing, grade, or speed
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from hallyu import video
from hallyu.film import (
    ageing,
    ciede2000,
    closed_form,
    colour,
    comp,
    face_metrics,
    faces,
    lut,
    match,
    matte_metrics,
    plate,
    regions,
    retouch,
    segment,
    spill,
    streaming,
    trimap,
)
from hallyu.film.ageing import Aged
from hallyu.provenance.consent import PUBLIC_FACES, permit

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
        rows.setdefault("segmenter alone", []).append(
            matte_metrics.measure([segment.segment(frame)], [truth])
        )
        given = trimap.around(truth, 12)
        for name, method in methods.items():
            found = np.clip(method(frame.astype(np.float64), given.astype(np.float64)), 0, 1)
            rows.setdefault(name, []).append(matte_metrics.measure([found.astype(np.float32)], [truth]))
        found = next(streaming.mattes([frame]))[1]
        rows.setdefault("segmenter, trimap and closed form as one", []).append(
            matte_metrics.measure([found], [truth])
        )
    print(f"{len(stills())} stills of 640 x 480; MAD and MSE x 1000, Grad and Conn / 1000")
    for name, reports in rows.items():
        means = [
            np.mean([getattr(report, key) for report in reports]) for key in ("mad", "mse", "grad", "conn")
        ]
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


def stream() -> None:
    """The green-screen take with flying hair as a stream: steady or not, and what a cheat's figures look like."""
    frames = [frame[..., :3] for frame in video.read(MEDIA / "s6.mp4")]
    truths = [frame[..., 0] for frame in video.read(MEDIA / "s6-matte.mkv")]
    found = {
        "closed form, each frame by itself": [
            m for _, m in streaming.mattes(iter(frames), screen=True, smoothing=0)
        ],
        "closed form, steadied": [m for _, m in streaming.mattes(iter(frames), screen=True)],
        "screen key alone": [spill.key(frame) for frame in frames],
        "a cheat: the first true matte for all frames": [truths[0]] * len(truths),
        "a cheat: the true mattes, blurred": [cv2.GaussianBlur(truth, (0, 0), 4) for truth in truths],
    }
    print(f"{len(frames)} frames; MAD and MSE x 1000, Grad and Conn / 1000, dtSSD x 100")
    for name, mattes in found.items():
        seen = matte_metrics.measure(mattes, truths)
        print(
            f"{name}: MAD {seen.mad:.2f}, MSE {seen.mse:.2f}, Grad {seen.grad:.2f}, Conn {seen.conn:.2f}, dtSSD {seen.dtssd:.2f}"
        )


def ageing_of_faces() -> None:
    """Actors that the network never saw, made younger and older: classical retouch, the network, a blur, beside the truth."""
    actors: dict[str, dict[int, np.ndarray]] = {}
    for path in sorted((MEDIA / "ages").glob("*[0-9].png")):
        name, years = path.stem.rsplit("-", 1)
        actors.setdefault(name, {})[int(years)] = picture(path)
    steps = ((70, 30), (60, 20), (50, 30), (30, 60), (20, 70))
    used = {use: permit(PUBLIC_FACES["astronaut"], use, "study", date.today()) for use in ("de-age", "age")}
    rows: dict[str, list[tuple[float, ...]]] = {}
    for pictures in actors.values():
        for now, wanted in steps:
            before, truth = pictures[now], pictures[wanted]
            face = faces.one(before)
            allowed = used["de-age" if wanted < now else "age"]
            inside = regions.whole_mask(
                before.shape,
                regions.align(before, face.points)[1],
                regions.mask(face_points(before, face), "skin"),
            )
            blurred = before + inside[..., None] * (cv2.GaussianBlur(before, (0, 0), 3) - before)
            made = {
                "untouched": Aged(before, inside),
                "classical retouch": retouch.retouch(
                    before, face, allowed, 0.7 if wanted < now else -0.7, use=allowed.use
                ),
                "the network": ageing.age(before, face, now, wanted, allowed),
                "a cheat: blurred skin": Aged(blurred, inside),
            }
            for name, result in made.items():
                seen = face_metrics.beside(before, result.frame, truth, inside > 0.5)
                kept = face_metrics.detail_kept(before, result.frame, face)
                right = (seen.age_made - seen.age_before) * np.sign(wanted - now)
                rows.setdefault(name, []).append((seen.error, seen.likeness, right, kept))
    print(f"{len(actors)} actors, {len(steps)} steps each; error to the truth on the skin in levels of 255")
    for name, values in rows.items():
        error, likeness, years, kept = np.mean(values, axis=0)
        print(f"{name}: error {error:.2f}, likeness to the true face {likeness:.3f}, apparent age {years:+.1f} years the right "
              f"way, detail kept {kept:.2f}")  # fmt: skip


def face_points(frame: np.ndarray, face: faces.Face) -> np.ndarray:
    """The face's mesh in its canonical crop."""
    return regions.move(face.points, regions.align(frame, face.points)[1])


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
        print(
            f"{name}: before {before.mean:.2f} (95 % {before.p95:.2f}), after {after.mean:.2f} (95 % {after.p95:.2f})"
        )


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
    face, allowed = faces.one(frame), permit(PUBLIC_FACES["astronaut"], "de-age", "study", date.today())
    ground = plate.snow_forest(*SIZE_720P).frame
    steps = {
        "blur (the peer)": lambda f: cv2.GaussianBlur(f, (31, 31), 0),
        "segmenter": segment.segment,
        "despill": spill.despill,
        "comp": lambda f: comp.comp(f, truth, ground),
        "33^3 LUT": lambda f: lut.apply(f, cube),
        "faces": faces.detect,
        "de-ageing, face found": lambda f: ageing.age(f, face, 70, 30, allowed),
        "retouch, face found": lambda f: retouch.retouch(f, face, allowed, use="de-age"),
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
    parts = {
        "mattes": mattes,
        "solver": solver,
        "stream": stream,
        "ageing": ageing_of_faces,
        "grade": grade,
        "speed": speed,
    }
    for name in sys.argv[1:] or parts:
        print(f"\n-- {name}: {parts[name].__doc__}")
        parts[name]()
