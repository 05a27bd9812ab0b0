"""How far one voice is from another: pitch, voicing, timbre, and the failings that listeners name first.

No number here stands for a listener: report them together, beside a blind test. Pitch curves are compared frame by
frame and need the same hop; the longer one is cut.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.fft import dct
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.distance import cdist

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import vocoder
from hallyu.music.pitch import Pitch, cents, frames_of

GROSS = 0.2
"""A frame whose pitch is off by more than this share of the true one is a gross error (Rabiner et al., 1976)."""
ORDER = 24
"""Mel-cepstral coefficients compared, without the one of loudness."""
TOP = 8_000
"""Hertz up to which timbre is compared, so that sounds of 16 kHz and more give the same figure."""
LONGEST_WARP = 60
"""Seconds; the table of all pairs of frames grows with the square."""
SIBILANT = (3_500, 10_000)
"""Hertz between which ㅅ, ㅆ, ㅈ and ㅊ have their hiss."""
_MELS = 128
# Of a frame's power: what lies 70 dB below its loudest part is masked, and differs by the recording's noise alone.
_FLOOR = 1e-7


@dataclass(frozen=True)
class OctaveJump:
    """A stretch where the pitch is whole octaves off. start, end: seconds. octaves: 1 is an octave too high."""

    start: float
    end: float
    octaves: int


@dataclass(frozen=True)
class Sibilants:
    """What the hisses of a recording are like.

    seconds: how much hiss there is. level: dB of the hiss against the vowels' whole sound; what a de-esser turns down.
    metallic: 0 to 1, how periodic the hiss is: breath noise has about 0.2, a vocoder's buzz or ringing far more.
    """

    seconds: float
    level: float
    metallic: float


def _both(estimate: Pitch, reference: Pitch) -> tuple[np.ndarray, np.ndarray]:
    if abs(estimate.hop - reference.hop) > 1e-9:
        raise HallyuError(
            f"These curves have hops of {estimate.hop} and {reference.hop} s: estimate both with one hop."
        )
    count = min(len(estimate.hertz), len(reference.hertz))
    return estimate.hertz[:count], reference.hertz[:count]


def _voiced_in_both(estimate: Pitch, reference: Pitch) -> tuple[np.ndarray, np.ndarray]:
    ours, theirs = _both(estimate, reference)
    both = (ours > 0) & (theirs > 0)
    if not both.any():
        raise HallyuError("The two curves have no frame in which both are voiced: nothing can be compared.")
    return ours[both], theirs[both]


def gross_pitch_error(estimate: Pitch, reference: Pitch) -> float:
    """The share 0..1 of frames, voiced in both, whose pitch is more than GROSS off.

    >>> gross_pitch_error(Pitch(np.array([200, 410]), np.ones(2)), Pitch(np.array([201, 200]), np.ones(2)))
    0.5
    """
    ours, theirs = _voiced_in_both(estimate, reference)
    return float(np.mean(np.abs(ours / theirs - 1) > GROSS))


def f0_rmse(estimate: Pitch, reference: Pitch) -> float:
    """Root mean square of the pitch error in cents, over frames voiced in both.

    >>> round(f0_rmse(Pitch(np.array([440.0, 0]), np.ones(2)), Pitch(np.array([466.16, 440]), np.ones(2))))
    100
    """
    return float(np.sqrt(np.mean(cents(*_voiced_in_both(estimate, reference)) ** 2)))


def voicing_error(estimate: Pitch, reference: Pitch) -> float:
    """The share 0..1 of frames that are voiced in one curve and not in the other.

    >>> voicing_error(Pitch(np.array([200, 0]), np.ones(2)), Pitch(np.array([201, 200]), np.ones(2)))
    0.5
    """
    ours, theirs = _both(estimate, reference)
    return float(np.mean((ours > 0) != (theirs > 0)))


def octave_jumps(estimate: Pitch, reference: Pitch, shortest: float = 0.03) -> list[OctaveJump]:
    """Stretches of at least *shortest* seconds where *estimate* lies within 2 semitones of 1 or 2 octaves off.

    reference: the melody that was asked for, or another estimator's curve.
    """
    ours, theirs = _both(estimate, reference)
    both = (ours > 0) & (theirs > 0)
    off = np.where(both, cents(np.where(both, ours, 1), np.where(both, theirs, 1)) / 1200, 0)
    octaves = np.where(np.abs(off - np.round(off)) < 2 / 12, np.round(off), 0).astype(int)
    octaves[np.abs(octaves) > 2] = 0
    edges = np.flatnonzero(np.diff(octaves, prepend=0, append=0))
    return [
        OctaveJump(float(a * estimate.hop), float(b * estimate.hop), int(octaves[a]))
        for a, b in pairwise(edges)
        if octaves[a] and (b - a) * estimate.hop >= shortest - 1e-9
    ]


def mel_cepstrum(envelope: np.ndarray, rate: int) -> np.ndarray:
    """Power spectra (frames, bins) of 0..rate/2 -> mel-cepstra c_1..c_ORDER (frames, ORDER).

    ln|H| on the mel axis up to TOP is c_0 + sum of c_m cos(m w), so sqrt(sum of c^2 / 2) is its deviation in nepers.
    """
    hertz = np.linspace(0, rate / 2, envelope.shape[1])
    mels = (np.arange(_MELS) + 0.5) / _MELS * 2595 * np.log10(1 + TOP / 700)
    points = 700 * (10 ** (mels / 2595) - 1)
    log = 0.5 * np.log(np.maximum(envelope, envelope.max(axis=1, keepdims=True) * _FLOOR))
    warped = np.array([np.interp(points, hertz, row) for row in log])
    return dct(warped, axis=1)[:, 1 : ORDER + 1] / _MELS


def warp_path(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Dynamic time warping: the cheapest way through *cost* (n, m) from corner to corner, as indices (rows, columns).

    >>> [path.tolist() for path in warp_path(np.array([[0, 1, 1], [1, 0, 0.0]]))]
    [[0, 1, 1], [0, 1, 2]]
    """
    n, m = cost.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0
    for diagonal in range(2, n + m + 1):  # all cells of one anti-diagonal at once
        i = np.arange(max(1, diagonal - m), min(n, diagonal - 1) + 1)
        j = diagonal - i
        before = np.minimum(np.minimum(total[i - 1, j], total[i, j - 1]), total[i - 1, j - 1])
        total[i, j] = cost[i - 1, j - 1] + before
    i, j, path = n, m, []
    while i and j:
        path.append((i - 1, j - 1))
        steps = {
            (i - 1, j - 1): total[i - 1, j - 1],
            (i - 1, j): total[i - 1, j],
            (i, j - 1): total[i, j - 1],
        }
        i, j = min(steps, key=steps.get)
    rows, columns = zip(*reversed(path), strict=True)
    return np.array(rows), np.array(columns)


