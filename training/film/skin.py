"""What lies on a face at an age: wrinkles as height, and colour, gloss and fine creases as paint.

Everything is drawn once in canonical coordinates (decimetres on the base mesh, z from the ear canal forward), so the
same line fits every face and every age.
"""

from dataclasses import dataclass

import anatomy
import numpy as np
from fields import along, bump, curve, noise, spot, step

_EDITION = 4
"""Raise it when a crease is redrawn: what was worked out before is not used again."""
EAR_CANAL = 0.5
"""Decimetres of the base mesh's z that canonical z counts from."""


def years(age: float) -> float:
    """How far the face has aged, 0 at 20 years and below to 1 at 80; slow at first.

    >>> years(20), years(65)
    (0.0, 0.81)
    """
    return float(
        np.interp(age, (20, 30, 40, 50, 60, 65, 75, 85), (0, 0.11, 0.31, 0.53, 0.73, 0.81, 0.94, 1.05))
    )


@dataclass(frozen=True)
class Crease:
    """One wrinkle. line: canonical x, y (n, 2). depth: millimetres at full age. width: decimetres. front: least z."""

    line: np.ndarray
    depth: float
    width: float
    front: float


def creases() -> dict[str, list[Crease]]:
    """The face's wrinkles by region; F and the lessons name the same regions."""
    rng = np.random.RandomState(5)
    found: dict[str, list[Crease]] = {
        name: [] for name in ("forehead", "frown", "eyes", "smile", "lids", "mouth", "neck")
    }
    for i, y in enumerate((7.66, 7.735, 7.81, 7.885)):
        for side in (-1, 1):
            x = np.linspace(-0.06, 0.46 - 0.05 * i + 0.04 * rng.randn(), 8)
            arch = 0.018 * np.sin(x * 7 + 2 * rng.rand()) + 0.035 * bump(x - 0.28, 0.15)
            line = np.c_[side * x, y + arch - 0.012 * rng.rand() + 0.008 * rng.randn(8)]
            found["forehead"].append(Crease(line, 0.95 - 0.1 * i, 0.0145, 0.2))
    for side in (-1, 1):

        def add(
            region: str, points: list, depth: float, width: float, front: float, side: int = side
        ) -> None:
            found[region].append(Crease(curve([(side * x, y) for x, y in points]), depth, width, front))

        add("frown", [(0.035, 7.36), (0.048, 7.43), (0.04, 7.5)], 0.8, 0.012, 0.3)
        for i, (degrees, length) in enumerate(((28, 0.17), (10, 0.2), (-9, 0.2), (-27, 0.17), (-42, 0.13))):
            angle = np.radians(degrees + 4 * rng.randn())
            x, t = 0.475 + 0.012 * rng.randn(), np.linspace(0, length, 6)
            y = 7.285 + 0.06 * np.sin(angle) + t * np.sin(angle) - 0.25 * t * t
            line = np.c_[side * (x + t * np.cos(angle)), y]
            found["eyes"].append(Crease(line, 0.62 - 0.06 * abs(i - 2), 0.011, 0.1))
        add(
            "smile",
            [(0.165, 6.93), (0.215, 6.86), (0.27, 6.75), (0.315, 6.63), (0.325, 6.54)],
            1.0,
            0.025,
            0.3,
        )
        add("mouth", [(0.275, 6.575), (0.3, 6.48), (0.295, 6.39)], 0.65, 0.02, 0.3)
        add("lids", [(0.19, 7.235), (0.25, 7.19), (0.33, 7.165), (0.41, 7.19)], 0.45, 0.011, 0.2)
        add("lids", [(0.175, 7.2), (0.24, 7.125), (0.33, 7.09), (0.43, 7.115), (0.475, 7.15)], 0.7, 0.02, 0.2)
        add("smile", [(0.4, 6.95), (0.45, 6.8), (0.44, 6.64)], 0.14, 0.016, 0.1)
        add("smile", [(0.47, 6.98), (0.52, 6.82), (0.51, 6.66)], 0.1, 0.015, 0.0)
        for x in (0.03, 0.075, 0.12, 0.165):
            found["mouth"].append(
                Crease(np.array([(side * x, 6.695), (side * x * 1.06, 6.77)]), 0.22, 0.007, 0.4)
            )
    found["mouth"].append(Crease(curve([(-0.13, 6.4), (0, 6.425), (0.13, 6.4)]), 0.6, 0.018, 0.3))
    for y in (6.02, 5.9, 5.8):
        line = curve([(-0.5, y + 0.09), (-0.25, y + 0.01), (0, y - 0.02), (0.25, y + 0.012), (0.5, y + 0.08)])
        found["neck"].append(Crease(line, 0.75, 0.014, -0.5))
    return found


