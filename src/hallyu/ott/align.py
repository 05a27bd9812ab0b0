"""A known script on recognised words (forced alignment, 대본 정렬): each line gets the time at which it is said.

The script has the right words, the recogniser has times. Both are written as they sound, syllable under syllable, and one
global alignment (Needleman and Wunsch 1970) finds the cheapest way to turn one into the other: a syllable costs as many thirds
as letters (jamo) of it differ, one that was left out or added costs GAP. The times go over; ends of lines are brought to where
speech begins and ends; a line that was not understood gets its place in the speech that no other line has.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hallyu.errors import HallyuError
from hallyu.models.whisper import Word
from hallyu.music.metrics_text import as_heard, character_error_rate, normalise
from hallyu.music.pronunciation import is_hangul, letters

GAP = 0.6
"""What a syllable costs that only one side has. One that differs in all its letters costs 1, less than two gaps."""
UNDERSTOOD = 0.4
"""The share of a line's syllables that must be found, a letter more or less, for its time to be believed."""
NEAR = 0.35
"""Seconds from the beginning or the end of speech within which a line's own is put there."""
PACE = 0.15
"""Seconds of a syllable where nothing better is known. Korean drama has five to seven syllables a second."""
MOST = 400_000_000
"""Cells of the table; a film of two hours has about as many."""
_SAME, _LEFT_OUT, _ADDED = 0, 1, 2


@dataclass(frozen=True)
class Aligned:
    """A line of the script and when it is said. start, stop: seconds. heard: what the recogniser made of it.

    errors: the character error rate of that, by sound. found: False where the line was not understood, and its time only lies
    between those of its neighbours. words: the script's words with their times; their probability is the share of each that
    was understood.
    """

    text: str
    start: float
    stop: float
    heard: str
    errors: float
    found: bool = True
    words: tuple[Word, ...] = ()


def align(
    lines: Sequence[str], words: Sequence[Word], speech: Sequence[tuple[float, float]] = ()
) -> list[Aligned]:
    """When each of *lines* is said, by what was heard: *words* in order, and passages of *speech* in seconds.

    Without speech, the times are the words' own. Raises HallyuError for a line that has nothing to say, where nothing was
    heard at all, and for a script that is too long for one table.

    >>> heard = [Word("전누니", 1.0, 2.0, 0.9), Word("내려", 2.1, 2.6, 0.9), Word("가자", 4.0, 4.5, 0.9)]
    >>> [(line.start, line.stop, line.heard) for line in align(["첫눈이 내려.", "가자!"], heard)]
    [(1.0, 2.6, '전누니 내려'), (4.0, 4.5, '가자')]
    """
    said = _Syllables([word for line in lines for word in line.split()])
    owners = np.repeat(np.arange(len(lines)), [len(line.split()) for line in lines])  # of the script's words
    for n, line in enumerate(lines):
        if not any(said.counts[owners == n]):
            raise HallyuError(f"Line {n + 1} of the script, “{line[:30]}”, has no words: take it out.")
    heard = _Syllables([word.text for word in words])
    if lines and not len(heard.text):
        raise HallyuError(
            "No words were heard that the script could be laid on: listen whether anybody speaks."
        )
    times = _times(words, heard)
    pairs = steps(said.text, heard.text)
    close = np.array([distance(said.text[i], heard.text[j]) <= 1 / 3 for i, j in pairs], bool)
    whose = owners[said.owners]
    shared = _share(words, heard, pairs, whose)
    found = []
    for n, line in enumerate(lines):
        mine = np.flatnonzero(whose == n)
        here = [(i - mine[0], j, ok) for (i, j), ok in zip(pairs, close, strict=True) if whose[i] == n]
        understood = sum(ok for *_, ok in here)
        text = " ".join(words[k].text for k in shared.get(n, ()))
        errors = character_error_rate(line, text, by_sound=True)
        if understood < max(1, UNDERSTOOD * len(mine)):
            found.append(Aligned(line, np.nan, np.nan, text, errors, False))
            continue
        spans = _spans(len(mine), [(k, *times[j]) for k, j, ok in here if ok])
        ok = np.zeros(len(mine))
        ok[[k for k, _, fine in here if fine]] = 1
        counts = said.counts[owners == n]
        found.append(_timed(Aligned(line, 0.0, 0.0, text, errors), counts, spans, ok))
    return _placed(_ordered(found, speech), speech, said, owners)


