"""A drawn singer who moves: the webtoon's heroine in the snow, her face led by ARKit curves, as a video with sound.

The drawing is that of hallyu.webtoon.drawing, with one difference: every line that a blendshape moves is a function of
it. The head is a paper theatre: hair, face and features lie at different depths and shift past each other as it turns.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import skia

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.music import mixing
from hallyu.music.visemes import Curves
from hallyu.webtoon import backgrounds, brush
from hallyu.webtoon.drawing import Artist
from hallyu.webtoon.vocabulary import Look

SIZE = (1280, 720)
SINGER = Look("girl", "bob", "black", "brown", "coat", "red", "neutral", "bust", "facing front")
UNIT, MIDDLE = 0.285, (0.5, 0.455)
"""The head unit, as a share of the frame's height, and the middle of the face, as shares of its width and height."""
NECK = (0.0, 1.15)
"""The point around which the head tilts, in head units."""
MOUTH_Y, MOUTH_WIDTH = 0.745, 0.165
DEEP = (118, 30, 46)
"""The inside of the mouth, sRGB; nothing else in the picture has its colour, so that a mouth can be measured."""
LIP, TONGUE = (206, 96, 100), (226, 104, 112)


@dataclass(frozen=True)
class Pose:
    """What the face does in one frame: blendshapes 0 to 1, sides averaged, and the head's angles in radians."""

    jaw: float = 0.0
    close: float = 0.0
    funnel: float = 0.0
    pucker: float = 0.0
    smile: float = 0.0
    stretch: float = 0.0
    lower: float = 0.0
    press: float = 0.0
    blink: float = 0.0
    brow: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    breath: float = 0.0

    @property
    def aperture(self) -> float:
        """How far the lips are apart, 0 to 1."""
        return max(0.0, self.jaw - self.close)


def poses(curves: Curves) -> list[Pose]:
    """One pose a frame."""
    names = ("jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthSmile", "mouthStretch", "mouthLowerDown",
             "mouthPress", "eyeBlink", "browInnerUp", "headYaw", "headPitch", "headRoll")  # fmt: skip
    time = np.arange(len(curves.values)) / curves.fps
    columns = [curves[name] for name in names]
    return [Pose(*map(float, row)) for row in zip(*columns, np.sin(2 * np.pi * time / 3.6), strict=True)]


def mouth_box(size: tuple[int, int] = SIZE) -> tuple[int, int, int, int]:
    """Left, top, right and bottom pixel of the part of the frame in which the mouth moves."""
    unit, x, y = _place(size)
    return (
        round(x - 0.62 * unit), round(y + 0.42 * unit), round(x + 0.62 * unit), round(y + 1.12 * unit))  # fmt: skip


def _place(size: tuple[int, int]) -> tuple[float, float, float]:
    width, height = size
    return UNIT * height, MIDDLE[0] * width, MIDDLE[1] * height


