"""Repairs what the guide finds in a track, as far as that needs no human: never a word is changed, added or taken away.

Text is made what hallyu.ott.guide says it should be, until nothing changes. Times are moved only where that leaves less to
be found than before, so that repairs never go round in circles; what is left is told with why nobody but a human can repair
it. Repairing a repaired track changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hallyu.ott import guide as guides
from hallyu.ott import linebreak, reading
from hallyu.ott.guide import Finding, Guide, Limits
from hallyu.ott.timedtext import Track

_COST = {
    "TIM-ZERO": 1500, "TIM-OVER": 1200, "TIM-GAP": 1000, "TIM-MIN": 1000, "TIM-MAX": 100, "TIM-CPS": 100, "TIM-EARLY": 30,
    "TIM-LATE": 30, "TIM-CUTIN": 30, "TIM-CUTOUT": 30, "TIM-CLOSE": 10,
}  # fmt: skip
"""How bad a finding is. A cue is moved where that makes the sum less, so that a new small one may stand for an old large one; but
an overlap is never traded for a cue that flashes by, nor the other way round."""
_WHY = {
    "TIM-ZERO": "the next cue starts too soon: move or merge one of them",
    "TIM-OVER": "both are heard at once: put them into one cue, with a hyphen before each",
    "TIM-GAP": "a cue any shorter could not be read: shorten its words",
    "TIM-CLOSE": "any longer it would break another rule",
    "TIM-MIN": "the next cue starts too soon: merge the two",
    "TIM-MAX": "there are words to the end: split it into two cues",
    "TIM-CPS": "half a second more is not enough, or not there: say it in fewer words, or split it",
    "TIM-CUTIN": "other cues or rules leave no room: look at the cut",
    "TIM-CUTOUT": "other cues or rules leave no room: look at the cut",
    "TIM-EARLY": "listen where the voice begins",
    "TIM-LATE": "listen where the voice ends",
    "TXT-LINES": "it does not fit on fewer: split it, or say it in fewer words",
    "TXT-LONG": "it does not fit on the lines that there are: split it, or say it in fewer words",
    "TXT-CHAR": "find out what it was meant to be",
    "TXT-WHO": "listen who says the line",
    "SDH-OPEN": "find out where the sound's name begins and ends",
}
_CLOSED = ("TIM-OVER", "TIM-GAP", "TIM-CLOSE")
"""What is repaired by the end of the first of two cues, which gives up the guide's gap for it."""
_ROUNDS = 8
"""Corrections of one text until nothing changes; two or three are usual."""


@dataclass(frozen=True)
class Repair:
    """Something that was repaired. cue: its place in the track before, from 0."""

    code: str
    cue: int
    says: str


@dataclass(frozen=True)
class Left:
    """Something that only a human can repair: what was found in the repaired track, and why it was left."""

    finding: Finding
    why: str


@dataclass(frozen=True)
class Fixed:
    """A repaired track, what was repaired, and what is left."""

    track: Track
    repairs: tuple[Repair, ...]
    left: tuple[Left, ...]


