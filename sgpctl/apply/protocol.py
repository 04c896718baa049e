"""The steps of each kind of change, without I/O: a generator yields operations and is sent replies (design 7).

The rules that everything here keeps:

    a create is sent again only after looking for its nonce, successfully and in vain, over the whole settling time
    nothing is written to an evaluation that no longer looks as planned; it is read again just before the write
    nothing is archived before its successor has been read back
    of duplicates none is archived unless the one that stays is there, read just before the write
    an unclear answer to a patch, a restore or an archive is settled by reading, then deciding
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from sgpctl.apply.creation import create_once
from sgpctl.apply.operations import Problem, Protocol, Wait
from sgpctl.apply.outcome import ChangeResult, Status
from sgpctl.apply.writes import (
    archive_as_planned,
    is_live,
    patch_as_planned,
    patch_restored,
    read,
    restore_as_planned,
    still_as_planned,
    took_effect,
)
from sgpctl.limits import READ_BACK_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import read_marks
from sgpctl.plan.plan import Change


def create(change: Change, body: Mapping[str, Json], nonce: str) -> Protocol[ChangeResult]:
    """Start a run, exactly once as far as the platform lets anyone know."""
    made = yield from create_once(change.name, body, nonce)
    if isinstance(made, Problem):
        return _not_done(change, made, nonce)
    return ChangeResult(change, Status.DONE, made.id, started=True)


def replace(change: Change, body: Mapping[str, Json], nonce: str) -> Protocol[ChangeResult]:
    """Start the new run, read it back, then archive what it replaces."""
    for old in change.archives:
        moved = yield from still_as_planned(old.precondition)
        if isinstance(moved, Problem):
            return _not_done(change, moved)
    made = yield from create_once(change.name, body, nonce)
    if isinstance(made, Problem):
        return _not_done(change, made, nonce)
    problem = yield from _succeed(change, made.id, lambda seen: is_live(seen) and _carries(seen, nonce))
    if problem is not None:
        message = f"the new run {made.id} is started, but {problem.message}"
        return ChangeResult(change, Status.FAILED, made.id, message, started=True)
    return ChangeResult(change, Status.DONE, made.id, started=True)


def patch(change: Change, body: Mapping[str, Json]) -> Protocol[ChangeResult]:
    """Update, rename or adopt in place; a rename then archives what it leaves without a purpose."""
    (need,) = change.preconditions
    problem = (yield from patch_as_planned(need, body)) or (
        yield from _succeed(change, need.remote_id, took_effect(body))
    )
    return _end(change, need.remote_id, problem)


def restore(change: Change, body: Mapping[str, Json]) -> Protocol[ChangeResult]:
    """Bring an archived run back, make it what is declared, then archive the live one of its name."""
    (need,) = change.preconditions
    problem = (
        (yield from restore_as_planned(need))
        or ((yield from patch_restored(need, body)) if change.patch else None)
        or (yield from _succeed(change, need.remote_id, is_live))
    )
    return _end(change, need.remote_id, problem)


def archive(change: Change) -> Protocol[ChangeResult]:
    """Archive what no manifest declares; of duplicates those that go, as long as the one that stays is there."""
    need, *stays = change.preconditions
    problem = yield from archive_as_planned(need, [one.remote_id for one in stays])
    return _end(change, need.remote_id, problem)


def completed(result: ChangeResult) -> Protocol[ChangeResult]:
    """What a change of which no answer told still owes, now that it was seen to have taken effect: its archives."""
    for old in result.change.archives:
        problem = yield from archive_as_planned(old.precondition)
        if problem is not None:
            message = f"it took effect, but {old.remote_id} was not archived: {problem.message}"
            return dataclasses.replace(result, status=Status.FAILED, message=message)
    return result


def _succeed(
    change: Change, remote_id: str, fits: Callable[[RemoteEvaluation | None], bool]
) -> Protocol[Problem | None]:
    """Archive what a change leaves without a purpose, after its successor was read back and fits."""
    if not change.archives:
        return None
    problem = yield from _read_back(remote_id, fits)
    for old in change.archives if problem is None else ():
        problem = yield from archive_as_planned(old.precondition)
        if problem is not None:
            return Problem(f"{old.remote_id} was not archived: {problem.message}", problem.is_unclear)
    return problem


def _read_back(remote_id: str, fits: Callable[[RemoteEvaluation | None], bool]) -> Protocol[Problem | None]:
    message = "it is not there, or not as it should be"
    for pause in READ_BACK_PAUSES_SECONDS:
        seen = yield from read(remote_id)
        if isinstance(seen, Problem):
            message = seen.message
        elif is_live(seen) and fits(seen):
            return None
        yield Wait(pause)
    return Problem(f"it could not be read back ({message}), so what it replaces was not archived")


def _carries(seen: RemoteEvaluation | None, nonce: str) -> bool:
    return seen is not None and read_marks(seen).nonce == nonce


def _end(change: Change, remote_id: str, problem: Problem | None) -> ChangeResult:
    return _not_done(change, problem) if problem is not None else ChangeResult(change, Status.DONE, remote_id)


def _not_done(change: Change, problem: Problem, nonce: str | None = None) -> ChangeResult:
    status = Status.UNCLEAR if problem.is_unclear else Status.FAILED
    return ChangeResult(
        change, status, change.remote_id, problem.message, nonce=nonce if problem.is_unclear else None
    )
