"""The few things that pip cannot install: libraries for drawing, a browser and a database server for the tests.

`python -m hallyu.courseware.system draw browse postgres` installs what is missing where it may (root on Debian and its
kin), and otherwise prints the one line to run. It never fails: what is missing shows where it is used.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

# Debian's package -> the file that tells it is there. skia and OpenCV are linked against these three.
LIBRARIES = {"libegl1": "libEGL.so.1", "libgl1": "libGL.so.1", "libglib2.0-0": "libgthread-2.0.so.0"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """Path of an installed Chromium or Chrome, or None: then Playwright looks for its own."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def postgres(program: str) -> str | None:
    """Path of a program of an installed PostgreSQL server (initdb, pg_ctl), or None. Debian keeps them off the path."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return shutil.which(program) or next((str(path) for path in reversed(beside)), None)


def missing(purposes: Sequence[str]) -> list[str]:
    """Debian packages that *purposes* ("draw", "browse", "postgres") need and that are not here."""
    packages = []
    if "draw" in purposes and sys.platform == "linux":
        packages += [package for package, library in LIBRARIES.items() if not _loads(library)]
    if "browse" in purposes and browser() is None:
        packages.append("chromium")
    if "postgres" in purposes and not (postgres("initdb") and postgres("pg_ctl")):
        packages.append("postgresql")
    return packages


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def advice(packages: Sequence[str]) -> str:
    """The one line that a person can run to get *packages* on this system."""
    if sys.platform == "linux" and shutil.which("apt-get"):
        return f"sudo apt-get install -y {' '.join(packages)}"
    if list(packages) == ["chromium"]:
        return f"{sys.executable} -m playwright install chromium"
    return f"install with your system's package manager what Debian calls: {' '.join(packages)}"


def ensure(purposes: Sequence[str], say: Callable[[str], None] = print) -> bool:
    """Install what *purposes* lack if this process may, else say what to run. True when nothing lacks."""
    packages = missing(purposes)
    if not packages:
        return True
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if may_install:
        say(f"Installing with apt-get: {' '.join(packages)}")
        install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
        for command in (["apt-get", "update"], install):
            subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False)
        packages = missing(purposes)
    if packages:
        say(f"Not on this system yet: {', '.join(packages)}. Please run: {advice(packages)}")
    return not packages


if __name__ == "__main__":
    ensure(sys.argv[1:])
