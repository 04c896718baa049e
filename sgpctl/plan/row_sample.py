"""A difference of rows as a plan keeps it: all of it counted, a few of its rows shown, every value bounded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest
from itertools import zip_longest
from typing import TypeAlias, TypeVar

from sgpctl.limits import (
    COLUMNS_COUNTED_MAX,
    ROW_COLUMNS_SAMPLED_MAX,
    ROW_TEXT_CHARS_MAX,
    ROWS_SAMPLED_MAX,
)
from sgpctl.model.canonical import canonical_text
from sgpctl.model.located import Json
from sgpctl.model.row_key import value_at
from sgpctl.model.shared_start import shared_start
from sgpctl.model.words import Words, in_words
from sgpctl.plan.plan import ColumnChange, Excerpt, RowChange, RowKind, RowsChange
from sgpctl.plan.row_difference import ChangedColumn, Row, RowDifference, changed_columns

_ELLIPSIS = "…"
_CONTEXT_CHARS = ROW_TEXT_CHARS_MAX // 3  # before the first character that differs

T = TypeVar("T")
_Rank: TypeAlias = tuple[int, float, str, str, str]


def sampled(difference: RowDifference, key: str | None, words: Words = str) -> RowsChange:
    """The difference, which was made with `key`; the order of the rows that made it does not show.

    Texts are put into `words` before they are shortened: whatever is to be hidden is not found in a piece of it.
    """
    kept = len(difference.changed) + difference.unchanged
    counts = Counter(column.name for row in difference.changed for column in row.columns)
    frequent = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    shown = key if difference.keyed else None
    return RowsChange(
        before=kept + len(difference.removed),
        after=kept + len(difference.added),
        added=len(difference.added),
        removed=len(difference.removed),
        unchanged=difference.unchanged,
        changed=len(difference.changed) if difference.keyed else None,
        key=shown,
        keyless=difference.keyless,
        columns=tuple((_start(words(name)), count) for name, count in frequent[:COLUMNS_COUNTED_MAX]),
        more_columns=max(0, len(frequent) - COLUMNS_COUNTED_MAX),
        sample=tuple(_sample(difference, shown, words)),
    )


def few_of(rows: Sequence[RowChange], count: int) -> list[RowChange]:
    """At most so many of `rows`, as many of each kind as there are of the others, kind by kind."""
    kinds = [[row for row in rows if row.kind is kind] for kind in RowKind]
    in_turn = [row for turn in zip_longest(*kinds) for row in turn if row is not None]
    order = list(RowKind)
    return sorted(in_turn[:count], key=lambda row: order.index(row.kind))


def _sample(difference: RowDifference, key: str | None, words: Words) -> list[RowChange]:
    """The first rows of each kind, in the order of their keys."""
    changed = _first(difference.changed, lambda row: _rank(row.after, key))
    added = _first(difference.added, lambda row: _rank(row, key))
    removed = _first(difference.removed, lambda row: _rank(row, key))
    rows = [
        *((RowKind.CHANGED, row.after, row.columns) for row in changed),
        *((RowKind.ADDED, row, changed_columns({}, row.columns)) for row in added),
        *((RowKind.REMOVED, row, changed_columns(row.columns, {})) for row in removed),
    ]
    return few_of(
        [_row_change(kind, row, columns, key, words) for kind, row, columns in rows], ROWS_SAMPLED_MAX
    )


def _first(rows: Iterable[T], rank: Callable[[T], _Rank]) -> Sequence[T]:
    return nsmallest(ROWS_SAMPLED_MAX, rows, key=rank)


def _rank(row: Row, key: str | None) -> _Rank:
    """Rows in the order of their keys, numbers by size; then those without one, by their content.

    Equal rows that are written in different ways come in the order of how they are written.
    """
    value = None if key is None else value_at(row.data, key)
    written = json.dumps([dict(row.data), dict(row.files)])
    match value:
        case None:
            return (2, 0, canonical_text(dict(row.data)), row.digest, written)
        case int() | float() if not isinstance(value, bool):
            return (0, value, "", row.digest, written)
        case _:
            return (1, 0, _key_text(value), row.digest, written)


def _row_change(
    kind: RowKind, row: Row, columns: Iterable[ChangedColumn], key: str | None, words: Words
) -> RowChange:
    value = None if key is None else in_words(value_at(row.data, key), words)
    others = [column for column in columns if column.name != key]
    return RowChange(
        kind,
        None if value is None else _start(_key_text(value)),
        tuple(_column_change(column, words) for column in others[:ROW_COLUMNS_SAMPLED_MAX]),
        max(0, len(others) - ROW_COLUMNS_SAMPLED_MAX),
    )


def _key_text(value: Json) -> str:
    return value if isinstance(value, str) else canonical_text(value)


def _column_change(column: ChangedColumn, words: Words) -> ColumnChange:
    before, after = (
        None if value is None else json.dumps(in_words(value, words), ensure_ascii=False)
        for value in (column.before, column.after)
    )
    start = 0
    if before is not None and after is not None:
        start = max(0, shared_start(before, after) - _CONTEXT_CHARS)
    return ColumnChange(_start(words(column.name)), _excerpt(before, start), _excerpt(after, start))


def _excerpt(text: str | None, start: int) -> Excerpt | None:
    """`text` from `start` on, as far as there is room; a short one is whole."""
    if text is None or len(text) <= ROW_TEXT_CHARS_MAX:
        return None if text is None else Excerpt(text)
    lead = _ELLIPSIS if start else ""
    return Excerpt(lead + _start(text[start:]), is_cut=True)


def _start(text: str) -> str:
    return text if len(text) <= ROW_TEXT_CHARS_MAX else text[:ROW_TEXT_CHARS_MAX] + _ELLIPSIS
