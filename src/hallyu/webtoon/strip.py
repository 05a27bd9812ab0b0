"""Pacing by gutter: lettered panels stacked into one tall strip.

On a scrolling page the space between panels is time. The script says how long the reader rests after each cut
(`Cut.pause`); here that becomes pixels.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hallyu.errors import HallyuError
from hallyu.webtoon.panel import WIDTH, Box
from hallyu.webtoon.script import Cut
from hallyu.webtoon.slicing import NamedBox

SCREEN = 1422
"""Rows of strip on a 9:16 phone screen when the strip's 800 columns fill its width."""

GUTTERS = {"tight": 40, "normal": 160, "long": 480, "scene": 900}
"""Rows between two panels for each pause, at 800 px width.

The numbers are ours, chosen as parts of a screen: 3 %, 11 %, a third, and nearly two thirds, so that at a
change of scene the old panel has left most of the screen before the new one comes.
"""

MARGIN = 120
"""Rows above the first panel and below the last; ours."""

GLANCE = 1.0
"""Seconds a reader looks at a panel besides reading its words; ours, for comparing screens."""

READING_SPEED = 12.0
"""Characters a second: the limit for adult subtitles (Netflix Timed Text Style Guide, Korean), taken as brisk
but comfortable reading. A Hangul syllable counts 1, everything else 0.5."""

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


class Lettered(Protocol):
    """What the strip needs of a panel with its lettering.

    image(): RGB uint8 (h, WIDTH, 3), in which the first pad_top and the last pad_bottom rows lie outside the
    art and hold only what sticks out of it. boxes: (kind, name, box) of faces, balloons and sound effects, in
    the image's pixels; words have their line's id as name.
    """

    pad_top: int
    pad_bottom: int
    boxes: Sequence[tuple[str, str, Box]]

    @property
    def cut(self) -> Cut:
        """The cut that is drawn."""

    def image(self) -> np.ndarray:
        """The lettered panel, flattened."""


@dataclass(frozen=True)
class Placement:
    """Where a cut's art lies in the strip: rows y0 to y1, y1 exclusive."""

    cut: Cut
    y0: int
    y1: int


@dataclass(frozen=True)
class Strip:
    """An episode as one tall picture.

    image: RGB uint8 (height, WIDTH, 3). placements: the cuts from top to bottom. protected: every face,
    balloon and sound effect in strip pixels, which slices must keep whole.
    """

    image: np.ndarray
    placements: tuple[Placement, ...]
    protected: tuple[NamedBox, ...]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return len(self.image)

    @property
    def gutters(self) -> list[tuple[int, int]]:
        """Row ranges (y0, y1) outside the art of any cut, top and bottom margins included."""
        edges = [0, *(edge for p in self.placements for edge in (p.y0, p.y1)), self.height]
        return [(y0, y1) for y0, y1 in zip(edges[::2], edges[1::2], strict=True) if y1 > y0]


def stack(
    panels: Sequence[Lettered], gutters: Mapping[str, int] = GUTTERS, scene_colour: Colour = WHITE
) -> Strip:
    """Stack lettered panels into a strip, with a gutter after each as its cut's pause asks.

    gutters: rows for each pause. scene_colour: what the white ground fades to and back from in the middle of
    a "scene" gutter; BLACK reads as a fade-out.
    A balloon that leaves its panel reaches into the gutter and does not lengthen it, unless it would touch
    the next.
    Raises HallyuError when there is no panel, one is not WIDTH wide, or a pause is unknown.
    """
    if not panels:
        raise HallyuError("There is no panel to stack: draw at least one cut.")
    pieces, placements, protected = [], [], []
    y = 0
    for previous, panel in zip([None, *panels[:-1]], panels, strict=True):
        image = panel.image()
        if image.shape[1:] != (WIDTH, 3):
            raise HallyuError(
                f"Cut {panel.cut.number} is {image.shape[1]} px wide and the strip is {WIDTH}: "
                f"draw it again at {WIDTH} px."
            )
        rows = _gutter_rows(previous, panel, gutters)
        scene = previous is not None and previous.cut.pause == "scene"
        pieces += [_gutter(rows, scene_colour if scene else WHITE), image]
        y += rows
        placements.append(Placement(panel.cut, y + panel.pad_top, y + len(image) - panel.pad_bottom))
        for kind, name, (x0, y0, x1, y1) in panel.boxes:
            protected.append(NamedBox(kind, name, (x0, y + y0, x1, y + y1)))
        y += len(image)
    pieces.append(_gutter(max(0, MARGIN - panels[-1].pad_bottom), WHITE))
    return Strip(np.concatenate(pieces), tuple(placements), tuple(protected))