def fix(
    track: Track,
    guide: Guide = guides.KOREAN,
    shots: Sequence[float] = (),
    audience: str = "adults",
    spoken: Sequence[tuple[float, float] | None] | None = None,
) -> Fixed:
    """Repair *track*; the arguments are those of guide.check.

    Cues without words are taken out; all others stay, in their order. A cue stands longer by half a second at most, and only
    where that is enough to read it.

    >>> from hallyu.ott.timedtext import Cue
    >>> fixed = fix(Track((Cue(1.0, 2.0, "글쎄... "), Cue(2.25, 4.0, "-그래?"))))
    >>> [(cue.end, cue.text) for cue in fixed.track.cues]
    [(2.1666666666666665, '글쎄…'), (4.0, '그래?')]
    """
    numbers = guides.limits(track, guide, audience)
    heard = guides.spoken_frames(spoken, track)
    repairs: list[Repair] = []
    texts = [
        _text(cue.text, n, guide, track.kind, track.language, repairs) for n, cue in enumerate(track.cues)
    ]
    kept = [n for n, text in enumerate(texts) if text]
    cues = [replace(track.cues[n], text=texts[n]) for n in kept]
    start, end = guides.frames(replace(track, cues=tuple(cues)))
    width = reading.widths([cue.text for cue in cues], guide.halves)
    cuts = guides.cut_frames(shots, track.rate)
    timed = _Times(start, end, width, numbers, cuts, None if heard is None else heard[kept])
    repairs += [replace(repair, cue=kept[repair.cue]) for repair in timed.repaired()]
    old = list(zip(*(each.tolist() for each in guides.frames(replace(track, cues=tuple(cues)))), strict=True))
    moved = [
        cue if was == now else replace(cue, **{
            name: float(frame / track.rate)
            for name, before, frame in zip(("start", "end"), was, now, strict=True) if before != frame
        })
        for cue, was, now in zip(cues, old, zip(timed.start.tolist(), timed.end.tolist(), strict=True), strict=True)
    ]  # fmt: skip
    done = replace(track, cues=tuple(moved))
    found = guides.check(done, guide, shots, audience, None if spoken is None else [spoken[n] for n in kept])
    repairs.sort(key=lambda repair: repair.cue)
    return Fixed(done, tuple(repairs), tuple(Left(finding, _WHY[finding.code]) for finding in found))


def _text(text: str, cue: int, guide: Guide, kind: str, language: str, repairs: list[Repair]) -> str:
    """What the text should be; "" where it has no words. Notes what was done in *repairs*."""
    done: dict[str, str] = {}
    for _ in range(_ROUNDS):
        before = text
        for correction in guides.corrections(kind):
            better = correction.correct(text, guide) if correction.where.search(text) else text
            if better != text:
                text = better
                done[correction.code] = f"corrected: it {correction.says}"
        wrapped = _wrapped(text, guide, language)
        if wrapped != text:
            code = "TXT-LINES" if text.count("\n") >= guide.lines else "TXT-LONG"
            text = wrapped
            done[code] = f"broken into {text.count(chr(10)) + 1} lines of {guide.width} characters at most"
        if text == before:
            break
    if not guides.plain(text).strip():
        text, done = "", {"TXT-EMPTY": "taken out: it has no words"}
    repairs += [Repair(code, cue, says) for code, says in done.items()]
    return text


def _wrapped(text: str, guide: Guide, language: str) -> str:
    """Lines that are short and few enough, where one speaker's words fit on them."""
    lines = text.split("\n")
    if len(lines) <= guide.lines and max(reading.width(line, guide.halves) for line in lines) <= guide.width:
        return text
    if guides.has_dash(text):
        return text
    return linebreak.wrap(text, language, guide.width, guide.lines, guide.halves) or text


