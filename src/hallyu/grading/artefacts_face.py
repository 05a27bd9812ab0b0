"""Grading a face made younger and a camera's grade matched: film-face-and-grade. As hallyu.grading.artefacts_film does, the
delivery is opened again and measured, against frames that no learner has.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import apparent_age, ciede2000, colour, exr, face_metrics, faces, identity, lut, motion
from hallyu.grading import artefacts_film as film
from hallyu.grading import untrusted
from hallyu.grading.artefacts_film import FRAMES, SIZE, graded, psnr, sealed_film, sealed_picture
from hallyu.grading.findings import Finding, grader

NAME = "film-face-and-grade"
ACTOR, USES = "Jeongho", ("de-age", "publish")
CUBE, VIEW, MASK = "match.cube", "graded.mp4", "mask"
LOOKED_AT = (0, FRAMES // 2, FRAMES - 1)
"""Frames at which faces are looked at, and of which the young master is closed in."""
UNSEEN = 3
"""Frames of both cameras that learners do not have."""
SAME = (0.08, 0.17)
"""1 less the cosine of the identities before and after: every point up to the first, none from the second. The course's
network and retouch measure 0.03 to 0.05; the young master itself, another rendering of the actor, 0.23; another actor 0.6 and
more."""
YOUNGER = (2.5, 0.5)
"""Apparent years that the face lost: every point from the first on, none below the second. The course's own lose 3 to 6; the
master as it was shot 1, for the measure is as rough as that."""
NEARER = (1.02, 1.12)
"""The error against the young master within the mask, as a share of the untouched frame's: the course's own 0.9."""
DETAIL = (0.58, 0.45)
"""Fine detail of eyes, brows and lips that is left: the course's own 0.67 to 1; blurred by 1.5 pixels 0.43."""
TEXTURE = (0.72, 0.6)
"""Texture of a pixel's size on the whole face that is left: the course's own 0.81 to 0.93; blurred by 0.7 pixels 0.57, by 1
pixel 0.42."""
FLICKER = (1.08, 1.3)
"""Warped temporal error within the mask as a share of the untouched take's: the course's own 0.82 to 0.9; exposure that
flickers by 6 % 1.8; a frozen face 1.24."""
OUTSIDE = 45.0
"""dB to which the frame is kept where the mask is 0; half floats hold it to 86."""
COVERED = (0.01, 0.5)
"""Share of the frame that the mask covers; a whole head here covers 0.36."""
MATCHED, TAIL = (2.0, 4.0), (4.5, 8.0)
"""CIEDE2000 on unseen frames of the second camera through the cube: mean, and what 95 % of the pixels stay below. Ungraded 8.3
and 14; the course's match 1.4 and 3.0, of which most is grain; the published second camera's cube 14 and 20."""
NODES = 33


