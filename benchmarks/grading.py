"""Grading: submissions a minute and memory of stock nbgrader, otter-grader and `hallyu grade`, on the same work in one run.

    python benchmarks/grading.py                 20 submissions for each, about six minutes on two cores
    python benchmarks/grading.py --many 3400     a whole intake by ours alone, with workers and runs killed at random

The work: a notebook that imports NumPy, PIL, torch and diffusers, with three tasks and six tests. Ours gets ten times as
many submissions as the others, since it starts once (warm process, reference run, workers) and that must not be hidden.
Memory is the largest fall of what the system calls available, so that everything counts, shared pages once. otter-grader
is put into build/otter, beside the course's own packages; it runs each submission locally, which is faster than its
containers.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

from nbcells import cell  # noqa: E402
from nbcells import notebook as notebook_of  # noqa: E402

OTTER = ROOT / "build" / "otter"
OTTER_PARTS = [
    *("otter-grader==7.0.0", "dill==0.4.0", "fica", "ipylab", "ipywidgets", "widgetsnbextension"),
    *("jupyterlab_widgets", "python-frontmatter", "python-on-whales", "wrapt", "pypdf", "jupytext"),
]
NAME = "studio"
SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "bench"
c.Execute.timeout = 60
"""
IMPORTS = """import numpy as np
import torch
from diffusers import DDIMScheduler
from PIL import Image"""
STEPS = """def steps(n):
    scheduler = DDIMScheduler({settings})
    scheduler.set_timesteps(n)
    return [int(t) for t in scheduler.timesteps]"""
TASKS = {
    "luma": (
        "def luma(picture):\n    return np.asarray(picture.convert('RGB'), float) @ [0.2126, 0.7152, 0.0722]",
        "def luma(picture):\n    return np.asarray(picture.convert('RGB'), float).mean(axis=2)",
        [
            "assert luma(Image.new('RGB', (4, 3), 'red')).shape == (3, 4)",
            "assert np.allclose(luma(Image.new('RGB', (2, 2), (10, 20, 30))), 18.596)",
        ],
    ),
    "mix": (
        "def mix(latent, noise, share):\n    return (1 - share) ** 0.5 * latent + share**0.5 * noise",
        "def mix(latent, noise, share):\n    return (1 - share) * latent + share * noise",
        [
            "assert torch.equal(mix(torch.ones(2), torch.zeros(2), 0.0), torch.ones(2))",
            "assert torch.allclose(mix(torch.ones(2), torch.ones(2), 0.36), torch.full((2,), 1.4))",
        ],
    ),
    "steps": (
        STEPS.format(settings="timestep_spacing='trailing'"),
        STEPS.format(settings=""),
        ["assert len(steps(7)) == 7", "assert steps(4) == [999, 749, 499, 249]"],
    ),
}


def answers(index: int) -> dict[str, bool]:
    """Which tasks submission *index* gets right: all eight combinations in turn."""
    return {task: not index >> bit & 1 for bit, task in enumerate(TASKS)}


def expected(index: int) -> int:
    """Its points: each task has one test that the wrong answer passes too."""
    return 3 + sum(answers(index).values())


def notebook(right: dict[str, bool], tests: bool = True) -> nbformat.NotebookNode:
    """The assignment, with right or wrong answers."""
    cells = [cell("locked", "imports", IMPORTS)]
    for task, (good, bad, checks) in TASKS.items():
        answer = (
            f"### BEGIN SOLUTION\n{good}\n### END SOLUTION"
            if tests and right is None
            else (good if right[task] else bad)
        )
        cells.append(cell("solution", task, answer))
        for n, check in enumerate(checks if tests else ()):
            cells.append(cell("test", f"{task}-{n}", check))
    return notebook_of(cells)


def nbgrader(course: Path, *words: str) -> None:
    """One of nbgrader's own commands in *course*; it finds its database tool on PATH."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        env=environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])


def environment(**more: str) -> dict[str, str]:
    """The variables of this process, with the programs beside Python on PATH."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **more}


