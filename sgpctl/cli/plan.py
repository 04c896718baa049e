"""`sgpctl plan`: what apply would do, why, and what it would cost."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import click

from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.forms import Form, Output, parsed_outputs, printed_form
from sgpctl.cli.plan_forms import PlanForms
from sgpctl.cli.planning import finished, read_manifests, reconciliation_of
from sgpctl.cli.platform import open_platform
from sgpctl.cli.running import run_to_end
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.cli.writing import check_outputs, write_outputs, written_words
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.resolving.given import Given
from sgpctl.plan.plan import Plan, PlanHeader

_EPILOG = """\b
Examples:
  sgpctl plan
  sgpctl plan evals/ --env prod --out plan.json
  sgpctl plan --output markdown=comment.md --output json=plan.json
  sgpctl plan --detailed-exitcode        # 0: no changes, 2: changes, 3: refused
"""


@click.command("plan", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@options.giving_variables
@options.written
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Save the plan, for `sgpctl apply FILE` and `sgpctl show FILE`; the same as `--output json=FILE`.",
)
@click.option("--detailed-exitcode", "detailed", is_flag=True, help="Exit with 2 when there are changes.")
@click.option(
    "--only",
    metavar="GLOB",
    help="Show only the changes of names that match; for looking, never for applying.",
)
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Plan against a snapshot instead of the platform, without a key; for looking only.",
)
@options.allow_archive
@options.acks
@options.take_over
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    assignments: tuple[str, ...],
    variable_files: tuple[str, ...],
    written_as: str | None,
    as_json: bool,
    outputs: tuple[str, ...],
    out: str | None,
    detailed: bool,
    only: str | None,
    against: str | None,
    allow_archive: int | None,
    acks: tuple[str, ...],
    take_over: bool,
) -> ExitCode:
    """Show what apply would do to the environment of the project in DIRECTORY.

    Nothing is changed. The first line says where apply would act; each change says why, from which line, and what
    it costs.
    """
    form = printed_form(written_as, as_json=as_json)
    files = _files(out, outputs, only)
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)
    policy = workspace.policy(allow_archive=allow_archive, acks=acks, take_over=take_over)

    given = Given(assignments, variable_files)
    written = [file.path for file in files]

    async def work() -> tuple[Plan, PlanHeader]:
        manifests = read_manifests(workspace, given, console.secrets, written)
        async with open_platform(workspace, console, parallelism=parallelism, debug=debug) as platform:
            loaded = await finished(manifests, platform)
            reconciliation, header = reconciliation_of(workspace, platform, loaded, policy)
            return await reconciliation.plan(), header

    if against is not None:
        from sgpctl.cli.offline import plan_against, snapshot_for

        snapshot = snapshot_for(Path(against), workspace)
        made, header = plan_against(snapshot, workspace, given, policy, console, written)
    else:
        made, header = run_to_end(work())
    forms = PlanForms(made if only is None else _part(made, only), header, lambda: workspace.project.root)
    try:
        forms.put(form, console)
    finally:  # files are written though who reads the plan went away after its first lines
        write_outputs(
            files, forms.text, console, lambda output: _written_words(output, made, header, workspace, given)
        )
    if made.refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if detailed and not made.is_empty else ExitCode.OK


def _files(out: str | None, outputs: Sequence[str], only: str | None) -> tuple[Output, ...]:
    """The files that are asked for. Raises UsageError, and LocalStateError before anything is read for them."""
    if out == "":
        raise UsageError("--out names no file")
    saving = [] if out is None else [f"{Form.JSON}={out}"]
    files = parsed_outputs([*saving, *outputs])
    if only is not None and any(file.form is Form.JSON for file in files):
        raise UsageError(
            "--only shows a part of a plan, and a part cannot be saved for applying",
            hint="Leave out --only, or the file.",
        )
    check_outputs(files)
    return files


def _part(made: Plan, pattern: str) -> Plan:
    """The changes whose names match, with their own counts; the refusals stay those of the whole plan."""
    changes = tuple(change for change in made.changes if fnmatchcase(change.name, pattern))
    unchanged = tuple(name for name in made.unchanged if fnmatchcase(name, pattern))
    hidden = len(made.changes) - len(changes)
    note = f"only names that match {pattern!r} are shown; {hidden} other changes are not, and the digest is of this part"
    desired = len(unchanged) + sum(change.place is not None for change in changes)
    return replace(made, changes=changes, unchanged=unchanged, notes=(*made.notes, note), desired=desired)


def _written_words(output: Output, made: Plan, header: PlanHeader, workspace: Workspace, given: Given) -> str:
    """That a file is written, and for the plan itself what to do with it."""
    if output.form is not Form.JSON:
        return written_words(output)
    call = f"sgpctl apply {shlex.quote(str(output.path))}"
    if workspace.project.root != Path.cwd():
        call += f" -C {shlex.quote(os.path.relpath(workspace.project.root))}"
    call += "".join(f" --var {shlex.quote(text)}" for text in given.assignments)
    call += "".join(f" --var-file {shlex.quote(file)}" for file in given.files)
    what = "It is refused as it stands" if made.refusals else f"`{call}` applies exactly it, or refuses"
    if header.against is not None:
        what = "It was made against a snapshot, so it cannot be applied"
    return f"Saved the plan to {output.path}. {what}."
