"""Match a shot to a reference shot: one LUT, one CDL, and by how much they bring the two together.

Where both pictures show the same thing, as two cameras on one talk do, pixels are paired by place. Otherwise only the
heaps of colours are compared, and that is fair only if both show the same kinds of things: give mattes of the actor
when the backgrounds differ, or a grey wall will be graded towards a forest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import cdl as ten_numbers
from hallyu.film import ciede2000, colour, lut, transfer
from hallyu.film.cdl import CDL
from hallyu.film.ciede2000 import Difference

PAIRS = 12_000
"""Pairs of colours that a grade is solved from."""
SMOOTHNESS = {"pixels": 1e-5, "colours": 1e-3}
"""Of the LUT: pairs by place can be believed closely, pairs by transport only in the large."""

LONGEST = 960
"""Pixels of the long side at which two views are laid over each other."""

_SKIN_COUNTS = 4.0  # times as much as anything else, for nobody forgives a wrong face
_FEWEST = 30  # colours of each side
_ENOUGH = 40  # points of interest that fit one homography, before two pictures count as one view
_SEEN_ALIKE = (
    0.01  # mean change in code value of a warped pixel between neighbours, above which it lies on an edge
)

Frames = np.ndarray | Sequence[np.ndarray]


@dataclass(frozen=True)
class Match:
    """A grade that brings a shot to a reference.

    by: "pixels" when colours were paired by place, "colours" when only the heaps were compared.
    used: share of the pairs by place that one grade explains; the others are taken for things that moved.
    before, after, after_cdl: CIEDE2000 between shot and reference: ungraded, through the LUT, through the CDL alone. On
        pixels that the grade was not solved from. By "colours" it is the cost of moving one heap onto the other, and
        two draws from the reference itself differ by *floor* already; by "pixels" that is 0.
    skin: the same after the LUT, of what is skin in the reference; None when there is hardly any.
    quality: what the LUT does to the shot beside its look.
    """

    lut: lut.Cube
    cdl: CDL
    by: str
    used: float
    before: Difference
    after: Difference
    after_cdl: Difference
    floor: float
    skin: Difference | None
    quality: lut.Quality

    def __str__(self) -> str:
        return f"by {self.by}: before {self.before}, after {self.after}, by CDL alone {self.after_cdl}"

    def problems(self) -> list[str]:
        """One sentence for each reason not to deliver this grade."""
        found = self.quality.problems()
        if self.by == "pixels" and self.after.p95 > ciede2000.MATCHED:
            found.append(
                f"{self.after} is left, more than a match may have; look where, and grade that by hand."
            )
        if self.used < 0.7:
            found.append(
                f"Only {self.used:.0%} of what both show follows one grade; the light changed, or half the picture moved."
            )
        if self.by == "colours" and self.after.mean > 2 * self.floor:
            found.append(
                f"{self.after} is left and {self.floor:.1f} would do: shot and reference hold different things; "
                "give mattes of what both show."
            )
        return found


def match(
    shot: Frames, reference: Frames, masks: tuple[np.ndarray, np.ndarray] | None = None,
    smoothness: float | None = None, keep_skin: bool = False, title: str = "", seed: int = 0,
) -> Match:  # fmt: skip
    """The grade that takes *shot* to the look of *reference*: a frame of each, or some frames from all over each.

    masks: (h, w) bool of shot and reference; only what they cover is compared, such as the actor or the face in both,
        and beside it the blacks of the whole frames. Of frames with a matte only what is there is compared.
    smoothness: as of lut.solve; without it SMOOTHNESS, or up to 16 times as much if the LUT would clip or band otherwise.
    keep_skin: for a reference that is a look from elsewhere, not the same scene: skin keeps its hue (lut.protect_skin).
    Raises HallyuError for what is no frame, for masks of another size or that cover nothing,
    and for fewer than 30 pixels.
    """
    shots, references = _frames(shot), _frames(reference)
    matted = any(frame.shape[2] == 4 for frame in (*shots, *references))
    pairs = None if masks or matted else _pairs_by_place(shots, references, seed)
    if pairs is None:
        by, used, pairs, ends, judge, compare, floor = (
            "colours",
            1.0,
            *_pairs_by_colour(shots, references, masks, seed),
        )
    else:
        by, (*pairs, used), compare, floor = "pixels", pairs, _paired, 0.0
        ends, judge = (pairs[0][:0], pairs[1][:0]), pairs[1][1::2]
    source, target = pairs
    # Every other pair solves the grade, the rest judge it.
    given, wanted = (
        np.concatenate([pair[::2], end]).clip(0, 1) for pair, end in zip(pairs, ends, strict=True)
    )
    weights = 1 + (_SKIN_COUNTS - 1) * colour.skin(wanted)
    tried = []
    for smooth in [smoothness] if smoothness else [SMOOTHNESS[by] * more for more in (1, 4, 16)]:
        grade = lut.solve(given, wanted, lut.SIZE, smooth, weights, title)
        if keep_skin:
            grade = lut.protect_skin(grade)
        tried.append((grade, lut.quality(grade, shots[len(shots) // 2])))
        if not tried[-1][1].problems():
            break
    grade, quality = min(tried, key=lambda one: len(one[1].problems()))
    whole = transfer.sample(shots, 2000, seed=seed)
    primary = ten_numbers.fit(whole, lut.apply(whole, grade), title)
    test = source[1::2]
    through_lut, through_cdl = lut.apply(test, grade), ten_numbers.apply(test, primary)
    our_skin, their_skin = colour.skin(target[1::2]) > 0.5, colour.skin(judge) > 0.5
    enough = min(our_skin.sum(), their_skin.sum()) >= 50
    return Match(
        grade, primary, by, used,
        compare(test, judge), compare(through_lut, judge), compare(through_cdl, judge), floor,
        compare(through_lut[our_skin], judge[their_skin]) if enough else None,
        quality,
    )  # fmt: skip


def _frames(frames: Frames) -> list[np.ndarray]:
    frames = [frames] if isinstance(frames, np.ndarray) else list(frames)
    if not frames:
        raise HallyuError("There are no frames to match; give one or more of the shot and of the reference.")
    return [colour.check(frame) for frame in frames]


def _parted(heap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The colours that are not clipped, and those that are; of a heap that is clipped almost everywhere all are kept."""
    lost = transfer.clipped(heap)
    return (heap[~lost], heap[lost]) if lost.mean() < 0.9 else (heap, heap[:0])


