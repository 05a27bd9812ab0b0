"""Whether the words of a balloon can be read, and are the script's: measured in the pixels of the finished page.

Nothing is recognised. The letters are found as ink on paper; then the words that should be there are set in the
course's faces, line for line as wide as what was found, and laid over it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hallyu.webtoon import fonts
from hallyu.webtoon.panel import Box

MARGIN = 48
"""Pixels looked at around a balloon's box, so that a box drawn too small hides nothing."""
FAINT = 12.0
"""Levels of luma (0-255) below which JPEG noise and ink cannot be told apart."""
THIN = 9
"""Pixels: a balloon's outline is thinner, and the paper around its letters is wider."""
PER_EM = 0.92
"""Height of a line of Hangul, from the top of its ink to the bottom, in ems, in the dialogue face."""


@dataclass(frozen=True)
class Words:
    """Letters found in a balloon.

    lines: the ink of each line, float 0..1 in its tight box. letters: the box around them all, in page pixels.
    paper: the box of the balloon's body, the same when it has no outline of its own. height: of the letters in
    pixels, ascent to descent of the fullest line. contrast: ratio of letters against paper (WCAG 2.2), 1 to 21.
    """

    lines: tuple[np.ndarray, ...]
    letters: Box
    paper: Box
    height: float
    contrast: float


def find(page: np.ndarray, box: Box) -> Words | None:
    """The letters in the balloon at *box* of *page* (RGB uint8), or None when it holds no ink."""
    x0, y0 = max(0, box[0] - MARGIN), max(0, box[1] - MARGIN)
    crop = page[y0 : box[3] + MARGIN, x0 : box[2] + MARGIN]
    inner = (slice(max(0, box[1]) - y0, box[3] - y0), slice(max(0, box[0]) - x0, box[2] - x0))
    if crop[inner].size == 0 or min(crop[inner].shape[:2]) < 8:
        return None
    luma = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    apart = np.abs(luma - _paper_luma(luma[inner]))
    body = _body(apart < 2 * FAINT, inner)
    if body is None:
        return None
    apart = _without_what_touches_the_edge(apart, body)
    strongest = float(np.percentile(apart[body > 0], 99.5))
    if strongest < FAINT:
        return None
    ink = np.clip(apart / strongest, 0, 1) * body
    ink[ink < 0.25] = 0
    bands = _bands(ink)
    if not bands:
        return None
    pieces, edges = [], []
    for top, bottom in bands:
        columns = np.flatnonzero(ink[top:bottom].max(axis=0) > 0.5)
        left, right = int(columns[0]), int(columns[-1]) + 1
        pieces.append(ink[top:bottom, left:right])
        edges.append((left, top, right, bottom))
    left, top = min(e[0] for e in edges), min(e[1] for e in edges)
    right, bottom = max(e[2] for e in edges), max(e[3] for e in edges)
    rows, columns = np.flatnonzero(body.any(axis=1)), np.flatnonzero(body.any(axis=0))
    dark = crop[(ink > 0.85)]
    light = crop[(body > 0) & (apart < 0.1 * strongest)]
    return Words(
        tuple(pieces),
        (x0 + left, y0 + top, x0 + right, y0 + bottom),
        (x0 + int(columns[0]), y0 + int(rows[0]), x0 + int(columns[-1]) + 1, y0 + int(rows[-1]) + 1),
        float(max(len(piece) for piece in pieces)),
        contrast(np.median(dark, axis=0), np.median(light, axis=0)) if len(dark) and len(light) else 1.0,
    )


def contrast(a: np.ndarray, b: np.ndarray) -> float:
    """Contrast ratio of two sRGB colours 0-255 (WCAG 2.2): 1 for the same, 21 for black on white.

    >>> round(contrast(np.array([0, 0, 0]), np.array([255, 255, 255])), 1)
    21.0
    """
    first, second = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def likeness(words: Words, text: str) -> float:
    """How well *text* lies over the letters found, from 0 to 1, where it fits worst: the best of the course's faces.

    The same words give 0.9 and more; one other word among the right ones, 0.3 and less.
    """
    text = fonts.clean(text)
    if not text or not all(fonts.drawable(character) for character in text):
        return 0.0
    faces = (fonts.dialogue(64), fonts.heavy(64), fonts.effect(64))
    return max(_likeness(words, text, face) for face in faces)


def _likeness(words: Words, text: str, face: fonts.Face) -> float:
    rows = _divide(text, [piece.shape[1] for piece in words.lines], face)
    if rows is None:
        return 0.0
    return max(
        0.0, min(_overlap(p, _set(row, face, p.shape)) for p, row in zip(words.lines, rows, strict=True))
    )


def _divide(text: str, widths: list[int], face: fonts.Face) -> list[str] | None:
    """*text* in as many lines as were found, with widths in the same proportion; breaks at spaces are preferred."""
    count, scale = len(widths), sum(widths) / max(1e-6, face.width(text.replace(" ", "")))
    ends = [0.0]
    for character in text:
        ends.append(ends[-1] + face.width(character))
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for k in range(count):
        row: dict[int, tuple[float, int]] = {}
        for i, (cost, _) in best[k].items():
            for j in range(i + 1, len(text) + 1):
                piece = text[i:j].strip()
                if not piece or (k == count - 1 and j < len(text)):
                    continue
                apart = (scale * (ends[j] - ends[i]) - widths[k]) / max(widths)
                broken = j < len(text) and text[j] != " " and text[j - 1] != " "
                price = cost + apart * apart + (0.02 if broken else 0.0)
                if j not in row or price < row[j][0]:
                    row[j] = (price, i)
        best.append(row)
    if len(text) not in best[count]:
        return None
    lines, j = [], len(text)
    for k in range(count, 0, -1):
        i = best[k][j][1]
        lines.append(text[i:j].strip())
        j = i
    return lines[::-1]


