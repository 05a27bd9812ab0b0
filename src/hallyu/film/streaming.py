"""Mattes of a whole shot, frame by frame: one frame is held, so that a minute at 4K needs no more memory than a second.

Each frame is solved at a working size and brought to its own size by what closed-form matting assumes anyway: in a small
window the matte is a linear function of the colour. Over time it is steadied: the last frame's matte, moved along with the
motion, is a guess that pulls at the next one, and only where the picture shows that the same thing is still there.

Grain is seen by closed-form matting as hair is. So a solved matte is drawn to the last one once more, where the pictures
differ by no more than their grain.

Sources: He & Sun, "Fast Guided Filter" (2015) for the larger size; Immerkaer, "Fast Noise Variance Estimation" (1996).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import starmap

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import closed_form, colour, motion, segment, spill, trimap

WORKING = 640
"""Pixels of the longest side at which mattes are solved."""
SMOOTHING = 0.02
"""How much the last frame's matte pulls at the next one (closed_form.guided) where nothing else has changed."""
_SAID = 0.002
"""How much the segmenter's answer pulls where it is sure. More of it loses hair; none lets the ground into a coat of its
colour."""
_KEYED = 1e-5
"""closed_form's epsilon beside a key: what grain and compression do to colours; a key knows the rest. Without one, the
exact colours are all there is."""
_TOLERANCE = 1e-4
_ALIKE = 0.03
"""Difference in code values at which a pixel is half believed to show what it showed before."""
_SETTLED = 0.7
"""How far a solved matte of a very grainy frame is drawn to the last one, where nothing but grain tells the two apart."""
_ROUGH = 0.02
"""The grain, as a deviation in code values, at which half of that is done: in clean hair the motion is less sure than it."""
_GRAINY = 2.2
"""Deviations of the grain by which a pixel (its most different channel) may differ and be half believed to be the same; in
the mean grain alone makes 1.9 of them."""
_BAND = 128
"""Rows of a frame that are worked on at a time."""
_RADIUS = 4
"""Pixels, at the working size, of the windows in which the matte follows the colour."""


