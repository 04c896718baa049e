"""How the rows of a replaced evaluation differ, in a few lines: counts, the columns that changed, some of the rows."""

from __future__ import annotations

from collections.abc import Iterator

from sgpctl.limits import COLUMNS_SHOWN_MAX, ROW_COLUMNS_SHOWN_MAX, ROWS_SHOWN_MAX
from sgpctl.plan.plan import ColumnChange, Excerpt, RowChange, RowKind, RowsChange
from sgpctl.plan.row_sample import few_of
from sgpctl.render.counting import counted
from sgpctl.render.excerpt import ABSENT, excerpts
from sgpctl.render.glyphs import UNICODE, Glyphs
from sgpctl.render.layout import Line, Span, Style, line_width, wrapped
from sgpctl.render.safe_text import display_width, safe, shortened
from sgpctl.render.wording import ROW_SIGNS, keyless_text, rows_change_text, rows_hidden

_INDENT = " " * 6
_ROW = " " * 8
_COLUMN = " " * 12
_VALUE = " " * 14
_GAP = " " * 3
_ROOM_MIN = 20
_VALUE_ROOM_MIN = 16
_NAME_ROOM_MAX = 40
_COMMA = ", "
_STYLES = {RowKind.CHANGED: Style.CHANGE, RowKind.ADDED: Style.ADD, RowKind.REMOVED: Style.REMOVE}


def rows_lines(rows: RowsChange, shown_at: str | None, glyphs: Glyphs, width: int) -> list[Line]:
    """`shown_at` names the change beneath which the very same rows were shown already."""
    by_key = f", by {rows.key}" if rows.key is not None else ""
    as_there = f"; as in {shown_at}" if shown_at is not None else ""
    head = f"rows{_GAP}{rows_change_text(rows)}{by_key}{as_there}"
    lines = wrapped(head, first=_INDENT, rest=_ROW, width=width)
    if shown_at is not None:
        return lines
    lines += _columns_lines(rows, glyphs, width)
    shown = few_of(rows.sample, ROWS_SHOWN_MAX)
    for row in shown:
        is_changed = row.kind is RowKind.CHANGED
        lines += _changed_lines(row, glyphs, width) if is_changed else [_one_sided_line(row, glyphs, width)]
    if hidden := rows_hidden(rows, len(shown)):
        lines.append((Span(_ROW), Span(f"{glyphs.ellipsis} {counted(hidden, 'more row')}", Style.FAINT)))
    if rows.keyless:
        words = keyless_text(rows.keyless, f"'{rows.key}'")
        lines += wrapped(words, first=_ROW, rest=f"{_ROW}  ", width=width, style=Style.FAINT)
    return lines


def _columns_lines(rows: RowsChange, glyphs: Glyphs, width: int) -> list[Line]:
    """In how many rows each column changed; one row shows that by itself."""
    if not rows.columns or rows.changed == 1:
        return []
    shown = rows.columns[:COLUMNS_SHOWN_MAX]
    words = [
        f"{shortened(column, _NAME_ROOM_MAX, glyphs.ellipsis)} in {counted(count, 'row')}"
        for column, count in shown
    ]
    if hidden := len(rows.columns) - len(shown) + rows.more_columns:
        words.append(f"{glyphs.ellipsis} {counted(hidden, 'more column')}")
    return wrapped(f"changed   {', '.join(words)}", first=_ROW, rest=f"{_ROW}  ", width=width)


def _one_sided_line(row: RowChange, glyphs: Glyphs, width: int) -> Line:
    """A row that was added or removed, with as much of it as one line takes."""
    room = max(width - len(_ROW) - 2, _ROOM_MIN)
    key = _key(row, glyphs)
    lead = f"{key}{_GAP}" if key and row.columns else key
    text = lead + _contents(row, room - display_width(lead), glyphs)
    return (Span(_ROW), _sign(row), Span(shortened(text, room, glyphs.ellipsis), _STYLES[row.kind]))


def _changed_lines(row: RowChange, glyphs: Glyphs, width: int) -> Iterator[Line]:
    head: Line = (Span(_ROW), _sign(row), Span(_key(row, glyphs), Style.STRONG))
    if len(row.columns) == 1 and not row.more_columns:
        yield from _column_lines((*head, Span(_GAP)), row.columns[0], glyphs, width)
        return
    yield head
    shown = row.columns[:ROW_COLUMNS_SHOWN_MAX]
    for column in shown:
        yield from _column_lines((Span(_COLUMN),), column, glyphs, width)
    if hidden := len(row.columns) - len(shown) + row.more_columns:
        yield (Span(_COLUMN), Span(f"{glyphs.ellipsis} {counted(hidden, 'more column')}", Style.FAINT))


def _contents(row: RowChange, room: int, glyphs: Glyphs) -> str:
    """What is in the row. What short values leave of the room goes to the longer ones."""
    parts = [f"{column.column} {_text(column.after or column.before, glyphs)}" for column in row.columns]
    left = room - len(_COMMA) * len(parts)
    by_width = sorted(range(len(parts)), key=lambda index: display_width(safe(parts[index])))
    for rank, index in enumerate(by_width):
        parts[index] = shortened(
            parts[index], max(_VALUE_ROOM_MIN, left // (len(parts) - rank)), glyphs.ellipsis
        )
        left -= display_width(parts[index])
    return _COMMA.join(parts)


def _sign(row: RowChange) -> Span:
    return Span(f"{ROW_SIGNS[row.kind]} ", _STYLES[row.kind])


def _key(row: RowChange, glyphs: Glyphs) -> str:
    return shortened(row.key or "", _NAME_ROOM_MAX, glyphs.ellipsis)


def _column_lines(lead: Line, column: ColumnChange, glyphs: Glyphs, width: int) -> Iterator[Line]:
    """The column behind `lead`, with its values beside it or, where they are long, beneath."""
    name = shortened(column.column, _NAME_ROOM_MAX, glyphs.ellipsis)
    before, after = _text(column.before, glyphs), _text(column.after, glyphs)
    one: Line = (
        *lead,
        Span(f"{name}{_GAP}"),
        Span(before, Style.REMOVE),
        Span(" -> "),
        Span(after, Style.ADD),
    )
    if line_width(one) <= width:
        yield one
        return
    room = max(width - len(_VALUE) - 2, _ROOM_MIN)
    old, new = excerpts(before, after, room, glyphs.ellipsis)
    yield (*lead, Span(name))
    if column.before is not None:
        yield (Span(_VALUE), Span(f"- {old}", Style.REMOVE))
    if column.after is not None:
        yield (Span(_VALUE), Span(f"+ {new}", Style.ADD))


def _text(value: Excerpt | None, glyphs: Glyphs) -> str:
    if value is None:
        return ABSENT
    return value.text.replace(UNICODE.ellipsis, glyphs.ellipsis) if value.is_cut else value.text
