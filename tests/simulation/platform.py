"""The sandbox as the simulator asks it: an answer to a read holds until something is written, or until its time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from sgpctl.sandbox.moments import moment_text
from sgpctl.sandbox.store import Store
from tests.simulation.weather import is_write

_MOMENTS = (
    "SELECT MIN(moment) FROM (SELECT listed_from AS moment FROM evaluation WHERE listed_from > :now"
    " UNION ALL SELECT finishes_at FROM evaluation WHERE finishes_at > :now)"
)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass
class Platform(httpx.AsyncBaseTransport):
    """`server` answers; who asks the same again is told the same, as the platform is a function of its books and the time.

    Only writes change the books, and time changes what they say only when an evaluation comes into the lists or a run
    ends. Half of all reads ask what was asked before.
    """

    server: httpx.AsyncBaseTransport
    store: Store
    now: Callable[[], datetime]
    _answers: dict[tuple[str, bytes, bytes], httpx.Response] = field(default_factory=dict)
    _hold_until: datetime = _FIRST

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if is_write(request):
            self._forget(_FIRST)
            return await self._asked(request)
        self._forget_what_is_over()
        key = (request.method, request.url.raw_path, request.content)
        if key not in self._answers:
            self._answers[key] = await self._asked(request)
        known = self._answers[key]
        return httpx.Response(known.status_code, headers=known.headers, content=known.content)

    async def _asked(self, request: httpx.Request) -> httpx.Response:
        response = await self.server.handle_async_request(request)
        await response.aread()
        return response

    def _forget_what_is_over(self) -> None:
        now = self.now()
        if now < self._hold_until:
            return
        with self.store.transaction(writes=False) as db:
            (moment,) = db.execute(_MOMENTS, {"now": moment_text(now)}).fetchone()
        self._forget(_LAST if moment is None else datetime.fromisoformat(moment))

    def _forget(self, next_moment: datetime) -> None:
        self._answers.clear()
        self._hold_until = next_moment
