"""Honest submissions, graded by stock nbgrader and by `hallyu grade`: every score that differs.

    python benchmarks/honest.py           200 submissions of three assignments, about ten minutes on two cores
    python benchmarks/honest.py 30 --seed 7

Ends with 1 when a score differs.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

import honest  # noqa: E402

from hallyu.grading import compare  # noqa: E402
from hallyu.grading.run import grade as run  # noqa: E402
from hallyu.grading.run.course import GradingCourse  # noqa: E402


def one_assignment(root: Path, name: str, number: int, seed: int) -> tuple[int, int]:
    """Hand in, grade both ways, print what differs; how many scores there are and how many differ."""
    honest.submit(root, name, number, seed)
    course = GradingCourse.open(root)
    release = [sys.executable, "-m", "nbgrader", "generate_assignment", name]
    subprocess.run(release, cwd=root, check=True, capture_output=True)
    started = time.perf_counter()
    report = run.grade(course, name, say=lambda line: None)
    ours = time.perf_counter() - started
    scores = compare.scores_of(report.submissions)
    started = time.perf_counter()
    found = compare.differences(root, name, scores, sandboxed=False)
    stock = time.perf_counter() - started
    for difference in found:
        print(f"  {difference}")
    for student, told in report.submissions.items():
        if told["problem"]:
            print(f"  {student} was not graded: {told['problem']}")
    print(
        f"{name}: {number} submissions, {len(scores)} scores, {len(found)} differ; ours {ours:.0f} s, stock {stock:.0f} s"
    )
    return len(scores), len(found) + report.failed


def main() -> None:
    """All three assignments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    names = list(honest.ASSIGNMENTS)
    shares = [args.number // 3 + (place < args.number % 3) for place in range(3)]
    with tempfile.TemporaryDirectory(prefix="honest") as temporary:
        root = Path(temporary)
        honest.make_course(root)
        pairs = zip(names, shares, strict=True)
        results = [one_assignment(root, name, number, args.seed) for name, number in pairs]
    total, differ = (sum(column) for column in zip(*results, strict=True))
    print(f"{args.number} honest submissions, {total} scores: {differ} differ from stock nbgrader.")
    raise SystemExit(int(differ > 0))


if __name__ == "__main__":
    main()