def make_course(folder: Path, count: int) -> Path:
    """An nbgrader course with the assignment released and *count* submissions."""
    source = folder / "source" / NAME
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(SETTINGS)
    nbformat.write(notebook(None), source / f"{NAME}.ipynb")
    nbgrader(folder, "generate_assignment", NAME)
    for index in range(count):
        target = folder / "submitted" / f"s{index:04d}" / NAME
        target.mkdir(parents=True)
        nbformat.write(notebook(answers(index)), target / f"{NAME}.ipynb")
    return folder


def scores(course: Path) -> dict[str, float]:
    """Points by student, from the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {s.student.id: s.score for s in book.assignment_submissions(NAME)}


@contextlib.contextmanager
def measured(into: dict):
    """Seconds, and megabytes by which the available memory fell at most."""
    before, lowest, over = (
        psutil.virtual_memory().available,
        [psutil.virtual_memory().available],
        threading.Event(),
    )

    def watch() -> None:
        while not over.wait(0.2):
            lowest[0] = min(lowest[0], psutil.virtual_memory().available)

    watcher, started = threading.Thread(target=watch), time.perf_counter()
    watcher.start()
    try:
        yield
    finally:
        into["seconds"] = time.perf_counter() - started
        over.set()
        watcher.join()
        into["megabytes"] = (before - lowest[0]) / 1e6


def must_be_right(found: dict[str, float], count: int) -> None:
    """Every submission has the points that it deserves."""
    wrong = [n for n in range(count) if found.get(f"s{n:04d}") != expected(n)]
    if wrong or len(found) != count:
        raise SystemExit(f"{len(wrong)} of {count} scores are wrong, {len(found)} are there")


def stock(folder: Path, count: int) -> dict:
    """Stock nbgrader's autograde, all submissions in one process."""
    course, row = make_course(folder, count), {"count": count}
    with measured(row):
        nbgrader(course, "autograde", NAME)
    must_be_right(scores(course), count)
    return row


def ours(folder: Path, count: int, workers: int) -> dict:
    """Ours, sandboxed and with the tests isolated, everything cold: its warm process too."""
    end_warm_processes()
    course, row = make_course(folder, count), {"count": count}
    with measured(row):
        subprocess.run(command(course, workers), check=True, capture_output=True, env=environment())
    must_be_right(scores(course), count)
    return row


def command(course: Path, workers: int) -> list[str]:
    """The run."""
    return [
        sys.executable,
        "-m",
        "hallyu.cli",
        "grade",
        NAME,
        "--course",
        str(course),
        "--workers",
        str(workers),
    ]


def end_warm_processes() -> None:
    """End the zygotes that wait for work."""
    for process in psutil.process_iter(["cmdline"]):
        if "hallyu.grading.kernel.zygote" in (process.info["cmdline"] or ()):
            with contextlib.suppress(psutil.Error):
                process.terminate()


def otter(folder: Path, count: int) -> dict:
    """`otter run` on each submission, locally, one process each."""
    if not OTTER.exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(OTTER), *OTTER_PARTS],
            check=True,
        )
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for task, (_, _, checks) in TASKS.items():
        cases = [{"code": f">>> {check}", "hidden": False, "locked": False, "points": 1} for check in checks]
        suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        (tests / f"{task}.py").write_text(
            f"OK_FORMAT = True\ntest = { ({'name': task, 'suites': [suite]})!r}\n"
        )
    env = environment(PYTHONPATH=str(OTTER))
    run = [sys.executable, "-m", "otter"]
    made = [*run, "generate", "-t", str(tests), "-o", str(folder / "autograder.zip"), "--no-environment"]
    subprocess.run(made, cwd=folder, env=env, check=True, capture_output=True)
    for index in range(count):
        nbformat.write(notebook(answers(index), tests=False), folder / f"s{index:04d}.ipynb")
    row, found = {"count": count}, {}
    with measured(row):
        for index in range(count):
            out = folder / f"out{index}"
            out.mkdir()
            one = [*run, "run", "--no-logo", "-a", "autograder.zip", "-o", str(out), f"s{index:04d}.ipynb"]
            subprocess.run(one, cwd=folder, env=env, check=True, capture_output=True)
            result = json.loads((out / "results.json").read_text())
            found[f"s{index:04d}"] = sum(
                test.get("score", 0) for test in result["tests"] if test.get("max_score")
            )
    wrong = sum(found[f"s{n:04d}"] != expected(n) for n in range(count))
    if wrong:
        print(f"otter-grader: {wrong} of {count} scores are wrong")
    return row


