import re

import pytest

from hallyu.ott import checks_travel as check
from hallyu.ott import forced, sdh, terms
from hallyu.ott.terms import Term
from hallyu.ott.timedtext import Cue, Track


def named(cues, cuts):
    said = []
    for n, cue in enumerate(cues):
        before = cues[n - 1] if n else None
        goes_on = (
            before is not None and before.speaker == cue.speaker and not before.seen
            and not any(before.end <= cut <= cue.start for cut in cuts)
        )  # fmt: skip
        said.append(bool(cue.speaker) and not cue.seen and not goes_on)
    return said


def free(cues, start, end, gap=2):
    found, begin = [], start
    for first, last in sorted(cues):
        if begin < min(first - gap, end):
            found.append((begin, min(first - gap, end)))
        begin = max(begin, last + gap)
    return [*found, (begin, end)] if begin < end else found


def missing(source, target, table):
    found = []
    for term in sorted(table, key=len, reverse=True):
        source, count = re.subn(rf"(?<![가-힣]){term}", "\0", source)
        if count and not any(re.search(rf"\b{text}\b", target, re.I) for text in table[term]):
            found.append(term)
    return found


def test_right_answers():
    assert check.named(named) and check.free(free) and check.missing(missing)


def test_the_cases_are_those_of_the_library():
    for cues, cuts, wanted, why in check.SCENES:
        track = Track(tuple(Cue(cue.start / 24, cue.end / 24, "눈", cue.speaker) for cue in cues))
        made = sdh.make(track, [cue.seen for cue in cues], cuts=[cut / 24 for cut in cuts])
        assert [cue.text.startswith("[") for cue in made.track.cues] == wanted, why
    for cues, start, end, wanted, why in check.ROOMS:
        there = [Cue((first + 10) / 24, (last + 10) / 24, "눈") for first, last in cues]
        found = forced.free(there, Track(()), 2, start + 10, end + 10)
        assert [(a - 10, b - 10) for a, b in found] == wanted, why
    table = [Term(source, texts[0], also=texts[1:]) for source, texts in check.TABLE.items()]
    for source, target, wanted, why in check.PAIRS:
        assert [each.term.source for each in terms.check([(source, target)], table)] == wanted, why


@pytest.mark.parametrize(("answer", "says"), [
    (lambda cues, cuts: None, "returns nothing yet"),
    (lambda cues, cuts: [True], "one for each"),
    (lambda cues, cuts: [True] * len(cues), "who is seen is not named"),
    (lambda cues, cuts: [not cue.seen for cue in cues], "nobody to name"),
    (lambda cues, cuts: [not cue.seen and bool(cue.speaker) for cue in cues], "goes on in the same shot"),
    (lambda cues, cuts: named([c._replace(speaker=c.speaker and "하늘") for c in cues], cuts), "another voice"),
    (lambda cues, cuts: [value and not (n and cues[n - 1].speaker == cues[n].speaker and not any(
        cues[n - 1].end <= cut <= cues[n].start for cut in cuts)) for n, value in enumerate(
        [not c.seen and bool(c.speaker) for c in cues])], "she was seen"),
    (lambda cues, cuts: named(cues, []), "named anew"),
    (lambda cues, cuts: named(cues, [cut + 1 for cut in cuts]), "starts on the cut"),
    (lambda cues, cuts: [(n == 0 and value) or bool(value or (cuts and n and not cues[n].seen))
                         for n, value in enumerate(named(cues, cuts))], "between the two cues"),
    (lambda cues, cuts: [(bool(c.speaker) and not c.seen and (c.speaker, c.seen) not in [(d.speaker, d.seen) for d in cues[:n]])
                         or any(cues[n - 1].end <= cut <= c.start for cut in cuts if n) for n, c in enumerate(cues)],
     "somebody else spoke between"),
    (lambda cues, cuts: 1 / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_named_says_what_is_wrong(answer, says):
    found = check.named(answer)
    assert not found and says in found.message, found


@pytest.mark.parametrize(("answer", "says"), [
    (lambda cues, start, end: None, "returns nothing yet"),
    (lambda cues, start, end: [(start, end)], "two frames stay bare"),
    (lambda cues, start, end: free(cues, start, end, gap=0), "two frames stay bare"),
    (lambda cues, start, end: free(cues, start, end, gap=3), "two frames stay bare"),
    (lambda cues, start, end: [room for room in free(cues, start, end) if room[1] - room[0] > 1], "one frame is free"),
    (lambda cues, start, end: [*free(cues, start, end), (end, end)], "all of it is free"),
    (lambda cues, start, end: free([cue for cue in cues if cue[0] < end], start, end), "one frame after the end"),
    (lambda cues, start, end: free([cue for cue in cues if cue[0] >= start], start, end), "takes the beginning"),
    (lambda cues, start, end: 1 / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_free_says_what_is_wrong(answer, says):
    found = check.free(answer)
    assert not found and says in found.message, found


def unsorted(cues, start, end):
    found, begin = [], start
    for first, last in cues:
        if begin < min(first - 2, end):
            found.append((begin, min(first - 2, end)))
        begin = last + 2
    return [*found, (begin, end)] if begin < end else found


def test_free_wants_cues_in_order_and_the_later_end():
    assert "takes nothing" in check.free(unsorted).message
    late = lambda cues, start, end: unsorted([c for c in cues if c[1] + 2 > start], start, end)
    assert "any order" in check.free(late).message
    inner = lambda cues, start, end: late(sorted(cues), start, end)
    assert "the later end" in check.free(inner).message


@pytest.mark.parametrize(("answer", "says"), [
    (lambda source, target, table: None, "returns nothing yet"),
    (lambda source, target, table: [], "Granny is not in the table"),
    (lambda source, target, table: [k for k, v in table.items() if k in source and not any(t in target for t in v)],
     "capitals do not matter"),
    (lambda source, target, table: [k for k, v in table.items() if k in source and v[0].lower() not in target.lower()],
     "each text of the table"),
    (lambda source, target, table: [k for k, v in table.items() if k in source.split() and v[0] not in target],
     "Granny is not in the table|particle"),
    (lambda source, target, table: [k for k, v in table.items() if k in source and not any(
        t.lower() in target.lower() for t in v)], "whole word"),
    (lambda source, target, table: [k for k, v in table.items() if k in source and not any(
        re.search(rf"\b{t}\b", target, re.I) for t in v)], "the shorter one in it|by itself"),
    (lambda source, target, table: missing(source, target, table)[::-1], "a second time"),
    (lambda source, target, table: missing(re.sub("(?<=[가-힣])하늘", " 하늘", source), target, table), "within a word"),
    (lambda source, target, table: 1 / 0, "stopped with ZeroDivisionError"),
])  # fmt: skip
def test_missing_says_what_is_wrong(answer, says):
    found = check.missing(answer)
    assert not found and re.search(says, found.message), found
