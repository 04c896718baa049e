"""What was paid for: one line for every accepted create that starts model calls or asks people.

The ledger is the sandbox's own book, never part of the API. A test that reads it knows what a run has cost.
"""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass

NONCE_KEY = "sgpctl_nonce"


@dataclass(frozen=True, slots=True)
class BillableCreate:
    """One create that costs something. `rows` times `executable_tasks` bounds its model calls from above."""

    evaluation_id: str
    account: str
    created_at: str
    name: str
    nonce: str | None
    rows: int
    executable_tasks: int
    human_tasks: int


def record(db: sqlite3.Connection, entry: BillableCreate) -> None:
    db.execute(
        "INSERT INTO ledger (evaluation_id, account, created_at, name, nonce, row_count, executable_tasks,"
        " human_tasks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        astuple(entry),
    )


def entries(db: sqlite3.Connection) -> tuple[BillableCreate, ...]:
    """All lines, oldest first."""
    rows = db.execute(
        "SELECT evaluation_id, account, created_at, name, nonce, row_count, executable_tasks, human_tasks"
        " FROM ledger ORDER BY rowid"
    )
    return tuple(BillableCreate(*row) for row in rows)
