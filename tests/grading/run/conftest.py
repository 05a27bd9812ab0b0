"""A small nbgrader course, made by nbgrader itself, and learners who hand in."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbcells import cell, notebook

from hallyu.grading.kernel import sandbox
from hallyu.grading.run.course import GradingCourse

SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "trial"
c.WarmProvisioner.preload = ["numpy"]
c.Execute.timeout = 20
"""
AREA = """def area(r):
    ### BEGIN SOLUTION
    if r < 0:
        raise ValueError('negative')
    return np.pi * r * r
    ### END SOLUTION"""
HIDDEN = "### BEGIN HIDDEN TESTS\nassert abs(area(37) - 4300.84) < 0.01, 'secret hint'\n### END HIDDEN TESTS"
CELLS = [
    ("locked", "setup", "import numpy as np"),
    ("solution", "area", AREA),
    ("test", "right", f"assert abs(area(1) - np.pi) < 1e-9\n{HIDDEN}", 3),
    ("test", "refuses", "try:\n    area(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError"),
    ("solution", "write", "### BEGIN SOLUTION\nopen('out.txt', 'w').write('37')\n### END SOLUTION"),
    ("test", "file", "text = open('out.txt').read()\n2 if text == '37' else 0.5", 2),
    ("manual", "why", "Because."),
]


class Trial:
    """A course's folder with one assignment, ps1, of one notebook, work."""

    def __init__(self, root: Path, settings: str = "", change=None):
        self.root = root
        cells = [(kind, name, (change or {}).get(name, text), *rest) for kind, name, text, *rest in CELLS]
        (root / "source" / "ps1").mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(SETTINGS + settings)
        source = notebook([cell(*c) for c in cells])
        nbformat.write(source, root / "source" / "ps1" / "work.ipynb")
        self.solutions = {c[1]: c[2] for c in cells if c[0] in ("solution", "manual")}
        self.generate()

    def generate(self):
        """Nbgrader's generate_assignment."""
        from nbgrader.converters import GenerateAssignment

        course = self.course
        course.directory.student_id, course.directory.assignment_id = ".", "ps1"
        GenerateAssignment(coursedir=course.directory, config=course.config, force=True).start()

    @property
    def course(self) -> GradingCourse:
        return GradingCourse.open(self.root)

    def folder(self, student, step="submitted"):
        return self.root / step / student / "ps1"

    def submit(self, student, solutions=None, change=None, time=None):
        """Hand in the release version with some cells filled in; change(notebook) may do more."""
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(self.root / "release" / "ps1" / "work.ipynb", 4)
        for c in notebook.cells:
            name = c.metadata.get("nbgrader", {}).get("grade_id")
            if name in (solutions or {}):
                c.source = solutions[name]
        if change:
            change(notebook)
        nbformat.write(notebook, folder / "work.ipynb")
        if time:
            (folder / "timestamp.txt").write_text(time)
        return folder

    def scores(self):
        """Everything that the gradebook holds of every submission."""
        with self.course.gradebook() as book:
            return {
                s.student.id: {
                    "score": s.score,
                    "late": [n.late_submission_penalty for n in s.notebooks],
                    "cells": {
                        g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                        for n in s.notebooks
                        for g in n.grades
                    },
                    "comments": {c.name: c.auto_comment for n in s.notebooks for c in n.comments},
                }
                for s in book.assignment_submissions("ps1")
            }  # fmt: skip

    def copy(self, target: Path) -> "Trial":
        """The same course elsewhere."""
        shutil.copytree(self.root, target, symlinks=True)
        other = object.__new__(Trial)
        other.root, other.solutions = target, self.solutions
        return other


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """Makes courses."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    return lambda *args, **named: Trial(tmp_path_factory.mktemp("course") / "c", *args, **named)
