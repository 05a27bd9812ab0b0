import warnings

import bjontegaard
import numpy as np
import pytest

from hallyu.ott import checks_ladder as check
from hallyu.ott import ladder, vmaf


def rungs(hull, ceiling, step, floor):
    left = [point for point in hull if point.vmaf >= floor]
    made = [next((point for point in left if point.vmaf >= ceiling), left[-1])]
    while True:
        top = made[0]
        below = [point for point in left if point.vmaf <= top.vmaf - step / 2 and point.height <= top.height]
        if not below:
            return made
        made.insert(0, min(below, key=lambda point: abs(point.vmaf - (top.vmaf - step))))


def bd_rate(anchor, test, degree=3, log=np.log10, undo=lambda mean: 10**mean, ends=(max, min)):
    low, high = ends[0](anchor[1].min(), test[1].min()), ends[1](anchor[1].max(), test[1].max())
    areas = [
        np.diff(np.polyval(np.polyint(np.polyfit(vmaf, log(bits), degree)), (low, high)))[0]
        for bits, vmaf in (anchor, test)
    ]
    return 100 * (undo((areas[1] - areas[0]) / (high - low)) - 1)


def worst_second(frames, rate):
    count = min(round(rate), len(frames))
    means = [frames[at : at + count].mean() for at in range(len(frames) - count + 1)]
    return min(means), int(np.argmin(means))


def test_right_answers():
    assert check.rungs(rungs)
    assert check.bd_rate(bd_rate)
    assert check.worst_second(worst_second)


def test_the_ladders_to_choose_from_are_hulls():
    for hull, _, _ in check.HULLS:
        assert ladder.hull(hull) == hull


def test_the_cubic_agrees_with_an_independent_implementation():
    for anchor, test, _ in check.CURVES:
        columns = (np.array(values, float) for values in (*anchor, *test))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of curves that hardly overlap
            theirs = bjontegaard.bd_rate(*columns, method="cubic", min_overlap=0)
        assert check.cubic_rate(anchor, test) == pytest.approx(theirs, abs=1e-6)


def test_the_worst_second_of_a_film():
    frames = np.random.default_rng(4).uniform(60, 99, 500)
    assert vmaf.worst_second(frames, 23.976) == pytest.approx(worst_second(frames, 23.976))


def walk(first=None, left=lambda point, top, step: point.vmaf <= top.vmaf - step / 2 and point.height <= top.height,
         nearest=None, floor=True):  # fmt: skip
    """The walk with one thing wrong."""

    def answer(hull, ceiling, step, floor_):
        points = [point for point in hull if point.vmaf >= floor_ or not floor]
        made = [(first or (lambda p: next((x for x in p if x.vmaf >= ceiling), p[-1])))(points)]
        while below := [point for point in points if left(point, made[0], step)]:
            made.insert(
                0,
                (nearest or (lambda b, at: min(b, key=lambda x: abs(x.vmaf - at))))(
                    below, made[0].vmaf - step
                ),
            )
        return made

    return lambda hull, ceiling, step, floor: answer(hull, ceiling, step, floor)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda hull, ceiling, step, floor: None, "returns nothing yet"),
    (lambda hull, ceiling, step, floor: hull, "more bits show nothing"),
    (lambda hull, ceiling, step, floor: [], "yours none"),
    (lambda *a, **k: [point.vmaf for point in rungs(*a, **k)], "not their numbers"),
    (lambda *a, **k: rungs(*a, **k)[::-1], "wrong order"),
    (walk(first=lambda points: points[-1]), "more bits show nothing"),
    (lambda hull, ceiling, step, floor: [p for p in rungs(hull, ceiling, step, floor) if max(h.vmaf for h in hull) >= ceiling],
     "the best one is the top"),
    (walk(floor=False), "below the floor"),
    (walk(left=lambda point, top, step: point.vmaf < top.vmaf and point.height <= top.height), "half a step|in turn"),
    (walk(left=lambda point, top, step: point.vmaf <= top.vmaf - step and point.height <= top.height), "either side"),
    (walk(left=lambda point, top, step: point.vmaf <= top.vmaf - step / 2), "more pixels"),
    (walk(left=lambda point, top, step: point.vmaf <= top.vmaf - step / 2 and point.height < top.height), "the rungs are"),
    (walk(nearest=lambda below, at: below[-1]), "nearest"),
    (lambda hull, ceiling, step, floor: rungs(hull, 95, 6, 40), "that were given"),
    (lambda hull: hull, "stopped with TypeError"),
])  # fmt: skip
def test_wrong_ladders(answer, says):
    verdict = check.rungs(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict


@pytest.mark.parametrize(("answer", "says"), [
    (lambda anchor, test: None, "returns nothing yet"),
    (lambda anchor, test: 0, "log10"),
    (lambda anchor, test: bd_rate(anchor, test) / 100, "is in per cent"),
    (lambda anchor, test: bd_rate(anchor, test) + 100, "take away 1"),
    (lambda anchor, test: bd_rate(test, anchor), "compared with"),
    (lambda anchor, test: -bd_rate(anchor, test), "fewer bits are negative"),
    (lambda anchor, test: bd_rate(anchor, test, log=lambda bits: bits, undo=lambda mean: 1 + mean / 1e6), "log10"),
    (lambda anchor, test: bd_rate(anchor, test, log=np.log), "log10"),
    (lambda anchor, test: bd_rate(anchor, test, ends=(min, max)), "nothing to compare|both curves reach"),
    (lambda anchor, test: bd_rate(anchor, test, degree=1), "both curves reach"),
    (lambda anchor, test: ladder.bd_rate(*([ladder.Point(*each, 2, 2) for each in zip(*curve, strict=True)]
                                           for curve in (anchor, test))), "%"),
    (lambda anchor, test: missing, "stopped with NameError"),  # noqa: F821
])  # fmt: skip
def test_wrong_rates(answer, says):
    verdict = check.bd_rate(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict


def whole_seconds(frames, rate):
    means = [frames[at : at + 24].mean() for at in range(0, len(frames), 24)]
    return min(means), 24 * int(np.argmin(means))


@pytest.mark.parametrize(("answer", "says"), [
    (lambda frames, rate: None, "returns nothing yet"),
    (lambda frames, rate: worst_second(frames, rate)[0], "returns two numbers"),
    (whole_seconds, "may begin at any frame"),
    (lambda frames, rate: worst_second(frames[:-1], rate), "the last second|one second"),
    (lambda frames, rate: (frames.min(), int(frames.argmin())), "not its lowest frame|any frame"),
    (lambda frames, rate: (np.percentile(frames, 5), worst_second(frames, rate)[1]), "any frame|lowest frame|last second"),
    (lambda frames, rate: worst_second(frames, 24), "30 frames"),
    (lambda frames, rate: worst_second(frames, int(rate)), "30 frames"),
    (lambda frames, rate: (worst_second(frames, rate)[0], worst_second(frames, rate)[1] / rate), "begins with frame 36"),
    (lambda frames, rate: (worst_second(frames, rate)[0], worst_second(frames, rate)[1] + 1), "begins with frame"),
    (lambda frames, rate: min((frames[at : at + round(rate)].mean(), at) for at in range(len(frames) - round(rate) + 1)),
     "stopped with ValueError"),
])  # fmt: skip
def test_wrong_seconds(answer, says):
    verdict = check.worst_second(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|")), verdict
