import re

import numpy as np
import pytest

from hallyu.ott import checks_subtitles as check
from hallyu.ott import guide, reading
from hallyu.ott.timedtext import Cue, Track


def dialogue(first, second):
    lines = []
    for text in (first, second):
        text = re.sub(r"[.…]{2,}", "…", text.strip())
        lines.append("- " + re.sub(r"[.,]+$", "", text))
    return None if max(reading.width(line) for line in lines) > 16 else "\n".join(lines)


def snap_in(start, cuts, red=7, after=12, far=12):
    last = max((cut for cut in cuts if cut <= start), default=-99)
    following = min((cut for cut in cuts if cut > start), default=10**6)
    if start - last < after:
        return last
    if following - start <= red:
        return following
    return following - 12 if following - start < far else start


def chain(start, end, least=20, near=12):
    wanted = start[1:] - 2
    close = (start[1:] - end[:-1] < near) & ((wanted >= end[:-1]) | (wanted - start[:-1] >= least))
    return np.append(np.where(close, wanted, end[:-1]), end[-1])


def test_right_answers():
    assert check.dialogue(dialogue)
    assert check.snap_in(snap_in)
    assert check.chain(chain)


def test_the_cases_keep_the_guide():
    for first, second, wanted, _ in check.PAIRS:
        if wanted is not None:
            assert guide.check(Track((Cue(0.0, 4.0, wanted),))) == [], (first, second)
    for start, cuts, wanted, _ in check.SNAPS:
        # A change that lies after the first one that counts may be near still: two are closer than half a second.
        if len(cuts) < 2 or min(np.diff(cuts)) >= 24:
            found = guide.check(
                Track((Cue(wanted / 24, (wanted + 60) / 24, "눈"),)), shots=[cut / 24 for cut in cuts]
            )
            assert "TIM-CUTIN" not in {finding.code for finding in found}, start


def plain_chain(start, end):
    return np.append(start[1:] - 2, end[-1])


def in_place(start, end):
    end[:-1] = start[1:] - 2
    return end


@pytest.mark.parametrize(("answer", "says"), [
    (lambda a, b: None, "returns nothing yet"),
    (lambda a, b: f"- {a}\n- {b}", "without a full stop"),
    (lambda a, b: f"-{a}\n-{b}", "a hyphen and a space"),
    (lambda a, b: f"{a}\n- {b}", "a hyphen and a space"),
    (lambda a, b: f"- {a.rstrip('.,…!')}\n- {b.rstrip('.,…!')}", "keeps its ! and …"),
    (lambda a, b: dialogue(a.replace("...", "…"), b.replace("...", "…")).replace("…", "...") if dialogue(a, b) else None,
     "…"),
    (lambda a, b: dialogue(a, b) or f"- {a}\n- {b}", "do not fit"),
    (lambda a, b: dialogue(a, b) if max(map(len, (a, b))) <= 14 else None, "fifteen syllables just fit"),
    (lambda a, b: dialogue(a.replace(".", ""), b.replace(".", "")), ""),
    (lambda a, b: dialogue(a, b) if reading.width(f"- {a}") <= 16 else None, ""),
    (lambda a, b: 1 / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_dialogue_says_what_is_wrong(answer, says):
    found = check.dialogue(answer)
    assert not found and says in found.message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda start, cuts: None, "returns nothing yet"),
    (lambda start, cuts: start, "1 frame after a change"),
    (lambda start, cuts: min(cuts, key=lambda cut: abs(cut - start), default=start), "half a second: stay"),
    (lambda start, cuts: snap_in(start, cuts, red=11), "8 frames before"),
    (lambda start, cuts: snap_in(start, cuts, red=6), "7 frames before"),
    (lambda start, cuts: snap_in(start, cuts, after=13), "12 frames after"),
    (lambda start, cuts: snap_in(start, cuts, after=11), "11 frames after"),
    (lambda start, cuts: snap_in(start, cuts, far=14), "13 frames before"),
    (lambda start, cuts: cuts[0] if cuts and abs(start - cuts[0]) < 12 else start, "7 frames before|8 frames before"),
    (lambda start, cuts: snap_in(start, cuts[:1]), "wait for the next"),
])  # fmt: skip
def test_snap_in_says_what_is_wrong(answer, says):
    found = check.snap_in(answer)
    assert not found and re.search(says, found.message)


@pytest.mark.parametrize(("answer", "says"), [
    (lambda start, end: None, "returns nothing yet"),
    (lambda start, end: end, "gap of 5 frames"),
    (lambda start, end: start[1:] - 2, "one for each"),
    (plain_chain, "a gap of 20 frames"),
    (in_place, "changes the arrays"),
    (lambda start, end: chain(start, end, least=0), "20 frames is not made shorter"),
    (lambda start, end: chain(start, end, least=21), "20 frames are long enough"),
    (lambda start, end: chain(start, end, near=13), "half a second, and stays"),
    (lambda start, end: chain(start, end, near=11), "11 frames becomes two"),
    (lambda start, end: np.append(np.minimum(start[1:] - 2, end[:-1]), end[-1]), "5 frames becomes two"),
    (lambda start, end: np.append(np.where((start[1:] - end[:-1] < 12) & (start[1:] - 2 - start[:-1] >= 20), start[1:] - 2,
                                           end[:-1]), end[-1]), "becomes longer is no worse"),
])  # fmt: skip
def test_chain_says_what_is_wrong(answer, says):
    found = check.chain(answer)
    assert not found and says in found.message, found
