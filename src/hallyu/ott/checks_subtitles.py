"""Checks for lesson 02, subtitles to spec."""

from collections.abc import Callable, Sequence

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict

PAIRS = [
    ("어디 가?", "집에", "- 어디 가?\n- 집에", "a hyphen and a space open both lines"),
    ("알아.", "그럼 왜…!", "- 알아\n- 그럼 왜…!", "a line ends without a full stop, and keeps its ! and …"),
    ("어...", "누굴 기다려?", "- 어…\n- 누굴 기다려?", "three dots become the one character “…”"),
    ("저..", "응……", "- 저…\n- 응…", "two dots, and two ellipses, are one ellipsis as well"),
    ("그랬구나,", "아니.", "- 그랬구나\n- 아니", "a line ends without a comma, too"),
    ("알았어. 가자.", "3.5초야.", "- 알았어. 가자\n- 3.5초야", "only the end of a line loses its full stop"),
    (" 왔어? ", "응", "- 왔어?\n- 응", "no spaces before or after the words"),
    ("가" * 15, "응", f"- {'가' * 15}\n- 응", "hyphen and space count a half each: fifteen syllables just fit"),
    ("가" * 16, "응", None, "sixteen syllables and the hyphen are 17 characters"),
    ("응", "가" * 16, None, "the second line may be too long as well"),
    ("Let it snow tonight!", "눈이 와", "- Let it snow tonight!\n- 눈이 와", "Latin letters count a half"),
    ("가" * 15 + ".", "응", f"- {'가' * 15}\n- 응", "what is taken away is not counted"),
]  # fmt: skip
"""What two people say, the cue, and the rule that the case is about."""


@guarded
def dialogue(answer: Callable) -> Verdict:
    """Exercise 1: `answer(first, second)` gives one cue of two speakers, or None where it does not fit."""
    problems = []
    if answer("어디 가?", "집에") is None:
        return Verdict(
            False, "dialogue returns nothing yet: return the two lines with a line feed between them."
        )
    for first, second, wanted, why in PAIRS:
        given = answer(first, second)
        if wanted is None and given is not None:
            problems.append(f"“{first}” and “{second}” do not fit, and yours gives “{_shown(given)}”: {why}.")
        elif wanted is not None and given != wanted:
            problems.append(
                f"“{first}” and “{second}” make “{_shown(wanted)}”, and yours “{_shown(given)}”: {why}."
            )
    return verdict(problems, "Both speakers are told apart, by the guide.")


def _shown(text: object) -> str:
    return str(text).replace("\n", " / ")


SNAPS = [
    (100, [], 100, "without a shot change near, nothing moves"),
    (100, [100], 100, "a cue on a shot change stays"),
    (101, [100], 100, "1 frame after a change: start on it"),
    (111, [100], 100, "11 frames after a change: start on it"),
    (112, [100], 112, "12 frames after a change are half a second: stay"),
    (99, [100], 100, "1 frame before a change: wait for it"),
    (93, [100], 100, "7 frames before a change: wait for it"),
    (92, [100], 88, "8 frames before a change: come to 12 before it"),
    (89, [100], 88, "11 frames before a change: come to 12 before it"),
    (88, [100], 88, "12 frames before a change are half a second: stay"),
    (87, [100], 87, "13 frames before a change: stay"),
    (105, [100, 110], 100, "between two near changes, the one before counts"),
    (105, [90, 110], 110, "15 frames after one change and 5 before the next: wait for the next"),
    (500, [10, 100, 400, 495, 900], 495, "only the changes beside the cue matter"),
]
"""A start, shot changes, where the cue starts, and the rule that the case is about."""


@guarded
def snap_in(answer: Callable) -> Verdict:
    """Exercise 2: `answer(start, cuts)` gives the frame at which a cue starts near shot changes."""
    problems = []
    for start, cuts, wanted, why in SNAPS:
        given = answer(start, list(cuts))
        if given is None:
            return Verdict(False, "snap_in returns nothing yet: return a frame.")
        if given != wanted:
            problems.append(
                f"A start at {start} with changes at {cuts or 'none'} goes to {wanted}, and yours to {given}: {why}."
            )
    return verdict(problems, "Every start is on a shot change, or half a second away.")


CHAINS = [
    ([0, 50], [30, 90], [30, 90], "a gap of 20 frames is long enough to stay"),
    ([0, 50], [45, 90], [48, 90], "a gap of 5 frames becomes two"),
    ([0, 50], [39, 90], [48, 90], "a gap of 11 frames becomes two"),
    ([0, 50], [38, 90], [38, 90], "a gap of 12 frames is half a second, and stays"),
    ([0, 50], [48, 90], [48, 90], "a gap of two is right"),
    ([0, 50], [50, 90], [48, 90], "a gap of none becomes two"),
    ([0, 50], [60, 90], [48, 90], "an overlap becomes a gap of two"),
    ([0, 20, 70], [20, 68, 99], [20, 68, 99], "a cue of 20 frames is not made shorter: it keeps its end"),
    ([0, 22, 70], [22, 68, 99], [20, 68, 99], "20 frames are long enough"),
    ([0, 15, 70], [30, 68, 99], [30, 68, 99], "an overlap stays where 13 frames would be left"),
    (
        [0, 14, 70],
        [5, 68, 99],
        [12, 68, 99],
        "a short cue that becomes longer is no worse: its gap is closed",
    ),
    ([7], [60], [60], "one cue keeps its end"),
    ([0, 50, 100, 150], [46, 97, 149, 300], [48, 98, 148, 300], "every gap of the chain is closed"),
]
"""Starts, ends, the new ends, and the rule that the case is about."""


@guarded
def chain(answer: Callable) -> Verdict:
    """Exercise 3: `answer(start, end)` gives new ends with gaps closed to two frames."""
    problems = []
    for start, end, wanted, why in CHAINS:
        first, last = np.array(start), np.array(end)
        given = answer(first, last)
        if given is None:
            return Verdict(False, "chain returns nothing yet: return an array of as many ends.")
        if np.shape(given) != (len(end),):
            return Verdict(
                False,
                f"For {len(end)} cues yours returns {np.shape(given)} ends: one for each, the last one's too.",
            )
        if (first != start).any() or (last != end).any():
            return Verdict(False, "Yours changes the arrays that it is given: make new ones.")
        if list(given) != wanted:
            problems.append(
                f"Cues from {_frames(start)} to {_frames(end)}: the ends become {_frames(wanted)}, and yours "
                f"{_frames(given)}: {why}."
            )
    return verdict(problems, "No gap flickers, and no cue flashes by.")


def _frames(values: Sequence[int]) -> str:
    return ", ".join(f"{value:g}" for value in values)
