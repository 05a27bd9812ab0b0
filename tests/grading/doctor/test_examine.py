"""The doctor's whole round on a sound assignment and on one with a defect of each kind."""

import pytest
from typer.testing import CliRunner

from hallyu.cli import app
from hallyu.grading.doctor import cells, examine, leaks
from hallyu.grading.doctor.remark import ERROR, WARNING
from hallyu.grading.kernel import sandbox

SCALE = """
def scale(xs, k):
    ### BEGIN SOLUTION
    if k < 0:
        raise ValueError(k)
    return [x * k for x in xs]
    ### END SOLUTION
"""
SOUND = """
assert scale([1, 2], 3) == [3, 6] and scale([5], 1) == [5] and scale([7], 0) == [0]
### BEGIN HIDDEN TESTS
try:
    scale([1], -1)
except ValueError:
    pass
else:
    raise AssertionError("-1 was taken")
### END HIDDEN TESTS
"""
SOUND_CELLS = [("solution", "scale", SCALE), ("test", "scaled", SOUND, 2)]
DEFECTS = [
    *SOUND_CELLS,
    ("test", "asleep", "assert callable(scale)"),
    (
        "test",
        "clock",
        "import time\nt = time.time()\ntime.sleep(0.1)\nassert scale([1], 2) == [2] and time.time() - t < 1.5",
    ),
    ("test", "loud", "import sys\nassert scale([1], 1) == [1]\nprint('half', file=sys.stderr)"),
    ("test", "wrong", "assert scale([2], 2) == [5]"),
    ("solution", "idle", "unused = 3"),
    ("test", "more", "3.0", 2),
]


def errors(report):
    return {(r.check, r.where) for r in report.remarks if r.level == ERROR}


def test_a_sound_assignment_is_fit_and_its_test_notices_every_fault(course, notebook):
    report = examine.examine(open_(course, notebook, SOUND_CELLS), "ps1", mutants=8)
    assert report.remarks == [] and report.fit
    assert [t.mutant.diff() for t in report.tried if t.missed] == []
    assert report.mutation_score == 1 and len(report.tried) == report.possible >= 5
    assert "Fit to be released." in examine.table(report)


def test_each_defect_is_told_with_its_place(course, notebook):
    report = examine.examine(open_(course, notebook, DEFECTS), "ps1", mutants=1)
    assert errors(report) == {
        (examine.STUB, "asleep"),
        (cells.SPEED, "clock"),
        (examine.STDERR, "loud"),
        (examine.SOLUTION, "wrong"),
        (examine.SOLUTION, "more"),
        (cells.CHECKED, "more"),
    }
    told = examine.table(report)
    assert "Not fit to be released." in told and "✗ the stub fails" in told and leaks.CHECK in told


def test_a_test_that_reaches_into_the_submission_is_told_before_release_and_still_gives_its_points(
    course, notebook
):
    """From the example course of nbgrader itself."""
    reaching = "kept = scale\ndel scale\ntry:\n    twice([1])\nexcept NameError:\n    pass\nelse:\n    assert False\nscale = kept"
    twice = (
        "solution",
        "twice",
        "def twice(xs):\n    ### BEGIN SOLUTION\n    return scale(xs, 2)\n    ### END SOLUTION",
    )
    left = ("test", "after", "assert scale == kept")
    made = open_(course, notebook, [*SOUND_CELLS, twice, ("test", "uses", reaching), left])
    report = examine.examine(made, "ps1", mutants=0)
    found = {(r.level, r.where): r.message for r in report.remarks if r.check == examine.ISOLATED}
    assert set(found) == {(WARNING, "uses"), (WARNING, "after")} and "“scale”" in found[WARNING, "uses"]
    assert report.fit


def test_a_weak_test_lets_faults_through_and_they_are_shown(course, notebook):
    weak = [SOUND_CELLS[0], ("test", "scaled", "assert scale([1], 1) == [1]\nassert scale([2], 1)")]
    report = examine.examine(open_(course, notebook, weak), "ps1", mutants=20)
    assert 0 < report.mutation_score < 1
    told = examine.table(report)
    assert "-    return [x * k for x in xs]\n    +    return [x / k for x in xs]" in told


def test_the_command_ends_with_1_where_there_are_errors(course, notebook):
    made = open_(course, notebook, [("solution", "s", "x = 1"), ("test", "t", "y = x")])
    done = CliRunner().invoke(app, ["doctor", "ps1", "--course", str(made.root), "--mutants", "0"])
    assert done.exit_code == 1 and "It holds no assertion" in done.output
    done = CliRunner().invoke(app, ["doctor", "ps2", "--course", str(made.root)])
    assert done.exit_code == 1 and "this course has ps1" in done.output


def open_(course, notebook, cells):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    return course(notebook(*cells))
