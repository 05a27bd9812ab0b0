"""Checks for lesson 05, design an idol."""

from collections.abc import Callable

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.music import watermark
from hallyu.music.listening import by_chance as guessed

_CAST = {
    "the singer": (0.96, 0.28, 0.0),
    "her sister": (0.93, 0.0, 0.3676),
    "a stranger": (0.6, 0.8, 0.0),
    "nobody alike": (0.0, 0.0, 1.0),
}
"""Voices as numbers, few enough to draw: their cosines with (1, 0, 0) are 0.96, 0.93, 0.60 and 0."""
PANELS = [
    ((1.0, 0.0, 0.0), 0.905, ["the singer", "her sister"], "both lie above the limit"),
    ((1.0, 0.0, 0.0), 0.95, ["the singer"], "only one lies above the limit"),
    ((0.2, 0.0, 0.0), 0.905, ["the singer", "her sister"], "a voice is not alike for being loud: divide by both lengths"),
    ((0.7071, -0.7071, 0.0), 0.905, [], "nobody lies above the limit"),
    ((0.6, 0.8, 0.0), 1.0 - 1e-9, ["a stranger"], "the limit itself counts"),
]  # fmt: skip


@guarded
def passes_for(answer: Callable) -> Verdict:
    """Exercise 1: `answer(voice, cast, limit)` lists the names whose voice this one passes for, the closest first."""
    problems = []
    for voice, limit, right, why in PANELS:
        given = answer(np.array(voice), {name: np.array(each) for name, each in _CAST.items()}, limit)
        if given is None:
            problems.append("passes_for returns nothing yet: return a list of names.")
            continue
        given = [str(name) for name in given]
        shown = ", ".join(given) or "nobody"
        if sorted(given) != sorted(right):
            problems.append(
                f"With a limit of {limit:.3f} the voice {voice} passes for {', '.join(right) or 'nobody'}, "
                f"and yours says {shown}: {why}."
            )
        elif given != right:
            problems.append(f"Yours says {shown}: name the closest voice first, which is {right[0]}.")
    return verdict(problems, "Whoever comes too near is named, the closest first, however loud the voice is.")


PAYLOADS = (20261121, 0, 1, 2**32 - 1)


@guarded
def read_bits(answer: Callable) -> Verdict:
    """Exercise 2: `answer(sums)` reads the number from the 44 sums, or gives None when the check sum disagrees."""
    problems, rng = [], np.random.default_rng(5)
    for payload in PAYLOADS:
        sums = watermark.message(payload) * rng.uniform(0.2, 3.0, watermark.BITS + watermark.CHECK)
        given = answer(sums.copy())
        if given is None:
            problems.append(
                f"The sums of {payload} are clean and yours reads nothing: a positive sum is a 1, the highest bit first."
            )
        elif isinstance(given, bool) or int(given) != payload:
            problems.append(
                f"The mark says {payload} and yours reads {given}: the first {watermark.BITS} sums are the number, "
                "the highest bit first."
            )
        for place in (3, watermark.BITS + 4):
            wrong = sums.copy()
            wrong[place] *= -1
            if answer(wrong) is not None:
                part = "number" if place < watermark.BITS else "check sum"
                problems.append(
                    f"One bit of the {part} is turned over and yours reads {answer(wrong)} all the same: compare all 44 "
                    "signs with message(number), and give None when one differs."
                )
    return verdict(problems, "A clean mark is read, and a damaged one is not believed.")


ROUNDS = [(12, 16), (9, 10), (16, 16), (0, 8), (5, 10), (31, 48)]


@guarded
def by_chance(answer: Callable) -> Verdict:
    """Exercise 3: `answer(right, rounds)` is how likely so many right answers, or more, are for a listener who guesses."""
    problems = []
    for right, rounds in ROUNDS:
        given, wanted = answer(right, rounds), guessed(right, rounds)
        if given is None:
            problems.append("by_chance returns nothing yet: return a probability from 0 to 1.")
            continue
        if abs(float(given) - wanted) < 1e-9:
            continue
        said = f"For {right} of {rounds} right answers yours gives {float(given):.4f}; it is {wanted:.4f}"
        exactly = guessed(right, rounds) - (guessed(right + 1, rounds) if right < rounds else 0)
        if abs(float(given) - exactly) < 1e-9:
            said += f". That is the chance of exactly {right}: add those of more"
        elif right < rounds and abs(float(given) - guessed(right + 1, rounds)) < 1e-9:
            said += f". That is the chance of more than {right}: {right} itself belongs to it"
        elif abs(float(given) - (1 - wanted)) < 1e-9:
            said += ". That is the chance of fewer"
        problems.append(said + ".")
    return verdict(problems, "Guessing is priced right: 12 of 16 is under 5 %, 9 of 10 is near 1 %.")
