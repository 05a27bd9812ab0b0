"""Who made the subtitles, as a last cue (자막 제작자 표기): in the track's own language, after the last words.

Source: Netflix Timed Text Style Guide, General Requirements, "Subtitle Credits": after the programme's end, up to five seconds,
in the language of the file; for translations, and never a company.
"""

from dataclasses import replace

from hallyu.errors import HallyuError
from hallyu.ott import guide as guides
from hallyu.ott import reading
from hallyu.ott.guide import Guide
from hallyu.ott.timedtext import Cue, Track

LONGEST = 5.0
"""Seconds for which a credit may stand."""


def add(track: Track, text: str, seconds: float, guide: Guide | None = None, forced: bool = False) -> Track:
    """*track* with a credit at its end: as long as it takes to read, in a film that lasts so many *seconds*.

    guide: by default the one of the track's language. The credit ends with the film where there is room before it, half a
    second after the last cue at least. Raises HallyuError where there is no room to read it, or where it is no cue.

    >>> made = add(Track((Cue(1.0, 3.0, "눈이다"),)), "자막: 홍길동", 20.0)
    >>> made.cues[-1].start, made.cues[-1].end, made.cues[-1].text
    (18.0, 20.0, '자막: 홍길동')
    """
    guide = guide or guides.GUIDES.get(track.language.split("-")[0], guides.ENGLISH)
    lines = text.strip().split("\n")
    if (
        not text.strip()
        or len(lines) > guide.lines
        or max(_wide(line, guide) for line in lines) > guide.width
    ):
        raise HallyuError(
            f"A credit has one or {guide.lines} lines of {guide.width} characters: shorten “{text.strip()[:40]}”."
        )
    numbers = guides.limits(track, guide)
    needed = reading.width(text, guide.halves) * track.rate / numbers.cps
    wanted = min(max(needed, 2 * track.rate), int(LONGEST * track.rate))
    last = max((track.frame(cue.end) for cue in track.cues), default=-numbers.half)
    end = int(seconds * track.rate)
    start = max(last + numbers.half, end - int(-(-wanted // 1)))
    if end - start < max(needed, numbers.least):
        raise HallyuError(
            f"The credit needs {float(max(needed, numbers.least) / track.rate):.1f} s after the last cue, and the film has "
            f"{max(0.0, float((end - last - numbers.half) / track.rate)):.1f}: shorten it, or place it over the end titles."
        )
    made = Cue(float(start / track.rate), float(end / track.rate), text.strip(), forced=forced)
    return replace(track, cues=(*track.cues, made))


def _wide(line: str, guide: Guide) -> float:
    return reading.width(line, guide.halves)
