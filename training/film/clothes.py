"""Coats, jumpers, scarves, hats and fur: surfaces laid over a standing or sitting body. Metres, Blender's axes.

Each function gives plain arrays (a Cloth); actor.py makes Blender's meshes of them.
"""

from dataclasses import dataclass

import anatomy
import numpy as np
from fields import bump, noise, step, unit


@dataclass(frozen=True)
class Cloth:
    """points (n, 3) metres, quads (m, 4), uv (n, 2) or None, thickness in metres (0 for a closed shape)."""

    name: str
    points: np.ndarray
    quads: np.ndarray
    uv: np.ndarray | None = None
    thickness: float = 0.0
    smooth: int = 0
    """Levels of subdivision Blender adds."""
    chest: np.ndarray | None = None
    """How far breathing moves each point, 0 to 1 (n,)."""


def _sheet(rows: int, columns: int, closed: bool) -> np.ndarray:
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    k = (j + 1) % columns
    return np.stack(
        [i * columns + j, (i + 1) * columns + j, (i + 1) * columns + k, i * columns + k], -1
    ).reshape(-1, 4)


def _smoothed(points: np.ndarray, quads: np.ndarray, rounds: int) -> np.ndarray:
    """*points* drawn towards their neighbours' middle: cloth bridges the body's hollows."""
    sides = np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)])
    count = np.bincount(sides.ravel(), minlength=len(points))[:, None]
    for _ in range(rounds):
        total = np.zeros_like(points)
        for a, b in ((0, 1), (1, 0)):
            total += np.stack(
                [np.bincount(sides[:, a], column, len(points)) for column in points[sides[:, b]].T], 1
            )
        points = points * 0.5 + 0.5 * total / np.maximum(count, 1)
    return points


def outer(posed: np.ndarray, kind: str, low: float = -0.9) -> Cloth:
    """A coat, jumper or shirt from the cage round the body.

    posed: the shaped, posed body (VERTICES, 3) in world metres. low: canonical y of its hem, decimetres.
    """
    canonical, parts, _ = anatomy.base()
    cage = parts["helper-tights"]
    there = canonical[cage]
    neck = 5.98 if kind != "shirt" else 5.85
    kept = cage[(there[:, :, 1] > low).all(1) & (there[:, :, 1] < neck).all(1)]
    vertices, quads = anatomy.extract(kept)
    loose = {"coat": 14, "jumper": 7, "shirt": 4}[kind]
    fine = anatomy.Subdivision(quads, len(vertices), 2)
    points = fine(_smoothed(posed[vertices], quads, loose))
    c = fine(canonical[vertices])
    out = anatomy.normals(points, fine.quads)
    arm = step(1.7, 2.3, np.abs(c[:, 0]))
    side = np.abs(c[:, 0])
    away = {"coat": 0.020, "jumper": 0.011, "shirt": 0.006}[kind] + 0.008 * step(1.2, 1.9, side) * step(
        3, 4.6, c[:, 1]
    )
    folds = 0.0045 * noise(c, 1.3, 2, 60) + 0.003 * noise(c * (1, 0.45, 1), 3, 2, 63)
    folds += arm * 0.006 * np.sin(side * 9 + 3 * noise(c, 1.6, 2, 61)) * (0.5 + 0.5 * noise(c, 2, 2, 62))
    waist = 0.003 * np.sin(c[:, 1] * 8 + 4 * noise(c, 0.8, 2, 64)) * step(2.8, 1.5, c[:, 1]) * (1 - arm)
    offset = away + (folds + waist) * {"coat": 1.0, "jumper": 0.8, "shirt": 0.7}[kind]
    if kind == "coat":
        ahead = (c[:, 2] > 0) * (1 - arm)
        offset += ahead * (
            -0.0035 * bump(c[:, 0] - 0.1, 0.018) + 0.004 * bump(np.clip(c[:, 0] - 0.1, 0, None), 0.25)
        )
        offset -= 0.003 * bump(side - 1.62, 0.03) * (c[:, 1] > 4.2)
        # Below the belt a coat hangs: it keeps off the legs.
        offset += 0.02 * step(1.5, -0.8, c[:, 1]) * (1 - arm)
    chest = bump(c[:, 1] - 4.3, 1.0) * (1 - arm) * (0.4 + 0.6 * (c[:, 2] > 0))
    uv = np.c_[points[:, 2] * 230, np.arctan2(c[:, 0], c[:, 2]) * 1.2 + c[:, 0] * 0.3]
    return Cloth(kind, points + out * offset[:, None], fine.quads, uv, 0.004, 1, chest)