@dataclass(frozen=True)
class Shots:
    """A delivery of film-face-and-grade, each part opened when it is asked for. word: what opens the truths."""

    folder: Path
    word: str = ""

    @cached_property
    def pictures(self) -> list[exr.Picture]:
        """The changed frames with their masks."""
        return [untrusted.read_exr(self.folder, name, SIZE) for name in film.names("face")]

    @cached_property
    def made(self) -> list[np.ndarray]:
        """The changed frames, code values (h, w, 3)."""
        return [exr.to_frame(picture)[..., :3] for picture in self.pictures]

    @cached_property
    def masks(self) -> list[np.ndarray]:
        """Where each frame was changed, (h, w) in 0..1. Raises HallyuError where there is no such layer."""
        found = [picture.layers.get(MASK) for picture in self.pictures]
        if any(mask is None or mask.ndim != 2 for mask in found):
            raise HallyuError(
                f"The frames have no layer called “{MASK}”: write it with exr.Picture(…, layers=…)."
            )
        if min(mask.min() for mask in found) < -0.002 or max(mask.max() for mask in found) > 1.002:
            raise HallyuError("A mask leaves 0 to 1: clip it before you write it.")
        return found

    @cached_property
    def cube(self) -> lut.Cube:
        """The delivered grade."""
        untrusted.read_text(self.folder, CUBE, 5_000_000)
        read = lut.read(self.folder / CUBE)
        if not isinstance(read, lut.Cube) or read.size != NODES:
            raise HallyuError(f"{CUBE} is no 3D LUT of {NODES} nodes: solve and write it as lesson 05 does.")
        if not np.isfinite(read.table).all():
            raise HallyuError(f"{CUBE} holds values that are no numbers: solve it again.")
        return read

    @cached_property
    def view(self) -> list[np.ndarray]:
        """The graded copy's frames."""
        return film.pictures_of(self.folder, VIEW, SIZE, FRAMES)

    @cached_property
    def told(self) -> dict:
        """declaration.json, an object."""
        return film.Composite(self.folder).told

    # What only the graders have.

    @cached_property
    def take(self) -> list[tuple[np.ndarray, faces.Face]]:
        """The frames as they were shot, with the face in each."""
        found = list(faces.follow(sealed_film(NAME, self.word, "take.mp4")))
        return [(frame[..., :3], face) for frame, face in found]

    @cached_property
    def young(self) -> dict[int, np.ndarray]:
        """The master at twenty-five in LOOKED_AT."""
        return {number: sealed_picture(NAME, self.word, f"young.{number:02}.webp") for number in LOOKED_AT}

    def unseen(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Frames of the second camera and of the first that learners do not have."""
        return [
            tuple(
                sealed_picture(NAME, self.word, f"unseen-{which}.{n}.webp")
                for which in ("camera-b", "reference")
            )
            for n in range(UNSEEN)
        ]

    def face_in(self, number: int) -> faces.Face:
        """The face of a changed frame. Raises HallyuError where there is none."""
        return faces.one(self.made[number], f"face.{exr.FIRST + number}.exr")


def _on_shots(points: float) -> Callable:
    """A grader of an opened delivery of film-face-and-grade."""

    def mark(function: Callable[[Shots], Iterable[Finding]]) -> Callable:
        def run(folder: Path, word: str = "") -> list[Finding]:
            untrusted.check_folder(folder)
            return list(function(Shots(folder, word)))

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return grader(points)(run)

    return mark


@_on_shots(5)
def shots_complete(shots: Shots) -> Iterable[Finding]:
    """Whether everything is there and opens, at its size, with no value that is no number."""
    _ = shots.pictures, shots.masks, shots.cube, shots.view, shots.told
    if any(picture.premultiplied[..., :3].min() < -0.05 for picture in shots.pictures):
        yield Finding("negative", "Some light is below 0: clip what the change left there.", 2)


@_on_shots(5)
def kept_outside(shots: Shots) -> Iterable[Finding]:
    """Whether the frames are the take's where the mask is 0, and the mask covers a face and not the picture."""
    covered = float(np.mean([(mask > 0.02).mean() for mask in shots.masks]))
    if not COVERED[0] < covered < COVERED[1]:
        said = f"The mask covers {covered:.0%} of the frame; a face and its hair are {COVERED[0]:.0%} to {COVERED[1]:.0%}."
        yield Finding("mask", said, kept_outside.points)
        return
    kept = min(
        psnr(made[mask <= 0.002], before[mask <= 0.002])
        for made, mask, (before, _) in zip(shots.made, shots.masks, shots.take, strict=True)
    )
    if kept < OUTSIDE:
        said = f"Outside the mask the frame changed: it is kept to {kept:.0f} dB, {OUTSIDE:g} at least is asked for."
        yield Finding("outside", said, kept_outside.points)


@_on_shots(10)
def same_person(shots: Shots) -> Iterable[Finding]:
    """Whether it is still the same man."""
    alike = []
    for number in LOOKED_AT:
        before, face = shots.take[number]
        new = identity.embed(shots.made[number], shots.face_in(number))
        alike.append(identity.cosine(identity.embed(before, face), new))
    if lost := graded(1 - float(np.mean(alike)), SAME, same_person.points):
        who = "somebody else" if np.mean(alike) < identity.SAME_PERSON else "not quite the same man"
        said = f"This is {who}: the identities have a cosine of {np.mean(alike):.2f}, {1 - SAME[0]:.2f} at least."
        yield Finding("identity", said, lost)


@_on_shots(10)
def younger(shots: Shots) -> Iterable[Finding]:
    """Whether he looks younger, and the frame comes nearer to the young master and not farther."""
    years, errors = [], []
    for number in LOOKED_AT:
        before, face = shots.take[number]
        made, inside = shots.made[number], shots.masks[number] > 0.5
        years.append(apparent_age.estimate(before, face) - apparent_age.estimate(made, shots.face_in(number)))
        if inside.sum() < 200:
            raise HallyuError("The mask covers next to nothing: write it as it was used.")
        away = lambda frame, n=number, where=inside: float(np.abs(frame - shots.young[n])[where].mean())
        errors.append(away(made) / max(away(before), 1e-6))
    fewer = float(np.mean(years))
    if lost := graded(-fewer, (-YOUNGER[0], -YOUNGER[1]), younger.points):
        said = f"He looks {fewer:.1f} years younger to the estimator; {YOUNGER[0]:g} at least are asked for."
        yield Finding("age", said, lost)
    if lost := graded(float(np.mean(errors)), NEARER, 6):
        said = f"The face moved away from what it was at twenty-five: its error is {np.mean(errors):.2f} of the untouched one's."
        yield Finding("other change", said, lost)


@_on_shots(10)
def detail(shots: Shots) -> Iterable[Finding]:
    """Whether eyes, brows and lips are as sharp as they were, and skin is skin and not blur."""
    kept, texture = [], []
    for number in LOOKED_AT:
        before, face = shots.take[number]
        kept.append(face_metrics.detail_kept(before, shots.made[number], face))
        texture.append(texture_kept(before, shots.made[number], face))
    for what, values, limits in (("eyes, brows and lips", kept, DETAIL), ("the skin", texture, TEXTURE)):
        if lost := graded(-float(np.mean(values)), (-limits[0], -limits[1]), detail.points):
            said = f"{np.mean(values):.0%} of the detail of {what} is left, {limits[0]:.0%} at least: that is blur, not youth."
            yield Finding("blur", said, lost)


def texture_kept(before: np.ndarray, after: np.ndarray, face: faces.Face) -> float:
    """How much of the texture of a pixel's size is left on the face, grain and pores: 1 all, 0 none. The middle of its
    amounts, which a line that was taken back does not move."""
    face_only = np.zeros(before.shape[:2], np.uint8)
    cv2.fillConvexPoly(face_only, cv2.convexHull(np.int32(face.points[:468, :2])), 1)
    inside = cv2.erode(face_only, np.ones((5, 5), np.uint8)) > 0
    if not inside.any():
        return 0.0
    amounts = []
    for frame in (before, after):
        grey = colour.luma(frame)
        amounts.append(float(np.median(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 0.6))[inside])))
    return amounts[1] / max(amounts[0], 1e-6)


