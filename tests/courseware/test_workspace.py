import datetime
import json
import os
import subprocess
import sys

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hallyu.courseware import curriculum, workspace
from hallyu.errors import HallyuError

LESSON = "webtoon/01-count-the-snow.ipynb"
TODAY = datetime.date(2026, 11, 21)


@pytest.fixture
def desk(course):
    return course / "workspace"


def edit(course, old, new):
    path = course / "modules" / LESSON
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def save(desk, change):
    """Save the delivered lesson as JupyterLab does, after *change* to its notebook."""
    notebook = nbformat.read(desk / LESSON, 4)
    change(notebook)
    nbformat.write(notebook, desk / LESSON)
    return (desk / LESSON).read_bytes()


def opened(notebook):
    """What JupyterLab 4.6 was seen to add to a lesson that was only opened."""
    notebook.metadata.language_info = {
        "name": "python",
        "version": "3.11.7",
        "codemirror_mode": {"name": "ipython", "version": 3},
    }
    notebook.cells[2].metadata["trusted"] = True


def ran(notebook):
    opened(notebook)
    for count, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.execution_count = count
            cell.outputs = [nbformat.v4.new_output("stream", text="3"), nbformat.v4.new_output("error")]


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_learner_gets_stubs_media_and_a_start_page(course, desk):
    done = workspace.prepare(course, desk)
    assert sorted(done.new) == ["start.md", LESSON, "webtoon/media/flakes.png"]
    text = (desk / LESSON).read_text(encoding="utf-8")
    assert "SOLUTION" not in text
    assert "2 * flakes" not in text
    assert "    ...  # your turn" in nbformat.reads(text, 4).cells[7].source
    assert "(webtoon/01-count-the-snow.ipynb)" in (desk / "start.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        (
            "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nc = 3\n",
            "a = 1\n...  # your turn\nc = 3\n",
        ),
        (
            "def f():\n    ### BEGIN SOLUTION\n    x = 1\n\n    return x\n    ### END SOLUTION\n\n\n"
            "def g():\n\t### BEGIN SOLUTION\n\treturn 2\n\t### END SOLUTION",
            "def f():\n    ...  # your turn\n\n\ndef g():\n\t...  # your turn",
        ),
        ("assert f()\n### BEGIN HIDDEN TESTS\nassert f() == 1\n### END HIDDEN TESTS\n", "assert f()\n"),
        ("Why?\n=== BEGIN MARK SCHEME ===\nBecause.\n=== END MARK SCHEME ===\n", "Why?\n"),
        ("nothing to clear", "nothing to clear"),
    ],
)
def test_what_is_cleared(source, stub):
    assert workspace.clear_solution(source) == stub


def test_an_assignment_is_released_without_answers_or_hidden_tests(course, desk, lesson):
    notebook = lesson()
    notebook.cells[4].metadata["nbgrader"] = {"solution": True, "grade": True, "grade_id": "free"}
    notebook.cells[4].source = "the_answer = 42"
    notebook.cells[5].metadata["nbgrader"] = {"solution": True, "grade": True, "grade_id": "essay"}
    notebook.cells[10].source = "### BEGIN HIDDEN TESTS\nassert secret\n### END HIDDEN TESTS"
    folder = course / "grading/source/episode"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "episode.ipynb")
    workspace.prepare(course, desk)
    cells = nbformat.read(desk / "assignments/episode/episode.ipynb", 4).cells
    assert [cells[4].source, cells[5].source, cells[10].source] == [workspace.TURN, workspace.ANSWER, ""]


def test_references_stay_and_other_outputs_go(lesson):
    notebook = lesson()
    for index in (2, 4):
        notebook.cells[index].outputs = [nbformat.v4.new_output("stream", text="3")]
    notebook.cells[4].metadata["tags"] = ["keep_output"]
    released = workspace.release(notebook)
    assert [len(released.cells[index].outputs) for index in (2, 4)] == [0, 1]
    assert len(notebook.cells[2].outputs) == 1, "the source must not change"


