"""Sounds whose truth is known, for the tests of this folder."""

import numpy as np
import pytest
from scipy.signal import butter, lfilter, sosfilt

FORMANTS = {"ㅏ": (800, 1_300, 2_600), "ㅣ": (300, 2_300, 3_000), "ㅜ": (330, 900, 2_400)}


def sung(hertz, rate=24_000, vowel="ㅏ", breath=0.0):
    """A vowel on a melody. hertz: one value a sample, 0 is silence; breath: noise in it, against the tone."""
    hertz = np.asarray(hertz, float)
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    source = sum(np.sin(k * phase) * (k * hertz < 0.45 * rate) / k for k in range(1, 40))
    source = source + breath * np.random.default_rng(2).standard_normal(len(hertz)) * source.std()
    voice = 0.1 * source
    for formant in FORMANTS[vowel]:
        radius, angle = np.exp(-np.pi * 90 / rate), 2 * np.pi * formant / rate
        voice = voice + lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], source)
    voice = voice * (hertz > 0)
    return (0.3 * voice / max(np.abs(voice).max(), 1e-9)).astype(np.float32)


def hissed(seconds, rate=24_000, seed=4):
    """ㅅ: noise above 4 kHz."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    high = butter(4, 4_000, "highpass", fs=rate, output="sos")
    return (0.05 * sosfilt(high, noise)).astype(np.float32)


@pytest.fixture(scope="session")
def sing_vowel():
    return sung


@pytest.fixture(scope="session")
def hiss():
    return hissed
