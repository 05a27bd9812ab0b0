"""The learner's own copy of the course: made from modules/ and grading/ with the solutions cleared.

What the learner changed is never touched. A notebook is changed when its cells are: their text, kind, order or pasted
pictures. JupyterLab saves a notebook that was only opened, with metadata of its own, and one that was run, with its
outputs: neither counts. A new edition of such a lesson is laid over it; its outputs come back by running it, and the
files that it made, in out/, stay.

A manifest remembers what was delivered; it is written last, so that a run that was stopped leaves whole files and is
simply repeated.
"""

import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from hallyu.courseware import curriculum
from hallyu.errors import HallyuError
from hallyu.files import write_whole

MANIFEST = ".hallyu-manifest.json"
START = "start.md"
TURN = "...  # your turn"
ANSWER = "*Write your answer here.*"
SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION\b.*?^[ \t]*### END SOLUTION[^\n]*$", re.DOTALL | re.MULTILINE
)
# What graders keep to themselves: removed with its line, nothing in its place.
HIDDEN = re.compile(
    r"^[ \t]*(?:###|===) BEGIN (HIDDEN TESTS|MARK SCHEME)\b.*?^[ \t]*(?:###|===) END \1[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)


@dataclass
class Delivery:
    """What prepare() did, as paths relative to the workspace."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    yours: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)


def clear_solution(source: str) -> str:
    """The learner's stub: each solution becomes one line to fill in; hidden tests and mark schemes go.

    >>> print(clear_solution("def f(x):\\n    ### BEGIN SOLUTION\\n    return 2 * x\\n    ### END SOLUTION"))
    def f(x):
        ...  # your turn
    """
    return HIDDEN.sub("", SOLUTION.sub(lambda match: match[1] + TURN, source))


def release(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as a learner gets it: solutions and hidden tests cleared, outputs kept only as references."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        cell.source = clear_solution(cell.source)
        # An assignment's free answers have no markers: the whole cell is the answer.
        if cell.metadata.get("nbgrader", {}).get("solution") and TURN not in cell.source:
            cell.source = TURN if cell.cell_type == "code" else ANSWER
        if cell.cell_type == "code" and not keeps_output(cell):
            cell.outputs, cell.execution_count = [], None
    return notebook


def keeps_output(cell: nbformat.NotebookNode) -> bool:
    """Whether the cell's output is a reference that belongs to the source."""
    return "keep_output" in cell.metadata.get("tags", []) or bool(cell.metadata.get("keep_output"))


def prepare(root: Path, workspace: Path) -> Delivery:
    """Bring *workspace* up to date with the course at *root* and say what was done.

    Missing files are written, files that are as they were delivered are brought up to date, changed files stay.
    Raises HallyuError in one sentence when the folder cannot be written or the disk is full.
    """
    delivered, done = _read_manifest(workspace), Delivery()
    for name, content in _edition(root):
        target, receipt, last = workspace / name, _receipt(content), delivered.get(name, {})
        present = _content(target)
        if present is None:
            done.new.append(name)
        elif present == content:
            done.same.append(name)
        elif last.get("edition") == receipt["edition"]:
            (done.same if fingerprint(present) == last["fingerprint"] else done.yours).append(name)
            continue
        elif fingerprint(present) in (last.get("fingerprint"), receipt["fingerprint"]):
            done.updated.append(name)
        else:
            done.newer.append(name)
            continue
        if present != content:
            _write(target, content)
        delivered[name] = receipt
    _write_manifest(workspace, delivered)
    return done


def take(root: Path, workspace: Path, lesson: curriculum.Lesson, today: datetime.date) -> Path | None:
    """Put the newest edition of *lesson* in place and keep what was there beside it, with a dated name.

    Returns where the old copy is, or None when there was nothing to keep (the file was not changed).
    """
    name = f"{lesson.module}/{lesson.path.name}"
    target, content = workspace / name, dict(_edition(root))[name]
    delivered, present, receipt = _read_manifest(workspace), _content(target), _receipt(content)
    untouched, kept = (delivered.get(name, {}).get("fingerprint"), receipt["fingerprint"]), None
    if present is not None and fingerprint(present) not in untouched:
        kept = _free_name(target, today)
        # Copied, not moved: a run that is stopped here leaves the learner's file where it was.
        _write(kept, present)
    _write(target, content)
    _write_manifest(workspace, {**delivered, name: receipt})
    return kept


def fingerprint(content: bytes) -> str:
    """SHA-256 of what a learner changes in a file: of a notebook its cells' kinds, texts and pasted pictures.

    Of anything else, a torn notebook too, it is every byte. Notebooks that were only opened, or only run, keep theirs:

    >>> cell = {"cell_type": "code", "source": ["x = 1\\n", "x"], "outputs": [], "metadata": {}}
    >>> run = {**cell, "source": "x = 1\\nx", "outputs": [{"output_type": "stream"}], "metadata": {"trusted": True}}
    >>> before, after = ({"cells": [each]} for each in (cell, run))
    >>> fingerprint(json.dumps(before).encode()) == fingerprint(json.dumps(after).encode())
    True
    """
    try:
        cells = [
            [cell["cell_type"], "".join(cell["source"]).replace("\r\n", "\n"), cell.get("attachments") or {}]
            for cell in json.loads(content)["cells"]
        ]
        content = json.dumps(cells, sort_keys=True).encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return hashlib.sha256(content).hexdigest()


def _receipt(content: bytes) -> dict[str, str]:
    """What the manifest keeps of a delivered file: which edition it was, and how to tell that it was changed."""
    return {"edition": hashlib.sha256(content).hexdigest(), "fingerprint": fingerprint(content)}


def _edition(root: Path) -> Iterator[tuple[str, bytes]]:
    """Path in the workspace and content of every file that the course delivers."""
    yield START, start_page(root).encode()
    for lesson in curriculum.lessons(root):
        yield f"{lesson.module}/{lesson.path.name}", _released_bytes(lesson.path)
    for folder, target in _folders(root):
        for path in sorted(
            path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
        ):
            content = _released_bytes(path) if path.suffix == ".ipynb" else path.read_bytes()
            yield f"{target}/{path.relative_to(folder).as_posix()}", content


def _folders(root: Path) -> Iterator[tuple[Path, str]]:
    for media in sorted((root / "modules").glob("*/media")):
        yield media, f"{media.parent.name}/media"
    for assignment in sorted(path for path in (root / "grading" / "source").glob("*") if path.is_dir()):
        yield assignment, f"assignments/{assignment.name}"


def start_page(root: Path) -> str:
    """The page that opens first: every module and lesson, with its minutes and what it ends in."""
    parts = [
        "# Start here · 여기서 시작하세요\n\nOpen a lesson and run its cells one by one with Shift+Enter. "
        "These copies are yours: a lesson that you change is never overwritten.\n\n"
        "강의를 열고 Shift+Enter로 셀을 하나씩 실행하세요. 고친 강의는 덮어쓰지 않습니다.\n\n"
        "To make a whole episode in an app, open a new Launcher (the + above) and choose *Hallyu Studio apps*."
    ]
    titles = {module.id: f"{module.title} ({module.title_ko})" for module in curriculum.modules(root)}
    headed = None
    for lesson in curriculum.lessons(root):
        if lesson.module != headed:
            headed = lesson.module
            parts.append(f"## {titles.get(headed, headed.title())}")
        parts.append(
            f"- [{lesson.order:02d} {lesson.title}]({lesson.module}/{lesson.path.name}) ({lesson.title_ko})  \n"
            f"  {lesson.level} · {lesson.minutes} min · ends in: {lesson.ends_in}"
        )
    return "\n\n".join(parts) + "\n"


def _released_bytes(path: Path) -> bytes:
    return _notebook_bytes(release(nbformat.read(path, as_version=4)))


def _notebook_bytes(notebook: nbformat.NotebookNode) -> bytes:
    return (nbformat.writes(notebook) + "\n").encode()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write_manifest(workspace: Path, delivered: dict[str, dict[str, str]]) -> None:
    _write(workspace / MANIFEST, json.dumps(delivered, indent=1, ensure_ascii=False).encode())


def _read_manifest(workspace: Path) -> dict[str, dict[str, str]]:
    try:
        return json.loads((workspace / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError as error:
        # Nothing is lost by forgetting: every file that differs then counts as the learner's.
        os.replace(workspace / MANIFEST, workspace / f"{MANIFEST}.unreadable")
        raise HallyuError(
            f"{workspace / MANIFEST} could not be read and was put aside: run the same command again; "
            "files that differ from the course will be kept as yours."
        ) from error


def _write(path: Path, content: bytes) -> None:
    with write_whole(path) as draft:
        draft.write_bytes(content)


def _free_name(path: Path, today: datetime.date) -> Path:
    """A name beside *path* that is not taken: 05-name.2026-11-21.ipynb, then .2026-11-21-2.ipynb, ..."""
    number = 1
    while True:
        ending = f"-{number}" if number > 1 else ""
        name = path.with_name(f"{path.stem}.{today.isoformat()}{ending}{path.suffix}")
        if not name.exists():
            return name
        number += 1
