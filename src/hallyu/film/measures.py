"""The measures that stand beside a shot's steps: rows of numbers, with the keys by which a page words them.

Each function looks at one step; hallyu.film.finishing says what a Finished is, and hallyu.film.studio a Whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import (
    apparent_age,
    cdl,
    ciede2000,
    comp,
    face_metrics,
    faces,
    finishing,
    framing,
    identity,
    lut,
    matte_metrics,
    scopes,
    spill,
)
from hallyu.film.faces import Face
from hallyu.film.finishing import Finished
from hallyu.film.match import Match
from hallyu.film.studio import Whole


class Word(str):
    """A value that is the key of a word."""


Value = float | str | None
"""A number, what is shown as it is, a Word, or None for what cannot be measured."""


@dataclass(frozen=True)
class Row:
    """A measure. key, unit: of words; a unit may be "". before: "" where there is no before. digits: after the point."""

    key: str
    after: Value
    unit: str = ""
    before: Value = ""
    digits: int = 1

    def said(self, value: Value) -> str:
        """A value of this row, but for a Word, as text."""
        return "–" if value is None else value if isinstance(value, str) else f"{value:.{self.digits}f}"


def of_shot(info: video.Info, frame: np.ndarray, found: Sequence[Face]) -> list[Row]:
    """What a film or picture is, and how one of its frames (h, w, 3), with the faces *found* in it, is composed."""
    yes = lambda there: Word("yes" if there else "no")
    rows = [
        Row("size", f"{info.width} × {info.height}", "px"),
        Row("frame_rate", f"{float(info.rate):.3f}".rstrip("0").rstrip("."), "fps"),
        Row("length", Word("still")) if info.still else Row("length", info.seconds, "s", digits=2),
        Row("frames", max(1, info.length), digits=0),
        Row("depth", info.bits, "bit", digits=0),
        Row("codec", info.codec),
        Row("own_matte", yes(info.alpha)),
        Row("sound", yes(info.has_audio)),
        Row("faces", len(found), digits=0),
    ]
    if found:
        framed = composed(frame, found)
        rows += [
            Row("shot_size", Word(f"size_{framed.size}")),
            Row("composition_score", 100 * framed.score, "of_100", digits=0),
        ]
    read = scopes.readings(frame, nearest(found, frame))
    return [*rows, Row("luma", f"{100 * read.black:.0f}–{100 * read.white:.0f}", "percent")]


def composed(frame: np.ndarray, found: Sequence[Face]) -> framing.Framing:
    """How a frame with these faces is composed."""
    return framing.assess([framing.Subject.of(face) for face in found], frame.shape[1::-1])


def of_matte(done: Finished, kind: str, truth: np.ndarray | None = None) -> list[Row]:
    """What the matte covers, what it leaves of the screen's light, and, of a known one, how far it is from the truth.

    kind: hallyu.film.spill's of the screen. truth: the exact matte (h, w).
    """
    if done.cutout is None:
        return []
    matte, figure = done.cutout[..., 3], done.cutout[..., :3]
    mixed = float(((matte > 0.05) & (matte < 0.95)).mean())
    rows = [
        Row("covered", 100 * float(matte.mean()), "percent_frame"),
        Row("mixed", 100 * mixed, "percent_frame", digits=2),
        Row("spill", spill.spilt(figure, matte, kind), "code", spill.spilt(done.before, matte, kind)),
    ]
    if truth is not None:
        rows += [
            Row("mad", matte_metrics.mad(matte, truth), "thousandth", digits=2),
            Row("mse", matte_metrics.mse(matte, truth), "thousandth", digits=2),
            Row("grad", matte_metrics.grad(matte, truth), "thousands", digits=2),
        ]
    return rows


def of_comp(done: Finished, ground: np.ndarray | None) -> list[Row]:
    """How well the figure stands in its place *ground* (h, w, 3), beside the figure merely laid over it."""
    if ground is None or done.cutout is None:
        return []
    figure, matte = done.cutout[..., :3], done.cutout[..., 3]
    laid, rows = comp.comp(figure, matte, ground), []
    for key, measure, unit, digits in (
        ("rim", comp.rim_step, "code", 1), ("black", comp.black_gap, "code", 1), ("grain_is", comp.grain_ratio, "ratio", 2),
    ):  # fmt: skip
        try:
            rows.append(Row(key, measure(done.frame, matte), unit, measure(laid, matte), digits))
        except HallyuError:  # too little of the figure, or of the place, is seen to measure it
            rows.append(Row(key, None, unit, None))
    return rows


def of_face(done: Finished, face: Face) -> list[Row]:
    """What the change did to the *face* and to everything else."""
    if done.face is None:
        return []
    after = done.face.frame
    found = sorted(faces.detect(after), key=lambda other: float(np.abs(other.points - face.points).mean()))
    other = found[0] if found else face
    alike = identity.cosine(identity.embed(done.before, face), identity.embed(after, other))
    ages = apparent_age.estimate(done.before, face), apparent_age.estimate(after, other)
    detail = 100 * face_metrics.detail_kept(done.before, after, face)
    return [
        Row("apparent_age", ages[1], "years", ages[0], 0),
        Row("likeness", alike, "same_from", 1.0, 2),
        Row("detail", detail, "percent", 100, 0),
        Row("outside", face_metrics.outside(done.before, done.face), "db", digits=0),
        Row("touched", 100 * float((done.face.mask > 0).mean()), "percent_frame"),
    ]


def nearest(faces: Sequence[Face], frame: np.ndarray) -> np.ndarray | None:
    """The box of the largest face, (h, w) bool, as hallyu.film.scopes reads its skin; None without a face."""
    if not faces:
        return None
    left, top, wide, high = max((face.box for face in faces), key=lambda box: box[2] * box[3])
    inside = np.zeros(frame.shape[:2], bool)
    inside[max(0, round(top)) : round(top + high), max(0, round(left)) : round(left + wide)] = True
    return inside


def of_grade(
    done: Finished,
    grade: lut.Cube | cdl.CDL | None,
    found: Match | None = None,
    faces: Sequence[Face] = (),
) -> list[Row]:
    """What a grade reaches and what it costs. found: the match that it comes from, where it does. faces: in the frame."""
    near = nearest(faces, done.frame)
    read, graded = scopes.readings(done.frame, near), scopes.readings(done.graded, near)
    rows = []
    if found is not None:
        rows += [
            Row("de_mean", found.after.mean, "de", found.before.mean),
            Row("de_p95", found.after.p95, "de", found.before.p95),
            Row("de_cdl", found.after_cdl.mean, "de", found.before.mean),
        ]
    change = ciede2000.difference(done.frame.clip(0, 1), done.graded.clip(0, 1))
    rows += [
        Row("change", change.mean, "de", 0.0),
        Row("clipped", 100 * graded.clipped, "percent", 100 * read.clipped, 2),
        Row("crushed", 100 * graded.crushed, "percent", 100 * read.crushed, 2),
        Row("skin", graded.skin, "degrees", read.skin, 0),
    ]
    if grade is not None:
        quality = lut.quality(finishing.table(grade), done.frame.clip(0, 1))
        rows.append(Row("steepest", quality.steepest, "times", 1.0))
    return rows


def of_whole(whole: Whole) -> list[Row]:
    """What was measured while the whole shot was worked through."""
    steady = whole.steady
    rows = [Row("flicker", steady.after, "code_frame", steady.before)]
    if steady.matte is not None:
        rows.append(Row("flicker_matte", steady.matte, "hundredth_frame", digits=2))
    if whole.mad is not None:
        rows += [
            Row("mad", whole.mad, "thousandth", digits=2),
            Row("mse", whole.mse, "thousandth", digits=2),
            Row("dtssd", whole.dtssd, "hundredth", digits=2),
        ]
    return [*rows, Row("speed", whole.rate, "fps", digits=2)]
