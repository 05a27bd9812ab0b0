"""An nbgrader course as nbgrader itself sees it, and what of it a run needs."""

import contextlib
import functools
import hashlib
import json
import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import nbgrader
from nbgrader.api import Base, Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from nbgrader.utils import find_all_files
from sqlalchemy import create_engine, make_url
from traitlets.config import LazyConfigValue

import hallyu
from hallyu.errors import HallyuError
from hallyu.grading.course import Course, open_course
from hallyu.grading.run.repair import Official
from hallyu.grading.run.stage import notebook as clean
from hallyu.grading.run.worker import Assignment

SECTIONS = (
    *("Execute", "ExecutePreprocessor", "NotebookClient", "IsolatedExecute", "NbGraderPreprocessor"),
    *("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata"),
    *("IgnorePattern", "LimitOutput", "WarmProvisioner", "KernelManager"),
)
"""Sections of nbgrader_config.py that a worker's steps read."""


class GradingCourse(Course):
    """A course with its gradebook and its submissions."""

    @classmethod
    def open(cls, root: str | Path | None = None) -> "GradingCourse":
        """The course at *root*, found as :func:`hallyu.grading.course.open_course` finds it."""
        found = open_course(root)
        if str(found.root) not in sys.path:  # the configuration may name plugins that lie beside it
            sys.path.append(str(found.root))
        return cls(found.root, found.directory, found.config)

    @property
    def db_url(self) -> str:
        """Where the gradebook is."""
        return self.directory.db_url

    @functools.cached_property
    def autograde(self) -> Autograde:
        """Nbgrader's own converter, with the course's settings."""
        return Autograde(coursedir=self.directory, config=self.config)

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """The course's gradebook, closed at the end. Raises HallyuError when the database cannot be reached."""
        try:
            gradebook = Gradebook(self.db_url, self.directory.course_id)
        except Exception as error:
            line = str(error).splitlines()[0][:200]
            raise HallyuError(
                f"The gradebook {_without_password(self.db_url)} cannot be opened: {line}"
            ) from error
        with gradebook:
            yield gradebook

    def submissions(self, assignment: str) -> list[str]:
        """Students who handed in *assignment*, sorted."""
        mark = "\0"
        parts = Path(self.directory.format_path(self.directory.submitted_directory, mark, assignment)).parts
        base = Path(*parts[: next(i for i, part in enumerate(parts) if mark in part)])
        before, after = parts[len(base.parts)].split(mark)
        if not base.is_dir():
            return []
        names = [
            path.name[len(before) : len(path.name) - len(after)]
            for path in base.iterdir()
            if path.name.startswith(before) and path.name.endswith(after) and not path.name.startswith(".")
        ]
        excluded = self.directory.student_id_exclude.split(",")
        return sorted(
            n for n in names if n not in excluded and os.path.lexists(self.folder("submitted", assignment, n))
        )

    # --- The assignment ---------------------------------------------------------------------------------------

    def assignment(self, name: str, trusted: bool = False) -> Assignment:
        """What the workers need of an assignment, still without plans.

        Raises HallyuError when it was never generated, or its notebooks are in another language than Python.
        """
        with self.gradebook() as gradebook:
            try:
                notebooks = gradebook.find_assignment(name).notebooks
            except MissingEntry:
                raise HallyuError(
                    f"The gradebook has no assignment {name}: run `nbgrader generate_assignment {name}` first."
                ) from None
            for notebook in notebooks:
                language = json.loads(notebook.kernelspec or "{}").get("language", "python")
                if language.lower() != "python":
                    raise HallyuError(
                        f"{notebook.name} is written in {language}; only Python can be graded here."
                    )
            cells = {notebook.name: self._official(notebook, name) for notebook in notebooks}
            seed = _seed(name, {n.name: n.kernelspec for n in notebooks}, cells)
        source = self.folder("source", name)
        support = find_all_files(str(source), [*self.directory.ignore, "*.ipynb"]) if source.is_dir() else []
        return Assignment(
            name=name,
            seed=seed,
            cells=cells,
            support={Path(p).relative_to(source).as_posix(): Path(p).read_bytes() for p in sorted(support)},
            plans={},
            settings={
                section: _plain(self.config[section]) for section in SECTIONS if section in self.config
            },
            excluded=frozenset(self.autograde.exclude_overwriting.get(name, [])),
            trusted=trusted,
        )

    def source(self, assignment: str, notebook: str) -> nbformat.NotebookNode:
        """The instructor's notebook, with solutions. Raises HallyuError when it is not there."""
        path = self.folder("source", assignment) / f"{notebook}.ipynb"
        if not path.exists():
            raise HallyuError(
                f"{path} is not there: the instructor's notebook is needed to plan how its tests are run."
            )
        return nbformat.reads(clean(path.read_bytes()).decode(), as_version=4)

    def _released(self, source: str) -> str:
        """A locked cell's source as learners get it: without hidden tests and marking schemes."""
        cell = nbformat.v4.new_markdown_cell(source)
        ClearHiddenTests(config=self.config)._remove_hidden_test_region(cell)
        ClearMarkScheme(config=self.config)._remove_mark_scheme_region(cell)
        return cell.source

    def _official(self, notebook: nbgrader.api.Notebook, assignment: str) -> tuple[Official, ...]:
        """The gradebook's cells of a notebook, in the order of the instructor's source."""
        order = {
            c.metadata.get("nbgrader", {}).get("grade_id"): (i, tuple(c.metadata.get("tags", ())))
            for i, c in enumerate(self.source(assignment, notebook.name).cells)
        }
        points = {c.name: c.max_score for c in (*notebook.grade_cells, *notebook.task_cells)}
        grade = {c.name for c in notebook.grade_cells}
        solution = {c.name for c in notebook.solution_cells}
        task = {c.name for c in notebook.task_cells}
        cells = [
            Official(
                name=c.name, kind=c.cell_type, source=c.source, released=self._released(c.source),
                checksum=c.checksum, locked=c.locked,
                grade=c.name in grade, solution=c.name in solution, task=c.name in task,
                points=points.get(c.name), tags=order.get(c.name, (0, ()))[1],
            )
            for c in notebook.source_cells
        ]  # fmt: skip
        return tuple(sorted(cells, key=lambda c: (order.get(c.name, (len(order),))[0], c.name)))


