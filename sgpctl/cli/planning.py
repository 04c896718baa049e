"""From a workspace to a reconciliation: load the manifests, and put them before an open platform.

Manifests are checked before anything is sent. Only what they refer to by name is looked up then, and they are finished
with the ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sgpctl.api.reading import read_state
from sgpctl.apply.driver import Driver
from sgpctl.apply.journal import Journal
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.cli.own_files import cache_of
from sgpctl.cli.platform import Platform
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import UsageError
from sgpctl.manifest.loader import Loaded, Manifests
from sgpctl.manifest.project import PROJECT_FILE, Project
from sgpctl.manifest.resolving.given import Given, given_variables
from sgpctl.plan.plan import PlanHeader
from sgpctl.plan.policy import Policy

NOTHING = Loaded((), (), 0)


def read_manifests(
    workspace: Workspace, given: Given, secrets: Collection[str], written: Iterable[Path] = ()
) -> Manifests:
    """The manifests with the variables of the command line, in order as far as that can be told offline.

    None may hold one of `secrets`. Raises ManifestError with all problems, and UsageError, also for a file to be
    `written` that the project is made of.
    """
    variables = given_variables(given, workspace.project, workspace.environment)
    cache = cache_of(workspace.project)
    manifests = Manifests(workspace.project, workspace.environment, variables, secrets, cache)
    loaded = manifests.load()
    loaded.raise_errors()
    _check_spared(workspace.project, loaded.sources, written)
    return manifests


def _check_spared(project: Project, sources: Collection[Path], written: Iterable[Path]) -> None:
    for path in written:
        target = path.resolve()
        if target in sources or target == (project.root / PROJECT_FILE).resolve():
            raise UsageError(
                f"{path}: the project is made of this file, which would be written over",
                hint="Choose another path.",
            )


async def finished(manifests: Manifests, platform: Platform) -> Loaded:
    """The same with every reference by name as an id. Raises ManifestError, and ApiError."""
    loaded = manifests.load()
    if loaded.named:
        loaded = manifests.load(await platform.lookup.look_up(loaded.named))
    loaded.raise_errors()
    return loaded


def reconciliation_of(
    workspace: Workspace, platform: Platform, loaded: Loaded, policy: Policy, *, leases: int = 0
) -> tuple[Reconciliation, PlanHeader]:
    """What plan, apply and destroy work with; nothing is sent yet. `leases` of ours are live on the platform."""
    header = workspace.header(platform.target, loaded.files, policy)
    journal = Journal(workspace.journal_path, " ".join(header.scope[2:]), _now)
    reconciliation = Reconciliation(
        Driver(platform.evaluations, journal),
        lambda known: read_state(
            platform.evaluations,
            loaded.desired,
            workspace.owner,
            known=known,
            leases=leases,
            rows_compared=workspace.project.review.rows_compared,
        ),
        loaded.desired,
        workspace.owner,
        workspace.provenance,
        policy,
        header.scope,
        warnings=tuple(str(problem) for problem in loaded.warnings),
        words=platform.words,
    )
    return reconciliation, header


def _now() -> datetime:
    return datetime.now(UTC)
