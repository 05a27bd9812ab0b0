"""What a stranger handed in, made safe to work on; each thing that was left out is told in words."""

import io
import json
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import nbformat
from nbgrader.utils import parse_utc

from hallyu.errors import HallyuError

MAX_NOTEBOOK = 100_000_000
"""Bytes of a notebook's file, most of which are outputs; nbgrader's own limit."""
MAX_SOURCE = 20_000_000
"""Bytes of a notebook without its outputs."""
MAX_CELLS = 2_000
MAX_FILES = 1_000
MAX_BYTES = 400_000_000
"""Of one submission, in all."""
SKIPPED = (".ipynb_checkpoints", "__pycache__", ".git")
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass
class Staged:
    """The files of a submission by their path, and what was left out or is odd, one sentence each."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def collect(folder: Path) -> Staged:
    """What lies in a submitted folder, as it is. Ordinary files are taken; links, devices, odd names and what is too large
    are not.
    """
    staged = Staged()
    if folder.is_symlink() or not folder.is_dir():
        staged.notes.append("the submission is no folder")
    else:
        _collect(folder, staged)
    return staged


def sort_out(staged: Staged, notebooks: Iterable[str]) -> Staged:
    """*staged* with notebooks that can be run. notebooks: names, without ending, that the assignment has.

    A notebook that cannot be opened is left out, and so counts as missing. When a notebook is missing and the folder holds
    one ZIP archive, the archive's files are taken in its place.
    """
    wanted = {f"{name}.ipynb" for name in notebooks}
    archives = [name for name in staged.files if name.lower().endswith(".zip")]
    if len(archives) == 1 and not wanted & {_plain(name) for name in staged.files}:
        _replace_archive(archives[0], staged)
    _keep_notebooks(wanted, staged)
    _check_time(staged)
    for name in sorted(wanted - set(staged.files)):
        if not any(note.startswith(name) for note in staged.notes):
            staged.notes.append(f"{name} is missing")
    return staged


def _collect(folder: Path, staged: Staged) -> None:
    """Read every file that may be taken."""
    total = 0
    for here, folders, names in os.walk(folder):
        for name in list(folders):
            if os.path.islink(os.path.join(here, name)):
                folders.remove(name)
                staged.notes.append(f"{_shown(name)} is a link to another folder; it was not followed")
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            path = Path(here, name)
            where = path.relative_to(folder).as_posix()
            if problem := _problem(path, where):
                staged.notes.append(problem)
                continue
            total += path.stat().st_size
            if len(staged.files) >= MAX_FILES or total > MAX_BYTES:
                staged.notes.append(
                    f"more than {MAX_FILES} files or {MAX_BYTES // 10**6} MB; the rest was left out"
                )
                return
            staged.files[where] = path.read_bytes()


def _problem(path: Path, where: str) -> str:
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        return f"{_shown(where)} is a link to somewhere else; it was left out"
    if not stat.S_ISREG(about.st_mode):
        return f"{_shown(where)} is no ordinary file; it was left out"
    if not where.isprintable() or "\\" in where:
        return f"{_shown(where)} has a name that no file should have; it was left out"
    limit = MAX_NOTEBOOK if where.endswith(".ipynb") else MAX_BYTES
    if about.st_size > limit:
        return (
            f"{_shown(where)} has {about.st_size / 1e6:.0f} MB, more than {limit // 10**6}; it was left out"
        )
    return ""


# --- Archives -------------------------------------------------------------------------------------------------


def _replace_archive(name: str, staged: Staged) -> None:
    """Put the files of an archive in its place, without the one folder that they may all lie in."""
    try:
        files, notes = unpack(staged.files[name])
    except HallyuError as error:
        staged.notes.append(f"{_shown(name)} {error}")
        return
    tops = {path.partition("/")[0] for path in files if "/" in path}
    strip = len(tops) == 1 and all("/" in path for path in files)
    del staged.files[name]
    for path, content in files.items():
        staged.files.setdefault(path.partition("/")[2] if strip else path, content)
    staged.notes += [f"the files were taken from {_shown(name)}", *notes]


def unpack(archive: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The files of a ZIP archive by their path, and what was left out, in words. Nothing is written anywhere.

    Members that would land outside, links, and whatever is too much are left out. Raises HallyuError, a predicate
    without subject, when the data are no ZIP.
    """
    files: dict[str, bytes] = {}
    notes, total = [], 0
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            for member in packed.infolist():
                if member.is_dir():
                    continue
                path = PurePosixPath(member.filename.replace("\\", "/"))
                if problem := _member_problem(member, path):
                    notes.append(f"{_shown(member.filename)} in the archive {problem}; it was left out")
                    continue
                total += member.file_size
                if total > MAX_BYTES or len(files) >= MAX_FILES:
                    notes.append(
                        f"the archive holds more than {MAX_FILES} files or {MAX_BYTES // 10**6} MB; "
                        "the rest was left out"
                    )
                    break
                if not set(path.parts) & {*SKIPPED, "__MACOSX"}:
                    with packed.open(member) as source:
                        files[path.as_posix()] = source.read(member.file_size)
    except Exception as error:  # zipfile raises many kinds for damaged data
        raise HallyuError(f"is no archive that can be opened ({type(error).__name__})") from error
    return files, notes