def _seed(name: str, kernels: dict[str, str | None], cells: dict[str, tuple[Official, ...]]) -> bytes:
    """A compressed gradebook with the assignment and no student."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.db"
        Base.metadata.create_all(
            create_engine(f"sqlite:///{path}")
        )  # else nbgrader starts alembic to date it
        with Gradebook(f"sqlite:///{path}") as seed:
            seed.update_or_create_assignment(name)
            for notebook, kernel in kernels.items():
                seed.update_or_create_notebook(notebook, name, kernelspec=kernel)
                for c in cells[notebook]:
                    graded = {"max_score": c.points, "cell_type": c.kind}
                    if c.grade:
                        seed.update_or_create_grade_cell(c.name, notebook, name, **graded)
                    if c.solution:
                        seed.update_or_create_solution_cell(c.name, notebook, name)
                    if c.task:
                        seed.update_or_create_task_cell(c.name, notebook, name, **graded)
                    seed.update_or_create_source_cell(
                        c.name,
                        notebook,
                        name,
                        cell_type=c.kind,
                        locked=c.locked,
                        source=c.source,
                        checksum=c.checksum,
                    )
        return zlib.compress(path.read_bytes(), 6)


def engine() -> str:
    """Names this grading engine: another one may give other scores, so its results are not taken for this one's."""
    folder = Path(__file__).parents[1]
    code = [p.read_bytes() for part in ("kernel", "isolation") for p in sorted((folder / part).glob("*.py"))]
    code += [(folder / "run" / name).read_bytes() for name in ("stage.py", "repair.py", "worker.py")]
    digest = hashlib.sha256(b"\0".join(code)).hexdigest()[:12]
    return f"hallyu {hallyu.__version__}, nbgrader {nbgrader.__version__}, {digest}"


def release_key(assignment: Assignment) -> str:
    """A digest of all that a score depends on besides the submission: release, settings and engine, not the plans."""
    parts = [
        assignment.name,
        sorted(assignment.cells.items()),
        sorted(assignment.excluded),
        assignment.trusted,
    ]
    digest = hashlib.sha256(repr(parts).encode())
    digest.update(json.dumps(assignment.settings, sort_keys=True, default=repr).encode())
    digest.update(engine().encode())
    for name, content in sorted(assignment.support.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _plain(value: object) -> object:
    """Configuration without traitlets' lazy values, which do not travel."""
    if isinstance(value, LazyConfigValue):
        return value.get_value([] if not getattr(value, "_update", None) else {})
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _without_password(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
