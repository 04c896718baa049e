"""The embedded sandbox of an environment, in this process and on a file of the project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sgpctl.api.settings import ApiKey, Connection
from sgpctl.cli.workspace import Workspace
from sgpctl.private_files import STATE_FOLDER
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import EmbeddedTransport

_FILES_BESIDE = ("-wal", "-shm", "-journal")  # SQLite's own
_ACCOUNT = "sandbox"
_BASE_URL = "http://sandbox.localhost"


@contextmanager
def embedded_sandbox(workspace: Workspace) -> Iterator[tuple[Connection, httpx.AsyncBaseTransport, str]]:
    """A connection that needs no key, the transport that stays in this process, and the words for it."""
    database = sandbox_database(workspace)
    store = open_store(database)
    try:
        account = workspace.environment.account_id or _ACCOUNT
        connection = Connection(_BASE_URL, account, ApiKey("the-sandbox-needs-no-key", source="the sandbox"))
        shown = database.relative_to(workspace.project.root)
        yield connection, EmbeddedTransport(create_app(store), database), f"sandbox {shown.as_posix()}"
    finally:
        store.close()


def sandbox_database(workspace: Workspace) -> Path:
    """The SQLite file of the environment's sandbox: as the project file says, or one below the state folder.

    Raises LocalStateError for a link in the place of one of its files.
    """
    name = workspace.environment.database or f"{STATE_FOLDER}/{workspace.environment.name}.db"
    for beside in _FILES_BESIDE:
        workspace.own_path(f"{name}{beside}")
    return workspace.own_path(name)