def mel_cepstral_distortion(
    samples: np.ndarray, reference: np.ndarray, rate: int, warp: bool = False
) -> float:
    """The mean distance of timbre in dB between two recordings of the same words (Kubichek, 1993).

    It is the root mean square difference of the two smoothed spectra on the mel axis up to TOP, without loudness, over
    the frames where both sound. warp: align the two in time first; without it a delay counts as a difference, and
    recordings that differ in length by more than a tenth of a second are refused.
    Raises HallyuError also for rates below 16 kHz, for silence, and for more than LONGEST_WARP seconds to align.
    """
    if rate < 2 * TOP:
        raise HallyuError(
            f"Timbre is compared up to {TOP} Hz, which needs a rate of {2 * TOP} Hz or more, not {rate}."
        )
    seconds = len(samples) / rate, len(reference) / rate
    if not warp and abs(seconds[0] - seconds[1]) > 0.1:
        raise HallyuError(
            f"The recordings last {seconds[0]:.2f} and {seconds[1]:.2f} s: compare them with warp=True."
        )
    if warp and max(seconds) > LONGEST_WARP:
        raise HallyuError(
            f"At most {LONGEST_WARP} s can be aligned, not {max(seconds):.0f}: cut the recording."
        )
    ours, theirs = (_sounding_cepstra(sound, rate) for sound in (samples, reference))
    if warp:
        # Silence is left out before it is aligned: a pause must not be matched with a vowel.
        (a, _), (b, _) = ours, theirs
        rows, columns = warp_path(cdist(a, b))
        difference = a[rows] - b[columns]
    else:
        (a, i), (b, j) = ours, theirs
        _, at, bt = np.intersect1d(i, j, return_indices=True)
        if not len(at):
            raise HallyuError("The two recordings never sound at the same time: compare them with warp=True.")
        difference = a[at] - b[bt]
    return float(np.mean(10 / np.log(10) * np.sqrt(2 * np.sum(difference**2, axis=1))))


