"""What a delivered subtitle file shows, read off the file's own styles: words that nobody sees are no subtitles.

An IMSC document is turned into what stands on the screen at a moment (its intermediate synchronic document, W3C TTML2), with
every style resolved, by ttconv; a text counts where its region lies on the picture and its letters are light, opaque and
large enough. A WebVTT file is asked for nothing but words, times, italics and an edge of the picture.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from hallyu.errors import HallyuError

OPAQUE, LIGHT, APART = 0.8, 0.4, 0.3
"""Least opacity and luma of letters, 0 to 1, and least difference of luma from what is painted behind them."""
SMALLEST = 3.0
"""Least height of letters, in per cent of the picture's; a line of the course's own files has 6.7."""
ROOM = 30.0, 6.0
"""Least width and height of a region, in per cent of the picture."""
EDGE = 0.5
"""Per cent of the picture by which a region may lie beyond it: rounding."""
_WEIGHTS = (0.2126, 0.7152, 0.0722)
_PLACES = "}origin", "}extent", "}position", "}padding", "}fontSize", "}lineHeight"
_BEYOND = re.compile(r"(^|\s)-")
_SETTING = re.compile(r"(line|position|size|align|vertical|region):(\S+)")


def texts(document: str, moments: Sequence[Fraction]) -> list[str]:
    """The words of an IMSC document that can be seen at each of *moments* (seconds), without spaces and ends of lines.

    Raises HallyuError where ttconv cannot tell.
    """
    from ttconv.imsc.reader import to_model
    from ttconv.isd import ISD

    logging.disable(logging.CRITICAL)
    try:
        tree = ET.fromstring(document)
        if any(_BEYOND.search(value) for each in tree.iter() for name, value in each.items() if name.endswith(_PLACES)):
            raise ValueError("a length below nothing, which ttconv passes over and players do not")
        model = to_model(ET.ElementTree(tree))
        times = ISD.significant_times(model)
        return ["".join(_seen(ISD.from_model(model, moment, times))) for moment in moments]
    # It raises whatever its parsers raise.
    except Exception as error:
        raise HallyuError(
            "What this IMSC document shows cannot be told: write it with subtitle_files.write."
        ) from error
    finally:
        logging.disable(logging.NOTSET)


def _seen(moment) -> Iterator[str]:
    for region in moment.iter_regions() if moment is not None else ():
        if _on_the_picture(region):
            yield from _words(region, 1.0, 0.0, 0.0)


def _on_the_picture(region) -> bool:
    from ttconv.style_properties import StyleProperties as Style

    origin, extent = region.get_style(Style.Origin), region.get_style(Style.Extent)
    left, top = origin.x.value, origin.y.value
    wide, high = extent.width.value, extent.height.value
    inside = min(left, top) >= -EDGE and max(left + wide, top + high) <= 100 + EDGE
    return inside and wide >= ROOM[0] and high >= ROOM[1]


def _words(element, opacity: float, behind: float, covered: float) -> Iterator[str]:
    """Words below *element*. behind, covered: luma and opacity of what is painted under it."""
    from ttconv import model
    from ttconv.style_properties import StyleProperties as Style
    from ttconv.style_properties import VisibilityType

    if isinstance(element, model.Text):
        yield "".join(element.get_text().split())
        return
    if isinstance(element, model.Rt | model.Rp):
        return
    own = element.get_style(Style.Opacity)
    opacity *= 1.0 if own is None else float(own)
    ground = element.get_style(Style.BackgroundColor)
    if ground is not None and ground.components[3]:
        behind, covered = _luma(ground), ground.components[3] / 255
    if isinstance(element, model.Span):
        colour, size = element.get_style(Style.Color), element.get_style(Style.FontSize)
        hidden = element.get_style(Style.Visibility) is VisibilityType.hidden
        strong = opacity * colour.components[3] / 255 >= OPAQUE
        apart = covered < 0.5 or abs(_luma(colour) - behind) >= APART
        # A light ground lets dark letters be read.
        light = _luma(colour) >= LIGHT or (covered >= OPAQUE and behind >= LIGHT)
        if hidden or not (strong and apart and light) or size.value < SMALLEST:
            return
    for child in element:
        yield from _words(child, opacity, behind, covered)


def _luma(colour) -> float:
    return sum(weight * value / 255 for weight, value in zip(_WEIGHTS, colour.components[:3], strict=True))


def plain_webvtt(text: str) -> str:
    """What a WebVTT file asks for beyond words, times and an edge of the picture, in a few words; "" for nothing.

    >>> plain_webvtt("WEBVTT\\n\\nSTYLE\\n::cue { opacity: 0 }\\n")
    'has a STYLE block'
    """
    if block := re.search(r"^(STYLE|REGION)\b", text, re.M):
        return f"has a {block[1]} block"
    for line in text.splitlines():
        if "-->" not in line:
            continue
        for name, value in _SETTING.findall(line.partition("-->")[2]):
            number = re.fullmatch(r"(-?\d+(?:\.\d+)?)(%?)(?:,.*)?", value)
            if name in ("vertical", "region") or (name != "align" and not number):
                return f"has the setting {name}:{value[:20]}"
            if name == "align" or not number:
                continue
            low, high = {"line": (-6, 12), "position": (0, 100), "size": (ROOM[0], 100)}[name]
            if number[2]:
                low, high = max(low, 0), 95 if name == "line" else 100
            if not low <= float(number[1]) <= high:
                return f"has the setting {name}:{value[:20]}, off the picture"
    return ""
