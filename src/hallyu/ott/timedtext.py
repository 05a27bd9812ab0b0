"""Timed text (자막) as data: cues, and the tracks that they make."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from hallyu import timecode
from hallyu.errors import HallyuError

KINDS = ("subtitles", "sdh", "forced")
"""subtitles: what is said. sdh: what is said and heard, for the deaf and hard of hearing (청각장애인용 자막). forced:
only what a viewer who knows the language spoken cannot follow (forced narratives), such as a letter or a foreign line."""
ALIGNS = ("left", "center", "right")
TAG = re.compile(r"</?i>")
"""The only markup that a cue's text may have."""
MARKUP = re.compile(
    r"</?(?:b|u|s|em|strong|font|span|c|v|ruby|rt|br|p|div)(?:[ \t.][^<>\n]*)?/?>|\{\\[^{}\n]*\}", re.I
)
"""Markup that is left over from other programs, and is shown to viewers as it is written."""
LONGEST = 100 * 3600
"""Seconds; a time after it is a mistake."""


@dataclass(frozen=True)
class Cue:
    """One subtitle (자막 한 장): what stands on the screen from *start* up to *end*, in seconds.

    text: lines are separated by a line feed; what is in italics stands between <i> and </i>, and everything else is meant
    as it is written. speaker: who says it; forced: shown to those, too, who have subtitles off; top: at the upper edge;
    by: who wrote these words, people or programs.
    A cue may be as wrong as files have it (no time, no words): hallyu.ott.guide says what is wrong.
    Raises HallyuError for times that are no times and an alignment that is none of ALIGNS.
    """

    start: float
    end: float
    text: str
    speaker: str = ""
    forced: bool = False
    top: bool = False
    align: str = "center"
    by: str = ""

    def __post_init__(self):
        # Not a number fails both comparisons.
        if not (0 <= self.start <= LONGEST and 0 <= self.end <= LONGEST):
            raise HallyuError(
                f"A cue goes from {self.start!r} to {self.end!r} seconds; times are 0 to {LONGEST // 3600} hours."
            )
        if self.align not in ALIGNS:
            raise HallyuError(f"A cue is aligned {', '.join(ALIGNS)}, not “{self.align}”.")

    @property
    def seconds(self) -> float:
        """How long it stands; less than zero where it ends before it starts."""
        return self.end - self.start

    @property
    def lines(self) -> list[str]:
        """Lines of the text without markup.

        >>> Cue(0.0, 2.0, "- <i>눈이다</i>\\n- 어디?").lines
        ['- 눈이다', '- 어디?']
        """
        return plain(self.text).split("\n")


@dataclass(frozen=True)
class Track:
    """Cues in the order in which they start, whatever order they are given in; where two start together, as given.

    language: a tag of BCP 47, such as "ko" or "en"; "und" where nobody knows. kind: one of KINDS. rate: frames a second of
    the film that the track is for. about: what the file says of itself, such as whose work it is and what made its draft.
    """

    cues: tuple[Cue, ...]
    language: str = "ko"
    kind: str = "subtitles"
    rate: Fraction = Fraction(24)
    about: str = ""

    def __post_init__(self):
        if self.kind not in KINDS:
            raise HallyuError(f"A track is {', '.join(KINDS)}, not “{self.kind}”.")
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", self.language):
            raise HallyuError(f"“{self.language}” is no language tag: write ko, en, or pt-BR.")
        object.__setattr__(self, "rate", timecode.exact(self.rate))
        object.__setattr__(self, "cues", tuple(sorted(self.cues, key=lambda cue: cue.start)))

    def frame(self, seconds: float) -> int:
        """The frame that is nearest to a time.

        >>> Track((), rate=Fraction(24000, 1001)).frame(1.001)
        24
        """
        return round(seconds * self.rate)

    def timecode(self, seconds: float) -> str:
        """The timecode of a time, counted from 0."""
        return timecode.text(self.frame(seconds), self.rate)

    @property
    def text(self) -> str:
        """All that is said, one cue a line, without markup and line breaks."""
        return "\n".join(" ".join(plain(cue.text).split()) for cue in self.cues)


def plain(text: str) -> str:
    """Text without markup."""
    return TAG.sub("", text)


def letters(texts: Iterable[str]) -> str:
    """What a repair may never change: the letters and digits of all *texts* one after another, in composed form.

    >>> letters(["- 아니...", "<i>No. 5</i>"])
    '아니No5'
    """
    apart = unicodedata.normalize("NFKD", MARKUP.sub("", plain("".join(texts))))
    return unicodedata.normalize(
        "NFC", "".join(c for c in apart if c.isalnum() or unicodedata.category(c)[0] == "M")
    )


def spans(text: str) -> list[tuple[str, bool]]:
    """Pieces of *text* and whether each is in italics; tags that have no partner count as far as they reach.

    >>> spans("그건 <i>첫눈</i>이야")
    [('그건 ', False), ('첫눈', True), ('이야', False)]
    """
    found, italic, place = [], False, 0
    for tag in TAG.finditer(text):
        found.append((text[place : tag.start()], italic))
        italic, place = tag[0] == "<i>", tag.end()
    found.append((text[place:], italic))
    return [(piece, italic) for piece, italic in found if piece]


def balanced(text: str) -> bool:
    """True where every <i> has its </i>, and none stands within another."""
    tags = TAG.findall(text)
    return tags == ["<i>", "</i>"] * (len(tags) // 2)
