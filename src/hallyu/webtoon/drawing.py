"""The procedural renderer: webtoon characters drawn as antialiased vectors, every one fully labelled.

It is the only picture source that the bundled model has ever seen. A character is drawn in head units: the middle of
the face is (0, 0), the chin is near (0, 1), x grows to the right and y grows down.
"""

import random
from dataclasses import dataclass

import numpy as np
import skia

from hallyu.webtoon import brush
from hallyu.webtoon.vocabulary import Look

GROUND = (150, 214, 190)
"""The plain ground behind a character, sRGB; no skin, hair, outfit or eye colour comes near it, so it can be keyed."""

HAIR = {
    "black": (52, 46, 62), "brown": (126, 82, 58), "blond": (240, 206, 122), "red": (186, 70, 52),
    "silver": (214, 216, 228), "blue": (92, 124, 196), "pink": (238, 158, 178),
}  # fmt: skip
EYES = {"brown": (122, 74, 44), "blue": (50, 118, 214), "green": (44, 142, 84), "amber": (222, 150, 34), "violet": (134, 80, 196)}
CLOTH = {
    "red": (200, 56, 58), "navy": (52, 70, 126), "yellow": (240, 196, 84), "white": (244, 240, 234), "black": (62, 60, 72),
    "purple": (140, 98, 172), "orange": (232, 132, 66),
}  # fmt: skip
SKIN = {"girl": (255, 230, 214), "boy": (250, 219, 196), "grandmother": (248, 220, 200), "grandfather": (242, 208, 182)}

FRAMING = {"close-up": (0.36, 0.54), "bust": (0.262, 0.445)}


def framing(look: Look) -> tuple[float, float]:
    """The head unit and the height of the face's middle, as fractions of the picture; hair that stands up gets room."""
    unit, middle = FRAMING[look.shot]
    if look.hair_style == "bun" and look.shot == "close-up":
        return 0.315, 0.575
    return unit, middle + (0.03 if look.hair_style in ("bun", "tousled") else 0.0)


def turn_of(look: Look) -> float:
    """How far a turned face lies beside the head's middle, in head units; left is negative."""
    return {"facing left": -0.08, "facing right": 0.08}.get(look.view, 0.0)


def face_around(look: Look, x: float, y: float, scale: float) -> tuple[float, float, float, float]:
    """The face's box for a head whose middle is (x, y) and whose unit is *scale*, all in pixels."""
    x += turn_of(look) * scale
    return x - 0.8 * scale, y - 0.55 * scale, x + 0.8 * scale, y + 1.05 * scale


@dataclass(frozen=True)
class Drawing:
    """A rendered character: RGBA uint8 (size, size, 4), straight alpha, and the box of the face in pixels."""

    image: np.ndarray
    face: tuple[int, int, int, int]

    def on(self, ground: tuple[int, int, int] = GROUND) -> np.ndarray:
        """RGB uint8 (size, size, 3) over a plain ground."""
        alpha = self.image[..., 3:].astype(np.float32) / 255
        return np.round(self.image[..., :3] * alpha + np.float32(ground) * (1 - alpha)).astype(np.uint8)


