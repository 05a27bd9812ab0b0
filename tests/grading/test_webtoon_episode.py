"""The assignment's whole cycle by nbgrader's own commands, from generate_assignment to export."""

import csv
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbcourse import Course, cells, is_graded, learner_of, scores

from hallyu import models
from hallyu.grading import artefacts_webtoon as artefacts
from hallyu.provenance import worklog
from hallyu.webtoon import script, strings

ROOT = Path(__file__).resolve().parents[2]
NAME = "webtoon-episode"
SOURCE = ROOT / "grading" / "source" / NAME / f"{NAME}.ipynb"
HAND_MADE = {"turn": 15, "pacing": 10}

STAND_IN = '''
"""Draws what the engine would, as vectors, so that the cycle can be tested in seconds."""

from hallyu.webtoon import drawing, vocabulary


class Renderer:
    model = "hallyu vector renderer"

    def draw(self, prompt, seed, steps, guidance):
        return drawing.draw(vocabulary.read_prompt(prompt), 640, seed).on()
'''


@pytest.fixture(scope="module")
def cycle(tmp_path_factory):
    """The course after the whole cycle: one learner handed in the solution, another the release version as it was."""
    course = Course(tmp_path_factory.mktemp("cycle"))
    course.nbgrader("generate_assignment", NAME)
    course.nbgrader("release_assignment", NAME)
    course.nbgrader("fetch_assignment", NAME, "--course=hallyu-studio", where=course.learner)
    empty = course.folder / "submitted" / "empty" / NAME
    shutil.copytree(course.learner / NAME, empty)
    solve(course.learner / NAME / f"{NAME}.ipynb")
    course.nbgrader("submit", NAME, "--course=hallyu-studio", where=course.learner)
    course.nbgrader("collect", NAME)
    course.nbgrader("autograde", NAME)
    course.nbgrader("generate_feedback", NAME)
    course.nbgrader("export")
    return course


def solve(path):
    """Put the solution into a fetched notebook, as a learner would, drawn by the stand-in."""
    solution, notebook = cells(SOURCE), nbformat.read(path, 4)
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if known.get("solution"):
            cell.source = solution[known["grade_id"]].source.replace(
                'models.load("webtoon-character")', "Renderer()"
            )
            if known["grade_id"] == "episode":
                cell.source = f"from stand_in import Renderer\n\n{cell.source}"
    nbformat.write(notebook, path)
    (path.parent / "stand_in.py").write_text(STAND_IN, encoding="utf-8")


def test_the_solution_earns_every_automatic_point_and_the_empty_notebook_none(cycle):
    found = scores(cycle)
    assert found.pop("empty") == 0
    assert list(found.values()) == [sum(grader.points for grader in artefacts.GRADERS)] == [75]


def test_the_points_of_the_assignment_are_100(cycle):
    with open(cycle.folder / "grades.csv", encoding="utf-8") as file:
        assert {float(row["max_score"]) for row in csv.DictReader(file)} == {100}


def test_the_release_version_shows_neither_solutions_nor_hidden_tests(cycle):
    released = cells(cycle.folder / "release" / NAME / f"{NAME}.ipynb")
    text = "\n".join(cell.source for cell in released.values())
    for secret in ("BEGIN SOLUTION", "HIDDEN", "cut_safety", "own_work", "막차", "Rin"):
        assert secret not in text
    assert released["episode"].source.endswith("...  # your turn")
    assert released["turn"].source == "*Write your answer here.*"
    assert "artefacts_webtoon.layout" in released["layout"].source


def test_feedback_tells_each_learner_what_the_visible_tests_found(cycle):
    """Of hidden ones nothing: here they ran in the submission's own kernel, which could have repeated them."""

    def page(learner):
        return (cycle.folder / "feedback" / learner / NAME / f"{NAME}.html").read_text(encoding="utf-8")

    assert "layout: 5 of 5 points" in page(learner_of(cycle))
    assert "There is no folder delivery" in page("empty")
    assert "cut safety" not in page(learner_of(cycle)) and "Not shown: a hidden test" in page(learner_of(cycle))


def test_no_graded_cell_writes_to_stderr(cycle):
    for learner in ("empty", learner_of(cycle)):
        notebook = nbformat.read(cycle.folder / "autograded" / learner / NAME / f"{NAME}.ipynb", 4)
        graded = [
            cell
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
        ]
        assert len(graded) == len(artefacts.GRADERS)
        assert not [o for cell in graded for o in cell.outputs if o.get("name") == "stderr"]


def test_the_delivery_that_was_graded_is_kept_with_the_grade(cycle):
    folder = cycle.folder / "autograded" / learner_of(cycle) / NAME / "delivery"
    assert {p.name for p in folder.iterdir()} > {"script.txt", "slices", "strings.csv", "work.jsonl"}
    assert artefacts.complete(folder) == []


def test_the_notebook_and_the_graders_agree_on_the_points():
    points = {name: cell.metadata.nbgrader.points for name, cell in cells(SOURCE).items() if is_graded(cell)}
    assert points == {g.__name__.replace("_", "-"): g.points for g in artefacts.GRADERS} | HAND_MADE


HIDDEN = [grader for grader in artefacts.GRADERS if grader not in (artefacts.complete, artefacts.layout)]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda grader: grader.__name__)
def test_every_hidden_test_is_hidden(hidden):
    source = cells(SOURCE)[hidden.__name__.replace("_", "-")].source
    before, _, after = source.partition("### BEGIN HIDDEN TESTS")
    assert f"artefacts_webtoon.{hidden.__name__}" not in before and f"artefacts_webtoon.{hidden.__name__}," in after


def test_the_solution_can_be_run_again_and_logs_nothing_twice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    story = script.parse("# 눈길\n[1] 설정샷, 방\n내레이션: 아무도 없다.\n  en: Nobody is here.\n")
    source = cells(SOURCE)["episode"].source.replace('models.load("webtoon-character")', "Nobody()")
    for _ in range(2):
        exec(source, {"story": story, "Nobody": lambda: SimpleNamespace(model="none")})
    logged = [(entry.action, entry.target) for entry in worklog.WorkLog("work/work.jsonl").entries()]
    assert logged == [("write", "c01-1"), ("arrange", "episode")]
    assert strings.read("delivery/strings.csv") == strings.from_script(story)


def test_the_rubric_covers_the_points_given_by_hand():
    rubric = (ROOT / "grading" / "rubrics" / f"{NAME}.md").read_text(encoding="utf-8")
    for name, points in (("Story and turn", 15), ("Pacing", 10)):
        assert f"## {name} ({points})" in rubric


@pytest.mark.skipif(
    not any(
        entry.task == "webtoon-character" and entry.engine == "bundled" for entry in models.entries().values()
    ),
    reason="the bundled drawing model is not in the catalogue yet",
)
def test_the_solution_as_it_stands_earns_every_point_with_the_bundled_model(tmp_path):
    from nbclient import NotebookClient

    notebook = nbformat.read(SOURCE, 4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    lost = {grader.__name__: grader(tmp_path / "delivery") for grader in artefacts.GRADERS}
    assert not {name: found for name, found in lost.items() if found}
