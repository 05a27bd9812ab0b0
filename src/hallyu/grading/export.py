"""Everything that an instructor hands on, as one CSV file: a row for each learner, a column for each graded cell.

An nbgrader exporter::

    nbgrader export --exporter=hallyu.grading.export.PerItem --assignment='["ps1"]' --to=ps1.csv
"""

import csv
import json
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import ExportPlugin

from hallyu.files import write_whole
from hallyu.grading.items import in_cell

COLUMNS = (
    *("assignment", "student_id", "last_name", "first_name", "email", "timestamp", "raw_score"),
    *("late_submission_penalty", "score", "max_score", "to_grade", "comments", "notes"),
)


class PerItem(ExportPlugin):
    """CSV with the scores of nbgrader's own exporter, and each cell's points, what is left to grade by hand, and notes."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to ``--to``, by default grades-items.csv."""
        assignments = [a for a in gradebook.assignments if not self.assignment or a.name in self.assignment]
        students = [s for s in gradebook.students if not self.student or s.id in map(str, self.student)]
        rows, cells = [], {}
        for assignment in assignments:
            notes = notes_of(self._root(), assignment.name)
            for notebook in assignment.notebooks:
                cells |= dict.fromkeys(
                    f"{notebook.name}/{c.name}" for c in [*notebook.grade_cells, *notebook.task_cells]
                )
            for student in students:
                row = {
                    "assignment": assignment.name,
                    "student_id": student.id,
                    **{name: getattr(student, name) or "" for name in ("last_name", "first_name", "email")},
                    "max_score": assignment.max_score,
                    "notes": notes.get(student.id, ""),
                }
                try:
                    row |= _scores(gradebook.find_submission(assignment.name, student.id))
                except MissingEntry:  # nothing was handed in, for which nbgrader gives 0
                    row |= {"timestamp": "", "raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
                rows.append(row)
        with (
            write_whole(self.to or "grades-items.csv") as draft,
            draft.open("w", encoding="utf-8-sig", newline="") as f,
        ):
            writer = csv.DictWriter(f, [*COLUMNS, *cells], restval="")
            writer.writeheader()
            writer.writerows({key: in_cell(value) for key, value in row.items()} for row in rows)

    def _root(self) -> Path:
        return Path(self.parent.coursedir.root) if self.parent else Path.cwd()


def _scores(submission: SubmittedAssignment) -> dict[str, object]:
    """The columns of one submission; a cell that a person has still to grade stays empty."""
    penalty = submission.late_submission_penalty or 0.0
    row = {
        "timestamp": submission.timestamp or "",
        "raw_score": submission.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, submission.score - penalty),
        "to_grade": 0,
    }
    comments = []
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            row[f"{notebook.name}/{grade.name}"] = "" if grade.needs_manual_grade else grade.score
            row["to_grade"] += bool(grade.needs_manual_grade)
        comments += [f"{comment.name}: {comment.comment}" for comment in notebook.comments if comment.comment]
    return row | {"comments": "; ".join(comments)}


def notes_of(root: Path, assignment: str) -> dict[str, str]:
    """Student -> what the last grading run saw, in words; empty where there is no report of a run."""
    path = root / "reports" / f"grade-{assignment}.json"
    if not path.is_file():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))["submissions"]
    return {student: "; ".join([lines["words"], *lines["notes"]]) for student, lines in told.items()}
