"""The lease of one apply, and who holds it: a person at a machine, or a job that its CI names."""

from __future__ import annotations

import getpass
import os
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sgpctl.api.evaluations import Evaluations
from sgpctl.apply.execution import Interruption
from sgpctl.apply.journal import Journal
from sgpctl.apply.lease import Claim, LeaseListener, Leasing
from sgpctl.apply.leases import Leases
from sgpctl.apply.moment import up_seconds
from sgpctl.cli.console import Console
from sgpctl.cli.platform import Platform
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ApiError, RefusedError
from sgpctl.limits import LEASE_SECONDS
from sgpctl.model.lease import Lease
from sgpctl.model.marks import Occasion
from sgpctl.render.layout import Span, Style
from sgpctl.render.lease_text import settling_line, waiting_line


@asynccontextmanager
async def lease_held(
    workspace: Workspace, platform: Platform, console: Console, journal: Journal, wait_seconds: float
) -> AsyncIterator[Interruption]:
    """Hold the lease of the workspace's environment; the interruption is what comes when it is lost.

    Raises RefusedError while another apply holds it, ApiError, and LocalStateError.
    """
    claim = Claim(
        holder_name(workspace.provenance.occasion),
        uuid.uuid4().hex,
        _place(workspace),
    )
    # Over a connection of its own, so that no renewal waits behind a long create.
    async with platform.connect() as client:
        leasing = Leasing(Leases(Evaluations(client), workspace.owner), up_seconds)
        async with leasing.held(
            claim, journal=journal, wait_seconds=wait_seconds, listener=_listener(console)
        ) as hold:
            yield Interruption(is_lease_lost=hold.is_lost)


async def give_back_dead_leases(
    workspace: Workspace, platform: Platform, console: Console, journal: Journal
) -> None:
    """Take away what earlier applies of this place left behind when they died, so that no other one waits for it."""
    if not journal.read().leases:
        return
    async with platform.connect() as client:
        leasing = Leasing(Leases(Evaluations(client), workspace.owner), up_seconds)
        try:
            await leasing.take_away_dead(journal, _place(workspace))
        except (ApiError, RefusedError) as error:
            words = f"The lease of an earlier apply was not taken away, and ends by itself: {error.message}"
            console.tell([(Span(words, Style.WARNING),)])


def _place(workspace: Workspace) -> str:
    return f"{socket.gethostname()}:{workspace.lock_path}"


def _listener(console: Console) -> LeaseListener:
    """Whoever cannot be told, through a closed pipe or for a full disk, must not stop what is under way."""

    def waits(lease: Lease, seconds: float) -> None:
        with suppress(OSError):
            console.tell([waiting_line(lease.holder, seconds, lease.created_at)])

    def settles(seconds: float) -> None:
        with suppress(OSError):
            console.tell([settling_line(seconds)])

    def warn(words: str) -> None:
        with suppress(OSError):
            console.tell([(Span(words[0].upper() + words[1:], Style.WARNING),)])

    return LeaseListener(
        waits,
        settles,
        lost=lambda why: warn(f"{why}. What is in flight is finished, nothing new is started."),
        left_behind=lambda why: warn(f"the lease ends by itself, after at most {LEASE_SECONDS} s: {why}."),
    )


def holder_name(occasion: Occasion) -> str:
    """Who runs this, for another person to find: a CI job's address, or user, host and process."""
    return occasion.run_url or f"{_user()}@{socket.gethostname()}, process {os.getpid()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that nobody named
        return f"user {os.getuid()}"
