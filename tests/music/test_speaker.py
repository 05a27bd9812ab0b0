"""The encoder agrees with the code it was converted from, and hears voices rather than levels and pauses."""

import json
from pathlib import Path

import numpy as np
import pytest

from hallyu import audio, models
from hallyu.errors import HallyuError
from hallyu.music import speaker

RATE = 24_000


@pytest.fixture(scope="module")
def tune():
    """Three seconds at 16 kHz, as training/music/convert_speaker.py made them."""
    time = np.arange(48_000) / 16_000
    hertz = np.array([196.0, 247.0, 294.0, 220.0])[(time // 0.75).astype(int)]
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    sound = sum(np.cos(k * phase) / k for k in range(1, 12)) * np.exp(-(time % 0.75))
    return (0.1 * sound + 0.005 * np.random.default_rng(1).standard_normal(48_000)).astype(np.float32)


@pytest.fixture(scope="module")
def take(sing_vowel):
    """Four seconds with a pause: ㅏ and ㅣ on a melody."""
    time = np.arange(2 * RATE) / RATE
    hertz = 220 * 2 ** (np.sin(2 * np.pi * time) / 4)
    return np.concatenate(
        [sing_vowel(hertz, breath=0.05), np.zeros(RATE // 2), sing_vowel(hertz, vowel="ㅣ", breath=0.05)]
    )


def test_mel_frames_and_voices_are_resemblyzers(tune):
    reference = json.loads((Path(__file__).parent / "speaker_reference.json").read_text())
    assert speaker.mel(tune)[10::100] == pytest.approx(np.array(reference["mel"]), rel=1e-4, abs=1e-5)
    assert speaker.encode(tune) == pytest.approx(np.array(reference["voice"]), abs=2e-6)


def test_each_filter_has_the_area_of_slaneys():
    bank, width = speaker.filterbank(), speaker.RATE / speaker.WINDOW
    assert bank.shape == (40, 201) and (bank >= 0).all()
    assert bank[20:].sum(axis=1) * width == pytest.approx(
        np.ones(20), rel=0.02
    )  # the low ones are one bin wide
    assert np.all(np.diff(bank.argmax(axis=1)) >= 0)


def test_loudness_pauses_rate_and_channels_do_not_change_a_voice(take):
    plain = speaker.embed(take, RATE)
    assert np.linalg.norm(plain) == pytest.approx(1, abs=1e-5)
    longer_pause = np.concatenate([take[: 2 * RATE], np.zeros(3 * RATE), take[2 * RATE :]])
    for changed, rate in [
        (0.05 * take, RATE),
        (longer_pause, RATE),
        (audio.resample(take, RATE, 48_000), 48_000),
        (np.stack([take, take], axis=1), RATE),
    ]:
        assert speaker.similarity(plain, speaker.embed(changed, rate)) > 0.98


def test_a_smaller_throat_is_another_voice(take):
    faster = np.interp(np.arange(0, len(take), 1.35), np.arange(len(take)), take)
    assert speaker.similarity(speaker.embed(take, RATE), speaker.embed(faster, RATE)) < 0.85


def test_pauses_are_left_out_and_voice_is_not(take):
    at_16k = audio.resample(take.astype(np.float32), RATE, speaker.RATE)
    kept = len(speaker.voiced_parts(at_16k)) / speaker.RATE
    assert 3.9 <= kept <= 4.3
    assert not len(speaker.voiced_parts(np.zeros(16_000, np.float32)))
    assert not len(speaker.voiced_parts(np.zeros(100, np.float32)))


def test_slices_cover_the_recording():
    assert speaker.slices(np.zeros(speaker.RATE, np.float32)).shape == (1, 160, 40)
    for seconds in (1.6, 3.0, 7.5):
        count = len(speaker.slices(np.zeros(round(seconds * speaker.RATE), np.float32)))
        assert 1.6 + (count - 1) * 0.77 >= seconds - 0.77 - 0.4


def test_bundled_voices_are_told_apart_by_the_threshold():
    """By the report of training/music/calibrate_speaker.py, whose making takes minutes."""
    folder = models.files_of("speaker-ge2e")[0].parent
    speech = json.loads((folder / "report.json").read_text())["speech"]
    assert speech["equal error"]["threshold"] == pytest.approx(speaker.SAME_VOICE, abs=0.001)
    assert speech["equal error"]["same voice missed"] <= 0.05
    assert speech["equal error"]["other voice mistaken"] <= 0.05
    assert speech["same voice"]["pairs"] >= 30 and speech["other voice"]["pairs"] >= 160


def test_impersonation_names_the_closest_first():
    voice = np.array([1.0, 0, 0])
    protected = {
        "far": np.array([0.0, 1, 0]), "near": np.array([0.95, 0.3122, 0]), "same": voice, "almost": np.array([0.9, 0.436, 0]),
    }  # fmt: skip
    assert [name for name, _ in speaker.impersonated(voice, protected)] == ["same", "near"]
    assert speaker.impersonated(voice, {}) == []


@pytest.mark.parametrize("sound", [np.zeros(5 * RATE), np.full(RATE // 2, 0.1)])
def test_too_little_voice_is_refused(sound):
    with pytest.raises(HallyuError, match="s of voice"):
        speaker.embed(sound, RATE)
