"""Snow forest (눈 숲): a trodden path between pines, against a low sun or by lantern light.

Depth comes from five planes of trees, each nearer plane darker, warmer in its rim and larger; mist lies
between them. The sun stands ahead, so every shadow fans out towards the reader from its foot on the horizon.
"""

from dataclasses import dataclass

import numpy as np

from hallyu.webtoon.backgrounds.stage import Camera, Layer, Stage, blob, colour, fade, mix, noise, path, ramp
from hallyu.webtoon.backgrounds.trees import branch, cushion, fir, mound, pad, trunk


@dataclass(frozen=True)
class Palette:
    """The inks of one time of day."""

    sky: tuple[int, int, int]
    sun: int
    haze: int
    wood_far: int
    wood: int
    needle: int
    lit: int
    shade: int
    shadow: int
    rim: int


def _palette(*codes: str) -> Palette:
    a, b, c, *rest = (colour(code) for code in codes)
    return Palette((a, b, c), *rest)


PALETTES = {
    "day": _palette(
        "#7fa6d6",
        "#bcd3ea",
        "#ffe3bd",
        "#ffedc4",
        "#cfdeee",
        "#8ba4c4",
        "#383a4c",
        "#35505e",
        "#fffdf8",
        "#a9c1e8",
        "#6a8fcb",
        "#ffcf92",
    ),
    "dusk": _palette(
        "#5566a8",
        "#b58fb8",
        "#ffbd86",
        "#ffd9a0",
        "#d9a8b2",
        "#a58aae",
        "#2b2843",
        "#383f5f",
        "#ffe6d2",
        "#a99bd2",
        "#7670b6",
        "#ffb277",
    ),
    "night": _palette(
        "#0b1635",
        "#1d3566",
        "#48699f",
        "#dfeaff",
        "#2f4c80",
        "#2c487a",
        "#0a1226",
        "#14284a",
        "#b9cff2",
        "#52709f",
        "#2a4378",
        "#a9c6f5",
    ),
}
LAMP = colour("#ffc56e")
SUN = 0.6
"""Where the sun stands, as a share of the width."""
PLANES = ((26.0, 20, 0.8), (18.0, 13, 1.3), (12.5, 9, 1.9), (8.6, 6, 2.2), (5.8, 4, 2.1))
"""Planes of trees, farthest first: metres ahead, how many, and how far from the middle of the path."""
GATE = 10.5
"""Distance of the gate and its pine, in metres."""


def paint(stage: Stage, footprints: bool = True, landmark: bool = False) -> None:
    """Paint the forest; *landmark* adds the big pine at the gate, *footprints* a walker's tracks."""
    pal = PALETTES[stage.time]
    cam = stage.camera(eye=1.55, wide=0.6, low=0.83, high=0.25)
    _sky(stage, cam, pal)
    trees = _plant(stage, cam, landmark)
    _ground(stage, cam, pal, trees, footprints)
    for plane, (z, planted) in enumerate(trees):
        near = plane / (len(trees) - 1)
        for kind, x in planted:
            _tree(stage.middle, stage.rng, cam, pal, kind, x, z, near, fine=not stage.simple)
        if plane == 2 and stage.time != "night":
            _rays(stage, cam, pal)
        if near < 1:
            _mist(stage, cam, pal, z, 0.55 - 0.45 * near)
    if landmark:
        _gate_and_pine(stage, cam, pal)
    if stage.time != "day":
        _lantern(stage, cam, pal, trail(6.6) + 1.35, 6.6)
    if not stage.simple:
        _frame(stage, pal)
    stage.falling_snow(150 if stage.simple else 420, mix(pal.lit, colour("#ffffff"), 0.5))
    stage.vignette(mix(pal.shadow, colour("#0c1430"), 0.6), 0.24 if stage.time == "day" else 0.4)


def trail(z: float | np.ndarray) -> float | np.ndarray:
    """Where the middle of the path runs at distance *z*, in metres to the right."""
    return 0.9 * np.sin(z * 0.19 + 0.35) + 0.055 * (z - 6) - 0.25


