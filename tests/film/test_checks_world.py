import numpy as np
import pytest

from hallyu.film import checks_world as check
from hallyu.film import colour, comp


def over(front, back):
    return comp.over(front, back)


def lands(x, z, right, into, focal):
    return (x * z - focal * right) / (z - into)


def wrapped(shot, matte, ground, amount, blur):
    return shot + amount * matte[..., None] * blur(ground * (1 - matte[..., None]))


def a(sheet):
    return sheet[..., 3:]


def test_right_answers():
    assert check.over(over)
    assert check.lands(lands)
    assert check.wrapped(wrapped)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda f, b: None, "returns nothing yet"),
    (lambda f, b: a(f) * f + (1 - a(f)) * b, "again: its edge turns dark"),
    (lambda f, b: a(f) * f + (1 - a(f)) * a(b) * b, "again: its edge turns dark"),
    (lambda f, b: f + (1 - a(f)) * a(b) * b, "dark where it is thin"),
    (lambda f, b: over(b, f), "holds the other one out"),
    (lambda f, b: f + b, "shines through"),
    (lambda f, b: f + a(f) * b, "left by 1 - matte"),
    (lambda f, b: np.clip(over(f, b), 0, 1), "above white has to stay"),
    (lambda f, b: np.dstack([over(f, b)[..., :3], a(f)]), "the matte is not"),
    (lambda f, b: np.dstack([over(f, b)[..., :3], np.maximum(a(f), a(b))]), "the matte is not"),
    (lambda f, b: over(f, b)[..., :3], "returns the shape"),
    (lambda f, b: np.where(a(f) > 0, f, b), "Of the red at one pixel"),
    (lambda f, b: colour.to_linear(colour.to_display(f) + (1 - a(f)) * colour.to_display(b)), "added as light"),
    (lambda f, b: f @ b[0], "stopped with ValueError"),
])  # fmt: skip
def test_wrong_over(answer, says):
    verdict = check.over(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda x, z, right, into, focal: None, "returns nothing yet"),
    (lambda x, z, right, into, focal: x, "goes right, so that the picture goes left"),
    (lambda x, z, right, into, focal: (x * z + focal * right) / (z - into), "the picture goes left"),
    (lambda x, z, right, into, focal: x - focal * right, "the picture goes left"),
    (lambda x, z, right, into, focal: x - focal * right / 5, "the nearer a point is"),
    (lambda x, z, right, into, focal: x - focal * right / z, "makes everything larger"),
    (lambda x, z, right, into, focal: (x * z - focal * right) / (z + into), "makes everything larger"),
    (lambda x, z, right, into, focal: x * z / (z - into) - focal * right / z, "both at once"),
    (lambda x, z, right, into, focal: lands(float(x), float(z), right, into, focal), "stopped with TypeError"),
    (lambda x, z, right, into, focal: lands(np.max(x), np.max(z), right, into, focal), "one place for each point"),
    (lambda x, z, right, into, focal: {100.0: 100.0, 0.0: -24.0}.get(x, 0), "the nearer a point is"),
])  # fmt: skip
def test_wrong_landing(answer, says):
    verdict = check.lands(answer)
    assert not verdict and says in verdict.message


def mixed(shot, matte, ground, amount, blur):
    share = amount * matte[..., None] * blur(1 - np.repeat(matte[..., None], 3, 2))
    return shot * (1 - share) + share * ground * 0.02


@pytest.mark.parametrize(("answer", "says"), [
    (lambda s, m, g, k, blur: None, "returns nothing yet"),
    (lambda s, m, g, k, blur: s, "Nothing is wrapped"),
    (lambda s, m, g, k, blur: s + k * m[..., None] * blur(g), "take away what she hides"),
    (lambda s, m, g, k, blur: s + k * m[..., None] * g * (1 - m[..., None]), "so that it reaches in"),
    (lambda s, m, g, k, blur: s + k * m[..., None] * (1 - m[..., None]) * blur(g), "hold it out before"),
    (lambda s, m, g, k, blur: s + k * blur(g * (1 - m[..., None])), "multiply it by the matte"),
    (mixed, "turn darker"),
    (lambda s, m, g, k, blur: wrapped(s, m, g, 0.3, blur), "times the light that amount = 0.8"),
    (lambda s, m, g, k, blur: wrapped(s, m, g, k, blur)[..., :1], "returns the shape"),
    (lambda s, m, g, k, blur: s + k * m * blur(g), "stopped with ValueError"),
])  # fmt: skip
def test_wrong_wrap(answer, says):
    verdict = check.wrapped(answer)
    assert not verdict and says in verdict.message
