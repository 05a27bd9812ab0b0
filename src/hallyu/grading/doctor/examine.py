"""The doctor's round: every check of an assignment, and the report."""

import contextlib
import io
import logging
import math
import re
import textwrap
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from hallyu.grading.course import Course
from hallyu.grading.doctor import cells, leaks, mutation
from hallyu.grading.doctor.bench import FAST_CLOCK, Bench, Outcome, grade_id, hurried, replaced
from hallyu.grading.doctor.mutation import Mutant
from hallyu.grading.doctor.remark import ERROR, WARNING, Remark
from hallyu.grading.isolation.names import Plan, plan_of
from hallyu.grading.isolation.trial import opens_code, unisolatable
from hallyu.grading.kernel import sandbox

SOLUTION, STUB, STDERR = "the solution passes", "the stub fails", "tests are silent on stderr"
ISOLATED, MUTANTS = "tests run apart from the submission", "tests notice faults in the solution"
CHECKS = (
    cells.STRUCTURE, cells.CHECKED, leaks.CHECK, SOLUTION, STUB, STDERR, ISOLATED, cells.SPEED, MUTANTS,
)  # fmt: skip
CLOSE = 0.25
"""Share of the time allowed for a cell from which on a slower machine may not be done in time."""


@dataclass
class Tried:
    """A mutant that was run. missed: whether every test passed as before; caught: the tests that gave fewer points."""

    notebook: str
    cell: str
    mutant: Mutant
    caught: frozenset[str]

    @property
    def missed(self) -> bool:
        """Whether no test noticed the fault."""
        return not self.caught


@dataclass
class Report:
    """What was found in an assignment. possible: how many mutants there are, of which *tried* were run."""

    assignment: str
    remarks: list[Remark] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    possible: int = 0
    skipped: list[str] = field(default_factory=list)
    """Checks that could not be done."""

    @property
    def fit(self) -> bool:
        """Whether there is no error."""
        return not any(remark.level == ERROR for remark in self.remarks)

    @property
    def mutation_score(self) -> float | None:
        """Share of the mutants that some test noticed, 0 to 1; None when none were tried."""
        return sum(not t.missed for t in self.tried) / len(self.tried) if self.tried else None


