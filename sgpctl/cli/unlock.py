"""`sgpctl unlock`: end the leases that an apply left behind, or that one still holds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import click

from sgpctl.apply.leases import Leases
from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.platform import open_platform
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode
from sgpctl.model.lease import in_the_way
from sgpctl.render.layout import Span
from sgpctl.render.lease_text import lease_lines, leases_named

_EPILOG = """\b
Example:
  sgpctl unlock evals/ --env prod
"""


@click.command("unlock", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@options.yes
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    yes: bool,
) -> ExitCode:
    """Show who works on an environment of the project in DIRECTORY, and end their lease.

    Who only waits for them is shown too, and left to go on. The lease of an apply that died ends by itself after two
    minutes. An apply that still runs notices within half a minute that its lease is gone, finishes what is in flight
    and starts nothing new.
    """
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)
    return asyncio.run(_unlock(workspace, console, parallelism, is_debug=debug, is_agreed=yes))


async def _unlock(
    workspace: Workspace, console: Console, parallelism: int, *, is_debug: bool, is_agreed: bool
) -> ExitCode:
    async with open_platform(workspace, console, parallelism=parallelism, debug=is_debug) as platform:
        kept = Leases(platform.evaluations, workspace.owner)
        leases, now = await kept.live(), datetime.now(UTC)
        if not leases:
            console.put([(Span(f"Nobody holds a lease on {workspace.environment.name}."),)])
            return ExitCode.OK
        console.put(lease_lines(leases, now))
        ending = in_the_way(leases, now)
        if not is_agreed and not console.confirm(f"End {leases_named(ending)}?"):
            console.tell([(Span("Nothing was changed."),)])
            return ExitCode.ERROR
        for lease in ending:
            await kept.take_away(lease)
        console.put([(Span(f"Ended {leases_named(ending)}."),)])
    return ExitCode.OK
