"""Whether sound and picture are together: by mouths and speech, by flashes and beeps, or by another mix of the same film.

An offset is in seconds: positive where the sound is late, negative where it is early.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import signal

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.ott.defects import Defect
from hallyu.ott.pictures import Picture

EARLY, LATE = 0.040, 0.060
"""Seconds by which sound may come before its picture, and after it. Source: EBU R37-2007."""
DRIFT = 0.040
"""Seconds by which the offset may change from the beginning of a film to its end."""
REACH = 1.0
"""Seconds to both sides in which an offset is looked for."""
SPEECH = (300.0, 3400.0)
"""Hz in which a voice carries its words."""
FINE = 1000
"""Values a second of the curve by which two sounds are compared."""
TOGETHER = 0.4
"""The least correlation of mouths with speech, and of two mixes, that an offset is believed from."""
HALF = 0.021
"""Seconds: half a frame at 24 a second."""
_FLASH, _BEEP, _QUIET, _SHORT = 0.25, 20.0, 0.2, 0.2


@dataclass(frozen=True)
class Offset:
    """seconds: by which the sound is late. correlation: at that offset, -1 to 1. at: where in the film, seconds."""

    seconds: float
    correlation: float
    at: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether the two belong together enough for the offset to be believed."""
        return self.correlation >= TOGETHER


