"""The lease of one apply, and who holds it: a person at a machine, or a job that its CI names."""

from __future__ import annotations

import getpass
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sgpctl.api.evaluations import Evaluations
from sgpctl.apply.execution import Interruption
from sgpctl.apply.journal import Journal
from sgpctl.apply.lease import Leasing
from sgpctl.cli.console import Console
from sgpctl.cli.platform import Platform
from sgpctl.cli.workspace import Workspace
from sgpctl.model.marks import Occasion
from sgpctl.render.layout import Span, Style


@asynccontextmanager
async def leasing_of(workspace: Workspace, platform: Platform) -> AsyncIterator[Leasing]:
    """Leases are kept over a connection of their own, so that no renewal waits behind a long create."""
    async with platform.connect() as client:
        yield Leasing(Evaluations(client), workspace.owner, time.monotonic)


@asynccontextmanager
async def lease_held(
    workspace: Workspace, platform: Platform, console: Console, journal: Journal, wait_seconds: float
) -> AsyncIterator[Interruption]:
    """Hold the lease of the workspace's environment; the interruption is what comes when it is lost.

    Raises RefusedError while another apply holds it, ApiError, and LocalStateError.
    """
    interruption = Interruption()

    def lost(why: str) -> None:
        interruption.requested, interruption.by_person = True, False
        words = f"{why}. What is in flight is finished, nothing new is started."
        console.tell([(Span(words[0].upper() + words[1:], Style.WARNING),)])

    holder = holder_name(workspace.provenance.occasion)
    async with (
        leasing_of(workspace, platform) as leasing,
        leasing.held(holder, uuid.uuid4().hex, journal=journal, wait_seconds=wait_seconds) as hold,
    ):
        hold.on_loss = lost
        yield interruption
    if hold.left_behind is not None:
        words = f"The lease could not be taken away, and ends by itself: {hold.left_behind}"
        console.tell([(Span(words, Style.WARNING),)])


def holder_name(occasion: Occasion) -> str:
    """Who runs this, for another person to find: a CI job's address, or user, host and process."""
    return occasion.run_url or f"{_user()}@{socket.gethostname()}, process {os.getpid()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that nobody named
        return f"user {os.getuid()}"
