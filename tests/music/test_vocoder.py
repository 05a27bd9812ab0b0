"""What is taken apart and put together again sounds the same; each edit changes what it names and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import vocoder
from hallyu.music.metrics_voice import mel_cepstral_distortion
from hallyu.music.pitch import cents, yin
from hallyu.music.score import Note, Score

RATE = 24_000


@pytest.fixture(scope="module")
def voice(sing_vowel):
    """1.2 s of ㅏ on two notes with a pause between."""
    hertz = np.concatenate([np.full(12_000, 220.0), np.zeros(2_400), np.full(14_400, 330.0)])
    return sing_vowel(hertz, breath=0.02)


@pytest.fixture(scope="module")
def world(voice):
    return vocoder.analyse(voice, RATE)


def median_hertz(samples, start, end):
    found = yin(samples, RATE)
    part = found.hertz[round(start / found.hop) : round(end / found.hop)]
    return np.median(part[part > 0])


def test_taken_apart_and_put_together_it_is_the_same_voice(voice, world):
    again = vocoder.synthesise(world)
    assert 0 <= len(again) - len(voice) <= vocoder.HOP * RATE
    assert mel_cepstral_distortion(again, voice, RATE) < 2.5
    assert again.std() == pytest.approx(voice.std(), rel=0.2)
    assert (
        abs(cents(median_hertz(again, 0.1, 0.4), 220)) < 5
        and abs(cents(median_hertz(again, 0.7, 1.1), 330)) < 5
    )


@pytest.mark.parametrize("semitones", [-12, -3.5, 4, 7])
def test_transposing_moves_the_pitch_and_keeps_the_timbre(voice, world, semitones):
    moved = vocoder.synthesise(vocoder.transposed(world, semitones))
    assert abs(cents(median_hertz(moved, 0.1, 0.4), 220 * 2 ** (semitones / 12))) < 8
    assert mel_cepstral_distortion(moved, voice, RATE) < 5
    faster = np.interp(np.arange(0, len(voice), 2 ** (semitones / 12)), np.arange(len(voice)), voice)
    assert mel_cepstral_distortion(moved, voice, RATE) < 0.7 * mel_cepstral_distortion(
        faster, voice, RATE, warp=True
    )


@pytest.mark.parametrize("ratio", [0.5, 1.7])
def test_stretching_changes_the_length_alone(voice, world, ratio):
    longer = vocoder.synthesise(vocoder.stretched(world, ratio))
    assert len(longer) / len(voice) == pytest.approx(ratio, abs=0.01)
    assert abs(cents(median_hertz(longer, 0.1 * ratio, 0.4 * ratio), 220)) < 5
    assert mel_cepstral_distortion(longer, voice, RATE, warp=True) < 3.5


def test_more_breath_is_more_noise_until_nothing_has_a_pitch(world):
    shares = [vocoder.breathier(world, amount).aperiodicity.mean() for amount in (0, 0.25, 0.5, 0.75, 1)]
    assert np.all(np.diff(shares) > 0.02) and shares[-1] == 1
    strength = [
        yin(vocoder.synthesise(vocoder.breathier(world, amount)), RATE).voiced.mean() for amount in (0, 1)
    ]
    assert strength[0] > 0.8 and strength[1] < 0.1


def test_a_new_melody_is_sung_and_pauses_stay(world):
    tuned = vocoder.retuned(world, np.full(len(world.f0), 261.6))
    assert np.array_equal(tuned.f0 > 0, world.f0 > 0)
    assert abs(cents(median_hertz(vocoder.synthesise(tuned), 0.7, 1.1), 261.6)) < 5


def test_vibrato_has_its_rate_depth_and_delay():
    curve = vocoder.vibrato(np.full(600, 440.0), rate=6, depth=50, delay=0.3)
    swing = cents(curve, 440)
    assert not swing[:60].any()
    late = swing[200:]
    assert late.max() == pytest.approx(50, abs=1) and late.min() == pytest.approx(-50, abs=1)
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late)), 8_000))
    assert np.argmax(spectrum) / 8_000 / vocoder.HOP == pytest.approx(6, abs=0.1)
    pause = vocoder.vibrato(np.concatenate([np.full(200, 440.0), [0], np.full(50, 440.0)]), delay=0.3)
    assert pause[200] == 0 and np.all(pause[201:] == 440)  # the delay begins again


def test_portamento_glides_between_notes_but_not_over_pauses():
    steps = np.concatenate([np.full(100, 200.0), np.full(100, 400.0), np.zeros(20), np.full(100, 300.0)])
    glide = vocoder.portamento(steps, 0.1)
    assert np.all(np.diff(glide[85:115]) >= 0) and cents(glide[99:101].mean(), 283) == pytest.approx(
        0, abs=30
    )
    moving = (glide[:200] > 201) & (glide[:200] < 399)
    assert moving.sum() * vocoder.HOP == pytest.approx(0.09, abs=0.02)
    assert not glide[200:220].any() and np.allclose(glide[220:], 300) and np.allclose(glide[120:200], 400)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0.0, 100.0, 220.0, 900.0]), max_size=60), st.floats(0, 1))
def test_portamento_stays_within_the_notes_and_keeps_every_pause(hertz, seconds):
    hertz = np.array(hertz)
    glide = vocoder.portamento(hertz, seconds)
    assert np.array_equal(glide > 0, hertz > 0)
    if len(hertz) and hertz.any():
        voiced = hertz > 0
        assert glide[voiced].min() >= hertz[voiced].min() - 1e-6 and glide.max() <= hertz.max() + 1e-6


@pytest.mark.parametrize(
    "samples", [np.zeros(6_000), np.ones(5) * 0.1, np.random.default_rng(0).random(200) - 0.5]
)
def test_silence_and_scraps_survive(samples):
    assert np.isfinite(vocoder.synthesise(vocoder.analyse(samples, RATE))).all()


def test_what_cannot_be_done_is_said(world):
    with pytest.raises(HallyuError, match="frames"):
        vocoder.retuned(world, np.ones(3))
    with pytest.raises(HallyuError, match="no value where the voice is voiced"):
        vocoder.retuned(world, np.zeros(len(world.f0)))
    with pytest.raises(HallyuError, match="Breath"):
        vocoder.breathier(world, 1.5)
    with pytest.raises(HallyuError, match="stretched to 1/8 to 8"):
        vocoder.stretched(world, 20)
    with pytest.raises(HallyuError):
        vocoder.analyse(np.zeros(0), RATE)


GUIDE = Score("", 120, (Note(0, 1, 57), Note(1.2, 1.2, 64)))
"""The fixture's two notes, 220 and 329.6 Hz."""


