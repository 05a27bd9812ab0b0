"""The music assignments go through the run: sounds are measured in the tests' own kernel, sandboxed, within its limits."""

import shutil
from pathlib import Path

import music_material
import pytest
from test_music_assignments import solve

from hallyu.grading.kernel import sandbox
from hallyu.grading.run.course import GradingCourse
from hallyu.grading.run.feedback import write_pages
from hallyu.grading.run.grade import grade

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Deliveries of both assignments, made before, so that the run itself is what is tried."""
    work = tmp_path_factory.mktemp("made")
    music_material.deliver_voice(work / "music-voice", work / "key.pem")
    music_material.deliver_release(work / "music-release", work, music_material.project())
    return work


@pytest.mark.parametrize("name", ["music-voice", "music-release"])
def test_the_solution_gets_every_automatic_point_in_the_sandbox(name, made, tmp_path):
    if problem := sandbox.why_not():
        pytest.skip(problem)
    from nbgrader.converters import GenerateAssignment

    root = tmp_path / "grading"
    book = root / "source" / name / f"{name}.ipynb"
    book.parent.mkdir(parents=True)
    shutil.copy(ROOT / "grading" / "nbgrader_config.py", root)
    shutil.copy(ROOT / "grading" / "source" / name / f"{name}.ipynb", book)
    solve(book, made / name)
    course = GradingCourse.open(root)
    course.directory.assignment_id, course.directory.student_id = name, "."
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    for learner in ("empty", "narae"):
        shutil.copytree(root / "release" / name, root / "submitted" / learner / name)
    solve(root / "submitted" / "narae" / name / f"{name}.ipynb", made / name)
    course = GradingCourse.open(root)
    report = grade(course, name, workers=2, say=lambda line: None)
    points = {learner: told["points"] for learner, told in report.submissions.items()}
    assert points == {"empty": 0, "narae": 80}, report.submissions
    assert report.submissions["narae"]["notes"] == [] and report.shared == []
    write_pages(course, name, list(points))
    page = (course.folder("feedback", name, "narae") / f"{name}.html").read_text(encoding="utf-8")
    assert ("in tune: 15 of 15 points" if name == "music-voice" else "stems: 10 of 10 points") in page