def _sky(stage: Stage, cam: Camera, pal: Palette) -> None:
    far, rng, h = stage.far, stage.rng, cam.horizon
    far.wash(-0.01, h + 0.02, pal.sky, [0, 0.55, 1])
    far.wash(h, stage.aspect + 0.01, [pal.haze, pal.shade])
    x, y = SUN, h - 0.21 * cam.zoom
    if stage.time == "night":
        for star in rng.uniform(0, 1, (70, 3)).tolist():
            far.dot(
                star[0], star[1] * h * 0.8, 0.0007 + 0.0012 * star[2] ** 3, fade(pal.sun, 0.3 + 0.6 * star[2])
            )
        x, y = SUN + 0.05, max(h * 0.26, 0.12)
    far.glow(x, y, 0.7, fade(pal.sun, 0.7 if stage.time != "night" else 0.4), add=True)
    far.dot(x, y, 0.034, fade(pal.sun, 0.95), blur=0.005)
    for size, depth, tone in ((0.15, 60, 0.1), (0.2, 42, 0.36), (0.27, 30, 0.62)):
        ink = mix(pal.haze, pal.wood_far, tone)
        foot = cam.at(0, 0, depth)[1]
        _treeline(far, rng, foot, size * cam.zoom**0.5, ink)
        far.rect(
            -0.01,
            foot - size * 0.75,
            1.01,
            foot + 0.03,
            ramp((0, foot - size * 0.75), (0, foot), [fade(pal.haze, 0), fade(pal.haze, 0.85)]),
        )
    far.glow(x, h - 0.06, 0.45, fade(pal.sun, 0.5 if stage.time != "night" else 0.14), ry=0.3, add=True)


def _treeline(layer: Layer, rng: np.random.Generator, foot: float, size: float, ink: int) -> None:
    """A distant edge of wood: firs and pines as one soft silhouette."""
    outline = [(-0.05, foot + 0.05)]
    x = -0.06
    hill = noise(rng, 60, 3) * size * 0.35
    while x < 1.06:
        w = size * rng.uniform(0.09, 0.2)
        top = foot - size * rng.uniform(0.55, 1.0) - hill[int(min(max(x, 0), 0.99) * 59)]
        low = foot - size * rng.uniform(0.2, 0.35)
        for t in (0.25, 0.5, 0.75):  # ragged steps up one side of the fir and down the other
            outline += [
                (x + w * 0.5 * t + 0.1 * w, low + (top - low) * t),
                (x + w * 0.5 * t, low + (top - low) * (t + 0.1)),
            ]
        outline.append((x + w * 0.55, top))
        for t in (0.75, 0.5, 0.25):
            outline += [
                (x + w * (1 - 0.4 * t), low + (top - low) * (t + 0.1)),
                (x + w * (1.05 - 0.4 * t), low + (top - low) * t),
            ]
        x += w * rng.uniform(0.55, 1.3)
    outline.append((1.06, foot + 0.05))
    layer.fill(outline, ink, blur=0.0012)


def _plant(stage: Stage, cam: Camera, landmark: bool) -> list[tuple[float, list[tuple[str, float]]]]:
    """The trees of each plane, farthest first, off the path: (distance, [(kind, metres to the right)])."""
    rng = stage.rng
    out = []
    for z, count, clear in PLANES[:-1] if stage.simple else PLANES:
        reach = 0.6 * z / cam.zoom
        slots = np.linspace(-reach, reach, count) + rng.uniform(-0.4, 0.4, count) * 2 * reach / count
        kinds = rng.choice(["pine", "pine", "bare", "fir"], count)
        planted = [(str(k), float(x)) for k, x in zip(kinds, slots, strict=True) if abs(x - trail(z)) > clear]
        # A gap towards the sun: the eye follows the path into the light.
        planted = [(k, x) for k, x in planted if not 0.47 < cam.at(x, 0, z)[0] < SUN + 0.075]
        if landmark:  # the pine and the gate stand free
            planted = [(k, x) for k, x in planted if not (z < 18 and -0.5 * z < x < 0.12 * z)]
        out.append((z, planted))
    return out