def compare(count: int) -> None:
    """The table."""
    rows = {}
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        rows["nbgrader"] = stock(base / "stock", count)
        try:
            rows["otter-grader"] = otter(base / "otter", count)
        except (subprocess.CalledProcessError, OSError) as error:
            print(
                f"otter-grader could not be run: {(getattr(error, 'stderr', b'') or b'').decode()[-400:] or error}"
            )
        for workers in (1, 2):
            rows[f"hallyu grade, {workers} worker{'s' * (workers > 1)}"] = ours(
                base / f"ours{workers}", 10 * count, workers
            )
    slow = rows["nbgrader"]["seconds"] / rows["nbgrader"]["count"]
    print(f"{'':<28}{'submissions':>12}{'s each':>9}{'a minute':>10}{'times nbgrader':>16}{'peak MB':>9}")
    for name, row in rows.items():
        each = row["seconds"] / row["count"]
        print(
            f"{name:<28}{row['count']:>12}{each:>9.2f}{60 / each:>10.1f}{slow / each:>16.1f}{row['megabytes']:>9.0f}"
        )


def many(count: int, workers: int = 2) -> None:
    """A whole intake by ours, with a worker killed about every 25 seconds and the run itself now and then."""
    rng, kills = random.Random(0), Counter()
    with tempfile.TemporaryDirectory() as temporary:
        course = make_course(Path(temporary) / "course", count)
        row: dict = {}
        with measured(row):
            while True:
                run = subprocess.Popen(command(course, workers), stdout=subprocess.DEVNULL, env=environment())
                while run.poll() is None:
                    try:
                        run.wait(rng.uniform(5, 45))
                    except subprocess.TimeoutExpired:
                        kills[_kill(run, rng)] += 1
                if run.returncode == 0:
                    break
                if run.returncode > 0:
                    raise SystemExit("The run ended with an error of its own.")
        must_be_right(scores(course), count)
        journals = [line for path in (course / ".hallyu" / NAME).glob("*.jsonl") for line in path.open()]
        print(
            f"{count} submissions in {row['seconds'] / 60:.1f} min, {60 * count / row['seconds']:.1f} a minute; killed: "
            f"{dict(kills)}; every score right, none lost, none doubled; {len(journals)} lines in the journal; "
            f"{row['megabytes']:.0f} MB at most"
        )


def _kill(run: subprocess.Popen, rng: random.Random) -> str:
    """Kill a worker, or one time in eight the run with its workers; what was killed."""
    everything = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
    workers = [process for process in everything if "spawn_main" in _command(process)]
    whole = rng.random() < 1 / 8
    victims = everything if whole else rng.sample(workers, min(1, len(workers)))
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return "runs" if whole else "workers" if victims else "nothing"


def _command(process: psutil.Process) -> str:
    """A process's command line; empty when it has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--many", type=int, help="grade so many by ours alone, with random kills")
    args = parser.parse_args()
    if shutil.which("nbgrader", path=environment()["PATH"]) is None:
        raise SystemExit("nbgrader is not beside this Python: run it from the course's environment.")
    many(args.many) if args.many else compare(args.count)


if __name__ == "__main__":
    main()
