"""What carrying changes out makes of the remote side, when everything goes well; without a platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sgpctl.model import marks
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change
from tests.plan.sides import DAY_ONE, as_map, created

_LATER = 1_000  # days after everything else


def carried_out(
    changes: Iterable[Change], desired: Sequence[DesiredEvaluation], there: Sequence[RemoteEvaluation]
) -> list[RemoteEvaluation]:
    """`there`, archived ones included, after all of `changes`."""
    by_name = {one.name: one for one in desired}
    world = {one.id: one for one in there}
    for change in changes:
        if change.action.starts_a_run:
            run_id = f"run-of-{change.name}-{len(world)}"
            world[run_id] = created(by_name[change.name], run_id, day=_LATER)
        elif change.remote_id is not None and change.action is not Action.ARCHIVE:
            world[change.remote_id] = _patched(
                replace(world[change.remote_id], archived_at=None), change.patch
            )
        for remote_id in archived_by([change]):
            world[remote_id] = replace(world[remote_id], archived_at=DAY_ONE)
    return list(world.values())


def archived_by(changes: Iterable[Change]) -> set[str]:
    gone = {old.remote_id for change in changes for old in change.archives}
    return gone | {
        one.remote_id for one in changes if one.action is Action.ARCHIVE and one.remote_id is not None
    }


def _patched(remote: RemoteEvaluation, patch: Mapping[str, Json]) -> RemoteEvaluation:
    metadata = {**remote.metadata, **as_map(patch.get("metadata", {}))}
    tags = patch.get("tags")
    return replace(
        remote,
        name=str(patch.get("name", remote.name)),
        description=str(patch.get("description", remote.description or "")) or None,
        tags=tuple(map(str, tags)) if isinstance(tags, list) else remote.tags,
        metadata={key: value for key, value in metadata.items() if value is not None},
    )


def renamed_by_hand(remote: RemoteEvaluation, name: str) -> RemoteEvaluation:
    """Its mark still says under which name it was made."""
    assert marks.read_marks(remote).name is not None
    return replace(remote, name=name)
