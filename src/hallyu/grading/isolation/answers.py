"""What the submission answered where a test's assertion failed, in words for the instructor's item analysis.

Nothing is asked again: a second call could change what the submission does in the next test.
"""

import ast
import linecache
import reprlib
import sys
from collections.abc import Callable, Iterable
from types import FrameType, TracebackType
from typing import Any

LONGEST = 60
"""Characters of one value."""


class _Short(reprlib.Repr):
    """Values in a few characters. A stand-in is named and not asked: its words are the submission's own program."""

    def __init__(self) -> None:
        super().__init__()  # takes no sizes before Python 3.12
        self.maxlevel, self.maxstring, self.maxother, self.maxlong = 3, LONGEST, LONGEST, LONGEST

    def repr1(self, x: Any, level: int) -> str:
        if hasattr(type(x), "_hallyu_reference"):
            return f"<{object.__getattribute__(x, '_hallyu_type')}>"
        return super().repr1(x, level)


def short(value: Any) -> str:
    """A value on one line.

    >>> short([3.0, "눈"]), short("가" * 100)[:5]
    ("[3.0, '눈']", "'가가가가")
    """
    try:
        return " ".join(_Short().repr(value).split())[: 2 * LONGEST]
    except Exception:  # a class of a library may have any __repr__
        return f"<{type(value).__name__}>"


def called(name: str, arguments: tuple, named: dict, result: Any) -> str:
    """A call and what it gave.

    >>> called("area", (3,), {"unit": "cm"}, 6)
    "area(3, unit='cm') gave 6"
    """
    given = [*map(short, arguments), *(f"{key}={short(value)}" for key, value in named.items())]
    return f"{name}({', '.join(given)}) gave {short(result)}"


def at_failure(namespace: dict[str, Any], declared: Iterable[str], last: Callable[[], str]) -> str:
    """What the assertion that failed last was about: the learner's plain values that it reads, else the last call.

    namespace: of the tests. declared: the learner's names. last: words for the last call of this test. Empty when no
    assertion failed.
    """
    error = getattr(sys, "last_value", None)
    if not isinstance(error, AssertionError):
        return ""
    frame, number = _innermost(error.__traceback__, namespace)
    read = set(declared) & _names_at(frame, number)
    values = {name: namespace[name] for name in sorted(read) if name in namespace}
    said = [f"{name} is {short(value)}" for name, value in values.items() if not callable(value)]
    return "; ".join(said) or last()


def _innermost(traceback: TracebackType | None, namespace: dict) -> tuple[FrameType | None, int]:
    """The last frame that runs a cell of the tests, and its line."""
    found = None, 0
    while traceback is not None:
        if traceback.tb_frame.f_globals is namespace:
            found = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def _names_at(frame: FrameType | None, number: int) -> set[str]:
    """The names that are read in the statement at a line, and not in the bodies of compound statements."""
    if frame is None:
        return set()
    lines = linecache.getlines(frame.f_code.co_filename)
    try:
        nodes = ast.walk(ast.parse("".join(lines)))
    except SyntaxError:  # cells with magics
        return set()
    within = [n for n in nodes if isinstance(n, ast.stmt) and n.lineno <= number <= n.end_lineno]
    if not within:
        return set()
    smallest = min(within, key=lambda n: n.end_lineno - n.lineno)
    return {n.id for n in ast.walk(smallest) if isinstance(n, ast.Name)}
