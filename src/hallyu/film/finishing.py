"""A shot from first to last: face, matte, comp and grade, of one frame or of a whole film, one frame at a time.

Each step is the work of a module of its own; here they are put in a row. The face is changed on the plate, the matte is
pulled from that, the figure is set into its place, and the grade comes last, on the finished picture.

A frame at 4K has 100 MB, so no step holds one longer than it must: steps are mapped over the frames, for a loop would hold
the last frame while the next is made, and what is done pixel by pixel is done a band of rows at a time.
"""

import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import (
    ageing,
    cdl,
    colour,
    comp,
    faces,
    lut,
    motion,
    parallax,
    regions,
    retouch,
    snow,
    spill,
    streaming,
)
from hallyu.film.ageing import Aged
from hallyu.film.faces import Face
from hallyu.provenance.consent import Permission

WAYS = ("network", "hand")
PULLS = ("person", spill.GREEN, spill.BLUE, "own")
FIGURE = 4.0
"""Metres from the camera at which the figure stands in the falling snow."""
SMALL = 480
"""Pixels of the longest side at which steadiness is measured."""
BAND = 128
"""Rows of a band."""


@dataclass(frozen=True)
class Touch:
    """What is done to a face. now, wanted: years. way: "network", or "hand" for frequency separation in masked regions.

    strength: 0 to 1 of the change. near: x, y in the first frame, as shares of its size; which face, when there are several.
    """

    permission: Permission
    now: float
    wanted: float
    way: str = "network"
    strength: float = 1.0
    near: tuple[float, float] | None = None


@dataclass(frozen=True)
class Pull:
    """How the matte is pulled. by: one of PULLS; "own" is the matte that the file brings. width, smoothing: see
    hallyu.film.streaming.mattes."""

    by: str
    width: float = 1.0
    smoothing: float = streaming.SMOOTHING


@dataclass(frozen=True, eq=False)
class Place:
    """Where the figure stands. ground: code values (h, w, 3), as large as the shot. look: read in one frame of the shot,
    or None, to read it in the first. blacks, wrap, grain, shadow: 0 leaves that out. flakes: of falling snow."""

    ground: np.ndarray
    look: comp.Look | None = None
    blacks: float = 1.0
    wrap: float = 0.25
    grain: float = 1.0
    shadow: float = 0.0
    flakes: int = 0


@dataclass(frozen=True, eq=False)
class Recipe:
    """What is done to a shot, in this order; None leaves a step out. A place needs a matte."""

    touch: Touch | None = None
    pull: Pull | None = None
    place: Place | None = None
    grade: lut.Cube | cdl.CDL | None = None


@dataclass(frozen=True, eq=False)
class Finished:
    """A frame at each step, code values (h, w, 3). before: as it was shot. face: with its face changed, and where.
    cutout: straight RGBA. frame: ungraded. graded: the last of all. None: that step was left out."""

    before: np.ndarray
    face: Aged | None
    cutout: np.ndarray | None
    frame: np.ndarray
    graded: np.ndarray


def finish(
    frames: Iterable[np.ndarray],
    recipe: Recipe,
    rate: float | Fraction = 24,
    first: int = 0,
    found: Iterable[Face | None] | None = None,
) -> Iterator[Finished]:
    """Each of *frames* at each step, one at a time; *first* is the number of the first one in its film.

    found: the face of each frame that is touched, where somebody follows it, as hallyu.film.studio does in smaller frames;
    without, it is followed here, and seven frames are held.
    Raises HallyuError when a step cannot be done, such as for a shot without anybody in it.
    """
    check(recipe)
    place, under_way = recipe.place, deque()

    def plate(frame: np.ndarray, face: Aged | None) -> np.ndarray:
        under_way.append((frame, face))
        return frame if face is None else _with_matte(face.frame, frame)

    def finished(number: int, shown: np.ndarray, cutout: np.ndarray | None) -> Finished:
        nonlocal place
        before, face = under_way.popleft()
        frame = shown[..., :3]
        if place is not None:
            if place.look is None:
                place = replace(place, look=read(cutout, place.ground))
            frame = placed(cutout, place, number, rate)
        return Finished(before[..., :3], face, cutout, frame, graded(frame, recipe.grade))

    plates = itertools.starmap(plate, _touched(frames, recipe.touch, found))
    return map(lambda number, cut: finished(number, *cut), itertools.count(first), _cut(plates, recipe.pull))


