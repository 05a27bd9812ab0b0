"""Every assignment of grading/: the solution as it stands, then the whole cycle, graded in sandboxes."""

import re
from types import SimpleNamespace

import pytest
from assignments import ASSIGNMENTS, GRADING, cells, is_graded, run_cycle
from nbformat.v4 import new_notebook
from nbgrader.preprocessors import ClearHiddenTests

from hallyu.grading.kernel import sandbox
from hallyu.grading.run.feedback import conceal
from hallyu.provenance import worklog
from hallyu.webtoon import script, strings

SEALED = {
    "film-composite": "plates",
    "film-face-and-grade": "plates",
    "ott-subtitles": "film",
    "ott-delivery": "reels",
}
"""Assignments whose truths come with the grader, under a word that its hidden tests have, and the folder of what learners get."""
THIEF = """
from pathlib import Path
found = []
for folder in ("/tmp", "/home", "/root", "/var", "/srv", "/opt", *{str(p) for p in Path.cwd().parents}):
    try:
        for path in Path(folder).rglob("*.ipynb"):
            if "artefacts_" in path.read_text(errors="replace") and "HIDDEN" in path.read_text(errors="replace"):
                found.append(str(path))
    except OSError:
        pass
from hallyu.grading import sealed
opened = 0
for name in ("film-composite", "film-face-and-grade", "ott-subtitles", "ott-delivery"):
    for guess in ("", name, "첫눈", "First Snow"):
        try:
            opened += len(sealed.files(name, guess))
        except Exception:
            pass
print("FOUND", (found, opened))
"""


@pytest.fixture(scope="module", params=ASSIGNMENTS, ids=lambda each: each.name)
def assignment(request):
    return request.param


@pytest.fixture(scope="module")
def cycle(assignment, tmp_path_factory):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    others = {"thief": THIEF} if assignment.name in SEALED else {}
    return run_cycle(assignment, tmp_path_factory.mktemp("cycle"), others)


def said(cell, stream):
    return "".join(output.text for output in cell.outputs if output.get("name") == stream)


