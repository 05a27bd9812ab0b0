"""Night city (밤 도시): a skyline across the river, its lights in the water, and a walk to stand on.

By day and at dusk it is the same view before the lights come on.
"""

from dataclasses import dataclass

import numpy as np
import skia

from hallyu.webtoon.backgrounds.stage import Layer, Stage, blob, colour, fade, mix, noise, ramp


@dataclass(frozen=True)
class Palette:
    """The inks of one time of day."""

    sky: int
    sky_mid: int
    sky_low: int
    far: int
    near: int
    water: int
    walk: int
    line: int
    lit: float
    """Share of windows with a light on, 0 to 1."""


def _palette(codes: str, lit: float) -> Palette:
    return Palette(*(colour(code) for code in codes.split()), lit)


PALETTES = {
    "day": _palette("#6fa3dc #aecdea #e9f1f4 #b5c7da #64788f #7fa6c9 #a9b2bd #29344a", 0.06),
    "dusk": _palette("#3f3f86 #b0689a #ffb27a #8e6aa6 #3a2b58 #5a4a86 #4d4166 #1d1732", 0.42),
    "night": _palette("#070b22 #16245a #4a4f94 #2b3a78 #0c1434 #0d1738 #1d2545 #050816", 0.55),
}
LIGHTS = [colour(c) for c in ("#ffd68a", "#ffe9be", "#ffb869", "#cfe4ff", "#ffdca0")]
NEON = [colour(c) for c in ("#ff6f91", "#5ad1ff", "#ffc24d", "#9d7bff", "#5effc3")]


def paint(stage: Stage, snow: bool = False) -> None:
    """Paint the city; *snow* falls over the river and lies on the railing."""
    pal = PALETTES[stage.time]
    a = stage.aspect
    share = {"wide": 0.56, "behind": 0.6, "low": 0.74, "high": 0.34}[stage.framing]
    bank = share * a
    walk = (
        a
        - {"wide": 0.17, "behind": -0.05, "low": 0.1, "high": 0.2}[stage.framing] * max(1.0, a / 1.25) ** 0.5
    )
    scale = (1.3 if stage.simple else 1.0) * max(0.75, a / 1.25) ** 0.6
    _sky(stage, pal, bank)
    _skyline(stage, pal, bank, scale)
    _bridge(stage, pal, bank, scale)
    _water(stage, pal, bank, walk)
    if not stage.simple:
        _riverside(stage, pal, walk, snow)
        _frame(stage, pal)
    _bokeh(stage, pal, walk)
    if snow:
        stage.falling_snow(360, mix(colour("#e6efff"), pal.sky_low, 0.15))
    stage.vignette(pal.line, 0.22 + 0.3 * pal.lit)


def _sky(stage: Stage, pal: Palette, bank: float) -> None:
    far, rng = stage.far, stage.rng
    far.wash(-0.01, bank + 0.02, [pal.sky, pal.sky_mid, pal.sky_low], [0, 0.62, 1])
    if stage.time == "night":
        for x, y, r in rng.uniform(0, 1, (110, 3)).tolist():
            far.dot(x, y * bank * 0.75, 0.0006 + 0.0014 * r**5, fade(colour("#e8f0ff"), 0.25 + 0.6 * r))
        mx, my = 0.78, bank * 0.24
        far.glow(mx, my, 0.3, fade(colour("#b9ccff"), 0.5), add=True)
        far.dot(mx, my, 0.028, colour("#f6f3e4"), blur=0.002)
        far.dot(mx + 0.006, my + 0.004, 0.012, fade(colour("#c9cfe6"), 0.5), blur=0.004)
    elif stage.time == "dusk":
        far.glow(0.64, bank, 0.65, fade(colour("#ffe0a0"), 0.85), ry=0.36, add=True)
    for _ in range(9):  # long thin clouds
        x, y, w = rng.uniform(-0.1, 1.0), bank * rng.uniform(0.18, 0.8), rng.uniform(0.2, 0.5)
        far.fill(
            blob(rng, x, y, w, w * rng.uniform(0.03, 0.07), 0.4, 30),
            fade(mix(pal.sky_low, colour("#ffffff"), 0.25 * (1 - pal.lit)), 0.09 + 0.3 * (1 - pal.lit) ** 3),
            blur=0.01,
            curved=True,
        )


