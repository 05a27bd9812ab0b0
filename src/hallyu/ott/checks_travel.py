"""Checks for lesson 03, subtitles that travel."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hallyu.courseware.checks import Verdict, guarded, verdict


class Heard(NamedTuple):
    """A cue as exercise 1 has it: who says it, whether their face is in the picture, and its first frame and its end."""

    speaker: str
    seen: bool
    start: int
    end: int


SCENES = [
    ([Heard("하늘", True, 24, 72)], [], [False], "who is seen is not named"),
    ([Heard("하늘", False, 24, 72)], [], [True], "who is not seen is named"),
    ([Heard("", False, 24, 72)], [], [False], "a cue without a speaker has nobody to name"),
    ([Heard("하늘", False, 24, 72), Heard("하늘", False, 80, 120)], [], [True, False],
     "the same voice goes on in the same shot"),
    ([Heard("하늘", False, 24, 72), Heard("도윤", False, 80, 120)], [], [True, True], "another voice is named"),
    ([Heard("하늘", True, 24, 72), Heard("하늘", False, 80, 120)], [], [False, True], "she was seen, and now is not"),
    ([Heard("하늘", False, 24, 72), Heard("하늘", False, 80, 120)], [76], [True, True], "after a cut the voice is named anew"),
    ([Heard("하늘", False, 24, 72), Heard("하늘", False, 80, 120)], [80], [True, True], "the second cue starts on the cut"),
    ([Heard("하늘", False, 24, 72), Heard("하늘", False, 80, 120)], [12, 48, 100], [True, False],
     "only a cut between the two cues counts"),
    ([Heard("하늘", False, 24, 72), Heard("하늘", False, 80, 120), Heard("하늘", False, 126, 160)], [], [True, False, False],
     "the third cue goes on as well, though the second was not named"),
    ([Heard("하늘", False, 24, 72), Heard("도윤", True, 80, 120), Heard("하늘", False, 126, 160)], [], [True, False, True],
     "somebody else spoke between"),
]  # fmt: skip
"""Cues, cuts, which of them name their speaker, and the rule that the case is about."""


@guarded
def named(answer: Callable) -> Verdict:
    """Exercise 1: `answer(cues, cuts)` says for each cue whether it names its speaker."""
    problems = []
    for cues, cuts, wanted, why in SCENES:
        given = answer(list(cues), list(cuts))
        if given is None:
            return Verdict(False, "named returns nothing yet: return True or False for each cue.")
        if len(given) != len(cues):
            return Verdict(
                False, f"For {len(cues)} cues yours returns {len(given)} values: one for each, please."
            )
        if [bool(each) for each in given] != wanted:
            who = ", ".join(
                f"{cue.speaker or 'nobody'} ({'seen' if cue.seen else 'not seen'}) {cue.start} to {cue.end}" for cue in cues
            )  # fmt: skip
            problems.append(
                f"{who}, cuts at {_listed(cuts)}: named are {_named(wanted)}, and yours names {_named(given)}: {why}."
            )
    return verdict(problems, "Who is not seen is named, once.")


def _named(values: Sequence) -> str:
    return _listed([number for number, value in enumerate(values, 1) if value])


def _listed(values: Sequence) -> str:
    return ", ".join(map(str, values)) or "none"


ROOMS = [
    ([], 0, 48, [(0, 48)], "where nobody speaks, all of it is free"),
    ([(100, 150)], 0, 48, [(0, 48)], "a cue after it takes nothing"),
    ([(0, 20)], 40, 90, [(40, 90)], "a cue before it takes nothing"),
    ([(20, 30)], 0, 48, [(0, 18), (32, 48)], "two frames stay bare before a cue and after it"),
    ([(-5, 10)], 0, 48, [(12, 48)], "a cue that began before takes the beginning"),
    ([(40, 90)], 0, 48, [(0, 38)], "a cue that goes on takes the end"),
    ([(0, 90)], 10, 48, [], "somebody speaks all the time"),
    ([(2, 46)], 0, 48, [], "what would be left has no frame"),
    ([(49, 60)], 0, 48, [(0, 47)], "a cue one frame after the end keeps its two frames, too"),
    ([(30, 40), (10, 20)], 0, 48, [(0, 8), (22, 28), (42, 48)], "the cues may come in any order"),
    ([(10, 40), (15, 20)], 0, 60, [(0, 8), (42, 60)], "one cue lies within another: the later end counts"),
    ([(10, 20), (24, 30)], 0, 48, [(0, 8), (32, 48)], "between the two cues no frame is free"),
    ([(10, 20), (25, 30)], 0, 48, [(0, 8), (22, 23), (32, 48)], "between the two cues one frame is free"),
]
"""Cues, a passage, what of it is free, and the rule that the case is about."""


@guarded
def free(answer: Callable) -> Verdict:
    """Exercise 2: `answer(cues, start, end)` gives the passages in which no cue stands."""
    problems = []
    for cues, start, end, wanted, why in ROOMS:
        given = answer(list(cues), start, end)
        if given is None:
            return Verdict(
                False, "free returns nothing yet: return a list of pairs, the first frame and the end."
            )
        if [tuple(each) for each in given] != wanted:
            problems.append(
                f"Beside cues at {_listed(cues)}, of frames {start} to {end} there is free {_listed(wanted)}, and yours "
                f"gives {_listed([tuple(each) for each in given])}: {why}."
            )
    return verdict(problems, "A sound has a place where nobody speaks, and only there.")


TABLE = {
    "할머니": ("Grandma", "Grandmother"),
    "소나무": ("pine",),
    "큰 소나무": ("big pine",),
    "첫눈": ("first snow",),
    "하늘": ("Haneul",),
}
"""A table of terms: the Korean, and what may be written for it."""
PAIRS = [
    ("할머니!", "Grandma!", [], "the term is there"),
    ("할머니!", "Granny!", ["할머니"], "Granny is not in the table"),
    (
        "할머니는 첫눈이 오면 오셨다.",
        "She came with the first snow.",
        ["할머니"],
        "a Korean term has its particle behind it",
    ),
    ("할머니!", "Grandmother!", [], "each text of the table will do"),
    ("첫눈이다!", "First snow!", [], "capitals do not matter"),
    ("소나무다.", "A pineapple.", ["소나무"], "pine is a whole word, not the beginning of one"),
    ("큰 소나무 아래.", "Under the big pine.", [], "the long term is there"),
    (
        "큰 소나무 아래.",
        "Under the pine.",
        ["큰 소나무"],
        "where a longer term stands, the shorter one in it is not asked for",
    ),
    (
        "큰 소나무와 소나무.",
        "The big tree.",
        ["큰 소나무", "소나무"],
        "the short term stands a second time, by itself",
    ),
    ("푸른하늘", "Blue sky.", [], "하늘 stands within a word and is no name here"),
    ("눈이 온다.", "It is snowing.", [], "there is no term in it"),
]
"""What is said, its translation, the terms that are missing, and the rule that the case is about."""


@guarded
def missing(answer: Callable) -> Verdict:
    """Exercise 3: `answer(source, target, table)` gives the terms whose translation is missing, the longest first."""
    problems = []
    for source, target, wanted, why in PAIRS:
        given = answer(source, target, dict(TABLE))
        if given is None:
            return Verdict(False, "missing returns nothing yet: return a list of Korean terms.")
        if list(given) != wanted:
            problems.append(
                f"“{source}”, “{target}”: missing {_listed(wanted)}, and yours says {_listed(list(given))}: {why}."
            )
    return verdict(problems, "Every name and term is kept.")
