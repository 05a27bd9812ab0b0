"""Street (거리): an alley with Korean signs, awnings, power lines, a late shop and a fish-bread cart."""

import itertools
from dataclasses import dataclass

import numpy as np
import skia

from hallyu.webtoon.backgrounds.stage import Camera, Layer, Stage, blob, colour, fade, mix, noise, path, ramp

HALF = 2.35
"""Half the width of the alley in metres."""
LOTS = (2.3, 5.6, 8.6, 12.2, 16.8, 23.0, 33.0)
"""Where one shop ends and the next begins, in metres ahead."""
SHOPS = (
    "분식",
    "꽃집",
    "약국",
    "책방",
    "빵집",
    "국수",
    "커피",
    "문구점",
    "세탁소",
    "안경",
    "사진관",
    "만두",
    "김밥",
    "미용실",
    "쌀집",
    "찻집",
)
UPSTAIRS = ("노래방", "피아노", "당구장", "한의원", "태권도", "화실", "치과", "공부방", "탁구장", "만화방")
BRICKS = ("#a8705a", "#c9b79c", "#8f8a86", "#b58b6b", "#d8cbb6", "#7d8894", "#9c7f72")
BOARDS = ("#c8473c", "#2f6f5e", "#2f4f8f", "#e0a030", "#f2ead8", "#6b4a7a", "#d9663f", "#2b6d86", "#4a3a34")


@dataclass(frozen=True)
class Palette:
    """The inks of one time of day."""

    sky: int
    sky_low: int
    haze: int
    tint: int
    road: int
    lit: int
    shade: int
    line: int
    dim: float
    """How far walls sink into the tint, 0 to 1."""
    glow: float
    """How strongly signs and windows shine, 0 to 1."""


def _palette(codes: str, dim: float, glow: float) -> Palette:
    return Palette(*(colour(code) for code in codes.split()), dim, glow)


PALETTES = {
    "day": _palette("#9fbfe2 #eaf1f6 #dce7f0 #8fa3c0 #9aa3b0 #fdfdff #b3c5e2 #2e3346", 0.18, 0.3),
    "dusk": _palette("#59599e #ffb184 #d39aa6 #4a4076 #6f6488 #f3d3d2 #8f80b8 #231c36", 0.5, 0.8),
    "night": _palette("#101a48 #4a5296 #2a3768 #0e1636 #2c3558 #9db2dc #43558e #070a1c", 0.72, 1.0),
}
WARM = colour("#ffd28a")


def paint(stage: Stage, snow: bool = True) -> None:
    """Paint the alley; *snow* covers road, roofs and awnings and falls."""
    pal = PALETTES[stage.time]
    cam = stage.camera(eye=1.6, wide=0.6, low=0.82, high=0.22, zoom=0.9)
    cam = Camera(cam.horizon, min(cam.eye, 3.2), cam.zoom, 0.47)
    face = stage.typeface()
    _sky(stage, cam, pal)
    _road(stage, cam, pal, snow)
    names = iter(stage.rng.permutation(SHOPS).tolist())
    upstairs = iter(stage.rng.permutation(UPSTAIRS).tolist() * 2)
    for k in range(len(LOTS) - 2, -1, -1):
        layer = stage.far if LOTS[k] > 12 else stage.middle
        for side in (-1, 1):
            store = side == 1 and k == 1
            _lot(
                layer,
                stage.rng,
                cam,
                pal,
                side,
                LOTS[k],
                LOTS[k + 1],
                "편의점" if store else next(names),
                next(upstairs),
                face,
                snow,
                store,
            )
        if k == 3:
            _haze(stage, cam, pal)
    _cart(stage, cam, pal, face, snow)
    _wires(stage, cam, pal, snow)
    if not stage.simple:
        _frame(stage, pal, snow)
    if snow:
        stage.falling_snow(120 if stage.simple else 330, mix(pal.lit, colour("#ffffff"), 0.6))
    stage.vignette(pal.line, 0.2 + 0.22 * pal.glow)


