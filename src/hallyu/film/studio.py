"""What the film app works with: a shot, what is wanted of it, one of its frames at each step, and the whole shot.

Nothing here belongs to a page; the app in modules/film holds what is seen. What is measured is in hallyu.film.measures, and
what goes out in hallyu.film.delivery.
"""

import ctypes
import functools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.files import sha256
from hallyu.film import cdl, colour, comp, exr, faces, finishing, lut, matte_metrics, plate, spill, streaming
from hallyu.film.faces import Face
from hallyu.film.finishing import Finished, Place, Pull, Recipe, Touch
from hallyu.provenance import consent
from hallyu.provenance.consent import PUBLIC_FACES, FaceConsent, Permission

LONGEST = 1280
"""Pixels of the longest side at which one frame is worked on, and at which a whole shot is looked at."""
FOLLOWED = 1280
"""Pixels of the longest side at which a face is followed through a shot: that takes seven frames at a time."""
PAINTED = 1920
"""Pixels of the longest side at which a forest is painted; a larger shot gets it enlarged, and it is out of focus anyway."""


# --- the shot ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shot:
    """A film or a picture that is worked on. people: keys of PUBLIC_FACES of who is in it, from left to right; () for a
    shot of one's own. truth: a film of its exact mattes, which a rendered sample may have."""

    path: Path
    info: video.Info
    people: tuple[str, ...] = ()
    truth: Path | None = None

    @property
    def name(self) -> str:
        """The file's."""
        return self.path.name

    @property
    def length(self) -> int:
        """Frames; a still has one."""
        return max(1, self.info.length)

    def size(self, longest: int | None = None) -> tuple[int, int]:
        """Width and height, where the longest side has at most *longest* pixels."""
        width, height = self.info.width, self.info.height
        return _within(width, height, longest)

    def frame(self, number: int, longest: int | None = None) -> np.ndarray:
        """Frame *number*, from 0, made smaller where it is longer than *longest* pixels."""
        found = next(video.read(self.path, number, number + 1), None)
        if found is None:  # the file promised more frames than it has
            found = next(video.read(self.path))
        return smaller(found, longest)

    def mattes(self, first: int, last: int) -> Iterator[np.ndarray]:
        """The exact mattes (h, w) of frames *first* to *last*, not included; none where nobody knows them."""
        if self.truth is not None:
            yield from (picture[..., 0] for picture in video.read(self.truth, first, last))


def opened(path: str | Path) -> Shot:
    """The shot in a file. Raises HallyuError for what is none."""
    return Shot(Path(path), video.probe(path))


def sample(path: str | Path, people: tuple[str, ...] = ()) -> Shot:
    """One of the course's own shots, with what lies beside it: NAME.json, who is in it, and NAME-matte.mkv, its exact mattes.

    people: who is in one that has no record.
    """
    path = Path(path)
    if not people:
        seen = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["people"]
        people = tuple(sorted(seen, key=lambda name: seen[name]["pixels"][0][0][0]))
    truth = path.with_name(f"{path.stem}-matte.mkv")
    return Shot(path, video.probe(path), people, truth if truth.is_file() else None)


def smaller(frame: np.ndarray, longest: int | None) -> np.ndarray:
    """A frame whose longest side has at most *longest* pixels; None leaves it."""
    size = _within(*frame.shape[1::-1], longest)
    return frame if size == frame.shape[1::-1] else cv2.resize(frame, size, interpolation=cv2.INTER_AREA)


def _within(width: int, height: int, longest: int | None) -> tuple[int, int]:
    scale = 1 if longest is None else longest / max(width, height)
    return (width, height) if scale >= 1 else (max(2, round(width * scale)), max(2, round(height * scale)))


# --- places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ground:
    """A place that a figure may be set into. make: gives it for a width and a height, code values (h, w, 3) of about that
    shape. credit: its line in the rights sheet. kind: what the work log calls it."""

    kind: str
    credit: str
    make: Callable[[int, int], np.ndarray]

    def picture(self, size: tuple[int, int], blur: float) -> np.ndarray:
        """The place in *size* (width, height), out of focus by *blur* per cent of its height."""
        return finishing.out_of_focus(finishing.covering(self.make(*size), *size), blur / 100)


@functools.lru_cache(2)
def painted(width: int, height: int) -> np.ndarray:
    """The snow forest by rule, of at most PAINTED pixels."""
    size = _within(width, height, PAINTED)
    return plate.snow_forest(*(max(32, side) for side in size)).frame


