"""Teeth, gums and tongue: shapes set on the base mesh's jaws and carried by them.

Each piece is drawn in canonical space; an affine map fitted to the jaw's few guide vertices takes it into any shaped,
speaking mouth.
"""

import anatomy
import numpy as np

# Half the arch, from the middle: width of each tooth in decimetres, and its height over the gum.
_UPPER = (
    (0.086, 0.105),
    (0.066, 0.092),
    (0.076, 0.102),
    (0.07, 0.085),
    (0.068, 0.08),
    (0.1, 0.075),
    (0.098, 0.07),
)
_LOWER = (
    (0.054, 0.09),
    (0.06, 0.09),
    (0.068, 0.1),
    (0.07, 0.085),
    (0.072, 0.08),
    (0.108, 0.075),
    (0.104, 0.07),
)


def _arch(jaw: str) -> tuple[float, float, float, float]:
    """The dental arch in the base mesh: half width, z at the back, z at the front, y of the biting edge."""
    guide = anatomy.base()[0][anatomy.groups()[f"helper-{jaw}-teeth"]]
    half, back, front = np.abs(guide[:, 0]).max(), guide[:, 2].min(), guide[:, 2].max()
    return half * 0.97, back, front - 0.02, 6.588 if jaw == "upper" else 6.605


def _along_arch(jaw: str, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places on the arch (n, 2) x and z, their outward and sideways directions, at signed *distance* from the middle."""
    half, back, front, _ = _arch(jaw)
    t = np.linspace(-1.25, 1.25, 801)
    x, z = half * np.sin(t * np.pi / 2.5), back + (front - back) * np.abs(np.cos(t * np.pi / 2.5)) ** 0.75
    line = np.stack([x, z], 1)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    length -= length[400]
    place = np.stack([np.interp(distance, length, line[:, i]) for i in (0, 1)], -1)
    ahead = np.stack([np.interp(distance + 0.01, length, line[:, i]) for i in (0, 1)], -1) - place
    ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True)
    return place, np.stack([-ahead[..., 1], ahead[..., 0]], -1), ahead


def teeth(jaw: str, crookedness: float = 0.02, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The *jaw*'s teeth and gum in canonical space: points (n, 3), quads, and how far a point is gum (n,)."""
    rng, up = np.random.RandomState(seed), 1.0 if jaw == "upper" else -1.0
    edge = _arch(jaw)[3]
    rows, columns = 12, 16
    v, u = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, rows), np.linspace(0, 2 * np.pi, columns, False), indexing="ij"
    )
    power = lambda x, p: np.sign(x) * np.abs(x) ** p
    # A rounded box: across, tall, deep.
    box = np.stack([power(np.cos(v), 0.35) * power(np.cos(u), 0.5), power(np.sin(v), 0.6)], -1).reshape(-1, 2)
    depth = (power(np.cos(v), 0.5) * power(np.sin(u), 0.7)).ravel()
    points, quads, gums = [], [], []
    for side in (-1, 1):
        at = 0.0
        for width, tall in _UPPER if jaw == "upper" else _LOWER:
            middle, out, ahead = (part[0] for part in _along_arch(jaw, np.array([side * (at + width / 2)])))
            at += width * 0.985
            turn = crookedness * rng.randn()
            tip = 1 - 0.12 * (box[:, 1] * -up < 0) * np.abs(box[:, 1])
            along = box[:, 0] * width * 0.5 * 0.985 * (1 - 0.1 * (box[:, 1] * up)) * tip
            deep = depth * width * 0.42 * (1 + 0.25 * box[:, 1] * up)
            flat = middle + along[:, None] * (ahead + turn * out) + deep[:, None] * out
            y = edge + up * (tall / 2 + 0.004 * rng.randn()) + box[:, 1] * tall / 2
            quads.append(_tube(rows, columns) + sum(map(len, points)))
            points.append(np.stack([flat[:, 0], y, flat[:, 1]], 1))
            gums.append(np.zeros(len(y)))
    gum, gum_quads = _gum(jaw, edge, up)
    quads.append(gum_quads + sum(map(len, points)))
    points.append(gum)
    gums.append(np.ones(len(gum)))
    return np.concatenate(points), np.concatenate(quads), np.concatenate(gums)


def _tube(rows: int, columns: int) -> np.ndarray:
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    k = (j + 1) % columns
    return np.stack(
        [i * columns + j, i * columns + k, (i + 1) * columns + k, (i + 1) * columns + j], -1
    ).reshape(-1, 4)


def _gum(jaw: str, edge: float, up: float) -> tuple[np.ndarray, np.ndarray]:
    """A soft ridge over the roots, scalloped round each tooth."""
    along, ring = 120, 14
    reach = 0.97 * sum(width for width, _ in _UPPER)
    distance = np.linspace(-reach, reach, along)
    middle, out, _ = _along_arch(jaw, distance)
    turn = np.linspace(0, 2 * np.pi, ring, False)
    scallop = 0.008 * np.abs(np.sin(distance * np.pi / 0.078))
    y = edge + up * (0.135 + scallop)[:, None] + 0.045 * np.sin(turn)[None]
    flat = middle[:, None] + out[:, None] * (0.04 * np.cos(turn)[None, :, None] - 0.008)
    points = np.stack([flat[..., 0], y, flat[..., 1]], -1).reshape(-1, 3)
    return points, _tube(along, ring)


class Carrier:
    """Carries shapes of canonical space along with guide vertices: the affine map that fits them best."""

    def __init__(self, guide: np.ndarray) -> None:
        """guide: numbers of the base mesh's vertices that move with the shape."""
        self.guide = guide
        self._middle = anatomy.base()[0][guide].mean(0)
        rest = np.c_[anatomy.base()[0][guide] - self._middle, np.ones(len(guide))]
        self._solve = np.linalg.pinv(rest, rcond=1e-3)

    def __call__(self, shape: np.ndarray, moved: np.ndarray) -> np.ndarray:
        """*shape* (n, 3) where the guide's vertices are at *moved*."""
        return np.c_[shape - self._middle, np.ones(len(shape))] @ (self._solve @ moved)