@_on_shots(10)
def steady_face(shots: Shots) -> Iterable[Finding]:
    """Whether the change stays on the moving face and does not flicker."""
    own, take, still = [], [], []
    for number in range(1, FRAMES):
        (before, _), (now, _) = shots.take[number - 1], shots.take[number]
        back, forth = motion.flow(now, before, fine=True), motion.flow(before, now, fine=True)
        counts = motion.seen_in_both(back, forth) & (shots.masks[number] > 0.5)
        if counts.sum() < 200:
            raise HallyuError("The mask covers next to nothing: write it as it was used.")
        moved = [
            motion.warped(np.ascontiguousarray(frame), back) for frame in (shots.made[number - 1], before)
        ]
        own.append(float(np.sqrt(((shots.made[number] - moved[0]) ** 2)[counts].mean())))
        take.append(float(np.sqrt(((now - moved[1]) ** 2)[counts].mean())))
        changed = [
            np.abs(b - a)[counts].mean()
            for a, b in ((shots.made[number - 1], shots.made[number]), (before, now))
        ]
        still.append(float(changed[0] / max(changed[1], 1e-6)))
    if np.mean(still) < 0.35:
        yield Finding(
            "frozen", "The face stands still while he turns: each frame has its own.", steady_face.points
        )
        return
    ratio = float(np.mean(own) / max(np.mean(take), 1e-6))
    if lost := graded(ratio, FLICKER, steady_face.points):
        said = f"The face flickers: its warped temporal error is {ratio:.2f} of the take's, {FLICKER[0]:g} at most."
        yield Finding("flicker", said, lost)


