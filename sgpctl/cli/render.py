"""`sgpctl render`: the desired evaluations, fully resolved."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.start import start_folder
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.loader import load_or_raise
from sgpctl.manifest.project import environment_to_check, find_project
from sgpctl.manifest.resolving.given import Given, given_variables
from sgpctl.manifest.writing.resolved_text import resolved_documents, resolved_json, resolved_yaml
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.names import Named
from sgpctl.model.nearest import did_you_mean
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Line, Span, Style
from sgpctl.render.problems_text import problem_lines

_EPILOG = """\b
Examples:
  sgpctl render
  sgpctl render 'answers-*' --env prod --origins
  sgpctl render --format json -C evals/ | jq '.[].tasks[].configuration.model'
"""


@click.command("render", epilog=_EPILOG)
@click.argument("pattern", required=False, metavar="[NAME-GLOB]")
@options.directory
@options.environment
@options.giving_variables
@click.option(
    "--format",
    "written_as",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="Documents of YAML, or one JSON list.",
)
@click.option("--origins", is_flag=True, help="Say of each value which file and line gave it.")
@options.no_color
def command(
    pattern: str | None,
    base: str | None,
    environment: str | None,
    assignments: tuple[str, ...],
    variable_files: tuple[str, ...],
    written_as: str,
    origins: bool,
    no_color: bool,
) -> ExitCode:
    """Print the evaluations that the manifests declare, fully resolved and sorted by name.

    Defaults are merged, matrices expanded, variables and files put in. Nothing is sent anywhere: references by name,
    such as ${dataset.NAME}, stay as they are until a plan looks them up. As manifests the documents stand for
    themselves: put where defaults apply, these would be merged into them once more.
    """
    console = Console.of_process(no_color=no_color)
    project = find_project(start_folder(base, None))
    chosen = environment_to_check(project, environment)
    variables = given_variables(Given(assignments, variable_files), project, chosen)
    loaded = load_or_raise(project, chosen, variables, console.secrets)
    console.tell(problem_lines(loaded.warnings, console.glyphs))
    documents = resolved_documents(_matching(loaded.desired, pattern), loaded)
    if written_as == "json":
        console.put_text(json_text(resolved_json(documents, with_origins=origins)))
    else:
        console.put_text(resolved_yaml(documents, with_origins=origins))
    console.tell(_about_names(loaded.named))
    return ExitCode.OK


def _matching(desired: Sequence[DesiredEvaluation], pattern: str | None) -> list[DesiredEvaluation]:
    """Those whose names match. Raises UsageError when a pattern matches none."""
    if pattern is None:
        return [*desired]
    found = [one for one in desired if fnmatchcase(one.name, pattern)]
    if not found:
        hint = did_you_mean(pattern, (one.name for one in desired)).removeprefix("; ")
        raise UsageError(f"no evaluation is called {pattern!r}", hint=hint.capitalize() or None)
    return found


def _about_names(named: Sequence[Named]) -> list[Line]:
    return [
        (Span("note: ", Style.FAINT), Span(f"{each.kind} {each.name!r} is looked up when a plan is made"))
        for each in named
    ]
