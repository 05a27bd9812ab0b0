"""Honest submissions get the score that stock nbgrader gives them, test by test; what is shared, is shared for a reason."""

import re
from pathlib import Path

import pytest

from hallyu.grading.isolation.trial import unisolatable


def assignment(path):
    """Cells, variants of the solutions, and tests that must be shared, from a script with "# %% kind name points" lines."""
    cells, variants, shared = [], {}, set()
    first, *parts = re.split(r"^# %% ", "\n" + path.read_text(), flags=re.M)
    if "shared: " in first:
        shared = set(first.strip().partition("shared: ")[2].split("; "))
    for part in parts:
        line, _, source = part.partition("\n")
        kind, *rest = line.split(" ", 1)
        rest = rest[0] if rest else ""
        if kind == "variant":
            number, name = rest.split(" ")
            variants.setdefault(number, {})[name] = source.strip("\n")
        else:
            name, points = re.fullmatch(r"(.*?)(?: (\d+))?", rest).groups()
            cells.append((kind, name, source.strip("\n"), *([int(points)] if points else [])))
    return cells, list(variants.values()), shared


ASSIGNMENTS = {
    path.stem: assignment(path) for path in sorted((Path(__file__).parent / "honest").glob("*.txt"))
}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_scores_are_those_of_stock_nbgrader(name, grade, stock, planned, notebook):
    cells, variants, shared = ASSIGNMENTS[name]
    plan, reasons = planned(cells)
    assert set(reasons) == shared
    for solutions in ({}, *variants):
        ours, met, _ = grade(cells, solutions, plan=plan)
        theirs = stock(cells, solutions)
        assert ours == theirs, (solutions, met["notes"])
        assert solutions or all(points > 0 for points in theirs.values())


@pytest.mark.parametrize(
    ("test", "word"),
    [
        (
            "from unittest.mock import patch\nwith patch('builtins.input', return_value='3'):\n    ask()",
            "patch",
        ),
        ("import matplotlib.pyplot as plt\nassert plt.gca().get_title() == 'x'", "figure"),
        ("assert globals()['x'] == 1", "globals"),
        ("assert f.__code__.co_argcount == 1", "__code__"),
        ("x = [1]\nassert total() == 1", "“x”"),
        ("x.append(4)\nassert total() == 5", "“x”"),
        ("assert Out[1] == 3", "history"),
    ],
)
def test_what_cannot_be_apart_is_found_in_the_source(notebook, test, word):
    cells = [("solution", "s", "x = []\ndef total(): return sum(x)"), ("test", "t", test)]
    assert word in unisolatable(notebook(cells))["t"]


def test_nothing_is_shared_without_need(notebook):
    cells = [c for cells, _, shared in ASSIGNMENTS.values() for c in cells if c[1] not in shared]
    assert unisolatable(notebook(cells)) == {}


def test_what_a_shared_test_needs_from_another_is_shared_too(planned, grade):
    cells = [
        ("solution", "s", "def ask(): return input('how many? ')"),
        ("test", "helps", "def same(a, b): return a == b\nassert callable(ask)"),
        ("test", "asks", "import builtins\nbuiltins.input = lambda *a: '3'\nassert same(ask(), '3')"),
        ("test", "apart", "assert ask.__name__ == 'ask'"),
    ]
    plan, reasons = planned(cells)
    assert plan.shared == {"helps", "asks"} == set(reasons)
    assert grade(cells, plan=plan)[0] == {"helps": 1, "asks": 1, "apart": 1}
