"""Honest work gets its points with the tests in another kernel; cheats that stock nbgrader falls for do not."""

import pytest

AREA = [
    ("free", "", "import numpy as np"),
    (
        "solution",
        "area",
        "def area(r):\n    if r < 0:\n        raise ValueError('negative')\n    return np.pi * r * r",
    ),
    ("test", "right", "assert abs(area(1) - np.pi) < 1e-9\nassert isinstance(area(2), float)", 2),
    (
        "test",
        "refuses",
        "try:\n    area(-1)\nexcept ValueError as e:\n    assert 'neg' in str(e)\nelse:\n    raise AssertionError",
    ),
]
FULL = {"right": 2, "refuses": 1}


def test_an_honest_solution_gets_all_points(grade):
    assert grade(AREA)[0] == FULL


CHEATS = {
    "wrong": "def area(r):\n    return 3.0",
    "empty": "",
    "no Python": "def area(r: return",
    "a float equal to all": """
class L(float):
    __eq__ = __lt__ = __gt__ = lambda s, o: True
    __sub__ = __abs__ = lambda s, *o: s
def area(r): return L(9)""",
    "an object equal to all": """
class L:
    __eq__ = __lt__ = __gt__ = lambda s, o: True
    __sub__ = __abs__ = lambda s, *o: s
    __class__ = float
def area(r): return L()""",
    "asserts stripped": """
import ast
class T(ast.NodeTransformer):
    def visit_Assert(s, n): return ast.Pass()
get_ipython().ast_transformers.append(T())""",
    "builtins patched": """
import builtins
builtins.abs = lambda x: 0
builtins.isinstance = lambda *a: True
builtins.AssertionError = ValueError
def area(r): return 0.0""",
    "NumPy patched": "import numpy\nnumpy.pi = 0\ndef area(r): return 0.0",
    "a name over a builtin": """
def abs(x): return 0
def isinstance(*a): return True
def area(r): return 'x'""",
    "frames": """
import inspect
def area(r):
    for f in inspect.stack(): f.frame.f_globals['abs'] = lambda x: 0
    return 0.0""",
    "the kernel patched": """
ok = {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
get_ipython().kernel.do_execute = lambda *a, **b: ok""",
    "a module in the folder": """
open('numpy.py', 'w').write('pi = 0')
open('sitecustomize.py', 'w').write('raise SystemExit')
def area(r): return 0.0""",
    "a forged score": "def area(r):\n    print('2.0')\n    return 3.0\nprint('{\"score\": 2}')",
    "the kernel ended": "def area(r):\n    import os\n    os._exit(0)",
    "ended at once": "import os\nos._exit(0)",
    "a forged answer": """
from hallyu.grading.isolation import student
student.answer = lambda *a: '{"value": {"is": "pickled", "v": ""}}'""",
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_no_cheat_gets_the_points_for_the_right_answer(grade, cheat):
    scores, _, _ = grade(AREA, {"area": CHEATS[cheat]})
    assert scores["right"] == 0


def test_points_of_later_cells_survive_a_kernel_that_ends(grade):
    cells = [
        ("solution", "one", "a = 1"),
        ("test", "first", "assert a == 1"),
        ("solution", "two", "b = 2"),
        ("test", "second", "assert b == 2"),
    ]
    scores, met, _ = grade(cells, {"one": "import os\nos._exit(3)"})
    assert scores == {"first": 0, "second": 1}
    assert any("fresh kernel" in note for note in met["notes"])


PRINTED = """
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as said:
    order([1])
assert said.getvalue() == 'sorted\\n'"""


def test_partial_credit_and_changed_arguments_and_printed_words_come_through(grade):
    cells = [
        (
            "solution",
            "s",
            "def order(x):\n    print('sorted')\n    x.sort()\ndef some(n):\n    yield from range(n)",
        ),
        ("test", "part", "0.5", 2),
        ("test", "inplace", "x = [3, 1]\norder(x)\nassert x == [1, 3]"),
        ("test", "lazy", "assert list(some(3)) == [0, 1, 2]"),
        ("test", "printed", PRINTED),
    ]
    assert grade(cells)[0] == {"part": 0.5, "inplace": 1, "lazy": 1, "printed": 1}


POINT = """
class Point:
    def __init__(self, x): self.x = x
    def __eq__(self, o): return isinstance(o, Point) and self.x == o.x
    def __add__(self, o): return Point(self.x + o.x)
class Far(Point): pass
class Lost(ValueError): pass
def look(): raise Lost('where')
def length(p): return p.x"""
CLASSES = [
    ("solution", "s", POINT),
    (
        "test",
        "adds",
        "assert Point(1) + Point(2) == Point(3)\nassert isinstance(Far(1), Point) and issubclass(Far, Point)",
    ),
    (
        "test",
        "raises",
        "try:\n    look()\nexcept Lost as e:\n    assert str(e) == 'where'\nelse:\n    assert False",
    ),
    ("test", "length", "assert length(Point(4)) == 4"),
]


def test_classes_of_the_solution_work_and_only_they_may_compare_themselves(grade):
    scores, met, _ = grade(CLASSES)
    assert scores == {"adds": 1, "raises": 1, "length": 1}
    profile = tuple(tuple(row) for row in met["profile"])
    assert ("adds", "Point", "__eq__", "object") in profile
    assert grade(CLASSES, profile=profile)[0] == scores
    liar = (
        CLASSES[0][2].replace("isinstance(o, Point) and self.x == o.x", "True")
        + "\ndef length(p): return Point(0)"
    )
    assert grade(CLASSES, {"s": liar}, profile=profile)[0]["length"] == 0


def test_a_flood_of_output_is_cut_and_said(grade):
    cells = [*AREA[:2], ("solution", "flood", ""), *AREA[2:]]
    scores, met, done = grade(
        cells, {"flood": "for i in range(10**7):\n    print('x' * 1000)"}, output_limit=100_000
    )
    assert scores == FULL
    assert any("output" in note for note in met["notes"])
    assert len(str(done.cells[2].outputs)) < 300_000
