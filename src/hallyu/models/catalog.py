"""The catalogue of models (catalog.toml): what there is, under which licence, whether it is here, and how to open it."""

import importlib
import importlib.util
import os
import socket
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import sha256

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "weights"
HUB = ("huggingface.co", 443)


@dataclass(frozen=True)
class File:
    """One file of a bundled model: its path, its SHA-256 and its size in bytes.

    The path lies under weights/, or in *package*, an installed Python package that carries the file.
    """

    path: str
    sha256: str
    size: int
    package: str = ""


@dataclass(frozen=True)
class Entry:
    """A model. *loader* is "module:function"; *fallback* names the bundled entry that does the same task."""

    id: str
    task: str
    engine: str
    title: str
    licence: str
    source: str
    loader: str
    revision: str = ""
    files: tuple[File, ...] = ()
    size: int = 0
    fallback: str = ""
    verified: str = ""

    @property
    def bytes(self) -> int:
        """Size on disk: of the bundled files, or as the hub states it."""
        return sum(file.size for file in self.files) or self.size


@cache
def entries() -> dict[str, Entry]:
    """All models by id, in the catalogue's order."""
    with open(FOLDER / "catalog.toml", "rb") as file:
        rows = tomllib.load(file)["model"]
    return {
        row["id"]: Entry(**{**row, "files": tuple(File(**f) for f in row.get("files", ()))}) for row in rows
    }


def entry(name: str) -> Entry:
    """The model called *name*.

    >>> entry("upscale-anime").licence
    'BSD-3-Clause'
    """
    try:
        return entries()[name]
    except KeyError:
        raise HallyuError(
            f"There is no model {name!r} in the catalogue; there are: {', '.join(entries())}."
        ) from None


def files_of(name: str) -> list[Path]:
    """Paths of a bundled model's files, each compared with its SHA-256 on its first use in this process.

    Raises HallyuError when a file is missing or is not the one the catalogue describes.
    """
    paths = []
    for file in entry(name).files:
        path = (_folder(file.package) if file.package else WEIGHTS) / file.path
        if file.package and not path.is_file():
            raise HallyuError(f"The package {file.package}, which carries a model, is missing; run make env again.")
        if not path.is_file():
            raise HallyuError(
                f"The model file {file.path} is missing; get the course again, or run git checkout on {path.name}."
            )
        _verify(path, file.sha256, path.stat().st_mtime_ns, path.stat().st_size)
        paths.append(path)
    return paths


def _folder(package: str) -> Path:
    """Where an installed package lies, without importing it."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else Path(package)


@cache
def _verify(path: Path, expected: str, _changed: int, _size: int) -> None:
    """Cached by path, time of change and size, so that a file that changes is read again."""
    if sha256(path) != expected:
        raise HallyuError(
            f"The model file {path.name} is damaged or was replaced; get the course again, or run git checkout on it."
        )


def network(timeout: float = 2.0) -> bool:
    """Whether the model hub answers from here."""
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes"):
        return False
    try:
        socket.create_connection(HUB, timeout).close()
        return True
    except OSError:
        return False


def load(task: str, engine: str = "bundled", model: str = "", **options):
    """The engine for *task*: "bundled" works offline on a CPU, "hub" is a large model of the same interface.

    model: a catalogue id, where a task has several of one engine. options go to the loader.
    Raises HallyuError for an unknown task, engine or model, and for a hub engine without a network.
    """
    found = [e for e in entries().values() if e.task == task]
    if not found:
        tasks = sorted({e.task for e in entries().values()})
        raise HallyuError(f"No model does {task!r}; the catalogue has {', '.join(tasks)}.")
    chosen = next((e for e in found if e.engine == engine and model in ("", e.id)), None)
    if chosen is None:
        known = ", ".join(f"{e.id} ({e.engine})" for e in found)
        raise HallyuError(
            f"{task} has no {engine} engine{f' called {model}' if model else ''}; there are: {known}."
        )
    if chosen.engine == "hub" and not network():
        instead = (
            f'; the bundled {chosen.fallback} does the same task here: load("{task}")'
            if chosen.fallback
            else ""
        )
        raise HallyuError(
            f"{chosen.title} comes from a model hub, and no hub can be reached from here{instead}."
        )
    module, _, function = chosen.loader.partition(":")
    subject = files_of(chosen.id) if chosen.engine == "bundled" else chosen.source
    return getattr(importlib.import_module(module), function)(subject, **options)


def status(item: Entry, online: bool) -> str:
    """In a word or two, whether a model can be used here."""
    if item.engine == "hub":
        return "can be fetched" if online else "needs a network"
    try:
        files_of(item.id)
    except HallyuError:
        return "files missing"
    return "ready"