class _Times:
    """Starts and ends of cues in frames, which are moved while that makes what is found less."""

    def __init__(self, start, end, width, numbers: Limits, cuts: np.ndarray, heard: np.ndarray | None):
        self.start, self.end, self.width = start, end, width
        self.numbers, self.cuts, self.heard = numbers, cuts, heard

    def repaired(self) -> list[Repair]:
        """Move cues until no move makes it better; the moves that were made."""
        flags = guides.timing(self.start, self.end, self.width, self.numbers, self.cuts, self.heard)
        waiting = np.flatnonzero(np.any(list(flags.values()), axis=0)).tolist() if len(self.start) else []
        repairs = []
        while waiting:
            again: set[int] = set()
            for cue in waiting:
                found = self._move(cue)
                if found:
                    repairs.append(found)
                    again.update(range(max(0, cue - 2), min(len(self.start), cue + 3)))
            waiting = sorted(again)
        return repairs

    def _flags(self, low: int, high: int) -> dict[str, np.ndarray]:
        heard = None if self.heard is None else self.heard[low:high]
        return guides.timing(
            self.start[low:high], self.end[low:high], self.width[low:high], self.numbers, self.cuts, heard
        )

    def _move(self, cue: int) -> Repair | None:
        low, high = max(0, cue - 2), min(len(self.start), cue + 3)
        flags = self._flags(low, high)
        cost = _cost(flags)
        here = [code for code, broken in flags.items() if broken[cue - low]]
        if not cost or not here:
            return None
        saved = self.start[low:high].copy(), self.end[low:high].copy()
        length = int(self.end[cue] - self.start[cue])
        for code in here:
            # A cue that is short already does not become a flash.
            shortest = min(self.numbers.least, length - (self.numbers.gap if code in _CLOSED else 0))
            for start, end in self._proposals(code, cue):
                if (
                    end - start >= shortest
                    and self._set(cue, start, end)
                    and _cost(self._flags(low, high)) < cost
                ):
                    return Repair(code, cue, _moved(start - saved[0][cue - low], end - saved[1][cue - low]))
                self.start[low:high], self.end[low:high] = saved
        return None

    def _set(self, cue: int, start: int, end: int) -> bool:
        """Move a cue, and what would reach into it from before; False where the order would change."""
        if end <= start or start < 0:
            return False
        if start != self.start[cue]:
            if cue and start <= self.start[cue - 1]:
                return False
            if cue + 1 < len(self.start) and start >= self.start[cue + 1]:
                return False
            room = start - self.numbers.gap
            if cue and room < self.end[cue - 1] <= self.start[cue]:
                if room - self.start[cue - 1] < self.numbers.least:
                    return False
                self.end[cue - 1] = room
        self.start[cue], self.end[cue] = start, end
        return True

    def _proposals(self, code: str, cue: int) -> Iterator[tuple[int, int]]:
        """Other starts and ends that may repair a finding, the better ones first."""
        limits, start, end = self.numbers, int(self.start[cue]), int(self.end[cue])
        until = int(self.start[cue + 1]) - limits.gap if cue + 1 < len(self.start) else guides.FAR
        if code in _CLOSED:
            yield start, until
        elif code in ("TIM-ZERO", "TIM-MIN"):
            yield start, start + limits.least
            yield start, min(until, start + limits.least)
        elif code == "TIM-MAX":
            if self.heard is None or self.heard[cue, 1] <= start + limits.most:
                yield start, start + limits.most
        elif code == "TIM-CPS":
            needed = start + int(np.ceil(self.width[cue] * limits.rate / limits.cps))
            for until_then in (needed, until, *self._cut_ends(needed)):
                if needed <= until_then <= end + limits.half:
                    yield start, until_then
        elif code == "TIM-CUTIN":
            before, after = (int(cut[0]) for cut in guides.around(self.cuts, np.array([start])))
            if start - before < limits.half:
                yield before, min(end, before + limits.most)
            if after - start <= limits.red:
                yield after, end
            if after - start < limits.half:
                yield after - limits.half, end
                yield after, end
        elif code == "TIM-CUTOUT":
            last, following = (int(cut[0]) for cut in guides.around(self.cuts, np.array([end - 1])))
            if following - end < limits.half:
                yield start, following - limits.gap
            if end - last <= limits.red:
                yield start, last - limits.gap
            if end - last < limits.half:
                yield start, last + limits.half
                yield start, last - limits.gap

    def _cut_ends(self, frame: int) -> Iterator[int]:
        """Where a cue may end near the first shot change after a frame."""
        _, following = guides.around(self.cuts, np.array([frame - 1]))
        if following[0] < guides.FAR:
            yield int(following[0]) - self.numbers.gap
            yield int(following[0]) + self.numbers.half


def _cost(flags: dict[str, np.ndarray]) -> int:
    return sum(_COST[code] * int(np.count_nonzero(broken)) for code, broken in flags.items())


def _moved(start: int, end: int) -> str:
    """How far both ends of a cue were moved, in frames."""
    if start and end:
        return f"starts {start:+d} frames and ends {end:+d} frames"
    return f"starts {start:+d} frames" if start else f"ends {end:+d} frames"
