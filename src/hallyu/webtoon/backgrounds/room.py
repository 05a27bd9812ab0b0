"""Room (방): a Korean living room in winter, lit by a floor lamp, with snow outside the window.

The camera looks at a back wall four metres away, a little from the left, so that floorboards, rug and table
recede to a vanishing point off the middle. The window is on the light's side.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from hallyu.webtoon.backgrounds.stage import Camera, Layer, Stage, blob, colour, fade, mix, noise, path, ramp

BACK = 4.2
"""Distance of the back wall in metres."""
TALL = 2.6
"""Height of the ceiling in metres."""


@dataclass(frozen=True)
class Palette:
    """The inks of one time of day."""

    wall: int
    wall_low: int
    wood: int
    floor: int
    floor_far: int
    fabric: int
    sofa: int
    sky: int
    sky_low: int
    snow: int
    line: int
    lamp: float
    """How strongly the lamp lights the room, 0 to 1."""
    window: float
    """How strongly the window lights the room, 0 to 1."""


def _palette(codes: str, lamp: float, window: float) -> Palette:
    return Palette(*(colour(code) for code in codes.split()), lamp, window)


PALETTES = {
    "day": _palette(
        "#f3e6d3 #e2cbb0 #a9744c #d9a871 #e8c79a #f7efe2 #8fa48c #a9c8e6 #e6f0f8 #ffffff #5a3c30", 0.35, 0.9
    ),
    "dusk": _palette(
        "#e9c7a6 #c9987c #8a5638 #b97b4c #d09a68 #f0d3b6 #77846f #5d66a6 #ffb48c #dcc6e0 #42242a", 0.8, 0.55
    ),
    "night": _palette(
        "#b48a6c #84604f #5e3a2c #8a5a3a #9c6c48 #c8a58a #4f5c55 #101c44 #34528a #7f9cd0 #24141e", 1.0, 0.3
    ),
}
LAMP = colour("#ffcf87")
BOOKS = [
    colour(c)
    for c in ("#b5533c", "#2f5d62", "#d9a441", "#6b4e71", "#e8dcc4", "#3e5c76", "#8c9a5b", "#c97b63")
]


def paint(stage: Stage, snow: bool = True) -> None:
    """Paint the room; *snow* falls outside the window and lies on its sill."""
    pal = PALETTES[stage.time]
    cam = stage.camera(eye=1.3, wide=0.43, low=0.62, high=0.27, zoom=1.12)
    cam = Camera(cam.horizon, min(cam.eye, 2.2), cam.zoom, 0.45)
    _shell(stage, cam, pal)
    _window(stage, cam, pal, snow)
    _picture(stage, cam, pal)
    _fairy_lights(stage, cam, pal)
    _shelf(stage, cam, pal)
    _sofa(stage, cam, pal)
    _rug_and_table(stage, cam, pal)
    _lamp(stage, cam, pal)
    _light(stage, cam, pal)
    if not stage.simple:
        _frame(stage, pal)
    stage.vignette(mix(pal.line, colour("#140a1e"), 0.4), 0.22 + 0.3 * pal.lamp)


def _quad(cam: Camera, *corners: tuple[float, float, float]) -> list[tuple[float, float]]:
    return [cam.at(*corner) for corner in corners]


def _box(
    layer: Layer,
    cam: Camera,
    x0: float,
    x1: float,
    y0: float,
    y1: float,
    z0: float,
    z1: float,
    front: int,
    top: int,
    side: int,
) -> None:
    """A box in metres: its top and the side that the camera sees, then its front (z0 is nearer)."""
    layer.fill(_quad(cam, (x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)), top)
    if x0 > 0:
        layer.fill(_quad(cam, (x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)), side)
    if x1 < 0:
        layer.fill(_quad(cam, (x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)), side)
    layer.fill(_quad(cam, (x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)), front)


def _shell(stage: Stage, cam: Camera, pal: Palette) -> None:
    """Back wall, ceiling, side walls, and the ondol floor with its boards."""
    far, rng, a = stage.far, stage.rng, stage.aspect
    far.rect(-0.01, -0.01, 1.01, a + 0.01, pal.wall)
    left, right = -1.9, 2.3
    x0, floor = cam.at(left, 0, BACK)
    x1, roof = cam.at(right, TALL, BACK)
    far.rect(
        x0,
        roof,
        x1,
        floor,
        ramp(
            (x0, roof), (x1, floor), [mix(pal.wall, pal.wall_low, 0.25), pal.wall, pal.wall_low], [0, 0.45, 1]
        ),
    )
    near = 0.7
    far.fill(
        _quad(cam, (left, 0, near), (left, TALL, near), (left, TALL, BACK), (left, 0, BACK)),
        ramp((0, 0), (x0, 0), [mix(pal.wall_low, pal.line, 0.35), mix(pal.wall_low, pal.line, 0.08)]),
    )
    far.fill(
        _quad(cam, (right, 0, near), (right, TALL, near), (right, TALL, BACK), (right, 0, BACK)),
        ramp((1, 0), (x1, 0), [mix(pal.wall_low, pal.line, 0.3), mix(pal.wall, pal.wall_low, 0.7)]),
    )
    far.fill(
        _quad(cam, (left, TALL, near), (right, TALL, near), (right, TALL, BACK), (left, TALL, BACK)),
        ramp(
            (0, min(roof - 0.3, 0)),
            (0, roof),
            [mix(pal.wall, pal.line, 0.3), mix(pal.wall, colour("#ffffff"), 0.15)],
        ),
    )
    far.fill(
        _quad(cam, (left, 0, near), (right, 0, near), (right, 0, BACK), (left, 0, BACK)),
        ramp((0, floor), (0, a), [pal.floor_far, pal.floor, mix(pal.floor, pal.line, 0.25)], [0, 0.5, 1]),
    )
    for k, x in enumerate(np.arange(left, right, 0.16)):
        far.stroke(_quad(cam, (x, 0, near), (x, 0, BACK)), 0.0011, fade(mix(pal.floor, pal.line, 0.5), 0.45))
        if k % 2:
            far.fill(
                _quad(cam, (x, 0, near), (x + 0.16, 0, near), (x + 0.16, 0, BACK), (x, 0, BACK)),
                fade(pal.wood, rng.uniform(0.02, 0.12)),
            )
        for z in rng.uniform(1.2, BACK, 2):
            far.stroke(
                _quad(cam, (x, 0, z), (x + 0.16, 0, z)), 0.0011, fade(mix(pal.floor, pal.line, 0.5), 0.4)
            )
    beam = mix(pal.wood, pal.wall, 0.3)
    for x in (-1.2, 0.2, 1.6):  # wooden beams run along the ceiling
        far.fill(
            _quad(cam, (x, TALL, near), (x + 0.13, TALL, near), (x + 0.13, TALL, BACK), (x, TALL, BACK)),
            ramp((0, min(roof - 0.3, 0)), (0, roof), [mix(beam, pal.line, 0.2), beam]),
        )
    for y, high in ((0.0, 0.1), (TALL - 0.07, 0.07)):  # skirting and cornice
        for shape in (
            ((left, y, BACK), (right, y, BACK), (right, y + high, BACK), (left, y + high, BACK)),
            ((left, y, near), (left, y, BACK), (left, y + high, BACK), (left, y + high, near)),
            ((right, y, near), (right, y, BACK), (right, y + high, BACK), (right, y + high, near)),
        ):
            far.fill(_quad(cam, *shape), mix(pal.fabric, pal.wall_low, 0.45))
    far.rect(x0, floor - 0.015, x1, floor + 0.012, fade(pal.line, 0.3), blur=0.008)
    for x in (x0, x1):
        far.stroke([(x, roof), (x, floor)], 0.008, fade(pal.line, 0.16), blur=0.006)


WINDOW = (0.25, 1.6, 0.86, 2.12)
"""The window on the back wall: left, right, sill and top in metres."""


def _window(stage: Stage, cam: Camera, pal: Palette, snow: bool) -> None:
    layer, rng, z = stage.far, stage.rng, BACK
    left, right, sill, top = WINDOW
    x0, y1 = cam.at(left, sill, z)
    x1, y0 = cam.at(right, top, z)
    w, h = x1 - x0, y1 - y0
    layer.canvas.save()
    layer.canvas.clipPath(path([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), True)
    layer.rect(x0, y0, x1, y1, ramp((0, y0), (0, y1), [pal.sky, mix(pal.sky, pal.sky_low, 0.6), pal.sky_low]))
    ridge = np.linspace(x0 - 0.02, x1 + 0.02, 30)
    for level, tone in ((0.5, 0.35), (0.66, 0.6)):
        crest = y0 + h * level + noise(rng, 30, 3) * h * 0.1
        layer.fill(
            np.concatenate([np.stack([ridge, crest], 1), [(x1 + 0.02, y1), (x0 - 0.02, y1)]]),
            mix(pal.sky_low, mix(pal.sky, pal.line, 0.25), tone * 0.7),
            blur=0.002,
        )
    for _ in range(4):  # roofs of the neighbours, white with snow
        x, rw, ry = rng.uniform(x0, x1), w * rng.uniform(0.16, 0.3), y0 + h * rng.uniform(0.68, 0.82)
        body = mix(pal.sky, pal.line, 0.45)
        layer.rect(x - rw * 0.42, ry, x + rw * 0.42, y1, body)
        layer.fill(
            [
                (x - rw * 0.55, ry + h * 0.03),
                (x - rw * 0.32, ry - h * 0.07),
                (x + rw * 0.32, ry - h * 0.07),
                (x + rw * 0.55, ry + h * 0.03),
            ],
            pal.snow,
        )
        layer.rect(
            x - rw * 0.12,
            ry + h * 0.08,
            x + rw * 0.08,
            ry + h * 0.17,
            LAMP if stage.time != "day" else mix(body, pal.sky, 0.5),
        )
    if snow:
        for x, y, r in rng.uniform(0, 1, (70, 3)).tolist():
            layer.dot(x0 + w * x, y0 + h * y, 0.001 + 0.0032 * r**3, fade(pal.snow, 0.9), blur=0.0005)
    layer.glow((x0 + x1) / 2, y1, w * 0.7, fade(pal.snow, 0.4 if stage.time != "night" else 0.16))
    layer.fill(
        [(x0, y1), (x0 + w * 0.3, y0), (x0 + w * 0.45, y0), (x0 + w * 0.15, y1)],
        fade(colour("#ffffff"), 0.07),
    )
    if snow:
        crest = y1 - h * 0.045 + noise(rng, 30, 4) * h * 0.022
        layer.fill(
            np.concatenate([np.stack([ridge, crest], 1), [(x1 + 0.02, y1), (x0 - 0.02, y1)]]),
            ramp((0, y1 - h * 0.07), (0, y1), [pal.snow, mix(pal.snow, pal.sky, 0.5)]),
        )
    layer.canvas.restore()
    frame, dark = mix(pal.wood, pal.wall, 0.12), mix(pal.wood, pal.line, 0.4)
    t = cam.size(0.055, z)
    for k in (0, 0.5, 1):
        x = x0 + w * k
        layer.rect(
            x - t / 2,
            y0,
            x + t / 2,
            y1,
            ramp((x - t / 2, 0), (x + t / 2, 0), [dark, frame, mix(frame, pal.snow, 0.2)]),
        )
    for y in (y0, y0 + h * 0.3, y1):
        layer.rect(
            x0 - t / 2,
            y - t / 2,
            x1 + t / 2,
            y + t / 2,
            ramp((0, y - t / 2), (0, y + t / 2), [mix(frame, pal.snow, 0.2), frame, dark]),
        )
    sill_box = (left - 0.12, right + 0.12, sill - 0.07, sill - 0.01, z - 0.16, z)
    _box(layer, cam, *sill_box, frame, mix(frame, pal.snow, 0.35), dark)
    for k, (x, high) in enumerate(((left + 0.25, 0.2), (left + 0.42, 0.14))):  # pots on the sill
        px, py = cam.at(x, sill - 0.01, z - 0.08)
        r = cam.size(0.06, z)
        layer.fill(
            [(px - r, py - r * 1.7), (px + r, py - r * 1.7), (px + r * 0.7, py), (px - r * 0.7, py)],
            BOOKS[0] if k else pal.fabric,
        )
        for _ in range(9):
            turn = rng.uniform(-1.1, 1.1)
            tip = (px + np.sin(turn) * cam.size(high, z), py - r * 1.6 - np.cos(turn) * cam.size(high, z))
            layer.tapered(
                [(px, py - r * 1.6), ((px + tip[0]) / 2 + 0.002, (py - r * 1.6 + tip[1]) / 2), tip],
                r * 0.5,
                r * 0.1,
                mix(colour("#4c7350"), pal.line, 0.3 * rng.random()),
            )
    rod = cam.at(0, top + 0.14, z)[1]
    layer.stroke([(x0 - w * 0.2, rod), (x1 + w * 0.2, rod)], t * 0.45, dark)
    for side in (-1, 1):
        edge = x0 if side < 0 else x1
        _curtain(layer, rng, pal, edge - side * w * 0.11, edge + side * w * 0.2, rod, cam.at(0, 0.12, z)[1])


def _curtain(
    layer: Layer, rng: np.random.Generator, pal: Palette, inner: float, outer: float, top: float, low: float
) -> None:
    """A linen curtain, gathered towards its tie: folds are gradients, not lines."""
    folds = 7
    waist = top + (low - top) * 0.62
    light, dark = mix(pal.fabric, colour("#ffffff"), 0.25 * pal.window), mix(pal.fabric, pal.wall_low, 0.85)
    for k in range(folds):
        a, b = inner + (outer - inner) * k / folds, inner + (outer - inner) * (k + 1.25) / folds
        squeeze = outer + (np.array([a, b]) - outer) * 0.62
        shape = [
            (a, top),
            (b, top),
            (squeeze[1], waist),
            (b, low),
            (a, low + rng.uniform(-0.004, 0.004)),
            (squeeze[0], waist),
        ]
        layer.fill(
            [
                shape[0],
                shape[1],
                ((b * 2 + squeeze[1]) / 3, (top + waist) / 2),
                shape[2],
                ((b + squeeze[1]) / 2, (low + waist) / 2),
                shape[3],
                shape[4],
                ((a + squeeze[0]) / 2, (low + waist) / 2),
                shape[5],
                ((a * 2 + squeeze[0]) / 3, (top + waist) / 2),
            ],
            ramp((a, 0), (b, 0), [light, mix(light, dark, 0.35), dark], [0, 0.55, 1]),
        )
    tie = outer + (inner - outer) * 0.64
    layer.rect(
        min(tie, outer - (outer - inner) * 0.16),
        waist - 0.008,
        max(tie, outer - (outer - inner) * 0.16),
        waist + 0.008,
        mix(pal.wood, pal.fabric, 0.35),
        radius=0.004,
    )


def _picture(stage: Stage, cam: Camera, pal: Palette) -> None:
    """The framed photograph: two people under a big pine in the snow, and two small prints beside it."""
    layer = stage.far
    for x, y, w, h, main in (
        (-0.62, 1.72, 0.5, 0.38, True),
        (-0.2, 1.86, 0.2, 0.26, False),
        (-0.2, 1.56, 0.2, 0.2, False),
    ):
        x0, y1 = cam.at(x - w / 2, y - h / 2, BACK)
        x1, y0 = cam.at(x + w / 2, y + h / 2, BACK)
        d = (x1 - x0) / w
        layer.rect(x0 + 0.004, y0 + 0.006, x1 + 0.006, y1 + 0.01, fade(pal.line, 0.35), blur=0.005)
        layer.rect(x0, y0, x1, y1, mix(pal.wood, pal.line, 0.2))
        m = d * 0.025
        layer.rect(x0 + m, y0 + m, x1 - m, y1 - m, mix(pal.fabric, colour("#ffffff"), 0.3))
        m *= 2.4
        layer.rect(
            x0 + m,
            y0 + m,
            x1 - m,
            y1 - m,
            ramp(
                (0, y0),
                (0, y1),
                [mix(colour("#9db9d8"), pal.line, 0.25), mix(colour("#eef3f8"), pal.wall_low, 0.3)],
            ),
        )
        cx, foot = (x0 + x1) / 2, y1 - m - d * 0.04
        layer.rect(x0 + m, foot, x1 - m, y1 - m, mix(colour("#ffffff"), pal.wall_low, 0.3))
        if main:
            tree = mix(colour("#33504a"), pal.line, 0.3)
            layer.tapered(
                [(cx + d * 0.09, foot), (cx + d * 0.1, foot - d * 0.1), (cx + d * 0.08, foot - d * 0.17)],
                d * 0.022,
                d * 0.01,
                mix(pal.wood, pal.line, 0.4),
            )
            for dx, dy, r in ((0.05, 0.13, 0.055), (0.13, 0.15, 0.05), (0.09, 0.19, 0.045)):
                layer.dot(cx + d * dx, foot - d * dy, d * r, tree, ry=d * r * 0.4)
                layer.dot(
                    cx + d * dx, foot - d * (dy + 0.013), d * r * 0.9, colour("#f4f6fa"), ry=d * r * 0.24
                )
            for dx, code in ((-0.05, "#b8453f"), (-0.015, "#2f3f6e")):
                layer.tapered(
                    [(cx + d * dx, foot - d * 0.07), (cx + d * dx, foot)], d * 0.016, d * 0.03, colour(code)
                )
                layer.dot(cx + d * dx, foot - d * 0.082, d * 0.012, colour("#3a2c2e"))
        else:
            layer.fill(
                [(x0 + m, foot), (cx, foot - d * 0.09), (x1 - m, foot)], mix(colour("#7f93b4"), pal.line, 0.2)
            )


def _fairy_lights(stage: Stage, cam: Camera, pal: Palette) -> None:
    """A string of small bulbs along the wall, swagged from hook to hook."""
    hooks = [cam.at(x, 2.36 + 0.03 * (k % 2), BACK) for k, x in enumerate((-1.85, -1.0, -0.15))]
    for a, b in itertools.pairwise(hooks):
        t = np.linspace(0, 1, 12)
        xs, ys = a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t + 0.05 * np.sin(np.pi * t)
        stage.far.stroke(np.stack([xs, ys], 1), 0.0016, fade(pal.line, 0.5))
        for x, y in zip(xs[1::2].tolist(), ys[1::2].tolist(), strict=True):
            stage.far.glow(x, y + 0.006, 0.04, fade(LAMP, 0.25 + 0.6 * pal.lamp), add=True)
            stage.far.dot(x, y + 0.006, 0.0042, mix(LAMP, colour("#ffffff"), 0.5), ry=0.0058)


def _shelf(stage: Stage, cam: Camera, pal: Palette) -> None:
    """A bookshelf against the back wall on the left."""
    layer, rng = stage.middle, stage.rng
    x0, x1, z0, top = -1.85, -1.05, BACK - 0.32, 2.0
    front, inside = mix(pal.wood, pal.wall, 0.1), mix(pal.wood, pal.line, 0.62)
    _box(layer, cam, x0, x1, 0, top, z0, BACK, inside, front, mix(pal.wood, pal.line, 0.3))
    for row in range(5):
        y = 0.06 + row * 0.385
        x = x0 + 0.06
        while x < x1 - 0.1:
            w, h = rng.uniform(0.025, 0.06), rng.uniform(0.2, 0.32)
            if rng.random() < 0.1:
                x += rng.uniform(0.04, 0.14)
                continue
            ink = mix(
                BOOKS[int(rng.integers(len(BOOKS)))],
                pal.line,
                0.28 + 0.25 * (1 - pal.window) * (1 - pal.lamp * 0.6),
            )
            (bx0, by1), (bx1, by0) = cam.at(x, y, z0 + 0.05), cam.at(min(x + w, x1 - 0.05), y + h, z0 + 0.05)
            layer.rect(
                bx0,
                by0,
                bx1,
                by1,
                ramp((bx0, 0), (bx1, 0), [mix(ink, colour("#ffffff"), 0.12), ink, mix(ink, pal.line, 0.4)]),
            )
            if h > 0.24:
                layer.rect(
                    bx0, by0 + (by1 - by0) * 0.16, bx1, by0 + (by1 - by0) * 0.22, fade(pal.fabric, 0.5)
                )
            x += w + 0.004
        (sx0, sy1), (sx1, sy0) = cam.at(x0, y - 0.035, z0), cam.at(x1, y, z0)
        layer.rect(sx0, sy0, sx1, sy1, front)
        layer.rect(
            sx0,
            sy1,
            sx1,
            sy1 + 0.012,
            ramp((0, sy1), (0, sy1 + 0.012), [fade(pal.line, 0.5), fade(pal.line, 0)]),
        )
    for x in (x0, x1 - 0.05):
        (sx0, sy1), (sx1, sy0) = cam.at(x, 0, z0), cam.at(x + 0.05, top, z0)
        layer.rect(sx0, sy0, sx1, sy1, ramp((sx0, 0), (sx1, 0), [mix(front, pal.line, 0.2), front]))
    vx, vy = cam.at(-1.3, top, z0 + 0.1)  # a white moon jar on top
    r = cam.size(0.13, z0)
    layer.fill(
        blob(rng, vx, vy - r * 0.95, r, r * 0.95, 0.02),
        ramp(
            (vx - r, 0),
            (vx + r, 0),
            [mix(pal.fabric, pal.line, 0.3), mix(pal.fabric, colour("#ffffff"), 0.5)],
        ),
        curved=True,
    )
    layer.rect(
        vx - r * 0.42,
        vy - r * 2.02,
        vx + r * 0.42,
        vy - r * 1.75,
        mix(pal.fabric, colour("#ffffff"), 0.3),
        radius=r * 0.08,
    )


def _sofa(stage: Stage, cam: Camera, pal: Palette) -> None:
    """A low sofa under the window with cushions and a knitted throw."""
    layer, rng = stage.middle, stage.rng
    x0, x1, z0, z1 = 0.0, 1.78, BACK - 0.95, BACK - 0.1
    body, light, dark = pal.sofa, mix(pal.sofa, LAMP, 0.22), mix(pal.sofa, pal.line, 0.42)
    sx0, sy = cam.at(x0, 0, z0)
    sx1 = cam.at(x1, 0, z0)[0]
    layer.rect(sx0 - 0.02, sy - 0.012, sx1 + 0.02, sy + 0.026, fade(pal.line, 0.5), blur=0.012)
    bx0, by0 = cam.at(x0 + 0.05, 0.82, z1)
    bx1, by1 = cam.at(x1 - 0.05, 0.3, z1 - 0.15)
    layer.rect(bx0 + 0.01, by0 + 0.012, bx1 - 0.01, by1, dark)
    for k in range(2):  # back cushions
        w = (bx1 - bx0) / 2
        layer.rect(
            bx0 + w * k,
            by0,
            bx0 + w * (k + 1) - 0.004,
            by1,
            ramp((0, by0), (0, by1), [light, body, dark]),
            radius=0.022,
        )
        layer.stroke(
            [(bx0 + w * k + 0.02, by0 + 0.012), (bx0 + w * (k + 1) - 0.024, by0 + 0.012)],
            0.002,
            fade(colour("#ffffff"), 0.18),
        )
    seat = _quad(
        cam, (x0, 0.42, z0), (x1, 0.42, z0), (x1 - 0.05, 0.42, z1 - 0.2), (x0 + 0.05, 0.42, z1 - 0.2)
    )
    layer.fill(seat, ramp((0, seat[2][1]), (0, seat[0][1]), [dark, light]))
    fx0, fy0 = cam.at(x0, 0.43, z0)
    fx1, fy1 = cam.at(x1, 0.08, z0)
    layer.rect(
        fx0,
        fy0,
        fx1,
        fy1,
        ramp((0, fy0), (0, fy1), [mix(light, colour("#ffffff"), 0.06), body, dark], [0, 0.2, 1]),
        radius=0.014,
    )
    layer.stroke([((fx0 + fx1) / 2, fy0 + 0.004), ((fx0 + fx1) / 2, fy1 - 0.03)], 0.002, fade(pal.line, 0.35))
    for a0, a1 in ((x0 - 0.14, x0 + 0.06), (x1 - 0.06, x1 + 0.14)):  # arms
        ax0, ay0 = cam.at(a0, 0.6, z0)
        ax1, ay1 = cam.at(a1, 0.06, z0)
        layer.rect(ax0, ay0, ax1, ay1, ramp((ax0, 0), (ax1, 0), [light, body, dark]), radius=0.02)
    u = cam.size(1, z0)
    for x, tilt, ink in (
        (x0 + 0.34, -0.2, colour("#c9704f")),
        (x1 - 0.36, 0.18, pal.fabric),
        (x1 - 0.62, -0.1, colour("#d9a441")),
    ):
        cx, cy = cam.at(x, 0.62, z0 + 0.3)
        ink = mix(ink, pal.line, 0.12 + 0.2 * (1 - pal.window))
        turn = np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))])
        corners = (
            np.array(
                [(-1, -0.9), (0, -0.82), (1, -0.9), (0.88, 0), (1, 0.9), (0, 0.84), (-1, 0.9), (-0.88, 0)]
            )
            * u
            * 0.165
            @ turn
        )
        layer.fill(
            corners + np.array([cx, cy]),
            ramp(
                (cx, cy - u * 0.15), (cx, cy + u * 0.17), [mix(ink, LAMP, 0.3), ink, mix(ink, pal.line, 0.35)]
            ),
            curved=True,
        )
    throw = _quad(
        cam,
        (0.86, 0.435, z1 - 0.25),
        (1.2, 0.435, z1 - 0.25),
        (1.22, 0.435, z0),
        (1.24, 0.14, z0 - 0.01),
        (0.84, 0.16, z0 - 0.01),
        (0.85, 0.435, z0),
    )
    layer.fill(
        throw,
        ramp(
            (0, throw[0][1]),
            (0, throw[3][1]),
            [mix(pal.fabric, pal.line, 0.2), pal.fabric, mix(pal.fabric, pal.line, 0.25)],
        ),
    )
    for k in range(15):
        x, y = throw[4][0] + (throw[3][0] - throw[4][0]) * k / 14, throw[4][1]
        layer.stroke([(x, y), (x + rng.normal(0, 0.001), y + 0.014)], 0.0022, mix(pal.fabric, pal.line, 0.15))


def _rug_and_table(stage: Stage, cam: Camera, pal: Palette) -> None:
    """A rug on the warm floor, a low table, two steaming cups, tangerines, two floor cushions."""
    layer = stage.middle
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = lambda r, x=0.3, z=2.62, y=0.0: [
        cam.at(x + r * np.cos(t), y, z + r * 0.62 * np.sin(t)) for t in turn
    ]
    for r, ink in (
        (1.06, mix(pal.fabric, pal.wall_low, 0.55)),
        (1.0, mix(pal.fabric, pal.wall_low, 0.15)),
        (0.86, mix(pal.fabric, pal.wall_low, 0.5)),
        (0.83, mix(pal.fabric, pal.wall_low, 0.22)),
    ):
        layer.fill(ring(r), ink)
    for x, z, ink in ((-0.5, 2.4, colour("#7d4e57")), (0.98, 2.35, colour("#46617a"))):
        low, high = ring(0.27, x, z), ring(0.25, x, z, 0.09)
        ink = mix(ink, pal.line, 0.15)
        layer.fill([(px, py + 0.012) for px, py in low], fade(pal.line, 0.35), blur=0.008)
        layer.fill(low, mix(ink, pal.line, 0.28), curved=True)
        layer.fill(high, ramp((0, high[12][1]), (0, high[36][1]), [mix(ink, LAMP, 0.25), ink]), curved=True)
    layer.fill([(px, py + 0.02) for px, py in ring(0.56)], fade(pal.line, 0.4), blur=0.016)
    for t in (0.6, 2.5, 3.8, 5.6):
        foot = cam.at(0.3 + 0.46 * np.cos(t), 0, 2.62 + 0.28 * np.sin(t))
        head = cam.at(0.3 + 0.42 * np.cos(t), 0.3, 2.62 + 0.26 * np.sin(t))
        layer.tapered([head, foot], 0.017, 0.01, mix(pal.wood, pal.line, 0.45))
    layer.fill(ring(0.58, y=0.3), mix(pal.wood, pal.line, 0.3))
    layer.stroke(ring(0.58, y=0.3), 0.0018, fade(pal.line, 0.6), closed=True)
    top = ring(0.58, y=0.335)
    layer.fill(
        top,
        ramp(
            (top[24][0], top[24][1]),
            (top[0][0], top[12][1]),
            [mix(pal.wood, LAMP, 0.2), mix(pal.wood, LAMP, 0.5)],
        ),
    )
    layer.stroke(top, 0.0022, fade(mix(LAMP, colour("#ffffff"), 0.3), 0.5), closed=True)
    for x, z, ink in ((0.0, 2.5, pal.fabric), (0.46, 2.45, mix(colour("#7c9cb0"), pal.fabric, 0.3))):
        cx, cy = cam.at(x, 0.335, z)
        r = cam.size(0.055, z)
        layer.dot(cx - r * 0.2, cy + r * 0.1, r * 1.3, fade(pal.line, 0.35), blur=r * 0.2, ry=r * 0.45)
        layer.stroke(
            [(cx + r * 0.8, cy - r * 1.3), (cx + r * 1.55, cy - r * 1.1), (cx + r * 0.8, cy - r * 0.4)],
            r * 0.26,
            mix(ink, pal.line, 0.2),
        )
        layer.fill(
            [
                (cx - r, cy - r * 1.7),
                (cx + r, cy - r * 1.7),
                (cx + r * 0.82, cy),
                (cx, cy + r * 0.2),
                (cx - r * 0.82, cy),
            ],
            ramp((cx - r, 0), (cx + r, 0), [mix(ink, pal.line, 0.35), ink, mix(ink, colour("#ffffff"), 0.4)]),
        )
        layer.stroke(
            [
                (cx - r, cy - r * 1.7),
                (cx - r * 0.82, cy),
                (cx, cy + r * 0.2),
                (cx + r * 0.82, cy),
                (cx + r, cy - r * 1.7),
            ],
            0.0016,
            fade(pal.line, 0.6),
            curved=False,
        )
        layer.dot(cx, cy - r * 1.7, r, mix(ink, colour("#ffffff"), 0.3), ry=r * 0.36)
        layer.dot(cx, cy - r * 1.66, r * 0.82, colour("#6b3f2a"), ry=r * 0.27)
        for k in (-0.3, 0.3):
            y = cy - r * 1.8
            wisp = [
                (cx + r * (k + 0.5 * np.sin(s * 5 + k * 9) * s), y - s * r * 4.2)
                for s in np.linspace(0, 1, 9)
            ]
            layer.tapered(wisp, r * 0.5, r * 0.1, fade(colour("#ffffff"), 0.34), blur=r * 0.16)
    for dx, dz in ((0.2, 2.68), (0.31, 2.7), (0.255, 2.62)):  # tangerines (귤)
        cx, cy = cam.at(dx, 0.335, dz)
        r = cam.size(0.045, dz)
        layer.dot(
            cx, cy - r * 0.8, r, mix(colour("#f08c2e"), pal.line, 0.1 + 0.2 * (1 - pal.window)), ry=r * 0.85
        )
        layer.dot(cx + r * 0.3, cy - r * 1.2, r * 0.18, fade(colour("#fff0c8"), 0.6), blur=r * 0.08)
        layer.dot(cx - r * 0.05, cy - r * 1.45, r * 0.12, mix(colour("#5d7a3a"), pal.line, 0.2), ry=r * 0.07)


LAMP_AT = (-0.78, BACK - 0.75)
"""Where the floor lamp stands: metres to the right, metres ahead."""


def _lamp(stage: Stage, cam: Camera, pal: Palette) -> None:
    layer = stage.middle
    x, z = LAMP_AT
    foot, neck = cam.at(x, 0, z), cam.at(x, 1.42, z)
    u = cam.size(1, z)
    metal = mix(pal.line, pal.wood, 0.35)
    layer.dot(foot[0], foot[1], u * 0.16, metal, ry=u * 0.035)
    layer.stroke(
        [foot, neck],
        u * 0.022,
        ramp((foot[0] - u * 0.02, 0), (foot[0] + u * 0.02, 0), [metal, mix(metal, LAMP, 0.6)]),
    )
    w0, w1, y0, y1 = u * 0.13, u * 0.235, neck[1] - u * 0.26, neck[1] + u * 0.06
    warm = mix(colour("#f3e0c0"), colour("#fff1c9"), pal.lamp)
    layer.fill(
        [(neck[0] - w0, y0), (neck[0] + w0, y0), (neck[0] + w1, y1), (neck[0] - w1, y1)],
        ramp(
            (0, y0), (0, y1), [mix(warm, colour("#f2a65a"), 0.55), mix(warm, colour("#f7b96c"), 0.15), warm]
        ),
    )
    layer.dot(neck[0], y1, w1, mix(warm, colour("#ffffff"), 0.5 * pal.lamp), ry=u * 0.03)


def _light(stage: Stage, cam: Camera, pal: Palette) -> None:
    """Pools of light: the lamp on wall and floor, the window across the floor."""
    x, z = LAMP_AT
    lx, ly = cam.at(x, 1.4, z)
    u = cam.size(1, z)
    stage.far.glow(lx, ly - u * 0.1, u * 1.9, fade(LAMP, 0.75 * pal.lamp), add=True)
    stage.middle.glow(lx, ly - u * 0.05, u * 1.15, fade(LAMP, 0.42 * pal.lamp))
    gx, gy = cam.at(x + 0.1, 0, z - 0.4)
    stage.middle.glow(gx, gy, u * 1.35, fade(LAMP, 0.42 * pal.lamp), ry=u * 0.42)
    left, right, _, _ = WINDOW
    patch = _quad(
        cam, (left - 0.5, 0, 2.9), (right - 0.6, 0, 2.9), (right - 1.3, 0, 1.35), (left - 1.3, 0, 1.35)
    )
    stage.middle.fill(patch, fade(mix(pal.sky_low, colour("#ffffff"), 0.4), 0.3 * pal.window), blur=0.012)
    wx, wy = cam.at((left + right) / 2, 1.5, BACK)
    stage.middle.glow(wx, wy, 0.5, fade(mix(pal.sky_low, colour("#ffffff"), 0.3), 0.34 * pal.window))
    for dx, dy, r in stage.rng.uniform(0, 1, (40, 3)).tolist():
        stage.weather.dot(
            dx,
            dy * stage.aspect,
            0.0012 + 0.0035 * r**4,
            fade(mix(LAMP, colour("#ffffff"), 0.4), 0.35 * (1 - r * 0.5)),
            blur=0.0012,
        )


def _frame(stage: Stage, pal: Palette) -> None:
    """Out of focus at the edge: the leaves of a plant."""
    layer, rng, a = stage.near, stage.rng, stage.aspect
    leaf = mix(colour("#2f4a3c"), pal.line, 0.5)
    for _ in range(9):
        turn, long = rng.uniform(-0.2, 1.25), rng.uniform(0.12, 0.22)
        root = np.array([-0.04, a - 0.02])
        tip = root + long * np.array([np.sin(turn), -np.cos(turn) * 1.5])
        mid = (root + tip) / 2 + (0.0, -0.035)
        side = np.array([tip[1] - root[1], root[0] - tip[0]]) * 0.13
        layer.fill(
            [root, mid - side, tip, mid + side],
            mix(leaf, pal.wall_low, rng.uniform(0, 0.25)),
            blur=0.0035,
            curved=True,
        )
