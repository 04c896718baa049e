"""Writes that may be sent twice: patch, restore, archive. Each is made only on what still looks as planned.

An unclear answer is settled by reading, then deciding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sgpctl.apply.operations import (
    Archive,
    Failed,
    Get,
    Got,
    Patch,
    Problem,
    Protocol,
    Restore,
    Unknown,
    Wait,
)
from sgpctl.limits import READ_BACK_PAUSES_SECONDS, WRITE_TRIES_MAX
from sgpctl.model.compare import equals, same_tags
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import PROVENANCE_KEYS, is_reserved_tag
from sgpctl.plan.fingerprint import still_fits
from sgpctl.plan.plan import Precondition


def archive_as_planned(need: Precondition, stays: Sequence[str] = ()) -> Protocol[Problem | None]:
    """Archive one evaluation if it still looks as planned; one that is archived or gone already is fine.

    `stays` are those that stand for it. They are read after it, and before each sending anew: another apply may have kept
    this one instead, as which of two is kept depends on how far each had run when it was planned.
    """
    seen = yield from read(need.remote_id)
    if isinstance(seen, Problem):
        return seen
    if seen is None or seen.is_archived:
        return None
    if not still_fits(seen, need):
        return _moved(seen)
    return (
        yield from _write(
            Archive(need.remote_id),
            need,
            lambda remote: remote is None or remote.is_archived,
            forbids=lambda: _missing(stays, seen),
        )
    )


def _missing(stays: Sequence[str], gone: RemoteEvaluation) -> Protocol[Problem | None]:
    """Why `gone` may not go: one of those that stay is not live, or not kept by whom `gone` is kept."""
    for remote_id in stays:
        seen = yield from read(remote_id)
        if isinstance(seen, Problem):
            return Problem(f"{remote_id}, which stays, could not be read: {seen.message}")
        if seen is None or seen.is_archived or not _owner_tags(gone) <= _owner_tags(seen):
            return Problem(
                f"{remote_id}, which was to stay, was archived or given away by someone since the plan was made; "
                f"{gone.id} was left alone. Plan again."
            )
    return None


def _owner_tags(remote: RemoteEvaluation) -> set[str]:
    return {tag.lower() for tag in remote.tags if is_reserved_tag(tag)}


def _nothing_forbids() -> Protocol[Problem | None]:
    yield from ()
    return None


def patch_as_planned(need: Precondition, body: Mapping[str, Json]) -> Protocol[Problem | None]:
    """Patch one evaluation if it still looks as planned; one that shows the patch already is fine.

    The request of an apply that was killed may take effect as late as that.
    """
    took = took_effect(body)
    seen = yield from read(need.remote_id)
    if isinstance(seen, RemoteEvaluation) and is_live(seen) and took(seen):
        return None
    return _why_not(seen, need) or (yield from _write(Patch(need.remote_id, body), need, took))


def restore_as_planned(need: Precondition) -> Protocol[Problem | None]:
    """Restore one evaluation if it still looks as planned; one that is live already, and else as planned, is fine."""
    seen = yield from read(need.remote_id)
    if isinstance(seen, RemoteEvaluation) and is_live(seen) and still_fits(_as_archived(seen), need):
        return None
    return _why_not(seen, need) or (yield from _write(Restore(need.remote_id), need, is_live))


def patch_restored(need: Precondition, body: Mapping[str, Json]) -> Protocol[Problem | None]:
    """Patch what was just restored, if it looks as it did in the archive; `need` is how that was.

    It is read once more: who took it from us between the restore and this would see it written to.
    """
    took = took_effect(body)
    seen = yield from read(need.remote_id)
    if isinstance(seen, RemoteEvaluation) and is_live(seen) and took(seen):
        return None
    as_it_was = _as_archived(seen) if isinstance(seen, RemoteEvaluation) else seen
    return _why_not(as_it_was, need) or (
        yield from _write(Patch(need.remote_id, body), need, took, was_archived=True)
    )


def still_as_planned(need: Precondition) -> Protocol[Problem | None]:
    return _why_not((yield from read(need.remote_id)), need)


def _why_not(seen: RemoteEvaluation | Problem | None, need: Precondition) -> Problem | None:
    """Why nothing may be written to what was read; None where it still looks as planned."""
    if isinstance(seen, Problem):
        return seen
    if seen is None:
        return Problem(f"{need.remote_id} is no longer there")
    return None if still_fits(seen, need) else _moved(seen)


def read(remote_id: str) -> Protocol[RemoteEvaluation | Problem | None]:
    match (yield Get(remote_id)):
        case Got(remote):
            return remote
        case Failed(message) | Unknown(message):
            return Problem(message)
        case _:
            return Problem(f"{remote_id} could not be read")


def _write(
    operation: Patch | Restore | Archive,
    need: Precondition,
    took: Callable[[RemoteEvaluation | None], bool],
    *,
    was_archived: bool = False,
    forbids: Callable[[], Protocol[Problem | None]] = _nothing_forbids,
) -> Protocol[Problem | None]:
    """Send an idempotent write until its answer, or reading, shows that it took; `took` judges what is shown.

    It is sent again only while what is read still looks as planned. With `was_archived`, that is as planned but for being
    live. `forbids` is asked before each sending whether anything else stands against it.
    """
    message = "it was answered, and what is read back does not show it"
    is_unclear = False
    for pause in READ_BACK_PAUSES_SECONDS[:WRITE_TRIES_MAX]:
        forbidden = yield from forbids()
        if forbidden is not None:
            return replace(forbidden, is_unclear=is_unclear)
        reply = yield operation
        match reply:
            case Got(remote) if remote is not None and took(remote):
                return None
            case Failed(words) | Unknown(words):
                message, is_unclear = words, isinstance(reply, Unknown)
            case _:
                pass
        seen = yield from read(operation.remote_id)
        if not isinstance(seen, Problem) and took(seen):
            return None
        if isinstance(reply, Failed) and not isinstance(seen, Problem):
            return Problem(message)
        if isinstance(seen, RemoteEvaluation) and not still_fits(
            _as_archived(seen) if was_archived else seen, need
        ):
            return _moved(seen)
        yield Wait(pause)
    return Problem(message, is_unclear)


def _as_archived(seen: RemoteEvaluation) -> RemoteEvaluation:
    return seen if seen.is_archived else replace(seen, archived_at=seen.created_at)


def is_live(remote: RemoteEvaluation | None) -> bool:
    """Whether an evaluation is there and not archived."""
    return remote is not None and not remote.is_archived


def took_effect(body: Mapping[str, Json]) -> Callable[[RemoteEvaluation | None], bool]:
    """Whether an evaluation shows every plain field and every mark of a patch.

    Provenance does not count: another apply may have written the same change, and its own provenance, meanwhile.
    """

    def judge(remote: RemoteEvaluation | None) -> bool:
        if remote is None:
            return False
        metadata = body.get("metadata")
        return (
            body.get("name", remote.name) == remote.name
            and body.get("description", remote.description or "") == (remote.description or "")
            and ("tags" not in body or same_tags(remote.tags, _strings(body["tags"])))
            and all(
                equals(_after(remote.metadata.get(key), value), remote.metadata.get(key))
                for key, value in (metadata.items() if isinstance(metadata, dict) else ())
                if key not in PROVENANCE_KEYS
            )
        )

    return judge


def _after(before: Json, patch_value: Json) -> Json:
    """`before` with a merge patch applied (RFC 7396)."""
    if not isinstance(patch_value, dict):
        return patch_value
    merged = dict(before) if isinstance(before, dict) else {}
    for key, value in patch_value.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _after(merged.get(key), value)
    return merged


def _strings(value: Json) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def _moved(seen: RemoteEvaluation) -> Problem:
    return Problem(
        f"{seen.id} was changed by someone since the plan was made; nothing was done to it. Plan again."
    )
