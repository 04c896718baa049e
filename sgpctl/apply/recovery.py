"""What an earlier apply may have left in flight: looked for before anything is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sgpctl.apply.creation import look_for
from sgpctl.apply.journal import Intent
from sgpctl.apply.operations import Note, Problem, Protocol
from sgpctl.limits import SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation, RemoteState
from sgpctl.model.marks import Owner, is_owned_by


def recover(intent: Intent, now: datetime) -> Protocol[RemoteEvaluation | Problem | None]:
    """Find out what became of a create that an earlier apply began; one look is enough once it has had time to show.

    The search that never worked is returned as a problem, and the intent stays open.
    """
    age_seconds = (now - intent.at).total_seconds()
    settled = age_seconds > sum(SETTLING_PAUSES_SECONDS)
    found = yield from look_for(intent.nonce, (0.0,) if settled else (0.0, *SETTLING_PAUSES_SECONDS))
    match found:
        case RemoteEvaluation():
            yield Note("created", {"nonce": intent.nonce, "remote_id": found.id})
        case None:
            yield Note("absent", {"nonce": intent.nonce})
        case Problem():
            pass
    return found


def with_recovered(state: RemoteState, recovered: Sequence[RemoteEvaluation], owner: Owner) -> RemoteState:
    """`state` with the live recovered evaluations that a stale listing did not show yet."""
    listed = {remote.id for remote in state.owned}
    missing = tuple(
        remote
        for remote in recovered
        if remote.id not in listed and not remote.is_archived and is_owned_by(remote, owner)
    )
    return replace(state, owned=state.owned + missing) if missing else state
