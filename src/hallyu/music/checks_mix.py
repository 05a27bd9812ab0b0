"""Checks for lesson 06, mix and move."""

import math
from collections.abc import Callable

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.music.score import Phone

LOUDNESS_CASES = [
    ([-20.0] * 5, -20.0, "a steady song has the loudness of each of its blocks"),
    ([-12.0, -18.0] * 10, -14.04, "average powers, 10 ** (block / 10), not decibels"),
    ([-14.0] * 10 + [-120.0] * 30, -14.0, "blocks at -70 LUFS and below are silence and do not count"),
    ([-14.0] * 10 + [-27.0] * 10, -14.0, "what lies more than 10 LU below the mean power of the rest does not count"),
    ([-14.0] * 10 + [-22.0] * 10, -16.37, "a verse 8 LU softer counts: the second gate is 10 LU below the mean"),
    ([-80.0, -90.0, -75.0], -math.inf, "with no block above the gate, the song is silent: -math.inf"),
]  # fmt: skip
"""Loudness of 400 ms blocks in LUFS, integrated loudness, and the rule that the case is about."""


@guarded
def integrated(answer: Callable) -> Verdict:
    """Exercise 1: `answer(blocks)` gives the integrated loudness of a song from that of its blocks, in LUFS."""
    problems = []
    for blocks, right, why in LOUDNESS_CASES:
        given = answer(list(blocks))
        if given is None:
            problems.append("integrated returns nothing yet: return one number, in LUFS.")
            continue
        given = float(given)
        if not (given == right or abs(given - right) < 0.02):
            problems.append(
                f"{_blocks(blocks)}: yours says {given:.2f} LUFS and the meter {right:.2f}; {why}."
            )
    return verdict(problems, "Both gates are right: silence and soft passages cannot talk the meter down.")


def _blocks(blocks: list[float]) -> str:
    counts = {level: blocks.count(level) for level in dict.fromkeys(blocks)}
    return "Blocks of " + " and ".join(f"{level:g} LUFS ({n} of them)" for level, n in counts.items())


AHEAD_CASES = [
    ([0, 0, 0, 0, 6, 0, 0], 2),
    ([0, 3, 0, 0, 0, 6, 1, 0], 3),
    ([5, 4, 3, 2, 1, 0], 1),
    ([0, 0, 2, 0, 0, 2], 0),
    ([1, 0, 4], 5),
]
"""Decibels that each sample has to come down by, and for how many samples the limiter sees ahead."""


@guarded
def look_ahead(answer: Callable) -> Verdict:
    """Exercise 2: `answer(needed, width)` turns down *width* samples before it is needed."""
    problems = []
    for needed, width in AHEAD_CASES:
        given = answer(np.array(needed, float), width)
        if given is None:
            problems.append("look_ahead returns nothing yet: return as many numbers as needed has.")
            continue
        given = np.asarray(given, float)
        right = np.array([max(needed[at : at + width + 1]) for at in range(len(needed))], float)
        case = f"With needed = {needed} and width = {width}"
        if given.shape != right.shape:
            problems.append(f"{case} you return {given.size} numbers for {len(needed)} samples.")
            continue
        if (given == right).all():
            continue
        at = int(np.flatnonzero(given != right)[0])
        missed = np.flatnonzero(given < np.array(needed) - 1e-9)
        if len(missed):
            low = missed[0]
            problems.append(
                f"{case}, sample {low} has to come down by {needed[low]:g} dB and yours comes down by {given[low]:g}: "
                "a peak gets through."
            )
        elif given[at] < right[at]:
            problems.append(
                f"{case}, sample {at} is no more than {width} before a peak that needs {right[at]:g} dB, and yours is at "
                f"{given[at]:g}: it turns down too late."
            )
        else:
            problems.append(
                f"{case}, sample {at} needs {right[at]:g} dB and yours takes {given[at]:g}: it turns down too early or for "
                "too long."
            )
    return verdict(problems, "No peak gets through, and the gain is down when it comes.")


def _phones(text: str) -> list[Phone]:
    """Phones from "symbol start end" in milliseconds, with commas between them."""
    rows = [row.split() for row in text.split(",")]
    return [Phone(symbol, int(start) / 1000, int(end) / 1000, 0) for symbol, start, end in rows]


CLOSED_CASES = [
    (_phones("m 0 100, a 100 400"), 30, [0, 1, 2], "m lasts from 0 to 100 ms"),
    (
        _phones("s 0 90, o 90 300, n 300 360, a 360 500, m 500 560, u 560 800"), 30, [15, 16],
        "of 소나무 only ㅁ closes the lips",
    ),
    (
        _phones("a 0 105, b 105 115, a 115 300"), 30, [3],
        "b lasts 10 ms, which is shorter than a frame: it gets the frame that holds its middle",
    ),
    (_phones("pʰ 0 70, a 70 300"), 30, [0, 1], "ㅍ is written pʰ and closes the lips like ㅂ"),
    (
        _phones("m 0 90, u 90 150, l 150 220, b 220 290, a 290 500"), 12, [0, 3],
        "at 12 frames a second b has no frame's middle, and frame 3 holds its own",
    ),
    (_phones("a 0 300, n 300 400"), 30, [], "no sound here closes the lips"),
    (_phones("m 0 100, p 100 200"), 30, [0, 1, 2, 3, 4, 5], "ㅁ and ㅂ follow each other"),
    (_phones("m 0 20, b 20 30"), 30, [0], "two short sounds share a frame, which is named once"),
]  # fmt: skip
"""Sounds, frames a second, the frames that must show closed lips, and why."""


@guarded
def closed_frames(answer: Callable) -> Verdict:
    """Exercise 3: `answer(phones, fps)` gives the numbers of the frames in which the lips are closed."""
    problems = []
    for phones, fps, right, why in CLOSED_CASES:
        given = answer(list(phones), fps)
        sounds = " ".join(phone.symbol for phone in phones)
        if given is None:
            problems.append("closed_frames returns nothing yet: return a list of frame numbers.")
            continue
        given = [int(frame) for frame in given]
        if given != right:
            problems.append(
                f"[{sounds}] at {fps} frames a second: yours closes the lips in frames {given}, and they are closed in "
                f"{right}: {why}."
            )
    return verdict(problems, "Every ㅁ, ㅂ, ㅃ and ㅍ closes the lips in at least one frame.")
