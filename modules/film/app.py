"""The film app: a shot in, its matte, comp, face and grade, and the files that go out. A thin page over hallyu.film.

python modules/film/app.py
"""

import functools
import json
import logging
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from pathlib import Path
from types import SimpleNamespace

import cv2
import gradio as gr
import numpy as np

from hallyu import video
from hallyu.courseware import pages
from hallyu.courseware.pages import language_of, note
from hallyu.errors import HallyuError
from hallyu.files import sha256, write_whole
from hallyu.film import (
    apparent_age,
    cdl,
    ciede2000,
    colour,
    comp,
    exr,
    face_metrics,
    faces,
    finishing,
    framing,
    identity,
    lut,
    match,
    matte_metrics,
    names,
    plate,
    plots,
    scopes,
    segment,
    spill,
    timeline,
    turnover,
)
from hallyu.film.finishing import Finished, Place, Pull, Recipe, Touch
from hallyu.film.korean import korean
from hallyu.provenance import consent
from hallyu.provenance.consent import PUBLIC_FACES, FaceConsent, PublicFace
from hallyu.provenance.disclosure import changed_face
from hallyu.provenance.worklog import WorkLog

MEDIA = Path(__file__).parent / "media"
OPENING = "s6.mp4"
"""The shot that the page opens with: before a green screen, so that its exact matte is known."""
SAMPLES = tuple(
    name
    for name in (
        "s6.mp4",
        "s3.mp4",
        "s3-camera-b.mp4",
        "s2.mp4",
        "s7.mp4",
        "s4.mp4",
        "s5a.mp4",
        "astronaut.jpg",
    )
    if (MEDIA / name).is_file()
)
SEEN_IN = {"s3-camera-b.mp4": ("haneul",), "astronaut.jpg": ("astronaut",)}
"""Whose faces the samples show that have no record beside them."""
TRUTHS = {"s6.mp4": "s6-matte.mkv"}
REFERENCES = {"s3.mp4": "reference_s3", "s2.mp4": "reference_s2", "s7.mp4": "reference_s7"}
LAYERS = ("forest-background.exr", "forest-middle.exr", "forest-foreground.exr")
LONGEST = 1280
"""Pixels of the longest side at which one frame is worked on, and at which a whole shot is looked at."""
SHOWN = 960
"""CSS pixels of the picture on the page."""
PAINTED = 1920
"""Pixels of the longest side at which a forest is painted; a larger shot gets it enlarged, and it is out of focus anyway."""
BYTES = 2.2
"""Of a channel of a pixel in an EXR, at the most: half floats, and what ZIP leaves of grain."""

WORDS = pages.Words(Path(__file__).with_suffix(".toml"))
LABELS, say = WORDS.labels, WORDS.say
PAGE = pages.settings(Path(__file__), WORDS, max_file_size="8gb")
guard = functools.partial(pages.guard, korean=korean)
tell = functools.partial(pages.sentence, korean=korean)

WIPE = """<figure class="wipe" hidden><div class="stage"><img class="after" alt=""><img class="before" alt="">
<span class="line" aria-hidden="true"></span><input type="range" min="0" max="100" step="0.5" value="50"></div>
<figcaption><span class="left"></span><span class="right"></span></figcaption></figure>"""
"""The frame of the wipe; app.js fills it and does the rest."""
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
IN_WIPE = ("wipe", "wipe_at")
STEPS = ("shot", "matte", "comp", "face", "grade", "deliver")
KINDS = {"slope": 1.0, "offset": 0.0, "power": 1.0}

# --- One visitor's work -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shot:
    """The film or picture that is worked on. sample: its name when it is one of the course's, else ""."""

    path: Path
    info: video.Info
    name: str
    sample: str = ""

    @property
    def last(self) -> int:
        """The number of frames, and of the last one as people count."""
        return max(1, self.info.length)

    @property
    def seen(self) -> tuple[str, ...]:
        """Keys of PUBLIC_FACES of who is in a sample, from left to right."""
        if not self.sample:
            return ()
        if self.sample in SEEN_IN:
            return SEEN_IN[self.sample]
        people = json.loads((MEDIA / self.sample).with_suffix(".json").read_text(encoding="utf-8"))["people"]
        return tuple(sorted(people, key=lambda name: people[name]["pixels"][0][0][0]))


@dataclass(eq=False)
class Guest:
    """A person whose face is no public one, and what was allowed."""

    record: Path
    signer: str
    given: FaceConsent


@dataclass(eq=False)
class Session(pages.Visit):
    """What one visitor is making."""

    MODULE = "film"

    shot: Shot | None = None
    step: str = "shot"
    known: dict = field(default_factory=dict)  # what was made last at each step, and of what
    ground: np.ndarray | None = None  # a place that was dropped
    dropped: int = 0  # how many were
    reference: np.ndarray | None = None  # a look that was dropped
    matched: match.Match | None = None
    guest: Guest | None = None
    steady: finishing.Steady | None = None
    truth: tuple[float, float, float] | None = None  # of a whole shot: MAD, MSE, dtSSD
    rate: float = 0.0  # frames a second at which the whole shot was worked through

    def kept(self, name: str, key: tuple, make: Callable):
        """What *make* gives, or what it gave last time when *key* is the same."""
        if name not in self.known or self.known[name][0] != key:
            self.known[name] = key, make()
        return self.known[name][1]

    def opened(self, shot: Shot) -> None:
        """Another shot: what was known of the last one goes."""
        grounds = {key: value for key, value in self.known.items() if key == "ground"}
        self.shot, self.known, self.matched, self.steady, self.truth = shot, grounds, None, None, None


class Stopped(Exception):
    """The visitor pressed Cancel."""


# --- From the controls to what is done ----------------------------------------------------------------------


def opened(path: str | Path, sample: str = "") -> Shot:
    """The shot in a file. Raises HallyuError for what is none."""
    path = Path(path)
    return Shot(path, video.probe(path), path.name, sample)


def frame_at(shot: Shot, number: int, longest: int | None = LONGEST) -> np.ndarray:
    """Frame *number*, counted from 0, made smaller where it is longer than *longest* pixels."""
    found = next(video.read(shot.path, number, number + 1), None)
    if found is None:  # the file promised more frames than it has
        found = next(video.read(shot.path))
    return smaller(found, longest)


def smaller(frame: np.ndarray, longest: int | None) -> np.ndarray:
    """A frame whose longest side has at most *longest* pixels; None leaves it."""
    scale = 1 if longest is None else longest / max(frame.shape[:2])
    if scale >= 1:
        return frame
    size = tuple(max(2, round(side * scale)) for side in frame.shape[1::-1])
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)


def found_faces(session: Session, number: int) -> list[faces.Face]:
    """The faces of a frame, from left to right."""
    key = (session.shot, number)
    return session.kept(
        "faces",
        key,
        lambda: sorted(faces.detect(frame_at(session.shot, number)), key=lambda face: face.box[0]),
    )


def chosen_face(session: Session, want: SimpleNamespace) -> tuple[int, faces.Face]:
    """The face to work on, and the how manieth from the left. Raises HallyuError for none and for one that is not seen."""
    found = found_faces(session, want.frame)
    if not found:
        faces.one(frame_at(session.shot, want.frame))  # says so
    number = min(int(want.which or 0), len(found) - 1) if len(found) > 1 else 0
    faces.require_open(frame_at(session.shot, want.frame), found[number])
    return number, found[number]


