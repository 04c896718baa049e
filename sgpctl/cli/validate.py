"""`sgpctl validate`: every manifest of a project checked, offline and all problems at once."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.own_files import cache_of
from sgpctl.cli.start import start_folder
from sgpctl.errors import ExitCode, ManifestError, ProjectError, SettingsError, SgpctlError
from sgpctl.manifest.loader import Loaded, load
from sgpctl.manifest.project import Project, ProjectFileError, environment_to_check, find_project
from sgpctl.manifest.resolving.given import Given, given_variables
from sgpctl.render.counting import counted
from sgpctl.render.layout import Line, Span, Style
from sgpctl.render.problems_text import problem_lines

if TYPE_CHECKING:
    from sgpctl.render.problems_report import Report

_EPILOG = """\b
Examples:
  sgpctl validate evals/
  sgpctl validate --format github evals/
  sgpctl validate --format sarif > sgpctl.sarif
"""


_TEXT = "text"
_FOR_MACHINES = ("json", "github", "sarif")


@click.command("validate", epilog=_EPILOG)
@options.project_directory
@options.directory
@options.environment
@options.giving_variables
@click.option(
    "--format",
    "written_as",
    type=click.Choice([_TEXT, *_FOR_MACHINES]),
    default=_TEXT,
    show_default=True,
    help="Text; one JSON document; annotations of a GitHub workflow; SARIF 2.1.0.",
)
@options.no_color
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    assignments: tuple[str, ...],
    variable_files: tuple[str, ...],
    written_as: str,
    no_color: bool,
) -> ExitCode:
    """Check every manifest of the project in DIRECTORY, offline.

    All problems of all files are printed at once, each as file:line:column. Nothing is sent anywhere.
    """
    console = Console.of_process(no_color=no_color)
    start = start_folder(base, directory)
    given = Given(assignments, variable_files)
    if written_as != _TEXT:
        report = _checked(start, environment, given, console.secrets)
        console.put_text(_written(report, written_as))
        console.tell([_totals(report)])
        return ExitCode.ERROR if report.errors else ExitCode.OK
    _, loaded = _loaded(start, environment, given, console.secrets)
    console.tell(problem_lines(loaded.problems, console.glyphs))
    if loaded.errors:
        return ExitCode.ERROR
    console.put([(Span("Valid", Style.GOOD), Span(f": {_counts(loaded.files, len(loaded.desired))}."))])
    return ExitCode.OK


def _loaded(
    start: Path, environment: str | None, given: Given, secrets: Collection[str]
) -> tuple[Project, Loaded]:
    project = find_project(start)
    chosen = environment_to_check(project, environment)
    variables = given_variables(given, project, chosen)
    return project, load(project, chosen, variables, secrets, cache_of(project))


def _written(report: Report, form: str) -> str:
    from sgpctl import __version__
    from sgpctl.render.json_text import json_text
    from sgpctl.render.problems_github import workflow_commands
    from sgpctl.render.problems_json import problems_document
    from sgpctl.render.problems_sarif import sarif_document

    match form:
        case "github":
            return workflow_commands(report)
        case "sarif":
            return json_text(sarif_document(report, __version__))
        case _:
            return json_text(problems_document(report))


def _checked(start: Path, environment: str | None, given: Given, secrets: Collection[str]) -> Report:
    """What there is to report, also where the project cannot be used at all."""
    from sgpctl.cli.repository import addresses
    from sgpctl.render.problems_report import Report

    try:
        project, loaded = _loaded(start, environment, given, secrets)
    except ProjectFileError as error:
        return Report(error.problems, addresses((problem.file for problem in error.problems), error.root))
    except (ProjectError, SettingsError, ManifestError) as error:
        return Report((), failure=_words(error))
    return Report(
        loaded.problems,
        addresses((problem.file for problem in loaded.problems), project.root),
        files=loaded.files,
        evaluations=len(loaded.desired),
    )


def _totals(report: Report) -> Line:
    problems = f"{counted(report.errors, 'problem')}, {counted(report.warnings, 'warning')}"
    return (Span(f"{problems} in {_counts(report.files, report.evaluations)}."),)


def _words(error: SgpctlError) -> str:
    return f"{error.message}\n{error.hint}" if error.hint else error.message


def _counts(files: int, evaluations: int) -> str:
    return f"{counted(files, 'file')}, {counted(evaluations, 'evaluation')}"
