"""`sgpctl apply`: make the remote side what the manifests declare."""

from __future__ import annotations

from pathlib import Path

import click

from sgpctl.cli import options
from sgpctl.cli.applying import Call, apply_project
from sgpctl.cli.consent import Consent
from sgpctl.cli.console import Console
from sgpctl.cli.forms import parsed_outputs
from sgpctl.cli.outcome_files import OUTCOME_FORMS
from sgpctl.cli.saved_plan import read_saved_plan
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.cli.writing import check_outputs
from sgpctl.errors import ExitCode, UsageError
from sgpctl.manifest.resolving.given import Given
from sgpctl.plan.saved import SavedPlan

_EPILOG = """\b
Examples:
  sgpctl apply                           # plan, ask, apply
  sgpctl apply evals/ --env prod --yes
  sgpctl apply plan.json -C evals/       # exactly the reviewed plan, or nothing
  sgpctl apply plan.json --skip-stale    # of the reviewed plan, what is still as it was
  sgpctl apply --yes --output markdown="$GITHUB_STEP_SUMMARY"
"""


@click.command("apply", epilog=_EPILOG)
@click.argument("target", required=False, type=click.Path(path_type=str), metavar="[DIRECTORY|PLANFILE]")
@options.reading_remote
@options.giving_variables
@options.as_json
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write what was done to FILE too, as json or markdown. Repeatable.",
)
@options.yes
@click.option("--expect", metavar="DIGEST", help="Apply, without asking, only the plan with this digest.")
@click.option(
    "--skip-stale",
    is_flag=True,
    help="Of a saved plan, carry out the changes that are still as reviewed, skip the others and say what changed.",
)
@options.allow_archive
@options.acks
@options.take_over
@options.lock_timeout
def command(
    target: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    assignments: tuple[str, ...],
    variable_files: tuple[str, ...],
    as_json: bool,
    outputs: tuple[str, ...],
    yes: bool,
    expect: str | None,
    skip_stale: bool,
    allow_archive: int | None,
    acks: tuple[str, ...],
    take_over: bool,
    lock_timeout: int,
) -> ExitCode:
    """Make an environment what the manifests of the project in DIRECTORY declare.

    The plan is shown and consent is asked first. With a PLANFILE that `plan --out` saved, exactly that plan is
    applied, without asking; it is refused when a manifest or the remote side has moved since. With --skip-stale,
    only what moved is skipped, and what belongs together with it; the exit code is 4 then, and 3 if that is everything.
    """
    if skip_stale:
        _check_can_skip(target, expect)
    files = parsed_outputs(outputs, OUTCOME_FORMS)
    check_outputs(files)
    saved = read_saved_plan(Path(target)) if target is not None and Path(target).is_file() else None
    if as_json and not (yes or saved is not None or expect is not None):
        raise UsageError(
            "--json shows no plan to agree to", hint="Add --yes, --expect DIGEST, or apply a saved plan."
        )
    if saved is not None and saved.header.against is not None:
        raise UsageError(
            "the saved plan was made against a snapshot, so it cannot be applied",
            hint="Make one on the platform with `sgpctl plan --out FILE`.",
        )
    if saved is not None:
        environment = _environment_of(saved, environment)
        allow_archive = saved.header.allow_archive if allow_archive is None else allow_archive
        take_over = take_over or saved.header.take_over
        acks = (*acks, *saved.header.acks)
    workspace = Workspace.open(start_folder(base, None if saved is not None else target), environment)
    if saved is not None and saved.header.project != workspace.project.name:
        raise UsageError(
            f"the saved plan is of project {saved.header.project!r}, and this is {workspace.project.name!r}",
            hint="Name the folder of its project with -C DIR.",
        )
    consent = Consent(
        f"Apply this to {workspace.environment.name}?",
        is_given=yes,
        reviewed=saved,
        expected_digest=expect,
        skip_stale=skip_stale,
    )
    policy = workspace.policy(allow_archive=allow_archive, acks=acks, take_over=take_over)
    call = Call(
        Console.of_process(no_color=no_color),
        parallelism,
        is_debug=debug,
        as_json=as_json,
        outputs=files,
        lock_timeout=lock_timeout,
        given=Given(assignments, variable_files),
    )
    return apply_project(workspace, policy, consent, call)


def _check_can_skip(target: str | None, expect: str | None) -> None:
    if expect is not None:
        raise UsageError(
            "--skip-stale and --expect do not go together: a digest stands for the whole plan, and does not tell which "
            "of its changes are untouched",
            hint="Save the plan with `sgpctl plan --out FILE`, and apply that file with --skip-stale.",
        )
    if target is None or Path(target).is_dir():
        raise UsageError(
            "--skip-stale needs a saved plan: without one, nothing says what was reviewed",
            hint="Save it with `sgpctl plan --out FILE`, and apply that file.",
        )


def _environment_of(saved: SavedPlan, wanted: str | None) -> str:
    if wanted is not None and wanted != saved.header.environment:
        raise UsageError(
            f"the saved plan is for environment {saved.header.environment!r}, and {wanted!r} was asked for",
            hint="Leave out --env (and SGPCTL_ENVIRONMENT), or make a plan for that environment.",
        )
    return saved.header.environment
