"""What a change relies on: how a remote evaluation looked when the plan was made."""

from __future__ import annotations

from sgpctl.model.canonical import sha256_of
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import effective_name
from sgpctl.plan.parts import seen_parts
from sgpctl.plan.plan import Precondition, Superseded

_TASKS_NOT_SHOWN = "-"


def fingerprint(remote: RemoteEvaluation) -> str:
    """A digest of everything that a person could have changed, and one of the tasks, with a colon between.

    Status and progress, which move by themselves, are in neither (API 8.5). An answer that did not show the tasks
    has `-` for them.
    """
    tags: list[Json] = [*sorted(set(remote.tags))]
    looks: list[Json] = [
        remote.id,
        remote.name,
        remote.description or "",
        tags,
        dict(remote.metadata),
        remote.is_archived,
    ]
    tasks = _TASKS_NOT_SHOWN if remote.tasks is None else sha256_of([dict(task) for task in remote.tasks])
    return f"{sha256_of(looks)}:{tasks}"


def still_fits(remote: RemoteEvaluation, need: Precondition) -> bool:
    """True when `remote` looks as planned; tasks that one of the two answers did not show are not compared."""
    (looks, _, tasks), (needed, _, needed_tasks) = (
        fingerprint(remote).partition(":"),
        need.fingerprint.partition(":"),
    )
    return looks == needed and (tasks == needed_tasks or _TASKS_NOT_SHOWN in (tasks, needed_tasks))


def precondition(remote: RemoteEvaluation) -> Precondition:
    """The condition that `remote` still looks as it does now."""
    names = tuple(sorted({remote.name, effective_name(remote)}))
    return Precondition(remote.id, fingerprint(remote), names, seen_parts(remote))


def superseded(remote: RemoteEvaluation) -> Superseded:
    """`remote` as something that a change archives."""
    return Superseded(remote.id, remote.status, remote.created_at, precondition(remote))
