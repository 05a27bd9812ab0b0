"""What quality control found: where, what, and whether a delivery would be sent back for it."""

from dataclasses import dataclass


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

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.start:.2f} s, {self.code}: {self.says}"
