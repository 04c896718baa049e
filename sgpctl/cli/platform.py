"""The other side of an environment, opened: the embedded sandbox in this process, or the platform over HTTP."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sgpctl.api.client import Client, RequestRecord
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.settings import ApiKey, Connection, resolve_connection
from sgpctl.cli.console import Console
from sgpctl.cli.workspace import Workspace
from sgpctl.manifest.project import TargetKind
from sgpctl.plan.plan import Target
from sgpctl.render.layout import Span, Style

_SANDBOX_ACCOUNT = "sandbox"


@dataclass(frozen=True, slots=True)
class Platform:
    """An open connection and the words for where it leads."""

    evaluations: Evaluations
    target: Target


@asynccontextmanager
async def open_platform(
    workspace: Workspace, console: Console, *, parallelism: int, debug: bool
) -> AsyncIterator[Platform]:
    """Connect to the workspace's environment; no request is sent yet. Raises SettingsError, LocalStateError."""
    log = _logger(console) if debug else None
    if workspace.environment.target is TargetKind.SANDBOX:
        async with _sandbox(workspace, parallelism, log) as platform:
            yield platform
    else:
        async with _remote(workspace, parallelism, log) as platform:
            yield platform


@asynccontextmanager
async def _sandbox(
    workspace: Workspace, parallelism: int, log: _Log | None
) -> AsyncIterator[Platform]:
    from sgpctl.sandbox.app import create_app
    from sgpctl.sandbox.store import open_store
    from sgpctl.sandbox.transport import sandbox_transport

    database = sandbox_database(workspace)
    database.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(database)
    connection = Connection(
        "http://sandbox.localhost",
        workspace.environment.account_id or _SANDBOX_ACCOUNT,
        ApiKey("sandbox", source="the sandbox"),
    )
    try:
        transport = sandbox_transport(create_app(store))
        async with Client(connection, transport=transport, parallelism=parallelism, log=log) as client:
            label = f"sandbox {os.path.relpath(database, workspace.project.root)}"
            yield Platform(
                Evaluations(client), Target(label, connection.base_url, connection.account_id, is_sandbox=True)
            )
    finally:
        store.close()


@asynccontextmanager
async def _remote(workspace: Workspace, parallelism: int, log: _Log | None) -> AsyncIterator[Platform]:
    environment = workspace.environment
    connection = resolve_connection(
        environment=environment.name,
        base_url=environment.base_url,
        sdk_environment=environment.target.value if environment.target is not None else None,
        account_id=environment.account_id,
        environ=os.environ,
        read_text=lambda path: Path(path).read_text(encoding="utf-8"),
    )
    async with Client(connection, parallelism=parallelism, log=log) as client:
        yield Platform(
            Evaluations(client),
            Target(connection.host, connection.base_url, connection.account_id, is_sandbox=False),
        )
