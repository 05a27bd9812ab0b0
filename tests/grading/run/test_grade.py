"""The whole run: honest work scores as in stock nbgrader, and no hostile or unlucky submission changes that."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from hallyu.errors import HallyuError
from hallyu.grading.run.feedback import write_pages
from hallyu.grading.run.grade import grade

LATE = """
from nbgrader.plugins import BasePlugin
class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
c.AssignLatePenalties.plugin_class = Half
"""
WRONG = "def area(r):\n    if r < 0:\n        raise ValueError\n    return 3"
AREA = "import math\ndef area(r):\n    if r < 0:\n        raise ValueError\n    return math.pi * r * r\n"
ON_TIME, TOO_LATE = "2026-03-01 10:00:00 UTC", "2026-03-03 10:00:00 UTC"
HONEST = ("ann", "bob", "cy", "dan", "eun")


def honest(course):
    """Five learners: all right, partly right, nothing done, late, with an answer in words and cells of their own."""
    course.submit("ann", course.solutions, time=ON_TIME)
    course.submit("bob", {"area": WRONG, "write": "open('out.txt', 'w').write('36')"}, time=ON_TIME)
    course.submit("cy", time=ON_TIME)
    course.submit("dan", course.solutions, time=TOO_LATE)
    own = lambda book: book.cells.insert(2, new_code_cell("print(area(2))"))
    beside = {**course.solutions, "area": "from mine import area", "why": "Words."}
    folder = course.submit("eun", beside, change=own, time=ON_TIME)
    (folder / "mine.py").write_text(AREA)


def stock(course, *more):
    """Grade with nbgrader's own command."""
    bin_folder = os.path.dirname(sys.executable)
    env = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    command = [f"{bin_folder}/nbgrader", "autograde", "ps1", *more]
    done = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def set_due(course):
    with course.course.gradebook() as book:
        book.update_or_create_assignment("ps1", duedate="2026-03-02 00:00:00 UTC")


@pytest.fixture(scope="module")
def graded(trial, tmp_path_factory):
    """Honest learners graded here and by stock nbgrader; hostile ones here only."""
    course = trial(LATE)
    set_due(course)
    honest(course)
    other = course.copy(tmp_path_factory.mktemp("stock") / "c")
    stock(other)
    course.stock = other
    for name, hand_in in HOSTILE.items():
        hand_in(course, name)
    course.report = grade(course.course, "ps1", workers=2, say=lambda line: None)
    return course


# --- The hostile and the unlucky --------------------------------------------------------------------------------


def solved(change=None, **more):
    return lambda course, name: course.submit(name, {**course.solutions, **more}, change=change)


def only(name, content):
    """A folder with one file and no notebook."""

    def hand_in(course, student):
        course.folder(student).mkdir(parents=True)
        (course.folder(student) / name).write_bytes(content)

    return hand_in


def spying(course, name):
    code = f"""
import glob, os
seen = []
for path in ({str(course.root)!r}, {str(course.folder("ann"))!r} + '/work.ipynb', {str(course.root)!r} + '/gradebook.db'):
    if os.path.exists(path): seen.append(path)
for top in ('.', '/tmp', os.path.expanduser('~'), '/root', '/home', '/mnt', '/var', '/etc'):
    seen += glob.glob(top + '/**/*.ipynb', recursive=True) + glob.glob(top + '/**/.ssh/*', recursive=True)
print('seen:', seen)
"""
    course.submit(name, {**course.solutions, "write": course.solutions["write"] + code})


def linking(course, name):
    folder = course.submit(name, course.solutions)
    (folder / "work.ipynb").unlink()
    (folder / "work.ipynb").symlink_to(course.folder("ann") / "work.ipynb")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "home").symlink_to("/")


def zipping(course, name):
    folder = course.submit(name, course.solutions)
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.write(folder / "work.ipynb", "mine/work.ipynb")
        archive.writestr("../../ann/ps1/work.ipynb", "{}")
    (folder / "work.ipynb").unlink()