def _sky(stage: Stage, cam: Camera, pal: Palette) -> None:
    far, rng, h = stage.far, stage.rng, cam.horizon
    far.wash(-0.01, h + 0.02, [pal.sky, mix(pal.sky, pal.sky_low, 0.45), pal.sky_low], [0, 0.55, 1])
    far.wash(h, stage.aspect + 0.01, [pal.haze, pal.road])
    if stage.time == "night":
        for x, y, r in rng.uniform(0, 1, (40, 3)).tolist():
            far.dot(x, y * h * 0.6, 0.0006 + 0.0011 * r**3, fade(pal.lit, 0.3 + 0.5 * r))
    xs = np.linspace(-0.02, 1.02, 60)
    for lift, tone in ((0.12, 0.25), (0.07, 0.5)):  # the hills behind the town
        crest = h - lift * cam.zoom * (1 + 0.7 * np.cos((xs - 0.56) * 5)) - noise(rng, 60, 3) * 0.02
        far.fill(
            np.concatenate([np.stack([xs, crest], 1), [(1.02, h + 0.05), (-0.02, h + 0.05)]]),
            mix(pal.sky_low, pal.tint, tone),
            blur=0.002,
        )
    far.glow(cam.centre, h - 0.02, 0.34, fade(mix(pal.sky_low, WARM, 0.5), 0.8), add=True)


def _road(stage: Stage, cam: Camera, pal: Palette, snow: bool) -> None:
    far, rng, a = stage.far, stage.rng, stage.aspect
    near, deep = max(cam.ground(a) * 0.8, 0.6), 40
    ink, dark = (pal.lit, pal.shade) if snow else (mix(pal.road, pal.haze, 0.2), mix(pal.road, pal.line, 0.3))
    corner = lambda x, z: cam.at(x, 0, z)
    far.fill(
        [corner(-HALF, near), corner(HALF, near), corner(HALF, deep), corner(-HALF, deep)],
        ramp(
            (0, cam.horizon),
            (0, a),
            [mix(ink, pal.haze, 0.6), mix(ink, dark, 0.25), mix(ink, dark, 0.6)],
            [0, 0.35, 1],
        ),
    )
    z = np.geomspace(near, deep, 30)
    for x, w in ((-0.72, 0.13), (0.6, 0.13)) if snow else ((-1.5, 0.04), (1.5, 0.04)):
        # wheel tracks in the snow, or the gutters of a dry road
        wave = noise(rng, 30, 3) * 0.07
        left = [
            corner(x - w * (1 + 0.4 * r) + d, k)
            for d, r, k in zip(wave, noise(rng, 30, 4, 9), z, strict=True)
        ]
        right = [
            corner(x + w * (1 + 0.4 * r) + d, k)
            for d, r, k in zip(wave, noise(rng, 30, 4, 9), z, strict=True)
        ]
        far.fill(
            left + right[::-1],
            ramp((0, cam.horizon), (0, a), [fade(dark, 0.3), fade(mix(dark, pal.road, 0.4), 0.6)]),
            blur=0.003,
        )
        far.stroke(right, 0.0035, fade(pal.lit, 0.55 if snow else 0.1), blur=0.0014)
    if snow:
        for k in (3.0, 3.9, 5.2, 7.0, 9.5):  # soft unevenness
            x, y = corner(rng.uniform(-1.6, 1.6), k)
            far.dot(
                x,
                y,
                cam.size(0.8, k),
                fade(pal.lit, 0.6),
                blur=cam.size(0.12, k),
                ry=cam.size(0.13, k) * cam.eye / k * 2,
            )
        step, foot = 2.2, 1
        while step < 14:  # someone has walked down the middle
            x, y = corner(0.0 + 0.12 * np.sin(step) + 0.11 * foot, step)
            wide = cam.size(0.06, step)
            far.dot(
                x,
                y,
                wide,
                fade(mix(pal.shade, pal.tint, 0.35), 0.7),
                blur=wide * 0.2,
                ry=max(wide * 1.9 * cam.eye / step, wide * 0.3),
            )
            step, foot = step + 0.38, -foot
    for side in (-1, 1):
        for k in range(len(LOTS) - 1):  # light from the shop windows lies across the road
            x, y = corner(side * HALF * 0.72, (LOTS[k] + LOTS[k + 1]) / 2)
            size = cam.size(1.7, LOTS[k])
            far.glow(
                x, y, size, fade(WARM, 0.42 * pal.glow), ry=max(size * 0.28 * cam.eye / 1.6, 0.01), add=True
            )
        if snow:  # snow shovelled against the walls
            outer = [corner(side * (HALF + 0.1), k) for k in z]
            heap = noise(rng, 30, 4, 8)
            inner = [corner(side * (HALF - 0.42 + 0.16 * d), k) for d, k in zip(heap, z, strict=True)]
            top = [cam.at(side * (HALF - 0.05), 0.22 + 0.1 * d, k) for d, k in zip(heap, z, strict=True)]
            stage.far.fill(inner + outer[::-1], fade(dark, 0.8), blur=0.002)
            stage.far.fill(
                inner + top[::-1],
                ramp(
                    (0, cam.horizon),
                    (0, a),
                    [mix(pal.lit, pal.haze, 0.5), pal.lit, mix(pal.lit, pal.shade, 0.3)],
                    [0, 0.3, 1],
                ),
                blur=0.0012,
            )


