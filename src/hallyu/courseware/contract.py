"""What every lesson promises, checked: each function returns the problems it finds, in words."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from hallyu.courseware import curriculum
from hallyu.courseware.checks import VERDICT_MIME
from hallyu.courseware.workspace import clear_solution, keeps_output

RHYTHM = (
    "The result first",
    "Open the box",
    "Your turn",
    "Where it breaks",
    "Rights and credit",
    "Take away",
)
SECONDS_A_CELL = 120
ABSOLUTE = re.compile(
    r"(?<![\w.:/])(?:/(?:home|Users|tmp|root|mnt|opt|var|usr|srv|content|kaggle|work|workspace|private|Volumes)/"
    r"|~/|file:/|[A-Za-z]:\\)"
)
MARKDOWN_LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
HTML_TARGET = re.compile(r"\b(?:src|href)\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
CODE_IN_PROSE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def tags(cell: NotebookNode) -> list[str]:
    """The cell's tags; [] when it has none."""
    return cell.metadata.get("tags", [])


def static_problems(notebook: NotebookNode, path: Path) -> list[str]:
    """Everything that can be seen without running the lesson."""
    return [
        *metadata(notebook, path),
        *rhythm(notebook),
        *outputs_stripped(notebook),
        *exercises(notebook),
        *alternative_text(notebook),
        *no_absolute_paths(notebook),
        *links_resolve(notebook, path),
    ]


def metadata(notebook: NotebookNode, path: Path) -> list[str]:
    """The curriculum's entry is complete, and the notebook names the kernel that every computer has."""
    problems = curriculum.metadata_problems(notebook.metadata.get("hallyu"), path)
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        problems.append('the kernel is not "python3"')
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        problems.append("the notebook format is older than 4.5, which gives cells their ids")
    return problems


def rhythm(notebook: NotebookNode) -> list[str]:
    """Title with "You will make", a picture and the facts; then the six sections, in their order."""
    prose = [CODE_IN_PROSE.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]
    first = prose[0] if prose else ""
    problems = []
    if not first.startswith("# "):
        problems.append("the first cell does not begin with the title")
    if "You will make:" not in first:
        problems.append('the first cell does not say "You will make: …"')
    if "![" not in first and "<img" not in first:
        problems.append("the first cell shows no picture of what will be made")
    if first.count("·") < 3:
        problems.append("the first cell lacks the line: level · minutes · first · ends in")
    headings = [line[3:].strip() for text in prose for line in text.splitlines() if line.startswith("## ")]
    if headings != list(RHYTHM):
        problems.append(f"the sections are {headings}; they must be {list(RHYTHM)}")
    return problems


def outputs_stripped(notebook: NotebookNode) -> list[str]:
    """Only cells tagged keep_output carry outputs, and those do carry one."""
    problems = []
    for number, cell in _code(notebook):
        if keeps_output(cell) and not cell.outputs:
            problems.append(f"cell {number} is tagged keep_output and has no output to compare with")
        if not keeps_output(cell) and (cell.outputs or cell.execution_count is not None):
            problems.append(f"cell {number} carries an output: strip it, or tag the cell keep_output")
    return problems


def exercises(notebook: NotebookNode) -> list[str]:
    """One to three exercises, each with a solution to clear and, in the next code cell, its check."""
    code, problems = _code(notebook), []
    solved = [place for place, (_, cell) in enumerate(code) if "exercise" in tags(cell)]
    if not 1 <= len(solved) <= 3:
        problems.append(f"there are {len(solved)} exercises; a lesson has one to three")
    for place in solved:
        number, cell = code[place]
        if clear_solution(cell.source) == cell.source:
            problems.append(f"exercise in cell {number} has no ### BEGIN SOLUTION … ### END SOLUTION")
        if place + 1 == len(code) or "check" not in tags(code[place + 1][1]):
            problems.append(f"exercise in cell {number} is not followed by a cell tagged check")
    for place, (number, cell) in enumerate(code):
        if "check" in tags(cell) and place - 1 not in solved:
            problems.append(f"check in cell {number} does not follow an exercise")
        if place not in solved and "### BEGIN SOLUTION" in cell.source:
            problems.append(f"cell {number} holds a solution and is not tagged exercise")
    return problems