def still(frame: np.ndarray, recipe: Recipe, rate: float | Fraction = 24, number: int = 0) -> Finished:
    """One frame at each step, by itself."""
    (done,) = finish([frame], recipe, rate, number)  # to its end: that nobody was found is said there
    return done


def check(recipe: Recipe) -> None:
    """Raise HallyuError for ways that there are not, and for a place without a matte."""
    if recipe.touch is not None and recipe.touch.way not in WAYS:
        raise HallyuError(f"A face is changed by {' or '.join(WAYS)}, not by “{recipe.touch.way}”.")
    if recipe.pull is not None and recipe.pull.by not in PULLS:
        raise HallyuError(f"A matte is pulled by one of {', '.join(PULLS)}, not by “{recipe.pull.by}”.")
    if recipe.place is not None and recipe.pull is None:
        raise HallyuError(
            "To set the figure into another place it needs a matte: choose how it is pulled first."
        )


# --- the steps --------------------------------------------------------------------------------------------------------


def _touched(
    frames: Iterable[np.ndarray], touch: Touch | None, found: Iterable[Face | None] | None
) -> Iterator[tuple[np.ndarray, Aged | None]]:
    if touch is None:
        return map(lambda frame: (frame, None), frames)
    pairs = _followed(frames, touch.near) if found is None else map(lambda *pair: pair, frames, found)

    def changed(frame: np.ndarray, face: Face | None) -> tuple[np.ndarray, Aged | None]:
        return frame, None if face is None else touched(frame[..., :3], face, touch)

    return itertools.starmap(changed, pairs)


def _followed(
    frames: Iterable[np.ndarray], near: tuple[float, float] | None
) -> Iterator[tuple[np.ndarray, Face | None]]:
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        return
    shape, frames = first.shape, itertools.chain([first], frames)
    del first
    yield from follow(frames, shape, near)


def follow(
    frames: Iterable[np.ndarray], shape: tuple[int, ...], near: tuple[float, float] | None
) -> Iterator[tuple[np.ndarray, Face | None]]:
    """Each of *frames* of *shape* with the face that lies *near* in the first one; see Touch."""
    if near is not None:
        near = near[0] * shape[1], near[1] * shape[0]
    return faces.follow(frames, near=near)


def _with_matte(frame: np.ndarray, original: np.ndarray) -> np.ndarray:
    return np.dstack([frame, original[..., 3]]) if original.shape[2] == 4 else frame


def touched(frame: np.ndarray, face: Face, touch: Touch) -> Aged:
    """A frame (h, w, 3) whose *face* was changed. By hand, lines are taken back the more the larger the step of years is."""
    if touch.way == "network":
        return ageing.age(frame, face, touch.now, touch.wanted, touch.permission, touch.strength)
    strength = float(np.clip((touch.now - touch.wanted) / 40, -1, 1)) * touch.strength
    return retouch.retouch(frame, face, touch.permission, strength, use=touch.permission.use)


