"""Emotion patterns (효과 배경): what a panel shows when the feeling matters more than the place.

The time of day sets the key: day is pale, dusk is warm, night is dark. The framing does not move a pattern.
"""

import numpy as np

from hallyu.webtoon.backgrounds.stage import Layer, Stage, blob, colour, fade, mix, noise, ramp

Focus = tuple[float, float]


def speed_lines(stage: Stage, focus: Focus = (0.5, 0.45)) -> None:
    """Speed lines (집중선): wedges that race from the frame towards *focus* and stop short of it."""
    paper, edge, ink = {
        "day": ("#ffffff", "#cfe0f5", "#1b2238"),
        "dusk": ("#fff6e6", "#ffb27c", "#4a1d35"),
        "night": ("#5f7fc4", "#0b1230", "#e9f1ff"),
    }[stage.time]
    a, rng = stage.aspect, stage.rng
    x, y = focus[0], focus[1] * a
    reach = np.hypot(max(x, 1 - x), max(y, a - y)) * 1.03
    stage.far.rect(-0.01, -0.01, 1.01, a + 0.01, colour(edge))
    stage.far.glow(x, y, reach * 1.25, colour(paper), core=0.3)
    _wedges(stage.middle, rng, (x, y), a, reach, 170, (0.3, 0.62), 0.006, fade(colour(ink), 0.9))
    _wedges(
        stage.middle,
        rng,
        (x, y),
        a,
        reach,
        130,
        (0.42, 0.85),
        0.0028,
        fade(mix(colour(ink), colour(edge), 0.45), 0.8),
    )
    _wedges(stage.near, rng, (x, y), a, reach, 26, (0.68, 0.9), 0.03, colour(ink))


