"""What strangers hand in: files, archives, notebooks, cells."""

import io
import json
import os
import zipfile

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from hallyu.errors import HallyuError
from hallyu.grading.run import repair, stage


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def source(content):
    return [c.source for c in nbformat.reads(content.decode(), 4).cells]


WORK = nbformat.writes(new_notebook(cells=[new_code_cell("a = 1")])).encode()


def test_an_honest_folder_is_taken_as_it_is(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "눈길.csv").write_text("1,2")
    (tmp_path / "work.ipynb").write_bytes(WORK)
    (tmp_path / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    staged = stage.sort_out(stage.collect(tmp_path), ["work"])
    assert staged.notes == [] and set(staged.files) == {"data/눈길.csv", "work.ipynb", "timestamp.txt"}
    assert source(staged.files["work.ipynb"]) == ["a = 1"]


def test_what_is_no_ordinary_file_is_left_out_and_told(tmp_path):
    os.symlink("/etc/passwd", tmp_path / "notes.txt")
    os.symlink("/etc", tmp_path / "etc")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a\nb.txt").write_text("")
    (tmp_path / "timestamp.txt").write_text("yesterday, honestly")
    staged = stage.sort_out(stage.collect(tmp_path), ["work"])
    assert staged.files == {}
    for words in (
        "notes.txt” is a link",
        "etc” is a link",
        "pipe” is no ordinary",
        "a?b.txt” has a name",
        "holds no time",
    ):
        assert any(words in note for note in staged.notes), words
    assert "work.ipynb is missing" in staged.notes


@pytest.mark.parametrize(
    "name", ["wоrk.ipynb", "WORK.ipynb", "wörk.ipynb", "work\u200d.ipynb", "ｗork.ipynb"]
)
def test_a_name_that_only_looks_like_the_notebooks_is_not_taken_for_it(tmp_path, name):
    (tmp_path / name).write_bytes(WORK)
    staged = stage.sort_out(stage.collect(tmp_path), ["work"])
    assert staged.files == {}
    assert any("looks like work.ipynb" in note or "name that no file" in note for note in staged.notes)


def test_the_same_name_in_decomposed_letters_is_the_same_name(tmp_path):
    (tmp_path / "\u1102\u116e\u11ab.ipynb").write_bytes(WORK)
    assert set(stage.sort_out(stage.collect(tmp_path), ["눈"]).files) == {"눈.ipynb"}


BROKEN = {
    "is not JSON": b"{",
    "is not JSON: the": bytes(range(256)) * 9,
    "is not JSON: the file": b"[" * 100_000,
    "no notebook": b"[1]",
    "format 99": b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    "cell 1 is none": b'{"nbformat": 4, "cells": [7]}',
    "cells, more than": json.dumps({"nbformat": 4, "cells": [{"cell_type": "raw"}] * 2001}).encode(),
}


@pytest.mark.parametrize("words", BROKEN)
def test_what_is_no_notebook_is_told_apart(words):
    with pytest.raises(HallyuError, match=words):
        stage.notebook(BROKEN[words])


def test_a_notebook_that_is_only_odd_is_taken():
    odd = {
        "nbformat": 4,
        "nbformat_minor": 1,
        "metadata": {"x": [1]},
        "cells": [
            {
                "cell_type": "code",
                "id": "same",
                "source": ["a = '\ud800'\n", "b = 2"],
                "outputs": "none",
                "new": 1,
            },
            {
                "cell_type": "code",
                "id": "same",
                "source": 5,
                "metadata": {"nbgrader": "full marks", "tags": "x"},
            },
        ],
    }
    text = stage.notebook(json.dumps(odd).encode())
    made = nbformat.reads(text.decode(), 4)
    nbformat.validate(made)
    assert source(text) == ["a = '?'\nb = 2", ""] and len({c.id for c in made.cells}) == 2
    assert made.cells[1].metadata == {}


def test_the_version_3_of_the_format_is_brought_up_to_date():
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("a = 1")])]
    )
    assert source(stage.notebook(json.dumps(old).encode())) == ["a = 1"]


@pytest.mark.parametrize("minor", [0, 4, 5])
def test_a_notebook_without_ids_is_the_same_at_each_reading(minor):
    cells = [
        {"cell_type": "code", "source": f"a = {n}", "metadata": {}, "outputs": [], "execution_count": None}
        for n in range(4)
    ]
    cells[2]["id"] = "cell1"
    old = json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": cells}).encode()
    v3 = [nbformat.v3.new_code_cell(f"a = {n}") for n in range(3)]
    older = json.dumps(nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=v3)])).encode()
    for content in (old, older):
        text = stage.notebook(content)
        assert text == stage.notebook(content)
        ids = [cell.id for cell in nbformat.reads(text.decode(), 4).cells]
        assert len(set(ids)) == len(ids)


def test_outputs_do_not_count_towards_a_notebooks_size():
    big = new_notebook(
        cells=[new_code_cell("a = 1", outputs=[nbformat.v4.new_output("stream", text="x" * 50_000_000)])]
    )
    assert len(stage.notebook(nbformat.writes(big).encode())) < 1000


