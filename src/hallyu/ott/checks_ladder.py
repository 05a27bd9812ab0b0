"""Checks for lesson 04, per-title encoding."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.ott import ladder, vmaf
from hallyu.ott.ladder import Point


def _hull(*rungs: tuple[int, float, int]) -> list[Point]:
    """Points of kbit/s, VMAF and height."""
    return [Point(1000.0 * bits, vmaf, round(height * 16 / 18) * 2, height) for bits, vmaf, height in rungs]


HULLS = [
    (_hull((100, 60, 360), (200, 78, 540), (400, 90, 720), (800, 97, 1080), (3000, 99, 1080)), {},
     "the top rung is the cheapest that reaches the ceiling; more bits show nothing"),
    (_hull((100, 42, 360), (200, 56, 540), (400, 69, 720), (800, 81, 1080)), {},
     "where no point reaches the ceiling, the best one is the top rung"),
    (_hull((100, 20, 234), (200, 38, 360), (300, 52, 540), (400, 64, 720), (800, 96, 1080)), {},
     "what lies below the floor is not sent"),
    (_hull((100, 70, 360), (200, 80, 540), (290, 88.5, 540), (350, 91, 720), (400, 93, 720), (440, 94.5, 720), (480, 95.5, 1080)),
     {}, "the next rung is the one nearest to a step below the last, and not each point in turn"),
    (_hull((100, 70, 360), (170, 78.5, 540), (240, 85, 540), (340, 92.2, 720), (450, 96, 1080)), {},
     "nearest means on either side: a rung may lie a little less than a step below"),
    (_hull((100, 50, 720), (200, 62, 360), (300, 73, 540), (400, 83, 720), (800, 97, 1080)), {},
     "a cheaper rung with more pixels than the one above it is left out: a player that goes down must not need a larger picture"),
    (_hull((100, 94.2, 720), (200, 96, 1080)), {}, "a rung less than half a step below shows no one anything"),
    (_hull((100, 50, 360), (200, 62, 540), (300, 72, 540), (400, 81, 720), (800, 92, 1080), (1600, 98, 1080)),
     {"ceiling": 90, "step": 10, "floor": 60}, "ceiling, step and floor are the three that were given"),
]  # fmt: skip
"""Hulls, what else is given, and the rule that each is about."""


@guarded
def rungs(answer: Callable) -> Verdict:
    """Exercise 1: `answer(hull, ceiling, step, floor)` gives the rungs of a ladder, cheapest first."""
    problems = []
    for hull, changed, why in HULLS:
        given = answer(list(hull), **{"ceiling": 95, "step": 6, "floor": 40, **changed})
        if given is None:
            problems.append(
                "rungs returns nothing yet: return a list of points of the hull, the cheapest first."
            )
            continue
        given = list(given)
        if not all(isinstance(each, Point) for each in given):
            problems.append(
                "Each rung is a point of the hull: return the points themselves, not their numbers."
            )
            continue
        right = ladder.choose(hull, **changed)
        if given == right:
            continue
        if sorted(given, key=lambda each: each.bits) == right:
            problems.append("The rungs are right, and in the wrong order: the cheapest comes first.")
            continue
        problems.append(
            f"Of a hull with VMAF {_qualities(hull)} the rungs are {_qualities(right)}, and yours {_qualities(given)}: {why}."
        )
    return verdict(problems, "Top, steps, floor and sizes: the ladder is the one that the library chooses.")


def _qualities(points: Sequence[Point]) -> str:
    return ", ".join(f"{point.vmaf:g} ({point.height}p)" for point in points) or "none"


ANCHOR = ((1_358_240, 2_486_440, 4_593_600, 9_487_760), (67.52, 80.31, 88.99, 94.48))
TEST = ((1_356_240, 2_451_520, 4_469_000, 9_787_800), (72.02, 84.29, 91.35, 96.07))
CURVES = [
    (ANCHOR, ANCHOR, "a curve beside itself is 0 % apart"),
    (ANCHOR, (tuple(bits / 2 for bits in ANCHOR[0]), ANCHOR[1]),
     "half the bits at the same VMAF are -50 %: the mean is taken of log10(bits), and 10 ** mean - 1 undoes it"),
    (ANCHOR, TEST, "the integral goes over the VMAF that both curves reach, and is divided by that range"),
    (TEST, ANCHOR, "the first curve is the one that is compared with: what needs more bits than it has a positive rate"),
    (((200_000, 500_000, 900_000, 2_000_000), (40.0, 61.0, 74.0, 88.0)), ANCHOR,
     "below the higher of the two lowest VMAFs and above the lower of the two highest there is nothing to compare"),
]  # fmt: skip
"""Two curves, each bits a second and VMAF (4,), and the rule that the pair is about."""


def cubic_rate(anchor: tuple, test: tuple) -> float:
    """Per cent more bits that *test* needs than *anchor*, each (bits, vmaf): one cubic through all of a curve's points.

    Source: G. Bjontegaard, Calculation of average PSNR differences between RD-curves, VCEG-M33 (2001).
    """
    low = max(min(anchor[1]), min(test[1]))
    high = min(max(anchor[1]), max(test[1]))
    areas = []
    for bits, quality in (anchor, test):
        whole = np.polynomial.Polynomial.fit(quality, np.log10(bits), 3).integ()
        areas.append(whole(high) - whole(low))
    return float(10 ** ((areas[1] - areas[0]) / (high - low)) - 1) * 100


@guarded
def bd_rate(answer: Callable) -> Verdict:
    """Exercise 2: `answer(anchor, test)`, each (bits, vmaf), gives Bjontegaard's rate of 2001 in per cent."""
    problems = []
    for anchor, test, why in CURVES:
        given = answer(*((np.array(bits, float), np.array(vmaf)) for bits, vmaf in (anchor, test)))
        if given is None:
            problems.append("bd_rate_2001 returns nothing yet: return one number, in per cent.")
            continue
        given, right = float(given), cubic_rate(anchor, test)
        if abs(given - right) <= 0.01:
            continue
        if abs(given * 100 - right) <= 0.01:
            why = "the answer is in per cent"
        elif min(abs(given + right), abs(given - cubic_rate(test, anchor))) <= 0.01:
            why = "the first curve is the one that is compared with, and fewer bits are negative"
        elif abs(given - 100 - right) <= 0.01:
            why = "take away 1 before the hundredfold: equal curves are 0 % apart, not 100 %"
        problems.append(f"For two curves yours says {given:.2f} %, and it is {right:.2f} %: {why}.")
    return verdict(problems, "Two cubics, one range, one figure: as Bjontegaard wrote it down in 2001.")


