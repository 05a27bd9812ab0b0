"""File names of a production: legal everywhere, with shot code, task and version in a fixed order.

    fs_010_0040_comp_v003.1001.exr      show, scene, shot, task, version, frame

Shots are numbered in tens, so that one can be put between two others. Source of the legal characters: Netflix Partner
Help Center, "VFX Shot & Version Naming Recommendations" and "Archival Assets": a-z, 0-9, full stop, low line, hyphen.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from hallyu.errors import HallyuError

LONGEST = 120
"""Characters of a name; folders come on top, and some file systems stop at 255 for both."""
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_CODE = re.compile(
    r"(?P<show>[a-z][a-z0-9]*)_(?P<scene>\d{3,4})_(?P<shot>\d{4})"
    r"(?:_(?P<task>(?!v\d)[a-z][a-z0-9]*))?(?:_v(?P<version>\d{3}))?"
    r"(?:\.(?P<frame>\d{4,}))?(?:\.(?P<suffix>[a-z0-9]+))?"
)
# Revised Romanization of Korean (2000), letter by letter: initial consonants, vowels, final consonants.
_INITIAL = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h".split(",")  # noqa: SIM905 (as a list it is twice as long)
_VOWEL = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i".split(",")  # noqa: SIM905 (as a list it is twice as long)
_FINAL = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t".split(",")  # noqa: SIM905 (as a list it is twice as long)


@dataclass(frozen=True)
class Code:
    """What a name says. scene, shot and version are numbers; task, version, frame and suffix may be missing."""

    show: str
    scene: int
    shot: int
    task: str = ""
    version: int | None = None
    frame: int | None = None
    suffix: str = ""

    def __str__(self) -> str:
        name = f"{self.show}_{self.scene:03}_{self.shot:04}"
        name += f"_{self.task}" if self.task else ""
        name += f"_v{self.version:03}" if self.version is not None else ""
        name += f".{self.frame:04}" if self.frame is not None else ""
        return name + (f".{self.suffix}" if self.suffix else "")


def parse(name: str) -> Code:
    """What a file's name says. Raises HallyuError for a name that does not follow the order.

    >>> parse("fs_010_0040_comp_v003.1001.exr")
    Code(show='fs', scene=10, shot=40, task='comp', version=3, frame=1001, suffix='exr')
    """
    found = _CODE.fullmatch(name)
    if not found:
        raise HallyuError(
            f"“{name}” is no shot name: write show_scene_shot_task_version, as fs_010_0040_comp_v001."
        )
    number = lambda part: None if found[part] is None else int(found[part])
    return Code(
        found["show"], int(found["scene"]), int(found["shot"]), found["task"] or "", number("version"),
        number("frame"), found["suffix"] or "",
    )  # fmt: skip


def problems(name: str) -> list[str]:
    """What is wrong with a file or folder name, in sentences; nothing for a legal one.

    >>> problems("Shot 4 (최종).exr")[0]
    '“Shot 4 (최종).exr” has “S”, “ ”, “(”, “최”, “종”, “)”: names take a-z, 0-9, full stop, low line and hyphen.'
    """
    found = []
    strange = dict.fromkeys(re.findall(r"[^a-z0-9._-]", name))
    if strange:
        listed = ", ".join(f"“{letter}”" for letter in strange)
        found.append(f"“{name}” has {listed}: names take a-z, 0-9, full stop, low line and hyphen.")
    if not name or name[0] in ".-" or name[-1] == ".":
        found.append(
            f"“{name}” begins with a full stop or hyphen, ends with a full stop, or is empty: begin with a letter."
        )
    if ".." in name:
        found.append(f"“{name}” has two full stops in a row: take one out.")
    if name.split(".")[0] in _RESERVED:
        found.append(f"“{name}” is a name that Windows keeps for itself: choose another one.")
    if len(name) > LONGEST:
        found.append(f"“{name[:40]}…” has {len(name)} characters: {LONGEST} at most.")
    return found


def legal(name: str) -> str:
    """The nearest legal name: Korean romanised, capitals made small, everything else a low line.

    >>> legal("눈 숲_Shot 4 (최종).EXR"), legal("Café.mov")
    ('nun_sup_shot_4_choejong.exr', 'cafe.mov')
    """
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    parts = [_plain(part) for part in (stem, suffix)]
    stem = re.sub(r"\.{2,}", ".", parts[0]).strip("._-")[: LONGEST - 10] or "untitled"
    stem = f"{stem}_" if stem.split(".")[0] in _RESERVED else stem
    return stem + (f".{parts[1].strip('._-')}" if dot and parts[1].strip("._-") else "")


def _plain(text: str) -> str:
    romanised = "".join(_romanised(letter) for letter in unicodedata.normalize("NFC", text))
    ascii_only = unicodedata.normalize("NFKD", romanised).encode("ascii", "ignore").decode().lower()
    return re.sub(r"_{2,}", "_", re.sub(r"[^a-z0-9._-]+", "_", ascii_only)).replace("_.", ".")


def _romanised(letter: str) -> str:
    number = ord(letter) - 0xAC00
    if not 0 <= number < 11172:
        return letter
    return _INITIAL[number // 588] + _VOWEL[number // 28 % 21] + _FINAL[number % 28]


def next_version(folder: str | Path, code: Code) -> Code:
    """*code* with the first version that no file or folder in *folder* has yet; 1 where there is none."""
    taken = [0]
    for path in Path(folder).iterdir() if Path(folder).is_dir() else ():
        try:
            other = parse(path.name)
        except HallyuError:
            continue
        if (other.show, other.scene, other.shot, other.task) == (code.show, code.scene, code.shot, code.task):
            taken.append(other.version or 0)
    return Code(code.show, code.scene, code.shot, code.task, max(taken) + 1, code.frame, code.suffix)
