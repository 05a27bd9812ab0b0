"""Closed-form matting written out: from a frame and a trimap to the matte, and to the colours on either side of it.

In a small window the colours of the figure lie on one line in RGB, and those of the ground on another. Then the matte is
a linear function of the colour there, and all windows together say what the matte must be: a sparse linear system, with
one unknown for each pixel that the trimap leaves open.

Source: Levin, Lischinski & Weiss, "A Closed-Form Solution to Natural Image Matting" (CVPR 2006; PAMI 30, 2008). The
colours: Germer, Uelwer, Conrad & Harmeling, "Fast Multi-Level Foreground Estimation" (ICPR 2020).
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy import sparse

from hallyu.errors import HallyuError
from hallyu.film import colour

EPSILON = 1e-7
"""How much a window's colours may leave their line, as a variance; larger is smoother. Levin's own value for 0..1."""
TOLERANCE = 1e-5
"""The system is solved until what is left of its right-hand side is this share of it."""
TRUST = 0.006
"""How much a guess pulls: a keyer's is worth this beside the colours of a window."""
LARGEST = 1_000_000
"""Unknown pixels that are solved at once: about 1 GB of memory."""
_SIDE = 3
"""Pixels a side of a window."""
_CHUNK = 40_000


@dataclass(frozen=True)
class System:
    """The matting Laplacian's rows for the unknown pixels, split: matrix @ matte = known.

    matrix: sparse (n, n), symmetric and positive. known: (n,), what the known neighbours ask for. unknown: bool (h, w).
    """

    matrix: sparse.csr_array
    known: np.ndarray
    unknown: np.ndarray


def system(frame: np.ndarray, trimap: np.ndarray, epsilon: float = EPSILON) -> System:
    """The linear system whose solution is the matte of the unknown pixels.

    frame: (h, w, 3). trimap: (h, w), 1 figure, 0 ground, anything between unknown.
    Raises HallyuError when the sizes differ, nothing is known to be figure or to be ground, or too much is unknown.
    """
    frame, trimap = _checked(frame, trimap)
    height, width = trimap.shape
    if min(height, width) < _SIDE:
        raise HallyuError(f"A frame of {width}x{height} pixels is too small for a matte; give {_SIDE} a side or more.")
    unknown = (trimap > 0) & (trimap < 1)
    count = int(unknown.sum())
    for value, what in ((1, "figure"), (0, "ground")):
        if count and not (trimap == value).any():
            raise HallyuError(f"The trimap has no pixel that is surely {what} ({value}); mark some, by hand if need be.")
    if count > LARGEST:
        raise HallyuError(
            f"{count:,} pixels of the trimap are unknown and {LARGEST:,} can be solved at once; make its band narrower, "
            "or pull the matte at a smaller size with hallyu.film.streaming."
        )
    row = np.full(height * width, count, np.int32)  # the row of a pixel; known pixels share one, which is thrown away
    row[unknown.ravel()] = np.arange(count)
    # Every window that touches an unknown pixel, by its middle.
    near = cv2.dilate(unknown.astype(np.uint8), np.ones((_SIDE, _SIDE), np.uint8)).astype(bool)
    near[[0, -1]] = near[:, [0, -1]] = False
    middles = np.flatnonzero(near)
    reach = np.arange(_SIDE) - _SIDE // 2
    steps = (reach[:, None] * width + reach).ravel()
    # Two pixels of a window lie at most two apart: 25 diagonals.
    far = np.arange(1 - _SIDE, _SIDE)
    offsets = (far[:, None] * width + far).ravel()
    place = {offset: i for i, offset in enumerate(offsets.tolist())}
    values = np.zeros((count + 1, len(offsets)))
    pixels = frame.reshape(-1, 3).astype(np.float64)
    for start in range(0, len(middles), _CHUNK):
        members = middles[start : start + _CHUNK, None] + steps
        affinity = _affinity(pixels[members], epsilon)
        rows = row[members]
        for p, from_ in enumerate(steps.tolist()):
            for q, to in enumerate(steps.tolist()):
                # In one pass each row is met at most once, since each window has one pixel at place p.
                values[rows[:, p], place[to - from_]] += (p == q) - affinity[:, p, q]
    return _split(values[:count], offsets, row, unknown, trimap)


