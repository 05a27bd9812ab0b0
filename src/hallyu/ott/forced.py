"""Forced narratives (강제 자막): what a viewer has to read who knows the language that is spoken in the film they hear.

A sign, a letter, a line in another language: shown to those, too, who have subtitles off. The file holds nothing else.
Source: Netflix Timed Text Style Guide, General Requirements, "Forced Narratives": on-screen text in capitals, dialogue first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from hallyu.ott import guide as guides
from hallyu.ott import linebreak, reading
from hallyu.ott.first_snow import Sign
from hallyu.ott.guide import Guide
from hallyu.ott.timedtext import Cue, Track


@dataclass(frozen=True)
class Left:
    """A sign that could not be put in. why: one sentence."""

    sign: Cue
    why: str


def make(
    signs: Sequence[Sign], rate: Fraction, language: str = "en", by: str = "", guide: Guide | None = None
) -> Track:
    """A track of kind "forced": each sign while it can be read, in capitals where the language has them, at the upper edge.

    signs: their *english* is what is written. A sign stands as long as it takes to read, and so may end after its picture.
    """
    guide = guide or guides.GUIDES.get(language.split("-")[0], guides.ENGLISH)
    numbers = guides.limits(Track((), language, "forced", rate), guide)
    ordered = sorted(signs, key=lambda sign: sign.start)
    cues = []
    for n, sign in enumerate(ordered):
        text = sign.english.upper()
        text = linebreak.wrap(text, language, guide.width, guide.lines, guide.halves) or text
        needed = max(numbers.least, reading.width(text, guide.halves) * rate / numbers.cps)
        start = round(sign.start * rate)
        until = round(ordered[n + 1].start * rate) - numbers.gap if n + 1 < len(ordered) else guides.FAR
        end = min(max(round(sign.stop * rate), start + int(-(-needed // 1))), start + numbers.most, until)
        cues.append(Cue(float(start / rate), float(end / rate), text, forced=True, top=True, by=by))
    return Track(tuple(cues), language, "forced", rate)


def into(track: Track, signs: Track, guide: Guide | None = None) -> tuple[Track, tuple[Left, ...]]:
    """*track* with the cues of *signs* where nobody speaks; and those that there was no room for, since dialogue comes first.

    A sign that is partly free is shown for that part, where that is time enough to read it.
    """
    guide = guide or guides.GUIDES.get(track.language.split("-")[0], guides.ENGLISH)
    numbers = guides.limits(track, guide)
    cues, left = list(track.cues), []
    for sign in signs.cues:
        needed = max(numbers.least, reading.width(sign.text, guide.halves) * track.rate / numbers.cps)
        places = [
            (start, end) for start, end in free(cues, track, numbers.gap, track.frame(sign.start), track.frame(sign.end))
            if end - start >= needed
        ]  # fmt: skip
        if places:
            start, end = max(places, key=lambda place: place[1] - place[0])
            cues.append(replace(sign, start=float(start / track.rate), end=float(end / track.rate)))
        else:
            left.append(Left(sign, "somebody speaks while it can be read, and what is said comes first"))
    return replace(track, cues=tuple(cues)), tuple(left)


def free(cues: Sequence[Cue], track: Track, gap: int, start: int, end: int) -> list[tuple[int, int]]:
    """The passages between two frames in which no cue stands, *gap* frames away from each."""
    places, begin = [], start
    for first, last in sorted((track.frame(cue.start), track.frame(cue.end)) for cue in cues):
        if last + gap <= begin:
            continue
        if first - gap >= end:
            break
        if first - gap > begin:
            places.append((begin, first - gap))
        begin = max(begin, last + gap)
    return [*places, (begin, end)] if begin < end else places
