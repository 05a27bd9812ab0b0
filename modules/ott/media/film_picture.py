"""The pictures of *First Snow*: drawn panels with depth, rendered takes and the forest set as shots. Used by make_film.py.

A shot is a function from a frame's number to code values (h, w, 3); any frame can be made by itself, also some before the
first and after the last, for a dissolve.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
import skia
from PIL import Image

from hallyu import video
from hallyu.film import colour, comp, exr, parallax, snow, spill
from hallyu.webtoon import backgrounds, fonts

MODULES = Path(__file__).resolve().parents[2]
FILM, WEBTOON = MODULES / "film" / "media", MODULES / "webtoon" / "media"
cv2.setNumThreads(1)
RATE = 24
WIDE, TALL = 1920, 1080
OVER = 1.14
"""How much larger than the picture a painted layer is, so that a camera can move over it."""
GRAIN = 0.0055
Frames = Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Size:
    """Of a render: 1 is 1920 x 1080, 0.5 a quarter of the work for a look at it."""

    scale: float = 1.0

    @property
    def pixels(self) -> tuple[int, int]:
        return round(WIDE * self.scale), round(TALL * self.scale)

    def of(self, pixels: float) -> int:
        return round(pixels * self.scale)


def eased(at: float) -> float:
    """0 to 1 from rest to rest."""
    at = min(max(at, 0.0), 1.0)
    return at * at * (3 - 2 * at)


# --- what all shots share ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _vignette(size: tuple[int, int]) -> np.ndarray:
    wide, high = size
    x, y = np.meshgrid(np.linspace(-1, 1, wide, dtype=np.float32), np.linspace(-1, 1, high, dtype=np.float32))
    away = np.clip(np.hypot(x, 0.82 * y) - 0.45, 0, None)
    return (1 - 0.34 * away**2)[..., None]


@lru_cache(maxsize=2)
def _noise(size: tuple[int, int]) -> np.ndarray:
    """A sheet of grain a little larger than the picture; every frame shows another part of it."""
    wide, high = size
    sheet = np.random.default_rng(11).standard_normal((high + 256, wide + 256), np.float32)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 0.85)
    return sheet / sheet.std() * np.float32(GRAIN)


def finished(frame: np.ndarray, number: int, seed: int = 0) -> np.ndarray:
    """The look that all shots share: darker corners, a soft shoulder, grain; clipped to 0..1."""
    size = frame.shape[1::-1]
    frame = frame * _vignette(size)
    np.minimum(frame, 1.2, out=frame)
    frame -= 0.055 * np.maximum(frame - 0.72, 0) ** 2 * 4
    x, y = np.random.default_rng((seed, number + 1000)).integers(0, 256, 2)
    frame += _noise(size)[y : y + size[1], x : x + size[0], None]
    return np.clip(frame, 0, 1, out=frame)


FLAKE = np.float32([0.93, 0.955, 0.985])
EYE = snow.Camera(focal=2.2, focus=3.4, aperture=0.022)


def snowed(frame: np.ndarray, fall: snow.Snow, number: int, **which) -> np.ndarray:
    """Falling flakes over a frame's code values, drawn at half its size: no flake is sharp."""
    high, wide = frame.shape[:2]
    half = 1 if wide < 1000 else 2
    cover = snow.matte(fall, number + 2400, wide // half, high // half, RATE, EYE, **which)
    if half > 1:
        cover = cv2.resize(cover, (wide, high), interpolation=cv2.INTER_LINEAR)
    cover = 0.9 * cover[..., None]
    return frame + cover * (FLAKE - frame)


def snowfall(seed: int, flakes: int = 900, wind: float = 0.22) -> snow.Snow:
    return snow.Snow(seed, flakes, size=0.009, fall=0.75, wind=wind, sway=0.05, nearest=0.9, farthest=12.0)


# --- drawn shots ------------------------------------------------------------------------------------------------------


def figure(cut: int, folder: Path) -> np.ndarray:
    """The character of a cut of the webtoon as on its panel (the same seed), without lettering: RGBA uint8, square."""
    path = folder / f"figure-{cut:02}.png"
    if not path.exists():
        from hallyu.webtoon import compose, script
        from hallyu.webtoon.vocabulary import caption

        story = script.read(WEBTOON / "first-snow.txt")
        panel = story.cuts[cut - 1]
        look = compose.look_of(story, panel, panel.figures[0])
        drawn = _engine().draw(caption(look), compose.seed_of(1, panel))
        Image.fromarray(compose.enlarge_and_key(drawn)).save(path)
    return np.array(Image.open(path))


@cache
def _engine():
    from hallyu import models

    return models.load("webtoon-character")


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    out = rgba.astype(np.float32) / 255
    out[..., :3] *= out[..., 3:]
    return out


def laid(front: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Premultiplied code values over code values: drawings were mixed so when they were drawn."""
    return front[..., :3] + (1 - front[..., 3:]) * back


def _merged(layers: Iterable[np.ndarray]) -> np.ndarray:
    out = None
    for layer in layers:
        flat = premultiplied(layer)
        out = flat if out is None else flat + (1 - flat[..., 3:]) * out
    return out


def place(size: Size, name: str, **how) -> tuple[np.ndarray, np.ndarray]:
    """A painted place as (behind, before) the figure, premultiplied, OVER times as large as the picture."""
    wide, high = (2 * round(OVER * side / 2) for side in size.pixels)
    painted = backgrounds.layers(name, wide, high, **how)
    return _merged([painted["far"], painted["middle"]]), premultiplied(painted["near"])


def standing(
    picture: np.ndarray,
    size: Size,
    side: float,
    x: float,
    low: float = 0.0,
    tint: tuple[float, float, float] = (1, 1, 1),
) -> np.ndarray:
    """A square figure on a layer as large as a place's: *side* of the picture's height, its middle at *x* of the width.

    low: by how much of the picture's height its lower edge lies under the picture's. tint: light of the place on it.
    """
    wide, high = (2 * round(OVER * each / 2) for each in size.pixels)
    across = size.of(side * TALL)
    square = premultiplied(picture)
    square = cv2.resize(
        square, (across, across), interpolation=cv2.INTER_CUBIC if across > len(picture) else cv2.INTER_AREA
    )
    square = np.clip(square, 0, 1)
    square[..., :3] *= np.float32(tint)
    layer = np.zeros((high, wide, 4), np.float32)
    left = round(wide / 2 + (x - 0.5) * size.pixels[0] - across / 2)
    bottom = round(high / 2 + (0.5 + low) * size.pixels[1])
    top = bottom - across
    y0, y1, x0, x1 = max(top, 0), min(bottom, high), max(left, 0), min(left + across, wide)
    layer[y0:y1, x0:x1] = square[y0 - top : y1 - top, x0 - left : x1 - left]
    return layer


@dataclass(frozen=True)
class Move:
    """A camera over painted layers in *frames*: zoom and pan (shares of the width and height) from start to end."""

    frames: int
    zoom: tuple[float, float] = (1.0, 1.05)
    right: tuple[float, float] = (0.0, 0.0)
    down: tuple[float, float] = (0.0, 0.0)

    def at(self, number: int, near: float) -> tuple[float, float, float]:
        """(zoom, right, down) of a layer; near: 1 is the figure's distance, less is farther and moves less."""
        t = eased((number + 6) / (self.frames + 12))
        zoom, right, down = (a + t * (b - a) for a, b in (self.zoom, self.right, self.down))
        return 1 + (zoom - 1) * near, right * near, down * near


def moved(
    layer: np.ndarray, size: Size, zoom: float, right: float, down: float, tall: float = 1.0
) -> np.ndarray:
    """A layer under the camera. tall: the layer stretched upwards from the picture's lower edge, as a breath does."""
    wide, high = size.pixels
    rows, columns = layer.shape[:2]
    foot = 0.5 * high * (1 - tall)
    matrix = np.float32([
        [zoom, 0, wide / 2 - zoom * columns / 2 - right * wide],
        [0, zoom * tall, high / 2 - zoom * tall * rows / 2 + zoom * foot - down * high],
    ])  # fmt: skip
    return cv2.warpAffine(
        layer, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def drawn(
    size: Size, behind: np.ndarray, who: np.ndarray | None, before: np.ndarray | None, move: Move, fall: snow.Snow | None,
    seed: int, breath: float = 0.006, lift: float = 1.0,
) -> Frames:  # fmt: skip
    """A drawn shot: place, flakes, figure, what stands before it, and flakes. lift: multiplies the place's light."""

    def frame(number: int) -> np.ndarray:
        out = moved(behind, size, *move.at(number, 0.45))[..., :3] * np.float32(lift)
        if fall:
            out = snowed(out, fall, number, nearer=2.6)
        if who is not None:
            tall = 1 + breath * np.sin(2 * np.pi * (number / RATE / 3.4 + seed * 0.37))
            out = laid(moved(who, size, *move.at(number, 1.0), tall), out)
        if before is not None:
            out = laid(moved(before, size, *move.at(number, 1.35)), out)
        if fall:
            out = snowed(out, fall, number, farther=2.6)
        return finished(out, number, seed)

    return frame


# --- rendered takes ---------------------------------------------------------------------------------------------------


class Take:
    """A film's frames at any time between them: what lies between two frames is moved there by optical flow."""

    def __init__(self, path: Path):
        self.frames = [np.uint8(255 * frame + 0.5) for frame in video.read(path)]
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def __call__(self, at: float) -> np.ndarray:
        at = min(max(at, 0.0), len(self.frames) - 1.0)
        first, t = int(at), at - int(at)
        if t < 0.02 or first + 1 >= len(self.frames):
            return self.frames[first] / np.float32(255)
        return self._between(self.frames[first], self.frames[first + 1], t)

    def _between(self, one: np.ndarray, two: np.ndarray, t: float) -> np.ndarray:
        half = one.shape[1] // 2, one.shape[0] // 2
        grey = [
            cv2.resize(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), half, interpolation=cv2.INTER_AREA)
            for each in (one, two)
        ]
        there, back = (
            2 * cv2.resize(self._flow.calc(*pair, None), one.shape[1::-1], interpolation=cv2.INTER_LINEAR)
            for pair in (grey, grey[::-1])
        )
        x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in one.shape[1::-1]))
        a, b = (
            cv2.remap(
                each,
                x - share * flow[..., 0],
                y - share * flow[..., 1],
                cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for each, share, flow in ((one, t, there), (two, 1 - t, back))
        )
        return ((1 - t) * a + t * b) / np.float32(255)


def enlarged(frame: np.ndarray, size: Size, zoom: float, right: float = 0.0, down: float = 0.0) -> np.ndarray:
    """A take's frame at the film's size in one step, a little sharpened."""
    wide, high = size.pixels
    scale = zoom * wide / frame.shape[1]
    matrix = np.float32([
        [scale, 0, (wide - 1) / 2 - scale * (frame.shape[1] - 1) / 2 - right * wide],
        [0, scale, (high - 1) / 2 - scale * (frame.shape[0] - 1) / 2 - down * high],
    ])  # fmt: skip
    big = cv2.warpAffine(
        frame, matrix, (wide, high), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
    )
    if scale > 1.2:
        big += 0.45 * (big - cv2.GaussianBlur(big, (0, 0), 1.3 * scale / 2))
    return np.clip(big, 0, 1)


def graded(frame: np.ndarray, lift: float = 1.16, colours: float = 1.06, cool: float = 0.02) -> np.ndarray:
    """The takes brought towards the drawings: lighter middle, a little more colour, cooler lights."""
    frame = frame ** np.float32(1 / lift)
    grey = colour.luma(frame)[..., None]
    frame = grey + np.float32(colours) * (frame - grey)
    return frame * (1 + np.float32([-cool, 0, cool]) * grey)


def taken(
    size: Size, at: Callable[[int], np.ndarray], frames: int, fall: snow.Snow | None, seed: int,
    zoom: tuple[float, float] = (1.0, 1.03), right: float = 0.0, down: float = 0.0, grade: Callable = graded,
) -> Frames:  # fmt: skip
    """A shot of rendered footage. at: the take's frame for a frame of the shot."""

    def frame(number: int) -> np.ndarray:
        way = eased((number + 6) / (frames + 12))
        out = grade(enlarged(at(number), size, zoom[0] + way * (zoom[1] - zoom[0]), right, down))
        if fall:
            out = snowed(out, fall, number)
        return finished(out, number, seed)

    return frame


# --- the forest set ---------------------------------------------------------------------------------------------------

EXPOSURE, SHOULDER = 0.95, 0.25
SET_FOCAL, SET_EYE, SET_TILT = 30 / 36, 1.45, 0.3 / 11.6
"""The set's camera: focal length in picture widths, metres above the snow, and how far it looks up."""


def developed(light: np.ndarray) -> np.ndarray:
    """Light of the set as code values: exposed, its highlights rolled off."""
    return colour.to_display(EXPOSURE * light / (1 + SHOULDER * EXPOSURE * light))


def undeveloped(frame: np.ndarray) -> np.ndarray:
    """The way back."""
    exposed = colour.to_linear(frame)
    return exposed / (1 - SHOULDER * exposed) / EXPOSURE


@cache
def forest() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The set's layers: premultiplied light (360, 640, 4), and depth in metres, filled where nothing is."""
    layers = {}
    for name in ("background", "middle", "foreground"):
        picture = exr.read(FILM / f"forest-{name}.exr")
        light, z = picture.premultiplied, picture.layers["Z"]
        layers[name] = light, parallax.filled(z[..., None], (light[..., 3] > 0.5) & (z < 1000))[..., 0]
    return layers


def board(words: str, times: float = 1.0) -> np.ndarray:
    """A wooden sign with snow on it: straight RGBA code values (h, w, 4), 1000 pixels a metre at *times* 1.

    1.1 metres wide and 2.1 high; its foot is in the middle of the lower edge.
    """
    wide, high = 1100, 2100
    surface = skia.Surface(round(wide * times), round(high * times))
    canvas = surface.getCanvas()
    canvas.scale(times, times)
    canvas.translate(wide / 2, high)
    random = np.random.default_rng(5)

    def box(left, top, right, bottom, tint, radius=0.0):
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(*tint))
        canvas.drawRoundRect(skia.Rect(left, top, right, bottom), radius, radius, paint)

    def grain(left, top, right, bottom, count, along):
        for _ in range(count):
            dark = random.integers(14, 40)
            paint = skia.Paint(
                AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=float(random.uniform(1, 3.4)),
                Color=skia.Color(20, 14, 12, int(dark)),
            )  # fmt: skip
            way = skia.Path()
            if along:
                y, bend = random.uniform(top, bottom), random.uniform(-7, 7, 2)
                way.moveTo(left, y)
                way.cubicTo(
                    left + (right - left) / 3, y + bend[0], left + (right - left) / 1.5, y + bend[1], right, y
                )
            else:
                x = random.uniform(left, right)
                way.moveTo(x, top)
                way.lineTo(x + random.uniform(-3, 3), bottom)
            canvas.drawPath(way, paint)

    for x in (-24,):
        box(x - 26, -1900, x + 74, 0, (74, 58, 50), 6)
        box(x + 44, -1900, x + 74, 0, (132, 100, 74), 6)
        grain(x - 24, -1900, x + 72, 0, 26, False)
    for top, bottom, tint in ((-1800, -1632, (116, 86, 66)), (-1624, -1450, (106, 78, 60))):
        box(-470, top, 470, bottom, tint, 10)
        canvas.save()
        canvas.clipRect(skia.Rect(-470, top, 470, bottom))
        grain(-470, top, 470, bottom, 46, True)
        canvas.restore()
        box(-466, top, 466, top + 9, (176, 138, 104), 4)
        box(-466, bottom - 8, 466, bottom, (58, 42, 36), 4)
    for x in (-420, 420):
        for y in (-1716, -1537):
            canvas.drawCircle(x, y, 9, skia.Paint(AntiAlias=True, Color=skia.Color(48, 40, 40)))
    letters = fonts.heavy(208).outline(words)
    middle = letters.computeTightBounds()
    canvas.save()
    canvas.translate(-middle.centerX(), -1625 - middle.centerY())
    canvas.save()
    canvas.translate(0, 5)
    canvas.drawPath(letters, skia.Paint(AntiAlias=True, Color=skia.Color(40, 28, 24, 150)))
    canvas.restore()
    canvas.drawPath(letters, skia.Paint(AntiAlias=True, Color=skia.Color(236, 232, 224)))
    canvas.restore()
    for left, right, base, high_by in ((-486, 486, -1796, 74), (-62, 62, -1896, 52)):
        xs = np.linspace(left, right, 25)
        bumps = (
            high_by
            * (0.66 + 0.34 * np.sin(xs / 61 + 1.3) * np.sin(xs / 143))
            * np.sqrt(1 - (2 * (xs - left) / (right - left) - 1) ** 6)
        )
        cap = skia.Path()
        cap.moveTo(left, base + 8)
        for x, y in zip(xs, bumps, strict=True):
            cap.lineTo(float(x), float(base - y))
        for x in xs[::-1]:
            cap.lineTo(float(x), float(base + 6 + 9 * np.sin(x / 37)))
        cap.close()
        shade = skia.GradientShader.MakeLinear(
            [(0, base - high_by), (0, base + 10)], [skia.Color(250, 250, 252), skia.Color(176, 190, 214)]
        )
        canvas.drawPath(cap, skia.Paint(AntiAlias=True, Shader=shade))
    pixels = surface.makeImageSnapshot().toarray(
        colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kUnpremul_AlphaType
    )
    return pixels.astype(np.float32) / 255