def _haze(stage: Stage, cam: Camera, pal: Palette) -> None:
    stage.far.glow(cam.centre, cam.horizon - 0.03, 0.3, fade(mix(pal.haze, WARM, 0.3), 0.6))
    stage.far.glow(cam.centre, cam.horizon, 0.22, fade(WARM, 0.5 * pal.glow), add=True)


def _lot(
    layer: Layer,
    rng: np.random.Generator,
    cam: Camera,
    pal: Palette,
    side: int,
    z0: float,
    z1: float,
    name: str,
    above: str,
    face: skia.Typeface,
    snow: bool,
    store: bool,
) -> None:
    """One building: lit shop front, awning, sign board, windows above, a blade sign over the alley."""
    air = min(max((z0 - 5) / 30, 0), 0.75)

    def at(y: float, z: float, out: float = 0.0) -> tuple[float, float]:
        return cam.at(side * (HALF - out), y, z)

    def wall(y0: float, y1: float, a: float, b: float, out: float = 0.0) -> list[tuple[float, float]]:
        """A board on the wall, clockwise from the top left as drawn; a and b are distances, nearer first."""
        left, right = (a, b) if side < 0 else (b, a)
        return [at(y1, left, out), at(y1, right, out), at(y0, right, out), at(y0, left, out)]

    def tone(code: str | int, dim: float = 1.0) -> int:
        ink = colour(code) if isinstance(code, str) else code
        return mix(mix(ink, pal.tint, pal.dim * dim), pal.haze, air)

    tall = rng.uniform(6.2, 9.4)
    brick = tone(str(rng.choice(BRICKS)))
    xs = [p[0] for p in wall(0, 1, z0, z1)]
    layer.fill(
        wall(0, tall, z0, z1),
        ramp(
            (min(xs), 0),
            (max(xs), 0),
            [mix(brick, pal.line, 0.22), brick] if side < 0 else [brick, mix(brick, pal.line, 0.22)],
        ),
    )
    layer.stroke([at(0, z0), at(tall, z0)], 0.0022, fade(pal.line, 0.35 * (1 - air)))
    far_end = [at(tall, z1), at(0, z1)]
    layer.stroke(far_end, 0.003, fade(pal.line, 0.3 * (1 - air)))
    layer.fill(wall(tall, tall + 0.16, z0, z1, 0.12), tone("#6f6a68"))
    if snow:
        _ledge(
            layer,
            rng,
            [at(tall + 0.16, z, 0.14) for z in np.linspace(z0, z1, 16)],
            cam.size(0.26, z0),
            cam.size(0.26, z1),
            pal,
            air,
        )
    deep = z1 - z0
    for floor in range(int((tall - 4.2) / 2.2) + 1):  # windows upstairs
        y = 4.3 + floor * 2.2
        if y + 1.2 > tall:
            break
        for k in range(2):
            a = z0 + deep * (0.12 + 0.45 * k)
            b = a + deep * 0.3
            glass = mix(
                tone("#5d7390"),
                mix(WARM, pal.haze, air * 0.6),
                (0.15 + 0.75 * pal.glow) * (rng.random() < 0.55),
            )
            layer.fill(wall(y - 0.05, y + 1.25, a - 0.06, b + 0.06, 0.02), tone("#e6e0d6"))
            layer.fill(wall(y, y + 1.2, a, b, 0.03), glass)
            mid = (a + b) / 2
            layer.stroke([at(y, mid, 0.03), at(y + 1.2, mid, 0.03)], cam.size(0.05, mid), tone("#e6e0d6"))
            if snow:
                _ledge(
                    layer,
                    rng,
                    [at(y - 0.05, z, 0.1) for z in np.linspace(a - 0.1, b + 0.1, 6)],
                    cam.size(0.09, a),
                    cam.size(0.09, b),
                    pal,
                    air,
                )
    # the shop front
    inside = mix(
        colour("#fff6df") if store else WARM,
        tone("#6a4a3a"),
        0.55 - 0.5 * pal.glow if not store else 0.25 - 0.2 * pal.glow,
    )
    inside = mix(inside, pal.haze, air * 0.8)
    front = wall(0.35 if not store else 0.15, 2.55, z0 + deep * 0.06, z1 - deep * 0.06, 0.02)
    layer.fill(wall(0, 2.7, z0 + deep * 0.03, z1 - deep * 0.03, 0.01), tone("#4a423e"))
    ys = [p[1] for p in front]
    layer.fill(
        front,
        ramp(
            (0, min(ys)),
            (0, max(ys)),
            [mix(inside, colour("#ffffff"), 0.3), inside, mix(inside, pal.line, 0.45)],
            [0, 0.4, 1],
        ),
    )
    for row in range(3):  # shelves and goods seen through the glass
        y = 0.45 + 0.5 * row
        for z in np.arange(z0 + deep * 0.1, z1 - deep * 0.12, 0.28):
            if rng.random() < 0.75:
                ink = mix(mix(colour(str(rng.choice(BOARDS))), inside, 0.45), pal.haze, air)
                layer.fill(
                    wall(y, y + rng.uniform(0.16, 0.36), z, z + rng.uniform(0.12, 0.24), 0.03),
                    fade(ink, 0.75),
                )
        layer.fill(
            wall(y - 0.05, y, z0 + deep * 0.08, z1 - deep * 0.08, 0.03), fade(mix(inside, pal.line, 0.4), 0.8)
        )
    for part in (0.06, 0.36, 0.64, 0.94):
        z = z0 + deep * part
        layer.stroke(
            [at(0, z, 0.04), at(2.6, z, 0.04)], cam.size(0.07, z), tone("#3d4a54" if not store else "#e9eef0")
        )
    # sign board over the shop
    board = str(rng.choice(BOARDS))
    paper = board in ("#f2ead8", "#e0a030")
    shine = 1 - 0.9 * pal.glow
    back = tone("#f4f7f6" if store else board, shine)
    sign = wall(2.72, 3.52, z0 + deep * 0.03, z1 - deep * 0.05, 0.14)
    layer.fill([(x, y + 0.006) for x, y in sign], fade(pal.line, 0.35))
    layer.fill(sign, back)
    if store:  # the stripes of a made-up chain
        layer.fill(wall(2.72, 2.86, z0 + deep * 0.03, z1 - deep * 0.05, 0.145), tone("#1f8a84", shine))
        layer.fill(wall(3.42, 3.52, z0 + deep * 0.03, z1 - deep * 0.05, 0.145), tone("#f0a53a", shine))
    words = name + " 24" if store else name
    ink = tone("#1f6f78" if store else "#3a2a26" if paper else "#fff8ea", shine * 0.6)
    layer.text_on(words, sign, deep * 0.92 / 0.8, ink, face, 0.56)
    if pal.glow > 0.5:
        cx, cy = np.mean(sign, 0).tolist()
        layer.glow(
            cx,
            cy,
            cam.size(2.2, z0 + 1),
            fade(mix(colour("#dff6ff") if store else colour(board), WARM, 0.5), 0.34 * pal.glow * (1 - air)),
            add=True,
        )
    if snow:
        _ledge(
            layer,
            rng,
            [at(3.52, z, 0.16) for z in np.linspace(z0 + deep * 0.03, z1 - deep * 0.05, 10)],
            cam.size(0.13, z0),
            cam.size(0.13, z1),
            pal,
            air,
        )
    if not store and rng.random() < 0.7:
        _awning(
            layer,
            rng,
            pal,
            at,
            z0 + deep * 0.04,
            z1 - deep * 0.08,
            tone(str(rng.choice(BOARDS))),
            tone("#f4eee2"),
            snow,
            cam,
            air,
        )
    if z0 > LOTS[0]:  # over the nearest shop it would only be cropped
        _blade(
            layer,
            rng,
            cam,
            pal,
            side,
            z0 + deep * rng.uniform(0.35, 0.8),
            above,
            tone,
            face,
            snow,
            shine,
            air,
        )


