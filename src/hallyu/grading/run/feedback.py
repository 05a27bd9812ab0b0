"""Feedback pages that are safe to open and tell nothing of hidden tests.

:class:`SafeHTML` takes the place of nbconvert's HTML exporter in ``nbgrader generate_feedback``::

    c.GenerateFeedback.exporter_class = "hallyu.grading.run.feedback.SafeHTML"
    c.GenerateFeedback.post_convert_hook = "hallyu.grading.run.feedback.pages_only"

What learners wrote is cleaned to plain formatting, and the page carries a policy by which a browser runs no script and loads
nothing (formulas therefore stay TeX). What a hidden test says is left out, and so is whatever the submission could use to
repeat it.
"""

import contextlib
import hashlib
import html
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import bleach
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.grading.isolation.names import kind_of
from hallyu.grading.run.course import GradingCourse

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
STYLE = "div.nbgrader_cell .panel-heading { height: auto; overflow: hidden }"
"""On a phone the points wrap to a second line: it belongs to the heading, and takes no room from the code below."""
_TEXT_TAGS = {
    "a",
    "abbr",
    "b",
    "br",
    "code",
    "del",
    "em",
    "i",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
}
_BLOCK_TAGS = {
    "blockquote",
    "details",
    "div",
    "dl",
    "dd",
    "dt",
    "figcaption",
    "figure",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
}
_TABLE_TAGS = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
TAGS = (
    _TEXT_TAGS
    | _BLOCK_TAGS
    | _TABLE_TAGS
    | {"img", "sub", "summary", "sup", "u", "var"}
    | {f"h{n}" for n in range(1, 7)}
)
IMAGES = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*\Z")
CODE_CLASSES = re.compile(
    r"(highlight|dataframe|hl-\w+|[a-z]{1,3}\d?)( (highlight|dataframe|hl-\w+|[a-z]{1,3}\d?))*\Z"
)
SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg")
"""Kinds of output that a page shows; scripts and widgets are not among them."""
WITHHELD = "[Not shown: a hidden test had called this submission, which could repeat it here.]"
HIDDEN_FAILED = "A hidden test failed."


def clean(markup: str) -> str:
    """HTML of a stranger's with its formatting only.

    >>> clean('<b onclick="x()">bold</b><script>x()</script><img src="https://x/y.png">')
    '<b>bold</b>x()<img>'
    """
    return bleach.clean(
        markup, tags=TAGS, attributes=_may_stay, protocols={"http", "https", "mailto", "data"}, strip=True
    )


def _may_stay(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and value.startswith(("http://", "https://", "mailto:", "#"))
    if name == "src":
        return tag == "img" and bool(IMAGES.match(value))
    if name == "class":
        return bool(CODE_CLASSES.match(value))
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value.isdigit()
    return name in ("alt", "title")


class SafeHTML(HTMLExporter):
    """Nbgrader's feedback page of a notebook, cleaned."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.sanitize_html = True

    def default_filters(self):
        """As nbconvert's, with our cleaning."""
        yield from super().default_filters()
        yield "clean_html", clean
        yield "markdown2html", self.markdown2html

    @pass_context
    def markdown2html(self, context, source):
        """Markdown of a stranger's as clean HTML; as it is when it cannot be rendered."""
        try:
            return clean(super().markdown2html(context, source))
        except Exception:
            return f"<pre>{html.escape(source)}</pre>"

    def from_notebook_node(self, nb, resources=None, **kw):
        """The page."""
        nb = conceal(nb, ClearHiddenTests(config=self.config))
        page, resources = super().from_notebook_node(nb, resources, **kw)
        return _without_loads(page), resources


def _without_loads(page: str) -> str:
    """The page without the template's own scripts, links and fonts. What learners wrote holds none any more."""
    page = re.sub(r"<script\b.*?</script\s*>", "", page, flags=re.S | re.I)
    page = re.sub(r"<link\b[^>]*>", "", page, flags=re.I)
    page = re.sub(r"@font-face\s*\{[^}]*\}", "", page)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>'
    page = re.sub(r"<head>", f"<head>{policy}", page, count=1, flags=re.I)
    return re.sub(r"</head>", f"<style>{STYLE}</style></head>", page, count=1, flags=re.I)


# --- What a page may tell ---------------------------------------------------------------------------------------


def conceal(notebook: NotebookNode, clearing: ClearHiddenTests) -> NotebookNode:
    """A copy of a graded notebook without its hidden tests and without whatever could repeat them.

    A learner's function sees what a hidden test calls it with, and the learner's later cells could print that. So after the
    first such call outputs of the learner's code are left out; of later tests the instructor's own words stay.
    """
    made, called = NotebookNode(json.loads(json.dumps(notebook))), False
    made = _nodes(made)
    made.metadata = NotebookNode({"language_info": {"name": "python", "pygments_lexer": "ipython3"}})
    made.cells = [_plain_cell(cell) for cell in made.cells]
    for cell in made.cells:
        asks = cell.metadata.get("hallyu", {}).get("asks", True)
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k == "nbgrader"})
        if cell.cell_type != "code":
            continue
        is_test, before = kind_of(cell) == "test", cell.source
        hidden = is_test and _clear(cell, clearing)
        if hidden or (is_test and called and asks):
            cell.outputs = _test_outputs(cell, hidden, asks)
        elif called and not is_test:
            cell.outputs = [_words(WITHHELD)] if cell.outputs else []
        called = called or (hidden and asks)
        if hidden and before != cell.source:
            cell.source = cell.source.rstrip() + "\n# (hidden tests)"
    return made


