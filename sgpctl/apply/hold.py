"""A lease of ours for as long as it is held: it is renewed, until it is given back or lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sgpctl.apply.leases import Leases
from sgpctl.errors import ApiError, Rejected
from sgpctl.limits import LEASE_RENEWALS, LEASE_RETRY_SECONDS, LEASE_SECONDS
from sgpctl.model.lease import Lease, renewal


@dataclass(slots=True)
class Hold:
    """One lease of ours. `asked_at` and `answered_at` are around its creation, on the clock of `monotonic`.

    `lost` says why it is ours no more; `on_loss` is told of it, once.
    """

    leases: Leases
    lease: Lease
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    asked_at: float
    answered_at: float
    lost: str | None = None
    on_loss: Callable[[str], None] = field(default=lambda _: None)
    _runs_until: float = 0.0

    def __post_init__(self) -> None:
        self._runs_until = self.asked_at + LEASE_SECONDS

    def platform_now(self) -> datetime:
        """The platform's time, never later than it is."""
        return self.lease.created_at + timedelta(seconds=self.monotonic() - self.answered_at)

    def is_lost(self) -> bool:
        """True once it is ours no more. The clock tells, too: whoever was stopped, or slept, has missed its renewals."""
        if self.lost is None and self.monotonic() >= self._runs_until:
            self._lose("the lease of this apply was not renewed in time and has expired")
        return self.lost is not None

    async def keep(self) -> None:
        """Let it run on until it is lost."""
        pause = LEASE_SECONDS / LEASE_RENEWALS
        while not self.is_lost():
            await self.sleep(pause)
            is_renewed = await self._renew()
            pause = LEASE_SECONDS / LEASE_RENEWALS if is_renewed else LEASE_RETRY_SECONDS

    async def _renew(self) -> bool:
        """True when the platform shows that it runs on, and it never had expired: others would have seen that."""
        if self.is_lost():
            return False
        elapsed = int(self.monotonic() - self.asked_at)
        try:
            async with asyncio.timeout(max(LEASE_RETRY_SECONDS, self._runs_until - self.monotonic())):
                with suppress(Rejected):
                    await self.leases.platform.patch(self.lease.id, renewal(elapsed))
                shown = await self.leases.read(self.lease)
        except (ApiError, TimeoutError):
            return False
        if shown is None:
            self._lose("somebody took the lease of this apply away (`sgpctl unlock`)")
        if shown is None or self.is_lost():
            return False
        self._runs_until = max(self._runs_until, self.asked_at + shown.renewed_seconds + LEASE_SECONDS)
        return shown.renewed_seconds >= elapsed

    def _lose(self, why: str) -> None:
        self.lost = why
        self.on_loss(why)