def _sounding_cepstra(samples: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Mel-cepstra every 10 ms of the frames within 40 dB of the loudest, and the frames' numbers."""
    envelope = vocoder.analyse(samples, rate).envelope[::2]
    power = envelope.mean(axis=1)
    sounding = np.flatnonzero(power > max(power.max() * 1e-4, 1e-9))
    if not len(sounding):
        raise HallyuError("One of the recordings is silent: there is no timbre to compare.")
    return mel_cepstrum(envelope[sounding], rate), sounding


def sibilants(samples: np.ndarray, rate: int) -> Sibilants:
    """Find the hisses of a voice and measure them: too loud is harsh, and periodic is metallic.

    A frame of 30 ms is a hiss when SIBILANT holds more than twice the power below 2 kHz. Raises HallyuError for
    rates below 16 kHz, which cut the hiss off, and for a recording without a hiss or without a vowel.
    """
    samples = audio.mono(audio.check(samples, rate)).astype(np.float64)
    if rate < 16_000:
        raise HallyuError(
            f"Hisses reach {SIBILANT[1]} Hz; a recording at {rate} Hz has lost them: use 24000 or more."
        )
    high = butter(6, [SIBILANT[0], min(SIBILANT[1], 0.48 * rate)], "bandpass", fs=rate, output="sos")
    low = butter(6, 2_000, "lowpass", fs=rate, output="sos")
    length = round(0.03 * rate)
    samples = np.pad(samples, (0, max(0, length - len(samples))))
    every, hissing, below = (
        frames_of(sound, rate, length, 0.01)
        for sound in (samples, sosfiltfilt(high, samples), sosfiltfilt(low, samples))
    )
    power, hiss, body = ((frames**2).mean(axis=1) for frames in (every, hissing, below))
    floor = max(power.max() * 1e-5, 1e-9)
    sibilant = (hiss > 2 * body) & (power > floor)
    vowel = (body > 2 * hiss) & (power > power.max() * 1e-2)
    if not sibilant.any() or not vowel.any():
        missing = "hiss (ㅅ, ㅆ, ㅈ, ㅊ)" if vowel.any() else "vowel"
        raise HallyuError(f"This recording has no {missing}: measure a line that has both.")
    return Sibilants(
        seconds=float(sibilant.sum() * 0.01),
        level=float(10 * np.log10(np.median(hiss[sibilant]) / np.median(power[vowel]))),
        metallic=float(np.median(_periodicity(hissing[sibilant], rate))),
    )


def _periodicity(frames: np.ndarray, rate: int) -> np.ndarray:
    """The highest autocorrelation (frames,) at lags of 1.5 to 12 ms, each against the energy of the two parts."""
    length = frames.shape[1]
    spectrum = np.fft.rfft(frames, 2 * length)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:, :length]
    energy = np.cumsum(frames**2, axis=1)
    lags = np.arange(round(0.0015 * rate), round(0.012 * rate))
    head = energy[:, length - 1 - lags]
    tail = energy[:, -1:] - energy[:, lags - 1]
    return np.clip((correlation[:, lags] / np.sqrt(head * tail + 1e-20)).max(axis=1), 0, 1)
