"""Files are written whole or not at all, and a full disk is told in a sentence that a person can act on."""

import re
import resource
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hallyu.errors import HallyuError
from hallyu.files import write_whole

FULL = r"was not written, because the disk is full \(([\d.]+) MB were free, and it needs more\): delete what you no longer"


def noise(side):
    return np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("눈길.png", lambda draft: Image.fromarray(noise(1500)).save(draft)),
        ("눈길.npz", lambda draft: np.savez(draft, layer=noise(1500))),
        ("눈길.txt", lambda draft: draft.write_text("눈" * 2_000_000, encoding="utf-8")),
    ],
    ids=["Pillow", "NumPy", "text"],
)
def test_a_full_disk_says_what_to_do_and_leaves_the_old_file(small_disk, name, write):
    target = small_disk / name
    target.write_text("as it was")
    (small_disk / "other").write_bytes(bytes(1_000_000))
    with pytest.raises(HallyuError, match=FULL) as error, write_whole(target) as draft:
        write(draft)
    room = float(re.search(FULL, str(error.value))[1])
    assert 2.5 < room < 3.3, "4 MiB, less the megabyte of the other file"
    assert str(error.value).startswith(str(target)) and str(error.value).count(". ") == 0
    assert {path.name for path in small_disk.iterdir()} == {name, "other"}
    assert target.read_text() == "as it was"


def test_a_disk_with_room_for_nothing_is_full_for_an_empty_file_too(small_disk):
    with pytest.raises(OSError, match="No space"):
        (small_disk / "other").write_bytes(bytes(5_000_000))
    with pytest.raises(HallyuError, match=FULL), write_whole(small_disk / "a.txt") as draft:
        draft.write_text("one word")
    assert [path.name for path in small_disk.iterdir()] == ["other"]


def test_a_file_larger_than_is_allowed_is_one_sentence(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        said = "files as large are not allowed here"
        with pytest.raises(HallyuError, match=said), write_whole(tmp_path / "a.bin") as draft:
            draft.write_bytes(bytes(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = r"file/a\.txt was not written \(.+\): choose another folder\.$"
    with pytest.raises(HallyuError, match=said), write_whole(tmp_path / "file" / "a.txt"):
        pytest.fail("there is no draft")


def test_what_the_block_raises_is_passed_on_and_the_draft_removed(tmp_path):
    with pytest.raises(ZeroDivisionError), write_whole(tmp_path / "a.txt") as draft:
        Path(draft).write_text("half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
