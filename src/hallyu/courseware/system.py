"""The few things that pip cannot install: libraries for drawing; a browser, a database server and dash.js for the tests.

`python -m hallyu.courseware.system draw browse postgres stream` installs what is missing where it may (root on Debian and its
kin), and otherwise prints the one line to run. It never fails: what is missing shows where it is used.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hallyu.files import write_whole

# Debian's package -> the file that tells it is there. skia and OpenCV are linked against these three.
LIBRARIES = {"libegl1": "libEGL.so.1", "libgl1": "libGL.so.1", "libglib2.0-0": "libgthread-2.0.so.0"}
DASH_PACKAGE, DASH_FILE = "dashjs@5.2.1", "package/dist/modern/umd/dash.all.min.js"
DASH_SHA256 = "3a22b1f4576ab294f41e56f156cec7972a5f83edda379416778293ff22d2eb49"
"""dash.js (BSD-3-Clause) plays DASH in a browser. Only a test needs it: the course's own player plays HLS."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """Path of an installed Chromium or Chrome, or None: then Playwright looks for its own."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def postgres(program: str) -> str | None:
    """Path of a program of an installed PostgreSQL server (initdb, pg_ctl), or None. Debian keeps them off the path."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return shutil.which(program) or next((str(path) for path in reversed(beside)), None)


def dash() -> Path:
    """Where dash.js lies when it was fetched: in the environment, and gone with it."""
    return Path(sys.prefix, "share", "hallyu", f"{DASH_PACKAGE}.min.js")


def missing(purposes: Sequence[str]) -> list[str]:
    """Debian packages that *purposes* ("draw", "browse", "postgres") need and that are not here."""
    packages = []
    if "draw" in purposes and sys.platform == "linux":
        packages += [package for package, library in LIBRARIES.items() if not _loads(library)]
    if "browse" in purposes and browser() is None:
        packages.append("chromium")
    if "postgres" in purposes and not (postgres("initdb") and postgres("pg_ctl")):
        packages.append("postgresql")
    if "stream" in purposes and not dash().exists() and shutil.which("npm") is None:
        packages.append("npm")
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
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if packages and may_install:
        say(f"Installing with apt-get: {' '.join(packages)}")
        install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
        for command in (["apt-get", "update"], install):
            subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False)
        packages = missing(purposes)
    if packages:
        say(f"Not on this system yet: {', '.join(packages)}. Please run: {advice(packages)}")
    fetched = "stream" not in purposes or dash().exists() or ("npm" not in packages and fetch_dash(say))
    return not packages and fetched


def fetch_dash(say: Callable[[str], None] = print) -> bool:
    """Take dash.js out of its package on npm, and keep it if it is the one that was tested. True when it is there."""
    say(f"Fetching {DASH_PACKAGE} with npm")
    with tempfile.TemporaryDirectory() as work:
        command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", work, DASH_PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        archive = next(Path(work).glob("*.tgz"), None)
        if done.returncode or archive is None:
            say(f"npm could not fetch {DASH_PACKAGE}: {done.stderr.strip()[-200:] or 'it says nothing'}")
            return False
        with tarfile.open(archive) as package:
            data = package.extractfile(DASH_FILE).read()
    if hashlib.sha256(data).hexdigest() != DASH_SHA256:
        say(f"{DASH_PACKAGE} is another one than was tested: its SHA-256 differs.")
        return False
    with write_whole(dash()) as draft:
        draft.write_bytes(data)
    return True


if __name__ == "__main__":
    ensure(sys.argv[1:])
