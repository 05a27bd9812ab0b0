import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hallyu.grading.course import open_course

CONFIG = """
c = get_config()
c.WarmProvisioner.preload = ["numpy"]
"""


def cell(kind, name, source, points=1):
    """An nbgrader cell: kind is "solution", "test", "locked", "free" or "text"."""
    if kind == "text":
        return new_markdown_cell(source)
    about = {
        "grade": kind == "test",
        "solution": kind == "solution",
        "locked": kind in ("test", "locked"),
        "grade_id": name,
        "task": False,
        "schema_version": 3,
    }
    if kind == "test":
        about["points"] = points
    return new_code_cell(source, metadata={} if kind == "free" else {"nbgrader": about})


@pytest.fixture(scope="session")
def notebook():
    """Make an instructor's notebook of cells, each (kind, grade id, source, points)."""

    def make(*cells):
        made = new_notebook(cells=[cell(*c) for c in cells])
        made.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
        return made

    return make


@pytest.fixture
def course(tmp_path):
    """Put a notebook into a course of its own, as the assignment ps1, and open the course."""

    def make(source, **files):
        folder = tmp_path / "source" / "ps1"
        folder.mkdir(parents=True)
        (tmp_path / "nbgrader_config.py").write_text(CONFIG)
        nbformat.write(source, folder / "ps1.ipynb")
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        return open_course(tmp_path)

    return make
