"""Scopes: waveform, RGB parade, vectorscope and histogram as pictures, and what they say in numbers.

A scope does not care how the room is lit or what the eye has got used to. Each function takes a frame and returns
another frame, float32 (h, w, 3), to show or to lay beside the shot.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hallyu.film import colour

LOW, HIGH = -0.05, 1.05
"""The code values at the lower and the upper edge of a waveform, so that what lies beyond 0 and 1 is seen."""
REACH = 0.5
"""Cb and Cr at the edges of a vectorscope: those of pure blue and pure red."""

_GROUND, _LINES, _TEXT = 0.03, 0.20, 0.55  # grey levels of a scope's ground, graticule and labels
_MOST = 260_000  # pixels that are counted; more change no scope to the eye
_TRACES = {
    "luma": (0.80, 0.95, 0.85),
    "red": (1.0, 0.30, 0.28),
    "green": (0.35, 0.95, 0.42),
    "blue": (0.40, 0.58, 1.0),
}
_BARS = {"R": (1, 0, 0), "M": (1, 0, 1), "B": (0, 0, 1), "C": (0, 1, 1), "G": (0, 1, 0), "Y": (1, 1, 0)}


def waveform(frame: np.ndarray, width: int = 512, height: int = 256) -> np.ndarray:
    """Luma over the width of the picture: below each column, how often each level occurs in it.

    Black and white should touch 0 and 100 without lying flat on them. Raises HallyuError for what is no frame.
    """
    return _waves(colour.luma(_thinned(frame))[..., None], ["luma"], width, height)


def parade(frame: np.ndarray, width: int = 512, height: int = 256) -> np.ndarray:
    """Waveforms of red, green and blue side by side: where a wall should be grey, the three stand equally high."""
    return _waves(_thinned(frame), ["red", "green", "blue"], width, height)


def _waves(values: np.ndarray, names: list[str], width: int, height: int) -> np.ndarray:
    scope = _graticule(width, height).copy()
    gap = 6 if len(names) > 1 else 0
    each = width // len(names) - gap
    values = values + _jitter(values.shape)
    columns = np.arange(values.shape[1]) + _jitter(values.shape[:2], 1.0) + 0.5
    columns = (columns / values.shape[1] * each).astype(np.int32).clip(0, each - 1)
    for number, name in enumerate(names):
        rows = ((HIGH - values[..., number]) / (HIGH - LOW) * height).astype(np.int32).clip(0, height - 1)
        counts = np.bincount((rows * each + columns).ravel(), minlength=height * each).reshape(height, each)
        glow = _glow(counts, values[..., 0].size / (height * each))
        start = number * (each + gap) + gap // 2
        part = scope[:, start : start + each]
        part += (1 - part) * glow[..., None] * np.float32(_TRACES[name])
    return scope


def vectorscope(frame: np.ndarray, size: int = 320) -> np.ndarray:
    """Hue and saturation of every pixel: Cb to the right, Cr upwards, grey in the middle, each in its own colour.

    The boxes mark the six colours of a 75 % bar chart. Skin of every tone lies along the line at upper left.
    """
    ycbcr = colour.to_ycbcr(_thinned(frame)).reshape(-1, 3)
    ycbcr += _jitter(ycbcr.shape)
    places = (ycbcr[:, 1:] * [1, -1] / (2 * REACH) + 0.5) * size
    columns, rows = places.astype(np.int32).clip(0, size - 1).T
    counts = np.bincount(rows * size + columns, minlength=size * size).reshape(size, size)
    glow = _glow(counts, len(ycbcr) / size**2)
    return _vector_graticule(size) * (1 - glow[..., None]) + glow[..., None] * _hues(size)


def histogram(frame: np.ndarray, width: int = 512, height: int = 200) -> np.ndarray:
    """How often each code value occurs in red, green and blue; where all three are, it is grey.

    The heights are square roots, so that a small highlight is seen beside a large wall. What is clipped stands as a
    spike at the edge.
    """
    scope = np.full((height, width, 3), _GROUND, np.float32)
    values = _thinned(frame)
    edges = np.linspace(-0.5 / 255, 1 + 0.5 / 255, width + 1)
    values = (values + _jitter(values.shape)).clip(edges[0], edges[-1])
    counts = np.stack([np.histogram(values[..., i], edges)[0] for i in range(3)]).astype(np.float32)
    inner = counts[:, 8:-8]
    heights = np.sqrt(counts / max(1.0, inner.max())).clip(0, 1) * (height - 18)
    up = np.arange(height - 14, -14, -1)[:, None]
    for name, bar in zip(("red", "green", "blue"), heights, strict=True):
        scope += np.float32(_TRACES[name]) * ((up > 0) & (up <= bar))[..., None] * 0.42
    marks = _labelled(width, height, [(place, None, f"{place:.0%}") for place in (0.0, 0.25, 0.5, 0.75, 1.0)])
    return np.maximum(scope, marks).clip(0, 1)


def _thinned(frame: np.ndarray) -> np.ndarray:
    """Every other row and column, or every third, of a large frame."""
    return _every(colour.check(frame)[..., :3], frame)


def _every(values: np.ndarray, frame: np.ndarray) -> np.ndarray:
    step = int(np.ceil(np.sqrt(frame.shape[0] * frame.shape[1] / _MOST)))
    return values[::step, ::step]


@lru_cache(8)
def _jitter(shape: tuple[int, ...], size: float = 1 / 255) -> np.ndarray:
    """Noise of one 8-bit level, without which a scope shows the gaps between levels instead of the picture."""
    return np.random.default_rng(0).uniform(-size / 2, size / 2, shape).astype(np.float32)


def _glow(counts: np.ndarray, even: float) -> np.ndarray:
    """Counts as brightness 0..1, as a phosphor shows them: a few pixels are seen, many do not blind.

    even: the count of each cell if the pixels lay evenly.
    """
    return (1 - np.exp(-0.9 * (counts / max(even, 1e-6)) ** 0.6)).astype(np.float32)


@lru_cache(8)
def _graticule(width: int, height: int) -> np.ndarray:
    levels = (0.0, 0.25, 0.5, 0.75, 1.0)
    marks = _labelled(
        width, height, [(None, (HIGH - level) / (HIGH - LOW), f"{level:.0%}") for level in levels]
    )
    return np.maximum(marks, _GROUND)


def _labelled(width: int, height: int, marks: list) -> np.ndarray:
    """Lines across or down, with their labels; marks: (x or None, y or None, text), as shares of the scope."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (width, height))
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(10)
    for x, y, text in marks:
        if y is None:
            place = x * (width - 1)
            draw.line([(place, 0), (place, height - 14)], round(_LINES * 255))
            anchor = "lb" if x == 0 else "rb" if x == 1 else "mb"
            draw.text((place, height - 1), text, round(_TEXT * 255), font, anchor)
        else:
            draw.line([(0, y * height), (width, y * height)], round(_LINES * 255))
            draw.text((3, y * height - 1), text.rstrip("%"), round(_TEXT * 255), font, "lb")
    return np.repeat(np.asarray(picture, np.float32)[..., None] / 255, 3, axis=2)