def _cut(frames: Iterator[np.ndarray], pull: Pull | None) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Each frame and its figure, straight RGBA."""
    if pull is None:
        return map(lambda frame: (frame, None), frames)
    if pull.by == "own":
        return map(_with_its_own, frames)
    kept = deque()

    def seen(pair: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        kept.append(pair[0])
        return pair

    screen = pull.by if pull.by in (spill.GREEN, spill.BLUE) else None
    pairs = streaming.mattes(frames, screen is not None, smoothing=pull.smoothing, width=pull.width)
    cutouts = streaming.cutouts(map(seen, pairs), screen)
    return map(lambda cutout: (kept.popleft(), cutout), cutouts)


def _with_its_own(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if frame.shape[2] != 4:
        raise HallyuError(
            "This shot brings no matte of its own: pull one by the screen or by the people in it."
        )
    return frame, frame


def read(cutout: np.ndarray, ground: np.ndarray) -> comp.Look:
    """What the figure has and the place asks for. Raises HallyuError when hardly anything of the figure is seen."""
    return comp.look(cutout[..., :3], cutout[..., 3], ground)


def placed(cutout: np.ndarray, place: Place, number: int = 0, rate: float | Fraction = 24) -> np.ndarray:
    """The figure in its place: shadow, snow behind it, blacks, wrap and grain, snow before it; code values (h, w, 3)."""
    figure, matte, ground, look = cutout[..., :3], cutout[..., 3], place.ground, place.look
    if look is None:
        look = read(cutout, ground)
    if place.shadow and (matte > 0.5).any():
        ground = comp.shaded(ground, place.shadow * comp.contact_shadow(matte))
    fall, when = snow.Snow(flakes=place.flakes), (number, *ground.shape[1::-1], float(rate))
    if place.flakes:
        ground = by_rows(snow.fallen, ground, snow.matte(fall, *when, nearer=FIGURE))
    # Deviations of grain add up by their squares: so much of what the figure lacks.
    has = float(np.sqrt(max(0.0, 1 - place.grain**2 * max(0.0, 1 - look.has**2))))
    frame = comp.integrated(
        figure, matte, ground, replace(look, has=has), place.blacks, place.wrap, number=number
    )
    return by_rows(snow.fallen, frame, snow.matte(fall, *when, farther=FIGURE)) if place.flakes else frame


def graded(frame: np.ndarray, grade: lut.Cube | cdl.CDL | None) -> np.ndarray:
    """A frame through its grade."""
    if grade is None:
        return frame
    apply = cdl.apply if isinstance(grade, cdl.CDL) else lut.apply
    return by_rows(lambda rows: apply(rows, grade), frame)


def table(grade: lut.Cube | cdl.CDL) -> lut.Cube:
    """A grade as a table: ten numbers are baked."""
    return grade if isinstance(grade, lut.Cube) else lut.bake(lambda rgb: cdl.apply(rgb, grade))


def by_rows(change: Callable[..., np.ndarray], frame: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """What *change* does to each pixel of *frame* and of the others, a band of rows at a time: curves and mixes need
    several times the room of what they are done to."""
    out = np.empty(frame.shape, np.float32)
    for top in range(0, len(frame), BAND):
        rows = slice(top, top + BAND)
        out[rows] = change(frame[rows], *(other[rows] for other in others))
    return out


# --- grounds ----------------------------------------------------------------------------------------------------------


def covering(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """A picture (h, w, 3) enlarged or made smaller until it covers *width* x *height*, and cut to it in the middle."""
    picture = colour.check(picture)[..., :3]
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    if size != picture.shape[1::-1]:
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.clip(picture[top : top + height, left : left + width], 0, None)


def out_of_focus(frame: np.ndarray, share: float) -> np.ndarray:
    """A ground behind the plane of focus: each point a disc of *share* of the frame's height across."""
    radius = share * min(frame.shape[:2]) / 2
    if radius < 0.5:
        return frame
    light = np.dstack([colour.to_linear(frame), np.ones(frame.shape[:2], np.float32)])
    spread = parallax.defocused(light, np.full(frame.shape[:2], radius, np.float32))
    return colour.to_display(spread[..., :3])


# --- measures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steady:
    """How steady a shot is: the warped error from frame to frame, the root mean square in code values x 1000, where a
    thing is seen in both frames. before, after: of the picture within the figure, or within the changed face, or
    everywhere when there is neither. matte: of the matte, x 100 as dtSSD; None without one."""

    frames: int
    before: float
    after: float
    matte: float | None


