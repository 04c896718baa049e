"""From a workspace to a reconciliation: load the manifests, and put them before an open platform."""

from __future__ import annotations

from datetime import UTC, datetime

from sgpctl.api.reading import read_state
from sgpctl.apply.driver import Driver
from sgpctl.apply.journal import Journal
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.cli.platform import Platform
from sgpctl.cli.workspace import Workspace
from sgpctl.manifest.loader import Loaded
from sgpctl.plan.plan import PlanHeader
from sgpctl.plan.policy import Policy

NOTHING = Loaded((), (), 0)


def reconciliation_of(
    workspace: Workspace, platform: Platform, loaded: Loaded, policy: Policy
) -> tuple[Reconciliation, PlanHeader]:
    """What plan, apply and destroy work with; nothing is sent yet."""
    header = workspace.header(platform.target, loaded.files)
    journal = Journal(workspace.journal_path, " ".join(header.scope[2:]), _now)
    reconciliation = Reconciliation(
        Driver(platform.evaluations, journal),
        lambda: read_state(platform.evaluations, loaded.desired, workspace.owner),
        loaded.desired,
        workspace.owner,
        workspace.provenance,
        policy,
        header.scope,
        _now,
        warnings=tuple(str(problem) for problem in loaded.warnings),
    )
    return reconciliation, header


def _now() -> datetime:
    return datetime.now(UTC)
