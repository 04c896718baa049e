"""`sgpctl history`: the runs of one name, archived ones too."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click

from sgpctl.api.evaluations import Evaluations
from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.platform import open_platform
from sgpctl.cli.running import run_to_end
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import BadAnswer, ExitCode, UsageError
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.marks import NAME, Owner, effective_name, is_owned_by
from sgpctl.model.nearest import did_you_mean
from sgpctl.plan.history import chain
from sgpctl.plan.told import told_remote
from sgpctl.render.history_json import history_document
from sgpctl.render.history_text import history_lines
from sgpctl.render.json_text import json_text

_EPILOG = """\b
Examples:
  sgpctl history grounded-answers --env prod
  sgpctl history grounded-answers --limit 2      # the newest run and the one before it
  sgpctl history grounded-answers --json | jq -r '.runs[].provenance.run_url'
"""


@click.command("history", epilog=_EPILOG)
@click.argument("name", metavar="NAME")
@options.project_directory
@options.reading_remote
@options.as_json
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Show only the newest N runs.")
def command(
    name: str,
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    as_json: bool,
    limit: int | None,
) -> ExitCode:
    """Show the runs of the evaluation NAME of the project in DIRECTORY, archived ones too, the newest last.

    Each comes with its status and errors, with commit, branch, pull request, person and CI run of the last change that
    sgpctl wrote to it, and with what changed against the run before.
    """
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)
    owner = workspace.owner

    async def read() -> tuple[RemoteEvaluation, ...]:
        async with open_platform(workspace, console, parallelism=parallelism, debug=debug) as platform:
            found = await _runs(platform.evaluations, name, owner)
            return tuple(told_remote(remote, platform.words) for remote in found)

    runs = chain(run_to_end(read()))
    if as_json:
        console.put_text(json_text(history_document(name, owner, runs, datetime.now(UTC), limit=limit)))
    else:
        where = f"{owner.project} -> {owner.environment}"
        console.put(history_lines(name, where, runs, console.glyphs, width=console.width, limit=limit))
    return ExitCode.OK


async def _runs(evaluations: Evaluations, name: str, owner: Owner) -> tuple[RemoteEvaluation, ...]:
    """What we own that was made as `name`: one search, and only for a name that has none a list of all that we own.

    Raises UsageError, with the nearest name, when there is none.
    """
    found = _owned(await evaluations.find(NAME, name, tag=owner.tag), owner)
    if found:
        return found
    listing = await evaluations.list_tagged(owner.tag, include_archived=True)
    owned = _owned(listing.items, owner)
    unmarked = tuple(remote for remote in owned if effective_name(remote) == name)
    if unmarked:
        return unmarked
    if listing.gap is not None:
        raise BadAnswer(f"the list is not complete: {listing.gap}", request="GET /v5/evaluations")
    raise _unknown(name, owned, owner)


def _unknown(name: str, owned: Sequence[RemoteEvaluation], owner: Owner) -> UsageError:
    known = sorted({effective_name(remote) for remote in owned})
    made_as = next((effective_name(remote) for remote in owned if remote.name == name), None)
    if made_as is not None:
        hint = f"What bears that name was made under another: `sgpctl history {shlex.quote(made_as)}`."
    else:
        hint = "`sgpctl list --archived` shows all." if known else "It has no evaluation at all yet."
    near = did_you_mean(name, known) if made_as is None else ""
    where = f"{owner.project} -> {owner.environment}"
    return UsageError(f"{where} has no run of an evaluation called {name!r}{near}", hint=hint)


def _owned(remotes: Iterable[RemoteEvaluation], owner: Owner) -> tuple[RemoteEvaluation, ...]:
    return tuple(remote for remote in remotes if is_owned_by(remote, owner))
