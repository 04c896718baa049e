"""`sgpctl schema`: what may stand in a manifest and in the project file, for editors."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.durable import write_durably
from sgpctl.cli.editor import for_editors, modeline, read_if_there, with_modeline
from sgpctl.cli.start import start_folder
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.discovery import discover
from sgpctl.manifest.inside import shown
from sgpctl.manifest.loader import load, load_or_raise
from sgpctl.manifest.project import (
    DEFAULTS_FILE,
    PROJECT_FILE,
    Environment,
    Project,
    environment_to_check,
    find_project,
)
from sgpctl.manifest.schema.document import Kind, schema_text
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Span

_USUAL_FOLDER = "evaluations"
_PLAN = "plan"
_EPILOG = """\b
Examples:
  sgpctl schema > manifest.schema.json
  sgpctl schema --write --modeline
  sgpctl schema plan                     # for programs that judge plans
"""


@click.command("schema", epilog=_EPILOG)
@click.argument(
    "kind",
    required=False,
    type=click.Choice([*(kind.value for kind in Kind), _PLAN]),
    metavar="[manifest|defaults|project|plan]",
)
@click.option(
    "--write", "to_write", is_flag=True, help="Keep all schemas in .vscode, and tell VS Code of them."
)
@click.option(
    "--modeline",
    "to_mark",
    is_flag=True,
    help="With --write: name the schema in the first line of every file, for other editors.",
)
@options.directory
@options.environment
@options.no_color
def command(
    kind: str | None,
    to_write: bool,
    to_mark: bool,
    base: str | None,
    environment: str | None,
    no_color: bool,
) -> ExitCode:
    """Print the JSON Schema of a manifest, of a _defaults.yaml, of sgpctl.yaml, or of a saved plan.

    With --write it is kept in the project instead, for the YAML extension of VS Code and everything else that runs
    its language server: completion, descriptions and mistakes while typing. What is there already stays.
    """
    console = Console.of_process(no_color=no_color)
    if to_mark and not to_write:
        raise UsageError("--modeline needs --write, which puts the schemas where the line points")
    if kind == _PLAN and not to_write:
        from sgpctl.plan.schema import plan_schema

        console.put_text(json_text(plan_schema()))
        return ExitCode.OK
    if not to_write:
        console.put_text(schema_text(Kind(kind or Kind.MANIFEST)))
        return ExitCode.OK
    if kind is not None:
        raise UsageError("--write keeps all schemas that editors use; name none")
    project = find_project(start_folder(base, None))
    checked = environment_to_check(project, environment)
    to_be_marked = _names_to_mark(project, checked) if to_mark else []
    found = for_editors(project.root, _places(project, checked))
    for file in found.files:
        word = file.write(project.root) if file.is_due else "up to date:"
        console.put([(Span(f"{word} {file.path}"),)])
    for name in to_be_marked:
        if _mark(project.root, name):
            console.put([(Span(f"marked {name}"),)])
    advice = [*_about_defaults(project), *found.advice]
    console.tell([(Span(line),) for line in advice])
    return ExitCode.ERROR if found.advice else ExitCode.OK


def _places(project: Project, environment: Environment | None) -> list[str]:
    """Where manifests are: as the project says, or else where they are found now."""
    declared = [place for place in project.manifests if place.strip("/") not in ("", ".")]
    if declared:
        return declared
    loaded = load(project, environment)
    names = {evaluation.place[0] for evaluation in loaded.desired} | {
        problem.file for problem in loaded.errors
    }
    tops = {PurePosixPath(name).parts[0] for name in names if _is_yaml(name) and name != PROJECT_FILE}
    return sorted(tops) or [_USUAL_FOLDER]


def _names_to_mark(project: Project, environment: Environment | None) -> list[str]:
    """Every YAML file that a schema describes. Raises ManifestError: what has mistakes is not edited."""
    manifests = {evaluation.place[0] for evaluation in load_or_raise(project, environment).desired}
    return [PROJECT_FILE, *_defaults_of(project), *sorted(filter(_is_yaml, manifests))]


def _defaults_of(project: Project) -> list[str]:
    return [shown(path, project.root) for path in discover(project).defaults]


def _about_defaults(project: Project) -> list[str]:
    """A word on each file of defaults that the settings of VS Code would take for a manifest."""
    return [
        f"{name} needs a modeline, or editors take it for a manifest: run again with --modeline"
        for name in _defaults_of(project)
        if _marked(project.root, name) is not None
    ]


def _is_yaml(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml"))


def _mark(root: Path, name: str) -> bool:
    """Put a modeline into a file; False where it has one."""
    marked = _marked(root, name)
    if marked is None:
        return False
    write_durably(root / name, marked)
    return True


def _marked(root: Path, name: str) -> str | None:
    """The text of a file with a modeline, None where it has one."""
    kinds = {PROJECT_FILE: Kind.PROJECT, DEFAULTS_FILE: Kind.DEFAULTS}
    text = read_if_there(root / name) or ""
    marked = with_modeline(text, modeline(kinds.get(PurePosixPath(name).name, Kind.MANIFEST), name))
    return marked if marked != text else None
