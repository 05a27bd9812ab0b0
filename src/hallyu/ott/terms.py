"""A film's terminology (용어집): how names, titles and terms are written in another language, and where a translation does not.

Streaming services call it KNP, key names and phrases: it goes with a title from episode to episode and from translator to
translator, so that nobody changes their name half way. Source: Netflix Timed Text Style Guide, General Requirements,
"Consistency".
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.ott.timedtext import plain

KINDS = ("name", "kinship", "honorific", "place", "title", "term")
COLUMNS = ("source", "target", "also", "never", "kind", "note")
LIMIT = 5_000_000
"""Bytes; a film's table has some kilobytes."""
_BETWEEN = " | "


@dataclass(frozen=True)
class Term:
    """How *source* is translated. target: what is written; also: what may be written instead; never: what people write, and
    must not. kind: one of KINDS; a name keeps its capitals. note: why, such as who calls whom by it.

    Raises HallyuError where the source or the target is missing, or the kind is none.
    """

    source: str
    target: str
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    kind: str = "term"
    note: str = ""

    def __post_init__(self):
        if not self.source.strip() or not self.target.strip():
            raise HallyuError(
                f"A term has a source and a target: fill both in “{self.source}”, “{self.target}”."
            )
        if self.kind not in KINDS:
            raise HallyuError(f"A term is a {', '.join(KINDS)}, not “{self.kind}”.")


@dataclass(frozen=True)
class Problem:
    """Where a translation does not keep the table. cue: its place, from 0 (*says* counts from 1)."""

    cue: int
    term: Term
    says: str

    def __str__(self) -> str:
        return self.says


def check(pairs: Sequence[tuple[str, str]], terms: Iterable[Term]) -> list[Problem]:
    """Where a translation does not keep the table; *pairs* are a source and its translation, cue by cue.

    A term is looked for at the beginnings of words, since Korean puts its particles after them; where a longer term stands, a
    shorter one in it is not asked for.

    >>> [str(each) for each in check([("하늘이가 왔어", "Ha-neul is here")], [Term("하늘", "Haneul", never=("Ha-neul",))])]
    ['“Ha-neul” stands in cue 1: write “Haneul” for “하늘”', '“Haneul” for “하늘” is missing in cue 1']
    """
    ordered = sorted(terms, key=lambda term: -len(term.source))
    found = []
    for number, (source, target) in enumerate(pairs):
        left, told = plain(source), " ".join(plain(target).split())
        for term in ordered:
            for wrong in term.never:
                if _has(told, wrong, term):
                    found.append(
                        Problem(
                            number,
                            term,
                            f"“{wrong}” stands in cue {number + 1}: write “{term.target}” for “{term.source}”",
                        )
                    )
            left, count = re.subn(rf"(?<![가-힣A-Za-z]){re.escape(term.source)}", "\0", left)
            if count and not any(_has(told, text, term) for text in (term.target, *term.also)):
                found.append(
                    Problem(
                        number, term, f"“{term.target}” for “{term.source}” is missing in cue {number + 1}"
                    )
                )
    return found


def _has(text: str, wanted: str, term: Term) -> bool:
    flags = 0 if term.kind == "name" else re.I
    return bool(re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text, flags))


def write(path: str | Path, terms: Iterable[Term]) -> None:
    """Write a table as CSV with a byte-order mark, without which spreadsheets show Hangul as rubbish."""
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(COLUMNS)
    for term in terms:
        table.writerow(
            [
                term.source,
                term.target,
                _BETWEEN.join(term.also),
                _BETWEEN.join(term.never),
                term.kind,
                term.note,
            ]
        )
    with write_whole(path) as draft:
        draft.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def read(path: str | Path) -> list[Term]:
    """The table that *write* or a spreadsheet wrote; also and never hold several texts between bars (|).

    Raises HallyuError for a file that cannot be read or is none, and for a source that is there twice.
    """
    rows = read_table(path, ("source", "target"))
    found: dict[str, Term] = {}
    for number, row in rows:
        source = (row.get("source") or "").strip()
        if not source:
            continue
        if source in found:
            raise HallyuError(f"{Path(path).name}, row {number}: “{source}” is there twice; keep one.")
        also, never = (
            tuple(text.strip() for text in (row.get(name) or "").split("|") if text.strip())
            for name in ("also", "never")
        )
        found[source] = Term(
            source, (row.get("target") or "").strip(), also, never, (row.get("kind") or "").strip() or "term",
            (row.get("note") or "").strip(),
        )  # fmt: skip
    return list(found.values())


def read_table(path: str | Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV in UTF-8 with their numbers in the spreadsheet; a byte-order mark may be there or not.

    Raises HallyuError for a file that cannot be read, is not UTF-8, or lacks one of the columns that are *needed*.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > LIMIT:
            raise HallyuError(f"{path.name} has {size / 1e6:.0f} MB; such a table has some kilobytes.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise HallyuError(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise HallyuError(
            f"{path.name} is not UTF-8: save it from the spreadsheet as “CSV UTF-8”."
        ) from error
    try:
        table = csv.DictReader(io.StringIO(text, newline=""))
        missing = [name for name in needed if name not in (table.fieldnames or [])]
        if missing:
            raise HallyuError(
                f"{path.name} has no column {' or '.join(missing)}: its first line names the columns."
            )
        return list(enumerate(table, 2))
    except csv.Error as error:
        raise HallyuError(
            f"{path.name} is no table ({error}): save it from the spreadsheet as “CSV UTF-8”."
        ) from error
