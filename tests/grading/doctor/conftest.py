import nbformat
import pytest
from nbcells import cell
from nbcells import notebook as notebook_of

from hallyu.grading.course import open_course

CONFIG = """
c = get_config()
c.WarmProvisioner.preload = ["numpy"]
"""


@pytest.fixture(scope="session")
def notebook():
    """Make an instructor's notebook of cells, each (kind, grade id, source, points)."""

    def make(*cells):
        return notebook_of([cell(*c) for c in cells])

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
