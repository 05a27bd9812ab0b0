"""Both film assignments: the solution as it stands, then the whole cycle by nbgrader's own commands."""

import csv
import shutil

import film_material as material
import nbformat
import pytest
from nbcourse import ROOT, Course, cells, is_graded, learner_of, scores

from hallyu.grading import artefacts_face, artefacts_film

GRADERS = {material.COMPOSITE: artefacts_film.COMPOSITE_GRADERS, material.FACE: artefacts_face.GRADERS}
CALLED = {material.COMPOSITE: {"key-test": 5, "lay-over-test": 5}, material.FACE: {}}
BY_HAND = {
    material.COMPOSITE: {"the-comp": 10, "the-note": 10},
    material.FACE: {"the-face": 10, "the-grade": 10},
}
RUBRIC = {
    material.COMPOSITE: (("The comp", 10), ("The note", 10)),
    material.FACE: (("The face", 10), ("The grade", 10)),
}
SHOWN = {
    material.COMPOSITE: {"composite-complete", "elements", "declaration"},
    material.FACE: {"shots-complete", "cube", "shots-declaration"},
}
SECRETS = {
    material.COMPOSITE: ("called.", "Mirae's record allows", "streaming.cutouts(streaming", "7391"),
    material.FACE: ("calmed", "0.8", "solved.lut", "granddaughter"),
}
MADE = {"cut-out", "comp-it", "de-age", "match-it", "deliver-it"}
"""Solution cells that make the delivery."""


def source(name):
    return material.SOURCES / name / f"{name}.ipynb"


