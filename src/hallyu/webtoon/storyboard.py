"""A storyboard page (콘티): every cut as a numbered thumbnail with stand-in figures."""

import numpy as np
import skia

from hallyu.errors import HallyuError
from hallyu.webtoon import fonts
from hallyu.webtoon.script import Cut, Figure, Script

COLUMNS = 6
CELL_WIDTH, PICTURE_HEIGHT, CAPTION_HEIGHT, GAP = 250, 190, 66, 18
"""Pixels of the page at its full width, COLUMNS * (CELL_WIDTH + GAP) + GAP."""

INK = skia.Color(45, 48, 60)
PAPER = skia.Color(250, 248, 243)
PLACES = {
    "room": (0xFFF3E3CF, 0xFFD9BE9C),
    "street": (0xFFE3E8EE, 0xFFB4BECB),
    "snow forest": (0xFFE4EEF6, 0xFF9DB6C8),
    "night city": (0xFF3A4467, 0xFF222A48),
    "speed lines": (0xFFFFFFFF, 0xFF5A5F70),
    "halftone": (0xFFFFFFFF, 0xFFC3B9DA),
    "sparkle": (0xFFFDEEF3, 0xFFF0A9C0),
    "gloom": (0xFFD5D3DF, 0xFF8C88A3),
}
"""Ground and accent of each place's sketch, ARGB."""
TINTS = (0xFFE0776B, 0xFF5B7DB8, 0xFF9A7CB8, 0xFF6FA58A, 0xFFD9A441, 0xFF8A8F9C)
"""One colour for each member of the cast, in order, so that they are told apart at a glance."""


