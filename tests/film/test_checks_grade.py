import numpy as np
import pytest
from test_ciede2000 import PAIRS

from hallyu.film import checks_grade as check
from hallyu.film import ciede2000, colour, lut


def hue_step(one, other):
    turn = other - one
    turn = np.where(np.abs(turn) > 180, turn - np.copysign(360, turn), turn)
    return turn, (one + turn / 2) % 360


def cdl(rgb, slope, offset, power, saturation):
    graded = np.clip(rgb * slope + offset, 0, 1) ** power
    grey = graded @ [0.2126, 0.7152, 0.0722]
    return np.clip(grey[:, None] + saturation * (graded - grey[:, None]), 0, 1)


def ramp_report(values):
    steps = np.diff(values, axis=0)
    return int((steps < -1e-4).any(axis=1).sum()), steps.max() * (len(values) - 1)


def test_right_answers():
    assert check.hue_step(hue_step)
    assert check.cdl(cdl)
    assert check.ramp_report(ramp_report)


def test_the_published_pairs_are_those_that_the_library_is_tested_on():
    assert (check.PAIRS == PAIRS).all()
    assert ciede2000.delta_e(PAIRS[:, :3], PAIRS[:, 3:6]) == pytest.approx(PAIRS[:, 6], abs=1e-4)


def by_if(one, other):
    turn = other - one
    if abs(turn) > 180:
        turn -= 360 if turn > 0 else -360
    return turn, (one + turn / 2) % 360


@pytest.mark.parametrize(("answer", "says"), [
    (lambda one, other: None, "returns nothing yet"),
    (lambda one, other: other - one, "returns two things"),
    (lambda one, other: (other - one, (one + other) / 2), "leads over 0°"),
    (lambda one, other: (abs(hue_step(one, other)[0]), hue_step(one, other)[1]), "a turn back is negative"),
    (lambda one, other: ((other - one) % 360, hue_step(one, other)[1]), "a turn back is negative"),
    (lambda one, other: (hue_step(one, other)[0], (one + other) / 2), "Half way from 350° to 20°"),
    (lambda one, other: (hue_step(one, other)[0], one + hue_step(one, other)[0] / 2), "yours is at 365°, and it is 5°"),
    (lambda one, other: ((other - one + 180) % 360 - 180, (one + ((other - one + 180) % 360 - 180) / 2) % 360), "half a turn"),
    (lambda one, other: tuple(np.radians(hue_step(one, other))), "From 10° to 50°"),
    (by_if, "np.where instead of if"),
    (lambda one, other: by_if(np.ravel(one)[0], np.ravel(other)[0]), "one for each"),
    (lambda one, other: missing(one), "stopped with NameError"),  # noqa: F821
])  # fmt: skip
def test_wrong_hues(answer, says):
    verdict = check.hue_step(answer)
    assert not verdict and says in verdict.message


def variant(
    order="sop",
    weights=(0.2126, 0.7152, 0.0722),
    hold=True,
    end=True,
    exponent=lambda power: power,
    first=False,
):
    """The CDL with one thing wrong."""

    def answer(rgb, slope, offset, power, saturation):
        weight = np.array(weights)
        if first:
            grey = (rgb @ weight)[:, None]
            rgb, saturation = grey + saturation * (rgb - grey), 1
        if order == "sop":
            graded = rgb * slope + offset
        elif order == "osp":
            graded = (rgb + offset) * slope
        else:
            graded = rgb**power * slope + offset
        if hold:
            graded = np.clip(graded, 0, 1)
        if order != "pso":
            graded = graded ** exponent(power)
        grey = (graded @ weight)[:, None]
        graded = grey + saturation * (graded - grey)
        return np.clip(graded, 0, 1) if end else graded

    return answer


@pytest.mark.parametrize(("answer", "says"), [
    (lambda *grade: None, "returns nothing yet"),
    (lambda rgb, *grade: rgb, "slope multiplies"),
    (variant("osp"), "first the slope"),
    (variant("pso"), "after slope and offset"),
    (variant(weights=(1 / 3, 1 / 3, 1 / 3)), "luma of BT.709"),
    (variant(weights=(0.299, 0.587, 0.114)), "luma of BT.709"),
    (variant(hold=False), "a negative has none"),
    (variant(end=False), "at the end"),
    (variant(exponent=lambda power: 1 / power), "exponent itself"),
    (variant(first=True), "saturation"),
    (lambda rgb, *grade: cdl(rgb, *grade)[0], "grade every colour"),
    (lambda rgb, *grade: cdl(np.array([[0.8, 0.4, 0.2]]), *grade), "grade every colour"),
    (lambda rgb, slope: rgb * slope, "stopped with TypeError"),
])  # fmt: skip
def test_wrong_grades(answer, says):
    verdict = check.cdl(answer)
    assert not verdict and any(part in verdict.message for part in says.split("|"))


@pytest.mark.parametrize(("answer", "says"), [
    (lambda values: None, "returns nothing yet"),
    (lambda values: ramp_report(values)[0], "returns two numbers"),
    (lambda values: (0, ramp_report(values)[1]), "even where luma hardly notices"),
    (lambda values: ramp_report(colour.luma(values)[:, None]), "even where luma hardly notices"),
    (lambda values: (int((np.diff(values, axis=0) < -1e-4).sum()), ramp_report(values)[1]), "is one step"),
    (lambda values: (int((np.diff(values, axis=0) <= 0).any(1).sum()), ramp_report(values)[1]), "flat steps are no falls"),
    (lambda values: (int((np.diff(values, axis=0) < 0).any(1).sum()), ramp_report(values)[1]), "is rounding"),
    (lambda values: (ramp_report(values)[0], np.diff(values, axis=0).max()), "it is 1"),
    (lambda values: (ramp_report(values)[0], np.diff(values, axis=0).max() * 100), "smaller steps of its own"),
    (lambda values: (ramp_report(values)[0], np.abs(np.diff(values, axis=0)).max() * (len(values) - 1)), "steepest rise"),
    (lambda values: (ramp_report(values)[0], np.diff(values, axis=0).mean() * (len(values) - 1)), "own steps"),
    (lambda values: values[9999], "stopped with IndexError"),
])  # fmt: skip
def test_wrong_ramp_reports(answer, says):
    verdict = check.ramp_report(answer)
    assert not verdict and says in verdict.message


def test_the_ramp_test_tells_a_smooth_lut_from_a_rough_one():
    ramp = np.repeat(np.linspace(0, 1, 1024)[:, None], 3, axis=1)
    rng = np.random.default_rng(0)
    smooth = lut.bake(lambda rgb: rgb**0.9, 33)
    rough = lut.Cube(smooth.table + rng.normal(0, 0.02, smooth.table.shape).astype(np.float32))
    assert ramp_report(lut.apply(ramp, smooth))[0] == 0 < ramp_report(lut.apply(ramp, rough))[0]
