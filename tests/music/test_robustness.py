"""Everything that listens, on every kind of sound that learners bring: an answer, or one sentence; never a traceback."""

import numpy as np
import pytest

from hallyu.errors import HallyuError
from hallyu.models.whisper import hear
from hallyu.music import crepe, ddsp, metrics_voice, mixing, pitch, speaker, vocoder, watermark


def tone(rate, seconds=2.0, level=0.3):
    at = np.arange(int(rate * seconds)) / rate
    return (level * np.sin(2 * np.pi * 220 * at) * (1 + 0.5 * np.sin(2 * np.pi * 440 * at))).astype(np.float32)


NOISE = np.random.default_rng(3).standard_normal(48_000)
SOUNDS = {
    "silence": (np.zeros(32_000, np.float32), 16_000),
    "digital clipping": (np.clip(20 * tone(24_000), -1, 1), 24_000),
    "8 kHz": (tone(8_000), 8_000),
    "96 kHz": (tone(96_000), 96_000),
    "stereo": (np.stack([tone(48_000), -tone(48_000)], axis=1), 48_000),
    "one side only": (np.stack([tone(44_100), np.zeros(88_200)], axis=1), 44_100),
    "noise": (0.1 * NOISE, 24_000),
    "a click": (np.eye(1, 24_000, 12_000)[0], 24_000),
    "a constant": (np.full(24_000, 0.5), 24_000),
    "whispering quiet": (1e-4 * tone(24_000), 24_000),
    "ten samples": (tone(24_000)[:10], 24_000),
    "nothing": (np.zeros(0, np.float32), 24_000),
    "not a number": (np.where(np.arange(24_000) == 9, np.nan, tone(24_000, 1)), 24_000),
    "whole numbers": ((3e4 * tone(24_000)).astype(np.int16), 24_000),
    "six channels": (np.zeros((24_000, 6), np.float32), 24_000),
    "a rate of nought": (tone(24_000), 0),
}
LISTENERS = {
    "yin": lambda x, rate: pitch.yin(x, rate).hertz,
    "crepe": lambda x, rate: crepe.crepe(x, rate).hertz,
    "world": lambda x, rate: vocoder.synthesise(vocoder.analyse(x, rate)),
    "speaker": speaker.embed,
    "sibilants": lambda x, rate: metrics_voice.sibilants(x, rate).level,
    "loudness": mixing.loudness,
    "true peak": lambda x, rate: mixing.true_peak(x),
    "master": mixing.master,
    "mark": lambda x, rate: watermark.embed(x, rate, 7, "key"),
    "mark found": lambda x, rate: (found := watermark.detect(x, rate, "key")) and found.score,
    "timbre": lambda x, rate: ddsp.features(x, rate).f0,
    "words": lambda x, rate: len(hear(x, rate).text),
}


@pytest.mark.parametrize("listener", LISTENERS)
@pytest.mark.parametrize("sound", SOUNDS)
def test_any_sound_gives_an_answer_or_one_sentence(listener, sound):
    samples, rate = SOUNDS[sound]
    before = samples.copy()
    try:
        found = LISTENERS[listener](samples, rate)
    except HallyuError as error:
        said = str(error)
        assert said.endswith((".", "?")) and "\n" not in said and len(said) < 250
    else:
        # Silence has a loudness of minus infinity; nothing else may be without a value.
        assert found is None or np.isfinite(found).all() or (listener in ("loudness", "true peak") and found < 0)
    np.testing.assert_array_equal(samples, before)


def test_a_recording_too_long_for_the_vocoder_is_refused_before_it_is_taken_apart():
    with pytest.raises(HallyuError, match=r"10\.0 minutes, and the vocoder takes 5"):
        vocoder.analyse(np.zeros(600 * 8_000, np.float32), 8_000)
