"""The curriculum as data: what each lesson's notebook says about itself, read once and used everywhere.

The workspace, the book's lists, the tracks and the tests read lessons from here and from nowhere else.
"""

import difflib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import yaml

from hallyu.errors import HallyuError

LEVELS = ("beginner", "professional")
# What `metadata.hallyu` of a lesson holds, and of which kind.
TEXTS = ("title", "title_ko", "module", "level", "ends_in")
NUMBERS = ("order", "minutes")
LISTS = ("prerequisites", "outcomes", "techniques", "tracks", "authors", "reviewers")
MAY_BE_EMPTY = ("prerequisites", "reviewers")
LESSON_NAME = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Lesson:
    """One notebook of `modules/`, as its metadata describes it."""

    path: Path
    title: str
    title_ko: str
    module: str
    order: int
    level: str
    minutes: int
    prerequisites: tuple[str, ...]
    outcomes: tuple[str, ...]
    techniques: tuple[str, ...]
    ends_in: str
    tracks: tuple[str, ...]
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]

    @property
    def id(self) -> str:
        """Module and name, as prerequisites write it: "webtoon/05-balloons-and-lettering"."""
        return f"{self.module}/{self.path.stem}"

    @property
    def short_id(self) -> str:
        """Module and number, as people type it: "webtoon/05"."""
        return f"{self.module}/{self.order:02d}"


@dataclass(frozen=True)
class Module:
    """One folder of `modules/`, as the front matter of its index.md describes it."""

    path: Path
    title: str
    title_ko: str
    summary: str
    summary_ko: str
    order: int = 0

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name


@dataclass(frozen=True)
class Track:
    """A way through the lessons for one kind of reader; lessons name the tracks that they belong to."""

    id: str
    title: str
    title_ko: str
    audience: str
    summary: str


def find_root(start: str | Path | None = None) -> Path:
    """The project's folder, from anywhere in it, or the one that the installed package was made from.

    Raises HallyuError when neither holds a `modules` folder beside pyproject.toml.
    """
    here = Path(start or Path.cwd()).resolve()
    for folder in [here, *here.parents, Path(__file__).resolve().parents[3]]:
        if (folder / "modules").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise HallyuError(
        f"{here} is not inside the course: change to the folder that holds modules/ and Makefile."
    )


def lesson_paths(root: Path) -> list[Path]:
    """Every lesson notebook under *root*, in the order of its name."""
    return sorted((root / "modules").glob("*/[0-9][0-9]-*.ipynb"))


def metadata_problems(metadata: object, path: Path) -> list[str]:
    """What is wrong, in words, with the `hallyu` metadata of the notebook at *path*; [] when nothing is.

    >>> metadata_problems(None, Path("modules/webtoon/02-first-panel.ipynb"))
    ['the notebook has no "hallyu" metadata']
    """
    if not isinstance(metadata, dict):
        return ['the notebook has no "hallyu" metadata']
    kinds = [
        *((key, str) for key in TEXTS),
        *((key, int) for key in NUMBERS),
        *((key, list) for key in LISTS),
    ]
    problems = [
        f'metadata "{key}" is missing'
        if key not in metadata
        else f'metadata "{key}" must be a {kind.__name__}'
        for key, kind in kinds
        if not isinstance(metadata.get(key), kind)
    ]
    if problems:
        return problems
    problems += [
        f'metadata "{key}" is empty' for key, _ in kinds if not metadata[key] and key not in MAY_BE_EMPTY
    ]
    problems += [
        f'metadata "{key}" holds something that is not text' for key in LISTS if not _texts(metadata[key])
    ]
    problems += [f'metadata "{key}" is unknown' for key in metadata if key not in dict(kinds)]
    if metadata["level"] not in LEVELS:
        problems.append(f'level "{metadata["level"]}" is neither {" nor ".join(LEVELS)}')
    if metadata["module"] != path.parent.name:
        problems.append(f'module "{metadata["module"]}" is not the folder that the lesson lies in')
    if not LESSON_NAME.fullmatch(path.stem):
        problems.append(f'the file name "{path.name}" is not NN-lower-case-words.ipynb')
    elif metadata["order"] != int(path.stem[:2]):
        problems.append(f"order {metadata['order']} is not the number in the file name {path.name}")
    return problems


