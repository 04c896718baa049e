"""How a run is started exactly once over an API that cannot promise it (design 7).

A create is sent again only after looking for its nonce, successfully and in vain, over the whole settling time.
"""

from __future__ import annotations

from collections.abc import Mapping

from sgpctl.apply.operations import Create, Failed, Find, Found, Got, Note, Problem, Protocol, Unknown, Wait
from sgpctl.limits import CREATE_SENDS_MAX, SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import read_marks


def create_once(name: str, body: Mapping[str, Json], nonce: str) -> Protocol[RemoteEvaluation | Problem]:
    """Send a create until it is known to have happened, or known not to have; never twice on a guess."""
    noted = yield Note("create", {"name": name, "nonce": nonce})
    if isinstance(noted, Failed):
        return Problem(f"the journal could not be written, so nothing was sent: {noted.message}")
    unclear: str | None = None
    for _ in range(CREATE_SENDS_MAX):
        reply = yield Create(body)
        match reply:
            case Got(RemoteEvaluation() as made):
                return (yield from _settled(made, nonce))
            case Failed(message) if unclear is None:
                yield Note("refused", {"nonce": nonce}, is_durable=False)
                return Problem(message)
            case Failed(message) | Unknown(message):
                unclear = message
            case _:
                unclear = "the answer did not show the evaluation"
        looked = yield from look_for(nonce)
        if isinstance(looked, RemoteEvaluation):
            return (yield from _settled(looked, nonce))
        if looked is not None:
            return Problem(f"{unclear}; and it could not be looked for: {looked.message}", is_unclear=True)
        if isinstance(reply, Failed):
            return Problem(reply.message)
    return Problem(f"{unclear}; it was sent {CREATE_SENDS_MAX} times and never seen", is_unclear=True)


def look_for(
    nonce: str, pauses_seconds: tuple[float, ...] = SETTLING_PAUSES_SECONDS
) -> Protocol[RemoteEvaluation | Problem | None]:
    """Look for a create whose answer was lost, over the settling time.

    None means that every look, the last one included, worked and found nothing; a problem means that nobody can say.
    """
    blind: str | None = None
    for pause in pauses_seconds:
        yield Wait(pause)
        match (yield Find(nonce)):
            case Found(remotes) if remotes:
                return min(remotes, key=lambda remote: (remote.is_archived, remote.created_at, remote.id))
            case Found():
                blind = None
            case Failed(message) | Unknown(message):
                blind = message
            case _:
                blind = "the search was not answered"
    return None if blind is None else Problem(blind, is_unclear=True)


def _settled(made: RemoteEvaluation, nonce: str) -> Protocol[RemoteEvaluation | Problem]:
    if read_marks(made).nonce != nonce:
        looked = yield from look_for(nonce)
        if isinstance(looked, RemoteEvaluation):
            yield Note("created", {"nonce": nonce, "remote_id": looked.id}, is_durable=False)
            return looked
        return Problem(
            f"the platform answered with evaluation {made.id}, which does not carry the nonce that was sent, "
            "and no other does; it was left alone",
            is_unclear=True,
        )
    yield Note("created", {"nonce": nonce, "remote_id": made.id}, is_durable=False)
    return made