@pytest.fixture(scope="module", params=GRADERS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def solved(name, tmp_path_factory):
    """The folder in which the solution was run as it stands, with its plates beside it."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("solved")
    shutil.copytree(source(name).parent / "plates", folder / "plates")
    notebook = nbformat.read(source(name), 4)
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(notebook, folder / "ran.ipynb")
    return folder


def solve(path, made):
    """Put the solution into a notebook as a learner would, with the delivery *made* before, so that nothing is cut twice."""
    solution, notebook = cells(source(path.stem)), nbformat.read(path, 4)
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if known.get("solution"):
            cell.source = solution[known["grade_id"]].source
        if known.get("grade_id") in MADE:
            cell.source = (
                "import shutil\nfrom pathlib import Path\n\nfrom hallyu.courseware import figures\n"
                "from hallyu import video\nfrom hallyu.film import exr\n\nshow = figures\n"
                '### BEGIN SOLUTION\nshutil.unpack_archive("made.zip", "delivery")\n### END SOLUTION'
            )
    nbformat.write(notebook, path)
    shutil.make_archive(path.parent / "made", "zip", made)


@pytest.fixture(scope="module")
def cycle(name, solved, tmp_path_factory):
    """The course after the whole cycle: one learner handed in the solution, another the release version as it was."""
    course = Course(tmp_path_factory.mktemp("cycle"))
    course.nbgrader("generate_assignment", name)
    course.nbgrader("release_assignment", name)
    course.nbgrader("fetch_assignment", name, "--course=hallyu-studio", where=course.learner)
    shutil.copytree(course.learner / name, course.folder / "submitted" / "empty" / name)
    solve(course.learner / name / f"{name}.ipynb", solved / "delivery")
    course.nbgrader("submit", name, "--course=hallyu-studio", where=course.learner)
    course.nbgrader("collect", name)
    course.nbgrader("autograde", name)
    course.nbgrader("generate_feedback", name)
    course.nbgrader("export")
    return course


def test_the_solution_as_it_stands_earns_every_point(name, solved):
    lost = {grader.__name__: grader(solved / "delivery", material.word(name)) for grader in GRADERS[name]}
    assert not {name: found for name, found in lost.items() if found}
    ran = [cell for cell in nbformat.read(solved / "ran.ipynb", 4).cells if cell.cell_type == "code"]
    assert not [o for cell in ran for o in cell.outputs if o.get("name") == "stderr"]
    printed = "\n".join(o.text for cell in ran for o in cell.outputs if o.get("name") == "stdout")
    assert printed.count("10 of 10 unseen pictures: 5 of 5 points") == len(CALLED[name])


def test_the_solution_earns_80_points_in_the_cycle_and_the_empty_notebook_none(cycle):
    found = scores(cycle)
    assert found.pop("empty") == 0
    assert list(found.values()) == [80]
    with open(cycle.folder / "grades.csv", encoding="utf-8") as file:
        assert {float(row["max_score"]) for row in csv.DictReader(file)} == {100}


def test_learners_get_the_plates_and_no_truth(cycle, name):
    released = cycle.folder / "release" / name
    there = {p.relative_to(released).as_posix() for p in released.rglob("*") if p.is_file()}
    assert there == {
        f"{name}.ipynb",
        *(f"plates/{p.name}" for p in (source(name).parent / "plates").iterdir()),
    }


def test_the_release_version_shows_neither_solutions_nor_hidden_tests(cycle, name):
    released = cells(cycle.folder / "release" / name / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in released.values())
    hidden = [g.__name__ for g in GRADERS[name] if g.__name__.replace("_", "-") not in SHOWN[name]]
    for secret in (
        "BEGIN SOLUTION",
        "HIDDEN",
        *(f".{each}," for each in hidden),
        *SECRETS[name],
        material.word(name),
    ):
        assert secret not in text
    for shown_test in SHOWN[name]:
        assert len(released[shown_test].source.splitlines()) > 2


def test_feedback_tells_each_learner_what_the_visible_tests_found(cycle, name):
    page = lambda who: (cycle.folder / "feedback" / who / name / f"{name}.html").read_text(encoding="utf-8")
    assert {material.COMPOSITE: "elements: 5 of 5", material.FACE: "cube: 5 of 5"}[name] in page(
        learner_of(cycle)
    )
    assert "There is no folder delivery" in page("empty")
    assert "Not shown: a hidden test" in page(learner_of(cycle))


def test_no_graded_cell_writes_to_stderr(cycle, name):
    for learner in ("empty", learner_of(cycle)):
        notebook = nbformat.read(cycle.folder / "autograded" / learner / name / f"{name}.ipynb", 4)
        graded = [cell for cell in notebook.cells if is_graded(cell) and cell.cell_type == "code"]
        assert len(graded) == len(GRADERS[name]) + len(CALLED[name])
        assert not [o for cell in graded for o in cell.outputs if o.get("name") == "stderr"]


@pytest.mark.parametrize("assignment", GRADERS)
def test_the_notebook_and_the_graders_agree_on_the_points(assignment):
    graded = {key: cell for key, cell in cells(source(assignment)).items() if is_graded(cell)}
    found = {key: cell.metadata.nbgrader.points for key, cell in graded.items()}
    measured = {g.__name__.replace("_", "-"): g.points for g in GRADERS[assignment]}
    assert found == measured | CALLED[assignment] | BY_HAND[assignment] and sum(found.values()) == 100


@pytest.mark.parametrize("assignment", GRADERS)
def test_the_tests_that_are_hidden_are_those_that_say_so(assignment):
    for key, cell in cells(source(assignment)).items():
        if is_graded(cell) and cell.cell_type == "code":
            hidden = "### BEGIN HIDDEN TESTS" in cell.source
            said = cell.source.startswith("# Graded after you hand in")
            assert hidden == (key not in SHOWN[assignment]) == said


@pytest.mark.parametrize("assignment", GRADERS)
def test_the_rubric_covers_the_points_given_by_hand(assignment):
    rubric = (ROOT / "grading" / "rubrics" / f"{assignment}.md").read_text(encoding="utf-8")
    for heading, points in RUBRIC[assignment]:
        assert f"## {heading} ({points})" in rubric