def _ground(stage: Stage, cam: Camera, pal: Palette, trees: list, footprints: bool) -> None:
    layer, rng, h, a = stage.far, stage.rng, cam.horizon, stage.aspect
    top = cam.at(0, 0, 30)[1]
    layer.rect(
        -0.01,
        top,
        1.01,
        a + 0.01,
        ramp(
            (0, top),
            (0, a),
            [fade(pal.haze, 0), mix(pal.lit, pal.haze, 0.35), pal.lit, mix(pal.lit, pal.shade, 0.55)],
            [0, 0.12, 0.42, 1],
        ),
    )
    for z in (20, 13, 9, 6.4, 4.6, 3.4, 2.7):  # drifts: a lit crest, shade sinking behind it
        y = cam.at(0, 0, z)[1]
        if y > a:
            continue
        deep = cam.size(0.55, z)
        crest = y + noise(rng, 40, 3, 3) * deep * 1.0
        xs = np.linspace(-0.03, 1.03, 40)
        edge = np.stack([xs, crest], 1)
        body = np.concatenate([edge, [(1.03, y + deep * 2.2), (-0.03, y + deep * 2.2)]])
        layer.fill(
            path(body, curved=False),
            ramp(
                (0, y - deep * 0.4),
                (0, y + deep * 2),
                [fade(pal.lit, 0.9), fade(pal.shade, 0.5), fade(pal.shade, 0)],
                [0, 0.4, 1],
            ),
            blur=0.0008,
        )
    warm = fade(pal.sun, 0.5 if stage.time != "night" else 0.2)
    layer.glow(SUN, h + 0.05, 0.62, warm, ry=0.3 * cam.zoom)
    for z, planted in trees:
        for kind, x in planted:
            _shadow(layer, rng, cam, pal, x, z, {"pine": 0.3, "bare": 0.2, "fir": 0.9}[kind], a)
    _path(layer, rng, cam, pal, a, footprints)


def _shadow(
    layer: Layer,
    rng: np.random.Generator,
    cam: Camera,
    pal: Palette,
    x: float,
    z: float,
    width: float,
    bottom: float,
) -> None:
    """A long shadow: it leaves the sun's foot on the horizon and widens towards the reader."""
    bx, by = cam.at(x, 0, z)
    reach = min(max(0.3, (bottom - cam.horizon) / max(by - cam.horizon, 0.02) - 1), 2.6)
    half = cam.size(width, z) / 2
    t = np.linspace(0, 1, 9)[:, None]
    spine = np.array([bx, by]) + t * reach * (np.array([bx - SUN, by - cam.horizon]))
    sway = noise(rng, 9, 2)[:, None] * half * 0.8 * [1, 0]
    spread = half * (1 + t * reach) * [1, 0]
    outline = np.concatenate([spine - spread + sway, (spine + spread + sway)[::-1]])
    end = spine[-1].tolist()
    layer.fill(
        outline,
        ramp(
            (bx, by),
            (bx, max(end[1], by + 0.01)),
            [fade(pal.shadow, 0.62), fade(pal.shadow, 0.4), fade(pal.shadow, 0.0)],
        ),
        blur=0.0015 + 0.012 / z,
        curved=False,
    )


def _path(
    layer: Layer, rng: np.random.Generator, cam: Camera, pal: Palette, bottom: float, footprints: bool
) -> None:
    """The trodden path: a shallow blue trough with a lit bank, winding to the vanishing point."""
    first = max(cam.ground(bottom) * 0.9, 1.2)
    z = np.geomspace(first, 26, 34)
    wide = 0.5 + noise(rng, 34, 3) * 0.1
    ragged = noise(rng, 34, 4, 6) * 0.07
    left = np.array([cam.at(trail(d) - w + r, 0, d) for d, w, r in zip(z, wide, ragged, strict=True)])
    right = np.array([cam.at(trail(d) + w + r, 0, d) for d, w, r in zip(z, wide, ragged, strict=True)])
    y0, y1 = left[-1, 1], bottom
    layer.fill(
        np.concatenate([left, right[::-1]]),
        ramp(
            (0, y0),
            (0, y1),
            [
                fade(pal.shade, 0.25),
                fade(mix(pal.shade, pal.shadow, 0.35), 0.75),
                fade(mix(pal.shade, pal.shadow, 0.5), 0.8),
            ],
            [0, 0.4, 1],
        ),
        blur=0.003,
    )
    for side, ink, strength in ((right, pal.lit, 0.95), (left, pal.shadow, 0.4)):
        shift = np.stack([0 * z, -cam.zoom * 0.05 / z], 1)
        bank = np.concatenate([side, (side + shift * (1.3 if side is right else -0.8))[::-1]])
        layer.fill(bank, ramp((0, y0), (0, y1), [fade(ink, 0.2), fade(ink, strength)]), blur=0.0022)
    if not footprints:
        return
    step, left_foot = 2.0, 1
    while step < 17:
        x, y = cam.at(trail(step) + left_foot * 0.13 + rng.normal(0, 0.015), 0, step)
        long, broad = cam.size(0.15, step) * cam.eye / step * 1.1, cam.size(0.062, step)
        layer.dot(
            x,
            y,
            broad,
            fade(mix(pal.shadow, pal.wood, 0.22), 0.8),
            blur=broad * 0.16,
            ry=max(long, broad * 0.3),
        )
        layer.dot(x, y + long * 1.05, broad * 0.95, fade(pal.lit, 0.55), blur=broad * 0.2, ry=long * 0.22)
        left_foot = -left_foot
        step += 0.36 + rng.uniform(-0.03, 0.03)


