"""Moments as the API writes them: UTC, microseconds, `Z` (API 7). As texts they sort in time order."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def moment_text(moment: datetime) -> str:
    """`moment` in the API's form."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def next_created_at(db: sqlite3.Connection, now: datetime) -> str:
    """A creation time later than every one given out before, even if the clock stands still or runs backwards."""
    (last,) = db.execute("SELECT last FROM created_clock").fetchone()
    if last is not None:
        now = max(now.astimezone(UTC), _parsed(last) + timedelta(microseconds=1))
    text = moment_text(now)
    db.execute("UPDATE created_clock SET last = ?", (text,))
    return text


def _parsed(text: str) -> datetime:
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
