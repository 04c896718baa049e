"""What one validation found, for the forms in which programs read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sgpctl.model.finding import Severity
from sgpctl.render.problems_text import Problem


@dataclass(frozen=True, slots=True)
class Report:
    """All problems with their places, and `failure`, which says why there was nothing to look at.

    `addresses` leads from the file of a problem to its path from the repository's folder, which programs that show
    problems beside the code go by; a file that is not in it has none. `files` and `evaluations` are what was checked.
    """

    problems: Sequence[Problem]
    addresses: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    files: int = 0
    evaluations: int = 0

    @property
    def errors(self) -> int:
        located = sum(problem.severity is Severity.ERROR for problem in self.problems)
        return located + (self.failure is not None)

    @property
    def warnings(self) -> int:
        return sum(problem.severity is Severity.WARNING for problem in self.problems)

    def place_in_words(self, problem: Problem) -> str:
        """What a message begins with when its place cannot be given otherwise; empty when it can."""
        return "" if problem.file in self.addresses else f"{problem.file}:{problem.line}:{problem.column}: "


def whole_message(problem: Problem) -> str:
    """The message with the path that it is about, as people read it."""
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
