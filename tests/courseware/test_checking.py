import json

import pytest
from nbformat.v4 import new_output

from hallyu.courseware import checking, curriculum


def reference(notebook, index, text):
    notebook.cells[index].metadata["tags"] = ["keep_output"]
    notebook.cells[index].outputs = [
        new_output("execute_result", data={"text/plain": text}, execution_count=1)
    ]


@pytest.fixture
def checked(course, lesson, write_lesson):
    """A sound lesson and one with a drifted reference and a cell that stops, run together."""
    sound = lesson()
    reference(sound, 4, "2")
    write_lesson(course, notebook=sound)
    broken = lesson(order=2)
    reference(broken, 4, "3")
    broken.cells[10].source = "1 / 0"
    write_lesson(course, "02-broken", notebook=broken)
    return checking.check(curriculum.lessons(course))


def test_references_are_compared_the_rest_is_run_and_the_report_says_so(checked, tmp_path):
    sound, broken = checked
    assert (sound.lesson, sound.passed, sound.failures) == ("webtoon/01-count-the-snow", True, ())
    assert sound.seconds > 0
    assert 20 < sound.peak_mb < 2000
    assert not broken.passed
    assert len(broken.failures) == 2
    assert "ZeroDivisionError" in broken.failures[1]
    written = json.loads(checking.write_report(checked, tmp_path / "reports").read_text(encoding="utf-8"))
    assert written["versions"]["torch"]
    assert [entry["passed"] for entry in written["lessons"]] == [True, False]
    table = (tmp_path / "reports/check.md").read_text(encoding="utf-8")
    assert "| webtoon/02-broken | ✗ |" in table
    assert "ZeroDivisionError" in table
