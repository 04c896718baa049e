"""How the rows of replaced evaluations differ: counts, and some rows by column; each difference once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sgpctl.limits import COLUMNS_SHOWN_MAX, COMMENT_COLUMNS_MAX, COMMENT_ROWS_MAX
from sgpctl.plan.plan import ColumnChange, Excerpt, Plan, RowChange, RowKind, RowsChange
from sgpctl.plan.row_sample import few_of
from sgpctl.render.counting import counted
from sgpctl.render.excerpt import excerpts
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import ELLIPSIS, code, folded, of_evaluations, row, table_head
from sgpctl.render.wording import ROW_SIGNS, keyless_text, rows_change_text, rows_hidden

_BREAK = "\n\n"
_VALUE_CELLS_MAX = 80


def rows_part(plan: Plan, remedy: str) -> Part | None:
    groups: dict[RowsChange, list[str]] = {}
    for change in plan.changes:
        if change.rows is not None:
            groups.setdefault(change.rows, []).append(change.name)
    if not groups:
        return None
    items = [item for rows, names in groups.items() for item in _items(rows, names)]
    return Part(
        Importance.ROWS,
        *folded(f"Rows differ in {counted(sum(map(len, groups.values())), 'evaluation')}"),
        items=[items[0].removeprefix(_BREAK), *items[1:]],
        joint="",
        things="differences of rows",
        remedy=remedy,
    )


def _items(rows: RowsChange, names: Sequence[str]) -> Iterator[str]:
    """A row to each item, so that they can end after any; what stands before the first one goes with it."""
    shown = few_of(rows.sample, COMMENT_ROWS_MAX)
    lead = _title(rows, names)
    for table in (_changed(shown, rows), _one_sided(shown, rows)):
        for line in table:
            yield f"{lead}{line}"
            lead = ""
    if (rest := _rest(rows, len(shown))) or lead:
        yield f"{lead}{rest}"


def _title(rows: RowsChange, names: Sequence[str]) -> str:
    text = f"{_BREAK}{of_evaluations(names)}: {rows_change_text(rows)}"
    if rows.key is not None:
        text += f", by {code(rows.key)}"
    if not rows.columns or rows.changed == 1:  # the one row shows them itself
        return text
    shown = rows.columns[:COLUMNS_SHOWN_MAX]
    words = [f"{code(column)} in {counted(count, 'row')}" for column, count in shown]
    if hidden := len(rows.columns) - len(shown) + rows.more_columns:
        words.append(counted(hidden, "more column"))
    return f"{text}<br>\nchanged: {', '.join(words)}"


def _changed(shown: Sequence[RowChange], rows: RowsChange) -> Iterator[str]:
    """Rows before and after, a line for each column."""
    head = _BREAK + table_head("", _key_title(rows), "column", "before", "after")
    for one in shown:
        if one.kind is RowKind.CHANGED:
            yield f"{head}{_changed_lines(one)}"
            head = "\n"


def _changed_lines(one: RowChange) -> str:
    """The sign and the key stand in the first line."""
    shown = one.columns[:COMMENT_COLUMNS_MAX]
    cells = [(code(column.column), *_values(column)) for column in shown]
    if (hidden := len(one.columns) - len(shown) + one.more_columns) or not shown:
        cells.append((counted(hidden, "more column"), "", ""))
    first = (code(ROW_SIGNS[one.kind]), _key(one))
    return "\n".join(row(*(("", "") if index else first), *each) for index, each in enumerate(cells))


def _values(column: ColumnChange) -> tuple[str, str]:
    texts = excerpts(_text(column.before), _text(column.after), _VALUE_CELLS_MAX, ELLIPSIS)
    before, after = (
        _cell(side, text) for side, text in zip((column.before, column.after), texts, strict=True)
    )
    return before, after


def _one_sided(shown: Sequence[RowChange], rows: RowsChange) -> Iterator[str]:
    """Rows that were added or removed, in a table of their columns."""
    contents = [(one, _contents(one)) for one in shown if one.kind is not RowKind.CHANGED]
    columns = list(dict.fromkeys(column for _, values in contents for column in values))[:COMMENT_COLUMNS_MAX]
    has_more = any(_more(one, values, columns) for one, values in contents)
    key = [] if rows.key is None else [_key_title(rows)]
    head = _BREAK + table_head("", *key, *map(code, columns), *(["more"] if has_more else []))
    for one, values in contents:
        cells = [code(ROW_SIGNS[one.kind]), *([] if rows.key is None else [_key(one)])]
        cells += [_cell(values.get(column), _text(values.get(column))) for column in columns]
        if has_more:
            hidden = _more(one, values, columns)
            cells.append(counted(hidden, "column") if hidden else "")
        yield f"{head}{row(*cells)}"
        head = "\n"


def _contents(one: RowChange) -> Mapping[str, Excerpt | None]:
    return {column.column: column.after or column.before for column in one.columns}


def _more(one: RowChange, values: Mapping[str, object], columns: Sequence[str]) -> int:
    return len(values.keys() - set(columns)) + one.more_columns


def _rest(rows: RowsChange, shown: int) -> str:
    words = [counted(hidden, "more row")] if (hidden := rows_hidden(rows, shown)) else []
    if rows.keyless:
        words.append(keyless_text(rows.keyless, _key_title(rows)))
    return f"{_BREAK}… {'; '.join(words)}" if words else ""


def _key_title(rows: RowsChange) -> str:
    return "" if rows.key is None else code(rows.key)


def _key(one: RowChange) -> str:
    return "" if one.key is None else code(one.key, _VALUE_CELLS_MAX)


def _cell(value: Excerpt | None, text: str) -> str:
    return "" if value is None else code(text, _VALUE_CELLS_MAX)


def _text(value: Excerpt | None) -> str:
    return "" if value is None else value.text
