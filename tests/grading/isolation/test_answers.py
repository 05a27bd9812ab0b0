"""What a submission answered where a test failed, as the item analysis counts it."""

import pytest

CELLS = [
    ("solution", "work", "def area(r):\n    return 3 * r * r\n\nside = 4\n"),
    ("test", "calls", "assert area(1) == 3\nassert area(2) == 12, 'twice the radius'"),
    ("test", "reads", "assert side == 4"),
    ("test", "inside", "def near(f, x, y):\n    assert abs(f(x) - y) < 1e-9\nnear(area, 3, 27)"),
    ("test", "raises", "area('x' / 2)"),
]


@pytest.fixture(scope="module")
def answers(grade):
    return lambda work: grade(CELLS, {"work": work})[1]["answers"]


def test_a_right_solution_has_no_wrong_answers(answers):
    assert answers(CELLS[0][2]) == {}


def test_wrong_values_are_told_in_words(answers):
    found = answers("def area(r):\n    return 3 * r\n\nside = [1, '눈' * 300]\n")
    assert found["calls"] == "area(2) gave 6"
    assert found["reads"].startswith("side is [1, '눈눈") and len(found["reads"]) < 140
    assert found["inside"] == "area(3) gave 9"
    assert "raises" not in found


def test_an_object_of_the_submissions_is_named_and_not_asked(answers):
    found = answers(
        "class Snow:\n"
        "    def __repr__(self):\n        raise SystemExit('asked')\n"
        "    def __rsub__(self, other):\n        return 5\n"
        "    __sub__ = __rsub__\n"
        "def area(r):\n    return Snow()\n"
        "side = [Snow()]\n"
    )
    assert found["reads"] == "side is [<Snow>]"
    assert all("asked" not in words for words in found.values())