def alike(course, name):
    folder = course.submit(name, course.solutions)
    (folder / "work.ipynb").rename(folder / "wоrk.ipynb")


def deleted(book):
    book.cells = [c for c in book.cells if not c.metadata.get("nbgrader", {}).get("locked")]


def duplicated(book):
    for cell in [c for c in book.cells if c.metadata.nbgrader.grade_id in ("right", "area")]:
        double = nbformat.from_dict(cell)
        double.source = "pass"
        book.cells.insert(0, double)


def retyped(book):
    for cell in book.cells:
        if cell.metadata.nbgrader.grade_id in ("right", "refuses"):
            cell.cell_type = "raw"
            cell.pop("outputs"), cell.pop("execution_count")


def altered(book):
    for cell in book.cells:
        about = cell.metadata.nbgrader
        if about.grade_id == "right":
            about.update(points=1000, solution=True, locked=False)
            cell.source = "1000"
        elif about.grade_id == "refuses":
            about.grade_id = "bonus"
        cell.metadata["tags"] = ["skip-execution"] if about.get("grade") else []


def fat(book):
    book.cells[1].outputs = [new_output("stream", text="x" * 50_000_000)]


def injecting(book):
    evil = "<script>steal()</script><img src=x onerror=steal()><style>body{display:none}</style><iframe src='https://x'>"
    book.cells += [
        new_markdown_cell(
            f"{evil}\n\n[x](javascript:steal()) ![x](https://tracker.example/p.png) ![](attachment:none)"
        ),
        new_raw_cell(evil),
        new_code_cell(
            "from IPython.display import HTML, Javascript, display\n"
            f"display(HTML({evil!r}), Javascript('steal()'))\n"
            "display({'image/png': 'aGk=', 'text/plain': ''}, raw=True, metadata={'image/png': {'width': '1 onerror=steal()'}})"
        ),
    ]


REMEMBERING = """seen = []
def area(r):
    seen.append(r)
    open('seen.html', 'a').write(str(r))
    print('called with', r)
    raise RuntimeError(str(seen))"""
HOSTILE = {
    "h-spy": spying,
    "h-link": linking,
    "h-zip": zipping,
    "h-alike": alike,
    "h-deleted": solved(deleted),
    "h-doubled": solved(duplicated),
    "h-order": solved(lambda book: book.cells.reverse()),
    "h-retyped": solved(retyped),
    "h-altered": solved(altered, area="def area(r): return 0"),
    "h-fat": solved(fat),
    "h-injects": solved(injecting),
    "h-forges": solved(
        area="def area(r):\n    print('3.0')\n    return 3.0\nprint('{\"score\": 3, \"max_score\": 3}')"
    ),
    "h-tells": solved(
        lambda book: book.cells.append(new_code_cell("print('I saw', seen)")), area=REMEMBERING
    ),
    "h-json": only("work.ipynb", b'{"cells": ['),
    "h-format": only("work.ipynb", b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}'),
    "h-none": only("readme.txt", b"my laptop broke"),
    "h-garbage": only("work.ipynb", os.urandom(100_000)),
}
FULL = {"right": 3, "refuses": 1, "file": 2}
NOTHING = {"right": 0, "refuses": 0, "file": 0}
EXPECTED = {
    "h-spy": (FULL, ""),
    "h-link": (NOTHING, "“work.ipynb” is a link"),
    "h-zip": (FULL, "would land outside the folder"),
    "h-alike": (NOTHING, "only looks like work.ipynb"),
    "h-deleted": (FULL, "was missing; it was put back"),
    "h-doubled": (FULL, "is there twice"),
    "h-order": (NOTHING, "another order"),
    "h-retyped": (FULL, "its type"),
    "h-altered": (NOTHING | {"file": 2}, "points"),
    "h-fat": (FULL, ""),
    "h-injects": (FULL, ""),
    "h-forges": (NOTHING | {"file": 2}, ""),
    "h-tells": (NOTHING | {"file": 2}, ""),
    "h-json": (NOTHING, "is not JSON"),
    "h-format": (NOTHING, "format 99"),
    "h-none": (NOTHING, "work.ipynb is missing"),
    "h-garbage": (NOTHING, "is not JSON"),
}