def _ledge(
    layer: Layer, rng: np.random.Generator, line: list, near: float, far: float, pal: Palette, air: float
) -> None:
    """Snow lying along an edge that runs away from the reader."""
    line = np.asarray(line)
    n = len(line)
    thick = (
        np.linspace(near, far, n)
        * (0.75 + 0.35 * noise(rng, n, 3, 3))
        * np.sin(np.linspace(0.25, np.pi - 0.25, n)) ** 0.3
    )
    crest = line - np.stack([0 * thick, thick], 1)
    hem = line + np.stack([0 * thick, thick * 0.15], 1)
    lit, shade = mix(pal.lit, pal.haze, air), mix(pal.shade, pal.haze, air)
    layer.fill(
        path(np.concatenate([crest, hem[::-1]])),
        ramp((0, float(crest[:, 1].min())), (0, float(hem[:, 1].max())), [lit, mix(lit, shade, 0.6)]),
    )


def _awning(
    layer: Layer,
    rng: np.random.Generator,
    pal: Palette,
    at,
    a: float,
    b: float,
    ink: int,
    pale: int,
    snow: bool,
    cam: Camera,
    air: float,
) -> None:
    """A striped awning over the shop front, sagging a little at its hem."""
    cuts = np.linspace(a, b, 11)
    for k, (z, z2) in enumerate(itertools.pairwise(cuts)):
        stripe = ink if k % 2 else pale
        layer.fill(
            [at(2.7, z, 0.1), at(2.7, z2, 0.1), at(2.3, z2, 0.85), at(2.3, z, 0.85)],
            mix(stripe, pal.line, 0.08),
        )
        mid = (z + z2) / 2
        layer.fill(
            [at(2.3, z, 0.85), at(2.3, z2, 0.85), at(2.13, z2, 0.85), at(2.09, mid, 0.85), at(2.13, z, 0.85)],
            mix(stripe, pal.line, 0.24),
        )
    if snow:
        z = np.linspace(a, b, 14)
        low = [
            at(2.3 + 0.26 + 0.07 * d, k, 0.42 + 0.1 * d) for d, k in zip(noise(rng, 14, 3, 4), z, strict=True)
        ]
        high = [at(2.78, k, 0.08) for k in z]
        layer.fill(path(low + high[::-1]), mix(mix(pal.lit, pal.haze, air), pal.shade, 0.15))