# fmt: off
class _Singer(Artist):
    """The webtoon's artist, drawing one pose. What keeps its shape is drawn once, as sheets."""

    def __init__(self, look: Look):
        super().__init__(None, look, None)
        self.pose = Pose()
        self.sheets = {}
        for part in (self.back_hair, self.body, self.neck, self.outfit_front, self.collar, self.front_hair):
            recorder = skia.PictureRecorder()
            self.canvas = recorder.beginRecording(skia.Rect.MakeLTRB(-4, -4, 4, 5))
            part()
            self.sheets[part.__name__] = recorder.finishRecordingAsPicture()

    def perform(self, canvas: skia.Canvas, pose: Pose) -> None:
        self.canvas, self.pose = canvas, pose
        self.at(0.75, 0.03, 0.0, "back_hair")
        self.at(0.0, 0.0, 0.0, "body")
        self.at(0.45, 0.0, 0.0, "neck")
        self.at(0.0, 0.0, 0.0, "outfit_front")
        self.at(0.35, 0.0, 0.0, "collar")
        self.at(1.0, 0.05, 0.02, self.head)
        self.at(1.0, 0.42, 0.34, self.features)
        self.at(1.0, 0.13, 0.12, "front_hair")
        self.at(1.0, 0.42, 0.34, self.over_hair)

    def over_hair(self):
        """Brows and lashes show through the fringe, as comics have it: they carry half of an expression."""
        for s in (-1, 1):
            self.brow(s)
        self.canvas.saveLayer(skia.Rect.MakeLTRB(-0.85, -0.3, 0.85, 0.6), skia.Paint(Alpha=120))
        for s in (-1, 1):
            self.lash(s)
        self.canvas.restore()

    def at(self, tilt: float, across: float, along: float, sheet) -> None:
        """Lay a sheet of the paper theatre: how much of the roll it takes, how far it shifts with yaw and pitch."""
        pose, canvas = self.pose, self.canvas
        canvas.save()
        canvas.translate(0.10 * pose.roll, -0.008 * pose.breath)
        canvas.rotate(-math.degrees(pose.roll) * tilt, *NECK)
        canvas.translate(-across * pose.yaw, -along * pose.pitch)
        if isinstance(sheet, str):
            canvas.drawPicture(self.sheets[sheet])
        else:
            sheet()
        canvas.restore()

    def collar(self):
        """A knitted roll neck: it hides where the head's paper meets the body's."""
        wool, shade = (246, 240, 236), (214, 200, 208)
        path = brush.path(brush.both([(0.25, 1.1), (0.31, 1.26), (0.335, 1.45), (0.22, 1.62), (0.06, 1.66)]))
        self.shape(path, wool, self.line * 0.85)

        def knit():
            self.canvas.drawPath(brush.path([(0.1, 1.0), (0.5, 1.0), (0.5, 1.8), (0.16, 1.8), (0.2, 1.4)]), brush.fill(shade))
            for x in (-0.24, -0.16, -0.08, 0.0, 0.08, 0.16, 0.24):
                brush.taper(self.canvas, [(x * 0.86, 1.13), (x, 1.36), (x * 0.96, 1.62)], self.fine, (176, 158, 172))
            under_chin = brush.path([(-0.5, 1.0), (0.5, 1.0), (0.5, 1.12), (0, 1.21), (-0.5, 1.12)])
            self.canvas.drawPath(under_chin, brush.fill((150, 120, 150), 90))

        self.inside(path, knit)

    # --- head ---------------------------------------------------------------------------------------------------------

    def head(self):
        pose, canvas = self.pose, self.canvas
        turn, drop = -0.32 * pose.yaw, 0.085 * pose.jaw + 0.02 * pose.pitch
        chin, jaw = 1.0 + drop, 0.47 - 0.02 * pose.jaw
        for s in (-1, 1):
            x = -0.35 * turn  # ears lie behind the face and go the other way
            ear = brush.path(
                [(s * 0.74 + x, 0.0), (s * 0.93 + x, -0.02), (s * 0.92 + x, 0.28), (s * 0.76 + x, 0.44)]
            )
            self.shape(ear, self.skin, self.fine, self.skin_line)
        right = [
            (0.785, -0.3), (0.79, 0.15), (0.745 + 0.15 * turn, 0.43), (0.61 + 0.4 * turn, 0.68 + 0.4 * drop),
            (jaw - 0.10 + 0.75 * turn, 0.86 + 0.75 * drop), (0.13 + turn, chin - 0.028), (turn, chin)]  # fmt: skip
        left = [(2 * turn * (i / 6) ** 2 - px, py) for i, (px, py) in enumerate(right)]
        self.face = brush.path([*right, *left[-2::-1], (-0.6, -0.9), (0, -1.08), (0.6, -0.9)])
        self.shape(self.face, self.skin, self.line * 0.85, brush.mix(brush.INK, self.skin_line, 0.35))

        def shadows():
            x = 0.5 * turn
            fringe = [
                (-1, -0.6),
                (1, -0.6),
                (1, -0.16),
                (0.45 + x, -0.07),
                (0.1 + x, -0.15),
                (-0.3 + x, -0.05),
                (-1, -0.1),
            ]
            canvas.drawPath(brush.path(fringe), brush.fill(self.skin_shadow))
            side = [
                (1, -0.4),
                (0.72 + turn, 0.0),
                (0.69 + turn, 0.45),
                (0.52 + turn, 0.76),
                (0.28 + turn, chin - 0.03),
                (0.3 + turn, 1.3),
                (1.2, 1.3),
            ]
            canvas.drawPath(brush.path(side), brush.fill(self.skin_shadow, 105))

        self.inside(self.face, shadows)

    def features(self):
        soft = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.045)
        blush = skia.Paint(Color=brush.colour((250, 120, 120), 88), AntiAlias=True, MaskFilter=soft)
        for s in (-1, 1):
            self.canvas.drawOval(skia.Rect.MakeLTRB(s * 0.47 - 0.2, 0.43, s * 0.47 + 0.2, 0.6), blush)
        for s in (-1, 1):
            self.eye(s)
        self.nose()
        self.mouth()

    # --- eyes ---------------------------------------------------------------------------------------------------------

    def eye_place(self, s):
        x, _, wide = super().eye_place(s)
        return x, 0.215, 0.97 * wide * (1 + 0.22 * s * self.pose.yaw)  # the far eye is narrower

    def lids(self, s):
        """A function of the place along the eye, -1 outer end to 1 inner end, and the height in it: where that lies now."""
        x, y, wide = self.eye_place(s)
        high, shut = 0.245 * (1 + 0.08 * self.pose.brow) * (1 - 0.12 * self.pose.smile), min(1.0, self.pose.blink)

        def lid(along, lift, closing=1.0):  # closing: how far a blink takes this line
            closed = -0.66 + 0.2 * along * along  # the lashes of a shut eye hang in a shallow bow
            return x - s * along * wide, y - (lift + (closed - lift) * shut * closing) * high

        return lid

    def eye(self, s):
        canvas, pose, lid = self.canvas, self.pose, self.lids(s)
        x, y, wide = self.eye_place(s)
        if pose.blink < 0.9:
            top = [lid(-1.0, 0.1), lid(-0.72, 0.76), lid(-0.05, 1.0), lid(0.64, 0.74), lid(0.97, 0.05)]
            bottom = [lid(0.68, -0.66), lid(0.0, -0.88, 0.3), lid(-0.72, -0.62)]
            white = brush.path([(*top[0], 1), *top[1:4], (*top[4], 1), *bottom])
            canvas.drawPath(white, brush.vertical(y - 0.24, y + 0.05, (214, 206, 224), (255, 255, 255)))
            self.inside(white, lambda: self.iris(s, x + 0.16 * pose.yaw, y + 0.1 * pose.pitch, wide, 0.262, "neutral"))
        if pose.blink < 0.6:
            brush.taper(canvas, [lid(-0.88, -0.46), lid(-0.35, -0.84), lid(0.3, -0.88)], self.fine * 1.3, self.skin_line)
        lift = [lid(-0.72, 1.26, 0.45), lid(-0.05, 1.5, 0.45), lid(0.6, 1.24, 0.45)]
        brush.taper(canvas, lift, self.fine, self.skin_line)
        self.lash(s)

    def lash(self, s):
        lid, ink = self.lids(s), brush.mix(brush.INK, self.hair_shadow, 0.2)
        upper = [lid(-1.1, 0.02), lid(-0.8, 0.86), lid(-0.05, 1.14), lid(0.66, 0.84), lid(1.02, 0.0)]
        under = [lid(0.66, 0.68), lid(-0.05, 0.88), lid(-0.7, 0.58)]
        under = [(x, y + 0.025 * self.pose.blink) for x, y in under]  # where its edges meet, it keeps its thickness
        self.canvas.drawPath(brush.path([(*upper[0], 1), *upper[1:4], (*upper[4], 1), *under]), brush.fill(ink))
        wing = [(*lid(-0.72, 0.86), 1), lid(-1.0, 0.62), (*lid(-1.36, 0.36, 0.85), 1), lid(-1.05, 0.2), (*lid(-0.9, 0.3), 1)]
        self.canvas.drawPath(brush.path(wing), brush.fill(ink))

    def nose(self):
        brush.taper(self.canvas, [(-0.045, 0.545), (0.008, 0.572), (0.055, 0.54)], self.fine * 1.4, self.skin_line)
        shine = skia.Rect.MakeLTRB(-0.025, 0.455, 0.02, 0.5)
        self.canvas.drawOval(shine, brush.fill((255, 250, 244), 190))

    def brow(self, s):
        x, _, wide = self.eye_place(s)
        up = self.pose.brow
        y = -0.27 - 0.075 * up + 0.03 * self.pose.blink
        inner, outer = -0.075 * up, 0.02 + 0.01 * up
        line = [
            (x - s * wide * 0.82, y + inner),
            (x + s * wide * 0.1, y - 0.075 + inner * 0.3),
            (x + s * wide * 1.02, y + outer),
        ]
        brush.taper(self.canvas, line, 0.062, brush.mix(self.hair_shadow, brush.INK, 0.25))

    # --- mouth --------------------------------------------------------------------------------------------------------

    def mouth(self):
        """Lips as two curves between the corners; teeth and tongue show behind them as they part."""
        pose, canvas = self.pose, self.canvas
        rounded = min(1.0, 0.75 * pose.pucker + 0.55 * pose.funnel)
        open_, ink = pose.aperture, brush.mix(brush.INK, (150, 54, 60), 0.45)
        half = MOUTH_WIDTH * (1 + 0.30 * pose.stretch + 0.50 * pose.smile + 0.12 * open_ - 0.56 * rounded)
        y = MOUTH_Y + 0.03 * pose.jaw
        corner = -0.15 * pose.smile * (1 - rounded)
        top = -(0.085 * open_ + 0.03 * rounded) * min(1, 4 * open_) + 0.012
        low = 0.012 + (0.225 + 0.06 * pose.lower + 0.05 * rounded) * open_
        sharp = (1,) if open_ < 0.12 and rounded < 0.3 else ()  # only a mouth that is nearly shut has corners

        ends = (-half, y + corner, *sharp), (half, y + corner, *sharp)
        upper = [
            (-half * 0.56, y + top + 0.28 * corner),
            (0, y + top + 0.02 * (1 - rounded) * open_),
            (half * 0.56, y + top + 0.28 * corner),
        ]
        side = 0.74 - 0.06 * rounded
        lower = [
            (half * side, y + 0.70 * low + 0.28 * corner),
            (0, y + low),
            (-half * side, y + 0.70 * low + 0.28 * corner),
        ]
        hole = brush.path([ends[0], *upper, ends[1], *lower])

        def inside():
            canvas.drawPath(hole, brush.fill(DEEP))
            if open_ > 0.15:
                size = half * (0.62 - 0.1 * rounded)
                rise = 0.34 * low * min(1, 3 * (open_ - 0.15))
                canvas.drawOval(
                    skia.Rect.MakeLTRB(-size, y + low - rise, size, y + low + 0.16), brush.fill(TONGUE)
                )
            teeth = min(0.046 * min(1.0, 5 * open_), 0.42 * (low - top)) * max(0.0, 1 - 1.8 * rounded)
            if teeth > 0.004:
                edge = y + top + teeth
                canvas.drawPath(brush.path([
                    (-half, y + top - 0.1, 1), (half, y + top - 0.1, 1), (half * 0.86, edge - 0.022), (half * 0.4, edge),
                    (-half * 0.4, edge), (-half * 0.86, edge - 0.022)]), brush.fill((255, 252, 250)))  # fmt: skip

        if open_ > 0.02:
            self.inside(hole, inside)
            canvas.drawPath(hole, brush.stroke(self.fine * 1.15, ink))
            brush.taper(canvas, [ends[0][:2], *upper, ends[1][:2]], self.fine * 1.9, ink)
        else:
            seam = y + 0.012 + 0.35 * corner
            brush.taper(
                canvas,
                [
                    (-half, y + corner),
                    (-half * 0.5, seam),
                    (0, seam + 0.01),
                    (half * 0.5, seam),
                    (half, y + corner),
                ],
                self.fine * 2.0,
                ink,
            )
        under = y + low + 0.04 + 0.01 * rounded
        pink = [(-half * 0.42, under - 0.008), (0, under + 0.006), (half * 0.42, under - 0.008)]
        brush.taper(canvas, pink, self.fine * (1.1 + 1.3 * rounded), LIP, 150 + round(80 * rounded))
        if rounded > 0.1:
            brush.taper(
                canvas,
                [(px * 0.8, py - 0.026) for px, py in upper],
                self.fine * 1.5 * rounded,
                LIP,
                round(190 * rounded),
            )

    # --- hair ---------------------------------------------------------------------------------------------------------

    def hair_tones(self, style, shift, side, inner):
        """The night sky on top of the hair, a ring of light around it, strands, and the lamps' warm edge on one side."""
        canvas = self.canvas
        base, dark = self.hair, self.hair_shadow
        canvas.drawPaint(brush.vertical(-1.25, 0.9, brush.mix(base, (96, 104, 168), 0.42), base, brush.mix(base, dark, 0.7)))
        for s in (-1, 1):
            inside = [
                (s * 0.84, -0.5),
                (s * 0.74, 0.0),
                (s * 0.82, side * 0.5),
                (s * 0.9, side + 0.1),
                (s * 1.3, side + 0.1),
                (s * 1.3, -0.5),
            ]
            canvas.drawPath(brush.path(inside), brush.fill(dark, 110))
        for i in range(41):  # the ring: short strokes of light that follow the round of the head
            u = -0.8 + 1.6 * i / 40
            middle, reach = -0.55 - 0.24 * (1 - (u / 0.9) ** 2), 0.07 + 0.07 * ((i * 13) % 7) / 6
            ends = [(u * 0.92, middle - 0.8 * reach), (u * 0.97, middle), (u * 1.02, middle + reach)]
            brush.taper(canvas, ends, 0.058, brush.mix(self.hair_light, (170, 178, 226), 0.55), 105)
        for i in range(13):
            u = -0.9 + 1.8 * i / 12
            root = (0.30 * u + 0.02, -1.2 + 0.1 * u * u)
            foot = -0.06 + 0.03 * (i % 3) if abs(u) < 0.66 else 0.95
            middle = (0.92 * u, -0.62) if abs(u) < 0.66 else (1.02 * u, -0.25)
            brush.taper(
                canvas,
                [root, middle, (u * (1.0 if abs(u) < 0.66 else 0.99), foot)],
                0.026,
                brush.mix(base, dark, 0.85),
                190,
            )
        for s, warm in ((1, (255, 206, 150)), (-1, (150, 170, 240))):
            edge = [(s * 0.5, -1.13), (s * 0.86, -0.8), (s * 0.985, -0.3), (s * 1.0, 0.4), (s * 0.9, 0.98)]
            brush.taper(canvas, edge, 0.055, warm, 150)