def characters(text: str) -> float:
    """Length of *text* as the Korean timed-text guide counts it: a Hangul syllable is 1, all else 0.5.

    >>> characters("첫눈 OK")
    3.5
    """
    return sum(1 if "가" <= c <= "힣" else 0.5 for c in text)


@dataclass(frozen=True)
class Screen:
    """One phone screen of the strip: its rows, the cuts on it, the characters to read, and seconds."""

    y0: int
    y1: int
    cuts: tuple[int, ...]
    characters: float
    seconds: float


@dataclass(frozen=True)
class Pacing:
    """How an episode reads: screen by screen, and its longest stretch without words.

    silence: rows (y0, y1) of that stretch.
    """

    screens: tuple[Screen, ...]
    silence: tuple[int, int]

    @property
    def seconds(self) -> float:
        """Seconds for the whole episode."""
        return sum(screen.seconds for screen in self.screens)

    @property
    def slowest(self) -> Screen:
        """The screen that takes longest."""
        return max(self.screens, key=lambda screen: screen.seconds)

    def __str__(self) -> str:
        n, slow, (y0, y1) = len(self.screens), self.slowest, self.silence
        cuts = ", ".join(map(str, slow.cuts)) or "none"
        return (
            f"{n} screens, {self.seconds:.0f} s of reading, {self.seconds / n:.1f} s a screen. "
            f"The slowest is screen {self.screens.index(slow) + 1} (cuts: {cuts}): {slow.seconds:.1f} s, "
            f"{slow.characters:g} characters. "
            f"The longest stretch without words is {(y1 - y0) / SCREEN:.1f} screens, rows {y0:,} to {y1:,}."
        )


def pacing(strip: Strip, screen: int = SCREEN) -> Pacing:
    """Reading time of each screen of *screen* rows: words at READING_SPEED, and GLANCE for each cut.

    A cut, or a line's words, belongs to the screen in which its middle lies. Words are found by their line's
    id among the strip's boxes.
    """
    texts = {line.id: line.text for place in strip.placements for line in place.cut.lines}
    words = {item.name: item.box for item in strip.protected if item.name in texts}
    screens = []
    for y0 in range(0, strip.height, screen):
        y1 = min(y0 + screen, strip.height)
        cuts = tuple(p.cut.number for p in strip.placements if y0 <= (p.y0 + p.y1) / 2 < y1)
        count = sum(characters(texts[id]) for id, box in words.items() if y0 <= (box[1] + box[3]) / 2 < y1)
        screens.append(Screen(y0, y1, cuts, count, count / READING_SPEED + GLANCE * len(cuts)))
    return Pacing(tuple(screens), _longest_gap(strip.height, words.values()))


def _longest_gap(height: int, boxes: Iterable[Box]) -> tuple[int, int]:
    longest, bottom = (0, 0), 0
    for y0, y1 in sorted([(box[1], box[3]) for box in boxes] + [(height, height)]):
        if y0 - bottom > longest[1] - longest[0]:
            longest = (bottom, y0)
        bottom = max(bottom, y1)
    return longest


def _gutter_rows(previous: Lettered | None, panel: Lettered, gutters: Mapping[str, int]) -> int:
    """Rows to add above *panel*, so that from art to art the gutter is as long as the pause asks."""
    if previous is None:
        return max(0, MARGIN - panel.pad_top)
    pause = previous.cut.pause
    if pause not in gutters:
        raise HallyuError(
            f'Cut {previous.cut.number} asks for the pause "{pause}"; the strip knows {", ".join(gutters)}.'
        )
    return max(0, gutters[pause] - previous.pad_bottom - panel.pad_top)


def _gutter(rows: int, middle: Colour) -> np.ndarray:
    """White rows that pass through the colour *middle* half-way; RGB uint8 (rows, WIDTH, 3)."""
    t = np.sin(np.linspace(0, np.pi, rows))[:, None, None]
    colour = np.array(WHITE) * (1 - t) + np.array(middle) * t
    return np.repeat(np.round(colour).astype(np.uint8), WIDTH, axis=1)
