"""The checks of lesson 01 tell right answers from those that a learner is likely to give first."""

import re
from fractions import Fraction

import numpy as np
import pytest

from hallyu.models.whisper import Word
from hallyu.music import metrics_text
from hallyu.ott import checks_hear as check
from hallyu.ott import recognise


def table(said, heard):
    made = np.zeros((len(said) + 1, len(heard) + 1), int)
    made[:, 0], made[0] = np.arange(len(said) + 1), np.arange(len(heard) + 1)
    for i, one in enumerate(said, 1):
        for j, other in enumerate(heard, 1):
            made[i, j] = min(made[i - 1, j - 1] + (one != other), made[i - 1, j] + 1, made[i, j - 1] + 1)
    return made


def counted(said, heard):
    made, i, j = table(said, heard), len(said), len(heard)
    counts = [0, 0, 0]
    while i or j:
        if i and j and made[i, j] == made[i - 1, j - 1] + (said[i - 1] != heard[j - 1]):
            counts[0] += said[i - 1] != heard[j - 1]
            i, j = i - 1, j - 1
        elif i and made[i, j] == made[i - 1, j] + 1:
            counts[1], i = counts[1] + 1, i - 1
        else:
            counts[2], j = counts[2] + 1, j - 1
    return counts


def always_diagonal(said, heard):
    """Walks back to the left and up whether or not that explains the number."""
    i, j, wrong = len(said), len(heard), 0
    while i and j:
        i, j = i - 1, j - 1
        wrong += said[i] != heard[j]
    return wrong, i, j


def one_by_one(said, heard):
    return (
        sum(a != b for a, b in zip(said, heard, strict=False)),
        max(0, len(said) - len(heard)),
        max(0, len(heard) - len(said)),
    )


def test_right_answers():
    assert check.counted(counted)
    assert check.invented(invented)
    assert check.in_frame(in_frame)


def test_the_cases_are_as_the_library_counts():
    for said, heard, _ in check.COUNTED:
        kinds = [edit.kind for edit in metrics_text.align(said, heard)]
        assert tuple(map(kinds.count, "~-+")) in check.cheapest(said, heard)
    words = [word for word, _, _ in check.HEARD]
    assert recognise.invented(words, check.SPEECH) == [word for word, wrong, _ in check.HEARD if wrong]


@pytest.mark.parametrize(("answer", "says"), [
    (lambda said, heard: None, "returns nothing yet"),
    (lambda said, heard: [table(said, heard)[-1, -1]], "return three"),
    (lambda said, heard: (table(said, heard)[-1, -1], 0, 0), "one was left out"),
    (lambda said, heard: (counted(said, heard)[0], *counted(said, heard)[:0:-1]), "only the script has"),
    (lambda said, heard: counted(heard, said), "only the script has"),
    (one_by_one, "2 edits are enough|1 edits are enough"),
    (always_diagonal, "by steps that explain"),
    (lambda said, heard: [0, len(said), len(heard)], "yours counts 10"),
    (lambda said, heard: 1 / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_counted_says_what_is_wrong(answer, says):
    found = check.counted(answer)
    assert not found and re.search(says, found.message), found


def share(word, speech, rough=0.15):
    stop = max(word.stop, word.start + 1e-3)
    return sum(max(0, min(stop, b + rough) - max(word.start, a - rough)) for a, b in speech) / (
        stop - word.start
    )


def invented(words, speech):
    return [word for word in words if share(word, speech) < 0.25]


@pytest.mark.parametrize(("answer", "says"), [
    (lambda words, speech: None, "returns nothing yet"),
    (lambda words, speech: [], "“그래” .* yours keeps it"),
    (lambda words, speech: [word.text for word in invented(words, speech)], "something else than words"),
    (lambda words, speech: [word for word in words if word not in invented(words, speech)], "yours keeps it"),
    (lambda words, speech: [word for word in words if share(word, speech, 0) < 0.25], "times are rough|add up"),
    (lambda words, speech: [word for word in words if share(word, speech) == 0], "a sixth"),
    (lambda words, speech: [word for word in words if share(word, speech) < 1], "began it early"),
    (lambda words, speech: [word for word in words if max(share(word, [each]) for each in speech) < 0.25], "add up"),
    (lambda words, speech: [word for word in words if word.probability < 0.6], "yours keeps it"),
    (lambda words, speech: [word for word in words
                            if not any(a - 0.15 <= (word.start + word.stop) / 2 <= b + 0.15 for a, b in speech)],
     "began it early|an eighth"),
    (lambda words, speech: [word for word in words if word.stop - word.start and share(word, speech) < 0.25], "without length"),
    (lambda words, speech: [word for word in words if word.stop == word.start or share(word, speech) < 0.25],
     "without length"),
    (lambda words, speech: invented(words, speech)[::-1], "order"),
    (lambda words, speech: invented(words, speech) if speech else [], "whole film"),
    (lambda words, speech: [w for w in words if sum(min(w.stop, b) - max(w.start, a) for a, b in speech)
                            / (w.stop - w.start) < 0.25], "ZeroDivisionError"),
])  # fmt: skip
def test_invented_says_what_is_wrong(answer, says):
    found = check.invented(answer)
    assert not found and re.search(says, found.message), found


def in_frame(seconds, onsets, rate, near=0.35):
    nearest = min(onsets, key=lambda onset: abs(onset - seconds), default=seconds)
    return round((nearest if abs(nearest - seconds) <= near else seconds) * rate)


def floored(seconds, onsets, rate):
    nearest = min(onsets, key=lambda onset: abs(onset - seconds), default=seconds)
    return int((nearest if abs(nearest - seconds) <= 0.35 else seconds) * rate)


def first_that_is_near(seconds, onsets, rate):
    return round(next((onset for onset in onsets if abs(onset - seconds) <= 0.35), seconds) * rate)


def only_before(seconds, onsets, rate):
    return in_frame(seconds, [onset for onset in onsets if onset <= seconds], rate)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda seconds, onsets, rate: None, "returns nothing yet"),
    (lambda seconds, onsets, rate: round(seconds * rate), "start with the voice"),
    (lambda seconds, onsets, rate: float(seconds * rate), "not inside one"),
    (floored, "frame 24.7"),
    (lambda seconds, onsets, rate: in_frame(seconds, onsets, rate, near=9), "too far"),
    (lambda seconds, onsets, rate: in_frame(seconds, onsets, rate, near=0.25), "after the voice"),
    (lambda seconds, onsets, rate: in_frame(seconds, onsets, Fraction(24)), "24000/1001"),
    (lambda seconds, onsets, rate: in_frame(seconds, onsets, round(rate)), "24000/1001"),
    (only_before, "before the voice"),
    (lambda seconds, onsets, rate: in_frame(seconds, onsets, min(rate, 24)), "30 a second"),
    (first_that_is_near, "the nearest counts"),
    (lambda seconds, onsets, rate: in_frame(seconds, onsets, rate) if onsets else 0, "no beginning of speech"),
    (lambda seconds, onsets, rate: round(min(onsets) * rate), ""),
])  # fmt: skip
def test_in_frame_says_what_is_wrong(answer, says):
    found = check.in_frame(answer)
    assert not found and says in found.message, found


def test_a_word_is_told_by_its_time_and_not_by_its_text():
    """A word that is said and invented again is two words."""
    words = [Word("눈", 3.0, 3.4, 0.9), Word("눈", 9.0, 9.4, 0.9)]
    assert recognise.invented(words, [(2.0, 4.0)]) == words[1:] == invented(words, [(2.0, 4.0)])