def _ends(source, blown, wanted, their_blown) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that take the shot's white to the reference's white, and its black to the black.

    Blown colours go to the brightest 0.5 % that it has, crushed ones to the darkest.
    """
    light, middle = colour.luma(blown), np.median(colour.luma(source))
    found = [(blown[:0], blown[:0])]
    everything = np.concatenate([wanted, their_blown])
    order = np.argsort(colour.luma(everything))
    few = max(1, len(order) // 200)
    for bright, end in ((True, order[-few:]), (False, order[:few])):
        ours = blown[(light > middle) == bright][: PAIRS // 20]
        found.append((ours, np.broadcast_to(everything[end].mean(axis=0), ours.shape)))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def _blacks(shots, references, seed) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that take the darkest 0.5 % of the whole shot to the reference's: a face alone says nothing about black."""
    ours, theirs = (transfer.sample(frames, 2 * PAIRS, seed=seed) for frames in (shots, references))
    ours, theirs = (
        heap[np.argsort(colour.luma(heap))[: max(1, len(heap) // 200)]] for heap in (ours, theirs)
    )
    return np.resize(ours, (PAIRS // 20, 3)), np.broadcast_to(theirs.mean(axis=0), (PAIRS // 20, 3))


def _paired(one: np.ndarray, other: np.ndarray) -> Difference:
    return ciede2000.summary(ciede2000.delta_e(colour.to_lab(one), colour.to_lab(other)))


# --- pairs by colour --------------------------------------------------------------------------------------------------


def _pairs_by_colour(shots, references, masks, seed) -> tuple:
    """Pairs by transport, pairs of the ends, the colours to judge by, how to compare with them, and the least there is."""
    ours, theirs = masks or (None, None)
    source, blown = _parted(transfer.sample(shots, 2 * PAIRS, ours, seed))
    wanted, their_blown = _parted(transfer.sample(references, 2 * PAIRS, theirs, seed + 1))
    if min(len(source), len(wanted)) < _FEWEST:
        raise HallyuError(
            f"There are {len(source)} pixels of the shot and {len(wanted)} of the reference to compare; "
            f"give frames or masks of {_FEWEST} or more."
        )
    target = transfer.sliced(source[::2], wanted[::2], seed=seed)(source)
    judge, compare = wanted[1::2], lambda graded, others: transfer.distance(graded, others, seed)
    ends = _ends(source, blown, wanted, their_blown)
    if masks:
        ends = tuple(
            np.concatenate(both) for both in zip(ends, _blacks(shots, references, seed), strict=True)
        )
    return (source, target), ends, judge, compare, compare(wanted[::2], judge).mean


# --- pairs by place ---------------------------------------------------------------------------------------------------


def same_view(shot: np.ndarray, reference: np.ndarray) -> np.ndarray | None:
    """The homography (3, 3) that lays *shot* over *reference* in pixels, or None when they do not show the same thing.

    Points of interest (SIFT) are paired by what surrounds them, in luma and with the contrast evened out, so that
    the grade does not matter; most must agree on one plane. Source: D. Lowe (2004); M. Fischler and R. Bolles (1981).
    """
    import cv2

    even, finder = cv2.createCLAHE(4.0, (8, 8)), cv2.SIFT_create(2000)
    grey = [
        even.apply((colour.luma(frame).clip(0, 1) * 255).round().astype(np.uint8))
        for frame in (shot, reference)
    ]
    (points, marks), (others, their_marks) = (finder.detectAndCompute(picture, None) for picture in grey)
    if marks is None or their_marks is None or len(their_marks) < 2:
        return None
    near = [pair for pair in cv2.BFMatcher().knnMatch(marks, their_marks, k=2) if len(pair) == 2]
    sure = [best for best, second in near if best.distance < 0.75 * second.distance]
    if len(sure) < _ENOUGH:
        return None
    cv2.setRNGSeed(0)
    places = np.float32([points[pair.queryIdx].pt for pair in sure])
    theirs = np.float32([others[pair.trainIdx].pt for pair in sure])
    plane, fits = cv2.findHomography(places, theirs, cv2.RANSAC, 2.0)
    return plane if plane is not None and fits.sum() >= _ENOUGH else None


def _pairs_by_place(shots, references, seed) -> tuple[np.ndarray, np.ndarray, float] | None:
    """(n, 3) colours of shot and reference at the same things, and the share that was kept; None when too little fits."""
    import cv2

    source, target = [], []
    for shot, reference in zip(shots, references, strict=False):
        shot, reference = _small(shot), _small(reference)
        plane = same_view(shot, reference)
        if plane is None:
            return None
        height, width = reference.shape[:2]
        # Both a little soft: a pixel's colour should not hang on half a pixel's place, nor on grain.
        laid = cv2.warpPerspective(cv2.GaussianBlur(shot, (0, 0), 1.5), plane, (width, height))
        soft = cv2.GaussianBlur(reference, (0, 0), 1.5)
        covered = cv2.warpPerspective(np.ones(shot.shape[:2], np.float32), plane, (width, height)) == 1
        light = colour.luma(soft)
        edge = np.hypot(cv2.Sobel(light, -1, 1, 0, scale=1 / 8), cv2.Sobel(light, -1, 0, 1, scale=1 / 8))
        usable = covered & (edge <= np.median(edge[covered]))
        source.append(laid[usable])
        target.append(soft[usable])
    source, target = np.concatenate(source), np.concatenate(target)
    if len(source) < 500:
        return None
    pick = np.random.default_rng(seed).permutation(len(source))[: 2 * PAIRS]
    return _without_strangers(source[pick], target[pick])


def _small(frame: np.ndarray) -> np.ndarray:
    """The frame, no longer than LONGEST: what 4K shows more is grain, and its points of interest take gigabytes."""
    import cv2

    scale = LONGEST / max(frame.shape[:2])
    return frame if scale >= 1 else cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _without_strangers(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The pairs that one grade explains, and their share: an actor who moved between the two cameras is no pair.

    A primary grade is fitted to all, then twice to the better 60 % of the pairs (least trimmed squares: P. Rousseeuw,
    1984). What a look does beyond it, a coarse LUT of the pairs near it tells.
    """
    wanted = colour.to_lab(target)
    off = np.zeros(len(source))
    for _ in range(3):
        near = off <= np.quantile(off, 0.6)
        primary = ten_numbers.fit(source[near][:1000], target[near][:1000])
        off = np.linalg.norm(colour.to_lab(ten_numbers.apply(source, primary)) - wanted, axis=1)
    near = off <= max(6 * np.median(off), 2.0)
    coarse = lut.solve(source[near], target[near], 9, 1e-4)
    off = np.linalg.norm(colour.to_lab(lut.apply(source, coarse)) - wanted, axis=1)
    known = off <= max(4 * np.median(off), 2.0)
    return source[known], target[known], float(known.mean())
