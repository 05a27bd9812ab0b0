"""Checks for lesson 01, shots and framing."""

from collections.abc import Callable

import numpy as np

from hallyu import timecode
from hallyu.courseware.checks import Verdict, guarded, verdict


def _pictures(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two pictures of one shape, and a third of which no share lies on the line between them."""
    rng = np.random.default_rng(seed)
    shape = (9 + seed, 12, 3)
    return tuple(rng.random(shape).astype(np.float32) for _ in range(3))


@guarded
def on_the_way(answer: Callable) -> Verdict:
    """Exercise 1: `answer(first, middle, last)` gives the share of a dissolve's way, and how far a frame lies off it."""
    problems = []
    for seed, share in ((1, 0.5), (2, 0.25), (3, 0.9), (4, 0.0)):
        first, last, _ = _pictures(seed)
        middle = (1 - share) * first + share * last
        given = answer(first.copy(), middle, last.copy())
        if given is None:
            return Verdict(
                False,
                "on_the_way returns nothing yet: return two numbers, the share done and how far astray.",
            )
        done, astray = (float(each) for each in given)
        case = f"A dissolve that has gone {share:.0%} of its way"
        if abs(done - share) > 0.01:
            problems.append(f"{case}: yours says {done:.0%}. Project its way onto the whole way.")
        elif abs(astray) > 0.01:
            problems.append(f"{case} lies on the line; yours says it is {astray:.2f} of the way off it.")
    for seed in (5, 6):
        first, last, other = _pictures(seed)
        way = (last - first).astype(np.float64)
        off = other - other.mean() - ((other - other.mean()) * way).sum() / (way**2).sum() * way
        off *= 0.4 * np.linalg.norm(way) / np.linalg.norm(off)
        middle = (first + 0.3 * way + off).astype(np.float32)
        done, astray = (float(each) for each in answer(first.copy(), middle, last.copy()))
        if abs(done - 0.3) > 0.01:
            problems.append(
                f"A frame that strays sideways has gone 30% of the way; yours says {done:.0%}. Only what lies "
                "along the way counts: divide the dot product by that of the way with itself."
            )
        elif abs(astray - 0.4) > 0.01:
            problems.append(
                f"A frame that lies 0.40 of the way's length off the line: yours says {astray:.2f}. Take a root, "
                "and divide by the length of the whole way."
            )
    first, last, _ = _pictures(7)
    if not problems:
        dark, bright = float(answer(first, first, last)[0]), float(answer(first, last, last)[0])
        if abs(dark) > 0.01 or abs(bright - 1) > 0.01:
            problems.append(
                f"The first picture has gone 0% and the last 100%; yours says {dark:.0%} and {bright:.0%}."
            )
    return verdict(problems, "A dissolve is known by its straight way, and what strays is measured.")


ROOM_CASES = [
    ((860, 200, 200, 280), 25.0, 1920, 0.5),
    ((400, 120, 160, 200), 30.0, 1280, 0.625),
    ((400, 120, 160, 200), -30.0, 1280, 0.375),
    ((60, 40, 80, 100), -18.0, 480, 100 / 480),
    ((700, 300, 240, 320), -42.0, 1080, 820 / 1080),
    ((400, 120, 160, 200), 8.0, 1280, None),
    ((400, 120, 160, 200), -14.0, 1280, None),
]
"""Face box, yaw in degrees, width of the frame, and the share of it before the eyes."""


@guarded
def lead_room(answer: Callable) -> Verdict:
    """Exercise 2: `answer(box, yaw, width)` gives the share of the frame before somebody's eyes, None when facing us."""
    problems, given = [], [answer(box, yaw, width) for box, yaw, width, _ in ROOM_CASES]
    if all(each is None for each in given):
        return Verdict(False, "lead_room returns nothing yet: return a share of the frame's width.")
    for (box, yaw, width, right), share in zip(ROOM_CASES, given, strict=True):
        eyes = box[0] + box[2] / 2
        side = "right" if yaw > 0 else "left"
        case = f"Eyes at {eyes:g} of {width} pixels, turned {abs(yaw):g} degrees to the {side}"
        if right is None:
            if share is not None:
                problems.append(f"{case}: that is less than 15, so they look at us; return None.")
        elif share is None:
            problems.append(f"{case}: that is 15 or more, so there is room to measure; yours is None.")
        elif abs(float(share) - right) > 0.002:
            hint = ""
            if abs(float(share) - (1 - right)) < 0.002:
                hint = " Yours is what lies behind the head."
            elif abs(float(share)) > 1:
                hint = " A share is at most 1: divide by the frame's width."
            problems.append(
                f"{case}: the room is {right:.3f} of the width; yours says {float(share):.3f}.{hint}"
            )
    return verdict(problems, "Everybody has the room before the eyes that the frame gives, and only then.")


EVENT_CASES = [
    (1, "CAMERAA", 0, 47, 0, 24),
    (2, "CAMERAB", 56, 109, 56, 24),
    (17, "A014C003", 1733, 1790, 4321, 25),
    (120, "NIGHT", 90_000, 90_089, 215_990, 30),
]
"""Number, reel, first and last frame seen, place in the edit, frames a second."""
_COLUMNS = ("number", "reel", "channel", "cut", "source in", "source out", "record in", "record out")


@guarded
def event(answer: Callable) -> Verdict:
    """Exercise 3: `answer(number, reel, first, last, place, rate)` gives a line of an EDL."""
    problems = []
    for number, reel, first, last, place, rate in EVENT_CASES:
        given = answer(number, reel, first, last, place, rate)
        if not isinstance(given, str):
            problems.append("event returns no line yet: return one string.")
            continue
        begin = 3600 * rate + place
        frames = first, last + 1, begin, begin + last + 1 - first
        right = [f"{number:03}", reel, "V", "C", *(timecode.text(n, rate, drop=False) for n in frames)]
        columns = given.split()
        if len(columns) != len(right):
            problems.append(
                f"An event has {len(right)} columns; yours has {len(columns)}: {given.strip()!r}."
            )
            continue
        case = f"Frames {first} to {last} of {reel} at frame {place}, {rate} a second"
        for name, mine, wanted in zip(_COLUMNS, columns, right, strict=True):
            if mine != wanted:
                problems.append(
                    f"{case}: {name} is {wanted}, yours says {mine}.{_why(name, mine, wanted, rate)}"
                )
                break
    return verdict(problems, "Every line stands: in, out, and the edit runs on from one hour.")


def _why(name: str, given: str, right: str, rate: int) -> str:
    """What is likely wrong with a column, in a sentence."""
    try:
        off = timecode.parse(given, rate) - timecode.parse(right, rate)
    except Exception:  # a timecode that is none is told by showing it
        return " A timecode is hours:minutes:seconds:frames, two digits each." if " " in name else ""
    if off == -1 and name.endswith("out"):
        return " Out is the frame after the last one seen."
    if off == -3600 * rate:
        return " The edit starts at one hour."
    return ""