class Steadiness:
    """Adds up what Steady says, one frame at a time. The motion is that of the frames before: a frozen result is not
    steady. Source: Lai et al., "Learning Blind Video Temporal Consistency" (2018)."""

    def __init__(self) -> None:
        self.frames, self._last, self._sums, self._mattes = 0, None, [], []

    def add(self, done: Finished) -> None:
        """One more frame."""
        self.frames += 1
        where = (
            done.face.mask
            if done.face is not None
            else done.cutout[..., 3]
            if done.cutout is not None
            else None
        )
        now = [_reduced(picture) for picture in (done.before, done.graded)]
        matte = None if done.cutout is None else _reduced(done.cutout[..., 3])
        where = None if where is None else _reduced(where) > 0.9
        if self._last is not None and self._last[0].shape == now[0].shape:
            before, after, last_matte = self._last
            back, forth = (motion.flow(a, b, fine=True) for a, b in ((now[0], before), (before, now[0])))
            both = motion.seen_in_both(back, forth)
            if matte is not None and last_matte is not None and both.any():
                self._mattes.append(_away(motion.warped(last_matte, back), matte, both) * 100)
            inside = both if where is None else both & where
            if inside.any():
                errors = [
                    _away(motion.warped(old, back), new, inside)
                    for old, new in zip((before, after), now, strict=True)
                ]
                self._sums.append([1000 * error for error in errors])
        self._last = (*now, matte)

    def result(self) -> Steady:
        """What was found so far; nothing moved between the frames of a still."""
        before, after = np.mean(self._sums, axis=0).tolist() if self._sums else (0.0, 0.0)
        return Steady(self.frames, before, after, float(np.mean(self._mattes)) if self._mattes else None)


def _reduced(picture: np.ndarray) -> np.ndarray:
    scale = SMALL / max(picture.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(picture, np.float32)
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _away(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> float:
    return float(np.sqrt(((one - other)[where] ** 2).mean()))


def face_crop(face: Face, width: int, height: int, room: float = 2.2) -> tuple[slice, slice]:
    """The part of a frame of that size around a face, in the frame's own shape: rows and columns."""
    points = regions.anchors_of(face.points)
    middle = points.mean(axis=0)
    tall = min(height, room * face.box[3])
    wide = min(width, tall * width / height)
    top = int(np.clip(middle[1] - tall / 2, 0, height - tall))
    left = int(np.clip(middle[0] - wide / 2, 0, width - wide))
    return slice(top, top + int(tall)), slice(left, left + int(wide))


# --- writing as frames come -------------------------------------------------------------------------------------------

_DROPPED = object()


@contextmanager
def writing(
    path: str | Path, rate: float | Fraction, codec: str = "h264", audio_from: str | Path | None = None, audio_start: float = 0.0
) -> Iterator[Callable[[np.ndarray], None]]:  # fmt: skip
    """Give a function that takes frames one by one; the film is whole when the with statement ends, and gone if it fails.

    So that several films and pictures are written while a shot is worked through once. A frame that was put is written: none
    waits while the next is made. Arguments: of hallyu.video.write.
    """
    waiting, written = queue.SimpleQueue(), threading.Semaphore(0)
    failed: list[BaseException] = []

    def frames() -> Iterator[np.ndarray]:
        while True:
            came = [waiting.get()]
            if came[0] is None:
                return
            if came[0] is _DROPPED:
                raise _Dropped
            yield came.pop()  # so that it does not stay here until the next one comes
            written.release()

    def work() -> None:
        try:
            video.write(path, frames(), rate, codec, audio_from, audio_start=audio_start)
        except BaseException as error:
            failed.append(error)

    writer = threading.Thread(target=work, daemon=True)
    writer.start()

    def put(frame: np.ndarray) -> None:
        waiting.put(frame)
        while not written.acquire(timeout=0.2):  # a film that cannot be written takes no more of them
            if not writer.is_alive():
                raise failed[0]

    try:
        yield put
        waiting.put(None)
    except BaseException:
        if writer.is_alive():
            waiting.put(_DROPPED)
        writer.join()
        raise
    writer.join()
    if failed:
        raise failed[0]


class _Dropped(Exception):
    """The film is not wanted any more."""
