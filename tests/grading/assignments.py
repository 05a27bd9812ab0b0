"""The assignments of grading/: what the tests need to know of each, and its way from the instructor to the learner and back."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import delivery_material
import film_material
import nbformat
import ott_material
from nbformat import NotebookNode
from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange import ExchangeFactory

from hallyu.grading import (
    artefacts_delivery,
    artefacts_face,
    artefacts_film,
    artefacts_music,
    artefacts_ott,
    artefacts_webtoon,
)
from hallyu.grading.run.course import GradingCourse
from hallyu.grading.run.feedback import write_pages
from hallyu.grading.run.grade import Report, grade
from hallyu.grading.run.plan import plans
from hallyu.grading.run.worker import Result, grade_submission

GRADING = Path(__file__).resolve().parents[2] / "grading"
QUIET = {"say": lambda line: None}


@dataclass(frozen=True)
class Assignment:
    """An assignment. Cells are named by their grade ids; a test of a grader has the grader's name."""

    name: str
    graders: tuple
    shown: set[str]
    """Tests that learners see."""
    made_in: tuple[str, ...]
    """Solution cells that make the delivery, in their order."""
    by_hand: dict[str, tuple[str, float]]
    """What a person grades: its heading in the rubric, and its points."""
    secrets: tuple[str, ...]
    """Words of solutions and hidden tests, of which the release version has none."""
    called: dict[str, float] = field(default_factory=dict)
    """Tests that call the learner's functions, and their points."""

    @property
    def source(self) -> Path:
        return GRADING / "source" / self.name / f"{self.name}.ipynb"

    @property
    def tests(self) -> dict[str, float]:
        """Points of every test."""
        return {g.__name__.replace("_", "-"): g.points for g in self.graders} | self.called


ASSIGNMENTS = (
    Assignment(
        "webtoon-episode",
        artefacts_webtoon.GRADERS,
        shown={"complete", "layout"},
        made_in=("episode",),
        by_hand={"turn": ("Story and turn", 15), "pacing": ("Pacing", 10)},
        secrets=("막차", "Rin", "cut_safety", "own_work"),
    ),
    Assignment(
        "music-voice",
        artefacts_music.VOICE_GRADERS,
        shown={"letters-test", "voice-complete", "words-heard"},
        made_in=("idol", "song", "sign"),
        by_hand={
            "voice-and-phrase": ("The voice and its phrase", 10),
            "right-to-it": ("The right to it", 10),
        },
        secrets=("나의 노래", "하람", "나래", "spoken.grade"),
        called={"letters-test": 5, "move-test": 5, "join-h-test": 5, "alike-test": 10},
    ),
    Assignment(
        "music-release",
        artefacts_music.RELEASE_GRADERS,
        shown={"release-complete", "loudness", "words"},
        made_in=("song", "desk", "deliver-it"),
        by_hand={"the-mix": ("The mix", 10), "the-performance": ("The performance", 10)},
        secrets=("바다 너머", "energy=0.4", "null"),
    ),
    Assignment(
        film_material.COMPOSITE,
        artefacts_film.COMPOSITE_GRADERS,
        shown={"composite-complete", "elements", "declaration"},
        made_in=("cut-out", "comp-it", "deliver-it"),
        by_hand={"the-comp": ("The comp", 10), "the-note": ("The note", 10)},
        secrets=(
            *("called.", "Mirae's record allows", "streaming.cutouts(streaming", "7391"),
            film_material.word(film_material.COMPOSITE),
        ),
        called={"key-test": 5, "lay-over-test": 5},
    ),
    Assignment(
        film_material.FACE,
        artefacts_face.GRADERS,
        shown={"shots-complete", "cube", "shots-declaration"},
        made_in=("de-age", "match-it", "deliver-it"),
        by_hand={"the-face": ("The face", 10), "the-grade": ("The grade", 10)},
        secrets=("calmed", "0.8", "solved.lut", "granddaughter", film_material.word(film_material.FACE)),
    ),
    Assignment(
        ott_material.NAME,
        artefacts_ott.GRADERS,
        shown={"titles-complete", "twins"},
        made_in=("spotting", "in-korean-made", "in-english-made", "deliver-it"),
        by_hand={"the-reading": ("The reading", 10), "the-travel": ("The travel", 10)},
        secrets=("747, 784", "휴대폰 진동", "Trail closed", "김나래", ott_material.word()),
    ),
    Assignment(
        delivery_material.NAME,
        artefacts_delivery.GRADERS,
        shown={"delivery-complete", "stream", "signed"},
        made_in=("conform-it", "mix-it", "ladder-it", "deliver-it"),
        by_hand={"the-finish": ("The finish", 10), "the-ladder": ("The ladder", 10)},
        secrets=("from_b = ", "levelled", "대사 강조", "나래", delivery_material.word()),
    ),
)