def examine(
    course: Course,
    assignment: str,
    mutants: int = 40,
    workers: int = 2,
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Examine an assignment before its release. mutants: how many to run at most; tell: gets a line of progress now and then.

    The instructor's own code is run, in sandboxes where the system can make them and in plain kernels where it cannot.
    Raises HallyuError when the course has no such assignment.
    """
    report = Report(assignment)
    paths = course.notebooks(assignment)
    sources = [nbformat.read(path, as_version=4) for path in paths]
    for notebook in sources:
        report.remarks += cells.remarks(notebook)
    with TemporaryDirectory(prefix="doctor") as temporary:
        release = Path(temporary) / "release" / assignment
        if problem := make_release(course, assignment, Path(temporary)):
            report.remarks.append(
                Remark(ERROR, leaks.CHECK, "", f"nbgrader makes no release version: {problem}")
            )
            report.skipped = [SOLUTION, STUB, STDERR, ISOLATED, MUTANTS]
            return report
        report.remarks += leaks.remarks(sources, release)
        possible = [len(_mutants(notebook)) for notebook in sources]
        report.possible = sum(possible)
        for path, notebook, number in zip(paths, sources, possible, strict=True):
            stub = nbformat.read(release / path.name, as_version=4)
            share = math.ceil(mutants * number / max(1, report.possible))
            _Notebook(course, path, notebook, stub, report, workers, tell).examine(share)
    return report


def make_release(course: Course, assignment: str, folder: Path) -> str:
    """Let nbgrader make the release version below *folder*; why it did not, in a line, or nothing.

    The gradebook is not touched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = Config(course.config)
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.release_directory = str(folder / "release")
    config.CourseDirectory.assignment_id = assignment
    config.GenerateAssignment.no_database = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.preprocessors = [step for step in converter.preprocessors if step is not SaveCells]
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    converter.log.addHandler(handler)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            converter.start()
    except (NbGraderException, SystemExit):
        said = [
            line for line in lines.getvalue().splitlines() if re.match(r"[\w.]+(Error|Exception): ", line)
        ]
        return said[-1].partition(": ")[2] if said else "run nbgrader generate_assignment to see why"
    finally:
        converter.log.removeHandler(handler)
    return ""


class _Notebook:
    """The examination of one notebook: its parts run the notebook in turn and add to the report."""

    def __init__(
        self,
        course: Course,
        path: Path,
        source: NotebookNode,
        stub: NotebookNode,
        report: Report,
        workers: int,
        tell: Callable[[str], None],
    ):
        self.name, self.source, self.report, self.workers, self.tell = (
            path.stem,
            source,
            report,
            workers,
            tell,
        )
        self.stub = replaced(source, {grade_id(c): c.source for c in stub.cells if is_solution(c)})
        self.stock = Bench(path.parent, course.config, isolated=False)
        self.can_isolate = not sandbox.why_not()
        self.bench = Bench(path.parent, course.config, isolated=self.can_isolate)
        self.allowed = course.config.get("Execute", {}).get("timeout", 30)
        self.plan: Plan | None = None

    def note(self, level: str, check: str, cell: str, words: str) -> None:
        """Add to the report."""
        self.report.remarks.append(Remark(level, check, cell, words))

    def examine(self, mutants: int) -> None:
        """Run the solution, the stub, the solution under a faster clock, and the mutants."""
        if not cells.tests(self.source):
            return  # everything in it is graded by a person
        self.tell(f"{self.name}: the solution")
        stock = self.stock.run(self.source)
        self.solution(stock)
        reference = stock
        if self.can_isolate:
            reference = self.isolation(stock)
        else:
            self.report.skipped.append(ISOLATED)
        self.tell(f"{self.name}: the stub")
        self.stubs(self.bench.run(self.stub, self.plan))
        self.tell(f"{self.name}: a machine that seems {FAST_CLOCK} times as slow")
        self.speed(reference, self.bench.run(hurried(self.source), self.plan))
        self.mutants(reference, mutants)

    def solution(self, outcome: Outcome) -> None:
        """The solution gets every point, and its tests say nothing on stderr."""
        for cell, points in outcome.points.items():
            if outcome.scores[cell] < points and cell not in outcome.stderr:
                why = outcome.said.get(cell)
                words = f"The solution gets {outcome.scores[cell]:g} of {points:g} points" + (
                    f": {why}" if why else ""
                )
                self.note(ERROR, SOLUTION, cell, f"{words}.")
        for cell, line in outcome.stderr.items():
            words = f"It writes to stderr, for which nbgrader gives 0: {line[:80]!r}."
            self.note(ERROR, STDERR, cell, words)

    def isolation(self, stock: Outcome) -> Outcome:
        """The solution gets the same points with the tests in another kernel; what it gets there.

        A test that cannot be kept apart is planned into the learner's kernel, as `hallyu grade` does, and must pass there.
        """
        for cell, how in opens_code(self.source).items():
            self.note(
                ERROR, ISOLATED, cell, f"{_sentence(how)}, in the tests' own kernel: read the file as data."
            )
        reasons = unisolatable(self.source)
        while True:
            plan = plan_of(self.source, reasons, folder=self.bench.files)
            apart = self.bench.run(self.source, plan)
            lost = [cell for cell, points in stock.scores.items() if apart.scores.get(cell) != points]
            others = [cell for cell in stock.scores if cell not in reasons]
            if not lost or not others:
                break
            if fresh := [cell for cell in lost if cell in others]:
                for cell in fresh:
                    reasons[cell] = (
                        f"the solution loses points there: {apart.said.get(cell, 'it gives another score')}"
                    )
            else:  # one that runs beside the submission uses what an earlier test left
                reasons |= dict.fromkeys(others, f"{lost[0]}, which must, uses what tests leave behind")
        for cell, why in reasons.items():
            words = f"It runs beside the submission, where a submission can change it, because {why}."
            self.note(WARNING, ISOLATED, cell, words)
            if (points := apart.scores.get(cell, 0)) != stock.scores.get(cell):
                words = f"hallyu grade gives the solution {points:g} points, stock nbgrader {stock.scores[cell]:g}."
                self.note(ERROR, ISOLATED, cell, words)
        self.plan = replace(plan, profile=apart.profile)
        return apart

    def stubs(self, outcome: Outcome) -> None:
        """What a learner gets for handing in the release version as it is."""
        for cell, score in outcome.scores.items():
            if score > 0:
                words = f"The release version as it is gets {score:g} of {outcome.points[cell]:g} points."
                self.note(ERROR, STUB, cell, words)

    def speed(self, reference: Outcome, slow: Outcome) -> None:
        """The points do not depend on the clock, and no cell is near the time that it is allowed."""
        for cell, score in reference.scores.items():
            if slow.scores.get(cell, 0) != score:
                words = (
                    f"On a machine that seems {FAST_CLOCK} times as slow the solution gets {slow.scores.get(cell, 0):g} "
                    f"instead of {score:g} points."
                )
                self.note(ERROR, cells.SPEED, cell, words)
        for cell, seconds in reference.seconds.items():
            if self.allowed and seconds > CLOSE * self.allowed:
                words = (
                    f"It takes {seconds:.0f} s here and may take {self.allowed} s: raise c.Execute.timeout."
                )
                self.note(WARNING, cells.SPEED, cell, words)

    def mutants(self, reference: Outcome, limit: int) -> None:
        """Tests give fewer points to a solution with a fault in it."""
        graded = {cell for cell, score in reference.scores.items() if score > 0}
        everything = _mutants(self.source)
        chosen = mutation.sample([mutant for _, mutant in everything], limit)
        cell_of = {id(mutant): cell for cell, mutant in everything}
        if not chosen or not graded:
            return
        # A fault may never end: it is stopped after some times what the solution needed.
        timeout = int(10 + 5 * max(reference.seconds.values(), default=0))

        def attempt(mutant: Mutant) -> Tried:
            cell = cell_of[id(mutant)]
            got = self.bench.run(replaced(self.source, {cell: mutant.after}), self.plan, timeout)
            caught = frozenset(c for c in graded if got.scores.get(c, 0) < reference.scores[c])
            return Tried(self.name, cell, mutant, caught)

        tried = []
        with ThreadPoolExecutor(self.workers) as pool:
            for number, one in enumerate(pool.map(attempt, chosen), 1):
                tried.append(one)
                if number % 10 == 0 or number == len(chosen):
                    self.tell(f"{self.name}: {number} of {len(chosen)} faults in the solution")
        self.report.tried += tried
        whole = len(chosen) == len(everything)
        for cell in graded - {c for one in tried for c in one.caught}:
            words = f"None of {len(tried)} faults in the solution makes it fail" + (
                "." if whole else f" (of {len(everything)} possible ones: try more with --mutants)."
            )
            self.note(ERROR if whole else WARNING, MUTANTS, cell, words)
        for cell in {one.cell for one in tried}:
            if all(one.missed for one in tried if one.cell == cell):
                words = f"No test notices any of {sum(one.cell == cell for one in tried)} faults in this solution."
                self.note(WARNING, MUTANTS, cell, words)


def _mutants(notebook: NotebookNode) -> list[tuple[str, Mutant]]:
    """Every fault that can be put into the notebook's solutions, with the cell's grade id."""
    return [
        (grade_id(cell), mutant)
        for cell in notebook.cells
        if cell.cell_type == "code" and is_solution(cell) and not is_grade(cell)
        for mutant in mutation.mutants(cell.source)
    ]


# --- Words --------------------------------------------------------------------------------------------------------------


def table(report: Report, width: int = 100) -> str:
    """The report for a terminal: a line for each check, then what was found, then the faults that no test noticed."""
    lines = [f"{report.assignment}", ""]
    for check in CHECKS:
        of_check = [remark for remark in report.remarks if remark.check == check]
        mark = "✗" if any(r.level == ERROR for r in of_check) else "!" if of_check else "✓"
        mark = "–" if check in report.skipped else mark
        said = {"✓": "", "–": "not examined"}.get(mark, _count(of_check))
        if check == MUTANTS and report.mutation_score is not None:
            caught = sum(not t.missed for t in report.tried)
            score = f"{caught} of {len(report.tried)} noticed ({report.mutation_score:.0%})"
            more = f", of {report.possible} possible" if report.possible > len(report.tried) else ""
            said = f"{score}{more}" + (f"; {said}" if said else "")
        lines.append(f"{mark} {check:38} {said}".rstrip())
    for level, title in ((ERROR, "To mend before release"), (WARNING, "To decide")):
        rows = [remark for remark in report.remarks if remark.level == level]
        if rows:
            lines += ["", f"{title}:"]
            for remark in rows:
                begin = f"  {remark.where or 'the assignment'}: "
                lines += textwrap.wrap(
                    begin + remark.message, width, subsequent_indent="    ", break_long_words=False
                )
    missed = [one for one in report.tried if one.missed]
    if missed:
        lines += [
            "",
            "Faults that no test noticed (a fault that changes nothing cannot be noticed: judge by the lines):",
        ]
        for one in missed:
            lines.append(f"  {one.notebook}, {one.cell}, line {one.mutant.line}: {one.mutant.operator}")
            lines += [f"    {line}" for line in one.mutant.diff().splitlines()]
    lines += ["", "Fit to be released." if report.fit else "Not fit to be released."]
    return "\n".join(lines)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _count(remarks: Iterable[Remark]) -> str:
    levels = [remark.level for remark in remarks]
    parts = [(levels.count(ERROR), ERROR), (levels.count(WARNING), WARNING)]
    return ", ".join(f"{number} {word}{'s' * (number > 1)}" for number, word in parts if number)
