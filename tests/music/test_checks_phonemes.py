"""The checks of lesson 02: right answers pass; the empty stub and plausible wrong answers are told what is wrong."""

import re
from pathlib import Path

import pytest

from hallyu.music import checks_phonemes as check
from hallyu.music.pronunciation import letters, pronounce
from hallyu.music.reading import native, read_out, sino


def ending(text):
    return letters(pronounce(text)[-1])[1:]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda a, b: None, "nothing yet"),
        (lambda a, b: letters(a[-1])[1:] == letters(b[-1])[1:], "rhyme; yours says they do not."),
        (
            lambda a, b: ending(a)[0] == ending(b)[0] or ending(a)[1] == ending(b)[1],
            "do not rhyme; yours says",
        ),
        (lambda a, b: ending(a)[1] == ending(b)[1], "숲"),
        (lambda a, b: pronounce(a)[-1] == pronounce(b)[-1], "[꼳]"),
        (lambda a, b: True, "do not rhyme; yours says they do."),
        (lambda a, b: a / b, "stopped with TypeError"),
    ],
)
def test_wrong_rhymes_are_told_why(answer, said):
    verdict = check.rhyme(answer)
    assert not verdict and said in verdict.message


def test_right_rhymes_pass_and_some_are_seen_only_by_ear():
    assert check.rhyme(lambda a, b: ending(a) == ending(b))
    by_eye = [letters(a[-1])[1:] == letters(b[-1])[1:] for a, b, _ in check.RHYMES]
    assert sum(eye != ear for eye, (_, _, ear) in zip(by_eye, check.RHYMES, strict=True)) >= 4


def right_clock(hour, minute):
    return f"{native(hour)} 시" + (f" {sino(minute)} 분" if minute else "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda h, m: None, "nothing yet"),
        (lambda h, m: f"{native(h)} 시 {sino(m)} 분", "no minutes"),
        (lambda h, m: right_clock(h, m).replace(" ", ""), "the spaces are not"),
        (lambda h, m: f"{sino(h)} 시" + (f" {sino(m)} 분" if m else ""), "Hours take native"),
        (lambda h, m: f"{native(h)} 시" + (f" {native(m)} 분" if m else ""), "Minutes take Sino-Korean"),
        (lambda h, m: right_clock(h, m).replace("스무", "스물"), "스무 시"),
        (lambda h, m: "세 시 삼십 분", "12:00"),
    ],
)
def test_wrong_times_are_told_why(answer, said):
    verdict = check.clock(answer)
    assert not verdict and said in verdict.message


def test_right_times_pass():
    assert check.clock(right_clock)


RIGHT = {
    "하얀 발자국 하나": "하얀 발'자국 |하나",
    "오십 번의 겨울을 지나": "오십 |'번=의 겨울을 지나",
    "신을 신고 눈길 위에": "신을 신-고 눈'길 |위에",
    "꽃잎 위에 앉고": "꽃+잎 |위에 앉-고",
}
SAID = {
    "하얀 발'자국 |하나": "하얀 발짜구 카나",
    "오십 |'번=의 겨울을 지나": "오십 뻐네 겨우를 지나",
    "신을 신-고 눈'길 |위에": "시늘 신꼬 눈끼 뤼에",
    "꽃+잎 |위에 앉-고": "꼰니 뷔에 안꼬",
}


def say(marked):
    """As the lesson's rules read these lines; a line marked otherwise is read as it is spelled."""
    return SAID.get(marked, re.sub("[-|+'~=]", "", marked))


def test_the_marks_are_read_as_the_library_reads_the_lines():
    assert {line: say(marked) for line, marked in RIGHT.items()} == {
        line: pronounce(line) for line in check.SONG
    }
    assert check.marks(RIGHT, say)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "not marked yet"),
        ({}, "not marked yet"),
        (RIGHT | {"꽃잎 위에 앉고": ""}, "“꽃잎 위에 앉고” is not marked yet"),
        (RIGHT | {"꽃잎 위에 앉고": "꼰니 뷔에 안꼬"}, "add signs only"),
        (dict(zip(check.SONG, check.SONG, strict=True)), "a Korean reader says [하얀 발짜구 카나]"),
        (RIGHT | {"신을 신고 눈길 위에": "신을 신고 눈'길 |위에"}, "Look at the joint at"),
    ],
)
def test_wrong_marks_are_told_why(given, said):
    verdict = check.marks(given, say)
    assert not verdict and said in verdict.message


def test_a_say_that_stops_is_reported():
    assert "stopped with" in check.marks(RIGHT, lambda marked: marked[99]).message


def test_the_lessons_examples_are_those_that_the_library_is_tested_with():
    def rows(path):
        lines = path.read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines if not line.startswith("#")][1:]

    lesson = rows(Path(__file__).parents[2] / "modules/music/media/pronunciation-examples.tsv")
    tests = rows(Path(__file__).with_name("standard_pronunciation.tsv"))
    assert [(article, written, said) for article, written, _, said in lesson] == [tuple(row) for row in tests]
    assert all(re.sub("[-|+'~=]", "", marked) == read_out(written) for _, written, marked, _ in lesson)
