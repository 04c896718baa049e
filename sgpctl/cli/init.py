"""`sgpctl init`: a new project that applies as it is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from sgpctl.cli.durable import write_new
from sgpctl.cli.editor import for_editors, modeline
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.project import PROJECT_FILE
from sgpctl.manifest.schema.document import Kind
from sgpctl.model.marks import OWNER_NAME

_MANIFEST_FILE = "evaluations/capital-cities.yaml"
_EPILOG = """\b
Example:
  sgpctl init demo && sgpctl apply demo
"""

_PROJECT = """\
# The project file of sgpctl.
version: 1
project: "{project}"
manifests: [evaluations]       # every .yaml, .yml and .json file below, unless a `$file` uses it

environments:
  sandbox:
    target: sandbox            # an emulator in this folder; no account, no key, no cost
  # prod:
  #   target: production       # needs SGP_API_KEY
  #   account_id: your-account # refuses to act on any other

default_environment: sandbox

# By default one removal, or a quarter of what is owned, passes; more need --allow-archive.
# safety:
#   max_archive: 10
# What one apply may start at most:
# budget:
#   model_calls: 1000
"""

_MANIFEST = """\
# An evaluation is the API's own create request, plus `lifecycle`.
name: capital-cities
description: A small model answers geography questions; F1 compares it with the reference.
tags: [example]
data: {$file: ../data/capitals.jsonl}
tasks:
  - alias: answer
    task_type: chat_completion
    configuration:
      model: openai/gpt-4o-mini
      messages:
        - role: system
          content: {$file: ../prompts/answer.md}
        - role: user
          content: "{{item.question}}"
      temperature: 0
  - alias: f1
    task_type: metric
    configuration: {type: f1, candidate: item.answer, reference: item.reference}
"""

_PROMPT = "Answer with the name of the city and nothing else.\n"

_ROWS = """\
{"question": "What is the capital of France?", "reference": "Paris"}
{"question": "What is the capital of Japan?", "reference": "Tokyo"}
{"question": "What is the capital of Kenya?", "reference": "Nairobi"}
"""


@click.command("init", epilog=_EPILOG)
@click.argument("directory", default=".", metavar="[DIRECTORY]")
@click.option("--project", "name", metavar="NAME", help="The project's name; default: the folder's.")
def command(directory: str, name: str | None) -> ExitCode:
    """Write a new project into DIRECTORY: a project file, one evaluation, its prompt and its rows.

    It applies as it is, to the sandbox. Files that are there already are never overwritten.
    """
    folder = Path(directory)
    project = name if name is not None else _slug(folder.resolve().name)
    files = {
        PROJECT_FILE: modeline(Kind.PROJECT, PROJECT_FILE) + _PROJECT.format(project=project),
        _MANIFEST_FILE: modeline(Kind.MANIFEST, _MANIFEST_FILE) + _MANIFEST,
        "prompts/answer.md": _PROMPT,
        "data/capitals.jsonl": _ROWS,
        ".gitignore": ".sgpctl/\n",
    }
    if not OWNER_NAME.fullmatch(project):
        raise UsageError(
            f"{project!r} cannot name a project: lower-case letters, digits and dashes, at most 63",
            hint="Choose one with --project NAME.",
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="Name a folder that is empty or not there yet.")
    there = [path for path in files if path != ".gitignore" and (folder / path).exists()]
    if there:
        are = "is" if len(there) == 1 else "are"
        raise UsageError(
            f"{folder}: {', '.join(there)} {are} there already, and nothing was written",
            hint="Name an empty folder, or edit what is there.",
        )
    editors = for_editors(folder, ["evaluations"])
    for path, text in files.items():
        if write_new(folder / path, text):
            click.echo(f"wrote {folder / path}")
    for file in editors.files:
        if file.is_due:
            click.echo(f"{file.write(folder)} {folder / file.path}")
    for line in editors.advice:
        click.echo(line, err=True)
    click.echo(f"\nNext: sgpctl plan {shlex.quote(directory)}", err=True)
    return ExitCode.OK


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63].strip("-") or "evaluations"
