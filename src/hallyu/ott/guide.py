"""The timed-text guide (자막 제작 가이드) as data and as code: rules with codes, and what of a track breaks them.

A rule about text is written as what the text should be (*corrected*): a finding is where that is something else. Rules about
time count frames, as the guide does, and all cues are looked at together, as arrays.
Sources: Netflix Timed Text Style Guide: Korean (article 216001127) and English (217350977), General Requirements (215758617),
Subtitle Timing Guidelines (360051554394; written for 24 frames a second: "half a second" is 12 frames there, and as many as
make half a second elsewhere; the gap of two stays). The numbers are also those of Subtitle Edit's check for Netflix.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.ott import reading, timedtext
from hallyu.ott.timedtext import Track, plain

AUDIENCES = ("adults", "children")
ALWAYS, ROOM, HUMAN = "always", "where there is room", "by a human"
"""How a rule's findings are repaired."""


@dataclass(frozen=True)
class Guide:
    """What a service asks for in one language.

    width: characters of a line. halves: Latin letters, spaces and punctuation count 0.5. lines: of a cue. adults, children,
    adults_sdh, children_sdh: characters a second. least, most: seconds that a cue stands. gap: frames between two cues.
    dash: what opens the line of each of two speakers. italics: whether there are any. stops: whether a line may end in a full
    stop or a comma.
    """

    name: str
    language: str
    width: int
    halves: bool
    adults: int
    children: int
    adults_sdh: int
    children_sdh: int
    dash: str
    italics: bool
    stops: bool
    lines: int = 2
    least: Fraction = Fraction(5, 6)
    most: Fraction = Fraction(7)
    gap: int = 2


KOREAN = Guide("Netflix, Korean", "ko", 16, True, 12, 9, 14, 11, "- ", False, False)
ENGLISH = Guide("Netflix, English", "en", 42, False, 20, 17, 20, 17, "-", True, True)
GUIDES = {guide.language: guide for guide in (KOREAN, ENGLISH)}


@dataclass(frozen=True)
class Rule:
    """A rule of the guide. severity: "error" fails a delivery, "warning" is sent back for a look, "advice" is style."""

    code: str
    says: str
    source: str
    severity: str
    repair: str


_GENERAL, _TIMING, _LANGUAGE, _SDH = (
    "General Requirements",
    "Subtitle Timing Guidelines",
    "the language's style guide",
    "style guide, subtitles for the deaf and hard of hearing",
)
RULES = {
    rule.code: rule
    for rule in (
        Rule("TIM-ZERO", "a cue ends after it starts", _GENERAL, "error", ROOM),
        Rule("TIM-OVER", "a cue ends before the next one starts", _GENERAL, "error", ROOM),
        Rule("TIM-GAP", "two frames lie between two cues at least", _GENERAL, "error", ROOM),
        Rule("TIM-CLOSE", "gaps of three frames up to half a second are closed to two", _TIMING, "warning", ROOM),
        Rule("TIM-MIN", "a cue stands five sixths of a second at least", _GENERAL, "error", ROOM),
        Rule("TIM-MAX", "a cue stands seven seconds at most", _GENERAL, "error", ROOM),
        Rule("TIM-CPS", "a cue can be read in its time", _LANGUAGE, "error", ROOM),
        Rule("TIM-CUTIN", "a cue starts on a shot change, or half a second away from it", _TIMING, "warning", ROOM),
        Rule("TIM-CUTOUT", "a cue ends two frames before a shot change, or half a second away", _TIMING, "warning", ROOM),
        Rule("TIM-EARLY", "a cue starts with the voice, three frames more or less", _TIMING, "warning", HUMAN),
        Rule("TIM-LATE", "a cue ends with the voice, half a second later at most", _TIMING, "warning", HUMAN),
        Rule("TXT-EMPTY", "a cue has words", _GENERAL, "error", ALWAYS),
        Rule("TXT-LINES", "a cue has two lines at most", _GENERAL, "error", ROOM),
        Rule("TXT-LONG", "a line is as long as the language allows", _LANGUAGE, "error", ROOM),
        Rule("TXT-ONE", "text stands on one line where it fits", _GENERAL, "advice", ALWAYS),
        Rule("TXT-SPACE", "one space between words, none around a line, and no empty line", _GENERAL, "error", ALWAYS),
        Rule("TXT-DOTS", "an ellipsis is the one character U+2026", _LANGUAGE, "error", ALWAYS),
        Rule("TXT-STOP", "no line ends in a full stop or a comma, where these are left out", _LANGUAGE, "error", ALWAYS),
        Rule("TXT-HIDDEN", "no characters that cannot be seen", _GENERAL, "error", ALWAYS),
        Rule("TXT-FORM", "syllables are whole, and letters and marks are of the usual width", _GENERAL, "error", ALWAYS),
        Rule("TXT-CHAR", "only characters that televisions have", _GENERAL, "error", HUMAN),
        Rule("TXT-TAG", "no markup but italics, and those are opened and closed", _GENERAL, "error", ALWAYS),
        Rule("TXT-ITALIC", "italics only where the language has them", _LANGUAGE, "error", ALWAYS),
        Rule("TXT-DASH", "a hyphen opens the lines of both speakers, and no other", _LANGUAGE, "error", ALWAYS),
        Rule("TXT-WHO", "one speaker a line", _LANGUAGE, "warning", HUMAN),
        Rule("SDH-SOUND", "sounds and speakers stand in square brackets", _SDH, "error", ALWAYS),
        Rule("SDH-OPEN", "brackets are opened and closed", _SDH, "error", HUMAN),
        Rule("SDH-MUSIC", "songs stand between two ♪", _SDH, "error", ALWAYS),
    )
}  # fmt: skip
"""What is checked. The codes stay as they are: reports and repairs are told by them."""


