"""People seen from far away, for establishing shots: a coat, a scarf, a shadow on the snow, no face."""

import numpy as np
import skia

from hallyu.errors import HallyuError
from hallyu.webtoon.backgrounds.stage import Layer, colour, fade, mix, ramp

POSES = ("standing", "walking")
FACINGS = ("left", "right", "away", "front")
SKIN = colour("#f3d3bf")


def distant_figure(
    layer: np.ndarray,
    x: float,
    y: float,
    height: float,
    outfit: str = "#b8453f",
    hair: str = "#2b2530",
    pose: str = "standing",
    facing: str = "right",
    scarf: str = "#f3e8d6",
    long_hair: bool = False,
    shadow: str = "#54709f",
) -> np.ndarray:
    """A copy of *layer* (RGBA uint8, straight alpha) with a small person on it.

    x, y: where the feet stand, in pixels. height: of the person, in pixels; best under a fifth of the panel.
    outfit, hair, scarf, shadow: "#rrggbb". pose: one of POSES. facing: one of FACINGS.
    Raises HallyuError for a pose or a facing that does not exist.

    >>> bool(distant_figure(np.zeros((60, 40, 4), np.uint8), 20, 55, 40)[..., 3].any())
    True
    """
    for what, word, words in (("pose", pose, POSES), ("facing", facing, FACINGS)):
        if word not in words:
            raise HallyuError(f'There is no {what} "{word}": choose one of {", ".join(words)}.')
    rows, columns = layer.shape[:2]
    sheet = Layer(columns, rows, mirror=False)
    sheet.canvas.resetMatrix()
    sheet.canvas.translate(x, y)
    sheet.canvas.scale(-height if facing == "left" else height, height)
    _person(
        sheet,
        colour(outfit),
        colour(hair),
        colour(scarf),
        pose == "walking",
        facing,
        long_hair,
        colour(shadow),
    )
    drawn = (
        sheet.surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType).astype(np.float32)
        / 255
    )
    below = layer.astype(np.float32) / 255
    alpha = drawn[..., 3:] + below[..., 3:] * (1 - drawn[..., 3:])
    ink = drawn[..., :3] * drawn[..., 3:] + below[..., :3] * below[..., 3:] * (1 - drawn[..., 3:])
    return np.round(np.concatenate([ink / np.maximum(alpha, 1e-6), alpha], 2) * 255).astype(np.uint8)