# fmt: on
# --- the frame --------------------------------------------------------------------------------------------------------


class Stage:
    """Draws frames of one size: what does not move is painted once."""

    def __init__(
        self, size: tuple[int, int] = SIZE, look: Look = SINGER, place: str = "night city", seed: int = 3
    ):
        """size: pixels, even numbers, since video halves them. Raises HallyuError for a size that no video has."""
        width, height = size
        if width % 2 or height % 2 or not 64 <= min(size) <= max(size) <= 4096:
            raise HallyuError(
                f"A video of {width} x {height} pixels is not possible; choose even numbers from 64 to 4096."
            )
        self.size, self.singer = size, _Singer(look)
        self.ground = self._ground(place, seed)
        cool = [0.975, 0, 0, 0, 0, 0, 0.955, 0, 0, 0, 0, 0.01, 0.985, 0, 0.01, 0, 0, 0, 1, 0]
        self.night = skia.Paint(ColorFilter=skia.ColorFilters.Matrix(cool))
        rng = np.random.default_rng(seed)
        self.far = self._flakes(rng, round(width * height / 5200), (0.0022, 0.0058))
        self.near = self._flakes(rng, round(width * height / 46000), (0.008, 0.017))

    def _ground(self, place: str, seed: int) -> skia.Image:
        """The place by night, out of focus, darker towards the edges."""
        width, height = self.size
        snow = {} if place == "snow forest" else {"snow": True}  # a snow forest has it anyway
        picture = backgrounds.draw(place, width, height, seed=seed, time="night", **snow)
        sharp = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        pixels = np.zeros_like(sharp)
        surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
        canvas = surface.getCanvas()
        blur = skia.ImageFilters.Blur(height / 150, height / 150, skia.TileMode.kClamp)
        image = skia.Image.fromarray(sharp, colorType=skia.kRGBA_8888_ColorType)
        canvas.drawImage(image, 0, 0, skia.SamplingOptions(), skia.Paint(ImageFilter=blur))
        edge = [skia.Color(20, 24, 60, 0), skia.Color(16, 18, 48, 170)]
        middle = skia.Point(width / 2, height * 0.45)
        canvas.drawPaint(skia.Paint(Shader=skia.GradientShader.MakeRadial(middle, width * 0.62, edge)))
        surface.flushAndSubmit()
        return skia.Image.fromarray(pixels, colorType=skia.kRGBA_8888_ColorType)

    def _flakes(self, rng: np.random.Generator, count: int, radii: tuple[float, float]) -> np.ndarray:
        """(count, 5): x, y, radius in pixels, fall in pixels a second, phase."""
        width, height = self.size
        radius = rng.uniform(*radii, count) * height
        return np.stack([
            rng.uniform(0, width, count), rng.uniform(0, height, count), radius, 10 * radius + 0.035 * height,
            rng.uniform(0, 2 * np.pi, count)], 1)  # fmt: skip

    def _snow(self, canvas: skia.Canvas, flakes: np.ndarray, time: float, alpha: int) -> None:
        (width, height), white = self.size, skia.Color(255, 255, 255, alpha)
        for x, y, radius, fall, phase in flakes.tolist():
            px = (x + 0.012 * height * math.sin(0.9 * time + phase) + 0.25 * fall * time) % (width + 60) - 30
            py = (y + fall * time) % (height + 60) - 30
            shader = skia.GradientShader.MakeRadial(
                skia.Point(px, py), radius, [white, white, skia.Color(245, 248, 255, 0)], [0.0, 0.35, 1.0]
            )
            canvas.drawCircle(px, py, radius, skia.Paint(Shader=shader, AntiAlias=True))

    def draw(self, pose: Pose | None, time: float = 0.0, zoom: float = 1.0) -> np.ndarray:
        """One frame: RGB uint8 (height, width, 3). pose: None for the place without the singer. time: seconds, for the snow.

        zoom: how near the camera is, around the middle of her face.
        """
        width, height = self.size
        pixels = np.zeros((height, width, 4), np.uint8)
        surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
        canvas = surface.getCanvas()
        unit, x, y = _place(self.size)
        canvas.translate(x * (1 - zoom), y * (1 - zoom))
        canvas.scale(zoom, zoom)
        canvas.drawImage(self.ground, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear))
        self._snow(canvas, self.far, time, 210)
        if pose is not None:
            canvas.save()
            canvas.translate(x, y)
            canvas.scale(unit, unit)
            canvas.saveLayer(skia.Rect.MakeLTRB(-1.6, -1.6, 1.6, 2.2), self.night)
            self.singer.perform(canvas, pose)
            canvas.restore()
            canvas.restore()
        self._snow(canvas, self.near, time, 175)
        surface.flushAndSubmit()
        return pixels[..., :3]


