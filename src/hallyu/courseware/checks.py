"""What every exercise's check returns: passed or not, and one sentence that says why."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

VERDICT_MIME = "application/vnd.hallyu.verdict+json"


@dataclass(frozen=True)
class Verdict:
    """The answer of a check: true when passed, and a message in the trade's own words.

    >>> Verdict(False, "cue 3 reads at 14.2 cps; the limit is 12")
    ✗ cue 3 reads at 14.2 cps; the limit is 12
    """

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.message}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """What Jupyter displays, and beside it the same verdict for graders and tests to read."""
        return {
            "text/plain": repr(self),
            VERDICT_MIME: {"passed": self.passed, "message": self.message},
        }


def verdict(problems: Sequence[str], ok: str) -> Verdict:
    """A failing verdict with the first of *problems*, or a passing one that says *ok*.

    >>> verdict([], "All 14 balloons clear every face.")
    ✓ All 14 balloons clear every face.
    >>> bool(verdict(["balloon 2 covers Harin's face"], "fine"))
    False
    """
    return Verdict(False, problems[0]) if problems else Verdict(True, ok)


def guarded(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Turn an exception inside *check*, usually the learner's own code stopping, into a failing verdict.

    >>> @guarded
    ... def halves(answer):
    ...     return verdict([] if answer(4) == 2 else ["4 halves to 2"], "halved")
    >>> halves(lambda n: n / "2")
    ✗ Your code stopped with TypeError: unsupported operand type(s) for /: 'int' and 'str'
    """

    @functools.wraps(check)
    def run(*args: object, **kwargs: object) -> Verdict:
        try:
            return check(*args, **kwargs)
        except Exception as error:
            return Verdict(False, f"Your code stopped with {type(error).__name__}: {error}")

    return run
