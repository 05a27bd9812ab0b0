"""A run may be killed at any moment; started again it ends with the same gradebook, and does nothing twice."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import psutil
import pytest

from hallyu.errors import HallyuError
from hallyu.grading.run import book, cluster, grade
from hallyu.grading.run.journal import Journal

STUDENTS = [f"s{n:02d}" for n in range(8)]
COMMAND = [os.path.join(os.path.dirname(sys.executable), "hallyu"), "grade", "ps1"]
QUIET = {"say": lambda line: None}


def lines(course, state=""):
    path = course.root / ".hallyu" / "ps1" / "journal.jsonl"
    text = path.read_text() if path.exists() else ""
    found = [json.loads(line) for line in text.split("\n")[:-1] if line]
    return [entry["student"] for entry in found if state in ("", entry["state"])]


def start(course):
    command = [*COMMAND, "--workers", "2"]
    return psutil.Popen(command, cwd=course.root, start_new_session=True, stdout=subprocess.DEVNULL)


def wait_for(condition, process, seconds=240):
    until = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the run ended by itself"
        assert time.monotonic() < until
        time.sleep(0.02)


def workers(process):
    found = []
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def test_killed_workers_and_a_killed_run_lose_nothing_and_grade_nothing_twice(trial):
    course = trial()
    for name in STUDENTS:
        course.submit(name, course.solutions if name != "s03" else {})
    first = start(course)
    try:
        wait_for(lambda: len(lines(course, "booked")) >= 2, first)
        workers(first)[0].send_signal(signal.SIGKILL)
        wait_for(lambda: len(lines(course, "booked")) >= 4, first)
    finally:
        its = first.children(recursive=True)
        first.kill()
        first.wait()
    before = lines(course, "booked")
    assert len(before) < len(STUDENTS)
    _, alive = psutil.wait_procs(its, timeout=30)
    # The warm process serves the next run too; everything else ends with the one it belonged to.
    assert [p.cmdline() for p in alive if "zygote" not in " ".join(p.cmdline())] == []
    done = subprocess.run(
        [*COMMAND, "--workers", "2"], cwd=course.root, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    scores = course.scores()
    assert set(scores) == set(STUDENTS)
    assert {name: s["score"] for name, s in scores.items()} == {
        name: 0 if name == "s03" else 6 for name in STUDENTS
    }
    assert Counter(lines(course, "graded")) == Counter(STUDENTS)  # each came to its end once
    assert lines(course, "booked")[: len(before)] == before and set(lines(course, "booked")) == set(STUDENTS)
    assert not list((course.root / ".hallyu" / "ps1" / "results").iterdir())


def test_a_worker_killed_while_it_starts_is_started_anew():
    """At the run's beginning, and again when it is started in place of one that was killed at work."""
    killed, over = [], threading.Event()

    def kill_the_newborn():
        seen, this = set(), psutil.Process()
        while not over.wait(0.05):
            for child in workers(this):
                if child.pid not in seen and len(killed) < 3:
                    child.kill()
                    killed.append(child.pid)
                seen.add(child.pid)

    threading.Thread(target=kill_the_newborn).start()
    try:
        with cluster.cluster(None, 1) as pool:
            workers(psutil.Process())[0].kill()  # and the next one, as it starts
            killed.pop()
            assert pool.client.submit(int, "7").result(timeout=120) == 7
    finally:
        over.set()
    assert len(killed) == 3


def test_a_run_without_workers_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 3)
    monkeypatch.setattr(cluster, "LOOK", 0.5)
    monkeypatch.setattr(cluster, "grade_submission", lambda seconds, student: time.sleep(seconds))
    with cluster.cluster(None, 1) as pool:
        jobs = pool.grade([(0.1, "ann"), (600, "bob")])
        assert next(jobs) is None
        pool.client.cluster.scale(0)
        with pytest.raises(HallyuError, match="No worker is left"):
            next(jobs)


@pytest.fixture(scope="module")
def small(trial):
    course = trial()
    course.submit("ann", course.solutions)
    return course