def _skyline(stage: Stage, pal: Palette, bank: float, scale: float) -> None:
    """Hills with a tower, then three rows of buildings, each darker, lower in haze and richer in lights."""
    far, rng = stage.far, stage.rng
    xs = np.linspace(-0.02, 1.02, 70)
    hill = bank - scale * (
        0.05
        + 0.115 * np.exp(-(((xs - 0.3) / 0.23) ** 2))
        + 0.09 * np.exp(-(((xs - 0.82) / 0.2) ** 2))
        + 0.022 * noise(rng, 70, 4, 4)
    )
    far.fill(
        np.concatenate([np.stack([xs, hill], 1), [(1.02, bank + 0.01), (-0.02, bank + 0.01)]]),
        ramp(
            (0, bank - 0.2 * scale),
            (0, bank),
            [mix(pal.far, pal.sky_mid, 0.35), mix(pal.far, pal.sky_low, 0.6)],
        ),
    )
    _tower(far, pal, 0.3, bank - 0.158 * scale, 0.17 * scale)
    for depth, (count, low, high) in enumerate(((30, 0.08, 0.24), (22, 0.1, 0.34), (22, 0.03, 0.2))):
        ink = mix(mix(pal.far, pal.sky_low, 0.3), pal.near, (0.05, 0.45, 0.9)[depth])
        for k in range(count):
            w = rng.uniform(0.7, 1.5) / count * scale**0.5
            x = (k + rng.uniform(0.1, 0.9)) / count - w / 2
            # Two clusters of towers with a saddle between them: the skyline has a shape, not a fringe.
            swell = (
                0.45 + 0.75 * np.exp(-(((x - 0.66) / 0.16) ** 2)) + 0.3 * np.exp(-(((x - 0.08) / 0.12) ** 2))
            )
            tall = scale * rng.uniform(low, high) * swell
            _building(far, rng, pal, x, w, bank, tall, ink, depth)
        far.wash(
            bank - 0.16 * scale, bank + 0.004, [fade(pal.sky_low, 0), fade(pal.sky_low, 0.34 - 0.1 * depth)]
        )
    for x, y in zip(
        xs.tolist(), (noise(rng, 70, 4, 8) * 0.01).tolist(), strict=True
    ):  # trees along the far bank
        far.dot(x, bank, 0.013, mix(pal.near, pal.line, 0.4), ry=0.011 + abs(y))


def _tower(layer: Layer, pal: Palette, x: float, foot: float, tall: float) -> None:
    """A broadcasting tower on the hill."""
    ink = mix(pal.far, pal.near, 0.55)
    layer.tapered([(x, foot + 0.01), (x, foot - tall * 0.62)], tall * 0.075, tall * 0.05, ink)
    layer.fill(
        [
            (x - tall * 0.05, foot - tall * 0.46),
            (x + tall * 0.05, foot - tall * 0.46),
            (x + tall * 0.1, foot - tall * 0.56),
            (x + tall * 0.085, foot - tall * 0.64),
            (x - tall * 0.085, foot - tall * 0.64),
            (x - tall * 0.1, foot - tall * 0.56),
        ],
        ink,
    )
    layer.tapered([(x, foot - tall * 0.6), (x, foot - tall)], tall * 0.035, tall * 0.008, ink)
    if pal.lit > 0.2:
        glow = colour("#7fd4ff")
        layer.glow(x, foot - tall * 0.55, tall * 0.6, fade(glow, 0.65), add=True)
        layer.rect(
            x - tall * 0.085, foot - tall * 0.57, x + tall * 0.085, foot - tall * 0.545, colour("#eafaff")
        )
        layer.tapered([(x, foot), (x, foot - tall * 0.46)], tall * 0.03, tall * 0.03, fade(glow, 0.55))
        layer.dot(x, foot - tall, 0.003, colour("#ff6a6a"), blur=0.0008)


