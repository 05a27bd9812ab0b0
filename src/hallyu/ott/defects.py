"""What quality control found: where, what, and whether a delivery would be sent back for it."""

from dataclasses import dataclass

import numpy as np

TARGETS = ("loudness", "true-peak", "loudness-range")
"""Codes of what is asked for within a closer bound than a delivery is sent back for."""


@dataclass(frozen=True)
class Defect:
    """code: which rule, in plain words with hyphens. start, end: seconds. says: a sentence for people.

    serious: a delivery is sent back for it; otherwise it is for a human to look at.
    """

    code: str
    start: float
    end: float
    says: str
    serious: bool = True

    @property
    def severity(self) -> str:
        """fail: a delivery is sent back for it. target: what was asked for is missed, by less. note: for a human to look at.

        >>> Defect("loudness", 0.0, 9.0, "The dialogue has -29.4 LKFS.", serious=False).severity
        'target'
        """
        return "fail" if self.serious else "target" if self.code in TARGETS else "note"

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.start:.2f} s, {self.code}: {self.says}"


def runs(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each run of True begins, and where it has ended; flags: bool (n,).

    >>> runs(np.array([True, False, True, True]))
    (array([0, 2]), array([1, 4]))
    """
    turns = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return turns[::2], turns[1::2]