def _films() -> list[tuple[np.ndarray, float, str]]:
    """VMAF of each frame, frames a second, and the rule that each case is about."""
    steady = np.full(96, 90.0)
    between, blink, two, last = *(steady.copy() for _ in range(3)), np.full(600, 90.0)
    between[36:60] = 50
    last[-24:] = 60
    blink[30] = 0
    blink[60:84] = 80
    two[:24], two[50:74] = 70, 69
    ntsc = np.full(120, 88.0)
    ntsc[70:96] = 40
    return [
        (steady, 24, "in an even film every second is the worst one"),
        (between, 24, "a second may begin at any frame, not only at whole seconds"),
        (last, 24, "the last second of the film counts as well"),
        (blink, 24, "one lost frame is not a second: the mean of the second counts, not its lowest frame"),
        (two, 24, "of two bad seconds the worse one is named"),
        (ntsc, float(Fraction(30000, 1001)), "29.97 frames a second are 30 frames, rounded"),
        (np.array([80.0, 70.0, 90.0]), 24, "a film shorter than a second is one second"),
    ]  # fmt: skip


def _begins(frames: np.ndarray, rate: float, at: int, lowest: float) -> bool:
    """Whether a whole second that is as bad as the worst one begins with frame *at*."""
    count = min(round(rate), len(frames))
    return at + count <= len(frames) and abs(frames[at : at + count].mean() - lowest) < 1e-9


@guarded
def worst_second(answer: Callable) -> Verdict:
    """Exercise 3: `answer(frames, rate)` gives the lowest mean VMAF of any second, and the frame it begins with."""
    problems = []
    for frames, rate, why in _films():
        given = answer(frames.copy(), rate)
        if given is None:
            problems.append("worst_second returns nothing yet: return the lowest mean, and its first frame.")
            continue
        if np.ndim(given) == 0 or len(given) != 2:
            problems.append("worst_second returns two numbers: return lowest, first.")
            continue
        lowest, first = (float(each) for each in given)
        right, start = vmaf.worst_second(frames, rate)
        as_bad = [at for at in range(len(frames)) if _begins(frames, rate, at, right)]
        if abs(lowest - right) > 1e-6:
            problems.append(
                f"In {len(frames)} frames at {rate:.5g} a second the worst second has VMAF {right:.2f}, "
                f"and yours {lowest:.2f}: {why}."
            )
        elif first not in as_bad:
            problems.append(
                f"The worst second of {len(frames)} frames at {rate:.5g} a second begins with frame {start}, "
                f"and yours with {first:g}: {why}."
            )
    return verdict(problems, "No second of the film is worse than the one that yours names.")