def height(canonical: np.ndarray, lines: list[Crease]) -> np.ndarray:
    """How high the skin stands over a smooth face, millimetres at full age (n,): grooves with a soft rim on both sides."""
    total, flat = np.zeros(len(canonical)), canonical[:, :2]
    for crease in lines:
        low, high = crease.line.min(0) - 0.12, crease.line.max(0) + 0.12
        near = np.flatnonzero(((flat > low) & (flat < high)).all(1) & (canonical[:, 2] > crease.front))
        if not len(near):
            continue
        here = canonical[near]
        waver = np.c_[noise(here, 14, 2, 1), noise(here, 14, 2, 2)]
        distance, part = along(flat[near] + 0.007 * waver, crease.line)
        fades = step(0, 0.22, part) * step(1, 0.72, part)
        rim = 0.42 * bump(distance - 2.1 * crease.width, 1.3 * crease.width)
        depth = crease.depth * (0.75 + 0.5 * noise(here, 5, 2, 3))
        total[near] += fades * depth * (rim - bump(distance, crease.width))
    return total


def heights(canonical: np.ndarray) -> dict[str, np.ndarray]:
    """`height` of each region of `creases` on a whole subdivided face, worked out once for all people."""
    regions = creases()
    key = f"creases-{_EDITION}-{len(canonical)}"
    table = anatomy.cached(key, lambda: np.stack([height(canonical, lines) for lines in regions.values()]))
    return dict(zip(regions, table, strict=True))


_CREPE = (
    # Where (x, y, wide, high), how lines run (lumps to a decimetre along x, y, z), and how deep in millimetres.
    ((0.42, 6.82, 0.2, 0.3), (4.2, 1.3, 1.5), 0.3),
    ((0.31, 7.13, 0.2, 0.09), (1.6, 6.0, 2.0), 0.24),
    ((0.0, 7.8, 0.5, 0.2), (1.1, 4.6, 1.2), 0.2),
    ((0.0, 6.74, 0.24, 0.06), (8.0, 1.2, 2.0), 0.26),
    ((0.0, 6.34, 0.28, 0.14), (4.0, 4.0, 3.0), 0.2),
    ((0.56, 7.2, 0.13, 0.22), (1.8, 5.0, 2.0), 0.26),
)


def crepe(canonical: np.ndarray) -> np.ndarray:
    """The fine net of lines on very old skin: millimetres below the surface (n,), at most 0."""
    total = np.zeros(len(canonical))
    for i, (place, run, depth) in enumerate(_CREPE):
        here = np.flatnonzero(spot(canonical, *place) > 0.03)
        c = canonical[here]
        # Where noise passes through zero there is a line.
        line = step(0.2, 0.0, np.abs(noise(c * run, 1.0, 2, 70 + i)))
        total[here] -= depth * spot(c, *place) * line * (0.6 + 0.4 * noise(c, 5, 2, 80 + i))
    return total


def aged(canonical: np.ndarray, old: float) -> np.ndarray:
    """How high the skin of a face that has aged by *old* stands, on a whole subdivided face, millimetres (n,)."""
    key = f"crepe-{_EDITION}-{len(canonical)}"
    fine = anatomy.cached(key, lambda: crepe(canonical))
    return old * sum(heights(canonical).values()) + step(0.3, 1.0, old) * fine


def texture(canonical: np.ndarray, scale: float, octaves: int, seed: int) -> np.ndarray:
    """fields.noise on a whole subdivided face, worked out once for all people."""
    key = f"noise-{len(canonical)}-{scale}-{octaves}-{seed}"
    return anatomy.cached(key, lambda: noise(canonical, scale, octaves, seed))


_HAIRLINE = np.array(
    (
        *(
            (-1.2, 6.72),
            (-0.62, 6.74),
            (-0.35, 6.85),
            (-0.2, 6.98),
            (-0.12, 7.2),
            (-0.05, 7.34),
            (0.06, 7.33),
        ),
        *(
            (0.1, 7.0),
            (0.21, 7.0),
            (0.26, 7.28),
            (0.31, 7.5),
            (0.38, 7.66),
            (0.5, 7.77),
            (0.6, 7.85),
            (0.72, 7.91),
        ),
        *((0.82, 7.95), (0.95, 8.0), (1.3, 8.03)),
    )
)
"""Canonical z and y of the border between skin and scalp, from the nape round the ear to the forehead."""


def inside_hairline(canonical: np.ndarray, receding: float = 0.0) -> np.ndarray:
    """How far above the hairline a point lies, decimetres (n,); below 0 is bare skin. receding: 0 to 1."""
    side, forward = np.abs(canonical[:, 0]), canonical[:, 2]
    line = np.interp(forward, *_HAIRLINE.T)
    front = step(0.3, 0.75, forward)
    temples = bump(side - 0.38, 0.18)
    line = line + front * (0.05 * bump(side - 0.4, 0.13) + receding * (0.07 + 0.2 * temples))
    return canonical[:, 1] - line


