"""The string table: every word of an episode in one spreadsheet, so that it can be translated.

Columns: id ("c03-2"; a sound effect is "c03-fx"), kind, speaker, one column a language ("ko", "en"), note.
A translator fills a language column; the art is never touched.
"""

import csv
import io
from dataclasses import dataclass, field, replace
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.webtoon.script import Script, effect_id

FIXED = ("id", "kind", "speaker", "note")
LIMIT = 5_000_000
"""Bytes; an episode's table is some kilobytes."""


@dataclass(frozen=True)
class Row:
    """One string: a line of dialogue or a sound effect. *texts* is language code -> text."""

    id: str
    kind: str
    speaker: str
    texts: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Strings:
    """An episode's strings by id, in reading order, with the language they were written in."""

    rows: dict[str, Row]
    source: str = "ko"

    def text(self, id: str, language: str) -> str:
        """The words of *id* in *language*; HallyuError says which cell is empty."""
        row = self.rows.get(id)
        if row is None:
            raise HallyuError(f"The string table has no row {id}: make it again from the script and merge.")
        if not row.texts.get(language, "").strip():
            raise HallyuError(f"{id} has no {language} text: fill the column {language} of its row.")
        return row.texts[language]

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the table, the source first."""
        found = dict.fromkeys([self.source, "en"])
        for row in self.rows.values():
            found.update(dict.fromkeys(row.texts))
        return tuple(found)


def from_script(script: Script) -> Strings:
    """The string table of *script* with the translations it holds, and empty cells for the translator."""
    rows: dict[str, Row] = {}
    for cut in script.cuts:
        for line in cut.lines:
            if line.id in rows:
                raise HallyuError(f"Two lines of the script have the id {line.id}: each needs its own.")
            texts = {script.language: line.text, **script.translations.get(line.id, {})}
            rows[line.id] = Row(line.id, line.kind, line.speaker, texts)
        if cut.effect:
            id = effect_id(cut.number)
            rows[id] = Row(id, "effect", "", {script.language: cut.effect, **script.translations.get(id, {})})
    return Strings(rows, script.language)


def write(strings: Strings, path: str | Path) -> None:
    """Write a UTF-8 CSV with a byte-order mark, without which spreadsheets show Hangul as rubbish."""
    languages = strings.languages
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(["id", "kind", "speaker", *languages, "note"])
    for row in strings.rows.values():
        table.writerow([row.id, row.kind, row.speaker, *(row.texts.get(x, "") for x in languages), row.note])
    with write_whole(path) as draft:
        draft.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def read(path: str | Path, source: str = "ko") -> Strings:
    """Read a table that `write` or a spreadsheet wrote; a byte-order mark may be there or not.

    Raises HallyuError when the file is not UTF-8, lacks a column, or has an id twice.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > LIMIT:
            raise HallyuError(f"{path.name} has {size / 1e6:.0f} MB; a string table has a few kilobytes.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise HallyuError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise HallyuError(
            f"{path.name} is not UTF-8: save it from the spreadsheet as “CSV UTF-8”."
        ) from error
    table = csv.DictReader(io.StringIO(text, newline=""))
    columns = table.fieldnames or []
    missing = [name for name in ("id", source) if name not in columns]
    if missing:
        raise HallyuError(
            f"{path.name} has no column {' or '.join(missing)}: its first line must name the columns."
        )
    rows: dict[str, Row] = {}
    for number, cells in enumerate(table, 2):
        id = (cells["id"] or "").strip()
        if not id:
            continue
        if id in rows:
            raise HallyuError(f"{path.name}, row {number}: the id {id} is there twice.")
        texts = {name: cells[name] for name in columns if name and name not in FIXED and cells[name]}
        rows[id] = Row(
            id, cells.get("kind") or "", cells.get("speaker") or "", texts, cells.get("note") or ""
        )
    return Strings(rows, source)


def merge(current: Strings, translated: Strings, language: str) -> tuple[Strings, list[str]]:
    """*current* with the translator's *language* column taken over, and what is wrong with it, in words.

    A translation is taken only where its source text is still what the script says.
    """
    problems = [
        f"{id} is in the translation and not in the script: was its line deleted?"
        for id in translated.rows
        if id not in current.rows
    ]
    rows = dict(current.rows)
    for id, row in current.rows.items():
        theirs = translated.rows.get(id)
        if theirs is None:
            problems.append(f"{id} (“{row.texts[current.source]}”) is missing from the translation.")
            continue
        text = theirs.texts.get(language, "").strip()
        was, now = theirs.texts.get(current.source, ""), row.texts[current.source]
        if was != now:
            problems.append(
                f"{id} was translated from “{was}”, and the script now says “{now}”: translate it again."
            )
        elif not text:
            problems.append(f"{id} (“{now}”) has an empty {language} cell.")
        else:
            rows[id] = replace(row, texts={**row.texts, language: text}, note=theirs.note or row.note)
    return Strings(rows, current.source), problems
