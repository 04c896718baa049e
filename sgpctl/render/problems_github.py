"""Problems as workflow commands of GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterator

from sgpctl.render.problems_report import Report
from sgpctl.render.problems_text import Problem
from sgpctl.render.workflow_command import Level, workflow_command

_TITLE = "sgpctl"


def workflow_commands(report: Report) -> str:
    """A line for each problem; empty when there is none."""
    return "".join(_commands(report))


def _commands(report: Report) -> Iterator[str]:
    for problem in report.problems:
        title = f"{_TITLE}: {problem.path}" if problem.path else _TITLE
        message = report.place_in_words(problem) + problem.message
        yield workflow_command(Level(problem.severity.value), title, message, _place(problem, report))
    if report.failure is not None:
        yield workflow_command(Level.ERROR, _TITLE, report.failure)


def _place(problem: Problem, report: Report) -> tuple[str, int, int] | None:
    address = report.addresses.get(problem.file)
    return None if address is None else (address, problem.line, problem.column)
