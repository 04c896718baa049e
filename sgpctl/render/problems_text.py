"""What went wrong, or might, as lines for standard error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sgpctl.errors import ManifestError, SgpctlError
from sgpctl.limits import PROBLEMS_SHOWN_MAX
from sgpctl.model.finding import Severity
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import Line, Span, Style


class Problem(Protocol):
    """A finding with its place, as the manifest room makes it; `path` may be empty."""

    @property
    def severity(self) -> Severity: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def message(self) -> str: ...


def error_lines(error: SgpctlError) -> list[Line]:
    """`error: message` and, beneath it, what to do next.

    The lines of a ManifestError begin with their own file and line, and stay at the margin where editors find them.
    """
    first, *others = error.message.split("\n") if error.is_listing else [error.message]
    if isinstance(error, ManifestError):
        lines: list[Line] = [(Span(text),) for text in (first, *others)]
    else:
        lines = [(Span("error: ", Style.ERROR), Span(first)), *((Span(f"  {text}"),) for text in others)]
    return lines + ([(Span(f"  {error.hint}"),)] if error.hint else [])


def warning_lines(messages: Iterable[str]) -> list[Line]:
    """`warning: message`, one line each."""
    return [(Span("warning: ", Style.WARNING), Span(message)) for message in messages]


def problem_lines(problems: Sequence[Problem], glyphs: Glyphs) -> list[Line]:
    """A line for each problem, errors first, and last how many there are in how many files.

    An error reads `file:line:column: path: message`; a warning says so before its path.
    """
    ordered = sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
    shown = ordered[:PROBLEMS_SHOWN_MAX]
    lines = [_problem_line(problem) for problem in shown]
    if hidden := len(ordered) - len(shown):
        lines.append((Span(f"{glyphs.ellipsis} {counted(hidden, 'more problem')}", Style.FAINT),))
    return lines + _problem_totals(problems)


def _problem_line(problem: Problem) -> Line:
    place = Span(f"{problem.file}:{problem.line}:{problem.column}: ", Style.STRONG)
    kind = [Span("warning: ", Style.WARNING)] if problem.severity is Severity.WARNING else []
    path = f"{problem.path}: " if problem.path else ""
    return (place, *kind, Span(path + problem.message))


def _problem_totals(problems: Sequence[Problem]) -> list[Line]:
    if not problems:
        return []
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    counts = [counted(errors, "problem")] if errors else []
    if warnings := len(problems) - errors:
        counts.append(counted(warnings, "warning"))
    files = len({problem.file for problem in problems})
    return [(Span(f"{', '.join(counts)} in {counted(files, 'file')}."),)]