def _rays(stage: Stage, cam: Camera, pal: Palette) -> None:
    """Shafts of low sun between the trunks."""
    x, y = SUN, cam.horizon - 0.21 * cam.zoom
    for _ in range(9):
        turn, spread = stage.rng.uniform(0.25, 2.9), stage.rng.uniform(0.02, 0.05)
        reach = stage.rng.uniform(0.5, 0.9)
        a, b = (
            (x + np.cos(turn - spread) * reach, y + np.sin(turn - spread) * reach),
            (x + np.cos(turn + spread) * reach, y + np.sin(turn + spread) * reach),
        )
        mid = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        stage.middle.fill(
            [(x, y), a, b], ramp((x, y), mid, [fade(pal.sun, 0.3), fade(pal.sun, 0)]), blur=0.008
        )
    stage.middle.glow(x, y, 0.3, fade(pal.sun, 0.75))
    stage.middle.dot(x, y, 0.03, fade(mix(pal.sun, colour("#ffffff"), 0.6), 0.95), blur=0.006)


def _mist(stage: Stage, cam: Camera, pal: Palette, z: float, strength: float) -> None:
    """Air between two planes: thickest just above the ground."""
    foot = cam.at(0, 0, z)[1]
    top = foot - 0.42
    stage.middle.rect(
        -0.01,
        top,
        1.01,
        foot + 0.05,
        ramp(
            (0, top),
            (0, foot + 0.05),
            [fade(pal.haze, 0), fade(pal.haze, strength), fade(pal.haze, 0)],
            [0, 0.86, 1],
        ),
    )


def _tree(
    layer: Layer,
    rng: np.random.Generator,
    cam: Camera,
    pal: Palette,
    kind: str,
    x: float,
    z: float,
    near: float,
    fine: bool,
) -> None:
    """One tree; *near* (0 far to 1 near) sets its contrast against the haze, *fine* its small twigs."""
    air = 0.8 * (1 - near) ** 0.9
    wood = mix(pal.wood, mix(pal.wood_far, pal.haze, 0.25), air)
    needle = mix(pal.needle, mix(pal.wood_far, pal.haze, 0.25), air)
    lit, shade = mix(pal.lit, pal.haze, air * 0.6), mix(pal.shade, pal.haze, air * 0.6)
    if kind == "fir":
        fir(layer, rng, cam, x, z, rng.uniform(2.6, 5.2), needle, lit, shade)
        return
    base, unit = cam.at(x, -0.05, z), cam.size(1, z)
    width = unit * (rng.uniform(0.24, 0.36) if kind == "pine" else rng.uniform(0.15, 0.24))
    tall = rng.uniform(9, 13) if kind == "pine" else rng.uniform(5.5, 8.5)
    lean = rng.normal(0, 0.35)
    spine = trunk(
        layer,
        rng,
        base,
        width,
        tall * unit,
        lean * unit,
        wood,
        mix(wood, pal.rim, 0.75 - 0.5 * air),
        shade,
        0.62 if kind == "pine" else 0.95,
    )
    if kind == "pine":
        crown = np.sort(rng.uniform(0.48, 1.0, 8 if air > 0.5 else 12))
        for t in [*crown, 1.0]:
            at = spine[int(t * (len(spine) - 1))]
            if not -0.12 < at[1] < layer.aspect:
                continue
            reach = unit * rng.uniform(0.35, 1.0) * (1.25 - t) * 2.6 * rng.choice([-1, 1]) * (t < 1)
            tip = at + np.array([reach, -abs(reach) * rng.uniform(-0.3, 0.25)])
            layer.tapered(
                [at, (at + tip) / 2 + (0, -abs(reach) * 0.08), tip], width * 0.26, width * 0.08, wood
            )
            draw_pad = pad if fine and air < 0.5 else cushion  # far crowns need no second cushion
            draw_pad(
                layer,
                rng,
                *(at + (tip - at) * 0.85).tolist(),
                abs(reach) * 0.9 + unit * 0.85,
                unit * rng.uniform(0.4, 0.62),
                needle,
                lit,
                shade,
            )
    else:
        for _ in range(int(rng.integers(6, 10))):
            t = rng.uniform(0.28, 0.95)
            side = rng.choice([-1, 1])
            branch(
                layer,
                rng,
                spine[int(t * (len(spine) - 1))],
                np.pi / 2 - side * rng.uniform(0.5, 1.15),
                unit * rng.uniform(0.9, 1.9) * (1.25 - t),
                width * 0.42 * (1.2 - t),
                wood,
                lit,
                3 if fine and air < 0.35 else 2,
            )
    mound(layer, rng, base[0], base[1], width * 1.6, unit * 0.13, lit)


