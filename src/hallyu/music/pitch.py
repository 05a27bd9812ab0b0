"""Fundamental frequency of a voice: the YIN estimator written out, and the units of pitch.

Source: de Cheveigné & Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA 111 (2002). The
neural estimator of the same interface is hallyu.music.crepe.
"""

from dataclasses import dataclass

import numpy as np

from hallyu import audio
from hallyu.errors import HallyuError

HOP = 0.01
"""Seconds from one frame to the next."""
LOWEST, HIGHEST = 65.0, 1000.0
"""Hertz, C2 to about B5: the range of singers from bass to soprano, and what is searched by default."""
WINDOW = 0.025
"""Seconds over which YIN sums the differences."""
DIP = 0.2
"""The first dip of the normalised difference below this is the period, and a frame without one is unvoiced.

The paper's absolute threshold, there 0.1: on the bundled voices' singing, whose pitch is known, 0.2 halves the gross errors.
"""
_QUIET = 1e-4
"""Root mean square (-80 dBFS) below which a frame is silence, whatever its shape."""
_CHUNK = 1024


@dataclass(frozen=True)
class Pitch:
    """A pitch curve. Frame i is centred on i x hop seconds.

    hertz: float32 (frames,), 0 where there is no pitch. strength: float32 (frames,) in 0..1, how periodic the
    estimator finds the frame. hop: seconds.
    """

    hertz: np.ndarray
    strength: np.ndarray
    hop: float = HOP

    @property
    def voiced(self) -> np.ndarray:
        """Boolean (frames,)."""
        return self.hertz > 0

    @property
    def times(self) -> np.ndarray:
        """Seconds (frames,)."""
        return np.arange(len(self.hertz)) * self.hop

    def at(self, times: np.ndarray) -> np.ndarray:
        """Hertz at *times* (seconds): on a log scale between voiced frames, 0 where the nearest frame is unvoiced.

        >>> Pitch(np.array([200, 400, 0]), np.ones(3), hop=0.01).at(np.array([0.0, 0.005, 0.02])).round(1).tolist()
        [200.0, 282.8, 0.0]
        """
        nearest = np.clip(np.round(times / self.hop).astype(int), 0, len(self.hertz) - 1)
        if not self.voiced.any():
            return np.zeros(len(times))
        curve = np.exp(np.interp(times, self.times[self.voiced], np.log(self.hertz[self.voiced])))
        return np.where(self.voiced[nearest], curve, 0.0)


def hertz_of(midi):
    """MIDI note number(s), fractions allowed -> hertz, equal temperament, A4 = 69 = 440 Hz.

    >>> hertz_of(60).round(2)
    np.float64(261.63)
    """
    return 440.0 * np.exp2((np.asarray(midi, float) - 69) / 12)


def midi_of(hertz):
    """Hertz -> MIDI note number(s) with their fraction.

    >>> midi_of([440, 220]).tolist()
    [69.0, 57.0]
    """
    return 69 + 12 * np.log2(np.asarray(hertz, float) / 440)


def cents(hertz, reference):
    """How far *hertz* lies above *reference*, in cents (hundredths of a semitone).

    >>> float(cents(880, 440))
    1200.0
    """
    return 1200 * np.log2(np.asarray(hertz, float) / np.asarray(reference, float))


