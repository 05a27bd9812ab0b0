"""Backgrounds (배경): four places and four emotion patterns, painted in layers.

A background is painted on four layers, farthest first: "far", "middle", "near", "weather". Characters stand
between "middle" and "near", so that a trunk or an eave can pass in front of them and snow falls over all. The
same layers move at different speeds when a film pans over the panel.
"""

import inspect
from pathlib import Path

import numpy as np
import skia

from hallyu.errors import HallyuError
from hallyu.webtoon import fonts
from hallyu.webtoon.backgrounds import night_city, patterns, room, snow_forest, street
from hallyu.webtoon.backgrounds.figures import distant_figure
from hallyu.webtoon.backgrounds.stage import LAYERS, Stage
from hallyu.webtoon.vocabulary import PLACES

__all__ = ["FRAMINGS", "LAYERS", "LIGHTS", "TIMES", "distant_figure", "draw", "layers"]

TIMES = ("day", "dusk", "night")
FRAMINGS = ("wide", "low", "high", "behind")
"""wide: eye height. low: looking up. high: looking down. behind: closer, soft, pale, for bust or close-up."""
LIGHTS = ("left", "right")
"""The side that the key light comes from: sun, moon, window or lamp."""
FONT = fonts.FOLDER / fonts.DIALOGUE

_PAINTERS = {
    "room": room.paint,
    "street": street.paint,
    "snow forest": snow_forest.paint,
    "night city": night_city.paint,
    "speed lines": patterns.speed_lines,
    "halftone": patterns.halftone,
    "sparkle": patterns.sparkle,
    "gloom": patterns.gloom,
}


def draw(
    place: str,
    width: int = 800,
    height: int = 1000,
    seed: int = 0,
    time: str = "day",
    framing: str = "wide",
    light: str = "right",
    font: str | Path = FONT,
    **options,
) -> np.ndarray:
    """The whole background: RGB uint8 (height, width, 3). The arguments are those of :func:`layers`.

    >>> draw("snow forest", 80, 100, time="dusk").shape
    (100, 80, 3)
    """
    images = _images(place, width, height, seed, time, framing, light, font, options)
    sheet = skia.Surface(width, height)
    for image in images.values():
        sheet.getCanvas().drawImage(image, 0, 0)
    return sheet.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].copy()


def layers(
    place: str,
    width: int = 800,
    height: int = 1000,
    seed: int = 0,
    time: str = "day",
    framing: str = "wide",
    light: str = "right",
    font: str | Path = FONT,
    **options,
) -> dict[str, np.ndarray]:
    """The background as straight-alpha RGBA uint8 layers (height, width, 4), farthest first, as in LAYERS.

    place: a key of vocabulary.PLACES. width, height: pixels. seed: another seed, another forest.
    time: one of TIMES. framing: one of FRAMINGS. light: the side of the key light. font: for signs, a file.
    options, by place:
    "snow forest": footprints (True), landmark (False: the big pine at the gate).
    "street": snow (True). "room": snow (True, outside the window). "night city": snow (False).
    "speed lines" and "sparkle": focus ((0.5, 0.45), the point that matters, as shares of width and height).
    Raises HallyuError for a place, time, framing, side or option that does not exist, or a panel under 16 px.
    """
    images = _images(place, width, height, seed, time, framing, light, font, options)
    return {name: image.toarray(colorType=skia.kRGBA_8888_ColorType).copy() for name, image in images.items()}


def _images(
    place: str,
    width: int,
    height: int,
    seed: int,
    time: str,
    framing: str,
    light: str,
    font: str | Path,
    options: dict,
) -> dict[str, skia.Image]:
    _one_of("place", place, tuple(PLACES))
    _one_of("time", time, TIMES)
    _one_of("framing", framing, FRAMINGS)
    _one_of("light", light, LIGHTS)
    if min(width, height) < 16:
        raise HallyuError(f"A background of {width}x{height} px is too small: make each side 16 px or more.")
    if not Path(font).is_file():
        raise HallyuError(
            f"The font file {font} for the signs does not exist: name a Korean .ttf or .otf file."
        )
    painter = _PAINTERS[place]
    known = tuple(inspect.signature(painter).parameters)[1:]
    for option in options:
        _one_of(f"option for {place}", option, known)
    # Behind a figure everything is blurred anyway: half the pixels a side are enough.
    scale = 2 if framing == "behind" else 1
    stage = Stage(width // scale, height // scale, seed, time, framing, light, Path(font))
    painter(stage, **options)
    return stage.images((width, height))


def _one_of(what: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        known = ", ".join(words) if words else "none"
        raise HallyuError(f'There is no {what} "{word}": choose one of {known}.')
