"""Portraits with flying hair before a busy ground, drawn so that their matte is known exactly."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import skia

FINER = 4
"""The figure is drawn this many times larger; a pixel's matte is the share that the figure covers."""


@dataclass(frozen=True)
class Portrait:
    """frame = matte x figure + (1 - matte) x ground, in code values, all float32. The figure has a colour everywhere."""

    frame: np.ndarray
    matte: np.ndarray
    figure: np.ndarray
    ground: np.ndarray


def forest(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Blurred trunks before snow: what a long lens makes of the background."""
    random = np.random.default_rng(seed)
    ground = np.full((height, width, 3), (0.80, 0.84, 0.90), np.float32)
    ground *= np.linspace(0.8, 1.1, height, dtype=np.float32)[:, None, None]
    for x in random.uniform(0, width, 9):
        shade = random.uniform(0.25, 0.6) * np.float32([0.9, 0.95, 1.05])
        cv2.line(ground, (int(x), 0), (int(x + random.normal() * 10), int(height * 0.8)), shade.tolist(),
                 max(1, int(random.uniform(0.01, 0.05) * width)))  # fmt: skip
    return np.clip(cv2.GaussianBlur(ground, (0, 0), width / 90), 0, 1)


def screen(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A green screen, lit a little unevenly."""
    light = cv2.resize(np.random.default_rng(seed).random((3, 4), np.float32), (width, height))
    return np.float32([0.16, 0.62, 0.22]) * (0.92 + 0.16 * light[..., None])


def _draw(height: int, width: int, seed: int, sway: float) -> np.ndarray:
    """The figure alone, premultiplied RGBA float32."""
    random = np.random.default_rng(seed)
    unit = height * FINER
    surface = skia.Surface(width * FINER, unit)
    canvas = surface.getCanvas()
    canvas.translate(width * FINER / 2 + sway * FINER, 0)
    canvas.scale(unit, unit)
    solid = skia.Paint(AntiAlias=True)

    def oval(x, y, a, b, colour):
        solid.setColor4f(skia.Color4f(*colour, 1))
        canvas.drawOval(skia.Rect(x - a, y - b, x + a, y + b), solid)

    oval(0, 0.36, 0.19, 0.24, (0.13, 0.10, 0.10))
    oval(0, 1.08, 0.46, 0.36, (0.60, 0.13, 0.14))
    solid.setColor4f(skia.Color4f(0.80, 0.63, 0.54, 1))
    canvas.drawRect(skia.Rect(-0.07, 0.5, 0.07, 0.78), solid)
    oval(0, 0.42, 0.13, 0.18, (0.88, 0.71, 0.62))
    strand = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style)
    for _ in range(220):
        angle = random.uniform(-0.35, np.pi + 0.35)
        x, y = 0.18 * np.cos(angle), 0.36 - 0.22 * np.sin(angle)
        out = random.gamma(2.0, 0.035)
        bend = random.normal(0, 0.05, 4)
        path = skia.Path()
        path.moveTo(x * 0.9, 0.36 + (y - 0.36) * 0.9)
        path.cubicTo(
            x * 1.1 + bend[0], y + bend[1] * 0.5, x + out * np.cos(angle) + bend[2], y - out * np.sin(angle) * 0.5,
            x + out * np.cos(angle) * 1.3 + bend[3], y - out * np.sin(angle) + 0.06,
        )  # fmt: skip
        tone = random.uniform(0.7, 1.6)
        strand.setColor4f(skia.Color4f(0.13 * tone, 0.10 * tone, 0.10 * tone, 1))
        strand.setStrokeWidth(random.uniform(0.0012, 0.004))
        canvas.drawPath(path, strand)
    # read as straight colours, and averaged premultiplied
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_F32_ColorType).astype(np.float32)
    straight = pixels[..., 3:]
    return cv2.resize(np.dstack([pixels[..., :3] * straight, straight]), (width, height), interpolation=cv2.INTER_AREA)


@cache
def portrait(seed: int = 0, height: int = 180, width: int = 240, ground: str = "forest", sway: float = 0.0) -> Portrait:
    """Somebody before a "forest" or a "screen". sway: pixels that the figure stands to the right, fractions allowed."""
    rgba = _draw(height, width, seed, sway)
    matte = np.clip(rgba[..., 3], 0, 1)
    colours = rgba[..., :3] / np.maximum(matte, 1e-6)[..., None]
    # Where nothing covers a pixel, the figure's colour is that of the nearest pixel it covers.
    seen = (matte > 0.02).astype(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(1 - seen, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros((nearest.max() + 1, 3), np.float32)
    table[nearest[seen > 0]] = colours[seen > 0]
    figure = np.where(seen[..., None] > 0, colours, table[nearest]).astype(np.float32)
    behind = {"forest": forest, "screen": screen}[ground](height, width, seed)
    frame = matte[..., None] * figure + (1 - matte[..., None]) * behind
    return Portrait(frame, matte, figure, behind)