def _building(
    layer: Layer,
    rng: np.random.Generator,
    pal: Palette,
    x: float,
    w: float,
    bank: float,
    tall: float,
    ink: int,
    depth: int,
) -> None:
    top = bank - tall
    layer.rect(
        x,
        top,
        x + w,
        bank + 0.004,
        ramp((x, 0), (x + w, 0), [mix(ink, pal.line, 0.25), ink, mix(ink, pal.sky_low, 0.22)]),
    )
    roof = rng.random()
    if roof < 0.3:
        layer.rect(x + w * 0.2, top - 0.012, x + w * 0.65, top + 0.002, ink)
    elif roof < 0.45 and tall > 0.12:
        layer.tapered([(x + w / 2, top), (x + w / 2, top - tall * 0.22)], w * 0.1, w * 0.02, ink)
        if pal.lit > 0.2:
            layer.dot(x + w / 2, top - tall * 0.22, 0.0026, colour("#ff5a5a"), blur=0.0007)
    elif roof < 0.6:
        layer.fill([(x, top + 0.002), (x + w * 0.75, top - w * 0.3), (x + w, top + 0.002)], ink)
    size = 0.0042 + 0.0016 * depth
    columns, rows = max(int(w / size / 1.7), 2), max(int(tall / size / 1.9), 1)
    on = rng.random((rows, columns)) < pal.lit * (0.55 + 0.25 * depth) * rng.uniform(0.4, 1.5)
    which = rng.integers(0, len(LIGHTS), (rows, columns))
    strong = rng.uniform(0.45, 1.0)
    pitch_x, pitch_y = w / columns, tall / rows
    for tone in range(len(LIGHTS)):
        lit = skia.PathBuilder()
        for row, column in np.argwhere(on & (which == tone)).tolist():
            x0, y0 = x + (column + 0.24) * pitch_x, top + (row + 0.3) * pitch_y
            lit.addRect(skia.Rect.MakeXYWH(x0, y0, pitch_x * 0.55, pitch_y * 0.48))
        layer.fill(lit.detach(), fade(LIGHTS[tone], strong * (0.5 + 0.22 * depth)))
    if pal.lit <= 0.2:  # by day the glass shows as faint bands
        for row in range(rows):
            layer.rect(
                x + w * 0.1,
                top + (row + 0.3) * pitch_y,
                x + w * 0.9,
                top + (row + 0.65) * pitch_y,
                fade(mix(ink, pal.sky, 0.5), 0.45),
            )
    elif depth == 2 and rng.random() < 0.4:
        neon = NEON[int(rng.integers(len(NEON)))]
        ny = top + tall * 0.08
        layer.glow(x + w / 2, ny, w, fade(neon, 0.5), add=True)
        layer.rect(
            x + w * 0.12, ny, x + w * 0.88, ny + 0.0035, mix(neon, colour("#ffffff"), 0.35), radius=0.001
        )


def _bridge(stage: Stage, pal: Palette, bank: float, scale: float) -> None:
    """A bridge that comes in from the right and runs to the far bank, its lamps strung like beads."""
    layer = stage.far
    t = np.linspace(0, 1, 40)
    xs = 1.04 - 0.7 * t
    deck = bank + 0.035 * scale * (1 - t) ** 1.5 - 0.018 * scale
    thick = 0.004 + 0.012 * scale * (1 - t) ** 1.4
    ink = mix(pal.near, pal.line, 0.35)
    for k in range(0, 38, 4):
        layer.rect(
            xs[k] - thick[k] * 0.5,
            deck[k],
            xs[k] + thick[k] * 0.5,
            bank + 0.03 * scale * (1 - t[k]) + 0.006,
            ink,
        )
        rise = 0.055 * scale * (1 - t[k]) ** 1.1
        arch = [
            (
                xs[k] + (xs[min(k + 4, 39)] - xs[k]) * s,
                deck[k] + (deck[min(k + 4, 39)] - deck[k]) * s - rise * np.sin(np.pi * s),
            )
            for s in np.linspace(0, 1, 9)
        ]
        layer.stroke(arch, thick[k] * 0.32, mix(ink, pal.sky_low, 0.15))
    line = np.stack([xs, deck], 1)
    layer.fill(np.concatenate([line, (line + np.stack([0 * thick, thick], 1))[::-1]]), ink)
    if pal.lit > 0.2:
        under = line + np.stack([0 * thick, thick * 1.1], 1)
        layer.stroke(under, 0.003, fade(colour("#6fc7ff"), 0.7), blur=0.0012)
        for k in range(0, 40, 2):
            r = 0.0016 + 0.0035 * (1 - t[k])
            layer.glow(xs[k], deck[k] - r * 2, r * 7, fade(LIGHTS[0], 0.6), add=True)
            layer.dot(xs[k], deck[k] - r * 2, r, colour("#fff3d0"))


