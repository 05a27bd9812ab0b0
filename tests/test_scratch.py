"""Work folders go with their process, and what killed processes left goes later."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hallyu import scratch

MAKES = """
import sys, time, tempfile
from hallyu import scratch
tempfile.tempdir = sys.argv[1]
with scratch.passing_folder("trial") as folder:
    (folder / "눈.txt").write_text("첫눈")
    print(folder, scratch.work_folder("kept"), flush=True)
    if sys.argv[2:]:
        time.sleep(60)
"""


def started(tmp_path: Path, *more: str) -> tuple[subprocess.Popen, list[Path]]:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKES, str(tmp_path), *more], stdout=subprocess.PIPE, text=True
    )
    return process, [Path(name) for name in process.stdout.readline().split()]


def test_nothing_is_left_by_a_program_that_ends(tmp_path):
    process, folders = started(tmp_path)
    assert process.wait() == 0
    assert len(folders) == 2
    assert not list(tmp_path.iterdir())


def test_what_a_killed_program_left_is_removed_once_it_is_old(tmp_path):
    process, (left, kept) = started(tmp_path, "wait")
    scratch.clear_stale("hallyu-trial", tmp_path, older=0)
    assert (left / "눈.txt").exists(), "its process lives"
    process.send_signal(signal.SIGKILL)
    process.wait()
    scratch.clear_stale("hallyu-trial", tmp_path, older=scratch.HOUR)
    assert left.exists(), "in a container its process might live unseen"
    long_ago = time.time() - 2 * scratch.HOUR
    os.utime(left, (long_ago, long_ago))
    new = scratch.make_folder("hallyu-trial", tmp_path, older=scratch.HOUR)
    assert not left.exists()
    assert new.is_dir() and kept.exists()


@pytest.mark.parametrize("name", ["hallyu-trial", "hallyu-trial-", "hallyu-trial-x-abc", "hallyu-trial-12", "other"])
def test_nothing_else_is_touched(tmp_path, name):
    (tmp_path / name).mkdir()
    os.utime(tmp_path / name, (0, 0))
    scratch.clear_stale("hallyu-trial", tmp_path, older=0)
    assert (tmp_path / name).is_dir()