def frames(curves: Curves, stage: Stage | None = None) -> Iterator[np.ndarray]:
    """The singer's frames, one for each of the curves': RGB uint8 (height, width, 3)."""
    stage = stage or Stage()
    for number, pose in enumerate(poses(curves)):
        yield stage.draw(pose, number / curves.fps)


# --- video ------------------------------------------------------------------------------------------------------------


def write_video(
    path: str | Path,
    pictures: Iterable[np.ndarray],
    fps: float,
    samples: np.ndarray,
    rate: int,
    quality: int = 20,
) -> None:
    """Pictures and sound as an MP4: H.264 with 4:2:0 colour, AAC at 192 kbit/s. quality: 0 to 51, lower is better.

    Sound is cut or filled with silence to the pictures' length. Raises HallyuError for no pictures and for a path that
    does not end in .mp4.
    """
    if Path(path).suffix.lower() != ".mp4":
        raise HallyuError(f"{path} is not the name of a video; let it end in .mp4.")
    samples = np.ascontiguousarray(mixing.stereo(samples), np.float32)
    video.write(path, pictures, Fraction(fps).limit_denominator(1001), "h264", (samples, rate), crf=quality)


def sing_on_screen(
    path: str | Path,
    curves: Curves,
    samples: np.ndarray,
    rate: int,
    size: tuple[int, int] = SIZE,
    look: Look = SINGER,
) -> None:
    """Render the singer's video: curves move the face, *samples* are heard."""
    write_video(path, frames(curves, Stage(size, look)), curves.fps, samples, rate)
