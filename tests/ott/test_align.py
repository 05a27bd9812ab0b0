"""The script on what was heard: against alignments worked out by hand, lines that were missed, and as a cheapest way."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.models.whisper import Word
from hallyu.ott import align as aligning
from hallyu.ott.align import GAP, align, distance, plain_lines, steps

syllables = st.text("첫눈이내린논A", max_size=6)


def heard(*rows) -> list[Word]:
    return [Word(text, start, stop, 0.9) for text, start, stop in rows]


def cost(said: str, over: str, pairs) -> float:
    changed = sum(distance(said[i], over[j]) for i, j in pairs)
    return changed + GAP * (len(said) + len(over) - 2 * len(pairs))


@given(syllables, syllables)
def test_no_other_alignment_is_cheaper(said, over):
    pairs = steps(said, over)
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(pairs))
    others = (
        zip(rows, columns, strict=True)
        for n in range(min(len(said), len(over)) + 1)
        for rows in itertools.combinations(range(len(said)), n)
        for columns in itertools.combinations(range(len(over)), n)
    )
    least = min(cost(said, over, list(other)) for other in others)
    assert cost(said, over, pairs) == pytest.approx(least)


def test_a_line_has_the_time_of_its_words():
    found = align(
        ["눈이다.", "우산 가져왔어?"], heard(("누니다", 1, 1.9), ("우산", 3, 3.4), ("가져왔어", 3.5, 4))
    )
    assert [(line.start, line.stop, line.found) for line in found] == [(1, 1.9, True), (3, 4, True)]
    assert [line.errors for line in found] == [0, 0]  # 누니다 is how 눈이다 sounds
    assert [(word.text, word.start, word.stop) for word in found[1].words] == [
        ("우산", 3, 3.4),
        ("가져왔어?", 3.5, 4),
    ]


def test_a_word_that_the_recogniser_wrote_over_two_lines_is_shared_by_its_syllables():
    one, two = align(
        ["같이 가자", "그래 좋아"], heard(("같이", 0, 0.4), ("가자그래", 0.4, 1.2), ("좋아", 1.2, 1.6))
    )
    assert (one.stop, two.start) == pytest.approx((0.8, 0.8))


def test_ends_are_brought_to_where_speech_begins_and_ends():
    (line,) = align(["눈이 온다"], heard(("눈이", 1.2, 1.5), ("온다", 1.5, 1.9)), [(1.0, 2.1)])
    assert (line.start, line.stop) == (1.0, 2.1)
    assert line.words[0].start == 1.0 and line.words[-1].stop == 2.1


def test_speech_that_is_far_away_changes_nothing():
    (line,) = align(["눈이 온다"], heard(("눈이", 1.2, 1.5), ("온다", 1.5, 1.9)), [(0.2, 5.0)])
    assert (line.start, line.stop) == (1.2, 1.9)


def test_a_line_that_was_missed_lies_in_the_speech_that_nobody_else_has():
    lines = ["눈이 온다", "우산이 없는데 어떡하지", "뛰어가자"]
    words = heard(("눈이", 1, 1.4), ("온다", 1.4, 2), ("뛰어가자", 8, 9))
    speech = [(1, 2), (4, 6), (8, 9)]
    found = align(lines, words, speech)
    assert [line.found for line in found] == [True, False, True]
    assert (found[1].start, found[1].stop) == (4, 6) and found[1].errors == 1
    assert len(found[1].words) == 3 and {word.probability for word in found[1].words} == {0.0}


def test_two_lines_that_were_missed_share_the_speech_by_their_syllables():
    lines = ["눈이 온다", "가나다라마바", "사아", "뛰어가자"]
    found = align(
        lines, heard(("눈이", 1, 1.4), ("온다", 1.4, 2), ("뛰어가자", 8, 9)), [(1, 2), (3, 5), (6, 8), (8, 9)]
    )
    assert (found[1].start, found[1].stop) == pytest.approx((3, 7))
    assert (found[2].start, found[2].stop) == pytest.approx((7, 8))


def test_lines_come_in_order_and_never_overlap_whatever_was_heard():
    rng = np.random.default_rng(3)
    letters = list("가나다라마바사아자차카타파하눈논")
    for _ in range(30):
        lines = ["".join(rng.choice(letters, rng.integers(1, 6))) for _ in range(5)]
        times = np.sort(rng.random(24) * 20)
        words = heard(*(("".join(rng.choice(letters, 2)), *times[n : n + 2]) for n in range(0, 24, 2)))
        edges = np.sort(rng.random(10) * 20)
        speech = [tuple(edges[n : n + 2]) for n in range(0, 10, 2)]
        found = align(lines, words, speech)
        assert [line.text for line in found] == lines
        assert all(line.start <= line.stop for line in found)
        assert all(a.stop <= b.start + 1e-9 for a, b in itertools.pairwise(found))
        assert all(
            line.start - 1e-9 <= word.start <= word.stop <= line.stop + 1e-9
            for line in found
            for word in line.words
        )


def test_numbers_are_aligned_as_they_are_read():
    found = align(["세 시야"], heard(("3시야", 1, 2)))
    assert found[0].found and found[0].errors == 0


def test_what_cannot_be_aligned_is_said():
    with pytest.raises(HallyuError, match="Line 2 of the script, “…”, has no words"):
        align(["눈", "…"], heard(("눈", 1, 2)))
    with pytest.raises(HallyuError, match="No words were heard"):
        align(["눈"], [])
    assert align([], []) == []


def test_a_script_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(aligning, "MOST", 3)
    with pytest.raises(HallyuError, match="reel by reel"):
        align(["첫눈"], heard(("첫눈", 1, 2)))


def test_the_lines_of_a_text():
    assert plain_lines("눈이다.\n\n  - 어디?  \n…\n") == ["눈이다.", "어디?"]
