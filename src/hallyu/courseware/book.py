"""The book: the same notebooks, executed, beside the pages of book/, built by Jupyter Book without a warning.

Sources are staged into book/_build/source with the layout of the repository, so that links between lessons and pages
hold. Executed notebooks are cached by their code, in a folder named after everything else that their outputs depend on.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml

from hallyu.courseware import curriculum
from hallyu.errors import HallyuError
from hallyu.files import write_whole

PAGES = (
    *("index.md", "tracks.md", "instructor-guide.md", "grading.md", "grading-attacks.md", "status.md"),
    *("why.md", "glossary.md"),
)
PARTS = {
    "Learning": ("tracks",),
    "Teaching": ("instructor-guide", "grading", "grading-attacks", "status"),
    "About": ("why", "glossary"),
}
"""Caption in the sidebar -> pages of book/; the modules come after the first."""
LESSONS_HERE = re.compile(r"^<!-- lessons (\S+) -->$", re.MULTILINE)
TRACKS_HERE = re.compile(r"^<!-- tracks -->$", re.MULTILINE)
STATUS_HERE = re.compile(r"^<!-- status -->$", re.MULTILINE)
PLAYED = re.compile(r'\b(?:src|poster)="(media/[^"]+)"')
"""What a page's own HTML plays, beside the page; Sphinx copies only what its directives show."""
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)


def build(root: Path) -> Path:
    """Build the book of the course at *root*; the path of its first page.

    Raises HallyuError when a page is missing, a notebook fails or Sphinx warns.
    """
    work = root / "book" / "_build"
    source = work / "source"
    pages = stage(root, source)
    config = yaml.safe_load((root / "book/_config.yml").read_text(encoding="utf-8"))
    config["execute"]["cache"] = str(executed_folder(root))
    _write(source / "_config.yml", yaml.safe_dump(config, allow_unicode=True))
    _write(source / "_toc.yml", yaml.safe_dump(contents(root, pages), allow_unicode=True, sort_keys=False))
    # A page that is gone from the course must be gone from the book: the count below would not see it otherwise.
    shutil.rmtree(work / "html", ignore_errors=True)
    run = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", run, "build", str(source), "--path-output", str(work.parent), "-W"]
    command += ["-n", "--keep-going", "--all"]
    command += ["--config", str(source / "_config.yml"), "--toc", str(source / "_toc.yml")]
    if subprocess.run(command, check=False).returncode:
        raise HallyuError("The book was not built: Jupyter Book says above which page is wrong.")
    html = work / "html"
    built = {path.relative_to(html).with_suffix("").as_posix() for path in html.rglob("*.html")}
    if lost := sorted(set(pages) - built):
        raise HallyuError(f"The book lacks {len(lost)} of {len(pages)} pages, first {lost[0]}.")
    copy_played(source, html)
    return html / "index.html"


def copy_played(source: Path, html: Path) -> None:
    """Copy the films and sounds that the modules' pages play into the book. Raises HallyuError for one that is missing."""
    for page in sorted((source / "modules").glob("*/index.md")):
        for name in PLAYED.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / name).is_file():
                raise HallyuError(f"{page.parent.name}/index.md plays {name}, which is not there.")
            target = html / page.parent.relative_to(source) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page.parent / name, target)


def stage(root: Path, source: Path) -> list[str]:
    """Copy what the book is made of to *source*; the pages, without ending, in reading order."""
    shutil.rmtree(source, ignore_errors=True)
    pages = []
    for name in PAGES:
        if (root / "book" / name).exists():
            pages.append(f"book/{name.removesuffix('.md')}")
            _stage_page(root, root / "book" / name, source / "book" / name)
    if not pages or pages[0] != "book/index":
        raise HallyuError(f"{root / 'book' / 'index.md'} is missing: it is the book's first page.")
    for module in curriculum.modules(root):
        pages.append(f"modules/{module.id}/index")
        _stage_page(root, module.path / "index.md", source / f"{pages[-1]}.md")
    for folder in [root / "book/_static", *(root / "modules").glob("*/media")]:
        if folder.is_dir():
            shutil.copytree(folder, source / folder.relative_to(root))
    for lesson in curriculum.lessons(root):
        pages.append(f"modules/{lesson.id}")
        target = source / lesson.path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(for_readers(nbformat.read(lesson.path, as_version=4)), target)
    return pages