def _texts(items: list[object]) -> bool:
    return all(isinstance(item, str) and item.strip() for item in items)


def read_lesson(path: Path) -> Lesson:
    """The lesson at *path*. Raises HallyuError with the first thing that is wrong with its metadata."""
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("hallyu")
    except (OSError, ValueError, KeyError) as error:
        raise HallyuError(f"{path} is not a notebook that can be read: {error}.") from error
    if problems := metadata_problems(metadata, path):
        raise HallyuError(f"{path}: {problems[0]}.")
    return Lesson(path, **{key: tuple(value) if key in LISTS else value for key, value in metadata.items()})


def lessons(root: Path) -> list[Lesson]:
    """Every lesson, by module and order. Raises HallyuError for the first that says something impossible."""
    found = [read_lesson(path) for path in lesson_paths(root)]
    ids = {lesson.id for lesson in found}
    known_tracks = {track.id for track in tracks(root)}
    for lesson in found:
        unknown = [f'prerequisite "{name}"' for name in lesson.prerequisites if name not in ids]
        unknown += [f'track "{name}"' for name in lesson.tracks if name not in known_tracks]
        if unknown:
            raise HallyuError(f"{lesson.id}: {unknown[0]} is not in the curriculum.")
    place = {module.id: number for number, module in enumerate(modules(root))}
    return sorted(
        found, key=lambda lesson: (place.get(lesson.module, len(place)), lesson.module, lesson.order)
    )


def modules(root: Path) -> list[Module]:
    """Every module that has a door (index.md), by the `order` of its front matter, then by name."""
    found = [_read_module(path) for path in sorted((root / "modules").glob("*/index.md"))]
    return sorted(found, key=lambda module: (module.order, module.id))


def _read_module(path: Path) -> Module:
    match = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.DOTALL)
    front = yaml.safe_load(match[1]) if match else None
    missing = [
        key
        for key in ("title", "title_ko", "summary", "summary_ko")
        if not isinstance(front, dict) or key not in front
    ]
    if missing:
        raise HallyuError(f'{path}: the front matter (between two lines "---") lacks "{missing[0]}".')
    return Module(
        path.parent,
        front["title"],
        front["title_ko"],
        front["summary"],
        front["summary_ko"],
        front.get("order", 0),
    )


def tracks(root: Path) -> list[Track]:
    """The tracks of book/tracks.toml, in its order; [] while there is no such file."""
    path = root / "book" / "tracks.toml"
    if not path.exists():
        return []
    try:
        return [
            Track(id=name, **entry) for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()
        ]
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise HallyuError(f"{path}: a track has title, title_ko, audience and summary: {error}.") from error


def find_lesson(root: Path, name: str) -> Lesson:
    """The lesson that *name* means: "webtoon/05", "05-balloons-and-lettering", the whole id, or a path.

    Raises HallyuError with the nearest names when there is none, or when several fit.
    """
    everything = lessons(root)
    path = Path(name).resolve()
    wanted = (
        name.strip().strip("/").removesuffix(".ipynb").removeprefix("modules/").removeprefix("workspace/")
    )
    fitting = [
        lesson
        for lesson in everything
        if wanted in (lesson.id, lesson.short_id, lesson.path.stem, lesson.path.stem[:2])
        or path == lesson.path
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise HallyuError(f'"{name}" fits {", ".join(lesson.id for lesson in fitting)}: name one of them.')
    names = {
        form: lesson.id for lesson in everything for form in (lesson.id, lesson.short_id, lesson.path.stem)
    }
    near = list(dict.fromkeys(names[form] for form in difflib.get_close_matches(wanted, names, cutoff=0.5)))
    near = near or [lesson.id for lesson in everything]
    raise HallyuError(
        f'There is no lesson "{name}". Did you mean {" or ".join(near) or "one not yet written"}?'
    )


def select(root: Path, name: str | None) -> list[Lesson]:
    """The lessons that *name* means: all (None), one module's ("webtoon"), or one lesson's."""
    everything = lessons(root)
    chosen = [lesson for lesson in everything if name in (None, lesson.module)]
    return chosen or ([find_lesson(root, name)] if name else [])
