"""Patterns for paths below a folder: `*` and `?` stay within a name, `**` as a name of its own is any number of folders,
`[abc]` and `[a-c]` are one of these characters.

However a pattern is written, matching a path takes a time that grows with its length alone: what stands between two
stars is taken where it comes first, and that choice is never tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

_FOLDERS = "**"
_ANY_FOLDERS = "(?:[^/]+/)*?"
_AND_ALL_BELOW = "(?:/.*)?"
_NOTHING = "(?!)"
_TOKEN = re.compile(r"(?P<name>\*+)|(?P<char>\?)|(?P<set>\[!?[^\]]+\])")


def pattern_of(glob: str) -> re.Pattern[str]:
    """Matches the relative paths that `glob` names, and everything in the folders that it names."""
    parts = PurePosixPath(glob).parts
    first, *others = _between_folders(parts)
    if not parts:
        regex = f"[^/]+{_AND_ALL_BELOW}"
    elif not others:
        regex = f"{first}{_AND_ALL_BELOW}"
    else:
        *inner, last = others
        regex = f"{first}/" if first else ""
        regex += "".join(f"(?>{_ANY_FOLDERS}{names}/)" for names in inner if names)
        regex += f"{_ANY_FOLDERS}{last}{_AND_ALL_BELOW}" if last else ".+"
    return re.compile(regex, re.DOTALL)


def folder_of(glob: str) -> str:
    """The longest folder that everything matching `glob` is in, `.` when that is the whole project."""
    parts: list[str] = []
    for part in PurePosixPath(glob).parts:
        if _TOKEN.search(part):
            break
        parts.append(part)
    return "/".join(parts) or "."


def _between_folders(parts: Sequence[str]) -> list[str]:
    """What stands before, between and after the `**`."""
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == _FOLDERS:
            runs.append([])
        else:
            runs[-1].append(_name_regex(part))
    return ["/".join(run) for run in runs]


def _name_regex(part: str) -> str:
    fixed = [""]
    at = 0
    for token in _TOKEN.finditer(part):
        fixed[-1] += re.escape(part[at : token.start()])
        if token.lastgroup == "name":
            fixed.append("")
        else:
            fixed[-1] += "[^/]" if token.lastgroup == "char" else _set_regex(token.group()[1:-1])
        at = token.end()
    fixed[-1] += re.escape(part[at:])
    first, *others = fixed
    if not others:
        return first
    *inner, last = others
    return first + "".join(f"(?>[^/]*?{piece})" for piece in inner) + f"[^/]*{last}"


def _set_regex(choice: str) -> str:
    is_negated = choice.startswith("!") and len(choice) > 1
    members = "".join(_members(choice[is_negated:]))
    if is_negated:
        return f"[^/{members}]"
    return f"(?!/)[{members}]" if members else _NOTHING


def _members(choice: str) -> Iterator[str]:
    """The characters and ranges in a set; a range that goes backwards holds nothing, as in a shell."""
    at = 0
    while at < len(choice):
        first, last = choice[at], choice[at + 2 : at + 3] if choice[at + 1 : at + 2] == "-" else ""
        if not last:
            yield re.escape(first)
        elif first <= last:
            yield f"{re.escape(first)}-{re.escape(last)}"
        at += 3 if last else 1