@dataclass(frozen=True)
class Post:
    """Where a sign stands: metres away, and its column as a share of the picture's width."""

    words: str
    away: float
    column: float


def at_the_sign(
    size: Size, post: Post, frames: int, into: tuple[float, float], right: tuple[float, float], fall: snow.Snow, seed: int,
    mirror: bool = False, tint: tuple[float, float, float] = (1, 1, 1), fade_in: int = 0,
) -> Frames:  # fmt: skip
    """The forest set behind a sign that is in focus; the camera goes *into* the set and to the *right*, in metres.

    The set was rendered at 640 x 360, so it is seen through an open lens: soft, as what is not in focus is.
    """
    wide, high = size.pixels
    mid = 960, 540
    layers = []
    for light, depth in forest().values():
        if mirror:
            light, depth = light[:, ::-1], depth[:, ::-1]
        light = np.maximum(cv2.resize(np.ascontiguousarray(light), mid, interpolation=cv2.INTER_CUBIC), 0)
        light[..., 3] = np.minimum(light[..., 3], 1)
        depth = cv2.resize(np.ascontiguousarray(depth), mid, interpolation=cv2.INTER_LINEAR)
        radius = SET_FOCAL * mid[0] * 0.05 / 2 * np.abs(1 / depth - 1 / post.away)
        soft = parallax.defocused(light, np.minimum(radius, 9).astype(np.float32))
        straight = comp.straight(soft)
        layers.append(parallax.Layer(np.dstack([colour.to_display(straight[..., :3]), soft[..., 3]]), depth))
    lens = parallax.Lens(SET_FOCAL * mid[0] / mid[1])
    focal = SET_FOCAL * wide
    horizon = high / 2 + focal * SET_TILT
    nearest = post.away - into[1]
    times = min(1.4 * focal / nearest / 1000, 1.5)
    painted = board(post.words, times)
    # Low sun from behind: the board's front lies in the blue shade of the sky.
    light = undeveloped(painted[..., :3]) * np.float32([0.60, 0.66, 0.80]) * 0.9
    sign = comp.premultiplied(np.dstack([light, painted[..., 3]]))

    def frame(number: int) -> np.ndarray:
        way = eased((number + 4) / (frames + 8))
        camera = (right[0] + way * (right[1] - right[0]), 0.0, into[0] + way * (into[1] - into[0]))
        seen = [parallax.seen(layer, camera, lens) for layer in layers]
        out = np.zeros((mid[1], mid[0], 4), np.float32)
        for each in seen[:2]:
            out = comp.over(each, out)
        out = cv2.resize(out, (wide, high), interpolation=cv2.INTER_CUBIC)
        near = cv2.resize(seen[2], (wide, high), interpolation=cv2.INTER_LINEAR)
        metre = focal / (post.away - camera[2])
        scale = metre / 1000 / times
        x = wide / 2 + ((post.column - 0.5) * wide / focal * post.away - camera[0]) * metre
        y = horizon + SET_EYE * metre
        matrix = np.float32(
            [[scale, 0, x - scale * sign.shape[1] / 2], [0, scale, y - scale * sign.shape[0]]]
        )
        card = cv2.warpAffine(
            sign, matrix, (wide, high), flags=cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
        )
        out = comp.over(near, out)[..., :3]
        out = comp.over(card, np.maximum(out, 0))
        picture = np.clip(developed(out * np.float32(tint)), 0, 1)
        picture = snowed(picture, fall, number)
        if fade_in:
            picture = picture * np.float32(eased(number / fade_in))
        return finished(picture, number, seed)

    return frame


