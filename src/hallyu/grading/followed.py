"""How far cues follow what is said: each letter that is spoken is looked for in a cue that stands while it is heard.

The measure is the field's character error rate (글자 오류율), with one condition more: a letter counts as read only in a cue
that covers at least half of its word's time. So words that are missing, in another order, at another time, or all in one cue
are errors, and no name of a file or of a cue is believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hallyu.errors import HallyuError
from hallyu.ott import timedtext
from hallyu.ott.first_snow import Line
from hallyu.ott.timedtext import Cue

MOST_LETTERS = 2_000
"""Of a track; the scene's has two hundred."""
LONGEST = 7.1
"""Seconds; what stands longer is no subtitle, and its words do not count."""
COVERED = 0.5
"""Share of a word's time for which its cue stands at least."""


@dataclass(frozen=True, eq=False)
class Said:
    """What is spoken, letter by letter: (n,) letters, (n, 2) seconds of each one's word, (n,) which line it belongs to."""

    letters: str
    times: np.ndarray
    lines: np.ndarray

    @classmethod
    def of(cls, lines: Sequence[Line], english: bool = False) -> "Said":
        """The lines' words, or their translation, of which all letters have the line's time."""
        parts = [
            (_letters(text), start, stop, number)
            for number, line in enumerate(lines)
            for text, start, stop in (
                [(line.english, line.start, line.stop)]
                if english
                else [(word.text, word.start, word.stop) for word in line.words]
            )
        ]
        times = [(start, stop) for letters, start, stop, _ in parts for _ in letters]
        owners = [number for letters, *_, number in parts for _ in letters]
        return cls("".join(part[0] for part in parts), np.array(times).reshape(-1, 2), np.array(owners, int))


@dataclass(frozen=True, eq=False)
class Followed:
    """What of *said* stands in cues. errors: letters that are missing, wrong or too many. found: (n,) for each spoken letter
    the number of its cue, -1 where there is none. rows: (n,) in which line of the cue's text."""

    said: Said
    errors: int
    found: np.ndarray
    rows: np.ndarray

    @property
    def rate(self) -> float:
        """The character error rate; 0 where every letter is read while it is heard."""
        return self.errors / max(len(self.said.letters), 1)

    def cue_of(self, line: int) -> tuple[int, int]:
        """In which cue, and in which line of its text, a spoken line begins; (-1, -1) where it is not read."""
        own = np.flatnonzero((self.said.lines == line) & (self.found >= 0))
        return (int(self.found[own[0]]), int(self.rows[own[0]])) if len(own) else (-1, -1)

    def spans(self) -> list[tuple[int, tuple[float, float], tuple[float, float]]]:
        """Of each cue with spoken words: its number, when its words may begin, and when they may end (earliest, latest).

        They begin with the first word that is read; where nothing of the line was read before, with the line as well.
        """
        out = []
        for cue in np.unique(self.found[self.found >= 0]).tolist():
            own = np.flatnonzero(self.found == cue)
            first, last = int(own[0]), int(own[-1])
            begins = self._outer(first, -1, 0)
            ends = self._outer(last, 1, 1)
            out.append((cue, begins, ends))
        return out

    def _outer(self, at: int, step: int, side: int) -> tuple[float, float]:
        """The time of a letter's word, and of the farthest one of its line before (after) it that no cue has."""
        near, place = self.said.times[at, side], at
        while (
            0 <= place + step < len(self.found)
            and self.said.lines[place + step] == self.said.lines[at]
            and self.found[place + step] < 0
        ):
            place += step
        whole = not 0 <= place + step < len(self.found) or self.said.lines[place + step] != self.said.lines[at]
        far = self.said.times[place if whole else at, side]
        return float(min(near, far)), float(max(near, far))


def follow(said: Said, cues: Sequence[Cue], rows: Sequence[Sequence[str]]) -> Followed:
    """Lay the letters of *cues*, in the order of time, beside those that are spoken.

    rows: for each cue the lines of its text as they count, without labels. Raises HallyuError for a book's worth of text.
    """
    read = [
        (letter, number, row)
        for number, lines in enumerate(rows)
        if 0 < cues[number].seconds <= LONGEST
        for row, text in enumerate(lines)
        for letter in _letters(text)
    ]
    if len(read) > MOST_LETTERS:
        raise HallyuError(f"The subtitles have {len(read):,} letters; this scene's have a few hundred.")
    covers = _covers(said.times, cues)
    found = np.full(len(said.letters), -1)
    in_rows = np.full(len(said.letters), -1)
    errors, pairs = _aligned(said.letters, read, covers)
    for spoken, place in pairs:
        found[spoken], in_rows[spoken] = read[place][1:]
    return Followed(said, errors, found, in_rows)


def _letters(text: str) -> str:
    return timedtext.letters([text]).casefold()


def _covers(times: np.ndarray, cues: Sequence[Cue]) -> np.ndarray:
    """(n, cues) bool: whether a cue stands for enough of a letter's word."""
    starts, ends = (np.array([getattr(cue, side) for cue in cues]) for side in ("start", "end"))
    both = np.minimum(times[:, 1:], ends) - np.maximum(times[:, :1], starts)
    return both >= COVERED * (times[:, 1:] - times[:, :1])


def _aligned(
    spoken: str, read: Sequence[tuple[str, int, int]], covers: np.ndarray
) -> tuple[int, list[tuple[int, int]]]:
    """The least number of changes from what is spoken to what is read (Levenshtein), and the letters that are the same."""
    width = len(read) + 1
    cost = np.zeros((len(spoken) + 1, width), np.int32)
    cost[0], cost[:, 0] = np.arange(width), np.arange(len(spoken) + 1)
    letters, owners = np.array([each[0] for each in read], "U1"), np.array([each[1] for each in read], int)
    same = np.zeros((len(spoken), len(read)), bool)
    steps = np.arange(width)
    for n, letter in enumerate(spoken):
        if len(read):
            same[n] = (letters == letter) & covers[n, owners]
        # Deletion and change at once; what is inserted runs along the row.
        best = cost[n] + 1
        best[1:] = np.minimum(best[1:], cost[n, :-1] + ~same[n])
        cost[n + 1] = np.minimum.accumulate(best - steps) + steps
    pairs, n, m = [], len(spoken), len(read)
    while n and m:
        if same[n - 1, m - 1] and cost[n, m] == cost[n - 1, m - 1]:
            pairs.append((n - 1, m - 1))
            n, m = n - 1, m - 1
        elif cost[n, m] == cost[n - 1, m - 1] + 1:
            n, m = n - 1, m - 1
        elif cost[n, m] == cost[n - 1, m] + 1:
            n -= 1
        else:
            m -= 1
    return int(cost[-1, -1]), pairs[::-1]
