"""The visible notice at the end of a strip: what AI did, in Korean and in English, drawn as a panel."""

from collections.abc import Iterator

import numpy as np

from hallyu.errors import HallyuError
from hallyu.provenance.disclosure import Disclosure
from hallyu.webtoon.panel import WIDTH

MARGIN, PADDING = 60, 44
HEADING, BODY = 30, 24
"""Letter heights in px at 800 px width. On a phone the strip is shown at about half size, so nothing is below
24.
"""
INK, GREY, PAPER = 0xFF1E2430, 0xFF4A5160, 0xFFF3F4F7


def notice(disclosure: Disclosure) -> np.ndarray:
    """The notice as a picture: RGB uint8 (height, WIDTH, 3), on white, ready to stand below the last panel.

    Raises HallyuError when the work used no AI (there is nothing to announce), or a font or a letter is
    missing.
    """
    import skia

    from hallyu.webtoon import fonts

    if not disclosure.used_ai:
        raise HallyuError("The work contains no generated image, so no notice is drawn.")

    heading, body = fonts.dialogue(HEADING), fonts.dialogue(BODY)
    room = WIDTH - 2 * (MARGIN + PADDING)
    rows: list[tuple[str, object, int, int]] = []
    for language in ("ko", "en"):
        head, *lines = disclosure.lines(language)
        # The heading's first line stands beside the badge.
        rows += [
            (row, heading, INK, 54) for row in _wrap(fonts.check(head, "The notice"), heading, room - 84)
        ]
        rows += [
            (row, body, GREY, 38)
            for line in lines
            for row in _wrap(fonts.check(line, "The notice"), body, room)
        ]
        rows.append(("", body, GREY, 30))
    rows.pop()
    height = 2 * MARGIN + 2 * PADDING + sum(step for *_, step in rows)
    pixels = np.full((height, WIDTH, 4), 255, np.uint8)
    canvas = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType).getCanvas()
    canvas.clear(skia.ColorWHITE)
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(MARGIN, MARGIN, WIDTH - MARGIN, height - MARGIN), 20, 20, _paint(PAPER)
    )
    y = MARGIN + PADDING
    _badge(canvas, WIDTH - MARGIN - PADDING - 64, y, fonts.dialogue(26))
    for text, face, ink, step in rows:
        _write(canvas, text, face, MARGIN + PADDING, y + 0.72 * step, ink)
        y += step
    return pixels[..., :3].copy()


def _wrap(text: str, face, room: float) -> Iterator[str]:
    """Lines no wider than *room*, broken at spaces; a single word wider than that is broken where it must be."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if face.width(longer) <= room:
            line = longer
            continue
        if line:
            yield line
        while face.width(word) > room:
            fit = next(n for n in range(len(word), 0, -1) if n == 1 or face.width(word[:n]) <= room)
            yield word[:fit]
            word = word[fit:]
        line = word
    yield line


def _badge(canvas, x: float, y: float, face) -> None:
    """A dark tile with the letters AI."""
    import skia

    canvas.drawRoundRect(skia.Rect.MakeXYWH(x, y, 64, 44), 10, 10, _paint(INK))
    _write(canvas, "AI", face, x + 32 - face.width("AI") / 2, y + 31, 0xFFFFFFFF)


def _write(canvas, text: str, face, x: float, baseline: float, ink: int) -> None:
    letters = face.outline(text)
    letters.offset(x, baseline)
    canvas.drawPath(letters, _paint(ink))


def _paint(colour: int):
    import skia

    return skia.Paint(Color=colour, AntiAlias=True)