def brow(side: int, arch: float = 0.5) -> np.ndarray:
    """The middle line of a brow, canonical x and y. side: 1 for the person's left. arch: 0 straight to 1 high."""
    rise = 0.03 * (arch - 0.5)
    points = [
        (0.095, 7.415),
        (0.2, 7.452 + rise / 2),
        (0.32, 7.485 + rise),
        (0.42, 7.475 + rise),
        (0.515, 7.425),
    ]
    return curve([(side * x, y) for x, y in points])


def beard_area(canonical: np.ndarray) -> np.ndarray:
    """Where a beard grows, 0 to 1 (n,)."""
    side = np.abs(canonical[:, 0])
    area = (
        step(6.97, 6.8, canonical[:, 1])
        * step(6.02, 6.14, canonical[:, 1])
        * step(0.12, 0.34, canonical[:, 2])
    )
    upper = 6.72 + 0.55 * np.clip(side - 0.3, 0, 1)
    cheeks = step(upper + 0.05, upper - 0.05, canonical[:, 1])
    moustache = np.exp(-((side / 0.27) ** 4) - ((canonical[:, 1] - 6.735) / 0.07) ** 4)
    area = area * np.maximum(cheeks, 0.9 * moustache) * (canonical[:, 2] > 0)
    return area * (1 - 0.7 * np.exp(-((side / 0.05) ** 2) - ((canonical[:, 1] - 6.8) / 0.05) ** 2))


def ears() -> np.ndarray:
    """Where the ears are, 0 to 1 for each vertex of the base mesh (VERTICES,): what moves when it is bent off the head."""
    moved = sum(np.linalg.norm(anatomy.target(f"ears/{side}-ear-wing-incr"), axis=1) for side in "lr")
    return np.clip(moved / 0.04, 0, 1)


@dataclass(frozen=True)
class Paint:
    """colour: scene-linear (n, 3). gloss, fine: 0 to 1 (n,)."""

    colour: np.ndarray
    gloss: np.ndarray
    fine: np.ndarray


