"""Checks of the exercises in lesson 02, Hangul to phonemes."""

import re
from collections.abc import Callable, Mapping

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.music.pronunciation import pronounce

RHYMES = [
    # two ends of lines, whether they rhyme by ear
    ("눈 덮인 숲", "불 꺼진 집", False),
    ("창밖의 눈꽃", "나는 곧", True),
    ("마른 잎", "작은 집", True),
    ("눈부신 빛", "우리의 빚", True),
    ("모든 값", "따뜻한 밥", True),
    ("하얀 발자국", "따뜻한 국", True),
    ("긴 겨울", "나의 거울", True),
    ("첫눈", "내 손", False),
    ("기다려", "불을 켜", True),
    ("여덟", "첫 달", False),
    ("숲을 떠나", "네게 간다", True),
    ("나의 하루", "너의 마음", False),
    ("먹지 않아", "길을 닦아", True),
    ("먼 길", "작은 별", False),
]

CLOCK = {
    (3, 30): "세 시 삼십 분",
    (12, 0): "열두 시",
    (10, 5): "열 시 오 분",
    (1, 1): "한 시 일 분",
    (6, 16): "여섯 시 십육 분",
    (11, 59): "열한 시 오십구 분",
    (20, 20): "스무 시 이십 분",
    (9, 10): "아홉 시 십 분",
}

SIGNS = "-|+'~="
SONG = ("하얀 발자국 하나", "오십 번의 겨울을 지나", "신을 신고 눈길 위에", "꽃잎 위에 앉고")
"""Lines whose sound the letters alone do not tell."""


@guarded
def rhyme(answer: Callable) -> Verdict:
    """Exercise 1: `answer(a, b)` tells whether two lines end in the same vowel and coda as they are said."""
    for a, b, right in RHYMES:
        given = answer(a, b)
        ends = f"“{a}” [{pronounce(a)[-1]}] and “{b}” [{pronounce(b)[-1]}]"
        if given is None:
            return Verdict(False, "rhyme returns nothing yet: return True or False.")
        if bool(given) != right:
            truth, yours = ("rhyme", "do not") if right else ("do not rhyme", "do")
            return Verdict(
                False, f"{ends} {truth}; yours says they {yours}. Compare vowel and coda as they are said."
            )
    return verdict([], f"{len(RHYMES)} pairs of lines, judged by ear and not by eye.")


@guarded
def clock(answer: Callable) -> Verdict:
    """Exercise 2: `answer(hour, minute)` is the time as it is said."""
    for (hour, minute), right in CLOCK.items():
        given = answer(hour, minute)
        if given is None:
            return Verdict(False, "clock returns nothing yet: return the words.")
        if given == right:
            continue
        why = ""
        if minute == 0 and "분" in given:
            why = " A full hour has no minutes."
        elif given.replace(" ", "") == right.replace(" ", ""):
            why = " The words are right and the spaces are not."
        elif right.split()[0] not in given:
            why = " Hours take native numerals, in the form before a counting word."
        elif minute and right.split()[2] not in given:
            why = " Minutes take Sino-Korean numerals."
        return Verdict(False, f"{hour}:{minute:02d} is said “{right}”; yours says “{given}”.{why}")
    return verdict([], f"{len(CLOCK)} times of day, native hours and Sino-Korean minutes.")


@guarded
def marks(given: Mapping[str, str], say: Callable) -> Verdict:
    """Exercise 3: *given* has each line of SONG with its grammar marked, so that *say* gives what the library says."""
    for line in SONG:
        marked = (given or {}).get(line)
        if not marked:
            return Verdict(False, f"“{line}” is not marked yet.")
        plain = re.sub(f"[{re.escape(SIGNS)}]", "", marked)
        if plain != line:
            return Verdict(
                False, f"Without its signs your line reads “{plain}”, not “{line}”: add signs only."
            )
        ours, right = say(marked), pronounce(line)
        if ours != right:
            wrong = next(at for at, (a, b) in enumerate(zip(ours, right, strict=True)) if a != b)
            joint = line[max(0, wrong - 1) : wrong + 2]
            return Verdict(
                False,
                f"“{marked}” is read [{ours}]; a Korean reader says [{right}]. Look at the joint at “{joint}”.",
            )
    return verdict([], f"{len(SONG)} lines, marked so that the rules read them as the library does.")
