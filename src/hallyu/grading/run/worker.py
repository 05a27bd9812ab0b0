"""Grade one submission: nbgrader's own steps, with the submission and its tests in sandboxes.

A worker writes to nobody's gradebook. It runs nbgrader's preprocessors in a folder of its own, over a small gradebook that
holds the assignment and no student, and returns the executed notebooks; :mod:`hallyu.grading.run.book` then lets nbgrader
save the scores from them.
"""

import functools
import os
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader import preprocessors as steps
from nbgrader.utils import determine_grade, is_grade, setenv
from traitlets.config import Config

from hallyu.grading.isolation.execute import IsolatedExecute
from hallyu.grading.isolation.names import Plan, kind_of, names_in
from hallyu.grading.kernel import sandbox, specs
from hallyu.grading.run import repair
from hallyu.grading.run.stage import SKIPPED, Staged
from hallyu.scratch import passing_folder


@dataclass(frozen=True)
class Assignment:
    """What every submission of an assignment is graded with."""

    name: str
    seed: bytes
    """A gradebook (SQLite file, compressed) that holds the assignment and no student."""
    cells: dict[str, tuple[repair.Official, ...]]
    """The official cells of each notebook, in their order."""
    support: dict[str, bytes]
    """The instructor's files other than notebooks."""
    plans: dict[str, Plan]
    """By notebook."""
    settings: dict = field(default_factory=dict)
    """The course's configuration of the steps, as plain dictionaries."""
    excluded: frozenset[str] = frozenset()
    """Support files that a learner's file of the same name replaces."""
    trusted: bool = False
    """Whether submissions run without a sandbox."""


@dataclass(frozen=True)
class Result:
    """A graded submission. files: what nbgrader's autograded folder gets. notes: what was seen, in words."""

    student: str
    files: dict[str, bytes]
    notes: list[str]
    seconds: float
    problem: str = ""
    """Why nothing could be graded, which is the engine's fault and no score; empty when it was."""
    scores: dict[str, dict[str, tuple[float | None, float]]] = field(default_factory=dict)
    """By notebook and graded cell: the points (None: a person gives them) and the most there is."""
    profiles: dict[str, tuple] = field(default_factory=dict)
    """By notebook, what the run of a plan without a profile recorded."""


def grade_submission(assignment: Assignment, student: str, staged: Staged) -> Result:
    """Grade one submission; whatever is in it, the result says so.

    Raises HallyuError when this machine cannot make sandboxes and the submission is not trusted.
    """
    started = time.monotonic()
    if not assignment.trusted:
        _refuse_if_unable()
    specs.make_known()
    notes, scores, profiles = list(staged.notes), {}, {}
    before = os.getcwd()
    with passing_folder("grade") as root:
        done = root / "autograded"
        done.mkdir()
        try:
            _lay_out(assignment, staged, done)
            (root / "seed.db").write_bytes(zlib.decompress(assignment.seed))
            for name in sorted(n.removesuffix(".ipynb") for n in staged.files if n.endswith(".ipynb")):
                notebook = nbformat.reads(staged.files[f"{name}.ipynb"].decode(), as_version=4)
                notes += [f"{name}: {note}" for note in repair.repair(notebook, assignment.cells[name])]
                notebook, met = _run(assignment, student, name, notebook, root, done)
                notes += [f"{name}: {note}" for note in met["notes"]]
                profiles[name] = tuple(tuple(row) for row in met["profile"])
                scores[name] = _scores(notebook, notes)
                (done / f"{name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
            files = {
                path.relative_to(done).as_posix(): path.read_bytes()
                for path in sorted(done.rglob("*"))
                if path.is_file() and not path.is_symlink() and not set(path.parts) & set(SKIPPED)
            }
        except Exception as error:
            words = f"{type(error).__name__}: {error}".splitlines()[0][:300]
            return Result(student, {}, notes, time.monotonic() - started, problem=words)
        finally:
            os.chdir(before)
    return Result(student, files, notes, time.monotonic() - started, scores=scores, profiles=profiles)


def _scores(notebook: nbformat.NotebookNode, notes: list[str]) -> dict[str, tuple[float | None, float]]:
    """What nbgrader gives for each graded cell. A test that gives more than it has, where nbgrader stops, gives 0."""
    scores = {}
    for cell in filter(is_grade, notebook.cells):
        name = cell.metadata.nbgrader.grade_id
        try:
            scores[name] = determine_grade(cell)
        except ValueError as error:
            words = f"The test {name} gave no valid points: {error}"
            notes.append(words)
            failure = nbformat.v4.new_output("error", ename="ValueError", evalue=words, traceback=[words])
            cell.outputs = [failure, *cell.outputs]
            scores[name] = determine_grade(cell)
    return scores


@functools.cache
def _refuse_if_unable() -> None:
    sandbox.refuse_if_unable()


def _lay_out(assignment: Assignment, staged: Staged, folder: Path) -> None:
    """The learner's files, and the instructor's over them."""
    support = {
        n: c for n, c in assignment.support.items() if n not in assignment.excluded or n not in staged.files
    }
    for name, content in {**staged.files, **support}.items():
        if not name.endswith(".ipynb"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _run(
    assignment: Assignment, student: str, name: str, notebook: nbformat.NotebookNode, root: Path, folder: Path
) -> tuple[nbformat.NotebookNode, dict]:
    """Nbgrader's steps over one notebook, but for the two that write to the gradebook; and what was met."""
    config = Config(assignment.settings)
    kernel = specs.WARM if assignment.trusted else specs.SANDBOX
    config.WarmProvisioner.keep = True
    about = {
        "student": student,
        "assignment": assignment.name,
        "notebook": name,
        "db_url": f"sqlite:///{root}/seed.db",
    }
    resources = {"nbgrader": about, "metadata": {"path": str(folder), "name": name}, "unique_key": name}
    execute = IsolatedExecute(config=config, kernel_name=kernel, plan=assignment.plans[name])
    sanitising = (
        steps.ClearOutput,
        steps.DeduplicateIds,
        steps.OverwriteKernelspec,
        steps.OverwriteCells,
        steps.CheckCellMetadata,
    )
    for step in (*(step(config=config) for step in sanitising), execute):
        with setenv(NBGRADER_EXECUTION="autograde"):
            notebook, resources = step(notebook, resources)
    _mark(notebook, assignment.plans[name], resources["hallyu"]["answers"])
    for step in (steps.IgnorePattern, steps.LimitOutput, steps.CheckCellMetadata):
        notebook, resources = step(config=config)(notebook, resources)
    return notebook, resources["hallyu"]


def _mark(notebook: nbformat.NotebookNode, plan: Plan, answers: dict[str, str]) -> None:
    """Note in each test cell whether the learner's code was within its reach (what it says may then repeat hidden tests), and
    what the submission answered where it failed, which the item analysis counts.
    """
    for cell in notebook.cells:
        if kind_of(cell) == "test":
            shared = cell.metadata.nbgrader.grade_id in plan.shared
            asks = shared or bool(plan.declared & names_in(cell.source).needed)
            cell.metadata["hallyu"] = {"asks": asks, "answer": answers.get(cell.metadata.nbgrader.grade_id, "")}
