"""The checks of lesson 04: every plausible wrong answer gets a sentence that names its slip."""

import numpy as np
import pytest

from hallyu.music import checks_singing as check


def lay_words(words, count):
    lyrics = [c for c in words if "가" <= c <= "힣" or c == "-"]
    return lyrics + ["-"] * (count - len(lyrics)) if len(lyrics) <= count else None


def first_sounds(vowels, lengths):
    before = [None, *vowels]
    return [
        v - min(n, (v - b) / 2 if b is not None else n)
        for v, n, b in zip(vowels, lengths, before, strict=False)
    ]


def vibrato(times, start, end, wait=0.4, rate=5.5, depth=35, grow=0.4, fade=0.1):
    since = times - start - wait
    envelope = np.clip(since / grow, 0, 1) * np.clip((end - times) / fade, 0, 1)
    return depth * envelope * np.sin(2 * np.pi * rate * since)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda w, n: None, "yours returns nothing"),
    (lambda w, n: w.replace(" ", ""), "return a list of lyrics"),
    (lambda w, n: list(w.replace(" ", ""))[:n], "the comma and the mark take no note"),
    (lambda w, n: [c for c in w if "가" <= c <= "힣"], "the holds that were written"),
    (lambda w, n: [c for c in w if "가" <= c <= "힣" or c == "-"], "the last syllable held"),
    (lambda w, n: ([c for c in w if "가" <= c <= "힣" or c == "-"] + [""] * n)[:n], "(nothing)"),
    (lambda w, n: (lay_words(w, 99))[:n], "return None"),
    (lambda w, n: lay_words(w, n)[99], "stopped with"),
])  # fmt: skip
def test_wrong_words(answer, says):
    verdict = check.lay_words(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda v, n: None, "returns nothing yet"),
    (lambda v, n: v, "syllable 1 opens at 0.9 s"),
    (lambda v, n: [a - b for a, b in zip(v, n, strict=True)], "has 200 since the vowel before"),
    (lambda v, n: [a + b for a, b in zip(v, n, strict=True)], "after its vowel has begun"),
    (lambda v, n: [max(0, each) for each in first_sounds(v, n)], "opens at -0.12 s"),
    (lambda v, n: [a - min(b, a / 2) for a, b in zip(v, n, strict=True)], "syllable 2 opens at 1.1 s"),
    (lambda v, n: first_sounds(v, n)[1:], "you return 2"),
    (lambda v, n: [v[0] - min(n[0], 0.1), *first_sounds(v, n)[1:]], "opens at -0.12 s"),
])  # fmt: skip
def test_wrong_openings(answer, says):
    verdict = check.first_sounds(answer)
    assert not verdict and says in verdict.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda t, a, b: None, "returns nothing yet"),
    (lambda t, a, b: np.zeros(len(t)), "swings by 0.0 cents"),
    (lambda t, a, b: 0.0, "one value each"),
    (lambda t, a, b: 35 * np.sin(2 * np.pi * 5.5 * (t - a)), "before it begins"),
    (lambda t, a, b: vibrato(t, a, b, wait=0.2), "in its first 0.4 s"),
    (lambda t, a, b: vibrato(t, a, 99), "after it has ended"),
    (lambda t, a, b: vibrato(t, a, b, depth=17.5), "17.5 cents to either side"),
    (lambda t, a, b: vibrato(t, a, b, rate=5.5 / (2 * np.pi)), "A swing is 2π"),
    (lambda t, a, b: vibrato(t, a, b, rate=6.5), "6.5 times a second"),
    (lambda t, a, b: vibrato(t, a, b, grow=0.01), "while it grows"),
    (lambda t, a, b: np.where(t <= b, vibrato(t, a, 99), 0), "in its last 0.1 s"),
    (lambda t, a, b: vibrato(t, a, b) * np.nan, "not numbers"),
])  # fmt: skip
def test_wrong_vibratos(answer, says):
    verdict = check.vibrato(answer)
    assert not verdict and says in verdict.message


def test_right_answers():
    assert check.lay_words(lay_words) and check.first_sounds(first_sounds) and check.vibrato(vibrato)