def _water(stage: Stage, pal: Palette, bank: float, walk: float) -> None:
    """The river: what stands above the bank, turned over, stretched, blurred and broken by ripples."""
    far, rng, a = stage.far, stage.rng, stage.aspect
    far.wash(
        bank,
        a + 0.01,
        [mix(pal.water, pal.sky_low, 0.45), pal.water, mix(pal.water, pal.line, 0.4)],
        [0, 0.35, 1],
    )
    size = far.surface.width()
    high = min(bank, 0.5)
    source = far.surface.makeImageSnapshot(
        skia.IRect.MakeLTRB(0, round((bank - high) * size), size, round(bank * size))
    )
    canvas = far.canvas
    canvas.save()
    canvas.resetMatrix()
    canvas.translate(0, bank * size)
    canvas.scale(1, -1.15)
    canvas.translate(0, -source.height())
    mirror = skia.Paint(Alpha=184)
    mirror.setImageFilter(skia.ImageFilters.Blur(0.0022 * size, 0.011 * size, skia.TileMode.kClamp))
    canvas.clipRect(skia.Rect.MakeWH(size, source.height()))
    canvas.drawImage(source, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear), mirror)
    canvas.restore()
    far.wash(bank, a + 0.01, [fade(pal.water, 0), fade(mix(pal.water, pal.line, 0.3), 0.75)], [0, 1])
    far.wash(bank - 0.002, bank + 0.012, [fade(pal.line, 0.5), fade(pal.line, 0)])
    if pal.lit > 0.2:  # long streaks under the strongest lights
        for _ in range(64):
            x = float(np.clip(rng.choice([rng.normal(0.66, 0.13), rng.uniform(0, 1)]), 0, 1))
            long = rng.uniform(0.06, 0.34) * max(a - bank, 0.2)
            ink = LIGHTS[int(rng.integers(5))] if rng.random() < 0.72 else NEON[int(rng.integers(5))]
            w = rng.uniform(0.002, 0.008)
            far.rect(
                x - w,
                bank + 0.004,
                x + w,
                bank + long,
                ramp((0, bank), (0, bank + long), [fade(ink, 0.62), fade(ink, 0.3), fade(ink, 0)]),
                blur=0.0026,
            )
    depth = np.sort(rng.uniform(0, 1, 150)) ** 1.6
    for d in depth.tolist():  # ripples lengthen towards the reader
        y = bank + 0.006 + d * (a - bank)
        x, long = rng.uniform(-0.1, 1.05), 0.02 + 0.16 * d * rng.uniform(0.4, 1.3)
        thick = 0.0008 + 0.0036 * d
        bright = rng.random() < 0.5
        ink = mix(pal.sky_low, LIGHTS[1], 0.4 * pal.lit) if bright else mix(pal.water, pal.line, 0.6)
        far.tapered(
            [(x, y), (x + long / 2, y - thick), (x + long, y)],
            thick,
            thick * 0.4,
            fade(ink, (0.3 if bright else 0.5) * (1 - 0.5 * d)),
        )