def _member_problem(member: zipfile.ZipInfo, path: PurePosixPath) -> str:
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        return "would land outside the folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link"
    return "" if path.as_posix().isprintable() else "has a name that no file should have"


# --- Notebooks ------------------------------------------------------------------------------------------------


def _keep_notebooks(wanted: set[str], staged: Staged) -> None:
    """Keep the assignment's notebooks, made valid; leave out every other."""
    for name in sorted(n for n in staged.files if n.endswith(".ipynb")):
        content = staged.files.pop(name)
        if name not in wanted and _plain(name) in wanted - set(staged.files):
            name = _plain(name)  # the same name in decomposed letters, as macOS writes it
        if name not in wanted:
            likeness = next((w for w in sorted(wanted) if _looks_like(name, w)), None)
            odd = f"{_shown(name)} is no notebook of this assignment; it was left out"
            staged.notes.append(odd + (f" (its name only looks like {likeness})" if likeness else ""))
            continue
        try:
            staged.files[name] = notebook(content)
        except HallyuError as error:
            staged.notes.append(f"{name} {error}")


def notebook(content: bytes) -> bytes:
    """A notebook without outputs, as valid nbformat 4: what a cell needs, and nothing else, is taken over.

    Raises HallyuError, a predicate without subject, when it is no notebook.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
        if isinstance(data, dict) and "worksheets" in data and data.get("nbformat") in (2, 3):
            data = dict(nbformat.reads(json.dumps(data), as_version=4))
            for cell in data["cells"]:
                del cell["id"]  # made up in the conversion, at random
    except (ValueError, RecursionError):
        raise HallyuError("is not JSON: the file is damaged or something else") from None
    except Exception as error:
        raise HallyuError(f"is a damaged notebook ({type(error).__name__})") from None
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise HallyuError("is JSON but no notebook")
    if data.get("nbformat") != 4:
        raise HallyuError(f"has the notebook format {str(data.get('nbformat'))[:20]}, and 4 is the newest")
    if len(data["cells"]) > MAX_CELLS:
        raise HallyuError(f"has {len(data['cells'])} cells, more than {MAX_CELLS}")
    made = nbformat.v4.new_notebook(nbformat_minor=5)
    ids: set[str] = set()
    for number, cell in enumerate(data["cells"], 1):
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            raise HallyuError(f"is a damaged notebook: cell {number} is none")
        made.cells.append(_cell(cell, number, ids))
    try:
        text = nbformat.writes(made).encode("utf-8", "replace")
        nbformat.validate(made)
    except Exception as error:
        raise HallyuError(f"is a damaged notebook ({type(error).__name__})") from None
    if len(text) > MAX_SOURCE:
        raise HallyuError(
            f"has {len(text) / 1e6:.0f} MB without its outputs, more than {MAX_SOURCE // 10**6}; it was left out"
        )
    return text


def _cell(cell: dict, number: int, ids: set[str]) -> nbformat.NotebookNode:
    """A cell. One without a usable id gets the same at each reading, so that nothing looks changed that is not."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    about = cell["metadata"] if isinstance(cell.get("metadata"), dict) else {}
    # Not by nbformat's new_code_cell: that validates, and the whole notebook is validated below.
    made = nbformat.NotebookNode(cell_type=cell["cell_type"], source=source if isinstance(source, str) else "")
    made.metadata = nbformat.from_dict({key: about[key] for key in ("nbgrader", "tags") if key in about})
    if made.cell_type == "code":
        made |= {"outputs": [], "execution_count": None}
    if not isinstance(made.metadata.get("nbgrader", {}), dict):
        del made.metadata["nbgrader"]
    if not (
        isinstance(tags := made.metadata.get("tags", []), list) and all(isinstance(t, str) for t in tags)
    ):
        del made.metadata["tags"]
    if isinstance(cell.get("attachments"), dict) and cell["cell_type"] != "code":
        made.attachments = nbformat.from_dict(cell["attachments"])
    known = cell.get("id")
    usable = isinstance(known, str) and CELL_ID.fullmatch(known)
    made.id = known if usable and known not in ids else f"cell{number}"
    while made.id in ids:
        made.id += "-"
    ids.add(made.id)
    return made


# --- Names and time -------------------------------------------------------------------------------------------


def _check_time(staged: Staged) -> None:
    """Leave out a timestamp.txt that holds no time."""
    if content := staged.files.get("timestamp.txt", b"").strip():
        try:
            parse_utc(content.decode())
        except Exception:
            del staged.files["timestamp.txt"]
            staged.notes.append("timestamp.txt holds no time; it was left out")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _looks_like(name: str, wanted: str) -> bool:
    """Whether a name could be taken for another: the same without accents, marks and case, or in look-alike letters."""

    def skeleton(text: str) -> str:
        folded = "".join(
            c
            for c in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
        ).casefold()
        return folded.translate(_ALIKE)

    return skeleton(name) == skeleton(wanted)


_ALIKE = str.maketrans("аеорсухіјѕԁɡһкмтвн０１l|", "aeopcyxijsdghkmtbh01ii")
"""Cyrillic and other letters that look Latin; after Unicode TR 39's confusables, the common ones."""


def _shown(name: str) -> str:
    """A name that can be printed, in quotation marks."""
    return "“" + "".join(c if c.isprintable() else "?" for c in name)[:80] + "”"
