"""A small course on disk, whole and correct: each test breaks the one thing that it is about."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

METADATA = {
    "title": "Count the snow",
    "title_ko": "눈을 세다",
    "module": "webtoon",
    "order": 1,
    "level": "beginner",
    "minutes": 5,
    "prerequisites": [],
    "outcomes": ["You can count."],
    "techniques": ["counting"],
    "ends_in": "a number",
    "tracks": ["webtoon-creator"],
    "authors": ["Hallyu Studio"],
    "reviewers": [],
}
EXERCISE = """def double(flakes):
    ### BEGIN SOLUTION
    return 2 * flakes
    ### END SOLUTION
"""
CHECK = """def check_double(answer):
    return verdict([] if answer(3) == 6 else [f"3 doubles to 6; yours says {answer(3)}"], "doubled")

check_double(double)"""

# An app that only works when its page, its scripts, its stream of events and its files all come through.
GREETER = """import tempfile
from pathlib import Path

import gradio as gr
from PIL import Image

def greet(name):
    yield f"{name} …", None, None
    flake, card = Image.new("RGB", (24, 16), "teal"), Path(tempfile.mkdtemp()) / "card.txt"
    card.write_text(f"{name}, first snow!", encoding="utf-8")
    yield f"{name}, first snow!", flake, str(card)

LABELS = gr.I18n(en={"name": "Name"}, ko={"name": "이름"})

def build():
    with gr.Blocks() as page:
        name, greeting = gr.Textbox(label=LABELS("name")), gr.Textbox(label="Greeting")
        flake, card = gr.Image(label="Flake"), gr.DownloadButton("Take the card")
        gr.Button("Greet").click(greet, name, [greeting, flake, card])
    return page

PAGE = {"css": ".greeter { color: red }", "footer_links": [], "i18n": LABELS}
"""


def sound_lesson(**changes):
    """A lesson that keeps the whole contract, with *changes* to its metadata."""
    cells = [
        new_markdown_cell(
            "# Count the snow\n\nYou will make: a number.\n\n![Three flakes](media/flakes.png)\n\n"
            "Beginner · 5 min · first: nothing · ends in: a number"
        ),
        new_markdown_cell("## The result first"),
        new_code_cell("from hallyu.courseware.checks import verdict\n\nflakes = 1 + 2\nflakes"),
        new_markdown_cell("## Open the box\n\n### Add one"),
        new_code_cell("1 + 1"),
        new_markdown_cell("### Add two"),
        new_markdown_cell("## Your turn\n\n### Double it"),
        new_code_cell(EXERCISE, metadata={"tags": ["exercise"]}),
        new_code_cell(CHECK, metadata={"tags": ["check"]}),
        new_markdown_cell("## Where it breaks"),
        new_code_cell("0.1 + 0.2 == 0.3"),
        new_markdown_cell("## Rights and credit"),
        new_code_cell("credit = 'Hallyu Studio'"),
        new_markdown_cell("## Take away\n\nOne. Two. Three.\n\n[The module](index.md)"),
        new_code_cell("raise SystemError('needs a network')", metadata={"tags": ["hub"]}),
    ]
    metadata = {
        "hallyu": {**METADATA, **changes},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    }
    notebook = new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return notebook


def _write_lesson(root, name="01-count-the-snow", notebook=None, **changes):
    """Put a lesson into the course at *root*; its path."""
    path = root / "modules" / "webtoon" / f"{name}.ipynb"
    nbformat.write(notebook or sound_lesson(**{"order": int(name[:2]), **changes}), path)
    return path


def _make_course(root):
    """Put a course with one module, one lesson and one track into *root*."""
    (root / "modules/webtoon/media").mkdir(parents=True)
    (root / "book").mkdir()
    (root / "pyproject.toml").write_text("")
    (root / "modules/webtoon/media/flakes.png").write_bytes(b"flakes")
    (root / "modules/webtoon/index.md").write_text(
        "---\ntitle: Webtoon\ntitle_ko: 웹툰\nsummary: From script to strip.\n"
        "summary_ko: 각본에서 스트립까지.\norder: 1\n---\n\n# Webtoon\n",
        encoding="utf-8",
    )
    (root / "book/tracks.toml").write_text(
        '[webtoon-creator]\ntitle = "Webtoon creator"\ntitle_ko = "웹툰 작가"\naudience = "Artists"\n'
        'summary = "All."\n',
        encoding="utf-8",
    )
    _write_lesson(root)
    return root


@pytest.fixture
def course(tmp_path):
    """The root of a course with one module, one lesson and one track."""
    return _make_course(tmp_path)


@pytest.fixture(scope="session")
def served_course(tmp_path_factory):
    """Such a course for a server to keep open, with an app that greets."""
    root = _make_course(tmp_path_factory.mktemp("served"))
    (root / "modules/webtoon/app.py").write_text(GREETER)
    return root


@pytest.fixture
def lesson():
    """The function that makes a lesson keeping the whole contract."""
    return sound_lesson


@pytest.fixture
def write_lesson():
    """The function that puts a lesson into a course."""
    return _write_lesson
