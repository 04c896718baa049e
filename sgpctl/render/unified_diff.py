"""Two versions of a file as a unified diff, each line safe to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sgpctl.limits import DIFF_LINES_COMPARED_MAX, DIFF_PAIRS_COMPARED_MAX
from sgpctl.render.layout import Line, Span, Style

_CONTEXT_LINES = 3
_NO_LINE_END = "\\ No newline at end of file"


def unified_diff(name: str, before: str, after: str) -> list[Line]:
    """The differing passages with three lines around them, empty when there are none.

    What no line may hold as it is (carriage returns, tabs) is shown as an escape. A passage that is too long to be
    compared is shown as taken out and put in whole.
    """
    old, new = _lines(before), _lines(after)
    groups = list(_grouped(_changes(old, new)))
    if not groups:
        return []
    lines: list[Line] = [
        (Span(f"--- a/{name}", Style.STRONG),),
        (Span(f"+++ b/{name}", Style.STRONG),),
    ]
    for group in groups:
        lines += _hunk(group, old, new)
    return lines


_Change = tuple[int, int, int, int]
"""A passage of the old lines (from, to) and the one of the new lines that replaces it."""


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    shortest = min(len(old), len(new))
    head = next((index for index in range(shortest) if old[index] != new[index]), shortest)
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_part, new_part = old[head : len(old) - tail], new[head : len(new) - tail]
    if not old_part and not new_part:
        return []
    if max(len(old_part), len(new_part)) > DIFF_LINES_COMPARED_MAX:
        return [(head, len(old) - tail, head, len(new) - tail)]
    is_costly = _equal_pairs(old_part, new_part) > DIFF_PAIRS_COMPARED_MAX
    blocks = SequenceMatcher(None, old_part, new_part, autojunk=is_costly).get_opcodes()
    return [
        (old_from + head, old_to + head, new_from + head, new_to + head)
        for kind, old_from, old_to, new_from, new_to in blocks
        if kind != "equal"
    ]


def _equal_pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(counts[line] for line in old)


def _grouped(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Changes so near to each other that their surroundings touch."""
    group: list[_Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * _CONTEXT_LINES:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(group: Sequence[_Change], old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    old_start, new_start = max(0, group[0][0] - _CONTEXT_LINES), max(0, group[0][2] - _CONTEXT_LINES)
    old_end = min(len(old), group[-1][1] + _CONTEXT_LINES)
    new_end = min(len(new), group[-1][3] + _CONTEXT_LINES)
    yield (Span(f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@", Style.FAINT),)
    at = old_start
    for old_from, old_to, new_from, new_to in group:
        yield from _marked(" ", old[at:old_from], Style.PLAIN)
        yield from _marked("-", old[old_from:old_to], Style.REMOVE)
        yield from _marked("+", new[new_from:new_to], Style.ADD)
        at = old_to
    yield from _marked(" ", old[at:old_end], Style.PLAIN)


def _marked(mark: str, lines: Sequence[str], style: Style) -> Iterator[Line]:
    for line in lines:
        yield (Span(mark + line.removesuffix("\n"), style),)
        if not line.endswith("\n"):
            yield (Span(_NO_LINE_END, Style.FAINT),)


def _range(start: int, end: int) -> str:
    """As diff counts: from 1, and the line before it where there is none."""
    return f"{start + 1 if end > start else start},{end - start}"


def _lines(text: str) -> list[str]:
    """Each with its line feed; other line ends are shown, not obeyed."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + parts[-1:] * bool(parts[-1])