def test_what_the_learner_changed_is_never_touched(course, desk):
    workspace.prepare(course, desk)
    (desk / LESSON).write_text("mine")
    (desk / "my-own-notes.txt").write_text("mine too")
    assert workspace.prepare(course, desk).yours == [LESSON]
    edit(course, "0.1 + 0.2 == 0.3", "0.1 + 0.7 == 0.8")
    done = workspace.prepare(course, desk)
    assert (done.newer, done.updated, done.yours) == ([LESSON], [], [])
    assert workspace.prepare(course, desk).newer == [LESSON], "it is said again until it is taken"
    assert ((desk / LESSON).read_text(), (desk / "my-own-notes.txt").read_text()) == ("mine", "mine too")


def test_what_the_learner_left_alone_is_brought_up_to_date(course, desk):
    workspace.prepare(course, desk)
    edit(course, "0.1 + 0.2 == 0.3", "0.1 + 0.7 == 0.8")
    assert workspace.prepare(course, desk).updated == [LESSON]
    assert "0.1 + 0.7" in (desk / LESSON).read_text(encoding="utf-8")


@pytest.mark.parametrize("left_by", [opened, ran])
def test_a_lesson_only_opened_or_run_is_left_alone_and_still_brought_up_to_date(course, desk, left_by):
    workspace.prepare(course, desk)
    seen = save(desk, left_by)
    done = workspace.prepare(course, desk)
    assert (done.yours, (desk / LESSON).read_bytes()) == ([], seen), "the outputs stay while the edition does"
    edit(course, "0.1 + 0.2 == 0.3", "0.1 + 0.7 == 0.8")
    assert workspace.prepare(course, desk).updated == [LESSON]
    assert workspace.prepare(course, desk).same == ["start.md", LESSON, "webtoon/media/flakes.png"]


def test_a_new_edition_that_changes_no_cell_reaches_a_lesson_that_was_run(course, desk):
    workspace.prepare(course, desk)
    save(desk, ran)
    edit(course, '"minutes": 5', '"minutes": 7')
    assert workspace.prepare(course, desk).updated == ["start.md", LESSON]
    assert nbformat.read(desk / LESSON, 4).metadata.hallyu.minutes == 7


def test_a_lesson_only_run_is_known_without_the_manifest_too(course, desk):
    workspace.prepare(course, desk)
    save(desk, ran)
    (desk / workspace.MANIFEST).unlink()
    assert workspace.prepare(course, desk).newer == []


def test_no_copy_is_kept_of_a_lesson_only_run(course, desk):
    workspace.prepare(course, desk)
    save(desk, ran)
    (lesson,) = curriculum.lessons(course)
    assert workspace.take(course, desk, lesson, TODAY) is None


EDITS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 14), st.text(min_size=1, max_size=20)),
    st.tuples(st.just("add"), st.integers(0, 14), st.text(max_size=20)),
    st.tuples(st.just("delete"), st.integers(0, 14), st.none()),
    st.tuples(st.just("move"), st.integers(0, 13), st.none()),
    st.tuples(st.just("paste"), st.sampled_from([0, 1, 3, 5]), st.binary(max_size=5)),
    st.tuples(st.just("kind"), st.integers(0, 14), st.none()),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
@example(("write", 2, " "))
@example(("write", 2, "\n"))
def test_whatever_the_learner_edits_no_new_edition_is_laid_over_it(course, desk, edited):
    """Every kind of edit in every cell, in a lesson that was run as well."""
    what, at, value = edited
    workspace.prepare(course, desk)
    (lesson,) = curriculum.lessons(course)
    workspace.take(course, desk, lesson, TODAY)

    def change(notebook):
        ran(notebook)
        cells = notebook.cells
        if what == "write":
            cells[at].source += value
        elif what == "add":
            cells.insert(at, nbformat.v4.new_markdown_cell(value))
        elif what == "delete":
            del cells[at]
        elif what == "move":
            cells[at], cells[at + 1] = cells[at + 1], cells[at]
        elif what == "paste":
            cells[at].attachments = {"a.png": {"image/png": value.hex()}}
        else:
            new = nbformat.v4.new_raw_cell(cells[at].source)
            cells[at] = new

    mine = save(desk, change)
    assert workspace.prepare(course, desk).yours == [LESSON]
    source = course / "modules" / LESSON
    before = source.read_bytes()
    edit(course, '"minutes": 5', '"minutes": 7')
    done = workspace.prepare(course, desk)
    source.write_bytes(before)
    assert (done.newer, (desk / LESSON).read_bytes()) == ([LESSON], mine)


