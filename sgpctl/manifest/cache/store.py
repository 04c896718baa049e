"""The file of the cache: entries by key, in SQLite, which several processes may read and write at once.

Nothing that goes wrong here is an error. What cannot be read is not there, and what cannot be written is not kept. A link
is not followed, and a database of which we would not have made every part is left alone: a repository could bring one
along, and have us write, delete or wait for ever where it leads.
"""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sgpctl.limits import CACHE_BYTES_MAX, CACHE_DAYS_MAX, CACHE_WAIT_SECONDS_MAX
from sgpctl.private_files import make_private_file, make_private_folder

_SCHEMA = (
    "CREATE TABLE entry (key BLOB PRIMARY KEY, seal BLOB NOT NULL, content BLOB NOT NULL, day INTEGER NOT NULL)",
    "CREATE INDEX entry_by_day ON entry (day)",  # else each write goes through all entries
)
_BESIDE = ("-journal", "-wal", "-shm")
_SEAL_BYTES = 16
_KEYS_AT_ONCE = 500
_PAGE_BYTES = 16 * 1024  # most entries fit into one


class Store:
    """The entries at `path`. `day` is today, in days since any epoch that stays the same."""

    def __init__(self, path: Path, day: int) -> None:
        self._path = path
        self._day = day
        self._older: list[bytes] = []

    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Those of `keys` that are there, each as it was written."""
        found: dict[bytes, bytes] = {}
        with self._untroubled():
            if self._is_file():
                self._read(keys, found)
        return found

    def write(self, entries: Mapping[bytes, bytes]) -> None:
        """Keep `entries`, and take note that those that were read are still wanted."""
        if not entries and not self._older:
            return
        with self._untroubled():
            make_private_folder(self._path.parent)
            make_private_file(self._path)
            if self._is_file():
                self._write(entries)

    def _is_file(self) -> bool:
        """Raises OSError where nothing is."""
        return stat.S_ISREG(self._path.lstat().st_mode)

    def _remove_beside(self) -> None:
        """We leave nothing there. SQLite would carry out what a journal says that it finds, deleting files included."""
        for suffix in _BESIDE:
            self._path.with_name(f"{self._path.name}{suffix}").unlink(missing_ok=True)

    def _write(self, entries: Mapping[bytes, bytes]) -> None:
        with self._opened() as db:
            db.execute("BEGIN IMMEDIATE")
            missing = _missing_parts(db)
            if missing is None:
                return
            for part in missing:
                db.execute(part)
            if _is_full(db):
                db.execute("DELETE FROM entry")
            db.executemany(
                "UPDATE entry SET day = ? WHERE key = ?", ((self._day, key) for key in self._older)
            )
            rows = ((key, _seal(key, content), content, self._day) for key, content in entries.items())
            db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
            db.execute("DELETE FROM entry WHERE day < ?", (self._day - CACHE_DAYS_MAX,))
            db.commit()

    def _read(self, keys: Iterable[bytes], found: dict[bytes, bytes]) -> None:
        wanted = [*keys]
        with self._opened() as db:
            if _missing_parts(db) is None:
                return
            for start in range(0, len(wanted), _KEYS_AT_ONCE):
                some = wanted[start : start + _KEYS_AT_ONCE]
                places = ",".join("?" * len(some))
                rows = db.execute(f"SELECT key, seal, content, day FROM entry WHERE key IN ({places})", some)  # noqa: S608 - question marks
                for key, seal, content, day in rows:
                    if isinstance(content, bytes) and seal == _seal(key, content):
                        found[key] = content
                        if day != self._day:
                            self._older.append(key)

    @contextmanager
    def _untroubled(self) -> Iterator[None]:
        """What goes wrong within ends it, and a database that is damaged, or none at all, is removed."""
        try:
            yield
        except (OSError, sqlite3.OperationalError):
            pass  # nothing may be read or written there, or another process holds it for too long
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # also from words that quote what is damaged
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._remove_beside()
        with closing(sqlite3.connect(self._path, timeout=CACHE_WAIT_SECONDS_MAX, isolation_level=None)) as db:
            db.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            # What a failure of power, or a death within a write, damages is not believed.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA journal_mode = MEMORY")
            yield db


def _seal(key: bytes, content: bytes) -> bytes:
    """What tells a damaged entry, or one that stands under another key."""
    return hashlib.blake2b(content, key=key, digest_size=_SEAL_BYTES).digest()


def _missing_parts(db: sqlite3.Connection) -> list[str] | None:
    """What our database still lacks; None for one that has anything else in it."""
    parts = [part for (part,) in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    return [part for part in _SCHEMA if part not in parts] if set(parts) <= set(_SCHEMA) else None


def _is_full(db: sqlite3.Connection) -> bool:
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    (free,) = db.execute("PRAGMA freelist_count").fetchone()
    (page_bytes,) = db.execute("PRAGMA page_size").fetchone()
    return bool((pages - free) * page_bytes > CACHE_BYTES_MAX)