def steps(said: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Which syllable of *said* stands over which of *heard* in the cheapest alignment, in order; others have no partner.

    >>> steps("첫눈이내려", "저누니려")
    [(0, 0), (1, 1), (2, 2), (4, 3)]
    """
    rows, columns = len(said), len(heard)
    if rows * columns > MOST:
        raise HallyuError(
            f"The script has {rows} syllables and the film {columns}: align it in parts, reel by reel."
        )
    one, two = _codes(said), _codes(heard)
    place = np.arange(columns + 1) * GAP
    above, came = place.copy(), np.full((rows + 1, columns + 1), _ADDED, np.uint8)
    came[1:, 0] = _LEFT_OUT
    for i in range(1, rows + 1):
        price = (two != one[i - 1]).sum(1) / 3
        diagonal, left_out = np.append(np.inf, above[:-1] + price), above + GAP
        best = np.minimum(diagonal, left_out)
        # A gap from the left costs the same at every step, so the best way to a cell is a running minimum.
        above = np.minimum.accumulate(best - place) + place
        came[i] = np.where(above < best - 1e-9, _ADDED, np.where(diagonal <= left_out, _SAME, _LEFT_OUT))
    pairs, i, j = [], rows, columns
    while i and j:
        way = came[i, j]
        if way == _SAME:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        else:
            i, j = i - int(way == _LEFT_OUT), j - int(way == _ADDED)
    return pairs[::-1]


def distance(one: str, other: str) -> float:
    """The share of a syllable's three letters that differ: onset, vowel and coda; other characters are the same or not.

    >>> round(distance("눈", "논"), 2), distance("첫", "A")
    (0.33, 1.0)
    """
    return float((_codes([one]) != _codes([other])).mean())


def _codes(syllables: Sequence[str]) -> np.ndarray:
    """(n, 3) numbers of onset, vowel and coda; for another character, three times its own."""
    return np.array([_code(each) for each in syllables], np.int32).reshape(-1, 3)


@lru_cache(4096)
def _code(character: str) -> tuple[int, int, int]:
    if is_hangul(character):
        return tuple(ord(letter) if letter else 0 for letter in letters(character))
    return (-ord(character),) * 3


class _Syllables:
    """Words as they sound. text: all syllables. counts: how many each word has. owners: the word of each."""

    def __init__(self, words: Sequence[str]):
        sounds = [_sound(word) for word in words]
        self.text = "".join(sounds)
        self.counts = np.array([len(sound) for sound in sounds], int)
        self.owners = np.repeat(np.arange(len(sounds)), self.counts)


@lru_cache(4096)
def _sound(word: str) -> str:
    return as_heard(word)


def _times(words: Sequence[Word], heard: _Syllables) -> np.ndarray:
    """(n, 2) seconds of each syllable that was heard: a word's syllables last equally long."""
    rows = []
    for word, count in zip(words, heard.counts.tolist(), strict=True):
        cuts = np.linspace(word.start, word.stop, count + 1)
        rows.append(np.stack([cuts[:-1], cuts[1:]], 1))
    return np.concatenate(rows) if rows else np.zeros((0, 2))


def _share(words: Sequence[Word], heard: _Syllables, pairs, whose: np.ndarray) -> dict[int, list[int]]:
    """Line -> the words that were heard in it: each word goes to the line that most of its syllables stand under."""
    votes = np.full((len(heard.text),), -1)
    for i, j in pairs:
        votes[j] = whose[i]
    shared: dict[int, list[int]] = {}
    for k in range(len(words)):
        mine = votes[heard.owners == k]
        mine = mine[mine >= 0]
        if len(mine):
            shared.setdefault(int(np.bincount(mine).argmax()), []).append(k)
    return shared


def _spans(count: int, known: Sequence[tuple[int, float, float]]) -> np.ndarray:
    """(count, 2) seconds of each syllable of a line, from those that are *known*: their places, starts and stops.

    Between two that are known, the others lie evenly; before the first and after the last, PACE apart.
    """
    places = [place for k, *_ in known for place in (k, k + 1)]
    seconds = [each for _, *both in known for each in both]
    at = np.arange(count + 1)
    edges = np.interp(at, places, seconds)
    edges += np.minimum(at - places[0], 0) * PACE + np.maximum(at - places[-1], 0) * PACE
    spans = np.stack([edges[:-1], edges[1:]], 1)
    for k, start, stop in known:
        spans[k] = start, stop
    return np.maximum(spans, 0)


def _timed(line: Aligned, counts: np.ndarray, spans: np.ndarray, understood: np.ndarray) -> Aligned:
    """*line* with its times, and those of its words, which have *counts* syllables each."""
    words, place = [], 0
    for text, count in zip(line.text.split(), counts.tolist(), strict=True):
        mine = slice(place, place + count)
        start = spans[place, 0] if place < len(spans) else spans[-1, 1]
        share = float(understood[mine].mean()) if count else 1.0
        words.append(Word(text, float(start), float(spans[mine][-1, 1] if count else start), share))
        place += count
    return replace(line, start=float(spans[0, 0]), stop=float(spans[-1, 1]), words=tuple(words))


def _ordered(lines: list[Aligned], speech: Sequence[tuple[float, float]]) -> list[Aligned]:
    """Lines that were understood, with their ends where speech begins and ends, none before the end of the one before."""
    done: list[Aligned] = []
    known = [line for line in lines if line.found]
    following = {id(line): after.start for line, after in itertools.pairwise(known)}
    last = 0.0
    for line in lines:
        if line.found:
            start = _nearest(line.start, [a for a, _ in speech])
            stop = _nearest(line.stop, [b for _, b in speech])
            start = min(max(start, last), line.stop)
            stop = max(min(stop, max(following.get(id(line), np.inf), line.stop)), start)
            last = stop
            line = _within(line, start, stop)
        done.append(line)
    return done


def _nearest(seconds: float, edges: Sequence[float]) -> float:
    near = min(edges, key=lambda edge: abs(edge - seconds), default=seconds)
    return near if abs(near - seconds) <= NEAR else seconds


def _within(line: Aligned, start: float, stop: float) -> Aligned:
    """*line* from start to stop, with its first word and its last one; none beyond them."""
    words = [
        replace(word, start=min(max(word.start, start), stop), stop=min(max(word.stop, start), stop))
        for word in line.words
    ]
    words[0], words[-1] = replace(words[0], start=start), replace(words[-1], stop=stop)
    return replace(line, start=start, stop=stop, words=tuple(words))


def _placed(
    lines: list[Aligned], speech: Sequence[tuple[float, float]], said: _Syllables, owners: np.ndarray
) -> list[Aligned]:
    """Those that were not understood, too: in the speech between their neighbours, each as long as its syllables ask."""
    done, n = list(lines), 0
    end = max([0.0, *(b for _, b in speech), *(line.stop for line in lines if line.found)])
    while n < len(lines):
        if lines[n].found:
            n += 1
            continue
        after = next((k for k in range(n, len(lines)) if lines[k].found), len(lines))
        low = done[n - 1].stop if n else 0.0
        high = max(low, lines[after].start if after < len(lines) else end)
        free = [(max(a, low), min(b, high)) for a, b in speech if min(b, high) > max(a, low)] or [(low, high)]
        counts = said.counts[np.isin(owners, np.arange(n, after))]
        share = np.append(0.0, np.cumsum(counts)) / counts.sum()
        lengths = np.append(0.0, np.cumsum([b - a for a, b in free]))
        for k in range(n, after):
            mine = np.flatnonzero(owners[np.isin(owners, np.arange(n, after))] == k)
            edges = share[mine[0] : mine[-1] + 2] * lengths[-1]
            words = tuple(
                Word(text, _at(a, free, lengths, False), _at(b, free, lengths, True), 0.0)
                for text, a, b in zip(lines[k].text.split(), edges[:-1], edges[1:], strict=True)
            )
            done[k] = replace(lines[k], start=words[0].start, stop=words[-1].stop, words=words)
        n = after
    return done


def _at(place: float, free: Sequence[tuple[float, float]], lengths: np.ndarray, end: bool) -> float:
    """The second that lies *place* seconds into the passages *free*; at a seam the *end* of one, or the start of the next."""
    k = int(np.searchsorted(lengths, place, side="left" if end else "right")) - 1
    k = min(max(k, 0), len(free) - 1)
    return float(min(free[k][0] + max(place - lengths[k], 0.0), free[k][1]))


def plain_lines(script: str | Sequence[str]) -> list[str]:
    """The lines of a script that have words, without spaces and hyphens around them."""
    given = script.splitlines() if isinstance(script, str) else script
    lines = [" ".join(line.split()).removeprefix("- ") for line in given]
    return [line for line in lines if normalise(line)]