def _riverside(stage: Stage, pal: Palette, walk: float, snow: bool) -> None:
    """The walk by the river: paving, a railing, a lamp that lights it, a bench."""
    layer, rng, a = stage.middle, stage.rng, stage.aspect
    pave = mix(pal.walk, mix(colour("#e8eefb"), pal.sky_low, 0.45), 0.6) if snow else pal.walk
    layer.rect(
        -0.01,
        walk,
        1.01,
        a + 0.01,
        ramp((0, walk), (0, a), [mix(pave, pal.sky_low, 0.18), mix(pave, pal.line, 0.35)]),
    )
    for k in range(-7, 12):
        layer.stroke(
            [(0.5 + (k / 4 - 0.5) * 0.75, walk), (0.5 + (k / 4 - 0.5) * 1.7, a + 0.02)],
            0.0014,
            fade(pal.line, 0.28),
        )
    for k in (0.14, 0.36, 0.68):
        y = walk + (a - walk) * k
        layer.stroke([(-0.01, y), (1.01, y)], 0.0014, fade(pal.line, 0.25))
    layer.wash(walk - 0.006, walk + 0.004, [mix(pave, pal.sky_low, 0.3), mix(pave, pal.line, 0.5)])
    rail = mix(pal.line, pal.near, 0.35)
    top = walk - 0.105
    for k in range(9):
        x = 0.02 + k * 0.12
        layer.rect(
            x - 0.0045,
            top,
            x + 0.0045,
            walk + 0.006,
            ramp((x - 0.0045, 0), (x + 0.0045, 0), [rail, mix(rail, pal.sky_low, 0.35)]),
        )
    for y, thick in ((top, 0.009), (top + 0.035, 0.004), (top + 0.065, 0.004)):
        layer.rect(
            -0.01,
            y - thick / 2,
            1.01,
            y + thick / 2,
            ramp((0, y - thick / 2), (0, y + thick / 2), [mix(rail, pal.sky_low, 0.5), rail]),
        )
    if snow:
        xs = np.linspace(-0.01, 1.01, 90)
        crest = top - 0.004 - 0.006 * np.abs(noise(rng, 90, 3, 14))
        layer.fill(
            np.concatenate([np.stack([xs, crest], 1), [(1.01, top), (-0.01, top)]]),
            mix(colour("#eef4ff"), pal.sky_mid, 0.25),
        )
    x, head = 0.84, top - 0.36
    warm = colour("#ffdc9a")
    layer.tapered([(x, walk + 0.012), (x, head)], 0.012, 0.007, rail)
    layer.stroke([(x, head), (x - 0.015, head - 0.022), (x - 0.055, head - 0.026)], 0.006, rail)
    layer.fill(
        [
            (x - 0.08, head - 0.02),
            (x - 0.066, head - 0.034),
            (x - 0.04, head - 0.034),
            (x - 0.03, head - 0.02),
        ],
        rail,
    )
    if pal.lit > 0.2:
        layer.dot(x - 0.055, head - 0.018, 0.018, colour("#fff6dc"), ry=0.006)
        layer.glow(x - 0.055, head - 0.015, 0.27, fade(warm, 0.62), add=True)
        layer.fill(
            [
                (x - 0.07, head - 0.014),
                (x - 0.04, head - 0.014),
                (x + 0.1, walk + 0.05),
                (x - 0.21, walk + 0.05),
            ],
            ramp((0, head), (0, walk + 0.05), [fade(warm, 0.26), fade(warm, 0)]),
            blur=0.012,
        )
        layer.glow(x - 0.055, walk + 0.055, 0.34, fade(warm, 0.5), ry=0.07)
    bx, by = 0.1, walk + 0.035
    seat = mix(colour("#7a5642"), pal.line, 0.35 + 0.3 * pal.lit)
    for k in (0.01, 0.17):
        layer.rect(bx + k, by - 0.035, bx + k + 0.008, by + 0.014, rail)
    for y in (-0.075, -0.058, -0.036):
        layer.rect(bx - 0.012, by + y, bx + 0.2, by + y + 0.012, mix(seat, warm, 0.12), radius=0.002)
    if snow:
        layer.fill(
            blob(rng, bx + 0.094, by - 0.037, 0.105, 0.007, 0.15),
            mix(colour("#eef4ff"), pal.sky_mid, 0.3),
            curved=True,
        )


def _frame(stage: Stage, pal: Palette) -> None:
    """Bare twigs of a riverside tree at the top left, close and dark."""
    layer, rng = stage.near, stage.rng
    ink = mix(pal.line, pal.near, 0.25)

    def twig(x: float, y: float, turn: float, long: float, thick: float, depth: int) -> None:
        bend = turn + rng.normal(0, 0.2)
        mid = (x + np.cos(turn) * long / 2, y + np.sin(turn) * long / 2)
        tip = (mid[0] + np.cos(bend) * long / 2, mid[1] + np.sin(bend) * long / 2)
        layer.tapered([(x, y), mid, tip], thick, thick * 0.45, ink)
        if depth:
            for at, spread in ((mid, -0.6), (tip, 0.45), (tip, -0.35)):
                twig(
                    *at,
                    turn + spread * rng.uniform(0.6, 1.3) + 0.06,
                    long * rng.uniform(0.55, 0.75),
                    thick * 0.5,
                    depth - 1,
                )

    twig(-0.03, 0.05, 0.12, 0.17, 0.016, 4)
    twig(-0.03, 0.2, 0.3, 0.1, 0.01, 3)


def _bokeh(stage: Stage, pal: Palette, walk: float) -> None:
    """Lights out of focus in front of the lens, low at the sides."""
    rng = stage.rng
    for _ in range(round(26 * (0.3 + pal.lit)) if pal.lit > 0.2 else 0):
        x = float(rng.choice([rng.uniform(-0.03, 0.3), rng.uniform(0.7, 1.03)]))
        y = stage.aspect * rng.uniform(0.55, 1.0)
        r = rng.uniform(0.01, 0.042)
        ink = (LIGHTS + NEON[:4])[int(rng.integers(9))]
        stage.weather.dot(x, y, r, fade(ink, rng.uniform(0.06, 0.2)), blur=r * 0.06)
        stage.weather.stroke(
            [(x + r * np.cos(t), y + r * np.sin(t)) for t in np.linspace(0, 6.28, 25)],
            r * 0.06,
            fade(ink, 0.2),
            blur=r * 0.04,
            closed=True,
        )
