"""Checks for lesson 03, build the world."""

from collections.abc import Callable

import cv2
import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict

_CLOSE = 1e-4


def _sheet(seed: int, brightest: float = 1.0) -> np.ndarray:
    """Premultiplied light with a matte that is empty, full and everything between, (6, 8, 4)."""
    random = np.random.default_rng(seed)
    matte = np.clip(random.uniform(-0.4, 1.4, (6, 8, 1)), 0, 1)
    return np.float32(np.concatenate([brightest * matte * random.random((6, 8, 3)), matte], axis=2))


def _over(front: np.ndarray, back: np.ndarray) -> np.ndarray:
    return front + (1 - front[..., 3:]) * back


@guarded
def over(answer: Callable) -> Verdict:
    """Exercise 1: `answer(front, back)` lays premultiplied light over premultiplied light, (h, w, 4)."""
    problems = []
    for front, back in ((_sheet(1), _sheet(2)), (_sheet(3, 6.0), _sheet(4)), (_sheet(5), _sheet(6, 4.0))):
        given = answer(front.copy(), back.copy())
        if given is None:
            problems.append("over returns nothing yet: return the light and the matte of both, (h, w, 4).")
            continue
        given = np.asarray(given, np.float32)
        if given.shape != front.shape:
            problems.append(f"over returns the shape {given.shape}, and the layers are {front.shape}.")
            continue
        right = _over(front, back)
        if np.abs(given - right).max() < _CLOSE:
            continue
        problems.append(_what_is_wrong(given, right, front, back))
    return verdict(
        problems, "Light over light: nothing is multiplied twice, and the mattes add up as they should."
    )


def _what_is_wrong(given: np.ndarray, right: np.ndarray, front: np.ndarray, back: np.ndarray) -> str:
    def is_like(other: np.ndarray) -> bool:
        return bool(np.abs(given[..., :3] - other[..., :3]).max() < _CLOSE)

    left = 1 - front[..., 3:]
    if is_like(right):
        return (
            f"The colours are right and the matte is not: where the front covers {front[0, 0, 3]:.2f} and the back "
            f"{back[0, 0, 3]:.2f}, both together cover {right[0, 0, 3]:.2f}, and yours says {given[0, 0, 3]:.2f}."
        )
    if is_like(front[..., 3:] * front + left * back) or is_like(
        front[..., 3:] * front + left * back[..., 3:] * back
    ):
        return (
            "The front is premultiplied already and you multiply it by its matte again: its edge turns dark."
        )
    if is_like(front + left * back[..., 3:] * back):
        return "The back is premultiplied already and you multiply it by its matte again: it turns dark where it is thin."
    if is_like(_over(back, front)):
        return "The back lies over the front: it is the front's matte that holds the other one out."
    if is_like(front + back):
        return "The back shines through the front: it is held out by what the front covers, 1 - matte."
    if is_like(front + front[..., 3:] * back):
        return "You keep the back where the front covers it: it is left by 1 - matte."
    if is_like(np.clip(right, 0, 1)):
        return f"Light of {right[..., :3].max():.1f} comes out as 1: light above white has to stay, or a blur loses it."
    y, x = np.unravel_index(np.abs(given - right)[..., :3].max(axis=2).argmax(), given.shape[:2])
    before, behind, matte = front[y, x, 0], back[y, x, 0], front[y, x, 3]
    numbers = f"front {before:.2f} (matte {matte:.2f}) over back {behind:.2f} is {right[y, x, 0]:.2f}"
    return (
        f"Of the red at one pixel: {numbers}, and yours says {given[y, x, 0]:.2f}. What the front adds, and what of the "
        "back is left, are added as light."
    )


LANDS_CASES = [
    (100.0, 10.0, 0.0, 0.0, 500.0, "a camera that does not move leaves everything in its place"),
    (0.0, 5.0, 0.2, 0.0, 600.0, "the camera goes right, so that the picture goes left"),
    (40.0, 2.0, -0.1, 0.0, 1200.0, "the nearer a point is, the more it slides"),
    (0.0, 8.0, 0.0, 2.0, 500.0, "what lies in the middle stays there when the camera goes straight in"),
    (-120.0, 8.0, 0.0, 2.0, 500.0, "a camera that goes in makes everything larger, by z / (z - into)"),
    (
        90.0,
        4.0,
        0.3,
        1.0,
        700.0,
        "both at once: first the metres from the camera's axis, then the new distance",
    ),
]
"""x, z, right, into, focal, and what the case is about."""


