"""In a stock nbgrader course, one line of configuration puts the tests out of reach; the plan is found by itself."""

import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from traitlets.config import Config

from hallyu.grading.isolation.execute import IsolatedExecute
from hallyu.grading.kernel import sandbox, specs

CELLS = [
    ("free", "", "import numpy as np"),
    ("solution", "s", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    ("test", "t", "assert np.array_equal(double(np.ones(2)), [2, 2])", 3),
    ("test", "h", "### BEGIN HIDDEN TESTS\nassert double(4) == 8\n### END HIDDEN TESTS", 2),
]
SUBMISSIONS = {
    "honest": ("def double(x):\n    return x + x", 5),
    "cheat": (
        "np.array_equal = lambda *a: True\nclass A:\n    __eq__ = lambda s, o: True\ndouble = lambda x: A()",
        0,
    ),
    "half": ("def double(x):\n    return 8", 2),
}


def test_autograde_with_the_isolated_step(tmp_path, notebook, monkeypatch):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    specs.make_known()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls alembic
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.WarmProvisioner.preload = ["numpy"]
    config.IsolatedExecute.kernel_name = specs.SANDBOX
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    nbformat.write(notebook(CELLS), tmp_path / "source" / "ps1" / "p1.ipynb")
    api = NbGraderAPI(config=config)
    assert api.generate_assignment("ps1")["success"]
    for student, (solution, _) in SUBMISSIONS.items():
        folder = tmp_path / "submitted" / student / "ps1"
        shutil.copytree(tmp_path / "release" / "ps1", folder)
        handed_in = nbformat.read(folder / "p1.ipynb", 4)
        next(
            c for c in handed_in.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "s"
        ).source = solution
        nbformat.write(handed_in, folder / "p1.ipynb")
    stock = Autograde().autograde_preprocessors
    config.Autograde.autograde_preprocessors = [IsolatedExecute, *stock[1:]]
    api = NbGraderAPI(config=config)
    for student in SUBMISSIONS:
        done = api.autograde("ps1", student)
        assert done["success"], done["log"]
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        for student, (_, points) in SUBMISSIONS.items():
            assert book.find_submission("ps1", student).score == points, student
