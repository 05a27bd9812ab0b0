"""A mark in the sound that nobody hears and a program finds: spread-spectrum watermarking, written out.

A noise that only the key can make, 25 dB below the music and of its spectrum, carries a number of 32 bits. It repeats
every four seconds, so a part is enough; MP3, resampling and a change of level leave it. A change of pitch or tempo
removes it: a mark is a notice, not a lock.

Source: Cox, Kilian, Leighton & Shamoon, "Secure spread spectrum watermarking for multimedia" (1997); Kirovski & Malvar,
"Spread-spectrum watermarking of audio signals" (2003).
"""

import hashlib
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import uniform_filter1d

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music.pitch import frames_of

RATE = 16_000
PERIOD = 1 << 16
"""Samples at RATE after which the mark repeats: 4.1 s."""
BITS, CHECK = 32, 12
"""Bits of the payload, and of the sum that tells a right reading from a wrong one."""
LEVEL = -25.0
"""dB of the mark against the music around it, in time and frequency."""
BAND = (300, 7_000)
"""Hertz that carry the mark: what every codec keeps."""
SHORTEST = 4.0
"""Seconds below which a mark cannot be found."""
FOUND = 6.5
"""Standard deviations above chance from which a mark counts as found; see false_alarm."""
_SYNC = 0.3
"""Share of the mark's power that tells where it begins; the rest carries the bits."""
_WINDOW, _HOP = 512, 256
_FINE = 4
"""Offsets tried for each sample: a cut seldom falls on a sample of RATE."""


@dataclass(frozen=True)
class Mark:
    """What was found. payload: the number, or None when a mark is there but its bits are not certain.

    score: standard deviations above chance. start: seconds from the recording's start at which a period begins.
    """

    payload: int | None
    score: float
    start: float


@lru_cache(maxsize=4)
def codes(key: str) -> tuple[np.ndarray, np.ndarray]:
    """The key's noises of +1 and -1: one for timing (PERIOD,), and one for each bit (BITS + CHECK, PERIOD), int8."""
    seed = int.from_bytes(hashlib.sha256(key.encode()).digest(), "big")
    signs = (
        np.random.Generator(np.random.PCG64(seed)).integers(0, 2, (1 + BITS + CHECK, PERIOD), np.int8) * 2 - 1
    )
    return signs[0], signs[1:]


