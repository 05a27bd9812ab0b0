"""The bundled media: each file is named with its licence, and is as it was summed."""

import subprocess
from pathlib import Path

import pytest

from hallyu.courseware import media

FOLDERS = sorted((Path(__file__).parents[2] / "modules").glob("*/media"))


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.parent.name)
def folder(request):
    return request.param


def test_every_file_is_as_it_was_summed(folder):
    assert media.written(folder) == media.sums(folder), "run python -m hallyu.courseware.media"


def test_the_page_names_every_file_and_what_made_it(folder):
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert "Licence" in told and "CC BY 4.0" in told
    for name in media.sums(folder):
        assert f"`{name}`" in told or f"`{name.split('/')[0]}/`" in told, name
    for script in folder.glob("make_*.py"):
        assert f"`{script.name}`" in told, script.name


def test_a_checkout_stays_small(folder):
    assert sum(path.stat().st_size for path in media.files(folder)) < 40e6


def test_sums_are_those_that_sha256sum_reads_and_tell_of_a_change(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("눈 길.txt", "in/b.bin", "make_it.py", "README.md"):
        (tmp_path / name).write_bytes(name.encode())
    media.write(tmp_path)
    assert set(media.written(tmp_path)) == {"눈 길.txt", "in/b.bin"}
    check = ["sha256sum", "--check", "--strict", media.SUMS]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "in/b.bin").write_bytes(b"another")
    assert media.written(tmp_path) != media.sums(tmp_path)
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1
