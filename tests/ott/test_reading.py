import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.ott import reading
from hallyu.ott.timedtext import Cue, plain

TEXT = st.text(alphabet="가힣각ㅋ漢あaé0 .,!?…♪-\n<>/i\u0301\u200b", max_size=30)


@pytest.mark.parametrize(("text", "wanted"), [
    ("", 0), ("안녕", 2), ("안녕하세요", 5), ("Hello", 2.5), ("2026년 11월", 5.5), ("어디…?", 3), ("- 왜?", 2.5), ("ㅋㅋ", 2),
    ("<i>첫눈</i>", 2), ("첫눈\n이다", 4), ("「눈」", 2), ("日本", 2), ("♪ 눈이 ♪", 4), ("\u200b눈\u0301", 1), ("< 눈 >", 3),
    ("우리가 처음 만난 그날처럼", 12.5),
])  # fmt: skip
def test_half_width_counting(text, wanted):
    assert reading.width(text) == wanted


def test_a_mac_writes_syllables_in_parts_which_count_as_one():
    assert reading.width(unicodedata.normalize("NFD", "한글")) == 2


def test_english_counts_every_character():
    assert reading.width("<i>It's cold.</i>\nVery.", halves=False) == 15


def test_speed():
    assert reading.speed(Cue(10.0, 11.0, "가" * 12)) == 12
    assert reading.speed(Cue(1.0, 1.0, "눈")) == reading.speed(Cue(2.0, 1.0, "눈")) == float("inf")


def by_hand(line: str) -> float:
    total = 0.0
    for letter in unicodedata.normalize("NFC", line):
        if unicodedata.category(letter) in ("Mn", "Cf"):
            continue
        total += 1.0 if "가" <= letter <= "힣" or letter in "ㅋ漢あ" else 0.5
    return total


@given(st.lists(TEXT, max_size=6))
def test_many_at_once_are_each_by_itself(texts):
    lines, owners, counted = reading.lines(texts)
    assert lines == [unicodedata.normalize("NFC", line) for text in texts for line in plain(text).split("\n")]
    assert owners.tolist() == [n for n, text in enumerate(texts) for _ in text.split("\n")]
    assert counted.tolist() == [by_hand(line) for line in lines]
    assert np.array_equal(reading.widths(texts), [reading.width(text) for text in texts])