def for_readers(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as a page: solutions folded away and without their markers, hub cells shown and not run."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "exercise" in tags:
            cell.source = MARKER.sub("", cell.source)
            cell.metadata["tags"] = [*tags, "hide-input"]
        if "hub" in tags:
            cell.metadata["tags"] = [*tags, "skip-execution"]
    return notebook


def _stage_page(root: Path, page: Path, target: Path) -> None:
    """Copy *page* with what its comments ask for: <!-- lessons webtoon -->, <!-- tracks --> or <!-- status -->."""
    up = "../" * len(page.parent.relative_to(root).parts)
    text = page.read_text(encoding="utf-8")
    text = LESSONS_HERE.sub(lambda match: lesson_table(curriculum.select(root, match[1]), up), text)
    text = TRACKS_HERE.sub(lambda _: track_list(root, up), text)
    text = STATUS_HERE.sub(lambda _: status(root, up), text)
    _write(target, text)


def lesson_table(lessons: list[curriculum.Lesson], up: str) -> str:
    """Lessons as a Markdown table and their time in all; *up* leads from the page to the course's root."""
    rows = ["| | Lesson | Level | Minutes | Ends in |", "| ---: | --- | --- | ---: | --- |"]
    rows += [
        f"| {lesson.order:02d} | {_link(lesson, up)}<br>{lesson.title_ko} "
        f"| {lesson.level} | {lesson.minutes} | {lesson.ends_in} |"
        for lesson in lessons
    ]
    return (
        "\n".join(rows)
        + f"\n\n{len(lessons)} lessons, {sum(lesson.minutes for lesson in lessons)} minutes in all."
    )


def _link(lesson: curriculum.Lesson, up: str) -> str:
    return f"[{lesson.title}]({up}modules/{lesson.id}.ipynb)"


def track_list(root: Path, up: str) -> str:
    """Every track with the lessons that name it."""
    lessons = curriculum.lessons(root)
    return "\n\n".join(
        f"## {track.title} ({track.title_ko})\n\n**For:** {track.audience}\n\n{track.summary}\n\n"
        + lesson_table([lesson for lesson in lessons if track.id in lesson.tracks], up)
        for track in curriculum.tracks(root)
    )


def status(root: Path, up: str) -> str:
    """The report of the last `hallyu check` as a table, or a sentence that there is none."""
    path = root / "reports" / "check.json"
    if not path.exists():
        return "*There is no report: `hallyu check` was not run where this book was built.*"
    report = json.loads(path.read_text(encoding="utf-8"))
    results = {result["lesson"]: result for result in report["lessons"]}
    rows = ["| Lesson | | Seconds | Peak memory, MB |", "| --- | :---: | ---: | ---: |"]
    failures = []
    for lesson in curriculum.lessons(root):
        result = results.get(lesson.id)
        if result is None:
            rows.append(f"| {_link(lesson, up)} | not in this run | | |")
            continue
        peak = "" if result["peak_mb"] is None else f"{result['peak_mb']:,.0f}"
        rows.append(
            f"| {_link(lesson, up)} | {'✓' if result['passed'] else '✗'} | {result['seconds']:.1f} | {peak} |"
        )
        failures += [f"- {lesson.title}: `{failure}`" for failure in result["failures"]]
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    made = f"Run on {report['date']} with Python {report['python']} on {report['system']}: {versions}."
    return "\n\n".join(part for part in (made, "\n".join(rows), "\n".join(failures)) if part)


def contents(root: Path, pages: list[str]) -> dict[str, object]:
    """The table of contents: the book's own pages by part, and a part for each module after the first."""
    parts = [
        (caption, [f"book/{name}" for name in names if f"book/{name}" in pages])
        for caption, names in PARTS.items()
    ]
    parts[1:1] = [
        (
            f"{module.title} · {module.title_ko}",
            [page for page in pages if page.startswith(f"modules/{module.id}/")],
        )
        for module in curriculum.modules(root)
    ]
    listed = [
        {"caption": caption, "chapters": [{"file": page} for page in own]} for caption, own in parts if own
    ]
    return {"format": "jb-book", "root": pages[0], "parts": listed}


def executed_folder(root: Path) -> Path:
    """Where executed notebooks are kept for the next time that the book is built."""
    return root / "book/_build/executed" / cache_key(root)


def keep_executed(root: Path, lesson: Path, executed: nbformat.NotebookNode) -> None:
    """Keep a *lesson* that was *executed* already, so that the book need not run it again."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    page = for_readers(nbformat.read(lesson, as_version=4))
    for cell, ran in zip(page.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    cache = get_cache(executed_folder(root))
    cache.cache_notebook_bundle(CacheBundleIn(page, lesson), check_validity=False, overwrite=True)


def cache_key(root: Path) -> str:
    """Everything but its own code that a page's output depends on: the lock, the package and the media."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    files = [root / "requirements.lock", *package.rglob("*.py"), *package.rglob("*.toml")]
    files += [path for path in (root / "modules").glob("*/media/**/*") if path.is_file()]
    for path in sorted(path for path in files if path.exists()):
        digest.update(str(path.name).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _write(path: Path, text: str) -> None:
    with write_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")
