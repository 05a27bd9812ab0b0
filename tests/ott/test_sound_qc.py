import numpy as np
import pytest
import soundfile
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import sound_qc

RATE = 16_000
FIVE = ("FL", "FR", "FC", "LFE", "BL", "BR")


def programme(seconds=8.0, channels=2, seed=0, rate=RATE):
    """Pink noise that swells and fades, a little of it in all channels."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    white = np.fft.rfft(rng.normal(size=(n, channels + 1)), axis=0)
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 20))[:, None], n, axis=0)
    swell = 0.6 + 0.4 * np.sin(np.arange(n) / rate * 2.1)
    samples = (pink[:, :channels] + 0.7 * pink[:, channels:]) / pink.std() * swell[:, None]
    return (0.08 * samples).astype(np.float32)


def defects(samples, layout=("FL", "FR"), seconds=None, block=RATE, rate=RATE):
    detector = sound_qc.Detector(rate, layout)
    for start in range(0, len(samples), block):
        detector.add(samples[start : start + block])
    return detector.result(seconds)


def found(samples, layout=("FL", "FR"), **how):
    return [(defect.code, defect.serious) for defect in defects(samples, layout, **how)]


def test_a_good_mix_has_nothing():
    assert found(programme()) == []
    assert found(programme(channels=6), FIVE) == []
    assert found(programme(4, channels=1), ("FC",)) == []
    low = programme(4, channels=6)
    low[:, 3] = 0  # no effect needs the low-frequency channel
    assert found(low, FIVE) == []


def test_words_that_die_away_are_no_dropouts():
    speaking = (np.sin(2 * np.pi * 1.3 * np.arange(RATE * 6) / RATE) > 0).astype(float)
    decay = np.convolve(speaking, np.exp(-np.arange(2000) / 250))[: len(speaking)] / 250
    assert found(programme(6) * decay[:, None]) == []


@pytest.mark.parametrize("hertz", [30, 50, 440, 1000])
def test_a_loud_tone_of_16_bits_is_not_clipped(hertz):
    tone = 0.9 * np.sin(2 * np.pi * hertz * np.arange(RATE * 3) / RATE)
    assert found(np.rint(tone[:, None] * 32767) / 32768, ("FC",)) == []


# --- one defect each -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "start", "seconds", "expected"), [
    (0.0, 2.0, 4.0, [("silence", True)]), (1e-4, 2.0, 4.0, [("silence", False)]), (0.0, 0.0, 4.0, [("silence", False)]),
    (0.0, 2.0, 2.0, []), (0.0, 6.0, 4.0, [("silence", False)]),
])  # fmt: skip
def test_silence(level, start, seconds, expected):
    samples = programme(10)
    part = slice(round(start * RATE), round((start + seconds) * RATE))
    samples[part] = level * np.random.default_rng(0).normal(size=samples[part].shape)
    assert found(samples) == expected


@pytest.mark.parametrize("channels", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize(("start", "seconds"), [(1.5, 0.002), (3.9, 0.2), (2.995, 0.01), (3.0, 0.45), (4.7, 0.3)])
@pytest.mark.parametrize("block", [RATE, 5000])
def test_dropouts_wherever_blocks_end(channels, start, seconds, block):
    samples = programme(seed=3)
    for channel in channels:
        samples[round(start * RATE) : round((start + seconds) * RATE), channel] = 0
    (defect,) = defects(samples, block=block)
    assert defect.code == "dropout" and defect.start == pytest.approx(start, abs=0.003)
    assert defect.end - defect.start == pytest.approx(seconds, abs=0.003)
    assert all(name in defect.says for name in ({0: "left", 1: "right"}[channel] for channel in channels))


@pytest.mark.parametrize("ceiling", [1.0, 0.5, 0.2])
@pytest.mark.parametrize("subtype", ["float", "PCM_16"])
def test_clipping_even_where_it_was_turned_down_afterwards(ceiling, subtype):
    samples = programme(seed=1)
    loud = samples[3 * RATE : 5 * RATE] * 8
    samples[3 * RATE : 5 * RATE] = np.clip(loud, -0.8, 0.8)
    samples *= ceiling / 0.8
    if subtype == "PCM_16":
        samples = np.rint(samples * 32767) / 32768
    (defect,) = defects(samples)
    assert (defect.code, defect.start, defect.end) == ("clipped", 3.0, 5.0)
    assert found(samples, block=777) == found(samples)


def test_a_missing_channel():
    samples = programme(channels=6)
    samples[:, 4] = 0
    (defect,) = defects(samples, FIVE)
    assert defect.code == "missing-channel" and "back left" in defect.says
    stereo = programme()
    stereo[:, 1] *= 1e-5
    assert found(stereo) == [("missing-channel", True)]


def test_a_duplicated_channel():
    samples = programme(channels=6)
    samples[:, 5] = samples[:, 0]
    (defect,) = defects(samples, FIVE)
    assert defect.code == "duplicated-channel" and "left and the back right" in defect.says
    mono = programme()
    mono[:, 1] = mono[:, 0] + 1e-5 * np.random.default_rng(0).normal(size=len(mono))
    assert found(mono) == [("duplicated-channel", True)]


def test_a_voice_in_the_middle_is_no_duplicate():
    samples = programme()
    samples[: 4 * RATE, 1] = samples[: 4 * RATE, 0]
    assert found(samples) == []


def test_a_channel_that_is_turned_over():
    samples = programme()
    samples[2 * RATE : 6 * RATE, 1] = -0.8 * samples[2 * RATE : 6 * RATE, 0]
    (defect,) = defects(samples)
    assert (defect.code, defect.start, defect.end) == ("anti-phase", 2.0, 6.0)
    back = programme(channels=6)
    back[:, 5] = -back[:, 4]
    assert found(back, FIVE) == [("anti-phase", True)]


def test_sound_that_ends_before_the_picture():
    (defect,) = defects(programme(5), seconds=8.0)
    assert (defect.code, defect.start, defect.end) == ("short-sound", 5.0, 8.0)
    assert found(programme(5), seconds=5.3) == []


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(st.integers(100, 40_000), st.integers(0, 20))
def test_how_the_sound_is_cut_into_blocks_does_not_matter(block, seed):
    samples = programme(4, seed=seed)
    samples[20_000:20_100] = 0
    samples[40_000:60_000] = np.clip(samples[40_000:60_000] * 10, -0.5, 0.5)
    assert defects(samples, block=block) == defects(samples, block=10**6)


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_film_and_its_sound(tmp_path):
    samples = programme(4)
    samples[RATE : RATE + 400] = 0
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="PCM_24")
    told = []
    assert [d.code for d in sound_qc.check(tmp_path / "a.wav", progress=told.append)] == ["dropout"]
    assert told[-1] == pytest.approx(4)
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "half.wav").write_bytes(whole[: len(whole) // 2])
    assert [d.code for d in sound_qc.check(tmp_path / "half.wav", seconds=4.0)] == ["dropout", "short-sound"]
    video.write(tmp_path / "silent.mp4", [np.zeros((32, 32, 3), np.float32)] * 5, 24)
    assert [d.code for d in sound_qc.check(tmp_path / "silent.mp4")] == ["no-sound"]
    with pytest.raises(HallyuError, match="no sound track"):
        sound_qc.check(tmp_path / "a.wav", track=1)


@pytest.mark.parametrize(("block", "words"), [
    (np.zeros((10, 3)), "does not go on"), (np.full((10, 2), np.inf), "not numbers"),
])  # fmt: skip
def test_unfit_blocks_are_refused(block, words):
    with pytest.raises(HallyuError, match=words):
        sound_qc.Detector(RATE).add(block)


def test_nothing_has_no_defects():
    assert sound_qc.Detector(RATE).result() == []
