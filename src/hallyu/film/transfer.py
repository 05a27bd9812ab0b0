"""Colour transfer: how the colours of one shot move to those of another, when no pixel is known to match another.

Every method here takes two heaps of colours, (n, 3) and (m, 3) code values, and gives a Move: a function from colours
to colours that works for any array (..., 3), so also for the nodes of a LUT. What it gives may lie outside 0..1.
"""

from collections.abc import Callable, Sequence

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import ciede2000, colour
from hallyu.film.ciede2000 import Difference

Move = Callable[[np.ndarray], np.ndarray]
"""From code values (..., 3) to code values (..., 3)."""

_QUANTILES = 256
_FLOOR = 1e-3  # linear light; a logarithm needs one, and a camera sees nothing below it either

# Linear BT.709 to the cones' long, middle and short waves; Reinhard et al. (2001), equation 3.
_TO_CONES = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
# Their logarithms to l (light), alpha (yellow to blue), beta (red to green), all of unit length; equation 6.
_TO_OPPONENTS = np.array([[1, 1, 1], [1, 1, -2], [1, -1, 0]]) / np.sqrt([[3], [6], [2]])


def sample(
    frames: np.ndarray | Sequence[np.ndarray],
    count: int = 20_000,
    mask: np.ndarray | None = None,
    seed: int = 0,
) -> np.ndarray:
    """(count, 3) code values drawn from one frame, or in equal parts from several; fewer where there are fewer.

    mask: (h, w) bool; where it is true pixels are drawn from. It needs the size of the frames. Of a frame with a matte
        only what is more than half there counts.
    Raises HallyuError for what is no frame, and when there is nothing to draw from.
    """
    frames = [frames] if isinstance(frames, np.ndarray) else list(frames)
    if not frames:
        raise HallyuError("There are no frames to take colours from; give one or more.")
    rng = np.random.default_rng(seed)
    drawn = []
    for number, frame in enumerate(frames):
        frame = colour.check(frame)
        if mask is not None and mask.shape != frame.shape[:2]:
            raise HallyuError(
                f"The mask is {mask.shape[1]} x {mask.shape[0]} and the frame {frame.shape[1]} x {frame.shape[0]}; "
                "make them one size."
            )
        where = np.ones(frame.shape[:2], bool) if mask is None else mask.astype(bool)
        if frame.shape[2] == 4:
            where = where & (frame[..., 3] > 0.5)
        pixels = frame[where][:, :3]
        wanted = len(range(number, count, len(frames)))
        drawn.append(pixels[rng.permutation(len(pixels))[:wanted]])
    if not sum(map(len, drawn)):
        raise HallyuError("The mask, or the frames' matte, covers no pixel; choose one that covers some.")
    return np.concatenate(drawn)


def clipped(heap: np.ndarray) -> np.ndarray:
    """(n,) bool: which colours (n, 3) are blown out or crushed, so that nobody knows how bright they were.

    They fill whole areas, and transport would give these the mean of many wanted colours: a white sky turns grey, with
    a rim. So transport leaves them out, and white goes to white. A grade laid over a blown sky moves it off the end:
    among the brightest and the darkest, a single colour that fills 0.3 % of the heap counts as clipped as well.
    """
    heap = np.asarray(heap)
    light = colour.luma(heap)
    low, high = np.percentile(light, [0.2, 99.8])
    _, which, counts = np.unique(
        (heap * 255).round().astype(int), axis=0, return_inverse=True, return_counts=True
    )
    filled = (counts >= max(2, 0.003 * len(heap)))[which.reshape(-1)]
    return ((heap <= 0.004) | (heap >= 0.996)).any(axis=1) | (
        filled & ((light > high - 0.02) | (light < low + 0.02))
    )


def statistics(source: np.ndarray, target: np.ndarray) -> Move:
    """Give every channel the mean and the spread of the target's, in a space whose channels hardly depend on another.

    What fits when light or exposure differ; it cannot turn one hue and leave another. Source: E. Reinhard,
    M. Ashikhmin, B. Gooch and P. Shirley, "Color Transfer between Images", IEEE CG&A 21 (2001).
    """
    (mean, spread), (wanted, wanted_spread) = (
        (opponents.mean(0), opponents.std(0)) for opponents in map(_opponents, _two_heaps(source, target))
    )
    factor = wanted_spread / np.maximum(spread, 1e-6)

    def move(colours: np.ndarray) -> np.ndarray:
        return _from_opponents((_opponents(colours) - mean) * factor + wanted)

    return move


