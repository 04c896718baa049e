"""`sgpctl validate`: every manifest of a project checked, offline and all problems at once."""

from __future__ import annotations

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.workspace import start_folder
from sgpctl.errors import ExitCode
from sgpctl.manifest.loader import load_or_raise
from sgpctl.manifest.project import find_project
from sgpctl.render.layout import Span, Style
from sgpctl.render.problems_text import problem_lines

_EPILOG = """\b
Example:
  sgpctl validate evals/
"""


@click.command("validate", epilog=_EPILOG)
@options.project_directory
@options.directory
@options.no_color
def command(directory: str | None, base: str | None, no_color: bool) -> ExitCode:
    """Check every manifest of the project in DIRECTORY, offline.

    All problems of all files are printed at once, each as file:line:column. Nothing is sent anywhere.
    """
    console = Console.of_process(no_color=no_color)
    loaded = load_or_raise(find_project(start_folder(base, directory)))
    console.tell(problem_lines(loaded.warnings, console.glyphs))
    counted = f"{loaded.files} files, {len(loaded.desired)} evaluations"
    console.put([(Span("Valid", Style.GOOD), Span(f": {counted}."))])
    return ExitCode.OK
