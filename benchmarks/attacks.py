"""Each attack on the grader, against stock nbgrader and against `hallyu grade`, in one run; the table for the book.

    python benchmarks/attacks.py                    all of them, about ten minutes on two cores
    python benchmarks/attacks.py "fork bomb" frames only those whose name holds one of these words
    python benchmarks/attacks.py --write            and put the table into book/grading-attacks.md

Stock nbgrader grades each attacker in a course of its own, in a process group that is ended after LIMIT seconds. Ours grades
all attackers in one run, beside an honest neighbour. What could harm this computer is bounded: a fork bomb stops at 200
children, memory at 3 GB, the disk at 400 MB, and the network is a port of this computer.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

from nbcells import cell, notebook  # noqa: E402

PAGE = ROOT / "book" / "grading-attacks.md"
LIMIT = 120
"""Seconds that stock nbgrader has for an attacker and a neighbour; honest ones take about four."""
CANARY = "canary-7f3a9c"
SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "attacked"
c.Execute.timeout = 15
c.WarmProvisioner.preload = ["numpy"]
"""
TWICE = ("solution", "twice", "def twice(x):\n    return 2 * x")
LATER = (
    "test",
    "later",
    f"assert twice(4) == 8\n### BEGIN HIDDEN TESTS\nassert twice(5) == 10, '{CANARY}'\n### END HIDDEN TESTS",
)


@dataclass(frozen=True)
class Attack:
    """What an attacker hands in, and what it is after. source: for the cell `area`; change: of the submitted folder."""

    name: str
    aim: str
    source: str = ""
    change: Callable[[Path, Path], None] | None = None


# What each aim means; each function looks at the course after grading and says whether the attacker got it.


def points(course: "World", who: str) -> bool:
    return (course.scores().get((who, "right")) or 0) > 0


def secret(course: "World", who: str) -> bool:
    return CANARY in course.outputs(who)


def took(course: "World", who: str) -> bool:
    return "TOOK IT" in course.outputs(who)


def outside(course: "World", who: str) -> bool:
    return (course.root / f"outside-{who}").exists()


def network(course: "World", who: str) -> bool:
    return who in course.heard


def alive(course: "World", who: str) -> bool:
    return any(f"mark-{course.mark}-{who}" in line for line in _command_lines())


def flood(course: "World", who: str) -> bool:
    return len(course.outputs(who)) > 10_000_000


def lost(course: "World", who: str) -> bool:
    return course.scores().get((who, "later")) != 1


def script(course: "World", who: str) -> bool:
    return f"<script>steal('{who}')" in course.feedback(who)


def nothing(course: "World", who: str) -> bool:
    return False


AIMS = {
    "points": (points, "gets points for a wrong answer"),
    "secret": (secret, "reads what is not its own"),
    "took": (took, "takes what its neighbours need"),
    "outside": (outside, "writes outside its folder"),
    "network": (network, "reaches the network"),
    "alive": (alive, "outlives the grading"),
    "flood": (flood, "fills the instructor's disk"),
    "lost": (lost, "its other, honest points are lost"),
    "script": (script, "runs in the reader's browser"),
    "run": (nothing, "stops the run or harms a neighbour"),
}
"""Every attack has also succeeded where the run does not end, or the honest neighbour does not get all points."""

WRONG = "def area(r):\n    return 3.0\n"