def test_a_newer_edition_is_taken_and_every_old_copy_kept(course, desk):
    workspace.prepare(course, desk)
    (lesson,) = curriculum.lessons(course)
    assert workspace.take(course, desk, lesson, TODAY) is None, "nothing was changed, so nothing is kept"
    for text, name in (
        ("first", "01-count-the-snow.2026-11-21.ipynb"),
        ("2nd", "01-count-the-snow.2026-11-21-2.ipynb"),
    ):
        (desk / LESSON).write_text(text)
        kept = workspace.take(course, desk, lesson, TODAY)
        assert (kept.name, kept.read_text()) == (name, text)
        assert "# your turn" in (desk / LESSON).read_text(encoding="utf-8")
    assert workspace.prepare(course, desk).newer == []


def test_a_run_killed_at_any_write_leaves_the_workspace_whole(course, desk, monkeypatch):
    """Stop before the first write, the second, ... : files are old or new, and the next run finishes."""
    workspace.prepare(course, desk)
    (desk / "webtoon/media/flakes.png").write_bytes(b"drawn over")
    edit(course, "0.1 + 0.2 == 0.3", "0.1 + 0.7 == 0.8")
    before, real = contents(desk), os.replace
    for allowed in range(3):
        left = [allowed]

        def replace(source, target, left=left):
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)
        if allowed < 2:
            with pytest.raises(KeyboardInterrupt):
                workspace.prepare(course, desk)
        else:
            workspace.prepare(course, desk)
        monkeypatch.setattr(os, "replace", real)
        after = contents(desk)
        assert set(after) == set(before), "no draft is left behind"
        assert after[next(path for path in after if path.suffix == ".png")] == b"drawn over"
        for path in after:
            if path.suffix == ".ipynb":
                nbformat.reads(after[path].decode(), 4)
    assert workspace.prepare(course, desk).newer == []


def test_a_killed_process_can_be_run_again(course, desk):
    script = (
        "import os, sys; from pathlib import Path; from hallyu.courseware import workspace as w\n"
        "write, n = w._write, [2]\n"
        "def dying(*a):\n    n[0] -= 1\n    n[0] or os.kill(os.getpid(), 9)\n    write(*a)\n"
        "w._write = dying; w.prepare(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    assert (
        subprocess.run([sys.executable, "-c", script, str(course), str(desk)], check=False).returncode == -9
    )
    assert not (desk / workspace.MANIFEST).exists()
    done = workspace.prepare(course, desk)
    assert done.newer == done.yours == []
    assert done.same == ["start.md"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a system with /dev/full")
def test_a_full_disk_is_one_sentence(course, desk, monkeypatch):
    monkeypatch.setattr(workspace.Path, "write_bytes", lambda self, data: _write_to_full_disk(data))
    with pytest.raises(HallyuError, match=r"start\.md was not written, because the disk is full: delete"):
        workspace.prepare(course, desk)
    assert contents(desk) == {}


def _write_to_full_disk(data):
    with open("/dev/full", "wb", buffering=0) as full:
        return full.write(data)


def test_a_folder_that_cannot_be_written_is_one_sentence(course):
    (course / "workspace").write_text("a file where the folder should be")
    with pytest.raises(HallyuError, match="was not written"):
        workspace.prepare(course, course / "workspace")


def test_a_torn_manifest_is_put_aside_and_nothing_is_lost(course, desk):
    workspace.prepare(course, desk)
    (desk / LESSON).write_text("mine")
    (desk / workspace.MANIFEST).write_text('{"half')
    with pytest.raises(HallyuError, match="run the same command again"):
        workspace.prepare(course, desk)
    assert workspace.prepare(course, desk).newer == [LESSON]
    assert (desk / LESSON).read_text() == "mine"
    assert json.loads((desk / workspace.MANIFEST).read_text(encoding="utf-8"))
