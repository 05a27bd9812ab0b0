"""Both music assignments: the solution as it stands, then the whole cycle by nbgrader's own commands."""

import csv
import shutil

import nbformat
import pytest
from nbcourse import ROOT, Course, cells, is_graded, learner_of, scores

from hallyu.grading import artefacts_music as artefacts

GRADERS = {"music-voice": artefacts.VOICE_GRADERS, "music-release": artefacts.RELEASE_GRADERS}
CALLED = {
    "music-voice": {"letters-test": 5, "move-test": 5, "join-h-test": 5, "alike-test": 10},
    "music-release": {},
}
"""Tests that call the learner's functions."""
BY_HAND = {
    "music-voice": {"voice-and-phrase": 10, "right-to-it": 10},
    "music-release": {"the-mix": 10, "the-performance": 10},
}
RUBRIC = {
    "music-voice": (("The voice and its phrase", 10), ("The right to it", 10)),
    "music-release": (("The mix", 10), ("The performance", 10)),
}
SHOWN = {
    "music-voice": {"letters-test", "voice-complete", "words-heard"},
    "music-release": {"release-complete", "loudness", "words"},
}
SECRETS = {
    "music-voice": ("나의 노래", "하람", "나래", "spoken.grade"),
    "music-release": ("바다 너머", "energy=0.4", "null"),
}
SOUNDS = {"idol", "song", "sign", "desk", "deliver-it"}
"""Solution cells that make the delivery."""


def source(name):
    return ROOT / "grading" / "source" / name / f"{name}.ipynb"


@pytest.fixture(scope="module", params=GRADERS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def solved(name, tmp_path_factory):
    """The folder in which the solution was run as it stands, with nothing around it."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("solved")
    notebook = nbformat.read(source(name), 4)
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(notebook, folder / "ran.ipynb")
    return folder


def solve(path, made):
    """Put the solution into a notebook as a learner would, with the delivery *made* before, so that nothing is sung again."""
    solution, notebook = cells(source(path.stem)), nbformat.read(path, 4)
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if known.get("solution"):
            cell.source = solution[known["grade_id"]].source
        if known.get("grade_id") in SOUNDS:
            cell.source = (
                "from pathlib import Path\n\n### BEGIN SOLUTION\nimport shutil\n\nfrom hallyu import audio\n"
            )
            cell.source += "from hallyu.courseware import figures\nfrom hallyu.music import release\n"
            cell.source += "from hallyu.grading.artefacts_music import CLASS_KEY\n"
            cell.source += 'shutil.unpack_archive("made.zip", "delivery")\n### END SOLUTION'
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
    (course.learner / name / "key.pem").write_text("-----BEGIN PRIVATE KEY-----")
    course.nbgrader("submit", name, "--course=hallyu-studio", where=course.learner)
    course.nbgrader("collect", name)
    course.nbgrader("autograde", name)
    course.nbgrader("generate_feedback", name)
    course.nbgrader("export")
    return course


def test_the_solution_as_it_stands_earns_every_point(name, solved):
    lost = {grader.__name__: grader(solved / "delivery") for grader in GRADERS[name]}
    assert not {name: found for name, found in lost.items() if found}
    ran = [cell for cell in nbformat.read(solved / "ran.ipynb", 4).cells if cell.cell_type == "code"]
    assert not [o for cell in ran for o in cell.outputs if o.get("name") == "stderr"]
    printed = "\n".join(o.text for cell in ran for o in cell.outputs if o.get("name") == "stdout")
    assert all(
        f"{points:g} of {points:g} points" in printed for points in CALLED[name].values() if points != 5
    )


def test_the_solution_earns_80_points_in_the_cycle_and_the_empty_notebook_none(cycle):
    found = scores(cycle)
    assert found.pop("empty") == 0
    assert list(found.values()) == [80]
    with open(cycle.folder / "grades.csv", encoding="utf-8") as file:
        assert {float(row["max_score"]) for row in csv.DictReader(file)} == {100}


def test_a_learners_key_is_not_handed_in(cycle, name):
    submitted = cycle.folder / "submitted" / learner_of(cycle) / name
    assert (submitted / f"{name}.ipynb").exists() and not list(submitted.rglob("*.pem"))


def test_the_release_version_shows_neither_solutions_nor_hidden_tests(cycle, name):
    released = cells(cycle.folder / "release" / name / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in released.values())
    shown = {cell.replace("-", "_") for cell in SHOWN[name]}
    hidden = [g.__name__ for g in GRADERS[name] if g.__name__ not in shown]
    for secret in (
        "BEGIN SOLUTION",
        "HIDDEN",
        *(f"artefacts_music.{each}" for each in hidden),
        *SECRETS[name],
    ):
        assert secret not in text
    for shown_test in SHOWN[name]:
        assert len(released[shown_test].source.splitlines()) > 2


def test_feedback_tells_each_learner_what_the_visible_tests_found(cycle, name):
    page = lambda who: (cycle.folder / "feedback" / who / name / f"{name}.html").read_text(encoding="utf-8")
    told = {"music-voice": "words heard: 10 of 10 points", "music-release": "words: 10 of 10 points"}
    assert told[name] in page(learner_of(cycle))
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
    found = {
        key: cell.metadata.nbgrader.points
        for key, cell in cells(source(assignment)).items()
        if is_graded(cell)
    }
    measured = {g.__name__.replace("_", "-"): g.points for g in GRADERS[assignment]}
    assert found == measured | CALLED[assignment] | BY_HAND[assignment] and sum(found.values()) == 100


@pytest.mark.parametrize("assignment", GRADERS)
def test_the_tests_that_are_hidden_are_those_that_say_so(assignment):
    for key, cell in cells(source(assignment)).items():
        if is_graded(cell) and cell.cell_type == "code":
            hidden = "### BEGIN HIDDEN TESTS" in cell.source
            assert (
                hidden
                == (key not in SHOWN[assignment])
                == cell.source.startswith("# Graded after you hand in")
            )


@pytest.mark.parametrize("assignment", GRADERS)
def test_the_rubric_covers_the_points_given_by_hand(assignment):
    rubric = (ROOT / "grading" / "rubrics" / f"{assignment}.md").read_text(encoding="utf-8")
    for heading, points in RUBRIC[assignment]:
        assert f"## {heading} ({points})" in rubric


def test_the_rules_are_tried_on_the_standards_own_examples():
    """Each example of the hidden tests stands in the list that the pronunciation module is checked on, or changes nothing."""
    rows = (ROOT / "tests" / "music" / "standard_pronunciation.tsv").read_text(encoding="utf-8").splitlines()
    published = {row.split("\t")[1] for row in rows if row.count("\t") == 2}
    for test in ("move-test", "join-h-test", "alike-test"):
        space: dict = {}
        body = cells(source("music-voice"))[test].source
        exec(body[body.index("EXAMPLES") : body.index("spoken.grade")], space)
        examples = space["EXAMPLES"]
        unchanged = [word for word, said in examples.items() if word == said]
        known = [word for word in examples if word in published]
        assert len(examples) >= 15 and len(known) >= 0.7 * (len(examples) - len(unchanged))
        assert len(unchanged) < len(examples) / 3
