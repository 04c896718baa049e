"""`sgpctl snapshot`: the remote side as a file, for plans that are made without a key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from sgpctl.api.snapshot import read_everything
from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.durable import write_durably
from sgpctl.cli.offline import key_of
from sgpctl.cli.planning import read_manifests
from sgpctl.cli.platform import open_platform
from sgpctl.cli.running import run_to_end
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode
from sgpctl.manifest.resolving.given import Given
from sgpctl.plan.snapshot import Snapshot, name_digest, names_of_others, snapshot_document
from sgpctl.render.counting import counted
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Span

_EPILOG = """\b
Examples:
  sgpctl snapshot --env prod --out snapshot.json
  sgpctl plan --env prod --against snapshot.json   # elsewhere, without a key
"""


@click.command("snapshot", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@options.giving_variables
@click.option("--out", metavar="FILE", required=True, help="Where to write it.")
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    assignments: tuple[str, ...],
    variable_files: tuple[str, ...],
    out: str,
) -> ExitCode:
    """Write the remote state that a plan of the project in DIRECTORY needs to a file.

    It holds the project's own evaluations with their tasks and metadata, no rows, no results and no key. `plan --against`
    makes a plan of it without a key, for pull requests that get none.
    """
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)

    async def read() -> Snapshot:
        given = Given(assignments, variable_files)
        manifests = read_manifests(workspace, given, console.secrets, [Path(out)])
        async with open_platform(workspace, console, parallelism=parallelism, debug=debug) as platform:
            answers = await platform.lookup.look_up(manifests.load().named)
            loaded = manifests.load(answers)
            ids = [one.dataset_id for one in loaded.desired if one.dataset_id is not None]
            taken_at = datetime.now(UTC)
            everything = await read_everything(platform.evaluations, workspace.owner, ids)
        others = names_of_others(everything.live, workspace.owner)
        return Snapshot(
            project=workspace.project.name,
            environment=workspace.environment.name,
            target=platform.target,
            repository=workspace.owner.repository,
            taken_at=taken_at,
            sgpctl_version=workspace.provenance.version,
            evaluations=everything.tagged,
            others=len(others),
            other_names=frozenset(map(name_digest, others)),
            ids={key_of(named): one.live[0].id for named, one in answers.items() if len(one.live) == 1},
            dataset_rows=everything.dataset_rows,
            dataset_versions=everything.dataset_versions,
            gap=everything.gap,
        )

    snapshot = run_to_end(read())
    write_durably(Path(out), console.redacted(json_text(snapshot_document(snapshot))))
    words = f"Saved {counted(len(snapshot.evaluations), 'evaluation')} of {snapshot.project} -> {snapshot.environment} to {out}."
    console.tell([(Span(words),)])
    return ExitCode.OK
