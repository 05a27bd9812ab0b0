"""From sound to draft subtitles: the bundled recogniser on a small film, and each step on words that are known."""

import json

import numpy as np
import pytest
import soundfile

from hallyu import audio
from hallyu.errors import HallyuError
from hallyu.models import whisper
from hallyu.music import voice
from hallyu.ott import guide, recognise
from hallyu.ott.ffmpeg import Stopped
from hallyu.ott.recognise import Listened, Word, cues, draft, invented, listen, settled
from hallyu.ott.timedtext import Track

RATE = 48_000
LINES = [
    ("jf_nezumi", "우산 가져왔어?", 1.5),
    ("jm_kumo", "아니, 그냥 맞고 싶어서.", 4.0),
    ("jf_nezumi", "내년에도 여기서 만나자.", 8.5),
]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A sound file of fourteen seconds, the lines in it, and when each begins and ends."""
    whole, times = np.zeros(14 * RATE, np.float32), []
    for name, text, begin in LINES:
        said = voice.speak(text, voice.voice(name))
        sound = 0.5 * audio.resample(said.samples, said.rate, RATE)
        loud = np.flatnonzero(np.abs(sound) > 0.01) / RATE
        whole[round(begin * RATE) : round(begin * RATE) + len(sound)] += sound
        times.append((begin + loud[0], begin + loud[-1]))
    path = tmp_path_factory.mktemp("scene") / "scene.flac"
    soundfile.write(path, np.stack([whole, whole], 1), RATE)
    return path, [text for _, text, _ in LINES], times


@pytest.fixture(scope="module")
def listened(scene):
    return listen(scene[0], scene[1])


def test_the_words_are_understood_and_lie_where_they_are_said(scene, listened):
    _, lines, times = scene
    text = " ".join(word.text for word in listened.words)
    assert recognise.character_errors(" ".join(lines), text) <= 0.2
    assert not listened.invented
    assert all(any(a - 0.2 <= w.start <= w.stop <= b + 0.2 for a, b in times) for w in listened.words)


def test_each_line_is_found_within_two_frames(scene, listened):
    for line, text, (start, stop) in zip(listened.lines, scene[1], scene[2], strict=True):
        assert line.text == text and line.found
        assert abs(line.start - start) < 0.09 and abs(line.stop - stop) < 0.15


def test_the_draft_is_timed_to_frames_and_breaks_no_rule_of_time(listened):
    track = cues(listened)
    assert track.text == "\n".join(line.text for line in listened.lines)
    assert all(
        float(cue.start * 24).is_integer() or abs(cue.start * 24 % 1 - 0.5) > 0.49 for cue in track.cues
    )
    assert not [
        found for found in guide.check(track) if found.code in ("TIM-ZERO", "TIM-OVER", "TIM-GAP", "TIM-MIN")
    ]


def test_without_a_script_the_draft_has_what_was_heard(scene, listened):
    from dataclasses import replace

    track = cues(replace(listened, lines=()))
    assert 3 <= len(track.cues) <= 5
    assert track.text.split() == [word.text for word in listened.words]


def test_a_film_in_another_language_is_not_written_as_korean(scene):
    with pytest.raises(HallyuError, match=r"scene\.flac is in the language 'ko' \(\d+% sure\), not 'en'"):
        recognise.words(scene[0], "en")
    with pytest.raises(HallyuError, match="does not know the language 'kr'"):
        recognise.words(scene[0], "kr")


def test_a_film_in_which_nobody_speaks_has_no_subtitles(tmp_path):
    soundfile.write(tmp_path / "wind.wav", 0.01 * np.random.default_rng(0).normal(size=3 * RATE), RATE)
    assert draft(tmp_path / "wind.wav") == Track(())
    with pytest.raises(HallyuError, match="No words were heard"):
        draft(tmp_path / "wind.wav", "눈이다.")


def test_progress_is_told_and_stopping_is_heard(scene):
    told = []
    recognise.words(scene[0], tick=told.append)
    assert told == sorted(told) and told[-1] == 1.0
    with pytest.raises(Stopped):
        listen(scene[0], stop=lambda: len(told) > 0)


def test_what_whisper_invents_for_noise_is_found():
    noise = np.cumsum(np.random.default_rng(0).normal(0, 5e-4, 12 * 16_000)).astype(np.float32)
    said = whisper.hear(noise, 16_000).words
    assert said and invented(said, []) == list(said)


def at(text: str, start: float, stop: float, probability: float = 0.9) -> Word:
    return Word(text, start, stop, probability)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ([at("눈이다", 1.0, 1.5), at("눈이다", 9.0, 9.5)], [1]),
        ([at("시청해주셔서", 1, 2, 0.4), at("감사합니다.", 2, 3, 0.5)], [0, 1]),
        ([at("시청해주셔서", 1, 2, 0.9), at("감사합니다.", 2, 3, 0.9)], []),
        ([at("와주셔서", 1, 2, 0.4), at("감사합니다.", 2, 3, 0.4)], []),
        ([at("네", 1 + n / 2, 1.3 + n / 2) for n in range(4)], []),
        ([at("네", 1.5, 1.5, 0.99) for n in range(4)], [0, 1, 2, 3]),
        ([at("가자", 0.2, 1.2)], []),
    ],
    ids=[
        "no voice",
        "known and doubtful",
        "really said",
        "not the phrase",
        "four times",
        "a loop",
        "early start",
    ],
)
def test_inventions(words, wrong):
    assert invented(words, [(1.0, 4.0)]) == [words[n] for n in wrong]


def test_words_end_where_they_end_and_begin_with_the_voice():
    speech = [(1.0, 2.0), (5.0, 6.0)]
    assert settled([at("눈", 0.1, 1.5)], speech) == [at("눈", 1.0, 1.5)]
    assert settled([at("눈", 1.9, 5.4)], speech) == [at("눈", 5.0, 5.4)]
    assert settled([at("눈", 3.0, 4.0)], speech) == [at("눈", 3.0, 4.0)]


def test_windows_are_full_and_give_their_words_back_to_the_film():
    pieces = [(float(n * 20), float(n * 20 + 10)) for n in range(7)]
    blocks = [np.arange(n * 16_000, (n + 1) * 16_000, dtype=np.float32) for n in range(140)]
    parts = list(recognise._cut(blocks, pieces))
    assert [begin for begin, _ in parts] == [a for a, _ in pieces]
    assert all((sound == np.arange(begin * 16_000, (begin + 10) * 16_000)).all() for begin, sound in parts)
    windows = list(recognise._windows(parts))
    assert [len(window) for window in windows] == [2, 2, 2, 1]
    (word,) = recognise._in_film([at("눈", 9.0, 12.0)], windows[1])
    assert (word.start, word.stop) == (60.0, 62.0)  # it ends in the part at 60 s and cannot begin before it


def test_a_long_line_becomes_cues_at_its_phrases():
    text = "작년 오늘 여기서 처음 만났지 그때도 눈이 이렇게 많이 내리고 있었는데 너는 기억이 나니"
    words = tuple(at(word, n / 2, n / 2 + 0.4) for n, word in enumerate(text.split()))
    track = cues(Listened(Track(()).rate, "ko", ((0.0, 7.0),), words, ()))
    assert len(track.cues) == 2 and track.text.split() == [word.text for word in words]
    assert all(len(cue.lines) <= 2 for cue in track.cues)
    assert track.cues[1].start == pytest.approx(
        next(w.start for w in words if w.text == track.cues[1].text.split()[0]), abs=0.03
    )


def test_the_draft_can_be_kept_as_data(listened):
    from dataclasses import asdict

    assert json.loads(json.dumps(asdict(listened)["lines"], ensure_ascii=False))[0]["found"] is True
