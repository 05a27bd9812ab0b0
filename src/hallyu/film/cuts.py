"""Where a film is cut: hard cuts, dissolves and fades, found by how much colours and edges change from frame to frame.

A hard cut changes both at once. A camera that moves changes edges and hardly the colours; a flash changes colours and
leaves the edges. So both are asked, and their geometric mean has to stand out from the frames around it.
Sources: Zabih, Miller and Mai 1995 (edge change ratio); Lienhart 1999 (comparison of detectors, dissolves).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

from hallyu.errors import HallyuError
from hallyu.film import colour

WIDTH = 96
"""Pixels across the small picture that is compared; its height follows."""
BINS = (16, 8, 8)
"""Steps of Y', Cb and Cr in the histogram."""
EDGE = 0.08
"""Slope of luma, in code values a pixel of the small picture, from which there is an edge."""
REACH = 3
"""Pixels by which an edge may move from frame to frame and still be the same."""
FLOOR = 0.16
"""Distance under which nothing is a cut, however quiet the frames around it are."""
RATIO = 3.0
"""How often larger than the mean distance around it a cut has to be."""
AROUND = 8
"""Frames on either side that the threshold follows."""
FLASH = 4
"""Frames that a flash lasts at most."""
LONGEST = 48
"""Frames of the longest dissolve that is looked for: 2 s at 24 frames a second."""
DISSOLVES = (8, 12, 18, 26, 36, LONGEST)
"""Lengths in frames that dissolves are looked for in."""
LEAST = 0.05
"""Code values (root of the mean square) by which the ends of a dissolve differ at least."""
BLEND = 0.45
"""Share of a dissolve's way that its frames may stray from the straight line between its ends: what moves in them."""
FLAT = 0.03
"""Standard deviation of code values under which a frame shows nothing: black, white or grey."""
SHARP = 0.02
"""Share of pixels on an edge from which a frame is sharp, and its edges count as much as its colours."""


@dataclass(frozen=True, eq=False)
class Look:
    """What is kept of a frame: a small picture of code values, its histogram (Y', Cb, Cr) and its edges."""

    small: np.ndarray
    histogram: np.ndarray
    edges: np.ndarray
    near_edges: np.ndarray


@dataclass(frozen=True)
class Transition:
    """From one shot to the next. first, last: the first frame that is not wholly the old shot, and the first that is
    wholly the new one; the same number for a cut. kind: "cut", "dissolve" or "fade" (through black or white).
    """

    first: int
    last: int
    kind: str = "cut"

    @property
    def frame(self) -> int:
        """Where an editor would put the cut: in the middle of a dissolve."""
        return (self.first + self.last) // 2


@dataclass(frozen=True)
class Score:
    """How found transitions compare with the true ones."""

    found: int
    true: int
    hits: int

    @property
    def precision(self) -> float:
        """Share of what was found that is true; 1.0 where nothing was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true ones that were found; 1.0 where there are none."""
        return self.hits / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return (
            f"{self.hits} of {self.true} found, {self.found - self.hits} false "
            f"(precision {self.precision:.2f}, recall {self.recall:.2f}, F1 {self.f1:.2f})"
        )


def look(frame: np.ndarray) -> Look:
    """What is kept of a frame (h, w, 3 or 4)."""
    height = max(16, round(WIDTH * frame.shape[0] / frame.shape[1]))
    small = cv2.resize(np.ascontiguousarray(frame[..., :3]), (WIDTH, height), interpolation=cv2.INTER_AREA)
    ycc = colour.to_ycbcr(small)
    ycc[..., 1:] += 0.5
    counts = cv2.calcHist([ycc], [0, 1, 2], None, BINS, [0, 1.001] * 3)
    # A step counts half for its neighbours: else a slow change of light would jump from one to the next.
    counts = ndimage.convolve1d(counts, [0.25, 0.5, 0.25], axis=0, mode="nearest")
    luma = ycc[..., 0]
    slope = np.hypot(*(cv2.Sobel(luma, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1))))
    edges = (slope > EDGE).astype(np.uint8)
    near = cv2.dilate(edges, np.ones((2 * REACH + 1,) * 2, np.uint8))
    return Look(small, counts / counts.sum(), edges, near)


