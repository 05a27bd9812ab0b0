"""The command ``hallyu grade``: everything that was collected, in parallel, once."""

import datetime
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.grading.kernel import sandbox
from hallyu.grading.run import cluster as clusters
from hallyu.grading.run.book import Book
from hallyu.grading.run.course import GradingCourse, engine
from hallyu.grading.run.journal import Journal, submission_key
from hallyu.grading.run.plan import plans
from hallyu.grading.run.stage import Staged, collect, sort_out
from hallyu.grading.run.worker import Assignment, Result

TRIES = 2
"""How often a submission is tried when the engine, not the submission, fails."""


@dataclass
class Report:
    """What a run did. submissions: by student, the line of each (see :func:`told`)."""

    assignment: str
    engine: str
    started: str
    seconds: float = 0.0
    graded: int = 0
    unchanged: int = 0
    failed: int = 0
    trusted: bool = False
    shared: list[str] = field(default_factory=list)
    """Tests, as notebook/cell, that could not be kept apart from submissions, each with the reason."""
    submissions: dict[str, dict] = field(default_factory=dict)


def grade(
    course: GradingCourse,
    name: str,
    students: Sequence[str] = (),
    scheduler: str | None = None,
    workers: int | None = None,
    trusted: bool = False,
    say: Callable[[str], None] = print,
) -> Report:
    """Grade what was submitted for an assignment and is not yet in the gradebook as it is.

    students: only these. scheduler: address of a Dask cluster. workers: processes here; as many as cores by default.
    trusted: without sandboxes. Writes reports/grade-<assignment>.json and .md in the course's folder. Raises HallyuError
    when nothing can be graded.
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    if not trusted and not scheduler:
        sandbox.refuse_if_unable()
    assignment = course.assignment(name, trusted)
    journal = Journal(course.root / ".hallyu" / name)
    with journal.alone():
        found = _chosen(course.submissions(name), students, course, name)
        run = _Run(course, assignment, journal, scheduler, workers, say)
        try:
            report = run.grade(found)
        finally:
            run.close()
    report.started, report.seconds = started.isoformat(timespec="seconds"), round(time.monotonic() - clock, 1)
    write(report, course.root / "reports")
    return report


def _chosen(found: list[str], wanted: Sequence[str], course: GradingCourse, name: str) -> list[str]:
    if missing := sorted(set(wanted) - set(found)):
        raise HallyuError(
            f"There is no submission of {name} by {', '.join(missing)} in {course.folder('submitted', '', '')}."
        )
    if not found:
        raise HallyuError(
            f"There are no submissions of {name}: {course.folder('submitted', name, '*')} is empty."
        )
    return sorted(wanted) or found


class _Run:
    """One run; its cluster is started when there is something to do."""

    def __init__(self, course, assignment, journal, scheduler, workers, say):
        self.course, self.assignment, self.journal, self.say = course, assignment, journal, say
        self._cluster = clusters.cluster(scheduler, workers)
        self._pool: clusters.Pool | None = None
        self.book = Book(course, assignment.name)

    def close(self) -> None:
        """End the workers."""
        self.book.close()
        if self._pool:
            self._cluster.__exit__(None, None, None)

    @property
    def pool(self) -> clusters.Pool:
        """The workers."""
        if self._pool is None:
            self._pool = self._cluster.__enter__()
        return self._pool

    def grade(self, students: list[str]) -> Report:
        """Grade and book all *students* that need it."""
        name = self.assignment.name
        solution = lambda *job: self.pool.one(*job)
        planned, reasons, self.basis = plans(
            self.course, self.assignment, solution, self.journal.folder, self.say
        )
        self.assignment = replace(self.assignment, plans=planned)
        report = Report(name, engine(), "", trusted=self.assignment.trusted)
        report.shared = [f"{test}: {why}" for test, why in reasons.items()]
        for line in report.shared:
            self.say(f"Runs in the learner's own kernel, where a submission can change it: {line}.")
        self.keys: dict[str, str] = {}
        self.todo: list[str] = []
        entered = self.book.scores()
        for student in students:
            key = self.keys[student] = submission_key(self._collect(student), self.basis)
            lines = self.journal.report(student, key)
            there = self.course.folder("autograded", name, student).is_dir()
            if lines and there and lines["automatic"] == entered.get(student):
                report.submissions[student] = lines
                report.unchanged += 1
            elif kept := self.journal.kept(student, key):
                self._enter(kept, report)
            else:
                self.todo.append(student)
        self._grade_the_rest(report)
        report.submissions = dict(sorted(report.submissions.items()))
        return report

    def _collect(self, student: str) -> Staged:
        return collect(self.course.folder("submitted", self.assignment.name, student))

    def _grade_the_rest(self, report: Report) -> None:
        from tqdm import tqdm

        with tqdm(total=len(self.todo), desc="Grading", unit=" submissions", disable=None) as bar:
            for tried in range(TRIES):
                again: list[str] = []
                for result in self.pool.grade(self._jobs(self.todo)) if self.todo else ():
                    if not result.problem:
                        self.journal.graded(result, self.keys[result.student])
                        self._enter(result, report)
                    elif tried + 1 < TRIES:
                        again.append(result.student)
                        continue
                    else:
                        self._note_failure(result, report)
                    bar.update()
                self.todo = again

    def _jobs(self, students: list[str]) -> Iterator[clusters.Job]:
        for student in students:
            collected = self._collect(student)
            self.keys[student] = submission_key(collected, self.basis)
            yield self.assignment, student, sort_out(collected, self.assignment.cells)

    def _enter(self, result: Result, report: Report) -> None:
        """Put a result into the gradebook, then note that it is there."""
        automatic = self.book.enter(result)
        lines = told(result, self.assignment, automatic)
        self.journal.booked(result.student, self.keys[result.student], lines)
        report.submissions[result.student] = lines
        report.graded += 1

    def _note_failure(self, result: Result, report: Report) -> None:
        lines = told(result, self.assignment, {})
        self.journal.failed(result.student, self.keys[result.student], lines)
        report.submissions[result.student] = lines
        report.failed += 1


# --- The report -----------------------------------------------------------------------------------------------


def told(result: Result, assignment: Assignment, automatic: dict[str, dict[str, float | None]]) -> dict:
    """What happened to one submission: numbers for programs, words for people."""
    passed, tests, points, most, by_hand = 0, 0, 0.0, 0.0, 0.0
    failed = []
    for notebook, cells in assignment.cells.items():
        for cell in (c for c in cells if c.points is not None):
            score = automatic.get(notebook, {}).get(cell.name)
            if cell.solution or cell.task:
                by_hand += cell.points
                if score is not None:
                    failed.append(f"{notebook}/{cell.name}: no answer")
                continue
            tests, most = tests + 1, most + cell.points
            points, passed = points + (score or 0), passed + (score == cell.points)
            if score != cell.points:
                failed.append(f"{notebook}/{cell.name}: {score or 0:g} of {cell.points:g}")
    if result.problem:
        words, failed = f"not graded: {result.problem}", []
    else:
        words = f"{passed} of {tests} tests passed, {points:g} of {most:g} points"
        words += f", and {by_hand:g} that a person gives" if by_hand else ""
        words += f"; {result.seconds:.1f} s"
    return {
        "words": words,
        "notes": result.notes,
        "failed_tests": failed,
        "points": points,
        "most": most,
        "by_hand": by_hand,
        "seconds": round(result.seconds, 2),
        "problem": result.problem,
        "automatic": automatic,
    }


def summary(report: Report) -> str:
    """One line."""
    total = len(report.submissions)
    words = f"{total} submissions of {report.assignment}: {report.graded} graded"
    words += f", {report.unchanged} unchanged" if report.unchanged else ""
    words += f", {report.failed} NOT graded" if report.failed else ""
    return f"{words}; {report.seconds:.0f} s"


def write(report: Report, folder: Path) -> None:
    """The report as grade-<assignment>.json and, for people, .md."""
    for ending, text in (
        (".json", json.dumps(asdict(report), indent=1, ensure_ascii=False)),
        (".md", markdown(report)),
    ):
        with write_whole(folder / f"grade-{report.assignment}{ending}") as draft:
            draft.write_text(text, encoding="utf-8")


def markdown(report: Report) -> str:
    """The report for people."""
    lines = [
        f"# Grading of {report.assignment}",
        "",
        f"{summary(report)}. Begun {report.started}. {report.engine}.",
        "",
    ]
    if report.trusted:
        lines += [
            "Submissions ran **without a sandbox**, with the rights of whoever graded them (--trusted).",
            "",
        ]
    if report.shared:
        lines += ["These tests ran in the learner's own kernel, where a submission can change them:", ""]
        lines += [f"- {_escaped(line)}" for line in report.shared] + [""]
    for student, told_of in report.submissions.items():
        lines.append(f"- **{_escaped(student)}**: {_escaped(told_of['words'])}")
        lines += [f"  - {_escaped(text)}" for text in (*told_of["failed_tests"], *told_of["notes"])]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Text that a stranger may have chosen, on one line and without meaning to Markdown or HTML."""
    text = "".join(c if c.isprintable() else " " for c in text)
    for mark in "\\`*_[]<>#|":
        text = text.replace(mark, f"\\{mark}" if mark not in "<>" else {"<": "&lt;", ">": "&gt;"}[mark])
    return text
