"""Pictures of pictures for the lessons: wipes, differences, strips of frames, mattes on a checkerboard, and curves.

Every function takes frames, float from 0 to 1 or uint8, and returns a new picture as uint8 (h, w, 3), for figures.show.
What is written in it is an even share of its width, so that it can be read on a phone. Colours are from Okabe & Ito's
palette, which colour-blind readers can tell apart.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hallyu.errors import HallyuError
from hallyu.film import colour
from hallyu.music import plots
from hallyu.music.plots import BLUE, GREEN, GREY, ORANGE, RED, SKY

WIDTH = 960
"""Pixels across a picture that is put together from several."""
COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, GREY)
_LETTERS = 30  # letters' height is the picture's width over this: 13 pixels on a phone of 390
_PAPER, _INK = (255, 255, 255), (34, 34, 34)


def picture(frame: np.ndarray) -> np.ndarray:
    """A frame (h, w, 3), a matte (h, w) or either as uint8, as uint8 (h, w, 3). An RGBA frame loses its matte.

    Raises HallyuError for what is none.

    >>> picture(np.array([[0.0, 0.5, 1.0]]))[0].tolist()
    [[0, 0, 0], [128, 128, 128], [255, 255, 255]]
    """
    array = np.asarray(frame)
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape:
        raise HallyuError(
            f"An array of shape {array.shape} is no frame: give (h, w, 3), or (h, w) for a matte."
        )
    if array.dtype == bool:
        array = array.astype(np.float32)
    if array.dtype != np.uint8:
        array = np.rint(np.nan_to_num(array).clip(0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(array[..., :3])


def _fitted(frame: np.ndarray, width: int) -> np.ndarray:
    """As a picture *width* pixels wide."""
    import cv2

    made = picture(frame)
    height = max(1, round(width * made.shape[0] / made.shape[1]))
    smaller = width < made.shape[1]
    return cv2.resize(made, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


@functools.lru_cache(32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    from hallyu.webtoon import fonts

    return ImageFont.truetype(str(fonts.FOLDER / fonts.DIALOGUE), size)


def _letters(width: int) -> ImageFont.FreeTypeFont:
    return _font(max(11, round(width / _LETTERS)))


def _plate(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, font, anchor: str) -> None:
    """White letters on a dark plate, which are read on any picture. anchor: a corner, as Pillow names it."""
    pad = font.size * 0.35
    x = at[0] + (pad if anchor[0] == "l" else -pad)
    y = at[1] + (pad if anchor[1] in "ta" else -pad)
    left, top, right, bottom = draw.textbbox((x, y), text, font, anchor)
    draw.rectangle([left - pad, top - pad, right + pad, bottom + pad], fill=(0, 0, 0))
    draw.text((x, y), text, (255, 255, 255), font, anchor)


# --- two pictures -----------------------------------------------------------------------------------------------------


def wipe(
    before: np.ndarray, after: np.ndarray, at: float = 0.5, labels: Sequence[str] = ("before", "after")
) -> np.ndarray:
    """*before* left of a line that stands at a share *at* of the width, *after* right of it: a wipe, held still.

    Raises HallyuError when the two differ in size.
    """
    left, right = picture(before), picture(after)
    _same_size(left, right)
    width = left.shape[1]
    edge = round(min(max(at, 0.0), 1.0) * width)
    made = right.copy()
    made[:, :edge] = left[:, :edge]
    thick = max(1, width // 320)
    made[:, max(0, edge - 2 * thick) : edge + 2 * thick] = 0
    made[:, max(0, edge - thick) : edge + thick] = 255
    whole = Image.fromarray(made)
    draw, font = ImageDraw.Draw(whole), _letters(width)
    for text, x, anchor in ((labels[0], 0, "lb"), (labels[1], width, "rb")):
        if text:
            _plate(draw, (x, left.shape[0]), text, font, anchor)
    return np.asarray(whole)


def difference(
    first: np.ndarray, second: np.ndarray, gain: float = 8.0, unit: str = "levels of 255"
) -> np.ndarray:
    """How far two frames or mattes lie apart, as a heat map: of each pixel the channel that differs most.

    gain: how much it is turned up; the brightest colour is at 255 / gain levels, and all beyond it.
    """
    a, b = np.asarray(first), np.asarray(second)
    _same_size(a, b)
    a, b = (x.astype(np.float32) / (255 if x.dtype == np.uint8 else 1) for x in (a, b))
    apart = np.abs(a - b)
    return heat((apart.max(axis=2) if apart.ndim == 3 else apart) * 255, 255 / gain, unit)


def heat(values: np.ndarray, top: float, unit: str, bottom: float = 0.0) -> np.ndarray:
    """Numbers (h, w) as colours from black (*bottom*) over violet and orange to pale yellow (*top*), above a scale."""
    import cv2

    values = np.asarray(values, np.float32)
    if values.ndim != 2 or top <= bottom:
        raise HallyuError(
            f"A heat map is drawn of numbers (h, w) between two limits, not of {values.shape} from {bottom} to {top}."
        )
    share = np.nan_to_num((values - bottom) / (top - bottom)).clip(0, 1)
    mapped = cv2.applyColorMap(np.rint(share * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    height, width = values.shape
    font = _letters(width)
    band = round(2.1 * font.size)
    whole = Image.new("RGB", (width, height + band), _PAPER)
    whole.paste(Image.fromarray(np.ascontiguousarray(mapped)))
    bar = cv2.applyColorMap(
        np.tile(np.linspace(0, 255, width).astype(np.uint8), (band // 3, 1)), cv2.COLORMAP_INFERNO
    )
    whole.paste(Image.fromarray(np.ascontiguousarray(bar[..., ::-1])), (0, height + 2))
    draw, below = ImageDraw.Draw(whole), height + band - 2
    draw.text((2, below), f"{bottom:.3g}", _INK, font, "lb")
    draw.text((width - 2, below), f"{top:.3g} {unit} and more", _INK, font, "rb")
    return np.asarray(whole)


def _same_size(first: np.ndarray, second: np.ndarray) -> None:
    if first.shape != second.shape:
        raise HallyuError(
            f"The two pictures differ in size: {first.shape} and {second.shape}; bring them to one size first."
        )


# --- several pictures -------------------------------------------------------------------------------------------------


def side_by_side(
    frames: Sequence[np.ndarray],
    labels: Sequence[str] | None = None,
    columns: int | None = None,
    width: int = WIDTH,
) -> np.ndarray:
    """Frames in a row, or in rows of *columns*, each under its label, in a picture *width* pixels wide.

    Raises HallyuError when there is no frame, or not one label for each.
    """
    frames, labels = list(frames), list(labels or [])
    if not frames or (labels and len(labels) != len(frames)):
        raise HallyuError(f"There are {len(frames)} frames and {len(labels)} labels: give each frame one.")
    columns = columns or len(frames)
    gap = max(4, width // 160)
    each = (width - gap * (columns - 1)) // columns
    cells = [_fitted(frame, each) for frame in frames]
    font = _fitting(labels, each, width)
    band = round(1.5 * font.size) if labels else 0
    rows = [range(start, min(start + columns, len(cells))) for start in range(0, len(cells), columns)]
    heights = [band + max(cells[number].shape[0] for number in row) for row in rows]
    whole = Image.new("RGB", (width, sum(heights) + gap * (len(rows) - 1)), _PAPER)
    draw, top = ImageDraw.Draw(whole), 0
    for row, height in zip(rows, heights, strict=True):
        for place, number in enumerate(row):
            left = place * (each + gap)
            if labels:
                draw.text((left + 1, top + band / 2), labels[number], _INK, font, "lm")
            whole.paste(Image.fromarray(cells[number]), (left, top + band))
        top += height + gap
    return np.asarray(whole)


def _fitting(labels: Iterable[str], room: int, width: int) -> ImageFont.FreeTypeFont:
    """The font of a picture *width* wide, made smaller where a label would not fit into *room*."""
    font = _letters(width)
    longest = max((font.getlength(label) for label in labels), default=0)
    return _font(max(9, int(font.size * room / longest))) if longest > room else font


def strip(
    frames: Sequence[np.ndarray],
    marks: Mapping[str, Iterable[int]] | Iterable[int] = (),
    labels: Sequence[str] | None = None,
    step: int = 1,
    count: int = 10,
    width: int = WIDTH,
) -> np.ndarray:
    """A timeline: *count* thumbnails evenly out of *frames*, and below them rows of marks at their frame numbers.

    frames: every *step*-th frame of the film. marks: frame numbers in the film, of cuts say, or several rows of them by
    name; each mark is a tick in its row, and a line
    through the thumbnails where there is one row only. labels: one for each
    thumbnail; without them their frame numbers.
    """
    frames = list(frames)
    if not frames:
        raise HallyuError("A strip needs frames; this film has none.")
    rows = dict(marks) if isinstance(marks, Mapping) else {"": list(marks)}
    count = min(count, len(frames))
    picked = [int((place + 0.5) * len(frames) / count) for place in range(count)]
    names = list(labels) if labels else [str(number * step) for number in picked]
    if len(names) != count:
        raise HallyuError(f"There are {count} thumbnails and {len(names)} labels: give each one.")
    font = _letters(width)
    margin = round(max(font.getlength(name) for name in rows)) if rows else 0
    margin += font.size // 2 if margin else 0
    each = (width - margin) // count
    cells = [_fitted(frames[number], each) for number in picked]
    small = _fitting(names, each - 4, width)
    tall, band, row = cells[0].shape[0], round(1.4 * small.size), round(1.5 * font.size)
    if not any(rows):  # a single row without a name: its lines through the thumbnails say enough
        row = 0
    whole = Image.new("RGB", (width, tall + band + row * len(rows)), _PAPER)
    draw = ImageDraw.Draw(whole)
    for place, (cell, name) in enumerate(zip(cells, names, strict=True)):
        whole.paste(Image.fromarray(cell), (margin + place * each, 0))
        draw.text((margin + (place + 0.5) * each, tall + band / 2), name, _INK, small, "mm")
    span, total = each * count, len(frames) * step
    for number, (name, places) in enumerate(rows.items()):
        tint = COLOURS[number % len(COLOURS)]
        top = tall + band + number * row
        draw.text((0, top + row / 2), name, tint, font, "lm")
        if row:
            draw.line([(margin, top + row - 2), (margin + span, top + row - 2)], "#cccccc")
        for place in places:
            x = margin + place / total * span
            ends = (0, tall) if len(rows) == 1 else (top + 2, top + row - 2)
            draw.line([(x, ends[0]), (x, ends[1])], tint, max(2, width // 240))
    return np.asarray(whole)


def checkerboard(frame: np.ndarray, matte: np.ndarray | None = None, square: int = 0) -> np.ndarray:
    """A cut-out over a grey checkerboard, in light: *frame* straight, with its matte as fourth channel or as *matte*.

    square: pixels; without it a fortieth of the width. Raises HallyuError when there is no matte.
    """
    frame = colour.check(frame)
    if matte is None and frame.shape[2] != 4:
        raise HallyuError("A cut-out needs a matte: give RGBA, or the matte (h, w) beside the frame.")
    alpha = (frame[..., 3] if matte is None else np.asarray(matte, np.float32))[..., None]
    height, width = frame.shape[:2]
    square = square or max(4, width // 40)
    odd = (np.arange(height)[:, None] // square + np.arange(width) // square) % 2
    board = colour.to_linear(np.repeat(np.where(odd, 0.62, 0.8)[..., None], 3, axis=2).astype(np.float32))
    return picture(colour.to_display(alpha * colour.to_linear(frame[..., :3]) + (1 - alpha) * board))


def zoom(frame: np.ndarray, box: tuple[int, int, int, int], times: int = 4) -> np.ndarray:
    """The part of a frame in *box* (left, top, width, height), each pixel as a square of *times* by *times*."""
    left, top, wide, tall = box
    part = picture(frame)[max(0, top) : top + tall, max(0, left) : left + wide]
    if 0 in part.shape:
        raise HallyuError(f"The box {box} lies outside the frame of {frame.shape[1]} x {frame.shape[0]}.")
    return np.repeat(np.repeat(part, times, axis=0), times, axis=1)


def boxed(
    frame: np.ndarray, boxes: Iterable[tuple[float, float, float, float]], labels: Sequence[str] = ()
) -> np.ndarray:
    """A frame with *boxes* (left, top, width, height) drawn on it, each with its label above, in the palette's order."""
    whole = Image.fromarray(picture(frame))
    draw, font = ImageDraw.Draw(whole), _letters(whole.width)
    for number, (left, top, wide, tall) in enumerate(boxes):
        tint = COLOURS[(number + 1) % len(COLOURS)]
        draw.rectangle([left, top, left + wide, top + tall], outline=tint, width=max(2, whole.width // 320))
        if number < len(labels):
            _plate(draw, (left, max(top, 1.7 * font.size)), labels[number], font, "lb")
    return np.asarray(whole)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _drawn(plot: Callable) -> Callable[..., np.ndarray]:
    """Decorate a function that returns a matplotlib Figure: it is drawn in the course's type, and returned as a picture."""

    @functools.wraps(plot)
    def made(*args: object, **kwargs: object) -> np.ndarray:
        return np.asarray(plots.drawn(plot)(*args, **kwargs).convert("RGB"))

    return made


def _figure(height: int):
    """A Figure WIDTH pixels wide, its letters as large as those of the other pictures, and its axes."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH / 200, height / 200), dpi=200, layout="constrained")
    return made, made.subplots()


@_drawn
def curves(
    lines: Mapping[str, tuple],
    across: str,
    up: str,
    level: float | None = None,
    points: Iterable[tuple[float, float, str]] = (),
    limits: tuple[float, float] | None = None,
    height: int = 400,
):
    """Curves (x, y) by name over axes that say quantity and unit; if wanted a dashed *level*, and named *points*.

    One curve has no legend. limits: of y. height: pixels.
    """
    made, axes = _figure(height)
    for at, (name, (x, y)) in reversed(list(enumerate(lines.items()))):
        axes.plot(x, y, color=COLOURS[at % len(COLOURS)], linewidth=1.0 if at else 1.5, label=name)
    if level is not None:
        axes.axhline(level, color=GREY, linewidth=0.8, linestyle="--")
    for x, y, name in points:
        axes.plot([x], [y], "o", color=RED, markersize=4)
        ground = dict(facecolor="white", edgecolor="none", pad=1, alpha=0.8)
        axes.annotate(name, (x, y), (0, 6), textcoords="offset points", ha="center", color=RED, bbox=ground)
    axes.set(xlabel=across, ylabel=up)
    axes.margins(x=0, y=0.12)
    if limits:
        axes.set_ylim(limits)
    axes.grid(color="#eeeeee")
    axes.set_axisbelow(True)
    if len(lines) > 1:
        handles, labels = axes.get_legend_handles_labels()
        room = len(lines) if sum(len(name) + 6 for name in lines) <= 58 else 2  # names in a row of the legend
        axes.legend(handles[::-1], labels[::-1], loc="lower center", bbox_to_anchor=(0.5, 1), ncols=room)
    return made


@_drawn
def bars(values: Mapping[str, float], across: str, level: float | None = None, form: str = ".3g"):
    """One bar for each name, its number written at its end. across: quantity and unit. level: a dashed line."""
    made, axes = _figure(90 + 46 * len(values))
    axes.barh(range(len(values)), list(values.values()), color=BLUE, height=0.62)
    for row, value in enumerate(values.values()):
        axes.annotate(
            format(value, form), (value, row), (4, 0), textcoords="offset points", va="center", fontsize=9
        )
    if level is not None:
        axes.axvline(level, color=GREY, linewidth=0.8, linestyle="--")
    axes.set_yticks(range(len(values)), list(values))
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.set(xlabel=across)
    return made
