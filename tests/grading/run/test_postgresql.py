"""The gradebook in a real PostgreSQL server, which the test starts and stops itself."""

import csv
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hallyu.courseware.system import postgres
from hallyu.grading.run.grade import grade


def known(user):
    try:
        return pwd.getpwnam(user)
    except KeyError:
        return None


@pytest.fixture(scope="module")
def server():
    """URL of a server of our own, on this machine only. It refuses to run as root, so root starts it as somebody else."""
    if not postgres("initdb") or not postgres("pg_ctl"):
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    user = None
    if os.getuid() == 0:
        user = next((name for name in ("postgres", "nobody") if known(name)), None)
        if user is None:
            pytest.skip("PostgreSQL refuses to run as root, and this system has no user postgres or nobody")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    (folder / "password").write_text("se/cret")
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = lambda *words: subprocess.run(
        words, check=True, user=user, cwd=folder, capture_output=True, timeout=120
    )
    data, log = str(folder / "data"), str(folder / "log")
    run(
        postgres("initdb"),
        "-D",
        data,
        "-U",
        "grader",
        "-A",
        "scram-sha-256",
        f"--pwfile={folder}/password",
        "--no-sync",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    with open(os.devnull) as null:
        start = [postgres("pg_ctl"), "-D", data, "-l", log, "-w", "-o", options, "start"]
        subprocess.run(
            start, check=True, user=user, cwd=folder, stdin=null, stdout=subprocess.DEVNULL, timeout=120
        )
    yield f"postgresql+pg8000://grader:se%2Fcret@127.0.0.1:{port}/postgres"
    run(postgres("pg_ctl"), "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


def test_scores_resubmissions_and_export_work_with_postgresql(server, trial):
    course = trial(f"c.CourseDirectory.db_url = {server!r}\n")
    course.submit("ann", course.solutions, time="2026-03-01 10:00:00 UTC")
    course.submit("bob", {"area": "def area(r): return 3"})
    (course.folder("cy")).mkdir(parents=True)
    report = grade(course.course, "ps1", workers=1, say=lambda line: None)
    assert report.graded == 3 and not (course.root / "gradebook.db").exists()
    assert {name: s["score"] for name, s in course.scores().items()} == {"ann": 6, "bob": 0, "cy": 0}
    with course.course.gradebook() as book:
        book.find_grade("why", "work", "ps1", "bob").manual_score = 0.5
        book.db.commit()
    course.submit("bob", {**course.solutions, "why": "Words."})
    report = grade(course.course, "ps1", workers=1, say=lambda line: None)
    assert (report.graded, report.unchanged) == (1, 2)
    assert course.scores()["bob"]["cells"] == {
        "right": (3, None, False),
        "refuses": (1, None, False),
        "file": (2, None, False),
        "why": (None, 0.5, True),
    }
    command = [Path(sys.executable).parent / "nbgrader", "export"]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True, timeout=120)
    rows = list(csv.DictReader((course.root / "grades.csv").open()))
    assert {r["student_id"]: float(r["score"]) for r in rows} == {"ann": 6, "bob": 6.5, "cy": 0}


def test_a_password_is_not_shown_when_the_server_cannot_be_reached(server, trial):
    from hallyu.errors import HallyuError

    course = trial()
    with open(course.root / "nbgrader_config.py", "a") as file:
        file.write("\nc.CourseDirectory.db_url = 'postgresql+pg8000://grader:verysecret@127.0.0.1:9/x'\n")
    course.submit("ann")
    with pytest.raises(HallyuError, match="cannot be opened") as caught:
        grade(course.course, "ps1", say=lambda line: None)
    assert "verysecret" not in str(caught.value)
