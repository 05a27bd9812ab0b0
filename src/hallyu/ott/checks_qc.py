"""Checks for lesson 05, quality control."""

from collections.abc import Callable

import numpy as np

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.ott.flashes import DARKER, LEAST
from hallyu.ott.loudness import STEP, Loudness


def _film() -> np.ndarray:
    """(1200,) K-weighted power of twelve seconds: wind, loud talk, wind, quiet talk, a crash, silence."""
    levels = np.repeat([-38.0, -24.0, -38.0, -33.0, -12.0, -120.0], 200)
    return 10 ** ((levels + 0.691) / 10)


SPEECHES = [
    ([(2.0, 4.0)], "only what lies in the passages counts: here talk of -24 LKFS, with wind around it"),
    ([(2.0, 4.0), (6.0, 8.0)],
     "the mean is taken of the power, and turned into LKFS afterwards: the mean of two levels in decibels is another number"),
    ([(2.0, 4.0), (10.0, 12.0)],
     "there is no other gate: a pause inside a passage counts, too, and makes the dialogue softer"),
    ([(2.0, 3.5), (3.0, 4.0), (6.0, 8.0)], "where two people talk at once, the time counts once"),
    ([(3.05, 3.17), (6.2, 6.5)], "passages begin and end at hundredths of a second, not at whole ones"),
    ([(6.0, 8.0), (11.0, 13.0)], "a passage that goes on after the end of the sound ends with the sound"),
    ([], "where nobody speaks, the loudness is -math.inf and the share 0"),
]  # fmt: skip
"""When somebody speaks in the film of twelve seconds, and the rule that each case is about."""


@guarded
def dialogue_loudness(answer: Callable) -> Verdict:
    """Exercise 1: `answer(power, speech)` gives the loudness of the dialogue in LKFS and its share of the programme."""
    power, problems = _film(), []
    for speech, why in SPEECHES:
        given = answer(power.copy(), list(speech))
        if given is None:
            problems.append("dialogue_loudness returns nothing yet: return two numbers, loudness and share.")
            continue
        if np.ndim(given) != 1 or len(given) != 2:
            problems.append("dialogue_loudness returns two numbers: return loudness, share.")
            continue
        loud, share = (float(each) for each in given)
        right, part = Loudness(power, power).dialogue(speech)
        if not (loud == right or abs(loud - right) <= 0.005):
            problems.append(
                f"With speech at {_said(speech)} the dialogue has {right:.2f} LKFS, and yours {loud:.2f}: {why}."
            )
        elif not abs(share - part) <= 0.5 * STEP:
            hint = "the share is of the programme, from 0 to 1"
            problems.append(
                f"With speech at {_said(speech)} its share is {part:.3f}, and yours {share:.3f}: "
                f"{why if abs(share - part) < 0.3 else hint}."
            )
    return verdict(problems, "Speech is the gate: the figure is the one that a streaming service reads.")


def _said(speech: list[tuple[float, float]]) -> str:
    return ", ".join(f"{start:g}–{end:g} s" for start, end in speech) or "no time"


def _steps(*parts: tuple[float, int]) -> np.ndarray:
    """Luminance of so many frames each."""
    return np.concatenate([np.full(count, level) for level, count in parts])


LIGHTS = [
    (_steps((30, 5)), "light that stays as it is changes nothing"),
    (_steps((10, 6), (60, 6), (10, 6)), "one flash is two changes, up and down again"),
    (_steps((60, 6), (10, 6), (60, 6), (10, 6)), "the first change may go down as well as up"),
    (_steps((20, 4), (39, 4), (20, 4), (39, 4)), "a change of less than 20 cd/m2 is none"),
    (_steps((20, 4), (40, 4)), "a change of exactly 20 cd/m2 is one"),
    (_steps((10, 4), (40, 4), (80, 4), (20, 4)),
     "after a change up only a change down counts: light that rises in two steps has changed once"),
    (_steps((10, 4), (60, 4), (35, 4), (40, 4)),
     "after a change, lowest and highest begin again with the light of that frame"),
    (np.concatenate([np.linspace(10, 60, 11), np.linspace(60, 10, 11)]),
     "a change may take several frames: compare with the lowest and the highest light since the last change, and not with "
     "the frame before"),
    (np.array([60.0, 10, 25, 35, 20, 10, 25]),
     "the lowest light since the last change counts, even where the light has wavered in between"),
    (_steps((165, 4), (185, 4), (165, 4)),
     "from 160 cd/m2 on a change has to be an eighth of the darker light: from 165 to 185 is none"),
    (_steps((165, 4), (186, 4), (165, 4)),
     "from 160 cd/m2 on a change has to be an eighth of the darker light: from 165 to 186 is one"),
    (_steps((180, 4), (158, 4)),
     "what is asked for depends on the darker of the two lights, which is the later one where the light falls"),
]  # fmt: skip
"""Screen luminance of each frame in cd/m2, and the rule that each case is about."""


def changes(light: np.ndarray) -> list[int]:
    """Frames at which opposing changes of *light*, (n,) cd/m2, are complete. Source: ITU-R BT.1702-3.

    >>> changes(np.array([10.0, 60, 60, 10]))
    [1, 3]
    """
    low = high = light[0]
    way, found = 0, []
    for frame, now in enumerate(light):
        low, high = min(low, now), max(high, now)
        up = way <= 0 and now - low >= _least(low)
        if up or (way >= 0 and high - now >= _least(now)):
            way, low, high = (1 if up else -1), now, now
            found.append(frame)
    return found


def _least(darker: float) -> float:
    return LEAST if darker < DARKER else darker / 8


@guarded
def opposing_changes(answer: Callable) -> Verdict:
    """Exercise 2: `answer(light)` gives the numbers of the frames at which the light has changed its way."""
    problems = []
    for light, why in LIGHTS:
        given = answer(light.copy())
        if given is None:
            problems.append(
                "opposing_changes returns nothing yet: return a list of frames, and an empty one where nothing changes."
            )
            continue
        given, right = [int(frame) for frame in given], changes(light)
        if given != right:
            problems.append(
                f"With the light at {_levels(light)} cd/m2 the changes are complete at {_frames(right)}, "
                f"and yours at {_frames(given)}: {why}."
            )
    return verdict(
        problems, "Every change is counted once, slow ones as well, and no waver is taken for one."
    )


def _levels(light: np.ndarray) -> str:
    """Runs of one level as "10 (6 frames)"."""
    starts = np.flatnonzero(np.diff(light, prepend=light[0] - 1))
    counts = np.diff([*starts, len(light)])
    return ", ".join(
        f"{light[start]:g}" + (f" ({count} frames)" if count > 1 else "")
        for start, count in zip(starts, counts, strict=True)
    )


def _frames(frames: list[int]) -> str:
    return f"frame {', '.join(map(str, frames))}" if frames else "no frame"
