"""The leases of a project and environment, as the platform keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Protocol as Interface

from sgpctl.errors import RefusedError, Rejected
from sgpctl.limits import LEASE_HELD_SECONDS_MAX, LEASES_LOOKED_BACK
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.lease import Lease, lease_of, lease_or_past_of, lease_tag
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner


class Listed(Interface):
    """A list as far as it is looked at here; `gap` says why it may not be whole."""

    @property
    def items(self) -> tuple[RemoteEvaluation, ...]: ...
    @property
    def gap(self) -> str | None: ...


class LeasePlatform(Interface):
    """What a lease needs of the platform; `api.evaluations.Evaluations` is one."""

    async def list_tagged(self, tag: str, /, *, include_archived: bool) -> Listed: ...
    async def newest_tagged(self, tag: str, /, *, items_max: int) -> Listed: ...
    async def find(self, key: str, value: str, /, *, tag: str | None) -> tuple[RemoteEvaluation, ...]: ...
    async def get(self, remote_id: str, /) -> RemoteEvaluation | None: ...
    async def create(self, body: Mapping[str, Json], /) -> RemoteEvaluation: ...
    async def patch(self, remote_id: str, body: Mapping[str, Json], /) -> RemoteEvaluation | None: ...
    async def archive(self, remote_id: str, /) -> RemoteEvaluation | None: ...


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest leases, the oldest of them first; `is_whole` where there are no others."""

    leases: tuple[Lease, ...]
    is_whole: bool

    def seconds_since_another(self, own: Lease, known_nonces: Set[str], now: datetime) -> float | None:
        """Since when no lease is held that is older than `own` and none of `known_nonces`; None where nobody can tell.

        Not where `own` is not shown, or where one that is not among these may have been held until a moment ago.
        """
        if all(lease.id != own.id for lease in self.leases):
            return None
        if not self.is_whole and (now - self.leases[0].created_at).total_seconds() < LEASE_HELD_SECONDS_MAX:
            return None
        others = (one for one in self.leases if one.rank < own.rank and one.nonce not in known_nonces)
        return min(((now - one.ended_at(now)).total_seconds() for one in others), default=inf)


@dataclass(frozen=True, slots=True)
class Leases:
    """Where they are looked at, and taken away."""

    platform: LeasePlatform
    owner: Owner

    async def live(self) -> list[Lease]:
        """All that were not taken away, the oldest first.

        Raises ApiError, and RefusedError for a list that is not whole.
        """
        leases = await self.whole()
        if leases is None:
            raise RefusedError(
                "the leases could not be listed completely; nothing was changed", hint="Try again."
            )
        return leases

    async def whole(self) -> list[Lease] | None:
        """The same; None where the list is not whole."""
        listing = await self.platform.list_tagged(lease_tag(self.owner), include_archived=False)
        if listing.gap is not None:
            return None
        found = (lease_of(remote, self.owner) for remote in listing.items)
        return sorted((lease for lease in found if lease is not None), key=lambda lease: lease.rank)

    async def latest(self) -> Latest:
        """The latest, those too that were taken away. Raises ApiError."""
        listing = await self.platform.newest_tagged(lease_tag(self.owner), items_max=LEASES_LOOKED_BACK)
        found = (lease_or_past_of(remote, self.owner) for remote in listing.items)
        leases = sorted((lease for lease in found if lease is not None), key=lambda lease: lease.rank)
        return Latest(tuple(leases), is_whole=listing.gap is None)

    async def read(self, lease: Lease) -> Lease | None:
        """How it stands now; None when it is gone. Raises ApiError."""
        remote = await self.platform.get(lease.id)
        return lease_of(remote, self.owner) if remote is not None else None

    async def take_away(self, lease: Lease) -> None:
        """Archive it; one that is archived already is none of our business. Raises ApiError."""
        try:
            await self.platform.archive(lease.id)
        except Rejected:
            if await self.read(lease) is not None:
                raise
