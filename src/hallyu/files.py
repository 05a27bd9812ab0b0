"""Writing files so that a killed run leaves the old file or the new one, never half of one."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hallyu.errors import HallyuError


@contextmanager
def write_whole(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside *path*; on success rename it over *path*, on failure remove it.

    Raises HallyuError with one sentence when the disk is full or the folder cannot be written.

    >>> with write_whole("/tmp/hallyu-doctest.txt") as draft:
    ...     _ = draft.write_text("첫눈", encoding="utf-8")
    >>> Path("/tmp/hallyu-doctest.txt").read_text(encoding="utf-8")
    '첫눈'
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise HallyuError(f"{path} cannot be written: {error.strerror}.") from error
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)
        os.replace(draft, path)
    except OSError as error:
        raise HallyuError(f"{path} was not written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
