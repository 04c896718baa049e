"""`sgpctl destroy`: archive everything that the project owns in an environment."""

from __future__ import annotations

import click

from sgpctl.cli import options
from sgpctl.cli.applying import Call, apply_project
from sgpctl.cli.consent import Consent
from sgpctl.cli.console import Console
from sgpctl.cli.start import start_folder
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode

_EPILOG = """\b
Example:
  sgpctl destroy evals/ --env staging
"""


@click.command("destroy", epilog=_EPILOG)
@options.project_directory
@options.reading_remote
@options.yes
@options.acks
@options.take_over
@options.lock_timeout
def command(
    directory: str | None,
    base: str | None,
    environment: str | None,
    parallelism: int,
    debug: bool,
    no_color: bool,
    yes: bool,
    acks: tuple[str, ...],
    take_over: bool,
    lock_timeout: int,
) -> ExitCode:
    """Archive everything that the project in DIRECTORY owns in an environment.

    Protected evaluations stop it, unless --ack says the token that the refusal prints for them. Nothing is deleted for good: `sgpctl apply` restores what is still declared.
    """
    workspace = Workspace.open(start_folder(base, directory), environment)
    consent = Consent(f"Archive all of this in {workspace.environment.name}?", is_given=yes)
    call = Call(
        Console.of_process(no_color=no_color),
        parallelism,
        is_debug=debug,
        as_json=False,
        lock_timeout=lock_timeout,
    )
    return apply_project(
        workspace, workspace.policy(destroy=True, acks=acks, take_over=take_over), consent, call
    )