def thumbnails(script: Script, columns: int = COLUMNS) -> np.ndarray:
    """Draw the storyboard page of *script*: RGB uint8 (height, width, 3).

    A cut's frame shows its shot by how large the stand-in figures are, their side and where they look. The
    balloons are blank, because a storyboard asks whether the pictures alone can be followed.
    Raises HallyuError when there are no cuts.
    """
    if not script.cuts:
        raise HallyuError("There are no cuts to draw; write one in the script, like [1] 설정샷, 눈 숲.")
    columns = min(columns, len(script.cuts))
    rows = -(-len(script.cuts) // columns)
    width = columns * (CELL_WIDTH + GAP) + GAP
    height = 64 + rows * (PICTURE_HEIGHT + CAPTION_HEIGHT + GAP)
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(PAPER)
    _text(canvas, f"{script.title} · {len(script.cuts)} cuts", GAP, 44, 30, INK, width - 2 * GAP)
    tints = dict(zip(script.cast, TINTS * len(script.cast), strict=False))
    for index, cut in enumerate(script.cuts):
        row, column = divmod(index, columns)
        canvas.save()
        canvas.translate(
            GAP + column * (CELL_WIDTH + GAP), 64 + row * (PICTURE_HEIGHT + CAPTION_HEIGHT + GAP)
        )
        _frame(canvas, cut, tints)
        _caption(canvas, cut)
        canvas.restore()
    image = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    return np.ascontiguousarray(image[..., :3])


def _frame(canvas: skia.Canvas, cut: Cut, tints: dict[str, int]) -> None:
    box = skia.Rect.MakeWH(CELL_WIDTH, PICTURE_HEIGHT)
    canvas.save()
    canvas.clipRect(box, doAntiAlias=True)
    _place(canvas, cut.place)
    for figure in cut.figures:
        _figure(canvas, figure, cut, tints.get(figure.name, TINTS[-1]))
    _balloons(canvas, cut)
    canvas.restore()
    canvas.drawRect(box, _stroke(INK, 3))


def _place(canvas: skia.Canvas, place: str) -> None:
    ground, accent = PLACES.get(place, (0xFFF0F0F0, 0xFFBBBBBB))
    canvas.drawPaint(skia.Paint(Color=ground))
    paint = skia.Paint(Color=accent, AntiAlias=True)
    w, h = CELL_WIDTH, PICTURE_HEIGHT
    if place == "snow forest":
        for x, size in ((20, 0.8), (62, 1.0), (196, 1.05), (236, 0.75), (110, 0.55), (150, 0.6)):
            for level in range(3):
                y, half = h * (0.72 - size * 0.17 * level), size * (30 - 7 * level)
                tree = skia.Path()
                tree.moveTo(x - half, y).lineTo(x, y - size * 48).lineTo(x + half, y).close()
                canvas.drawPath(tree, paint)
        canvas.drawRect(skia.Rect.MakeLTRB(0, h * 0.72, w, h), skia.Paint(Color=0xFFFAFCFE))
        for index in range(26):
            flake = skia.Paint(Color=0xFFFFFFFF, AntiAlias=True)
            canvas.drawCircle((index * 97) % w, (index * 61) % h, 2.2 + index % 3, flake)
    elif place == "room":
        canvas.drawRect(skia.Rect.MakeXYWH(w * 0.62, 24, 70, 80), skia.Paint(Color=0xFFDCEAF4))
        canvas.drawRect(skia.Rect.MakeXYWH(w * 0.62, 24, 70, 80), _stroke(accent, 5))
        canvas.drawLine(w * 0.62 + 35, 24, w * 0.62 + 35, 104, _stroke(accent, 4))
        canvas.drawRect(skia.Rect.MakeLTRB(0, h * 0.8, w, h), paint)
    elif place in ("street", "night city"):
        lit = skia.Paint(Color=0xFFF7D98B if place == "night city" else ground)
        for x, top in ((0, 40), (52, 74), (104, 30), (160, 64), (206, 22)):
            canvas.drawRect(skia.Rect.MakeLTRB(x, top, x + 46, h * 0.86), paint)
            for row in range(top + 12, int(h * 0.8), 26):
                for column in (x + 9, x + 28):
                    canvas.drawRect(skia.Rect.MakeXYWH(column, row, 9, 12), lit)
    elif place == "speed lines":
        for index in range(56):
            angle = index * 2 * np.pi / 56 + 0.04 * (index % 3)
            near, far = 78 + 22 * (index * 7 % 5), 260
            canvas.drawLine(
                w / 2 + near * np.cos(angle), h / 2 + near * np.sin(angle),
                w / 2 + far * np.cos(angle), h / 2 + far * np.sin(angle), _stroke(accent, 1.6),
            )  # fmt: skip
    elif place == "halftone":
        for row in range(12):
            for column in range(16):
                x, y = column * 17 + (row % 2) * 8, row * 17 + 4
                canvas.drawCircle(x, y, 1 + 6 * y / h, paint)
    elif place == "sparkle":
        for index in range(16):
            x, y, size = (index * 0.618 % 1) * w, (index + 0.5) / 16 * h, 5 + index % 4 * 4
            star = skia.Path()
            star.moveTo(x, y - size).quadTo(x, y, x + size, y).quadTo(x, y, x, y + size)
            star.quadTo(x, y, x - size, y).quadTo(x, y, x, y - size)
            canvas.drawPath(star, paint)
    elif place == "gloom":
        for x in range(6, w, 13):
            canvas.drawLine(x, 0, x, 40 + (x * 37) % 90, _stroke(accent, 3))


# Head radius and the height of its centre, in parts of the frame's height, by shot.
_SIZES = {"establishing": (0.045, 0.66), "full": (0.1, 0.36), "bust": (0.19, 0.5), "close-up": (0.34, 0.56)}
_SIDES = {"left": 0.28, "center": 0.5, "right": 0.72}


def _figure(canvas: skia.Canvas, figure: Figure, cut: Cut, tint: int) -> None:
    part, level = _SIZES.get(cut.shot, _SIZES["bust"])
    radius, y = part * PICTURE_HEIGHT, level * PICTURE_HEIGHT
    x = _SIDES.get(figure.position, 0.5) * CELL_WIDTH
    body = _standing(canvas, x, y, radius) if cut.shot in ("establishing", "full") else _shoulders(x, y, radius)
    for paint in (skia.Paint(Color=tint, AntiAlias=True), _stroke(INK, 2.5)):
        canvas.drawPath(body, paint)
    head = skia.Rect.MakeLTRB(x - radius * 0.88, y - radius, x + radius * 0.88, y + radius * 1.1)
    canvas.drawOval(head, skia.Paint(Color=0xFFFFF6EC, AntiAlias=True))
    # The cross of construction lines says where the head looks, as on a pencilled page.
    turn = {"facing left": -0.45, "facing right": 0.45}.get(figure.view, 0.0) * radius
    cross = skia.Path()
    cross.moveTo(x, y - radius).quadTo(x + turn * 2, y, x, y + radius * 1.1)
    canvas.drawPath(cross, _stroke(tint, 1.6))
    canvas.drawOval(head, _stroke(INK, 2.5))
    _face(canvas, figure.expression, x + turn * 0.75, y, radius, 0.24 if turn else 0.34)


def _shoulders(x: float, y: float, radius: float) -> skia.Path:
    body = skia.Path()
    body.moveTo(x - radius * 1.7, y + radius * 6)
    body.cubicTo(x - radius * 1.6, y + radius * 1.4, x - radius * 0.7, y + radius * 1.15, x, y + radius * 1.1)
    body.cubicTo(
        x + radius * 0.7, y + radius * 1.15,
        x + radius * 1.6, y + radius * 1.4,
        x + radius * 1.7, y + radius * 6,
    )  # fmt: skip
    return body


def _standing(canvas: skia.Canvas, x: float, y: float, radius: float) -> skia.Path:
    """Draw the legs and return the outline of the coat."""
    for side in (-0.45, 0.45):
        canvas.drawLine(
            x + side * radius,
            y + radius * 3.6,
            x + side * radius,
            y + radius * 5.4,
            _stroke(INK, radius * 0.4),
        )
    coat = skia.Path()
    coat.moveTo(x - radius * 1.15, y + radius * 4)
    coat.cubicTo(x - radius * 1.1, y + radius, x - radius * 0.5, y + radius, x, y + radius)
    coat.cubicTo(
        x + radius * 0.5, y + radius, x + radius * 1.1, y + radius, x + radius * 1.15, y + radius * 4
    )
    return coat.close()


def _face(canvas: skia.Canvas, expression: str, x: float, y: float, radius: float, apart: float) -> None:
    """Eyes, brows and mouth; *apart* is half the distance of the eyes, in head radii."""
    pen = _stroke(INK, max(1.8, radius * 0.06))
    wide = expression == "surprised"
    for side in (-1, 1):
        ex, ey = x + side * radius * apart, y + radius * 0.1
        if expression in ("smiling", "laughing", "shy"):
            lid = skia.Rect.MakeXYWH(ex - radius * 0.14, ey - radius * 0.1, radius * 0.28, radius * 0.26)
            canvas.drawArc(lid, 190, 160, False, pen)
        else:
            size = radius * (0.13 if wide else 0.08)
            canvas.drawCircle(ex, ey, size, pen if wide else skia.Paint(Color=INK, AntiAlias=True))
        slope = {"angry": 0.1, "sad": -0.1, "crying": -0.1}.get(expression, 0.0) * radius * side
        lift = radius * (0.34 if wide else 0.26)
        brow = radius * apart * 0.44
        canvas.drawLine(ex - brow, ey - lift + slope, ex + brow, ey - lift - slope, pen)
        if expression == "crying":
            canvas.drawLine(
                ex, ey + radius * 0.16, ex, ey + radius * 0.55, _stroke(0xFF5AA7D8, radius * 0.09)
            )
        if expression == "shy":
            blush = skia.Paint(Color=0x88F08A8A, AntiAlias=True)
            canvas.drawCircle(ex + side * radius * 0.12, ey + radius * 0.26, radius * 0.13, blush)
    mouth = skia.Rect.MakeXYWH(x - radius * 0.22, y + radius * 0.5, radius * 0.44, radius * 0.3)
    if expression in ("smiling", "shy"):
        canvas.drawArc(mouth, 20, 140, False, pen)
    elif expression == "laughing":
        canvas.drawArc(mouth, 0, 180, True, pen)
    elif expression in ("sad", "crying", "angry"):
        canvas.drawArc(mouth, 200, 140, False, pen)
    elif wide:
        canvas.drawOval(
            skia.Rect.MakeXYWH(x - radius * 0.1, y + radius * 0.5, radius * 0.2, radius * 0.26), pen
        )
    else:
        canvas.drawLine(x - radius * 0.14, y + radius * 0.64, x + radius * 0.14, y + radius * 0.64, pen)


def _balloons(canvas: skia.Canvas, cut: Cut) -> None:
    sides = {figure.name: _SIDES.get(figure.position, 0.5) for figure in cut.figures}
    for index, line in enumerate(cut.lines):
        side = sides.get(line.speaker, 0.5)
        x = CELL_WIDTH * (side if side != 0.5 else (0.24, 0.76)[index % 2])
        box = skia.Rect.MakeXYWH(x - 46, 12 + 10 * (index % 2), 92, 34)
        white, pen = skia.Paint(Color=0xFFFFFFFF, AntiAlias=True), _stroke(INK, 2)
        radius = 3 if line.kind == "narration" else 17
        if line.kind == "thought":
            pen.setPathEffect(skia.DashPathEffect.Make([5, 4], 0))
        canvas.drawRoundRect(box, radius, radius, white)
        canvas.drawRoundRect(box, radius, radius, pen)
        for row in (0.38, 0.64):
            y = box.top() + box.height() * row
            canvas.drawLine(
                box.left() + 16, y, box.right() - (16 if row < 0.5 else 34), y, _stroke(0xFFB9BAC2, 2.5)
            )
    if cut.effect:
        burst = skia.Path()
        for point in range(20):
            reach, angle = 21 if point % 2 else 12, point * np.pi / 10
            x = CELL_WIDTH - 32 + reach * 1.25 * np.cos(angle)
            y = PICTURE_HEIGHT - 28 + reach * np.sin(angle)
            (burst.lineTo if point else burst.moveTo)(x, y)
        burst.close()
        canvas.drawPath(burst, skia.Paint(Color=0xFFFFE58A, AntiAlias=True))
        canvas.drawPath(burst, _stroke(INK, 1.6))


def _caption(canvas: skia.Canvas, cut: Cut) -> None:
    at = _text(canvas, str(cut.number), 0, PICTURE_HEIGHT + 27, 24, INK, CELL_WIDTH) + 10
    _text(canvas, f"{cut.shot} · {cut.place}", at, PICTURE_HEIGHT + 26, 16, INK, CELL_WIDTH - at)
    words = cut.beat or (cut.lines[0].text if cut.lines else "")
    _text(canvas, words, 0, PICTURE_HEIGHT + 51, 16, skia.Color(105, 108, 122), CELL_WIDTH)


def _text(
    canvas: skia.Canvas, text: str, x: float, y: float, size: float, colour: int, width: float
) -> float:
    """Draw one line of *text*, shortened with … to *width* pixels; returns the width drawn."""
    face = fonts.dialogue(size)
    text = text[: int(8 * width / size)]  # far more than fits, and little enough to measure again and again
    # A page of thumbnails is no place to stop for an emoji: the validator names it.
    text = "".join(character for character in fonts.clean(text) if fonts.drawable(character))
    if face.width(text) > width:
        while text and face.width(text + "…") > width:
            text = text[:-1]
        text += "…"
    outline = face.outline(text)
    outline.offset(x, y)
    canvas.drawPath(outline, skia.Paint(Color=colour, AntiAlias=True))
    return face.width(text)


def _stroke(colour: int, width: float) -> skia.Paint:
    return skia.Paint(Color=colour, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
