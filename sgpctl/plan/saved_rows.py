"""The saved form of how rows differ. Plans of format 1.0 only count rows."""

from __future__ import annotations

import json

from sgpctl.model.located import Json
from sgpctl.plan.document import Part, damaged
from sgpctl.plan.plan import ColumnChange, Excerpt, RowChange, RowKind, RowsChange

_SIDES = ("before", "after")


def rows_document(rows: RowsChange) -> Json:
    return {
        "before": rows.before,
        "after": rows.after,
        "added": rows.added,
        "removed": rows.removed,
        "unchanged": rows.unchanged,
        "changed": rows.changed,
        "key": rows.key,
        "keyless": rows.keyless,
        "columns": [{"column": column, "rows": count} for column, count in rows.columns],
        "more_columns": rows.more_columns,
        "sample": [_row_document(row) for row in rows.sample],
    }


def read_rows(part: Part) -> RowsChange:
    return RowsChange(
        before=part.count_or_none("before"),
        after=part.count_or_none("after"),
        added=part.count_or_none("added"),
        removed=part.count_or_none("removed"),
        unchanged=part.count_or_none("unchanged"),
        changed=part.count_if_there("changed"),
        key=part.text_if_there("key"),
        keyless=part.count_if_there("keyless") or 0,
        columns=tuple((each.text("column"), each.count("rows")) for each in part.parts_if_there("columns")),
        more_columns=part.count_if_there("more_columns") or 0,
        sample=tuple(_read_row(each) for each in part.parts_if_there("sample")),
    )


def _row_document(row: RowChange) -> Json:
    return {
        "kind": row.kind.value,
        "key": row.key,
        "columns": [_column_document(column) for column in row.columns],
        "more_columns": row.more_columns,
    }


def _column_document(column: ColumnChange) -> Json:
    """Values as they are; one that was cut is a piece of its JSON text, and `cut` names its side."""
    sides = dict(zip(_SIDES, (column.before, column.after), strict=True))
    return {
        "column": column.column,
        **{side: _value(excerpt) for side, excerpt in sides.items()},
        "cut": [side for side, excerpt in sides.items() if excerpt is not None and excerpt.is_cut],
    }


def _value(excerpt: Excerpt | None) -> Json:
    if excerpt is None or excerpt.is_cut:
        return None if excerpt is None else excerpt.text
    value: Json = json.loads(excerpt.text)
    return value


def _read_row(part: Part) -> RowChange:
    kind = part.text("kind")
    if kind not in set(RowKind):
        raise damaged(f"`{part.path}.kind` {kind!r} is not what a row can be")
    return RowChange(
        RowKind(kind),
        part.text_or_none("key"),
        tuple(_read_column(each) for each in part.parts("columns")),
        part.count("more_columns"),
    )


def _read_column(part: Part) -> ColumnChange:
    cut = part.texts("cut")
    before, after = (_read_excerpt(part, side, is_cut=side in cut) for side in _SIDES)
    return ColumnChange(part.text("column"), before, after)


def _read_excerpt(part: Part, side: str, *, is_cut: bool) -> Excerpt | None:
    if is_cut:
        return Excerpt(part.text(side), is_cut=True)
    value = part.json(side)
    return None if value is None else Excerpt(json.dumps(value, ensure_ascii=False))
