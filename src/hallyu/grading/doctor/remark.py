"""One thing that the doctor found."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Remark:
    """What is wrong, where, and what to do. level: ERROR stops a release, WARNING is for a person to decide."""

    level: str
    check: str
    """The question that was asked, such as "the solution passes"."""
    where: str
    """Grade id or file; empty for the assignment as a whole."""
    message: str
