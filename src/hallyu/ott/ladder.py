"""Which sizes and bit rates a film is streamed in: chosen for this film from measured encodes, not from a table.

Each encode of the film is a Point: what it costs and what it is worth. The upper convex hull of all points holds the
encodes that nobody regrets; a ladder is a walk down that hull in steps that an eye can tell apart. Two ladders are
compared at equal quality by Bjontegaard's delta rate (BD-rate), here with PCHIP instead of his cubic, which may swing.
Sources: I. Katsavounidis and others, Dynamic optimizer (2018); G. Bjontegaard, VCEG-M33 (2001) and VCEG-AI11 (2008);
F. N. Fritsch and J. Butland, A method for constructing local monotone piecewise cubic interpolants (1984).
"""

import csv
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.files import write_whole

STEP = 6.0
"""VMAF between two rungs: about one just-noticeable difference."""
CEILING = 95.0
"""VMAF above which more bits show nothing."""
FLOOR = 40.0
"""VMAF below which a picture is not worth sending."""
APPLE = (
    (416, 234, 145_000), (640, 360, 365_000), (768, 432, 730_000), (768, 432, 1_100_000), (960, 540, 2_000_000),
    (1280, 720, 3_000_000), (1280, 720, 4_500_000), (1920, 1080, 6_000_000), (1920, 1080, 7_800_000),
)  # fmt: skip
"""A fixed ladder for H.264, width, height and bits a second. Source: HLS Authoring Specification for Apple Devices."""

COLUMNS = ("codec", "width", "height", "crf", "bits_per_second", "vmaf")
"""Of a table of encodes."""


@dataclass(frozen=True)
class Point:
    """One encode of a film, or of a shot.

    bits: a second, as measured from the file. vmaf: 0..100, at the size it is looked at. width, height: pixels it was
    encoded in. codec, crf: how.
    """

    bits: float
    vmaf: float
    width: int
    height: int
    codec: str = "x264"
    crf: int | None = None

    @property
    def says(self) -> str:
        """In words, for a table or an error."""
        return f"{self.width}x{self.height} at {self.bits / 1000:,.0f} kbit/s (VMAF {self.vmaf:.1f})"


@dataclass(frozen=True)
class Saving:
    """What one ladder saves against another.

    percent: of bits at equal quality, averaged over the VMAF range *low* to *high* that both ladders reach; positive saves.
    share: how much of the whole range of both that is, 0..1; below one half the figure says little.
    """

    percent: float
    low: float
    high: float
    share: float

    @property
    def says(self) -> str:
        """The saving as it may be printed."""
        kept = f"{self.percent:.1f} % fewer bits" if self.percent >= 0 else f"{-self.percent:.1f} % more bits"
        return f"{kept} at equal VMAF, averaged over VMAF {self.low:.1f} to {self.high:.1f} ({self.share:.0%} of both ladders)"


def pareto(points: Iterable[Point]) -> list[Point]:
    """The points that no other one beats, cheapest first: each more expensive one looks better.

    >>> [point.vmaf for point in pareto([Point(3e6, 80, 1280, 720), Point(1e6, 70, 640, 360), Point(2e6, 60, 960, 540)])]
    [70, 80]
    """
    kept: list[Point] = []
    for point in sorted(_checked(points), key=lambda each: (each.bits, -each.vmaf)):
        if not kept or point.vmaf > kept[-1].vmaf:
            kept.append(point)
    return kept


def hull(points: Iterable[Point]) -> list[Point]:
    """The upper convex hull of *points* over bits, from the cheapest to the best: each bit more buys less than the one before.

    Andrew's monotone chain: walk along the points that rise, and drop the one before while the path turns left.

    >>> [point.bits for point in hull([Point(1, 20, 2, 2), Point(2, 30, 2, 2), Point(3, 80, 2, 2), Point(9, 90, 2, 2)])]
    [1, 3, 9]
    """
    kept: list[Point] = []
    for point in pareto(points):
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) >= 0:
            kept.pop()
        kept.append(point)
    return kept


def _turn(first: Point, middle: Point, last: Point) -> float:
    """Above 0 where the path turns left at *middle*, 0 where it goes straight on."""
    return (middle.bits - first.bits) * (last.vmaf - first.vmaf) - (middle.vmaf - first.vmaf) * (
        last.bits - first.bits
    )