def _opponents(colours: np.ndarray) -> np.ndarray:
    light = colour.to_linear(colours).astype(np.float64)
    return np.log10(np.maximum(light @ _TO_CONES.T, _FLOOR)) @ _TO_OPPONENTS.T


def _from_opponents(opponents: np.ndarray) -> np.ndarray:
    cones = 10 ** (opponents @ _TO_OPPONENTS)  # its rows are orthonormal, so the transpose is the inverse
    return colour.to_display(cones @ np.linalg.inv(_TO_CONES).T)


def monge_kantorovich(source: np.ndarray, target: np.ndarray) -> Move:
    """The linear map that gives the source the target's mean and covariance and moves colours as little as possible.

    Worked out in L*a*b*, where a step counts about as much as it is seen. Source: F. Pitie and A. Kokaram, "The Linear
    Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", CVMP 2007, equation 10.
    """
    source, target = (colour.to_lab(heap).astype(np.float64) for heap in _two_heaps(source, target))
    root = _root(np.cov(source.T))
    inverse = np.linalg.inv(root)
    matrix = inverse @ _root(root @ np.cov(target.T) @ root) @ inverse
    mean, wanted = source.mean(0), target.mean(0)

    def move(colours: np.ndarray) -> np.ndarray:
        return colour.from_lab((colour.to_lab(colours) - mean) @ matrix.T + wanted)

    return move


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root; a heap without any spread gets a trace of it."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 1e-3))) @ vectors.T


def sliced(source: np.ndarray, target: np.ndarray, rounds: int = 30, seed: int = 0) -> Move:
    """Move the source's colours until they are spread as the target's: optimal transport, one line at a time.

    In a round both heaps are seen along three random axes at right angles. Along a line the best transport is known:
    the darkest goes to the darkest, the median to the median. The many rounds together approach the transport in
    L*a*b*. It turns hues on their own, and also follows noise: solve a smooth LUT from it (lut.solve).
    Source: F. Pitie, A. Kokaram and R. Dahyot, "Automated colour grading using colour distribution transfer", CVIU 107
    (2007); N. Bonneel, J. Rabin, G. Peyre and H. Pfister, "Sliced and Radon Wasserstein Barycenters", JMIV 51 (2015).
    """
    source, target = (colour.to_lab(heap).astype(np.float64) for heap in _two_heaps(source, target))
    rng = np.random.default_rng(seed)
    steps = []
    for _ in range(rounds):
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        now, wanted = (np.quantile(heap @ axes, _RANKS, axis=0) for heap in (source, target))
        steps.append((axes, now, wanted - now))
        source = _step(source, *steps[-1])

    def move(colours: np.ndarray) -> np.ndarray:
        lab = colour.to_lab(colours).astype(np.float64)
        moved = lab.reshape(-1, 3)
        for step in steps:
            moved = _step(moved, *step)
        return colour.from_lab(moved.reshape(lab.shape))

    return move


_RANKS = (np.arange(_QUANTILES) + 0.5) / _QUANTILES


def _step(points: np.ndarray, axes: np.ndarray, now: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Points (n, 3) after each has moved, along each axis, as far as its place in *now* says.

    Beyond the first and the last quantile everything moves as far as these.
    """
    seen = points @ axes
    moved = [np.interp(seen[:, i], now[:, i], shift[:, i]) for i in range(3)]
    return points + np.stack(moved, axis=1) @ axes.T


def distance(source: np.ndarray, target: np.ndarray, seed: int = 0) -> Difference:
    """How far two heaps of colours (n, 3) lie apart: every colour is given the partner that makes all ways shortest.

    CIEDE2000 over the partners, of 600 colours drawn from each (the assignment problem; in L*a*b*). Two draws from one
    picture also differ, by 1 to 2: no figure can be lower than that.
    """
    from scipy.optimize import linear_sum_assignment

    source, target = _two_heaps(source, target)
    rng, count = np.random.default_rng(seed), min(600, len(source), len(target))
    one, other = (colour.to_lab(heap[rng.permutation(len(heap))[:count]]) for heap in (source, target))
    ways = np.linalg.norm(one[:, None] - other[None], axis=2)
    rows, partners = linear_sum_assignment(ways)
    return ciede2000.summary(ciede2000.delta_e(one[rows], other[partners]))


def _two_heaps(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    for name, heap in (("source", source), ("target", target)):
        if np.ndim(heap) != 2 or np.shape(heap)[1] != 3 or len(heap) < 2:
            raise HallyuError(
                f"The {name} colours have the shape {np.shape(heap)}; give (n, 3) of two colours or more, "
                "as transfer.sample draws them from frames."
            )
    return np.asarray(source), np.asarray(target)
