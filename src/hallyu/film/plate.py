"""A plate (배경 플레이트) of the snow forest, painted by rule: picture, depth, and layers that a camera can move through.

Snow on the ground is lit by a low sun through noise that is height; trees are grown branch by branch, and carry snow on
what faces up. Haze is light that the air adds: it grows with the distance and is warm towards the sun. Everything is
linear light until the end, everything is drawn from one seed, and every pixel has its depth in metres.

A diffusion model paints a plate without depth, and a depth model guesses it: painted() and guessed_depth() do that with
models of the hub, under the same names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.film import colour
from hallyu.film.comp import over, premultiplied
from hallyu.film.parallax import LENS, Layer, filled

EYE = 1.6
"""Metres of the camera above the snow."""
SKY = 400.0
"""Metres that the sky is away, so that it has a depth."""
RANGES = {"distant": (30.0, 90.0), "far": (14.0, 30.0), "middle": (6.0, 14.0), "foreground": (2.0, 4.0)}
"""Metres from the camera in which each layer's trees stand; sky and snow are one more layer, behind them."""
SUNLIGHT = np.float32([1.00, 0.72, 0.46])
SHADE = np.float32([0.20, 0.29, 0.47])
"""Light of the low sun, and of the sky where the sun does not reach."""
HAZE, GLOW, REACH = np.float32([0.42, 0.50, 0.62]), np.float32([1.15, 0.86, 0.60]), 42.0
"""Colours of the air away from the sun and towards it, and the metres in which it takes 63 % of what is behind."""
CLEAR = 4.0
"""Metres before which there is no haze to be seen."""


@dataclass(frozen=True)
class Plate:
    """A picture (h, w, 3), code values; its depth (h, w), metres; and its layers, the farthest first, each whole behind
    the ones before it."""

    frame: np.ndarray
    depth: np.ndarray
    layers: tuple[Layer, ...]


def snow_forest(width: int = 1280, height: int = 720, seed: int = 0, sun: float = 0.64, trees: int = 140) -> Plate:
    """A clearing in the forest on the morning of the first snow.

    sun: where it stands, as a share of the width. trees: how many. Wider than the shot by a tenth leaves a camera room.
    Raises HallyuError for a picture under 32 pixels a side.
    """
    if min(width, height) < 32:
        raise HallyuError(f"A plate of {width}x{height} pixels shows nothing; make each side 32 or more.")
    scene = _Scene(width, height, seed, sun)
    light, depth = scene.ground()
    kinds = [_grown(kind, sun_left=kind % 2 == 0) for kind in range(6)]
    layers = [Layer(np.dstack([np.clip(colour.to_display(light), 0, 1), np.ones_like(depth)]), depth)]
    placed = scene.places(trees)
    for near, far in RANGES.values():
        sheet = np.zeros((height, width, 4), np.float32)
        deep = np.full((height, width), np.nan, np.float32)
        for x, z, tall, kind in sorted((p for p in placed if near <= p[1] < far), key=lambda p: -p[1]):
            scene.stand(sheet, deep, kinds[kind], x, z, tall)
        stood = np.isfinite(deep)
        if stood.any():
            matte = np.clip(sheet[..., 3:], 0, 1)
            straight = colour.to_display(sheet[..., :3] / np.maximum(matte, 1e-4))
            known = filled(np.nan_to_num(deep)[..., None], stood)[..., 0]
            layers.append(Layer(np.clip(np.dstack([straight, matte]), 0, 1), known))
    whole = np.zeros((height, width, 4), np.float32)
    nearest = np.full((height, width), SKY, np.float32)
    for layer in layers:
        whole = over(premultiplied(colour.to_linear(layer.picture)), whole)
        nearest = np.where(layer.picture[..., 3] > 0.5, layer.depth, nearest)
    return Plate(colour.to_display(whole[..., :3]), nearest, tuple(layers))


