"""The other side of an environment, opened: the embedded sandbox in this process, or the platform over HTTP."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from sgpctl.api.client import Client, RequestRecord
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.lookup import Lookup
from sgpctl.api.settings import resolve_connection
from sgpctl.cli.console import Console
from sgpctl.cli.given_keys import read_key_file
from sgpctl.cli.workspace import Workspace
from sgpctl.manifest.project import Target as TargetKind
from sgpctl.model.words import Words
from sgpctl.plan.plan import Target
from sgpctl.render.layout import Span, Style


@dataclass(frozen=True, slots=True)
class Platform:
    """An open connection and the words for where it leads. `connect` makes another one, on which nothing else waits.

    `words` takes the key out of what the platform says.
    """

    evaluations: Evaluations
    lookup: Lookup
    target: Target
    connect: Callable[[], Client]
    words: Words


@asynccontextmanager
async def open_platform(
    workspace: Workspace, console: Console, *, parallelism: int, debug: bool
) -> AsyncIterator[Platform]:
    """Connect to the workspace's environment; no request is sent yet. Raises SettingsError, LocalStateError."""
    log = _logger(console) if debug else None
    on_wait = _teller(console)
    if workspace.environment.target is TargetKind.SANDBOX:
        from sgpctl.cli.embedded import embedded_sandbox

        with embedded_sandbox(workspace) as (connection, transport, label):
            connect = partial(
                Client, connection, transport=transport, parallelism=parallelism, log=log, on_wait=on_wait
            )
            target = Target(label, connection.base_url, connection.account_id, is_sandbox=True)
            async with connect() as client:
                yield Platform(Evaluations(client), Lookup(client), target, connect, console.redacted)
        return
    environment = workspace.environment
    connection = resolve_connection(
        environment=environment.name,
        base_url=environment.base_url,
        sdk_environment=environment.target.value if environment.target is not None else None,
        account_id=environment.account_id,
        environ=os.environ,
        read_text=read_key_file,
    )
    console.hide(connection.api_key.reveal())
    connect = partial(Client, connection, parallelism=parallelism, log=log, on_wait=on_wait)
    target = Target(connection.host, connection.base_url, connection.account_id, is_sandbox=False)
    async with connect() as client:
        yield Platform(Evaluations(client), Lookup(client), target, connect, console.redacted)


def _teller(console: Console) -> Callable[[str], None]:
    def tell(words: str) -> None:
        console.tell([(Span(words, Style.WARNING),)])

    return tell


def _logger(console: Console) -> Callable[[RequestRecord], None]:
    def log(record: RequestRecord) -> None:
        answer = str(record.status) if record.status is not None else (record.error or "no answer")
        again = f", try {record.try_number}" if record.try_number > 1 else ""
        known_as = f", id {record.request_id}" if record.request_id is not None else ""
        text = f"{record.method} {record.path} -> {answer} in {record.milliseconds} ms{again}{known_as}"
        console.tell([(Span(text, Style.FAINT),)])

    return log