def choose(
    points: Iterable[Point],
    step: float = STEP,
    ceiling: float = CEILING,
    floor: float = FLOOR,
    most: int = 12,
) -> list[Point]:
    """A ladder for the film that *points* are encodes of, cheapest rung first; at most *most* rungs.

    The top rung is the cheapest point of the hull that reaches *ceiling*, or the best there is; each next one is the point
    of the hull whose VMAF is nearest to *step* below, and at least half a step below. None is under *floor*, nor larger
    than a rung above it: a player that goes down a rung must not need more pixels.
    Raises HallyuError where no point reaches the floor.
    """
    if not 0 < step <= 100 or not 0 <= floor < ceiling <= 100:
        raise HallyuError(
            "A ladder needs a step above 0 and a floor below its ceiling, within 0 to 100; "
            f"not {step:g}, {floor:g} and {ceiling:g}."
        )
    path = hull(points)
    left = [point for point in path if point.vmaf >= floor]
    if not left:
        raise HallyuError(
            f"The best encode has VMAF {path[-1].vmaf:.1f}, below the floor of {floor:g}: encode at a lower CRF or more pixels."
        )
    rungs = [next((point for point in left if point.vmaf >= ceiling), left[-1])]
    while len(rungs) < most:
        above = rungs[-1]
        below = [
            point
            for point in left
            if point.vmaf <= above.vmaf - step / 2
            and point.width * point.height <= above.width * above.height
        ]
        if not below:
            break
        rungs.append(min(below, key=lambda point: abs(point.vmaf - (above.vmaf - step))))
    return rungs[::-1]


def bd_rate(anchor: Sequence[Point], test: Sequence[Point]) -> float:
    """How many per cent more bits *test* needs than *anchor* for the same VMAF; negative saves.

    The mean distance of the two curves of log10(bits) over VMAF, each through its points by PCHIP, over the VMAF range
    that both have. Raises HallyuError for fewer than two points, for a curve on which more bits look no better, and for
    curves that share no quality.

    >>> slow = [Point(bits, vmaf, 1920, 1080) for bits, vmaf in ((1e6, 60), (2e6, 75), (4e6, 88), (8e6, 95))]
    >>> half = [Point(each.bits / 2, each.vmaf, 1920, 1080) for each in slow]
    >>> round(bd_rate(slow, half), 6), round(bd_rate(half, slow), 6)
    (-50.0, 100.0)
    """
    curves = [_curve(points, name) for points, name in ((anchor, "first"), (test, "second"))]
    low, high = _common(*curves)
    areas = [integral(vmaf, np.log10(bits), low, high) for vmaf, bits in curves]
    return float(10 ** ((areas[1] - areas[0]) / (high - low)) - 1) * 100


def saving(fixed: Sequence[Point], chosen: Sequence[Point]) -> Saving:
    """What the ladder *chosen* saves against *fixed* at equal quality.

    A rung of a fixed ladder that costs more and looks no better than another one is passed over, in its favour: a player
    would not be sent there. Raises HallyuError where the ladders share no quality.
    """
    fixed, chosen = pareto(fixed), pareto(chosen)
    (vmaf, _), (other, _) = curves = _curve(fixed, "fixed"), _curve(chosen, "chosen")
    low, high = _common(*curves)
    whole = max(vmaf[-1], other[-1]) - min(vmaf[0], other[0])
    return Saving(-bd_rate(fixed, chosen), low, high, (high - low) / whole)


def bits_at(points: Sequence[Point], vmaf: float) -> float:
    """Bits a second that the curve through *points* needs for *vmaf*. Raises HallyuError beyond its ends.

    >>> round(bits_at([Point(1e6, 60, 2, 2), Point(4e6, 80, 2, 2)], 70))
    2000000
    """
    quality, bits = _curve(points, "given")
    if not quality[0] <= vmaf <= quality[-1]:
        raise HallyuError(
            f"VMAF {vmaf:g} was not measured: the points go from {quality[0]:.1f} to {quality[-1]:.1f}."
        )
    return float(10 ** evaluate(quality, np.log10(bits), vmaf))


def vmaf_at(points: Sequence[Point], bits: float) -> float:
    """VMAF that the curve through *points* has at *bits* a second. Raises HallyuError beyond its ends."""
    quality, rates = _curve(points, "given")
    if not rates[0] <= bits <= rates[-1]:
        raise HallyuError(
            f"{bits / 1000:,.0f} kbit/s was not measured: the points go from {rates[0] / 1000:,.0f} "
            f"to {rates[-1] / 1000:,.0f} kbit/s."
        )
    return float(evaluate(np.log10(rates), quality, math.log10(bits)))


