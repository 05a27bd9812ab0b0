"""Falling snow with depth: near flakes are large, soft and fast, far ones are a fine drift behind the actors.

A flake's place follows from the seed and the frame's number alone, so that any frame can be drawn by itself, and a render
that was stopped goes on without a jump. Flakes are seen through the shot's own camera: its lens, its focus, its shutter
and its move.
"""

from dataclasses import dataclass

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour

MARGIN = 1.15
"""How much wider than the picture the flakes' space is, so that none appears at its edge."""


@dataclass(frozen=True)
class Camera:
    """focal: in picture heights, 1.5 is a 36 mm lens on full frame. focus: metres. aperture: metres across, 0 is sharp
    everywhere. shutter: share of the frame's time that it is open, 0.5 is 180 degrees."""

    focal: float = 1.5
    focus: float = 4.0
    aperture: float = 0.02
    shutter: float = 0.5


@dataclass(frozen=True)
class Snow:
    """A snowfall. flakes: how many between *nearest* and *farthest* metres. size: metres across, of a clump of crystals.
    fall, wind: metres a second, downwards and to the right. sway: metres that a flake swings from side to side."""

    seed: int = 0
    flakes: int = 9000
    size: float = 0.008
    fall: float = 1.1
    wind: float = 0.3
    sway: float = 0.06
    nearest: float = 0.8
    farthest: float = 24.0


@dataclass(frozen=True)
class Flakes:
    """Where the flakes of a frame are: x, y (n,) pixels when the shutter opens, to_x, to_y when it closes; depth in
    metres; radius in pixels, blur of the lens included; opacity in 0..1, less for a flake that is spread wide."""

    x: np.ndarray
    y: np.ndarray
    to_x: np.ndarray
    to_y: np.ndarray
    depth: np.ndarray
    radius: np.ndarray
    opacity: np.ndarray


def place(
    snow: Snow, number: int, width: int, height: int, rate: float = 24.0, camera: Camera | None = None,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Flakes:  # fmt: skip
    """The flakes of frame *number*. at: where the camera has moved to, metres to the right, down and into the picture.

    Raises HallyuError for a picture without pixels, or a snowfall whose numbers make no sense.
    """
    camera = camera or Camera()
    if min(width, height) < 1:
        raise HallyuError(f"Snow needs a picture to fall in, not one of {width}x{height} pixels.")
    if not 0 < snow.nearest < snow.farthest or snow.flakes < 0 or snow.size <= 0:
        raise HallyuError("Snow falls between a nearest and a farther depth, with flakes of some size; check its numbers.")
    random = np.random.default_rng(snow.seed)
    across, down, into = random.random((3, snow.flakes))
    own = random.lognormal(0, 0.35, snow.flakes)  # its size beside the others'
    speed = 0.75 + 0.5 * random.random(snow.flakes)
    phase, pace = random.random((2, snow.flakes)) * [[2 * np.pi], [2.5]] + [[0], [1.0]]

    # More flakes far away, as the space there is wider, but fewer than would be true: they would be a grey veil.
    span = snow.farthest - snow.nearest
    depth = snow.nearest + span * ((np.sqrt(into) - at[2] / span) % 1)
    half = MARGIN * depth / (2 * camera.focal)  # half the height that the camera sees there
    wide = half * width / height

    def seen(seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Metres from the middle, kept within what the camera sees at that depth."""
        x = across * 2 * wide + snow.wind * speed * seconds - at[0]
        y = down * 2 * half + snow.fall * speed * seconds - at[1]
        swing = snow.sway * np.sin(phase + pace * seconds)
        return x + swing, y

    opens = number / rate
    x, y = seen(opens)
    later_x, later_y = seen(opens + camera.shutter / rate)
    turn_x, turn_y = np.floor(x / (2 * wide)) * 2 * wide + wide, np.floor(y / (2 * half)) * 2 * half + half
    scale = camera.focal * height / depth  # pixels for a metre

    def pixels(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return width / 2 + (x - turn_x) * scale, height / 2 + (y - turn_y) * scale

    sharp = snow.size / 2 * own * scale
    spread = camera.aperture / 2 * np.abs(1 - depth / camera.focus) * scale
    radius = np.sqrt(sharp**2 + spread**2)
    opacity = np.clip(sharp / radius, 0, 1) ** 2
    return Flakes(*pixels(x, y), *pixels(later_x, later_y), depth, radius, opacity)


def matte(
    snow: Snow, number: int, width: int, height: int, rate: float = 24.0, camera: Camera | None = None,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0), nearer: float = 0.0, farther: float = np.inf,
) -> np.ndarray:  # fmt: skip
    """How much of each pixel the flakes cover, float32 (h, w): those from *nearer* to *farther* metres.

    Draw those behind the actor and those before him one by one, and lay the actor between. The other arguments are
    those of place().
    """
    import skia

    flakes = place(snow, number, width, height, rate, camera, at)
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorBLACK)
    crisp, soft = (
        skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap) for _ in range(2)
    )
    shown = (flakes.depth >= nearer) & (flakes.depth < farther)
    for i in np.flatnonzero(shown)[np.argsort(-flakes.depth[shown])].tolist():
        radius, opacity = float(flakes.radius[i]), float(flakes.opacity[i])
        x, y, to_x, to_y = (float(values[i]) for values in (flakes.x, flakes.y, flakes.to_x, flakes.to_y))
        # What is smeared over a longer way covers each place for a shorter time.
        opacity *= 2 * radius / (2 * radius + float(np.hypot(to_x - x, to_y - y)))
        if radius < 0.6:  # smaller than a pixel: a pixel's size, and fainter
            opacity, radius = opacity * (radius / 0.6) ** 2, 0.6
        paint = crisp
        if radius > 1.2:  # a flake has no edge
            paint = soft
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.35 * radius))
        paint.setColor4f(skia.Color4f(1, 1, 1, min(1.0, opacity)))
        paint.setStrokeWidth(2 * radius)
        canvas.drawLine(x, y, to_x + 1e-3, to_y, paint)
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    return pixels[..., 0].astype(np.float32) / 255


def fallen(frame: np.ndarray, cover: np.ndarray, light: tuple[float, float, float] = (0.82, 0.88, 0.95)) -> np.ndarray:
    """*frame* with flakes over it, laid on in linear light; code values (h, w, 3). light: their colour, code values."""
    frame = colour.check(frame)[..., :3]
    if cover.shape != frame.shape[:2]:
        raise HallyuError(f"The snow was drawn for {cover.shape} and the frame is {frame.shape[:2]}; draw it for the frame.")
    white = colour.to_linear(np.float32(light))
    return colour.to_display(colour.to_linear(frame) * (1 - cover[..., None]) + white * cover[..., None])
