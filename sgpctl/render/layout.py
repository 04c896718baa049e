"""Lines of styled text as values, made once and then turned into plain text or, in `ansi`, into coloured text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from sgpctl.render.safe_text import command_signs, display_width, escape, safe

INDENT = " " * 6
"""Before what belongs to the line above it: further in than the symbol of a change, so that no text can pass for one."""

_GAP = 2  # cells between columns
_MORE_SPACES = re.compile("(?<= ) ")


class Style(Enum):
    """What a piece of text means; `ansi` decides how that looks."""

    PLAIN = auto()
    STRONG = auto()
    FAINT = auto()
    ADD = auto()
    CHANGE = auto()
    REPLACE = auto()
    REMOVE = auto()
    BRING_BACK = auto()
    WARNING = auto()
    ERROR = auto()
    GOOD = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line. Its text is made safe here, so that no caller can forget it."""

    text: str
    style: Style = Style.PLAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", safe(self.text))

    @property
    def width(self) -> int:
        return display_width(self.text)


Line: TypeAlias = tuple[Span, ...]

BLANK: Line = ()


def plain(lines: Sequence[Line]) -> str:
    """The lines as text, each ended by a newline."""
    return "".join("".join(span.text for span in inert(line)) + "\n" for line in lines)


def inert(line: Line) -> Line:
    """The line with nothing in it that a CI service obeys when it stands in the log of a job."""
    signs = command_signs("".join(span.text for span in line))
    if not signs:
        return line
    spans: list[Span] = []
    start = 0
    for span in line:
        text = "".join(
            escape(char) if start + index in signs else char for index, char in enumerate(span.text)
        )
        spans.append(Span(text, span.style))
        start += len(span.text)
    return tuple(spans)


def line_width(line: Line) -> int:
    return sum(span.width for span in line)


def wrapped(text: str, *, first: str, rest: str, width: int, style: Style = Style.PLAIN) -> list[Line]:
    """`text` broken at spaces into lines of at most `width` cells; a longer word is left whole.

    `first` and `rest` stand before the first line and before every other one.
    """
    lines: list[Line] = []
    here, lead = "", first
    for word in safe(text).split(" "):
        longer = f"{here} {word}" if here else word
        if here and display_width(lead) + display_width(longer) > width:
            lines.append((Span(lead), Span(here.rstrip(" "), style)))
            here, lead = word, rest
        else:
            here = longer
    return [*lines, (Span(lead), Span(here, style))]


def led(lead: Span, text: str, *, width: int) -> list[Line]:
    """`text` wrapped after a styled first word or two; the lines after the first are indented as no change is."""
    first, *others = wrapped(text, first=lead.text, rest=INDENT, width=width)
    return [(lead, *first[1:]), *others]


def columns(
    rows: Sequence[Sequence[Span]],
    *,
    width: int,
    fold_at: int = 0,
    first_gap: int = _GAP,
    right: frozenset[int] = frozenset(),
    caps: Mapping[int, int] | None = None,
) -> list[list[Line]]:
    """The rows, each as one or more lines, with their cells in common columns; nothing is cut.

    `caps` bounds the widths of columns. After a cell wider than its column the row goes on in the next line. A cell
    that would cross `width` goes to the next line too, under the column `fold_at`, and the rest of the row follows
    it there. Cells of the columns in `right` end together. A column with no text takes no room. `first_gap` are the
    cells between the first two columns. More than one space in a cell are shown as escapes: they would look like the
    end of its column.
    """
    rows = [[_without_gaps(cell) for cell in row] for row in rows]
    widths = _column_widths(rows, caps or {})
    starts = [0]
    for index, wide in enumerate(widths):
        starts.append(starts[-1] + (wide + (_GAP if index else first_gap) if wide else 0))
    grid = _Grid(starts, widths, right, fold_at, width)
    return [grid.lines(row) for row in rows]


def _without_gaps(cell: Span) -> Span:
    if "  " not in cell.text:
        return cell
    return Span(_MORE_SPACES.sub(lambda _: escape(" "), cell.text), cell.style)


def _column_widths(rows: Sequence[Sequence[Span]], caps: Mapping[int, int]) -> list[int]:
    widths: list[int] = []
    for index in range(max((len(row) for row in rows), default=0)):
        present = [row[index].width for row in rows if index < len(row)]
        cap = caps.get(index)
        fitting = present if cap is None else [cell for cell in present if cell <= cap]
        widths.append(max(fitting, default=0))
    return widths


@dataclass(frozen=True, slots=True)
class _Grid:
    starts: Sequence[int]
    widths: Sequence[int]
    right: frozenset[int]
    fold_at: int
    width: int

    def lines(self, row: Sequence[Span]) -> list[Line]:
        lines: list[Line] = []
        here: list[Span] = []
        used = 0
        is_folded = False
        for index, cell in enumerate(row):
            if not cell.text:
                continue
            start = used + _GAP if is_folded else self._start(index, cell)
            is_crossing = index > self.fold_at and start + cell.width > self.width
            if here and (is_crossing or used >= start):
                lines.append(tuple(here))
                here, used = [], 0
                is_folded = is_folded or is_crossing
                start = self.starts[self.fold_at] if is_folded else start
            here += [Span(" " * (start - used)), cell] if start > used else [cell]
            used = start + cell.width
        return [*lines, tuple(here)]

    def _start(self, index: int, cell: Span) -> int:
        room = max(0, self.widths[index] - cell.width) if index in self.right else 0
        return self.starts[index] + room
