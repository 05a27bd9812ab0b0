"""Honest submissions of three small assignments: arrays, text, classes and files. Right, partly right and wrong answers, seeded.

Nobody here cheats: these are what learners hand in, with their own names, prints, scratch cells, slips and empty answers. Stock
nbgrader and the grading engine must give them the same points.
"""

import random
from pathlib import Path

import nbformat
from nbcells import cell, notebook
from nbformat.v4 import new_code_cell, new_markdown_cell

SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "honest"
c.WarmProvisioner.preload = ["numpy"]
c.Execute.timeout = 30
"""
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
ANSWERS = Path(__file__).parent / "honest_answers"
"""A file for each assignment: cells begin with `# %% kind id points`, the answers that learners gave are parted by `# ---`; the
first two of each are right."""


def cells_of(name: str) -> list[tuple]:
    """(kind, grade id, source or list of answers, points) of each cell of an assignment."""
    cells = []
    for block in (ANSWERS / f"{name}.txt").read_text(encoding="utf-8").split("# %% ")[1:]:
        head, _, text = block.partition("\n")
        kind, identity, *points = head.split()
        source = text.strip("\n")
        if kind in ("solution", "manual"):
            source = [answer.strip("\n") for answer in source.split("# ---\n")]
        cells.append((kind, identity, source, *(float(p) for p in points)))
    return cells


ASSIGNMENTS = {name: cells_of(name) for name in ("arrays", "text", "classes")}
FILES = {"classes": {"prices.json": '{"pen": 2, "ink": 10}'}}
"""The instructor's files beside the notebooks."""
SCRATCH = (
    "# trying something\nx = 1\nprint(x)",
    "2 + 2",
    "for i in range(3):\n    print('line', i)",
    "%matplotlib inline",
    "undefined_name",
    "help(len)",
    "a = [1, 2, 3]; b = dict(a=1)",
)


def make_course(root: Path) -> None:
    """Write a course with the three assignments, solutions inside; generate_assignment is left to nbgrader."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(SETTINGS)
    for name, cells in ASSIGNMENTS.items():
        folder = root / "source" / name
        folder.mkdir(parents=True)
        made = [
            cell(kind, identity, _solution(kind, source), *points)
            for kind, identity, source, *points in cells
        ]
        nbformat.write(notebook(made), folder / f"{name}.ipynb")
        for file, text in FILES.get(name, {}).items():
            (folder / file).write_text(text)


def submit(root: Path, name: str, number: int, seed: int = 0) -> list[str]:
    """Hand in *number* submissions of an assignment; the students' names."""
    students = []
    for place in range(number):
        draw = random.Random(f"{name} {seed} {place}")
        student = f"{name}-{place:03}"
        folder = root / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(notebook(_answers(ASSIGNMENTS[name], draw)), folder / f"{name}.ipynb")
        for file, text in FILES.get(name, {}).items():
            (folder / file).write_text(text)
        students.append(student)
    return students


def _answers(cells: list[tuple], draw: random.Random) -> list:
    """One learner's cells: how able the learner is decides how often an answer is a right one."""
    able, made = draw.random(), []
    for kind, identity, source, *points in cells:
        if kind in ("solution", "manual"):
            if draw.random() < 0.06:
                source = STUB if kind == "solution" else "YOUR ANSWER HERE"
            else:
                source = source[draw.randrange(2)] if draw.random() < able else draw.choice(source)
            if kind == "solution" and draw.random() < 0.2:
                source = f"# {draw.choice(['my idea', '내 생각', 'TODO clean up'])}\n{source}"
        if kind == "test" and draw.random() < 0.05:
            source = f"# ran this\n{_release(source)}"
        made.append(cell(kind, identity, _release(source) if kind == "test" else source, *points))
        if draw.random() < 0.15:
            made.append(
                new_code_cell(draw.choice(SCRATCH)) if draw.random() < 0.7 else new_markdown_cell("*note*")
            )
    return made


def _solution(kind: str, source: str | list[str]) -> str:
    if kind == "solution":
        return f"### BEGIN SOLUTION\n{source[0]}\n### END SOLUTION"
    return source[0] if kind == "manual" else source


def _release(source: str) -> str:
    """A test cell without its hidden part."""
    begin, _, rest = source.partition("### BEGIN HIDDEN TESTS\n")
    return begin + rest.partition("### END HIDDEN TESTS")[2]