def _lantern(stage: Stage, cam: Camera, pal: Palette, x: float, z: float) -> None:
    """A lantern on a post beside the path: the warm accent of dusk and night."""
    layer, unit = stage.middle, cam.size(1, z)
    foot, top = cam.at(x, 0, z), cam.at(x, 2.1, z)
    hang = (top[0] - unit * 0.42, top[1] + unit * 0.4)
    stage.far.glow(
        hang[0],
        foot[1] + unit * 0.1,
        unit * 3.2,
        fade(LAMP, 0.7),
        ry=unit * 0.85 * max(cam.eye, 0.8),
        add=True,
    )
    layer.tapered([foot, top], unit * 0.09, unit * 0.075, pal.wood)
    layer.stroke(
        [(top[0] + unit * 0.02, top[1] + unit * 0.06), (top[0] - unit * 0.5, top[1] + unit * 0.03)],
        unit * 0.06,
        pal.wood,
    )
    layer.stroke(
        [(top[0] + unit * 0.04, top[1] + unit * 0.015), (top[0] - unit * 0.5, top[1] - unit * 0.012)],
        unit * 0.045,
        pal.lit,
    )
    layer.stroke([(hang[0], top[1] + unit * 0.04), hang], unit * 0.015, pal.wood)
    layer.glow(*hang, unit * 2.3, fade(LAMP, 0.62), add=True)
    w, h = unit * 0.14, unit * 0.2
    layer.rect(
        hang[0] - w,
        hang[1] - h * 0.6,
        hang[0] + w,
        hang[1] + h * 1.4,
        ramp(
            (0, hang[1] - h),
            (0, hang[1] + h * 1.4),
            [colour("#ff9d3d"), colour("#fff3c4"), colour("#ffab4a")],
        ),
        radius=w * 0.5,
    )
    for y in (hang[1] - h * 0.62, hang[1] + h * 1.3):
        layer.rect(hang[0] - w * 1.1, y, hang[0] + w * 1.1, y + h * 0.16, pal.wood, radius=w * 0.1)
    for k in (-0.36, 0.36):
        layer.stroke(
            [(hang[0] + w * k, hang[1] - h * 0.5), (hang[0] + w * k, hang[1] + h * 1.3)],
            w * 0.07,
            fade(pal.wood, 0.5),
        )
    layer.fill(blob(stage.rng, hang[0], hang[1] - h * 0.7, w * 1.15, h * 0.22), pal.lit, curved=True)
    mound(layer, stage.rng, *foot, unit * 0.26, unit * 0.12, mix(pal.lit, LAMP, 0.4))


