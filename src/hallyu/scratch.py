"""Work folders in the system's folder for temporary files, gone when their program ends, however it ends."""

import atexit
import contextlib
import functools
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from os import getpid
from pathlib import Path

import psutil

DAY = 86_400
"""Seconds. In a container a process of that number may live outside and not be seen, so age is asked as well."""
HOUR = 3_600


@functools.cache
def work_folder(name: str) -> Path:
    """The program's folder hallyu-<name>-<process>-…, made at the first call and removed when the process ends."""
    folder = make_folder(f"hallyu-{name}")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextlib.contextmanager
def passing_folder(name: str) -> Iterator[Path]:
    """A folder hallyu-<name>-<process>-… for the body of a with statement."""
    folder = make_folder(f"hallyu-{name}", older=HOUR)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_folder(name: str, parent: Path | None = None, older: float = DAY) -> Path:
    """A new folder <name>-<process>-… in *parent*; those that killed processes left there long ago are removed."""
    _clear_once(name, parent, older)
    return Path(tempfile.mkdtemp(prefix=f"{name}-{getpid()}-", dir=parent))


@functools.cache
def _clear_once(name: str, parent: Path | None, older: float) -> None:
    """A grader makes a folder for each submission; to look for old ones once in a process is enough."""
    clear_stale(name, parent, older)


def clear_stale(name: str, parent: Path | None = None, older: float = DAY) -> None:
    """Remove the folders of that name that are older than *older* seconds and whose process is gone."""
    for folder in Path(parent or tempfile.gettempdir()).glob(f"{name}-*"):
        owner = re.fullmatch(rf"{re.escape(name)}-(\d+)-\w+", folder.name)
        if owner is None or psutil.pid_exists(int(owner[1])):
            continue
        with contextlib.suppress(FileNotFoundError):  # another process clears as well
            if time.time() - folder.stat().st_mtime > older:
                shutil.rmtree(folder, ignore_errors=True)


def end_on_sigterm() -> None:
    """Let the signal that stops a server end the program as Ctrl+C does, so that its work folders are removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