def skirt(posed: np.ndarray, hem: float = -3.4) -> Cloth:
    """The lower part of a coat, from the waist to *hem* (canonical y): it hangs free of the legs, open in front."""
    canonical, parts, _ = anatomy.base()
    cage = parts["helper-skirt"]
    kept = cage[(canonical[cage][:, :, 1] > hem).all(1)]
    vertices, quads = anatomy.extract(kept)
    fine = anatomy.Subdivision(quads, len(vertices), 2)
    points, c = fine(_smoothed(posed[vertices], quads, 4)), fine(canonical[vertices])
    out = anatomy.normals(points, fine.quads)
    turn, low = np.arctan2(c[:, 0], c[:, 2]), step(1.5, hem, c[:, 1])
    folds = low * (0.012 * np.sin(turn * 7 + 2 * noise(c, 0.4, 2, 65)) + 0.006 * noise(c, 1.1, 2, 66))
    slit = -0.006 * bump(c[:, 0] - 0.1, 0.03) * (c[:, 2] > 0)
    return Cloth("skirt", points + out * (0.022 + folds + slit)[:, None], fine.quads, None, 0.004, 1)


def legs(posed: np.ndarray) -> tuple[Cloth, Cloth]:
    """Trousers and boots."""
    canonical, parts, _ = anatomy.base()
    cage, made = parts["helper-tights"], []
    for name, low, high, away in (("trousers", -7.1, 2.2, 0.012), ("boots", -9.0, -6.3, 0.018)):
        there = canonical[cage][:, :, 1]
        kept = cage[
            (there > low).all(1) & (there < high).all(1) & (np.abs(canonical[cage][:, :, 0]) < 2.2).all(1)
        ]
        vertices, quads = anatomy.extract(kept)
        fine = anatomy.Subdivision(quads, len(vertices), 1)
        points, c = fine(_smoothed(posed[vertices], quads, 5)), fine(canonical[vertices])
        folds = 0.004 * np.sin(c[:, 1] * 6 + 3 * noise(c, 1.2, 2, 67)) + 0.004 * noise(c, 2, 2, 68)
        made.append(
            Cloth(
                name,
                points + anatomy.normals(points, fine.quads) * (away + folds)[:, None],
                fine.quads,
                None,
                0.003,
                1,
            )
        )
    return made[0], made[1]


@dataclass(frozen=True)
class Neck:
    """Where collars and scarves go round, metres: middle of the neck's root, half width, half depth, forward offset."""

    middle: np.ndarray
    wide: float
    deep: float
    forward: float


def neck(posed: np.ndarray) -> Neck:
    """The neck of a posed body in world metres."""
    canonical = anatomy.base()[0]
    middle = posed[anatomy.groups()["joint-neck"]].mean(0)
    body = anatomy.groups()["body"]
    ring = body[(np.abs(canonical[body, 1] - 5.95) < 0.12) & (np.abs(canonical[body, 0]) < 0.9)]
    x, y = posed[ring, 0] - middle[0], posed[ring, 1] - middle[1]
    return Neck(middle, float(np.abs(x).max()), float(np.ptp(y) / 2), float((y.max() + y.min()) / 2))


