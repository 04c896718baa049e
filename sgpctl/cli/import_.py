"""`sgpctl import`: manifests and row files for evaluations that exist and that nobody manages yet."""

from __future__ import annotations

import os

import click

from sgpctl.api.importing import Selection, selected
from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.importing import Importing
from sgpctl.cli.platform import open_platform
from sgpctl.cli.running import run_to_end
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.writing.manifest import RowsPlace
from sgpctl.manifest.writing.place import manifest_folder
from sgpctl.model.importable import Fate, Verdict
from sgpctl.render.import_text import import_summary, verdict_lines
from sgpctl.render.layout import Span
from sgpctl.render.problems_text import warning_lines

_EPILOG = """\b
Examples:
  sgpctl import evals/ --env prod --all --dry-run
  sgpctl import --name 'refund-*' --into evaluations/refunds
  git add $(sgpctl import --tag nightly) && sgpctl plan
"""


@click.command("import", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@click.option(
    "--id", "ids", metavar="ID", multiple=True, help="Import the evaluation with this id; repeatable."
)
@click.option(
    "--name", "names", metavar="GLOB", multiple=True, help="Import all whose name matches; repeatable."
)
@click.option(
    "--tag", "tags", metavar="TAG", multiple=True, help="Import all with this tag; of several, with each."
)
@click.option("--all", "everything", is_flag=True, help="Import everything that no project owns.")
@click.option(
    "--into",
    metavar="FOLDER",
    help="Where the manifests go, below the project's folder; default: its manifest folder.",
)
@click.option(
    "--archived", is_flag=True, help="Write manifests for archived evaluations too; they are not adopted."
)
@click.option(
    "--rows",
    type=click.Choice([place.value for place in RowsPlace]),
    help="Keep rows in the manifest or in a file; default: a few in the manifest, more in a file.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    ids: tuple[str, ...],
    names: tuple[str, ...],
    tags: tuple[str, ...],
    everything: bool,
    into: str | None,
    archived: bool,
    rows: str | None,
    dry_run: bool,
) -> ExitCode:
    """Write manifests for evaluations that exist, for the project in DIRECTORY to adopt.

    Nothing remote is changed. Result columns and server defaults are left out; files that are there already are
    never overwritten. Each manifest is loaded and planned before it is kept: the next plan adopts the evaluation,
    for 0 calls. The files are listed on standard output.
    """
    _check_one_selection(ids, names, tags, everything)
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)
    folder = manifest_folder(workspace.project, into)
    # Of those asked for by id, archived ones are read to be named, not to be imported.
    selection = Selection(ids, names, tags, archived_too=archived)

    async def work() -> tuple[Verdict, ...]:
        async with open_platform(workspace, console, parallelism=parallelism, debug=debug) as platform:
            found = await selected(platform.evaluations, selection)
            if found.gap is not None:
                console.tell(warning_lines([f"not every evaluation was seen: {found.gap}"]))
            importing = Importing(
                workspace,
                platform,
                console,
                folder,
                RowsPlace(rows) if rows is not None else None,
                archived,
                dry_run,
                parallelism,
            )
            return await importing.run(found.items)

    verdicts = run_to_end(work())
    console.tell(verdict_lines(verdicts, console.glyphs, is_dry_run=dry_run))
    console.tell(import_summary(verdicts, is_dry_run=dry_run))
    root = os.path.relpath(workspace.project.root)
    files = [os.path.normpath(os.path.join(root, file)) for verdict in verdicts for file in verdict.files]  # noqa: PTH118 - pathlib keeps no `..` short
    console.put([(Span(file),) for file in sorted(files)])
    return _exit_code(verdicts)


def _check_one_selection(
    ids: tuple[str, ...], names: tuple[str, ...], tags: tuple[str, ...], everything: bool
) -> None:
    given = {"--id": ids, "--name": names, "--tag": tags, "--all": everything}
    said = [option for option, value in given.items() if value]
    if len(said) != 1:
        words = (
            "say which evaluations to import" if not said else f"{said[0]} and {said[1]} exclude each other"
        )
        raise UsageError(words, hint="Use one of --id, --name, --tag and --all.")


def _exit_code(verdicts: tuple[Verdict, ...]) -> ExitCode:
    fates = {verdict.fate for verdict in verdicts}
    if Fate.REFUSED not in fates:
        return ExitCode.OK
    return ExitCode.PARTIAL if Fate.IMPORTED in fates else ExitCode.ERROR
