"""What a run has done so far, on disk, so that a run that was killed goes on where it stopped.

A folder of the course, ``.hallyu/<assignment>/``, holds ``journal.jsonl``, one line for each thing that happened, and each
result until it is in the gradebook. A line is appended and forced to disk after what it tells of; a line that was cut short
by a crash is not read. So at every moment one of these is true of a submission: nothing is known of it (it is graded), its
result lies here (it is put into the gradebook), or it is in the gradebook (nothing is done).
"""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.grading.run.stage import Staged
from hallyu.grading.run.worker import Result


def submission_key(collected: Staged, basis: str) -> str:
    """Digest of a submission as it lies there and of *basis*: all else that its score depends on."""
    digest = hashlib.sha256(basis.encode())
    for name, content in sorted(collected.files.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    digest.update(repr(collected.notes).encode())
    return digest.hexdigest()


class Journal:
    """The journal of one assignment. Lines are dictionaries with student, key, state and what belongs to the state.

    States: "graded" (the result lies in results/<key>.zip), "booked" (it is in the gradebook), "failed" (the engine could
    not grade it; why stands in the line).
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.path = folder / "journal.jsonl"
        self.last: dict[str, dict] = {}
        (folder / "results").mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            content = self.path.read_bytes()
            for line in content.split(b"\n"):
                with contextlib.suppress(ValueError, KeyError):
                    entry = json.loads(line)
                    self.last[entry["student"]] = entry
            self._cut = bool(content) and not content.endswith(b"\n")
        else:
            self._cut = False

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the journal for one run. Raises HallyuError when another run has it; a killed run lets go of it."""
        with open(self.folder / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HallyuError(f"Another run is grading here; wait for its end ({self.folder}).") from None
            yield

    def _append(self, entry: dict) -> None:
        with open(self.path, "ab") as file:
            file.write((b"\n" if self._cut else b"") + json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._cut = False
        self.last[entry["student"]] = entry

    def graded(self, result: Result, key: str) -> None:
        """Keep a result."""
        about = asdict(result) | {"files": None}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("about.json", json.dumps(about))
            for name, content in result.files.items():
                archive.writestr(f"files/{name}", content)
        draft = self._result(key).with_suffix(".part")
        with open(draft, "wb") as file:
            file.write(packed.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._result(key))
        self._append({"student": result.student, "key": key, "state": "graded"})

    def kept(self, student: str, key: str) -> Result | None:
        """A result that was graded and is not yet known to be in the gradebook."""
        entry = self.last.get(student, {})
        if (entry.get("key"), entry.get("state")) != (key, "graded") or not self._result(key).exists():
            return None
        with zipfile.ZipFile(self._result(key)) as archive:
            about = json.loads(archive.read("about.json"))
            names = [name for name in archive.namelist() if name.startswith("files/")]
            about["files"] = {name.removeprefix("files/"): archive.read(name) for name in names}
        about["scores"] = {
            n: {c: tuple(s) for c, s in scores.items()} for n, scores in about["scores"].items()
        }
        return Result(**about)

    def booked(self, student: str, key: str, report: dict) -> None:
        """Note that a result is in the gradebook, with the lines that tell of it."""
        self._append({"student": student, "key": key, "state": "booked", "report": report})
        self._result(key).unlink(missing_ok=True)

    def failed(self, student: str, key: str, report: dict) -> None:
        """Note that the engine could not grade a submission."""
        self._append({"student": student, "key": key, "state": "failed", "report": report})

    def report(self, student: str, key: str) -> dict | None:
        """What was told when this very submission was put into the gradebook; None when it was not."""
        entry = self.last.get(student, {})
        return entry["report"] if (entry.get("key"), entry.get("state")) == (key, "booked") else None

    def _result(self, key: str) -> Path:
        return self.folder / "results" / f"{key}.zip"