def colour_distance(one: Look, other: Look) -> float:
    """0 (the same colours) to 1 (none in common): what the histograms do not share."""
    return float(1 - np.minimum(one.histogram, other.histogram).sum())


def edge_distance(one: Look, other: Look) -> float:
    """0 to 1: the larger of the shares of edges that went and that came, beyond REACH pixels."""
    shares = [0.0]
    for edges, near in ((one.edges, other.near_edges), (other.edges, one.near_edges)):
        if edges.any():
            shares.append(float((edges & (1 - near)).sum()) / float(edges.sum()))
    return max(shares)


def distance(one: Look, other: Look) -> float:
    """0 to 1: the geometric mean of what changed in colours and in edges; of blurred frames, mostly the colours."""
    sharp = min(1.0, max(int(one.edges.sum()), int(other.edges.sum())) / (SHARP * one.edges.size))
    return float(colour_distance(one, other) ** (1 - sharp / 2) * edge_distance(one, other) ** (sharp / 2))


def find(frames: Iterable[np.ndarray], dissolves: bool = True) -> list[Transition]:
    """The transitions of a film, in order. The frames pass through; some dozens of small pictures are kept.

    dissolves: look for dissolves and fades too, not only for hard cuts.
    """
    looks: dict[int, Look] = {}
    near: list[float] = [0.0]
    cuts, blends = [], []
    number = -1
    for number, frame in enumerate(frames):
        looks[number] = look(frame)
        if number:
            near.append(distance(looks[number - 1], looks[number]))
        _add_cut(cuts, looks, near, number - AROUND)
        if dissolves:
            blends += _blends(looks, number)
        looks.pop(number - LONGEST - AROUND, None)
    for late in range(max(number - AROUND + 1, 1), number + 1):
        _add_cut(cuts, looks, near, late)
    return _merged(cuts, blends)


def _add_cut(cuts: list[int], looks: dict[int, Look], near: Sequence[float], place: int) -> None:
    """Add *place* to the cuts if it stands out from the frames around it and nothing of before comes back after it."""
    if place < 1:
        return
    around = [
        near[n] for n in range(max(1, place - AROUND), min(len(near), place + AROUND + 1)) if n != place
    ]
    here, usual = near[place], float(np.median(around)) if around else 0.0
    if here < FLOOR + RATIO * usual or here < max(near[max(1, place - 2) : place + 3]):
        return
    if cuts and place - cuts[-1] <= 2:
        return
    change = lambda one, other: float(np.sqrt(((looks[other].small - looks[one].small) ** 2).mean()))
    first, last = max(0, place - 1 - FLASH), min(len(near) - 1, place + FLASH)
    if change(place - 1, place) < 0.5 * change(first, last):
        return  # a step of a dissolve: the whole change takes longer
    for before in range(first, place):
        for after in range(place, last + 1):
            if after - before > 1 and distance(looks[before], looks[after]) < here / 2:
                return  # a flash, or something that passed close to the camera
    cuts.append(place)


@dataclass(frozen=True)
class _Blend:
    """What may be a dissolve. size: mean square of what changes. to_nothing: its last frame shows nothing."""

    first: int
    last: int
    size: float
    to_nothing: bool


