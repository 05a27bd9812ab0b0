"""What the check of a delivery found, whatever was delivered: a song, a scene."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hallyu.errors import HallyuError


@dataclass(frozen=True)
class Report:
    """What preflight found. problems keep a delivery from being handed over, notes do not; measured: what, and how much.

    says: how each measure is put into words, with a place for the number.

    >>> Report("First Snow", (), (), {"seconds": 61.25}, {"seconds": "length {:.1f} s"}).facts()
    ['length 61.2 s']
    """

    title: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    measured: Mapping[str, float] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def passed(self) -> bool:
        """True when there is no problem."""
        return not self.problems

    @property
    def summary(self) -> str:
        """The verdict in one sentence."""
        verdict = "ready to hand over" if self.passed else f"{len(self.problems)} problem(s) to solve"
        return f"{self.title}: {verdict}."

    def facts(self) -> list[str]:
        """What was measured, in words."""
        return [self.says[name].format(value) for name, value in self.measured.items()]

    def text(self) -> str:
        """The report as plain text."""
        lines = [self.summary, *(f"✗ {p}" for p in self.problems), *(f"· {n}" for n in self.notes)]
        return "\n".join([*lines, *(f"  {fact}" for fact in self.facts())])

    def __str__(self) -> str:
        return self.text()

    def json(self) -> str:
        """The report as JSON."""
        told = {"title": self.title, "problems": self.problems, "notes": self.notes}
        told |= {"measured": dict(self.measured), "passed": self.passed}
        return json.dumps(told, ensure_ascii=False, indent=1)


@dataclass
class Findings:
    """What is found on the way, while each file of *folder* is opened again; a Report is made of it."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)

    def problem(self, sentence: str) -> None:
        """Keep a problem, once."""
        if sentence not in self.problems:
            self.problems.append(sentence)

    def try_(self, function, *arguments):
        """What the function gives, or None when it says what is wrong."""
        try:
            return function(*arguments)
        except HallyuError as error:
            self.problem(str(error))
            return None
