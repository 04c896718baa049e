"""The one gate that all requests of a client go through: how many are under way, and when all of them wait.

A 429 is answered by the whole client, not by one request: everything stands still until the wait is over, and then
half as many are under way; each run of undisturbed answers lets one more in.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sgpctl import limits


class Gate:
    """At most `width` holders of a place at a time, in order of arrival."""

    def __init__(self, width_max: int, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._width_max = width_max
        self._sleep = sleep
        self._width = width_max
        self._busy = 0
        self._pauses = 0
        self._successes = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def width(self) -> int:
        """How many may hold a place just now."""
        return self._width

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One place, held until the block ends."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def pause(self, seconds: float) -> None:
        """Let nobody in for `seconds`. Pauses that overlap end with the last; only the first one narrows the gate."""
        if self._pauses == 0:
            self._width = max(1, self._width // 2)
            self._successes = 0
        self._pauses += 1
        try:
            await self._sleep(seconds)
        finally:
            self._pauses -= 1
            self._admit()

    def succeeded(self) -> None:
        """Count one answer that was no 429."""
        if self._width == self._width_max:
            return
        self._successes += 1
        if self._successes >= limits.SUCCESSES_PER_GROWTH:
            self._successes = 0
            self._width += 1
            self._admit()

    async def _enter(self) -> None:
        if not self._waiting and self._has_room():
            self._busy += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # let in and cancelled in the same moment: the place is given back
                self._leave()
            raise

    def _leave(self) -> None:
        self._busy -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._has_room():
            turn = self._waiting.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)

    def _has_room(self) -> bool:
        return self._pauses == 0 and self._busy < self._width
