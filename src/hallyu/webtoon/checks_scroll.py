"""Checks for lesson 06, scroll and ship."""

from collections.abc import Callable
from types import SimpleNamespace

from hallyu.courseware.checks import Verdict, guarded, verdict
from hallyu.webtoon.script import Cut, Line
from hallyu.webtoon.slicing import NamedBox, cuttable, describe

ALLOWED_CASES = [
    (12, [NamedBox("balloon", "c01-1", (0, 3, 9, 7))]),
    (12, [NamedBox("face", "하늘", (0, 2, 9, 9)), NamedBox("balloon", "c01-1", (0, 4, 9, 6))]),
    (10, [NamedBox("effect", "c07-fx", (0, 6, 9, 14))]),
    (8, []),
]


@guarded
def allowed_rows(answer: Callable) -> Verdict:
    """Exercise 1: `answer(height, protected)` gives a truth value for each of the height + 1 rows."""
    problems = []
    for height, protected in ALLOWED_CASES:
        given = answer(height, protected)
        if given is None:
            problems.append(
                "allowed_rows returns nothing yet: return one True or False for each possible cut."
            )
            continue
        given = [bool(value) for value in given]
        if len(given) != height + 1:
            problems.append(
                f"A strip of {height} rows has {height + 1} possible cuts, counting both ends; "
                f"yours has {len(given)}."
            )
            continue
        for row, right in enumerate(cuttable(height, protected).tolist()):
            if given[row] == right:
                continue
            through = [item for item in protected if item.box[1] < row < item.box[3]]
            edge = [item for item in protected if row in (item.box[1], item.box[3])]
            if through:
                problems.append(f"Row {row} runs through the {describe(through[0])}, and yours allows it.")
            elif edge:
                problems.append(
                    f"A cut at row {row} runs along the edge of the {describe(edge[0])} and harms nothing; "
                    "yours forbids it."
                )
            else:
                problems.append(f"Row {row} touches nothing, and yours forbids it.")
    return verdict(problems, "Every row is judged rightly, edges and overlapping boxes included.")


def _cut(number: int, scene: int = 1, shot: str = "bust", words: bool = True) -> Cut:
    lines = (Line(f"c{number:02}-1", "첫눈이다.", "하늘"),) if words else ()
    return Cut(number, scene, shot, "street", lines=lines)


PAUSE_CASES = [
    (_cut(1), _cut(2), "normal", "two cuts of talk in one scene"),
    (_cut(1), _cut(2, scene=2), "scene", "the next cut is in another scene"),
    (_cut(1, words=False), _cut(2), "long", "the cut has no words, so the picture must be looked at"),
    (_cut(1, words=False), _cut(2, scene=2), "scene", "no words, but the scene changes, which weighs more"),
    (_cut(1, shot="close-up"), _cut(2, shot="close-up"), "tight", "two close-ups answer each other"),
    (_cut(1, shot="close-up"), _cut(2), "normal", "only one of the two is a close-up"),
    (
        _cut(1, shot="close-up", words=False),
        _cut(2, shot="close-up"),
        "long",
        "a silent close-up still needs its rest",
    ),
    (_cut(1), None, "normal", "there is no next cut"),
]


@guarded
def pause_after(answer: Callable) -> Verdict:
    """Exercise 2: `answer(cut, following)` names a pause; *following* is None after the last cut."""
    problems = []
    for cut, following, right, why in PAUSE_CASES:
        given = answer(cut, following)
        if given is None:
            problems.append("pause_after returns nothing yet: return the name of a pause.")
        elif given not in ("tight", "normal", "long", "scene"):
            problems.append(f'"{given}" is no pause: tight, normal, long or scene.')
        elif given != right:
            problems.append(f'You pause "{given}" where {why}; the rule asks for "{right}".')
    return verdict(problems, "Talk flows, silence rests, and a change of scene empties the screen.")


@guarded
def ai_share(answer: Callable) -> Verdict:
    """Exercise 3: `answer(panels)` gives the percentage of cuts with at least one generated figure."""
    figure = {"figure": "하늘", "model": "m"}
    cases = [
        ([[figure], [], [], []], 25.0, "one of four cuts has a generated figure"),
        (
            [[figure, figure], []],
            50.0,
            "one cut of two has generated figures; that it has two of them counts once",
        ),
        ([[], []], 0.0, "nothing was generated"),
        ([[figure], [figure], [figure]], 100.0, "every cut has one"),
    ]
    problems = []
    for records, right, why in cases:
        given = answer([SimpleNamespace(record=record) for record in records])
        if given is None:
            problems.append("ai_share returns nothing yet: return a percentage.")
        elif abs(given - right) > 0.01:
            hint = " Give a percentage, not a fraction." if right and abs(given * 100 - right) < 0.01 else ""
            problems.append(f"Here {why}: that is {right:g}%, and yours says {given:g}.{hint}")
    return verdict(problems, "Counted by cut, as the notice says it.")
