"""What an earlier apply began and never saw the end of: looked for before anything is planned."""

from __future__ import annotations

from sgpctl.apply.creation import look_for
from sgpctl.apply.journal import Intent
from sgpctl.apply.operations import Note, Problem, Protocol
from sgpctl.limits import SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation


def recover(intent: Intent) -> Protocol[RemoteEvaluation | Problem | None]:
    """Find out what became of a create that an earlier apply began.

    It is looked for over the whole settling time, however old the intent is: that was written down before the request
    was sent, which then waits for its turn, for as long as the platform is slow or says 429, and may have left a moment
    before its process died. A search that never worked is returned as a problem, and the intent stays open.
    """
    found = yield from look_for(intent.nonce, (0.0, *SETTLING_PAUSES_SECONDS))
    match found:
        case RemoteEvaluation():
            yield Note("created", {"nonce": intent.nonce, "remote_id": found.id})
        case None:
            yield Note("absent", {"nonce": intent.nonce})
        case Problem():
            pass
    return found
