"""Item analysis against published values, and on a gradebook of nbgrader's own."""

import csv
import math

import nbformat
import numpy as np
import pytest
from nbgrader.api import Gradebook
from PIL import Image
from typer.testing import CliRunner

from hallyu.cli import app
from hallyu.errors import HallyuError
from hallyu.grading import items
from hallyu.grading.course import open_course

ATTITUDE = """
43 63 71 61 81 43 58 71 72 67 64 67 69 68 77 81 74 65 65 50 50 64 53 40 63 66 78 48 85 82
51 64 70 63 78 55 67 75 82 61 53 60 62 83 77 90 85 60 70 58 40 61 66 37 54 77 75 57 85 82
30 51 68 45 56 49 42 50 72 45 53 47 57 83 54 50 64 65 46 68 33 52 52 42 42 66 58 44 71 39
39 54 69 47 66 44 56 55 67 47 58 39 42 45 72 72 69 75 57 54 34 62 50 58 48 63 74 45 71 59
61 63 76 54 71 54 66 70 71 62 58 59 55 59 79 60 79 55 75 64 43 66 63 50 66 88 80 51 77 64
92 73 86 84 83 49 68 66 83 80 67 74 63 77 77 54 79 80 85 78 64 80 80 57 75 76 78 83 74 78
45 47 48 35 47 34 35 41 31 41 34 41 25 35 46 36 63 60 46 52 33 41 37 49 33 72 49 38 55 39
"""
"""Chatterjee & Price, "Regression Analysis by Example", 1977: the survey that the R package psych documents its alpha() with."""


@pytest.fixture(scope="module")
def attitude():
    return np.array([[float(x) for x in row.split()] for row in ATTITUDE.strip().splitlines()]).T


def test_alpha_and_discrimination_are_those_that_psych_publishes(attitude):
    assert round(items.cronbach_alpha(attitude), 2) == 0.84
    without = [items.cronbach_alpha(np.delete(attitude, i, axis=1)) for i in range(7)]
    assert np.round(without, 2).tolist() == [0.81, 0.80, 0.83, 0.80, 0.80, 0.86, 0.84]
    assert items.discrimination(attitude).round(2).tolist() == [0.67, 0.74, 0.56, 0.71, 0.79, 0.27, 0.46]


def test_for_right_and_wrong_answers_they_are_the_textbook_formulae():
    scores = (np.random.default_rng(3).random((60, 6)) < np.linspace(0.2, 0.9, 6)).astype(float)
    p = scores.mean(axis=0)
    kr20 = (
        6 / 5 * (1 - (p * (1 - p)).sum() / scores.sum(axis=1).var())
    )  # Kuder & Richardson, 1937, formula 20
    assert items.cronbach_alpha(scores) == pytest.approx(kr20)
    for place, told in enumerate(items.discrimination(scores)):
        right, rest = scores[:, place] == 1, np.delete(scores, place, axis=1).sum(axis=1)
        point_biserial = (
            (rest[right].mean() - rest[~right].mean()) / rest.std() * math.sqrt(p[place] * (1 - p[place]))
        )
        assert told == pytest.approx(point_biserial)


def test_what_is_not_defined_is_nan_and_no_warning(recwarn):
    assert math.isnan(items.cronbach_alpha(np.ones((5, 3))))
    assert math.isnan(items.cronbach_alpha(np.ones((1, 3))))
    assert np.isnan(items.discrimination(np.array([[1.0, 0.0], [1.0, 1.0]]))).all()
    assert not recwarn.list


