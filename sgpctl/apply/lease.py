"""One apply at a time for a project and environment, across machines: a lease on the platform itself.

    1  a lease of our own is created; it is an evaluation without tasks and costs nothing
    2  the leases are listed until ours is among them, or for a few seconds; and once more, for those made at that moment
    3  of those that have not expired, the oldest holds; who comes later waits, or gives up and takes its own away
    4  where another machine may have ended just now, it is waited until every list shows what was made there
    5  it is renewed while the work goes on, and taken away at the end

The lease prevents two runs of one thing; what a create does when it meets another one does not rest on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol as Interface

from sgpctl.apply.hold import Hold
from sgpctl.apply.journal import Record
from sgpctl.apply.leases import Leases
from sgpctl.errors import ApiError, LocalStateError, RefusedError, Rejected, Unclear
from sgpctl.limits import (
    LEASE_MADE_TOGETHER_SECONDS,
    LEASE_POLL_SECONDS,
    LEASE_RELEASE_SECONDS_MAX,
    LEASE_SHOWN_PAUSES_SECONDS,
    LISTS_BEHIND_SECONDS_MAX,
    SETTLING_PAUSES_SECONDS,
)
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.lease import Lease, first_of, lease_body, lease_of
from sgpctl.model.marks import NONCE, read_marks


class LeaseJournal(Interface):
    """What a lease needs of the journal of its machine; `apply.journal.Journal` is one."""

    def read(self) -> Record: ...
    def write(self, event: str, fields: Mapping[str, str], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks for a lease: `holder` for people, `nonce` for us. `place` is where the lock is that this process holds."""

    holder: str
    nonce: str
    place: str


@dataclass(frozen=True, slots=True)
class LeaseListener:
    """Told for whom is waited, and for how many seconds at most; for how many seconds it is waited for lists to settle;
    that the lease was lost; that it was left to expire.
    """

    waits: Callable[[Lease, float], None] = field(default=lambda _, __: None)
    settles: Callable[[float], None] = field(default=lambda _: None)
    lost: Callable[[str], None] = field(default=lambda _: None)
    left_behind: Callable[[str], None] = field(default=lambda _: None)


_NOBODY = LeaseListener()