def permission(session: Session, want: SimpleNamespace, number: int, language: str) -> consent.Permission:
    """The right to change the face. Raises HallyuError that says whom to ask."""
    use, project = ("de-age" if want.wanted <= want.now else "age"), want.title.strip()
    if not project:
        raise HallyuError(say(language, "title_first"))
    if session.shot.sample:
        return consent.permit(PUBLIC_FACES[session.shot.seen[number]], use, project, date.today())
    guest = session.guest
    if guest is None:
        raise HallyuError(say(language, "consent_first"))
    given = consent.read(guest.record, guest.signer, FaceConsent)
    return consent.permit(given, use, project, date.today(), recording=recording_of(session, given))


def recording_of(session: Session, given: FaceConsent) -> str:
    """The sum of the shot's file, where a consent names the takes that it is for."""
    return session.kept("sum", (session.shot,), lambda: sha256(session.shot.path)) if given.recordings else ""


def touch_of(session: Session, want: SimpleNamespace, language: str) -> Touch | None:
    """What is done to the face."""
    if want.way == "none":
        return None
    # Asked before a face is looked for: without a consent nothing is done to it.
    count = 0 if not session.shot.sample or len(session.shot.seen) == 1 else int(want.which or 0)
    asked = permission(session, want, min(count, max(0, len(session.shot.seen) - 1)), language)
    _, face = chosen_face(session, want)
    height, width = frame_at(session.shot, want.frame).shape[:2]
    near = float(face.points[1, 0] / width), float(face.points[1, 1] / height)
    return Touch(asked, want.now, want.wanted, want.way, want.strength, near)


def pull_of(session: Session, want: SimpleNamespace) -> Pull | None:
    """How the matte is pulled."""
    if want.pull == "none":
        return None
    by = want.pull
    if by == "screen":
        by = spill.screen(frame_at(session.shot, want.frame)).kind
    if by == "own" and not session.shot.info.alpha:
        raise HallyuError(
            "This shot brings no matte of its own: pull one by the screen or by the people in it."
        )
    return Pull(by, want.width, want.smoothing)


def ground_of(
    session: Session, want: SimpleNamespace, size: tuple[int, int], language: str
) -> np.ndarray | None:
    """The place behind the figure, as large as the shot."""
    if want.plate == "none":
        return None
    if want.plate == "own" and session.ground is None:
        raise HallyuError(say(language, "no_plate"))
    return session.kept(
        "ground",
        ground_key(session, want, size),
        lambda: made_ground(want.plate, session.ground, size, want.blur),
    )


def ground_key(session: Session, want: SimpleNamespace, size: tuple[int, int]) -> tuple:
    """What a place is made of."""
    return want.plate, size, want.blur, session.dropped if want.plate == "own" else 0


def made_ground(kind: str, own: np.ndarray | None, size: tuple[int, int], blur: float) -> np.ndarray:
    """A place of *size* (width, height), out of focus by *blur* per cent of its height."""
    if kind == "painted":
        scale = min(1, PAINTED / max(size))
        picture = painted(max(32, round(size[0] * scale)), max(32, round(size[1] * scale)))
    else:
        picture = own if kind == "own" else rendered()
    return finishing.out_of_focus(finishing.covering(picture, *size), blur / 100)


@functools.lru_cache(2)
def painted(width: int, height: int) -> np.ndarray:
    """The forest by rule."""
    return plate.snow_forest(width, height).frame


@functools.lru_cache(1)
def rendered() -> np.ndarray:
    """The forest of the scene, its three layers in one picture."""
    light = exr.read(MEDIA / LAYERS[0]).premultiplied
    for name in LAYERS[1:]:
        light = comp.over(exr.read(MEDIA / name).premultiplied, light)
    return np.clip(colour.to_display(light[..., :3]), 0, 1)


def grade_of(session: Session, want: SimpleNamespace) -> lut.Cube | cdl.CDL | None:
    """The grade: none, ten numbers, or what a match gave."""
    if want.grade == "numbers":
        three = {kind: tuple(getattr(want, f"{kind}_{c}") for c in "rgb") for kind in KINDS}
        return cdl.CDL(**three, saturation=want.saturation)
    return session.matched.lut if want.grade == "match" and session.matched else None


def recipe_of(
    session: Session, want: SimpleNamespace, size: tuple[int, int], language: str, graded: bool = True
) -> Recipe:
    """All that is done to the shot, at *size* (width, height). What the place asks for is read in the chosen frame."""
    pull, touch = pull_of(session, want), touch_of(session, want, language)
    ground = ground_of(session, want, size, language)
    place = None
    if ground is not None:
        if pull is None:
            raise HallyuError(say(language, "matte_first"))
        frame = frame_at(session.shot, want.frame, max(size))
        base = session.shot, want.frame, size, touch, pull
        look = session.kept(
            "look",
            (*base, ground_key(session, want, size)),
            lambda: read_look(frame, Recipe(touch, pull), ground, language),
        )
        place = Place(ground, look, want.blacks, want.wrap, want.grain, want.shadow, int(want.snow))
    return Recipe(touch, pull, place, grade_of(session, want) if graded else None)


def read_look(frame: np.ndarray, recipe: Recipe, ground: np.ndarray, language: str) -> comp.Look:
    """What the figure has and the place asks for. Raises HallyuError for a frame that hardly shows the figure."""
    cutout = finishing.still(frame, recipe).cutout
    try:
        return finishing.read(cutout, ground)
    except HallyuError as error:
        raise HallyuError(say(language, "too_little")) from error


def size_of(shot: Shot, longest: int | None) -> tuple[int, int]:
    """Width and height of a shot whose longest side has at most *longest* pixels."""
    width, height = shot.info.width, shot.info.height
    scale = 1 if longest is None else min(1, longest / max(width, height))
    return (width, height) if scale == 1 else (max(2, round(width * scale)), max(2, round(height * scale)))


def done_at(session: Session, want: SimpleNamespace, language: str) -> Finished:
    """The chosen frame at each step."""
    shot, number = session.shot, want.frame
    frame = frame_at(shot, number)
    if want.step in ("matte", "face"):  # what comes later neither helps nor hinders
        want = SimpleNamespace(**{**vars(want), "plate": "none", "grade": "none"})
    recipe = recipe_of(session, want, frame.shape[1::-1], language, graded=False)
    base = (shot, number, recipe.touch, recipe.pull)
    cutout = session.kept(
        "cut", base, lambda: finishing.still(frame, replace(recipe, place=None), shot.info.rate, number)
    )
    placed = cutout.frame
    if recipe.place is not None:
        amounts = want.blacks, want.wrap, want.grain, want.shadow, want.snow
        key = (*base, ground_key(session, want, frame.shape[1::-1]), amounts)
        placed = session.kept(
            "placed", key, lambda: finishing.placed(cutout.cutout, recipe.place, number, shot.info.rate)
        )
    return replace(cutout, frame=placed, graded=finishing.graded(placed, grade_of(session, want)))


# --- What is shown ------------------------------------------------------------------------------------------


def shown(picture: np.ndarray) -> str:
    """A frame, a matte or a picture as an address for the wipe."""
    return pages.jpeg(
        plots.picture(picture), SHOWN // 2 if max(picture.shape[:2]) <= SHOWN else SHOWN * 2 // 3
    )


def flat(frame: np.ndarray, cutout: np.ndarray | None = None) -> np.ndarray:
    """What the eye sees of a frame: one with a matte of its own over a checkerboard."""
    return (
        plots.checkerboard(cutout if cutout is not None else frame)
        if frame.shape[2] == 4 or cutout is not None
        else frame
    )