def _person(
    sheet: Layer, coat: int, hair: int, scarf: int, walking: bool, facing: str, long_hair: bool, shadow: int
) -> None:
    """Feet at the origin, one unit tall, facing right when seen from the side."""
    side = facing in ("left", "right")
    dark, lit = mix(coat, colour("#141a33"), 0.4), mix(coat, colour("#fff0d8"), 0.28)
    leg, boot = colour("#2c3047"), colour("#1f1a22")
    sheet.fill(
        [(-0.05, 0.0), (0.07, 0.0), (-0.2, 0.2), (-0.4, 0.19)],
        ramp((0, 0), (-0.3, 0.2), [fade(shadow, 0.55), fade(shadow, 0)]),
        blur=0.012,
    )
    sheet.dot(0, 0.005, 0.13, fade(shadow, 0.55), blur=0.014, ry=0.022)
    feet = (
        ((-0.035, 0), (0.035, 0))
        if not walking
        else ((-0.105, -0.015), (0.1, 0))
        if side
        else ((-0.03, -0.03), (0.035, 0))
    )
    for k, (fx, fy) in enumerate(feet):
        hip = (-0.02 + 0.04 * k, -0.33)
        knee = ((hip[0] + fx) / 2 + (0.02 if walking and side else 0), -0.17)
        sheet.tapered([hip, knee, (fx, fy - 0.03)], 0.07, 0.045, mix(leg, boot, 0.5 * (1 - k)))
        toe = 0.035 if side else 0.0
        sheet.fill(
            [
                (fx - 0.03, fy - 0.085),
                (fx + 0.026, fy - 0.085),
                (fx + 0.03 + toe, fy - 0.012),
                (fx + 0.028 + toe, fy + 0.008),
                (fx - 0.03, fy + 0.008),
            ],
            boot,
        )
    if long_hair and facing != "front":
        _hair_fall(sheet, hair, side)
    swing = 0.07 if walking and side else 0.0
    back = (
        [(-0.025, -0.76), (-0.04 - swing, -0.62), (-0.02 - swing * 1.6, -0.48)]
        if side
        else [(-0.068, -0.765), (-0.1, -0.62), (-0.095, -0.475)]
    )
    _arm(sheet, back, dark)
    hem = 0.02 if walking else 0
    sheet.fill(
        [
            (-0.075, -0.79),
            (-0.03, -0.825),
            (0.03, -0.825),
            (0.075, -0.79),
            (0.08, -0.62),
            (0.075, -0.54),
            (0.125 + hem, -0.25),
            (0.04, -0.225),
            (-0.05, -0.225),
            (-0.125 - hem, -0.25),
            (-0.075, -0.54),
            (-0.08, -0.62),
        ],
        ramp((-0.12, 0), (0.13, 0), [dark, coat, coat, lit], [0, 0.35, 0.7, 1]),
        curved=True,
    )
    sheet.stroke([(0.01, -0.5), (-0.01, -0.24)], 0.008, fade(dark, 0.6))
    sheet.fill([(-0.079, -0.57), (0.079, -0.57), (0.077, -0.54), (-0.077, -0.54)], fade(dark, 0.8))
    front = (
        [(0.0, -0.76), (0.025 + swing, -0.62), (0.035 + swing * 1.8, -0.475)]
        if side
        else [(0.068, -0.765), (0.1, -0.62), (0.095, -0.475)]
    )
    _arm(sheet, front, mix(coat, lit, 0.35) if side else coat)
    _head(sheet, hair, facing)
    sheet.fill(
        [(-0.07, -0.835), (0.0, -0.85), (0.07, -0.835), (0.075, -0.79), (0.0, -0.765), (-0.075, -0.79)],
        ramp((-0.07, 0), (0.07, 0), [mix(scarf, shadow, 0.35), scarf]),
        curved=True,
    )
    tail = (
        [(-0.05, -0.8), (-0.1, -0.74), (-0.13 - swing, -0.62)]
        if side
        else [(0.03, -0.8), (0.045, -0.7), (0.04, -0.6)]
    )
    if facing != "away":
        sheet.tapered(tail, 0.05, 0.036, mix(scarf, shadow, 0.15))
    elif long_hair:
        _hair_fall(sheet, hair, side)


def _arm(sheet: Layer, joints: list[tuple[float, float]], sleeve: int) -> None:
    sheet.dot(joints[-1][0], joints[-1][1] + 0.035, 0.02, SKIN)
    sheet.stroke(joints, 0.06, sleeve)


def _head(sheet: Layer, hair: int, facing: str) -> None:
    sheet.dot(0.0, -0.905, 0.06, SKIN, ry=0.07)
    if facing in ("left", "right"):
        cap = [
            (0.055, -0.945),
            (0.02, -0.925),
            (-0.005, -0.9),
            (-0.012, -0.85),
            (-0.06, -0.84),
            (-0.083, -0.9),
            (-0.07, -0.965),
            (-0.015, -1.0),
            (0.05, -0.985),
            (0.072, -0.945),
        ]
    elif facing == "away":
        cap = [
            (0.07, -0.87),
            (0.03, -0.84),
            (-0.03, -0.84),
            (-0.07, -0.87),
            (-0.08, -0.93),
            (-0.05, -0.985),
            (0, -1.0),
            (0.05, -0.985),
            (0.08, -0.93),
        ]
    else:
        cap = [
            (0.075, -0.86),
            (0.06, -0.93),
            (0.01, -0.945),
            (-0.055, -0.925),
            (-0.075, -0.86),
            (-0.083, -0.93),
            (-0.05, -0.985),
            (0, -1.0),
            (0.05, -0.985),
            (0.083, -0.93),
        ]
    sheet.fill(cap, ramp((0, -1.0), (0, -0.84), [mix(hair, colour("#b9c6e6"), 0.28), hair]), curved=True)


def _hair_fall(sheet: Layer, hair: int, side: bool) -> None:
    x = -0.045 if side else 0.0
    half = 0.045 if side else 0.078
    sheet.fill(
        [
            (x - half, -0.93),
            (x + half, -0.93),
            (x + half * 0.95, -0.72),
            (x + half * 0.4, -0.62),
            (x - half * 0.5, -0.61),
            (x - half * 1.15, -0.7),
        ],
        hair,
        curved=True,
    )
