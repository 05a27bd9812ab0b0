"""Eyeballs, and the rims of the lids that lashes grow from."""

from itertools import pairwise

import anatomy
import numpy as np
from fields import unit

IRIS = 0.44
"""Angle from the eye's axis to the border of the iris, radians."""
SIDES = ("l", "r")


def spheres(points: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Centre and radius of the left and the right eyeball of a shaped body (VERTICES, 3)."""
    found = []
    for side in SIDES:
        ball = points[anatomy.groups()[f"helper-{side}-eye"]]
        solution = np.linalg.lstsq(np.c_[2 * ball, np.ones(len(ball))], (ball**2).sum(1), rcond=None)[0]
        found.append((solution[:3], float(np.sqrt(solution[3] + solution[:3] @ solution[:3]))))
    return found


def ball(columns: int = 96) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An eyeball of radius 1 that looks along +z, with its cornea: points (n, 3), quads (m, 4), angle over IRIS (n,)."""
    polar = np.r_[np.linspace(0, 0.75, 56), np.linspace(0.78, 2.0, 40)]
    angle, turn = np.meshgrid(polar, np.linspace(0, 2 * np.pi, columns, endpoint=False), indexing="ij")
    radius = 0.985 + 0.065 * np.exp(-((angle / (IRIS * 0.92)) ** 4))
    around = np.stack([np.sin(angle) * np.cos(turn), np.sin(angle) * np.sin(turn), np.cos(angle)], -1)
    i, j = np.meshgrid(np.arange(len(polar) - 1), np.arange(columns), indexing="ij")
    k = (j + 1) % columns
    quads = np.stack([i * columns + j, (i + 1) * columns + j, (i + 1) * columns + k, i * columns + k], -1)
    return (around * radius[..., None]).reshape(-1, 3), quads.reshape(-1, 4), (angle / IRIS).ravel()


def towards(centre: np.ndarray, target: np.ndarray, up: np.ndarray) -> np.ndarray:
    """The rotation (3, 3) of an eyeball at *centre* that looks at *target*; its columns are right, up and ahead."""
    ahead = unit(target - centre)
    above = unit(up - ahead * (up @ ahead))
    return np.stack([np.cross(above, ahead), above, ahead], 1)


def rims(points: np.ndarray) -> dict[str, np.ndarray]:
    """The lids' edges on a subdivided base mesh (n, 3): vertices from corner to corner, "upper l" ... "lower r".

    Between the lids nothing of the skin lies before the eyeball: the edge is where that gap begins and ends.
    """
    found = {}
    for side, (centre, radius) in zip(SIDES, spheres(anatomy.base()[0]), strict=True):
        offset = points - centre
        distance = np.linalg.norm(offset, axis=1)
        near = np.flatnonzero((distance < radius * 1.16) & (offset[:, 2] > radius * 0.25))
        across = np.arctan2(offset[near, 0], offset[near, 2])
        high = np.arcsin(offset[near, 1] / distance[near])
        upper, lower = [], []
        edges = np.linspace(across.min(), across.max(), 30)
        for left, right in pairwise(edges):
            here = np.flatnonzero((across >= left) & (across < right))
            here = here[high[here].argsort()]
            gaps = np.diff(high[here])
            if len(here) >= 4 and gaps.max() > 0.08:
                lower.append(near[here[gaps.argmax()]])
                upper.append(near[here[gaps.argmax() + 1]])
        found[f"upper {side}"], found[f"lower {side}"] = np.array(upper), np.array(lower)
    return found