def paint(
    canonical: np.ndarray, lips: np.ndarray, inside: np.ndarray, ear: np.ndarray, look, age: float
) -> Paint:
    """The skin of *look* (people.Look) at *age* on points of its face.

    lips, inside, ear: how far a point belongs to the lips, to the inside of the mouth, to an ear, 0 to 1 (n,).
    """
    old, rng = years(age) * look.weathering, np.random.RandomState(look.seed + 3)
    high = canonical[:, 1]
    base = np.array(look.tone) * (1 - 0.05 * old) * (1, 1 - 0.02 * old, 1 - 0.06 * old)
    colour = np.repeat(base[None], len(canonical), 0)

    def towards(amount: np.ndarray, factor: tuple[float, float, float]) -> None:
        colour[:] *= 1 - amount[:, None] * (1 - np.array(factor))

    red = (
        0.55 * spot(canonical, 0.38, 6.98, 0.17, 0.14)
        + 0.6 * spot(canonical, 0, 6.9, 0.13, 0.09)
        + 0.55 * ear
    )
    red += 0.3 * spot(canonical, 0, 6.3, 0.18, 0.12) + 0.35 * spot(canonical, 0.3, 7.24, 0.15, 0.045)
    red += 0.22 * spot(canonical, 0, 7.45, 0.12, 0.12) + look.blush * spot(canonical, 0.42, 7.0, 0.14, 0.1)
    red += 0.12 * texture(canonical, 3.2, 3, 7) + 0.1 * texture(canonical, 11, 3, 8)
    towards(np.clip(red, 0, 1) * (0.9 + 0.25 * old), (0.98, 0.7, 0.7))
    yellow = np.clip(0.5 * spot(canonical, 0, 7.8, 0.45, 0.22) + 0.25 * texture(canonical, 2.2, 2, 9), 0, 1)
    towards(yellow, (1.04, 1.05, 0.96))
    socket = 0.55 * spot(canonical, 0.3, 7.19, 0.15, 0.06) + 0.5 * spot(canonical, 0.19, 7.29, 0.06, 0.08)
    socket += 0.28 * spot(canonical, 0.33, 7.38, 0.16, 0.06)
    towards(np.clip(socket, 0, 1) * (0.35 + 0.9 * old), (0.8, 0.72, 0.78))
    # Old skin is uneven: patches of brown over thin, red cheeks.
    patches = step(0.05, 0.5, texture(canonical, 6, 3, 13)) * (canonical[:, 2] > 0)
    towards(0.55 * old * patches, (0.86, 0.78, 0.7))
    shadow = beard_area(canonical) * (1 - np.clip(1.5 * lips, 0, 1)) * look.stubble
    towards(shadow * (0.8 + 0.4 * texture(canonical, 40, 2, 4)), (0.87, 0.91, 0.96))
    lip = np.clip(lips, 0, 1) * step(6.4, 6.46, high)
    share = (lip * (0.86 - 0.22 * old) * (0.9 + 0.2 * texture(canonical, 22, 2, 5)))[:, None]
    lip_colour = np.array(look.lip) * (1 - 0.12 * old) * (1, 1 + 0.12 * old, 1 + 0.12 * old)
    colour = colour * (1 - share) + lip_colour * share
    towards(bump(high - 6.608, 0.012) * lip, (0.82, 0.82, 0.82))
    front = np.flatnonzero((canonical[:, 2] > 0) & (high > 6))
    for centre, size, weight in _spots(look, old, rng):
        near = front[np.abs(canonical[front, 0] - centre[0]) < 3 * size]
        near = near[(np.abs(canonical[near] - centre) < 3 * size).all(1)]
        distance = np.linalg.norm(canonical[near] - centre, axis=1)
        distance *= 1 + 0.35 * noise(canonical[near], 45, 2, int(size * 1e4))
        fades = weight * np.exp(-((distance / size) ** 4))
        colour[near] *= 1 - fades[:, None] * (0.45, 0.6, 0.72)
    scalp = step(-0.03, 0.06, inside_hairline(canonical, look.hair.receding * old)) * (1 - ear)
    towards(scalp * look.hair.cover, tuple(1 - 0.6 * (1 - 0.55 * look.hair.grey) for _ in range(3)))
    near = front[np.abs(high[front] - 7.45) < 0.2]
    for sign in (-1, 1):
        distance, part = along(canonical[near, :2], brow(sign, look.brow_arch))
        filled = bump(distance, 0.036) * step(0, 0.1, part) * step(1, 0.8, part) * (canonical[near, 2] > 0.3)
        colour[near] *= 1 - (filled * 0.29 * (1 - 0.5 * look.hair.grey))[:, None]
    grooves = np.clip(aged(canonical, old), -1, 0)
    towards(-grooves, (0.7, 0.58, 0.55))
    colour = colour * (1 - inside[:, None]) + np.array((0.24, 0.05, 0.045)) * inside[:, None]
    gloss = 0.75 * spot(canonical, 0, 7.72, 0.35, 0.18) + 0.9 * spot(canonical, 0, 7.05, 0.1, 0.25)
    gloss += (
        0.45 * spot(canonical, 0.4, 7.07, 0.14, 0.09)
        + 0.95 * lip
        + 0.25 * spot(canonical, 0, 6.3, 0.12, 0.08)
    )
    fine = 0.35 + 0.9 * spot(canonical, 0.5, 7.26, 0.16, 0.14) + 0.9 * spot(canonical, 0.32, 7.18, 0.18, 0.08)
    fine += (
        0.7 * (high < 6.1)
        + 0.5 * spot(canonical, 0.45, 6.8, 0.2, 0.25)
        + 0.4 * spot(canonical, 0, 7.8, 0.5, 0.2)
    )
    gloss = np.maximum(np.clip(gloss, 0, 1) * (1 - 0.35 * old), inside)
    return Paint(np.clip(colour, 0.005, 0.95), gloss, np.clip(old * fine, 0, 1) * (1 - inside))


def _spots(look, old: float, rng: np.random.RandomState) -> list[tuple[np.ndarray, float, float]]:
    """Freckles, moles and the spots of age: centre, size in decimetres, weight."""
    # Places are drawn on the base mesh, so that every age and every detail has the same moles.
    everywhere = anatomy.base()[0] - (0, 0, EAR_CANAL)
    face = everywhere[(everywhere[:, 2] > 0.2) & (everywhere[:, 1] > 6.1) & (everywhere[:, 1] < 8.2)]
    found = []
    for _ in range(90):
        place = face[rng.randint(len(face))] + 0.03 * rng.randn(3) * (1, 1, 0)
        weight, size = 0.22 + 0.2 * rng.rand(), 0.006 + 0.006 * rng.rand()
        if abs(place[0]) < 0.6 and 6.9 < place[1] < 7.25:
            found.append((place, size, weight * look.freckles))
    found += [(face[rng.randint(len(face))], 0.01, 0.7) for _ in range(rng.randint(0, 4))]
    for _ in range(70):
        place = face[rng.randint(len(face))] + 0.03 * rng.randn(3) * (1, 1, 0)
        size, weight = 0.012 + 0.032 * rng.rand() ** 2, 0.18 + 0.3 * rng.rand()
        found.append((place, size, weight * old))
    return [(place, size, weight) for place, size, weight in found if weight > 0]
