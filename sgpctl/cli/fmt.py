"""`sgpctl fmt`: manifests and the project file in one style."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.durable import write_durably
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.formatting.files import Formattable, choose, format_file
from sgpctl.manifest.inside import NotUsable
from sgpctl.manifest.problem import Problem
from sgpctl.render.counting import counted
from sgpctl.render.layout import Span
from sgpctl.render.problems_text import problem_lines
from sgpctl.render.unified_diff import unified_diff

_EPILOG = """\b
Examples:
  sgpctl fmt evals/
  sgpctl fmt --check evals/
"""


@click.command("fmt", epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=str), metavar="[DIRECTORY|FILE]...")
@click.option("--check", is_flag=True, help="Write nothing; show the differences, and exit with 1 if any.")
@options.directory
@options.no_color
def command(paths: tuple[str, ...], check: bool, base: str | None, no_color: bool) -> ExitCode:
    """Bring the project file and the manifests below each DIRECTORY, and each FILE, to one style and key order.

    Comments, anchors and what the files mean stay as they are. A file that cannot be read is left alone.
    """
    console = Console.of_process(no_color=no_color)
    files, problems = _chosen([Path(base or ".") / path for path in paths or (".",)])
    changed = 0
    for file in files:
        formatted = format_file(file)
        problems += formatted.problems
        if not formatted.is_changed:
            continue
        changed += 1
        if check:
            console.put(unified_diff(file.name, formatted.before, formatted.after))
        else:
            write_durably(file.path, formatted.after)
            console.put([(Span(file.name),)])
    console.tell(problem_lines(problems, console.glyphs))
    outcome = "would be formatted" if check else "formatted"
    console.tell([(Span(f"{changed} of {counted(len(files), 'file')} {outcome}."),)])
    return ExitCode.ERROR if problems or (check and changed) else ExitCode.OK


def _chosen(paths: Sequence[Path]) -> tuple[list[Formattable], list[Problem]]:
    """The files that the paths stand for, each once."""
    files: dict[Path, Formattable] = {}
    problems: dict[Problem, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        try:
            chosen = choose(path)
        except NotUsable as error:
            raise UsageError(f"{path}: {error}") from error
        files.update((file.path, file) for file in chosen.files)
        problems.update(dict.fromkeys(chosen.problems))
    return list(files.values()), list(problems)
