"""Checks for lesson 06, turnover."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from hallyu import timecode
from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.film.timeline import Clip, Marker

NTSC = Fraction(30000, 1001)
DROP_FRAMES = (
    0, 29, 30, 1799, 1800, 1801, 3597, 3598, 5395, 17981, 17982, 17983, 19781, 19782, 35963, 35964, 107_891, 107_892,
    1_000_000, 2_589_407,
)  # fmt: skip
"""Frames of a day at 29.97: around its minutes, its tenth minutes, its first hour, and the last one."""


@guarded
def drop_frame(to_timecode: Callable, to_frame: Callable) -> Verdict:
    """Exercise 1: a frame's number at 29.97 to its drop-frame timecode, and back."""
    problems = []
    for frame in DROP_FRAMES:
        right = timecode.text(frame, NTSC)
        given = to_timecode(frame)
        if given is None:
            problems.append('to_timecode returns nothing yet: return a text such as "00:01:00;02".')
        elif given != right:
            problems.append(
                f"Frame {frame:,} is called {right}, and yours says {given}: {_why(right, given)}"
            )
        back = to_frame(right)
        if back is None:
            problems.append("to_frame returns nothing yet: return the number of the frame.")
        elif isinstance(back, bool | str) or back != frame:
            problems.append(
                f"{right} names frame {frame:,}, and yours says {back}: {_skipped(right)} numbers were left out before it."
            )
    return verdict(problems, "Every frame of a day has one name, and every name leads back to its frame.")


def _why(right: str, given: object) -> str:
    if not isinstance(given, str):
        return "a timecode is a text."
    if len(given) != 11 or given[8:9] != ";":
        return "write two digits each, with a semicolon before the frames."
    if right < "00:01":
        return "before the first minute is over, nothing is left out."
    if right[4] == "0" and right[6:8] == "00":
        return "the minutes 00, 10, 20 and so on keep all their numbers."
    return "each other minute begins with ;02, for ;00 and ;01 are left out."


