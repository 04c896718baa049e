"""What a change relies on: how a remote evaluation looked when the plan was made."""

from __future__ import annotations

from sgpctl.model.canonical import sha256_of
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.plan import Precondition, Superseded


def fingerprint(remote: RemoteEvaluation) -> str:
    """A digest of everything that a person could have changed; status and progress, which move by themselves, are not
    in it (API 8.5).
    """
    tags: list[Json] = [*sorted(set(remote.tags))]
    tasks: list[Json] | None = None if remote.tasks is None else [dict(task) for task in remote.tasks]
    looks: list[Json] = [
        remote.id,
        remote.name,
        remote.description or "",
        tags,
        dict(remote.metadata),
        tasks,
        remote.is_archived,
    ]
    return sha256_of(looks)


def precondition(remote: RemoteEvaluation) -> Precondition:
    """The condition that `remote` still looks as it does now."""
    return Precondition(remote.id, fingerprint(remote))


def superseded(remote: RemoteEvaluation) -> Superseded:
    """`remote` as something that a change archives."""
    return Superseded(remote.id, remote.status, remote.created_at, precondition(remote))
