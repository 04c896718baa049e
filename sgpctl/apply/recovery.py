"""What an earlier apply began and never saw the end of: looked for before anything is planned."""

from __future__ import annotations

from sgpctl.apply.creation import look_for
from sgpctl.apply.journal import Intent
from sgpctl.apply.moment import Moment
from sgpctl.apply.operations import Note, Problem, Protocol
from sgpctl.limits import CREATE_READ_SECONDS_MAX, SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation


def recover(intent: Intent, now: Moment) -> Protocol[RemoteEvaluation | Problem | None]:
    """Find out what became of a create that an earlier apply began.

    One look is enough once the request can no longer be under way and lists have had time to show it. A search that
    never worked is returned as a problem, and the intent stays open.
    """
    settled = intent.at.seconds_until(now) > CREATE_READ_SECONDS_MAX + sum(SETTLING_PAUSES_SECONDS)
    found = yield from look_for(intent.nonce, (0.0,) if settled else (0.0, *SETTLING_PAUSES_SECONDS))
    match found:
        case RemoteEvaluation():
            yield Note("created", {"nonce": intent.nonce, "remote_id": found.id})
        case None:
            yield Note("absent", {"nonce": intent.nonce})
        case Problem():
            pass
    return found
