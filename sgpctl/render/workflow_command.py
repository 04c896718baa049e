"""Workflow commands of GitHub Actions, which shows what they say beside the lines of a pull request.

The runner obeys every line of the output that begins with `::`. So each command is exactly one line, and whatever its
texts hold that could end the line, or a part of the command, is escaped as the runner expects it.
"""

from __future__ import annotations

from enum import StrEnum

from sgpctl.model.located import Mark
from sgpctl.render.safe_text import safe

_IN_MESSAGES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))  # the percent sign first
_IN_PROPERTIES = (*_IN_MESSAGES, (":", "%3A"), (",", "%2C"))


class Level(StrEnum):
    """How GitHub shows a command. The values are its own words."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


def workflow_command(level: Level, title: str, message: str, at: Mark | None = None) -> str:
    """One line, ended by a newline. `at` names a file from the repository's folder."""
    place = f"file={_property(at[0])},line={at[1]},col={at[2]}," if at is not None else ""
    return f"::{level.value} {place}title={_property(title)}::{_data(message)}\n"


def _data(text: str) -> str:
    return _escaped("\n".join(safe(line) for line in text.split("\n")), _IN_MESSAGES)


def _property(text: str) -> str:
    return _escaped(safe(text), _IN_PROPERTIES)


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for char, escape in escapes:
        text = text.replace(char, escape)
    return text
