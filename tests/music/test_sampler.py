import numpy as np
import pytest

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.music import sampler
from hallyu.music.sampler import Hit, play

RATE = 48000
INSTRUMENTS = {"piano": 0, "glockenspiel": 9, "music box": 10, "bass": 33, "strings": 49, "pad": 89}


@pytest.fixture(scope="module")
def font():
    return models.load("band")


def cents_off(samples, pitch):
    """How far the strongest partial lies from a multiple of the key's frequency."""
    sound = samples[RATE // 5 : RATE // 5 + RATE].mean(1)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 18))
    found = spectrum.argmax() * RATE / (1 << 18) / (440 * 2 ** ((pitch - 69) / 12))
    return 1200 * np.log2(found / max(1, round(found)))


@pytest.mark.parametrize(
    ("program", "pitches"),
    [(0, (40, 55, 60, 67, 76, 88)), (10, (67, 72, 84)), (33, (31, 36, 43)), (49, (52, 60, 67, 74))],
)
def test_every_key_is_in_tune(font, program, pitches):
    for pitch in pitches:
        assert abs(cents_off(play(font, program, [Hit(0, 2, pitch)], RATE), pitch)) < 10


def test_every_instrument_sounds_on_both_sides_and_dies_away(font):
    for program in INSTRUMENTS.values():
        sound = play(font, program, [Hit(0.5, 1.0, 72 if program != 33 else 40)], RATE, tail=6.0)
        assert not sound[: RATE // 2 - 1].any(), "it sounds before it is played"
        assert (np.abs(sound).max(0) > 0.02).all() and np.abs(sound[-RATE // 10 :]).max() < 0.003


def test_twice_as_fast_a_rate_is_the_same_sound(font):
    one, two = (play(font, 0, [Hit(0, 0.5, 60)], rate)[:, 0] for rate in (24000, 48000))
    assert np.corrcoef(one[:12000], two[:24000:2])[0, 1] > 0.98


def test_a_harder_stroke_is_louder_and_brighter(font):
    soft, hard = (play(font, 0, [Hit(0, 1, 60, v)], RATE)[:RATE, 0] for v in (40, 110))
    assert np.std(hard) > 4 * np.std(soft)
    bright = [np.abs(np.fft.rfft(s))[3000:].sum() / np.abs(np.fft.rfft(s)).sum() for s in (soft, hard)]
    assert bright[1] > 1.2 * bright[0]


def test_a_held_note_loops_without_a_click(font):
    """Strings held for 12 s: far longer than the recording, and no step bigger than in its own first second."""
    sound = play(font, 49, [Hit(0, 12, 67)], RATE)[:, 0]
    steps = np.abs(np.diff(sound, 2))
    assert np.abs(sound[10 * RATE : 11 * RATE]).max() > 0.05
    assert steps[3 * RATE : 11 * RATE].max() < 1.5 * steps[RATE // 2 : 3 * RATE].max()


def test_a_closed_hi_hat_cuts_the_open_one_off(font):
    alone = play(font, 0, [Hit(0, 0.3, 46)], RATE, sampler.DRUMS)
    cut = play(font, 0, [Hit(0, 0.3, 46), Hit(0.3, 0.1, 42)], RATE, sampler.DRUMS)
    closed = play(font, 0, [Hit(0.3, 0.1, 42)], RATE, sampler.DRUMS)
    after = slice(round(0.34 * RATE), round(0.6 * RATE))
    assert np.std(alone[after]) > 3 * np.std(cut[after] - closed[after])


def test_an_envelope_rises_holds_falls_and_lets_go():
    region = sampler.Region(
        (0, 127), (0, 127), np.zeros(1), RATE, None, 60, 0, 0, 0, 20000, 0.0, 0.1, 0.1, 2.0, 20.0, 1.0, 0)  # fmt: skip
    level = 20 * np.log10(sampler.envelope(region, 2.0, RATE) + 1e-9)
    at = lambda seconds: level[round(seconds * RATE)]
    assert at(0.05) == pytest.approx(-6, abs=0.1)  # half-way up a straight line
    assert at(0.15) == pytest.approx(0, abs=0.1)
    assert at(0.4) == pytest.approx(-10, abs=0.2)  # 100 dB in 2 s
    assert at(1.5) == pytest.approx(-20, abs=0.1)  # sustained
    assert at(2.3) == pytest.approx(-50, abs=0.2)  # 100 dB in 1 s after it is let go


def test_what_cannot_be_played_is_refused_in_one_sentence(font, tmp_path):
    with pytest.raises(HallyuError, match="no instrument 0:24"):
        play(font, 24, [Hit(0, 1, 60)])
    with pytest.raises(HallyuError, match="no sound for key 70"):
        play(font, 0, [Hit(0, 1, 70)], bank=sampler.DRUMS)
    data = font.read_bytes()
    for name, content in {
        "a": b"",
        "b": b"not a font",
        "c": data[:100_000],
        "d": data[:-5000],
        "e": b"RIFF" + data[:40],
    }.items():
        broken = tmp_path / f"{name}.sf2"
        broken.write_bytes(content)
        with pytest.raises(HallyuError, match="no sound font"):
            play(broken, 0, [Hit(0, 1, 60)])
