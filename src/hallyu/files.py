"""Writing files so that a killed run leaves the old file or the new one, never half of one."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hallyu.errors import HallyuError

NEARLY_NOTHING = 1_000_000
"""Bytes; a disk with less left is full for every file that is written here."""


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
        raise HallyuError(not_written(path, error)) from error
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)
        os.replace(draft, path)
    except OSError as error:
        raise HallyuError(not_written(path, error, draft)) from error
    finally:
        draft.unlink(missing_ok=True)


def not_written(path: str | Path, error: OSError, draft: Path | None = None) -> str:
    """One sentence for people: that *path* was not written, why, and what to do.

    draft: the file or folder that was half written and is about to be removed; its size is room that was there.

    >>> not_written("/srv/눈길.psd", PermissionError(errno.EACCES, "Permission denied"))
    '/srv/눈길.psd was not written (Permission denied): choose a folder that you may write to.'
    """
    folder = next(folder for folder in Path(path).absolute().parents if folder.is_dir())
    number, free = error.errno, shutil.disk_usage(folder).free
    # Pillow names no reason when the disk is full, only "encoder error -2".
    if number == errno.ENOSPC or (number is None and free < NEARLY_NOTHING):
        room = (
            f" ({(free + _size(draft)) / 1e6:,.1f} MB were free, and it needs more)"
            if free < NEARLY_NOTHING
            else ""
        )
        return (
            f"{path} was not written, because the disk is full{room}: delete what you no longer need there, "
            "such as old takes and deliveries, or choose a folder on another disk."
        )
    if number == errno.EDQUOT:
        return f"{path} was not written, because your share of the disk is used up: delete what you no longer need."
    if number == errno.EFBIG:
        return f"{path} was not written, because files as large are not allowed here: choose a folder on another disk."
    what = (
        "a folder that you may write to"
        if number in (errno.EACCES, errno.EPERM, errno.EROFS)
        else "another folder"
    )
    return f"{path} was not written ({error.strerror or error}): choose {what}."


def _size(draft: Path | None) -> int:
    """Bytes of a file, or of all files in a folder."""
    if draft is None or not draft.exists():
        return 0
    return sum(file.stat().st_size for file in (draft, *draft.rglob("*")) if file.is_file())


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def write_whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder beside *folder* to write into; it takes that place, which is empty or not there, when all is written.

    Raises HallyuError when it cannot be written; nothing half-written stays.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", dir=folder.parent))
    except OSError as error:
        raise HallyuError(not_written(folder, error)) from error
    try:
        yield draft
        draft.chmod(0o755)
        draft.replace(folder)
    except OSError as error:
        raise HallyuError(not_written(folder, error, draft)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
