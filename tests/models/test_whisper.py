"""The recogniser on real sound: the bundled voice, silence, noise, and sound in other shapes."""

import numpy as np
import pytest

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.models.whisper import hear, load_hub
from hallyu.music.metrics_text import character_error_rate

LINE = "오늘은 날씨가 참 좋네요."


@pytest.fixture(scope="module")
def spoken():
    from hallyu.music import voice

    return voice.speak(LINE, voice.voice("jf_alpha"))


@pytest.fixture(scope="module")
def heard(spoken):
    return hear(spoken.samples, spoken.rate)


def test_the_spoken_line_is_understood(heard):
    assert character_error_rate(LINE, heard.text, by_sound=True) <= 0.1


def test_words_come_in_order_with_their_times(heard, spoken):
    assert " ".join(word.text for word in heard.words) == heard.text
    assert all(0 <= word.start <= word.stop <= len(spoken.samples) / spoken.rate + 0.1 for word in heard.words)
    assert all(a.stop <= b.start + 0.02 for a, b in zip(heard.words, heard.words[1:], strict=False))
    assert all(0 < word.probability <= 1 for word in heard.words)


def test_stereo_at_another_rate_is_heard_alike(spoken, heard):
    from hallyu import audio

    louder = audio.resample(spoken.samples, spoken.rate, 48_000)
    assert hear(np.stack([louder, louder], axis=1), 48_000).text == heard.text


def test_backwards_it_is_not_understood(spoken):
    backwards = hear(spoken.samples[::-1].copy(), spoken.rate)
    assert character_error_rate(LINE, backwards.text, by_sound=True) > 0.5


def test_silence_says_nothing():
    assert hear(np.zeros(32_000, np.float32), 16_000).words == ()
    assert hear(np.full(32_000, 5e-4, np.float32), 16_000).text == ""


def test_an_unknown_language_is_refused():
    with pytest.raises(HallyuError, match="does not know the language 'kr'"):
        hear(np.ones(1600, np.float32), 16_000, language="kr")


def test_the_hub_loader_opens_any_folder_of_its_make(tmp_path, spoken, heard):
    first, second, *others = models.files_of("whisper-base")
    (tmp_path / "model.bin").write_bytes(first.read_bytes() + second.read_bytes())
    for path in others:
        (tmp_path / path.name).symlink_to(path)
    assert hear(spoken.samples, spoken.rate, model=load_hub(str(tmp_path))).text == heard.text
