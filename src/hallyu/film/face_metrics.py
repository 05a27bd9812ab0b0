"""What a change did to a face, measured on the frames: likeness, apparent age, what was left alone, what flickers.

No single figure is enough, and each has a way to be cheated: a blurred face looks younger (ask for the detail that was
kept), another face looks younger too (ask for the likeness), a frozen one does not flicker (the motion is taken from the
frames before the change). So they are read together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import apparent_age, faces, identity, motion, regions
from hallyu.film.ageing import Aged
from hallyu.film.faces import Face

EXACT = 99.0
"""dB that psnr gives for pixels that did not change at all."""


def psnr(one: np.ndarray, other: np.ndarray, where: np.ndarray | None = None) -> float:
    """Peak signal-to-noise ratio in dB of two pictures with values 0 to 1; EXACT when they are the same.

    where: bool (h, w), the pixels that count.

    >>> psnr(np.zeros((2, 2, 3)), np.full((2, 2, 3), 0.1))
    20.0
    """
    if one.shape != other.shape:
        raise HallyuError(
            f"The frames have the sizes {one.shape} and {other.shape}: compare frames of one size."
        )
    error = (one.astype(np.float64) - other) ** 2
    mean = float(error[where].mean() if where is not None and where.any() else error.mean())
    return EXACT if mean == 0 else min(EXACT, float(np.round(-10 * np.log10(mean), 6)))


def outside(before: np.ndarray, after: Aged) -> float:
    """dB: how exactly the frame was kept where the mask is 0."""
    where = after.mask <= 0
    return psnr(before, after.frame, where) if where.any() else EXACT


def detail_kept(before: np.ndarray, after: np.ndarray, face: Face) -> float:
    """How much of the fine detail of eyes, brows and lips is left: 1 all, 0 none. A change of age leaves it; blur does not.

    The gradient's energy in the canonical crop, after over before.
    """
    crops = [regions.align(frame[..., :3], face.points)[0] for frame in (before, after)]
    points = regions.move(face.points, regions.crop_matrix(regions.anchors_of(face.points)))
    where = regions.mask(points, regions.NO_SKIN, soft=0) > 0.5
    energy = []
    for crop in crops:
        grey = cv2.cvtColor(np.ascontiguousarray(crop, np.float32), cv2.COLOR_RGB2GRAY)
        fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.5)
        energy.append(float((fine[where] ** 2).mean()))
    return float(np.sqrt(energy[1] / max(energy[0], 1e-12)))


@dataclass(frozen=True)
class Beside:
    """A made face beside the true one: rendered, or shot, at the age that was wanted.

    error: mean difference in steps of 8 bits; error_untouched: of the frame as it was. likeness: cosine of the made and
    the true face; likeness_untouched: of the frame as it was and the true one. age_before, age_made, age_true: apparent,
    in years.
    """

    error: float
    error_untouched: float
    likeness: float
    likeness_untouched: float
    age_before: float
    age_made: float
    age_true: float

    @property
    def gained(self) -> float:
        """Share of the way to the true frame that was gone: 1 all, 0 nothing, below 0 the wrong way."""
        return 1 - self.error / max(self.error_untouched, 1e-9)


def beside(before: np.ndarray, made: np.ndarray, true: np.ndarray, where: np.ndarray | None = None) -> Beside:
    """The figures of a change whose answer is known; all (h, w, 3) float32 of one size, one face in each.

    where: bool (h, w), the pixels whose error counts, the actor for instance. Raises HallyuError when a face is missing.
    """
    pixels = slice(None) if where is None else where
    error = [float(np.abs(frame - true)[pixels].mean() * 255) for frame in (made, before)]
    names = "The frame before", "The made frame", "The true frame"
    found = [faces.detect(frame) for frame in (before, made, true)]
    for name, here in zip(names, found, strict=True):
        if not here:
            raise HallyuError(f"{name} shows no face: compare frames in which the face is seen.")
    old, new, right = (
        identity.embed(f, here[0]) for f, here in zip((before, made, true), found, strict=True)
    )
    ages = [apparent_age.estimate(f, here[0]) for f, here in zip((before, made, true), found, strict=True)]
    return Beside(*error, identity.cosine(new, right), identity.cosine(old, right), *ages)


# Flicker


def warp_error(
    previous: np.ndarray,
    current: np.ndarray,
    made: tuple[np.ndarray, np.ndarray],
    where: np.ndarray | None = None,
) -> float:
    """How much the *made* frames flicker: the root mean square by which the second differs from the first moved along.

    previous, current: the frames before the change; the motion is theirs, so that a frozen result is no stable one.
    where: bool (h, w) of the current frame, the face for instance. In code values times 1000. Pixels that are covered in
    one of the two do not count. Source: Lai et al., "Learning Blind Video Temporal Consistency" (2018).
    """
    back, forth = motion.flow(current, previous, fine=True), motion.flow(previous, current, fine=True)
    counts = motion.seen_in_both(back, forth)
    if where is not None:
        counts &= where
    if not counts.any():
        return 0.0
    error = (made[1][..., :3] - motion.warped(np.ascontiguousarray(made[0][..., :3]), back)) ** 2
    return float(np.sqrt(error[counts].mean()) * 1000)


# A whole shot


@dataclass(frozen=True)
class Report:
    """A change of age, measured over a shot. Means over the frames with a face.

    likeness: cosine of the identities before and after. age_before, age_after: apparent, in years. outside: dB, the worst
    frame, where the mask is 0. detail: of eyes, brows and lips that is left, 0 to 1. flicker, flicker_before: warped
    temporal error within the mask, code values times 1000, of the result and of the frames as they were.
    """

    frames: int
    likeness: float
    age_before: float
    age_after: float
    outside: float
    detail: float
    flicker: float
    flicker_before: float

    @property
    def years(self) -> float:
        """How much older the face looks; below 0 younger."""
        return self.age_after - self.age_before


def report(pairs: Iterable[tuple[np.ndarray, Aged]], every: int = 1) -> Report:
    """The figures of a shot, from its frames before and after. Holds two frames at a time.

    every: measure likeness and age on each so manieth frame; flicker is measured on all. Raises HallyuError when no frame
    shows exactly one face.
    """
    rows, flickers, worst, count = [], [], EXACT, 0
    last: tuple[np.ndarray, Aged] | None = None
    for count, (before, after) in enumerate(_whole(pairs), 1):
        worst = min(worst, outside(before, after))
        if last is not None and (after.mask > 0).any():
            inside = after.mask > 0.5
            flickers.append((warp_error(last[0], before, (last[1].frame, after.frame), inside),
                             warp_error(last[0], before, (last[0], before), inside)))  # fmt: skip
        if (count - 1) % every == 0 and (found := faces.detect(before)):
            old, new = found[0], faces.detect(after.frame)
            if new:
                rows.append((identity.cosine(identity.embed(before, old), identity.embed(after.frame, new[0])),
                             apparent_age.estimate(before, old), apparent_age.estimate(after.frame, new[0]),
                             detail_kept(before, after.frame, old)))  # fmt: skip
        last = (before, after)
    if not rows:
        raise HallyuError(
            "No frame of this shot shows a face before and after the change: choose a shot with a face."
        )
    likeness, age_before, age_after, detail = np.mean(rows, axis=0).tolist()
    flicker, flicker_before = np.mean(flickers, axis=0).tolist() if flickers else (0.0, 0.0)
    return Report(count, likeness, age_before, age_after, worst, detail, flicker, flicker_before)


def _whole(pairs: Iterable[tuple[np.ndarray, Aged]]) -> Iterator[tuple[np.ndarray, Aged]]:
    for before, after in pairs:
        if before.shape != after.frame.shape:
            raise HallyuError(
                f"The frames before and after have the sizes {before.shape} and {after.frame.shape}: compare one shot."
            )
        yield before, after