def _blade(
    layer: Layer,
    rng: np.random.Generator,
    cam: Camera,
    pal: Palette,
    side: int,
    z: float,
    words: str,
    tone,
    face: skia.Typeface,
    snow: bool,
    shine: float,
    air: float,
) -> None:
    """A blade sign (돌출간판): a lit box hung across the alley so that walkers can read it from afar."""
    board = str(rng.choice(BOARDS))
    y0, high = rng.uniform(3.7, 4.1), 0.42 * len(words) + 0.3
    inner, outer = HALF - 0.75, HALF - 0.12
    x0, bottom = cam.at(side * outer, y0, z)
    x1, top = cam.at(side * inner, y0 + high, z)
    x0, x1 = min(x0, x1), max(x0, x1)
    w = x1 - x0
    layer.stroke(
        [cam.at(side * HALF, y0 + high * 0.8, z), cam.at(side * inner, y0 + high * 0.8, z)],
        w * 0.06,
        tone("#3d4048"),
    )
    back = tone(board, shine)
    layer.rect(
        x0 - w * 0.05,
        top - w * 0.05,
        x1 + w * 0.05,
        bottom + w * 0.05,
        mix(back, pal.line, 0.5),
        radius=w * 0.08,
    )
    layer.rect(
        x0,
        top,
        x1,
        bottom,
        ramp((0, top), (0, bottom), [mix(back, colour("#ffffff"), 0.22 * pal.glow + 0.05), back]),
        radius=w * 0.05,
    )
    ink = tone("#3a2a26" if board in ("#f2ead8", "#e0a030") else "#fff8ea", shine * 0.6)
    layer.text(
        words,
        (x0 + x1) / 2,
        (top + bottom) / 2,
        w * 0.68,
        ink,
        face,
        vertical=True,
        widest=(bottom - top) * 0.9,
    )
    if pal.glow > 0.5:
        layer.glow(
            (x0 + x1) / 2,
            (top + bottom) / 2,
            w * 2.2,
            fade(mix(colour(board), WARM, 0.5), 0.4 * pal.glow * (1 - air)),
            add=True,
        )
    if snow:
        _ledge(
            layer,
            rng,
            [(x, top - w * 0.05) for x in np.linspace(x0 - w * 0.06, x1 + w * 0.06, 8)],
            w * 0.26,
            w * 0.26,
            pal,
            air,
        )


