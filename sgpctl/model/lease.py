"""A lease as it stands on the platform: an evaluation without tasks, which costs nothing and is complete at once.

It says who works on a project and environment, and until when. Times are the platform's own: a lease is counted from
its `created_at`, so that no clock of a runner is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgpctl.limits import LEASE_SECONDS, NAME_CHARS_MAX
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import KEY_PREFIX, LEASE_TAG_PREFIX, NONCE, Owner

_WHAT = f"{KEY_PREFIX}lease"
_HOLDER = f"{KEY_PREFIX}lease_holder"
_RENEWED_SECONDS = f"{KEY_PREFIX}lease_renewed_seconds"  # after created_at, on the platform's clock


@dataclass(frozen=True, slots=True)
class Lease:
    """One lease. `id` and `created_at` decide who was first; `nonce` tells whose it is."""

    id: str
    holder: str
    nonce: str | None
    created_at: datetime
    expires_at: datetime

    @property
    def rank(self) -> tuple[datetime, str]:
        return self.created_at, self.id


def lease_tag(owner: Owner) -> str:
    return f"{LEASE_TAG_PREFIX}{owner.project}:{owner.environment}"


def lease_body(owner: Owner, holder: str, nonce: str) -> dict[str, Json]:
    """The create request of a lease. Its one row says to a person who finds it what it is."""
    what = f"{owner.project}:{owner.environment}"
    return {
        "name": f"sgpctl lease {what}"[:NAME_CHARS_MAX],
        "description": "An apply of sgpctl is under way. It goes away by itself; see `sgpctl unlock`.",
        "data": [{"lease": what, "holder": holder}],
        "tags": [lease_tag(owner)],
        "metadata": {_WHAT: what, _HOLDER: holder, NONCE: nonce},
    }


def renewal(elapsed_seconds: float) -> Mapping[str, Json]:
    """The PATCH body that lets a lease run on from `elapsed_seconds` after its creation."""
    return {"metadata": {_RENEWED_SECONDS: str(int(elapsed_seconds))}}


def lease_of(remote: RemoteEvaluation, owner: Owner) -> Lease | None:
    """The lease that `remote` is; None for what is none of this project and environment, or is archived."""
    metadata = remote.metadata
    is_ours = metadata.get(_WHAT) == f"{owner.project}:{owner.environment}"
    if not is_ours or remote.is_archived or lease_tag(owner).lower() not in {t.lower() for t in remote.tags}:
        return None
    holder, nonce, renewed = metadata.get(_HOLDER), metadata.get(NONCE), metadata.get(_RENEWED_SECONDS)
    runs_from = int(renewed) if isinstance(renewed, str) and renewed.isdecimal() and len(renewed) <= 9 else 0
    return Lease(
        remote.id,
        holder if isinstance(holder, str) else "unknown",
        nonce if isinstance(nonce, str) else None,
        remote.created_at,
        remote.created_at + timedelta(seconds=runs_from + LEASE_SECONDS),
    )
