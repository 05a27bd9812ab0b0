"""Trimaps (트라이맵): what is surely figure (1), what is surely ground (0), and the band between (0.5) that a matte is
pulled in.

A band that is too narrow cuts hair off for good; one that is too wide costs time and lets the ground in.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import segment, spill

FIGURE, UNKNOWN, GROUND = np.float32(1), np.float32(0.5), np.float32(0)
BAND = 0.035
"""Half the band's width, as a share of the people's height: a segmenter's outline is about as wrong as that."""
HAIR = 2.5
"""How much farther the band reaches outwards around the head than lower down."""


def around(matte: np.ndarray, pixels: float) -> np.ndarray:
    """The trimap of a known matte: *pixels* on either side of all that is mixed are unknown. float32 (h, w).

    For measuring a solver apart from a segmenter.

    >>> around(np.float32([[0, 0, 0, 0.5, 1, 1, 1]]), 1).tolist()
    [[0.0, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0]]
    """
    matte = np.asarray(matte, np.float32)
    # 8 bits read 0 and 255 for the first and last half percent; what they cannot tell is not mixed.
    return _banded(matte > 1 - 0.5 / 255, matte < 0.5 / 255, pixels, pixels)


def from_segment(said: np.ndarray, band: float = BAND, hair: float = HAIR) -> np.ndarray:
    """The trimap of a segmenter's answer, float32 (h, w).

    said: hallyu.film.segment.segment's (h, w). band: half its width as a share of the people's height. hair: how many
    times as far it reaches outwards at the top of the figure, where hair flies; half way down it is as below. Inwards it
    reaches less: what a segmenter is sure of is mostly right.
    Raises HallyuError when the segmenter sees nobody.
    """
    box = segment.people(said)
    if box is None:
        raise HallyuError(
            "Nobody was found in this frame: choose a frame with a person in it, or draw the trimap by hand."
        )
    top, _, bottom, _ = box
    width = max(2.0, band * (bottom - top))
    down = np.clip((np.arange(len(said))[:, None] - top) / (0.5 * (bottom - top)), 0, 1)
    outwards = width * (hair + (1 - hair) * down**2)
    # A badge that is no person to the segmenter is figure: no sure ground touches it.
    return _banded(_filled(said <= 0.9, said < 0.1), said < 0.1, 0.6 * width, outwards)


def _filled(doubt: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """The figure: all that is not in *doubt*, and the patches of doubt that nothing of the *ground* lies in."""
    _, patches = cv2.connectedComponents(doubt.astype(np.uint8))
    open_ = np.zeros(patches.max() + 1, bool)
    open_[patches[doubt & ground]] = True
    return ~open_[patches]


def from_screen(frame: np.ndarray, found: spill.Screen | None = None, band: float = 2.0) -> np.ndarray:
    """The trimap of a green or blue screen, float32 (h, w): what has the screen's full colour is ground, what has none
    of it is figure, and *band* pixels on either side of what lies between are unknown, more where that is wide.

    found: the screen, by default looked for. Raises HallyuError when there is none to see.
    """
    share = spill.share(frame, found)
    # Grain is looked at through a small blur, which takes two thirds of it away, and is allowed for.
    smooth = cv2.GaussianBlur(share, (0, 0), 1)
    fine = np.abs(share - smooth)[smooth > 0.8]
    grain = 0.32 * 1.4826 * float(np.median(fine)) if fine.size else 0.0  # of white noise, what the blur leaves
    # A green reflex on a coat is figure: nowhere in it is much of the screen to be seen.
    figure = _filled(smooth >= 0.03 + 4 * grain, smooth > 0.35)
    ground = smooth > 0.97 - 4 * grain
    # Where hair makes the band wide, there is more of it on either side than a key can tell.
    wide = np.maximum(cv2.distanceTransform((~(figure | ground)).astype(np.uint8), cv2.DIST_L2, 3) - 2, 0)
    wide = cv2.dilate(wide, np.ones((25, 25), np.uint8))
    return _banded(figure, ground, band + wide, band + 0.5 * wide)


def _banded(figure: np.ndarray, ground: np.ndarray, inwards, outwards) -> np.ndarray:
    """Take *inwards* pixels off the figure and *outwards* off the ground: numbers, or arrays that broadcast."""
    out = np.full(figure.shape, UNKNOWN, np.float32)
    out[_depth(figure) > inwards] = FIGURE
    out[_depth(ground) > outwards] = GROUND
    return out


def _depth(mask: np.ndarray) -> np.ndarray:
    """How far inside *mask* a pixel lies, in pixels; the frame's border is no edge."""
    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


@dataclass(frozen=True)
class Quality:
    """How good a trimap is. covered: share of the truly mixed pixels that it leaves open, 1 is best. wrong: share of all
    pixels that it is sure about and wrong. unknown: share of the frame that it leaves open: the work to be done."""

    covered: float
    wrong: float
    unknown: float


def quality(trimap: np.ndarray, truth: np.ndarray) -> Quality:
    """Compare a trimap with the true matte, both (h, w). Mixed is what lies between 0.05 and 0.95.

    >>> quality(np.float32([[0, 0.5, 1, 1]]), np.float32([[0, 0.5, 0.7, 0]]))
    Quality(covered=0.5, wrong=0.5, unknown=0.25)
    """
    if trimap.shape != truth.shape:
        raise HallyuError(f"The trimap has the shape {trimap.shape} and the true matte {truth.shape}; compare one size.")
    open_ = (trimap > 0) & (trimap < 1)
    mixed = (truth > 0.05) & (truth < 0.95)
    covered = float(open_[mixed].mean()) if mixed.any() else 1.0
    wrong = float((~open_ & (np.abs(trimap - truth) > 0.05)).mean())
    return Quality(covered, wrong, float(open_.mean()))
