"""A course of our own assignments in which nbgrader's commands run as they would in a terminal, and what to ask of it."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]


def cells(path):
    return {
        cell.metadata.get("nbgrader", {}).get("grade_id", cell.id): cell
        for cell in nbformat.read(path, 4).cells
    }


class Course:
    """A copy of grading/ with an exchange of its own, in which nbgrader's commands run as they would in a terminal."""

    def __init__(self, folder):
        self.folder = folder / "course"
        kept = shutil.ignore_patterns(
            "release", "submitted", "autograded", "feedback", "*.db", "*.csv", "delivery", "work"
        )
        shutil.copytree(ROOT / "grading", self.folder, ignore=kept)
        self.exchange = folder / "exchange"
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        self.learner = folder / "learner"
        self.learner.mkdir()

    def nbgrader(self, *words, where=None):
        bin_folder, beside = Path(sys.executable).parent, self.exchange.parent
        places = {name: str(beside / "home") for name in ("HOME", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
        done = subprocess.run(
            [
                bin_folder / "nbgrader",
                *words,
                f"--Exchange.root={self.exchange}",
                f"--Exchange.cache={beside / 'cache'}",
            ],
            cwd=where or self.folder,
            env={
                **os.environ,
                **places,
                "PATH": f"{bin_folder}:{os.environ['PATH']}",
                "OMP_NUM_THREADS": "1",
            },
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"nbgrader {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


def scores(course):
    with open(course.folder / "grades.csv", encoding="utf-8") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def learner_of(course):
    return next(p.name for p in (course.folder / "submitted").iterdir() if p.name != "empty")


def is_graded(cell):
    return cell.metadata.get("nbgrader", {}).get("grade")
