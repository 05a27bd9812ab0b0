import base64
import copy
import json

import nbformat
import pytest

from hallyu.grading.doctor import leaks
from hallyu.grading.doctor.examine import make_release
from hallyu.grading.doctor.remark import ERROR, WARNING

SOURCE = [
    ("text", "", "Write `area`."),
    (
        "solution",
        "area",
        "def area(r):\n    ### BEGIN SOLUTION\n    scaled = 3.14159 * r\n    return scaled * r\n    ### END SOLUTION",
    ),
    (
        "test",
        "t",
        "assert area(1) > 3\n### BEGIN HIDDEN TESTS\nunseen_radius = 77\n"
        "assert abs(area(unseen_radius) - 18626) < 1, 'too far from 둘레'\n### END HIDDEN TESTS",
    ),
]
LINE = "assert abs(area(unseen_radius) - 18626) < 1, 'too far from 둘레'"


@pytest.fixture
def released(notebook, course, tmp_path):
    """The release version that nbgrader makes of SOURCE, changed by a function, and what is found in it."""

    def look(change=lambda made, folder: None, source=None):
        source = source or notebook(*SOURCE)
        assert make_release(course(source), "ps1", tmp_path / "made") == ""
        folder = tmp_path / "made" / "release" / "ps1"
        made = nbformat.read(folder / "ps1.ipynb", 4)
        change(made, folder)
        nbformat.write(made, folder / "ps1.ipynb")
        return leaks.remarks([source], folder)

    return look


def test_what_nbgrader_releases_of_a_sound_notebook_hides_everything(released):
    assert released() == []


@pytest.mark.parametrize(
    "slip",
    [
        lambda nb, folder: nb.cells[0].metadata.update(note=LINE),
        lambda nb, folder: nb.metadata.update(plan={"t": ["see unseen_radius"]}),
        lambda nb, folder: nb.cells[1].update(source=nb.cells[1].source + "\n    return scaled * r"),
        lambda nb, folder: nb.cells[2].outputs.append(
            nbformat.v4.new_output("stream", text="AssertionError: too far from 둘레")
        ),
        lambda nb, folder: nb.cells[0].update(
            attachments={"a.txt": {"text/plain": base64.b64encode(LINE.encode()).decode()}}
        ),
        lambda nb, folder: (
            nbformat.write(copy.deepcopy(nb), folder / "copy.ipynb") or nb.cells[2].update(source=LINE)
        ),
        lambda nb, folder: (folder / "helper.py").write_text(f"def t():\n    {LINE}\n"),
        lambda nb, folder: (folder / "old.json").write_text(json.dumps({"cell": LINE})),
        lambda nb, folder: nb.cells[2].update(source="### begin hidden tests\nassert True"),
    ],
)
def test_each_slip_is_found(released, slip):
    found = released(slip)
    assert found and all(remark.level == ERROR for remark in found)


def test_a_mark_with_a_slip_of_the_pen_is_found_in_the_release(released, notebook):
    cells = [*SOURCE[:2], ("test", "t", "### Begin Hidden Tests\nassert area(7) > 9\n### End Hidden Tests")]
    assert any("mark" in remark.message for remark in released(source=notebook(*cells)))


def test_a_solution_that_also_stands_in_the_text_is_for_a_person_to_decide(released, notebook):
    cells = [("text", "", "Hint: `return scaled * r` is the last line."), *SOURCE[1:]]
    assert [r.level for r in released(source=notebook(*cells))] == [WARNING]


def test_names_and_texts_that_the_open_part_uses_too_are_no_secrets(notebook):
    cells = [
        ("solution", "s", "### BEGIN SOLUTION\ntotal = len('some words')\n### END SOLUTION"),
        ("test", "t", "assert total == len('some words')"),
    ]
    assert [s.kind for s in leaks.secrets(notebook(*cells))] == ["line"]


def test_no_release_is_made_of_hidden_tests_outside_a_test_and_nbgraders_reason_is_told(
    notebook, course, tmp_path
):
    wrong = notebook(*SOURCE, ("free", "", "### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"))
    assert "non-grade cell" in make_release(course(wrong), "ps1", tmp_path / "made")