def no_workers(*_):
    raise AssertionError("nothing is left to grade")


MOMENTS = {
    "before it is in the gradebook": (book.Book, "enter"),
    "before its folder is in place": (book.Book, "_lay_down"),
    "before the journal tells of it": (Journal, "booked"),
}


def stop_at(moment, course):
    """Grade, and stop the run at a moment."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(*MOMENTS[moment], interrupt)
        grade.grade(course.course, "ps1", workers=1, **QUIET)


@pytest.fixture(scope="module")
def stopped(small, tmp_path_factory):
    """A course whose run was stopped when it had graded, before anything was in the gradebook."""
    course = small.copy(tmp_path_factory.mktemp("stopped") / "c")
    stop_at("before it is in the gradebook", course)
    return course


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_result_is_kept_at_every_moment_until_it_is_in_the_gradebook(
    stopped, moment, monkeypatch, tmp_path
):
    course = stopped.copy(tmp_path / "c")
    monkeypatch.setattr(cluster.Pool, "grade", no_workers)
    stop_at(moment, course)
    assert ("ann" in course.scores()) == (moment == "before the journal tells of it")
    report = grade.grade(course.course, "ps1", workers=1, **QUIET)
    assert report.graded == 1 and course.scores()["ann"]["score"] == 6
    assert (course.folder("ann", "autograded") / "out.txt").exists()
    again = grade.grade(course.course, "ps1", workers=1, **QUIET)
    assert (again.graded, again.unchanged) == (0, 1)


def test_a_line_that_a_crash_cut_short_is_not_believed(tmp_path):
    journal = Journal(tmp_path)
    journal.booked("ann", "k1", {"words": "w"})
    with open(tmp_path / "journal.jsonl", "ab") as file:
        file.write(b'{"student": "bob", "key": "k2", "state": "boo')
    again = Journal(tmp_path)
    assert again.report("ann", "k1") == {"words": "w"} and again.report("bob", "k2") is None
    again.booked("bob", "k2", {"words": "x"})
    third = Journal(tmp_path)
    assert third.report("bob", "k2") == {"words": "x"} and third.report("ann", "k1") == {"words": "w"}
    assert third.report("ann", "other") is None


def test_two_runs_of_one_assignment_do_not_meet(tmp_path):
    with (
        Journal(tmp_path).alone(),
        pytest.raises(HallyuError, match="Another run"),
        Journal(tmp_path).alone(),
    ):
        pass


def test_no_scheduler_and_no_sandbox_are_said_before_anything_is_graded(small, monkeypatch):
    with pytest.raises(HallyuError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"):
        grade.grade(small.course, "ps1", scheduler="tcp://127.0.0.1:9", **QUIET)
    monkeypatch.setattr("hallyu.grading.kernel.sandbox.why_not", lambda: "This system cannot.")
    with pytest.raises(HallyuError, match="This system cannot"):
        grade.grade(small.course, "ps1", **QUIET)


def test_what_the_engine_cannot_grade_gets_no_score_and_is_named(trial):
    course = trial(
        "c.WarmProvisioner.limits = {'work_mb': 2}\n", change={"refuses": "assert 'area' in globals()"}
    )
    course.submit("ann", course.solutions)
    (course.submit("bob", course.solutions) / "film.mov").write_bytes(os.urandom(3_000_000))
    done = subprocess.run(
        [*COMMAND, "--workers", "2"], cwd=course.root, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1 and "1 graded, 1 NOT graded" in done.stdout, done.stdout + done.stderr
    assert set(course.scores()) == {"ann"}
    page = (course.root / "reports" / "grade-ps1.md").read_text()
    assert "**bob**: not graded" in page and "0 of 3" not in page
    why = "work/refuses: it calls globals"
    assert "Runs in the learner's own kernel" in done.stdout and why in done.stdout and why in page
    (course.folder("bob") / "film.mov").unlink()
    assert grade.grade(course.course, "ps1", workers=1, **QUIET).graded == 1
    assert course.scores()["bob"]["score"] == 6