def _swept(
    name: str, path: np.ndarray, outward: np.ndarray, wide, thick, seed: int, folds: float = 1.0
) -> Cloth:
    """A flat, folded ribbon along *path* (n, 3), its flat side towards *outward* (n, 3).

    wide, thick: half its width and half its thickness in metres, one number or (n,).
    """
    ring, n = 40, len(path)
    turn = np.linspace(0, 2 * np.pi, ring, endpoint=False)
    ahead = unit(np.gradient(path, axis=0))
    out = unit(outward - ahead * (outward * ahead).sum(1, keepdims=True))
    across = np.cross(ahead, out)
    run = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    half = np.broadcast_to(wide, n)
    level = half[:, None] * (np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.8)[None]
    points = (
        path[:, None]
        + out[:, None] * (np.broadcast_to(thick, n)[:, None] * np.cos(turn)[None])[:, :, None]
        + across[:, None] * level[:, :, None]
    )
    place = np.stack(np.broadcast_arrays(run[:, None] * 9, level * 60, np.full((n, ring), seed * 3.0)), -1)
    wavy = noise((place * (0.35, 0.2, 1)).reshape(-1, 3), 1, 2, seed).reshape(n, ring)
    lumpy = noise((place * (0.6, 0.5, 1)).reshape(-1, 3), 1, 2, seed + 1).reshape(n, ring)
    fold = (0.55 * np.sin(level * 190 + 4 * wavy + run[:, None] * 14) + 0.9 * lumpy) * 0.0048 * folds
    direction = (
        out[:, None] * np.cos(turn)[None, :, None] + across[:, None] * (0.35 * np.sin(turn))[None, :, None]
    )
    points = points + unit(direction) * fold[:, :, None]
    uv = np.stack(np.broadcast_arrays(run[:, None] * 230, np.abs(turn / np.pi - 1)[None] * 4), -1)
    return Cloth(name, points.reshape(-1, 3), _sheet(n, ring, True), uv.reshape(-1, 2), smooth=1)


def _ring(at: Neck, up: float, out: float, tilt: float, start: float, turns: float, seed: int):
    t = np.linspace(0, turns * 2 * np.pi, 150) + start
    wobble = 1 + 0.03 * np.sin(3 * t + seed)
    x, y = (at.wide + out) * wobble * np.cos(t), (at.deep + out) * wobble * np.sin(t)
    z = up + tilt * np.sin(t) + 0.006 * np.sin(2 * t + seed)
    path = at.middle + np.stack([x, at.forward + y, z], 1)
    return path, unit(np.stack([np.cos(t) / at.wide, np.sin(t) / at.deep, np.full_like(t, 1.5)], 1))


def scarf(at: Neck, over: Cloth) -> list[Cloth]:
    """A knitted scarf wound twice, one end down the chest of *over*."""
    path, outward = _ring(at, 0.005, 0.03, 0.016, -2.2, 1.25, 1)
    pieces = [_swept("scarf low", path, outward, 0.034, 0.015, 1)]
    path, outward = _ring(at, 0.03, 0.02, 0.022, 0.6, 1.3, 3)
    pieces.append(_swept("scarf high", path, outward, 0.028, 0.013, 5))
    x, part = at.middle[0] - 0.032, np.linspace(0, 1, 90)
    z = np.linspace(at.middle[2] + 0.03, at.middle[2] - 0.3, 90)
    front = over.points[(np.abs(over.points[:, 0] - x) < 0.02) & (over.points[:, 1] < at.middle[1])]
    y = np.array([front[np.abs(front[:, 2] - level).argmin(), 1] for level in z])
    y = np.minimum(np.convolve(np.pad(y, 8, "edge"), np.ones(17) / 17, "valid"), y[0] + 0.01)
    # It comes out from under the upper turn, gathered, and spreads.
    y = y - 0.022 - 0.01 * step(0.5, 0.1, part) + 0.06 * step(0.26, 0, part)
    path = np.stack([x + 0.022 * step(0.3, 0, part) - 0.018 * step(0, 1, part), y, z], 1)
    down = np.repeat([[0, -1, 0.1]], 90, 0)
    half = (0.042 + 0.012 * part) * (0.45 + 0.55 * step(0.02, 0.3, part))
    pieces.append(_swept("scarf end", path, down, half, 0.009 + 0.004 * step(0.3, 0.1, part), 9))
    return pieces


_COLLAR = ((-0.045, 0.03), (-0.01, 0.034), (0.018, 0.04), (0.034, 0.047), (0.04, 0.054), (0.032, 0.063))
_COLLAR = (*_COLLAR, (0.008, 0.074), (-0.022, 0.083))
"""A coat collar's section from inside the neck over its fold: height over the neck's root and distance from the neck."""


def collar(at: Neck) -> Cloth:
    """The turned-down collar of a coat."""
    t = np.linspace(-np.pi / 2 + 0.42, 1.5 * np.pi - 0.42, 120)
    rows = []
    for i, (up, out) in enumerate(_COLLAR):
        x, y = (at.wide + out + 0.012) * np.cos(t), at.forward + (at.deep + out) * np.sin(t)
        z = up - 0.028 * step(0.2, -1, np.sin(t)) - 0.004 * np.sin(5 * t) * i / 7
        rows.append(at.middle + np.stack([x, y, z], 1))
    return Cloth("collar", np.stack(rows, 1).reshape(-1, 3), _sheet(120, len(_COLLAR), False), None, 0.007, 2)


