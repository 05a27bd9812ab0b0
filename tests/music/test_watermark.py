"""A mark is read again after what happens to a song on its way, is not found where there is none, and is not heard."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.music import watermark

RATE = 48_000
PAYLOAD, KEY = 0xCAFE1234, "first snow"


@pytest.fixture(scope="module")
def song(sing_vowel, hiss):
    """10 s of a sung melody with vibrato and hisses over a chord, stereo."""
    time = np.arange(10 * RATE) / RATE
    notes = np.array([220, 262, 294, 330, 294, 262, 247, 220, 196, 220])[time.astype(int)]
    voice = sing_vowel(notes * 2 ** (0.03 * np.sin(2 * np.pi * 5.5 * time)), RATE, breath=0.03)
    voice = voice * (time % 1 < 0.85)
    for second in range(10):
        voice[second * RATE : second * RATE + 4_800] += hiss(0.1, RATE, second)
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (110, 165, 220, 277)) * 0.02
    return np.stack([voice + chord, 0.8 * voice - 0.5 * chord], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def marked(song):
    return watermark.embed(song, RATE, PAYLOAD, KEY)


def test_it_is_found_where_it_is_and_nowhere_else(song, marked):
    found = watermark.detect(marked, RATE, KEY)
    assert found.payload == PAYLOAD and found.score > 10 and found.start < 1 / watermark.RATE
    assert watermark.detect(song, RATE, KEY) is None
    assert watermark.detect(marked, RATE, "another key") is None


def through_mp3(kbps):
    def change(sound, folder):
        audio.write_mp3(folder / "a.mp3", sound, RATE, kbps)
        return audio.read(folder / "a.mp3")

    return change


def filtered(sound, folder):
    return sosfilt(butter(2, [150, 6_000], "bandpass", fs=RATE, output="sos"), sound, axis=0), RATE


def noisy(sound, folder):
    return sound + sound.std() * 0.03 * np.random.default_rng(0).standard_normal(sound.shape), RATE


@pytest.mark.parametrize(
    "change",
    [
        through_mp3(128),
        through_mp3(64),
        lambda sound, _: (audio.resample(sound, RATE, 44_100), 44_100),
        lambda sound, _: (audio.resample(sound, RATE, 16_000), 16_000),
        lambda sound, _: (np.round(sound * 0.03 * 32_767) / 32_767, RATE),
        lambda sound, _: (audio.mono(sound), RATE),
        lambda sound, _: (np.tanh(2 * sound), RATE),
        lambda sound, _: (sound[123_457:], RATE),
        lambda sound, _: (np.concatenate([np.zeros((31_111, 2), np.float32), sound[: 7 * RATE]]), RATE),
        noisy,
        filtered,
    ],
    ids=[
        "mp3-128",
        "mp3-64",
        "44.1k",
        "16k",
        "quiet-16-bit",
        "mono",
        "overdriven",
        "cut",
        "late",
        "noise",
        "band",
    ],
)
def test_it_survives(marked, change, tmp_path):
    found = watermark.detect(*change(marked, tmp_path), KEY)
    assert found is not None and found.payload == PAYLOAD


def test_it_survives_mp3_resampling_gain_and_cutting_one_after_the_other(marked, tmp_path):
    sound, rate = through_mp3(128)(0.3 * marked[33_333:], tmp_path)
    assert watermark.detect(audio.resample(sound, rate, 22_050), 22_050, KEY).payload == PAYLOAD


def test_another_tempo_removes_it_which_is_why_it_is_no_lock(marked):
    assert watermark.detect(audio.resample(marked, RATE, 47_000), RATE, KEY) is None


def test_the_place_of_the_cut_is_told(marked):
    found = watermark.detect(marked[RATE:], RATE, KEY)
    assert found.start == pytest.approx(watermark.PERIOD / watermark.RATE - 1, abs=1e-3)


def test_two_owners_marks_live_side_by_side(marked):
    both = watermark.embed(marked, RATE, 7, "second key")
    assert watermark.detect(both, RATE, KEY).payload == PAYLOAD
    assert watermark.detect(both, RATE, "second key").payload == 7


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1), st.text(max_size=20))
def test_any_number_under_any_key_comes_back(song, payload, key):
    voice = song[: 8 * RATE, 0]
    assert watermark.detect(watermark.embed(voice, RATE, payload, key), RATE, key).payload == payload


def test_it_is_quieter_to_the_ear_than_an_mp3_of_128_kbit(song, marked, tmp_path):
    heard = watermark.audibility(song, marked, RATE)
    assert heard.snr > 24 and heard.noise_to_mask < -15
    coded, _ = through_mp3(128)(song, tmp_path)
    assert heard.noise_to_mask < watermark.audibility(song, coded[: len(song)], RATE).noise_to_mask
    white = song + 10 ** (-heard.snr / 20) * song.std() * np.random.default_rng(0).standard_normal(song.shape)
    assert (
        watermark.audibility(song, white, RATE).noise_to_mask > 0
    )  # as strong, but not hidden behind the music


def test_audibility_follows_what_was_added(song):
    noise = 0.001 * np.random.default_rng(0).standard_normal(song.shape)
    once, ten = (watermark.audibility(song, song + gain * noise, RATE) for gain in (1, 10))
    assert ten.snr == pytest.approx(once.snr - 20, abs=0.1)
    assert ten.noise_to_mask == pytest.approx(once.noise_to_mask + 20, abs=0.1)
    assert watermark.audibility(song, song, RATE).noise_to_mask == -120


def test_silence_stays_silent():
    assert not watermark.embed(np.zeros(5 * RATE), RATE, 1, KEY).any()
    assert watermark.detect(np.zeros(5 * RATE), RATE, KEY) is None


def test_false_alarms_are_as_rare_as_predicted(song):
    folded = watermark._folded(audio.resample(audio.mono(song), RATE, watermark.RATE))
    random = np.random.default_rng(0)
    scores = np.array(
        [watermark._best_offset(folded, random.choice([-1, 1], watermark.PERIOD))[0] for _ in range(200)]
    )
    assert scores.max() < watermark.FOUND
    for score in (4.5, 4.8):  # seen at the foot of the tail, where there is something to count
        assert (scores > score).mean() <= watermark.false_alarm(score) + 0.05
    assert watermark.false_alarm() < 2e-5


def test_what_cannot_be_marked_is_refused(song):
    with pytest.raises(HallyuError, match="whole number from 0"):
        watermark.embed(song, RATE, 1 << 32, KEY)
    with pytest.raises(HallyuError, match="whole number from 0"):
        watermark.embed(song, RATE, -1, KEY)
    for call in (lambda x: watermark.embed(x, RATE, 1, KEY), lambda x: watermark.detect(x, RATE, KEY)):
        with pytest.raises(HallyuError, match="needs 4 s"):
            call(song[: 3 * RATE])
    with pytest.raises(HallyuError, match="equal lengths"):
        watermark.audibility(song, song[:-1], RATE)
    with pytest.raises(HallyuError, match="silent"):
        watermark.audibility(np.zeros(RATE), np.ones(RATE), RATE)