CELLS = {"easy": 2.0, "sharp": 4.0, "odd": 1.0, "essay": 3.0}
MISTAKE = {
    "output_type": "error",
    "ename": "AssertionError",
    "evalue": "",
    "traceback": ["\x1b[1;32m----> 2\x1b[0m assert f(2) == 4"],
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Six learners: all get easy, the three better ones get sharp, the weaker ones odd; an essay waits for a person."""
    tmp_path = tmp_path_factory.mktemp("graded")
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "source/ps1/ps1.ipynb")
    course = open_course(tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.update_or_create_assignment("ps1")
        book.update_or_create_notebook("ps1", "ps1")
        for name, points in CELLS.items():
            kind = "markdown" if name == "essay" else "code"
            book.update_or_create_grade_cell(name, "ps1", "ps1", max_score=points, cell_type=kind)
        for number in range(6):
            student = f"s{number}"
            book.update_or_create_student(student)
            book.update_or_create_submission("ps1", student)
            good = number >= 3
            given = {"easy": 2, "sharp": 4 if good else number / 2, "odd": float(not good), "essay": None}
            outputs = [] if good else [nbformat.from_dict(MISTAKE)]
            for name, score in given.items():
                grade = book.find_grade(name, "ps1", "ps1", student)
                grade.auto_score, grade.needs_manual_grade = score, score is None
            book.db.commit()
            cell = nbformat.v4.new_code_cell(
                "", outputs=outputs, metadata={"nbgrader": {"grade": True, "grade_id": "sharp"}}
            )
            folder = tmp_path / "autograded" / student / "ps1"
            folder.mkdir(parents=True)
            nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "ps1.ipynb")
    return course


def test_a_gradebook_is_analysed(graded):
    found = items.of_assignment(graded, "ps1")
    by = {item.cell: item for item in found.items}
    assert list(by) == list(CELLS) and found.learners == 6
    assert by["easy"].difficulty == 1 and by["easy"].remark == "everybody got the same"
    assert by["sharp"].difficulty == pytest.approx((3 * 4 + 0.5 + 1) / 24)
    assert (by["sharp"].full, by["sharp"].none) == (0.5, pytest.approx(1 / 6))
    assert by["sharp"].wrong == (("AssertionError: assert f(2) == 4", 3),)
    assert by["odd"].discrimination < 0 and "is the test right" in by["odd"].remark
    assert by["essay"].learners == 0 and by["essay"].remark == "not graded yet"


def test_the_command_writes_a_table_and_a_plot(graded):
    done = CliRunner().invoke(app, ["items", "ps1", "--course", str(graded.root)])
    assert done.exit_code == 0, done.output
    assert "fewer than 30 learners" in done.output and "3 x AssertionError: assert f(2) == 4" in done.output
    with open(graded.root / "ps1-items.csv", encoding="utf-8-sig") as file:
        rows = {row["cell"]: row for row in csv.DictReader(file)}
    assert rows["sharp"]["difficulty"] == "0.562" and rows["essay"]["difficulty"] == ""
    with Image.open(graded.root / "ps1-items.png") as picture:
        assert (
            picture.width > 1000
            and len(set(picture.convert("RGB").resize((200, 100)).get_flattened_data())) > 50
        )


def test_an_assignment_that_nobody_graded_is_an_error_in_words(graded):
    with pytest.raises(HallyuError, match="no assignment ps9"):
        items.of_assignment(graded, "ps9")


def test_errors_are_grouped_by_what_does_not_differ_by_chance():
    def error(words):
        return {"output_type": "error", "ename": "TypeError", "evalue": words, "traceback": []}

    assert items.errors_of([error("got <A at 0x7f3a>")]) == items.errors_of([error("got <A at 0x81cc>")])
    found = items.errors_of(
        [{"output_type": "stream", "name": "stdout", "text": "ok\n✗ cut 3 is blank (−2)\n"}]
    )
    assert found == ["✗ cut 3 is blank (−2)"]
    assert items.errors_of([error("no")], "area(2) gave 6") == ["TypeError: no (area(2) gave 6)"]


def test_what_a_learner_wrote_never_becomes_a_formula():
    for text in ("=1+1", "+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "\t=1"):
        assert str(items.in_cell(text)).startswith("'")
    assert items.in_cell("-0.25") == "-0.25"
