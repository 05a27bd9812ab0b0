"""Checks for lesson 06, package and release."""

from collections.abc import Callable, Sequence

from hallyu.courseware.checks import Verdict, guarded, verdict

TIMELINES = [
    ([{"d": 96}], "one row without a time is one segment from 0 on"),
    ([{"t": 0, "d": 96, "r": 2}], "r says how many times *more* a segment comes: r = 2 makes three of them"),
    ([{"t": 0, "d": 96, "r": 1}, {"d": 40}], "a row without t begins where the last segment ended"),
    ([{"t": 480, "d": 96}, {"d": 96}], "a film may begin at another time than 0"),
    ([{"t": 0, "d": 96, "r": 1}, {"t": 200, "d": 96}], "where a row has a t, that counts: here lies a gap of 8 units"),
    ([{"t": 0, "d": 96256, "r": 3}, {"d": 95232, "r": 1}, {"d": 96256}],
     "each row goes on from all segments before it, and not from the first one of the row before"),
    ([], "where there are no rows, there are no segments"),
]  # fmt: skip
"""Rows of a SegmentTimeline, and the rule that each case is about."""


def segments(rows: Sequence[dict[str, int]]) -> list[tuple[int, int]]:
    """Start and duration of each segment that the *rows* of a SegmentTimeline list. Source: ISO/IEC 23009-1, 5.3.9.6.

    >>> segments([{"t": 0, "d": 96, "r": 1}, {"d": 40}])
    [(0, 96), (96, 96), (192, 40)]
    """
    found, at = [], 0
    for row in rows:
        at = row.get("t", at)
        for _ in range(row.get("r", 0) + 1):
            found.append((at, row["d"]))
            at += row["d"]
    return found


@guarded
def unfold(answer: Callable) -> Verdict:
    """Exercise 1: `answer(rows)` gives start and duration of each segment that a DASH timeline lists."""
    problems = []
    for rows, why in TIMELINES:
        given = answer([dict(row) for row in rows])
        if given is None:
            problems.append("unfold returns nothing yet: return a list of pairs, start and duration.")
            continue
        given, right = [tuple(pair) for pair in given], segments(rows)
        if given != right:
            problems.append(f"The rows {_rows(rows)} are the segments {right}, and yours are {given}: {why}.")
    return verdict(problems, "Every segment is where the manifest says that it is.")


def _rows(rows: Sequence[dict[str, int]]) -> str:
    return (
        ", ".join("<S " + " ".join(f'{key}="{row[key]}"' for key in row) + ">" for row in rows) or "of none"
    )


VARIANTS = [(2_400_000, 720), (300_000, 234), (900_000, 360), (5_000_000, 1080)]
RIDES = [
    ([], 0.0, "before anything came, nobody knows the net: begin with the fewest bits"),
    ([], 8.0, "before anything came, nobody knows the net: begin with the fewest bits"),
    ([4e6, 4e6, 4e6], 10.0, "80 % of the expected speed is used, and the largest that fits is taken"),
    ([3.1e6, 3.1e6, 3.1e6], 10.0, "2.4 Mbit/s fit into 80 % of 3.1"),
    ([2.9e6, 2.9e6, 2.9e6], 10.0, "2.4 Mbit/s do not fit into 80 % of 2.9, though the net itself is faster"),
    ([1e6, 1e6, 9e7], 10.0,
     "the harmonic mean of 1, 1 and 90 Mbit/s is 1.5: one fast segment says little about the next one"),
    ([5e5, 5e5, 5e5, 5e5, 4e6, 4e6, 4e6], 10.0, "only the last three speeds count: the tunnel before them is over"),
    ([2.5e6, 2.5e6], 10.0, "of two speeds the mean is taken of two"),
    ([9e6, 9e6, 9e6], 3.9, "with less than 4 seconds in store, take what comes soonest"),
    ([9e6, 9e6, 9e6], 4.0, "4 seconds in store are enough"),
    ([1e5, 1e5, 1e5], 10.0, "where nothing fits, the fewest bits are still better than no picture"),
]  # fmt: skip
"""Speeds of the last segments in bits a second, seconds in store, and the rule that each case is about."""


def choose(variants: Sequence[tuple[int, int]], speeds: Sequence[float], buffered: float) -> int:
    """The height that the exercise asks for.

    >>> choose(VARIANTS, [4e6, 4e6, 4e6], 10.0)
    720
    """
    ordered, last = sorted(variants), speeds[-3:]
    if not last or buffered < 4:
        return ordered[0][1]
    room = 0.8 * len(last) / sum(1 / speed for speed in last)
    return max([each for each in ordered if each[0] <= room], default=ordered[0])[1]


@guarded
def next_size(answer: Callable) -> Verdict:
    """Exercise 2: `answer(variants, speeds, buffered)` gives the height of the next segment."""
    problems = []
    for speeds, buffered, why in RIDES:
        given = answer(list(VARIANTS), list(speeds), buffered)
        if given is None:
            problems.append("next_size returns nothing yet: return a height, such as 720.")
            continue
        right = choose(VARIANTS, speeds, buffered)
        if given != right:
            came = ", ".join(f"{speed / 1e6:g}" for speed in speeds) or "nothing"
            problems.append(
                f"After {came} Mbit/s, with {buffered:g} s in store, the next segment is of {right} lines, "
                f"and yours of {given}: {why}."
            )
    return verdict(problems, "Careful in a tunnel, quick to come back, and never without a picture.")
