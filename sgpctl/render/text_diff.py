"""Two texts line by line: what was removed, what was added, and a little of what is around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import zip_longest

from sgpctl.limits import DIFF_CONTEXT_LINES, DIFF_LINES_COMPARED_MAX


class Kind(Enum):
    """The values stand at the beginning of the line, as in a unified diff."""

    CONTEXT = " "
    REMOVED = "-"
    ADDED = "+"
    POSITION = "@"  # the text is the number of the new line that follows
    REMARK = "\\"  # about the text, not of it


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line. `twin` is the line on the other side that stands in the same place of a rewritten passage."""

    kind: Kind
    text: str
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class TextDiff:
    """`lines` is None when the two differ over too long a stretch to be compared."""

    lines: tuple[DiffLine, ...] | None
    added: int
    removed: int


def text_diff(before: str, after: str) -> TextDiff:
    """How `after` differs from `before`. Lines end at a newline only, so odd separators stay visible inside a line."""
    old, new = _lines(before), _lines(after)
    head, tail = _shared_ends(old, new)
    start = max(0, head - DIFF_CONTEXT_LINES)
    around = max(0, tail - DIFF_CONTEXT_LINES)
    old_part, new_part = old[start : len(old) - around], new[start : len(new) - around]
    if max(len(old_part), len(new_part)) > DIFF_LINES_COMPARED_MAX:
        return TextDiff(None, len(new) - head - tail, len(old) - head - tail)
    lines = [*_hunks(old_part, new_part, start), *_newline_remarks(before, after)]
    return TextDiff(
        tuple(lines),
        added=sum(line.kind is Kind.ADDED for line in lines),
        removed=sum(line.kind is Kind.REMOVED for line in lines),
    )


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _shared_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and how many of the others at the end."""
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def _hunks(old: list[str], new: list[str], skipped: int) -> Iterator[DiffLine]:
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(DIFF_CONTEXT_LINES):
        first_new_line = group[0][3] + skipped + 1
        if first_new_line > 1:
            yield DiffLine(Kind.POSITION, str(first_new_line))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                yield from (DiffLine(Kind.CONTEXT, text) for text in old[old_from:old_to])
            else:
                yield from _rewritten(old[old_from:old_to], new[new_from:new_to])


def _rewritten(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    pairs = list(zip_longest(old, new))
    yield from (DiffLine(Kind.REMOVED, mine, theirs) for mine, theirs in pairs if mine is not None)
    yield from (DiffLine(Kind.ADDED, theirs, mine) for mine, theirs in pairs if theirs is not None)


def _newline_remarks(before: str, after: str) -> Iterator[DiffLine]:
    if before and after and before.endswith("\n") != after.endswith("\n"):
        which = "new text has no" if before.endswith("\n") else "old text had no"
        yield DiffLine(Kind.REMARK, f"the {which} newline at its end")
