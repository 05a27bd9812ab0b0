"""Who did what: an append-only log of suggestions and decisions, one JSON object a line.

The copyright registration guide (Korea Copyright Commission, 2025-06-30) asks that human and AI parts be
described separately. Nobody can do that from memory, so each step is written down as it happens.
"""

import io
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import not_written

ACTORS = ("human", "tool")
ACTIONS = (
    "propose", "accept", "reject", "edit", "write", "draw", "generate", "select", "letter", "arrange", "compose", "mix",
)  # fmt: skip
"""A tool may propose and generate; accept, reject and select are decisions, so a person's only."""

DECISIONS = ("accept", "reject", "select")


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    time: ISO 8601, UTC. name: who, or which tool. target: what it was done to ("c03", "c03-1", "c03/소년",
    "episode"). before and after: the text or a short description; empty where there was nothing.
    """

    time: str
    actor: str
    name: str
    action: str
    target: str
    before: str = ""
    after: str = ""

    @property
    def cut(self) -> int | None:
        """The cut's number that the target names, or None for the whole episode.

        >>> Entry("", "human", "Yuna", "edit", "c03-1").cut
        3
        """
        digits = self.target[1:3]
        return int(digits) if self.target[:1] == "c" and digits.isdigit() else None


class WorkLog:
    """The log in the file *path*, which is made by the first entry.

    >>> import tempfile
    >>> log = WorkLog(Path(tempfile.mkdtemp()) / "work.jsonl")
    >>> entry = log.add("human", "Yuna", "edit", "c03-1", before="눈이다", after="눈이다!")
    >>> [(e.action, e.target, e.after) for e in log.entries()]
    [('edit', 'c03-1', '눈이다!')]
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def add(
        self, actor: str, name: str, action: str, target: str, before: str = "", after: str = ""
    ) -> Entry:
        """Append one entry and return it.

        Raises HallyuError for an unknown actor or action, for a decision made by a tool, or when the file
        cannot be written.
        """
        if actor not in ACTORS:
            raise HallyuError(f'The work log knows the actors {" and ".join(ACTORS)}, not "{actor}".')
        if action not in ACTIONS:
            raise HallyuError(f'The work log knows the actions {", ".join(ACTIONS)}, not "{action}".')
        if actor == "tool" and action in DECISIONS:
            raise HallyuError(
                f"{name} is a tool and cannot {action} anything: log the decision under a person's name."
            )
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = Entry(now, actor, name, action, target, before, after)
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "ab+", buffering=0) as file:
                # A run killed in the middle of a line leaves it without its end: start on a fresh one.
                if file.tell() and not _ends_with_newline(file):
                    line = "\n" + line
                _append(file, line.encode(errors="replace"))
        except OSError as error:
            raise HallyuError(not_written(self.path, error)) from error
        return entry

    def entries(self) -> list[Entry]:
        """All whole entries in order; lines that a killed run left unfinished are passed over."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                found.append(Entry(**json.loads(line)))
            except (json.JSONDecodeError, TypeError):
                continue
        return found


def count(entries: Iterable[Entry], actor: str = "human") -> dict[str, int]:
    """How often each action was taken by *actor*, most frequent first.

    >>> log = [Entry("", "human", "Yuna", a, "c01") for a in ("edit", "accept", "edit")]
    >>> count(log)
    {'edit': 2, 'accept': 1}
    """
    actions = [entry.action for entry in entries if entry.actor == actor]
    return {
        action: actions.count(action) for action in sorted(set(actions), key=lambda a: (-actions.count(a), a))
    }


def _append(file: io.FileIO, data: bytes) -> None:
    """All of *data* at the end of an unbuffered file, or nothing of it when the disk is full."""
    size = file.seek(0, os.SEEK_END)
    try:
        while data:
            data = data[file.write(data) :]
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), size)
        raise


def _ends_with_newline(file: io.FileIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
