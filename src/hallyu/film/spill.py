"""Green and blue screens: find the screen's colour, key by it, and take its light off the figure.

A screen lights what stands before it. Its colour shows where one channel is higher than the other two would have it;
that excess is what keyers key by, and what despill takes away.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour

GREEN, BLUE = "green", "blue"
_CHANNEL = {GREEN: 1, BLUE: 2}
LEAST = 0.12
"""Excess of its channel, in code values, from which a pixel may belong to a screen."""
SMALLEST = 0.05
"""Share of the frame that a screen must fill to be found."""


@dataclass(frozen=True)
class Screen:
    """kind: "green" or "blue". colour: RGB code values (3,), the median of what is surely screen."""

    kind: str
    colour: np.ndarray


def excess(frame: np.ndarray, kind: str = GREEN) -> np.ndarray:
    """By how much the screen's channel is above the higher of the other two, (h, w), at least 0.

    >>> excess(np.float32([[[0.1, 0.6, 0.2], [0.9, 0.7, 0.6]]])).round(2).tolist()
    [[0.4000000059604645, 0.0]]
    """
    channel = _channel(kind)
    others = np.delete(frame[..., :3], channel, axis=-1).max(axis=-1)
    return np.maximum(frame[..., channel] - others, 0)


def screen(frame: np.ndarray) -> Screen:
    """The screen behind the figure. Raises HallyuError when neither green nor blue fills enough of the frame."""
    frame = colour.check(frame)[..., :3]
    found = {kind: excess(frame, kind) for kind in _CHANNEL}
    kind = max(found, key=lambda name: (found[name] > LEAST).mean())
    sure = found[kind] > max(LEAST, 0.6 * float(np.percentile(found[kind], 98)))
    if sure.mean() < SMALLEST:
        raise HallyuError(
            "There is no green or blue screen in this frame: choose a frame that was shot before one, or pull the matte "
            "from a segmenter's trimap."
        )
    return Screen(kind, np.median(frame[sure], axis=0))


def key(frame: np.ndarray, found: Screen | None = None) -> np.ndarray:
    """A matte by colour difference, float32 (h, w): 1 less the pixel's excess as a share of the screen's around it.

    The screen's own light may fall unevenly: its excess is read where it is surely screen, and spread from there. What
    is green by itself becomes transparent: that is a keyer's limit. Source: P. Vlahos, US patent 3,158,477 (1964).
    Raises HallyuError when there is no screen.
    """
    return np.clip(1 - share(frame, found), 0, 1)


def share(frame: np.ndarray, found: Screen | None = None) -> np.ndarray:
    """How much of the screen's light each pixel has, float32 (h, w): 1 is as much as the screen around it; not clipped.

    Raises HallyuError when there is no screen.
    """
    frame = colour.check(frame)[..., :3]
    found = found or screen(frame)
    amount = excess(frame, found.kind)
    full = float(excess(found.colour[None, None], found.kind)[0, 0])
    sure = (amount > 0.6 * full).astype(np.float32)
    # A blur over a sixteenth of the frame, of the screen alone; far from it the median holds.
    small = tuple(max(1, side // 16) for side in frame.shape[1::-1])
    weight = cv2.GaussianBlur(cv2.resize(sure, small, interpolation=cv2.INTER_AREA), (0, 0), 2) + 1e-3
    light = cv2.resize(sure * amount, small, interpolation=cv2.INTER_AREA)
    local = (cv2.GaussianBlur(light, (0, 0), 2) + 1e-3 * full) / weight
    return amount / cv2.resize(local, frame.shape[1::-1])


def despill(frame: np.ndarray, kind: str = GREEN, amount: float = 1.0, keep_light: bool = False) -> np.ndarray:
    """*frame* without the screen's light: its channel is at most the mean of the other two; float32, same shape.

    amount: 0 leaves it, 1 takes all of it away. keep_light: what luma is lost comes back as grey. The screen's light was
    added to the figure's, so taking it away whole is nearer the truth; grey is the look that some supervisors ask for.
    The matte of an RGBA frame stays. Only for the figure: a despilled screen is nearly black.
    Raises HallyuError for another kind of screen, and for an amount outside 0..1.

    >>> despill(np.float32([[[0.4, 0.6, 0.3]]])).round(2).tolist()
    [[[0.4000000059604645, 0.3499999940395355, 0.30000001192092896]]]
    """
    channel, frame = _channel(kind), colour.check(frame)
    if not 0 <= amount <= 1:
        raise HallyuError(f"Despill takes an amount from 0 (as shot) to 1 (all of it), not {amount}.")
    out = frame.copy()
    others = np.delete(frame[..., :3], channel, axis=-1).mean(axis=-1)
    spilt = amount * np.maximum(frame[..., channel] - others, 0)
    out[..., channel] -= spilt
    if keep_light:
        # grey that brings the lost luma back, and no further than white
        out[..., :3] += (spilt * colour.WEIGHTS[channel])[..., None]
        out[..., :3] = np.minimum(out[..., :3], np.maximum(frame[..., :3].max(axis=-1, keepdims=True), 1e-6))
    return out


def spilt(frame: np.ndarray, matte: np.ndarray, kind: str = GREEN) -> float:
    """How much of the screen's light is on the figure: mean excess over it, in code values x 1000; 0 is clean.

    frame: the figure's colours. matte: (h, w); a pixel counts by it. A figure that wears the screen's colour has excess
    of its own: compare with the true figure, or with the figure before another ground.
    """
    total = float(matte.sum())
    return 1000 * float((excess(frame, kind) * matte).sum() / total) if total else 0.0


def _channel(kind: str) -> int:
    if kind not in _CHANNEL:
        raise HallyuError(f'A screen is "green" or "blue", not "{kind}".')
    return _CHANNEL[kind]