def _nodes(value):
    if isinstance(value, dict):
        return NotebookNode({key: _nodes(inner) for key, inner in value.items()})
    return [_nodes(inner) for inner in value] if isinstance(value, list) else value


def _clear(cell: NotebookNode, clearing: ClearHiddenTests) -> bool:
    """Take the hidden tests out of a cell's source; whether there were any."""
    try:
        return clearing._remove_hidden_test_region(cell)
    except RuntimeError:  # marks without their counterpart: nothing of the cell is sure to be visible
        cell.source = ""
        return True


def _test_outputs(cell: NotebookNode, hidden: bool, asks: bool) -> list[NotebookNode]:
    """What may be shown of a test's outputs. The cell's source is the visible part alone."""
    outputs, withheld = [], False
    for output in cell.outputs:
        if output.output_type == "error":
            said = output.evalue.strip()
            visible = bool(said) and said in cell.source
            words = f"{output.ename}: {said}" if visible else HIDDEN_FAILED if hidden else f"{output.ename}"
            outputs.append(new_output("error", ename=output.ename, evalue="", traceback=[words]))
        elif output.output_type == "execute_result" and _is_number(output):
            outputs.append(output)
        elif asks:
            withheld = True
        else:
            outputs.append(output)
    return [*outputs, _words(WITHHELD)] if withheld else outputs


def _is_number(output: NotebookNode) -> bool:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        float(output.data["text/plain"])
        output.data = NotebookNode({"text/plain": output.data["text/plain"]})
        return True
    return False


def _words(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text + "\n")


def _plain_cell(cell: NotebookNode) -> NotebookNode:
    """A cell with nothing in it that a template would put into the page as it is."""
    if cell.cell_type == "raw":  # which nbconvert takes for HTML
        cell = new_code_cell(cell.source, metadata=cell.metadata)
    if cell.cell_type == "markdown":
        attachments = {n: _pictures(a) for n, a in cell.get("attachments", {}).items() if _pictures(a)}
        cell.attachments = NotebookNode(attachments)
        there = lambda found: found[0] if found[1] in attachments else ""
        cell.source = re.sub(r"attachment:([^)\s\"']+)", there, cell.source)
        return cell
    cell.execution_count = cell.execution_count if isinstance(cell.execution_count, int) else None
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = cell.execution_count
        if "data" in output:
            output.metadata = NotebookNode()
            output.data = NotebookNode(
                {k: v for k, v in output.data.items() if k in SHOWN and isinstance(v, str)}
            )
            output.data |= _pictures(output.data)
            for kind in ("image/png", "image/jpeg"):
                if kind in output.data and kind not in _pictures(output.data):
                    del output.data[kind]
    return cell