@guarded
def lands(answer: Callable) -> Verdict:
    """Exercise 2: `answer(x, z, right, into, focal)` is where a point is seen after the camera has moved, in pixels."""
    problems = []
    for x, z, right, into, focal, why in LANDS_CASES:
        given = answer(x, z, right, into, focal)
        if given is None:
            problems.append("lands returns nothing yet: return pixels to the right of the middle.")
            continue
        wanted = focal * (x * z / focal - right) / (z - into)
        if abs(float(given) - wanted) > 1e-3 * max(1, abs(wanted)):
            problems.append(
                f"x = {x:g} pixels, z = {z:g} m, the camera {right:g} m to the right and {into:g} m in, focal {focal:g}: "
                f"yours lands at {float(given):.1f} and it is seen at {wanted:.1f}; {why}."
            )
    if not problems:
        z = np.array([2.0, 4.0, 8.0])
        given = np.asarray(answer(np.zeros(3), z, 0.1, 0.5, 400.0), float)
        if given.shape != (3,) or np.abs(given + 40 / (z - 0.5)).max() > 1e-3:
            problems.append(
                "With arrays of x and z it has to give one place for each point; use plain arithmetic."
            )
    return verdict(problems, "Near slides more than far, and what the camera comes closer to grows.")


@guarded
def wrapped(answer: Callable) -> Verdict:
    """Exercise 3: `answer(shot, matte, ground, amount, blur)` adds light of the place over the figure's edge."""
    problems = []
    for seed, amount, sigma in ((1, 0.3, 2.0), (2, 0.8, 1.0), (3, 0.5, 3.0)):
        shot, matte, ground = _scene(seed)

        def blur(picture: np.ndarray, sigma: float = sigma) -> np.ndarray:
            return cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), sigma)

        given = answer(shot.copy(), matte.copy(), ground.copy(), amount, blur)
        if given is None:
            problems.append("wrapped returns nothing yet: return the comp with the wrap, (h, w, 3).")
            continue
        given = np.asarray(given, np.float32)
        if given.shape != shot.shape:
            problems.append(f"wrapped returns the shape {given.shape}, and the comp is {shot.shape}.")
            continue
        right = shot + amount * matte[..., None] * blur(ground * (1 - matte[..., None]))
        if np.abs(given - right).max() >= _CLOSE:
            problems.append(_how_it_wraps(given, right, shot, matte, ground, amount, blur))
    return verdict(problems, "Light comes round the edge, the middle stays, and the place is as it was.")


def _scene(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A figure with a soft edge before a bright place: the comp, the matte, the place; 40 pixels a side."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:40, :40]
    matte = np.clip((13 - np.hypot(x - 19 - seed, y - 22)) / 3 + 0.5, 0, 1).astype(np.float32)
    ground = np.float32(0.6 + 0.8 * random.random((40, 40, 3)))
    figure = np.float32(0.05 + 0.1 * random.random((40, 40, 3)))
    return matte[..., None] * figure + (1 - matte[..., None]) * ground, matte, ground


def _how_it_wraps(given, right, shot, matte, ground, amount, blur) -> str:
    def is_like(other: np.ndarray) -> bool:
        return bool(np.abs(given - other).max() < _CLOSE)

    cover = matte[..., None]
    outside, inside = matte == 0, cv2.erode(matte, np.ones((17, 17))) > 0.99
    came = given - shot
    if is_like(shot):
        return "Nothing is wrapped: the comp comes back as it was."
    if is_like(shot + amount * cover * blur(ground)):
        return "Light comes from behind the figure's own middle: take away what she hides, 1 - matte, before you blur."
    if is_like(shot + amount * cover * (ground * (1 - cover))):
        return "The light stays outside the edge: blur what is left of the ground, so that it reaches in."
    if is_like(shot + amount * cover * (1 - cover) * blur(ground)):
        return "The ground is held out after the blur, so that nothing reaches in: hold it out before."
    if np.abs(came[outside]).max() > _CLOSE:
        return (
            f"The place itself gets {came[outside].max():+.2f} of light: the wrap belongs to the figure, so multiply it "
            "by the matte."
        )
    if came.min() < -_CLOSE:
        return f"Some pixels turn darker, by {-came.min():.2f}: light is added, nothing is mixed away."
    if np.abs(came[inside]).max(initial=0) > 5 * max(np.abs((right - shot)[inside]).max(initial=0), _CLOSE):
        return "The middle of the figure gets light that has no way there: hold the ground out by 1 - matte, then blur."
    ratio = float(came.sum() / max((right - shot).sum(), 1e-6))
    return f"In all you add {ratio:.2f} times the light that amount = {amount:g} asks for."