def wiped(session: Session, want: SimpleNamespace, done: Finished, language: str) -> dict:
    """The two pictures of the step that is open."""
    step, left, right = want.step, "as_shot", "finished"
    before, after = done.before, done.graded
    if step == "shot":
        found = found_faces(session, want.frame)
        before = frame_at(session.shot, want.frame)
        after, right = flat(before), "composition"
        if found:
            after = framing.guides(before[..., :3], [framing.Subject.of(face) for face in found])
        before = flat(before)
        if not found:
            before = None
    elif step == "matte":
        if done.cutout is None:
            before, right = None, "as_shot"
        elif want.show == "matte":
            after, right = done.cutout[..., 3], "matte_label"
        else:
            after, right = plots.checkerboard(done.cutout), "cutout_label"
    elif step == "comp":
        after, right = (done.frame, "comp_label") if want.plate != "none" else (done.before, "as_shot")
    elif step == "face":
        after = done.face.frame if done.face is not None else done.before
        right = "face_label" if done.face is not None else "as_shot"
        if done.face is not None:
            _, face = chosen_face(session, want)
            rows, columns = finishing.face_crop(face, *done.before.shape[1::-1])
            before, after = before[rows, columns], after[rows, columns]
    elif step == "grade":
        before, left, right = done.frame, "ungraded", "graded" if want.grade != "none" else "ungraded"
    left, right = say(language, left), say(language, right)
    alt = say(
        language, "alt", step=say(language, f"tab_{step}"), frame=want.frame + 1, left=left, right=right
    )
    two = before is not None and left != right
    return {
        "before": shown(before) if two else "", "after": shown(after), "left": left, "right": right, "alt": alt,
    }  # fmt: skip


def scoped(want: SimpleNamespace, done: Finished, language: str) -> str:
    """Waveform, vectorscope and histogram, before the grade and after it."""
    if want.step != "grade":
        return ""
    rows = []
    both = (("ungraded", done.frame), ("graded", done.graded))
    for key, frame in both[:1] if want.grade == "none" else both:
        said = str(scopes.readings(frame))
        pictures = [
            (name, make(frame)) for name, make in (
                ("waveform", scopes.waveform), ("vectorscope", scopes.vectorscope), ("histogram", scopes.histogram),
            )
        ]  # fmt: skip
        rows.append(f"<h3>{say(language, key)}</h3>")
        for name, picture in pictures:
            label, kind = say(language, name), "vector" if name == "vectorscope" else ""
            rows.append(
                f"<figure>{pages.picture(plots.picture(picture), f'{label}, {say(language, key)}: {said}', 480, kind)}"
                f"<figcaption>{label}</figcaption></figure>"
            )
    return f'<div class="scopes">{"".join(rows)}</div>'


Row = tuple[str, str, str, str]
"""A line of the panel: its key in app.toml, before, after, and the unit's key."""


def number(value: float | None, digits: int = 1) -> str:
    """A measure as the panel shows it."""
    return "–" if value is None else f"{value:.{digits}f}"


def about_shot(session: Session, want: SimpleNamespace, language: str) -> list[Row]:
    """What the shot is, and how its chosen frame is composed."""
    info, found = session.shot.info, found_faces(session, want.frame)
    rows = [
        ("size", "", f"{info.width} × {info.height}", "px"),
        ("frame_rate", "", f"{float(info.rate):.3f}".rstrip("0").rstrip("."), "fps"),
        (
            "length",
            "",
            f"{info.seconds:.2f}" if not info.still else say(language, "still"),
            "s" if not info.still else "",
        ),
        ("frames", "", str(session.shot.last), ""),
        ("depth", "", str(info.bits), "bit"),
        ("codec", "", info.codec, ""),
        ("own_matte", "", say(language, "yes" if info.alpha else "no"), ""),
        ("sound", "", say(language, "yes" if info.has_audio else "no"), ""),
        ("faces", "", str(len(found)), ""),
    ]
    if found:
        size = size_of(session.shot, LONGEST)
        framed = framing.assess([framing.Subject.of(face) for face in found], size)
        rows += [
            ("shot_size", "", say(language, f"size_{framed.size}"), ""),
            ("composition_score", "", number(100 * framed.score, 0), "of_100"),
        ]
    read = scopes.readings(frame_at(session.shot, want.frame))
    return [*rows, ("luma", "", f"{100 * read.black:.0f}–{100 * read.white:.0f}", "percent")]


def about_matte(session: Session, want: SimpleNamespace, done: Finished) -> list[Row]:
    """What the matte covers, what it leaves of the screen's light, and, of a sample, how far it is from the truth."""
    if done.cutout is None:
        return []
    matte, figure = done.cutout[..., 3], done.cutout[..., :3]
    mixed = float(((matte > 0.05) & (matte < 0.95)).mean())
    kind = spill.BLUE if pull_of(session, want).by == spill.BLUE else spill.GREEN
    rows = [
        ("covered", "", number(100 * float(matte.mean())), "percent_frame"),
        ("mixed", "", number(100 * mixed, 2), "percent_frame"),
        (
            "spill",
            number(spill.spilt(done.before, matte, kind)),
            number(spill.spilt(figure, matte, kind)),
            "code",
        ),
    ]
    truth = next(true_mattes(session.shot, want.frame, want.frame + 1), None)
    if truth is not None:
        truth = fitted(truth, matte.shape)
        rows += [
            ("mad", "", number(matte_metrics.mad(matte, truth), 2), "thousandth"),
            ("mse", "", number(matte_metrics.mse(matte, truth), 2), "thousandth"),
            ("grad", "", number(matte_metrics.grad(matte, truth), 2), "thousands"),
        ]
    return rows


def true_mattes(shot: Shot, first: int, last: int) -> Iterator[np.ndarray]:
    """The exact mattes of a sample that was rendered with them; none of any other shot."""
    if shot.sample in TRUTHS and (MEDIA / TRUTHS[shot.sample]).is_file():
        yield from (picture[..., 0] for picture in video.read(MEDIA / TRUTHS[shot.sample], first, last))