def band(at: Neck, kind: str) -> Cloth:
    """The ribbed neckband of a jumper, or the standing collar of a shirt."""
    tall = 0.018 if kind == "jumper" else 0.03
    t = np.linspace(0, 2 * np.pi, 97)[:-1]
    rows = []
    for up in np.linspace(-0.035, tall, 8):
        out = 0.012 + 0.01 * step(0.0, -0.035, np.full(96, up)) - 0.0
        z = up - 0.014 * step(0.3, -1, np.sin(t))
        rows.append(
            at.middle
            + np.stack([(at.wide + out) * np.cos(t), at.forward + (at.deep + out) * np.sin(t), z], 1)
        )
    points = np.stack(rows, 0).reshape(-1, 3)
    uv = np.stack(
        np.broadcast_arrays(np.linspace(0, 14, 8)[:, None], (t / (2 * np.pi) * 3)[None]), -1
    ).reshape(-1, 2)
    return Cloth("band", points, _sheet(8, 96, True), uv, 0.006, 1)


def hat_edge(canonical: np.ndarray) -> np.ndarray:
    """Canonical y of a cap's lower edge over each point of the head (n,)."""
    return 7.66 + 0.13 * canonical[:, 2] - 0.05 * np.abs(canonical[:, 0])


def hat(points: np.ndarray, normals: np.ndarray, canonical: np.ndarray, quads: np.ndarray) -> Cloth:
    """A knitted cap on a head: *points* (metres), *normals*, canonical places and quads of the subdivided skin."""
    edge = hat_edge(canonical)
    vertices, kept = anatomy.extract(quads[(canonical[:, 1] > edge)[quads].all(1)])
    p, n, c = points[vertices], normals[vertices], canonical[vertices]
    above = canonical[vertices, 1] - edge[vertices]
    brim, top = step(0.3, 0.26, above), step(7.85, 8.35, c[:, 1])
    up = np.array((0, 0, 1.0))
    aside = unit(n * 0.5 + 0.5 * unit((p - p.mean(0)) * (1, 1, 0)))
    out = (
        aside * ((0.0105 + 0.006 * brim) * (1 - top))[:, None]
        + (0.35 * n + 0.65 * up) * (0.022 * top)[:, None]
    )
    ribs = np.abs(np.sin(np.arctan2(c[:, 0], c[:, 2]) * 34)) * step(8.46, 8.2, c[:, 1])
    out = out + n * (0.002 * ribs + 0.002 * noise(c, 2.5, 2, 77))[:, None]
    uv = np.c_[c[:, 1] * 40, np.arctan2(c[:, 0], c[:, 2]) / np.pi * 1.3]
    return Cloth("hat", p + out, kept, uv, 0.004)


def fur(at: Neck, seed: int, count: int = 30_000) -> tuple[np.ndarray, np.ndarray]:
    """Fur along the collar: strands (count, 6, 3) in metres, and their radius (6,)."""
    rng = np.random.RandomState(seed)
    t = rng.uniform(-np.pi / 2 + 0.5, 1.5 * np.pi - 0.5, count)
    around = rng.uniform(0, 2 * np.pi, count)
    radius = 0.024 * np.sqrt(0.3 + 0.7 * rng.rand(count))
    out = np.stack([np.cos(t), np.sin(t), np.zeros(count)], 1)
    away = out * np.cos(around)[:, None] + np.array((0, 0, 1.0)) * np.sin(around)[:, None]
    z = 0.032 - 0.03 * step(0.2, -1, np.sin(t))
    middle = (
        np.stack([(at.wide + 0.058) * np.cos(t), at.forward + (at.deep + 0.05) * np.sin(t), z], 1) + at.middle
    )
    heading = unit(away + 0.5 * rng.randn(count, 3) * 0.5 + (0, 0, -0.1))
    length = 0.016 + 0.022 * rng.rand(count) ** 2
    place, points = middle + away * radius[:, None], []
    for _ in range(6):
        points.append(place)
        place = place + heading * (length / 5)[:, None]
        heading = unit(heading + (0, 0, -0.12) + 0.12 * rng.randn(count, 3))
    return np.stack(points, 1), np.linspace(8e-5, 1e-5, 6)
