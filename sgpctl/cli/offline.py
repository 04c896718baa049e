"""A plan against a snapshot: no key, no request; for looking, and for a policy to judge, never for applying."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sgpctl.cli.console import Console
from sgpctl.cli.planning import read_manifests
from sgpctl.cli.saved_plan import HOW_TO_SNAPSHOT, read_snapshot
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import UsageError
from sgpctl.manifest.loader import Loaded, Manifests
from sgpctl.manifest.resolving.given import Given
from sgpctl.model.names import Answers, Bearer, LookedUp, Named
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.plan.planner import make_plan
from sgpctl.plan.policy import Policy
from sgpctl.plan.snapshot import Snapshot, namesakes_of, state_of
from sgpctl.plan.told import told


def snapshot_for(path: Path, workspace: Workspace) -> Snapshot:
    """Read `path`. Raises PlanFileError, and UsageError for a snapshot of something else than the workspace."""
    snapshot = read_snapshot(path)
    mine = (workspace.project.name, workspace.environment.name)
    if (snapshot.project, snapshot.environment) != mine:
        raise UsageError(
            f"{path}: the snapshot is of {snapshot.project} -> {snapshot.environment}, and this is {' -> '.join(mine)}",
            hint=HOW_TO_SNAPSHOT,
        )
    pinned = workspace.environment.account_id
    if pinned is not None and snapshot.target.account_id != pinned:
        raise UsageError(
            f"{path}: the snapshot is of account {snapshot.target.account_id}, and this environment pins {pinned}"
        )
    return snapshot


def plan_against(
    snapshot: Snapshot,
    workspace: Workspace,
    given: Given,
    policy: Policy,
    console: Console,
    written: Iterable[Path],
) -> tuple[Plan, PlanHeader]:
    """The plan of the manifests and what `snapshot` shows. Raises ManifestError, and UsageError.

    What is to be `written` must be no file that the project is made of.
    """
    loaded = _finished(read_manifests(workspace, given, console.secrets, written), snapshot)
    state = state_of(snapshot, loaded.desired, workspace.owner)
    header = workspace.header(snapshot.target, loaded.files, policy, against=snapshot.taken_at)
    unclear = [
        f"{name!r}: an evaluation of this name that is not ours is there; whether it would be adopted instead, only a plan "
        "on the platform can tell"
        for name in namesakes_of(snapshot, state, loaded.desired)
    ]
    plan = make_plan(
        loaded.desired,
        state,
        workspace.owner,
        policy,
        scope=header.scope,
        warnings=(*(str(problem) for problem in loaded.warnings), *unclear),
    )
    return told(plan, console.redacted), header


def _finished(manifests: Manifests, snapshot: Snapshot) -> Loaded:
    loaded = manifests.load()
    if not loaded.named:
        return loaded
    unknown = [named for named in loaded.named if key_of(named) not in snapshot.ids]
    if unknown:
        listed = ", ".join(f"{named.kind} {named.name!r}" for named in unknown)
        raise UsageError(
            f"the snapshot does not know {listed}, which manifests refer to by name", hint=HOW_TO_SNAPSHOT
        )
    finished = manifests.load(_answers(loaded.named, snapshot))
    finished.raise_errors()
    return finished


def _answers(wanted: tuple[Named, ...], snapshot: Snapshot) -> Answers:
    return {
        named: LookedUp((Bearer(snapshot.ids[key_of(named)], named.name, snapshot.taken_at),))
        for named in wanted
    }


def key_of(named: Named) -> str:
    """How a snapshot keeps a reference."""
    return f"{named.kind}.{named.name}"
