"""Both film assignments go through the run: pictures are measured in the tests' own kernel, and a thief finds no truth."""

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
DELIVER = {film_material.COMPOSITE: film_material.deliver, film_material.FACE: film_material.deliver_face}
THIEF = """
from pathlib import Path
found = []
for folder in ("/tmp", "/home", "/root", "/var", "/srv", "/opt", *{str(p) for p in Path.cwd().parents}):
    try:
        for path in Path(folder).rglob("*.ipynb"):
            if "artefacts_f" in path.read_text(errors="replace") and "HIDDEN" in path.read_text(errors="replace"):
                found.append(str(path))
    except OSError:
        pass
from hallyu.grading import sealed
opened = 0
for name in ("film-composite", "film-face-and-grade"):
    for guess in ("", name, "첫눈", "First Snow"):
        try:
            opened += len(sealed.files(name, guess))
        except Exception:
            pass
print("FOUND", (found, opened))
"""


@pytest.fixture(scope="module", params=DELIVER)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def report(name, tmp_path_factory):
    """The run of three submissions: an empty one, the solution, and one that looks for the truths."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    from nbgrader.converters import GenerateAssignment

    root = tmp_path_factory.mktemp("run") / "grading"
    made = DELIVER[name](tmp_path_factory.mktemp("made") / "delivery")
    book = root / "source" / name / f"{name}.ipynb"
    shutil.copytree(ROOT / "grading" / "source" / name, book.parent)
    shutil.copy(ROOT / "grading" / "nbgrader_config.py", root)
    course = GradingCourse.open(root)
    course.directory.assignment_id, course.directory.student_id = name, "."
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    for learner in ("empty", "narae", "thief"):
        shutil.copytree(root / "release" / name, root / "submitted" / learner / name)
    solve(root / "submitted" / "narae" / name / f"{name}.ipynb", made)
    stolen = root / "submitted" / "thief" / name / f"{name}.ipynb"
    notebook = nbformat.read(stolen, 4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("cut-out", "de-age"):
            cell.source = THIEF
    nbformat.write(notebook, stolen)
    course = GradingCourse.open(root)
    told = grade(course, name, workers=2, say=lambda line: None)
    write_pages(course, name, list(told.submissions))
    return course, told


def test_the_solution_gets_every_automatic_point_in_the_sandbox(report, name):
    course, told = report
    points = {learner: each["points"] for learner, each in told.submissions.items()}
    assert points == {"empty": 0, "narae": 80, "thief": 0}, told.submissions
    assert told.submissions["narae"]["notes"] == [] and told.shared == []
    page = (course.folder("feedback", name, "narae") / f"{name}.html").read_text(encoding="utf-8")
    assert ("elements: 5 of 5 points" if name == film_material.COMPOSITE else "cube: 5 of 5 points") in page


def test_the_truths_are_not_to_be_found(report, name):
    course, _ = report
    text = (course.folder("autograded", name, "thief") / f"{name}.ipynb").read_text(encoding="utf-8")
    outputs = [
        output.get("text", "")
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
    ]
    said = "".join("".join(each) for each in outputs)
    assert "FOUND ([], 0)" in said
