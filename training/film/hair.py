"""Hair, brows, lashes and beards as strands grown on a face at rest: numpy alone.

A style is a few hundred guides that grow step by step over the skull, and thousands of strands that follow the nearest
of them, gathered into locks. Roots are drawn on the base mesh, so that every age of a person wears the same hair.
Lengths are decimetres, x to the person's left, y up, z to the front.
"""

from dataclasses import dataclass

import numpy as np
from fields import along, bump, noise, step, unit
from skin import beard_area, brow, inside_hairline, texture, years

RADIUS = 5.5e-4
"""Decimetres: half of a strong hair's thickness."""


@dataclass(frozen=True)
class Strands:
    """points: (n, k, 3) decimetres at rest. radius: (k,) decimetres. grey, melanin: (n,). root: (n, 3) vertices."""

    points: np.ndarray
    radius: np.ndarray
    grey: np.ndarray
    melanin: np.ndarray
    root: np.ndarray
    """The three vertices of the triangle that a strand grows from."""

    def only(self, some: np.ndarray) -> "Strands":
        """Some of the strands (n,)."""
        return Strands(self.points[some], self.radius, self.grey[some], self.melanin[some], self.root[some])


@dataclass(frozen=True)
class Face:
    """A face at rest, subdivided: points, normals, canonical places, how far an ear and a lip (n, ·); triangles (m, 3)."""

    points: np.ndarray
    normals: np.ndarray
    canonical: np.ndarray
    ear: np.ndarray
    lips: np.ndarray
    triangles: np.ndarray
    body: np.ndarray
    """Points that hair must not enter: head, neck and shoulders (b, 3)."""
    body_normals: np.ndarray


@dataclass(frozen=True)
class _Roots:
    points: np.ndarray
    normals: np.ndarray
    canonical: np.ndarray
    triangle: np.ndarray

    def only(self, some: np.ndarray) -> "_Roots":
        return _Roots(self.points[some], self.normals[some], self.canonical[some], self.triangle[some])