def in_the_forest(size: Size, start: int, frames: int, fall: snow.Snow, seed: int) -> Frames:
    """The green-screen take of Haneul before the forest out of focus, by its exact matte."""
    take = list(video.read(FILM / "s6.mp4"))
    mattes = [each[..., 0] for each in video.read(FILM / "s6-matte.mkv")]
    screen = np.float32(cv2.imread(str(FILM / "s6-plate.png"))[..., ::-1]) / 255
    wide, high = take[0].shape[1::-1]
    reach, share, centre = 1.25, 0.34, 0.465
    across, down = round(wide * reach), round(high * reach)
    place_light = np.zeros((down, across, 4), np.float32)
    for light, depth in forest().values():
        scale = wide / (light.shape[1] * share)
        matrix = np.float32([
            [scale, 0, across / 2 - centre * light.shape[1] * scale], [0, scale, down * 0.53 - light.shape[0] / 2 * scale],
        ])  # fmt: skip
        how = dict(dsize=(across, down), borderMode=cv2.BORDER_REPLICATE)
        card = np.maximum(cv2.warpAffine(light, matrix, flags=cv2.INTER_CUBIC, **how), 0)
        card[..., 3] = np.minimum(card[..., 3], 1)
        far = cv2.warpAffine(depth, matrix, flags=cv2.INTER_LINEAR, **how)
        radius = 2453 * 0.023 / 2 * np.abs(1 / far - 1 / 1.8) * wide / 960
        place_light = comp.over(
            parallax.defocused(card, np.minimum(radius, 60).astype(np.float32)), place_light
        )
    ground = np.clip(developed(place_light[..., :3]), 0, 1)

    def behind(number: int) -> np.ndarray:
        way = eased(number / 48)
        left, top = (across - wide) / 2 + 26 * (way - 0.5), (down - high) / 2
        matrix = np.float32([[1, 0, -left], [0, 1, -top]])
        return cv2.warpAffine(ground, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)

    def cut_out(number: int) -> np.ndarray:
        matte = mattes[number][..., None]
        left = take[number] - (1 - matte) * cv2.resize(screen, (wide, high))
        mine = spill.despill(np.clip(left / np.maximum(matte, 0.05), 0, 1))
        return colour.to_display(colour.to_linear(mine) * np.float32([0.9, 0.9, 0.98]))

    first = start + frames // 2
    read = comp.look(cut_out(first), mattes[first], behind(first))

    def composed(number: int) -> np.ndarray:
        number = min(max(start + number, 0), len(take) - 1)
        return comp.integrated(
            cut_out(number),
            mattes[number],
            behind(number),
            read,
            blacks=0.3,
            wrap=0.35,
            seed=seed,
            number=number,
        )

    def grade(frame: np.ndarray) -> np.ndarray:
        """More contrast than the other takes: the studio's light is flat."""
        frame = graded(frame, 1.02, 1.08)
        return frame + 0.22 * (frame - 0.42) * np.clip(1.2 - frame, 0, 1)

    return taken(size, composed, frames, fall, seed, zoom=(1.02, 1.05), grade=grade)


