"""The checks of lesson 04: every plausible wrong answer gets a sentence that names its slip."""

import cv2
import numpy as np
import pytest

from hallyu.film import checks_ageing as check


def even(lab, mask, strength, usual=None):
    out = lab.copy()
    usual = np.median(lab[mask > 0.5][:, 1:], axis=0) if usual is None else usual
    out[..., 1:] += (strength * mask)[..., None] * (usual - lab[..., 1:])
    return out


def lightness_too(lab, mask, strength):
    return lab + (strength * mask)[..., None] * (np.median(lab[mask > 0.5], axis=0) - lab)


def in_place(lab, mask, strength):
    lab[:] = even(lab, mask, strength)
    return lab


def blurred(lab, mask, strength):
    out = lab.copy()
    out[..., 1:] = cv2.GaussianBlur(lab, (0, 0), 4)[..., 1:]
    return out


@pytest.mark.parametrize(("answer", "says"), [
    (lambda lab, mask, s: None, "returns nothing yet"),
    (lambda lab, mask, s: lab.copy(), "Nothing has changed"),
    (lambda lab, mask, s: lab[..., 1:], "one of the same shape"),
    (lightness_too, "lightness is the form"),
    (in_place, "work on a copy"),
    (blurred, "Outside the mask"),
    (lambda lab, mask, s: even(lab, np.ones_like(mask), s), "Outside the mask"),
    (lambda lab, mask, s: even(lab, mask, s, lab[mask > 0.5][:, 1:].mean(axis=0)), "A mean is pulled away"),
    (lambda lab, mask, s: even(lab, mask, s, np.median(lab[..., 1:], axis=(0, 1))), "pixels outside do not count"),
    (lambda lab, mask, s: even(lab, (mask > 0.5).astype(np.float32), s), "soft edge of the mask"),
    (lambda lab, mask, s: even(lab, mask, 1.0), "another share"),
    (lambda lab, mask, s: lab[999], "stopped with"),
])  # fmt: skip
def test_uneven_tones(answer, says):
    verdict = check.even(answer)
    assert not verdict and says in verdict.message, verdict.message


def bring_back(frame, change, matrix, mask):
    size = frame.shape[1::-1]
    return frame + cv2.warpAffine(change * mask[..., None], cv2.invertAffineTransform(matrix), size)


def by_the_matrix(frame, change, matrix, mask):
    return frame + cv2.warpAffine(change * mask[..., None], matrix, frame.shape[1::-1])


def through_the_crop(frame, change, matrix, mask):
    size, home = frame.shape[1::-1], cv2.invertAffineTransform(matrix)
    crop = cv2.warpAffine(frame, matrix, change.shape[1::-1]) + change * mask[..., None]
    inside = cv2.warpAffine(np.ones(mask.shape, np.float32), home, size)[..., None]
    return frame * (1 - inside) + inside * cv2.warpAffine(crop, home, size)


def exactly(frame, change, matrix, mask):
    """By cubic interpolation, as the library does."""
    home = cv2.invertAffineTransform(matrix)
    return frame + cv2.warpAffine(change * mask[..., None], home, frame.shape[1::-1], flags=cv2.INTER_CUBIC)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda f, c, m, a: None, "returns nothing yet"),
    (lambda f, c, m, a: f, "as it was"),
    (lambda f, c, m, a: c, "goes out as it came in"),
    (by_the_matrix, "take its inverse"),
    (lambda f, c, m, a: bring_back(f, c, m, np.ones_like(a)), "as if cut"),
    (through_the_crop, "through the crop and back"),
    (lambda f, c, m, a: bring_back(f, 0.3 * c, m, a), "not as strong"),
    (lambda f, c, m, a: bring_back(f, c, m, a).astype(np.float16), "keep every bit"),
    (lambda f, c, m, a: bring_back(f, c, m, a).clip(0.05, 0.95), "keep every bit"),
    (lambda f, c, m, a: f + cv2.resize(c, f.shape[1::-1]), "keep every bit"),
    (lambda f, c, m, a: f + c, "stopped with"),
])  # fmt: skip
def test_changes_that_do_not_come_back(answer, says):
    verdict = check.bring_back(answer)
    assert not verdict and says in verdict.message, verdict.message


def accept(report, **limits):
    limits = {"likeness": 0.6, "years": -2, "outside": 60, "detail": 0.55, "flicker": 1.25} | limits
    wrong = {
        "likeness": report.likeness < limits["likeness"],
        "age": report.years > limits["years"],
        "outside": report.outside < limits["outside"],
        "detail": report.detail < limits["detail"],
        "flicker": report.flicker > limits["flicker"] * report.flicker_before,
    }
    return [name for name, holds in wrong.items() if holds]


def on_the_limit(report):
    return [name for name, holds in {
        "likeness": report.likeness <= 0.6, "age": report.years >= -2, "outside": report.outside <= 60,
        "detail": report.detail <= 0.55, "flicker": report.flicker >= 1.25 * report.flicker_before,
    }.items() if holds]  # fmt: skip


@pytest.mark.parametrize(("answer", "says"), [
    (lambda r: None, "returns nothing yet"),
    (lambda r: True, "Return a list of reasons"),
    (lambda r: "likeness", "Return a list of reasons"),
    (lambda r: [], "You let another man's face pass on likeness"),
    (lambda r: accept(r)[:1], "pass on detail"),
    (lambda r: accept(r)[::-1], "their order is not"),
    (lambda r: accept(r, years=2), "nothing was done pass on age"),
    (lambda r: [x for x in accept(r) if x != "detail"], "a blurred face pass on detail"),
    (lambda r: [x for x in accept(r) if x != "flicker"] + ["flicker"] * (r.flicker > 15), "a calm shot"),
    (lambda r: [x for x in accept(r, flicker=1e9)] + ["flicker"] * (r.flicker > 20), "a calm shot"),
    (lambda r: accept(r, flicker=2), "pass on flicker"),
    (lambda r: accept(r, likeness=0.363), "pass on likeness"),
    (on_the_limit, "exactly on each limit"),
    (lambda r: [*accept(r), "grain"], "no term of this production"),
    (lambda r: accept(r.nothing), "stopped with"),
])  # fmt: skip
def test_reports_that_are_misread(answer, says):
    verdict = check.accept(answer)
    assert not verdict and says in verdict.message, verdict.message


def test_right_answers():
    assert (
        check.even(even)
        and check.bring_back(bring_back)
        and check.bring_back(exactly)
        and check.accept(accept)
    )
