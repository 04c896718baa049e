"""Patterns for paths below a folder: `*` and `?` stay within a name, `**` crosses folders, `[abc]` is one of them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_TOKEN = re.compile(r"(?P<folders>\*\*/)|(?P<rest>\*\*)|(?P<name>\*)|(?P<char>\?)|(?P<set>\[!?[^\]/]+\])")


def pattern_of(glob: str) -> re.Pattern[str]:
    """Matches the relative paths that `glob` names, and everything in the folders that it names."""
    regex = ""
    at = 0
    whole = str(PurePosixPath(glob))
    for token in _TOKEN.finditer(whole):
        regex += re.escape(whole[at : token.start()]) + _regex_of(token)
        at = token.end()
    regex += re.escape(whole[at:])
    if whole == ".":
        regex = "[^/]+"
    return re.compile(f"{regex}(?:/.*)?", re.DOTALL)


def folder_of(glob: str) -> str:
    """The longest folder that everything matching `glob` is in, `.` when that is the whole project."""
    parts: list[str] = []
    for part in PurePosixPath(glob).parts:
        if _TOKEN.search(part):
            break
        parts.append(part)
    return "/".join(parts) or "."


def _regex_of(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "folders":
            return "(?:[^/]+/)*"
        case "rest":
            return ".*"
        case "name":
            return "[^/]*"
        case "char":
            return "[^/]"
        case _:
            choice = token.group()[1:-1]
            negated = choice.startswith("!")
            return f"[{'^/' if negated else ''}{_escaped(choice[1:] if negated else choice)}]"


def _escaped(choice: str) -> str:
    return re.sub(r"([\\^\[\]&~|])", r"\\\1", choice)