def cells(path: Path) -> dict[str, NotebookNode]:
    """A notebook's cells by their grade ids."""
    return {
        cell.metadata.get("nbgrader", {}).get("grade_id", cell.id): cell
        for cell in nbformat.read(path, 4).cells
    }


def is_graded(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


@dataclass(frozen=True)
class Cycle:
    """A course after the whole cycle. solution: what the instructor's notebook gave as it stands."""

    course: GradingCourse
    solution: Result
    report: Report

    def cells(self, step: str, learner: str = ".") -> dict[str, NotebookNode]:
        """The cells of the release version, or of a learner's notebook."""
        name = self.report.assignment
        return cells(self.course.folder(step, name, learner) / f"{name}.ipynb")

    def page(self, learner: str) -> str:
        """The feedback of a learner."""
        name = self.report.assignment
        path = self.course.folder("feedback", name, learner) / f"{name}.html"
        return path.read_text(encoding="utf-8")


def run_cycle(assignment: Assignment, folder: Path, others: dict[str, str]) -> Cycle:
    """From the instructor's notebook to feedback, as the commands of nbgrader and ``hallyu grade --feedback`` go.

    Narae hands in the solution, "empty" the release version as it was, and each of *others* that version with this source in
    the first cell that makes the delivery.
    """
    name, root, learner = assignment.name, folder / "grading", folder / "learner"
    learner.mkdir()
    kept = shutil.ignore_patterns("delivery", "work")
    shutil.copytree(assignment.source.parent, root / "source" / name, ignore=kept)
    shutil.copy(GRADING / "nbgrader_config.py", root)
    course = GradingCourse.open(root)
    course.directory.assignment_id, course.directory.student_id = name, "."
    GenerateAssignment(coursedir=course.directory, config=course.config).start()
    solution = run_solution(GradingCourse.open(root), name)
    exchange(root, learner, name, "ReleaseAssignment", "FetchAssignment")
    for other, source in {"empty": "", **others}.items():
        submitted = shutil.copytree(learner / name, root / "submitted" / other / name)
        if source:
            fill(submitted / f"{name}.ipynb", {assignment.made_in[0]: source})
    solve(assignment, learner / name, solution)
    (learner / name / "key.pem").write_text("-----BEGIN PRIVATE KEY-----")
    exchange(root, learner, name, "Submit", "Collect")
    course = GradingCourse.open(root)
    report = grade(course, name, workers=1, **QUIET)
    write_pages(course, name, list(report.submissions))
    return Cycle(course, solution, report)


def run_solution(course: GradingCourse, name: str) -> Result:
    """What the instructor's notebook gave, sandboxed: the first step of every run, whose plans the run then finds made."""
    results = []

    def keep(*job: object) -> Result:
        results.append(grade_submission(*job))
        return results[-1]

    plans(course, course.assignment(name), keep, course.root / ".hallyu" / name, **QUIET)
    return results[-1]


def exchange(root: Path, learner: Path, name: str, *steps: str) -> None:
    """nbgrader's own commands of the exchange, the learner's as Narae's in the folder *learner*."""
    place = root.parent / "exchange"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)
    for step in steps:
        course = GradingCourse.open(root)
        course.directory.assignment_id = name
        course.directory.student_id = "narae" if step == "Submit" else "*"
        config = course.config
        config.Exchange.root, config.Exchange.cache = str(place), str(root.parent / "cache")
        config.Exchange.assignment_dir = str(learner)
        make = getattr(ExchangeFactory(config=config), step)
        make(coursedir=course.directory, authenticator=Authenticator(config=config), config=config).start()


def fill(path: Path, sources: dict[str, str]) -> None:
    """Write these sources into a notebook's cells."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        cell.source = sources.get(known.get("grade_id"), cell.source)
    nbformat.write(notebook, path)


def solve(assignment: Assignment, folder: Path, solution: Result) -> None:
    """Put the solution into a fetched notebook as a learner would, with its delivery, so that nothing is made twice."""
    region = re.compile("(?<=### BEGIN SOLUTION\n).*(?=### END SOLUTION)", re.DOTALL)
    unpack = 'import shutil\n\nshutil.unpack_archive("made.zip", "delivery")\n'
    sources = {
        key: region.sub(unpack, cell.source) if key in assignment.made_in else cell.source
        for key, cell in cells(assignment.source).items()
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    fill(folder / f"{assignment.name}.ipynb", sources)
    made = folder.parent / "made"
    for path, content in solution.files.items():
        if path.startswith("delivery/"):
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(content)
    shutil.make_archive(folder / "made", "zip", made / "delivery")
