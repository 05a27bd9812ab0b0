"""Truths that are shipped closed: they open with their word alone, and not when they were touched."""

import json

import pytest

from hallyu.errors import HallyuError
from hallyu.grading import sealed

FILES = {"matte.png": b"\x89PNG" * 50, "눈.json": b"{}", "empty": b""}


@pytest.fixture
def path(tmp_path):
    sealed.close(tmp_path / "shut.sealed.json", FILES, "첫눈")
    return tmp_path / "shut.sealed.json"


def test_the_word_opens_what_was_closed(path):
    assert sealed.opened(path, "첫눈") == FILES


@pytest.mark.parametrize("word", ["", "첫눈 ", "눈첫", "shut"])
def test_no_other_word_does(path, word):
    with pytest.raises(HallyuError, match="does not open with this word"):
        sealed.opened(path, word)


def test_nothing_of_it_is_to_be_read(path):
    assert b"PNG" not in path.read_bytes() and b"matte" not in path.read_bytes()


def test_the_same_files_are_closed_differently_each_time(path, tmp_path):
    sealed.close(tmp_path / "again.sealed.json", FILES, "첫눈")
    assert (
        json.loads(path.read_text())["closed"]
        != json.loads((tmp_path / "again.sealed.json").read_text())["closed"]
    )


@pytest.mark.parametrize("part", ["salt", "nonce", "closed"])
def test_a_byte_that_was_changed_is_noticed(path, part):
    told = json.loads(path.read_text())
    told[part] = ("A" if told[part][0] != "A" else "B") + told[part][1:]
    path.write_text(json.dumps(told))
    with pytest.raises(HallyuError, match="does not open"):
        sealed.opened(path, "첫눈")
