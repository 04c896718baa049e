"""`sgpctl list`: what the project owns remotely."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.platform import open_platform
from sgpctl.cli.running import run_to_end
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import BadAnswer, ExitCode
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.marks import is_owned_by
from sgpctl.render.json_text import json_text
from sgpctl.render.list_text import list_document, list_lines

_EPILOG = """\b
Examples:
  sgpctl list evals/ --env prod
  sgpctl list --json | jq '.evaluations[] | select(.error_count > 0)'
"""


@click.command("list", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@options.as_json
@click.option("--archived", is_flag=True, help="List archived evaluations too.")
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    as_json: bool,
    archived: bool,
) -> ExitCode:
    """List the evaluations that the project in DIRECTORY owns: name, status, progress, errors, age."""
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)

    async def read() -> tuple[RemoteEvaluation, ...]:
        async with open_platform(workspace, console, parallelism=parallelism, debug=debug) as platform:
            listing = await platform.evaluations.list_tagged(workspace.owner.tag, include_archived=archived)
        if listing.gap is not None:
            raise BadAnswer(f"the list is not complete: {listing.gap}", request="GET /v5/evaluations")
        return tuple(remote for remote in listing.items if is_owned_by(remote, workspace.owner))

    owned, now = run_to_end(read()), datetime.now(UTC)
    if as_json:
        console.put_text(json_text(list_document(owned, now)))
    else:
        console.put(list_lines(owned, now, console.glyphs, width=console.width))
    return ExitCode.OK