@dataclass(frozen=True)
class Finding:
    """Something that breaks a rule. cue: its place in the track, from 0 (*says* counts from 1). frame: where the cue starts."""

    code: str
    cue: int
    says: str
    frame: int
    rate: Fraction

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return RULES[self.code]

    @property
    def where(self) -> str:
        """The timecode of the cue."""
        return timecode.text(self.frame, self.rate)

    def __str__(self) -> str:
        return f"{self.where} {self.code}: {self.says}"


@dataclass(frozen=True)
class Limits:
    """A guide's numbers in frames of one rate, for one track. red: frames from a shot change that are drawn onto it."""

    rate: Fraction
    least: int
    most: int
    gap: int
    half: int
    red: int
    cps: int


def limits(track: Track, guide: Guide = KOREAN, audience: str = "adults") -> Limits:
    """The numbers that hold for a track.

    >>> limits(Track((), rate=Fraction(24000, 1001))).least, limits(Track((), rate=29.97)).half
    (20, 15)
    """
    if audience not in AUDIENCES:
        raise HallyuError(f"Subtitles are for {' or '.join(AUDIENCES)}, not for “{audience}”.")
    half = int(track.rate / 2 + Fraction(1, 2))
    return Limits(
        track.rate, round(guide.least * track.rate), round(guide.most * track.rate), guide.gap, half, round(half * 7 / 12),
        getattr(guide, audience + ("_sdh" if track.kind == "sdh" else "")),
    )  # fmt: skip


def check(
    track: Track,
    guide: Guide = KOREAN,
    shots: Sequence[float] = (),
    audience: str = "adults",
    spoken: Sequence[tuple[float, float] | None] | None = None,
) -> list[Finding]:
    """Everything in *track* that breaks *guide*, in the order of its cues.

    shots: seconds at which a new shot begins. audience: one of AUDIENCES. spoken: for each cue from when to when it is
    heard, in seconds, or None; without it, nothing is said about the voice.

    >>> from hallyu.ott.timedtext import Cue
    >>> [finding.says for finding in check(Track((Cue(1.0, 2.0, "우리가 처음 만난 그날..."),)))]
    ['cue 1 has two or three dots; an ellipsis is “…”']
    """
    numbers = limits(track, guide, audience)
    texts = [cue.text for cue in track.cues]
    found = [*_about_text(texts, guide, track.kind), *_about_time(track, guide, numbers, shots, spoken)]
    order = {code: number for number, code in enumerate(RULES)}
    found.sort(key=lambda each: (each[1], order[each[0]]))
    at = frames(track)[0].tolist()
    return [Finding(code, cue, f"cue {cue + 1} {says}", at[cue], track.rate) for code, cue, says in found]


# Time ----------------------------------------------------------------------------------------------------------------


def frames(track: Track) -> tuple[np.ndarray, np.ndarray]:
    """(n,) the frames at which cues start and end."""
    rate, count = float(track.rate), len(track.cues)
    starts = np.fromiter((cue.start for cue in track.cues), float, count)
    ends = np.fromiter((cue.end for cue in track.cues), float, count)
    return np.rint(starts * rate).astype(np.int64), np.rint(ends * rate).astype(np.int64)


