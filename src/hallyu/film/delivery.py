"""One finished shot as it goes out: frames, films, grades and rights, written while the shot is worked through once.

hallyu.film.turnover makes the folder, here is what goes into it. *write* makes it, *pack* makes one file of it.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.film import cdl, exr, finishing, lut, names, timeline, turnover
from hallyu.film.finishing import Finished, Touch
from hallyu.film.names import Code
from hallyu.film.studio import Bench, Guest, Shot, Wish, smaller
from hallyu.handover import Report
from hallyu.provenance import consent
from hallyu.provenance.disclosure import AIPart, changed_face
from hallyu.provenance.worklog import WorkLog

FILMS = ("prores", "cutout")
"""What may go along: ProRes 4444 of the finished shot, and of the figure with its matte."""
COPY = 1920
"""Pixels of the longest side of a viewing copy."""
BYTES = 2.2
"""Of a channel of a pixel in an EXR, at the most: half floats, and what ZIP leaves of grain."""


@dataclass(frozen=True)
class Order:
    """What goes out. code: of the shot, with its task and version. first, last: frames of the cut, *last* not included,
    from 0. handles: frames before the cut and after it that the EXRs have, but not the films.

    films: of FILMS. copy: a viewing copy goes along; ProRes goes only with it. maker: who decided, for the work log.
    country: ISO's two letters of where it is shown. licence: the last line of the rights sheet. footage: its credit, for
    a shot that is not one's own. numbers: the ten of a CDL that say nearly what the grade's table says.
    """

    code: Code
    first: int
    last: int
    handles: tuple[int, int] = (0, 0)
    films: tuple[str, ...] = ()
    copy: bool = True
    maker: str = "artist"
    country: str = ""
    licence: str = ""
    footage: str = ""
    numbers: cdl.CDL | None = None

    @property
    def name(self) -> str:
        """Of the frames, and how the films' names begin."""
        return str(replace(self.code, frame=None, suffix=""))


@dataclass(frozen=True)
class Delivery:
    """A delivery as it lies on the disk. root: the folder of all that goes out. top: turnover's, within it. report: what
    preflight found when it opened each file again."""

    root: Path
    top: Path
    report: Report


def span(shot: Shot, first: int, last: int) -> tuple[int, int]:
    """Frames as people count them, from 1 and with the last one, as a range from 0 without it; *last* may be too large.

    Raises HallyuError when nothing lies between.
    """
    last = min(last, shot.length)
    if not 1 <= first <= last:
        raise HallyuError(f"Choose a first and a last frame, in this order, from 1 to {shot.length}.")
    return first - 1, last


def handles(shot: Shot, first: int, last: int) -> tuple[int, int]:
    """How many frames there are before *first* and from *last* on, of those that an editor wants: turnover.HANDLES."""
    return min(turnover.HANDLES, first), min(turnover.HANDLES, shot.length - last)


def sound(shot: Shot, first: int) -> dict:
    """The shot's own sound from frame *first* on, as hallyu.film.finishing.writing takes it; {} where it has none."""
    if not shot.info.has_audio:
        return {}
    return {"audio_from": shot.path, "audio_start": float(first / shot.info.rate)}


def write(
    folder: Path, bench: Bench, wish: Wish, order: Order, report: Callable[[int, int], None]
) -> Delivery:
    """Work the shot through and write all that goes out into *folder*, "delivery" and beside it what goes into that.

    report: see Bench.run. Nothing half-written stays when it fails.
    Raises HallyuError when a face may not be changed or published, for too little room, and for what cannot be done.
    """
    if not wish.title:
        raise HallyuError("The title is empty: write one.")
    shot = bench.shot
    require_room(folder, shot, order)
    touch = bench.touch(wish)
    used = faces_used(bench, wish, touch, order.country)
    root, copy = folder / "delivery", folder / "copy.mp4" if order.copy else None
    shutil.rmtree(root, ignore_errors=True)
    project = turnover.Project(
        wish.title,
        timeline.assemble(
            wish.title,
            shot.info.rate,
            [(shot.name, order.first, order.last)],
            lengths={shot.name: shot.length},
        ),
        [
            turnover.Shot(
                order.code,
                _pictures(bench, wish, order, root, copy, report),
                handles=order.handles,
                faces=used,
                materials=materials(shot, wish, order.footage),
            )
        ],
        ai=ai_parts(touch),
        log=work_log(folder / "work.jsonl", shot, wish, order.maker).entries(),
        grades=write_grades(folder / "grades", wish.grade, order.numbers, order.code),
        copy=copy,
        licence=order.licence,
    )
    top = root / names.legal(wish.title)
    try:
        turnover.write(top, project)
        return Delivery(root, top, turnover.preflight(top))
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise


def pack(delivery: Delivery, archive: Path, text: str) -> list[tuple[str, int]]:
    """Make one ZIP of a delivery, with *text* as its report.txt; gives the names in it and their bytes.

    Each file is removed as soon as it is in, so that the disk holds it once.
    """
    root = delivery.root
    try:
        with write_whole(root / "report.txt") as draft:
            draft.write_text(text, encoding="utf-8")
        with write_whole(archive) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as out:
            for file in sorted(path for path in root.rglob("*") if path.is_file()):
                out.write(file, file.relative_to(root))
                file.unlink()
            return [(entry.filename, entry.file_size) for entry in out.infolist()]
    finally:
        shutil.rmtree(root, ignore_errors=True)


