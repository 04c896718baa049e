"""What earlier applies began or made that a listing may not show: looked for before anything is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sgpctl.apply.creation import look_for
from sgpctl.apply.journal import Intent
from sgpctl.apply.operations import Note, Problem, Protocol
from sgpctl.limits import CREATE_READ_SECONDS_MAX, SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation, RemoteState
from sgpctl.model.marks import Owner, is_owned_by


def recover(intent: Intent, now: datetime) -> Protocol[RemoteEvaluation | Problem | None]:
    """Find out what became of a create that an earlier apply began.

    One look is enough once the request can no longer be under way and lists have had time to show it. A search that
    never worked is returned as a problem, and the intent stays open.
    """
    age_seconds = (now - intent.at).total_seconds()
    settled = age_seconds > CREATE_READ_SECONDS_MAX + sum(SETTLING_PAUSES_SECONDS)
    found = yield from look_for(intent.nonce, (0.0,) if settled else (0.0, *SETTLING_PAUSES_SECONDS))
    match found:
        case RemoteEvaluation():
            yield Note("created", {"nonce": intent.nonce, "remote_id": found.id})
        case None:
            yield Note("absent", {"nonce": intent.nonce})
        case Problem():
            pass
    return found


def with_known(state: RemoteState, known: Sequence[RemoteEvaluation], owner: Owner) -> RemoteState:
    """`state` with the live evaluations of ours that a stale listing did not show."""
    listed = {remote.id for remote in state.owned}
    missing = {
        remote.id: remote
        for remote in known
        if remote.id not in listed and not remote.is_archived and is_owned_by(remote, owner)
    }
    return replace(state, owned=(*state.owned, *missing.values())) if missing else state