def _cart(stage: Stage, cam: Camera, pal: Palette, face: skia.Typeface, snow: bool) -> None:
    """A fish-bread cart (붕어빵): the small warm heart of the street."""
    layer, rng, z = stage.middle, stage.rng, 6.6
    u = cam.size(1, z)
    x, y = cam.at(-1.28, 0, z)
    dim = lambda code, k=0.6: mix(colour(code), pal.tint, pal.dim * k)
    stage.far.glow(x, y, u * 2.4, fade(WARM, 0.5 * pal.glow + 0.12), ry=u * 0.6)
    layer.dot(x, y, u * 0.85, fade(pal.line, 0.45), blur=u * 0.06, ry=u * 0.1)
    layer.rect(
        x - u * 0.72,
        y - u * 1.95,
        x + u * 0.72,
        y - u * 0.9,
        mix(WARM, dim("#7a4a2e"), 0.55 - 0.35 * pal.glow),
    )
    for side in (-0.7, 0.7):
        layer.stroke([(x + u * side, y - u * 2.0), (x + u * side, y - u * 0.1)], u * 0.05, dim("#5a5f68"))
    layer.rect(
        x - u * 0.78,
        y - u * 0.95,
        x + u * 0.78,
        y - u * 0.16,
        ramp((0, y - u), (0, y), [dim("#d8603a"), dim("#a83f2c", 0.9)]),
        radius=u * 0.03,
    )
    layer.rect(
        x - u * 0.84, y - u * 1.0, x + u * 0.84, y - u * 0.9, mix(dim("#c9ccd0"), WARM, 0.3), radius=u * 0.02
    )
    layer.rect(x - u * 0.6, y - u * 0.8, x + u * 0.6, y - u * 0.36, dim("#fff3da", 0.25), radius=u * 0.03)
    layer.text("붕어빵", x, y - u * 0.58, u * 0.34, dim("#a3301f", 0.2), face)
    for side in (-0.5, 0.5):
        layer.dot(x + u * side, y - u * 0.1, u * 0.12, dim("#2a2a30"))
    for k in range(5):  # fish breads on the rack
        fx, fy = x + u * (-0.45 + 0.17 * k), y - u * 1.05
        layer.fill(
            [
                (fx - u * 0.07, fy),
                (fx, fy - u * 0.055),
                (fx + u * 0.05, fy - u * 0.01),
                (fx + u * 0.09, fy - u * 0.05),
                (fx + u * 0.09, fy + u * 0.05),
                (fx + u * 0.05, fy + u * 0.01),
                (fx, fy + u * 0.05),
            ],
            dim("#d99a4e", 0.2),
            curved=True,
        )
    layer.glow(x, y - u * 1.55, u * 1.15, fade(WARM, 0.55 + 0.3 * pal.glow), add=True)
    layer.dot(x + u * 0.05, y - u * 1.62, u * 0.06, colour("#fff6d8"))
    for k in range(6):
        a, b = x - u * 0.95 + u * 1.9 * k / 6, x - u * 0.95 + u * 1.9 * (k + 1) / 6
        stripe = dim("#e8743c" if k % 2 else "#fff0dc", 0.7)
        inset = u * 0.16 * (0.5 - k / 6) * 2, u * 0.16 * (0.5 - (k + 1) / 6) * 2
        layer.fill(
            [
                (a + inset[0], y - u * 2.32),
                (b + inset[1], y - u * 2.32),
                (b, y - u * 1.98),
                (a, y - u * 1.98),
            ],
            stripe,
        )
        layer.fill(
            [
                (a, y - u * 1.98),
                (b, y - u * 1.98),
                (b, y - u * 1.88),
                ((a + b) / 2, y - u * 1.82),
                (a, y - u * 1.88),
            ],
            mix(stripe, pal.line, 0.18),
            curved=False,
        )
    if snow:
        _ledge(
            layer,
            rng,
            [(k, y - u * 2.26) for k in np.linspace(x - u * 0.86, x + u * 0.86, 14)],
            u * 0.2,
            u * 0.2,
            pal,
            0,
        )
    for k in range(4):
        wisp = [
            (x - u * 0.3 + u * (0.18 * k + 0.16 * np.sin(s * 5 + k * 2) * s), y - u * (1.1 + 1.0 * s))
            for s in np.linspace(0, 1, 10)
        ]
        layer.tapered(wisp, u * 0.07, u * 0.2, fade(colour("#fffaf0"), 0.16), blur=u * 0.04)