def test_a_take_is_tuned_note_by_note_with_its_vibrato_left(world):
    sung = np.where(np.arange(len(world.f0)) < 110, 1.03, 0.98) * vocoder.vibrato(world.f0, depth=50)
    take = vocoder.retuned(world, np.where(world.f0 > 0, sung, 0))
    tuned = vocoder.tuned(take, GUIDE)
    held = slice(130, 230)
    for part, written in ((slice(20, 90), 220.0), (held, 329.63)):
        assert abs(np.median(cents(tuned.f0[part], written))) < 3
    assert np.ptp(cents(tuned.f0[held], 329.63)) == pytest.approx(np.ptp(cents(take.f0[held], 329.63)), abs=2)
    assert np.array_equal(tuned.f0 > 0, take.f0 > 0)
    half = vocoder.tuned(take, GUIDE, 0.5)
    assert np.median(cents(half.f0[held], 329.63)) == pytest.approx(
        np.median(cents(take.f0[held], 329.63)) / 2, abs=3
    )
    assert np.allclose(vocoder.tuned(take, GUIDE, 0).f0, take.f0)


def test_what_cannot_be_tuned_is_said(world):
    with pytest.raises(HallyuError, match="not 2"):
        vocoder.tuned(world, GUIDE, 2)
    with pytest.raises(HallyuError, match="move the score"):
        vocoder.tuned(world, Score("", 60, (Note(30, 1, 60),)))