def _affinity(colours: np.ndarray, epsilon: float) -> np.ndarray:
    """How much two pixels of a window belong together (windows, 9, 9). colours: (windows, 9, 3). Levin, equation 12."""
    size = colours.shape[1]
    away = colours - colours.mean(axis=1, keepdims=True)
    covariance = away.transpose(0, 2, 1) @ away / size + epsilon / size * np.eye(3)
    return (1 + away @ np.linalg.inv(covariance) @ away.transpose(0, 2, 1)) / size


def _split(
    values: np.ndarray, offsets: np.ndarray, row: np.ndarray, unknown: np.ndarray, trimap: np.ndarray
) -> System:
    """Diagonals to a matrix of the unknown pixels, with the known ones on the other side."""
    count = len(values)
    at = np.flatnonzero(unknown).astype(np.int32)[:, None] + offsets.astype(np.int32)
    inside = (at >= 0) & (at < row.size) & (values != 0)
    at[~inside] = 0
    columns = row[at]
    columns[~inside] = count
    known = -np.where(inside & (columns == count), values * trimap.ravel()[at], 0).sum(axis=1, dtype=np.float64)
    kept = columns < count
    starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    matrix = sparse.csr_array((values[kept], columns[kept], starts), shape=(count, count))
    return System(matrix, known, unknown)


def solve(system: System, tolerance: float = TOLERANCE, rounds: int = 5000) -> np.ndarray:
    """The matte of the unknown pixels (n,) by conjugate gradients, each row first divided by its diagonal.

    Stops when the residual is *tolerance* of the right-hand side, or after *rounds* steps: what it has then is the best
    so far. Source: Hestenes & Stiefel (1952); the preconditioner is Jacobi's.
    """
    scale = 1 / system.matrix.diagonal()
    x = np.zeros_like(system.known)
    residual = system.known.copy()
    direction = step = scale * residual
    power = residual @ step
    enough = tolerance * np.linalg.norm(residual)
    for _ in range(rounds):
        if np.linalg.norm(residual) <= enough:
            break
        pulled = system.matrix @ direction
        length = power / (direction @ pulled)
        x += length * direction
        residual -= length * pulled
        step = scale * residual
        power, before = residual @ step, power
        direction = step + power / before * direction
    return x


def matte(
    frame: np.ndarray, trimap: np.ndarray, epsilon: float = EPSILON, tolerance: float = TOLERANCE,
    prior: np.ndarray | None = None, trust: float | np.ndarray = TRUST,
) -> np.ndarray:  # fmt: skip
    """The matte of a frame, float32 (h, w) in 0..1; where the trimap is sure, it is the trimap.

    frame: (h, w, 3). trimap: (h, w), 1 figure, 0 ground, anything between unknown. epsilon: larger for grainy frames.
    prior: (h, w), a guess at the matte, such as a keyer's, that pulls with a weight of *trust*, a number or (h, w).
    Raises HallyuError when the sizes differ, nothing is known to be figure or to be ground, or too much is unknown.

    >>> ramp = np.linspace(0, 1, 9, dtype=np.float32)
    >>> frame = np.tile(ramp[:, None], (5, 1, 3))
    >>> trimap = np.tile(np.where(ramp == 0, 0, np.where(ramp == 1, 1, 0.5)), (5, 1))
    >>> np.abs(matte(frame, trimap) - ramp).max() < 1e-3
    np.True_
    """
    asked = system(frame, trimap, epsilon)
    if prior is not None:
        asked = guided(asked, _checked(frame, prior)[1], trust)
    out = np.array(trimap, np.float32)
    out[asked.unknown] = np.clip(solve(asked, tolerance), 0, 1)
    return out


