import hashlib
import sys
import tarfile

import pytest

from hallyu.courseware import system


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A system with nothing on the path and none of the libraries."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system, "LIBRARIES", {"libnone1": "libhallyu-has-no-such.so.1"})
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


def test_what_is_missing_is_named_and_one_line_is_given(bare):
    said = []
    assert not system.ensure(["draw", "browse"], said.append)
    assert said == [
        "Not on this system yet: libnone1, chromium. "
        "Please run: install with your system's package manager what Debian calls: libnone1 chromium"
    ]


def test_nothing_is_said_when_nothing_is_missing(bare):
    program = bare / "chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    said = []
    assert system.ensure(["browse"], said.append)
    assert said == []
    assert system.browser() == str(program)


def test_root_on_debian_installs_and_looks_again(bare, monkeypatch):
    """A stand-in apt-get that puts the browser where a real one would."""
    apt = bare / "apt-get"
    apt.write_text(
        f'#!/bin/sh\n[ "$1" = install ] || exit 0\necho "$@" > {bare}/asked\n'
        f"echo '#!/bin/sh' > {bare}/chromium\n/bin/chmod 755 {bare}/chromium\n"
    )
    apt.chmod(0o755)
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    said = []
    assert system.ensure(["browse"], said.append)
    assert said == ["Installing with apt-get: chromium"]
    assert (bare / "asked").read_text() == "install -y --no-install-recommends chromium\n"


def test_who_is_not_root_gets_the_line_to_run_and_nothing_is_installed(bare, monkeypatch):
    apt = bare / "apt-get"
    apt.write_text(f"#!/bin/sh\ntouch {bare}/ran\n")
    apt.chmod(0o755)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    said = []
    assert not system.ensure(["browse"], said.append)
    assert said[0].endswith("Please run: sudo apt-get install -y chromium")
    assert not (bare / "ran").exists()


@pytest.fixture
def npm(bare, monkeypatch):
    """A stand-in npm whose package holds *data* where the real one holds dash.js."""

    def packed(data, code=0):
        (bare / "package" / "dist" / "modern" / "umd").mkdir(parents=True, exist_ok=True)
        (bare / system.DASH_FILE).write_bytes(data)
        with tarfile.open(bare / "held.tar", "w:gz") as archive:
            archive.add(bare / system.DASH_FILE, system.DASH_FILE)
        program = bare / "npm"
        copy = f'/bin/cp {bare}/held.tar "$5/dashjs.tgz"'
        program.write_text(f"#!/bin/sh\n{copy if not code else 'echo no such host >&2'}\nexit {code}\n")
        program.chmod(0o755)

    monkeypatch.setattr(sys, "prefix", str(bare / "env"))
    return packed


def test_dash_is_fetched_once_and_only_the_one_that_was_tested(npm, monkeypatch):
    said = []
    npm(b"another script")
    assert not system.ensure(["stream"], said.append)
    assert said[-1].endswith("is another one than was tested: its SHA-256 differs.")
    assert not system.dash().exists()
    monkeypatch.setattr(system, "DASH_SHA256", hashlib.sha256(b"another script").hexdigest())
    assert system.ensure(["stream"], said.append)
    assert system.dash().read_bytes() == b"another script"
    said.clear()
    assert system.ensure(["stream"], said.append) and said == []


def test_what_npm_says_is_told_and_without_npm_it_is_named(npm, bare):
    said = []
    npm(b"", code=1)
    assert not system.ensure(["stream"], said.append)
    assert said[-1] == f"npm could not fetch {system.DASH_PACKAGE}: no such host"
    (bare / "npm").unlink()
    assert not system.ensure(["stream"], said.append)
    assert said[-1].startswith("Not on this system yet: npm.")