def code(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def test_the_solution_as_it_stands_earns_every_point(cycle, assignment, tmp_path):
    path = tmp_path / "solution.ipynb"
    path.write_bytes(cycle.solution.files[f"{assignment.name}.ipynb"])
    ran = cells(path)
    scores = cycle.solution.scores[assignment.name]
    assert {key: scores[key][0] for key in assignment.tests} == assignment.tests
    assert "✗" not in "".join(said(ran[key], "stdout") for key in assignment.tests)
    assert "".join(said(cell, "stderr") for cell in code(ran.values())) == ""
    assert cycle.solution.notes == []


def test_the_solution_earns_every_automatic_point_and_nothing_else_any(cycle, assignment):
    points = {learner: told["points"] for learner, told in cycle.report.submissions.items()}
    assert points.pop("narae") == sum(assignment.tests.values()), cycle.report.submissions
    assert "empty" in points and set(points.values()) == {0}, cycle.report.submissions
    assert {told["most"] + told["by_hand"] for told in cycle.report.submissions.values()} == {100}
    assert cycle.report.submissions["narae"]["notes"] == [] and cycle.report.shared == []


def test_a_learners_key_is_not_handed_in(cycle, assignment):
    submitted = cycle.course.folder("submitted", assignment.name, "narae")
    assert (submitted / "made.zip").exists() and not list(submitted.rglob("*.pem"))


def test_learners_get_what_lies_beside_the_notebook_and_nothing_else(cycle, assignment):
    files = lambda folder: {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}
    beside = files(cycle.course.folder("source", assignment.name))
    assert files(cycle.course.folder("release", assignment.name)) == beside
    assert {p.parent.name for p in beside} == {"", SEALED.get(assignment.name, "")}


def test_the_release_version_shows_neither_solutions_nor_hidden_tests(cycle, assignment):
    released = cycle.cells("release")
    text = "\n".join(cell.source for cell in released.values())
    hidden = [f".{key.replace('-', '_')}," for key in assignment.tests if key not in assignment.shown]
    for secret in ("BEGIN SOLUTION", "HIDDEN", *hidden, *assignment.secrets):
        assert secret not in text
    assert all(released[key].source.endswith("...  # your turn") for key in assignment.made_in)
    assert {released[key].source for key in assignment.by_hand} == {"*Write your answer here.*"}
    for key in assignment.shown:
        assert len(released[key].source.splitlines()) > 2
        assert key in assignment.called or f".{key.replace('-', '_')}, " in released[key].source


def test_feedback_tells_each_learner_what_the_tests_found_and_no_hidden_test(cycle, assignment):
    page = re.sub("<[^>]*>", "", cycle.page("narae"))
    for grader in assignment.graders:
        assert f"{grader.__name__.replace('_', ' ')}: {grader.points:g} of {grader.points:g} points" in page
        shown = grader.__name__.replace("_", "-") in assignment.shown
        assert (f".{grader.__name__}," in page) == shown
    assert ("Not shown: a hidden test" in page) == bool(assignment.called)
    assert "There is no folder delivery" in cycle.page("empty")


def test_feedback_on_what_stock_nbgrader_graded_repeats_no_hidden_test(cycle, assignment):
    """Its tests run in the submission's own kernel, which could have taken from them what they say."""
    graded = cycle.cells("autograded", "narae")
    for cell in graded.values():
        cell.metadata.pop("hallyu", None)  # our run's mark
    shown = conceal(new_notebook(cells=list(graded.values())), ClearHiddenTests())
    for cell in filter(is_graded, code(shown.cells)):
        hidden = cell.metadata.nbgrader.grade_id not in assignment.shown
        assert ("Not shown: a hidden test" in said(cell, "stdout")) == hidden


def test_no_graded_cell_writes_to_stderr(cycle, assignment):
    for learner in ("empty", "narae"):
        graded = [cell for cell in code(cycle.cells("autograded", learner).values()) if is_graded(cell)]
        assert len(graded) == len(assignment.tests)
        assert "".join(said(cell, "stderr") for cell in graded) == ""


def test_the_delivery_that_was_graded_is_kept_with_the_grade(cycle, assignment):
    is_complete = assignment.graders[0]
    assert is_complete(cycle.course.folder("autograded", assignment.name, "narae") / "delivery") == []


def test_the_truths_are_not_to_be_found(cycle, assignment):
    if assignment.name in SEALED:
        thief = cycle.cells("autograded", "thief")[assignment.made_in[0]]
        assert said(thief, "stdout") == "FOUND ([], 0)\n"


# --- Without a run ----------------------------------------------------------------------------------------------


def test_the_notebook_and_the_graders_agree_on_the_points(assignment):
    graded = {key: cell for key, cell in cells(assignment.source).items() if is_graded(cell)}
    found = {key: cell.metadata.nbgrader.points for key, cell in graded.items()}
    by_hand = {key: points for key, (_, points) in assignment.by_hand.items()}
    assert found == assignment.tests | by_hand and sum(found.values()) == 100


def test_the_tests_that_are_hidden_are_those_that_say_so(assignment):
    for key in assignment.tests:
        source = cells(assignment.source)[key].source
        visible, mark, hidden = source.partition("### BEGIN HIDDEN TESTS")
        is_hidden = key not in assignment.shown
        assert bool(mark) == source.startswith("# Graded after you hand in") == is_hidden
        if key not in assignment.called:
            assert f".{key.replace('-', '_')}, " in (hidden if is_hidden else visible)


def test_the_rubric_covers_the_points_given_by_hand(assignment):
    rubric = (GRADING / "rubrics" / f"{assignment.name}.md").read_text(encoding="utf-8")
    for heading, points in assignment.by_hand.values():
        assert f"## {heading} ({points})" in rubric


def cells_of(name):
    return next(cells(each.source) for each in ASSIGNMENTS if each.name == name)


def test_the_episodes_solution_can_be_run_again_and_logs_nothing_twice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    story = script.parse("# 눈길\n[1] 설정샷, 방\n내레이션: 아무도 없다.\n  en: Nobody is here.\n")
    source = cells_of("webtoon-episode")["episode"].source
    source = source.replace('models.load("webtoon-character")', "Nobody()")
    for _ in range(2):
        exec(source, {"story": story, "Nobody": lambda: SimpleNamespace(model="none")})
    logged = [(entry.action, entry.target) for entry in worklog.WorkLog("work/work.jsonl").entries()]
    assert logged == [("write", "c01-1"), ("arrange", "episode")]
    assert strings.read("delivery/strings.csv") == strings.from_script(story)


def test_the_rules_are_tried_on_the_standards_own_examples():
    """Each example of the hidden tests stands in the list that the pronunciation module is checked on, or changes nothing."""
    table = GRADING.parent / "tests" / "music" / "standard_pronunciation.tsv"
    rows = [row.split("\t") for row in table.read_text(encoding="utf-8").splitlines()]
    published = {row[1] for row in rows if len(row) == 3}
    for test in ("move-test", "join-h-test", "alike-test"):
        space: dict = {}
        body = cells_of("music-voice")[test].source
        exec(body[body.index("EXAMPLES") : body.index("spoken.grade")], space)
        examples = space["EXAMPLES"]
        unchanged = [word for word, said in examples.items() if word == said]
        known = [word for word in examples if word in published]
        assert len(examples) >= 15 and len(known) >= 0.7 * (len(examples) - len(unchanged))
        assert len(unchanged) < len(examples) / 3