def _gate_and_pine(stage: Stage, cam: Camera, pal: Palette) -> None:
    """The big pine at the gate: an old red pine (소나무) leaning over two stone posts."""
    layer, rng, z = stage.middle, stage.rng, GATE
    unit = cam.size(1, z)
    stone, needle = mix(pal.wood, pal.shade, 0.4), mix(pal.needle, pal.wood_far, 0.12)
    bark = mix(pal.wood, colour("#7a4a3c"), 0.4 if stage.time != "night" else 0.12)
    for x, side in ((trail(z) - 1.25, -1), (trail(z) + 1.25, 1)):
        for k in range(7):  # a low wall of field stones runs away from each post
            wx, wy = cam.at(x + side * (0.45 + 0.5 * k), 0, z + 0.1 * k)
            layer.fill(
                blob(rng, wx, wy - unit * 0.2, unit * 0.34, unit * 0.3, 0.12),
                mix(stone, pal.wood, rng.uniform(0, 0.4)),
                curved=True,
            )
            layer.fill(
                blob(rng, wx, wy - unit * 0.47, unit * 0.36, unit * 0.11, 0.2),
                ramp((0, wy - unit * 0.6), (0, wy - unit * 0.36), [pal.lit, pal.shade]),
                curved=True,
            )
        px, py = cam.at(x, 0, z)
        w, h = unit * 0.24, unit * 1.75
        layer.rect(
            px - w,
            py - h,
            px + w,
            py + unit * 0.05,
            ramp(
                (px - w, 0),
                (px + w, 0),
                [mix(stone, pal.shade, 0.25), stone, mix(stone, pal.wood, 0.3), mix(stone, pal.rim, 0.6)],
                [0, 0.25, 0.85, 1],
            ),
        )
        layer.rect(
            px - w * 1.25,
            py - h - unit * 0.12,
            px + w * 1.25,
            py - h + unit * 0.04,
            mix(stone, pal.wood, 0.2),
            radius=unit * 0.02,
        )
        layer.fill(
            blob(rng, px, py - h - unit * 0.17, w * 1.45, unit * 0.13, 0.1),
            ramp((0, py - h - unit * 0.3), (0, py - h - unit * 0.06), [pal.lit, pal.shade]),
            curved=True,
        )
        mound(layer, rng, px, py, w * 2.1, unit * 0.15, mix(pal.lit, pal.shade, 0.2))
    root = np.array(cam.at(trail(z) - 2.6, 0, z - 0.3))
    stage.far.dot(
        float(root[0]),
        float(root[1]) + unit * 0.15,
        unit * 2.6,
        fade(pal.shadow, 0.4),
        blur=unit * 0.2,
        ry=unit * 0.32,
    )
    bends = np.array(
        [(0, 0), (0.06, 0.8), (-0.16, 1.7), (0.1, 2.7), (0.55, 3.5), (0.72, 4.3), (0.6, 5.2), (0.85, 5.9)]
    )
    rows = np.linspace(0, 7, 30)
    spine = root + unit * np.stack(
        [np.interp(rows, range(8), bends[:, 0]), -np.interp(rows, range(8), bends[:, 1])], 1
    )
    for _ in range(3):
        spine[1:-1] = (spine[:-2] + 2 * spine[1:-1] + spine[2:]) / 4
    half = unit * np.linspace(0.36, 0.09, 30)[:, None] * (1 + 0.6 * np.exp(-np.arange(30) / 2.5)[:, None])
    boughs = (
        (2, 0.9, -2.3, 0.15),
        (3, 0.2, 3.3, 0.25),
        (3, 0.9, -2.7, 0.55),
        (4, 0.3, 3.0, 0.75),
        (5, 0.0, -2.2, 0.6),
        (5, 0.5, 2.3, 0.7),
        (6, 0.2, -1.4, 0.6),
        (6, 0.7, 1.4, 0.65),
        (7, 0.0, 0.1, 0.5),
    )
    limbs = []
    for row, part, reach, rise in boughs:
        at = spine[min(int((row + part) / 7 * 29), 29)]
        tip = at + unit * np.array([reach, -rise])
        limbs.append(
            np.array(
                [at, at + (tip - at) * 0.35 + (0, unit * 0.14), at + (tip - at) * 0.7 - (0, unit * 0.05), tip]
            )
        )
    for limb in limbs:
        layer.tapered(limb, unit * 0.2, unit * 0.06, bark)
    across = [1, 0]
    layer.fill(np.concatenate([spine - half * across, (spine + half * across)[::-1]]), bark)
    for start, end, ink in (
        (-1, -0.5, fade(mix(bark, pal.shade, 0.4), 0.8)),
        (0.55, 1, fade(pal.rim, 0.7)),
        (-0.45, 0.1, fade(pal.wood, 0.35)),
    ):
        wave = noise(rng, 30, 4, 5)[:, None] * 0.16
        layer.fill(
            np.concatenate(
                [
                    spine + half * (start + wave * (start > -1)) * across,
                    (spine + half * (end + wave * (end < 1)) * across)[::-1],
                ]
            ),
            ink,
        )
    for _ in range(110):
        k = int(rng.uniform(0, 24))
        x, y = spine[k] + half[k] * rng.uniform(-0.9, 0.9) * across
        layer.stroke(
            [(x, y), (x + unit * rng.normal(0, 0.03), y - unit * rng.uniform(0.05, 0.16))],
            unit * 0.018,
            fade(pal.wood, 0.65),
        )
    for limb, (_, _, reach, _) in sorted(
        zip(limbs, boughs, strict=True), key=lambda pair: -pair[0][-1][1], reverse=True
    ):
        for part in np.linspace(0.4, 1.0, 2 + round(abs(reach) / 0.9)):
            at = limb[0] + (limb[-1] - limb[0]) * part
            pad(
                layer,
                rng,
                at[0] + unit * rng.normal(0, 0.1),
                at[1] - unit * rng.uniform(0.05, 0.3),
                unit * rng.uniform(1.5, 2.0),
                unit * rng.uniform(0.6, 0.85),
                mix(needle, pal.wood, 0.25 * rng.random()),
                pal.lit,
                pal.shade,
            )
    mound(layer, rng, *root.tolist(), unit * 0.95, unit * 0.22, pal.lit)


