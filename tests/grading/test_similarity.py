"""Copies are found however they are disguised; people who solved the same task by themselves are not accused."""

import json
import random

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hallyu.cli import app
from hallyu.grading import similarity
from hallyu.grading.course import open_course
from hallyu.grading.similarity import GUARANTEE, NOISE, Work, given_runs, grams, similar, tokens, winnow

MEANS = '''
def running_mean(values, width):
    """Mean of each window."""
    if width < 1:
        raise ValueError("too narrow")
    total, means = 0.0, []
    for place, value in enumerate(values):
        total += value
        if place >= width:
            total -= values[place - width]
        means.append(total / min(place + 1, width))
    return means
'''
WORDS = """
def count_words(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,!?")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
"""
HONEST = [
    MEANS + WORDS,
    """
import numpy as np
from collections import Counter

def running_mean(values, width):
    if width <= 0:
        raise ValueError
    sums = np.cumsum(np.insert(np.asarray(values, float), 0, 0))
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - width, 0)
    return list((sums[ends] - sums[starts]) / (ends - starts))

def count_words(text):
    clean = [w.strip(".,!?") for w in text.casefold().split()]
    return sorted(Counter(filter(None, clean)).items(), key=lambda kv: (-kv[1], kv[0]))
""",
    """
def running_mean(values, width):
    assert width > 0
    out = []
    for end in range(1, len(values) + 1):
        window = values[max(0, end - width):end]
        out.append(sum(window) / len(window))
    return out

import re
def count_words(text):
    found = {}
    for w in re.findall(r"[a-z']+", text.lower()):
        if w not in found:
            found[w] = 0
        found[w] += 1
    pairs = list(found.items())
    pairs.sort(key=lambda p: p[0])
    pairs.sort(key=lambda p: p[1], reverse=True)
    return pairs
""",
]


def work(*sources):
    return Work(tuple((source, False) for source in sources))


def renamed(source):
    for old, new in {
        "values": "xs",
        "width": "k",
        "total": "acc",
        "means": "res",
        "place": "i",
        "value": "x",
    }.items():
        source = source.replace(old, new)
    return source.replace("counts", "d").replace("word", "token").replace("item", "z").replace("text", "s")