def _blends(looks: dict[int, Look], end: int) -> Iterator[_Blend]:
    """Dissolves that end at frame *end*: what lies between lies on the straight line from the first to the last frame."""
    last = looks[end].small
    for length in DISSOLVES:
        start = end - length
        if start not in looks:
            return
        way = last - looks[start].small
        size = float((way**2).mean())
        if size < LEAST**2:
            continue
        for share in (0.5, 0.25, 0.75):
            passed = looks[start + round(share * length)].small - looks[start].small
            done = float((passed * way).mean()) / size
            astray = float(((passed - done * way) ** 2).mean()) / size
            if abs(done - round(share * length) / length) > 0.16 or astray > BLEND**2:
                break
        else:
            middle = looks[start + length // 2].small
            if (
                distance(looks[start], looks[end]) > 2 * FLOOR
                and not _lit(looks[start].small, last)
                and not _moved(looks[start].small, middle, last)
            ):
                yield _Blend(start, end, size, float(last.std()) < FLAT)


def _lit(start: np.ndarray, end: np.ndarray) -> bool:
    """True when both frames show the same in another light."""
    one, two = (colour.luma(each) - colour.luma(each).mean() for each in (start, end))
    both = float(np.sqrt((one**2).mean() * (two**2).mean()))
    return both > FLAT**2 and float((one * two).mean()) > 0.85 * both


def _moved(start: np.ndarray, middle: np.ndarray, end: np.ndarray) -> bool:
    """True when the middle frame is the first one moved to the side, rather than a mixture of both: a pan."""
    height, width = middle.shape[:2]
    rows, columns = slice(height // 5, height - height // 5), slice(width // 3, width - width // 3)
    core = np.ascontiguousarray(middle[rows, columns])
    likeness = cv2.matchTemplate(start, core, cv2.TM_SQDIFF)
    moved = float(likeness.min()) / core.size
    mixed = float((((start + end) / 2 - middle)[rows, columns] ** 2).mean())
    return moved < mixed


def _merged(cuts: list[int], blends: list[_Blend]) -> list[Transition]:
    """Of dissolves that overlap, the one that changes most; one to nothing and the next one from it are a fade."""
    blends = [each for each in blends if not any(each.first < cut <= each.last for cut in cuts)]
    kept: list[_Blend] = []
    for blend in sorted(blends, key=lambda each: (-each.size, each.last - each.first)):
        if all(blend.last <= other.first or blend.first >= other.last for other in kept):
            kept.append(blend)
    kept.sort(key=lambda each: each.first)
    found: list[Transition] = []
    for number, blend in enumerate(kept):
        if number and kept[number - 1].to_nothing and blend.first - kept[number - 1].last <= LONGEST:
            found[-1] = Transition(found[-1].first, blend.last, "fade")
        else:
            found.append(Transition(blend.first + 1, blend.last, "dissolve"))
    inside = lambda cut: any(each.first - 1 <= cut <= each.last for each in found)
    return sorted(
        [*found, *(Transition(cut, cut) for cut in cuts if not inside(cut))], key=lambda each: each.first
    )


def shots(transitions: Sequence[Transition], frames: int) -> list[range]:
    """The frames of each shot, of a film of *frames* frames; a dissolve is shared in its middle.

    >>> shots([Transition(24, 24), Transition(40, 50, "dissolve")], 96)
    [range(0, 24), range(24, 45), range(45, 96)]
    """
    edges = [0, *(each.frame for each in transitions), frames]
    return [range(first, last) for first, last in pairwise(edges) if last > first]


def evaluate(found: Sequence[Transition], true: Sequence[Transition], tolerance: int = 1) -> Score:
    """Precision and recall. A transition is found where one of the same place has not been counted yet: a hard cut
    within *tolerance* frames, a dissolve where the two overlap. As TRECVID counts shot boundaries.
    """
    left, hits = list(found), 0
    for one in sorted(true, key=lambda each: each.first):
        near = [
            each for each in left if each.first - tolerance <= one.last and each.last + tolerance >= one.first
        ]
        if near:
            left.remove(min(near, key=lambda each: abs(each.frame - one.frame)))
            hits += 1
    return Score(len(found), len(true), hits)


def by_pyscenedetect(path: str | Path) -> list[Transition]:
    """The hard cuts that PySceneDetect's adaptive detector finds in a file, with its own settings."""
    import scenedetect

    try:
        scenes = scenedetect.detect(str(path), scenedetect.AdaptiveDetector())
    except (OSError, scenedetect.VideoOpenFailure) as error:
        raise HallyuError(f"{Path(path).name} cannot be opened by PySceneDetect: choose a film.") from error
    return [Transition(start.frame_num, start.frame_num) for start, _ in scenes[1:]]
