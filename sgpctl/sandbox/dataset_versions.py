"""The items of a dataset, kept once per version in which they changed.

A line holds from `from_version` on and until just before `until_version`. Changing an item closes its line and opens
another; removing it only closes the line, so that earlier versions stay readable (API 5).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence

from sgpctl.sandbox.calls import Call
from sgpctl.sandbox.moments import next_created_at
from sgpctl.sandbox.problems import Refused
from sgpctl.sandbox.wire import canonical_text, json_text

# The field names of dataset items and evaluation items, which no data key may have.
RESERVED_KEYS = frozenset(
    {
        "id",
        "data",
        "files",
        "object",
        "content_hash",
        "created_at",
        "created_by",
        "updated_at",
        "archived_at",
        "dataset_id",
        "evaluation_id",
        "dataset_item_id",
        "dataset_item_version_num",
        "task_errors",
        "task_result_statuses",
    }
)

_INSERT = (
    "INSERT INTO dataset_item (id, account, dataset, position, from_version, data, files, content_hash,"
    " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def add_items(
    call: Call,
    dataset: int,
    *,
    version: int,
    rows: Sequence[Mapping[str, object]],
    files: Sequence[Mapping[str, str] | None],
) -> list[str]:
    """New items of `dataset`, which hold from `version` on; the answer is their ids, in order."""
    for row in rows:
        refuse_reserved_keys(row)
    created_at = next_created_at(call.db, call.now)
    (last,) = call.db.execute("SELECT COALESCE(MAX(position), 0) FROM dataset_item").fetchone()
    ids = [call.new_id() for _ in rows]
    call.db.executemany(
        _INSERT,
        (
            (
                item_id,
                call.account,
                dataset,
                position,
                version,
                *_contents(row, names),
                created_at,
                created_at,
            )
            for position, (item_id, row, names) in enumerate(zip(ids, rows, files, strict=True), last + 1)
        ),
    )
    return ids


def next_version(db: sqlite3.Connection, dataset: int) -> int:
    """The number of the version that is being made now."""
    db.execute("UPDATE dataset SET version = version + 1 WHERE rowid = ?", (dataset,))
    return int(db.execute("SELECT version FROM dataset WHERE rowid = ?", (dataset,)).fetchone()[0])


def close_line(db: sqlite3.Connection, line: sqlite3.Row, version: int) -> None:
    db.execute("UPDATE dataset_item SET until_version = ? WHERE rowid = ?", (version, line["rowid"]))


def reopen_line(
    call: Call, line: sqlite3.Row, version: int, row: Mapping[str, object], files: Mapping[str, str] | None
) -> None:
    """The item of `line` with other contents, from `version` on."""
    refuse_reserved_keys(row)
    call.db.execute(
        _INSERT,
        (
            line["id"],
            line["account"],
            line["dataset"],
            line["position"],
            version,
            *_contents(row, files),
            line["created_at"],
            call.now_text,
        ),
    )


def refuse_reserved_keys(row: Mapping[str, object]) -> None:
    """Refused when a key of `row` is the name of a field of items."""
    taken = sorted(RESERVED_KEYS & row.keys())
    if taken:
        raise Refused(f"The key {taken[0]!r} is reserved for a field of items.")


def _contents(row: Mapping[str, object], files: Mapping[str, str] | None) -> tuple[str, str | None, str]:
    hashed = hashlib.sha256(canonical_text([row, files or {}]).encode()).hexdigest()
    return json_text(row), None if files is None else json_text(files), hashed
