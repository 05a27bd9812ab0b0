"""Who translated what (번역 기록표): one row a cue, with its source, its translation, who wrote it and who checked it.

A file of subtitles keeps who wrote a cue; this sheet keeps the rest, for the next translator, for credits and for whoever asks
which words came from a machine.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.ott.terms import read_table
from hallyu.ott.timedtext import Track, plain


@dataclass(frozen=True)
class Row:
    """A cue's record. cue: counted from 1. start, end: timecodes of the translation. source: what is said, where there is any.

    by: the person who translated; engine: the program that did, and "" where none did; checked: the person who read it
    against the film.
    """

    cue: int
    start: str
    end: str
    speaker: str
    source: str
    target: str
    by: str = ""
    engine: str = ""
    checked: str = ""
    note: str = ""


def rows(
    source: Track, target: Track, engines: Mapping[int, str] | None = None, checked: str = ""
) -> list[Row]:
    """A row for each cue of *target*, beside the cues of *source* that are seen for half their own time or half of its.

    The person is the cue's own *by*. engines: a cue's place, from 0 -> the program that translated it. checked: who read all.
    """
    made = []
    for n, cue in enumerate(target.cues):
        beside = [
            each for each in source.cues
            if min(each.end, cue.end) - max(each.start, cue.start) > 0.5 * max(min(each.seconds, cue.seconds), 1e-9)
        ]  # fmt: skip
        made.append(Row(
            n + 1, target.timecode(cue.start), target.timecode(cue.end),
            cue.speaker or " / ".join(dict.fromkeys(each.speaker for each in beside if each.speaker)),
            " / ".join(" ".join(plain(each.text).split()) for each in beside), " ".join(plain(cue.text).split()), cue.by,
            (engines or {}).get(n, ""), checked,
        ))  # fmt: skip
    return made


def problems(sheet: Sequence[Row]) -> list[str]:
    """What a sheet does not say, one sentence each: a cue of nobody's, and a machine's that nobody checked.

    >>> problems([Row(1, "00:00:01:00", "00:00:02:00", "하늘", "눈이다", "It's snowing.", engine="madlad400-3b")])
    ['the translation of cue 1 is by madlad400-3b and checked by nobody: let a person read it against the film']
    """
    found = []
    for row in sheet:
        if not row.target.strip():
            found.append(f"the translation of cue {row.cue} is missing: write one")
        elif row.engine and not row.checked:
            found.append(
                f"the translation of cue {row.cue} is by {row.engine} and checked by nobody: let a person "
                "read it against the film"
            )
        elif not row.engine and not row.by:
            found.append(f"the translation of cue {row.cue} is nobody's: write who made it")
    return found


def write(path: str | Path, sheet: Sequence[Row]) -> None:
    """Write a sheet as .csv, with the mark that spreadsheets need for Hangul, or as .json. Raises HallyuError for another."""
    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".json":
        data = (json.dumps([asdict(row) for row in sheet], ensure_ascii=False, indent=1) + "\n").encode()
    elif kind == ".csv":
        buffer = io.StringIO(newline="")
        table = csv.writer(buffer)
        names = [each.name for each in fields(Row)]
        table.writerow(names)
        table.writerows([getattr(row, name) for name in names] for row in sheet)
        data = buffer.getvalue().encode("utf-8-sig")
    else:
        raise HallyuError(f"{path.name}: a translation sheet is written as .csv or .json; change the ending.")
    with write_whole(path) as draft:
        draft.write_bytes(data)


def read(path: str | Path) -> list[Row]:
    """The sheet that *write* or a spreadsheet wrote. Raises HallyuError for what is none."""
    path = Path(path)
    needed = ("cue", "target")
    if path.suffix.lower() == ".json":
        try:
            stored = list(enumerate(json.loads(path.read_text(encoding="utf-8")), 1))
        except OSError as error:
            raise HallyuError(f"{path.name} cannot be read: {error.strerror}.") from error
        except (ValueError, TypeError) as error:
            raise HallyuError(f"{path.name} is no translation sheet: write it again.") from error
    else:
        stored = read_table(path, needed)
    names = {each.name for each in fields(Row)}
    found = []
    for number, row in stored:
        try:
            given = {name: row[name] or "" for name in names if name in row}
            whole = {"start": "", "end": "", "speaker": "", "source": "", **given}
            found.append(Row(**{**whole, "cue": int(whole["cue"]), "target": whole["target"]}))
        except (KeyError, TypeError, ValueError):
            raise HallyuError(
                f"{path.name}, row {number}: there is no cue's number or translation; fill it in."
            ) from None
    return found
