"""A lease as it stands on the platform: an evaluation without tasks, which costs nothing and is complete at once.

It says who works on a project and environment, and until when. Times are the platform's own: a lease is counted from
its `created_at`, so that no clock of a runner is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgpctl.limits import LEASE_HOLDER_CHARS_MAX, LEASE_SECONDS, NAME_CHARS_MAX
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import KEY_PREFIX, LEASE_TAG_PREFIX, NONCE, Owner

_WHAT = f"{KEY_PREFIX}lease"
_HOLDER = f"{KEY_PREFIX}lease_holder"
_RENEWED_SECONDS = f"{KEY_PREFIX}lease_renewed_seconds"  # after created_at, on the platform's clock


@dataclass(frozen=True, slots=True)
class Lease:
    """One lease. `id` and `created_at` decide who was first; `nonce` tells whose it is.

    It was last renewed `renewed_seconds` after it was created, and taken away at `archived_at`.
    """

    id: str
    holder: str
    nonce: str | None
    created_at: datetime
    renewed_seconds: int = 0
    archived_at: datetime | None = None

    @property
    def rank(self) -> tuple[datetime, str]:
        return self.created_at, self.id

    @property
    def expires_at(self) -> datetime:
        return self.created_at + timedelta(seconds=self.renewed_seconds + LEASE_SECONDS)

    def ended_at(self, now: datetime) -> datetime:
        """When it was taken away or expired; `now` for one that shows no end, or none that can be."""
        shown = self.archived_at
        return min(shown if shown is not None and shown >= self.created_at else now, self.expires_at, now)


def first_of(leases: Sequence[Lease], now: datetime) -> Lease | None:
    """The one that holds: the oldest that has not expired."""
    running = (lease for lease in leases if lease.expires_at >= now)
    return min(running, key=lambda lease: lease.rank, default=None)


def in_the_way(leases: Sequence[Lease], now: datetime) -> list[Lease]:
    """The one that holds and those that have expired; the others only wait for them."""
    first = first_of(leases, now)
    return [lease for lease in leases if lease == first or lease.expires_at < now]


def lease_tag(owner: Owner) -> str:
    return f"{LEASE_TAG_PREFIX}{_what(owner)}"


def lease_body(owner: Owner, holder: str, nonce: str) -> dict[str, Json]:
    """The create request of a lease. Its one row says to a person who finds it what it is."""
    return {
        "name": f"sgpctl lease {_what(owner)}"[:NAME_CHARS_MAX],
        "description": "An apply of sgpctl is under way. It goes away by itself; see `sgpctl unlock`.",
        "data": [{"lease": _what(owner), "holder": holder}],
        "tags": [lease_tag(owner)],
        "metadata": {_WHAT: _what(owner), _HOLDER: holder, NONCE: nonce},
    }


def renewal(elapsed_seconds: int) -> Mapping[str, Json]:
    """The PATCH body that lets a lease run on from `elapsed_seconds` after its creation."""
    return {"metadata": {_RENEWED_SECONDS: str(elapsed_seconds)}}


def lease_of(remote: RemoteEvaluation, owner: Owner) -> Lease | None:
    """The lease that `remote` is; None for what is none of this project and environment, or is archived."""
    return lease_or_past_of(remote, owner) if not remote.is_archived else None


def lease_or_past_of(remote: RemoteEvaluation, owner: Owner) -> Lease | None:
    """The same, and one that was taken away, too."""
    metadata = remote.metadata
    is_ours = metadata.get(_WHAT) == _what(owner)
    if not is_ours or lease_tag(owner).lower() not in {t.lower() for t in remote.tags}:
        return None
    nonce = metadata.get(NONCE)
    return Lease(
        remote.id,
        _holder(metadata.get(_HOLDER)),
        nonce if isinstance(nonce, str) else None,
        remote.created_at,
        _seconds(metadata.get(_RENEWED_SECONDS)),
        remote.archived_at,
    )


def _what(owner: Owner) -> str:
    return f"{owner.project}:{owner.environment}"


def _holder(value: Json) -> str:
    """Within one sentence, whatever was written."""
    words = " ".join(value.split()) if isinstance(value, str) else ""
    return words[:LEASE_HOLDER_CHARS_MAX] or "unknown"


def _seconds(value: Json) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 9 else 0
