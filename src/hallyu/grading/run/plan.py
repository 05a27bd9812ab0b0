"""How an assignment's tests are kept apart from submissions: learnt from one run of the instructor's own solution."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import nbformat

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.grading.isolation.names import Plan, kind_of, names_in, plan_of
from hallyu.grading.isolation.trial import unisolatable
from hallyu.grading.run.course import GradingCourse, release_key
from hallyu.grading.run.stage import Staged
from hallyu.grading.run.worker import Assignment, Result


def plans(
    course: GradingCourse,
    assignment: Assignment,
    grade: Callable[[Assignment, str, Staged], Result],
    folder: Path,
    say: Callable[[str], None] = print,
) -> tuple[dict[str, Plan], dict[str, str], str]:
    """The plan of each notebook; why tests, as notebook/cell, are not kept apart; a digest of all that a score depends on.

    grade: grades one submission. folder: remembers the plans; they are made again only when source, release, settings or
    engine have changed. Tests that cannot be kept apart, by their source or because the solution passes them only in its own
    kernel, are planned to run there (Plan.shared). Raises HallyuError, naming the tests, when the solution does not get
    full marks.
    """
    sources = {name: course.source(assignment.name, name) for name in assignment.cells}
    texts = {name: nbformat.writes(notebook).encode() for name, notebook in sources.items()}
    digest = hashlib.sha256(release_key(assignment).encode())
    for name, text in sorted(texts.items()):
        digest.update(f"\0{name}\0".encode() + text)
    key = digest.hexdigest()
    cache = folder / "plans.json"
    if cache.exists() and (known := json.loads(cache.read_text(encoding="utf-8")))["key"] == key:
        return {name: _from_json(plan) for name, plan in known["plans"].items()}, known["reasons"], key
    say("Running the instructor's solution once, to learn how its tests are kept apart from submissions.")
    staged = Staged({f"{name}.ipynb": text for name, text in texts.items()})
    run = lambda plans: _solved(grade(replace(assignment, plans=plans), "solution", staged))
    made, reasons = _by_trial(sources, course.folder("source", assignment.name), run)
    with write_whole(cache) as draft:
        kept = {
            "key": key,
            "reasons": reasons,
            "plans": {name: _to_json(plan) for name, plan in made.items()},
        }
        draft.write_text(json.dumps(kept), encoding="utf-8")
    return made, reasons, key


def _by_trial(
    sources: dict[str, nbformat.NotebookNode], folder: Path, run: Callable[[dict[str, Plan]], Result]
) -> tuple[dict[str, Plan], dict[str, str]]:
    """Plans under which the solution gets full marks, and why tests are shared: by reading the source, then by running it."""
    reasons = {(name, cell): why for name, nb in sources.items() for cell, why in unisolatable(nb).items()}
    plain = {name: plan_of(notebook, folder=folder) for name, notebook in sources.items()}
    tests = {
        (name, c.metadata.nbgrader.grade_id): names_in(c.source)
        for name, nb in sources.items()
        for c in nb.cells
        if kind_of(c) == "test"
    }
    together: set[tuple[str, str]] | None = None
    while True:
        made = {n: replace(p, shared=frozenset(c for m, c in reasons if m == n)) for n, p in plain.items()}
        result = run(made)
        lost = _lost(result)
        if not lost:
            break
        if together is None:
            all_shared = {
                n: replace(p, shared=frozenset(c for m, c in tests if m == n)) for n, p in plain.items()
            }
            together = set(_lost(run(all_shared)))
        fresh = dict(reasons)
        for test in lost:
            if test not in reasons:
                fresh[test] = "the solution passes it in one kernel but not apart"
                continue
            makers = [t for t in tests if t[0] == test[0] and tests[t].bound & tests[test].needed]
            for other in makers or [t for t in tests if t[0] == test[0]]:
                fresh.setdefault(other, f"{test[1]}, which must be shared, uses what it leaves behind")
        if together & set(lost) or fresh == reasons:
            raise HallyuError(
                "The instructor's own solution does not get full marks in "
                + ", ".join("/".join(test) for test in lost)
                + "; nothing was graded."
            )
        reasons = fresh
    made = {name: replace(plan, profile=result.profiles[name]) for name, plan in made.items()}
    return made, {"/".join(test): why for test, why in sorted(reasons.items())}


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
