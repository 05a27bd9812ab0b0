"""A submitted notebook's official cells, put back as they were released; each repair is told in words.

nbgrader restores the source of locked cells, but not what a cell is (a test marked as a solution is kept), and it stops at
metadata that contradict themselves. This runs before nbgrader's own steps and leaves an honest notebook as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell


@dataclass(frozen=True)
class Official:
    """A cell of the released assignment as the gradebook knows it. points: None when it is not graded."""

    name: str
    kind: str
    """ "code", "markdown" or "raw"."""
    source: str
    released: str
    """The source as learners got it, without hidden tests."""
    checksum: str | None
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None
    tags: tuple[str, ...] = ()

    @property
    def about(self) -> dict:
        """The cell's metadata for nbgrader."""
        about = {
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": self.task,
            "grade_id": self.name,
            "schema_version": 3,
            "cell_type": self.kind,
            "checksum": self.checksum,
        }
        return about | ({} if self.points is None else {"points": self.points})


def repair(notebook: NotebookNode, official: Sequence[Official]) -> list[str]:
    """Put *official* cells back, in place; what was repaired, a sentence each. official: in the order of the source."""
    known, notes = {cell.name: cell for cell in official}, []
    last = {}  # of two cells with one id the later counts, as in nbgrader
    for index, cell in enumerate(notebook.cells):
        last[_name(cell)] = index
    for index, cell in enumerate(notebook.cells):
        if "nbgrader" not in cell.metadata:
            continue
        name = _name(cell)
        if name not in known or last[name] != index:
            if cell.metadata.nbgrader.get("grade_id"):
                why = (
                    "is there twice; the later one counts" if name in known else "is none of the assignment's"
                )
                notes.append(f"the cell {_shown(name)} {why}")
            del cell.metadata["nbgrader"]
            continue
        _restore(cell, known[name], notes)
    _add_missing(notebook, official, notes)
    _tell_order(notebook, official, notes)
    return notes


def _name(cell: NotebookNode) -> str:
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return name if isinstance(name, str) else ""


def _restore(cell: NotebookNode, official: Official, notes: list[str]) -> None:
    """Make *cell* what it was; its source too when it is locked."""
    changed = []
    if cell.cell_type != official.kind:
        changed.append(f"its type (now {cell.cell_type}, was {official.kind})")
        for key in ("outputs", "execution_count", "attachments"):
            cell.pop(key, None)
        cell.cell_type = official.kind
        if official.kind == "code":
            cell.update(outputs=[], execution_count=None)
    before = cell.metadata.nbgrader
    for key in ("grade", "solution", "locked", "task", "points"):
        was, now = official.about.get(key, False), before.get(key, False)
        if now != was and key != "locked" and not (key == "points" and not official.grade):
            changed.append(f"{key} in its metadata")
    if official.locked:
        if cell.source.rstrip() not in (official.source.rstrip(), official.released.rstrip()):
            changed.append("its text, though it is locked")
        cell.source = official.source
        cell.metadata.pop("tags", None)
        if official.tags:
            cell.metadata["tags"] = list(official.tags)
    cell.metadata["nbgrader"] = NotebookNode(official.about)
    if changed:
        notes.append(f"the cell {_shown(official.name)} was changed: {', '.join(changed)}; it was put back")


def _add_missing(notebook: NotebookNode, official: Sequence[Official], notes: list[str]) -> None:
    """Put back what is gone: tests as late as their place allows, so that all they test is there; the rest early.

    An answer that a person grades is not put back: there is none.
    """
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    names = [cell.name for cell in official]
    for place, cell in enumerate(official):
        present = {_name(c): i for i, c in enumerate(notebook.cells)}
        if cell.name in present or not (cell.locked or cell.task):
            continue
        before = [present[n] for n in names[:place] if n in present]
        after = [present[n] for n in names[place + 1 :] if n in present]
        index = min(after, default=len(notebook.cells)) if cell.grade else max(before, default=-1) + 1
        metadata = {"nbgrader": cell.about} | ({"tags": list(cell.tags)} if cell.tags else {})
        notebook.cells.insert(index, make[cell.kind](cell.source, metadata=metadata))
        notes.append(f"the cell {_shown(cell.name)} was missing; it was put back")


def _tell_order(notebook: NotebookNode, official: Sequence[Official], notes: list[str]) -> None:
    names = [cell.name for cell in official]
    order = [names.index(_name(cell)) for cell in notebook.cells if _name(cell) in names]
    if order != sorted(order):
        notes.append("the assignment's cells are in another order than they were given in")


def _shown(name: str) -> str:
    return "“" + "".join(c if c.isprintable() else "?" for c in name)[:60] + "”"
