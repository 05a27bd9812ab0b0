"""An nbgrader course on disk: where its folders are and what its nbgrader_config.py says."""

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from nbgrader.apps.nbgraderapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from hallyu.errors import HallyuError


@dataclass(frozen=True)
class Course:
    """A course directory with its settings, as nbgrader's own commands see them."""

    root: Path
    directory: CourseDirectory
    config: Config

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Folder of an assignment at a step: "source", "release", "submitted", "autograded" or "feedback"."""
        return Path(
            self.directory.format_path(getattr(self.directory, f"{step}_directory"), student, assignment)
        )

    def notebooks(self, assignment: str) -> list[Path]:
        """The instructor's notebooks of an assignment.

        Raises HallyuError when there are none.
        """
        found = sorted(self.folder("source", assignment).glob("*.ipynb"))
        if not found:
            others = sorted(p.name for p in self.folder("source", "").glob("*") if p.is_dir())
            known = (
                f"this course has {', '.join(others)}" if others else f"put it into {self.root / 'source'}"
            )
            raise HallyuError(f"There is no notebook of an assignment called {assignment}: {known}.")
        return found


def open_course(root: str | Path | None = None) -> Course:
    """The course at *root*: by default here, or the folder `grading` here.

    Raises HallyuError when there is no course, or nbgrader cannot read its settings.
    """
    tried = [Path(root)] if root else [Path.cwd(), Path.cwd() / "grading"]
    here = next(
        (p.resolve() for p in tried if (p / "nbgrader_config.py").is_file() or (p / "source").is_dir()), None
    )
    if here is None:
        raise HallyuError(
            f"{tried[0]} is no nbgrader course: change to the folder with nbgrader_config.py, or name it with --course."
        )
    # nbgrader starts alembic by its name, from the folder of this interpreter.
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((scripts, os.environ.get("PATH", os.defpath)))
    app, path = NbGrader(log_level=logging.ERROR), list(sys.path)
    try:
        app.initialize([], root=str(here))
    except Exception as error:
        raise HallyuError(f"{here / 'nbgrader_config.py'} cannot be read: {error}") from error
    finally:
        sys.path[:] = path
    return Course(here, app.coursedir, app.config)