class Artist:
    """Draws one character on a canvas already moved into head units; each method draws the part it is named after."""

    def __init__(self, canvas: skia.Canvas, look: Look, rng: random.Random):
        self.canvas, self.look, self.rng = canvas, look, rng
        self.turn = 0.0 if look.view == "facing front" else 1.0
        self.old = look.person.startswith("grand")
        self.man = look.person in ("boy", "grandfather")
        self.skin, self.hair, self.iris_colour = SKIN[look.person], HAIR[look.hair_colour], EYES[look.eyes]
        self.cloth = CLOTH[look.outfit_colour]
        self.skin_shadow = brush.mix(self.skin, (214, 132, 122), 0.42)
        self.skin_line = brush.mix(self.skin, (120, 50, 52), 0.72)
        self.hair_shadow = brush.shade(self.hair, 0.36 if look.hair_colour != "black" else 0.5)
        self.hair_light = brush.light(self.hair, 0.5 if look.hair_colour != "black" else 0.26)
        self.line = 0.034
        self.fine = 0.02

    def draw(self):
        self.back_hair()
        self.body()
        self.neck()
        self.outfit_front()
        self.head()
        self.features()
        self.front_hair()
        for s in (-1, 1):
            self.brow(s)
        self.marks()

    def shape(self, path, colour, line=None, ink=brush.INK):
        if not isinstance(path, skia.Path):
            path = brush.path(path)
        self.canvas.drawPath(path, colour if isinstance(colour, skia.Paint) else brush.fill(colour))
        if line != 0:
            self.canvas.drawPath(path, brush.stroke(self.line if line is None else line, ink))
        return path

    def inside(self, path, draw):
        self.canvas.save()
        self.canvas.clipPath(path, True)
        draw()
        self.canvas.restore()

    def strands(self, lines, colour=None, width=None):
        for points in lines:
            brush.taper(self.canvas, points, width or self.line * 1.1, colour or self.hair_shadow)

    # --- hair behind the head ----------------------------------------------------------------------------------------

    def back_hair(self):
        style, back = self.look.hair_style, -0.1 * self.turn
        base, shadow = self.hair, self.hair_shadow

        def moved(points):
            return [(p[0] + back, *p[1:]) for p in points]

        if style == "long":
            right = [(0, -1.2), (0.92, -0.75), (1.12, 0.2), (1.16, 1.1), (1.2, 1.9), (1.3, 2.7, 1), (0.98, 2.55, 1), (0.72, 2.8, 1), (0.3, 2.6, 1)]
            path = self.shape(moved(brush.both(right)), shadow)
            self.inside(path, lambda: self.strands([moved([(s * 0.95, 0.4), (s * 1.02, 1.4), (s * 1.06, 2.5)]) for s in (-1, 1)], base, 0.12))
        elif style == "bob":
            right = [(0, -1.18), (0.88, -0.8), (1.05, 0.0), (1.07, 0.6), (0.94, 1.06, 1), (0.68, 1.0), (0.3, 1.04)]
            self.shape(moved(brush.both(right)), shadow)
        elif style == "ponytail":
            tail = [(0.35, -1.0), (0.95, -1.3), (1.5, -0.85), (1.6, -0.1), (1.42, 0.7), (1.5, 1.25), (1.72, 1.75, 1), (1.2, 1.5),
                    (1.0, 0.9), (1.08, 0.1), (0.95, -0.4), (0.6, -0.6)]  # fmt: skip
            path = self.shape(brush.mirror(tail), base)
            self.inside(path, lambda: self.strands([
                [(-1.0, -1.0), (-1.3, -0.2), (-1.2, 0.7), (-1.4, 1.5)], [(-0.8, -0.9), (-1.1, -0.2), (-1.08, 0.8)],
                [(-1.25, -0.9), (-1.5, -0.2), (-1.34, 0.6)]]))  # fmt: skip
            self.shape(moved(brush.both([(0, -1.1), (0.84, -0.7), (0.92, 0.1), (0.74, 0.62), (0.3, 0.7)])), shadow)
        elif style == "bun":
            bun = brush.path([(-0.36 + back, -1.42), (0 + back, -1.72), (0.36 + back, -1.42), (0.3 + back, -1.02), (-0.3 + back, -1.02)])
            self.shape(bun, base)
            self.inside(bun, lambda: self.strands([
                [(-0.25 + back, -1.2), (0 + back, -1.5), (0.28 + back, -1.3)], [(-0.1 + back, -1.1), (0.1 + back, -1.32), (0.3 + back, -1.15)]]))  # fmt: skip
            self.shape(moved(brush.both([(0, -1.1), (0.84, -0.7), (0.9, 0.05), (0.72, 0.5), (0.3, 0.6)])), shadow)
        else:
            low = 0.72 if style == "tousled" else 0.55
            self.shape(moved(brush.both([(0, -1.1), (0.86, -0.7), (0.94, 0.0), (0.78, low, 1), (0.3, low + 0.1)])), shadow)

    # --- body and clothes --------------------------------------------------------------------------------------------

    def body(self):
        wide = 1.42 if self.man else 1.14
        right = [(0.22, 1.18), (0.5, 1.32), (wide - 0.22, 1.5), (wide, 1.86), (wide + 0.1, 2.5), (wide + 0.16, 3.4, 1), (0.3, 3.4, 1)]
        self.torso = brush.path(brush.both(right))
        colour = (112, 104, 116) if self.look.outfit == "scarf" else self.cloth
        if self.look.outfit == "scarf" and self.look.outfit_colour == "black":
            colour = (150, 132, 112)
        self.jacket = colour
        self.shape(self.torso, colour)
        shade = brush.shade(colour, 0.22)

        def folds():
            self.canvas.drawPath(brush.path([(0.62, 1.2), (0.8, 2.0), (0.66, 3.5), (2.2, 3.5), (2.2, 1.2)]), brush.fill(shade))
            for s in (-1, 1):
                brush.taper(self.canvas, [(s * (wide - 0.3), 2.05), (s * (wide - 0.36), 2.6), (s * (wide - 0.28), 3.2)], self.line * 1.3, brush.INK)
                brush.taper(self.canvas, [(s * (wide - 0.55), 2.2), (s * (wide - 0.42), 2.5)], self.line, brush.shade(colour, 0.45))

        self.inside(self.torso, folds)

    def neck(self):
        half = 0.29 if self.man else 0.235
        neck = brush.path(brush.both([(half - 0.02, 0.6), (half, 1.0), (half + 0.08, 1.26), (half + 0.2, 1.42), (0.1, 1.7)]))
        self.shape(neck, self.skin, self.fine, self.skin_line)
        self.inside(neck, lambda: self.canvas.drawPath(
            brush.path([(-0.5, 0.5), (0.5, 0.5), (0.5, 0.98), (0.05 + 0.12 * self.turn, 1.2), (-0.5, 1.0)]), brush.fill(self.skin_shadow)))  # fmt: skip

    def outfit_front(self):
        kind, cloth, fine = self.look.outfit, self.cloth, self.fine * 1.2
        shade, light = brush.shade(cloth, 0.25), brush.light(cloth, 0.4)
        if self.look.outfit_colour == "white":
            light = (222, 220, 226)
        if kind == "coat":
            self.shape(brush.both([(0.2, 1.36), (0.3, 1.7), (0.0, 2.45, 1)]), (250, 248, 246), fine)
            for s in (-1, 1):
                flip = (lambda points: points) if s > 0 else brush.mirror
                self.shape(flip([(0.26, 1.12, 1), (0.56, 1.3), (0.8, 1.56, 1), (0.62, 1.92, 1), (0.7, 2.02, 1), (0.02, 2.95, 1), (0.2, 1.9)]), light, fine)
                self.canvas.drawPath(brush.path(flip([(0.62, 1.92, 1), (0.4, 1.8)]), closed=False), brush.stroke(fine))
            self.canvas.drawPath(brush.path([(0.02, 2.9), (0.0, 3.5)], closed=False), brush.stroke(fine))
            for y in (3.1,):
                self.shape(skia.Path().addCircle(0.2, y, 0.07), brush.shade(cloth, 0.6), fine)
        elif kind == "hoodie":
            hood = brush.both([(0.26, 1.0), (0.62, 1.12), (0.84, 1.45), (0.6, 1.8), (0.24, 2.02), (0.0, 2.06)])
            self.shape(hood, shade, fine)
            self.shape(brush.both([(0.3, 1.06), (0.5, 1.3), (0.34, 1.66), (0, 1.82)]), brush.shade(cloth, 0.55), fine)
            self.canvas.save()
            self.canvas.clipRect(skia.Rect.MakeLTRB(-1, 0, 1, 1.46))
            self.neck()
            self.canvas.restore()
            self.shape([(-0.4, 1.34, 1), (-0.2, 1.5), (0, 1.55), (0.2, 1.5), (0.4, 1.34, 1),
                        (0.28, 1.62), (0, 1.74), (-0.28, 1.62)], (248, 246, 244), fine)
            cord = (250, 248, 244) if self.look.outfit_colour != "white" else (176, 160, 176)
            for s in (-1, 1):
                brush.taper(self.canvas, [(s * 0.24, 1.92), (s * 0.28, 2.3), (s * 0.25, 2.75)], 0.075, brush.INK)
                brush.taper(self.canvas, [(s * 0.24, 1.93), (s * 0.28, 2.3), (s * 0.25, 2.72)], 0.045, cord)
        elif kind == "uniform":
            self.shape(brush.both([(0.22, 1.26), (0.36, 1.5), (0.0, 2.75, 1)]), (252, 251, 250), fine)
            for s in (-1, 1):
                flip = (lambda points: points) if s > 0 else brush.mirror
                self.shape(flip([(0.24, 1.22, 1), (0.42, 1.42, 1), (0.26, 1.84, 1), (0.0, 1.62, 1)]), (255, 255, 255), fine)
                self.shape(flip([(0.4, 1.26, 1), (0.66, 1.5), (0.6, 2.0, 1), (0.02, 3.0, 1), (0.34, 2.0)]), shade, fine)
            tie = (208, 60, 70) if self.look.outfit_colour not in ("red", "orange") else (44, 60, 120)
            if self.man:
                self.shape(brush.both([(0.09, 1.64, 1), (0.12, 1.84, 1), (0.17, 2.5, 1), (0, 2.72, 1)]), tie, fine)
            else:
                for s in (-1, 1):
                    self.shape([(0, 1.72, 1), (s * 0.34, 1.56), (s * 0.38, 1.92), (0, 1.8, 1)], tie, fine)
                    self.shape([(0, 1.78, 1), (s * 0.2, 2.2, 1), (s * 0.06, 2.22, 1)], tie, fine)
                self.shape(skia.Path().addCircle(0, 1.76, 0.075), brush.light(tie, 0.15), fine)
        elif kind == "sweater":
            collar = brush.path(brush.both([(0.32, 1.0), (0.42, 1.2), (0.45, 1.5), (0.24, 1.7), (0, 1.74)]))
            self.shape(collar, light, fine)
            ribs = [[(x * 0.85, 1.06 + 0.1 * abs(x)), (x, 1.74)] for x in (-0.3, -0.15, 0, 0.15, 0.3)]
            self.inside(collar, lambda: [self.canvas.drawPath(brush.path(r, closed=False), brush.stroke(fine * 0.9, brush.shade(cloth, 0.3))) for r in ribs])
            for y in (2.15, 2.45, 2.75, 3.05):
                row = [(-1.2 + 0.2 * i, y + (0.1 if i % 2 else 0.0) + 0.05 * abs(i - 6) / 6, 1) for i in range(13)]
                self.inside(self.torso, lambda row=row: self.canvas.drawPath(brush.path(row, closed=False), brush.stroke(fine * 1.2, brush.mix(shade, light, 0.25))))
        else:
            wrap = brush.path(brush.both([(0.3, 0.96), (0.62, 1.08), (0.76, 1.34), (0.58, 1.62), (0.2, 1.72), (0, 1.72)]))
            tail = brush.path([(0.1, 1.5), (0.56, 1.5), (0.66, 2.2), (0.62, 2.95, 1), (0.2, 3.0, 1), (0.2, 2.2)])
            self.shape(tail, shade, fine)
            for x in (0.26, 0.38, 0.5):
                self.canvas.drawPath(brush.path([(x, 2.96), (x, 3.12)], closed=False), brush.stroke(fine * 1.5, shade))
            self.shape(wrap, cloth, fine * 1.3)
            self.inside(wrap, lambda: self.canvas.drawPath(
                brush.path([(-0.9, 1.42), (-0.3, 1.56), (0.3, 1.56), (0.9, 1.36), (0.9, 1.9), (-0.9, 1.9)]), brush.fill(shade)))  # fmt: skip
            self.strands([[(-0.62, 1.2), (-0.1, 1.42), (0.5, 1.3)], [(-0.4, 1.1), (0.1, 1.26), (0.6, 1.12)]], brush.shade(cloth, 0.45), fine * 1.8)

    # --- head --------------------------------------------------------------------------------------------------------

    def head(self):
        t, man, old = self.turn, self.man, self.old
        chin, jaw = (1.06, 0.56) if man else (1.0, 0.47)
        if old:
            chin, jaw = chin - 0.02, jaw + 0.07
        cx = 0.15 * t  # the chin moves with the turn
        for s in (-1,) if t else (-1, 1):
            ear = brush.path([(s * 0.74 - 0.05 * t, 0.0), (s * 0.93 - 0.05 * t, -0.02), (s * 0.92 - 0.05 * t, 0.28), (s * 0.76 - 0.05 * t, 0.44)])
            self.shape(ear, self.skin, self.fine, self.skin_line)
            brush.taper(self.canvas, [(s * 0.88 - 0.05 * t, 0.06), (s * 0.82 - 0.05 * t, 0.16), (s * 0.84 - 0.05 * t, 0.28)], self.fine * 1.2, self.skin_line)
        left = [(-0.8 + 0.02 * t, -0.3), (-0.79 + 0.02 * t, 0.2), (-0.68 + 0.04 * t, 0.56), (-jaw + 0.13 + cx * 0.5, 0.82), (cx - 0.1, chin)]
        right = [(cx + 0.1, chin), (jaw - 0.13 + cx, 0.8), (0.68 - 0.02 * t, 0.5), (0.77 - 0.05 * t, 0.2), (0.77, -0.3)]
        if t:  # cheekbone and brow of a three-quarter view
            right = [(cx + 0.1, chin), (jaw - 0.12 + cx, 0.82), (0.69, 0.52), (0.73, 0.3), (0.69, 0.05), (0.73, -0.3)]
        self.face = brush.path([*left, *right, (0.6, -0.9), (0, -1.08), (-0.6, -0.9)])
        self.shape(self.face, self.skin, self.line * 0.85, brush.mix(brush.INK, self.skin_line, 0.35))

        def shadows():
            fringe = [(-1, -0.6), (1, -0.6), (1, -0.2), (0.45, -0.14), (0.1 + 0.1 * t, -0.22), (-0.3 + 0.1 * t, -0.12), (-1, -0.14)]
            self.canvas.drawPath(brush.path(fringe), brush.fill(self.skin_shadow))
            side = [(-1, -0.4), (-0.7, 0.0), (-0.66, 0.5), (-0.3, 0.9), (0.1 + cx, chin + 0.1), (-1, 1.2)]
            if t:
                self.canvas.drawPath(brush.path(side), brush.fill(self.skin_shadow, 150))
            else:
                self.canvas.drawPath(brush.path(brush.mirror(side)), brush.fill(self.skin_shadow, 130))

        self.inside(self.face, shadows)

    # --- face --------------------------------------------------------------------------------------------------------

    def features(self):
        t, mood = self.turn, self.look.expression
        blush = {"smiling": 90, "laughing": 130, "shy": 190, "crying": 120}.get(mood, 0)

        def cheeks():
            for s in (-1, 1):
                x = s * 0.46 + 0.2 * t
                self.canvas.drawPath(brush.path([(x - 0.2, 0.5), (x, 0.42), (x + 0.2, 0.5), (x, 0.6)]), brush.fill((250, 120, 120), blush))
                if mood == "shy":
                    for k in (-0.09, 0.0, 0.09):
                        self.canvas.drawPath(brush.path([(x + k + 0.03, 0.42), (x + k - 0.03, 0.58)], closed=False), brush.stroke(self.fine, (222, 70, 84)))

        if blush:
            self.inside(self.face, cheeks)
        if self.old:
            self.age_lines()
        for s in (-1, 1):
            self.eye(s)
        self.nose()
        self.mouth()

    def age_lines(self):
        t, line = self.turn, self.fine * 1.15
        for s in (-1, 1):
            x = 0.2 * t
            far = 0.82 if t and s > 0 else 1.0
            brush.taper(self.canvas, [(s * 0.2 * far + x * 1.25, 0.54), (s * 0.31 * far + x * 1.25, 0.68), (s * 0.33 * far + x * 1.2, 0.82)], line, self.skin_line)
            brush.taper(self.canvas, [(s * 0.2 * far + x, 0.4), (s * 0.36 * far + x, 0.45), (s * 0.52 * far + x, 0.4)], line, self.skin_line)
            if not (t and s > 0):
                for dy in (-0.04, 0.06):
                    brush.taper(self.canvas, [(s * 0.62, 0.2 + dy), (s * 0.73, 0.18 + 2.2 * dy)], line, self.skin_line)
        for y, w in ((-0.36, 0.22), (-0.46, 0.16)):
            brush.taper(self.canvas, [(-w + 0.15 * t, y), (0.15 * t, y - 0.03), (w + 0.15 * t, y)], line, self.skin_line)

    def eye_place(self, s):
        """Middle and half width of the eye on side *s*; the far eye of a turned head is narrower."""
        near = not (self.turn and s > 0)
        wide = (0.245 if self.man else 0.27) * (1.0 if near else 0.8) * (0.92 if self.old else 1.0)
        return s * 0.36 + 0.19 * self.turn - (0.0 if near else 0.015), 0.17, wide

    def eye(self, s):
        mood, canvas = self.look.expression, self.canvas
        x, y, wide = self.eye_place(s)
        high = 0.215 if self.man else 0.275
        high *= 0.8 if self.old else 1.0
        high *= {"surprised": 1.18, "angry": 0.86, "sad": 0.82, "crying": 0.8, "shy": 0.86, "smiling": 0.9}.get(mood, 1.0)
        slant = {"angry": 0.09, "sad": -0.07, "crying": -0.075, "shy": -0.03}.get(mood, 0.0)  # inner corner down is +

        def lid(px, lift):  # px: -1 outer end .. 1 inner end
            return (x - s * px * wide, y + slant * px - lift * high)

        ink = brush.mix(brush.INK, self.hair_shadow, 0.2)
        if mood == "laughing":
            arc = [lid(-1.05, -0.18), lid(-0.55, 0.38), lid(0.05, 0.52), lid(0.6, 0.36), lid(1.0, -0.12)]
            brush.taper(canvas, arc, 0.105, ink)
            if not self.man:
                brush.taper(canvas, [lid(-0.95, 0.0), lid(-1.35, 0.12)], 0.05, ink)
        else:
            top = [lid(-1.0, 0.05), lid(-0.72, 0.78), lid(0.0, 1.0), lid(0.66, 0.72), lid(1.0, -0.02)]
            bottom = [lid(0.66, -0.66), lid(0.0, -0.86), lid(-0.7, -0.64)]
            white = brush.path([(*top[0], 1), *top[1:4], (*top[4], 1), *bottom])
            canvas.drawPath(white, brush.fill((255, 255, 255)))
            self.inside(white, lambda: self.iris(s, x, y, wide, high, mood))
            upper = [lid(-1.12, -0.06), lid(-0.78, 0.8), lid(0.0, 1.06), lid(0.7, 0.76), lid(1.06, -0.08)]
            under = [lid(0.66, 0.58), lid(0.0, 0.78), lid(-0.66, 0.52)]
            lash = brush.path([(*upper[0], 1), *upper[1:4], (*upper[4], 1), *under])
            canvas.drawPath(lash, brush.fill(ink))
            if not self.man:
                canvas.drawPath(brush.path([(*lid(-0.8, 0.62), 1), (*lid(-1.42, 0.42), 1), (*lid(-1.05, 0.0), 1)]), brush.fill(ink))
            brush.taper(canvas, [lid(-0.85, -0.52), lid(-0.3, -0.86), lid(0.3, -0.84)], self.fine * 1.1, self.skin_line)
            crease = 0.1 if mood != "surprised" else 0.16
            brush.taper(canvas, [lid(-0.75, 1.12 + crease), lid(0.0, 1.34 + crease), lid(0.62, 1.1 + crease)], self.fine, self.skin_line)
        if mood == "crying":
            self.tears(s, x, y + high * 0.55, wide)

    def brow(self, s):
        """Brows are drawn over the fringe, as comics do: they carry half of an expression."""
        mood = self.look.expression
        x, _, wide = self.eye_place(s)
        lift = {"surprised": 0.14, "angry": -0.07, "laughing": 0.04, "sad": 0.0}.get(mood, 0.0)
        tilt = {"angry": 0.17, "sad": -0.13, "crying": -0.15, "shy": -0.1, "surprised": -0.02}.get(mood, 0.02)
        by = -0.27 - lift
        brow = [(x - s * wide * 0.82, by + tilt), (x + s * wide * 0.1, by - 0.075 + tilt * 0.1), (x + s * wide * 1.02, by + 0.01 - tilt * 0.55)]
        thick = 0.1 if self.man else 0.062
        if self.look.person == "grandfather":
            thick = 0.13
        colour = self.hair_shadow if self.look.hair_colour not in ("silver", "blond") else brush.shade(self.hair, 0.42)
        brush.taper(self.canvas, brow, thick, brush.mix(colour, brush.INK, 0.25))

    def iris(self, s, x, y, wide, high, mood):
        canvas, eye = self.canvas, self.iris_colour
        gx = x + 0.035 * self.turn
        gy = y + 0.01
        rx, ry = wide * 0.66, high * 0.9
        if mood == "surprised":
            rx, ry = wide * 0.46, high * 0.56
        if mood == "shy":
            gx, gy = gx + 0.07, gy + 0.035
        if mood == "sad":
            gy += 0.035
        oval = skia.Rect.MakeLTRB(gx - rx, gy - ry, gx + rx, gy + ry)
        canvas.drawOval(oval, brush.vertical(gy - ry, gy + ry, brush.mix(eye, (30, 14, 40), 0.62), eye, brush.light(eye, 0.42)))
        canvas.drawOval(oval, brush.stroke(self.fine * 1.1, brush.mix(eye, (30, 14, 40), 0.7)))
        canvas.drawOval(skia.Rect.MakeLTRB(gx - rx * 0.42, gy - ry * 0.46, gx + rx * 0.42, gy + ry * 0.3), brush.fill(brush.mix(eye, (24, 12, 34), 0.86)))
        canvas.drawPath(brush.path([(x - 1, y - high * 1.2), (x + 1, y - high * 1.2), (x + wide, y - high * 0.46), (x, y - high * 0.3), (x - wide, y - high * 0.46)]),
                        brush.fill((70, 50, 90), 95))  # fmt: skip
        canvas.drawOval(skia.Rect.MakeLTRB(gx - rx * 0.78, gy - ry * 0.74, gx - rx * 0.1, gy - ry * 0.2), brush.fill((255, 255, 255)))
        canvas.drawCircle(gx + rx * 0.42, gy + ry * 0.44, rx * 0.2, brush.fill((255, 255, 255), 230))

    def tears(self, s, x, y, wide):
        stream = brush.path([(x - wide * 0.4, y), (x + wide * 0.4, y), (x + wide * 0.42, y + 0.3), (x + s * 0.04 + wide * 0.36, y + 0.56), (x + s * 0.04, y + 0.64),
                        (x + s * 0.04 - wide * 0.36, y + 0.54), (x - wide * 0.42, y + 0.3)])  # fmt: skip
        self.canvas.drawPath(stream, brush.fill((166, 216, 250), 235))
        self.canvas.drawPath(stream, brush.stroke(self.fine, (92, 148, 208)))
        brush.taper(self.canvas, [(x - wide * 0.12, y + 0.06), (x - wide * 0.1, y + 0.4)], 0.05, (255, 255, 255))

    def nose(self):
        t = self.turn
        x = 0.3 * t
        side = 1 if t else 0.0
        brush.taper(self.canvas, [(x + 0.06 * side, 0.34), (x + 0.1 * side + 0.02, 0.47), (x + 0.02, 0.53)], self.fine * (1.3 if t else 0.001) + 0.001, self.skin_line)
        brush.taper(self.canvas, [(x - 0.05, 0.54), (x + 0.01, 0.565), (x + 0.06, 0.535)], self.fine * 1.4, self.skin_line)

    def mouth(self):
        t, mood, canvas = self.turn, self.look.expression, self.canvas
        x, y, k = 0.235 * t, 0.755, 1.0 - 0.12 * self.turn
        lip, dark, tongue = (150, 54, 60), (122, 36, 48), (236, 122, 124)
        ink = brush.mix(brush.INK, lip, 0.45)

        def at(points):
            return [(x + p[0] * k, y + p[1], *p[2:]) for p in points]

        def open_mouth(points, teeth=0.0, tongue_y=None):
            path = brush.path(at(points))
            canvas.drawPath(path, brush.fill(dark))

            def inner():
                if tongue_y is not None:
                    canvas.drawOval(skia.Rect.MakeLTRB(x - 0.13, y + tongue_y, x + 0.13, y + tongue_y + 0.3), brush.fill(tongue))
                if teeth:
                    canvas.drawRect(skia.Rect.MakeLTRB(x - 0.5, y - 0.5, x + 0.5, y + teeth), brush.fill((255, 255, 255)))

            self.inside(path, inner)
            canvas.drawPath(path, brush.stroke(self.fine * 1.5, ink))

        if self.look.person == "grandfather":
            self.shape(brush.path(at([(0, -0.1), (0.16, -0.1), (0.3, 0.0, 1), (0.14, -0.0), (0, -0.02), (-0.14, -0.0), (-0.3, 0.0, 1), (-0.16, -0.1)])), self.hair, self.fine, self.hair_shadow)
            y += 0.05
        if mood == "neutral":
            brush.taper(canvas, at([(-0.13, 0.0), (0.0, 0.014), (0.13, 0.0)]), self.fine * 2.0, ink)
            brush.taper(canvas, at([(-0.05, 0.085), (0.05, 0.085)]), self.fine, self.skin_line)
        elif mood == "smiling":
            open_mouth([(-0.2, -0.055, 1), (0, 0.01), (0.2, -0.055, 1), (0.1, 0.09), (0, 0.12), (-0.1, 0.09)], tongue_y=0.06)
        elif mood == "laughing":
            open_mouth([(-0.27, -0.11, 1), (0, -0.06), (0.27, -0.11, 1), (0.2, 0.1), (0, 0.19), (-0.2, 0.1)], teeth=-0.03, tongue_y=0.08)
        elif mood == "sad":
            brush.taper(canvas, at([(-0.14, 0.06), (0.0, -0.015), (0.14, 0.06)]), self.fine * 2.0, ink)
        elif mood == "crying":
            open_mouth([(-0.19, 0.12, 1), (-0.1, -0.03), (0, -0.05), (0.1, -0.03), (0.19, 0.12, 1), (0.08, 0.07), (-0.08, 0.07)])
        elif mood == "angry":
            open_mouth([(-0.2, 0.09, 1), (-0.12, -0.07), (0.12, -0.07), (0.2, 0.09, 1), (0, 0.1)], teeth=0.3)
            canvas.drawPath(brush.path(at([(-0.17, 0.03), (0.17, 0.03)]), closed=False), brush.stroke(self.fine, ink))
        elif mood == "surprised":
            open_mouth([(0, -0.08), (0.1, 0.02), (0.07, 0.13), (-0.07, 0.13), (-0.1, 0.02)], tongue_y=0.07)
        else:
            brush.taper(canvas, at([(-0.13, 0.02), (-0.06, -0.02), (0.0, 0.02), (0.06, -0.02), (0.13, 0.02)]), self.fine * 1.9, ink)

    # --- hair in front -----------------------------------------------------------------------------------------------

    def front_hair(self):
        style, t = self.look.hair_style, self.turn
        shift = 0.12 * t
        fringe, side, width = {
            "short": ([(0.66, -0.12), (0.38, -0.2), (0.3, 0.0), (0.06, -0.22), (-0.08, 0.02), (-0.3, -0.22), (-0.46, 0.02), (-0.66, -0.12)], 0.22, 0.95),
            "tousled": ([(0.66, -0.2), (0.5, 0.02), (0.3, -0.3), (0.16, 0.04), (-0.02, -0.26), (-0.2, 0.08), (-0.34, -0.24), (-0.56, 0.0), (-0.66, -0.16)], 0.34, 0.97),
            "bob": ([(0.64, -0.04), (0.4, 0.0), (0.36, -0.08), (0.14, 0.03), (0.1, -0.06), (-0.14, 0.04), (-0.18, -0.05), (-0.42, 0.02), (-0.46, -0.05), (-0.64, -0.02)], 1.04, 1.02),
            "long": ([(0.62, 0.1), (0.5, -0.3), (0.2, -0.52), (0.02, -0.66), (-0.2, -0.44), (-0.46, -0.2), (-0.62, 0.16)], 1.7, 1.04),
            "ponytail": ([(0.66, 0.02), (0.5, -0.32), (0.36, -0.06), (0.2, -0.38), (-0.04, -0.04), (-0.14, -0.3), (-0.4, 0.04), (-0.66, -0.06)], 0.62, 0.97),
            "bun": ([(0.7, -0.06), (0.5, -0.42), (0.1, -0.62), (-0.2, -0.54), (-0.5, -0.3), (-0.7, -0.04)], 0.2, 0.95),
        }[style]  # fmt: skip
        sharp = style not in ("long", "bun")
        inner = [(x * (1 - 0.05 * t) + shift * (1 - abs(x)), y, *([1] if sharp or i in (0, len(fringe) - 1) else [])) for i, (x, y) in enumerate(fringe)]
        crown = [(-0.84 * width, -0.86), (-0.42, -1.16), (0.02, -1.24), (0.44, -1.15), (0.84 * width, -0.84)]
        if style == "tousled":
            crown = [(-1.06, -0.34, 1), (-0.94, -0.52), (-1.14, -0.72, 1), (-0.78, -0.94), (-0.84, -1.22, 1), (-0.4, -1.14), (-0.22, -1.44, 1), (0.06, -1.2), (0.36, -1.4, 1), (0.5, -1.12),
                     (0.86, -1.16, 1), (0.82, -0.88), (1.14, -0.74, 1), (0.96, -0.5), (1.08, -0.3, 1)]  # fmt: skip
        elif style == "short":
            crown = [(-0.86, -0.78), (-0.5, -1.12), (-0.14, -1.22), (0.06, -1.3, 1), (0.16, -1.2), (0.56, -1.06), (0.88, -0.72)]
        tip_in = 0.16 if style in ("bob", "long") else 0.1
        left = [(-width + tip_in, side, 1), (-width - (0.03 if style == "bob" else 0), side * 0.5), (-width, -0.3)]
        right = [(width, -0.3), (width + (0.03 if style == "bob" else 0), side * 0.5), (width - tip_in, side, 1)]
        lock_r = [(0.8 if style in ("bob", "long") else 0.78, side * 0.45), (0.73, 0.0)]
        lock_l = [(-0.73, 0.0), (-0.8 if style in ("bob", "long") else -0.78, side * 0.45)]
        if t:  # the far side shows less hair
            right = [(p[0] - 0.06, *p[1:]) for p in right]
            lock_r = [(p[0] - 0.02, *p[1:]) for p in lock_r]
        path = brush.path([*left, *crown, *right, *lock_r, *inner, *lock_l])
        self.canvas.drawPath(path, brush.fill(self.hair))
        self.inside(path, lambda: self.hair_tones(style, shift, side, inner))
        self.canvas.drawPath(path, brush.stroke(self.line))
        if style == "ponytail":
            self.shape(brush.path([(-0.74, -1.06), (-0.52, -1.14), (-0.5, -0.92), (-0.68, -0.8)]), (206, 74, 92), self.fine * 1.2)
        if style == "bun":
            self.shape(brush.path([(-0.3 - 0.1 * t, -1.2), (-0.1 * t, -1.26), (0.3 - 0.1 * t, -1.2), (0.28 - 0.1 * t, -1.1), (-0.1 * t, -1.16), (-0.28 - 0.1 * t, -1.1)]), (120, 84, 120), self.fine)

    def hair_tones(self, style, shift, side, inner):
        canvas = self.canvas
        for s in (-1, 1):
            canvas.drawPath(brush.path([(s * 1.2, -0.8), (s * 0.88, -0.4), (s * 0.8, 0.2), (s * 0.84, side + 0.1), (s * 1.3, side + 0.1)]), brush.fill(self.hair_shadow, 150))
        top = -0.62 if style not in ("long", "bun") else -0.86
        band, n = [], 9
        for i in range(n):
            u = -0.66 + 1.32 * i / (n - 1)
            arch = -0.2 * (1 - (u / 0.8) ** 2)
            band.append((u + shift, top + arch + (0.05 if i % 2 else -0.05)))
        for i in range(n):
            u = 0.66 - 1.32 * i / (n - 1)
            arch = -0.2 * (1 - (u / 0.8) ** 2)
            band.append((u + shift, top + arch + 0.1 + (0.1 if i % 2 else -0.0), 1))
        canvas.drawPath(brush.path(band), brush.fill(self.hair_light, 215))
        tips = [p for i, p in enumerate(inner) if 0 < i < len(inner) - 1]
        for i, p in enumerate(tips):
            if i % 2:
                self.strands([[(p[0], p[1] - 0.02), (p[0] * 0.86 + shift * 0.2, p[1] - 0.3), (p[0] * 0.6 + shift, -0.72)]], width=self.line * 1.1)
        if style in ("long", "bun"):
            self.strands([[(0.02 + shift, -0.66), (0.0 + shift, -1.0), (0.02, -1.24)]])
            self.strands([[(s * 0.5 + shift, -0.3), (s * 0.38 + shift, -0.75), (s * 0.1 + shift, -1.15)] for s in (-1, 1)])
            self.strands([[(s * 0.74, -0.1), (s * 0.68, -0.6), (s * 0.3 + shift, -1.1)] for s in (-1, 1)])
        if style in ("bob", "long"):
            self.strands([[(s * 0.9, -0.2), (s * 0.95, side * 0.4), (s * 0.88, side * 0.85)] for s in (-1, 1)])

    def marks(self):
        if self.look.expression == "angry":
            self.canvas.save()
            self.canvas.translate(0.62, -0.78)
            for quarter in range(4):
                self.canvas.save()
                self.canvas.rotate(90 * quarter)
                self.canvas.drawPath(brush.path([(0.06, 0.24), (0.08, 0.08), (0.24, 0.06)], closed=False), brush.stroke(0.06, (214, 40, 50)))
                self.canvas.restore()
            self.canvas.restore()


