"""Checks for lesson 04, sing it."""

from collections.abc import Callable

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict

WORD_CASES = [
    ("올해는 같이 가요", 7, ["올", "해", "는", "같", "이", "가", "요"], "one syllable a note"),
    ("첫눈-이 와-", 6, ["첫", "눈", "-", "이", "와", "-"], "the holds that were written"),
    ("기다려, 하늘!", 5, ["기", "다", "려", "하", "늘"], "the comma and the mark take no note"),
    ("가요", 5, ["가", "요", "-", "-", "-"], "the last syllable held to the end"),
    ("오십 번의 겨울", 4, None, "six syllables, which four notes cannot sing"),
    ("첫눈-이", 3, None, "three syllables and a hold, which need four notes"),
]
"""Words, the number of notes, the lyrics, and why."""


@guarded
def lay_words(answer: Callable) -> Verdict:
    """Exercise 1: `answer(words, count)` gives one lyric a note, or None where they do not fit."""
    problems = []
    for words, count, right, why in WORD_CASES:
        given = answer(words, count)
        case = f"“{words}” on {count} notes"
        if given is None:
            if right is not None:
                problems.append(f"{case}: yours returns nothing; it is {' '.join(right)} ({why}).")
        elif isinstance(given, str) or not all(isinstance(each, str) for each in given):
            problems.append(f"{case}: return a list of lyrics, one string for each note.")
        elif right is None:
            problems.append(f"{case}: return None; these are {why}. Yours sings {' '.join(given)}.")
        elif list(given) != right:
            shown = " ".join(each or "(nothing)" for each in given)
            problems.append(f"{case}: yours is {shown} ({len(given)}); it is {' '.join(right)}: {why}.")
    return verdict(problems, "Every note has its syllable or its hold, and what does not fit is refused.")


# fmt: off
SOUND_CASES = [
    ([1.0, 1.5, 2.0], [0.1, 0.08, 0.05], [0.9, 1.42, 1.95], "there is room for all"),
    ([1.0, 1.2, 2.0], [0.1, 0.3, 0.1], [0.9, 1.1, 1.9], "the second would like 300 ms and has 200 since the vowel before"),
    ([0.0, 0.5], [0.12, 0.0], [-0.12, 0.5], "a first syllable on beat 0 opens before it, and one without consonants on it"),
    ([0.3, 0.5], [0.4, 0.06], [-0.1, 0.44], "nothing comes before the first syllable, so it takes all it likes"),
]
# fmt: on
"""Moments of the vowels, lengths of the consonants, when they begin, and why; all in seconds."""


@guarded
def first_sounds(answer: Callable) -> Verdict:
    """Exercise 2: `answer(vowels, lengths)` says when the consonants of each syllable begin."""
    problems = []
    for vowels, lengths, right, why in SOUND_CASES:
        given = answer(list(vowels), list(lengths))
        if given is None:
            problems.append("first_sounds returns nothing yet: return one moment for each syllable.")
            continue
        given = [float(each) for each in given]
        if len(given) != len(right):
            problems.append(
                f"{len(vowels)} syllables begin at {len(vowels)} moments; you return {len(given)}."
            )
            continue
        for number, (mine, theirs, vowel) in enumerate(zip(right, given, vowels, strict=True), 1):
            if abs(mine - theirs) > 1e-6:
                after = ", after its vowel has begun" if theirs > vowel + 1e-6 else ""
                problems.append(
                    f"Vowels at {vowels} s, consonants of {lengths} s: syllable {number} opens at {mine:g} s, "
                    f"for {why}. Yours opens at {theirs:g} s{after}."
                )
                break
    return verdict(problems, "Every vowel is on its beat, and no consonant eats more than half of a note.")


VIBRATO_CASES = [(0.0, 3.0), (1.0, 3.2), (0.5, 1.1)]
"""Beginnings and ends of notes in seconds: two long ones, and one too short to swing fully."""


@guarded
def vibrato(answer: Callable) -> Verdict:
    """Exercise 3: `answer(times, start, end)` gives the swing in cents."""
    problems = []
    for start, end in VIBRATO_CASES:
        times = np.arange(start - 0.3, end + 0.3, 0.005)
        given = answer(times.copy(), start, end)
        if given is None:
            problems.append("vibrato returns nothing yet: return cents, one value for each of the times.")
            continue
        given = np.asarray(given, float)
        if given.shape != times.shape:
            problems.append(f"For {len(times)} times you return {given.shape}: one value each is asked for.")
        elif not np.isfinite(given).all():
            problems.append("Some of your values are not numbers.")
        else:
            problems += _swings_badly(times, given, start, end)
    return verdict(
        problems, "It waits, grows to 35 cents to either side at 5.5 swings a second, and dies away."
    )


def _swings_badly(times: np.ndarray, given: np.ndarray, start: float, end: float) -> list[str]:
    note = f"The note from {start:g} to {end:g} s"
    for part, where in (
        (times < start - 1e-9, "before it begins"),
        (times > end + 1e-9, "after it has ended"),
        ((times >= start) & (times < start + 0.4), "in its first 0.4 s"),
    ):
        if np.abs(given[part]).max() > 1e-6:
            return [f"{note} swings by {np.abs(given[part]).max():.0f} cents {where}; it is still there."]
    since = times - start - 0.4
    depth = 35 * np.clip(since / 0.4, 0, 1) * np.clip((end - times) / 0.1, 0, 1)
    right = depth * np.sin(2 * np.pi * 5.5 * since)
    full = (since > 0.4) & (times < end - 0.1)
    if full.any():
        deepest = np.abs(given[full]).max()
        if abs(deepest - 35) > 2:
            return [f"{note} swings by {deepest:.1f} cents to either side when it is full; 35 is asked for."]
        swings, asked = _rate(given[full]), _rate(right[full])
        if abs(swings - asked) > 0.7:
            return [f"{note} swings about {swings:.1f} times a second; 5.5 is asked for. A swing is 2π."]
    worst = np.abs(given - right).argmax()
    if abs(given[worst] - right[worst]) > 0.5:
        place = (
            "while it grows"
            if since[worst] < 0.4
            else "in its last 0.1 s"
            if times[worst] > end - 0.1
            else ""
        )
        return [
            f"{note} lies {given[worst]:+.1f} cents off at {times[worst]:.2f} s{' ' + place if place else ''}; "
            f"it should be {right[worst]:+.1f}. The sine begins at 0 when the 0.4 s are over."
        ]
    return []


def _rate(swing: np.ndarray) -> float:
    """Swings a second, from where the curve rises through 0; its values are 5 ms apart."""
    rises = np.flatnonzero((swing[:-1] < 0) & (swing[1:] >= 0))
    if len(rises) < 2:
        return len(rises) / (len(swing) * 0.005)
    return (len(rises) - 1) / ((rises[-1] - rises[0]) * 0.005)
