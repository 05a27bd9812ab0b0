"""What can be read from an instructor's cells before anything runs."""

import ast
from collections import Counter

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task

from hallyu.grading.doctor.bench import grade_id
from hallyu.grading.doctor.mutation import BEGIN
from hallyu.grading.doctor.remark import ERROR, WARNING, Remark
from hallyu.grading.isolation.names import names_in, parse

STRUCTURE, SPEED, CHECKED = "cells and points", "no test depends on speed", "everything is checked"
CLOCKS = {
    "time": {
        "time",
        "perf_counter",
        "monotonic",
        "process_time",
        "thread_time",
        "time_ns",
        "perf_counter_ns",
    },
    "timeit": {"timeit", "repeat", "default_timer", "Timer"},
    "datetime": {"now", "utcnow", "today"},
}


def remarks(notebook: NotebookNode) -> list[Remark]:
    """Everything that is wrong with the cells of one notebook."""
    return [*structure(notebook), *clocks(notebook), *unchecked(notebook)]


def structure(notebook: NotebookNode) -> list[Remark]:
    """Ids that stand twice or are missing, and points that are none."""
    found = []
    about = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    for identity, times in Counter(map(grade_id, about)).items():
        if times > 1 or not identity:
            words = (
                "stands on {} cells: each needs an id of its own." if identity else "is missing on {} cells."
            )
            found.append(Remark(ERROR, STRUCTURE, identity, f"This grade id {words.format(times)}"))
    total = 0.0
    for cell in about:
        if not (is_grade(cell) or is_task(cell)):
            continue
        points = cell.metadata.nbgrader.get("points")
        if not isinstance(points, int | float) or points < 0:
            found.append(Remark(ERROR, STRUCTURE, grade_id(cell), "It is graded and has no points."))
            continue
        total += points
        if points == 0:
            found.append(Remark(WARNING, STRUCTURE, grade_id(cell), "It is graded and worth 0 points."))
    if total == 0:
        found.append(Remark(ERROR, STRUCTURE, "", "The points sum to 0: no cell is graded."))
    return found


def clocks(notebook: NotebookNode) -> list[Remark]:
    """Tests that read a clock. That a score really depends on it is found by running it (see examine)."""
    found = []
    for cell in tests(notebook):
        seen = {
            name
            for line in cell.source.splitlines()
            if line.strip()[:5] in ("%time", "%%tim")
            for name in (line,)
        }
        tree = parse(cell.source)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
                if node.attr in CLOCKS.get(owner, ()) or node.attr in CLOCKS["timeit"] - {"repeat"}:
                    seen.add(f"{owner}.{node.attr}")
            elif isinstance(node, ast.ImportFrom):
                seen |= {
                    f"{node.module}.{a.name}" for a in node.names if a.name in CLOCKS.get(node.module, ())
                }
        if seen:
            words = (
                f"It reads a clock ({', '.join(sorted(seen))}): a slow or busy machine may give other points."
            )
            found.append(Remark(WARNING, SPEED, grade_id(cell), words))
    return found


def unchecked(notebook: NotebookNode) -> list[Remark]:
    """Tests that test nothing, and solutions that no test comes after."""
    found = []
    for cell in tests(notebook):
        tree = parse(cell.source)
        if tree is not None and not any(
            isinstance(n, ast.Assert | ast.Raise | ast.Call) for n in ast.walk(tree)
        ):
            words = "It holds no assertion and no call: every submission gets its points."
            found.append(Remark(ERROR, CHECKED, grade_id(cell), words))
    last = max((i for i, cell in enumerate(notebook.cells) if is_grade(cell) or is_task(cell)), default=-1)
    read = [names_in(cell.source).needed for cell in tests(notebook)]
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or grade_id(cell) == "" or not is_solution(cell) or is_grade(cell):
            continue
        if place > last:
            words = "No graded cell comes after this solution: nothing that is written here earns a point."
            found.append(Remark(ERROR, CHECKED, grade_id(cell), words))
    for cell in notebook.cells:
        if BEGIN in cell.source and not is_solution(cell):
            found.append(Remark(ERROR, STRUCTURE, cell.id, "It marks a solution and is no solution cell."))
    if not read and last < 0:
        found.append(Remark(ERROR, CHECKED, "", "There is no test cell."))
    return found


def tests(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that a program grades."""
    return [c for c in notebook.cells if c.cell_type == "code" and is_grade(c) and not is_solution(c)]