def _wires(stage: Stage, cam: Camera, pal: Palette, snow: bool) -> None:
    """Poles, sagging power lines, and a string of bulbs across the alley."""
    layer, rng = stage.middle, stage.rng
    ink = mix(pal.line, pal.tint, 0.25)
    tops = []
    for z in (16.5, 8.4):
        x = 1.75
        (px, py), (_, top) = cam.at(x, 0, z), cam.at(x, 7.6, z)
        w = cam.size(0.2, z)
        air = min((z - 5) / 30, 0.6)
        wood = mix(mix(colour("#6b6664"), pal.tint, pal.dim), pal.haze, air)
        layer.fill(
            [(px - w * 0.5, py), (px - w * 0.36, top), (px + w * 0.36, top), (px + w * 0.5, py)],
            ramp(
                (px - w / 2, 0), (px + w / 2, 0), [mix(wood, pal.line, 0.35), wood, mix(wood, pal.lit, 0.3)]
            ),
        )
        for high in (7.2, 6.7):
            y = cam.at(x, high, z)[1]
            layer.stroke([(px - w * 3.4, y), (px + w * 3.4, y)], w * 0.26, mix(wood, pal.line, 0.4))
            tops.append([(px + w * d, y - w * 0.2) for d in (-3.2, -1.2, 1.2, 3.2)])
        y = cam.at(x, 5.9, z)[1]
        layer.rect(px + w * 0.5, y, px + w * 2.0, y + w * 2.6, mix(wood, pal.line, 0.3), radius=w * 0.3)
        if snow:
            layer.fill(
                blob(rng, px + w * 1.25, y, w * 0.85, w * 0.3), mix(pal.lit, pal.haze, air), curved=True
            )
    ends = [
        (-0.02, -0.03),
        (0.12, -0.05),
        (0.3, -0.06),
        (0.55, -0.05),
        (1.02, 0.02),
        (1.02, 0.09),
        (0.9, -0.04),
        (0.75, -0.04),
    ]
    for (x, y), (x2, y2) in zip([*tops[2], *tops[3]], ends, strict=True):
        sag = 0.03 + 0.05 * rng.random()
        line = [(x + (x2 - x) * t, y + (y2 - y) * t + sag * 4 * t * (1 - t)) for t in np.linspace(0, 1, 12)]
        layer.stroke(line, 0.0019, fade(ink, 0.85))
    for (x, y), (x2, y2) in zip(tops[0] + tops[1], tops[2] + tops[3], strict=True):
        layer.stroke([(x, y), ((x + x2) / 2, (y + y2) / 2 + 0.02), (x2, y2)], 0.0013, fade(ink, 0.7))
    for z in (7.6, 11.4):
        t = np.linspace(0, 1, 15)
        line = [cam.at(-HALF + 2 * HALF * k, 3.95 - 0.55 * np.sin(np.pi * k), z) for k in t]
        layer.stroke(line, 0.0014, fade(ink, 0.8))
        for x, y in line[1:-1]:
            r = cam.size(0.045, z)
            layer.glow(x, y + r, r * 6, fade(WARM, 0.25 + 0.55 * pal.glow), add=True)
            layer.dot(x, y + r, r, mix(WARM, colour("#ffffff"), 0.5), ry=r * 1.25)