def cut_frames(shots: Sequence[float], rate: Fraction) -> np.ndarray:
    """(m,) the first frames of shots, in order."""
    cuts = np.asarray(shots, float).reshape(-1)
    if not np.isfinite(cuts).all():
        raise HallyuError("A shot change is a time in seconds, and one of these is not a number.")
    return np.unique(np.rint(cuts * float(rate)).astype(np.int64))


FAR = 1 << 40
"""Frames; farther than any film is long."""


def around(cuts: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each frame of *at*, the last shot change before it or on it, and the first one after it; FAR away where none is."""
    place = np.searchsorted(cuts, at, side="right")
    fenced = np.concatenate([[-FAR], cuts, [FAR]])
    return fenced[place], fenced[place + 1]


def timing(
    start: np.ndarray,
    end: np.ndarray,
    width: np.ndarray,
    numbers: Limits,
    cuts: np.ndarray,
    spoken: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Which cues break which rule about time: a code -> (n,) bool.

    start, end: frames, in the order of *start*. width: characters. cuts: frames, in order. spoken: (n, 2) frames, -1 where
    nobody knows. What is said of two cues is said of the first.
    """
    length = end - start
    gap = np.append(start[1:] - end[:-1], FAR) if len(start) else length
    there = length > 0
    flags = {
        "TIM-ZERO": ~there,
        "TIM-OVER": gap < 0,
        "TIM-GAP": (gap >= 0) & (gap < numbers.gap),
        "TIM-CLOSE": (gap > numbers.gap) & (gap < numbers.half),
        "TIM-MIN": there & (length < numbers.least),
        "TIM-MAX": length > numbers.most,
        # As whole numbers, so that twelve characters a second are not a little more than twelve.
        "TIM-CPS": there
        & (2 * width * numbers.rate.numerator > 2 * numbers.cps * length * numbers.rate.denominator),
    }
    before, after = around(cuts, start)
    on_or_half = (start == before) | (after - start == numbers.half)
    flags["TIM-CUTIN"] = there & (
        ((start > before) & (start - before < numbers.half)) | (after - start < numbers.half)
    ) & ~on_or_half  # fmt: skip
    last, _ = around(cuts, end - 1)
    _, following = around(cuts, end - 1)
    crossed = (last > start) & (end - last < numbers.half)
    near = (following - end < numbers.half) & (following - end != numbers.gap)
    flags["TIM-CUTOUT"] = there & (crossed | near) & ~(following - end == numbers.gap)
    if spoken is not None:
        known = spoken[:, 0] >= 0
        flags["TIM-EARLY"] = known & (np.abs(start - spoken[:, 0]) > 3) & ~on_or_half
        excused = (gap == numbers.gap) | (length <= numbers.least) | (following - end == numbers.gap)
        late, short = end - spoken[:, 1] > numbers.half, spoken[:, 1] - end > 3
        flags["TIM-LATE"] = known & ((late & ~excused) | (short & (following - end != numbers.gap)))
    return flags


def spoken_frames(spoken: Sequence[tuple[float, float] | None] | None, track: Track) -> np.ndarray | None:
    """(n, 2) frames of when each cue is heard, -1 where nobody knows."""
    if spoken is None:
        return None
    if len(spoken) != len(track.cues):
        raise HallyuError(
            f"There are {len(track.cues)} cues and {len(spoken)} times of voices; give one, or None, for each cue."
        )
    pairs = np.array([pair or (-1, -1) for pair in spoken], float).reshape(-1, 2)
    return np.where(pairs < 0, -1, np.rint(pairs * float(track.rate))).astype(np.int64)


def _about_time(track: Track, guide: Guide, numbers: Limits, shots, spoken) -> Iterator[tuple[str, int, str]]:
    start, end = frames(track)
    width = reading.widths([cue.text for cue in track.cues], guide.halves)
    cuts = cut_frames(shots, track.rate)
    heard = spoken_frames(spoken, track)
    flags = timing(start, end, width, numbers, cuts, heard)
    length = end - start
    gap = np.append(start[1:] - end[:-1], FAR) if len(start) else length
    rate, before, after = float(track.rate), around(cuts, start), around(cuts, end - 1)
    near = lambda pair, at, i: min((int(c[i]) for c in pair), key=lambda cut: abs(cut - int(at[i])))
    side = lambda cut, at: (
        f"{abs(cut - at)} frames {'before' if cut > at else 'after'}" if cut != at else "on"
    )
    says: dict[str, Callable[[int], str]] = {
        "TIM-ZERO": lambda i: f"ends {-length[i]} frames before it starts" if length[i] else "has no time",
        "TIM-OVER": lambda i: f"overlaps the next one by {-gap[i]} frames",
        "TIM-GAP": lambda i: f"ends {gap[i]} frames before the next one; at least {numbers.gap} lie between",
        "TIM-CLOSE": lambda i: f"ends {gap[i]} frames before the next one; close the gap to {numbers.gap}",
        "TIM-MIN": lambda i: f"stands {length[i]} frames; the least is {numbers.least}",
        "TIM-MAX": lambda i: f"stands {length[i] / rate:.1f} s; the most is {float(guide.most):g}",
        "TIM-CPS": lambda i: reads_at(width[i] * rate / length[i], numbers.cps),
        "TIM-CUTIN": lambda i: (
            f"starts {side(near(before, start, i), start[i])} a shot change; start on it, or {numbers.half} before"
        ),
        "TIM-CUTOUT": lambda i: (
            f"ends {side(near(after, end, i), end[i])} a shot change; "
            f"end {numbers.gap} before it, or {numbers.half} or more away"
        ),
        "TIM-EARLY": lambda i: f"starts {start[i] - heard[i, 0]:+d} frames from the voice; 3 are allowed",
        "TIM-LATE": lambda i: (
            f"ends {end[i] - heard[i, 1]:+d} frames from the voice; -3 to +{numbers.half} are allowed"
        ),
    }
    for code, broken in flags.items():
        for i in np.flatnonzero(broken).tolist():
            yield code, i, says[code](i)


def reads_at(speed: float | Fraction, limit: float | Fraction) -> str:
    """What is said of a cue that is read too fast, in characters a second."""
    return f"reads at {float(speed):.1f} cps; the limit is {float(limit):g}"


# Text ----------------------------------------------------------------------------------------------------------------

_SPACES = "[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DASHES = r"\-‐‑‒–—―−"
_DASHED = re.compile(rf"^((?:<i>)?)[{_DASHES}](?![\d{_DASHES}])[ \t]*(?=(?:</?i>|[ \t])*[^\s<])", re.M)
_BOTH = re.compile(rf"(?<=[^\s{_DASHES}]) [{_DASHES}] (?=\S)")
_STOP = re.compile(r"(?:(?<=[^\s.…⋯‥·ㆍ・])[ \t]*\.|(?<=\S)[ \t]*[,、。])(?=(?:</?i>|[ \t])*$)", re.M)
_NOTES = re.compile("[♪♫♬♩\U0001f3b5\U0001f3b6]+")


def spaced(text: str) -> str:
    """One space between words, none around a line or just within its tags, no empty lines."""
    text = re.sub(f"{_SPACES}+", " ", text)
    text = re.sub(r"( (?:</?i>)+) ", r"\1", text)
    text = re.sub(r" +((?:</?i>)*)$", r"\1", re.sub(r"^((?:</?i>)*) +", r"\1", text, flags=re.M), flags=re.M)
    return "\n".join(line for line in text.split("\n") if line)


def dotted(text: str) -> str:
    """Ellipses as one character.

    >>> dotted("글쎄...요. 아마도‥··")
    '글쎄…요. 아마도…'
    """
    return re.sub(r"[.…⋯‥·ㆍ・]{2,}|[⋯‥]", "…", text)


def stopped(text: str, guide: Guide = KOREAN) -> str:
    """Without the full stop or the comma at the end of a line, where the language leaves them out.

    >>> stopped("알았어. 가자.\\n비가 와,")
    '알았어. 가자\\n비가 와'
    """
    while not guide.stops and _STOP.search(text):
        text = _STOP.sub("", text)
    return text


def visible(text: str) -> str:
    """Without characters that nobody sees; odd ends of lines are line feeds."""
    return _HIDDEN.sub("", _BREAKS.sub("\n", text))


def whole(text: str) -> str:
    """Syllables that were written in parts, and letters, digits and marks of double width, as usual."""
    usual = re.sub("[！-～]", lambda found: chr(ord(found[0]) - 0xFEE0), text)
    return unicodedata.normalize("NFC", usual)


def tagged(text: str) -> str:
    """Without markup of other programs, and with italics that are opened and closed; a <br> ends a line."""
    text = re.sub(r"<br[ \t]*/?>", "\n", text, flags=re.I)
    while timedtext.MARKUP.search(text):
        text = timedtext.MARKUP.sub("", text)
    if timedtext.balanced(text):
        return text
    return "".join(f"<i>{piece}</i>" if italic else piece for piece, italic in timedtext.spans(text))


def dashed(text: str, dash: str = "- ") -> str:
    """Hyphens as the guide has them: before both speakers, and not before one alone.

    >>> dashed("어디 가?\\n-집에"), dashed("- 어디 가? - 집에"), dashed("-가자")
    ('- 어디 가?\\n- 집에', '- 어디 가?\\n- 집에', '가자')
    """
    lines = text.split("\n")
    opened = [bool(_DASHED.match(line)) for line in lines]
    if not any(opened):
        return text
    if len(lines) == 1 and len(_BOTH.findall(text)) == 1:
        text = _BOTH.sub("\n- ", text)
    elif opened == [False, True] and re.match(rf"(?:</?i>)*[^\[(♪\s<{_DASHES}]", lines[0]):
        text = "- " + text
    return _DASHED.sub(rf"\1{dash}" if "\n" in text else r"\1", text)


def has_dash(text: str) -> bool:
    """Whether a line is opened by a hyphen, as two speakers' are."""
    return bool(_DASHED.search(text))


def bracketed(text: str) -> str:
    """A sound or a speaker at the beginning of a line in square brackets, not in round ones.

    >>> bracketed("(문 닫히는 소리)\\n- （나영） 왔어?")
    '[문 닫히는 소리]\\n- [나영] 왔어?'
    """
    return re.sub(rf"^((?:<i>)?(?:[{_DASHES}] ?)?)[(（]([^()（）\n\[\]]+)[)）]", r"\1[\2]", text, flags=re.M)


def sung(text: str) -> str:
    """A song between two ♪, each a space from the words.

    >>> sung("♬눈이 내리네"), sung("# 눈이 내리네 #")
    ('♪ 눈이 내리네 ♪', '♪ 눈이 내리네 ♪')
    """
    before, words, after = re.fullmatch(r"((?:</?i>)*)(.*?)((?:</?i>)*)", text, re.S).groups()
    if len(words) > 2 and words[0] == words[-1] == "#" and words.count("#") == 2:
        words = f"♪{words[1:-1]}♪"
    words = _NOTES.sub("♪", words)
    first, last = words.startswith("♪"), words.endswith("♪")
    inner = words.strip("♪ ")
    if (first or last) and inner and "[" not in inner:
        words = f"♪ {inner} ♪"
    return before + words + after


def joined(text: str, guide: Guide = KOREAN) -> str:
    """On one line where it fits, and where no line is of its own kind: another speaker's, a sound, or a song's."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or any(re.match(rf"(?:<i>)*[{_DASHES}\[(（♪]", line) for line in lines):
        return text
    one = " ".join(lines)
    return one if reading.width(one, guide.halves) <= guide.width else text


@dataclass(frozen=True)
class Correction:
    """What text should be. where: text in which it may be otherwise. correct: text and guide -> text."""

    code: str
    where: re.Pattern
    correct: Callable[[str, Guide], str]
    says: str


CORRECTIONS = (
    Correction("TXT-HIDDEN", _HIDDEN, lambda text, _: visible(text), "has characters that cannot be seen"),
    Correction(
        "TXT-FORM",
        re.compile("[！-～\u0300-\u036f\u1100-\u11ff\u2126\u212a\u212b\u3099\u309a\ua960-\ua97f\ud7b0-\ud7ff\uf900-\ufaff]"),
        lambda text, _: whole(text), "has letters in parts, or of double width",
    ),
    Correction(
        "TXT-TAG", re.compile(r"</?[A-Za-z]|\{\\"), lambda text, _: tagged(text), "has markup that is left open or unknown",
    ),
    Correction(
        "TXT-ITALIC", re.compile("</?i>"),
        lambda text, guide: plain(text) if timedtext.balanced(text) and not guide.italics else text,
        "is in italics, which this language has not",
    ),
    Correction(
        "TXT-SPACE",
        re.compile(
            f"{_SPACES}{{2}}|^(?:</?i>)*{_SPACES}|{_SPACES}(?:</?i>)*$|^$| (?:</?i>)+ |[\t\xa0\u1680-\u200a\u202f\u205f\u3000]",
            re.M,
        ),
        lambda text, _: spaced(text) if plain(text).strip() else text, "has spaces or lines too many, or unusual ones",
    ),
    Correction(
        "TXT-DOTS", re.compile("[.…⋯‥·ㆍ・]{2}|[⋯‥]"), lambda text, _: dotted(text),
        "has two or three dots; an ellipsis is “…”",
    ),
    Correction(
        "TXT-DASH", _DASHED, lambda text, guide: dashed(text, guide.dash), "has hyphens otherwise than two speakers have them",
    ),
    Correction("TXT-ONE", re.compile("\n"), joined, "has two lines and fits on one"),
    Correction(
        "TXT-STOP", _STOP, stopped, "has a full stop or a comma at the end of a line, which this language leaves out",
    ),
)  # fmt: skip
SDH_CORRECTIONS = (
    Correction("SDH-SOUND", re.compile("[(（]"), lambda text, _: bracketed(text), "has a sound or speaker that is not in [ ]"),
    Correction(
        "SDH-MUSIC", re.compile("[#♪♫♬♩\U0001f3b5\U0001f3b6]"), lambda text, _: sung(text),
        "has a song that is not between two ♪",
    ),
)  # fmt: skip


def corrections(kind: str) -> tuple[Correction, ...]:
    """What holds for a track of one of timedtext.KINDS."""
    return CORRECTIONS + (SDH_CORRECTIONS if kind == "sdh" else ())


def _about_text(texts: list[str], guide: Guide, kind: str) -> Iterator[tuple[str, int, str]]:
    if not texts:
        return
    lines, owners, counted = reading.lines(texts, guide.halves)
    empty = {
        i for i, text in enumerate(texts) if not text.strip() or ("<" in text and not plain(text).strip())
    }
    yield from (("TXT-EMPTY", i, "has no words") for i in sorted(empty))
    everything = "\n".join(texts)
    begins = np.cumsum([0] + [len(text) + 1 for text in texts])
    for correction in corrections(kind):
        places = [found.start() for found in correction.where.finditer(everything)]
        for i in np.unique(np.searchsorted(begins, places, side="right") - 1).tolist():
            if i not in empty and correction.correct(texts[i], guide) != texts[i]:
                yield correction.code, i, correction.says
    for i in np.flatnonzero(np.bincount(owners, minlength=len(texts)) > guide.lines).tolist():
        # An empty line too many is TXT-SPACE.
        count = sum(bool(line.strip()) for line in plain(texts[i]).split("\n"))
        if count > guide.lines:
            yield "TXT-LINES", i, f"has {count} lines; the most are {guide.lines}"
    longest = np.zeros(len(texts))
    np.maximum.at(longest, owners, counted)
    for i in np.flatnonzero(longest > guide.width).tolist():
        if (
            max(reading.width(line, guide.halves) for line in spaced(plain(texts[i])).split("\n"))
            > guide.width
        ):
            yield "TXT-LONG", i, f"has a line of {longest[i]:g} characters; the most are {guide.width}"
    # SDH-MUSIC makes usual notes of pictures of notes.
    yield from _unknown(texts, _NOTES.sub("", everything) if kind == "sdh" else everything)
    for i in np.unique(owners[[bool(_DASHED.match(line)) for line in lines]]).tolist():
        opened = [bool(_DASHED.match(line)) for line in dashed(spaced(texts[i]), guide.dash).split("\n")]
        if any(opened) and not all(opened):
            yield "TXT-WHO", i, "has a hyphen before one line and none before another: whose words are they?"
    if kind == "sdh":
        for i, text in enumerate(texts):
            if ("[" in text or "]" in text) and not _closed(text):
                yield "SDH-OPEN", i, "has a bracket that is not opened or not closed"


def _closed(text: str) -> bool:
    return "".join(re.findall(r"[\[\]]", text)).replace("[]", "") == ""


def _unknown(texts: list[str], everything: str) -> Iterator[tuple[str, int, str]]:
    """Characters that nobody's fonts have, or that are broken."""
    wrong = {letter for letter in set(unicodedata.normalize("NFC", everything)) if _no_glyph(letter)}
    if wrong:
        for i, text in enumerate(texts):
            here = [letter for letter in unicodedata.normalize("NFC", text) if letter in wrong]
            if here:
                yield "TXT-CHAR", i, f"has a character that cannot be shown: U+{ord(here[0]):04X}"


def _no_glyph(letter: str) -> bool:
    code = ord(letter)
    parts = 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF
    pictures = 0x1F000 <= code <= 0x1FFFF
    return parts or pictures or letter == "\ufffd" or unicodedata.category(letter) in ("Co", "Cn", "Cs")
