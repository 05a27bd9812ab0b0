"""Trees under snow: trunks, bare branches, pine foliage, firs. Sizes are in unit space."""

import numpy as np

from hallyu.webtoon.backgrounds.stage import Camera, Layer, colour, fade, mix, noise, path, ramp


def mound(
    layer: Layer, rng: np.random.Generator, x: float, y: float, half: float, tall: float, lit: int
) -> None:
    """Snow banked up against a foot: a crest that melts into the ground below it."""
    t = np.linspace(-1, 1, 21)
    crest = y + tall * 0.25 - tall * np.cos(t * np.pi / 2) ** 1.3 * (0.8 + 0.3 * noise(rng, 21, 3))
    outline = np.concatenate(
        [np.stack([x + t * half, crest], 1), [(x + half, y + tall * 0.9), (x - half, y + tall * 0.9)]]
    )
    layer.fill(outline, ramp((0, y - tall * 0.3), (0, y + tall * 0.7), [lit, fade(lit, 0)]), blur=tall * 0.07)


def trunk(
    layer: Layer,
    rng: np.random.Generator,
    base: tuple[float, float],
    width: float,
    tall: float,
    lean: float,
    wood: int,
    rim: int,
    snow: int,
    taper: float = 0.62,
) -> np.ndarray:
    """A trunk from its foot up: uneven edges, bark, a warm rim towards the sun, snow on the other side."""
    n = 26
    t = np.linspace(0, 1, n)
    spine = np.stack(
        [base[0] + lean * t + noise(rng, n, 3) * min(width, 0.05) * 0.5 * t, base[1] - tall * t], 1
    )
    half = width / 2 * (1 - taper * t) * (1 + 0.75 * np.exp(-t * tall / width * 1.1))
    left = spine[:, 0] - half * (1 + 0.1 * noise(rng, n, 4, 8))
    right = spine[:, 0] + half * (1 + 0.1 * noise(rng, n, 4, 8))
    ys = spine[:, 1]
    outline = np.concatenate([np.stack([left, ys], 1), np.stack([right, ys], 1)[::-1]])
    dark = mix(wood, colour("#000010"), 0.14)
    layer.fill(
        outline,
        ramp(
            (base[0] - width / 2, 0),
            (base[0] + width / 2, 0),
            [mix(wood, snow, 0.18), dark, wood, rim],
            [0, 0.3, 0.82, 1],
        ),
    )
    if width > 0.018:
        for _ in range(int(26 * min(width / 0.03, 2.2))):
            k = rng.uniform(0.01, 0.8)
            row = int(k * (n - 2))
            x = left[row] + (right[row] - left[row]) * rng.uniform(0.08, 0.92)
            y = ys[0] - tall * k
            long = width * rng.uniform(0.15, 0.6)
            layer.stroke(
                [(x, y), (x + rng.normal(0, width * 0.04), y - long)],
                width * rng.uniform(0.02, 0.05),
                fade(mix(dark, snow, 0.42 if rng.random() < 0.35 else 0), 0.55),
            )
    drift = np.clip(noise(rng, n, 4, 7) * 0.5 + 0.12, 0, 0.45)
    layer.fill(
        np.concatenate(
            [np.stack([left - width * 0.015, ys], 1), np.stack([left + (right - left) * drift, ys], 1)[::-1]]
        ),
        fade(snow, 0.85),
    )
    return spine


def pad(
    layer: Layer,
    rng: np.random.Generator,
    x: float,
    y: float,
    w: float,
    h: float,
    needle: int,
    lit: int,
    shade: int,
) -> None:
    """Pine foliage, *w* wide and *h* high: a few overlapping cushions of needles with snow lying on each."""
    for dx, dy, size in ((-0.24, 0.1, 0.56), (0.26, 0.16, 0.5), (0.02, -0.12, 0.66)):
        cushion(
            layer,
            rng,
            x + w * (dx + rng.uniform(-0.08, 0.08)),
            y + h * (dy + rng.uniform(-0.1, 0.1)),
            w * size * rng.uniform(0.85, 1.2),
            h * rng.uniform(0.55, 0.8),
            needle,
            lit,
            shade,
        )


def cushion(
    layer: Layer,
    rng: np.random.Generator,
    x: float,
    y: float,
    w: float,
    h: float,
    needle: int,
    lit: int,
    shade: int,
) -> None:
    """One cushion of needles with a ragged underside and lumps of snow on top."""
    n = int(min(max(w * 420, 16), 64))
    t = np.linspace(0, np.pi, n)
    spike = 1 + np.where(np.arange(n) % 2, 0.1, -0.1) * rng.uniform(0.2, 2.2, n) + 0.16 * noise(rng, n, 3, 3)
    under = np.stack(
        [x + np.cos(t) * w / 2 * (0.97 + 0.06 * spike), y + np.sin(t) ** 0.75 * h * 0.6 * spike], 1
    )
    over = np.stack([x - np.cos(t[::2]) * w / 2, y - np.sin(t[::2]) * h * 0.4], 1)
    layer.fill(
        np.concatenate([under, over]), ramp((0, y), (0, y + h * 0.6), [mix(needle, shade, 0.22), needle])
    )
    m = 24
    s = np.linspace(0, 1, m)
    arch = np.sin(np.pi * s) ** 0.5
    lobes = np.abs(np.sin(s * np.pi * rng.uniform(1.6, 2.6) + rng.uniform(0, 3))) ** 0.8
    xs = x + (s - 0.5) * w * 1.03
    cap = np.stack([xs, y - h * arch * (0.48 + 0.24 * lobes)], 1)
    hem = np.stack([xs, y + h * (arch * (0.04 + 0.26 * noise(rng, m, 4, 4)) - 0.02)], 1)
    layer.fill(
        path(np.concatenate([cap, hem[::-1]]), curved=True),
        ramp((0, y - h * 0.7), (0, y + h * 0.25), [lit, mix(lit, shade, 0.15), shade], [0, 0.35, 1]),
    )


