"""Cutting a tall strip into images a platform accepts, without cutting a face, a balloon or a letter.

Equal slices fall where they fall. Here the cut rows are chosen: the fewest slices, then the fewest cuts
outside gutters (or these two the other way round), then the most even heights. Dynamic programming finds the
best choice exactly (R. Bellman, 1957; the same idea as line breaking in D. Knuth and M. Plass, "Breaking
Paragraphs into Lines", 1981).
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from hallyu.errors import HallyuError
from hallyu.webtoon.panel import Box


class NamedBox(NamedTuple):
    """Something that must stay whole: its kind ("face", "balloon", "effect", "notice"), name and box."""

    kind: str
    name: str
    box: Box


FIRST = ("slices", "gutters")
"""What matters most: as few slices as can be, or as few cuts outside gutters. Evenness always comes last."""


def best_cuts(allowed: np.ndarray, preferred: np.ndarray, limit: int, first: str = "slices") -> list[int]:
    """The rows at which to cut: the best choice by number, then by place (or by place first), then by evenness.

    A cut at row r separates row r - 1 from row r. allowed, preferred: bool (height + 1,), one for each
    possible cut; the strip's two ends are always allowed. limit: the tallest slice in pixels. first: one of FIRST.
    Returns the cuts from 0 to height, both included, so that slice i runs from cuts[i] to cuts[i + 1].
    Raises HallyuError when a stretch longer than *limit* has no allowed row.

    >>> anywhere = np.ones(11, bool)
    >>> best_cuts(anywhere, anywhere, limit=4)
    [0, 3, 6, 10]
    >>> gutter = np.isin(np.arange(11), [4, 8])
    >>> best_cuts(anywhere, gutter, limit=4)
    [0, 4, 8, 10]
    """
    height = len(allowed) - 1
    # One number orders the three wishes: evenness (sum of squared heights) can never add up to the lesser
    # price, and the lesser price, paid for every cut, can never add up to the greater.
    lesser = limit * height + 1
    greater = lesser * (height + 1)
    slice_, art = (greater, lesser) if first == "slices" else (lesser, greater)
    squares = np.arange(limit, 0, -1, dtype=np.int64) ** 2
    never = np.iinfo(np.int64).max // 2
    best = np.full(height + 1, never, np.int64)
    came_from = np.zeros(height + 1, np.int64)
    best[0] = 0
    for row in range(1, height + 1):
        if not allowed[row] and row < height:
            continue
        top = max(0, row - limit)
        costs = best[top:row] + squares[limit - (row - top) :]
        cheapest = int(costs.argmin())
        if costs[cheapest] >= never:
            continue
        through_art = 0 if preferred[row] or row == height else art
        best[row] = costs[cheapest] + slice_ + through_art
        came_from[row] = top + cheapest
    if best[height] >= never:
        raise HallyuError(_stuck(best < never, limit))
    cuts = [height]
    while cuts[-1] > 0:
        cuts.append(int(came_from[cuts[-1]]))
    return cuts[::-1]


def slice_rows(
    height: int,
    limit: int,
    protected: Sequence[NamedBox],
    gutters: Iterable[tuple[int, int]] = (),
    first: str = "slices",
) -> list[tuple[int, int]]:
    """Rows (y0, y1) of each slice of a strip, none taller than *limit*, none cutting a protected box.

    gutters: row ranges (y0, y1) between panels, where cuts are preferred. first: one of FIRST.
    Raises HallyuError naming the boxes when they leave no row to cut.

    >>> balloon = NamedBox("balloon", "c01-1", (100, 900, 400, 1400))
    >>> slice_rows(2000, 1280, [balloon])
    [(0, 900), (900, 2000)]
    """
    if first not in FIRST:
        raise HallyuError(f'The slicer can put {" or ".join(FIRST)} first, not "{first}".')
    for cluster in clusters(protected):
        y0, y1 = cluster[0].box[1], max(item.box[3] for item in cluster)
        if y1 - y0 > limit:
            raise HallyuError(_too_tall(cluster, y1 - y0, limit))
    preferred = np.zeros(height + 1, bool)
    for y0, y1 in gutters:
        preferred[max(0, y0) : y1 + 1] = True
    cuts = best_cuts(cuttable(height, protected), preferred, limit, first)
    return list(itertools.pairwise(cuts))


def cuttable(height: int, protected: Iterable[NamedBox]) -> np.ndarray:
    """Where a strip may be cut: bool (height + 1,), False strictly inside a protected box.

    >>> cuttable(5, [NamedBox("face", "소년", (0, 1, 9, 4))]).tolist()
    [True, True, False, False, True, True]
    """
    allowed = np.ones(height + 1, bool)
    for item in protected:
        allowed[max(0, item.box[1] + 1) : max(0, item.box[3])] = False
    return allowed


def cut_through(cuts: Iterable[int], protected: Iterable[NamedBox]) -> list[tuple[int, NamedBox]]:
    """Each cut that runs through a protected box, with the box.

    >>> cut_through([1280], [NamedBox("balloon", "c01-1", (100, 900, 400, 1400))])[0][1].name
    'c01-1'
    """
    protected = list(protected)
    return [(cut, item) for cut in cuts for item in protected if item.box[1] < cut < item.box[3]]


def clusters(protected: Sequence[NamedBox]) -> list[list[NamedBox]]:
    """Boxes grouped so that no cut can pass between two of a group: their rows overlap, if in a chain."""
    groups: list[list[NamedBox]] = []
    bottom = -1
    for item in sorted(protected, key=lambda item: item.box[1]):
        if groups and item.box[1] < bottom:
            groups[-1].append(item)
            bottom = max(bottom, item.box[3])
        else:
            groups.append([item])
            bottom = item.box[3]
    return groups


def find_safe_rows(image: np.ndarray, tolerance: int = 8) -> np.ndarray:
    """Where a strip that came without boxes may be cut, from its pixels alone: bool (height + 1,).

    image: RGB uint8 (height, width, 3). A row is blank when each channel varies by at most *tolerance* along
    it (JPEG leaves a little noise in flat ground); a cut is safe between two blank rows. Letters and faces
    are never on blank rows, so this is careful, not clever: art without a gutter gives no row at all.

    >>> page = np.full((4, 3, 3), 255, np.uint8); page[2, 1] = 0
    >>> find_safe_rows(page).tolist()
    [True, True, False, False, True]
    """
    blank = (image.max(axis=1).astype(int) - image.min(axis=1)).max(axis=1) <= tolerance
    safe = np.ones(len(image) + 1, bool)
    safe[1:-1] = blank[:-1] & blank[1:]
    return safe


def slice_image(image: np.ndarray, limit: int, tolerance: int = 8) -> list[tuple[int, int]]:
    """Rows (y0, y1) of each slice of a strip without boxes, cut in blank rows only.

    Raises HallyuError when a stretch longer than *limit* has no blank row.
    """
    safe = find_safe_rows(image, tolerance)
    cuts = best_cuts(safe, safe, limit)
    return list(itertools.pairwise(cuts))


def describe(item: NamedBox) -> str:
    """A box in words.

    >>> describe(NamedBox("balloon", "c03-1", (0, 0, 1, 1)))
    'balloon c03-1'
    """
    return f"{item.kind} {item.name}".strip()


def _too_tall(cluster: list[NamedBox], tall: int, limit: int) -> str:
    tallest = max(cluster, key=lambda item: item.box[3] - item.box[1])
    if tallest.box[3] - tallest.box[1] > limit:
        tall = tallest.box[3] - tallest.box[1]
        return (
            f"The {describe(tallest)} is {tall:,} px tall and a slice may be {limit:,} px: make it smaller, "
            "or divide it."
        )
    last = max(cluster, key=lambda item: item.box[3])
    return (
        f"From the {describe(cluster[0])} to the {describe(last)}, {tall:,} px have no row where nothing is "
        f"cut, and a slice may be {limit:,} px: move them apart."
    )


def _stuck(reached: np.ndarray, limit: int) -> str:
    last = int(np.flatnonzero(reached).max())
    return f"Below row {last:,} there is no safe row to cut within {limit:,} px: open a gutter there."
