"""The course's own assignment goes through the run: an episode's files are found, measured and told of."""

import importlib.util
import shutil
from pathlib import Path

import nbformat
import pytest

from hallyu.grading.kernel import sandbox
from hallyu.grading.run.course import GradingCourse
from hallyu.grading.run.feedback import write_pages
from hallyu.grading.run.grade import grade

ROOT = Path(__file__).resolve().parents[3]
NAME = "webtoon-episode"


def cycle_test():
    """The neighbouring test of the assignment's cycle, which knows how a learner solves it without the drawing model."""
    spec = importlib.util.spec_from_file_location(
        "cycle", ROOT / "tests" / "grading" / "test_webtoon_episode.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_solution_of_the_courses_own_assignment_gets_every_automatic_point(tmp_path):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    from nbgrader.converters import GenerateAssignment

    root = tmp_path / "grading"
    (root / "source" / NAME).mkdir(parents=True)
    shutil.copy(ROOT / "grading" / "nbgrader_config.py", root)
    book = root / "source" / NAME / f"{NAME}.ipynb"
    shutil.copy(ROOT / "grading" / "source" / NAME / f"{NAME}.ipynb", book)
    cycle_test().solve(book)  # drawn as vectors, in seconds
    (root / "source" / NAME / "stand_in.py").rename(root / "stand_in.py")
    course = GradingCourse.open(root)
    course.directory.assignment_id, course.directory.student_id = NAME, "."
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    for learner in ("empty", "narae"):
        shutil.copytree(root / "release" / NAME, root / "submitted" / learner / NAME)
    solved = root / "submitted" / "narae" / NAME / f"{NAME}.ipynb"
    cycle_test().solve(solved)
    shutil.copy(root / "stand_in.py", root / "source" / NAME)  # the reference run needs it too
    course = GradingCourse.open(root)
    report = grade(course, NAME, workers=2, say=lambda line: None)
    points = {name: told["points"] for name, told in report.submissions.items()}
    assert points == {"empty": 0, "narae": 75}, report.submissions
    assert report.submissions["narae"]["notes"] == [] and report.shared == []
    assert (course.folder("autograded", NAME, "narae") / "delivery" / "script.txt").exists()
    write_pages(course, NAME, list(points))
    page = (course.folder("feedback", NAME, "narae") / f"{NAME}.html").read_text(encoding="utf-8")
    assert "cut safety: 10 of 10 points" in page and "artefacts_webtoon.cut_safety" not in page
    page = (course.folder("feedback", NAME, "empty") / f"{NAME}.html").read_text(encoding="utf-8")
    assert "There is no folder delivery" in page
    assert nbformat.read(solved, 4)