def fir(
    layer: Layer,
    rng: np.random.Generator,
    cam: Camera,
    x: float,
    z: float,
    tall: float,
    needle: int,
    lit: int,
    shade: int,
) -> None:
    """A young fir bowed under snow: tiers of drooping boughs, the lowest first."""
    bx, by = cam.at(x, 0, z)
    unit = cam.size(1, z)
    layer.tapered([(bx, by), (bx, by - unit * tall * 0.9)], unit * 0.14, unit * 0.03, needle)
    tiers = int(tall * 2.2)
    for tier in range(tiers):
        k = tier / tiers
        y = by - unit * tall * (0.06 + 0.94 * k)
        reach = unit * tall * 0.27 * (1 - k) ** 0.85 + unit * 0.06
        for side in (-1, 1, -0.45, 0.45):
            bough(
                layer,
                rng,
                (bx, y),
                (bx + side * reach * rng.uniform(0.8, 1.12), y + reach * rng.uniform(0.3, 0.5) + unit * 0.1),
                unit * tall * 0.085 * (1.1 - 0.7 * k),
                needle,
                lit,
                shade,
            )
    mound(layer, rng, bx, by, unit * tall * 0.26, unit * 0.14, mix(lit, shade, 0.3))


def bough(
    layer: Layer,
    rng: np.random.Generator,
    root: tuple[float, float],
    tip: tuple[float, float],
    thick: float,
    needle: int,
    lit: int,
    shade: int,
) -> None:
    """A drooping evergreen branch with a jagged fringe below and a thick lumpy load of snow on top."""
    n = 15 if thick > 0.008 else 9
    t = np.linspace(0, 1, n)
    spine = (
        np.asarray(root)
        + np.outer(t, np.subtract(tip, root))
        - np.outer(np.sin(np.pi * t), (0, thick * 0.55))
    )
    body = np.sin(np.pi * (0.14 + 0.82 * t)) ** 0.6
    fringe = np.where(np.arange(n) % 2, 1.15, 0.55) * rng.uniform(0.8, 1.2, n)
    y = spine[:, 1]
    low = np.stack([spine[:, 0], y + thick * body * 0.62 * fringe], 1)
    top = np.stack([spine[:, 0], y - thick * body * 0.2], 1)
    layer.fill(np.concatenate([top, low[::-1]]), needle)
    lobes = np.abs(np.sin(t * np.pi * rng.uniform(1.8, 3.0) + rng.uniform(0, 3))) ** 0.7
    cap = np.stack([spine[:, 0], y - thick * body * (0.25 + 0.34 * lobes)], 1)
    hem = np.stack([spine[:, 0], y + thick * body * (0.16 + 0.22 * noise(rng, n, 3, 4))], 1)
    layer.fill(
        path(np.concatenate([cap, hem[::-1]]), curved=True),
        ramp(
            (0, float(y.min()) - thick * 0.5),
            (0, float(y.max()) + thick * 0.3),
            [lit, mix(lit, shade, 0.25), shade],
            [0, 0.35, 1],
        ),
    )


def branch(
    layer: Layer,
    rng: np.random.Generator,
    at: np.ndarray,
    angle: float,
    length: float,
    width: float,
    wood: int,
    snow: int,
    depth: int,
) -> None:
    """A bare branch and its twigs, with snow along whatever lies nearly level."""
    n = 7
    turn = angle + noise(rng, n, 2) * 0.55 + (np.pi / 2 - angle) * np.linspace(0, 0.35, n)
    step = np.stack([np.cos(turn), -np.sin(turn)], 1) * length / n
    line = np.concatenate([[at], at + np.cumsum(step, 0)])
    layer.tapered(line, width, width * 0.35, wood)
    if width > 0.0016 and abs(np.cos(angle)) > 0.35:
        layer.tapered(line[1:-1] - (0, width * 0.42), width * 0.7, width * 0.25, fade(snow, 0.95))
    if depth > 1:
        for k in (3, 5, 7):
            branch(
                layer,
                rng,
                line[k],
                angle + rng.choice([-1, 1]) * rng.uniform(0.35, 0.8),
                length * 0.55,
                width * 0.5,
                wood,
                snow,
                depth - 1,
            )
