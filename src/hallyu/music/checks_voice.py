"""Checks of the exercises in lesson 01, A voice that agreed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.provenance.consent import Consent

RATE = 24_000
TRACTS = {
    "아": ((744, 90), (1202, 110), (2692, 160)),
    "이": ((236, 40), (2223, 120), (3015, 90)),
    "우": ((296, 70), (611, 80), (2503, 180)),
    "에": ((384, 60), (1831, 100), (2407, 150)),
}
"""Resonances (hertz, bandwidth in hertz) of four vowels, to build filters whose answer is known."""

STUDIO = "Hallyu Studio"
AGREED = Consent(
    voice="한서윤",
    given_by="한서윤",
    given_to=STUDIO,
    uses=("speak", "sing", "publish"),
    project="첫눈",
    starts=date(2026, 12, 1),
    ends=date(2027, 11, 30),
    territory=("KR", "JP"),
)


def tract(resonances: tuple[tuple[float, float], ...], rate: int) -> np.ndarray:
    """The predictor (1, a1, a2, ...) of a filter with these resonances, and a weak, broad pole that is none."""
    polynomial = np.array([1.0])
    for hertz, bandwidth in (*resonances, (4_000, 2_500)):
        radius = np.exp(-np.pi * bandwidth / rate)
        pair = [1, -2 * radius * np.cos(2 * np.pi * hertz / rate), radius**2]
        polynomial = np.convolve(polynomial, pair)
    return np.convolve(polynomial, [1, 0.4])  # and a real one


@guarded
def formants(answer: Callable) -> Verdict:
    """Exercise 1: `answer(filter, rate)` gives the resonances in hertz, lowest first."""
    for vowel, resonances in TRACTS.items():
        for rate in (RATE, 16_000):
            given = answer(tract(resonances, rate), rate)
            if given is None:
                return Verdict(False, "formants returns nothing yet: return the resonances in hertz.")
            problem = _formant_problem(np.asarray(given, float).ravel(), resonances, rate, f"In {vowel}")
            if problem:
                return Verdict(False, problem)
    return verdict([], "Your formants are within 5 Hz of the filters', for four vowels at two sample rates.")


def _formant_problem(given: np.ndarray, resonances: tuple, rate: int, where: str) -> str:
    right = np.array([hertz for hertz, _ in resonances], float)
    found = ", ".join(f"{hertz:.0f}" for hertz in given) or "none"
    wanted = ", ".join(f"{hertz:.0f}" for hertz in right)
    if len(given) and given.max() <= np.pi:
        return "Your values are angles in radians: times rate / (2 pi) makes hertz of them."
    if len(given) and given.min() < 0:
        return (
            f"{where} you have negative frequencies ({found}): each resonance has a mirror image; keep one."
        )
    if len(given) > len(right):
        count = f"{len(given)} resonances ({found} Hz) and there are {len(right)}"
        return f"{where} you find {count}: leave out what is broader than 500 Hz."
    if len(given) < len(right):
        return f"{where} you find {len(given)} of {len(right)} resonances ({found} Hz of {wanted})."
    if (np.diff(given) < 0).any():
        return f"{where} the resonances are not in order ({found} Hz): the lowest is the first formant."
    for ratio, sentence in ((2.0, "twice"), (0.5, "half"), (RATE / rate, "at another sample rate:")):
        if ratio != 1 and np.allclose(given, right * ratio, rtol=0.01):
            return f"{where} your values are {sentence} what they should be ({found} Hz, not {wanted})."
    if np.abs(given - right).max() > 5:
        return f"{where} you find {found} Hz; the filter was made with {wanted} Hz."
    return ""


CASES = [
    # use, project, day, what the reason has to name ("" where it is allowed)
    ("sing", "첫눈", date(2027, 3, 1), ""),
    ("speak", "첫눈", date(2026, 12, 1), ""),
    ("publish", "첫눈", date(2027, 11, 30), ""),
    ("train", "첫눈", date(2027, 3, 1), "train"),
    ("advertise", "첫눈", date(2027, 3, 1), "advertise"),
    ("sing", "첫눈 2", date(2027, 3, 1), "첫눈 2"),
    ("sing", "첫눈", date(2026, 11, 30), "2026-12-01"),
    ("sing", "첫눈", date(2027, 12, 1), "2027-11-30"),
]


@guarded
def refusal(answer: Callable) -> Verdict:
    """Exercise 2: `answer(consent, use, project, on)` is "" where it is allowed, and otherwise the reason."""
    withdrawn = replace(AGREED, withdrawn=date(2027, 4, 1))
    cases = [(AGREED, *case) for case in CASES] + [
        (withdrawn, "sing", "첫눈", date(2027, 3, 31), ""),
        (withdrawn, "sing", "첫눈", date(2027, 4, 1), "2027-04-01"),
        (withdrawn, "sing", "첫눈", date(2027, 5, 1), "2027-04-01"),
    ]
    for consent, use, project, on, named in cases:
        given = answer(consent, use, project, on)
        asked = f"“{use}” for {project} on {on}"
        if consent.withdrawn:
            asked += f", withdrawn on {consent.withdrawn},"
        if not isinstance(given, str):
            kind = "nothing" if given is None else repr(given)
            return Verdict(
                False, f'For {asked} you return {kind}: return "" where it is allowed, else the reason.'
            )
        if given and not named:
            return Verdict(False, f"You refuse {asked} (“{given}”), and the record allows it.")
        if named and not given:
            return Verdict(False, f"You allow {asked}; the record says no.")
        if named not in given:
            return Verdict(
                False, f"You refuse {asked} rightly, but “{given}” does not name what is wrong ({named})."
            )
    return verdict([], f"{len(cases)} requests, each allowed or refused as the record says, with its reason.")


@guarded
def agreement(given: object, recording: str) -> Verdict:
    """Exercise 3: the record says what the letter says, no more and no less. recording: SHA-256 of the one she sent."""
    if not isinstance(given, Consent):
        return Verdict(False, "There is no record yet: hers = consent.Consent(voice=…, …).")
    problems = []
    if given.voice != AGREED.voice or given.given_by != AGREED.given_by:
        problems.append(
            f"It is 한서윤's voice and she gives it herself; yours says {given.voice}, {given.given_by}."
        )
    if given.given_to != STUDIO:
        problems.append(f"She wrote to {STUDIO}; yours lets {given.given_to} use her voice.")
    for use in sorted(set(given.uses) - set(AGREED.uses)):
        problems.append(f"You wrote down “{use}”, which she did not allow.")
    for use in sorted(set(AGREED.uses) - set(given.uses)):
        problems.append(f"She allows “{use}”, and your record does not: code would refuse what is agreed.")
    if given.project != AGREED.project:
        problems.append(f"She allows it for 첫눈 only; yours says {given.project}.")
    if given.starts != AGREED.starts:
        problems.append(f"It begins on {AGREED.starts}; yours begins on {given.starts}.")
    if given.ends != AGREED.ends:
        one_more = (
            " A year's last day is the day before the anniversary." if given.ends == date(2027, 12, 1) else ""
        )
        problems.append(f"One year from {AGREED.starts} does not end on {given.ends}.{one_more}")
    if set(given.territory) != set(AGREED.territory):
        problems.append(f"Korea and Japan are KR and JP; yours says {', '.join(given.territory)}.")
    if given.recordings != (recording,):
        problems.append(
            "She allows the recording she sent and no other: name it by its SHA-256. An empty list means all of them."
        )
    if not given.pay.strip():
        problems.append("She wrote what she is paid; your record is silent about it.")
    if given.withdrawn:
        problems.append("She has not withdrawn anything.")
    return verdict(problems, "The record says what her letter says, no more and no less.")