DISGUISES = {
    "as it was": lambda a, b: [a + b],
    "renamed": lambda a, b: [renamed(a + b)],
    "functions reordered": lambda a, b: [b + a],
    "in cells of their own": lambda a, b: [b, a],
    "comments and documentation changed": lambda a, b: [
        a.replace(
            '"""Mean of each window."""', '"""My own idea.\n\n    Really.\n    """\n    # here it starts'
        )
        + b
    ],
    "reformatted": lambda a, b: [(a + b).replace(" = ", "=").replace("    ", "  ").replace("\n", "\n\n")],
    "words of an error changed": lambda a, b: [(a + b).replace("too narrow", "no")],
    "with lines between": lambda a, b: [a + "\nprint('I made this', 42)\nx = [1, 2, 3]\n" + b],
    "no longer Python": lambda a, b: [a + b + "\ndef f(:\n    return ('"],
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_is_found(disguise):
    works = {"a": work(MEANS + WORDS), "b": work(*DISGUISES[disguise](MEANS, WORDS)), "c": work(HONEST[1])}
    found = similar(works)
    assert [pair.students for pair in found] == [("a", "b")]
    assert found[0].share > 0.6


def test_honest_solutions_of_the_same_task_are_not_reported():
    assert similar({str(i): work(source) for i, source in enumerate(HONEST)}) == []


def test_the_instructors_code_counts_for_nobody():
    given = given_runs([work(MEANS)])
    works = {"a": work(MEANS, HONEST[1]), "b": work(MEANS, HONEST[2])}
    assert similar(works, given) == []
    assert similar({"a": work(MEANS, WORDS + HONEST[1]), "b": work(MEANS, renamed(WORDS) + HONEST[1])}, given)


def test_what_everybody_writes_is_no_evidence():
    assert similar({str(i): work(MEANS) for i in range(similarity.COMMON + 1)}) == []
    assert len(similar({str(i): work(MEANS + WORDS) for i in range(3)})) == 3


def test_a_passage_names_its_lines_in_both():
    found = similar({"a": work("x = 1", MEANS), "b": work("# mine\n\n" + renamed(MEANS))})
    (passage,) = found[0].passages
    assert passage.cells == (1, 0)
    assert passage.first == (1, 3) and passage.last == (11, 13)


def test_answers_in_words_are_compared_too():
    answer = "The turn is in the seventh cut, because the reader takes him for a boy who does not listen until he smiles. "
    answer += "It was hidden in plain sight, where he counts the minutes too, and nobody thinks that he waits for her at all. "
    answer += "Then the pause after it lets the thumb cross a third of a screen of nothing, and that is when we understand it."
    works = {"a": Work(((answer, True),)), "b": Work(((answer.upper().replace(",", " "), True),))}
    assert similar(works)[0].share == 1


words = st.lists(st.integers(0, 40).map(lambda i: f"f{i}()"), min_size=GUARANTEE, max_size=90)


@given(st.data())
def test_any_run_of_the_guaranteed_length_is_found_and_none_below_the_noise_threshold(data):
    draw = random.Random(data.draw(st.integers(0, 10**6)))
    fresh = lambda n, low: [str(draw.randrange(low, low + 10**9)) for _ in range(n)]
    run = fresh(GUARANTEE, 1)
    one = " ".join(fresh(draw.randrange(60), 10**10) + run + fresh(draw.randrange(60), 10**10))
    two = " ".join(fresh(draw.randrange(60), 10**12) + run + fresh(draw.randrange(60), 10**12))
    assert work(one).fingerprints().keys() & work(two).fingerprints().keys()
    short = " ".join(fresh(40, 10**12) + run[: NOISE - 1] + fresh(40, 10**12))
    assert not work(one).fingerprints().keys() & work(short).fingerprints().keys()


def test_winnowing_keeps_one_of_each_window_as_the_paper_has_it():
    """The paper's own example: figure 2 of Schleimer et al., with its hashes and w = 4."""
    hashes = [77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]
    before, similarity.WINDOW = similarity.WINDOW, 4
    try:
        assert [value for value, _ in winnow(hashes)] == [17, 17, 8, 39, 17]
    finally:
        similarity.WINDOW = before


def test_a_whole_year_is_compared_by_the_index(monkeypatch):
    """3,400 submissions: the number of pairs looked at stays near the number of matches."""
    draw = random.Random(1)
    works = {f"s{i:04}": work(" ".join(str(draw.randrange(10**9)) for _ in range(120))) for i in range(3400)}
    works["copy"] = works["s0007"]
    looked = []
    real = similarity._passages
    monkeypatch.setattr(similarity, "_passages", lambda *a: looked.append(1) or real(*a))
    assert [pair.students for pair in similar(works)] == [("copy", "s0007")]
    assert len(looked) == 1


def test_a_course_is_read_whatever_lies_in_it(tmp_path):
    def put(where, *sources):
        where.parent.mkdir(parents=True, exist_ok=True)
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), where)

    put(tmp_path / "source/ps1/ps1.ipynb", "import numpy as np")
    put(tmp_path / "submitted/gildong/ps1/ps1.ipynb", MEANS + WORDS)
    put(tmp_path / "submitted/<b>/ps1/ps1.ipynb", renamed(MEANS) + WORDS + "# ```")
    put(tmp_path / "submitted/honest/ps1/ps1.ipynb", HONEST[2])
    broken = tmp_path / "submitted/broken/ps1/ps1.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"\xff\x00{")
    odd = tmp_path / "submitted/odd/ps1/ps1.ipynb"
    odd.parent.mkdir(parents=True)
    odd.write_text(json.dumps({"cells": [3]}))
    link = tmp_path / "submitted/link/ps1"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "submitted/gildong/ps1")
    pairs, works = similarity.of_assignment(open_course(tmp_path), "ps1")
    assert [pair.students for pair in pairs] == [("<b>", "gildong")] and "link" not in works
    done = CliRunner().invoke(app, ["similar", "ps1", "--course", str(tmp_path)])
    assert done.exit_code == 0 and "5 submissions, 1 pairs to read" in done.output
    text = (tmp_path / "ps1-similar.md").read_text(encoding="utf-8")
    assert "running_mean" in text and "<b>" not in text.replace("\\<b\\>", "")


def test_tokens_keep_what_a_copier_does_not_change():
    assert [t.text for t in tokens("self.x = a.mean() if b else None")] == (
        ["self", ".", "v", "=", "v", ".", "mean", "(", ")", "if", "v", "else", "None"]
    )
    assert len(grams(tokens("a b"))) == 0