@_on_shots(5)
def cube(shots: Shots) -> Iterable[Finding]:
    """Whether the LUT is one that every grading system loads: 33 nodes over 0 to 1, within it, and changing something."""
    table = shots.cube.table
    if (shots.cube.low, shots.cube.high) != ((0.0,) * 3, (1.0,) * 3):
        yield Finding("domain", f"{CUBE} has another domain than 0 to 1: solve it over code values.", 3)
    if table.min() < -0.01 or table.max() > 1.01:
        yield Finding(
            "beyond",
            f"{CUBE} leaves 0 to 1 ({table.min():.2f} to {table.max():.2f}): bend it into the gamut.",
            3,
        )
    if float(np.abs(table - lut.nodes(NODES)).mean()) < 0.01:
        yield Finding("nothing", f"{CUBE} changes nothing.", cube.points)


@_on_shots(10)
def match(shots: Shots) -> Iterable[Finding]:
    """Whether the second camera's frames, unseen ones, look like the first's through the cube."""
    away = [
        ciede2000.delta_e(colour.to_lab(lut.apply(frame, shots.cube)), colour.to_lab(reference)).ravel()
        for frame, reference in shots.unseen()
    ]
    told = ciede2000.summary(np.concatenate(away))
    lost = max(graded(told.mean, MATCHED, match.points), graded(told.p95, TAIL, match.points))
    if lost:
        said = f"On frames that you did not see, {told} is left; {MATCHED[0]:g} and {TAIL[0]:g} at most."
        yield Finding("off", said, lost)


@_on_shots(5)
def clean_grade(shots: Shots) -> Iterable[Finding]:
    """Whether the cube clips nothing of the shot, keeps its contrast and bands nowhere."""
    quality = lut.quality(shots.cube, shots.unseen()[0][0])
    for said in quality.problems():
        yield Finding("quality", f"{CUBE}: {said}", 3)


@_on_shots(5)
def graded_copy(shots: Shots) -> Iterable[Finding]:
    """Whether graded.mp4 is the second camera's shot through the delivered cube, frame for frame."""
    for number, (frame, shot) in enumerate(
        zip(shots.view, sealed_film(NAME, shots.word, "camera-b.mp4"), strict=True)
    ):
        same = psnr(frame, lut.apply(shot[..., :3], shots.cube))
        if not same >= film.VIEWED:
            frozen = number and psnr(frame, shots.view[0]) > 40
            said = f"Frame {number + 1} of {VIEW} is not camera-b.mp4 through {CUBE} ({same:.0f} dB, {film.VIEWED:g} at least)."
            yield Finding("frozen" if frozen else "other picture", said, graded_copy.points)
            return


@_on_shots(5)
def shots_declaration(shots: Shots) -> Iterable[Finding]:
    """Whether the man whose face was changed is named with his consent, and the notice says that a model changed it."""
    told, points = shots.told, shots_declaration.points
    yield from film.check_project(told)
    named = film.faces_of(told)
    if set(named) != {ACTOR}:
        said = f"One face was changed, {ACTOR}'s; {film.DECLARATION} names {untrusted.shown(', '.join(named) or 'nobody')}."
        yield Finding("faces", said, points)
        return
    yield from film.check_uses(named[ACTOR], USES)
    yield from film.check_consent(named[ACTOR], NAME, shots.word)
    wrong = list(film.check_disclosure(told, 2, 4, "the face was changed by one"))
    yield from wrong
    if not wrong:
        parts = told["disclosure"]["ai"]
        if not any(
            part["cut"] == 1 and part["part"] == ACTOR and part["method"].startswith("face changed")
            for part in parts
        ):
            said = (
                f"The disclosure does not say that {ACTOR}'s face was changed in shot 1: add ageing.mark(…)."
            )
            yield Finding("unmarked", said, 4)
    yield from film.check_files(shots.folder, told, 2)


GRADERS = (
    shots_complete, kept_outside, same_person, younger, detail, steady_face, cube, match, clean_grade, graded_copy,
    shots_declaration,
)  # fmt: skip
"""The artefact graders of film-face-and-grade, 80 points."""
