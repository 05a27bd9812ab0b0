"""What a grader found, in the trade's words, and the marks that are left."""

import contextlib
import functools
import io
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hallyu.errors import HallyuError


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a *code* for counting, one sentence for the learner, and the points it costs."""

    code: str
    message: str
    points: float


Grader = Callable[..., list[Finding]]


def grader(points: float) -> Callable[[Grader], Grader]:
    """Mark a function of a delivery's folder as worth *points*, all of which are lost when it cannot be opened.

    >>> @grader(5)
    ... def has_cover(folder):
    ...     raise HallyuError("There is no cover.png.")
    >>> has_cover("delivery"), has_cover.points
    ([Finding(code='unreadable', message='There is no cover.png.', points=5)], 5)
    """

    def mark(function: Grader) -> Grader:
        @functools.wraps(function)
        def run(folder: str | Path, *args: object, **kwargs: object) -> list[Finding]:
            try:
                return function(Path(folder), *args, **kwargs)
            except HallyuError as error:
                return [Finding("unreadable", str(error), points)]

        run.points = points
        return run

    return mark


def marks(findings: Iterable[Finding], out_of: float) -> float:
    """What is left of *out_of* points, never below 0.

    >>> marks([Finding("late", "", 3), Finding("short", "", 9)], 10)
    0.0
    """
    return max(0.0, float(out_of) - sum(finding.points for finding in findings))


def grade(graded: Grader, folder: str | Path, *more: object) -> float:
    """Print what *graded* finds in *folder*, a line each, and return the marks. more: what else it is called with.

    As the last line of a test cell this is the partial credit that nbgrader reads. What libraries say on stderr
    meanwhile is dropped, because nbgrader gives 0 to a test cell that writes there.
    """
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        findings = graded(folder, *more)
    for finding in findings:
        print(f"✗ {finding.message} (−{finding.points:g})")
    left = marks(findings, graded.points)
    print(f"{graded.__name__.replace('_', ' ')}: {left:g} of {graded.points:g} points")
    return left