def _skipped(text: str) -> int:
    minutes = int(text[:2]) * 60 + int(text[3:5])
    return 2 * (minutes - minutes // 10)


NAMES = {
    "fs_010_0080_comp_v001.1001.exr": "",
    "fs_010_0085_roto2_v120.0998.exr": "",
    "s2_003_0010_fx_v002.1240.exr": "",
    "FS_010_0080_comp_v001.1001.exr": "it has capitals, which some systems tell from small letters and some do not",
    "fs_010_0080_comp_v001.1001.EXR": "its ending has capitals",
    "fs_010_80_comp_v001.1001.exr": "its shot has two digits, so shot 80 stands behind shot 100 in every list",
    "fs_10_0080_comp_v001.1001.exr": "its scene has two digits",
    "fs_010_0080_comp_v1.1001.exr": "its version has one digit",
    "fs_010_0080_comp.1001.exr": "it says no version",
    "fs_010_0080_v001.1001.exr": "it says no task",
    "fs_010_0080_comp_final.1001.exr": "“final” is no version",
    "fs_010_0080_comp_v001.exr": "it says no frame",
    "fs_010_0080_comp_v001_1001.exr": "a full stop, not a low line, stands before the frame",
    "fs-010-0080-comp-v001.1001.exr": "low lines, not hyphens, stand between its parts",
    "010_0080_comp_v001.1001.exr": "it does not begin with the show",
    "1fs_010_0080_comp_v001.1001.exr": "its show begins with a digit",
    "fs_010_0080_comp_v001.101.exr": "its frame has three digits",
    "fs_010_0080_comp_v001.1001.jpg": "it is no EXR",
    "fs_010_0080_comp_v001.1001.exr.part": "a file that ends in .part was not copied to its end",
    "copy fs_010_0080_comp_v001.1001.exr": "something stands before the show",
    "fs_010_0080_합성_v001.1001.exr": "its task is written in Hangul, which is not among a to z",
    "fs_010_0080_comp_v００１.1001.exr": "its version is in full-width digits, which only look like 0 to 9",
    "fs_010_0080_comp_v001.1001.exr\n": "a line's end hangs on it, as when it was copied out of a list",
    "fs_010_0080_comp_v001x1001.exr": "an x stands where the full stop should be",
    "": "it is empty",
}
"""Names, and what is wrong with each; nothing where it is legal."""


@guarded
def is_legal(answer: Callable) -> Verdict:
    """Exercise 2: whether the name of a delivered frame is legal."""
    problems = []
    for name, fault in NAMES.items():
        given = answer(name)
        if given is None and fault == "":
            problems.append("is_legal returns nothing yet: return True or False.")
        elif bool(given) == bool(fault):
            shown = f"“{name.strip()}”" if name else "A name without letters"
            problems.append(
                f"{shown} is not legal, and yours lets it through: {fault}."
                if fault
                else f"{shown} is legal, and yours refuses it."
            )
    return verdict(problems, "What is legal passes, and every other name is stopped before it is delivered.")


def _clip(name: str, first: int = 0, last: int = 48, **more) -> Clip:
    return Clip(name, f"{name}.mp4", first, last, **more)


_NOTE, _EYES = Marker(12, "softer", "RED", "the director"), Marker(20, "eyes")
_WHOLE = {
    0: _clip("wide", 0, 24, markers=(_NOTE,), effects=("grain",)),
    24: _clip("close", 10, 34, speed=0.5, effects=("blur", "glow")),
    72: _clip("both", 0, 36, markers=(_NOTE, _EYES)),
}
LOST_CASES = [
    (_WHOLE, _WHOLE, [], "nothing was lost"),
    (
        _WHOLE, {0: _clip("wide", 0, 24), 24: _clip("close", 10, 58), 72: _clip("both", 0, 36)},
        [(0, "effect"), (0, "marker"), (24, "speed"), (24, "effect"), (24, "effect"), (72, "marker"), (72, "marker")],
        "each effect and each marker that is gone counts by itself",
    ),
    (
        _WHOLE, {0: _WHOLE[0], 72: _WHOLE[72]}, [(24, "clip")],
        "a clip that is not there any more is one loss: nobody can look for its effects",
    ),
    (
        {0: _clip("wide", 0, 24)}, {0: _clip("wide_2", 0, 24), 24: _clip("more", 0, 24)}, [(0, "name")],
        "a clip that was added is nothing lost",
    ),
    (
        {0: _WHOLE[72]}, {0: _clip("both", 86400, 86436, markers=(Marker(86420, "eyes", "BLUE"),))}, [(0, "marker")],
        "an EDL counts markers from the source's timecode, so they are the same when their names are",
    ),
    (
        {12: _clip("a", 0, 30, speed=1 / 3)}, {12: _clip("a", 0, 30, speed=0.3333)}, [],
        "speeds that differ by less than 0.001 are the same: an EDL keeps a tenth of a frame a second",
    ),
    ({5: _clip("a")}, {6: _clip("a")}, [(5, "clip")], "a clip that begins a frame later is not at its place any more"),
    (
        {0: _clip("a", effects=("glow",))}, {0: _clip("b", effects=("blur", "glow"))}, [(0, "name")],
        "the effect is still among the others",
    ),
    ({}, {0: _clip("a")}, [], "there was nothing to lose"),
]  # fmt: skip
"""Clips by the frame at which they begin, before and after; what was lost, and the rule that the case is about."""


@guarded
def lost(answer: Callable) -> Verdict:
    """Exercise 3: `answer(before, after)` names what of an edit did not come back, as pairs of frame and kind."""
    problems = []
    for before, after, right, why in LOST_CASES:
        given = answer(dict(before), dict(after))
        if given is None:
            problems.append(
                "lost returns nothing yet: return a list of pairs, and an empty one when nothing is lost."
            )
            continue
        given = [tuple(pair) for pair in given]
        missed, extra = Counter(right) - Counter(given), Counter(given) - Counter(right)
        if missed:
            (place, kind), times = next(iter(missed.items()))
            times = f", {times} more times" if times > 1 else ""
            problems.append(
                f"At frame {place} the {kind} was lost{times}, and yours does not name it: {why}."
            )
        elif extra:
            place, kind = next(iter(extra))
            problems.append(f"At frame {place} yours names “{kind}”, and that was not lost: {why}.")
    return verdict(problems, "Every loss is named once, and nothing that came back is called lost.")
