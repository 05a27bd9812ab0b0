"""The book's page for instructors, followed to the letter: its commands lead from nothing to a gradebook and feedback."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hallyu.grading.kernel import sandbox
from hallyu.grading.run.course import GradingCourse
from hallyu.grading.run.grade import grade

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "book" / "grading.md"


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """The folder in which every command block of the page was run, in order, by one shell; and what it said."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    folder = tmp_path_factory.mktemp("page")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    blocks = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        ["bash", "-e", "-c", "".join(blocks)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "trial", done.stdout


def rows(path):
    with open(path, encoding="utf-8-sig") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_the_gradebook_holds_what_each_learner_earned(trial):
    grades = rows(trial[0] / "grades.csv")
    assert float(grades["rin"]["score"]) == 0
    assert float(grades["sora"]["score"]) == 3  # what a program grades; words and tasks wait for a person


def test_what_was_graded_is_not_graded_again(trial):
    """The example's notebooks are of an older format, whose cells have no ids."""
    first = json.loads((trial[0] / "reports" / "grade-ps1.json").read_text(encoding="utf-8"))
    assert (first["graded"], first["unchanged"]) == (2, 0)
    assert {who: told["points"] for who, told in first["submissions"].items()} == {"sora": 3, "rin": 0}
    again = grade(GradingCourse.open(trial[0]), "ps1", workers=1, say=lambda line: None)
    assert (again.graded, again.unchanged) == (0, 2)


def test_each_cell_is_in_the_table_that_is_handed_on(trial):
    sora = rows(trial[0] / "ps1.csv")["sora"]
    assert (sora["problem1/correct_squares"], sora["problem1/sum_of_squares_uses_squares"]) == ("1.0", "0.5")
    assert sora["to_grade"] == "5" and "tests passed" in sora["notes"]


def test_there_is_feedback_for_each_learner_and_a_report(trial):
    for learner in ("sora", "rin"):
        assert (trial[0] / "feedback" / learner / "ps1" / "problem1.html").stat().st_size > 10_000
    report = (trial[0] / "reports" / "grade-ps1.md").read_text(encoding="utf-8").replace("\\", "")
    assert "sora" in report and "sum_of_squares_uses_squares" in report


def test_the_tools_of_the_page_say_what_it_promises(trial):
    folder, said = trial
    assert "runs beside the submission" in " ".join(said.split()) and "Fit to be released." in said
    assert "fewer than 30 learners" in said and "2 submissions, 0 pairs" in said
    for name in ("ps1-items.csv", "ps1-items.png", "ps1-similar.md"):
        assert (folder / name).stat().st_size > 0


def test_every_command_of_the_page_exists():
    from hallyu.cli import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r"hallyu ([a-z]+)", PAGE.read_text(encoding="utf-8"))) <= known
