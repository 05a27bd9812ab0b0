"""Grading on a cluster: what can be run on one machine is run; of the rest, the form and the names are checked."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from hallyu.errors import HallyuError
from hallyu.grading.kernel import sandbox
from hallyu.grading.run import grade

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def parts():
    return {
        (d["kind"], d["metadata"]["name"]): d
        for d in yaml.safe_load_all((DEPLOY / "kubernetes" / "grading.yaml").read_text())
    }


def pods(parts):
    return {n: d["spec"]["template"] for (k, n), d in parts.items() if k in ("Deployment", "Job")}


def test_the_names_in_the_manifests_hold_together(parts):
    service = parts["Service", "hallyu-scheduler"]["spec"]
    assert service["selector"] == pods(parts)["hallyu-scheduler"]["metadata"]["labels"]
    address = f"tcp://hallyu-scheduler:{service['ports'][0]['port']}"
    for name in ("hallyu-worker", "hallyu-grade"):
        assert address in pods(parts)[name]["spec"]["containers"][0]["command"]
    claims = {n for k, n in parts if k == "PersistentVolumeClaim"}
    assert {
        v["persistentVolumeClaim"]["claimName"] for v in pods(parts)["hallyu-grade"]["spec"]["volumes"]
    } == claims
    for (kind, _), part in parts.items():
        if kind == "Deployment":
            assert part["spec"]["selector"]["matchLabels"] == part["spec"]["template"]["metadata"]["labels"]
    policy = parts["NetworkPolicy", "hallyu-grading"]["spec"]["podSelector"]["matchLabels"]
    assert all(policy.items() <= pod["metadata"]["labels"].items() for pod in pods(parts).values())


def test_only_workers_may_make_namespaces_and_no_pod_holds_a_key(parts):
    for name, pod in pods(parts).items():
        assert ("securityContext" in pod["spec"]["containers"][0]) == (name == "hallyu-worker")
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert {c["image"] for c in pod["spec"]["containers"]} == {"hallyu-grading:latest"}


def test_the_commands_in_the_files_exist_with_their_options():
    text = "\n".join(p.read_text() for p in (*DEPLOY.glob("*"), *DEPLOY.glob("*/*")) if p.is_file())
    for command in ("scheduler", "worker"):
        known = subprocess.run(
            [BIN / "dask", command, "--help"], capture_output=True, text=True, timeout=60
        ).stdout
        used = re.findall(rf"dask,? {command}([^\n|&]*)", text)
        assert used
        for option in re.findall(r"--[a-z-]+", " ".join(used)):
            assert option in known or option.replace("--no-", "--") in known, option
    known = subprocess.run(
        [BIN / "hallyu", "grade", "--help"], capture_output=True, text=True, timeout=60
    ).stdout
    for option in set(re.findall(r"hallyu,? grade.*?(--[a-z]+)", text)) - {"--help"}:
        assert option in known


def test_what_the_container_copies_is_there():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert copied and all((DEPLOY.parent / name).exists() for name in copied)


# --- Run for real -----------------------------------------------------------------------------------------------


def submissions(course, count):
    for n in range(count):
        course.submit(f"s{n}", course.solutions)


@pytest.fixture
def cluster(tmp_path):
    """Starts a scheduler and two workers as an administrator would; gives the address and the scheduler's process."""
    if problem := sandbox.why_not():
        pytest.skip(problem)
    started = []

    def start():
        file = tmp_path / f"scheduler{len(started)}.json"
        where = ["--scheduler-file", file]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
        commands = [
            [BIN / "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *where]
        ]
        commands += [
            [BIN / "dask", "worker", *where, "--nworkers", "1", "--nthreads", "1", "--death-timeout", "60"]
        ] * 2
        for command in commands:
            started.append(subprocess.Popen(command, **quiet))
            until = time.monotonic() + 60
            while not file.exists():
                assert time.monotonic() < until
                time.sleep(0.1)
        return json.loads(file.read_text())["address"], started[-3]

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(60)


def test_a_run_on_a_cluster_survives_the_end_of_its_scheduler(cluster, trial):
    course = trial()
    submissions(course, 5)
    address, scheduler = cluster()
    booked = grade.Journal.booked

    def kill_after_the_second(journal, student, *rest):
        booked(journal, student, *rest)
        if len(journal.last) == 2:
            scheduler.send_signal(signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade.Journal, "booked", kill_after_the_second)
        with pytest.raises(HallyuError, match="scheduler was lost"):
            grade.grade(course.course, "ps1", scheduler=address, say=lambda line: None)
    kept = course.scores()
    assert 2 <= len(kept) < 5
    address, _ = cluster()
    report = grade.grade(course.course, "ps1", scheduler=address, say=lambda line: None)
    assert report.unchanged >= 2 and report.graded == 5 - report.unchanged
    assert {name: s["score"] for name, s in course.scores().items()} == {f"s{n}": 6 for n in range(5)}


def test_the_job_script_runs_from_its_first_line_to_its_last(trial, tmp_path):
    course = trial()
    submissions(course, 1)
    stand_in = tmp_path / "bin" / "srun"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\nexec "$@"\n')
    stand_in.chmod(0o755)
    path = f"{stand_in.parent}:{BIN}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", DEPLOY / "slurm.sh", "ps1"],
        cwd=course.root,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert course.scores()["s0"]["score"] == 6
    assert (course.root / "feedback" / "s0" / "ps1" / "work.html").exists()
    assert not list(course.root.glob(".hallyu-job*"))
