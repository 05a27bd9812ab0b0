"""A program's work folder: one, in the system's folder for temporary files, gone when the program ends."""

import atexit
import functools
import re
import shutil
import signal
import sys
import tempfile
import time
from os import getpid
from pathlib import Path

import psutil

DAY = 86_400
"""Seconds. In a container a process of that number may live outside and not be seen, so age is asked as well."""


@functools.cache
def work_folder(name: str) -> Path:
    """Folder hallyu-<name>-<process>-…, made at the first call and removed when the process ends.

    What a killed process left there more than a day ago is removed at that first call.
    """
    clear_stale(name)
    folder = Path(tempfile.mkdtemp(prefix=f"hallyu-{name}-{getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def clear_stale(name: str) -> None:
    """Remove the work folders called *name* that are older than a day and whose process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"hallyu-{name}-*"):
        owner = re.fullmatch(rf"hallyu-{re.escape(name)}-(\d+)-\w+", folder.name)
        if owner and not psutil.pid_exists(int(owner[1])) and time.time() - folder.stat().st_mtime > DAY:
            shutil.rmtree(folder, ignore_errors=True)


def end_on_sigterm() -> None:
    """Let the signal that stops a server end the program as Ctrl+C does, so that its work folders are removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