def frames_of(
    samples: np.ndarray, rate: int, length: int, hop: float, centre: int | None = None
) -> np.ndarray:
    """A view (frames, length) of mono *samples*, padded with zeros; frame i is centred on i x hop seconds.

    centre: the index within a frame that lies on i x hop; by default its middle.

    There are 1 + floor(duration / hop) frames. Positions are rounded to a sample, so a hop that is no whole number of
    samples does not drift.
    """
    count = 1 + int(len(samples) / rate / hop + 1e-9)
    starts = np.round(np.arange(count) * hop * rate).astype(int)
    padded = np.pad(samples, (length // 2 if centre is None else centre, length))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[starts]


def difference(frames: np.ndarray, window: int, lags: int) -> np.ndarray:
    """YIN's difference function d(lag) = sum over *window* samples of (x[j] - x[j + lag])^2, by FFT.

    frames: (n, window + lags). Returns float64 (n, lags + 1).

    >>> difference(np.array([[1.0, 2, 1, 2, 1, 2]]), window=4, lags=2).round(9).tolist()
    [[0.0, 4.0, 0.0]]
    """
    frames = frames.astype(np.float64)
    size = 1 << int(np.ceil(np.log2(frames.shape[1] + window)))
    head = np.fft.rfft(frames[:, :window], size)
    correlation = np.fft.irfft(np.conj(head) * np.fft.rfft(frames, size), size)[:, : lags + 1]
    energy = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    energy = energy[:, window : window + lags + 1] - energy[:, : lags + 1]
    return np.maximum(energy[:, :1] + energy - 2 * correlation, 0)


def normalised(difference: np.ndarray) -> np.ndarray:
    """The cumulative mean normalised difference: d(lag) over its mean at all shorter lags; 1 at lag 0.

    It starts at 1 and dips at multiples of the period, so the smallest lag does not win as it would in d itself.
    """
    lags = np.arange(1, difference.shape[1])
    total = np.cumsum(difference[:, 1:], axis=1)
    ratio = np.divide(difference[:, 1:] * lags, total, out=np.ones_like(total), where=total > 1e-12)
    return np.pad(ratio, ((0, 0), (1, 0)), constant_values=1)


def first_dip(ratio: np.ndarray, shortest: int) -> np.ndarray:
    """(n, lags) -> the bottom of the first dip below DIP at a lag of at least *shortest*, else the lowest lag (n,)."""
    inside = ratio[:, shortest:]
    below = inside < DIP
    entry = below.argmax(axis=1)
    # From where the curve enters the dip it falls to the bottom; the first rise after the entry ends the fall.
    rising = np.diff(inside, axis=1, append=np.inf) >= 0
    bottom = (rising & (np.arange(inside.shape[1]) >= entry[:, None])).argmax(axis=1)
    return shortest + np.where(below.any(axis=1), bottom, inside.argmin(axis=1))


def parabola(values: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The extremum of the parabola through the three *values* (n, m) around index *at* (n,): its place and height."""
    rows, at = np.arange(len(at)), np.clip(at, 1, values.shape[1] - 2)
    left, middle, right = (values[rows, at + step] for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    shift = np.divide(left - right, 2 * bend, out=np.zeros_like(bend), where=np.abs(bend) > 1e-12).clip(-1, 1)
    return at + shift, middle - 0.25 * (left - right) * shift


def yin(
    samples: np.ndarray, rate: int, hop: float = HOP, lowest: float = LOWEST, highest: float = HIGHEST
) -> Pitch:
    """The pitch curve of one voice by YIN (steps 1 to 5 of the paper; step 6 needs frames closer than a period).

    samples: mono or stereo in -1..1. lowest, highest: hertz searched.
    Raises HallyuError for samples that are no sound, and for a range that YIN cannot search at this rate.
    """
    samples = audio.mono(audio.check(samples, rate))
    if not 20 <= lowest < highest <= rate / 6:
        raise HallyuError(
            f"YIN searches from 20 Hz up to {rate // 6} Hz at {rate} Hz, not {lowest} to {highest}."
        )
    window, lags = round(WINDOW * rate), int(rate / lowest) + 2
    # Centred on the window: on the whole frame, whose tail is mostly longer than the period, curves would come early.
    frames = frames_of(samples, rate, window + lags, hop, window // 2)
    hertz, strength = np.zeros(len(frames), np.float32), np.zeros(len(frames), np.float32)
    for start in range(0, len(frames), _CHUNK):
        part = frames[start : start + _CHUNK]
        squares = difference(part, window, lags)
        ratio = normalised(squares)
        dip = first_dip(ratio, int(rate / highest))
        # The paper interpolates d for the period (d' is skewed by its mean) and d' for the depth of the dip.
        period, _ = parabola(squares, dip)
        _, depth = parabola(ratio, dip)
        periodic = np.clip(1 - depth, 0, 1) * (np.sqrt(np.mean(part**2, axis=1)) > _QUIET)
        sound = (periodic >= 1 - DIP) & (dip < lags)
        strength[start : start + _CHUNK] = periodic
        hertz[start : start + _CHUNK] = np.where(sound, rate / period, 0)
    return Pitch(hertz, strength, hop)
