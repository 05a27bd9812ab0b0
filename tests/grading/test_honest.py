"""Honest submissions get from `hallyu grade` what they get from stock nbgrader, to the last point.

Twelve here; the benchmark takes 200.
"""

import subprocess
import sys

import honest
import pytest

from hallyu.grading import compare
from hallyu.grading.kernel import sandbox
from hallyu.grading.run import grade as run
from hallyu.grading.run.course import GradingCourse

NUMBER = 4


@pytest.mark.parametrize("name", honest.ASSIGNMENTS)
def test_scores_equal_stock_nbgraders(name, tmp_path):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    honest.make_course(tmp_path)
    honest.submit(tmp_path, name, NUMBER)
    course = GradingCourse.open(tmp_path)
    made = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", name],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    report = run.grade(course, name, workers=1, say=lambda line: None)
    assert report.graded == NUMBER and report.failed == 0 and report.shared == []
    scores = compare.scores_of(report.submissions)
    assert compare.differences(tmp_path, name, scores, sandboxed=False) == []
    assert len(set(scores.values())) > 2, "right, partly right and wrong answers should be among them"