def _frame(stage: Stage, pal: Palette, snow: bool) -> None:
    """Out of focus and close: the corner of an eave above, snow heaped at both sides below."""
    layer, rng, a = stage.near, stage.rng, stage.aspect
    dark = mix(pal.line, pal.tint, 0.3)
    layer.fill([(-0.03, -0.03), (0.2, -0.03), (0.0, 0.1), (-0.03, 0.11)], dark, blur=0.004)
    if snow:
        layer.fill(
            path(
                [
                    (-0.03, 0.1),
                    (0.03, 0.07),
                    (0.1, 0.03),
                    (0.19, -0.02),
                    (0.2, 0.0),
                    (0.12, 0.055),
                    (0.05, 0.095),
                    (-0.03, 0.13),
                ],
                curved=True,
            ),
            mix(pal.lit, pal.shade, 0.5),
            blur=0.003,
        )
        xs = np.linspace(-0.03, 1.03, 40)
        crest = (
            a
            + 0.012
            - 0.085 * min(1.0, a / 1.25) ** 1.5 * np.clip(np.abs(xs - 0.5) - 0.18, 0, 1) ** 1.1 * 3
            + noise(rng, 40, 3, 4) * 0.014
        )
        layer.fill(
            np.concatenate([np.stack([xs, crest], 1), [(1.03, a + 0.03), (-0.03, a + 0.03)]]),
            ramp((0, a - 0.12), (0, a), [mix(pal.lit, pal.shade, 0.3), mix(pal.shade, pal.tint, 0.2)]),
            blur=0.0025,
        )