def test_an_archive_gives_its_files_and_none_outside_it(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    content = io.BytesIO(
        packed(**{"me/work.ipynb": WORK, "me/a.txt": "a", "../evil": "e", "/evil": "e", "C:\\evil": "e"})
    )
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    files, notes = stage.unpack(content.getvalue())
    assert set(files) == {"me/work.ipynb", "me/a.txt"}
    assert sum("outside the folder" in n for n in notes) == 3 and any(
        "link” in the archive is a link" in n for n in notes
    )
    (tmp_path / "all.zip").write_bytes(packed(**{"me/work.ipynb": WORK, "me/a.txt": "a"}))
    staged = stage.sort_out(stage.collect(tmp_path), ["work"])
    assert set(staged.files) == {"work.ipynb", "a.txt"} and "taken from “all.zip”" in staged.notes[0]


def test_a_zip_bomb_and_a_damaged_archive_stop_nothing(monkeypatch):
    monkeypatch.setattr(stage, "MAX_BYTES", 10_000)
    files, notes = stage.unpack(packed(one="x" * 9000, two="x" * 9000))
    assert set(files) == {"one"} and "the rest was left out" in notes[-1]
    with pytest.raises(HallyuError):
        stage.unpack(packed(one="x" * 100)[:-9])


# --- Cells ------------------------------------------------------------------------------------------------------


def official(name, kind="code", **about):
    about = {"locked": False, "grade": False, "solution": False, "task": False, "points": None} | about
    return repair.Official(name, kind, f"{name} # full", f"{name} # seen", "0", **about)


LIST = (
    official("setup", locked=True),
    official("solve", solution=True),
    official("test", locked=True, grade=True, points=2.0),
    official("words", kind="markdown", grade=True, solution=True, points=1.0),
)


def handed_in():
    book = new_notebook(cells=[new_code_cell("x") for _ in LIST])
    for cell, known in zip(book.cells, LIST, strict=True):
        cell.metadata["nbgrader"] = nbformat.from_dict(known.about)
        cell.cell_type = known.kind
        cell.source = known.released if known.locked else f"mine for {known.name}"
    return book


def names(book):
    return [c.metadata.get("nbgrader", {}).get("grade_id") for c in book.cells]


def test_an_honest_notebook_is_left_as_it_is():
    book = handed_in()
    book.cells.insert(2, new_code_cell("my own notes"))
    before = [c.source for c in book.cells]
    assert repair.repair(book, LIST) == []
    assert [c.source for c in book.cells if not c.source.endswith("full")] == [
        s for s in before if "seen" not in s
    ]
    assert names(book) == ["setup", "solve", None, "test", "words"]


def test_every_change_of_a_cell_is_undone_and_told():
    book = handed_in()
    book.cells[0].cell_type = "markdown"
    book.cells[1].metadata.nbgrader.update(grade=True, points=1000, locked=True)
    book.cells[2].metadata.nbgrader.update(solution=True, locked=False, points=-1)
    book.cells[2].metadata["tags"] = ["skip-execution"]
    book.cells[2].source = "assert True"
    notes = " / ".join(repair.repair(book, LIST))
    assert [c.metadata.nbgrader for c in book.cells] == [known.about for known in LIST]
    assert book.cells[0].cell_type == "code" and book.cells[2].source == "test # full"
    assert "tags" not in book.cells[2].metadata
    for words in ("its type", "points", "solution", "its text"):
        assert words in notes


def test_tests_that_are_gone_come_back_behind_what_they_test():
    book = handed_in()
    book.cells = [new_code_cell("free work"), book.cells[3]]
    notes = repair.repair(book, LIST)
    assert names(book) == ["setup", None, "test", "words"]
    assert len([n for n in notes if "was missing" in n]) == 2


def test_of_two_cells_with_one_id_the_later_counts_and_unknown_ids_count_for_nothing():
    book = handed_in()
    double = nbformat.from_dict(book.cells[1])
    double.source = "the other"
    strange = new_code_cell(
        "1000", metadata={"nbgrader": {"grade": True, "grade_id": "bonus", "points": 1000}}
    )
    book.cells = [double, strange, *book.cells]
    notes = repair.repair(book, LIST)
    assert names(book) == [None, None, "setup", "solve", "test", "words"]
    assert "“solve” is there twice" in notes[0] and "“bonus” is none" in notes[1]


def test_another_order_is_told():
    book = handed_in()
    book.cells.reverse()
    assert repair.repair(book, LIST) == [
        "the assignment's cells are in another order than they were given in"
    ]


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3)
                    | st.dictionaries(st.sampled_from(["grade", "grade_id", "points", "solution", "locked"]), x, max_size=4),
                    max_leaves=8)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["setup", "test", "words", "x", 3]), JSON), max_size=6))
def test_whatever_the_metadata_say_every_test_is_there_once_with_its_points(cells):
    book = new_notebook()
    for name, about in cells:
        about = about if isinstance(about, dict) else {}
        book.cells.append(
            new_code_cell("pass", metadata={"nbgrader": nbformat.from_dict({**about, "grade_id": name})})
        )
    repair.repair(book, LIST)
    tests = [c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "test"]
    assert [(c.source, c.metadata.nbgrader) for c in tests] == [("test # full", LIST[2].about)]
