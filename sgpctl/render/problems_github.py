"""Problems as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

The runner obeys every line of the output that begins with `::`. So each problem is exactly one line, and whatever its
texts hold that could end the line, or a part of the command, is escaped as the runner expects it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sgpctl.render.problems_report import Report
from sgpctl.render.problems_text import Problem
from sgpctl.render.safe_text import safe

_TITLE = "sgpctl"
_IN_MESSAGES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))  # the percent sign first
_IN_PROPERTIES = (*_IN_MESSAGES, (":", "%3A"), (",", "%2C"))


def workflow_commands(report: Report) -> str:
    """A line for each problem; empty when there is none."""
    return "".join(f"{command}\n" for command in _commands(report))


def _commands(report: Report) -> Iterator[str]:
    for problem in report.problems:
        message = _data(report.place_in_words(problem) + problem.message)
        yield f"::{problem.severity.value} {_properties(problem, report)}::{message}"
    if report.failure is not None:
        yield f"::error title={_property(_TITLE)}::{_data(report.failure)}"


def _properties(problem: Problem, report: Report) -> str:
    title = f"title={_property(f'{_TITLE}: {problem.path}' if problem.path else _TITLE)}"
    address = report.addresses.get(problem.file)
    if address is None:
        return title
    return f"file={_property(address)},line={problem.line},col={problem.column},{title}"


def _data(text: str) -> str:
    return _escaped("\n".join(safe(line) for line in text.split("\n")), _IN_MESSAGES)


def _property(text: str) -> str:
    return _escaped(safe(text), _IN_PROPERTIES)


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for char, escape in escapes:
        text = text.replace(char, escape)
    return text
