"""How far a matte is from the true one, in the measures and the scaling that the field prints.

The values are those of the VideoMatte240K tables: MAD and MSE x 1000, Grad and Conn / 1000 and dtSSD x 100, so that a
figure here can be laid beside a published one of the same size of picture. Grad and Conn grow with the picture.
Sources: Rhemann et al., "A Perceptually Motivated Online Benchmark for Image Matting" (CVPR 2009); Erofeev et al.,
"Perceptually Motivated Benchmark for Video Matting" (BMVC 2015); Lin et al., "Robust High-Resolution Video Matting"
(WACV 2022).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from hallyu.errors import HallyuError

SIGMA = 1.4
"""Pixels: how wide the gradient looks."""
STEP = 0.1
"""From one threshold of connectivity to the next."""
IGNORED = 0.15
"""A pixel less far than this from being connected counts as connected."""


@dataclass(frozen=True)
class Report:
    """Lower is better everywhere. mad, mse: x 1000. grad, conn, sad: / 1000. dtssd: x 100, None for a still."""

    mad: float
    mse: float
    grad: float
    conn: float
    sad: float
    dtssd: float | None = None


def mad(matte: np.ndarray, truth: np.ndarray) -> float:
    """Mean absolute difference x 1000.

    >>> mad(np.float32([[0.5, 1.0]]), np.float32([[0.0, 1.0]]))
    250.0
    """
    matte, truth = _pair(matte, truth)
    return float(np.abs(matte - truth).mean() * 1e3)


def mse(matte: np.ndarray, truth: np.ndarray) -> float:
    """Mean squared difference x 1000."""
    matte, truth = _pair(matte, truth)
    return float(((matte - truth) ** 2).mean() * 1e3)


def sad(matte: np.ndarray, truth: np.ndarray) -> float:
    """Sum of absolute differences / 1000."""
    matte, truth = _pair(matte, truth)
    return float(np.abs(matte - truth).sum() / 1e3)


def grad(matte: np.ndarray, truth: np.ndarray) -> float:
    """Sum of squared differences of the gradients' lengths / 1000: edges that are too soft, too hard or misplaced."""
    matte, truth = _pair(matte, truth)
    return float(((_slope(matte) - _slope(truth)) ** 2).sum() / 1e3)


def _slope(matte: np.ndarray) -> np.ndarray:
    across = _derivative()
    x, y = (
        cv2.filter2D(matte, -1, kernel, borderType=cv2.BORDER_REPLICATE) for kernel in (across, across.T)
    )
    return np.hypot(x, y)


@cache
def _derivative() -> np.ndarray:
    """A Gaussian downwards times its derivative across, of length 1, cut off where it falls below a hundredth."""
    half = int(np.ceil(SIGMA * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * SIGMA * 1e-2))))
    x = np.arange(-half, half + 1)
    bell = np.exp(-(x**2) / (2 * SIGMA**2)) / (SIGMA * np.sqrt(2 * np.pi))
    kernel = bell[:, None] * (-x * bell / SIGMA**2)
    return kernel / np.sqrt((kernel**2).sum())


def conn(matte: np.ndarray, truth: np.ndarray) -> float:
    """Connectivity error / 1000: parts that are cut off from the figure, and parts of the ground that hang on to it.

    For each pixel: up to which threshold is it joined to the largest patch that both mattes have in common?
    """
    matte, truth = _pair(matte, truth)
    joined = np.zeros(truth.shape)
    still = np.ones(truth.shape, bool)  # a pixel that was left out once stays out
    for threshold in np.arange(0, 1 + STEP, STEP)[1:]:
        still &= _largest((matte >= threshold) & (truth >= threshold))
        joined[still] = threshold
    joined[still] = 1  # the last threshold is a rounding above or below it

    def connected(values: np.ndarray) -> np.ndarray:
        far = values - joined
        return 1 - far * (far >= IGNORED)

    return float(np.abs(connected(truth) - connected(matte)).sum() / 1e3)


def _largest(mask: np.ndarray) -> np.ndarray:
    """The largest patch of *mask*; neighbours share a side."""
    _, patches, sizes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if len(sizes) == 1:
        return np.zeros_like(mask)
    return patches == 1 + sizes[1:, cv2.CC_STAT_AREA].argmax()


def dtssd(matte: np.ndarray, before: np.ndarray, truth: np.ndarray, truth_before: np.ndarray) -> float:
    """How differently the two change from one frame to the next x 100: flicker, and a matte that lags behind."""
    (matte, truth), (before, truth_before) = _pair(matte, truth), _pair(before, truth_before)
    return float(np.sqrt((((matte - before) - (truth - truth_before)) ** 2).mean()) * 1e2)


def measure(mattes: Iterable[np.ndarray], truths: Iterable[np.ndarray]) -> Report:
    """All measures of a shot, each the mean over its frames; nothing but the last pair of frames is held.

    Raises HallyuError when one has more frames than the other, and when there is none.
    """
    rows, jumps, last = [], [], None
    mattes, truths = iter(mattes), iter(truths)
    while True:
        matte, truth = next(mattes, None), next(truths, None)
        if matte is None and truth is None:
            break
        if matte is None or truth is None:
            which = "mattes" if matte is None else "true mattes"
            raise HallyuError(f"The {which} end after {len(rows)} frames and the others go on; compare one length.")
        rows.append([function(matte, truth) for function in (mad, mse, grad, conn, sad)])
        if last is not None:
            jumps.append(dtssd(matte, last[0], truth, last[1]))
        last = matte, truth
    if not rows:
        raise HallyuError("There is no matte to measure; give at least one frame.")
    return Report(*np.mean(rows, axis=0).tolist(), float(np.mean(jumps)) if jumps else None)


def _pair(matte: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    matte, truth = np.asarray(matte), np.asarray(truth)
    if matte.shape != truth.shape or matte.ndim != 2:
        raise HallyuError(
            f"A matte and the true one are (height, width) of one size, not {matte.shape} and {truth.shape}."
        )
    for values in (matte, truth):
        if not np.issubdtype(values.dtype, np.floating) or not ((values >= 0) & (values <= 1)).all():
            raise HallyuError("A matte holds numbers from 0 to 1; divide 8 bits by 255, and look for NaN.")
    return matte.astype(np.float64), truth.astype(np.float64)
