"""Every measure has its known value on a known difference, moves with the defect it names, and not with others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import metrics_voice as metrics
from hallyu.music.pitch import Pitch

RATE = 24_000


def curve(*hertz, hop=0.01):
    return Pitch(np.array(hertz, np.float32), np.ones(len(hertz), np.float32), hop)


def test_pitch_errors_of_a_known_curve():
    truth = curve(100, 200, 300, 400, 0, 0)
    estimate = curve(100, 400, 300, 0, 0, 150)
    assert metrics.gross_pitch_error(estimate, truth) == pytest.approx(1 / 3)
    assert metrics.f0_rmse(estimate, truth) == pytest.approx(1200 / np.sqrt(3))
    assert metrics.voicing_error(estimate, truth) == pytest.approx(2 / 6)


@given(st.floats(-190, 190))
def test_a_constant_detuning_is_its_own_rmse(off):
    truth = curve(*np.linspace(150, 500, 40))
    estimate = Pitch(truth.hertz.astype(float) * 2 ** (off / 1200), truth.strength)
    assert metrics.f0_rmse(estimate, truth) == pytest.approx(abs(off), abs=1e-2)
    assert metrics.gross_pitch_error(estimate, truth) == 0


def test_curves_that_cannot_be_compared_are_refused():
    with pytest.raises(HallyuError, match="no frame in which both"):
        metrics.f0_rmse(curve(0, 100), curve(100, 0))
    with pytest.raises(HallyuError, match="hops"):
        metrics.voicing_error(curve(1, 2), curve(1, 2, hop=0.005))


def test_octave_jumps_are_found_with_place_and_direction():
    truth = np.full(100, 220.0)
    heard = truth * 2 ** (0.3 / 12)  # a little sharp is no jump
    heard[20:30] *= 2
    heard[50:54] /= 2
    heard[70:72] *= 2  # 20 ms, below the shortest
    heard[80:90] *= 1.5  # a fifth is wrong, but no octave
    heard[95:] *= 4
    found = metrics.octave_jumps(curve(*heard), curve(*truth))
    assert [(round(j.start, 3), round(j.end, 3), j.octaves) for j in found] == [
        (0.2, 0.3, 1), (0.5, 0.54, -1), (0.95, 1.0, 2),
    ]  # fmt: skip
    heard[20:30] = 0  # a pause is none either
    assert len(metrics.octave_jumps(curve(*heard), curve(*truth))) == 2


def test_the_cepstrum_of_a_known_spectrum():
    # ln|H| = c_m cos(m w) on the mel axis, for m = 3: exactly one coefficient.
    hertz = np.linspace(0, RATE / 2, 2_049)
    w = np.pi * np.log10(1 + hertz / 700) / np.log10(1 + metrics.TOP / 700)
    found = metrics.mel_cepstrum(np.exp(2 * 0.4 * np.cos(3 * w))[None], RATE)[0]
    assert found[2] == pytest.approx(0.4, abs=1e-3)
    assert np.abs(np.delete(found, 2)).max() < 2e-3


def test_distortion_is_the_difference_of_the_spectra_in_db(sing_vowel):
    voice = sing_vowel(np.full(RATE, 220.0), breath=0.05)
    assert metrics.mel_cepstral_distortion(voice, voice, RATE) == 0
    assert metrics.mel_cepstral_distortion(0.1 * voice, voice, RATE) < 0.3  # loudness does not count
    # An echo of one sample is a filter |1 + a e^-jw|, whose deviation in dB over the mel axis is known.
    filtered = voice.copy()
    filtered[1:] += 0.9 * voice[:-1]
    mels = (np.arange(1_000) + 0.5) / 1_000 * np.log10(1 + metrics.TOP / 700)
    w = 2 * np.pi * 700 * (10**mels - 1) / RATE
    decibels = 20 * np.log10(np.abs(1 + 0.9 * np.exp(-1j * w)))
    assert metrics.mel_cepstral_distortion(filtered, voice, RATE) == pytest.approx(decibels.std(), rel=0.15)


def test_another_vowel_is_far_and_warping_forgives_time_but_not_timbre(sing_vowel):
    def word(first, second, at):
        return np.concatenate([sing_vowel(np.full(at, 220.0), vowel=first, breath=0.05),
                               sing_vowel(np.full(RATE - at, 220.0), vowel=second, breath=0.05)])  # fmt: skip

    early, late, other = word("ㅏ", "ㅣ", 6_000), word("ㅏ", "ㅣ", 16_000), word("ㅏ", "ㅜ", 6_000)
    assert metrics.mel_cepstral_distortion(late, early, RATE) > 4
    assert metrics.mel_cepstral_distortion(late, early, RATE, warp=True) < 1.5
    assert metrics.mel_cepstral_distortion(other, early, RATE, warp=True) > 4


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1_000))
def test_the_warp_is_the_cheapest_path(n, m, seed):
    cost = np.random.default_rng(seed).integers(0, 9, (n, m)).astype(float)
    rows, columns = metrics.warp_path(cost)
    assert (rows[0], columns[0], rows[-1], columns[-1]) == (0, 0, n - 1, m - 1)
    moves = set(zip(np.diff(rows).tolist(), np.diff(columns).tolist(), strict=True))
    assert moves <= {(0, 1), (1, 0), (1, 1)}
    best = {}
    for i in range(n):
        for j in range(m):
            before = [best[p] for p in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if p in best]
            best[i, j] = cost[i, j] + min(before, default=0)
    assert cost[rows, columns].sum() == best[n - 1, m - 1]


def test_recordings_that_cannot_be_compared_are_refused(sing_vowel):
    voice = sing_vowel(np.full(RATE, 220.0))
    for changed, rate, warp, said in [
        (voice[:12_000], RATE, False, "warp=True"),
        (voice, 8_000, False, "16000 Hz or more"),
        (np.zeros(RATE), RATE, False, "silent"),
        (np.zeros(61 * RATE), RATE, True, "At most 60 s"),
    ]:
        with pytest.raises(HallyuError, match=said):
            metrics.mel_cepstral_distortion(changed, voice, rate, warp)


@pytest.fixture
def sa(sing_vowel, hiss):
    """사: a hiss of 0.12 s and a vowel; takes what is done to the hiss."""
    vowel = sing_vowel(np.full(12_000, 220.0))
    return lambda change=lambda noise: noise: np.concatenate(
        [change(hiss(0.12)), vowel, change(hiss(0.12, seed=9))]
    )


def test_a_natural_hiss_is_found_and_is_not_metallic(sa):
    found = metrics.sibilants(sa(), RATE)
    assert found.seconds == pytest.approx(0.24, abs=0.06) and found.metallic < 0.35


def test_a_louder_hiss_is_harsher_by_as_many_db(sa):
    plain, loud = metrics.sibilants(sa(), RATE), metrics.sibilants(sa(lambda noise: 4 * noise), RATE)
    assert loud.level - plain.level == pytest.approx(12.04, abs=1)
    assert loud.metallic == pytest.approx(plain.metallic, abs=0.05)


def test_a_buzzing_or_ringing_hiss_is_metallic(sa):
    time = np.arange(round(0.12 * RATE)) / RATE
    buzz = sum(0.01 * np.sin(2 * np.pi * 300 * k * time + k * k) for k in range(13, 33))
    ring = 0.05 * np.sin(2 * np.pi * 6_100 * time)
    for metal in (buzz, ring, buzz + 0.01 * np.random.default_rng(0).standard_normal(len(time))):
        assert metrics.sibilants(sa(lambda noise, metal=metal: metal), RATE).metallic > 0.6


def test_without_a_hiss_or_a_vowel_or_high_frequencies_there_is_nothing_to_measure(sing_vowel, hiss, sa):
    with pytest.raises(HallyuError, match="no hiss"):
        metrics.sibilants(sing_vowel(np.full(12_000, 220.0)), RATE)
    with pytest.raises(HallyuError, match="no vowel"):
        metrics.sibilants(hiss(0.5), RATE)
    with pytest.raises(HallyuError, match="8000 Hz"):
        metrics.sibilants(sa(), 8_000)
