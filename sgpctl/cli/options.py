"""The options that several verbs share, declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sgpctl.cli.forms import PRINTED
from sgpctl.errors import SgpctlError
from sgpctl.limits import LOCK_TIMEOUT_SECONDS_MAX, PARALLELISM_DEFAULT, PARALLELISM_MAX

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _environment_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """For the completion of the shell: nothing where there is no project that can be read."""
    from sgpctl.cli.start import start_folder
    from sgpctl.manifest.project import find_project

    directory = context.args[0] if context.args else None  # not parsed further, as --env has no value yet
    try:
        project = find_project(start_folder(context.params.get("base"), directory))
    except (SgpctlError, OSError):
        return []
    return sorted(name for name in project.environments if name.startswith(incomplete))


project_directory = click.argument(
    "directory", required=False, type=click.Path(path_type=str), metavar="[DIRECTORY]"
)
directory = click.option(
    "-C",
    "--directory",
    "base",
    metavar="DIR",
    type=click.Path(path_type=str),
    help="Look for the project in DIR; files that options name are found from where you are.",
)
environment = click.option(
    "-e",
    "--env",
    "environment",
    metavar="NAME",
    envvar="SGPCTL_ENVIRONMENT",
    show_envvar=True,
    shell_complete=_environment_names,
    help="The environment to act on; default: the project's default_environment.",
)
debug = click.option(
    "--debug",
    is_flag=True,
    help="Log each request to standard error: method, path, status, time, id; never the key.",
)
no_color = click.option("--no-color", is_flag=True, help="No colour; so does the variable NO_COLOR.")
parallelism = click.option(
    "--parallelism",
    type=click.IntRange(1, PARALLELISM_MAX),
    default=PARALLELISM_DEFAULT,
    show_default=True,
    help="The most requests under way at once.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
written_as = click.option(
    "--format",
    "written_as",
    type=click.Choice([form.value for form in PRINTED]),
    help="How to print it: text (the default), one JSON document, Markdown for a comment, annotations for GitHub.",
)
outputs = click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write it to FILE too, in any of these forms; a plan also as gitlab, its report of planned changes. Repeatable.",
)
yes = click.option("-y", "--yes", "--auto-approve", "yes", is_flag=True, help="Do not ask for consent.")
allow_archive = click.option(
    "--allow-archive",
    type=click.IntRange(min=0),
    metavar="N",
    help="Let a plan that archives exactly N evaluations pass safety.max_archive.",
)
acks = click.option(
    "--ack",
    "acks",
    multiple=True,
    metavar="TOKEN",
    help="Allow exactly what a refusal prints this token for: archives, protected evaluations, spend. Repeatable.",
)
take_over = click.option(
    "--take-over",
    is_flag=True,
    help="Treat evaluations of this project that another repository made as this one's.",
)
lock_timeout = click.option(
    "--lock-timeout",
    type=click.IntRange(0, LOCK_TIMEOUT_SECONDS_MAX),
    default=0,
    metavar="SECONDS",
    help="Wait so long in all while others work on the same project and environment; default: not at all.",
)
_assignments = click.option(
    "--var",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give a variable of the project a value; read like an unquoted YAML scalar. Repeatable.",
)
_variable_files = click.option(
    "--var-file",
    "variable_files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Give variables values from a YAML or JSON map; --var wins. Repeatable.",
)


def written(command: _Command) -> _Command:
    """The options of every verb that shows a plan."""
    return written_as(as_json(outputs(command)))


def giving_variables(command: _Command) -> _Command:
    """The options of every verb that reads manifests."""
    return _variable_files(_assignments(command))


def reading_remote(command: _Command) -> _Command:
    """The options of every verb that talks to an environment."""
    for option in (no_color, debug, parallelism, environment, directory):
        command = option(command)
    return command
