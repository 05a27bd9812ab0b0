"""The bundled media of the modules: SHA256SUMS beside them, which says whether a file is the one that its README tells of.

    python -m hallyu.courseware.media

writes it anew for every module, after a script has made a file again.
"""

from pathlib import Path

from hallyu.courseware.curriculum import find_root
from hallyu.files import sha256, write_whole

SUMS = "SHA256SUMS"
NOT_MEDIA = {".py", ".pyc"}
"""Endings of scripts, which are code and change as code does."""


def files(folder: Path) -> list[Path]:
    """The media below *folder*, in order: every file but the page, the sums and the scripts."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in NOT_MEDIA and path.name not in ("README.md", SUMS)
    )


def sums(folder: Path) -> dict[str, str]:
    """The sum of each of the media below *folder*, by its path there."""
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files(folder)}


def written(folder: Path) -> dict[str, str]:
    """What SHA256SUMS says: the sum of each file, by its path."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: told for told, name in (line.split("  ", 1) for line in lines)}


def write(folder: Path) -> None:
    """Write SHA256SUMS as `sha256sum -c` reads it."""
    lines = "".join(f"{told}  {name}\n" for name, told in sums(folder).items())
    with write_whole(folder / SUMS) as draft:
        draft.write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    for media in sorted((find_root() / "modules").glob("*/media")):
        write(media)