def cheats() -> dict[str, str]:
    """The cheats of the regression tests: each gives a wrong `area` and wants its points."""
    path = ROOT / "tests" / "grading" / "isolation" / "test_execute.py"
    spec = importlib.util.spec_from_file_location("isolation_tests", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    honest_failures = {"wrong", "empty", "no Python"}
    return {name: source for name, source in module.CHEATS.items() if name not in honest_failures}


def area_cells() -> list[tuple]:
    path = ROOT / "tests" / "grading" / "isolation" / "test_execute.py"
    spec = importlib.util.spec_from_file_location("isolation_tests", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [*module.AREA, TWICE, LATER]


# --- Changes of the submitted folder ----------------------------------------------------------------------------------------


def cells_changed(change: Callable[[list], list]) -> Callable[[Path, Path], None]:
    def work(folder: Path, root: Path) -> None:
        submission = nbformat.read(folder / "work.ipynb", 4)
        submission.cells = change(submission.cells)
        nbformat.write(submission, folder / "work.ipynb")

    return work


def _find(cells: list, name: str) -> int:
    return next(i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def _test(cells: list, **about: object) -> list:
    cell = cells[_find(cells, "right")]
    cell.source = "2.0"
    cell.metadata.nbgrader.update(about)
    return cells


def _renamed(cells: list) -> list:
    cells[_find(cells, "right")].metadata.nbgrader.grade_id = "rigth"
    return cells


def _retyped(cells: list) -> list:
    place = _find(cells, "right")
    cells[place] = nbformat.v4.new_markdown_cell("2.0", metadata=cells[place].metadata)
    return cells


def _doubled(cells: list) -> list:
    place = _find(cells, "right")
    first, last = (
        new_code_cell("2.0", metadata=json.loads(json.dumps(cells[place].metadata))) for _ in range(2)
    )
    return [*cells[:place], first, *cells[place:], last]


def _without_tests(cells: list) -> list:
    return [cell for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]


def _written(text: str | bytes) -> Callable[[Path, Path], None]:
    def work(folder: Path, root: Path) -> None:
        (folder / "work.ipynb").write_bytes(text if isinstance(text, bytes) else text.encode())

    return work


def _link_to_notebook(folder: Path, root: Path) -> None:
    (folder / "work.ipynb").unlink()
    (folder / "work.ipynb").symlink_to(root / "source" / "ps1" / "work.ipynb")


def _link_to_secret(folder: Path, root: Path) -> None:
    (folder / "data.txt").symlink_to(root / "home" / ".netrc")


def _large(folder: Path, root: Path) -> None:
    cells_changed(lambda cells: [*cells, new_code_cell("# " + "x" * 50_000_000)])(folder, root)


def _look_alike(folder: Path, root: Path) -> None:
    (folder / "work.ipynb").rename(folder / "wоrk.ipynb")  # a Cyrillic о


def in_code() -> list[Attack]:
    """The attacks of attacks.txt: each block gives its aim, its name, and what stands in the cell below a wrong `area`."""
    found = []
    for block in (ROOT / "benchmarks" / "attacks.txt").read_text(encoding="utf-8").split("# %% ")[1:]:
        head, _, source = block.partition("\n")
        aim, _, name = head.partition(": ")
        found.append(
            Attack(name, aim, WRONG + source, _link_to_secret if name == "a link out of the folder" else None)
        )
    return found


NO_FORMAT = '{"nbformat": 99, "nbformat_minor": 0, "cells": {}}'
ATTACKS = [
    *(Attack(name, "points", source) for name, source in cheats().items()),
    *in_code(),
    Attack("a link in place of the notebook", "points", "", _link_to_notebook),
    Attack("a test replaced", "points", WRONG, cells_changed(_test)),
    Attack("a test worth 100 points", "points", WRONG, cells_changed(lambda c: _test(c, points=100))),
    Attack(
        "a test made a solution",
        "points",
        WRONG,
        cells_changed(lambda c: _test(c, solution=True, locked=False)),
    ),
    Attack("a test retyped as text", "points", WRONG, cells_changed(_retyped)),
    Attack("a test under another id", "points", WRONG, cells_changed(_renamed)),
    Attack("a test twice", "points", WRONG, cells_changed(_doubled)),
    Attack("tests deleted", "points", WRONG, cells_changed(_without_tests)),
    Attack("cells in reverse order", "points", WRONG, cells_changed(lambda c: c[::-1])),
    Attack("a notebook of 50 MB", "run", WRONG, _large),
    Attack("a notebook that is no JSON", "run", "", _written("{")),
    Attack("a notebook of binary garbage", "run", "", _written(bytes(range(256)) * 100)),
    Attack("a notebook of another format", "run", "", _written(NO_FORMAT)),
    Attack("no notebook", "run", "", lambda folder, root: (folder / "work.ipynb").unlink()),
    Attack("a look-alike file name", "run", "", _look_alike),
]


# --- A course under attack --------------------------------------------------------------------------------------------------


class World:
    """A course in a folder of its own, with secrets to steal, a port to call and an honest neighbour, zoe."""

    def __init__(self, folder: Path, attacks: dict[str, Attack]):
        self.root, self.mark, self.heard = folder, os.urandom(4).hex(), set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        (folder / "source" / "ps1").mkdir(parents=True)
        (folder / "home").mkdir()
        (folder / "home" / ".netrc").write_text(f"password {CANARY}")
        (folder / "nbgrader_config.py").write_text(SETTINGS)
        nbformat.write(notebook([cell(*c) for c in area_cells()]), folder / "source" / "ps1" / "work.ipynb")
        self.nbgrader("generate_assignment", "ps1")
        self.nbgrader("db", "student", "add", "zoe", f"--email={CANARY}")
        self.submit("zoe", Attack("", "", ""))
        for who, attack in attacks.items():
            self.submit(who, attack)

    def submit(self, who: str, attack: Attack) -> None:
        """Hand in: the honest solution, but for what the attack changes."""
        folder = self.root / "submitted" / who / "ps1"
        folder.mkdir(parents=True)
        fields = {"root": self.root, "who": who, "port": self.listener.getsockname()[1], "mark": self.mark}
        source = attack.source
        for key, value in fields.items():
            source = source.replace("{" + key + "}", str(value))
        cells = [(kind, name, text, *rest) for kind, name, text, *rest in area_cells()]
        if attack.source or attack.change:
            cells = [(k, n, source if n == "area" else text, *rest) for k, n, text, *rest in cells]
        cells = [(k, n, text.partition("### BEGIN HIDDEN")[0], *rest) for k, n, text, *rest in cells]
        submission = notebook([cell(*c) for c in cells])
        if who == "zoe":
            submission.cells.append(nbformat.v4.new_markdown_cell(CANARY))
        nbformat.write(submission, folder / "work.ipynb")
        if attack.change:
            attack.change(folder, self.root)

    def env(self) -> dict[str, str]:
        """The instructor's environment, with a secret in it."""
        beside = str(Path(sys.executable).parent)
        secret = {"HOME": str(self.root / "home"), "COURSE_TOKEN": CANARY}
        return os.environ | secret | {"PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}

    def nbgrader(self, *words: str) -> bool:
        """Run one of nbgrader's commands; whether it ended by itself."""
        return self.run([sys.executable, "-m", "nbgrader", *words], LIMIT)

    def grade(self, limit: float) -> bool:
        """Run ``hallyu grade``; whether it ended by itself."""
        return self.run(
            [sys.executable, "-m", "hallyu.cli", "grade", "ps1", "--workers=2", "--feedback"], limit
        )

    def run(self, command: list[str], limit: float) -> bool:
        """Run a command in the course; whether it ended by itself."""
        with open(self.root / "log.txt", "a") as log:
            process = subprocess.Popen(
                command, cwd=self.root, env=self.env(), stdout=log, stderr=log, start_new_session=True
            )
            try:
                process.wait(limit)
                return True
            except subprocess.TimeoutExpired:
                return False
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def scores(self) -> dict[tuple[str, str], float | None]:
        """By student and cell, as the gradebook has them."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as book:
            return {
                (submission.student.id, grade.name): grade.score
                for submission in book.assignment_submissions("ps1")
                for notebook in submission.notebooks
                for grade in notebook.grades
            }

    def outputs(self, who: str) -> str:
        """Outputs of the learner's own cells, as the instructor keeps them."""
        path = self.root / "autograded" / who / "ps1" / "work.ipynb"
        if not path.exists():
            return ""
        cells = json.loads(path.read_bytes())["cells"]
        return json.dumps(
            [c.get("outputs") for c in cells if not c["metadata"].get("nbgrader", {}).get("grade")]
        )

    def feedback(self, who: str) -> str:
        """The learner's feedback page."""
        path = self.root / "feedback" / who / "ps1" / "work.html"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def neighbour_is_well(self) -> bool:
        """Whether the honest neighbour has all points."""
        scores = self.scores()
        return all(scores.get(("zoe", c[1])) == (c[3:] or (1,))[0] for c in area_cells() if c[0] == "test")

    def close(self) -> None:
        """End what an attack left running, and take the folder away."""
        self.listener.close()
        for pid, line in _command_lines(with_pid=True):
            if f"mark-{self.mark}-" in line:
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.root, ignore_errors=True)

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(3)
                self.heard.add(caller.recv(100).decode(errors="ignore"))


def _command_lines(with_pid: bool = False) -> list:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="ignore")
        except OSError:
            continue
        found.append((int(path.parent.name), line) if with_pid else line)
    return found


# --- The two ways -------------------------------------------------------------------------------------------------------------


def against_stock(attack: Attack) -> str:
    """What the attack gets from stock nbgrader; empty when nothing."""
    world = World(Path(tempfile.mkdtemp(prefix="stock")), {"adam": attack})
    try:
        ended = world.nbgrader("autograde", "ps1")
        if attack.aim == "script":
            world.nbgrader("generate_feedback", "ps1")
        return got(world, "adam", attack, ended)
    finally:
        world.close()


def against_ours(attacks: list[Attack]) -> tuple[dict[str, str], dict[str, str]]:
    """What each attack gets from `hallyu grade`, all in one run; and what the run noted about each."""
    names = {f"a{number:02}": attack for number, attack in enumerate(attacks)}
    world = World(Path(tempfile.mkdtemp(prefix="ours")), names)
    try:
        ended = world.grade(LIMIT + 30 * len(attacks))
        report = world.root / "reports" / "grade-ps1.json"
        told = json.loads(report.read_text(encoding="utf-8"))["submissions"] if report.exists() else {}
        results = {attack.name: got(world, who, attack, ended) for who, attack in names.items()}
        return results, {a.name: "; ".join(told.get(who, {}).get("notes", [])) for who, a in names.items()}
    finally:
        world.close()


def got(world: World, who: str, attack: Attack, ended: bool) -> str:
    """What the attack achieved, in words."""
    if not ended:
        return "stops the run"
    if not world.neighbour_is_well():
        return "a neighbour is not graded, or loses points"
    reached, words = AIMS[attack.aim]
    return words if reached(world, who) else ""


def in_table(notes: str) -> str:
    """The first of the run's notes, fit for a cell of a table."""
    first = notes.split("; work: ")[0].removeprefix("work: ")
    short = textwrap.shorten(first, 130, placeholder=" …")
    return short.replace("|", "\\|").replace("<", "&lt;")


def table(stock: dict[str, str], ours: dict[str, str], notes: dict[str, str]) -> str:
    """The attacks as Markdown."""
    shown = lambda result: f"✗ {result}" if result else "✓ held"
    lines = ["| attack | stock nbgrader | ours | what the run says |", "| --- | --- | --- | --- |"]
    for name, result in stock.items():
        lines.append(f"| {name} | {shown(result)} | {shown(ours[name])} | {in_table(notes.get(name, ''))} |")
    won = lambda results: sum(map(bool, results.values()))
    lines += [
        "",
        f"{len(stock)} attacks: {won(stock)} succeed against stock nbgrader, {won(ours)} against ours.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run, print, and on request write the table into the book."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only attacks whose name holds one of these")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}")
    args = parser.parse_args()
    chosen = [a for a in ATTACKS if not args.words or any(word in a.name for word in args.words)]
    ours, notes = against_ours(chosen)
    stock = {}
    for attack in chosen:
        stock[attack.name] = against_stock(attack)
        print(
            f"{attack.name}: stock {stock[attack.name] or 'held'}; ours {ours[attack.name] or 'held'}",
            flush=True,
        )
    made = table(stock, ours, notes)
    print(f"\n{made}")
    if args.write:
        page = PAGE.read_text(encoding="utf-8")
        begin, end = "<!-- attacks -->\n", "<!-- /attacks -->"
        before, after = page.partition(begin)[0], page.partition(end)[2]
        PAGE.write_text(f"{before}{begin}\n{made}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
