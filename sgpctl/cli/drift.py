"""`sgpctl drift`: what changed on the platform since the last apply."""

from __future__ import annotations

import click

from sgpctl.api.reading import read_state
from sgpctl.cli import options
from sgpctl.cli.console import Console
from sgpctl.cli.drift_forms import DRIFT_FORMS, DriftForms
from sgpctl.cli.forms import parsed_outputs, printed_form
from sgpctl.cli.planning import finished, read_manifests
from sgpctl.cli.platform import Platform, open_platform
from sgpctl.cli.running import run_to_end
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.cli.writing import check_outputs, write_outputs
from sgpctl.errors import BadAnswer, ExitCode
from sgpctl.manifest.resolving.given import Given
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.plan.drift import Drift, drift_of, unmanaged_of
from sgpctl.plan.matching import match
from sgpctl.plan.plan import PlanHeader
from sgpctl.plan.planner import make_plan
from sgpctl.plan.told import told_drift

_EPILOG = """\b
Examples:
  sgpctl drift --env prod                # 0: no drift, 2: drift
  sgpctl drift --env prod --unmanaged --output markdown=drift.md
"""


@click.command("drift", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@options.giving_variables
@options.written
@click.option(
    "--unmanaged", is_flag=True, help="Also report evaluations of the account that no project owns."
)
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
    unmanaged: bool,
) -> ExitCode:
    """Report what people changed on the platform since the project in DIRECTORY was last applied.

    Edited, renamed, copied or archived by hand, and runs that failed. What only the manifests changed is no drift.
    Nothing is changed. Exits with 0 when nothing drifted, with 2 when something did.
    """
    form = printed_form(written_as, as_json=as_json)
    files = parsed_outputs(outputs, DRIFT_FORMS)
    check_outputs(files)
    console = Console.of_process(no_color=no_color)
    workspace = Workspace.open(start_folder(base, directory), environment)

    async def look() -> tuple[Drift, PlanHeader]:
        given, written = Given(assignments, variable_files), [file.path for file in files]
        manifests = read_manifests(workspace, given, console.secrets, written)
        async with open_platform(workspace, console, parallelism=parallelism, debug=debug) as platform:
            loaded = await finished(manifests, platform)
            state = await read_state(  # what the manifests changed is no drift, so neither are their rows
                platform.evaluations, loaded.desired, workspace.owner, rows_compared=0
            )
            free = await _unmanaged(platform, workspace) if unmanaged else ()
            policy = workspace.policy()
            plan = make_plan(loaded.desired, state, workspace.owner, policy)
            matching = match(loaded.desired, state, workspace.owner)
            header = workspace.header(platform.target, loaded.files, policy)
            drift = drift_of(plan, matching, state, workspace.owner, free)
            return told_drift(drift, platform.words), header

    drift, header = run_to_end(look())
    forms = DriftForms(drift, header, workspace.project.root)
    try:
        forms.put(form, console)
    finally:  # files are written though who reads the report went away after its first lines
        write_outputs(files, forms.text, console)
    return ExitCode.CHANGES if drift.findings else ExitCode.OK


async def _unmanaged(platform: Platform, workspace: Workspace) -> tuple[RemoteEvaluation, ...]:
    listing = await platform.evaluations.list_all()
    if listing.gap is not None:
        raise BadAnswer(f"the account's list is not complete: {listing.gap}", request="GET /v5/evaluations")
    return unmanaged_of(listing.items, workspace.owner)
