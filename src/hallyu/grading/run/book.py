"""The one writer of the gradebook: nbgrader's own steps save the scores, each submission in one transaction."""

import contextlib
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    SaveAutoGrades,
    latesubmissions,
    saveautogrades,
)
from nbgrader.utils import parse_utc, rmtree
from sqlalchemy import create_engine
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import scoped_session, sessionmaker

from hallyu.errors import HallyuError
from hallyu.grading.run.course import GradingCourse
from hallyu.grading.run.worker import Result


class _Transaction(Gradebook):
    """nbgrader's Gradebook on a connection that somebody else opened and will commit: its own commits are kept back."""

    def __init__(self, connection, course_id: str):
        self.engine, self.course_id, self.authenticator = connection.engine, course_id, None
        session = sessionmaker(
            bind=connection, autoflush=True, future=True, join_transaction_mode="rollback_only"
        )
        self.db = scoped_session(session)

    def close(self) -> None:
        """Steps close what they think is theirs; it stays open."""


@contextlib.contextmanager
def _instead(held: Callable, *modules: ModuleType) -> Iterator[None]:
    """Let nbgrader's steps in *modules* open *held* in place of a gradebook of their own."""
    for module in modules:
        module.Gradebook = held
    try:
        yield
    finally:
        for module in modules:
            module.Gradebook = Gradebook


class Book:
    """Puts results into a course's gradebook and its autograded folder. One process may have it open at a time."""

    def __init__(self, course: GradingCourse, assignment: str):
        self.course, self.assignment = course, assignment
        with course.gradebook():
            pass  # makes the tables where there are none
        self.engine = create_engine(course.db_url, future=True)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[_Transaction]:
        """All or nothing: what the steps save is there when this ends, or none of it."""
        with self.engine.begin() as connection:
            gradebook = _Transaction(connection, self.course.directory.course_id)
            held = lambda *_: gradebook
            try:
                with _instead(held, saveautogrades, latesubmissions), warnings.catch_warnings():
                    warnings.simplefilter(
                        "ignore", SAWarning
                    )  # about the order in which nbgrader adds its rows
                    yield gradebook
                gradebook.db.flush()
            finally:
                gradebook.db.remove()

    def enter(self, result: Result) -> dict[str, dict[str, float | None]]:
        """Save a result as ``nbgrader autograde`` would have; the automatic scores by notebook and cell.

        Doing it twice is the same as doing it once. Raises HallyuError when the student is not on the course's list and
        the configuration forbids to add new ones.
        """
        student, name = result.student, self.assignment
        timestamp = result.files.get("timestamp.txt", b"").decode().strip()
        with self._transaction() as gradebook:
            self._know(gradebook, student)
            when = {"timestamp": parse_utc(timestamp)} if timestamp else {}
            submission = gradebook.update_or_create_submission(name, student, **when)
            for notebook in submission.notebooks:
                if content := result.files.get(f"{notebook.name}.ipynb"):
                    self._save(student, notebook.name, content)
                else:
                    for grade in notebook.grades:  # as nbgrader does when a notebook is missing
                        grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.flush()
            gradebook.db.expire_all()
            scores = {n.name: {g.name: g.auto_score for g in n.grades} for n in submission.notebooks}
            self._lay_down(result)
        return scores

    def _know(self, gradebook: Gradebook, student: str) -> None:
        try:
            gradebook.find_student(student)
        except MissingEntry:
            if not self.course.autograde.create_student:
                raise HallyuError(
                    f"No student {student} is in the gradebook, and none may be added."
                ) from None
            gradebook.add_student(student)

    def _save(self, student: str, name: str, content: bytes) -> None:
        """Nbgrader's last steps over one executed notebook."""
        about = {
            "student": student,
            "assignment": self.assignment,
            "notebook": name,
            "db_url": self.course.db_url,
        }
        notebook, resources = nbformat.reads(content.decode(), as_version=4), {"nbgrader": about}
        for step in (SaveAutoGrades, AssignLatePenalties, CheckCellMetadata):
            notebook, resources = step(parent=self.course.autograde)(notebook, resources)

    def _lay_down(self, result: Result) -> None:
        """Replace the submission's autograded folder, as a whole."""
        target = self.course.folder("autograded", self.assignment, result.student)
        draft, old = (target.with_name(f".{target.name}.{end}") for end in ("new", "old"))
        for left in (draft, old):
            shutil.rmtree(left, ignore_errors=True)
        for name, content in result.files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        draft.mkdir(parents=True, exist_ok=True)
        if target.exists():
            os.replace(target, old)
        os.replace(draft, target)
        self.course.autograde.set_permissions(self.assignment, result.student)
        if old.exists():
            rmtree(str(old))

    def scores(self) -> dict[str, dict[str, dict[str, float | None]]]:
        """The automatic scores that the gradebook holds, by student, notebook and cell."""
        found: dict[str, dict[str, dict[str, float | None]]] = {}
        columns = (SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score)
        with self.course.gradebook() as gradebook:
            rows = (
                gradebook.db.query(*columns)
                .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
                .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
                .join(BaseCell, Grade.cell_id == BaseCell.id)
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
                .filter(Assignment.name == self.assignment)
            )
            for student, notebook, cell, score in rows:
                found.setdefault(student, {}).setdefault(notebook, {})[cell] = score
        return found
