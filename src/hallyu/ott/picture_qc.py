"""What is wrong with the pictures of a finished film: black, frozen and repeated ones, a wrong cadence, bars, an uneven clock.

Each picture leaves a few numbers behind; what they mean together is found at the end, so a film of any length passes.
Codes: black, black-frames, frozen, repeated, cadence, letterbox, pillarbox, windowbox, variable-rate.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from hallyu.errors import HallyuError
from hallyu.ott.defects import Defect, runs
from hallyu.ott.pictures import Picture

DARK, NEARLY_ALL = 0.10, 0.98
"""A pixel is black up to this luma, 0 to 1; a picture is where nearly all of its pixels are (as ffmpeg's blackdetect)."""
LONG_BLACK, HOLE = 2.0, 0.25
"""Seconds from which black is told, and up to which it is a hole between two pictures; between them lie the fades."""
STILL = 3.0
"""Code values of 255: two pictures in which no block differs by more on average are one and the same, coded twice."""
MOVES = 6.0
"""Code values by which some block differs while something moves."""
FROZEN = 1.0
"""Seconds from which a picture that does not move is frozen; up to it, the frames of a moving shot are missing."""
LASTS, TURNS, LONGEST = 2.0, 3, 30
"""A cadence goes on for so many seconds and comes again so many times; its longest has so many pictures (24 in 25)."""
FEW = 0.3
"""Share of repeated pictures within a second before and after, up to which one stands out; more is how the film is drawn."""
BAR, BRIGHT = 0.02, 0.06
"""The least share of the picture that a bar takes, and the mean luma of a line that a bar never has."""
UNEVEN = 0.4
"""Share by which a picture may be shown longer or shorter than others: clocks that count milliseconds are within it."""
_BLOCK = 8


class Detector:
    """Takes pictures one at a time: *add* each, then ask for the *result*."""

    def __init__(self):
        self._times: list[float] = []
        self._black: list[bool] = []
        self._luma: list[float] = []
        self._change: list[float] = []
        self._creeps: list[bool] = []
        self._before = self._held = self._rows = self._columns = None

    def add(self, picture: Picture) -> None:
        """Take the next picture. Raises HallyuError where its size is another one."""
        import cv2

        luma = cv2.transform(picture.codes, np.float32([[0.2126, 0.7152, 0.0722]]))
        if self._before is not None and luma.shape != self._before.shape:
            raise HallyuError(
                f"At {picture.seconds:.2f} s the picture changes its size: deliver a film of one size."
            )
        black = float((luma <= DARK * 255).mean()) >= NEARLY_ALL
        self._change.append(_change(picture.codes, self._codes) if self._before is not None else 255.0)
        self._creeps.append(self._change[-1] <= STILL and _change(picture.codes, self._held) > STILL)
        if self._change[-1] > STILL or self._creeps[-1]:
            self._held = picture.codes
        self._times.append(picture.seconds)
        self._black.append(black)
        self._luma.append(float(luma.mean()) / 255)
        if not black:
            rows, columns = luma.mean(1) / 255, luma.mean(0) / 255
            self._rows = rows if self._rows is None else np.maximum(self._rows, rows)
            self._columns = columns if self._columns is None else np.maximum(self._columns, columns)
        self._before, self._codes = luma, picture.codes

    def result(self) -> list[Defect]:
        """Everything that was found, in order of time."""
        if not self._times:
            return []
        times = np.array(self._times)
        length = _length(np.diff(times))
        ends = np.append(times[1:], times[-1] + length)
        black, still = np.array(self._black), np.array(self._change) <= STILL
        still = _standing(still, np.array(self._creeps), FROZEN / length)
        moves = np.array(self._change) >= MOVES
        found = [
            *_black(black, np.array(self._luma), times, ends),
            *_held(still & ~black, moves, times, ends, length),
            *_bars(self._rows, self._columns, float(ends[-1])),
            *_uneven(times, length),
        ]
        return sorted(found, key=lambda defect: defect.start)


def check(pictures: Iterable[Picture]) -> list[Defect]:
    """What is wrong with a film's pictures."""
    detector = Detector()
    for picture in pictures:
        detector.add(picture)
    return detector.result()


def _length(steps: np.ndarray) -> float:
    """Seconds that a picture is shown: the mean, which no clock rounds, of those that are shown about equally long."""
    if not len(steps):
        return 0.04
    usual = float(np.median(steps))
    return float(steps[np.abs(steps - usual) <= UNEVEN * usual].mean())


def _change(codes: np.ndarray, before: np.ndarray) -> float:
    """The most that any block of 8 x 8 pixels differs by, on average over its pixels and channels."""
    import cv2

    differ = cv2.absdiff(codes, before).reshape(len(codes), -1)
    height, width = differ.shape
    small = (max(1, width // (3 * _BLOCK)), max(1, height // _BLOCK))
    return float(cv2.resize(differ.astype(np.float32), small, interpolation=cv2.INTER_AREA).max())


def _standing(still: np.ndarray, creeps: np.ndarray, long: float) -> np.ndarray:
    """*still* without slow moves, in which each picture is nearly the one before and soon far from where they began.

    creeps: where a picture has come away from the one that all since were like. Between two such places a picture stands still
    only if it does so for *long* pictures.
    """
    standing = still.copy()
    for first, last in _runs(still):
        places = (np.flatnonzero(creeps[first:last]) + first).tolist()
        for begin, end in pairwise([first, *places, last]) if places else ():
            standing[begin : end if end - begin < long else begin + 1] = False
    return standing


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """(first, last + 1) of each run of True."""
    return list(zip(*(ends.tolist() for ends in runs(flags)), strict=True))


def _black(black: np.ndarray, luma: np.ndarray, times: np.ndarray, ends: np.ndarray) -> list[Defect]:
    found = []
    for first, last in _runs(black):
        start, end = float(times[first]), float(ends[last - 1])
        inside = first > 0 and last < len(black)
        if inside and end - start <= HOLE and min(luma[first - 1], luma[last]) > 1.5 * DARK:
            says = f"{last - first} black picture(s) lie between two shots: close the gap in the edit."
            found.append(Defect("black-frames", start, end, says))
        elif end - start >= LONG_BLACK:
            says = f"The picture is black for {end - start:.1f} s: check that nothing is missing."
            found.append(Defect("black", start, end, says, False))
    return found


def _held(
    still: np.ndarray, moves: np.ndarray, times: np.ndarray, ends: np.ndarray, length: float
) -> list[Defect]:
    """Frozen pictures, cadences and single repeats, each told once."""
    found, done = [], np.zeros(len(still), bool)
    for first, last in _runs(still):
        start, end = float(times[first - 1] if first else times[0]), float(ends[last - 1])
        if end - start >= FROZEN:
            says = f"The picture stands still for {end - start:.1f} s: check that it is meant."
            found.append(Defect("frozen", start, end, says))
            done[first - 1 if first else 0 : last] = True
    for first, last, holds in _cadences(still & ~done, length):
        done[first:last] = True
        found.append(_cadence(holds, float(times[first]), float(ends[last - 1]), length))
    around = max(1, round(1 / length))
    for first, last in _runs(still & ~done):
        near = np.r_[max(0, first - around) : first, last : min(last + around, len(still))]
        if first and last < len(still) and still[near].mean() <= FEW and moves[near].mean() > 0.5:
            says = f"A picture is shown {last - first + 1} times while everything moves: a frame was lost, render it again."
            found.append(Defect("repeated", float(times[first]), float(ends[last - 1]), says))
    return found


def _cadences(still: np.ndarray, length: float) -> list[tuple[int, int, tuple[int, ...]]]:
    """Passages (first, last + 1, pattern) in which pictures are held by a pattern that comes again and again."""
    begins = np.flatnonzero(~still)
    holds = np.diff(np.append(begins, len(still)))
    taken, found = np.zeros(len(holds), bool), []
    for period in range(1, LONGEST + 1):
        if len(holds) <= period:
            break
        same = np.zeros(len(holds), bool)
        same[period:] = (holds[period:] == holds[:-period]) & ~taken[period:] & ~taken[:-period]
        for first, last in _runs(same):
            first -= period
            pattern = tuple(holds[first : first + period].tolist())
            if max(pattern) == 1 or last - first < TURNS * period:
                continue
            begin, end = int(begins[first]), int(begins[last - 1] + holds[last - 1])
            if (end - begin) * length < LASTS:
                continue
            taken[first:last] = True
            if found and found[-1][2] == pattern and begin - found[-1][1] <= LASTS / length:
                found[-1] = (found[-1][0], end, pattern)
            else:
                found.append((begin, end, pattern))
    return found


def _cadence(holds: tuple[int, ...], start: float, end: float, length: float) -> Defect:
    shown = 1 / length
    real = shown * len(holds) / sum(holds)
    if len(set(holds)) == 1:
        says = (
            f"Every picture is shown {holds[0]} times: {real:.3g} pictures a second in a film of {shown:.3g}."
        )
        return Defect("cadence", start, end, says, False)
    how = ":".join(map(str, holds)) if len(holds) <= 6 else f"one of {len(holds)} twice"
    says = (
        f"Pictures are repeated in a pattern ({how}): {real:.3g} pictures a second were put into {shown:.3g}; "
        "deliver the film at the rate at which it was shot."
    )
    return Defect("cadence", start, end, says)


def _bars(rows: np.ndarray | None, columns: np.ndarray | None, end: float) -> list[Defect]:
    """Bars that are black in every picture, on two opposite sides."""
    if rows is None or rows.max() < 2 * BRIGHT:
        return []
    (top, bottom), (left, right) = _edges(rows), _edges(columns)
    flat, tall = min(top, bottom) >= BAR, min(left, right) >= BAR
    if not (flat or tall):
        return []
    code = "windowbox" if flat and tall else "letterbox" if flat else "pillarbox"
    shape = (1 - left - right) * len(columns) / ((1 - top - bottom) * len(rows))
    says = (
        f"The picture has black bars: {top:.0%} at the top, {bottom:.0%} at the bottom, {left:.0%} and {right:.0%} at the "
        f"sides; what is seen is about {shape:.2f}:1."
    )
    return [Defect(code, 0.0, end, says, code == "windowbox")]


def _edges(lines: np.ndarray) -> tuple[float, float]:
    """The shares of the lines before and after those that are ever bright."""
    bright = np.flatnonzero(lines > BRIGHT)
    return float(bright[0] / len(lines)), float(1 - (bright[-1] + 1) / len(lines))


def _uneven(times: np.ndarray, length: float) -> list[Defect]:
    """One finding where pictures are not shown equally long."""
    steps = np.diff(times)
    odd = np.flatnonzero(np.abs(steps - length) > UNEVEN * length)
    if not len(odd):
        return []
    says = (
        f"{len(odd)} picture(s) are shown for another time than the others ({steps.min() * 1000:.0f} to "
        f"{steps.max() * 1000:.0f} ms): convert the film to a constant frame rate."
    )
    return [Defect("variable-rate", float(times[odd[0]]), float(times[odd[-1] + 1]), says)]
