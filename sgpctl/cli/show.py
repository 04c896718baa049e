"""`sgpctl show`: a saved plan, as plan printed it."""

from __future__ import annotations

from pathlib import Path

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.forms import parsed_outputs, printed_form
from sgpctl.cli.plan_forms import PlanForms
from sgpctl.cli.saved_plan import read_saved_plan
from sgpctl.cli.writing import check_outputs, write_outputs
from sgpctl.errors import ExitCode
from sgpctl.plan.told import told

_EPILOG = """\b
Examples:
  sgpctl plan --out plan.json && sgpctl show plan.json
  sgpctl show plan.json --format markdown > comment.md
  sgpctl show plan.json --format github -C evals/
"""


@click.command("show", epilog=_EPILOG)
@click.argument("plan_file", metavar="PLANFILE")
@click.option(
    "-C",
    "--directory",
    "base",
    metavar="DIR",
    default=".",
    help="The project's folder; annotations name files from it.",
)
@options.written
@options.no_color
def command(
    plan_file: str,
    base: str,
    written_as: str | None,
    as_json: bool,
    outputs: tuple[str, ...],
    no_color: bool,
) -> ExitCode:
    """Show the plan saved in PLANFILE. Nothing is read from the environment."""
    form = printed_form(written_as, as_json=as_json)
    files = parsed_outputs(outputs)
    check_outputs(files)
    console = Console.of_process(no_color=no_color)
    saved = read_saved_plan(Path(plan_file))
    forms = PlanForms(told(saved.plan, console.redacted), saved.header, lambda: _project_folder(base))
    try:
        forms.put(form, console)
    finally:  # files are written though who reads the plan went away after its first lines
        write_outputs(files, forms.text, console)
    return ExitCode.OK


def _project_folder(base: str) -> Path:
    """The folder of the project in or above `base`; `base` itself where there is none."""
    from sgpctl.cli.start import start_folder
    from sgpctl.manifest.project import PROJECT_FILE

    start = start_folder(base, None).resolve()
    return next((home for home in (start, *start.parents) if (home / PROJECT_FILE).exists()), start)
