"""Pronunciation rules that a learner wrote, tried on the standard's own examples."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from hallyu.music.pronunciation import compose, letters

Rule = Callable[[str, str], tuple[str, str]]
"""The coda of a syllable and the onset after it -> both as they are said."""


def said(word: str, *rules: Rule) -> str:
    """*word* after each rule has been at each joint between two syllables, from left to right.

    >>> said("옷이", lambda coda, onset: ("", coda) if onset == "ㅇ" else (coda, onset))
    '오시'
    """
    parts = [list(letters(syllable)) for syllable in word]
    for left, right in pairwise(parts):
        for rule in rules:
            left[2], right[0] = rule(left[2], right[0])
    return "".join(compose(*part) for part in parts)


def grade(examples: Mapping[str, str], points: float, *rules: Rule) -> float:
    """Print which of the *examples* (as written -> as said) the rules get wrong; their share of the points, to a tenth.

    As the last line of a test cell this is the partial credit that nbgrader reads. Below a half there is none: a rule
    that changes nothing, or everything, is right now and then.
    """
    right = 0
    for written, expected in examples.items():
        try:
            got = said(written, *rules)
        except Exception as error:  # whatever the learner's function does
            got = f"nothing ({type(error).__name__})"
        right += got == expected
        if got != expected:
            print(f"✗ {written} is said {expected}; your rules give {str(got)[:20]}")
    share = right / len(examples)
    marks = 0.0 if share < 0.5 else round(points * share, 1)
    print(f"{right} of {len(examples)} examples: {marks:g} of {points:g} points")
    return marks
