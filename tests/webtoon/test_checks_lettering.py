import math
from itertools import pairwise

import pytest

from hallyu.webtoon import balloons
from hallyu.webtoon import checks_lettering as check
from hallyu.webtoon.lettering import NOT_AT_END, NOT_AT_START


def breaks_badly(lines):
    pairs = enumerate(pairwise(lines))
    return [n for n, (above, below) in pairs if above[-1] in NOT_AT_END or below[0] in NOT_AT_START]


def closing_only(lines):
    return [n for n, below in enumerate(lines[1:]) if below[0] in NOT_AT_START]


def opening_only(lines):
    return [n for n, above in enumerate(lines[:-1]) if above[-1] in NOT_AT_END]


def every_line(lines):
    return [n - 1 for n, line in enumerate(lines) if line[0] in NOT_AT_START] + opening_only(lines)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda lines: None, "returns nothing yet"),
    (lambda lines: [], "break 0 parts a mark from its word"),
    (every_line, "there is no break -1"),
    (closing_only, "“할머니는 “ / 알아” / 하고 웃으셨다.” break 0 parts"),
    (opening_only, "“오십 년 동안 / , 아무도 오지 / 않았다고 했다.” break 0 parts"),
    (lambda lines: range(len(lines) - 1), "break 0 is allowed"),
    (lambda lines: breaks_badly(lines) * 2, "twice"),
    (lambda lines: lines[99], "stopped with IndexError"),
])  # fmt: skip
def test_wrong_breaks(answer, says):
    verdict = check.breaks_badly(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda a, b: None, "returns nothing yet"),
    (lambda a, b: True, "takes b first: they are side by side, and b is on the left"),
    (lambda a, b: a[0] < b[0], "a whole balloon higher"),
    (lambda a, b: a[1] < b[1], "takes a first"),
    (lambda a, b: (a[1], a[0]) < (b[1], b[0]), "side by side: left first"),
    (lambda a, b: a[0] < b[0] if min(a[3], b[3]) > max(a[1], b[1]) else a[1] < b[1], "less than half of a height"),
    (lambda a, b: not balloons.reads_before(a, b), "takes a first"),
])  # fmt: skip
def test_wrong_order(answer, says):
    verdict = check.reads_before(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda w, h: None, "returns nothing yet"),
    (lambda w, h: (w / 2, h / 2), "corners stick out"),
    (lambda w, h: (w / 2 + 24, h / 2 + 18), "corners stick out"),
    (lambda w, h: (w * math.sqrt(2), h * math.sqrt(2)), "300% more art"),
    (lambda w, h: (math.hypot(w, h) / 2,) * 2, "more art"),
    (lambda w, h: (0, 0), "no ellipse"),
    (lambda w, h: w, "stopped with TypeError"),
])  # fmt: skip
def test_wrong_axes(answer, says):
    verdict = check.half_axes(answer)
    assert not verdict and says in verdict.message


def test_right_answers():
    assert check.breaks_badly(breaks_badly)
    assert check.reads_before(balloons.reads_before)
    assert check.half_axes(lambda w, h: (w / math.sqrt(2), h / math.sqrt(2)))