def layered(paths: tuple[Path, ...]) -> np.ndarray:
    """EXRs of one place laid over each other, the farthest first: code values (h, w, 3)."""
    light = exr.read(paths[0]).premultiplied
    for path in paths[1:]:
        light = comp.over(exr.read(path).premultiplied, light)
    return np.clip(colour.to_display(light[..., :3]), 0, 1)


def brought(path: str | Path, credit: str = "Background: given by the artist") -> Ground:
    """A place of one's own, from the first frame of a file. Raises HallyuError for what is no picture."""
    picture = colour.check(next(video.read(path)))[..., :3]
    return Ground("own", credit, lambda width, height: picture)


# --- what is wanted ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What is to be done to a shot; its fields are hallyu.film.finishing's, for any size and any shot.

    frame: from 0, the one that is looked at, and in which is read what the place asks for. pull: "none", "screen" for the
    screen that the frame shows, or one of finishing.PULLS. blur: per cent of the height. way: "none" or one of
    finishing.WAYS. which: the face, from the left, from 0. title: of the project, which a consent is for.
    """

    frame: int = 0
    pull: str = "none"
    width: float = 1.0
    smoothing: float = streaming.SMOOTHING
    ground: Ground | None = None
    blur: float = 1.5
    blacks: float = 1.0
    wrap: float = 0.25
    grain: float = 1.0
    shadow: float = 0.0
    flakes: int = 0
    way: str = "none"
    which: int = 0
    now: float = 70
    wanted: float = 30
    strength: float = 1.0
    grade: lut.Cube | cdl.CDL | None = None
    title: str = ""

    @property
    def use(self) -> str:
        """Which of the uses of a face it is."""
        return "de-age" if self.wanted <= self.now else "age"


@dataclass(frozen=True, eq=False)
class Guest:
    """A person whose face is no public one, and what was allowed: the signed record, its signer's fingerprint, and what it
    says."""

    record: Path
    signer: str
    given: FaceConsent


def admitted(record: str | Path, digits: str, project: str, on: date) -> Guest:
    """A person's consent, when it holds today and for this project; what for, is asked when a face is touched.

    digits: the signer's fingerprint, with or without its spaces. Raises HallyuError, with the reason, where it does not.
    """
    signer = consent.spaced(digits)
    given = consent.read(record, signer, FaceConsent)
    consent.require(given, given.uses[0], project, on)
    return Guest(Path(record), signer, given)


# --- the bench --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """What was measured while a whole shot was worked through. mad, mse, dtssd: of its mattes against the exact ones, as
    in hallyu.film.matte_metrics; None where nobody knows them. rate: frames a second."""

    steady: finishing.Steady
    rate: float
    mad: float | None = None
    mse: float | None = None
    dtssd: float | None = None


@dataclass(eq=False)
class Bench:
    """Where one artist works: the shot, who allowed what, and what was made last, so that nothing is made twice.

    longest: pixels of the longest side at which one frame is worked on.
    """

    longest: int = LONGEST
    shot: Shot | None = None
    guest: Guest | None = None
    whole: Whole | None = None
    _known: dict = field(default_factory=dict)  # by step: of what it was made, and what was made

    def open(self, shot: Shot) -> None:
        """Another shot: what was known of the last one goes, but for the place."""
        self._known = {key: value for key, value in self._known.items() if key == "ground"}
        self.shot, self.whole = shot, None

    def _kept(self, name: str, key: tuple, make: Callable):
        """What *make* gives, or what it gave last time when *key* is the same; made once where two wait for it."""
        with self._one:
            known = self._known  # another shot may be opened meanwhile
            if name not in known or known[name][0] != key:
                known[name] = key, make()
            return known[name][1]

    @functools.cached_property
    def _one(self) -> threading.RLock:  # made when it is needed: a bench that nobody has worked at can be copied
        return threading.RLock()

    def frame(self, number: int) -> np.ndarray:
        """A frame of the shot at the size of the bench."""
        return self.shot.frame(number, self.longest)

    def truth(self, number: int) -> np.ndarray | None:
        """The exact matte of a frame, where somebody knows it."""
        found = next(self.shot.mattes(number, number + 1), None)
        return None if found is None else fitted(found, self.shot.size(self.longest)[::-1])

    def usual_pull(self, number: int) -> str:
        """How the matte of a shot is mostly pulled, as in a Wish: its own, by the screen that is seen in frame *number*; in
        a sample by the people. Whether people are looked for in other shots is the artist's choice."""
        if self.shot.info.alpha:
            return "own"
        try:
            spill.screen(self.frame(number))
            return "screen"
        except HallyuError:
            return "person" if self.shot.people else "none"

    # Faces

    def faces(self, number: int) -> list[Face]:
        """The faces of a frame, from left to right."""
        return self._kept(
            "faces",
            (self.shot, number),
            lambda: sorted(faces.detect(self.frame(number)), key=lambda face: face.box[0]),
        )

    def face(self, wish: Wish) -> Face:
        """The face to work on. Raises HallyuError for none and for one that is not seen well."""
        frame, found = self.frame(wish.frame), self.faces(wish.frame)
        if not found:
            faces.one(frame)  # says so
        face = found[min(wish.which, len(found) - 1)]
        faces.require_open(frame, face)
        return face

    def permission(self, wish: Wish) -> Permission:
        """The right to change the face. Raises HallyuError that says whom to ask."""
        if not wish.title:
            raise HallyuError("The title is empty: write one.")
        if self.shot.people:
            public = PUBLIC_FACES[self.shot.people[self.person(wish)]]
            return consent.permit(public, wish.use, wish.title, date.today())
        if self.guest is None:
            raise HallyuError(
                "This face was not touched: first check a consent signed by the person whose face it is, with the fingerprint."
            )
        given = consent.read(self.guest.record, self.guest.signer, FaceConsent)
        # The sum of the file is needed only where a consent names the takes that it is for.
        take = self._kept("sum", (self.shot,), lambda: sha256(self.shot.path)) if given.recordings else ""
        return consent.permit(given, wish.use, wish.title, date.today(), recording=take)

    def person(self, wish: Wish) -> int:
        """Which of the people in a sample has the face to work on."""
        return min(wish.which, len(self.shot.people) - 1)

    # From what is wanted to what is done

    def touch(self, wish: Wish) -> Touch | None:
        """What is done to the face."""
        if wish.way == "none":
            return None
        # Asked before a face is looked for: without a consent nothing is done to it.
        asked, face = self.permission(wish), self.face(wish)
        width, height = self.shot.size(self.longest)
        near = float(face.points[1, 0] / width), float(face.points[1, 1] / height)
        return Touch(asked, wish.now, wish.wanted, wish.way, wish.strength, near)

    def pull(self, wish: Wish) -> Pull | None:
        """How the matte is pulled. Raises HallyuError where a screen is wanted and none is seen."""
        if wish.pull == "none":
            return None
        by = spill.screen(self.frame(wish.frame)).kind if wish.pull == "screen" else wish.pull
        return Pull(by, wish.width, wish.smoothing)

    def ground(self, wish: Wish, size: tuple[int, int]) -> np.ndarray | None:
        """The place behind the figure, as large as the shot: *size* is (width, height)."""
        if wish.ground is None:
            return None
        return self._kept(
            "ground", (wish.ground, size, wish.blur), lambda: wish.ground.picture(size, wish.blur)
        )

    def recipe(self, wish: Wish, longest: int | None) -> Recipe:
        """All that is done to the shot, when its longest side has at most *longest* pixels.

        What the place asks for is read in the chosen frame, once. Raises HallyuError for what cannot be done.
        """
        size = self.shot.size(longest)
        before = Recipe(self.touch(wish), self.pull(wish))
        if wish.ground is None:
            return replace(before, grade=wish.grade)
        ground = self.ground(wish, size)
        whole = replace(before, place=Place(ground), grade=wish.grade)
        finishing.check(whole)
        key = self.shot, wish.frame, size, before.touch, before.pull, wish.ground, wish.blur
        look = self._kept("look", key, lambda: self._read(wish.frame, before, ground))
        place = Place(ground, look, wish.blacks, wish.wrap, wish.grain, wish.shadow, wish.flakes)
        return replace(whole, place=place)

    def _read(self, number: int, recipe: Recipe, ground: np.ndarray) -> comp.Look:
        """What the figure of a frame has and the place asks for."""
        cutout = finishing.still(self.shot.frame(number, max(ground.shape[:2])), recipe).cutout
        try:
            return finishing.read(cutout, ground)
        except HallyuError as error:
            raise HallyuError(
                "This frame shows too little of the figure to match it to the place: choose one that shows more."
            ) from error

    # One frame and all of them

    def still(self, wish: Wish) -> Finished:
        """The chosen frame at each step, at the size of the bench; only what changed since the last time is made anew."""
        shot, number = self.shot, wish.frame
        recipe = self.recipe(wish, self.longest)
        key = shot, number, recipe.touch, recipe.pull
        until = replace(recipe, place=None, grade=None)
        done = self._kept(
            "cut", key, lambda: finishing.still(self.frame(number), until, shot.info.rate, number)
        )
        frame, place = done.frame, recipe.place
        if place is not None:
            key = (
                *key,
                wish.ground,
                wish.blur,
                place.blacks,
                place.wrap,
                place.grain,
                place.shadow,
                place.flakes,
            )
            frame = self._kept(
                "placed", key, lambda: finishing.placed(done.cutout, place, number, shot.info.rate)
            )
        return replace(done, frame=frame, graded=finishing.graded(frame, recipe.grade))

    def run(
        self, wish: Wish, first: int, last: int, longest: int | None, report: Callable[[int, int], None]
    ) -> Iterator[Finished]:
        """Frames *first* to *last*, not included, at each step, one at a time; afterwards *whole* says what was measured.

        report: told how many of how many are done, after each; what it raises ends the work.
        """
        _give_large_arrays_back()
        shot, recipe = self.shot, self.recipe(wish, longest)
        frames = map(functools.partial(smaller, longest=longest), video.read(shot.path, first, last))
        found = None if recipe.touch is None else followed(shot, first, last, longest, recipe.touch.near)
        steady, mattes, began, count = finishing.Steadiness(), _Mattes(), time.monotonic(), 0
        known = shot.mattes(first, last)
        done = finishing.finish(frames, recipe, shot.info.rate, first, found)

        def measured(each: Finished) -> Finished:
            steady.add(each)
            truth = next(known, None)
            if each.cutout is not None and truth is not None:
                mattes.add(each.cutout[..., 3], fitted(truth, each.cutout.shape[:2]))
            return each

        for each in map(measured, done):
            count += 1
            made = [each]
            del each
            yield made.pop()  # a frame at 4K has 100 MB at each step: who takes it holds it alone
            report(count, last - first)
        rate = count / max(time.monotonic() - began, 1e-6)
        self.whole = Whole(steady.result(), rate, *mattes.result())


