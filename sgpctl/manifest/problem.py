"""A finding with its place: the line that a person reads, and how many such lines are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sgpctl.limits import PROBLEM_CHARS_MAX, PROBLEMS_SHOWN_MAX
from sgpctl.manifest.resolving.borrowed_mark import BorrowedMark, origin_of
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Json, Mark, Path, key_mark, path_text, value_mark, written_path

_QUOTED_CHARS_MAX = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or doubtful at one place. `path` is written as in `tasks[0].alias`, or is empty."""

    severity: Severity
    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        return printable(f"{self.file}:{self.line}:{self.column}: {path}{self.message}")

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class Broken(Exception):
    """Reading of one file cannot go on. Stays within this package, which turns it into a list of problems."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def error_at(mark: Mark, message: str, path: Path = ()) -> Problem:
    return _problem(Severity.ERROR, mark, path, message)


def warning_at(mark: Mark, message: str, path: Path = ()) -> Problem:
    return _problem(Severity.WARNING, mark, path, message)


def _problem(severity: Severity, mark: Mark, path: Path, message: str) -> Problem:
    steps = (step if isinstance(step, int) else _bounded(step) for step in path)
    return Problem(severity, *mark, _bounded(path_text(steps)), _bounded(message))


def _bounded(text: str) -> str:
    """What quotes a document is cut: a key alone may have millions of characters."""
    return text if len(text) <= PROBLEM_CHARS_MAX else f"{text[:PROBLEM_CHARS_MAX]}..."


def located(
    findings: Iterable[Finding], root: Json, mark: Mark, blamed: Collection[Mark] = ()
) -> tuple[Problem, ...]:
    """Findings about the document `root`, which starts at `mark`, with the places where it was written.

    Where something is `blamed` already, nothing more is said: what stands there now is not what was meant.
    """
    problems = []
    for finding in findings:
        place = (key_mark if finding.on_key else value_mark)(root, finding.path) or mark
        if place not in blamed:
            message = _bounded(finding.message) + about_origin(place)
            problems.append(_problem(finding.severity, place, written_path(root, finding.path), message))
    return tuple(problems)


def about_origin(mark: Mark) -> str:
    """Where the value at `mark` comes from, when that is somewhere else."""
    file, line, _ = origin_of(mark)
    return f" (the value is from {file}:{line})" if isinstance(mark, BorrowedMark) else ""


def places_of_errors(problems: Iterable[Problem]) -> frozenset[Mark]:
    """Where the errors among `problems` are."""
    return frozenset((problem.file, problem.line, problem.column) for problem in problems if problem.is_error)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file and line."""
    return tuple(
        sorted(
            set(problems),
            key=lambda problem: (
                problem.file,
                problem.line,
                problem.column,
                problem.severity,
                problem.path,
                problem.message,
            ),
        )
    )


def listing(problems: Iterable[Problem]) -> str:
    """One line per problem; beyond the bound only the number of the others is said."""
    lines = [str(problem) for problem in problems]
    hidden = len(lines) - PROBLEMS_SHOWN_MAX
    if hidden > 0:
        return "\n".join([*lines[:PROBLEMS_SHOWN_MAX], f"... and {hidden} more"])
    return "\n".join(lines)


def quoted(text: str) -> str:
    """`text` as a message names it: in quotes, on one line, shortened when long."""
    short = text if len(text) <= _QUOTED_CHARS_MAX else f"{text[: _QUOTED_CHARS_MAX - 3]}..."
    return f"'{printable(short)}'"


def printable(text: str) -> str:
    """`text` without characters that would break a line or steer a terminal; they are shown as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