# --- words on the picture ---------------------------------------------------------------------------------------------


def lettered(
    size: Size, lines: Iterable[tuple[str, float, float, float, float]], shade: float = 0.0
) -> np.ndarray:
    """A sheet of words, premultiplied (h, w, 4). lines: (text, letters' height, x, y, share), in pixels of 1920 x 1080.

    share: how much of the line stands left of x; 0.5 is centred. shade: how dark the soft shadow under the letters is.
    """
    wide, high = size.pixels
    surface = skia.Surface(wide, high)
    canvas = surface.getCanvas()
    canvas.scale(size.scale, size.scale)
    outlines = []
    for text, tall, x, y, share in lines:
        face = fonts.dialogue(tall)
        outlines.append((face.outline(text), x - share * face.width(text), y))
    for blur, tint in ((7.0, skia.Color(10, 16, 34, round(255 * shade))), (0.0, skia.Color(250, 250, 252))):
        paint = skia.Paint(AntiAlias=True, Color=tint)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        for outline, x, y in outlines:
            canvas.save()
            canvas.translate(x, y)
            canvas.drawPath(outline, paint)
            canvas.restore()
    pixels = surface.makeImageSnapshot().toarray(
        colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kUnpremul_AlphaType
    )
    return premultiplied(pixels)


def titled(base: Frames, pages: Iterable[tuple[np.ndarray, int, int, float]], fade: int = 10) -> Frames:
    """*base* with sheets of words, each from one frame to another, faded in and out.

    The last number of a page is how much darker and bluer the picture is under it, 0 to 1.
    """
    pages = list(pages)

    def frame(number: int) -> np.ndarray:
        out = base(number)
        for sheet, start, stop, darker in pages:
            strength = eased((number - start) / fade) * eased((stop - number) / fade)
            if strength > 0:
                out = out * (1 - strength * darker * np.float32([1.0, 0.97, 0.86]))
                out = laid(sheet * np.float32(strength), out)
        return out

    return frame
