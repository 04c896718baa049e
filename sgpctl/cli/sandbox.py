"""`sgpctl sandbox`: the embedded platform as a server of its own, and its reset."""

from __future__ import annotations

from pathlib import Path

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.embedded import sandbox_database
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.project import Target as TargetKind
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import serve as serve_until_stopped
from sgpctl.sandbox.store import open_store

_EPILOG = """\b
Examples:
  sgpctl sandbox serve --port 5003       # any key is accepted
  sgpctl sandbox reset examples/quickstart
"""


@click.group("sandbox", epilog=_EPILOG)
def command() -> None:
    """Serve or reset the embedded sandbox, an emulator of the platform's v5 API."""


@command.command("serve", epilog="\b\nExample:\n  sgpctl sandbox serve --port 5003 --database sandbox.db")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=5003, show_default=True, help="0 picks a free one."
)
@click.option(
    "--database",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Keep everything in this SQLite file; default: in memory.",
)
@click.option(
    "--latency-ms", type=click.IntRange(min=0), default=0, show_default=True, help="Delay of every answer."
)
@click.option(
    "--run-seconds", type=click.FloatRange(min=0), default=2, show_default=True, help="How long runs take."
)
def serve(host: str, port: int, database: str | None, latency_ms: int, run_seconds: float) -> ExitCode:
    """Serve the sandbox over HTTP until interrupted, for the official SDK, curl, or sgpctl with a `base_url`."""
    store = open_store(Path(database) if database is not None else None)

    def ready(base_url: str) -> None:
        click.echo(
            f"The sandbox listens at {base_url} "
            f"(SGP_CLIENT_BASE_URL={base_url} SGP_API_KEY=any SGP_ACCOUNT_ID=any)",
            err=True,
        )

    try:
        serve_until_stopped(store, host, port, Knobs(latency_ms=latency_ms, run_seconds=run_seconds), ready)
    finally:
        store.close()
    return ExitCode.OK


@command.command("reset", epilog="\b\nExample:\n  sgpctl sandbox reset examples/quickstart --yes")
@options.project_directory
@options.directory
@options.environment
@options.yes
def reset(directory: str | None, base: str | None, environment: str | None, yes: bool) -> ExitCode:
    """Empty the sandbox of an environment of the project in DIRECTORY, its journal included."""
    workspace = Workspace.open(start_folder(base, directory), environment)
    name = workspace.environment.name
    if workspace.environment.target is not TargetKind.SANDBOX:
        raise UsageError(f"environment {name!r} is not a sandbox, and only a sandbox can be emptied")
    database = sandbox_database(workspace)
    if not database.exists():
        click.echo("There is no sandbox yet; nothing to empty.", err=True)
        return ExitCode.OK
    if not yes and not Console.of_process().confirm(f"Empty the sandbox of environment {name}?"):
        click.echo("Nothing was changed.", err=True)
        return ExitCode.ERROR
    store = open_store(database)
    try:
        store.reset()
    finally:
        store.close()
    workspace.journal_path.unlink(missing_ok=True)
    click.echo(f"Emptied the sandbox of {name}.", err=True)
    return ExitCode.OK
