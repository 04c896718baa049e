"""A process's way into the network, which goes wrong at random: a transport whose requests meet the weather.

The process may die at any request or journal line, before or after it, and wherever else it waits; from then on nothing of it
is sent any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import NoReturn

import httpx

from sgpctl.model.marks import Owner
from sgpctl.sandbox.moments import moment_text
from tests.simulation import spoiling
from tests.simulation.clock import Death
from tests.simulation.network import Network, id_in
from tests.simulation.stored import Stored
from tests.simulation.weather import CALM, Fault, Weather, is_write

_REQUESTS_MAX = 6_000  # of one process; more is a client that never gives up
_STATUSES = (408, 409, 500, 502, 503, 504)
_UNREADABLE = frozenset(
    {
        Fault.STATUS_BEFORE,
        Fault.STATUS_AFTER,
        Fault.TOO_MANY,
        Fault.GARBAGE_BEFORE,
        Fault.GARBAGE_AFTER,
        Fault.TRUNCATED,
        Fault.STALLED,
    }
)
"""There is an answer, and it tells nothing of what was asked."""


@dataclass
class Line(httpx.AsyncBaseTransport):
    """One process's way into the network.

    `seen` is how each evaluation looked when the process last read it by id; `shown` are the answers to all its reads.
    `may_create` says whether the process may start runs at this moment; `sent` are the digests of which it sent creates.
    """

    network: Network
    owner: Owner
    process: str
    weather: Weather = CALM
    stop: Callable[[], None] = lambda: None
    set_clock: Callable[[], None] = lambda: None
    wanted: Mapping[str, str] = field(default_factory=dict)
    may_create: Callable[[], bool] = lambda: True
    points: int = 0
    awaits: int = 0
    requests: int = 0
    creates: int = 0
    is_cut_until: float = 0.0
    sent: set[str] = field(default_factory=set)
    is_dead: bool = False
    seen: dict[str, Stored] = field(default_factory=dict)
    shown: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.death: asyncio.Future[None] = self.network.loop.create_future()

    def pass_point(self) -> None:
        """Dies here, when it is time to."""
        self.points += 1
        if self.points == self.weather.dies_at:
            self.die()
        if self.is_dead:
            raise Death
        if self.points == self.weather.stops_at:
            self.stop()

    def go_on(self) -> None:
        """Dies where it waited, when it is time to."""
        self.awaits += 1
        if self.awaits == self.weather.dies_at_await:
            self.die()

    def die(self) -> NoReturn:
        self.is_dead = True
        self.death.set_result(None)
        raise Death

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request = _with_small_pages(request, self.network.page_items)
        await request.aread()
        self.requests += 1
        if self.requests > _REQUESTS_MAX:
            raise RuntimeError("the client never gives up")
        number = self.requests
        self._note_create(request)
        await self._travel()
        self.pass_point()
        network = self.network
        if self.weather.people and network.random.random() < self.weather.people:
            await network.people()
        fault = self._fault(request, number)
        if network.tell is not None:
            struck = "" if fault is None else f", {fault}"
            network.tell(f"  {self.process}, request {number}: {request.method} {request.url.path}{struck}")
        if fault is None:
            response = await network.deliver(self, request)
        else:
            network.struck[fault] += 1
            response = await self._struck(request, fault)
        if fault not in _UNREADABLE:
            self._note_read(request, response)
        await self._travel()
        self.pass_point()
        return response

    def _note_create(self, request: httpx.Request) -> None:
        """Judged as it leaves: what is under way, nobody can call back."""
        digest = self.network.digest_of_run(request)
        if digest is None:
            return
        self.creates += 1
        self.sent.add(digest)
        if not self.may_create():
            self.network.report(f"{self.process} sends a create, and its lease is lost")
        cut = self.weather.cut
        if cut is not None and self.creates == cut.at_create:
            self.is_cut_until = self.network.loop.time() + cut.seconds

    def _fault(self, request: httpx.Request, number: int) -> Fault | None:
        if self.network.loop.time() < self.is_cut_until:
            return Fault.TIMEOUT_BEFORE
        return self.weather.strike(request, number, self.network.random)

    def was_shown(self, remote_id: str) -> bool:
        """Whether any answer to a read, by id or of a list, told the process of it."""
        return any(f'"{remote_id}"'.encode() in body for body in self.shown)

    def _note_read(self, request: httpx.Request, response: httpx.Response) -> None:
        if is_write(request):
            return
        remote_id = id_in(request)
        seen = self.network.stored().get(remote_id)
        if seen is not None:
            self.seen[remote_id] = seen
        self.shown.append(spoiling.whole_body(response))

    async def _travel(self) -> None:
        """Meanwhile others go on."""
        latency = self.network.latency_seconds
        if latency:
            await asyncio.sleep(self.network.random.uniform(0.0, latency))
            return
        for _ in range(self.network.random.randrange(3)):
            await asyncio.sleep(0)

    async def _struck(self, request: httpx.Request, fault: Fault) -> httpx.Response:
        network, random = self.network, self.network.random
        match fault:
            case Fault.REFUSED:
                raise httpx.ConnectError("refused", request=request)
            case Fault.RESET_BEFORE | Fault.TIMEOUT_BEFORE:
                raise await self._broken(fault, request)
            case Fault.RESET_AFTER | Fault.TIMEOUT_AFTER:
                await network.deliver(self, request)
                raise await self._broken(fault, request)
            case Fault.TIMEOUT_LATE:
                error = await self._broken(fault, request)
                network.deliver_later(self, request)
                raise error
            case Fault.TOO_MANY:
                return spoiling.error(429, _key_in(request), random)
            case Fault.STATUS_BEFORE:
                return spoiling.error(random.choice(_STATUSES), _key_in(request), random)
            case Fault.STATUS_AFTER:
                await network.deliver(self, request)
                return spoiling.error(random.choice(_STATUSES), _key_in(request), random)
            case Fault.GARBAGE_BEFORE:
                return spoiling.garbage(_key_in(request), random)
            case Fault.GARBAGE_AFTER:
                await network.deliver(self, request)
                return spoiling.garbage(_key_in(request), random)
            case Fault.CLOCK_JUMP:
                self.set_clock()
                return await network.deliver(self, request)
            case Fault.SHIFTING:
                if "starting_after" in request.url.params:
                    await network.strangers()
                return await network.deliver(self, request)
            case Fault.UNFILTERED:
                return await network.deliver(self, _without_tags(request))
            case Fault.TWICE:
                network.note_repetition(request)
                await network.deliver(self, request)
                return await network.deliver(self, request)
            case Fault.TWICE_LATE:
                network.note_repetition(request)
                network.deliver_later(self, request)
                return await network.deliver(self, request)
            case _:
                return await self._spoilt(request, fault)

    async def _spoilt(self, request: httpx.Request, fault: Fault) -> httpx.Response:
        """The answer is the platform's, and something is wrong with it."""
        network, random = self.network, self.network.random
        whole = await network.deliver(self, request)
        await whole.aread()
        match fault:
            case Fault.TRUNCATED:
                return spoiling.truncated(whole, random)
            case Fault.SLOW:
                return spoiling.slow(whole, random)
            case Fault.STALLED:
                return spoiling.stalled(whole, random)
            case Fault.TOTAL_OFF:
                return spoiling.with_wrong_total(whole, random)
            case Fault.EMPTY:
                return spoiling.without_items(whole)
            case Fault.LAGGING:
                return spoiling.of_before(
                    whole, moment_text(network.now() - timedelta(seconds=network.lag_seconds))
                )
            case _:
                raise AssertionError(fault)

    async def _broken(self, fault: Fault, request: httpx.Request) -> httpx.TransportError:
        if fault in {Fault.RESET_BEFORE, Fault.RESET_AFTER}:
            return httpx.ReadError("reset", request=request)
        if self.network.random.random() < 0.5:
            await asyncio.sleep(request.extensions["timeout"]["read"])
        return httpx.ReadTimeout("timeout", request=request)


def _key_in(request: httpx.Request) -> str:
    return str(request.headers["x-api-key"])


def _with_small_pages(request: httpx.Request, page_items: int | None) -> httpx.Request:
    """The same request as a deployment with small pages understands it."""
    if page_items is not None and b"limit=" in request.url.query:
        request.url = _with_limit(str(request.url), page_items)
    return request


@lru_cache(maxsize=10_000)
def _with_limit(url: str, page_items: int) -> httpx.URL:
    asked = httpx.URL(url)
    return asked.copy_set_param("limit", min(page_items, int(asked.params["limit"])))


def _without_tags(request: httpx.Request) -> httpx.Request:
    """The same request as a deployment understands it that knows no filter by tags."""
    if "tags" in request.url.params:
        request.url = request.url.copy_remove_param("tags")
    return request
