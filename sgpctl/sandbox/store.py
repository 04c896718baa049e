"""The sandbox database: opened, emptied, and entered by one transaction per request."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sgpctl.errors import LocalStateError
from sgpctl.private_files import make_private_file, make_private_folder
from sgpctl.sandbox import ledger
from sgpctl.sandbox.schema_sql import APPLICATION_ID, SCHEMA_VERSION, STATEMENTS, TABLES

_BUSY_SECONDS = 30.0


def _system_now() -> datetime:
    return datetime.now(UTC)


def _random_id() -> str:
    return str(uuid.uuid4())


class Store:
    """One open sandbox database. Threads share it through a lock, processes through SQLite's own."""

    def __init__(
        self, db: sqlite3.Connection, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._db = db
        self._lock = threading.RLock()
        self.now = now
        self.new_id = new_id

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[sqlite3.Connection]:
        """Everything inside happens or nothing does; a reader sees one moment of the database."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise

    def ledger(self) -> tuple[ledger.BillableCreate, ...]:
        """Every create that cost something, oldest first."""
        with self.transaction(writes=False) as db:
            return ledger.entries(db)

    def reset(self) -> None:
        """Removes every object of every account, and the ledger with them.

        LocalStateError when the database cannot be written.
        """
        try:
            with self.transaction(writes=True) as db:
                for table in TABLES:
                    db.execute(f"DELETE FROM {table}")  # noqa: S608 - table names are constants of ours
                db.execute("INSERT INTO created_clock VALUES (NULL)")
        except sqlite3.Error as error:
            raise LocalStateError(f"The sandbox database cannot be emptied: {error}.") from error

    def close(self) -> None:
        with self._lock:
            self._db.close()


def open_store(
    path: Path | None,
    *,
    now: Callable[[], datetime] = _system_now,
    new_id: Callable[[], str] = _random_id,
) -> Store:
    """The database at `path`, made with its folders if it is missing; None keeps everything in memory.

    LocalStateError when the file cannot be used, or is not a sandbox database of this version.
    """
    if path is None:
        return Store(_connection(":memory:"), now=now, new_id=new_id)
    try:
        real = path.resolve()
        make_private_folder(real.parent)
        make_private_file(real)  # SQLite gives its -wal and -shm the mode of the database
        return Store(_connection(str(real)), now=now, new_id=new_id)
    except _ForeignDatabaseError as error:
        raise LocalStateError(
            f"{path} is not a sandbox database of this sgpctl: {error}.",
            hint="Name another file, or remove this one if nobody needs it.",
        ) from error
    except (sqlite3.Error, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise LocalStateError(
            f"The sandbox database {path} cannot be opened: {why}.",
            hint="Check that its folder can be written and that the disk has room, or name another file.",
        ) from error
    except UnicodeDecodeError as error:  # from SQLite's words, where they quote what is damaged
        raise LocalStateError(
            f"The sandbox database {path} is damaged.", hint="Remove it, or name another file."
        ) from error


class _ForeignDatabaseError(Exception):
    """The file is an SQLite database, but not one that this code may write."""


def _connection(target: str) -> sqlite3.Connection:
    db = sqlite3.connect(target, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.row_factory = sqlite3.Row
        _prepare(db)
        db.execute("PRAGMA synchronous = NORMAL")
        # A create writes a dozen pages; by default each hundredth would wait until all of them are on the disk.
        db.execute("PRAGMA wal_autocheckpoint = 16000")
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")  # so that the check sees one moment, whatever another process is making
    ready = _is_sandbox(db)
    db.commit()
    if ready:
        db.execute("BEGIN")
        db.execute("DELETE FROM evaluation WHERE FALSE")  # fails here and now where nothing may be written
        db.rollback()
        return
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    if not _is_sandbox(db):  # another process may have been first
        for statement in STATEMENTS:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.commit()


def _is_sandbox(db: sqlite3.Connection) -> bool:
    """True for a sandbox database, False for an empty file; anything else is foreign."""
    (application_id,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    if application_id == APPLICATION_ID and version == SCHEMA_VERSION:
        return True
    if application_id == APPLICATION_ID:
        raise _ForeignDatabaseError(f"it has version {version}, this sgpctl knows {SCHEMA_VERSION}")
    if tables or application_id:
        raise _ForeignDatabaseError("it belongs to another program")
    return False