def _set(row: str, face: fonts.Face, shape: tuple[int, int]) -> np.ndarray:
    """*row* drawn in *face* and stretched to *shape*: float 0..1."""
    import skia

    outline = face.outline(row)
    bounds = outline.computeTightBounds()
    height, width = max(1, round(bounds.height())), max(1, round(bounds.width()))
    pixels = np.zeros((height, width, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    canvas.translate(-bounds.left(), -bounds.top())
    canvas.drawPath(outline, skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    return cv2.resize(pixels[..., 1].astype(np.float32) / 255, shape[::-1], interpolation=cv2.INTER_AREA)


def _overlap(found: np.ndarray, expected: np.ndarray) -> float:
    """Least correlation of two ink pictures in any stretch of about two letters.

    A small blur comes first, which forgives a pixel of shift.
    """
    height, width = found.shape
    size = max(0.6, height * 0.03)
    a, b = (cv2.GaussianBlur(picture.astype(np.float32), (0, 0), size) for picture in (found, expected))
    stretch = min(width, round(2.4 * height))
    starts = {*range(0, width - stretch + 1, max(1, height // 2)), width - stretch}
    return min(_correlation(a[:, x : x + stretch], b[:, x : x + stretch]) for x in starts)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(1e-6, np.sqrt((a * a).sum() * (b * b).sum())))


def _paper_luma(luma: np.ndarray) -> float:
    """The commonest luma, within nine levels, in the middle of a balloon's box: that of its paper."""
    height, width = luma.shape
    middle = luma[
        round(height * 0.2) : max(1, round(height * 0.8)), round(width * 0.2) : max(1, round(width * 0.8))
    ]
    counts = np.bincount(middle.astype(int).ravel(), minlength=256)
    return float(np.convolve(counts, np.ones(9), "same").argmax())


def _body(paper: np.ndarray, inner: tuple[slice, slice]) -> np.ndarray | None:
    """The balloon: the largest piece of paper in the box, with the holes that letters make filled; float 0 or 1.

    Paper that runs out of the picture through a thin outline as dark as itself is cut off there; paper that runs out
    all the same (a caption without an outline on a white gutter), at the box.
    """
    paper = paper.astype(np.uint8)
    whole = _largest_piece(paper, inner)
    if whole is None:
        return None
    piece = whole
    if _runs_out(piece):
        opened = cv2.morphologyEx(paper, cv2.MORPH_OPEN, np.ones((THIN, THIN)))
        piece = _largest_piece(opened, inner)
    if piece is None or _runs_out(piece):
        piece = np.zeros_like(whole)
        piece[inner] = whole[inner]
    outlines, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    return cv2.drawContours(np.zeros_like(piece), [outline], -1, 1, cv2.FILLED).astype(np.float32)


def _largest_piece(paper: np.ndarray, inner: tuple[slice, slice]) -> np.ndarray | None:
    """The connected piece of *paper* (uint8 0 or 1) that has most pixels in the box, or None when there is none."""
    count, labels = cv2.connectedComponents(paper, connectivity=4)
    sizes = np.bincount(labels[inner].ravel(), minlength=count)
    sizes[0] = 0
    return (labels == int(sizes.argmax())).astype(np.uint8) if sizes.max() else None


def _runs_out(piece: np.ndarray) -> bool:
    return any(piece[edge].any() for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]))


def _without_what_touches_the_edge(apart: np.ndarray, body: np.ndarray) -> np.ndarray:
    """*apart* with 0 for what reaches the edge of the body: its outline or the art behind it, never letters.

    A balloon whose outline is as dark as its paper runs into the art; its body is then the whole of its box.
    """
    edge = (body > 0) & (cv2.erode(body, np.ones((3, 3)), borderValue=0) == 0)
    _, labels = cv2.connectedComponents(((apart >= 2 * FAINT) & (body > 0)).astype(np.uint8), connectivity=8)
    outer = np.unique(labels[edge & (labels > 0)])
    return np.where(np.isin(labels, outer), 0, apart) if len(outer) else apart


def _bands(ink: np.ndarray) -> list[tuple[int, int]]:
    """Row ranges of the lines of letters; a scrap less than a third as high as the highest belongs to a neighbour."""
    rows = (ink > 0.5).sum(axis=1) > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(np.int8), [0]])))
    bands = [[int(top), int(bottom)] for top, bottom in edges.reshape(-1, 2)]
    if not bands:
        return []
    tallest = max(bottom - top for top, bottom in bands)
    joined: list[list[int]] = []
    for band in bands:
        scrap = band[1] - band[0] < tallest / 3 or (joined and joined[-1][1] - joined[-1][0] < tallest / 3)
        if joined and scrap and band[0] - joined[-1][1] < tallest / 3:
            joined[-1][1] = band[1]
        else:
            joined.append(band)
    return [(top, bottom) for top, bottom in joined if bottom - top >= max(3, tallest / 6)]


def _luminance(colour: np.ndarray) -> float:
    stored = np.asarray(colour, np.float64) / 255
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
