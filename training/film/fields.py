"""Smooth functions on points of a face, to paint and to displace it with: steps, bumps, noise, distances to lines."""

from itertools import pairwise

import numpy as np


def step(start: float, end: float, x: np.ndarray) -> np.ndarray:
    """0 before *start*, 1 after *end*, smooth between; *start* may be the larger."""
    t = np.clip((x - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def bump(distance: np.ndarray, width: float) -> np.ndarray:
    """1 at distance 0, 1/e at *width*."""
    return np.exp(-((distance / width) ** 2))


def unit(vectors: np.ndarray) -> np.ndarray:
    """*vectors* (..., 3) at length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def noise(points: np.ndarray, scale: float, octaves: int = 3, seed: int = 0) -> np.ndarray:
    """Value noise at *points* (n, 3), about -1 to 1, with *scale* lumps to a unit of length."""
    total, height, heights = np.zeros(len(points)), 1.0, 0.0
    for octave in range(octaves):
        place = points * scale * 2**octave + seed * 17.3 + octave * 5.1
        cell = np.floor(place).astype(np.int64)
        inside = place - cell
        inside = inside * inside * (3 - 2 * inside)
        for corner in np.ndindex(2, 2, 2):
            x, y, z = ((cell + corner) * (73_856_093, 19_349_663, 83_492_791)).T
            hashed = x ^ y ^ z
            hashed = (hashed ^ (hashed >> 13)) * 1_274_126_177
            value = ((hashed ^ (hashed >> 16)) & 0xFFFF) / 65_535
            total += height * (2 * value - 1) * np.where(corner, inside, 1 - inside).prod(1)
        heights += height
        height /= 2
    return total / heights


def along(points: np.ndarray, line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each point's distance to a line of straight pieces, and how far along it the nearest place lies, 0 to 1."""
    nearest, part = np.full(len(points), np.inf), np.zeros(len(points))
    lengths = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    for i, (a, b) in enumerate(pairwise(line)):
        t = np.clip((points - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
        distance = np.linalg.norm(points - (a + t[:, None] * (b - a)), axis=1)
        closer = distance < nearest
        nearest[closer] = distance[closer]
        part[closer] = (lengths[i] + t[closer] * (lengths[i + 1] - lengths[i])) / lengths[-1]
    return nearest, part


def curve(points: list[tuple[float, ...]], steps: int = 12) -> np.ndarray:
    """A smooth line through *points* (Catmull-Rom), *steps* pieces between two of them."""
    p = np.array(points, float)
    p = np.concatenate([[2 * p[0] - p[1]], p, [2 * p[-1] - p[-2]]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True)
    ]
    return np.concatenate([*pieces, p[-2:-1]])


def spot(points: np.ndarray, x: float, y: float, wide: float, high: float) -> np.ndarray:
    """A soft spot on both sides of the face at canonical (±x, y), on the front alone."""
    falls = np.exp(-(((np.abs(points[:, 0]) - x) / wide) ** 2) - ((points[:, 1] - y) / high) ** 2)
    return falls * (points[:, 2] > 0)