def write(path: str | Path, points: Iterable[Point]) -> Path:
    """A ladder, or all encodes of a film, as a CSV table that a spreadsheet opens: COLUMNS, a line for each.

    Bits are rounded to whole ones, VMAF to thousandths; crf is empty where bits were asked for.
    """
    with write_whole(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for point in _checked(points):
            crf = "" if point.crf is None else point.crf
            row = (point.codec, point.width, point.height, crf, round(point.bits), f"{point.vmaf:.3f}")
            table.writerow(row)
    return Path(path)


def read(path: str | Path) -> list[Point]:
    """The encodes in a CSV table as *write* makes it. Raises HallyuError for a missing file, and for what is no such table."""
    path = Path(path)
    if not path.is_file():
        raise HallyuError(f"There is no file {path}: check the name and the folder.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        points = [_read(row) for row in rows]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise HallyuError(
            f"{path.name} is no table of encodes: its columns are {', '.join(COLUMNS)}."
        ) from error
    return _checked(points)


def _read(row: dict[str, str]) -> Point:
    crf = int(row["crf"]) if row["crf"] else None
    bits, quality = float(row["bits_per_second"]), float(row["vmaf"])
    return Point(bits, quality, int(row["width"]), int(row["height"]), row["codec"], crf)


def slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The slopes (n,) of PCHIP at its knots x, y (n,); x rises.

    Within: the weighted harmonic mean of the slopes on both sides, 0 where they point apart, so that the curve never
    swings past its points. At the ends: the parabola through three points, held back to keep the shape.

    >>> slopes(np.array([0.0, 1, 2]), np.array([0.0, 1, 4])).tolist()
    [0.0, 1.5, 4.0]
    """
    width = np.diff(x)
    rise = np.diff(y) / width
    if len(x) == 2:
        return np.repeat(rise, 2)
    before, after = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same = rise[:-1] * rise[1:] > 0
    safe = np.where(same, rise[:-1], 1), np.where(same, rise[1:], 1)
    inner = np.where(same, (before + after) / (before / safe[0] + after / safe[1]), 0)
    first = _end(width[0], width[1], rise[0], rise[1])
    last = _end(width[-1], width[-2], rise[-1], rise[-2])
    return np.concatenate([[first], inner, [last]])


def _end(near: float, far: float, rise: float, next_rise: float) -> float:
    slope = ((2 * near + far) * rise - near * next_rise) / (near + far)
    if slope * rise <= 0:
        return 0.0
    if rise * next_rise <= 0 and abs(slope) > 3 * abs(rise):
        return 3 * rise
    return slope


def _cubics(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(4, n - 1): each piece as y + b t + c t² + d t³, where t runs from its left knot."""
    width, slope = np.diff(x), slopes(x, y)
    rise = np.diff(y) / width
    squared = (3 * rise - 2 * slope[:-1] - slope[1:]) / width
    cubed = (slope[:-1] + slope[1:] - 2 * rise) / width**2
    return np.stack([y[:-1], slope[:-1], squared, cubed])


def evaluate(x: np.ndarray, y: np.ndarray, at: float | np.ndarray) -> np.ndarray:
    """The PCHIP curve through x, y (n,) at *at*, which lies within x."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    piece = np.clip(np.searchsorted(x, at, "right") - 1, 0, len(x) - 2)
    t = at - x[piece]
    a, b, c, d = _cubics(x, y)[:, piece]
    return a + t * (b + t * (c + t * d))


def integral(x: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    """The area under the PCHIP curve through x, y (n,) from *low* to *high*, which lie within x.

    >>> round(integral(np.array([0.0, 1, 2]), np.array([0.0, 1, 2]), 0.5, 2), 6)
    1.875
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    ends = np.clip([x[:-1], x[1:]], low, high) - x[:-1]
    powers = np.arange(1, 5)[:, None]
    return float((_cubics(x, y) * (ends[1] ** powers - ends[0] ** powers) / powers).sum())


def _checked(points: Iterable[Point]) -> list[Point]:
    points = list(points)
    if not points:
        raise HallyuError("There are no encodes to choose from: measure at least one.")
    for point in points:
        if not (math.isfinite(point.bits) and point.bits > 0):
            raise HallyuError(f"An encode has more than 0 bits a second, not {point.bits}.")
        if not 0 <= point.vmaf <= 100:
            raise HallyuError(f"VMAF is 0 to 100, not {point.vmaf}.")
        if min(point.width, point.height) < 1:
            raise HallyuError(f"An encode has pixels; {point.width}x{point.height} has none.")
    return points


def _curve(points: Sequence[Point], name: str) -> tuple[np.ndarray, np.ndarray]:
    """VMAF and bits (n,), both rising."""
    points = sorted(_checked(points), key=lambda point: (point.bits, point.vmaf))
    if len(points) < 2:
        raise HallyuError(f"The {name} curve has one point only; a curve takes at least two.")
    for cheap, dear in itertools.pairwise(points):
        if dear.bits == cheap.bits or dear.vmaf <= cheap.vmaf:
            raise HallyuError(
                f"The {name} curve does not rise: {dear.says} looks no better than {cheap.says}; "
                "take the upper hull, or measure again."
            )
    return np.array([point.vmaf for point in points], float), np.array(
        [point.bits for point in points], float
    )


def _common(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> tuple[float, float]:
    low, high = max(first[0][0], second[0][0]), min(first[0][-1], second[0][-1])
    if low >= high:
        raise HallyuError(
            f"The two curves share no quality: one goes from VMAF {first[0][0]:.1f} to {first[0][-1]:.1f}, the other "
            f"from {second[0][0]:.1f} to {second[0][-1]:.1f}; measure them at more bit rates."
        )
    return float(low), float(high)
