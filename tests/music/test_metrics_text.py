"""The character error rate against figures worked out by hand, and as a distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music.metrics_text import (
    ADDED,
    LEFT_OUT,
    SAME,
    align,
    as_heard,
    character_error_rate,
    marked,
    normalise,
)

short = st.text("첫눈이내린다", max_size=7)


def cost(said: str, heard: str) -> int:
    return sum(edit.kind != SAME for edit in align(said, heard))


@pytest.mark.parametrize(
    ("said", "heard", "edits"),
    [
        ("kitten", "sitting", 3),
        ("saturday", "sunday", 3),
        ("첫눈이", "첫눈이", 0),
        ("첫눈", "", 2),
        ("", "첫눈", 2),
        ("", "", 0),
    ],
)
def test_known_distances(said, heard, edits):
    assert cost(said, heard) == edits


@given(short, short)
def test_an_alignment_spells_both_texts(said, heard):
    edits = align(said, heard)
    assert "".join(e.said for e in edits) == said and "".join(e.heard for e in edits) == heard
    assert all((e.kind == SAME) == (e.said == e.heard) for e in edits)
    assert all(not e.said for e in edits if e.kind == ADDED) and all(
        not e.heard for e in edits if e.kind == LEFT_OUT
    )


@given(short, short, short)
def test_it_is_a_distance(one, two, three):
    assert cost(one, two) == cost(two, one)
    assert cost(one, three) <= cost(one, two) + cost(two, three)
    assert abs(len(one) - len(two)) <= cost(one, two) <= max(len(one), len(two))


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("첫눈이 내린다, 하얀 눈을 밟아요.", "전 눈이 내린다 하얀 눈을 발바요", 3 / 13),
        ("첫눈이 내린다", "첫눈이내린다!", 0),
        ("세 시에 만나", "3시에 만나", 0),
        ("Love you", "love you", 0),
        ("눈", "눈이 내린다", 4),
        ("눈", "", 1),
    ],
)
def test_rates(said, heard, rate):
    assert character_error_rate(said, heard) == pytest.approx(rate)


def test_by_sound_a_spelling_that_sounds_alike_is_right_and_another_sound_is_not():
    assert character_error_rate("꽃잎이 지네", "꼰니피 지네", by_sound=True) == 0
    assert character_error_rate("꽃잎이 지네", "꽃님이 지네", by_sound=True) == pytest.approx(1 / 5)


def test_what_was_said_must_have_characters():
    with pytest.raises(HallyuError, match="no text to compare"):
        character_error_rate(" ...!", "눈")


@given(st.text(max_size=20))
def test_any_text_that_a_recogniser_writes_can_be_compared(heard):
    assert character_error_rate("첫눈", heard) >= 0
    assert character_error_rate("첫눈", heard, by_sound=True) >= 0
    assert normalise(normalise(heard)) == normalise(heard)


def test_as_heard_keeps_what_is_no_hangul():
    assert as_heard("BTS와 꽃잎") == "bts와꼰닙"


def test_an_alignment_can_be_read():
    assert marked(align("밟아요", "발바요!")) == "[밟>발][아>바]요[>!]"
