"""Both pitch estimators against sounds whose pitch is known; YIN's parts against its equations."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import pitch
from hallyu.music.crepe import best_path, crepe
from hallyu.music.pitch import Pitch, cents, yin

RATE = 16_000
ESTIMATORS = [yin, crepe]


def buzz(hertz, rate=RATE, first=1, tilt=1.0):
    """Harmonics from *first* on, falling as 1 / number^tilt; hertz: one value a sample."""
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    parts = [np.sin(k * phase) * (k * hertz < 0.45 * rate) / k**tilt for k in range(first, 24)]
    sound = np.sum(parts, axis=0)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def steady(hertz, seconds=0.5, rate=RATE, **shape):
    return buzz(np.full(int(seconds * rate), float(hertz)), rate, **shape)


def middle(curve):
    return curve.hertz[8:-8]


@pytest.mark.parametrize(("estimate", "tolerance"), [(yin, 5), (crepe, 15)])
@pytest.mark.parametrize("hertz", [82.4, 130.8, 261.6, 440.0, 784.0])
def test_a_steady_note_is_found(estimate, tolerance, hertz):
    found = middle(estimate(steady(hertz), RATE))
    assert len(found) > 30 and np.abs(cents(found, hertz)).max() < tolerance


@settings(max_examples=25, deadline=None)
@given(st.floats(70, 900), st.sampled_from([16_000, 24_000, 48_000]), st.floats(0.6, 2.0), st.floats(-50, 0))
def test_yin_finds_any_note_at_any_rate_timbre_and_level(hertz, rate, tilt, level):
    found = middle(yin(steady(hertz, 0.3, rate, tilt=tilt) * 10 ** (level / 20), rate))
    assert np.abs(cents(found, hertz)).max() < 8


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_note_without_its_fundamental_keeps_its_pitch(estimate):
    assert np.abs(cents(middle(estimate(steady(200, first=2), RATE)), 200)).max() < 20


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_glide_with_vibrato_is_followed_without_delay(estimate):
    # 10 ms of delay would be up to 21 cents of error at the steepest, and a median of 6.
    time = np.arange(2 * RATE) / RATE
    hertz = 220 * 2 ** (time / 2 + 0.5 * np.sin(2 * np.pi * 5.5 * time) / 12)
    found = estimate(buzz(hertz), RATE)
    error = cents(found.hertz, np.interp(found.times, time, hertz))[8:-8]
    assert np.percentile(np.abs(error), 95) < 12 and abs(np.median(error)) < 3


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_silence_noise_and_a_pause_are_unvoiced(estimate):
    noise = 0.1 * np.random.default_rng(5).standard_normal(RATE)
    assert estimate(noise, RATE).voiced.mean() < 0.05
    assert not estimate(np.zeros(RATE), RATE).voiced.any()
    found = estimate(np.concatenate([steady(300), np.zeros(RATE // 2), steady(300)]), RATE)
    assert not found.voiced[56:95].any() and found.voiced[5:45].all() and found.voiced[106:145].all()


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_frames_lie_on_their_times_at_a_rate_that_the_hop_does_not_divide(estimate):
    found = estimate(steady(300, 1.0, 22_050), 22_050, hop=0.0125)
    assert len(found.hertz) == 81 and found.times[-1] == 1.0


def test_the_fast_difference_is_the_papers_sum():
    frames = np.random.default_rng(1).standard_normal((3, 60))
    direct = [[((f[:40] - f[lag : lag + 40]) ** 2).sum() for lag in range(21)] for f in frames]
    assert np.allclose(pitch.difference(frames, 40, 20), direct)
    lags = np.arange(1, 21)
    expected = np.array(direct)[:, 1:] / (np.cumsum(np.array(direct)[:, 1:], axis=1) / lags)
    assert np.allclose(pitch.normalised(np.array(direct))[:, 1:], expected)
    assert np.all(pitch.normalised(np.array(direct))[:, 0] == 1)


def test_the_first_dip_is_taken_not_the_deepest():
    curve = np.ones((3, 30))
    curve[0, 8:13] = [0.5, 0.09, 0.05, 0.09, 0.5]
    curve[0, 20:23] = [0.5, 0.01, 0.5]  # two periods: deeper, and an octave too low
    curve[1, 20:23] = [0.5, 0.3, 0.5]  # no dip below the threshold: the lowest place
    curve[2, 3:6] = [0.5, 0.01, 0.5]  # a lag shorter than the search
    curve[2, 20:23] = [0.5, 0.05, 0.5]
    assert pitch.first_dip(curve, 6).tolist() == [10, 21, 21]


def test_the_parabola_finds_a_vertex_between_samples():
    x = np.arange(10)
    at, height = pitch.parabola(((x - 4.3) ** 2 + 2)[None], np.array([4]))
    assert at[0] == pytest.approx(4.3) and height[0] == pytest.approx(2)


@given(st.floats(20, 2_000))
def test_midi_and_hertz_are_inverse(hertz):
    assert pitch.hertz_of(pitch.midi_of(hertz)) == pytest.approx(hertz)


def test_a_curve_between_frames():
    curve = Pitch(np.array([0, 100, 200, 0, 0]), np.ones(5), 0.01)
    assert curve.at(np.array([0.0, 0.01, 0.015, 0.02, 0.04])) == pytest.approx(
        [0, 100, 141.4, 200, 0], abs=0.1
    )
    assert not Pitch(np.zeros(3), np.zeros(3)).at(np.array([0.0, 0.5])).any()


@pytest.mark.parametrize(("lowest", "highest"), [(10, 400), (400, 100), (65, 8_000)])
def test_a_range_that_cannot_be_searched_is_refused(lowest, highest):
    with pytest.raises(HallyuError, match="YIN searches from 20 Hz"):
        yin(steady(200), RATE, lowest=lowest, highest=highest)


@pytest.mark.parametrize("estimate", ESTIMATORS)
@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros((3, 4)), np.array([np.nan] * 500)])
def test_what_is_no_sound_is_refused(estimate, samples):
    with pytest.raises(HallyuError):
        estimate(samples, RATE)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_few_samples_give_one_frame(estimate):
    assert len(estimate(np.ones(5), RATE).hertz) == 1


def test_crepes_network_says_what_torchcrepes_says():
    import torch

    from hallyu import models

    seconds = np.arange(6 * 1024) / RATE
    phase = np.cumsum(110 * 8 ** (seconds / seconds[-1])) / RATE
    frames = (2 * (phase % 1) - 1).reshape(6, 1024)
    frames = frames - frames.mean(axis=1, keepdims=True)
    frames = (frames / frames.std(axis=1, ddof=1, keepdims=True)).astype(np.float32)
    with torch.inference_mode():
        said = models.load("pitch")(torch.from_numpy(frames)).numpy()
    reference = json.loads((Path(__file__).parent / "crepe_reference.json").read_text())
    assert said.argmax(axis=1).tolist() == [row["class"] for row in reference]
    assert said.max(axis=1) == pytest.approx([row["probability"] for row in reference], abs=1e-4)


def test_the_best_path_does_not_leap_an_octave_for_one_frame():
    chances = np.full((20, 360), 0.01)
    chances[:, 200] = 0.6
    chances[10, 200], chances[10, 260] = 0.3, 0.7  # an octave jump, as on a creaking note
    assert chances[10].argmax() == 260
    assert (best_path(chances) == 200).all()
    chances[10:, 200], chances[10:, 206] = 0.01, 0.6  # a step of 120 cents is sung
    assert best_path(chances)[12] == 206