def test_honest_work_scores_to_the_last_point_as_in_stock_nbgrader(graded):
    ours, theirs = graded.scores(), graded.stock.scores()
    assert set(theirs) == set(HONEST)
    assert {name: ours[name] for name in HONEST} == theirs
    assert theirs["ann"]["score"] == 6 and theirs["bob"]["score"] == 1.5 and theirs["dan"]["late"] == [3.0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_unlucky_submission_gets_what_it_earns_and_a_line(graded, name):
    scores, words = EXPECTED[name]
    told = graded.report.submissions[name]
    assert {k: v[0] for k, v in graded.scores()[name]["cells"].items() if k != "why"} == scores
    assert words in " / ".join(told["notes"])
    assert "tests passed" in told["words"] and not told["problem"]


def test_no_submission_saw_another_the_gradebook_or_the_home_folder(graded):
    text = (graded.folder("h-spy", "autograded") / "work.ipynb").read_text()
    assert "seen: []" in text, re.search("seen: .*", text)


def test_the_autograded_folder_holds_what_stock_nbgrader_leaves_there(graded):
    for name in HONEST:
        ours, theirs = (g.folder(name, "autograded") for g in (graded, graded.stock))
        assert sorted(os.listdir(ours)) == sorted(os.listdir(theirs))
        for file in os.listdir(ours):
            assert os.stat(ours / file).st_mode == os.stat(theirs / file).st_mode
        cells = [nbformat.read(f / "work.ipynb", 4).cells for f in (ours, theirs)]
        assert [c.source for c in cells[0]] == [c.source for c in cells[1]]
        assert [c.metadata.get("nbgrader") for c in cells[0]] == [
            c.metadata.get("nbgrader") for c in cells[1]
        ]


def test_the_report_says_in_words_what_happened(graded):
    page = (graded.root / "reports" / "grade-ps1.md").read_text()
    assert "**bob**: 1 of 3 tests passed, 1.5 of 6 points" in re.sub(r"\\", "", page) or "**bob**" in page
    assert "work/right: 0 of 3" in page and "<script" not in page
    data = json.loads((graded.root / "reports" / "grade-ps1.json").read_text())
    assert data["graded"] == len(HONEST) + len(HOSTILE) and data["failed"] == 0


def test_feedback_runs_nothing_loads_nothing_and_tells_no_hidden_test(graded):
    assert write_pages(graded.course, "ps1", list(graded.report.submissions)) == len(HONEST) + len(HOSTILE)
    pages = {p.parts[-3]: p.read_text() for p in graded.root.glob("feedback/*/ps1/work.html")}
    assert set(pages) >= {*HONEST, "h-injects", "h-tells"}
    assert {p.suffix for p in graded.root.glob("feedback/**/*") if p.is_file()} == {".html"}
    assert not list(graded.root.glob("feedback/**/seen.html")) and list(
        graded.root.glob("autograded/**/seen.html")
    )
    for name, page in pages.items():
        assert "Content-Security-Policy" in page.split("<body")[0]
        for secret in ("4300.84", "area(37)", "secret hint", "BEGIN HIDDEN"):
            assert secret not in page, (name, secret)
        assert not re.search(
            r"<script|<iframe|<object|<embed|<link|<base|<form|<meta http-equiv=\"refresh", page, re.I
        ), name
        assert not re.search(r"<[^>]*\s(on\w+\s*=|(src|href)\s*=\s*[\"']?\s*(javascript:|//))", page, re.I), (
            name
        )
        assert not re.search(r"<[^>]*\ssrc\s*=\s*[\"']?(?!data:image/)", page, re.I), name
        body = page.split("<body", 1)[1]
        assert "<style" not in body
    assert not re.search(
        r"\b37(\.0)?\b", re.sub(r"'37'|base64,[^\"]*", "", pages["h-tells"].split("<body")[1])
    )
    assert "A hidden test failed." in pages["bob"] or "AssertionError" in pages["bob"]
    assert "print(area(2))" in re.sub("<[^>]*>", "", pages["eun"])
    assert write_pages(graded.course, "ps1", list(graded.report.submissions)) == 0


def test_nbgraders_own_command_makes_the_same_pages_when_the_course_says_so(graded, tmp_path):
    course = graded.copy(tmp_path / "c")
    with open(course.root / "nbgrader_config.py", "a") as file:
        file.write('c.GenerateFeedback.exporter_class = "hallyu.grading.run.feedback.SafeHTML"\n')
        file.write('c.GenerateFeedback.post_convert_hook = "hallyu.grading.run.feedback.pages_only"\n')
    shutil.rmtree(course.root / "feedback", ignore_errors=True)
    command = [
        os.path.join(os.path.dirname(sys.executable), "nbgrader"),
        "generate_feedback",
        "ps1",
        "--student=h-tells",
    ]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True, timeout=120)
    folder = course.folder("h-tells", "feedback")
    assert os.listdir(folder) == ["work.html"]
    assert (folder / "work.html").read_text() == (
        graded.folder("h-tells", "feedback") / "work.html"
    ).read_text()


