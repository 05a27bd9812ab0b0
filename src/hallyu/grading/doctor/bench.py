"""Run a notebook as a grader would, and say what each of its test cells gives."""

import copy
import datetime
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_grade
from traitlets.config import Config

from hallyu.grading.isolation.execute import IsolatedExecute
from hallyu.grading.isolation.names import Plan, plan_of
from hallyu.grading.kernel import specs

FAST_CLOCK = 20
FASTER = f"""
def _hurry():
    import time, timeit
    def faster(clock):
        begin = clock()
        return lambda: begin + type(begin)({FAST_CLOCK} * (clock() - begin))
    for name in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
        for each in (name, name + "_ns"):
            setattr(time, each, faster(getattr(time, each)))
    timeit.default_timer = time.perf_counter
_hurry()
"""
"""Lets clocks run faster, so that everything seems to take so many times as long: the same as a slower machine."""


@dataclass
class Outcome:
    """What the test cells of a notebook gave, by grade id. A cell that a person grades is not among the scores."""

    scores: dict[str, float] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    """The error of a test cell, in a line."""
    stderr: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Of every cell with a grade id."""
    notes: list[str] = field(default_factory=list)
    profile: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True)
class Bench:
    """Where notebooks are run: in sandboxes with the tests apart, or (*isolated* false) as stock nbgrader does."""

    files: Path
    """The assignment's folder; its files, but not its notebooks, are there for every run."""
    config: Config
    isolated: bool = True

    def run(self, notebook: NotebookNode, plan: Plan | None = None, timeout: int | None = None) -> Outcome:
        """Execute a copy of *notebook* and score it. timeout: seconds for a cell, the course's own if None."""
        notebook, resources = copy.deepcopy(notebook), {}
        with tempfile.TemporaryDirectory(prefix="doctor") as temporary:
            folder = Path(temporary) / "work"
            without = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", "__pycache__", "*.pyc")
            shutil.copytree(self.files, folder, ignore=without)
            execute = self._execute()
            execute.enabled = True
            if isinstance(execute, IsolatedExecute):
                execute.plan = plan or plan_of(notebook, folder=self.files)
            if timeout is not None:
                execute.timeout = timeout
            notebook, resources = execute.preprocess(notebook, {"metadata": {"path": str(folder)}})
        met = resources.get("hallyu", {})
        return _read(notebook, met.get("notes", []), met.get("profile", ()))

    def _execute(self) -> Execute:
        if self.isolated:
            specs.make_known()
            return IsolatedExecute(kernel_name=specs.SANDBOX, config=self.config)
        quiet = ["--log-level=ERROR"]  # ipykernel would tell the terminal about its transport
        return Execute(kernel_name="python3", config=self.config, extra_arguments=quiet)


def hurried(notebook: NotebookNode) -> NotebookNode:
    """The notebook on a machine whose clocks run faster: a test that looks at the clock shows it."""
    about = {
        "grade": False,
        "solution": False,
        "locked": True,
        "grade_id": "doctor-hurry",
        "schema_version": 3,
    }
    first = new_code_cell(FASTER, metadata={"nbgrader": about})
    return NotebookNode({**notebook, "cells": [first, *notebook.cells]})


def replaced(notebook: NotebookNode, sources: dict[str, str]) -> NotebookNode:
    """A copy of the notebook with other sources in the cells of these grade ids."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = sources.get(grade_id(cell), cell.source)
    return notebook


def grade_id(cell: NotebookNode) -> str:
    """The cell's id in the gradebook; empty when it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _read(notebook: NotebookNode, notes: list[str], profile: Iterable[Iterable[str]]) -> Outcome:
    outcome = Outcome(notes=notes, profile=tuple(tuple(row) for row in profile))
    for cell in notebook.cells:
        identity = grade_id(cell)
        if cell.cell_type != "code" or not identity:
            continue
        times = cell.metadata.get("execution", {})
        begun, done = times.get("iopub.execute_input"), times.get("shell.execute_reply")
        if begun and done:
            outcome.seconds[identity] = (_moment(done) - _moment(begun)).total_seconds()
        if not is_grade(cell):
            continue
        try:
            score, points = determine_grade(cell)
        except ValueError:  # more points than the cell has: nbgrader stops there
            score, points = 0.0, float(cell.metadata.nbgrader.points)
            outcome.said[identity] = "the last line gives more points than the cell has"
        if score is None:
            continue
        outcome.scores[identity], outcome.points[identity] = score, points
        for output in cell.outputs:
            if output.output_type == "error":
                outcome.said[identity] = f"{output.ename}: {output.evalue}".strip(": ").split("\n")[0]
            elif output.output_type == "stream" and output.name == "stderr":
                outcome.stderr[identity] = (
                    output.text.strip().splitlines()[-1:][0] if output.text.strip() else ""
                )
    return outcome


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
