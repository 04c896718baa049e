"""Scalars taken out of their indentation, so that they can be written into another one and still mean the same.

In plain and quoted scalars the blanks around a line end mean nothing. In block scalars only the common indentation
means nothing; all else, blanks at line ends included, is content.
"""

from __future__ import annotations

import re

from sgpctl.manifest.formatting.tree import BlockScalar, Comment

INDENT = 2

_BLOCK_HEADER = re.compile(r"([|>])([+-]?)([1-9]?)([+-]?)([ \t]*)(#[^\n]*)?")
_ENDS_IN_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")


def lines_of(source: str) -> list[str]:
    """The lines of a plain or quoted scalar, without the blanks that fold away."""
    lines = source.split("\n")
    last = len(lines) - 1
    return [_trimmed(line, is_first=index == 0, is_last=index == last) for index, line in enumerate(lines)]


def _trimmed(line: str, *, is_first: bool, is_last: bool) -> str:
    start = line if is_first else line.lstrip(" \t")
    if is_last:
        return start
    trimmed = start.rstrip(" \t")
    # A backslash before the blank makes it content; without the blank it would escape the line end instead.
    return start if trimmed != start and _ENDS_IN_ESCAPE.search(trimmed) else trimmed


def read_block(source: str, parent_column: int) -> tuple[BlockScalar, Comment | None, bool]:
    """A block scalar, the comment in its header, and whether empty lines follow that are not part of it.

    `parent_column` is that of the innermost map or list around it that is not in brackets, 0 without one.
    """
    first, _, body = source.partition("\n")
    header = _BLOCK_HEADER.match(first)
    style, before, digit, after, space, words = header.groups() if header else (first[:1], *[""] * 5)
    comment = Comment(words.rstrip(" \t"), 0, is_trailing=True, space=len(space)) if words else None
    chomping = before or after
    lines = body.split("\n")
    unfinished = lines.pop()  # empty, unless the file ends without a line end
    indentation = parent_column + int(digit) if digit else _detected(lines, unfinished)
    lines = [line[indentation:] for line in lines]
    if unfinished[indentation:]:
        lines.append(unfinished[indentation:])
        chomping = "-"  # the content has no line end here, and the file will have one
    is_followed = False
    while chomping != "+" and lines and not lines[-1]:
        lines.pop()
        is_followed = True
    return BlockScalar(f"{style}{INDENT if digit else ''}{chomping}", lines), comment, is_followed


def _detected(lines: list[str], unfinished: str) -> int:
    """The indentation of the first line that is not blank; all of the text where there is none."""
    for line in (*lines, unfinished):
        if line.strip(" "):
            return len(line) - len(line.lstrip(" "))
    return max((len(line) for line in (*lines, unfinished)), default=0)
