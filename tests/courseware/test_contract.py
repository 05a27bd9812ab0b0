"""Each rule catches its own breach, and a sound lesson trips none."""

import nbformat
import pytest
from nbformat.v4 import new_output

from hallyu.courseware import contract

RULES = (
    "metadata",
    "rhythm",
    "outputs_stripped",
    "exercises",
    "alternative_text",
    "no_absolute_paths",
    "links_resolve",
)


def problems(rule, notebook, path):
    function = getattr(contract, rule)
    return function(notebook, path) if rule in ("metadata", "links_resolve") else function(notebook)


@pytest.fixture
def path(course):
    return course / "modules/webtoon/01-count-the-snow.ipynb"


def set_source(index, text):
    return lambda notebook: notebook.cells[index].update(source=text)


def drop(index):
    return lambda notebook: notebook.cells.pop(index)


def show(index, data):
    def change(notebook):
        notebook.cells[index].outputs = [new_output("display_data", data=data)]
        notebook.cells[index].metadata["tags"] = ["keep_output"]

    return change


BREACHES = [
    ("metadata", lambda notebook: notebook.metadata.pop("hallyu"), 'no "hallyu" metadata'),
    ("metadata", lambda notebook: notebook.metadata.kernelspec.update(name="conda-env"), "kernel"),
    ("rhythm", drop(9), "the sections are"),
    (
        "rhythm",
        lambda notebook: notebook.cells.insert(3, notebook.cells.pop(1)) or notebook.cells.reverse(),
        "title",
    ),
    ("rhythm", set_source(0, "# Title\n\n![A](media/flakes.png)\n\na · b · c · d"), "You will make"),
    ("rhythm", set_source(0, "# Title\n\nYou will make: it.\n\na · b · c · d"), "no picture"),
    ("rhythm", set_source(0, "# Title\n\nYou will make: it.\n\n![A](media/flakes.png)"), "level · minutes"),
    (
        "outputs_stripped",
        lambda notebook: notebook.cells[2].update(execution_count=3),
        "cell 3 carries an output",
    ),
    (
        "outputs_stripped",
        lambda notebook: notebook.cells[2].metadata.update(tags=["keep_output"]),
        "no output to",
    ),
    ("exercises", drop(8), "not followed by a cell tagged check"),
    ("exercises", set_source(7, "def double(flakes):\n    return 2 * flakes"), "no ### BEGIN SOLUTION"),
    ("exercises", set_source(4, "### BEGIN SOLUTION\n1\n### END SOLUTION"), "not tagged exercise"),
    (
        "exercises",
        lambda notebook: notebook.cells[4].metadata.update(tags=["check"]),
        "does not follow an exercise",
    ),
    ("alternative_text", set_source(5, "### Two\n\n![](media/flakes.png)"), "has no alternative text"),
    ("alternative_text", set_source(5, '### Two\n\n<img src="media/flakes.png">'), "has no alternative text"),
    ("alternative_text", show(2, {"image/png": "AAAA", "text/plain": "<Figure>"}), "use figures.show"),
    ("no_absolute_paths", set_source(4, 'open("/home/kim/first-snow.png")'), "absolute path"),
    ("no_absolute_paths", set_source(4, r'open("C:\snow.png")'), "absolute path"),
    ("links_resolve", set_source(5, "### Two\n\n[Next](02-none.ipynb)"), "02-none.ipynb leads nowhere"),
    (
        "links_resolve",
        set_source(5, '### Two\n\n<a href="media/none.png">x</a>'),
        "media/none.png leads nowhere",
    ),
]


@pytest.mark.parametrize(
    ("rule", "change", "says"), BREACHES, ids=[f"{rule}: {says}" for rule, _, says in BREACHES]
)
def test_each_breach_trips_its_own_rule_and_no_other(lesson, path, rule, change, says):
    notebook = lesson()
    change(notebook)
    found = {name: problems(name, notebook, path) for name in RULES}
    assert says in " ".join(found.pop(rule))
    if says not in ("title",):  # a lesson read backwards breaks more than its rhythm
        assert {name: texts for name, texts in found.items() if texts} == {}


def test_a_sound_lesson_trips_nothing(lesson, path):
    assert contract.static_problems(lesson(), path) == []


def test_what_only_looks_like_a_breach_is_let_be(lesson, path):
    notebook = lesson()
    notebook.cells[5].source = (
        "### Two\n\nWrite `[text](target)`; see [the guide](https://example.org/home/guide) and [above](#two).\n\n"
        "```\n## not a section\n[x](y)\n```\n"
    )
    assert contract.static_problems(notebook, path) == []


def test_running_finds_what_reading_cannot(lesson, path):
    """One run, each of its cells broken in its own way."""
    notebook = lesson()
    sources = {
        2: "from hallyu.courseware.checks import verdict\nimport sys; print('careful', file=sys.stderr)",
        4: "import base64, IPython.display as d\n"
        "d.display({'image/png': base64.b64encode(b'x').decode(), 'text/plain': 'p'}, raw=True)",
        8: "verdict([], 'always fine')",
        10: "1 / 0",
    }
    for index, source in sources.items():
        notebook.cells[index].source = source
    assert contract.run(notebook, path)[1] == [
        "cell 3 writes to stderr: careful",
        "check in cell 9 passes on the stub: “always fine”",
        "cell 11 stops with ZeroDivisionError: division by zero",
        "cell 5 displays a picture without alternative text: use figures.show",
    ]


def test_a_sound_lesson_runs_and_the_source_is_not_changed(lesson, path):
    notebook = lesson()
    before = nbformat.writes(notebook)
    assert contract.run(notebook, path)[1] == []
    assert nbformat.writes(notebook) == before


def test_a_check_that_stops_or_refuses_the_solution_is_told(lesson, path):
    notebook = lesson()
    notebook.cells[8].source = "assert double(3) == 6\nverdict(['wrong'], 'right')"
    assert contract.run(notebook, path)[1] == [
        "check in cell 9 stops with AssertionError on the stub: ",
        "check in cell 9 fails on the solution: “wrong”",
    ]