def test_unchanged_submissions_are_not_graded_again(graded):
    before = graded.scores()
    report = grade(graded.course, "ps1", workers=1, say=lambda line: None)
    assert (report.graded, report.unchanged) == (0, len(HONEST) + len(HOSTILE))
    assert graded.scores() == before
    assert report.submissions == graded.report.submissions


def test_a_resubmission_is_graded_again_and_a_persons_points_are_kept_as_nbgrader_keeps_them(graded):
    for course in (graded, graded.stock):
        with course.course.gradebook() as book:
            book.find_grade("why", "work", "ps1", "bob").manual_score = 0.5
            book.find_grade("right", "work", "ps1", "bob").manual_score = 2
            book.find_comment("why", "work", "ps1", "bob").manual_comment = "Good."
            book.db.commit()
        course.submit("bob", {**course.solutions, "why": "Now in words."}, time="2026-03-01 12:00:00 UTC")
    stock(graded.stock)
    report = grade(graded.course, "ps1", students=["bob"], workers=1, say=lambda line: None)
    assert report.graded == 1
    assert graded.scores()["bob"] == graded.stock.scores()["bob"]
    assert graded.scores()["bob"]["cells"]["right"] == (3, 2, True)


def test_a_gradebook_that_was_replaced_by_an_older_one_is_brought_up_to_date(graded):
    before = graded.scores()["ann"]
    with graded.course.gradebook() as book:
        book.remove_submission("ps1", "ann")
    report = grade(graded.course, "ps1", students=["ann"], workers=1, say=lambda line: None)
    assert report.graded == 1 and graded.scores()["ann"] == before


def test_a_solution_without_full_marks_stops_the_run_and_names_the_test(trial):
    course = trial(change={"right": "assert area(1) == 3"})
    course.submit("ann", course.solutions)
    with pytest.raises(HallyuError, match="does not get full marks in work/right; nothing was graded"):
        grade(course.course, "ps1", workers=1, say=lambda line: None)
    assert course.scores() == {}


def test_nothing_to_grade_is_said(graded):
    with pytest.raises(HallyuError, match="no submission of ps1 by nobody"):
        grade(graded.course, "ps1", students=["nobody"])
    with pytest.raises(HallyuError, match="generate_assignment ps9"):
        grade(graded.course, "ps9")
    shutil.rmtree(graded.root / "submitted")
    with pytest.raises(HallyuError, match="There are no submissions of ps1"):
        grade(graded.course, "ps1")
