"""Stock nbgrader runs beside, on a copy; what differs is listed by submission and cell."""

import subprocess
import sys
from pathlib import Path

import honest
import pytest

from hallyu.errors import HallyuError
from hallyu.grading import compare
from hallyu.grading.kernel import sandbox

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """A course with two submissions of classes, and what stock nbgrader gives for them, its kernels in sandboxes."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    root = tmp_path_factory.mktemp("course")
    honest.make_course(root)
    students = honest.submit(root, "classes", 2)
    before = sorted(root.rglob("*"))
    scores = compare.stock_scores(compare.open_course(root), "classes", students)
    assert sorted(root.rglob("*")) == before, "the course itself was changed"
    return root, scores


def test_stock_nbgrader_grades_every_cell(stock):
    cells = {identity for kind, identity, *_ in honest.ASSIGNMENTS["classes"] if kind == "test"}
    for student in ("classes-000", "classes-001"):
        assert {cell for who, _, cell in stock[1] if who == student} == cells
    assert any(stock[1].values())


def test_only_what_differs_is_listed(stock, monkeypatch):
    root, scores = stock
    monkeypatch.setattr(compare, "stock_scores", lambda *_: dict(scores))
    assert compare.differences(root, "classes", scores) == []
    (key, points), *others = scores.items()
    changed = {key: points + 0.5, **dict(others[1:]), ("ghost", "classes", "file"): 1.0}
    found = {
        (d.student, d.notebook, d.cell): (d.stock, d.ours)
        for d in compare.differences(root, "classes", changed)
    }
    assert found == {
        key: (points, points + 0.5),
        others[0][0]: (others[0][1], None),
        ("ghost", "classes", "file"): (None, 1.0),
    }


def test_an_assignment_that_nbgrader_cannot_release_is_an_error_in_words(tmp_path):
    honest.make_course(tmp_path)
    (tmp_path / "source" / "text" / "text.ipynb").write_text("{}")
    with pytest.raises(HallyuError, match="no release version of text"):
        compare.stock_scores(compare.open_course(tmp_path), "text", [], sandboxed=False)


def test_the_same_seed_gives_the_same_submissions_and_another_seed_others(tmp_path):
    def made(folder, seed):
        honest.submit(folder, "arrays", 5, seed)
        return [[c.source for c in honest.nbformat.read(p, 4).cells] for p in sorted(folder.rglob("*.ipynb"))]

    one = made(tmp_path / "a", 0)
    assert one == made(tmp_path / "b", 0) != made(tmp_path / "c", 1)
    assert len({str(cells) for cells in one}) > 3


def test_the_first_two_answers_of_every_question_get_all_points(tmp_path):
    """Otherwise what the generator calls right would not be."""
    for name, cells in honest.ASSIGNMENTS.items():
        for place in (0, 1):
            source = [s[place] if kind == "solution" else s for kind, _, s, *_ in cells if kind != "manual"]
            files = honest.FILES.get(name, {})
            for file, text in files.items():
                (tmp_path / file).write_text(text)
            program = "\n\n".join(f"exec({text!r}, globals())" for text in source)
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (name, place, done.stderr)
