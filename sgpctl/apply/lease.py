"""One apply at a time for a project and environment, across machines: a lease on the platform itself.

    1  a lease of our own is created; it is an evaluation without tasks and costs nothing
    2  the leases are listed until ours is among them, or for a few seconds
    3  of those that have not expired, the oldest holds; who comes later waits, or gives up and takes its own away
    4  it is renewed while the work goes on, and taken away at the end

The lease prevents two runs of one thing; what a create does when it meets another one does not rest on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol as Interface

from sgpctl.apply.journal import Record
from sgpctl.errors import ApiError, RefusedError, Rejected, Unclear
from sgpctl.limits import (
    LEASE_POLL_SECONDS,
    LEASE_RELEASE_SECONDS_MAX,
    LEASE_RENEWALS,
    LEASE_RETRY_SECONDS,
    LEASE_SECONDS,
    LEASE_SHOWN_PAUSES_SECONDS,
    SETTLING_PAUSES_SECONDS,
)
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.lease import Lease, lease_body, lease_of, lease_tag, renewal
from sgpctl.model.located import Json
from sgpctl.model.marks import NONCE, Owner


class Listed(Interface):
    """A list as far as it is looked at here; `gap` says why it may not be whole."""

    @property
    def items(self) -> tuple[RemoteEvaluation, ...]: ...
    @property
    def gap(self) -> str | None: ...


class LeasePlatform(Interface):
    """What a lease needs of the platform; `api.evaluations.Evaluations` is one."""

    async def list_tagged(self, tag: str, /, *, include_archived: bool) -> Listed: ...
    async def find(self, key: str, value: str, /, *, tag: str | None) -> tuple[RemoteEvaluation, ...]: ...
    async def get(self, remote_id: str, /) -> RemoteEvaluation | None: ...
    async def create(self, body: Mapping[str, Json], /) -> RemoteEvaluation: ...
    async def patch(self, remote_id: str, body: Mapping[str, Json], /) -> RemoteEvaluation | None: ...
    async def archive(self, remote_id: str, /) -> RemoteEvaluation | None: ...


class LeaseJournal(Interface):
    """What a lease needs of the journal of its machine; `apply.journal.Journal` is one."""

    def read(self) -> Record: ...
    def write(self, event: str, fields: Mapping[str, str], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Leasing:
    """Where leases are kept, and the clock to keep them by. `monotonic` counts seconds from anywhere."""

    platform: LeasePlatform
    owner: Owner
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def live(self) -> list[Lease]:
        """All leases of the project and environment that were not taken away, the oldest first.

        Raises ApiError, and RefusedError for a list that is not whole.
        """
        leases = await self._whole()
        if leases is None:
            raise RefusedError(
                "the leases could not be listed completely; nothing was changed", hint="Try again."
            )
        return leases

    async def _whole(self) -> list[Lease] | None:
        listing = await self.platform.list_tagged(lease_tag(self.owner), include_archived=False)
        if listing.gap is not None:
            return None
        found = (lease_of(remote, self.owner) for remote in listing.items)
        return sorted((lease for lease in found if lease is not None), key=lambda lease: lease.rank)

    async def take_away(self, lease: Lease) -> None:
        """Archive it; one that is archived already is none of our business. Raises ApiError."""
        try:
            await self.platform.archive(lease.id)
        except Rejected:
            remote = await self.platform.get(lease.id)
            if remote is not None and not remote.is_archived:
                raise

    @asynccontextmanager
    async def held(
        self, holder: str, nonce: str, *, journal: LeaseJournal, wait_seconds: float
    ) -> AsyncIterator[Hold]:
        """Hold the lease for as long as the block lasts.

        Only for whoever holds the lock of its machine: a lease that the journal still knows is then of a process that is
        dead, and is taken away. A block that is stopped at once leaves its lease to expire: what is in flight may still
        take effect, and whoever comes next on another machine would not see it.

        Raises RefusedError when another one still holds it after `wait_seconds`, ApiError, and LocalStateError.
        """
        dead = journal.read().leases
        journal.write("lease", {"nonce": nonce})
        hold = await self._created(holder, nonce)
        renewing = asyncio.create_task(self._renew(hold))
        try:
            await self._wait_for_turn(hold, wait_seconds, dead)
            for ended in sorted(dead):
                journal.write("released", {"nonce": ended})
            yield hold
        except (asyncio.CancelledError, KeyboardInterrupt):
            hold.left_behind = "the work was stopped at once"
            raise
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            if hold.left_behind is None:
                await self._release(hold)
            if hold.left_behind is None:
                journal.write("released", {"nonce": nonce})

    async def _created(self, holder: str, nonce: str) -> Hold:
        body = lease_body(self.owner, holder, nonce)
        before = self.monotonic()
        try:
            made = await self.platform.create(body)
        except Unclear:
            made = await self._found(nonce) or await self.platform.create(body)
        lease = lease_of(made, self.owner)
        if lease is None:
            raise RefusedError(
                f"the platform answered with {made.id}, which is not the lease that was sent; nothing was changed",
                hint="Look at it, and set `lock: false` for this environment if it keeps no leases.",
            )
        return Hold(lease, before, self.monotonic())

    async def _found(self, nonce: str) -> RemoteEvaluation | None:
        """The lease whose answer was lost. One that shows up later expires, and costs nothing."""
        for pause in SETTLING_PAUSES_SECONDS:
            await self.sleep(pause)
            with suppress(ApiError):
                found = [r for r in await self.platform.find(NONCE, nonce, tag=None) if not r.is_archived]
                if found:
                    return min(found, key=lambda remote: (remote.created_at, remote.id))
        return None

    async def _wait_for_turn(self, hold: Hold, wait_seconds: float, dead: Set[str]) -> None:
        leases = await self._rid_of(dead, hold.lease, await self._first_look(hold.lease))
        give_up = self.monotonic() + wait_seconds
        while (first := self._first(leases, hold)).nonce != hold.lease.nonce:
            left = give_up - self.monotonic()
            if left <= 0 or hold.lost is not None:
                raise RefusedError(
                    f"another apply works on this project and environment: {first.holder}, since "
                    f"{_clock(first.created_at)}; nothing was changed",
                    hint="Wait for it with --lock-timeout SECONDS. Should it be dead, its lease ends at "
                    f"{_clock(first.expires_at)} by itself; `sgpctl unlock` ends it at once.",
                )
            await self.sleep(min(LEASE_POLL_SECONDS, left))
            leases = await self._rid_of(dead, hold.lease, await self._showing(hold.lease) or leases)
        if hold.lost is not None or self.monotonic() >= hold.runs_until:
            raise RefusedError(
                "the lease of this apply expired while it waited for its turn; nothing was changed",
                hint="Apply again; if it stays, look at the connection.",
            )
        for lease in leases:
            if lease.nonce != hold.lease.nonce and lease.expires_at < hold.now(self.monotonic()):
                with suppress(ApiError):
                    await self.take_away(lease)

    async def _rid_of(self, dead: Set[str], own: Lease, leases: Sequence[Lease]) -> list[Lease]:
        """Those of `leases` whose holders may be alive; the others are taken away.

        So is a twin of our own, made by a create whose answer was lost: nobody renews it.
        """
        gone = [one for one in leases if one.nonce in dead or (one.nonce == own.nonce and one.id != own.id)]
        for lease in gone:
            await self.take_away(lease)
        return [lease for lease in leases if lease not in gone]

    async def _first_look(self, own: Lease) -> list[Lease]:
        """The leases once lists show ours, and so all older ones."""
        for pause in (*LEASE_SHOWN_PAUSES_SECONDS, None):
            leases = await self._showing(own)
            if leases is not None:
                return leases
            if pause is not None:
                await self.sleep(pause)
        raise RefusedError(
            "the lease that was just made is in no list, so nobody can tell who else works here; nothing was changed",
            hint="Apply again; set `lock: false` for this environment if its lists never show leases.",
        )

    async def _showing(self, own: Lease) -> list[Lease] | None:
        """All leases, if they are all and ours is among them."""
        leases = await self._whole()
        return leases if leases is not None and any(lease.id == own.id for lease in leases) else None

    def _first(self, leases: Sequence[Lease], hold: Hold) -> Lease:
        now = hold.now(self.monotonic())
        running = [lease for lease in leases if lease.expires_at >= now and lease.id != hold.lease.id]
        return min([*running, hold.lease], key=lambda lease: lease.rank)

    async def _renew(self, hold: Hold) -> None:
        """Lets the lease run on, until it is cancelled, or found that somebody took the lease away."""
        pause = LEASE_SECONDS / LEASE_RENEWALS
        while hold.lost is None:
            await self.sleep(pause)
            elapsed = self.monotonic() - hold.asked_at
            is_gone = await self._renewed(hold, elapsed)
            if is_gone:
                hold.lose("somebody took the lease of this apply away (`sgpctl unlock`)")
            elif (
                self.monotonic() >= hold.runs_until
            ):  # even if it runs again now: others have seen it expired
                hold.lose("the lease of this apply could not be renewed and has expired")
            elif is_gone is None:
                pause = LEASE_RETRY_SECONDS
            else:
                hold.runs_until = hold.asked_at + elapsed + LEASE_SECONDS
                pause = LEASE_SECONDS / LEASE_RENEWALS

    async def _renewed(self, hold: Hold, elapsed_seconds: float) -> bool | None:
        """True when the lease is gone, False when it runs on, None when nobody can say."""
        left_seconds = max(LEASE_RETRY_SECONDS, hold.runs_until - self.monotonic())
        try:
            async with asyncio.timeout(left_seconds):
                with suppress(Rejected):
                    await self.platform.patch(hold.lease.id, renewal(elapsed_seconds))
                remote = await self.platform.get(hold.lease.id)
        except (ApiError, TimeoutError):
            return None
        return remote is None or remote.is_archived

    async def _release(self, hold: Hold) -> None:
        try:
            async with asyncio.timeout(LEASE_RELEASE_SECONDS_MAX):
                await self.take_away(hold.lease)
        except TimeoutError:
            hold.left_behind = "the platform did not answer"
        except ApiError as error:
            hold.left_behind = error.message


@dataclass(slots=True)
class Hold:
    """A lease of ours. `asked_at` and `answered_at` are around its creation, on the monotonic clock.

    `lost` says why it is ours no more; `left_behind` why it could not be taken away at the end, so that it expires.
    """

    lease: Lease
    asked_at: float
    answered_at: float
    runs_until: float = 0.0
    lost: str | None = None
    left_behind: str | None = None
    on_loss: Callable[[str], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self.runs_until = self.asked_at + LEASE_SECONDS

    def now(self, monotonic: float) -> datetime:
        """The platform's time, never later than it is."""
        return self.lease.created_at + timedelta(seconds=monotonic - self.answered_at)

    def lose(self, why: str) -> None:
        self.lost = why
        self.on_loss(why)


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S UTC")
