"""film-composite: the solution as it stands, then the whole cycle by nbgrader's own commands."""

import csv
import shutil

import film_material as material
import nbformat
import pytest
from nbcourse import ROOT, Course, cells, is_graded, learner_of, scores

from hallyu.grading import artefacts_film as artefacts

NAME = "film-composite"
GRADERS = artefacts.COMPOSITE_GRADERS
CALLED = {"key-test": 5, "lay-over-test": 5}
BY_HAND = {"the-comp": 10, "the-note": 10}
SHOWN = {"composite-complete", "elements", "declaration"}
SECRETS = ("called.", material.word(), "Mirae's record allows", "streaming.cutouts(streaming", "7391")
SOURCE = ROOT / "grading" / "source" / NAME / f"{NAME}.ipynb"
MADE = {"cut-out", "comp-it", "deliver-it"}
"""Solution cells that make the delivery."""


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The folder in which the solution was run as it stands, with its plates beside it."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("solved")
    shutil.copytree(material.PLATES, folder / "plates")
    notebook = nbformat.read(SOURCE, 4)
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(notebook, folder / "ran.ipynb")
    return folder


def solve(path, made):
    """Put the solution into a notebook as a learner would, with the delivery *made* before, so that nothing is cut twice."""
    solution, notebook = cells(SOURCE), nbformat.read(path, 4)
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if known.get("solution"):
            cell.source = solution[known["grade_id"]].source
        if known.get("grade_id") in MADE:
            cell.source = (
                "from pathlib import Path\n\nfrom hallyu.courseware import figures as show\nfrom hallyu.film import video\n\n"
                '### BEGIN SOLUTION\nimport shutil\n\nshutil.unpack_archive("made.zip", "delivery")\n### END SOLUTION'
            )
    nbformat.write(notebook, path)
    shutil.make_archive(path.parent / "made", "zip", made)


@pytest.fixture(scope="module")
def cycle(solved, tmp_path_factory):
    """The course after the whole cycle: one learner handed in the solution, another the release version as it was."""
    course = Course(tmp_path_factory.mktemp("cycle"))
    course.nbgrader("generate_assignment", NAME)
    course.nbgrader("release_assignment", NAME)
    course.nbgrader("fetch_assignment", NAME, "--course=hallyu-studio", where=course.learner)
    shutil.copytree(course.learner / NAME, course.folder / "submitted" / "empty" / NAME)
    solve(course.learner / NAME / f"{NAME}.ipynb", solved / "delivery")
    course.nbgrader("submit", NAME, "--course=hallyu-studio", where=course.learner)
    course.nbgrader("collect", NAME)
    course.nbgrader("autograde", NAME)
    course.nbgrader("generate_feedback", NAME)
    course.nbgrader("export")
    return course


def test_the_solution_as_it_stands_earns_every_point(solved):
    lost = {grader.__name__: grader(solved / "delivery", material.word()) for grader in GRADERS}
    assert not {name: found for name, found in lost.items() if found}
    ran = [cell for cell in nbformat.read(solved / "ran.ipynb", 4).cells if cell.cell_type == "code"]
    assert not [o for cell in ran for o in cell.outputs if o.get("name") == "stderr"]
    printed = "\n".join(o.text for cell in ran for o in cell.outputs if o.get("name") == "stdout")
    assert all(f"{name}: 10 of 10 unseen pictures: 5 of 5 points" in printed for name in ("key", "lay_over"))


def test_the_solution_earns_80_points_in_the_cycle_and_the_empty_notebook_none(cycle):
    found = scores(cycle)
    assert found.pop("empty") == 0
    assert list(found.values()) == [80]
    with open(cycle.folder / "grades.csv", encoding="utf-8") as file:
        assert {float(row["max_score"]) for row in csv.DictReader(file)} == {100}


def test_learners_get_the_plates_and_no_truth(cycle):
    released = cycle.folder / "release" / NAME
    there = {p.relative_to(released).as_posix() for p in released.rglob("*") if p.is_file()}
    assert there == {f"{NAME}.ipynb", *(f"plates/{p.name}" for p in material.PLATES.iterdir())}


def test_the_release_version_shows_neither_solutions_nor_hidden_tests(cycle):
    released = cells(cycle.folder / "release" / NAME / f"{NAME}.ipynb")
    text = "\n".join(cell.source for cell in released.values())
    hidden = [g.__name__ for g in GRADERS if g.__name__.replace("_", "-") not in SHOWN]
    for secret in ("BEGIN SOLUTION", "HIDDEN", *(f"artefacts_film.{each}" for each in hidden), *SECRETS):
        assert secret not in text
    for shown_test in SHOWN:
        assert len(released[shown_test].source.splitlines()) > 2


def test_feedback_tells_each_learner_what_the_visible_tests_found(cycle):
    page = lambda who: (cycle.folder / "feedback" / who / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "elements: 5 of 5 points" in page(learner_of(cycle))
    assert "There is no folder delivery" in page("empty")
    assert "Not shown: a hidden test" in page(learner_of(cycle))


def test_no_graded_cell_writes_to_stderr(cycle):
    for learner in ("empty", learner_of(cycle)):
        notebook = nbformat.read(cycle.folder / "autograded" / learner / NAME / f"{NAME}.ipynb", 4)
        graded = [cell for cell in notebook.cells if is_graded(cell) and cell.cell_type == "code"]
        assert len(graded) == len(GRADERS) + len(CALLED)
        assert not [o for cell in graded for o in cell.outputs if o.get("name") == "stderr"]


def test_the_notebook_and_the_graders_agree_on_the_points():
    found = {key: cell.metadata.nbgrader.points for key, cell in cells(SOURCE).items() if is_graded(cell)}
    measured = {g.__name__.replace("_", "-"): g.points for g in GRADERS}
    assert found == measured | CALLED | BY_HAND and sum(found.values()) == 100


def test_the_tests_that_are_hidden_are_those_that_say_so():
    for key, cell in cells(SOURCE).items():
        if is_graded(cell) and cell.cell_type == "code":
            hidden = "### BEGIN HIDDEN TESTS" in cell.source
            assert hidden == (key not in SHOWN) == cell.source.startswith("# Graded after you hand in")


def test_the_rubric_covers_the_points_given_by_hand():
    rubric = (ROOT / "grading" / "rubrics" / f"{NAME}.md").read_text(encoding="utf-8")
    for heading, points in (("The comp", 10), ("The note", 10)):
        assert f"## {heading} ({points})" in rubric