def _pictures(data: dict) -> NotebookNode:
    """Of some data, the images that are nothing else."""
    kinds = ("image/png", "image/jpeg")
    return NotebookNode(
        {k: v for k, v in data.items() if k in kinds and re.fullmatch(r"[A-Za-z0-9+/=\s]*", str(v))}
    )


# --- Making the pages -------------------------------------------------------------------------------------------


def write_pages(course: GradingCourse, assignment: str, students: Sequence[str]) -> int:
    """Make the pages of *students* whose grades or comments have changed since theirs was made; how many were made.

    Raises HallyuError, naming them, when some could not be made.
    """
    from tqdm import tqdm

    memory = course.root / ".hallyu" / assignment / "feedback.json"
    made = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    now = _stamps(course, assignment)
    due = [
        s
        for s in students
        if s in now and (made.get(s) != now[s] or not course.folder("feedback", assignment, s).is_dir())
    ]
    failed = []
    for student in tqdm(due, desc="Feedback", unit=" pages", disable=None):
        try:
            _write_page(course, assignment, student)
        except (Exception, SystemExit) as error:
            failed.append(f"{student} ({type(error).__name__})")
            continue
        made[student] = now[student]
        _remember(memory, made)
    if failed:
        raise HallyuError(f"The feedback of {', '.join(failed)} could not be made.")
    return len(due)


def pages_only(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """What ``nbgrader generate_feedback`` calls, in the course's folder, after each submission (``post_convert_hook``).

    nbgrader hands back the submission's files with the page. A submission may have written into them what it saw.
    """
    pages = {f"{Path(notebook).stem}.html" for notebook in notebooks}
    for folder in {Path("feedback", Path(notebook).parents[1].name, assignment) for notebook in notebooks}:
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in pages:
                path.unlink()


def _remember(memory: Path, made: dict[str, str]) -> None:
    with write_whole(memory) as draft:
        draft.write_text(json.dumps(made), encoding="utf-8")


class _PagesOnly(GenerateFeedback):
    """Nbgrader's generate_feedback, without the copies of the submission's files."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy nothing."""


def _write_page(course: GradingCourse, assignment: str, student: str) -> None:
    """Nbgrader's own generate_feedback, for one submission."""
    if not list(course.folder("autograded", assignment, student).glob("*.ipynb")):
        course.folder("feedback", assignment, student).mkdir(parents=True, exist_ok=True)
        return
    directory = GradingCourse.open(course.root).directory
    directory.student_id, directory.assignment_id = student, assignment
    _PagesOnly(coursedir=directory, config=course.config, force=True, exporter_class=SafeHTML).start()


def _stamps(course: GradingCourse, assignment: str) -> dict[str, str]:
    """For each student, a digest of the grades and comments that a page shows."""
    columns = {
        Grade: (Grade.auto_score, Grade.manual_score, Grade.extra_credit),
        Comment: (Comment.auto_comment, Comment.manual_comment),
    }
    rows: dict[str, list] = {}
    with course.gradebook() as gradebook:
        for kind, values in columns.items():
            found = (
                gradebook.db.query(
                    SubmittedAssignment.student_id,
                    SubmittedAssignment.timestamp,
                    Notebook.name,
                    BaseCell.name,
                    SubmittedNotebook.late_submission_penalty,
                    *values,
                )
                .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
                .join(kind, kind.notebook_id == SubmittedNotebook.id)
                .join(BaseCell, kind.cell_id == BaseCell.id)
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
                .filter(Assignment.name == assignment)
            )
            for student, *row in found:
                rows.setdefault(student, []).append([kind.__name__, *map(str, row)])
    autograded = lambda student: sorted(
        p.stat().st_mtime_ns for p in course.folder("autograded", assignment, student).glob("*.ipynb")
    )
    return {s: hashlib.sha256(repr((sorted(r), autograded(s))).encode()).hexdigest() for s, r in rows.items()}
