"""How an assignment's tests are kept apart from submissions: learnt from one run of the instructor's own solution."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import nbformat

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.grading.isolation.names import Plan, plan_of
from hallyu.grading.run.course import GradingCourse, release_key
from hallyu.grading.run.stage import Staged
from hallyu.grading.run.worker import Assignment, Result


def plans(
    course: GradingCourse,
    assignment: Assignment,
    grade: Callable[[Assignment, str, Staged], Result],
    folder: Path,
    say: Callable[[str], None] = print,
) -> tuple[dict[str, Plan], str]:
    """The plan of each notebook, and a digest of them all with everything that a score depends on.

    grade: grades one submission. folder: remembers the plans; they are made again only when source, release, settings or
    engine have changed. Tests that the solution passes only beside them, in its own kernel, are planned so (Plan.shared).
    Raises HallyuError, naming the tests, when the solution does not get full marks.
    """
    sources = {name: course.source(assignment.name, name) for name in assignment.cells}
    texts = {name: nbformat.writes(notebook).encode() for name, notebook in sources.items()}
    digest = hashlib.sha256(release_key(assignment).encode())
    for name, text in sorted(texts.items()):
        digest.update(f"\0{name}\0".encode() + text)
    key = digest.hexdigest()
    cache = folder / "plans.json"
    if cache.exists() and (known := json.loads(cache.read_text(encoding="utf-8")))["key"] == key:
        return {name: _from_json(plan) for name, plan in known["plans"].items()}, key
    say("Running the instructor's solution once, to learn how its tests are kept apart from submissions.")
    where = course.folder("source", assignment.name)
    staged = Staged({f"{name}.ipynb": text for name, text in texts.items()})
    made = {name: plan_of(notebook, folder=where) for name, notebook in sources.items()}
    result = _solved(grade(replace(assignment, plans=made), "solution", staged))
    if lost := _lost(result):
        shared = {name: [cell for notebook, cell in lost if notebook == name] for name in made}
        made = {name: plan_of(notebook, shared[name], folder=where) for name, notebook in sources.items()}
        result = _solved(grade(replace(assignment, plans=made), "solution", staged))
        if lost := _lost(result):
            raise HallyuError(
                "The instructor's own solution does not get full marks in "
                + ", ".join(f"{notebook}/{cell}" for notebook, cell in lost)
                + "; nothing was graded."
            )
    made = {name: replace(plan, profile=result.profiles[name]) for name, plan in made.items()}
    with write_whole(cache) as draft:
        kept = {"key": key, "plans": {name: _to_json(plan) for name, plan in made.items()}}
        draft.write_text(json.dumps(kept), encoding="utf-8")
    return made, key


def _solved(result: Result) -> Result:
    if result.problem:
        raise HallyuError(f"The instructor's own solution could not be run: {result.problem}")
    return result


def _lost(result: Result) -> list[tuple[str, str]]:
    """Tests, as notebook and cell, that give less than full marks."""
    return [
        (notebook, cell)
        for notebook, cells in result.scores.items()
        for cell, (points, most) in cells.items()
        if points is not None and points < most
    ]


def _to_json(plan: Plan) -> dict:
    return {f.name: _list(getattr(plan, f.name)) for f in fields(plan)}


def _list(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _from_json(data: dict) -> Plan:
    kinds = {str(f.name): str(f.type) for f in fields(Plan)}
    return Plan(**{name: _typed(value, kinds[name]) for name, value in data.items()})


def _typed(value: object, kind: str) -> object:
    if kind.startswith("frozenset"):
        return frozenset(value)
    return tuple(tuple(row) for row in value) if kind.startswith("tuple") and value is not None else value
