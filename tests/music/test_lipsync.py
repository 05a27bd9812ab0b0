import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.music import face, lipsync
from hallyu.music.phonemes import syllables
from hallyu.music.score import Phone
from hallyu.music.visemes import animate

RATE, SIZE = 24000, (480, 270)
FORMANTS = {
    "a": (850, 1300), "ʌ": (600, 1000), "o": (400, 780), "u": (340, 760), "ɯ": (370, 1400), "i": (290, 2400),
    "ɛ": (560, 1950), "e": (520, 2000),
}  # fmt: skip
"""Hz of the first two formants, about those of a Korean woman."""
WORDS = "아버지가 마당에서 바다를 보다 나무가 자란다"


def perform(text, seed=0):
    """A made-up voice whose timing is known exactly: (phones, samples). Harmonics under two formants, noise, silence."""
    rng, phones, pieces, now = np.random.default_rng(seed), [], [], 0.5
    pieces.append(np.zeros(int(now * RATE)))
    for number, syllable in enumerate(syllables(text)):
        for symbol in syllable.symbols:
            length = rng.uniform(0.15, 0.6) if (symbol,) == syllable.vowel else rng.uniform(0.05, 0.09)
            n = int(length * RATE)
            if symbol in FORMANTS:
                pitch = 220 * 2 ** (rng.integers(0, 8) / 12)
                hertz = pitch * np.arange(1, int(4000 / pitch))
                loud = sum(
                    1 / (1 + ((hertz - f) / 110) ** 2) / (1 + i) for i, f in enumerate(FORMANTS[symbol])
                )
                sound = (loud[:, None] * np.sin(2 * np.pi * hertz[:, None] * np.arange(n) / RATE)).sum(0)
                sound *= np.minimum(1, np.minimum(np.arange(n), n - np.arange(n)) / 360)
            else:
                sound = 0.02 * rng.normal(size=n)
            phones.append(Phone(symbol, now, now + n / RATE, number))
            pieces.append(sound)
            now += n / RATE
        if syllable.gap:
            pieces.append(np.zeros(int(0.3 * RATE)))
            now += int(0.3 * RATE) / RATE
    pieces.append(np.zeros(RATE // 2))
    samples = np.concatenate(pieces)
    return phones, (0.4 * samples / np.abs(samples).max()).astype(np.float32)


@pytest.fixture(scope="module")
def performance():
    """The singer's mouth as it is seen in rendered pictures, the voice, and the face's curves."""
    phones, samples = perform(WORDS)
    curves = animate(phones, len(samples) / RATE)
    opening = lipsync.mouth_opening(face.frames(curves, face.Stage(SIZE)), face.mouth_box(SIZE))
    return opening, samples, curves


def energy(samples, frames):
    return lipsync.vowel_energy(samples, RATE, 30, frames)


def test_the_mouth_in_the_pictures_opens_as_the_curves_say(performance):
    opening, _, curves = performance
    asked = np.maximum(curves["jawOpen"] - curves["mouthClose"], 0)
    assert np.corrcoef(np.sqrt(opening), asked)[0, 1] > 0.85


def test_lips_and_voice_of_one_performance_are_together(performance):
    opening, samples, _ = performance
    found = lipsync.measure(opening, energy(samples, len(opening)), 30)
    assert found.together and found.correlation > 0.6 and abs(found.offset) < 0.035, str(found)


@pytest.mark.parametrize("late", [-0.4, -0.2, 0.1, 0.3])
def test_shifted_lips_are_found_out_and_by_how_much(performance, late):
    opening, samples, _ = performance
    frames = np.clip(np.arange(len(opening)) - round(late * 30), 0, len(opening) - 1)
    straight = lipsync.measure(opening, energy(samples, len(opening)), 30)
    found = lipsync.measure(opening[frames], energy(samples, len(opening)), 30)
    assert found.offset - straight.offset == pytest.approx(late, abs=0.02)
    assert not found.together


def test_a_frozen_mouth_fails(performance):
    _, samples, _ = performance
    frames = 200
    for opening in (np.full(frames, 800.0), np.zeros(frames)):
        found = lipsync.measure(opening, energy(samples, frames), 30)
        assert found.correlation == 0 and not found.together


def test_a_mouth_that_flaps_at_random_or_sings_other_words_fails(performance):
    opening, samples, _ = performance
    rng = np.random.default_rng(1)
    voice = energy(samples, len(opening))
    flaps = [np.convolve(rng.random(len(opening)), np.ones(6) / 6, "same") * 1000 for _ in range(10)]
    assert not any(lipsync.measure(f, voice, 30).together for f in flaps)
    for seed in range(1, 6):
        phones, other = perform("눈이 오는 밤 우리는 모두 노래를 부른다", seed)
        curves = animate(phones, len(other) / RATE)
        wrong = np.maximum(curves["jawOpen"] - curves["mouthClose"], 0) ** 2 * 3000
        assert not lipsync.measure(wrong, voice, 30).together
    assert not lipsync.measure(opening[::-1], voice, 30).together


def test_snow_on_a_frozen_face_is_not_taken_for_singing(performance):
    """The cheat of a still picture with snow drawn over it."""
    _, samples, curves = performance
    still = type(curves)(np.repeat(curves.values[40:41], 90, 0))
    opening = lipsync.mouth_opening(face.frames(still, face.Stage(SIZE)), face.mouth_box(SIZE))
    assert not lipsync.measure(opening, energy(samples, 90), 30).together


def test_a_rendered_video_is_measured_from_its_file(performance, tmp_path):
    _, samples, curves = performance
    for late, together in ((0.0, True), (0.25, False)):
        path = tmp_path / f"{late}.mp4"
        face.sing_on_screen(path, curves.shifted(late), samples, RATE, (320, 180))
        found = lipsync.check(path, samples, RATE)
        assert found.together is together, str(found)
        assert found.offset == pytest.approx(late, abs=0.04)


def test_what_cannot_be_measured_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(HallyuError, match="silent"):
        lipsync.vowel_energy(np.zeros(RATE * 3), RATE, 30, 90)
    with pytest.raises(HallyuError, match="two seconds"):
        lipsync.measure(np.ones(30), np.ones(30), 30)
    (tmp_path / "a.mp4").write_bytes(b"not a video")
    for path in (tmp_path / "a.mp4", tmp_path / "missing.mp4"):
        with pytest.raises(HallyuError, match="no video"):
            lipsync.check(path, np.ones(RATE), RATE)