def draw(look: Look, size: int = 160, seed: int = 0, jitter: float = 1.0) -> Drawing:
    """Render a character.

    look: what to draw; size: pixels a side; seed: chooses tilt, place and scale within the shot;
    jitter: 0 puts the head exactly where FRAMING says, 1 is the natural spread.
    """
    rng = random.Random(seed)
    pixels = np.zeros((size, size, 4), np.uint8)
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    canvas = surface.getCanvas()
    unit, middle = framing(look)
    scale = size * unit * (1 + 0.03 * jitter * rng.uniform(-1, 1))
    x = size * (0.5 + 0.02 * jitter * rng.uniform(-1, 1))
    y = size * (middle + 0.015 * jitter * rng.uniform(-1, 1))
    canvas.translate(x, y)
    canvas.scale(-scale if look.view == "facing left" else scale, scale)
    canvas.rotate(3.0 * jitter * rng.uniform(-1, 1))
    Artist(canvas, look, rng).draw()
    surface.flushAndSubmit()
    alpha = pixels[..., 3:].astype(np.float32)
    straight = np.where(alpha > 0, pixels[..., :3] * (255 / np.maximum(alpha, 1)), 0)  # skia draws premultiplied
    image = np.concatenate([np.clip(np.round(straight), 0, 255).astype(np.uint8), pixels[..., 3:]], -1)
    return Drawing(image, tuple(round(v) for v in face_around(look, x, y, scale)))