def _roots(face: Face, density: np.ndarray, count: int, rng: np.random.RandomState) -> _Roots:
    """*count* places on the face, as many to a piece of the base mesh's area as *density* (n,) says there."""
    corners = face.canonical[face.triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    chance = area * density[face.triangles].mean(1)
    chosen = face.triangles[rng.choice(len(chance), count, p=chance / chance.sum())]
    a, b = np.sqrt(rng.rand(count)), rng.rand(count)
    shares = np.c_[1 - a, a * (1 - b), a * b][:, :, None]
    blend = [(values[chosen] * shares).sum(1) for values in (face.points, face.normals, face.canonical)]
    return _Roots(blend[0], unit(blend[1]), blend[2], chosen)


def _nearest(points: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """The numbers of the *count* others nearest to each point (n, count), nearest first."""
    found = []
    for part in np.array_split(points.astype(np.float32), max(1, len(points) // 2_000)):
        apart = (part**2).sum(1)[:, None] - 2 * part @ others.T.astype(np.float32) + (others**2).sum(1)[None]
        some = np.argpartition(apart, count - 1, axis=1)[:, :count] if count > 1 else apart.argmin(1)[:, None]
        order = np.take_along_axis(apart, some, 1).argsort(1)
        found.append(np.take_along_axis(some, order, 1))
    return np.concatenate(found)


# ---- styles


@dataclass(frozen=True)
class _Style:
    """comb: direction along the skull (n, 3). length: decimetres (n,). lift: how it leaves the skull, 0 to 1 (n,).

    height: decimetres it may stand over the skull (n,). fall: pull of gravity. cut: y below which it is cut (n,).
    curl: radius of its waves in decimetres. lock: how strongly strands gather, 0 to 1. stray: disorder, 0 to 1.
    knot: where all of it is gathered (3,), or None. clear: how far it is kept out of the face, 0 to 1 (n,), or None.
    """

    comb: np.ndarray
    length: np.ndarray
    lift: np.ndarray
    height: np.ndarray
    fall: float
    cut: np.ndarray
    curl: float = 0.0
    lock: float = 0.55
    stray: float = 0.3
    knot: np.ndarray | None = None
    clear: np.ndarray | None = None


_DOWN, _LEFT, _FRONT = np.array((0.0, -1, 0)), np.array((1.0, 0, 0)), np.array((0, 0, 1.0))


def _style(look, roots: _Roots, bun: np.ndarray, chin: float, brows: float) -> _Style:
    """What *look*'s style asks of a strand at each root. bun: where hair would be knotted. chin, brows: y of the shaped face."""
    c, name = roots.canonical, look.hair.style
    n = len(c)
    never = np.full(n, -np.inf)
    side = np.sign(c[:, 0] - look.hair.part)
    crown = step(7.6, 8.15, c[:, 1])
    front = step(0.1, 0.75, c[:, 2])
    sway = noise(c, 2.3, 2, 33)
    wild = noise(c, 5, 2, 34)
    if name in ("buzz", "short"):
        top = step(7.72, 8.15, c[:, 1]) * step(-0.85, -0.25, c[:, 2])
        over = -(0.62 + 0.25 * sway)[:, None] * _LEFT * np.sign(look.hair.part or 1) - 0.55 * _FRONT
        over = over + (0.3 * step(0.2, 0.85, c[:, 2]))[:, None] * (-_DOWN)
        sides = 0.85 * _DOWN - (0.75 - 0.4 * step(0, 0.4, c[:, 2]))[:, None] * _FRONT
        comb = top[:, None] * over + (1 - top)[:, None] * sides
        length = 0.13 + 0.32 * top if name == "short" else np.full(n, 0.05)
        height = 0.02 + (0.08 + 0.06 * front) * top if name == "short" else np.full(n, 0.05)
        return _Style(comb, length, 0.25 + 0.75 * top, height, 0.1, never, lock=0.5)
    if name == "swept":
        top = step(7.6, 8.0, c[:, 1]) * step(-0.9, -0.1, c[:, 2])
        over = side[:, None] * (0.75 + 0.25 * sway)[:, None] * _LEFT - 0.75 * _FRONT
        sides = 0.7 * _DOWN - 0.8 * _FRONT
        comb = top[:, None] * over + (1 - top)[:, None] * sides
        length = 0.22 + 0.5 * top
        return _Style(comb, length, 0.2 + 0.6 * top, 0.03 + 0.11 * top * (0.5 + front), 0.12, never, lock=0.6)
    if name == "tousled":
        # A whorl behind the crown; from there it falls forward over the forehead and to both sides.
        away = c - np.array((0.1, 8.45, -0.25))
        away[:, 1] *= 0.3
        comb = unit(away) + 0.75 * (front * crown)[:, None] * _FRONT + 0.35 * _DOWN
        comb = (
            comb
            + (0.5 * front * side)[:, None] * _LEFT
            + 0.5 * (sway[:, None] * _LEFT)
            + 0.25 * wild[:, None] * _FRONT
        )
        length = 0.17 + 0.66 * step(7.3, 7.95, c[:, 1]) + 0.12 * front
        cut = np.where(front > 0.25, brows + 0.1 + 0.16 * wild + 0.05 * np.abs(c[:, 0]), -np.inf)
        return _Style(
            comb, length, 0.25 + 0.5 * crown, 0.025 + 0.18 * crown, 0.3, cut, curl=0.02, lock=0.75, stray=0.5
        )
    if name in ("bob", "fringed bob", "long"):
        fringe = step(0.42, 0.55, c[:, 2]) * step(0.56, 0.4, np.abs(c[:, 0])) * (name == "fringed bob")
        aside = np.where(np.abs(c[:, 0] - look.hair.part) < 0.35, 1.0, 0.4)
        comb = (side * aside)[:, None] * _LEFT + 0.9 * _DOWN - 0.25 * (1 - front)[:, None] * _FRONT
        comb = comb - 0.18 * front[:, None] * _FRONT + 0.1 * sway[:, None] * _FRONT
        forward = 0.9 * _FRONT + 0.7 * _DOWN + (0.25 * c[:, 0] / 0.4 + 0.1 * sway)[:, None] * _LEFT
        comb = comb * (1 - fringe[:, None]) + forward * fringe[:, None]
        tucked = look.clothes.outer == "coat" or look.clothes.scarf is not None
        low = chin - {"long": 0.15 if tucked else 1.1}.get(name, 0.02) + 0.05 * wild
        cut = np.where(fringe > 0.5, brows + 0.0 + 0.035 * wild + 0.1 * (c[:, 0] / 0.5) ** 2 * -1, low)
        height = 0.05 + 0.11 * crown + 0.03 * (1 - fringe)
        length = np.full(n, 3.2 if name != "long" else 4.6)
        clear = step(0.0, 0.3, c[:, 2]) * (1 - fringe)
        return _Style(comb, length, 0.3 + 0.25 * crown, height, 0.55, cut, lock=0.6, stray=0.22, clear=clear)
    if name == "bun":
        height = 0.03 + 0.06 * crown * (0.7 + 0.3 * sway)
        return _Style(
            _DOWN * np.ones((n, 3)), np.ones(n), height, height, 0.0, never, lock=0.4, stray=0.14, knot=bun
        )
    # perm: short curls that stand off the head
    comb = _DOWN * 0.6 + side[:, None] * 0.4 * _LEFT - 0.3 * _FRONT + 0.4 * wild[:, None] * _FRONT
    return _Style(
        comb,
        np.full(n, 0.85),
        np.full(n, 0.75),
        0.12 + 0.12 * crown,
        0.2,
        never,
        curl=0.075,
        lock=0.8,
        stray=0.6,
    )


def grow(face: Face, look, age: float, strands: int = 26_000, steps: int = 14) -> Strands:
    """The hair of the head. strands: how many; each as thick as it must be to cover like a hundred thousand."""
    rng = np.random.RandomState(look.seed)
    density = step(-0.035, 0.1, inside_hairline(face.canonical) + 0.035 * texture(face.canonical, 7, 3, 21))
    density *= 1 - np.clip(1.4 * face.ear, 0, 1)
    guides = _roots(face, density, 1_000, rng)
    chin = float(face.points[np.abs(face.canonical[:, 1] - 6.2) < 0.05, 1].mean())
    brows = float(face.points[np.abs(face.canonical[:, 1] - 7.42) < 0.03, 1].mean())
    back = (face.canonical[:, 1] > 7.6) & (face.canonical[:, 1] < 8.0) & (np.abs(face.canonical[:, 0]) < 0.1)
    bun = face.points[back][face.points[back, 2].argmin()] + (0, 0.05, -0.12)
    style = _style(look, guides, bun, chin, brows)
    lines = _guides(face, guides, style, steps, rng)
    roots = _roots(face, density, strands, rng)
    receded = inside_hairline(roots.canonical, look.hair.receding * years(age) * 1.3) + 0.03 * noise(
        roots.canonical, 7, 3, 21
    )
    thin = 0.5 * look.hair.receding * years(age) * step(7.9, 8.4, roots.canonical[:, 1])
    kept = (receded > -0.03 * rng.rand(strands)) & (rng.rand(strands) > thin)
    points = _follow(guides, lines, roots, style, rng)
    grey = _greys(roots.canonical, look.hair.grey, rng)
    melanin = look.hair.melanin * (0.85 + 0.3 * rng.rand(strands))
    if look.hair.style == "bun":
        points, roots, grey, melanin, kept = _with_bun(bun, points, roots, grey, melanin, kept, look, rng)
    thickness = (
        RADIUS * np.sqrt(60_000 / strands) * np.interp(np.linspace(0, 1, steps), (0, 0.6, 1), (1, 0.85, 0.2))
    )
    return Strands(points[kept], thickness, grey[kept], melanin[kept], roots.triangle[kept])


def _greys(canonical: np.ndarray, share: float, rng: np.random.RandomState) -> np.ndarray:
    """Which strands are white: the temples first."""
    temples = step(0.1, 0.5, np.abs(canonical[:, 0])) * step(7.9, 7.3, canonical[:, 1])
    chance = share * (0.85 + 0.35 * temples + 0.3 * noise(canonical, 4, 2, 40))
    return (rng.rand(len(canonical)) < np.clip(chance, 0, 0.96)) * (0.96 + 0.04 * rng.rand(len(canonical)))


def _guides(face: Face, roots: _Roots, style: _Style, steps: int, rng: np.random.RandomState) -> np.ndarray:
    """Guides (n, steps, 3) that grow by the style's comb, over the body and not into it."""
    if style.knot is not None:
        return _gathered(face, roots, style, steps)
    n = len(roots.points)
    along_skin = style.comb - roots.normals * (style.comb * roots.normals).sum(1, keepdims=True)
    heading = unit(
        roots.normals * style.lift[:, None] + unit(along_skin) * 0.8 + 0.25 * style.stray * rng.randn(n, 3)
    )
    place = roots.points - 0.01 * roots.normals
    middle = np.array((0, 0, roots.points[:, 2].mean() + 0.2))
    lines, stride = [place], (style.length * (0.85 + 0.3 * rng.rand(n)) / (steps - 1))[:, None]
    finer = 2
    for i in range((steps - 1) * finer):
        place = place + heading * stride / finer
        near = _nearest(place, face.body, 1)[:, 0]
        ground, up = face.body[near], face.body_normals[near]
        over = ((place - ground) * up).sum(1, keepdims=True)
        least = (
            style.height[:, None] * min(1, 0.25 + (i + 1) / (4 * finer)) * (0.6 + 0.4 * rng.rand(n, 1) / 3)
        )
        place = place + up * np.clip(least - over, 0, 0.08)
        if style.clear is not None:
            # Kept out of the eyes: pushed aside, farther the lower it hangs.
            aside = 0.66 * step(8.0, 7.3, roots.canonical[:, 1] - (roots.points - place)[:, 1]) * style.clear
            short = np.clip(aside - np.abs(place[:, 0]), 0, 0.12)
            place = place + np.stack(
                [short * np.where(style.comb[:, 0] < 0, -1, 1), 0 * short, -0.5 * short], 1
            )
        touching = np.clip(1.6 - over / (least + 0.02), 0, 1)
        comb = style.comb - up * (style.comb * up).sum(1, keepdims=True)
        free = 1 - touching
        heading = heading * 0.8 + unit(comb) * 0.25 * touching + _DOWN * style.fall * (0.25 + 0.5 * free)
        heading = heading - up * np.minimum((heading * up).sum(1, keepdims=True), 0) * touching
        heading = heading - up * 0.12 * np.clip(over / (2 * least + 0.01) - 1, 0, 1) * (style.fall > 0)
        # Layers are cut so that the ends turn in to the neck.
        inwards = -unit(place * (1, 0, 1) - middle * (1, 0, 1)) * (style.fall > 0.5)
        heading = heading + 0.13 * free * inwards
        heading = unit(heading + 0.05 * style.stray * rng.randn(n, 3))
        if i % finer == finer - 1:
            lines.append(place)
    return _cut(np.stack(lines, 1), style.cut)


def _gathered(face: Face, roots: _Roots, style: _Style, steps: int) -> np.ndarray:
    """Guides (n, steps, 3) that run over the skull to the style's knot, as on a globe by the shortest way."""
    middle = np.array((0, roots.points[:, 1].mean() - 0.1, roots.points[:, 2].mean() + 0.1))
    start, end = roots.points - 0.01 * roots.normals - middle, style.knot - middle
    near, far = np.linalg.norm(start, axis=1), np.linalg.norm(end)
    turn = np.arccos(np.clip(start @ end / (near * far), -1, 1))[:, None]
    t = np.linspace(0, 1, steps)
    a, b = np.sin((1 - t) * turn) / np.sin(turn), np.sin(t * turn) / np.sin(turn)
    way = a[..., None] * (start / near[:, None])[:, None] + b[..., None] * (end / far)
    radius = near[:, None] * (1 - t) + far * t + style.height[:, None] * np.sin(np.pi * t) ** 0.7
    lines = middle + way * radius[..., None]
    for i in range(steps):
        near = _nearest(lines[:, i], face.body, 1)[:, 0]
        up = face.body_normals[near]
        over = ((lines[:, i] - face.body[near]) * up).sum(1, keepdims=True)
        least = style.height[:, None] * np.sin(np.pi * t[i]) ** 0.5 + 0.01
        lines[:, i] += up * np.clip(least - over, 0, None) * min(1, 4 * t[i])
    return lines


def _cut(lines: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Each line ended where it falls below *lowest*, and set out in even steps again."""
    n, k, _ = lines.shape
    below = (lines[:, :, 1] < lowest[:, None]) & (np.arange(k) > 1)
    last = np.where(below.any(1), below.argmax(1), k - 1).astype(float)
    inside, outside = (last - 1).astype(int), last.astype(int)
    rows = np.arange(n)
    y0, y1 = lines[rows, inside, 1], lines[rows, outside, 1]
    part = np.where(below.any(1), np.clip((y0 - lowest) / np.maximum(y0 - y1, 1e-6), 0, 1), 1)
    place = np.linspace(0, 1, k)[None] * (inside + part)[:, None]
    low = np.minimum(place.astype(int), k - 2)
    share = (place - low)[:, :, None]
    return lines[rows[:, None], low] * (1 - share) + lines[rows[:, None], low + 1] * share


def _follow(
    guides: _Roots, lines: np.ndarray, roots: _Roots, style: _Style, rng: np.random.RandomState
) -> np.ndarray:
    """Strands (n, k, 3): each the mean of three guides that go the same way, drawn together towards the tips."""
    n, k = len(roots.points), lines.shape[1]
    near = _nearest(roots.points, guides.points, 3)
    shape = lines - lines[:, :1]
    weight = 1 / (np.linalg.norm(guides.points[near] - roots.points[:, None], axis=2) + 0.01)
    # Guides that fall to the other side of the parting do not count.
    apart = np.linalg.norm(lines[near, -1] - lines[near[:, :1], -1], axis=2)
    weight *= step(0.7, 0.35, apart)
    weight /= weight.sum(1, keepdims=True)
    t = np.linspace(0, 1, k)[None, :, None]
    strands = roots.points[:, None] - 0.01 * roots.normals[:, None] * (1 - t)
    strands = strands + (shape[near] * weight[:, :, None, None]).sum(1) * (0.93 + 0.12 * rng.rand(n, 1, 1))
    pull = style.lock * t**1.2
    strands = strands * (1 - pull) + (lines[near[:, 0]] + 0.012 * rng.randn(n, 1, 3)) * pull
    if style.curl:
        turn = 2 * np.pi * (rng.rand(len(lines))[near[:, 0]][:, None] + np.linspace(0, 2.2, k)[None])
        wave = np.stack([np.cos(turn), 0.5 * np.sin(turn), np.sin(turn)], -1)
        strands = strands + style.curl * wave * np.minimum(1, 4 * t)
    loose = np.where(rng.rand(n) < 0.04, 0.06, 0.015)[:, None, None]
    return strands + style.stray * t**1.5 * loose * 2 * rng.randn(n, 1, 3) + 0.004 * t * rng.randn(n, k, 3)


def _with_bun(bun: np.ndarray, points, roots: _Roots, grey, melanin, kept, look, rng: np.random.RandomState):
    """The gathered hair wound into a knot: loops round its middle, added to the strands."""
    middle = bun - np.array((0, 0, 0.1))
    count, k = 4_000, points.shape[1]
    tilt, start = rng.uniform(-1.1, 1.1, count), rng.uniform(0, 2 * np.pi, count)
    turn = start[:, None] + np.linspace(0, 2.6, k)[None] * (0.8 + 0.4 * rng.rand(count, 1))
    out = 0.3 * np.cos(tilt)[:, None] * (1 + 0.04 * rng.randn(count, 1)) * (1 + 0.05 * np.sin(3 * turn))
    deep = 0.2 * np.sin(tilt)[:, None] + 0.03 * np.sin(2 * turn + 7 * tilt[:, None])
    loops = middle + np.stack([out * np.cos(turn), out * np.sin(turn), deep - 0.02 * np.cos(turn)], -1)
    again = rng.randint(len(points), size=count)
    return (
        np.concatenate([points, loops]),
        roots.only(np.r_[np.arange(len(points)), again]),
        np.r_[grey, _greys(roots.canonical[again], look.hair.grey, rng)],
        np.r_[melanin, look.hair.melanin * (0.85 + 0.3 * rng.rand(count))],
        np.r_[kept, np.ones(count, bool)],
    )


# ---- the face's own hair


def grow_brows(face: Face, look, age: float, strands: int = 850) -> Strands:
    """Both brows."""
    rng, c, old = np.random.RandomState(look.seed + 1), face.canonical, years(age)
    density = np.zeros(len(c))
    near = np.flatnonzero((np.abs(c[:, 1] - 7.45) < 0.2) & (c[:, 2] > 0.3))
    for side in (-1, 1):
        distance, part = along(c[near, :2], brow(side, look.brow_arch))
        width = 0.04 * step(-0.02, 0.12, part) * (1 - 0.62 * part) + 1e-3
        here = bump(distance, width) * step(0, 0.05, part) * (1 - 0.35 * part)
        density[near] = np.maximum(density[near], here)
    n = int(strands * look.brow_weight)
    roots = _roots(face, density, n, rng)
    side = np.sign(roots.canonical[:, 0])
    part = np.where(
        side > 0,
        along(roots.canonical[:, :2], brow(1, look.brow_arch))[1],
        along(roots.canonical[:, :2], brow(-1, look.brow_arch))[1],
    )
    rise = np.interp(part, (0, 0.3, 0.6, 1), (1.3, 0.55, 0.1, -0.45))
    heading = side[:, None] * _LEFT - rise[:, None] * _DOWN + 0.13 * rng.randn(n, 3)
    heading = unit(heading - roots.normals * (heading * roots.normals).sum(1, keepdims=True))
    length = (0.072 + 0.02 * rng.rand(n)) * (1 - 0.3 * part) * (1 + 0.25 * old)
    grey = (rng.rand(n) < 0.7 * look.hair.grey).astype(float)
    points = _bend(roots, unit(heading + roots.normals * 0.22), length, -0.14, 0.1 * side[:, None] * _LEFT, 5)
    # Dark hair has dark brows, and light hair has darker ones.
    melanin = np.full(n, 0.25 + 0.75 * look.hair.melanin)
    return Strands(points, RADIUS * np.linspace(1, 0.25, 5), grey, melanin, roots.triangle)


def grow_beard(face: Face, look, age: float, strands: int = 14_000) -> Strands:
    """Beard, or the day's growth of a man who shaves."""
    rng, old = np.random.RandomState(look.seed + 2), years(age)
    long = max(look.beard, 0.6 if look.stubble else 0.0) * 0.01
    density = beard_area(face.canonical) * (1 - np.clip(2 * face.lips, 0, 1)) * (1 - face.ear)
    roots = _roots(face, density * (0.65 + 0.35 * texture(face.canonical, 7, 2, 50)), strands, rng)
    kept = rng.rand(strands) < (1 if look.beard else look.stubble)
    heading = unit(0.6 * roots.normals + 0.8 * _DOWN + 0.28 * rng.randn(strands, 3))
    length = long * (0.6 + 0.7 * rng.rand(strands))
    points = _bend(roots, heading, length, -0.05, 0.2 * _DOWN, 4)
    grey = (
        rng.rand(strands) < np.clip(look.hair.grey * (0.8 + 0.35 * bump(roots.canonical[:, 0], 0.2)), 0, 0.95)
    ) * 1.0
    melanin = np.full(strands, look.hair.melanin) * (0.7 + 0.3 * old)
    thickness = RADIUS * np.linspace(1, 0.4, 4)
    return Strands(points[kept], thickness, grey[kept], melanin[kept], roots.triangle[kept])


def _bend(
    roots: _Roots, heading: np.ndarray, length: np.ndarray, back: float, drift: np.ndarray, steps: int
) -> np.ndarray:
    """Short strands (n, steps, 3) that leave the skin and lie back down."""
    place = roots.points - 0.004 * roots.normals
    points = [place]
    for _ in range(steps - 1):
        place = place + heading * (length / (steps - 1))[:, None]
        points.append(place)
        heading = unit(heading + back * roots.normals + drift)
    return np.stack(points, 1)


def grow_lashes(
    face: Face, rims: dict[str, np.ndarray], eyes: list[tuple[np.ndarray, float]], look
) -> Strands:
    """Lashes along the rims of the lids.

    rims: vertices of the face from the inner to the outer corner: "upper l", "lower l", "upper r", "lower r".
    eyes: centre and radius of the left and the right eyeball.
    """
    rng, all_points, roots = np.random.RandomState(look.seed + 4), [], []
    of_vertex = np.zeros(len(face.points), int)
    of_vertex[face.triangles.ravel()] = np.repeat(np.arange(len(face.triangles)), 3)
    for name, rim in rims.items():
        lid, sign = name.split()
        centre, radius = eyes[0 if sign == "l" else 1]
        up = 1.0 if lid == "upper" else -1.0
        count = int((170 if lid == "upper" else 75) * min(1.2, look.lashes))
        place = rng.rand(count) * (len(rim) - 1.001)
        low, share = place.astype(int), (place % 1)[:, None]
        line = face.points[rim]
        root = line[low] * (1 - share) + line[low + 1] * share
        out = unit(root - centre)
        aside = ((root - centre) @ _LEFT / radius)[:, None] * _LEFT
        heading = unit(
            0.9 * out + 0.35 * _FRONT + 0.45 * aside + 0.1 * up * _DOWN + 0.1 * rng.randn(count, 3)
        )
        length = (0.062 if lid == "upper" else 0.034) * look.lashes * (0.65 + 0.5 * rng.rand(count))
        points, at = [root], root
        for _ in range(5):
            heading = unit(heading - up * (0.24 if up > 0 else 0.12) * _DOWN)
            at = at + heading * (length / 5)[:, None]
            points.append(at)
        all_points.append(np.stack(points, 1))
        roots.append(face.triangles[of_vertex[rim[low]]])
    points = np.concatenate(all_points)
    n = len(points)
    return Strands(
        points, RADIUS * 1.2 * np.linspace(1, 0.15, 6), np.zeros(n), np.ones(n), np.concatenate(roots)
    )
