"""`sgpctl show`: a saved plan, as plan printed it."""

from __future__ import annotations

from pathlib import Path

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.saved_plan import read_saved_plan
from sgpctl.errors import ExitCode
from sgpctl.plan.saved import plan_document
from sgpctl.render.json_text import json_text
from sgpctl.render.plan_text import plan_lines

_EPILOG = """\b
Example:
  sgpctl plan --out plan.json && sgpctl show plan.json
"""


@click.command("show", epilog=_EPILOG)
@click.argument("plan_file", metavar="PLANFILE")
@options.as_json
@options.no_color
def command(plan_file: str, as_json: bool, no_color: bool) -> ExitCode:
    """Show the plan saved in PLANFILE. Nothing is read from the environment."""
    console = Console.of_process(no_color=no_color)
    saved = read_saved_plan(Path(plan_file))
    if as_json:
        console.put_text(json_text(plan_document(saved.plan, saved.header)))
    else:
        console.put(plan_lines(saved.plan, saved.header, console.glyphs, width=console.width))
    return ExitCode.OK
