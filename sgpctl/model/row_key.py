"""The column by which reviewers know a row again: `lifecycle.row_key`. It is for display; nothing of it is sent.

A row key is written as the part of a locator after `item.`: a column, or `column.key` for what lies within its value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from sgpctl.limits import NAMES_COMPARED_MAX, ROW_KEY_CHARS_MAX
from sgpctl.model.canonical import canonical_text
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Json
from sgpctl.model.locators import PREFIX
from sgpctl.model.nearest import Hints
from sgpctl.model.rows import has_missing

_PATH = ("lifecycle", "row_key")


def row_key_of(lifecycle: Json) -> str | None:
    """The row key that a manifest names, if it names one that can be one."""
    name = lifecycle.get("row_key") if isinstance(lifecycle, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= ROW_KEY_CHARS_MAX else None


def value_at(row: Mapping[str, Json], name: str) -> Json:
    """What `name` stands for in `row`; None where it has no such value. The longest column that fits is meant."""
    column = name
    while column not in row:
        column = column.rpartition(".")[0]
        if not column:
            return None
    value = row[column]
    for step in name[len(column) + 1 :].split(".") if column != name else ():
        value = value.get(step) if isinstance(value, dict) else None
    return value


def key_text(value: Json) -> str | None:
    """A text that only equal values have; None for no value."""
    match value:
        case None:
            return None
        case str():
            return f'"{value}'  # no other value's canonical text begins so
        case _:
            return canonical_text(value)


def row_key_findings(document: Mapping[str, Json], hints: Hints) -> Iterator[Finding]:
    """What is wrong with the row key of a manifest, in the light of its rows."""
    name, data = row_key_of(document.get("lifecycle")), document.get("data")
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    if name is None or not rows or has_missing(data):
        return
    keys = Counter(key_text(value_at(row, name)) for row in rows)
    lacking = keys.pop(None, 0)
    if not keys:
        yield Finding(_PATH, f"no row has a column '{name}'{meant_by(name, rows, hints)}")
        return
    sharing = sum(count for count in keys.values() if count > 1)
    doubts = [
        *([f"{lacking:,} have none"] if lacking else []),
        *([f"{sharing:,} share theirs with another row"] if sharing else []),
    ]
    if doubts:
        yield Finding(
            _PATH,
            f"'{name}' is not the key of all {len(rows):,} rows: {', '.join(doubts)}; a plan compares those by content",
            Severity.WARNING,
        )


def meant_by(name: str, rows: Iterable[Mapping[str, Json]], hints: Hints) -> str:
    """The end of a sentence about a row key that no row has; only the first rows are looked at."""
    known = dict.fromkeys(path for row in islice(rows, NAMES_COMPARED_MAX) for path in _paths_in(row))
    bare = name.removeprefix(PREFIX)
    return f"; did you mean '{bare}'?" if bare != name and bare in known else hints.did_you_mean(bare, known)


def _paths_in(row: Mapping[str, Json]) -> Iterator[str]:
    """The columns of a row, and the keys of what lies in them."""
    for column, value in row.items():
        yield column
        if isinstance(value, dict):
            yield from (f"{column}.{key}" for key in value)