def _frame(stage: Stage, pal: Palette) -> None:
    """What stands closest: a dark trunk at each edge, a laden branch above, a drift with dry grass below."""
    layer, rng, a = stage.near, stage.rng, stage.aspect
    ink = mix(pal.wood, colour("#0a0f22"), 0.45)
    needle, shade = mix(pal.needle, ink, 0.55), mix(pal.shade, pal.shadow, 0.35)
    lit = mix(pal.lit, pal.shade, 0.35)
    for x, width in ((-0.005, 0.13), (1.0, 0.085)):
        trunk(
            layer,
            rng,
            (x + rng.uniform(-0.01, 0.01), a + 0.06),
            width,
            a * 1.5,
            rng.normal(0, 0.03),
            ink,
            mix(ink, pal.rim, 0.4),
            mix(shade, ink, 0.45),
        )
    for root, tip, thick in (
        ((-0.05, 0.02), (0.36, 0.075), 0.05),
        ((-0.05, 0.13), (0.2, 0.2), 0.045),
        ((1.05, -0.02), (0.7, 0.05), 0.045),
        ((1.06, 0.1), (0.84, 0.155), 0.04),
    ):
        root, tip = np.array(root), np.array(tip) + rng.normal(0, 0.012, 2)
        layer.tapered([root, (root + tip) / 2 - (0, 0.012), tip], thick * 0.4, thick * 0.12, ink)
        for k in np.linspace(0.05, 1, 7):
            at = root + (tip - root) * k + rng.normal(0, 0.012, 2)
            size = thick * (1.5 - 0.75 * k)
            pad(layer, rng, *at.tolist(), size * 3.0, size * rng.uniform(0.9, 1.2), needle, lit, shade)
    xs = np.linspace(-0.03, 1.03, 44)
    crest = a - 0.028 - 0.085 * np.abs(xs - 0.52) ** 1.4 * 2 + noise(rng, 44, 4) * 0.012
    for _ in range(26):
        x = float(rng.choice([rng.uniform(0.02, 0.3), rng.uniform(0.76, 0.98)]))
        y = float(np.interp(x, xs, crest)) + 0.02
        bend, tall = rng.normal(0, 0.02), rng.uniform(0.03, 0.09)
        layer.tapered(
            [(x, y), (x + bend * 0.3, y - tall * 0.6), (x + bend, y - tall)], 0.0028, 0.0008, fade(ink, 0.85)
        )
    layer.fill(
        np.concatenate([np.stack([xs, crest], 1), [(1.03, a + 0.03), (-0.03, a + 0.03)]]),
        ramp((0, a - 0.12), (0, a), [lit, shade]),
        blur=0.0012,
    )
