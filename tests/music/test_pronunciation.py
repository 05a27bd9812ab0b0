"""Pronunciation against the standard's own examples, against further words, and by its properties."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import pronunciation_words as words
from hallyu.music.pronunciation import CODAS, compose, letters, pronounce

FOLDER = Path(__file__).parent
NEED_A_SENTENCE = {"감다", "신다", "신고"}
"""Alone they are as likely 간다-like endings or the noun 신고; in a sentence they come out right (further words)."""


def table(name: str) -> list[list[str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")][1:]


STANDARD = table("standard_pronunciation.tsv")
FURTHER = table("further_pronunciation.tsv")


def right(written: str, said: str) -> bool:
    return pronounce(written).replace(" ", "") in said.split("/")


def test_the_standards_own_examples():
    wrong = {(article, written) for article, written, said in STANDARD if not right(written, said)}
    by_article = Counter(article for article, *_ in STANDARD)
    print(f"\n표준 발음법: {len(STANDARD) - len(wrong)} of {len(STANDARD)} examples; wrong: {sorted(wrong)}")
    assert len(STANDARD) >= 400 and len(by_article) == 25
    assert {written for _, written in wrong} == NEED_A_SENTENCE


def test_most_of_them_need_no_word_list(monkeypatch):
    monkeypatch.setattr(words, "PATTERN", re.compile(r"(?!)"))
    wrong = Counter(article for article, written, said in STANDARD if not right(written, said))
    count = sum(wrong.values())
    print(
        f"\nWithout the word list: {len(STANDARD) - count} of {len(STANDARD)}; wrong by article: {dict(wrong)}"
    )
    assert count <= 50
    # Only where words must be known: a word of its own, suffixes in ㄹ, tense and ㄴ in compounds.
    assert set(wrong) <= {"7", "12", "15", "20", "21", "24", "26", "28", "29", "30"}


def test_further_words():
    wrong = [(written, said, pronounce(written)) for written, said in FURTHER if not right(written, said)]
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("첫눈 오는 날, 만나자던 약속", "천누 노는 날, 만나자던 냑쏙"),
        ("잊지 못할 우리의 사랑 이야기", "읻찌 모타 루리에 사랑 니야기"),
        ("넌 내게 말했어 \"괜찮아!\"", "넌 내게 말해써 \"괜차나!\""),
        ("밥, 먹는다", "밥, 멍는다"),
    ],
)  # fmt: skip
def test_lines_keep_their_spaces_and_marks(written, said):
    assert pronounce(written) == said


hangul = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))


@settings(max_examples=150, deadline=None)
@given(st.text(st.one_of(hangul, st.sampled_from(" ,.!?")), max_size=12))
def test_a_syllable_stays_a_syllable_and_ends_in_one_of_seven(text):
    said = pronounce(text)
    assert len(said) == len(text)
    for written, spoken in zip(text, said, strict=True):
        if "가" <= written <= "힣":
            assert letters(spoken)[2] in ("", *"ㄱㄴㄷㄹㅁㅂㅇ")
        else:
            assert written == spoken


@given(hangul)
def test_letters_and_back(syllable):
    assert compose(*letters(syllable)) == syllable


def test_every_coda_has_its_sound():
    alone = {coda: letters(pronounce(compose("ㅇ", "ㅏ", coda)))[2] for coda in CODAS}
    assert alone["ㄼ"] == "ㄹ" and alone["ㄿ"] == "ㅂ" and alone["ㅎ"] == "ㄷ" and alone["ㄺ"] == "ㄱ"
    assert set(alone.values()) == {"", *"ㄱㄴㄷㄹㅁㅂㅇ"}


def test_decomposed_hangul_is_read_like_any_other():
    assert pronounce("\u1101\u1169\u11be\u110b\u1175") == "꼬치"


@pytest.mark.parametrize("text", ["첫눈 ❄", "初雪", "ㅋㅋ", "снег", "نور"])
def test_what_has_no_reading_is_named(text):
    with pytest.raises(HallyuError, match="cannot be read aloud"):
        pronounce(text)


def test_every_word_of_the_list_says_something_new(monkeypatch):
    """A mark that the rules would have set by themselves is clutter."""
    whole = {word: f"{word}는" if word in words.VERBS else word for word in words.MARKS}
    with_list = {word: pronounce(text) for word, text in whole.items()}
    monkeypatch.setattr(words, "PATTERN", re.compile(r"(?!)"))
    assert [word for word, text in whole.items() if pronounce(text) == with_list[word]] == []