def _wedges(
    layer: Layer,
    rng: np.random.Generator,
    focus: Focus,
    aspect: float,
    reach: float,
    count: int,
    stop: tuple[float, float],
    width: float,
    ink: int,
) -> None:
    """Wedges in bunches, as a pen throws them: wide outside the frame, a point inside."""
    bunches = rng.uniform(0, 2 * np.pi, max(count // 7, 5))
    turns = rng.choice(bunches, count) + rng.normal(0, 0.11, count)
    squash = min(1.0, aspect)  # the open middle is an oval that follows the panel
    for turn in turns.tolist():
        ray = np.array([np.cos(turn), np.sin(turn)])
        to_edge = 0.5 / max(abs(ray[0]), abs(ray[1]) / aspect)
        tip = np.asarray(focus) + ray * to_edge * rng.uniform(*stop) * (0.85 + 0.15 * squash)
        half = rng.uniform(0.25, 1.0) * width * reach * 1.6
        end = np.asarray(focus) + ray * reach * 1.4
        side = np.array([-ray[1], ray[0]]) * half
        layer.fill([tip, end + side, end - side], ink)


def halftone(stage: Stage) -> None:
    """Halftone (망점): a 45-degree dot screen whose dots grow away from the light, over a soft gradient."""
    top, low, ink = {
        "day": ("#fdfcff", "#cfe3fb", "#5f8fd6"),
        "dusk": ("#fff4e0", "#ffc2b0", "#e0698a"),
        "night": ("#3a4f8f", "#101a40", "#8fb0ff"),
    }[stage.time]
    a, rng = stage.aspect, stage.rng
    stage.far.rect(-0.01, -0.01, 1.01, a + 0.01, ramp((0.8, 0), (0.2, a), [colour(top), colour(low)]))
    lean, sway = rng.uniform(0.25, 0.6), rng.uniform(0, 6.28)
    pitch = 0.021
    for row in range(int(a / pitch * 2) + 3):
        for column in range(int(1 / pitch) + 2):
            x, y = (column + 0.5 * (row % 2)) * pitch, row * pitch / 2
            tone = (y / a) * (1 - lean) + (1 - x) * lean + 0.07 * np.sin(x * 5 + sway) - 0.08
            if (r := pitch * 0.52 * min(max(tone, 0) * 1.05, 1) ** 0.8) > 0.0012:
                stage.middle.dot(x, y, r, fade(colour(ink), 0.3 + 0.5 * min(max(tone, 0), 1)))
    stage.near.glow(0.86, a * 0.1, 0.6, fade(colour("#ffffff"), 0.55 if stage.time != "night" else 0.22))


def sparkle(stage: Stage, focus: Focus = (0.5, 0.45)) -> None:
    """Sparkle (반짝임): bokeh and glints for a tender moment, kept clear of *focus*."""
    inks, white, bokeh = {
        "day": (("#ffe9cf", "#ffbfd2", "#a9c6ff"), "#ffffff", ("#ffffff", "#ffe2b8", "#ffd0e4")),
        "dusk": (("#ffc98f", "#ff8aa6", "#8a74d0"), "#fff6d8", ("#fff0c8", "#ffc2a0", "#ffa9c4")),
        "night": (("#3b3a92", "#2c2b76", "#12163f"), "#ffedc2", ("#ffd88a", "#ff9fb4", "#8fb6ff")),
    }[stage.time]
    a, rng = stage.aspect, stage.rng
    fx, fy = focus[0], focus[1] * a
    inks = [colour(code) for code in inks]
    light = colour(white)
    stage.far.rect(-0.01, -0.01, 1.01, a + 0.01, ramp((0.15, 0), (0.85, a), inks))
    stage.far.glow(fx, fy, 0.75, fade(light, 0.8) if stage.time != "night" else fade(colour("#8f7be0"), 0.5))
    for ink in (inks[0], inks[1], light, inks[2]):
        stage.far.dot(
            rng.uniform(0, 1),
            rng.uniform(0, a),
            rng.uniform(0.2, 0.4),
            fade(mix(ink, light, 0.3), 0.4),
            blur=0.1,
        )
    for layer, count, small, large in ((stage.middle, 46, 0.012, 0.07), (stage.weather, 9, 0.06, 0.12)):
        for _ in range(round(count * a)):
            x, y = rng.uniform(-0.05, 1.05), rng.uniform(-0.05, a + 0.05)
            away = np.hypot(x - fx, (y - fy) / max(a, 1)) / 0.5
            if rng.uniform(0.15, 0.9) > away:
                continue
            r = rng.uniform(small, large)
            ink = colour(bokeh[int(rng.integers(3))])
            layer.dot(x, y, r, fade(ink, rng.uniform(0.16, 0.5)), blur=r * 0.06)
            layer.stroke(
                [(x + r * np.cos(t), y + r * np.sin(t)) for t in np.linspace(0, 6.28, 25)],
                r * 0.06,
                fade(mix(light, ink, 0.4), 0.45),
                blur=r * 0.03,
                closed=True,
            )
    for _ in range(round(34 * a)):
        x, y = rng.uniform(0, 1), rng.uniform(0, a)
        if np.hypot(x - fx, (y - fy) / max(a, 1)) > rng.uniform(0.22, 0.45):
            _glint(stage.weather, x, y, 0.006 + 0.05 * rng.uniform(0, 1) ** 2.5, light)


def _glint(layer: Layer, x: float, y: float, r: float, ink: int) -> None:
    """A four-pointed star with a halo."""
    layer.glow(x, y, r * 1.3, fade(ink, 0.5))
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    long = np.where(np.arange(8) % 2, 0.09, np.where(np.arange(8) % 4, 0.7, 1.0)) * r
    layer.fill(np.stack([x + long * np.sin(turn), y - long * np.cos(turn)], 1), fade(ink, 0.95))


def gloom(stage: Stage) -> None:
    """Gloom (먹구름): dark cloud pressing from above and vertical hatching, for dread or despair."""
    top, low, ink, smoke = {
        "day": ("#3d4560", "#c9cede", "#1e2438", "#4a526e"),
        "dusk": ("#3a2748", "#b98a9f", "#22122e", "#54385e"),
        "night": ("#080b1a", "#3a4468", "#02040c", "#1a2140"),
    }[stage.time]
    a, rng = stage.aspect, stage.rng
    inks = [colour(code) for code in (top, low, ink, smoke)]
    stage.far.wash(-0.01, a + 0.01, [inks[0], mix(inks[0], inks[1], 0.45), inks[1]], [0, 0.5, 1])
    stage.far.glow(0.5, a * 0.72, 0.6, fade(mix(inks[1], colour("#ffffff"), 0.35), 0.6), ry=a * 0.4)
    for band in range(5):
        y = a * (0.02 + 0.085 * band)
        for _ in range(7):
            r = rng.uniform(0.1, 0.22)
            stage.middle.fill(
                blob(rng, rng.uniform(-0.05, 1.05), y + rng.normal(0, 0.03), r, r * 0.42, 0.3),
                fade(mix(inks[3], inks[2], 0.75 - 0.16 * band + rng.uniform(-0.1, 0.1)), 0.34),
                blur=0.014,
                curved=True,
            )
    fall = (0.42 + 0.22 * noise(rng, 240, 4, 6)) * a
    for k in range(240):
        x = (k + rng.uniform(0, 1)) / 240
        end = max(float(fall[k]) * rng.uniform(0.55, 1.25), 0.05)
        stage.middle.tapered(
            [(x, -0.02), (x, end * 0.5), (x + rng.normal(0, 0.002), end)],
            rng.uniform(0.0012, 0.0036),
            0.0002,
            fade(inks[2], rng.uniform(0.35, 0.8)),
        )
    for side in (0.0, 1.0):
        for _ in range(16):
            x = side + (0.5 - side) * 2 * rng.uniform(0, 0.1)
            stage.near.tapered(
                [(x, -0.02), (x, a * rng.uniform(0.5, 1.0))],
                rng.uniform(0.003, 0.008),
                0.0005,
                fade(inks[2], 0.7),
            )
    stage.vignette(inks[2], 0.6)
