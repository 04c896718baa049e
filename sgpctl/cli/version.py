"""`sgpctl version`."""

from __future__ import annotations

import json

import click

from sgpctl import __version__
from sgpctl.cli import options
from sgpctl.errors import ExitCode


@click.command("version", epilog="\b\nExample:\n  sgpctl version --json")
@options.as_json
def command(as_json: bool) -> ExitCode:
    """Print the version."""
    click.echo(json.dumps({"version": __version__}) if as_json else f"sgpctl {__version__}")
    return ExitCode.OK
