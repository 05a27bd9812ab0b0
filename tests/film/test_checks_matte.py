"""The checks of lesson 02: every plausible wrong answer gets a sentence that names its slip."""

import numpy as np
import pytest

from hallyu.film import checks_matte as check
from hallyu.film import matte_metrics, spill


def objection(colours, matte):
    known = np.column_stack([colours, np.ones(len(colours))])
    best = np.linalg.lstsq(known, matte, rcond=None)[0]
    return ((known @ best - matte) ** 2).sum()


def left(colours, matte):
    known = np.column_stack([colours, np.ones(len(colours))])
    return known @ np.linalg.lstsq(known, matte, rcond=None)[0] - matte


def no_constant(colours, matte):
    return ((colours @ np.linalg.lstsq(colours, matte, rcond=None)[0] - matte) ** 2).sum()


def by_luma(colours, matte):
    return objection(colours.mean(1, keepdims=True), matte)


def despill(frame, amount):
    out = frame.copy()
    out[..., 1] -= amount * np.maximum(frame[..., 1] - (frame[..., 0] + frame[..., 2]) / 2, 0)
    return out


def limited(limit, always=False):
    def answer(frame, amount):
        out = frame.copy()
        most = limit(frame[..., 0], frame[..., 2])
        out[..., 1] = most if always else np.minimum(frame[..., 1], most)
        return out

    return answer


def on_the_take(frame, amount):
    frame[..., 1] -= amount * np.maximum(frame[..., 1] - (frame[..., 0] + frame[..., 2]) / 2, 0)
    return frame


def all_channels(frame, amount):
    return frame - amount * np.maximum(frame[..., 1:2] - (frame[..., :1] + frame[..., 2:]) / 2, 0)


def steps(mattes, truths):
    return np.diff(np.float64(mattes), axis=0) - np.diff(np.float64(truths), axis=0)


def root(away):
    return np.sqrt((away**2).mean((1, 2)))


@pytest.mark.parametrize(("answer", "says"), [
    (lambda c, m: None, "returns nothing yet"),
    (left, "one plain number"),
    (lambda c, m: np.nan, "one plain number"),
    (lambda c, m: 0.0, "No line leaves less"),
    (lambda c, m: (left(c, m) ** 2).mean(), "mean of the squares"),
    (lambda c, m: np.sqrt((left(c, m) ** 2).sum()), "That is the root"),
    (lambda c, m: np.abs(left(c, m)).sum(), "not their squares"),
    (lambda c, m: ((m - m.mean()) ** 2).sum(), "before any line"),
    (no_constant, "a column of ones"),
    (by_luma, "all three channels"),
    (lambda c, m: c @ m, "stopped with"),
])  # fmt: skip
def test_wrong_objections(answer, says):
    verdict = check.objection(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda f, a: None, "returns nothing yet"),
    (lambda f, a: f[..., 1], "comes back as (4, 6)"),
    (lambda f, a: f, "Take away the amount's share"),
    (limited(np.maximum), "the higher of red and blue"),
    (limited(np.minimum), "the lower of red and blue"),
    (limited(lambda r, b: (r + b) / 2, always=True), "never adds green"),
    (limited(lambda r, b: (r + b) / 2), "amount 0.5"),
    (lambda f, a: spill.despill(f, amount=a, keep_light=True), "Red and blue stay"),
    (all_channels, "Red and blue stay"),
    (on_the_take, "work on a copy"),
    (lambda f, a: f * [1, 1 - a, 1], "(0.7, 0, 0.5)"),
    (lambda f, a: despill(f, 1 - a), "amount 1"),
])  # fmt: skip
def test_wrong_despills(answer, says):
    verdict = check.despill(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda m, t: None, "returns nothing yet"),
    (lambda m, t: 100 * root(steps(m, t)), "one plain number"),
    (lambda m, t: 0.0, "frozen on the first frame"),
    (lambda m, t: 100 * np.mean(root(np.float64(m) - t)), "not how they change"),
    (lambda m, t: 100 * np.mean(root(np.diff(m, axis=0))), "allowed to"),
    (lambda m, t: np.mean(root(steps(m, t))), "Multiply by 100"),
    (lambda m, t: 100 * (steps(m, t) ** 2).mean(), "the root of each step's mean square"),
    (lambda m, t: 100 * np.abs(steps(m, t)).mean(), "Square before"),
    (lambda m, t: 100 * np.sqrt((steps(m, t) ** 2).mean()), "then the mean over the steps"),
    (lambda m, t: 100 * root(steps(m, t)).sum(), "not their sum"),
    (lambda m, t: 100 * root(steps(m, t)).sum() / len(m), "divide by the steps"),
    (lambda m, t: 100 * np.mean(root(np.abs(np.diff(m, axis=0)) - np.abs(np.diff(t, axis=0)))), "frozen|dense|flicker"),
])  # fmt: skip
def test_wrong_steadiness(answer, says):
    verdict = check.dtssd(answer)
    assert not verdict and any(each in verdict.message for each in says.split("|"))


def test_right_answers():
    assert check.objection(objection) and check.despill(despill)
    assert check.dtssd(lambda m, t: 100 * np.mean(root(steps(m, t))))
    assert check.dtssd(lambda m, t: matte_metrics.measure(m, t).dtssd)


def test_a_ridge_as_small_as_the_librarys_is_no_mistake():
    def ridged(colours, matte):
        away, middle = colours - colours.mean(0), matte - matte.mean()
        slope = np.linalg.solve(away.T @ away + 1e-7 * np.eye(3), away.T @ middle)
        return ((away @ slope - middle) ** 2).sum()

    assert check.objection(ridged)