@dataclass(frozen=True, slots=True)
class Leasing:
    """Where leases are kept, and the clock to keep them by. `monotonic` counts seconds, those of a sleep included."""

    leases: Leases
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @asynccontextmanager
    async def held(
        self,
        claim: Claim,
        *,
        journal: LeaseJournal,
        wait_seconds: float,
        listener: LeaseListener = _NOBODY,
    ) -> AsyncIterator[Hold]:
        """Hold the lease for as long as the block lasts.

        Only for whoever holds the lock of its place: a lease that the journal knows from there is then of a process that
        is dead, and is taken away. A block that is stopped at once leaves its lease to expire: what is in flight may still
        take effect, and whoever comes next on another machine would not see it. One that is stopped while it waits for
        its turn takes it away.

        Raises RefusedError when another one still holds it after `wait_seconds`, ApiError, and LocalStateError.
        """
        dead = _dead(journal, claim.place)
        journal.write("lease", {"nonce": claim.nonce, "place": claim.place})
        hold = await self._created(claim)
        renewing = asyncio.create_task(hold.keep())
        left_behind: str | None = None
        try:
            await self._wait_for_turn(hold, dead, wait_seconds, listener)
            await self._settle(hold, journal.read().leases_taken, listener)
            if hold.is_lost():
                raise RefusedError(f"{hold.lost}; nothing was changed", hint="Apply again.")
            for ended in sorted(dead):
                journal.write("released", {"nonce": ended})
            hold.on_loss = listener.lost
            try:
                yield hold
            except (asyncio.CancelledError, KeyboardInterrupt):
                left_behind = "the work was stopped at once, and what was in flight may still take effect"
                raise
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            left_behind = left_behind or await self._reason_not_released(hold.lease)
            if left_behind is not None:
                listener.left_behind(left_behind)
            else:
                with suppress(LocalStateError):  # then the next apply here looks for it, and finds nothing
                    journal.write("released", {"nonce": claim.nonce})

    async def take_away_dead(self, journal: LeaseJournal, place: str) -> None:
        """Take away what `journal` still knows from `place`: leases of processes that are dead.

        Only for whoever holds the lock of that place. Raises RefusedError, ApiError, and LocalStateError.
        """
        dead = _dead(journal, place)
        if dead:
            for lease in await self.leases.live():
                if lease.nonce in dead:
                    await self.leases.take_away(lease)
            for ended in sorted(dead):
                journal.write("released", {"nonce": ended})

    async def _created(self, claim: Claim) -> Hold:
        asked_at = self.monotonic()
        try:
            made = await self._made(claim)
        except ApiError as error:
            raise _not_made(error) from error
        lease = lease_of(made, self.leases.owner)
        if lease is None:
            if read_marks(made).nonce == claim.nonce:
                with suppress(ApiError):
                    await self.leases.platform.archive(made.id)
            raise RefusedError(
                f"the platform answered with {made.id}, which is not the lease that was sent; nothing was changed",
                hint="Look at it, and set `lock: false` for this environment if it keeps no leases.",
            )
        return Hold(self.leases, lease, self.monotonic, self.sleep, asked_at, self.monotonic())

    async def _made(self, claim: Claim) -> RemoteEvaluation:
        body = lease_body(self.leases.owner, claim.holder, claim.nonce)
        try:
            return await self.leases.platform.create(body)
        except Unclear:
            return await self._found(claim.nonce) or await self.leases.platform.create(body)

    async def _found(self, nonce: str) -> RemoteEvaluation | None:
        """The lease whose answer was lost. One that shows up later expires, and costs nothing."""
        for pause in SETTLING_PAUSES_SECONDS:
            await self.sleep(pause)
            with suppress(ApiError):
                found = [
                    r for r in await self.leases.platform.find(NONCE, nonce, tag=None) if not r.is_archived
                ]
                if found:
                    return min(found, key=lambda remote: (remote.created_at, remote.id))
        return None

    async def _wait_for_turn(
        self, hold: Hold, dead: Set[str], wait_seconds: float, listener: LeaseListener
    ) -> None:
        leases = await self._rid_of(dead, hold, await self._first_look(hold))
        give_up = self.monotonic() + wait_seconds
        waited_for: str | None = None
        while not hold.is_lost() and (first := _before(hold, leases)) is not None:
            left = give_up - self.monotonic()
            if left <= 0:
                raise _taken(first)
            if first.id != waited_for:
                listener.waits(first, left)
                waited_for = first.id
            await self.sleep(min(LEASE_POLL_SECONDS, left))
            leases = await self._rid_of(dead, hold, await self._showing(hold) or leases)
        for lease in leases:
            if lease.expires_at < hold.platform_now() and lease.id != hold.lease.id:
                await self._is_taken_away(lease)

    async def _settle(self, hold: Hold, known_nonces: Set[str], listener: LeaseListener) -> None:
        """Wait until every list shows what other machines made before our turn came; `known_nonces` are of our journal,
        which knows what was made under them.
        """
        try:
            latest = await self.leases.latest()
        except ApiError:
            ago = None
        else:
            ago = latest.seconds_since_another(hold.lease, known_nonces, hold.platform_now())
        seconds = LISTS_BEHIND_SECONDS_MAX - (ago or 0.0)
        if seconds > 0 and not hold.is_lost():
            listener.settles(seconds)
            await self.sleep(seconds)

    async def _rid_of(self, dead: Set[str], hold: Hold, leases: Sequence[Lease]) -> list[Lease]:
        """Those of `leases` whose holders may be alive; the others are taken away.

        So is a twin of our own, made by a create whose answer was lost: nobody renews it.
        """
        own = hold.lease
        gone = [one for one in leases if one.nonce in dead or (one.nonce == own.nonce and one.id != own.id)]
        stayed = [lease for lease in gone if not await self._is_taken_away(lease)]
        return [lease for lease in leases if lease not in gone or lease in stayed]

    async def _is_taken_away(self, lease: Lease) -> bool:
        """False where the platform does not let us: then it expires by itself."""
        try:
            await self.leases.take_away(lease)
        except ApiError:
            return False
        return True

    async def _first_look(self, hold: Hold) -> list[Lease]:
        """All leases that are older than ours, and ours.

        A list that shows ours shows the older ones, but for those made at the same moment: the clocks of a platform's
        servers differ, and `created_at` may be in whole seconds.
        """
        await self._shown(hold)
        await self.sleep(LEASE_MADE_TOGETHER_SECONDS)
        return await self._shown(hold)

    async def _shown(self, hold: Hold) -> list[Lease]:
        """All leases, once lists show ours."""
        for pause in LEASE_SHOWN_PAUSES_SECONDS:
            await self.sleep(pause)
            leases = await self._showing(hold)
            if leases is not None:
                return leases
        raise RefusedError(
            "the lease that was just made is in no list, so nobody can tell who else works here; nothing was changed",
            hint="Apply again; set `lock: false` for this environment if its lists never show leases.",
        )

    async def _showing(self, hold: Hold) -> list[Lease] | None:
        """All leases, if they are all and ours is among them."""
        leases = await self.leases.whole()
        return leases if leases is not None and any(lease.id == hold.lease.id for lease in leases) else None

    async def _reason_not_released(self, lease: Lease) -> str | None:
        try:
            async with asyncio.timeout(LEASE_RELEASE_SECONDS_MAX):
                await self.leases.take_away(lease)
        except TimeoutError:
            return "the platform did not answer"
        except ApiError as error:
            return error.message
        return None


def _before(hold: Hold, leases: Sequence[Lease]) -> Lease | None:
    """The lease of another one that holds before ours does."""
    first = first_of(leases, hold.platform_now())
    return (
        first
        if first is not None and first.rank < hold.lease.rank and first.nonce != hold.lease.nonce
        else None
    )


def _taken(first: Lease) -> RefusedError:
    return RefusedError(
        f"another apply works on this project and environment: {first.holder}, since "
        f"{_clock(first.created_at)}; nothing was changed",
        hint="Wait for it with --lock-timeout SECONDS. Should it be dead, its lease ends at "
        f"{_clock(first.expires_at)} by itself; `sgpctl unlock` ends it at once.",
    )


def _dead(journal: LeaseJournal, place: str) -> set[str]:
    """The nonces of leases that a process in `place` took and did not give back."""
    return {nonce for nonce, taken_at in journal.read().leases.items() if taken_at == place}


def _not_made(error: ApiError) -> ApiError:
    words = "A lease is an evaluation without tasks; set `lock: false` for this environment if it takes none."
    hints = [error.hint, words if isinstance(error, Rejected) else None]
    return type(error)(
        f"the lease of this apply could not be made, so nothing was changed: {error.message}",
        request=error.request,
        status=error.status,
        hint="\n".join(hint for hint in hints if hint) or None,
    )


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S UTC")