def fitted(matte: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A matte at the size that is looked at."""
    return matte if matte.shape == shape else cv2.resize(matte, shape[::-1], interpolation=cv2.INTER_AREA)


def about_comp(done: Finished, ground: np.ndarray | None) -> list[Row]:
    """How well the figure stands in its place: beside the figure merely laid over it."""
    if ground is None or done.cutout is None:
        return []
    figure, matte = done.cutout[..., :3], done.cutout[..., 3]
    laid = comp.comp(figure, matte, ground)
    rows = []
    for key, measure, unit, digits in (
        ("rim", comp.rim_step, "code", 1), ("black", comp.black_gap, "code", 1), ("grain_is", comp.grain_ratio, "ratio", 2),
    ):  # fmt: skip
        try:
            rows.append(
                (key, number(measure(laid, matte), digits), number(measure(done.frame, matte), digits), unit)
            )
        except HallyuError:  # too little of the figure, or of the place, is seen to measure it
            rows.append((key, "–", "–", unit))
    return rows


def about_face(session: Session, want: SimpleNamespace, done: Finished) -> list[Row]:
    """What the change did to the face and to everything else."""
    if done.face is None:
        return []
    _, face = chosen_face(session, want)
    after = done.face.frame
    found = sorted(faces.detect(after), key=lambda other: float(np.abs(other.points - face.points).mean()))
    other = found[0] if found else face
    alike = identity.cosine(identity.embed(done.before, face), identity.embed(after, other))
    ages = apparent_age.estimate(done.before, face), apparent_age.estimate(after, other)
    return [
        ("apparent_age", number(ages[0], 0), number(ages[1], 0), "years"),
        ("likeness", "1.00", number(alike, 2), "same_from"),
        ("detail", "100", number(100 * face_metrics.detail_kept(done.before, after, face), 0), "percent"),
        ("outside", "", number(face_metrics.outside(done.before, done.face), 0), "db"),
        ("touched", "", number(100 * float((done.face.mask > 0).mean())), "percent_frame"),
    ]


def about_grade(session: Session, want: SimpleNamespace, done: Finished) -> list[Row]:
    """What the grade reaches and what it costs."""
    read, graded_ = scopes.readings(done.frame), scopes.readings(done.graded)
    rows: list[Row] = []
    found = session.matched if want.grade == "match" else None
    if found:
        rows += [
            ("de_mean", number(found.before.mean), number(found.after.mean), "de"),
            ("de_p95", number(found.before.p95), number(found.after.p95), "de"),
            ("de_cdl", number(found.before.mean), number(found.after_cdl.mean), "de"),
        ]
    change = ciede2000.difference(done.frame.clip(0, 1), done.graded.clip(0, 1))
    rows += [
        ("change", "0.0", number(change.mean), "de"),
        ("clipped", number(100 * read.clipped, 2), number(100 * graded_.clipped, 2), "percent"),
        ("crushed", number(100 * read.crushed, 2), number(100 * graded_.crushed, 2), "percent"),
        ("skin", number(read.skin, 0), number(graded_.skin, 0), "degrees"),
    ]
    grade = grade_of(session, want)
    if grade is not None:
        cube = grade if isinstance(grade, lut.Cube) else baked(grade)
        rows.append(("steepest", "1.0", number(lut.quality(cube, done.frame.clip(0, 1)).steepest), "times"))
    return rows


def baked(grade: cdl.CDL, title: str = "") -> lut.Cube:
    """Ten numbers as a table."""
    return lut.bake(lambda rgb: cdl.apply(rgb, grade), title=title)


def whole_rows(session: Session) -> list[Row]:
    """What was measured while the whole shot was worked through."""
    steady = session.steady
    if steady is None:
        return []
    rows = [("flicker", number(steady.before), number(steady.after), "code_frame")]
    if steady.matte is not None:
        rows.append(("flicker_matte", "", number(steady.matte, 2), "hundredth_frame"))
    if session.truth is not None:
        rows += [
            ("mad", "", number(session.truth[0], 2), "thousandth"), ("mse", "", number(session.truth[1], 2), "thousandth"),
            ("dtssd", "", number(session.truth[2], 2), "hundredth"),
        ]  # fmt: skip
    return [*rows, ("speed", "", number(session.rate, 2), "fps")]


def panel(session: Session, want: SimpleNamespace, done: Finished | None, language: str) -> str:
    """The metrics beside the picture."""
    step = want.step
    parts: dict[str, list[Row]] = {}
    if step == "shot":
        parts["shot"] = about_shot(session, want, language)
    if done is not None:
        if step in ("matte", "deliver"):
            parts["matte"] = about_matte(session, want, done)
        if step in ("comp", "deliver"):
            parts["comp"] = about_comp(done, ground_of(session, want, done.before.shape[1::-1], language))
        if step in ("face", "deliver"):
            parts["face"] = about_face(session, want, done)
        if step in ("grade", "deliver"):
            parts["grade"] = about_grade(session, want, done)
    said = "".join(table(say(language, f"tab_{key}"), rows, language) for key, rows in parts.items() if rows)
    said += table(say(language, "whole_shot"), whole_rows(session), language) if session.steady else ""
    notes = []
    if step == "shot" and found_faces(session, want.frame):
        subjects = [framing.Subject.of(face) for face in found_faces(session, want.frame)]
        notes = [
            tell(language, line)
            for line in framing.assess(subjects, size_of(session.shot, LONGEST)).problems()
        ]
    if step == "grade" and want.grade == "match" and session.matched:
        notes = [tell(language, line) for line in session.matched.problems()]
    return said + "".join(f'<p class="small">{escape(line)}</p>' for line in notes)


def table(caption: str, rows: list[Row], language: str) -> str:
    """Rows as a table that a screen reader reads well."""
    two = any(before for _, before, _, _ in rows)
    columns = ("measure", "before", "after", "unit") if two else ("measure", "value", "unit")
    head = "".join(f'<th scope="col">{say(language, key)}</th>' for key in columns)
    body = "".join(
        f'<tr><th scope="row">{say(language, key)}</th>{f"<td>{escape(before)}</td>" if two else ""}<td>{escape(after)}</td>'
        f'<td class="unit">{say(language, f"unit_{unit}") if unit else ""}</td></tr>'
        for key, before, after, unit in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def plain(panels: str) -> str:
    """The panel as lines of text, for the report that goes with the files."""
    text = re.sub(r"</(tr|caption|p|thead)>", "\n", panels)
    text = re.sub(r"</t[hd]>", "\t", text)
    return "\n".join(line.rstrip() for line in re.sub(r"<[^>]+>", "", text).splitlines() if line.strip())


def rights(shot: Shot, language: str) -> str:
    """Whose faces are in a sample, and under which licence."""
    if not shot.sample:
        return f'<p class="small">{say(language, "own_face")}</p>'
    cards = []
    for name in shot.seen:
        public: PublicFace = PUBLIC_FACES[name]
        rows = {
            "who": public.face,
            "licence": public.licence,
            "uses": ", ".join(public.uses),
            "credit": public.credit,
        }
        cards.append(pages.listed(rows, language, say))
    return f'<p class="small">{say(language, "public_face")}</p>{"".join(cards)}'


# --- The whole shot -----------------------------------------------------------------------------------------


def span(session: Session, want: SimpleNamespace, language: str) -> tuple[int, int]:
    """The first frame and the one after the last, counted from 0. Raises HallyuError when nothing lies between."""
    first, last = int(want.first or 1), int(want.last or session.shot.last)
    last = min(last, session.shot.last)
    if not 1 <= first <= last:
        raise HallyuError(say(language, "no_span", last=session.shot.last))
    return first - 1, last


def worked(
    session: Session,
    want: SimpleNamespace,
    longest: int | None,
    report: Callable[[int, int], None],
    language: str,
) -> Iterator[Finished]:
    """Every frame of the shot at each step, one at a time; what is measured on the way is in the session afterwards."""
    first, last = span(session, want, language)
    shot = session.shot
    size = size_of(shot, longest)
    recipe = recipe_of(session, want, size, language)
    frames = (smaller(frame, longest) for frame in video.read(shot.path, first, last))
    steady, truths, began, count = finishing.Steadiness(), [], time.monotonic(), 0
    before: tuple[np.ndarray, np.ndarray] | None = None
    known = true_mattes(shot, first, last)
    for count, done in enumerate(finishing.finish(frames, recipe, shot.info.rate, first), 1):
        if session.stop:
            raise Stopped
        steady.add(done)
        truth = next(known, None)
        if done.cutout is not None and truth is not None:
            truth = fitted(truth, done.cutout.shape[:2])
            matte = done.cutout[..., 3]
            flicker = matte_metrics.dtssd(matte, before[0], truth, before[1]) if before else None
            truths.append((matte_metrics.mad(matte, truth), matte_metrics.mse(matte, truth), flicker))
            before = matte, truth
        yield done
        report(count, last - first)
    session.steady, session.rate = steady.result(), count / max(time.monotonic() - began, 1e-6)
    session.truth = None
    if truths:
        flickers = [flicker for _, _, flicker in truths if flicker is not None]
        mad, mse = np.mean([row[:2] for row in truths], axis=0).tolist()
        session.truth = mad, mse, float(np.mean(flickers)) if flickers else 0.0


def shown_of(done: Finished, step: str, show: str) -> np.ndarray:
    """The picture of a step, for the film of the whole shot."""
    if step == "matte" and done.cutout is not None:
        picture = plots.picture(done.cutout[..., 3]) if show == "matte" else plots.checkerboard(done.cutout)
        return picture.astype(np.float32) / 255
    if step == "comp":
        return done.frame
    if step == "face" and done.face is not None:
        return done.face.frame
    return done.graded


def film_of(session: Session, want: SimpleNamespace, report: Callable, language: str) -> Path:
    """The whole shot as the open step shows it, H.264 for a browser."""
    path = session.folder / f"{want.step}.mp4"
    with finishing.writing(path, session.shot.info.rate, **sound_of(session, want, language)) as put:
        for done in worked(session, want, LONGEST, report, language):
            put(np.clip(shown_of(done, want.step, want.show), 0, 1))
    return path


def sound_of(session: Session, want: SimpleNamespace, language: str) -> dict:
    """The shot's own sound, from its first frame that is taken."""
    if not session.shot.info.has_audio:
        return {}
    first, _ = span(session, want, language)
    return {"audio_from": session.shot.path, "audio_start": float(first / session.shot.info.rate)}


def delivery(
    session: Session, want: SimpleNamespace, report: Callable, panels: str, language: str
) -> tuple[Path, str]:
    """The ZIP of all files, and what the page says of them after preflight opened each of them again."""
    code = names.parse(want.code.strip())
    title = want.title.strip()
    if not title:
        raise HallyuError(say(language, "title_first"))
    one, shot = want.range == "one" or session.shot.info.still, session.shot
    if one:
        want = SimpleNamespace(**{**vars(want), "first": want.frame + 1, "last": want.frame + 1})
    first, last = span(session, want, language)
    room(session, last - first, want, language)
    recipe = recipe_of(session, want, size_of(shot, None), language)
    faces_used = faces_of(session, recipe.touch, want, language)
    root = session.folder / "delivery"
    shutil.rmtree(root, ignore_errors=True)
    top = root / names.legal(title)
    copy = None if one else session.folder / "copy.mp4"
    grades = written_grades(session, want, code)
    pictures = rendered_pictures(session, want, copy, root, code, report, language)
    sources = [(shot.name, first, last)]
    project = turnover.Project(
        title, timeline.assemble(title, shot.info.rate, sources, lengths={shot.name: shot.last}),
        [turnover.Shot(code, pictures, handles=0, faces=faces_used, materials=materials(session, want))],
        ai=ai_parts(recipe.touch), log=work_log(session, want).entries(), grades=grades, copy=copy,
        licence=say(language, "licence_line"),
    )  # fmt: skip
    try:
        turnover.write(top, project)
        checked = turnover.preflight(top)
        panels += table(say(language, "whole_shot"), whole_rows(session), language) if not one else ""
        with write_whole(root / "report.txt") as draft:
            draft.write_text(checked.text() + "\n\n" + plain(panels) + "\n", encoding="utf-8")
        said = delivered(top, checked, language)
        return packed(root, session.folder / f"{code}.zip"), said
    except BaseException:  # what is half-written does not stay
        shutil.rmtree(root, ignore_errors=True)
        raise


def room(session: Session, count: int, want: SimpleNamespace, language: str) -> None:
    """Pass when the files will find room. Raises HallyuError with the sizes when they will not."""
    width, height = size_of(session.shot, None)
    pixels = width * height * count
    needed = pixels * (5 * BYTES + 1.5 * ("prores" in want.copies) + 2 * ("cutout" in want.copies))
    free = shutil.disk_usage(session.folder).free
    if 1.1 * needed > free:
        raise HallyuError(say(language, "no_room", needed=f"{needed / 1e9:.1f}", free=f"{free / 1e9:.1f}"))


def faces_of(
    session: Session, touch: Touch | None, want: SimpleNamespace, language: str
) -> list[turnover.Used]:
    """Whose faces go out: those of a sample, and the one that was changed."""
    uses = (touch.permission.use,) if touch is not None else ()
    if session.shot.sample:
        at = min(int(want.which or 0), len(session.shot.seen) - 1)
        return [
            turnover.Used(name, uses if number_ == at else ())
            for number_, name in enumerate(session.shot.seen)
        ]
    if touch is None:
        return []
    guest = session.guest
    consent.require(guest.given, "publish", want.title.strip(), date.today(), want.country.strip().upper())
    return [turnover.Used(guest.given.face, uses, guest.record, guest.signer)]


def materials(session: Session, want: SimpleNamespace) -> list[str]:
    """A line for each thing in the shot that somebody made."""
    own = session.shot.name
    lines = [
        "Footage: Hallyu Studio, CC BY 4.0"
        if session.shot.sample and "astronaut" not in own
        else f"Footage: {own}"
    ]
    return lines + {
        "painted": ["Forest: painted by rule, Hallyu Studio, CC BY 4.0"],
        "rendered": ["Forest: rendered, Hallyu Studio, CC BY 4.0"],
        "own": ["Background: given by the artist"],
    }.get(want.plate, [])


def ai_parts(touch: Touch | None) -> list:
    """The mark of a changed face."""
    if touch is None:
        return []
    tool = "Hallyu Studio re-age" if touch.way == "network" else "Hallyu Studio retouch"
    how = f"from {touch.now:g} to {touch.wanted:g} years"
    return [changed_face(1, touch.permission.face, tool, how, touch.permission.project)]


def work_log(session: Session, want: SimpleNamespace) -> WorkLog:
    """Who decided what."""
    log, person = WorkLog(session.folder / "work.jsonl"), want.maker.strip() or "artist"
    log.path.unlink(missing_ok=True)
    log.add("human", person, "select", "shot", after=session.shot.name)
    for key, value in (
        ("matte", want.pull),
        ("ground", want.plate),
        ("face", want.way),
        ("grade", want.grade),
    ):
        if value != "none":
            log.add("human", person, "compose", key, after=str(value))
    return log


def written_grades(session: Session, want: SimpleNamespace, code: names.Code) -> list[Path]:
    """The grade as .cube and as .cdl; a shot without one goes out with the grade that changes nothing."""
    grade, name = grade_of(session, want), f"{code.show}_{code.scene:03}_{code.shot:04}"
    ten = session.matched.cdl if isinstance(grade, lut.Cube) else grade or cdl.CDL()
    cube = grade if isinstance(grade, lut.Cube) else baked(ten)
    folder = session.folder / "grades"
    return [
        lut.write(folder / f"{name}_grade.cube", replace(cube, title=name)),
        cdl.write(folder / f"{name}_grade.cdl", replace(ten, id=name)),
    ]


def rendered_pictures(
    session: Session,
    want: SimpleNamespace,
    copy: Path | None,
    root: Path,
    code: names.Code,
    report: Callable,
    language: str,
) -> Iterator[exr.Picture]:
    """Each frame as EXR has it, without the grade; beside it the viewing copy and the ProRes films are written."""
    rate, name = session.shot.info.rate, str(replace(code, frame=None, suffix=""))
    with ExitStack() as films:
        view = master = figure = None
        sound = {} if copy is None else sound_of(session, want, language)
        if copy is not None:
            view = films.enter_context(finishing.writing(copy, rate, **sound))
            if "prores" in want.copies:
                master = films.enter_context(
                    finishing.writing(root / f"{name}_graded.mov", rate, "prores4444", **sound)
                )
            if "cutout" in want.copies and want.pull != "none":
                figure = films.enter_context(
                    finishing.writing(root / f"{name}_cutout.mov", rate, "prores4444")
                )
        for done in worked(session, want, None, report, language):
            graded = np.clip(done.graded, 0, 1)
            if view:
                view(graded)
            if master:
                master(graded)
            if figure:
                figure(np.clip(done.cutout, 0, 1))
            layers = {}
            if done.cutout is not None and want.plate != "none":
                layers["matte"] = done.cutout[..., 3]
            if done.face is not None:
                layers["face"] = done.face.mask
            main = done.cutout if done.cutout is not None and want.plate == "none" else done.frame
            yield exr.Picture(exr.from_frame(np.clip(main, 0, None)), layers)


def packed(root: Path, archive: Path) -> Path:
    """A folder as a ZIP; each file is removed as soon as it is in, so that the disk holds it once."""
    with write_whole(archive) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as out:
        for file in sorted(path for path in root.rglob("*") if path.is_file()):
            out.write(file, file.relative_to(root))
            file.unlink()
    return archive


def delivered(top: Path, report: turnover.Report, language: str) -> str:
    """What was made: the verdict, what was measured, the findings and the files."""
    files = sorted(path for path in top.parent.rglob("*") if path.is_file())
    size = f"{sum(path.stat().st_size for path in files) / 1e6:.1f}"
    key = "ready" if report.passed else "not_ready"
    verdict = say(language, key, files=len(files), size=size, problems=len(report.problems))
    lines = (*report.problems, *report.notes, *report.facts())
    says = "".join(f"<li>{escape(tell(language, line))}</li>" for line in lines)
    rows, frames = [], [path for path in files if path.suffix == ".exr"]
    if len(frames) > 3:
        total = sum(path.stat().st_size for path in frames)
        first, last = (path.relative_to(top.parent) for path in (frames[0], frames[-1]))
        rows.append((f"{first} – {last.name}", total))
        files = [path for path in files if path.suffix != ".exr"]
    rows += [(str(path.relative_to(top.parent)), path.stat().st_size) for path in files]
    cells = "".join(
        f"<tr><td>{escape(name)}</td><td>{bytes_ / 1e3:,.1f} kB</td></tr>" for name, bytes_ in rows
    )
    return (
        note(verdict, "good" if report.passed else "bad")
        + f"<h3>{say(language, 'report')}</h3><ul>{says}</ul><table>{cells}</table>"
    )


@functools.cache
def warm() -> None:
    """Open the networks before somebody waits for them."""

    def work() -> None:
        try:
            grey = np.full((64, 64, 3), 0.5, np.float32)
            segment.segment(grey)
            faces.detect(grey)
        except Exception as error:  # it will be met, and told, when somebody needs it
            logging.getLogger(__name__).warning("The networks could not be opened: %s", error)

    threading.Thread(target=work, daemon=True).start()


# --- The page ---------------------------------------------------------------------------------------------


def build() -> gr.Blocks:
    """The page."""
    words = {
        language: {key: WORDS.translations[language][key] for key in IN_WIPE} for language in pages.LANGUAGES
    }

    def choices(*keys: str, prefix: str) -> list[tuple]:
        return [(LABELS(f"{prefix}_{key}"), key) for key in keys]

    with gr.Blocks(title="Hallyu Studio · Film", analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        session = gr.State(Session(), delete_callback=Session.close)
        gr.Markdown(LABELS("title"), elem_id="title")
        gr.Markdown(LABELS("intro"), elem_id="intro")
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=6, min_width=330, elem_id="look"):
                wipe = gr.HTML(
                    {},
                    html_template=WIPE,
                    js_on_load=SCRIPT,
                    apply_default_css=False,
                    words=words,
                    elem_id="wipe",
                )
                frame = gr.Slider(1, 2, 1, step=1, label=LABELS("frame"), elem_id="frame")
                status = gr.HTML(elem_id="status")
                with gr.Row(elem_classes="actions"):
                    play = gr.Button(LABELS("play"), elem_id="play", size="md")
                    cancel = gr.Button(LABELS("cancel"), variant="stop", elem_id="cancel", size="md")
                playing = gr.HTML(elem_id="playing")
                movie = gr.Video(
                    label=LABELS("movie"), visible=False, interactive=False, buttons=[], elem_id="movie"
                )
                graphs = gr.HTML(elem_id="scopes")
            with gr.Column(scale=4, min_width=330, elem_id="work"):
                with gr.Tabs(overflow_behavior="wrap", elem_id="steps"):
                    tabs = {}
                    with gr.Tab(LABELS("tab_shot"), id="shot") as tabs["shot"]:
                        upload = gr.File(label=LABELS("upload"), height=130, elem_id="upload")
                        sample = gr.Dropdown(
                            [(LABELS(f"sample_{Path(name).stem}"), name) for name in SAMPLES], value=OPENING,
                            label=LABELS("sample"), elem_id="sample",
                        )  # fmt: skip
                        found = gr.HTML(elem_id="found")
                        with gr.Row():
                            first = gr.Number(
                                1, label=LABELS("first"), precision=0, min_width=110, elem_id="first"
                            )
                            last = gr.Number(
                                1, label=LABELS("last"), precision=0, min_width=110, elem_id="last"
                            )
                    with gr.Tab(LABELS("tab_matte"), id="matte") as tabs["matte"]:
                        pull = gr.Radio(
                            choices("none", "screen", "person", "own", prefix="pull"), value="screen", label=LABELS("pull"),
                            elem_id="pull",
                        )  # fmt: skip
                        show = gr.Radio(
                            choices("cutout", "matte", prefix="show"),
                            value="cutout",
                            label=LABELS("show"),
                            elem_id="show",
                        )
                        width = gr.Slider(
                            0.25,
                            3,
                            1,
                            step=0.05,
                            label=LABELS("width"),
                            info=LABELS("width_info"),
                            elem_id="width",
                        )
                        smoothing = gr.Slider(
                            0, 0.1, 0.02, step=0.005, label=LABELS("smoothing"), info=LABELS("smoothing_info"),
                            elem_id="smoothing",
                        )  # fmt: skip
                    with gr.Tab(LABELS("tab_comp"), id="comp") as tabs["comp"]:
                        ground = gr.Radio(
                            choices("none", "rendered", "painted", "own", prefix="plate"), value="rendered",
                            label=LABELS("plate"), elem_id="plate",
                        )  # fmt: skip
                        own_plate = gr.UploadButton(LABELS("own_plate"), elem_id="own_plate", size="md")
                        plating = gr.HTML(elem_id="plating")
                        with gr.Row():
                            blur = gr.Slider(
                                0, 6, 1.5, step=0.1, label=LABELS("blur"), min_width=190, elem_id="blur"
                            )
                            wrap = gr.Slider(
                                0, 1, 0.25, step=0.05, label=LABELS("wrap"), min_width=190, elem_id="wrap"
                            )
                        with gr.Row():
                            blacks = gr.Slider(
                                0, 1, 1, step=0.05, label=LABELS("blacks"), min_width=190, elem_id="blacks"
                            )
                            grain = gr.Slider(
                                0, 1, 1, step=0.05, label=LABELS("grain"), min_width=190, elem_id="grain"
                            )
                        with gr.Row():
                            snow = gr.Slider(
                                0, 12000, 3000, step=500, label=LABELS("snow"), min_width=190, elem_id="snow"
                            )
                            shadow = gr.Slider(
                                0, 1, 0, step=0.05, label=LABELS("shadow"), info=LABELS("shadow_info"), min_width=190,
                                elem_id="shadow",
                            )  # fmt: skip
                    with gr.Tab(LABELS("tab_face"), id="face") as tabs["face"]:
                        title = gr.Textbox("첫눈", label=LABELS("name"), max_length=60, elem_id="name")
                        legal = gr.HTML(elem_id="rights")
                        with gr.Accordion(LABELS("other"), open=False, elem_id="other"):
                            gr.Markdown(LABELS("other_info"))
                            signer = gr.Textbox(
                                label=LABELS("signer"),
                                info=LABELS("signer_info"),
                                max_length=80,
                                elem_id="signer",
                            )
                            with gr.Row():
                                record = gr.UploadButton(
                                    LABELS("record"), file_types=[".json"], elem_id="record", size="md"
                                )
                                forget = gr.Button(LABELS("forget"), elem_id="forget", size="md")
                            asked = gr.HTML(elem_id="asked")
                        way = gr.Radio(
                            choices("none", "network", "hand", prefix="way"), value="none", label=LABELS("way"),
                            info=LABELS("way_info"), elem_id="way",
                        )  # fmt: skip
                        which = gr.Radio([], label=LABELS("which"), visible=False, elem_id="which")
                        now = gr.Slider(20, 80, 70, step=1, label=LABELS("now"), elem_id="now")
                        wanted = gr.Slider(20, 80, 30, step=1, label=LABELS("wanted"), elem_id="wanted")
                        strength = gr.Slider(0, 1, 1, step=0.05, label=LABELS("strength"), elem_id="strength")
                    with gr.Tab(LABELS("tab_grade"), id="grade") as tabs["grade"]:
                        grade = gr.Radio(
                            choices("none", "numbers", "match", prefix="grade"), value="none", label=LABELS("grade"),
                            elem_id="grade",
                        )  # fmt: skip
                        with gr.Column(visible=False, elem_id="to_match") as to_match:
                            reference = gr.Dropdown(
                                [(LABELS(key), name) for name, key in REFERENCES.items() if (MEDIA / name).is_file()]
                                + [(LABELS("reference_own"), "own")],
                                value=next(iter(REFERENCES)), label=LABELS("reference"), elem_id="reference",
                            )  # fmt: skip
                            own_look = gr.UploadButton(LABELS("own_look"), elem_id="own_look", size="md")
                            keep = gr.Checkbox(
                                False,
                                label=LABELS("keep_skin"),
                                info=LABELS("keep_skin_info"),
                                elem_id="keep",
                            )
                            solve = gr.Button(LABELS("solve"), variant="primary", elem_id="solve", size="md")
                        with gr.Column(visible=False, elem_id="to_turn") as to_turn:
                            numbers = {}
                            for kind, at in KINDS.items():
                                with gr.Row(elem_classes="ten"):
                                    for channel in "rgb":
                                        numbers[f"{kind}_{channel}"] = gr.Number(
                                            at, label=LABELS(f"{kind}_{channel}"), step=0.02, precision=3, min_width=90,
                                            elem_id=f"{kind}_{channel}",
                                        )  # fmt: skip
                            saturation = gr.Slider(
                                0, 2, 1, step=0.05, label=LABELS("saturation"), elem_id="saturation"
                            )
                        grading = gr.HTML(elem_id="grading")
                    with gr.Tab(LABELS("tab_deliver"), id="deliver") as tabs["deliver"]:
                        code = gr.Textbox(
                            "fs_010_0060_comp_v001",
                            label=LABELS("shot_code"),
                            info=LABELS("code_info"),
                            max_length=80,
                            elem_id="code",
                        )
                        with gr.Row():
                            maker = gr.Textbox(
                                label=LABELS("maker"),
                                info=LABELS("maker_info"),
                                max_length=60,
                                elem_id="maker",
                            )
                            country = gr.Textbox(
                                "KR",
                                label=LABELS("country"),
                                info=LABELS("country_info"),
                                max_length=9,
                                elem_id="country",
                            )
                        range_ = gr.Radio(
                            choices("one", "all", prefix="range"), value="one", label=LABELS("range"),
                            info=LABELS("range_info"), elem_id="range",
                        )  # fmt: skip
                        copies = gr.CheckboxGroup(
                            choices("prores", "cutout", prefix="copy"),
                            label=LABELS("copies"),
                            elem_id="copies",
                        )
                        with gr.Row(elem_classes="actions"):
                            make = gr.Button(
                                LABELS("deliver"), variant="primary", min_width=130, elem_id="make"
                            )
                            cancel_make = gr.Button(
                                LABELS("cancel"), variant="stop", min_width=130, elem_id="cancel_make"
                            )
                        making = gr.HTML(elem_id="making")
                        download = gr.DownloadButton(
                            LABELS("download"), visible=False, variant="primary", elem_id="download"
                        )
                        made = gr.HTML(elem_id="made")
                metrics = gr.HTML(elem_id="metrics")

        controls = {
            "frame": frame, "first": first, "last": last, "pull": pull, "show": show, "width": width,
            "smoothing": smoothing, "plate": ground, "blur": blur, "wrap": wrap, "blacks": blacks, "grain": grain,
            "snow": snow, "shadow": shadow, "title": title, "way": way, "which": which, "now": now, "wanted": wanted,
            "strength": strength, "grade": grade, "reference": reference, "keep": keep, **numbers,
            "saturation": saturation, "code": code, "maker": maker, "country": country, "range": range_, "copies": copies,
        }  # fmt: skip
        everything = {*controls.values(), session}

        def wanted_of(held: dict) -> SimpleNamespace:
            """What the controls say; frames counted from 0."""
            mine = held[session]
            want = SimpleNamespace(
                step=mine.step, **{name: held[control] for name, control in controls.items()}
            )
            if mine.shot is not None:
                want.frame = min(max(1, int(want.frame)), mine.shot.last) - 1
            return want

        def need_shot(mine: Session, now_: str) -> None:
            if mine.shot is None:
                raise HallyuError(say(now_, "no_shot"))

        # Looking

        def look(held: dict, request: gr.Request):
            now_, mine = language_of(request), held[session]
            if mine.shot is None:  # the page is still opening its first shot
                return {status: ""}
            want = wanted_of(held)
            if want.step == "shot":
                before = frame_at(mine.shot, want.frame)[..., :3]
                done = Finished(before, None, None, before, before)
            else:
                done = done_at(mine, want, now_)
            told_ = {
                wipe: wiped(mine, want, done, now_), graphs: scoped(want, done, now_),
                metrics: panel(mine, want, None if want.step == "shot" else done, now_), status: "",
                which: which_face(mine, want, now_),
            }  # fmt: skip
            # Another step was opened meanwhile: its own picture comes.
            return told_ if want.step == mine.step else {status: ""}

        def which_face(mine: Session, want: SimpleNamespace, now_: str):
            """The choice between several faces; gone where there is one."""
            if want.step not in ("shot", "face"):
                return gr.skip()
            count = len(found_faces(mine, want.frame))
            if count < 2:
                return gr.Radio(choices=[], value=None, visible=False)
            named = [(say(now_, "face_number", n=n + 1), str(n)) for n in range(count)]
            chosen = want.which if want.which in [value for _, value in named] else "0"
            return gr.Radio(choices=named, value=chosen, visible=True)

        seen = [wipe, metrics, graphs, status, which]
        told = guard(status)
        looked = {"outputs": seen, "show_progress": "minimal", "show_progress_on": [wipe]}

        def turn_to(name: str):
            def turn(held: dict, request: gr.Request):
                held[session].step = name
                return look(held, request)

            return turn

        for name, tab in tabs.items():
            tab.select(told(turn_to(name)), everything, **looked)
        shaping = [
            frame, pull, show, width, smoothing, ground, blur, wrap, blacks, grain, snow, shadow, way, which, now, wanted,
            strength, grade, *numbers.values(), saturation,
        ]  # fmt: skip
        gr.on([each.change for each in shaping], told(look), everything, trigger_mode="always_last", **looked)

        # Shot

        def open_shot(shot: Shot, mine: Session, now_: str) -> dict:
            mine.opened(shot)
            middle = 1 if shot.info.still else (shot.last + 2) // 3
            by = "own" if shot.info.alpha else "none"
            if not shot.info.alpha:
                try:
                    spill.screen(frame_at(shot, middle - 1))
                    by = "screen"
                except HallyuError:  # no screen: whether people are looked for is the artist's choice
                    by = "person" if shot.sample and "astronaut" not in shot.sample else "none"
            return {
                frame: gr.Slider(maximum=max(2, shot.last), value=middle, interactive=shot.last > 1), first: 1, last: shot.last,
                pull: by, ground: "rendered" if by == "screen" else "none", way: "none",
                which: gr.Radio(choices=[], value=None, visible=False), grade: "none", grading: "",
                movie: gr.Video(None, visible=False), playing: "", legal: rights(shot, now_), made: "", making: "",
                download: gr.DownloadButton(visible=False), found: note(say(now_, "opened", name=shot.name), "good"),
            }  # fmt: skip

        fresh = [
            frame, first, last, pull, ground, way, which, grade, grading, movie, playing, legal, made, making, download, found,
        ]  # fmt: skip

        def open_file(path, session: Session, request: gr.Request):
            if not path:
                return {found: ""}
            return open_shot(opened(path), session, language_of(request))

        def open_sample(name, session: Session, request: gr.Request):
            if name not in SAMPLES:
                return {found: ""}
            return open_shot(opened(MEDIA / name, name), session, language_of(request))

        told_found = guard(found)
        then = {"fn": told(look), "inputs": everything, **looked}
        upload.upload(told_found(open_file), [upload, session], fresh, show_progress_on=[found]).then(**then)
        sample.input(told_found(open_sample), [sample, session], fresh, show_progress_on=[found]).then(**then)
        opening = page.load(told_found(open_sample), [sample, session], fresh, show_progress="hidden")
        opening.then(**then).then(warm)

        # Places and looks that were dropped

        def drop_plate(path, session: Session, request: gr.Request):
            session.dropped += 1
            session.ground = colour.check(next(video.read(path)))[..., :3]
            return {
                ground: "own",
                plating: note(say(language_of(request), "plate_open", name=Path(path).name), "good"),
            }

        own_plate.upload(
            guard(plating)(drop_plate), [own_plate, session], [ground, plating], show_progress_on=[plating]
        )

        def drop_look(path, session: Session, request: gr.Request):
            session.reference = smaller(frame_at(opened(path), 0, None), LONGEST)
            return {
                reference: "own",
                grading: note(say(language_of(request), "look_open", name=Path(path).name), "good"),
            }

        own_look.upload(
            guard(grading)(drop_look), [own_look, session], [reference, grading], show_progress_on=[grading]
        )

        # Grade

        def choose_grade(kind, request: gr.Request):
            return {
                to_match: gr.Column(visible=kind == "match"),
                to_turn: gr.Column(visible=kind == "numbers"),
            }

        grade.change(
            guard(grading)(choose_grade), grade, [to_match, to_turn, grading], show_progress="hidden"
        )

        def solve_match(held: dict, request: gr.Request):
            now_, mine, want = language_of(request), held[session], wanted_of(held)
            need_shot(mine, now_)
            if want.reference == "own" and mine.reference is None:
                raise HallyuError(say(now_, "no_reference"))
            mine.step = want.step = "grade"
            wanted_look = mine.reference
            if want.reference != "own":
                other = opened(MEDIA / want.reference, want.reference)
                wanted_look = frame_at(other, min(want.frame, other.last - 1))
            given = done_at(mine, SimpleNamespace(**{**vars(want), "grade": "none"}), now_).frame.clip(0, 1)
            mine.matched = match.match(given, wanted_look[..., :3], keep_skin=bool(want.keep))
            result, kind = mine.matched, say(now_, f"by_{mine.matched.by}")
            said = say(
                now_, "matched", by=kind, before=f"{result.before.mean:.1f}", after=f"{result.after.mean:.1f}",
                p95=f"{result.after.p95:.1f}",
            )  # fmt: skip
            return {grading: note(said, "good"), **look(held, request)}

        solve.click(guard(grading)(solve_match), everything, [grading, *seen], show_progress_on=[grading])

        # Another person's face: the consent is checked before it is touched

        def check_record(path, digits, title, session: Session, request: gr.Request):
            now_ = language_of(request)
            session.guest = None
            if not path:
                raise HallyuError(say(now_, "no_record"))
            if not digits.strip():
                raise HallyuError(say(now_, "no_signer"))
            given = consent.read(path, consent.spaced(digits), FaceConsent)
            # That it holds today and for this project is said here; what for, when the slider asks for it.
            consent.require(given, given.uses[0], title.strip(), date.today())
            kept = session.folder / "consent.json"
            with write_whole(kept) as draft:
                draft.write_bytes(Path(path).read_bytes())
            session.guest = Guest(kept, consent.spaced(digits), given)
            return {asked: pages.record_card(given, session.guest.signer, now_, say, korean)}

        def forget_guest(session: Session, request: gr.Request):
            if session.guest:
                session.guest.record.unlink(missing_ok=True)
            session.guest = None
            return {asked: note(say(language_of(request), "forgotten"), "good"), way: "none"}

        record.upload(
            guard(asked)(check_record), [record, signer, title, session], asked, show_progress="hidden"
        )
        forget.click(guard(asked)(forget_guest), session, [asked, way], show_progress="hidden")

        # The whole shot

        def reporter(progress: gr.Progress, now_: str):
            began = time.monotonic()

            def report(done: int, of: int) -> None:
                left = (time.monotonic() - began) / done * (of - done)
                progress(
                    (done, of),
                    desc=say(now_, "working", done=done, of=of, left=f"{left / 60:.0f}:{left % 60:02.0f}"),
                )

            return report

        def stop(session: Session, request: gr.Request):
            session.stop = True
            return note(say(language_of(request), "stopping" if session.running else "nothing_runs"))

        def play_shot(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now_, mine, want = language_of(request), held[session], wanted_of(held)
            need_shot(mine, now_)
            with mine.at_work():
                try:
                    path = film_of(mine, want, reporter(progress, now_), now_)
                except Stopped:
                    return {playing: note(say(now_, "stopped"))}
            done = mine.steady
            said = say(
                now_, "played", frames=done.frames, rate=f"{mine.rate:.1f}", flicker=f"{done.after:.1f}"
            )
            seen_now = (
                {} if want.step == "shot" else {metrics: panel(mine, want, done_at(mine, want, now_), now_)}
            )
            return {playing: note(said, "good"), movie: gr.Video(str(path), visible=True), **seen_now}

        play.click(
            guard(playing)(play_shot), everything, [playing, movie, metrics], show_progress_on=[playing]
        )
        cancel.click(guard(playing)(stop), session, playing, queue=False, show_progress="hidden")

        def make_files(held: dict, request: gr.Request, progress=gr.Progress()):  # noqa: B008
            now_, mine, want = language_of(request), held[session], wanted_of(held)
            need_shot(mine, now_)
            mine.step = want.step = "deliver"
            panels = panel(mine, want, done_at(mine, want, now_), now_)
            with mine.at_work():
                try:
                    archive, said = delivery(mine, want, reporter(progress, now_), panels, now_)
                except Stopped:
                    return {making: note(say(now_, "stopped"))}
            return {
                making: "", made: said, download: gr.DownloadButton(value=str(archive), visible=True), metrics: panels,
            }  # fmt: skip

        make.click(
            guard(making)(make_files),
            everything,
            [making, made, download, metrics],
            show_progress_on=[making],
        )
        cancel_make.click(guard(making)(stop), session, making, queue=False, show_progress="hidden")
    return page


if __name__ == "__main__":
    pages.run(build(), PAGE)