def guided(system: System, prior: np.ndarray, trust: float | np.ndarray) -> System:
    """*system* with a guess at the matte (h, w): each unknown pixel is drawn to it by *trust*, a number or (h, w).

    Source: Wang & Cohen, "Optimized Color Sampling for Robust Matting" (CVPR 2007), the data term.
    """
    weight = np.broadcast_to(np.asarray(trust, np.float64), prior.shape)[system.unknown]
    matrix = (system.matrix + sparse.diags_array(weight)).tocsr()
    return replace(system, matrix=matrix, known=system.known + weight * prior[system.unknown])


# --- colours ----------------------------------------------------------------------------------------------------------


def colours(frame: np.ndarray, matte: np.ndarray, steps: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """The figure's colours and the ground's: with the matte between them they give the frame again.

    frame: (h, w, 3). matte: (h, w). steps: at each size; sizes double from one pixel to the frame's. Both are float32
    (h, w, 3) in 0..1, smooth where the frame says nothing about them. A frame with such colours keeps no rim of its old
    ground when it stands before another. Raises HallyuError when the sizes differ.
    """
    frame, matte = _checked(frame, matte)
    height, width = matte.shape
    levels = int(np.ceil(np.log2(max(height, width))))
    figure = ground = np.full((1, 1, 3), 0.5, np.float32)
    for level in range(levels + 1):
        size = tuple(max(1, round(side ** (level / max(levels, 1)))) for side in (width, height))
        seen = cv2.resize(frame, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], 3)
        share = cv2.resize(matte, size, interpolation=cv2.INTER_AREA)[..., None]
        figure, ground = (
            cv2.resize(c, size, interpolation=cv2.INTER_NEAREST).reshape(seen.shape) for c in (figure, ground)
        )
        # At small sizes steps cost nothing, and what they get right is passed on to all that follow.
        figure, ground = _settled(seen, share, figure, ground, 64 if max(size) <= 64 else steps)
    return figure, ground


_REGULAR = 1e-5
"""How much neighbours' colours are alike where the matte is even; where it changes, they are alike by its change."""


def _settled(
    frame: np.ndarray, matte: np.ndarray, figure: np.ndarray, ground: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Colours at one size: each pixel's two are the best for its own colour and its four neighbours'."""
    weights = []
    for axis in (0, 1):
        change = _REGULAR + np.abs(np.diff(matte, axis=axis))
        blank = np.zeros_like(matte.take([0], axis))
        weights += [np.concatenate([blank, change], axis), np.concatenate([change, blank], axis)]
    total = sum(weights) + 1e-8  # a picture of one pixel has no neighbours
    # [a b; b c] [figure; ground] = what the pixel and its neighbours ask for
    a, b, c = matte**2 + total, matte * (1 - matte), (1 - matte) ** 2 + total
    determinant = total * (matte**2 + (1 - matte) ** 2 + total)  # a c - b b, without its loss of digits
    for _ in range(steps):
        for_figure = matte * frame + _neighbours(figure, weights)
        for_ground = (1 - matte) * frame + _neighbours(ground, weights)
        figure = np.clip((c * for_figure - b * for_ground) / determinant, 0, 1)
        ground = np.clip((a * for_ground - b * for_figure) / determinant, 0, 1)
    return figure, ground


def _neighbours(picture: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """The weighted sum of the pixels above, below, left and right."""
    above, below, left, right = weights
    total = np.zeros_like(picture)
    total[1:] += above[1:] * picture[:-1]
    total[:-1] += below[:-1] * picture[1:]
    total[:, 1:] += left[:, 1:] * picture[:, :-1]
    total[:, :-1] += right[:, :-1] * picture[:, 1:]
    return total


def _checked(frame: np.ndarray, matte: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A frame without its own matte, and a matte or trimap of its size, both float32."""
    frame, matte = colour.check(frame)[..., :3], np.asarray(matte, np.float32)
    if matte.shape != frame.shape[:2]:
        raise HallyuError(
            f"The frame has {frame.shape[1]}x{frame.shape[0]} pixels and its matte or trimap "
            f"{' x '.join(map(str, matte.shape[::-1]))}; make them alike."
        )
    if not np.isfinite(matte).all():
        y, x = np.argwhere(~np.isfinite(matte))[0]
        raise HallyuError(f"The matte's pixel at x = {x}, y = {y} is not a number; render that matte again.")
    return frame, matte
