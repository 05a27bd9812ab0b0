"""Stock nbgrader beside the grading run: any submission and cell to which the two give different points."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import Gradebook

from hallyu.errors import HallyuError
from hallyu.grading.course import Course, open_course
from hallyu.grading.kernel import sandbox, specs
from hallyu.grading.untrusted import shown

Scores = dict[tuple[str, str, str], float | None]
"""(student, notebook, grade id) -> automatic score; None: for a person to grade."""


@dataclass(frozen=True)
class Difference:
    """A cell for which stock nbgrader gives other points; None where it, or the run, gave none."""

    student: str
    notebook: str
    cell: str
    stock: float | None
    ours: float | None

    def __str__(self) -> str:
        """In a line.

        >>> print(Difference("gildong", "ps1", "area", 2.0, None))
        gildong, ps1/area: stock nbgrader 2, hallyu none
        """
        points = lambda score: "none" if score is None else f"{score:g}"
        who = f"{shown(self.student)}, {self.notebook}/{self.cell}"
        return f"{who}: stock nbgrader {points(self.stock)}, hallyu {points(self.ours)}"


def differences(
    course_root: Path, assignment: str, scores: Scores, sandboxed: bool = True
) -> list[Difference]:
    """Where stock nbgrader's automatic scores differ from *scores*, for the students that stand in *scores*.

    Only a copy of the course is worked on. sandboxed: stock nbgrader's commands and steps with its kernels in a sandbox,
    because submissions are strangers' code; where false, in plain kernels with your own rights. Raises HallyuError where
    the system cannot sandbox, or nbgrader makes no release version.
    """
    stock = stock_scores(
        open_course(course_root), assignment, {student for student, _, _ in scores}, sandboxed
    )
    found = []
    for key in sorted(stock.keys() | scores.keys()):
        theirs, ours = stock.get(key), scores.get(key)
        if (theirs is None) != (ours is None) or (theirs is not None and abs(theirs - ours) > 1e-9):
            found.append(Difference(*key, theirs, ours))
    return found


def scores_of(submissions: dict[str, dict]) -> Scores:
    """The automatic scores in a run's report (:class:`hallyu.grading.run.grade.Report`).

    >>> scores_of({"gildong": {"automatic": {"ps1": {"area": 2.0}}}})
    {('gildong', 'ps1', 'area'): 2.0}
    """
    return {
        (student, notebook, cell): points
        for student, told in submissions.items()
        for notebook, cells in told["automatic"].items()
        for cell, points in cells.items()
    }


def stock_scores(course: Course, assignment: str, students: Iterable[str], sandboxed: bool = True) -> Scores:
    """Automatic scores that ``nbgrader autograde`` gives these students' submissions, in a copy of the course."""
    if sandboxed:
        sandbox.refuse_if_unable()
        specs.make_known()
    with TemporaryDirectory(prefix="stock") as temporary:
        root = Path(temporary)
        config = course.root / "nbgrader_config.py"
        if config.is_file():
            shutil.copy(config, root)
        shutil.copytree(course.folder("source", assignment), root / "source" / assignment, symlinks=True)
        for path in course.folder("source", "").iterdir():  # such as a header of all notebooks
            if path.is_file():
                shutil.copy(path, root / "source")
        for student in students:
            shutil.copytree(
                course.folder("submitted", assignment, student),
                root / "submitted" / student / assignment,
                symlinks=True,
            )
        kernel = (
            [f"--Execute.kernel_name={specs.SANDBOX}", "--WarmProvisioner.keep=True"] if sandboxed else []
        )
        said = _nbgrader(root, "generate_assignment", assignment)
        if not (root / "release" / assignment).is_dir():
            raise HallyuError(f"Stock nbgrader makes no release version of {assignment}: {_last_error(said)}")
        _nbgrader(root, "autograde", assignment, *kernel)
        with Gradebook(f"sqlite:///{root}/gradebook.db", course.directory.course_id) as gradebook:
            return {
                (submission.student.id, notebook.name, grade.name): grade.auto_score
                for submission in gradebook.assignment_submissions(assignment)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }


def _nbgrader(root: Path, *words: str) -> str:
    """Run one of nbgrader's commands on the course at *root*, whatever its configuration says about folders; what it said."""
    folders = [
        f"--CourseDirectory.{step}_directory={step}"
        for step in ("source", "release", "submitted", "autograded")
    ]
    where = [f"--CourseDirectory.root={root}", f"--CourseDirectory.db_url=sqlite:///{root}/gradebook.db"]
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words, *where, *folders],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,  # it fails as soon as one submission fails; the others are graded
    )
    return done.stdout + done.stderr


def _last_error(said: str) -> str:
    lines = [line for line in said.splitlines() if "Error" in line]
    return lines[-1].strip() if lines else "run nbgrader generate_assignment to see why"
