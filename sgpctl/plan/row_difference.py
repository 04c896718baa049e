"""Which rows differ: matched by a key where one is named, else by content. Linear in the number of rows.

A key matches a row only where it has one on either side at most; all others, and those without it, are matched by content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sgpctl.model.canonical import canonical_text, row_digest
from sgpctl.model.located import Json, Path, path_text
from sgpctl.model.row_key import key_text, value_at

_FILES = "files"

RowParts: TypeAlias = tuple[Mapping[str, Json], Mapping[str, str] | None]
"""A row and the files that are paired with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with everything that belongs to it; equal digests are equal rows."""

    data: Mapping[str, Json]
    files: Mapping[str, str]
    digest: str

    @property
    def columns(self) -> dict[Path, Json]:
        """What is there, in its order; each file is a column of its own."""
        data: dict[Path, Json] = {(name,): value for name, value in self.data.items() if value is not None}
        return data | {(_FILES, name): file_id for name, file_id in self.files.items()}


@dataclass(frozen=True, slots=True)
class ChangedColumn:
    """One column of a row before and after. None means absent."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """Two rows with one key."""

    before: Row
    after: Row

    @property
    def columns(self) -> list[ChangedColumn]:
        """Those that differ, in the order of the new row; those that it lost come last."""
        return changed_columns(self.before.columns, self.after.columns)


@dataclass(frozen=True, slots=True)
class RowDifference:
    """What makes the new rows of the old ones.

    `keyed` is False where no row has a key of its own. Otherwise `keyless` are the rows of both sides that have none, and
    so were matched by content.
    """

    added: Sequence[Row] = ()
    removed: Sequence[Row] = ()
    changed: Sequence[ChangedRow] = ()
    unchanged: int = 0
    keyed: bool = False
    keyless: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def rows_of(parts: Iterable[RowParts]) -> list[Row]:
    return [Row(data, files or {}, row_digest(data, files)) for data, files in parts]


def row_difference(before: Sequence[Row], after: Sequence[Row], key: str | None = None) -> RowDifference:
    """How `after` differs from `before`; `key` is the column by which a row is known again (`row_key`)."""
    old, new = _by_key(before, key), _by_key(after, key)
    keys = [
        name
        for name in {**old, **new}
        if name is not None and len(old.get(name, ())) <= 1 and len(new.get(name, ())) <= 1
    ]
    own = [(_only(old.pop(name, ())), _only(new.pop(name, ()))) for name in keys]
    pairs = [ChangedRow(was, now) for was, now in own if was is not None and now is not None]
    changed = [pair for pair in pairs if pair.before.digest != pair.after.digest]
    old_rest, new_rest = _all(old), _all(new)
    removed, added = _beyond(old_rest, new_rest), _beyond(new_rest, old_rest)
    return RowDifference(
        added=[*(now for was, now in own if was is None and now is not None), *added],
        removed=[*(was for was, now in own if now is None and was is not None), *removed],
        changed=changed,
        unchanged=len(pairs) - len(changed) + len(old_rest) - len(removed),
        keyed=bool(keys),
        keyless=len(old_rest) + len(new_rest) if keys else 0,
    )


def changed_columns(before: Mapping[Path, Json], after: Mapping[Path, Json]) -> list[ChangedColumn]:
    return [
        ChangedColumn(path_text(column), before.get(column), after.get(column))
        for column in {**after, **before}
        if not _is_same(before.get(column), after.get(column))
    ]


def _by_key(rows: Iterable[Row], key: str | None) -> dict[str | None, list[Row]]:
    """The rows by the text of their key; under None those that have none."""
    grouped: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[None if key is None else key_text(value_at(row.data, key))].append(row)
    return dict(grouped)


def _only(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None


def _all(groups: Mapping[str | None, Sequence[Row]]) -> list[Row]:
    return [row for rows in groups.values() for row in rows]


def _beyond(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """The rows that `others` lack; one that occurs more often here is left as often as that."""
    spare = Counter(row.digest for row in others)
    left: list[Row] = []
    for row in rows:
        if spare[row.digest] > 0:
            spare[row.digest] -= 1
        else:
            left.append(row)
    return left


def _is_same(before: Json, after: Json) -> bool:
    """As digests see it."""
    if isinstance(before, str) and isinstance(after, str):
        return before == after
    return canonical_text(before) == canonical_text(after)
