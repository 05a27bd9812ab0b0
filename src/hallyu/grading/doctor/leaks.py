"""What a release version shows of what it should hide.

nbgrader clears what stands between the marks, in the cell's source, and nothing else: not the metadata, not the
attachments, not another file in the folder, not a name that the author also wrote elsewhere.
"""

import ast
import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from hallyu.grading.doctor.bench import grade_id
from hallyu.grading.doctor.remark import ERROR, WARNING, Remark
from hallyu.grading.isolation.names import names_in, parse

CHECK = "the release hides what it should"
HIDDEN = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
MARK = re.compile(r"(BEGIN|END)\s+(SOLUTION|HIDDEN\s+TESTS?|MARK\s+SCHEME)", re.IGNORECASE)
SHORTEST = {"line": 12, "text": 6, "name": 4}
"""Characters; what is shorter stands in any notebook by chance."""
LARGEST = 20_000_000
"""Bytes of a file beside the notebooks that is searched."""


@dataclass(frozen=True)
class Secret:
    """Something hidden: a line of code, a text in it, or a name that only it uses. cell: where it is hidden."""

    kind: str
    text: str
    cell: str

    @property
    def pattern(self) -> re.Pattern:
        """Finds it in text, or in the same text as JSON."""
        both = {re.escape(self.text), re.escape(json.dumps(self.text)[1:-1])}
        either = "|".join(sorted(both))
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if self.kind == "name" else either)


def secrets(notebook: NotebookNode) -> list[Secret]:
    """What the marks of a source notebook hide, and what cannot be read off the open part of the same notebook.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell("check = 1\\n### BEGIN HIDDEN TESTS\\nassert area(77) == 18626.5\\n### END HIDDEN TESTS")
    >>> [(s.kind, s.text) for s in secrets(new_notebook(cells=[cell]))]
    [('line', 'assert area(77) == 18626.5')]
    """
    hidden = [(cell, *_parts(cell.source)) for cell in notebook.cells]
    shown = "\n".join(open_part for _, open_part, _ in hidden)
    code = {x.strip() for cell, part, _ in hidden if cell.cell_type == "code" for x in part.splitlines()}
    found: dict[str, Secret] = {}

    def add(kind: str, text: str, cell: NotebookNode) -> None:
        if len(text) >= SHORTEST[kind] and text not in found:
            found[text] = Secret(kind, text, grade_id(cell) or cell.id)

    for cell, _, closed in hidden:
        for line in closed.splitlines():
            if not re.match(r"\s*(#|from |import |@|$)", line) and line.strip() not in code:
                add("line", line.strip(), cell)
    for cell, _, closed in hidden:
        tree = parse(_dedented(closed)) if cell.cell_type == "code" else None
        if tree is None:
            continue
        names = names_in(_dedented(closed)).bound
        texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for kind, parts in (("name", names), ("text", texts)):
            for part in sorted(parts):
                if part.strip() and part not in shown:
                    add(kind, part.strip(), cell)
    return list(found.values())


def remarks(source: list[NotebookNode], release: Path) -> list[Remark]:
    """What the files in the folder *release* show of the secrets of the *source* notebooks."""
    everything = [secret for notebook in source for secret in secrets(notebook)]
    written = "\n".join(_parts(cell.source)[0] for notebook in source for cell in notebook.cells)
    found = []
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        name = path.relative_to(release).as_posix()
        if path.suffix == ".ipynb":
            places = _places(nbformat.read(path, as_version=4))
        elif path.stat().st_size <= LARGEST:
            places = [("the file", path.read_bytes().decode("utf-8", "ignore"))]
        else:
            places = []
        for place, text in places:
            if marks := {m.group(0) for m in MARK.finditer(text)}:
                words = f"In {place} the mark “{sorted(marks)[0]}” is left: what it marks was not cleared."
                found.append(Remark(ERROR, CHECK, name, words))
            seen = [secret for secret in everything if secret.pattern.search(text)]
            lines = [secret.text for secret in seen if secret.kind == "line"]
            for secret in seen:
                if secret.kind != "line" and any(secret.text in line for line in lines):
                    continue  # told with its line
                # In a text for readers the author may mean it; a word in a file of data may be there by chance.
                meant = secret.text in written if place.startswith("cell") else False
                chance = place == "the file" and secret.kind != "line"
                words = f"In {place} stands {_said(secret)} that {secret.cell} hides: {secret.text[:70]!r}."
                found.append(Remark(WARNING if meant or chance else ERROR, CHECK, name, words))
    return found


def _said(secret: Secret) -> str:
    return {"line": "a line", "text": "a text", "name": "a name"}[secret.kind]


def _parts(source: str) -> tuple[str, str]:
    """What of a cell's source is shown and what is hidden by its marks."""
    shown, closed, inside = [], [], False
    for line in source.splitlines():
        if any(f"BEGIN {what}" in line for what in HIDDEN):
            inside = True
        elif any(f"END {what}" in line for what in HIDDEN):
            inside = False
        else:
            (closed if inside else shown).append(line)
    return "\n".join(shown), "\n".join(closed)


def _dedented(closed: str) -> str:
    """The hidden part as a program of its own: by its smallest indentation, a ``return`` allowed."""
    depth = min((len(x) - len(x.lstrip()) for x in closed.splitlines() if x.strip()), default=0)
    lines = [line[depth:] for line in closed.splitlines()]
    return "\n".join(re.sub(r"^(\s*)return\b", r"\1_ =", line) for line in lines)


def _places(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Every place of a notebook in which something can be read, with its text."""
    places = [("the notebook's metadata", json.dumps(notebook.metadata))]
    for number, cell in enumerate(notebook.cells):
        name = f"cell {number}" + (f" ({grade_id(cell)})" if grade_id(cell) else "")
        places.append((name, cell.source))
        places.append((f"the metadata of {name}", json.dumps(cell.metadata)))
        places.append((f"the outputs of {name}", json.dumps(cell.get("outputs", []))))
        for file, kinds in cell.get("attachments", {}).items():
            content = "".join(kinds.values())
            try:
                text = base64.b64decode(content, validate=True).decode("utf-8", "ignore")
            except ValueError:
                text = content
            places.append((f"the attachment {file} of {name}", f"{file}\n{content}\n{text}"))
    return places