def alternative_text(notebook: NotebookNode) -> list[str]:
    """Every picture in the prose, and every one that a cell displays, says what it shows."""
    problems = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            problems += [
                f"cell {number}: the picture {target} has no alternative text"
                for mark, text, target in MARKDOWN_LINK.findall(cell.source)
                if mark and not text.strip()
            ]
            problems += _silent_images(cell.source, number)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if any(kind.startswith("image/") for kind in data) and "text/html" not in data:
                problems.append(
                    f"cell {number} displays a picture without alternative text: use figures.show"
                )
            problems += _silent_images("".join(data.get("text/html", "")), number)
    return problems


def _silent_images(html: str, number: int) -> list[str]:
    # alt="" marks decoration, which figures.show uses for the second of two pictures with one text.
    images = HTML_IMAGE.findall(html)
    if images and not any(re.search(r"\balt\s*=\s*[\"'][^\"']+[\"']", image) for image in images):
        return [f"cell {number}: an <img> has no alternative text"]
    return []


def no_absolute_paths(notebook: NotebookNode) -> list[str]:
    """Nothing points into one person's computer."""
    return [
        f"cell {number} holds an absolute path: …{cell.source[match.start() : match.start() + 30]!r}"
        for number, cell in enumerate(notebook.cells, 1)
        if (match := ABSOLUTE.search(cell.source))
    ]


def links_resolve(notebook: NotebookNode, path: Path) -> list[str]:
    """Every relative link in the prose leads to a file that is there."""
    problems = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown":
            continue
        prose = CODE_IN_PROSE.sub("", cell.source)
        targets = [target for _, _, target in MARKDOWN_LINK.findall(prose)] + HTML_TARGET.findall(prose)
        for target in targets:
            if not re.match(r"[a-z]+:|#", target) and not (path.parent / target.partition("#")[0]).exists():
                problems.append(f"cell {number}: the link to {target} leads nowhere")
    return problems


def run(notebook: NotebookNode, path: Path, kernel: str = "python3") -> tuple[NotebookNode, list[str]]:
    """Run the lesson once, offline cells only, in a copy of its folder: the lesson with its outputs, and what is wrong.

    Before each exercise's solution its stub is run, and the check must fail on it; then the solution, and it must pass.
    Every cell must end without an error (unless tagged raises-exception), silent on stderr, its pictures with text.
    """
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        if (path.parent / "media").is_dir():
            shutil.copytree(path.parent / "media", Path(folder) / "media")
        notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
        client = NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            allow_errors=True,
            kernel_name=kernel,
            resources={"metadata": {"path": folder}},
        )
        with client.setup_kernel():
            problems = list(_run_cells(client, notebook))
    return notebook, problems


def _run_cells(client: object, notebook: NotebookNode) -> Iterator[str]:
    cells = [(number, cell) for number, cell in _code(notebook) if "hub" not in tags(cell)]
    for place, (number, cell) in enumerate(cells):
        if "exercise" in tags(cell) and place + 1 < len(cells):
            stub = nbformat.from_dict({**cell, "source": clear_solution(cell.source)})
            check = nbformat.from_dict(dict(cells[place + 1][1]))
            client.execute_cell(stub, number - 1)
            client.execute_cell(check, number - 1)
            yield from _verdict_problems(check, cells[place + 1][0], expected=False)
        client.execute_cell(cell, number - 1)
        if "check" in tags(cell):
            yield from _verdict_problems(cell, number, expected=True)
        yield from _output_problems(cell, number)
    yield from alternative_text(notebook)


def _verdict_problems(cell: NotebookNode, number: int, expected: bool) -> Iterator[str]:
    on = "the solution" if expected else "the stub"
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    verdicts = [
        output.data[VERDICT_MIME] for output in cell.outputs if VERDICT_MIME in output.get("data", {})
    ]
    if error:
        yield f"check in cell {number} stops with {error.ename} on {on}: {error.evalue}"
    elif not verdicts:
        yield f"check in cell {number} does not end in a Verdict on {on}"
    elif verdicts[-1]["passed"] != expected:
        said = verdicts[-1]["message"]
        yield f"check in cell {number} {'fails' if expected else 'passes'} on {on}: “{said}”"


def _output_problems(cell: NotebookNode, number: int) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "error" and not {"raises-exception", "check"} & set(tags(cell)):
            yield f"cell {number} stops with {output.ename}: {output.evalue}"
        if output.output_type == "stream" and output.name == "stderr":
            yield f"cell {number} writes to stderr: {output.text.strip()[:200]}"


def _code(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """Code cells with their number in the notebook, counted from 1 as people do."""
    return [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
