"""Cells and notebooks as nbgrader's Create Assignment makes them, for the tests and benchmarks of grading."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def cell(kind: str, name: str, source: str, points: float = 1) -> NotebookNode:
    """A cell. kind: "solution", "test", "locked", "manual" (an answer in words), "free" (code) or "text"."""
    if kind in ("free", "text"):
        return new_code_cell(source) if kind == "free" else new_markdown_cell(source)
    about = {
        "grade": kind in ("test", "manual"),
        "solution": kind in ("solution", "manual"),
        "locked": kind in ("test", "locked"),
        "task": False,
        "grade_id": name,
        "schema_version": 3,
    }
    if about["grade"]:
        about["points"] = points
    make = new_markdown_cell if kind == "manual" else new_code_cell
    return make(source, metadata={"nbgrader": about})


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    """A notebook for Python's kernel."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})