def align(seen: np.ndarray, heard: np.ndarray, rate: float, reach: float = REACH) -> Offset:
    """By how much *heard* is late against *seen*: two curves of *rate* values a second that should rise and fall together.

    The correlation is Pearson's, over what overlaps at each shift; a parabola through the best three values gives the
    offset between them. A curve that is flat has correlation 0. Raises HallyuError for less than two seconds.

    >>> bump = np.sin(np.arange(200) / 9) ** 8
    >>> round(align(bump, np.roll(bump, 3), 25).seconds, 2)
    0.12
    """
    count = min(len(seen), len(heard))
    if count < 2 * rate:
        raise HallyuError(f"Sync is measured over at least two seconds; there are {count / rate:.1f} s.")
    seen, heard = np.asarray(seen[:count], float), np.asarray(heard[:count], float)
    most = min(round(reach * rate), count // 3)
    shifts = np.arange(-most, most + 1)
    found = _correlations(seen, heard, most)
    best = int(found.argmax())
    offset = float(shifts[best])
    if 0 < best < len(found) - 1:
        before, here, after = found[best - 1 : best + 2]
        bend = before - 2 * here + after
        offset += 0.5 * (before - after) / bend if bend < 0 else 0.0
    return Offset(float(offset / rate), float(found[best]))


def _correlations(seen: np.ndarray, heard: np.ndarray, most: int) -> np.ndarray:
    """Pearson's correlation at every shift from -most to most, by Fourier transforms and running sums."""
    count = len(seen)
    seen, heard = seen - seen.mean(), heard - heard.mean()
    shifts = np.arange(-most, most + 1)
    products = signal.correlate(heard, seen, mode="full", method="fft")[count - 1 - most : count + most]
    sums = [np.concatenate([[0.0], np.cumsum(each)]) for each in (seen, seen**2, heard, heard**2)]
    # Of seen; heard is shifted by as much.
    first, last = np.maximum(-shifts, 0), count - np.maximum(shifts, 0)
    s, ss = (total[last] - total[first] for total in sums[:2])
    h, hh = (total[last + shifts] - total[first + shifts] for total in sums[2:])
    n = last - first
    spread = (ss - s**2 / n) * (hh - h**2 / n)
    floor = 1e-9 * max(sums[1][-1] * sums[3][-1], 1e-12)
    return np.where(spread > floor, (products - s * h / n) / np.sqrt(np.maximum(spread, floor)), 0.0)


def speech_energy(path: str | Path, rate: float, track: int = 0) -> np.ndarray:
    """How loud words are over time, (n,) at *rate* values a second: from 0, 40 dB under the loud ones, to about 1.

    The dialogue alone is best; music under it blurs the measurement.
    """
    level = levels(path, rate, track, SPEECH)
    loud = np.percentile(level, 95)
    if loud < -80:
        raise HallyuError(
            f"{Path(path).name} is silent where words should be: measure sync against the dialogue."
        )
    return np.clip((level - loud) / 40 + 1, 0, 1.2)


class Levels:
    """The level of sound over time, block by block: *add* each, then ask for the *result*.

    own: the sound's sample rate in hertz. rate: values a second. band: hertz; without it, everything that sounds.
    """

    def __init__(self, own: int, rate: float, band: tuple[float, float] | None = None):
        self.own, self.rate = own, rate
        self._filter = self._state = None
        if band:
            self._filter = signal.butter(2, (band[0], min(band[1], 0.45 * own)), "band", fs=own, output="sos")
            self._state = np.zeros((len(self._filter), 2))
        self._powers: list[np.ndarray] = []
        self._left, self._done = np.zeros(0), 0

    def add(self, block: np.ndarray) -> None:
        """Take *block*, (n, channels), which goes on where the last one ended; its channels are heard together."""
        wave = block.mean(1, dtype=np.float64)
        if self._filter is not None:
            wave, self._state = signal.sosfilt(self._filter, wave, zi=self._state)
        left = np.concatenate([self._left, wave**2])
        begin = round(self._done * self.own / self.rate)
        steps = range(int(len(left) * self.rate / self.own) + 2)
        edges = np.array([round((self._done + n) * self.own / self.rate) - begin for n in steps])
        edges = edges[edges <= len(left)]
        if len(edges) > 1:
            self._powers.append(
                np.add.reduceat(left[: edges[-1]], edges[:-1]) / np.maximum(np.diff(edges), 1)
            )
            left, self._done = left[edges[-1] :], self._done + len(edges) - 1
        self._left = left

    def result(self) -> np.ndarray:
        """(n,) dBFS, -120 for silence."""
        return 10 * np.log10(np.maximum(np.concatenate([*self._powers, np.zeros(0)]), 1e-12))


def levels(
    path: str | Path, rate: float = FINE, track: int = 0, band: tuple[float, float] | None = None
) -> np.ndarray:
    """The level of a file's sound, as *Levels* has it. Raises HallyuError as hallyu.audio.blocks does."""
    tracks = audio.tracks(path)
    if not 0 <= track < len(tracks):
        next(audio.blocks(path, track))  # which says so
    meter = Levels(tracks[track].rate, rate, band)
    for block in audio.blocks(path, track):
        meter.add(block)
    return meter.result()


def mouth_opening(frames: Iterable[np.ndarray]) -> np.ndarray:
    """How far the mouth of the largest face is open in each frame, (frames,), as a share of the face's height.

    frames: (h, w, 3) float32, 0 to 1, as hallyu.video.read gives them. Where no face is seen, the mouth is taken for what it
    was before. Raises HallyuError where not one frame shows a face.
    """
    from hallyu.film import faces

    found: list[float | None] = []
    for frame in frames:
        seen = faces.detect(frame)
        if not seen:
            found.append(found[-1] if found else None)
            continue
        points = seen[0].points
        height = np.linalg.norm(points[10] - points[152])
        found.append(float(np.linalg.norm(points[13] - points[14]) / max(height, 1e-6)))
    first = next((value for value in found if value is not None), None)
    if first is None:
        raise HallyuError(
            "No face is seen in these pictures: choose a passage in which somebody speaks to the camera."
        )
    return np.array([first if value is None else value for value in found])


def beeps(
    path: str | Path, pictures: Iterable[Picture], track: int = 0, reach: float = REACH
) -> list[Offset]:
    """The offset at each flash of the picture that has a beep near it, as test films and countdown leaders have them.

    A flash: the picture brightens by a quarter of white from one frame to the next. A beep: the level rises by 20 dB after a
    fifth of a second that was quieter. Offsets are exact to the frame of the flash.
    """
    times, bright = [], []
    for picture in pictures:
        times.append(picture.seconds)
        bright.append(float(picture.codes.mean()) / 255)
    return pairs(np.array(times), np.array(bright), levels(path, track=track), reach)


def pairs(times: np.ndarray, bright: np.ndarray, level: np.ndarray, reach: float = REACH) -> list[Offset]:
    """As *beeps*, of what was measured: when pictures are shown, how bright each is (0 to 1), and FINE levels a second."""
    lit = np.flatnonzero(np.diff(bright) > _FLASH) + 1
    onsets = _onsets(level) / FINE
    found = []
    for flash in times[lit].tolist():
        near = onsets[np.abs(onsets - flash) <= reach]
        if len(near):
            beep = float(near[np.abs(near - flash).argmin()])
            found.append(Offset(beep - flash, 1.0, flash))
    return found


def leader(times: np.ndarray, bright: np.ndarray, level: np.ndarray) -> list[Offset]:
    """As *pairs*, in a film that may be no test film: none unless it behaves like one.

    A film's light often brightens, and its sounds begin, without a word about sync. So each flash has to be over within
    _SHORT seconds, there are three or more, nearly all have a beep, and the offsets lie on one line within HALF a frame.
    """
    lit = np.flatnonzero(np.diff(bright) > _FLASH) + 1
    after = np.searchsorted(times, times[lit] + _SHORT).clip(max=len(times) - 1) if len(lit) else lit
    short = [n for n, end in zip(lit, after, strict=True) if bright[n : end + 1].min() < bright[n] - _FLASH]
    found = pairs(times, bright, level)
    if len(short) < 3 or len(short) < 0.8 * len(lit) or len(found) < 0.8 * len(lit):
        return []
    at, late = np.array([o.at for o in found]), np.array([o.seconds for o in found])
    slopes = [(late[m] - late[n]) / (at[m] - at[n]) for n in range(len(at)) for m in range(n + 1, len(at))]
    slope = float(np.median(slopes))
    off = late - slope * at
    straight = np.abs(off - np.median(off)) <= HALF
    return found if abs(slope) < 0.1 and straight.mean() >= 0.8 else []


def _onsets(level: np.ndarray) -> np.ndarray:
    """Steps at which *level* has risen by _BEEP over all that was heard in the time _QUIET before."""
    quiet = round(_QUIET * FINE)
    if len(level) <= quiet:
        return np.zeros(0)
    padded = np.concatenate([np.full(quiet, -120.0), level])
    before = np.lib.stride_tricks.sliding_window_view(padded, quiet)[: len(level)].max(1)
    return np.flatnonzero((level > before + _BEEP) & (level > -60))


def mixes(
    path: str | Path, other: str | Path, track: int = 0, other_track: int = 0, reach: float = REACH
) -> Offset:
    """By how much the sound of *path* is late against that of *other*: another mix, a stem or a dub of the same film."""
    one, two = (_shape(levels(name, track=number)) for name, number in ((path, track), (other, other_track)))
    return align(two, one, FINE, reach)


def against(level: np.ndarray, other: np.ndarray, part: float = 15.0, reach: float = REACH) -> list[Offset]:
    """As *mixes*, at one place after another, so that a drift is seen.

    level, other: FINE levels a second, as *Levels* gives them. part: seconds that each offset is measured over.
    """
    one, two = _shape(level), _shape(other)
    count = min(len(one), len(two))
    edges = np.linspace(0, count, max(1, int(count / FINE / part)) + 1).astype(int)
    found = []
    for first, last in pairwise(edges.tolist()):
        if last - first >= 2 * FINE:
            offset = align(two[first:last], one[first:last], FINE, reach)
            found.append(Offset(offset.seconds, offset.correlation, (first + last) / 2 / FINE))
    return found


def _shape(level: np.ndarray) -> np.ndarray:
    """The level's ups and downs, smoothed over 20 ms, and cut 25 dB under the loud passages, where other sounds lie."""
    smooth = np.convolve(level, np.hanning(23)[1:-1] / 11, mode="same") if len(level) else level
    return np.maximum(smooth, np.percentile(smooth, 95) - 25) if len(level) else level


def check(offsets: Sequence[Offset]) -> list[Defect]:
    """What offsets from different places of a film say: codes "sync" and "sync-drift". Those that are not sure do not count."""
    sure = sorted((offset for offset in offsets if offset.sure), key=lambda offset: offset.at)
    if not sure:
        return []
    found, start, end = [], sure[0].at, sure[-1].at
    values, places = np.array([o.seconds for o in sure]), np.array([o.at for o in sure])
    drift = 0.0
    if len(sure) >= 3 and end > start:
        slopes = [
            (b.seconds - a.seconds) / (b.at - a.at)
            for n, a in enumerate(sure)
            for b in sure[n + 1 :]
            if b.at > a.at
        ]
        drift = float(np.median(slopes)) * (end - start)
    if abs(drift) > DRIFT:
        says = (
            f"The sound drifts by {drift * 1000:+.0f} ms from {start:.0f} s to {end:.0f} s: "
            "it was made for another frame rate."
        )
        return [Defect("sync-drift", start, end, says)]
    middle = float(np.median(values))
    if not -EARLY <= middle <= LATE:
        way = "late" if middle > 0 else "early"
        says = f"The sound is {abs(middle) * 1000:.0f} ms {way}: move it by as much."
        found.append(Defect("sync", float(places.min()), float(places.max()), says))
    return found
