"""Lettering faces: a round gothic for dialogue, a heavy one for shouts, a display face for sound effects.

A character that a face lacks is drawn by the next face of its list: accented Latin letters (é, ñ, ł, ơ) by Nunito,
in the weight whose stems are as thick. One that no bundled face draws is an error that names it. A box in place of
a letter (tofu) is never drawn.
"""

import functools
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import skia

from hallyu.errors import HallyuError

FOLDER = Path(__file__).parent / "fonts"
DIALOGUE, HEAVY, DISPLAY = "NanumSquareRoundB.ttf", "NanumSquareRoundEB.ttf", "BlackHanSans.ttf"
ACCENTED = {DIALOGUE: "Nunito-SemiBold.ttf", HEAVY: "Nunito-Bold.ttf", DISPLAY: "Nunito-Black.ttf"}
"""The face beside each that draws the accented letters it lacks."""

INVISIBLE = "\u200b\u200c\u2060\ufeff\ufe0e\u00ad"
"""Characters that a text editor leaves behind and that draw nothing: zero-width marks, soft hyphen."""
RIGHT_TO_LEFT = ("R", "AL", "RLE", "RLO", "RLI")


@dataclass(frozen=True)
class Face:
    """Fonts at one size (em height in pixels), tried in order for each character."""

    files: tuple[str, ...]
    size: float

    def width(self, text: str) -> float:
        """Sum of the advances of *text* in pixels.

        >>> dialogue(40).width("눈") == dialogue(20).width("눈") * 2
        True
        """
        return sum(_advance(self.files, self.size, character) for character in text)

    def outline(self, text: str) -> skia.Path:
        """The letters of *text* as one path, its baseline from (0, 0) to the right."""
        path, x = skia.Path(), 0.0
        for character in text:
            font = _font(_file(self.files, character), self.size)
            glyph = font.getPath(font.unicharToGlyph(ord(character)))
            if glyph is not None:
                path.addPath(glyph, x, 0)
            x += _advance(self.files, self.size, character)
        return path


def dialogue(size: float) -> Face:
    """The face for speech, thought, whispers and narration.

    >>> round(dialogue(36).width("첫눈"), 1) > 60
    True
    """
    return Face((DIALOGUE, ACCENTED[DIALOGUE]), size)


def heavy(size: float) -> Face:
    """The face for shouts."""
    return Face((HEAVY, ACCENTED[HEAVY]), size)


def effect(size: float) -> Face:
    """The face for sound effects (효과음); the 8,591 rare syllables it lacks come from the heavy face."""
    return Face((DISPLAY, ACCENTED[DISPLAY], HEAVY), size)


def clean(text: str) -> str:
    """*text* as it will be lettered: composed Hangul, single spaces, no invisible marks.

    Text from macOS often holds Hangul as separate letters (jamo), which no layout could break rightly.

    >>> clean("  \\u110e\\u1165\\u11ba눈\\u200b 온다 ")
    '첫눈 온다'
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if c not in INVISIBLE)
    return " ".join(text.split())


def check(text: str, where: str) -> str:
    """*text* cleaned, or HallyuError with one sentence that names what *where* holds and cannot be lettered.

    >>> check("첫눈이다 ♥", "c01-1")
    '첫눈이다 ♥'
    """
    text = clean(text)
    reversed_script = [c for c in text if unicodedata.bidirectional(c) in RIGHT_TO_LEFT]
    if reversed_script:
        raise HallyuError(
            f"{where} has right-to-left text ({_named(reversed_script)}), which the lettering cannot set: "
            "give this line in Korean or in a language written from left to right."
        )
    missing = [c for c in text if not drawable(c)]
    if missing:
        raise HallyuError(f"{where}: {_cannot_draw(missing)}")
    return text


def drawable(character: str) -> bool:
    """Whether the dialogue face, or the one beside it, has a glyph for *character*.

    >>> drawable("쀍"), drawable("♪"), drawable("é"), drawable("😀")
    (True, True, True, False)
    """
    return any(ord(character) in _characters(name) for name in dialogue(1).files)


@functools.lru_cache(maxsize=8192)
def _advance(files: tuple[str, ...], size: float, character: str) -> float:
    font = _font(_file(files, character), size)
    return font.getWidths([font.unicharToGlyph(ord(character))])[0]


def _file(files: tuple[str, ...], character: str) -> str:
    for name in files:
        if ord(character) in _characters(name):
            return name
    raise HallyuError(_cannot_draw([character]))


def _cannot_draw(characters: list[str]) -> str:
    return (
        f"no lettering font has {_named(characters)}: take it out, or use a sign the fonts have, "
        "such as ♥ ♡ ♪ ♬ ★ ☆ … !"
    )


def _named(characters: list[str]) -> str:
    """The first three different *characters*, each with its code and Unicode name."""
    different = list(dict.fromkeys(characters))
    names = [f"{c} (U+{ord(c):04X} {unicodedata.name(c, 'unnamed').lower()})" for c in different[:3]]
    more = f" and {len(different) - 3} more" if len(different) > 3 else ""
    return ", ".join(names) + more


@functools.cache
def _typeface(name: str) -> skia.Typeface:
    path = FOLDER / name
    # An empty font manager: the system's would read the machine's font settings and warn about them.
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(path)) if path.is_file() else None
    if typeface is None:
        raise HallyuError(
            f"The lettering font {name} is missing or damaged in {FOLDER}: install the package again "
            "(pip install --force-reinstall --no-deps hallyu)."
        )
    return typeface


@functools.lru_cache(maxsize=64)
def _font(name: str, size: float) -> skia.Font:
    font = skia.Font(_typeface(name), size)
    font.setSubpixel(True)
    font.setHinting(skia.FontHinting.kNone)
    return font


@functools.cache
def _characters(name: str) -> frozenset[int]:
    """The code points that a font draws."""
    _typeface(name)
    from fontTools.ttLib import TTFont

    with TTFont(FOLDER / name, lazy=True) as font:
        return frozenset(font.getBestCmap())
