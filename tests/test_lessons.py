"""Every lesson keeps the contract: what it says about itself, its rhythm, its exercises, its pictures, its links."""

import sys
from pathlib import Path

import nbformat
import pytest

from hallyu.courseware import book, contract, curriculum
from hallyu.grading.kernel import specs

ROOT = Path(__file__).parents[1]
LESSONS = [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in curriculum.lesson_paths(ROOT)]


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_is_written_as_promised(path):
    assert contract.static_problems(nbformat.read(path, 4), path) == []


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_runs_and_its_checks_tell_right_from_empty(path):
    specs.make_known()
    kernel = specs.WARM if sys.platform == "linux" else "python3"  # forked with the heavy imports done
    executed, problems = contract.run(nbformat.read(path, 4), path, kernel)
    assert problems == []
    book.keep_executed(ROOT, path, executed)


def test_the_curriculum_holds_together():
    assert {lesson.path for lesson in curriculum.lessons(ROOT)} == set(curriculum.lesson_paths(ROOT))
