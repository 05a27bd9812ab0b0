"""film-composite goes through the run: pictures are measured in the tests' own kernel, and a thief finds no truth."""

import json
import shutil
from pathlib import Path

import film_material
import nbformat
import pytest
from test_film_assignments import solve

from hallyu.grading.kernel import sandbox
from hallyu.grading.run.course import GradingCourse
from hallyu.grading.run.feedback import write_pages
from hallyu.grading.run.grade import grade

ROOT = Path(__file__).resolve().parents[3]
NAME = film_material.COMPOSITE
THIEF = """
from pathlib import Path
found = []
for folder in ("/tmp", "/home", "/root", "/var", "/srv", "/opt", *{str(p) for p in Path.cwd().parents}):
    try:
        for path in Path(folder).rglob("*.ipynb"):
            if "artefacts_film.take_matte" in path.read_text(errors="replace"):
                found.append(str(path))
    except OSError:
        pass
import gc, sys
word = next((x for x in gc.get_objects() if isinstance(x, str) and x.startswith("눈길")), None)
from hallyu.grading import sealed
opened = 0
for guess in ("", "film-composite", "첫눈", "First Snow"):
    try:
        opened += len(sealed.files("film-composite", guess))
    except Exception:
        pass
Path("delivery").mkdir(exist_ok=True)
Path("delivery/found.txt").write_text(repr((found, word, opened)))
print("FOUND", (found, word, opened))
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The run of three submissions: an empty one, the solution, and one that looks for the truths."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    from nbgrader.converters import GenerateAssignment

    root = tmp_path_factory.mktemp("run") / "grading"
    made = film_material.deliver(tmp_path_factory.mktemp("made") / "delivery")
    book = root / "source" / NAME / f"{NAME}.ipynb"
    shutil.copytree(ROOT / "grading" / "source" / NAME, book.parent)
    shutil.copy(ROOT / "grading" / "nbgrader_config.py", root)
    course = GradingCourse.open(root)
    course.directory.assignment_id, course.directory.student_id = NAME, "."
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    for learner in ("empty", "narae", "thief"):
        shutil.copytree(root / "release" / NAME, root / "submitted" / learner / NAME)
    solve(root / "submitted" / "narae" / NAME / f"{NAME}.ipynb", made)
    stolen = root / "submitted" / "thief" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(stolen, 4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "cut-out":
            cell.source = THIEF
    nbformat.write(notebook, stolen)
    course = GradingCourse.open(root)
    told = grade(course, NAME, workers=2, say=lambda line: None)
    write_pages(course, NAME, list(told.submissions))
    return course, told


def test_the_solution_gets_every_automatic_point_in_the_sandbox(report):
    course, told = report
    points = {learner: each["points"] for learner, each in told.submissions.items()}
    assert points == {"empty": 0, "narae": 80, "thief": 0}, told.submissions
    assert told.submissions["narae"]["notes"] == [] and told.shared == []
    page = (course.folder("feedback", NAME, "narae") / f"{NAME}.html").read_text(encoding="utf-8")
    assert "elements: 5 of 5 points" in page


def test_the_truths_are_not_to_be_found(report):
    course, _ = report
    text = (course.folder("autograded", NAME, "thief") / f"{NAME}.ipynb").read_text(encoding="utf-8")
    outputs = [
        output.get("text", "")
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
    ]
    said = "".join("".join(each) for each in outputs)
    assert "FOUND ([], None, 0)" in said
