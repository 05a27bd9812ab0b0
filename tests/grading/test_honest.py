"""Honest submissions get from `hallyu grade` what they get from stock nbgrader, to the last point.

Twelve here; the benchmark takes 200.
"""

import honest
import pytest
from nbgrader.converters import GenerateAssignment

from hallyu.grading import compare
from hallyu.grading.kernel import sandbox
from hallyu.grading.run import grade as run
from hallyu.grading.run.course import GradingCourse

NUMBER = 4


def make_course(root):
    """The three assignments as three notebooks of one, for which each of nbgrader's commands starts once."""
    honest.make_course(root)
    for name in honest.ASSIGNMENTS:
        honest.submit(root, name, NUMBER)
        move(root / "source" / name, root / "source" / "all")
        for place in range(NUMBER):
            move(root / "submitted" / f"{name}-{place:03}" / name, root / "submitted" / f"s{place}" / "all")
            (root / "submitted" / f"{name}-{place:03}").rmdir()


def move(old, new):
    new.mkdir(parents=True, exist_ok=True)
    for path in old.iterdir():
        path.rename(new / path.name)
    old.rmdir()


def test_scores_equal_stock_nbgraders(tmp_path):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    make_course(tmp_path)
    course = GradingCourse.open(tmp_path)
    course.directory.assignment_id, course.directory.student_id = "all", "."
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    report = run.grade(GradingCourse.open(tmp_path), "all", workers=1, say=lambda line: None)
    assert report.graded == NUMBER and report.failed == 0 and report.shared == []
    scores = compare.scores_of(report.submissions)
    assert compare.differences(tmp_path, "all", scores, sandboxed=False) == []
    for name in honest.ASSIGNMENTS:
        points = {score for (_, notebook, _), score in scores.items() if notebook == name}
        assert len(points) > 2, "right, partly right and wrong answers should be among them"
