"""The synthesiser's parts have their known outputs; a learned timbre plays another melody in tune."""

import numpy as np
import pytest
import torch

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import ddsp
from hallyu.music.metrics_voice import gross_pitch_error, mel_cepstral_distortion
from hallyu.music.pitch import cents, yin

RATE = ddsp.RATE


def melody(seconds, seed):
    """Hertz for every sample: notes of half a second with a little vibrato."""
    notes = 220 * 2 ** (np.random.default_rng(seed).integers(0, 12, int(seconds * 2)) / 12)
    time = np.arange(int(seconds * RATE)) / RATE
    return np.repeat(notes, RATE // 2)[: len(time)] * 2 ** (0.02 * np.sin(2 * np.pi * 5 * time))


def clarinet(hertz):
    """Odd harmonics that fall slowly, each note with an attack, and some breath."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tone = sum(np.sin(k * phase) / k**0.5 * (k * hertz < RATE * 0.45) for k in range(1, 20, 2))
    swell = np.minimum(1, (np.arange(len(hertz)) % (RATE // 2)) / 1_000)
    breath = np.random.default_rng(0).standard_normal(len(hertz)) * 0.02
    return (0.06 * (tone + breath) * swell).astype(np.float32)


@pytest.fixture(scope="module")
def timbre():
    return ddsp.train(clarinet(melody(12, 1)), RATE, steps=90)


def test_an_oscillator_bank_is_the_sum_of_its_sines():
    f0, amplitudes = torch.full((1, 100), 200.0), torch.zeros(1, 100, 40)
    amplitudes[..., 0], amplitudes[..., 2], amplitudes[..., 39] = (
        0.5,
        0.25,
        9.0,
    )  # 40 x 200 Hz = 8 kHz: silent
    sound = ddsp.harmonics(f0, amplitudes)[0].numpy()
    time = (np.arange(len(sound)) + 1) / RATE
    expected = 0.5 * np.sin(2 * np.pi * 200 * time) + 0.25 * np.sin(2 * np.pi * 600 * time)
    assert np.abs(sound - expected).max() < 1e-3


def test_the_highest_oscillator_is_as_true_as_the_first():
    """The sines come from one another; fifty steps later the last is still itself, also where the pitch glides."""
    f0 = torch.linspace(60, 155, 200)[None]
    amplitudes = torch.zeros(1, 200, ddsp.HARMONICS)
    amplitudes[..., -1] = 1.0
    sound = ddsp.harmonics(f0, amplitudes)[0].numpy()
    frames = np.arange(200 * ddsp.HOP) / ddsp.HOP
    hertz = np.interp(frames, np.arange(200), f0[0].numpy())
    assert sound == pytest.approx(np.sin(50 * 2 * np.pi * np.cumsum(hertz) / RATE), abs=2e-3)


def test_a_filter_is_read_at_the_harmonics():
    points = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8_000 / 700), ddsp.POINTS) / 2595) - 1)
    curve = torch.from_numpy(np.sin(points / 900).astype(np.float32))[None, None].repeat(1, 2, 1)
    f0 = torch.tensor([[110.0, 390.0]])
    read = ddsp.at_harmonics(curve, f0).numpy()[0]
    for row, pitch in zip(read, (110, 390), strict=True):
        below = np.arange(1, ddsp.HARMONICS + 1) * pitch
        heard = below < 7_900
        assert row[heard] == pytest.approx(np.sin(below[heard] / 900), abs=0.03)


def test_filtered_noise_has_the_level_and_the_band_that_was_asked_for():
    bands = torch.zeros(1, 300, ddsp.BANDS)
    bands[..., 33:] = 0.5
    sound = ddsp.filtered_noise(bands, torch.Generator().manual_seed(0))[0].numpy()
    assert len(sound) == 300 * ddsp.HOP
    power = np.abs(np.fft.rfft(sound)) ** 2
    half = len(power) // 2
    assert power[: int(half * 0.95)].sum() < 1e-3 * power.sum()
    assert sound.std() == pytest.approx(
        0.5 / np.sqrt(3) / np.sqrt(2), rel=0.05
    )  # half the band of uniform noise


def test_the_loss_hears_spectra_and_not_phase():
    time = torch.arange(RATE) / RATE
    sine, turned = torch.sin(2 * torch.pi * 440 * time)[None], torch.cos(2 * torch.pi * 440 * time)[None]
    other = torch.sin(2 * torch.pi * 660 * time)[None]
    assert ddsp.spectral_loss(sine, sine) == 0
    assert ddsp.spectral_loss(sine, turned) < 0.2 * ddsp.spectral_loss(sine, other)


def test_everything_but_the_pitch_can_be_learned():
    network = ddsp.Synthesiser()
    found = ddsp.features(clarinet(melody(1, 3)), RATE)
    sound = network(found.inputs(), torch.from_numpy(found.f0)[None])
    ddsp.spectral_loss(sound, torch.zeros_like(sound) + 0.01).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_features_are_pitch_loudness_and_voicing():
    hertz = melody(2, 5)
    sound = np.concatenate([clarinet(hertz), np.zeros(RATE)])
    found = ddsp.features(sound, RATE)
    assert len(found.f0) == 301 and (found.f0 > 0).all()
    assert found.voiced[60:90].all() and not found.voiced[210:].any()
    assert (found.loudness[210:] == ddsp.QUIETEST).all()
    louder = ddsp.features(10 ** (6 / 20) * sound, RATE)
    assert np.median((louder.loudness - found.loudness)[10:190]) == pytest.approx(6, abs=0.05)
    inputs = found.inputs().numpy()
    assert inputs.min() >= 0 and inputs.max() <= 1


def test_training_learns(timbre):
    assert np.mean(timbre.losses[-10:]) < 0.4 * np.mean(timbre.losses[:3])


def test_a_voice_is_played_in_the_learned_timbre_and_in_tune(timbre, sing_vowel):
    hertz = melody(3, 9)
    sung, target = sing_vowel(hertz, RATE, breath=0.02), clarinet(hertz)
    played = ddsp.convert(sung, RATE, timbre)
    assert len(played) == len(sung)
    asked, heard = yin(sung, RATE), yin(played, RATE)
    both = heard.voiced & asked.voiced
    assert both.mean() > 0.9 and np.median(np.abs(cents(heard.hertz[both], asked.hertz[both]))) < 5
    assert gross_pitch_error(heard, asked) < 0.05  # where a note leaps and both pitches are in the window
    to_clarinet, to_voice = (mel_cepstral_distortion(played, other, RATE) for other in (target, sung))
    assert to_clarinet < 0.6 * to_voice
    spectrum = np.abs(np.fft.rfft(played[: RATE // 2] * np.hanning(RATE // 2)))
    odd, even = (
        spectrum[round(k * hertz[100] / 2) - 5 : round(k * hertz[100] / 2) + 6].max() for k in (3, 2)
    )
    assert odd > 3 * even


def test_formants_stay_where_they_are_when_the_pitch_moves(sing_vowel):
    """Learned below 250 Hz, sung at 330: the spectrum's peaks are the vowel's, not the learned harmonics' moved up."""
    learned = ddsp.train(sing_vowel(melody(12, 1) * 0.55, RATE, breath=0.02), RATE, steps=90)
    high = np.full(2 * RATE, 330.0)
    vowel, played = sing_vowel(high, RATE), ddsp.convert(clarinet(high), RATE, learned)

    def levels(sound):
        spectrum = np.abs(np.fft.rfft(sound[RATE // 2 : RATE // 2 * 3] * np.hanning(RATE)))
        strongest = np.array([spectrum[330 * k - 8 : 330 * k + 9].max() for k in range(1, 9)])
        return 20 * np.log10(strongest / strongest.max())

    assert (
        np.abs(levels(played) - levels(vowel)).mean()
        < 0.5 * np.abs(levels(clarinet(high)) - levels(vowel)).mean()
    )


def test_transposing_moves_the_pitch(timbre, sing_vowel):
    sung = sing_vowel(np.full(RATE, 220.0), RATE)
    heard = yin(ddsp.convert(sung, RATE, timbre, semitones=7), RATE).hertz[20:80]
    assert np.median(heard) == pytest.approx(220 * 2 ** (7 / 12), rel=0.005)


def test_silence_stays_silent(timbre, sing_vowel):
    sound = np.concatenate([sing_vowel(np.full(RATE, 220.0), RATE), np.zeros(RATE)])
    played = ddsp.convert(sound, RATE, timbre)
    assert played[-RATE // 2 :].std() < 0.02 * played[: RATE // 2].std()


def test_the_same_seed_gives_the_same_timbre():
    sound = clarinet(melody(5, 2))
    before = torch.random.get_rng_state()
    one, two, other = (ddsp.train(sound, RATE, steps=2, seed=seed) for seed in (1, 1, 2))
    assert one.losses == two.losses != other.losses
    assert torch.equal(before, torch.random.get_rng_state())
    assert np.array_equal(one.render(one.source), two.render(two.source))


@pytest.mark.parametrize(
    ("sound", "said"),
    [
        (clarinet(melody(3, 1)), "5 s or more"),
        (np.zeros(10 * RATE), "no pitch"),
        (0.1 * np.random.default_rng(0).standard_normal(10 * RATE), "no pitch"),
        (np.zeros(0), "empty"),
    ],
    ids=["short", "silent", "noise", "empty"],
)
def test_what_no_timbre_can_be_learned_from_is_refused(sound, said):
    with pytest.raises(HallyuError, match=said):
        ddsp.train(sound, RATE, steps=1)


def test_stereo_at_48_khz_is_taken():
    sound = audio.resample(clarinet(melody(5, 2)), RATE, 48_000)
    assert len(ddsp.train(np.stack([sound, sound], axis=1), 48_000, steps=1).losses) == 1
