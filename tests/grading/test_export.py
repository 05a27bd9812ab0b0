import csv
import json
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from hallyu.grading.course import open_course

CELLS = {"area": (2.0, "code"), "why": (3.0, "markdown")}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """What nbgrader's own command writes with both exporters, by student."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    course = open_course(root)
    with Gradebook(course.directory.db_url) as book:
        book.update_or_create_assignment("ps1", duedate="2026-03-01 00:00:00 UTC")
        book.update_or_create_notebook("work", "ps1")
        for name, (points, kind) in CELLS.items():
            book.update_or_create_grade_cell(name, "work", "ps1", max_score=points, cell_type=kind)
        book.update_or_create_solution_cell("why", "work", "ps1")
        for student in ("gildong", "absent", "=cmd"):
            book.update_or_create_student(student, last_name="홍")
        for student in ("gildong", "=cmd"):
            book.update_or_create_submission("ps1", student, timestamp="2026-03-02 00:00:00 UTC")
            book.find_submission("ps1", student).notebooks[0].late_submission_penalty = 0.5
            for name, score in {"area": 1.5, "why": None}.items():
                grade = book.find_grade(name, "work", "ps1", student)
                grade.auto_score, grade.needs_manual_grade = score, score is None
        book.find_comment("why", "work", "ps1", "gildong").manual_comment = "Say more."
        book.db.commit()
    (root / "reports").mkdir()
    told = {"gildong": {"words": "1 of 2 tests passed", "notes": ["it flooded"]}}
    (root / "reports" / "grade-ps1.json").write_text(json.dumps({"submissions": told}))
    for words in ([], ["--exporter=hallyu.grading.export.PerItem"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "export", *words],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def read(name):
        with open(root / name, encoding="utf-8-sig") as file:
            return {row["student_id"]: row for row in csv.DictReader(file)}

    return read("grades-items.csv"), read("grades.csv")


def test_the_scores_are_those_of_nbgraders_own_exporter(rows):
    ours, theirs = rows
    for student in ("gildong", "absent"):
        for column in (
            "raw_score",
            "late_submission_penalty",
            "score",
            "max_score",
            "timestamp",
            "last_name",
        ):
            assert ours[student][column] == theirs[student][column], column
    assert float(ours["gildong"]["score"]) == 1.0


def test_each_cell_has_a_column_and_what_is_not_graded_yet_is_empty(rows):
    row = rows[0]["gildong"]
    assert (row["work/area"], row["work/why"], row["to_grade"]) == ("1.5", "", "1")
    assert row["comments"] == "why: Say more."
    assert row["notes"] == "1 of 2 tests passed; it flooded"
    assert rows[0]["absent"]["work/area"] == ""


def test_a_name_that_is_a_formula_stays_a_name(rows):
    assert "'=cmd" in rows[0] and "=cmd" not in rows[0]
