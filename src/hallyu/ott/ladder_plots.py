"""Pictures of encodes for the lessons: what each costs, and what it is worth.

Each function returns a PIL image for figures.show. Colours are from Okabe & Ito's palette.
"""

from collections.abc import Mapping, Sequence

from hallyu.music import plots
from hallyu.music.plots import BLUE, GREEN, GREY, ORANGE, RED, SKY
from hallyu.ott.ladder import Point

COLOURS = (BLUE, RED, GREEN, ORANGE, SKY, GREY)
_TICKS = [unit * 10**power for power in range(1, 6) for unit in (1, 2, 5)]


@plots.drawn
def rates(
    curves: Mapping[str, Sequence[Point]],
    rungs: Mapping[str, Sequence[Point]] | None = None,
    height: int = 330,
):
    """VMAF over kbit/s, logarithmic: a line with dots through each of *curves*, by name, and *rungs* as labelled rings.

    A name that stands in both has one colour. Rings say how high each rung's picture is. height: pixels.
    """
    rungs = rungs or {}
    made, axes = plots.figure(height)
    tints = dict(zip({**curves, **rungs}, COLOURS * 2, strict=False))
    for name, points in curves.items():
        axes.plot(*_columns(points), "o-", color=tints[name], markersize=2.5, linewidth=1.1, label=name)
    for name, points in rungs.items():
        label = None if name in curves else name
        axes.plot(
            *_columns(points), "o", color=tints[name], markersize=6, markerfacecolor="none", label=label
        )
        for point in points:
            axes.annotate(
                f"{point.height}p", (point.bits / 1000, point.vmaf), (5, -7), textcoords="offset points",
                color=tints[name], fontsize=5.5,
            )  # fmt: skip
    every = [point.bits / 1000 for points in (*curves.values(), *rungs.values()) for point in points]
    low, high = min(every) / 1.2, max(every) * 1.3
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xticks([tick for tick in _TICKS if low <= tick <= high], minor=False)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set(xlabel="kbit/s", ylabel="VMAF")
    axes.grid(color="#eeeeee")
    axes.set_axisbelow(True)
    axes.legend(loc="lower right")
    return made


def _columns(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    """kbit/s and VMAF, cheapest first."""
    points = sorted(points, key=lambda point: point.bits)
    return [point.bits / 1000 for point in points], [point.vmaf for point in points]