@lru_cache(8)
def _hues(size: int) -> np.ndarray:
    """(size, size, 3) the colour of each place of a vectorscope, bright enough to be told."""
    across = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 * REACH - REACH
    blue, red = np.meshgrid(across, -across)
    made = colour.from_ycbcr(np.stack([np.full_like(blue, 0.62), blue * 1.3, red * 1.3], axis=-1))
    return made.clip(0.12, 1)


@lru_cache(8)
def _vector_graticule(size: int) -> np.ndarray:
    from PIL import Image, ImageDraw, ImageFont

    scale = 4  # drawn large and made small, for smooth circles
    picture = Image.new("L", (size * scale, size * scale), round(_GROUND * 255))
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(11 * scale)
    grey, thin = round(_LINES * 255), scale

    def place(blue: float, red: float) -> tuple[float, float]:
        return ((blue / (2 * REACH) + 0.5) * size * scale, (0.5 - red / (2 * REACH)) * size * scale)

    for radius in (REACH / 3, 2 * REACH / 3, REACH - 0.01):
        draw.ellipse([place(-radius, radius), place(radius, -radius)], outline=grey, width=thin)
    draw.line([place(-REACH, 0), place(REACH, 0)], grey, thin)
    draw.line([place(0, -REACH), place(0, REACH)], grey, thin)
    for letter, bar in _BARS.items():
        _, blue, red = colour.to_ycbcr(0.75 * np.float32(bar))
        box = [place(blue - 0.025, red + 0.025), place(blue + 0.025, red - 0.025)]
        draw.rectangle(box, outline=round(_TEXT * 255), width=thin)
        draw.text(place(blue * 1.14, red * 1.14), letter, round(_TEXT * 255), font, "mm")
    angle = np.radians(colour.SKIN_LINE)
    blue, red = (REACH - 0.01) * np.cos(angle), (REACH - 0.01) * np.sin(angle)
    draw.line([place(0, 0), place(blue, red)], round(0.9 * 255), thin)
    draw.text(place(blue - 0.02, red - 0.03), "skin", round(0.9 * 255), font, "rm")
    small = picture.resize((size, size), Image.Resampling.LANCZOS)
    return np.repeat(np.asarray(small, np.float32)[..., None] / 255, 3, axis=2)


