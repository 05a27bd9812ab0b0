"""The checks of lesson 01 tell right answers from those that a learner is likely to give first."""

import re

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


def in_frame(word, speech, rate, rough=0.15):
    homes = [a for a, b in speech if a < word.stop <= b + rough]
    return round(max([word.start, *homes]) * rate)


def in_the_first_that_touches(word, speech, rate):
    homes = [a for a, b in speech if a < word.stop and b > word.start]
    return round(max([word.start, *homes[:1]]) * rate)


def in_the_next(word, speech, rate):
    return round(min([a for a, _ in speech if a >= word.start], default=word.start) * rate)


def at_the_nearest(word, speech, rate):
    return round(min([a for a, _ in speech], key=lambda a: abs(a - word.start), default=word.start) * rate)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda word, speech, rate: None, "returns nothing yet"),
    (lambda word, speech, rate: round(word.start * rate), "the pause before is no word"),
    (lambda word, speech, rate: float(word.start * rate), "not inside one"),
    (lambda word, speech, rate: int(max([word.start, *[a for a, b in speech if a < word.stop <= b + 0.15]]) * rate),
     "frame 336.7"),
    (lambda word, speech, rate: -int(-max([word.start, *[a for a, b in speech if a < word.stop <= b + 0.15]]) * rate // 1),
     "frame 429.4"),
    (lambda word, speech, rate: in_frame(word, speech, rate, rough=0), "times are rough"),
    (lambda word, speech, rate: in_frame(word, speech, 24), "24000/1001"),
    (lambda word, speech, rate: in_frame(word, speech, round(rate)), "24000/1001"),
    (lambda word, speech, rate: in_frame(word, speech, min(rate, 24)), "30 a second"),
    (lambda word, speech, rate: round(next((a for a, b in speech if a < word.stop <= b + 0.15), word.start) * rate),
     "its own start"),
    (in_the_first_that_touches, "it ends in the passage"),
    (in_the_next, "its own start"),
    (at_the_nearest, "its own start"),
    (lambda word, speech, rate: in_frame(word, speech, rate) if speech else 0, "no speech is known"),
])  # fmt: skip
def test_in_frame_says_what_is_wrong(answer, says):
    found = check.in_frame(answer)
    assert not found and says in found.message, found


def test_a_word_comes_in_where_the_library_settles_it():
    for word, rate, frame, _ in check.PLACED:
        (settled,) = recognise.settled([word], check.TALK)
        assert round(settled.start * rate) == frame, word


def test_a_word_is_told_by_its_time_and_not_by_its_text():
    """A word that is said and invented again is two words."""
    words = [Word("눈", 3.0, 3.4, 0.9), Word("눈", 9.0, 9.4, 0.9)]
    assert recognise.invented(words, [(2.0, 4.0)]) == words[1:] == invented(words, [(2.0, 4.0)])
