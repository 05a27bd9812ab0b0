"""The stage that every background is painted on: layers, a camera, and a few brushes.

Everything is drawn in *unit space*: x runs from 0 to 1 across the panel, y from 0 down to height / width. So
a background looks the same at any resolution, and a taller panel shows more rather than something stretched.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import skia

LAYERS = ("far", "middle", "near", "weather")
"""Depth order, farthest first. Characters stand between "middle" and "near"."""

Points = Sequence[tuple[float, float]] | np.ndarray


def colour(code: str, alpha: float = 1.0) -> int:
    """ "#rrggbb" as the 0xAARRGGBB that skia takes.

    >>> hex(colour("#ff8000", 0.5))
    '0x80ff8000'
    """
    return round(alpha * 255) << 24 | int(code[1:], 16)


def fade(ink: int, alpha: float) -> int:
    """The same ink at another opacity (0 to 1)."""
    return round(min(max(alpha, 0.0), 1.0) * 255) << 24 | (ink & 0xFFFFFF)


def mix(a: int, b: int, t: float) -> int:
    """From *a* (t = 0) to *b* (t = 1), channel by channel."""
    t = min(max(t, 0.0), 1.0)
    return sum(round((a >> s & 255) * (1 - t) + (b >> s & 255) * t) << s for s in (24, 16, 8, 0))


def noise(rng: np.random.Generator, n: int, octaves: int = 4, first: int = 2) -> np.ndarray:
    """Smooth noise for outlines: *n* samples in about -1 to 1, octaves twice as fine and 0.55 as strong."""
    weights = _octaves(n, octaves, first)
    return weights @ rng.uniform(-1, 1, weights.shape[1])


@lru_cache(maxsize=64)
def _octaves(n: int, octaves: int, first: int) -> np.ndarray:
    """How much each random knot of each octave counts in each of *n* samples, eased between neighbours."""
    rows = np.arange(n)
    blocks = []
    for octave in range(octaves):
        knots = first * 2**octave
        at = np.linspace(0, knots, n)
        left = at.astype(int)
        ease = (at - left) ** 2 * (3 - 2 * (at - left))
        block = np.zeros((n, knots + 2))
        block[rows, left], block[rows, left + 1] = 1 - ease, ease
        blocks.append(block * 0.55**octave / 1.6)
    return np.concatenate(blocks, 1)


def blob(
    rng: np.random.Generator, x: float, y: float, rx: float, ry: float, rough: float = 0.18, n: int = 22
) -> np.ndarray:
    """A lump with an uneven edge: a closed outline around (x, y)."""
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    wave = sum(rng.uniform(0.3, 1) / k * np.sin(k * turn + rng.uniform(0, 6.28)) for k in (2, 3, 5))
    r = 1 + rough * wave
    return np.stack([x + rx * r * np.cos(turn), y + ry * r * np.sin(turn)], 1)


def path(points: Points, closed: bool = True, curved: bool = False) -> skia.Path:
    """A skia path through the points; *curved* rounds every corner."""
    p = np.asarray(points, float).tolist()
    out = skia.PathBuilder()
    if not curved:
        return out.addPolygon([skia.Point(x, y) for x, y in p], closed).detach()
    if closed:
        p = [*p, p[0], p[1]]
        out.moveTo((p[0][0] + p[1][0]) / 2, (p[0][1] + p[1][1]) / 2)
    else:
        out.moveTo(*p[0])
    for (x, y), (x2, y2) in itertools.pairwise(p[1:]):
        out.quadTo(x, y, (x + x2) / 2, (y + y2) / 2)
    if closed:
        out.close()
    else:
        out.lineTo(*p[-1])
    return out.detach()


def ramp(
    start: tuple[float, float],
    end: tuple[float, float],
    inks: Sequence[int],
    stops: Sequence[float] | None = None,
) -> skia.Shader:
    """A linear gradient from *start* to *end*."""
    return skia.GradientShader.MakeLinear(
        [skia.Point(*start), skia.Point(*end)], list(inks), stops and list(stops)
    )


class Layer:
    """One transparent sheet, with brushes that work in unit space."""

    def __init__(self, width: int, height: int, mirror: bool) -> None:
        self.surface = skia.Surface(width, height)
        self.canvas = self.surface.getCanvas()
        self.aspect = height / width
        self.mirror = mirror
        if mirror:
            self.canvas.translate(width, 0)
            self.canvas.scale(-1, 1)
        self.canvas.scale(width, width)

    def _paint(self, ink: int | skia.Shader, blur: float = 0.0) -> skia.Paint:
        paint = skia.Paint(AntiAlias=True)
        if isinstance(ink, int):
            paint.setColor(ink)
        else:
            paint.setShader(ink)
            paint.setDither(True)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        return paint

    def fill(
        self, shape: Points | skia.Path, ink: int | skia.Shader, blur: float = 0.0, curved: bool = False
    ) -> None:
        """Fill a closed outline."""
        if not isinstance(shape, skia.Path):
            shape = path(shape, curved=curved)
        self.canvas.drawPath(shape, self._paint(ink, blur))

    def stroke(
        self,
        shape: Points | skia.Path,
        size: float,
        ink: int | skia.Shader,
        blur: float = 0.0,
        curved: bool = True,
        closed: bool = False,
    ) -> None:
        """Draw a line with round ends."""
        if not isinstance(shape, skia.Path):
            shape = path(shape, closed=closed, curved=curved and len(shape) > 2)
        paint = self._paint(ink, blur)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(size)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(shape, paint)

    def tapered(
        self, points: Points, start: float, end: float, ink: int | skia.Shader, blur: float = 0.0
    ) -> None:
        """A stroke whose width runs from *start* to *end*: a branch, a hair, a wisp."""
        p = np.asarray(points, float)
        ahead = np.concatenate([p[1:], p[-1:]]) - np.concatenate([p[:1], p[:-1]])
        side = ahead[:, ::-1] * (-1, 1) / (np.hypot(*ahead.T)[:, None] + 1e-9)
        half = np.linspace(start, end, len(p))[:, None] / 2
        self.fill(np.concatenate([p + side * half, (p - side * half)[::-1]]), ink, blur)

    def rect(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        ink: int | skia.Shader,
        blur: float = 0.0,
        radius: float = 0.0,
    ) -> None:
        """Fill an upright rectangle."""
        self.canvas.drawRoundRect(skia.Rect.MakeLTRB(x0, y0, x1, y1), radius, radius, self._paint(ink, blur))

    def dot(self, x: float, y: float, r: float, ink: int, blur: float = 0.0, ry: float | None = None) -> None:
        """Fill an ellipse."""
        ry = r if ry is None else ry
        self.canvas.drawOval(skia.Rect.MakeLTRB(x - r, y - ry, x + r, y + ry), self._paint(ink, blur))

    def wash(self, y0: float, y1: float, inks: Sequence[int], stops: Sequence[float] | None = None) -> None:
        """A vertical gradient across the whole width, from *y0* to *y1*."""
        self.rect(-0.01, y0, 1.01, y1, ramp((0, y0), (0, y1), inks, stops))

    def glow(
        self,
        x: float,
        y: float,
        r: float,
        ink: int,
        ry: float | None = None,
        core: float = 0.0,
        add: bool = False,
    ) -> None:
        """A soft pool of light that falls off to nothing at radius *r*; *add* brightens what is below."""
        ry = r if ry is None else ry
        squash = skia.Matrix().setScale(1, ry / r, x, y)
        steps = np.linspace(0, 1, 9)
        inks = [
            fade(ink, (ink >> 24) / 255 * a)
            for a in (np.cos(steps * np.pi / 2) ** 2 * (1 - steps) ** 0.6).tolist()
        ]
        stops = (core + (1 - core) * steps).tolist()
        if core:
            inks, stops = [ink, *inks], [0.0, *stops]
        paint = self._paint(
            skia.GradientShader.MakeRadial(skia.Point(x, y), r, inks, stops, skia.TileMode.kClamp, 0, squash)
        )
        if add:
            paint.setBlendMode(skia.BlendMode.kScreen)
        self.canvas.drawRect(skia.Rect.MakeLTRB(x - r, y - ry, x + r, y + ry), paint)

    def text(
        self,
        words: str,
        x: float,
        y: float,
        size: float,
        ink: int,
        face: skia.Typeface,
        vertical: bool = False,
        widest: float = 9.0,
    ) -> None:
        """Words centred on (x, y), never mirrored; *vertical* stacks them; long words shrink to *widest*."""
        # Glyphs are laid out at 100 units and scaled: skia hints tiny sizes badly.
        font = skia.Font(face, 100)
        font.setSubpixel(True)
        font.setHinting(skia.FontHinting.kNone)
        length = max(len(words) * 108 if vertical else font.measureText(words), 1)
        scale = min(size, widest * 100 / length) / 100
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.scale(-scale if self.mirror else scale, scale)
        paint = self._paint(ink)
        if vertical:
            for row, syllable in enumerate(words):
                self.canvas.drawString(
                    syllable, -font.measureText(syllable) / 2, (row + 0.86) * 108 - length / 2, font, paint
                )
        else:
            self.canvas.drawString(words, -length / 2, 36, font, paint)
        self.canvas.restore()

    def text_on(
        self, words: str, corners: Points, ratio: float, ink: int, face: skia.Typeface, fill: float = 0.7
    ) -> None:
        """Words on a board seen in perspective.

        corners: clockwise from the top left as drawn. ratio: the board's true width over its height.
        fill: height of the letters as a share of the board's.
        """
        if self.mirror:
            corners = [corners[k] for k in (1, 0, 3, 2)]
        board = [
            skia.Point(0, 0),
            skia.Point(100 * ratio, 0),
            skia.Point(100 * ratio, 100),
            skia.Point(0, 100),
        ]
        onto = skia.Matrix()
        if not onto.setPolyToPoly(board, [skia.Point(float(x), float(y)) for x, y in corners]):
            return
        font = skia.Font(face, 100 * fill)
        font.setSubpixel(True)
        font.setHinting(skia.FontHinting.kNone)
        length = font.measureText(words)
        squeeze = min(1.0, 92 * ratio / length)
        font.setSize(100 * fill * squeeze)
        self.canvas.save()
        self.canvas.concat(onto)
        self.canvas.drawString(
            words, 50 * ratio - length * squeeze / 2, 50 + 36 * fill * squeeze, font, self._paint(ink)
        )
        self.canvas.restore()


@dataclass(frozen=True)
class Camera:
    """A shift-lens camera: verticals stay vertical, the horizon may sit anywhere in the panel.

    horizon: y in unit space. eye: height of the lens in metres. zoom: focal length in panel widths.
    """

    horizon: float
    eye: float
    zoom: float = 1.0
    centre: float = 0.5

    def at(self, x: float, y: float, z: float) -> tuple[float, float]:
        """A point *x* metres to the right, *y* above the ground and *z* ahead, in unit space.

        >>> Camera(horizon=0.5, eye=1.5).at(1.0, 0.0, 3.0)
        (0.8333333333333333, 1.0)
        """
        return self.centre + self.zoom * x / z, self.horizon + self.zoom * (self.eye - y) / z

    def size(self, metres: float, z: float) -> float:
        """How wide *metres* look at distance *z*."""
        return self.zoom * metres / z

    def ground(self, y: float) -> float:
        """The distance at which the ground is seen at height *y* of the panel."""
        return self.zoom * self.eye / max(y - self.horizon, 1e-4)


@dataclass
class Stage:
    """What a place is painted on, and the conditions it is painted in."""

    width: int
    height: int
    seed: int
    time: str
    framing: str
    light: str
    font: Path
    sheets: dict[str, Layer] = field(init=False)
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.sheets = {name: Layer(self.width, self.height, mirror=self.light == "left") for name in LAYERS}
        self.rng = np.random.default_rng(self.seed)

    @property
    def far(self) -> Layer:
        """Sky, walls, skyline."""
        return self.sheets["far"]

    @property
    def middle(self) -> Layer:
        """What stands behind the characters."""
        return self.sheets["middle"]

    @property
    def near(self) -> Layer:
        """What frames the panel in front of the characters: edges only, the middle stays open."""
        return self.sheets["near"]

    @property
    def weather(self) -> Layer:
        """Falling snow, dust, bokeh, the last veil of light."""
        return self.sheets["weather"]

    @property
    def aspect(self) -> float:
        """Height of the panel in widths: the largest y."""
        return self.height / self.width

    @property
    def simple(self) -> bool:
        """True behind a bust or close-up: leave the small things out."""
        return self.framing == "behind"

    def typeface(self) -> skia.Typeface:
        """The font of signs."""
        return skia.Typeface.MakeFromFile(str(self.font))

    def camera(
        self, eye: float = 1.5, wide: float = 0.56, low: float = 0.78, high: float = 0.24, zoom: float = 1.0
    ) -> Camera:
        """The camera of this framing; *wide*, *low* and *high* give its horizon as a share of the height."""
        share, lift = {"wide": (wide, 1), "low": (low, 0.45), "high": (high, 2.4), "behind": (wide, 1)}[
            self.framing
        ]
        # A tall panel zooms in a little: otherwise it would be half sky and half floor.
        zoom *= max(1.0, self.aspect / 1.25) ** 0.6 * (1.3 if self.simple else 1.0)
        return Camera(share * self.aspect, eye * lift, zoom)

    def falling_snow(self, amount: int, ink: int, drift: float = 0.25) -> None:
        """Flakes of several sizes on the weather layer: many small and sharp, a few near and out of focus."""
        amount = round(amount * self.aspect / 1.25)
        depth = self.rng.uniform(0, 1, amount) ** 3.2
        xs, ys = self.rng.uniform(-0.02, 1.02, amount), self.rng.uniform(-0.02, self.aspect + 0.02, amount)
        lean = self.rng.normal(drift, 0.2, amount)
        for x, y, near, slant in zip(xs.tolist(), ys.tolist(), depth.tolist(), lean.tolist(), strict=True):
            r = 0.0011 + 0.0085 * near
            if near > 0.35:
                self.weather.dot(x, y, r * 1.15, fade(ink, 0.62 - 0.3 * near), blur=r * 0.42)
            else:
                step = r * 0.5
                self.weather.stroke(
                    [(x, y), (x + step * slant, y + step)], r * 1.7, fade(ink, 0.55 + 0.4 * (near > 0.1))
                )

    def vignette(self, ink: int, strength: float) -> None:
        """Darken the corners on the weather layer."""
        a = self.aspect
        clear, edge = fade(ink, 0), fade(ink, strength)
        paint = self.weather._paint(
            skia.GradientShader.MakeRadial(
                skia.Point(0.5, a / 2), 0.5 * (1 + a * a) ** 0.5, [clear, clear, edge], [0, 0.55, 1]
            )
        )
        self.weather.canvas.drawPaint(paint)

    def images(self, size: tuple[int, int]) -> dict[str, skia.Image]:
        """The finished layers at *size* pixels; behind a figure, blurred, paler and less saturated."""
        out = {}
        for name, sheet in self.sheets.items():
            image = sheet.surface.makeImageSnapshot()
            if self.simple:
                image = _soften(image, self.width * 0.0055, 0.92 if self.time == "night" else 0.82)
            if (image.width(), image.height()) != size:
                target = skia.Surface(*size)
                target.getCanvas().drawImageRect(
                    image, skia.Rect.MakeWH(*size), skia.SamplingOptions(skia.FilterMode.kLinear)
                )
                image = target.makeImageSnapshot()
            out[name] = image
        return out


def _soften(image: skia.Image, sigma: float, contrast: float) -> skia.Image:
    """Blur by *sigma* pixels, take a quarter of the saturation out, and lift the darks."""
    keep, lift = 0.76, contrast
    grey = [0.2126 * (1 - keep) * lift, 0.7152 * (1 - keep) * lift, 0.0722 * (1 - keep) * lift]
    rows = []
    for channel in range(3):
        row = [g + (keep * lift if i == channel else 0) for i, g in enumerate(grey)]
        rows += [*row, 0, (1 - lift) * 0.85]
    colours = skia.ColorFilters.Matrix([*rows, 0, 0, 0, 1, 0])
    target = skia.Surface(image.width(), image.height())
    blur = skia.ImageFilters.Blur(sigma, sigma, skia.TileMode.kClamp)
    target.getCanvas().drawImage(
        image,
        0,
        0,
        skia.SamplingOptions(),
        skia.Paint(ImageFilter=skia.ImageFilters.ColorFilter(colours, blur)),
    )
    return target.makeImageSnapshot()