# --- in numbers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Readings:
    """What the scopes of a frame say. Levels are luma, 0..1.

    black, middle, white: the levels that 0.5 %, 50 % and 99.5 % of the pixels stay below.
    crushed, clipped: shares of the pixels with a channel at 0 or below, at 1 or above.
    cast: Cb and Cr of the greys, (0, 0) when they are grey; None when the frame has hardly any.
    skin: degrees that skin lies off the skin line, from -180 to 180, positive towards yellow and on to green, negative
        towards red and on to blue; None when there is hardly any.
    """

    black: float
    middle: float
    white: float
    crushed: float
    clipped: float
    cast: tuple[float, float] | None
    skin: float | None

    def __str__(self) -> str:
        parts = [f"luma from {self.black:.0%} to {self.white:.0%}, half of it below {self.middle:.0%}"]
        parts.append(f"{self.crushed:.1%} of the pixels crushed, {self.clipped:.1%} clipped")
        if self.skin is not None:
            side = "towards yellow" if self.skin > 0 else "towards red"
            parts.append(
                "skin on the line"
                if abs(self.skin) < 3
                else f"skin {abs(self.skin):.0f}° off the line {side}"
            )
        return "; ".join(parts)


def readings(frame: np.ndarray, face: np.ndarray | None = None) -> Readings:
    """The figures of a frame's scopes: for a panel beside them, and for who cannot see them.

    face: (h, w) bool, a face or a box about it: its usual colour is its skin's, however far a grade took that from the
        line. Without it, skin is what looks like it: a warm sky or wood may be taken for it, and a blue face is not.

    >>> print(readings(np.full((4, 4, 3), 0.5, np.float32)))
    luma from 50% to 50%, half of it below 50%; 0.0% of the pixels crushed, 0.0% clipped
    """
    pixels = _thinned(frame).reshape(-1, 3)
    ycbcr = colour.to_ycbcr(pixels)
    black, middle, white = np.percentile(ycbcr[:, 0], [0.5, 50, 99.5])
    saturation = np.hypot(ycbcr[:, 1], ycbcr[:, 2])
    grey = (saturation < 0.05) & (ycbcr[:, 0] > 0.1) & (ycbcr[:, 0] < 0.95)
    enough = max(20, len(pixels) // 200)
    if face is None:
        skin = _of_what_looks_like_skin(pixels, ycbcr, enough)
    else:
        skin = _of_a_face(ycbcr[_every(face, frame).ravel() > 0.5])
    return Readings(
        float(black),
        float(middle),
        float(white),
        float((pixels <= 0).any(axis=1).mean()),
        float((pixels >= 1).any(axis=1).mean()),
        tuple(ycbcr[grey, 1:].mean(axis=0).tolist()) if grey.sum() >= enough else None,
        skin,
    )


def _of_what_looks_like_skin(pixels: np.ndarray, ycbcr: np.ndarray, enough: int) -> float | None:
    """Degrees that what looks like skin lies off the line; None when that are fewer than *enough* pixels."""
    skin = colour.skin(pixels)
    if (skin > 0.5).sum() < enough:
        return None
    return _degrees_off(*(ycbcr[:, 1:] * skin[:, None]).sum(axis=0))


def _of_a_face(face: np.ndarray) -> float | None:
    """Degrees that the usual colour of a face's pixels, Y'CbCr (n, 3), lies off the line; None when they are all grey."""
    coloured = face[(np.hypot(face[:, 1], face[:, 2]) > 0.01) & (face[:, 0] > 0.02)]
    # The median: eyes, teeth and the hair in a box are the fewer.
    return _degrees_off(*np.median(coloured[:, 1:], axis=0)) if len(coloured) else None


def _degrees_off(blue: float, red: float) -> float:
    return float((np.degrees(np.arctan2(red, blue)) - colour.SKIN_LINE + 180) % 360 - 180)