def mattes(
    frames: Iterable[np.ndarray],
    screen: bool = False,
    working: int = WORKING,
    smoothing: float = SMOOTHING,
    width: float = 1.0,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each frame with its matte, float32 (h, w, 3) and (h, w), as soon as it is solved.

    frames: an iterator, of hallyu.video.read for example; a matte that they have is not looked at. screen: whether
    the shot was made before a green or blue screen; else people are looked for. working: longest side, in pixels, at
    which it is solved. smoothing: see SMOOTHING; 0 takes each frame by itself. width: how many times as wide as usual the
    trimap's open band is. A frame without anybody has an empty matte.
    Raises HallyuError when no frame shows anybody (or a screen), and when the frames change their size.
    """
    if smoothing < 0:
        raise HallyuError(f"Mattes are steadied by 0 (not at all) or more, not {smoothing}.")
    if not width > 0:
        raise HallyuError(f"A trimap's band is wider than nothing, not {width} times its usual width.")
    last, found, behind, number, shape = None, False, None, 0, None
    for frame in frames:
        number += 1
        try:
            frame = colour.check(frame)[..., :3]
        except HallyuError as error:
            raise HallyuError(f"Frame {number} of the shot: {error}") from error
        if shape not in (None, frame.shape):
            raise HallyuError(
                f"Frame {number} has {frame.shape[1]}x{frame.shape[0]} pixels and those before it "
                f"{shape[1]}x{shape[0]}; cut the shot there."
            )
        shape = frame.shape
        small = _small(frame, working)
        if screen and behind is None:
            behind = spill.screen(small)  # known from here on, whatever walks in front of it
        before = _followed(last, small) if last is not None and smoothing else None
        last = _solved(small, behind, before, smoothing, width)
        found = found or bool(last.matte.any())
        solved = [(frame, enlarged(last.matte, small, frame))]
        del frame
        yield solved.pop()  # so that a large frame does not stay here until the next one comes
    if not number:
        raise HallyuError("The shot has no frames; check where it begins and ends.")
    if not found:
        where = "this frame" if number == 1 else f"the {number} frames of this shot"
        raise HallyuError(
            f"Nobody was found in {where}: choose one with a person in it, or draw a matte by hand."
        )


@dataclass(frozen=True)
class _Last:
    """What is kept of a frame for the next: it at the working size, what the segmenter said, its matte; and, once they
    are moved to where things are now, how far to believe them (h, w) in 0..1, and that only grain has changed."""

    frame: np.ndarray
    said: np.ndarray
    matte: np.ndarray
    believed: np.ndarray | float = 0.0
    same: np.ndarray | float = 0.0


def _solved(
    small: np.ndarray, screen: spill.Screen | None, before: _Last | None, smoothing: float, width: float
) -> _Last:
    """A frame's matte at the working size, from its trimap and all that is guessed of it."""
    if screen:
        said = spill.key(small, screen)
        open_, trust = trimap.from_screen(small, screen, 2 * width), np.full(said.shape, closed_form.TRUST)
    else:
        said = segment.segment(small)
        if before is not None:
            said = said + 0.5 * before.believed * (before.said - said)
        if segment.people(said) is None:
            return _Last(small, said, np.zeros_like(said))
        open_, trust = trimap.from_segment(said, trimap.BAND * width), _SAID * (0.1 + np.abs(2 * said - 1))
    guess = said
    if before is not None:
        # A key does not change its mind as a segmenter does: it needs less of the last frame.
        pull = (0.1 if screen else 1) * smoothing * before.believed
        guess, trust = (said * trust + before.matte * pull) / (trust + pull), trust + pull
    # A figure all over the frame, or one of a few pixels, leaves nothing to be sure about on one side.
    solvable = (open_ == 0).any() and (open_ == 1).any()
    epsilon = _KEYED if screen else closed_form.EPSILON
    matte = closed_form.matte(small, open_, epsilon, _TOLERANCE, guess, trust) if solvable else guess
    if before is not None:
        matte = matte + _SETTLED * min(1.0, smoothing / SMOOTHING) * before.same * (before.matte - matte)
    return _Last(small, said, matte.astype(np.float32))


def cutouts(
    pairs: Iterable[tuple[np.ndarray, np.ndarray]], screen: str | None = None, working: int = WORKING
) -> Iterator[np.ndarray]:
    """Figures with their own colours, straight RGBA (h, w, 4), ready for EXR, ProRes 4444 and hallyu.film.comp.

    pairs: of mattes(). screen: "green" or "blue" takes that light off the figure. What shines through a mixed pixel is
    taken out of its colour at the working size, and what it leaves fine is the frame's own.
    """
    # A loop would hold the last frame while the next is made.
    return starmap(partial(_cutout, screen=screen, working=working), pairs)


def _cutout(frame: np.ndarray, matte: np.ndarray, screen: str | None, working: int) -> np.ndarray:
    figure, _ = closed_form.colours(_small(frame, working), _small(matte, working))
    figure = cv2.resize(figure, frame.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    cutout = np.empty((*matte.shape, 4), np.float32)
    cutout[..., 3] = matte
    for top in range(0, len(frame), _BAND):  # a frame at 4K has 100 MB, and each step here makes another
        rows = slice(top, top + _BAND)
        part, sure = figure[rows], np.clip(2 * matte[rows] - 1, 0, 1)[..., None] ** 2
        # Where the figure covers the pixel, the frame's own colour stands.
        part = np.clip(part + sure * (frame[rows] - part), 0, None)
        cutout[rows, :, :3] = spill.despill(part, screen) if screen else part
    return cutout


def enlarged(matte: np.ndarray, small: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """A matte of a small frame at the large frame's size: it follows the large frame's colours.

    matte: (h, w). small: (h, w, 3). frame: (H, W, 3), the same picture. In every window the matte is fitted as a linear
    function of the colour, and the functions are enlarged in place of the matte. Returns float32 (H, W) in 0..1.
    """
    if frame.shape[:2] == matte.shape:
        return np.asarray(matte, np.float32)
    size = frame.shape[1::-1]
    slope, start = _linear(np.asarray(matte, np.float32), np.asarray(small, np.float32))
    out = cv2.resize(start, size, interpolation=cv2.INTER_LINEAR)
    for channel in range(3):
        out += cv2.resize(slope[..., channel], size, interpolation=cv2.INTER_LINEAR) * frame[..., channel]
    # What is sure stays sure: there a line through colours that are all alike says nothing.
    plain = cv2.resize(np.asarray(matte, np.float32), size, interpolation=cv2.INTER_LINEAR)
    kernel = np.ones((5, 5), np.uint8)
    lowest, highest = (
        cv2.resize(change(np.asarray(matte, np.float32), kernel), size, interpolation=cv2.INTER_LINEAR)
        for change in (cv2.erode, cv2.dilate)
    )
    mixed = (highest - lowest) > 0.02
    return np.where(mixed, np.clip(out, lowest, highest), plain).astype(np.float32)


def _linear(matte: np.ndarray, frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slope and start of matte = slope . colour + start, best in each window: (h, w, 3) and (h, w)."""
    mean = _box(frame)
    level = _box(matte)
    covariance = np.stack([_box(frame[..., i] * frame[..., j]) for i in range(3) for j in range(3)], axis=-1)
    covariance = covariance.reshape(*matte.shape, 3, 3) - mean[..., :, None] * mean[..., None, :]
    shared = _box(frame * matte[..., None]) - mean * level[..., None]
    slope = np.linalg.solve(covariance + 1e-4 * np.eye(3, dtype=np.float32), shared[..., None])[..., 0]
    start = level - (slope * mean).sum(axis=-1)
    return _box(slope), _box(start)


def _box(picture: np.ndarray) -> np.ndarray:
    side = 2 * _RADIUS + 1
    return cv2.blur(picture, (side, side), borderType=cv2.BORDER_REFLECT)


# --- time -------------------------------------------------------------------------------------------------------------


def _followed(last: _Last, small: np.ndarray) -> _Last:
    """The last frame's pictures where the things in them are now."""
    moves = motion.flow(small, last.frame)
    before = motion.warped(last.frame, moves)
    away = cv2.blur(np.abs(before - small).max(axis=2), (3, 3))
    grain = _grain(small)
    believed, same = (
        (1 / (1 + (away / limit) ** 2)).astype(np.float32) for limit in (_ALIKE, _GRAINY * grain + 1e-4)
    )
    same *= grain**2 / (grain**2 + _ROUGH**2)
    return _Last(before, motion.warped(last.said, moves), motion.warped(last.matte, moves), believed, same)


def _grain(frame: np.ndarray) -> float:
    """The deviation of a frame's grain, in code values, by a mask that neither slopes nor straight edges move."""
    mask = np.float32([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]) / 6
    return float(np.median(np.abs(cv2.filter2D(frame, -1, mask)))) * 1.4826


def _small(picture: np.ndarray, working: int) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = working / max(height, width)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