def message(payload: int) -> np.ndarray:
    """The payload and its check sum as +1 and -1 (BITS + CHECK,), highest bit first.

    >>> message(1)[:BITS].tolist().count(-1)
    31
    """
    check = zlib.crc32(payload.to_bytes(BITS // 8)) >> (32 - CHECK)
    word = payload << CHECK | check
    return np.array([1 if word >> i & 1 else -1 for i in reversed(range(BITS + CHECK))], np.int8)


def _frames(samples: np.ndarray) -> np.ndarray:
    """Spectra (frames, bins) under a square-root Hann window; _join is the way back."""
    padded = np.pad(samples.astype(np.float32), (_WINDOW, _WINDOW + -len(samples) % _HOP))
    parts = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    return np.fft.rfft(parts * _window(), axis=1)


def _join(spectra: np.ndarray, length: int) -> np.ndarray:
    parts = np.fft.irfft(spectra, axis=1) * _window()
    out = np.zeros((len(parts) - 1) * _HOP + _WINDOW, np.float32)
    for i in range(_WINDOW // _HOP):  # the even frames side by side, then the odd
        turn = parts[i :: _WINDOW // _HOP]
        out[i * _HOP : i * _HOP + turn.size] += turn.ravel()
    return out[_WINDOW : _WINDOW + length]


def _window() -> np.ndarray:
    return np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)


def _surroundings(spectra: np.ndarray) -> np.ndarray:
    """The magnitude of the music around each point: the mean power within some 200 Hz, which masks as one."""
    return np.sqrt(uniform_filter1d(np.abs(spectra) ** 2, 7, axis=1, mode="nearest"))


def _band() -> np.ndarray:
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    return (hertz >= BAND[0]) & (hertz <= BAND[1])


def embed(samples: np.ndarray, rate: int, payload: int, key: str, level: float = LEVEL) -> np.ndarray:
    """*samples* with *payload* (0 to 2^32 - 1) hidden in them: float32 of the same shape.

    key: who knows it can find the mark, and remove it. level: dB of the mark against the music around it.
    Silence stays silent. Raises HallyuError for less than SHORTEST seconds and for a payload out of range.
    """
    samples = audio.check(samples, rate)
    if not 0 <= payload < 1 << BITS:
        raise HallyuError(f"A watermark carries a whole number from 0 to {(1 << BITS) - 1}, not {payload}.")
    _require_length(samples, rate)
    if samples.ndim == 2:
        return np.stack([embed(channel, rate, payload, key, level) for channel in samples.T], axis=1)
    music = audio.resample(samples, rate, RATE)
    timing, data = codes(key)
    mark = np.sqrt(_SYNC) * timing + np.sqrt((1 - _SYNC) / len(data)) * (
        message(payload) @ data.astype(np.float32)
    )
    mark = np.resize(mark, len(music))
    # A spectrum of the noise has the root mean square of its window; the music's surroundings replace it.
    spectra = _frames(mark) / np.sqrt(_WINDOW / 2)
    shaped = spectra * _surroundings(_frames(music)) * _band() * 10 ** (level / 20)
    mark = audio.resample(_join(shaped, len(music)).astype(np.float32), RATE, rate)[: len(samples)]
    return samples + np.pad(mark, (0, len(samples) - len(mark)))


def detect(samples: np.ndarray, rate: int, key: str) -> Mark | None:
    """The mark that *key* made in *samples*, or None.

    Works on a part, after MP3, at another rate and level. Raises HallyuError for less than SHORTEST seconds.
    """
    samples = audio.mono(audio.check(samples, rate))
    _require_length(samples, rate)
    folded = _folded(audio.resample(samples, rate, RATE))
    timing, data = codes(key)
    score, offset = _best_offset(folded, timing)
    if score < FOUND:
        return None
    spectrum = np.fft.rfft(folded)
    turned = spectrum * np.exp(2j * np.pi * np.arange(len(spectrum)) * offset / PERIOD)
    sums = data.astype(np.float32) @ np.fft.irfft(turned).astype(np.float32)
    payload = int("".join("1" if value > 0 else "0" for value in sums[:BITS]), 2)
    sure = np.array_equal(message(payload), np.where(sums > 0, 1, -1))
    return Mark(payload if sure else None, score, offset / RATE)


def _best_offset(folded: np.ndarray, timing: np.ndarray) -> tuple[float, float]:
    """How far the best match of *timing* stands above all others, in deviations, and its offset in samples at RATE."""
    # Between the samples too: padding a spectrum with zeros interpolates what it stands for.
    match = np.fft.irfft(np.fft.rfft(folded) * np.conj(np.fft.rfft(timing)), _FINE * PERIOD)
    best = int(match.argmax())
    return float(match[best] / max(match.std(), 1e-30)), best / _FINE


def _folded(music: np.ndarray) -> np.ndarray:
    """The music made flat in time and frequency, and its periods added up (PERIOD,): the mark adds, music does not."""
    spectra = _frames(music)
    power = np.abs(spectra) ** 2
    # Between two harmonics the mark stands almost alone: a point counts by the mark's power there over the music's.
    expected = uniform_filter1d(power, 7, axis=1, mode="nearest")
    noise = uniform_filter1d(power, 3, axis=1, mode="nearest") + 0.03 * expected + 1e-12
    flat = _join(spectra * np.sqrt(expected) / noise * _band(), len(music))
    return np.pad(flat, (0, -len(flat) % PERIOD)).reshape(-1, PERIOD).sum(axis=0)


def false_alarm(score: float = FOUND) -> float:
    """How likely it is that a recording without the mark reaches *score* by chance, over all offsets.

    >>> false_alarm() < 1e-4
    True
    """
    from scipy.stats import norm

    return float(-np.expm1(_FINE * PERIOD * np.log1p(-norm.sf(score))))


@dataclass(frozen=True)
class Audibility:
    """What a change adds to a recording. snr: dB of the recording over what was added.

    noise_to_mask: dB of what was added over what the recording masks, on average; below -10 nobody is likely to hear
    it, above 0 most people do.
    """

    snr: float
    noise_to_mask: float


def audibility(original: np.ndarray, changed: np.ndarray, rate: int) -> Audibility:
    """How audible the difference between two recordings of the same length is.

    A short form of the noise-to-mask ratio of ITU-R BS.1387 (its masking offsets and spreading slopes, a quarter of a
    Bark a band, full scale at 92 dB SPL): a figure to compare settings by, beside a listening test, not a grade.
    Raises HallyuError when the lengths differ or nothing sounds.
    """
    original, changed = (
        audio.mono(audio.check(sound, rate)).astype(np.float64) for sound in (original, changed)
    )
    if len(original) != len(changed):
        raise HallyuError(
            f"The recordings have {len(original)} and {len(changed)} samples: compare equal lengths."
        )
    added = changed - original
    energy = (original**2).sum()
    if not energy:
        raise HallyuError("The original is silent: nothing in it can mask a change.")
    length = 1 << round(np.log2(0.043 * rate))
    hertz = np.fft.rfftfreq(length, 1 / rate)[1:]
    bark = 7 * np.arcsinh(hertz / 650)
    bands = np.minimum((bark * 4).astype(int), 4 * 24 - 1)
    into = np.equal.outer(np.arange(bands.max() + 1), bands).astype(float)
    centre = (np.arange(len(into)) + 0.5) / 4

    def power(sound: np.ndarray) -> np.ndarray:  # (bands, frames), 1 is 0 dB SPL
        frames = frames_of(sound, rate, length, length / 2 / rate) * np.hanning(length)
        return into @ (np.abs(np.fft.rfft(frames)[:, 1:].T) * 4 / length) ** 2 * 10**9.2

    sound, noise = power(original), power(added)
    hears = 650 * np.sinh(centre / 7) / 1000  # kHz
    quiet = 3.64 * hears**-0.8 - 6.5 * np.exp(-0.6 * (hears - 3.3) ** 2) + 1e-3 * hears**4
    loudness = 10 * np.log10(sound + 1e-9)
    slope = np.minimum(-24 - 0.23 / hears[:, None] + 0.2 * loudness, -4)  # dB a Bark, upwards, less when loud
    excited = np.zeros_like(sound)
    for band, (level, rise) in enumerate(zip(sound, slope, strict=True)):
        distance = (centre - centre[band])[:, None]
        excited += level * 10 ** (np.where(distance >= 0, rise * distance, 27 * distance) / 10)
    mask = excited / 10 ** (np.maximum(3, 0.25 * centre)[:, None] / 10) + 10 ** (quiet[:, None] / 10)
    heard = sound.sum(axis=0) > max(sound.sum(axis=0).max() * 1e-6, 1)
    ratio = (noise / mask)[:, heard].mean()
    return Audibility(
        float(10 * np.log10(energy / max((added**2).sum(), 1e-30))), float(10 * np.log10(max(ratio, 1e-12)))
    )


def _require_length(samples: np.ndarray, rate: int) -> None:
    if len(samples) < SHORTEST * rate:
        raise HallyuError(
            f"This recording lasts {len(samples) / rate:.1f} s; a watermark needs {SHORTEST:g} s or more of sound."
        )