class _Scene:
    """The camera, the sun and the air that all parts of a plate share."""

    def __init__(self, width: int, height: int, seed: int, sun: float) -> None:
        self.width, self.height, self.seed = width, height, seed
        self.random = np.random.default_rng(seed)
        self.lens = LENS.focal * height
        self.horizon = 0.46 * height
        self.sun = np.float32([sun * width, 0.30 * height])

    def air(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The haze's own light at pixels (..., 3): warm round the sun."""
        away = np.hypot((x - self.sun[0]) / self.width, (y - self.sun[1]) / self.height * 0.8)
        warm = np.exp(-((away / 0.22) ** 1.2))[..., None].astype(np.float32)
        return HAZE + (GLOW - HAZE) * warm

    def hazed(self, light: np.ndarray, depth: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """What is left of *light* at *depth* metres, and the air before it."""
        kept = np.exp(-np.maximum(depth - CLEAR, 0) / REACH)[..., None].astype(np.float32)
        return light * kept + self.air(x, y) * (1 - kept)

    def ground(self) -> tuple[np.ndarray, np.ndarray]:
        """Sky and snow: linear light (h, w, 3) and depth (h, w)."""
        x, y = np.meshgrid(np.arange(self.width, dtype=np.float32), np.arange(self.height, dtype=np.float32))
        drop = np.maximum((y - self.horizon) / self.lens, 1e-5)
        depth = np.minimum(EYE / drop, SKY)
        across = (x - self.width / 2) / self.lens * depth
        slopes_x, slopes_z = self._slopes(across, depth)
        # Backlit: what slopes towards the sun, away from us, is bright; hollows are blue.
        side = (self.sun[0] - x) / self.width
        facing = 0.34 + 0.7 * slopes_z - 1.0 * side * slopes_x
        lit = np.clip(facing, 0, 1.3) * self._dapples(across, depth)
        snow = SHADE * 1.25 + SUNLIGHT * 0.85 * lit[..., None]
        light = self.hazed(snow.astype(np.float32), depth, x, y)
        sky = self.air(x, y) * (1 + 0.3 * np.maximum(self.horizon - y, 0) / self.height)[..., None]
        return np.where((y > self.horizon)[..., None], light, sky).astype(np.float32), depth

    def _slopes(self, x: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How the snow rises to the right and away from us: drifts, a trodden path, crumbs. Fine waves fade far away."""
        step = 0.05
        rise = [self._drifts(x + dx, z + dz, z) for dx, dz in ((step, 0), (-step, 0), (0, step), (0, -step))]
        return (rise[0] - rise[1]) / (2 * step), (rise[2] - rise[3]) / (2 * step)

    def _drifts(self, x: np.ndarray, z: np.ndarray, far: np.ndarray) -> np.ndarray:
        """Metres of height at (x, z)."""
        height = np.zeros_like(x)
        for size, tall in ((5.0, 0.42), (1.7, 0.13), (0.6, 0.045), (0.22, 0.016), (0.09, 0.006)):
            seen = np.clip(1.5 - far / (size * 60), 0, 1)
            height += seen * tall * _noise(x / size, z / size, self.seed * 7 + int(size * 100))
        path = 0.5 * np.sin(z * 0.16) + 0.1 * z - 0.9
        trodden = np.exp(-(((x - path) / 0.55) ** 2))
        steps = 0.05 * _noise(x / 0.26, z / 0.34, self.seed + 5) * np.clip(1.4 - far / 14, 0, 1)
        return height * (1 - 0.6 * trodden) - 0.16 * trodden + steps * trodden

    def _dapples(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Trunks' long shadows, which lie towards us, away from the sun."""
        bearing = (self.sun[0] - self.width / 2) / self.lens
        line = x - bearing * z
        stripes = _noise(line / 0.8, z / 16, self.seed + 11) + 0.4 * _noise(line / 0.25, z / 5, self.seed + 12)
        return np.clip(0.62 + 1.3 * stripes, 0.08, 1)

    def places(self, count: int) -> list[tuple[float, float, float, int]]:
        """Trees: metres to the right and into the picture, their height, their kind. The middle stays a clearing."""
        out = []
        for (near, far), share, clear in zip(
            RANGES.values(), (0.55, 0.30, 0.11, 0.04), (0.06, 0.12, 0.34, 0.50), strict=True
        ):
            for number in range(max(2, round(share * count))):
                z = float(near + (far - near) * self.random.random() ** 0.8)
                wide = self.width / self.lens * z
                tall = float(self.random.uniform(5.5, 11))
                x = float(self.random.uniform(clear * wide + 0.14 * tall, max(0.62, clear + 0.1) * wide + 0.2 * tall))
                out.append((x * (1 if number % 2 else -1) + 0.04 * z, z, tall, int(self.random.integers(6))))
        return out

    def stand(
        self, sheet: np.ndarray, deep: np.ndarray, tree: np.ndarray, x: float, z: float, tall: float
    ) -> None:
        """Set a grown tree into a layer, in its place, haze and focus."""
        pixels = tall * self.lens / z
        blur = 20 * self.height / 720 * abs(1 / z - 1 / 9)
        foot, middle = self.horizon + (EYE + 0.15) * self.lens / z, self.width / 2 + x * self.lens / z
        half = pixels * tree.shape[1] / tree.shape[0] / 2
        edge = int(3 * blur) + 2
        left, right = max(0, int(middle - half) - edge), min(self.width, int(middle + half) + edge)
        top, bottom = max(0, int(foot - pixels) - edge), min(self.height, int(foot) + edge)
        if left >= right or top >= bottom:
            return
        # From a copy that is not much larger than it is seen, so that nothing glitters.
        while pixels < 0.6 * tree.shape[0] and tree.shape[0] > 16:
            tree = cv2.resize(tree, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        scale = pixels / tree.shape[0]
        matrix = np.float32([[scale, 0, middle - half - left], [0, scale, foot - pixels - top]])
        drawn = cv2.warpAffine(tree, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        if blur > 0.5:
            drawn = cv2.GaussianBlur(drawn, (0, 0), blur)
        matte = drawn[..., 3:]
        across, down = np.meshgrid(np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32))
        light = self.hazed(drawn[..., :3] / np.maximum(matte, 1e-4), np.full(across.shape, z), across, down)
        place = np.s_[top:bottom, left:right]
        sheet[place] = np.dstack([light * matte, matte]) + (1 - matte) * sheet[place]
        deep[place][matte[..., 0] > 0.3] = z


def _noise(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Smooth noise over the plane, -1 to 1, the same for the same place: values on a lattice, eased between."""
    cell_x, cell_y = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    part_x, part_y = (x - cell_x).astype(np.float32), (y - cell_y).astype(np.float32)
    ease_x, ease_y = (part * part * part * (part * (6 * part - 15) + 10) for part in (part_x, part_y))

    def value(i: np.ndarray, j: np.ndarray) -> np.ndarray:
        mixed = (i * 374_761_393 + j * 668_265_263 + seed * 2_147_483_647) & 0xFFFFFFFF
        mixed = ((mixed ^ (mixed >> 13)) * 1_274_126_177) & 0xFFFFFFFF
        return ((mixed ^ (mixed >> 16)) & 0xFFFF).astype(np.float32) / 32_767.5 - 1

    top = value(cell_x, cell_y) * (1 - ease_x) + value(cell_x + 1, cell_y) * ease_x
    low = value(cell_x, cell_y + 1) * (1 - ease_x) + value(cell_x + 1, cell_y + 1) * ease_x
    return top * (1 - ease_y) + low * ease_y


@cache
def _grown(seed: int, sun_left: bool, height: int = 900) -> np.ndarray:
    """A spruce with snow on it: premultiplied linear RGBA (height, 0.55 height, 4)."""
    import skia

    random = np.random.default_rng(seed)
    width = int(0.55 * height)
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap)

    def line(points: list[tuple[float, float]], thick: float, light: np.ndarray) -> None:
        # Drawn in code values, so that 8 bits are enough for the dark of the needles.
        paint.setColor4f(skia.Color4f(*colour.to_display(np.float32(np.clip(light, 0, 1))).tolist(), 1))
        paint.setStrokeWidth(thick)
        path = skia.Path()
        path.moveTo(*points[0])
        path.quadTo(*points[1], *points[2])
        canvas.drawPath(path, paint)

    middle, top, foot = width / 2, 0.02 * height, 0.985 * height
    bark = np.float32([0.030, 0.026, 0.024])
    for part in range(14):
        y = top + (foot - top) * part / 14
        step = (foot - top) / 14
        line([(middle, y), (middle, y + step / 2), (middle, y + step)], 1.5 + 11 * (part / 14) ** 1.2, bark)
    levels = 46
    for level in range(levels):
        down = (level + 0.6) / levels
        y = top + (foot - top) * (0.02 + 0.90 * down)
        longest = 0.47 * width * (0.06 + 0.94 * down**0.85) * random.uniform(0.75, 1.08)
        for _ in range(int(9 + 11 * down)):
            turn = random.uniform(-1, 1) * random.choice([1.0, 0.35, 0.15])  # 1 points right, 0 at us
            reach = longest * (0.35 + 0.65 * abs(turn)) * random.uniform(0.7, 1.05)
            side = np.sign(turn) or 1.0
            start = y + random.uniform(-1, 1) * 0.5 * (foot - top) / levels
            droop = reach * random.uniform(0.22, 0.5) + (1 - abs(turn)) * 0.05 * height * down
            end = middle + side * reach * abs(turn) ** 0.6, start + droop
            bend = middle + side * reach * 0.55, start + 0.15 * droop
            _branch(line, random, (middle, start), bend, end, sun=(side < 0) == sun_left, near=1 - abs(turn))
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType).astype(np.float32) / 255
    matte = pixels[..., 3:]
    return np.dstack([colour.to_linear(pixels[..., :3]) * matte, matte])


def _branch(line: Callable, random: np.random.Generator, start, bend, end, sun: bool, near: float) -> None:
    """Needles hang from it, snow lies on it, and the sun shines through its edge."""
    needles = np.float32([0.022, 0.034, 0.030]) * random.uniform(0.6, 1.5)
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    line([start, bend, end], max(1.2, 0.02 * length), needles)
    count = int(6 + length / 6)
    for t in np.linspace(0.12, 1.0, count):
        x, y = ((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(start, bend, end, strict=True))
        drop = random.uniform(0.05, 0.15) * length * (1.1 - 0.6 * t) + 2
        lean = random.uniform(-0.6, 0.6) * drop
        line([(x, y), (x + lean * 0.4, y + drop * 0.6), (x + lean, y + drop)], random.uniform(1.0, 2.4), needles)
        load = random.uniform(0.3, 1.0) * (0.5 + 0.5 * t)
        if random.random() < 0.84:
            light = SHADE * random.uniform(0.85, 1.5) * (0.75 + 0.35 * near)
            if sun and random.random() < 0.35 * t:
                light = light + SUNLIGHT * random.uniform(0.15, 0.7)
            thick = load * (1.5 + 0.045 * length)
            wide = random.uniform(0.4, 1.2) * thick
            line([(x - wide, y - 0.2 * thick), (x, y - 0.75 * thick), (x + wide, y - 0.1 * thick)], thick, light)


# --- models of the hub ------------------------------------------------------------------------------------------------


def painted(prompt: str, width: int = 1024, height: int = 576, seed: int = 0, engine=None) -> np.ndarray:
    """A plate by a large text-to-image model: code values (h, w, 3). It has no depth: see guessed_depth.

    Not executed by the course's tests, since it needs a network. engine: models.load("plate", "hub") by default.
    """
    engine = engine or _hub("plate", "paint one by rule with snow_forest()")
    return colour.check(engine(prompt, width, height, seed))


def guessed_depth(frame: np.ndarray, nearest: float, farthest: float, engine=None) -> np.ndarray:
    """Depth in metres (h, w) of any picture, by a large model that knows what is nearer, but not how far it is.

    nearest, farthest: metres of the picture's nearest and farthest point, which you have to say. Not executed by the
    course's tests, since it needs a network. engine: models.load("depth", "hub") by default, which gives (h, w) numbers
    that are larger where it is nearer.
    """
    if not 0 < nearest < farthest:
        raise HallyuError(f"Depth goes from a nearest to a farther point, not from {nearest:g} to {farthest:g} metres.")
    frame = colour.check(frame)[..., :3]
    engine = engine or _hub("depth", "use a plate that comes with its depth, as snow_forest() does")
    near = np.asarray(engine(frame), np.float32)
    span = float(near.max() - near.min())
    near = (near - near.min()) / span if span > 0 else np.zeros_like(near)
    # What such models give is one over the depth, up to a scale and an offset.
    return (1 / (1 / farthest + near * (1 / nearest - 1 / farthest))).astype(np.float32)


def _hub(task: str, instead: str) -> Callable:
    try:
        return models.load(task, "hub")
    except HallyuError as error:
        raise HallyuError(f"{str(error).removesuffix('.')}: {instead}.") from error


def load_painter(name: str) -> Callable[[str, int, int, int], np.ndarray]:
    """A text-to-image model by its hub name: (prompt, width, height, seed) in, code values (h, w, 3) out.

    For models of the FLUX schnell make, which need four steps. On a GPU only what works at the moment lies in its memory.
    """
    import torch
    from diffusers import AutoPipelineForText2Image

    pipeline = AutoPipelineForText2Image.from_pretrained(name, torch_dtype=torch.bfloat16)
    if torch.cuda.is_available():
        pipeline.enable_model_cpu_offload()

    def paint(prompt: str, width: int, height: int, seed: int) -> np.ndarray:
        random = torch.Generator("cpu").manual_seed(seed)
        made = pipeline(
            prompt, width=width, height=height, num_inference_steps=4, guidance_scale=0.0, generator=random, output_type="np"
        )
        return np.asarray(made.images[0], np.float32)

    return paint


def load_depth(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """A depth model by its hub name: a frame in, numbers (h, w) out that are larger where it is nearer."""
    import torch
    from transformers import AutoImageProcessor, AutoModelForDepthEstimation

    device = "cuda" if torch.cuda.is_available() else "cpu"
    prepare = AutoImageProcessor.from_pretrained(name)
    network = AutoModelForDepthEstimation.from_pretrained(name).eval().to(device)

    def guess(frame: np.ndarray) -> np.ndarray:
        seen = np.round(np.clip(frame, 0, 1) * 255).astype(np.uint8)
        with torch.inference_mode():
            said = network(**prepare(images=seen, return_tensors="pt").to(device)).predicted_depth[0]
        return cv2.resize(said.float().cpu().numpy(), frame.shape[1::-1], interpolation=cv2.INTER_CUBIC)

    return guess
