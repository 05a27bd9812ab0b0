"""The checks of lesson 03: every plausible wrong answer gets a sentence that names its slip."""

import numpy as np
import pytest

from hallyu.music import checks_pitch as check


def off_by(hertz, written):
    voiced = hertz[hertz > 0]
    return float(np.median(1200 * np.log2(voiced / written))) if len(voiced) else None


def tune(hertz, written, amount):
    error = off_by(hertz, written)
    return hertz if error is None else hertz * 2 ** (-amount * error / 1200)


def fold(hertz, written):
    out = hertz.copy()
    voiced = out > 0
    out[voiced] /= 2 ** np.round(np.log2(out[voiced] / written[voiced]))
    return out


def voiced_only(rule):
    return lambda hertz, *more: rule(hertz[hertz > 0], *more) if (hertz > 0).any() else None


@pytest.mark.parametrize(("answer", "says"), [
    (lambda h, w: None, "returns nothing yet"),
    (voiced_only(lambda h, w: 1200 * np.log2(h / w)), "one number of cents"),
    (voiced_only(lambda h, w: -1200 * np.log2(np.median(h) / w)), "Sharp is positive"),
    (voiced_only(lambda h, w: np.median(h - w)), "a difference in hertz"),
    (voiced_only(lambda h, w: 12 * np.log2(np.median(h) / w)), "A semitone has 100 cents"),
    (voiced_only(lambda h, w: np.mean(1200 * np.log2(h / w))), "That is the mean"),
    (lambda h, w: 1200 * np.log2(np.median(h) / w) if h.any() else None, "left out"),
    (lambda h, w: off_by(h, w) or 0.0, "return None"),
    (lambda h, w: 1200 * np.log2(np.median(h[h > 0]) / w / "1"), "stopped with"),
])  # fmt: skip
def test_wrong_errors(answer, says):
    with np.errstate(all="ignore"):
        verdict = check.off_by(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda h, w, a: None, "returns nothing yet"),
    (lambda h, w, a: h, "was -60 cents off and should be +0 with an amount of 1; yours is -60"),
    (lambda h, w, a: np.where(h > 0, tune(h, w, a), w), "no voice; they stay 0"),
    (lambda h, w, a: np.where(h > 0, w, 0), "Move the whole note"),
    (lambda h, w, a: np.where(h > 0, h + a * (w - h), 0), "Move the whole note"),
    (lambda h, w, a: tune(h, w, 1), "with an amount of 0.5"),
    (lambda h, w, a: tune(h, w, -a), "cents off and should be"),
    (lambda h, w, a: np.where(h > 0, h - a * np.median(h[h > 0] - w), 0) if h.any() else h, "do not add"),
    (lambda h, w, a: tune(h, w, a)[::2], "has the shape"),
    (lambda h, w, a: tune(h, w, a) if h.any() else h + w, "has nothing to tune"),
])  # fmt: skip
def test_wrong_tunings(answer, says):
    verdict = check.tune(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda h, w: None, "returns nothing yet"),
    (lambda h, w: h, "still has a frame"),
    (lambda h, w: np.where(h > 0, w, 0), "Take back octaves only"),
    (lambda h, w: np.where((h > 0) & (h < 0.7 * w), 2 * h, h), "still has a frame"),
    (lambda h, w: w, "stay 0"),
    (lambda h, w: fold(h, w)[:-1], "has the shape"),
    (lambda h, w: np.where(h > 0, h / 2 ** np.floor(np.log2(np.where(h > 0, h, w) / w)), 0), "still has a frame"),
])  # fmt: skip
def test_wrong_folds(answer, says):
    verdict = check.fold(answer)
    assert not verdict and says in verdict.message


def test_right_answers():
    assert check.off_by(off_by) and check.tune(tune) and check.fold(fold)