def followed(
    shot: Shot, first: int, last: int, longest: int | None, near: tuple[float, float] | None
) -> Iterator[Face | None]:
    """The face that lies *near* in frame *first*, in each frame to *last*, not included, where the frame has at most
    *longest* pixels a side. The film is read once more for it, in frames of FOLLOWED pixels at most."""
    seen = min(FOLLOWED, longest or FOLLOWED)
    width, height = shot.size(seen)
    scale = shot.size(longest)[0] / width
    frames = map(functools.partial(smaller, longest=seen), video.read(shot.path, first, last))
    for _, face in finishing.follow(frames, (height, width), near):
        yield None if face is None else replace(face, points=face.points * np.float32(scale))


@functools.cache
def _give_large_arrays_back() -> None:
    """Let the room of an array go as soon as the array does. The C library of Linux would learn to keep what is smaller than
    32 MB, in a heap full of holes that grows with every frame: 15 MB each at 1920 x 1080."""
    if sys.platform == "linux":
        mmap_threshold = -3
        ctypes.CDLL(None).mallopt(mmap_threshold, 1 << 20)


class _Mattes:
    """Adds up how far mattes are from the exact ones, one frame at a time."""

    def __init__(self) -> None:
        self._rows, self._jumps, self._last = [], [], None

    def add(self, matte: np.ndarray, truth: np.ndarray) -> None:
        self._rows.append((matte_metrics.mad(matte, truth), matte_metrics.mse(matte, truth)))
        if self._last is not None:
            before, true_before = self._last
            self._jumps.append(matte_metrics.dtssd(matte, before, truth, true_before))
        self._last = (
            matte.copy(),
            truth,
        )  # the matte itself is a part of the cut-out, and would hold all of it

    def result(self) -> tuple[float, ...]:
        """MAD, MSE and dtSSD; nothing where there was nothing to compare."""
        if not self._rows:
            return ()
        return *np.mean(self._rows, axis=0).tolist(), float(np.mean(self._jumps)) if self._jumps else 0.0


def fitted(matte: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A matte at the size that is looked at."""
    return matte if matte.shape == shape else cv2.resize(matte, shape[::-1], interpolation=cv2.INTER_AREA)
