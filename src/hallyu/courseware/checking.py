"""`hallyu check`: run lessons with nbval in a fresh copy, compare their references, and report what it took."""

import datetime
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from hallyu.courseware.curriculum import Lesson
from hallyu.courseware.workspace import keeps_output
from hallyu.files import write_whole
from hallyu.memory import peak_memory

WORKERS = 2
SECONDS_A_CELL = 300
MEASURED = "measured.txt"
PACKAGES = ("torch", "diffusers", "transformers", "numpy", "pillow", "skia-python", "gradio", "nbval")

COLOUR = re.compile(r"(?:#x1B|\x1b)\[[0-9;]*m")


@dataclass(frozen=True)
class Result:
    """What one lesson took: seconds its cells ran, peak memory of its kernel in MB, and what failed, in words."""

    lesson: str
    passed: bool
    seconds: float
    peak_mb: float | None
    failures: tuple[str, ...]


def check(lessons: list[Lesson]) -> list[Result]:
    """Execute *lessons*, solutions in place, offline cells only; progress is pytest's own, on the terminal.

    Cells tagged keep_output are compared with their stored output; the rest must run.
    """
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder).resolve()
        notebooks = [_copy(lesson, desk) for lesson in lessons]
        # One notebook stays on one worker (loadfile): its cells share a kernel.
        workers = ["-n", str(WORKERS), "--dist", "loadfile"] if len(notebooks) > 1 else []
        options = ["--nbval-lax", f"--nbval-cell-timeout={SECONDS_A_CELL}", "-p", "no:cacheprovider", "-q"]
        run = [sys.executable, "-m", "pytest", *options, "--no-header", "--tb=no", "--junitxml=report.xml"]
        subprocess.run([*run, *workers, *notebooks], cwd=desk, check=False)
        outcome = ET.parse(desk / "report.xml").getroot()
        return [_result(lesson, desk, outcome) for lesson in lessons]


def _copy(lesson: Lesson, desk: Path) -> str:
    """Copy a lesson and its media to *desk*, with the tags that nbval knows and a last cell that measures."""
    folder = desk / lesson.module / lesson.path.stem
    folder.mkdir(parents=True)
    if (lesson.path.parent / "media").is_dir():
        shutil.copytree(lesson.path.parent / "media", folder / "media")
    notebook = nbformat.read(lesson.path, as_version=4)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "hub" in tags:
            cell.metadata["tags"] = [*tags, "nbval-skip"]
        elif keeps_output(cell):
            cell.metadata["tags"] = [*tags, "nbval-check-output"]
            # Stripping removes the count, and nbval takes a cell without one for a cell that never ran.
            cell.execution_count = 1
    notebook.cells.append(
        new_code_cell(f"from hallyu.courseware.checking import record_peak\n\nrecord_peak({MEASURED!r})")
    )
    nbformat.write(notebook, folder / lesson.path.name)
    return (folder / lesson.path.name).relative_to(desk).as_posix()


def record_peak(path: str) -> None:
    """Write the peak memory of this process so far, in MB, to *path*."""
    Path(path).write_text(f"{peak_memory() * 2**20 / 1e6:.0f}", encoding="utf-8")


def _result(lesson: Lesson, desk: Path, outcome: ET.Element) -> Result:
    cells = [case for case in outcome.iter("testcase") if lesson.path.stem in _where(case)]
    failures = [
        f"{case.get('name')}: {_in_words(fault)}"
        for case in cells
        for fault in case
        if fault.tag in ("failure", "error")
    ]
    if not cells:
        failures = ["the notebook was not run: pytest says why above"]
    measured = desk / lesson.module / lesson.path.stem / MEASURED
    return Result(
        lesson.id,
        not failures,
        round(sum(float(case.get("time", 0)) for case in cells), 1),
        float(measured.read_text()) if measured.exists() else None,
        tuple(failures),
    )


def _where(case: ET.Element) -> str:
    return f"{case.get('classname')}::{case.get('name')}"


def _in_words(fault: ET.Element) -> str:
    """The last line that says something: the exception of a cell, or nbval's comparison."""
    text = COLOUR.sub("", fault.text or fault.get("message") or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "failed"


def table(results: list[Result]) -> str:
    """The report as a table that reads in a terminal and in Markdown."""
    rows = ["| lesson | | seconds | peak MB |", "| --- | --- | ---: | ---: |"]
    for result in results:
        mark, peak = "✓" if result.passed else "✗", "?" if result.peak_mb is None else f"{result.peak_mb:.0f}"
        rows.append(f"| {result.lesson} | {mark} | {result.seconds:.1f} | {peak} |")
    rows += [f"\n{result.lesson}, {failure}" for result in results for failure in result.failures]
    return "\n".join(rows)


def write_report(results: list[Result], folder: Path) -> Path:
    """Write check.json, with the versions of what matters, and check.md into *folder*; the first one's path."""
    report = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "versions": {name: metadata.version(name) for name in PACKAGES},
        "lessons": [asdict(result) for result in results],
    }
    with write_whole(folder / "check.json") as draft:
        draft.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with write_whole(folder / "check.md") as draft:
        draft.write_text(table(results) + "\n", encoding="utf-8")
    return folder / "check.json"