def require_room(folder: Path, shot: Shot, order: Order) -> None:
    """Pass when the files will find room. Raises HallyuError with the sizes when they will not."""
    pixels = shot.info.width * shot.info.height * (order.last - order.first + sum(order.handles))
    needed = pixels * (5 * BYTES + 1.5 * ("prores" in order.films) + 2 * ("cutout" in order.films))
    free = shutil.disk_usage(folder).free
    if 1.1 * needed > free:
        raise HallyuError(
            f"The files need about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free: take fewer frames, or deliver one."
        )


# --- by what right ----------------------------------------------------------------------------------------------------


def faces_used(bench: Bench, wish: Wish, touch: Touch | None, country: str) -> list[turnover.Used]:
    """Whose faces go out: those of a sample, and the one that was changed. Raises HallyuError without a consent to publish."""
    uses = () if touch is None else (touch.permission.use,)
    if bench.shot.people:
        at = bench.person(wish)
        return [
            turnover.Used(name, uses if number == at else ()) for number, name in enumerate(bench.shot.people)
        ]
    return [] if touch is None else [_of_guest(bench.guest, uses, wish.title, country)]


def _of_guest(guest: Guest, uses: tuple[str, ...], title: str, country: str) -> turnover.Used:
    consent.require(guest.given, "publish", title, date.today(), country)
    return turnover.Used(guest.given.face, uses, guest.record, guest.signer)


def materials(shot: Shot, wish: Wish, footage: str = "") -> list[str]:
    """A line for each thing in the shot that somebody made. footage: whose it is; by default, its file's name."""
    ground = [wish.ground.credit] if wish.ground is not None else []
    return [f"Footage: {footage or shot.name}", *ground]


def ai_parts(touch: Touch | None) -> list[AIPart]:
    """The mark of a changed face."""
    if touch is None:
        return []
    tool = "Hallyu Studio re-age" if touch.way == "network" else "Hallyu Studio retouch"
    how = f"from {touch.now:g} to {touch.wanted:g} years"
    return [changed_face(1, touch.permission.face, tool, how, touch.permission.project)]


def work_log(path: Path, shot: Shot, wish: Wish, maker: str) -> WorkLog:
    """Who decided what, written anew."""
    path.unlink(missing_ok=True)
    log = WorkLog(path)
    log.add("human", maker, "select", "shot", after=shot.name)
    decided = {
        "matte": wish.pull,
        "ground": "none" if wish.ground is None else wish.ground.kind,
        "face": wish.way,
        "grade": "none" if wish.grade is None else "match" if isinstance(wish.grade, lut.Cube) else "numbers",
    }
    for what, how in decided.items():
        if how != "none":
            log.add("human", maker, "compose", what, after=how)
    return log


# --- what is written --------------------------------------------------------------------------------------------------


def write_grades(
    folder: Path, grade: lut.Cube | cdl.CDL | None, nearly: cdl.CDL | None, code: Code
) -> list[Path]:
    """The grade as .cube and as .cdl; a shot without one goes out with the grade that changes nothing.

    nearly: ten numbers in place of a table.
    """
    name = f"{code.show}_{code.scene:03}_{code.shot:04}"
    ten = grade if isinstance(grade, cdl.CDL) else nearly or cdl.CDL()
    cube = finishing.table(ten if grade is None else grade)
    return [
        lut.write(folder / f"{name}_grade.cube", replace(cube, title=name)),
        cdl.write(folder / f"{name}_grade.cdl", replace(ten, id=name)),
    ]


def _pictures(
    bench: Bench, wish: Wish, order: Order, root: Path, copy: Path | None, report: Callable[[int, int], None]
) -> Iterator[exr.Picture]:
    """Each frame as the EXR has it; beside it the viewing copy and the other films are written."""
    rate, heard, number = bench.shot.info.rate, sound(bench.shot, order.first), order.first - order.handles[0]
    with ExitStack() as films:
        puts: list[Callable[[Finished], None]] = []

        def film(path: Path, codec: str, shown: Callable[[Finished], np.ndarray], **heard: object) -> None:
            put = films.enter_context(finishing.writing(path, rate, codec, **heard))
            puts.append(lambda done: put(shown(done)))

        if copy is not None:
            film(copy, "h264", lambda done: smaller(done.graded, COPY), **heard)
            if "prores" in order.films:
                film(root / f"{order.name}_graded.mov", "prores4444", lambda done: done.graded, **heard)
            if "cutout" in order.films and wish.pull != "none":
                film(root / f"{order.name}_cutout.mov", "prores4444", lambda done: done.cutout)
        for done in bench.run(wish, number, order.last + order.handles[1], None, report):
            for put in puts if order.first <= number < order.last else ():
                put(done)
            number += 1
            main, layers = for_compositor(done, wish.ground is not None)
            del done  # a frame at 4K has 100 MB at each step: none stays longer than it must
            picture = exr.Picture(
                finishing.by_rows(lambda rows: exr.from_frame(rows.clip(0, None)), main), layers
            )
            del main, layers
            yield picture
            del picture


def for_compositor(done: Finished, placed: bool) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """A frame before the grade, code values, straight; and by their names the mattes that were pulled for it.

    placed: the figure stands in a place; else its cut-out is the frame, where there is one.
    """
    layers: dict[str, np.ndarray] = {}
    if done.cutout is not None and placed:
        layers["matte"] = np.ascontiguousarray(done.cutout[..., 3])
    if done.face is not None:
        layers["face"] = done.face.mask
    return done.frame if placed or done.cutout is None else done.cutout, layers


def files_of(packed: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """What pack gave, for people: a sequence of more than three frames as one line."""
    frames = [entry for entry in packed if entry[0].endswith(".exr")]
    if len(frames) <= 3:
        return list(packed)
    line = f"{frames[0][0]} – {Path(frames[-1][0]).name}", sum(size for _, size in frames)
    return [line, *(entry for entry in packed if entry not in frames)]
