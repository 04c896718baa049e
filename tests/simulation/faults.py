"""A network that goes wrong at random: a transport before the sandbox, with every fault drawn from one generator.

A fault strikes before the request is delivered, or it is delivered and its answer is lost or spoilt. The process may
die at any of these points; from then on nothing of it is sent any more.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

import httpx

CREATES = ("POST", "/v5/evaluations")
LATE_SECONDS_MAX = 6.0
"""How late a request whose answer timed out may still arrive."""
_REQUESTS_MAX = 6_000  # of one apply; more is a client that never gives up


class Death(BaseException):
    """The process ended here. Nothing of it may run on."""


class Fault(StrEnum):
    REFUSED = "refused connection"
    RESET_BEFORE = "reset before the server acts"
    RESET_AFTER = "reset after it committed"
    TIMEOUT_BEFORE = "timeout, never delivered"
    TIMEOUT_AFTER = "timeout, delivered"
    TIMEOUT_LATE = "timeout, delivered later"
    STATUS_BEFORE = "an error status, never delivered"
    STATUS_AFTER = "an error status, delivered"
    TOO_MANY = "429, never delivered"
    TRUNCATED = "a truncated body"
    GARBAGE_BEFORE = "a 200 with garbage, never delivered"
    GARBAGE_AFTER = "a 200 with garbage, delivered"
    TWICE = "delivered twice"
    TOTAL_OFF = "a wrong total"


@dataclass(frozen=True, slots=True)
class Weather:
    """What one apply meets. `dies_at` counts requests and journal lines, each before and after; None: it lives."""

    share: float = 0.0
    kinds: tuple[Fault, ...] = ()
    dies_at: int | None = None
    only_writes: bool = False


CALM = Weather()


@dataclass
class Network:
    """What lies between the client and `server`. `watch` is told of each delivery just before it has its effect.

    `made` is the digest that each new evaluation was sent with; `extra_creates` counts those that are
    not sgpctl's doing by digest.
    """

    server: httpx.AsyncBaseTransport
    random: Random
    watch: Callable[[httpx.Request], None]
    page_items: int | None = None
    weather: Weather = CALM
    points: int = 0
    requests: int = 0
    is_dead: bool = False
    struck: dict[str, int] = field(default_factory=dict)
    extra_creates: dict[str, int] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    late: list[asyncio.Task[httpx.Response]] = field(default_factory=list)

    def begin(self, weather: Weather) -> None:
        """A new process, and the weather of its life."""
        self.weather, self.points, self.requests, self.is_dead = weather, 0, 0, False

    def pass_point(self) -> None:
        """Dies here, when it is time to."""
        self.points += 1
        if self.is_dead or self.points == self.weather.dies_at:
            self.is_dead = True
            raise Death

    async def deliver(self, request: httpx.Request) -> httpx.Response:
        self.watch(request)
        response = await self.server.handle_async_request(request)
        body = await response.aread()
        if _is_create(request) and response.is_success:
            self.made[str(json.loads(body)["id"])] = _digest_in(request)
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def draw(self, request: httpx.Request) -> Fault | None:
        is_read = request.method == "GET" or request.url.path.endswith("/filter")
        if (is_read and self.weather.only_writes) or self.random.random() >= self.weather.share:
            return None
        fault = self.random.choice(self.weather.kinds)
        return Fault.TIMEOUT_AFTER if fault is Fault.TIMEOUT_LATE and not _is_create(request) else fault


class Transport(httpx.AsyncBaseTransport):
    """One process's way into the network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        network = self._network
        request = _with_small_pages(request, network.page_items)
        await request.aread()
        network.requests += 1
        if network.requests > _REQUESTS_MAX:
            raise RuntimeError("the client never gives up")
        for _ in range(network.random.randrange(3)):
            await asyncio.sleep(0)
        network.pass_point()
        fault = network.draw(request)
        if fault is not None:
            network.struck[fault] = network.struck.get(fault, 0) + 1
        response = await self._struck(request, fault)
        network.pass_point()
        return response

    async def _struck(self, request: httpx.Request, fault: Fault | None) -> httpx.Response:
        deliver = self._network.deliver
        match fault:
            case None:
                return await deliver(request)
            case Fault.REFUSED:
                raise httpx.ConnectError("refused", request=request)
            case Fault.RESET_BEFORE | Fault.TIMEOUT_BEFORE:
                raise await self._broken(fault, request)
            case Fault.RESET_AFTER | Fault.TIMEOUT_AFTER:
                await deliver(request)
                raise await self._broken(fault, request)
            case Fault.TIMEOUT_LATE:
                self._network.late.append(asyncio.ensure_future(self._delivered_late(request)))
                raise await self._broken(fault, request)
            case Fault.TOO_MANY:
                return self._answer(request, 429)
            case Fault.STATUS_BEFORE:
                return self._answer(request, self._network.random.choice((408, 409, 500, 502, 503)))
            case Fault.STATUS_AFTER:
                await deliver(request)
                return self._answer(request, self._network.random.choice((408, 409, 500, 502, 503, 504)))
            case Fault.TRUNCATED:
                whole = await deliver(request)
                cut = self._network.random.randrange(max(1, len(whole.content)))
                return httpx.Response(
                    whole.status_code, headers=_plain(whole.headers), content=whole.content[:cut]
                )
            case Fault.GARBAGE_BEFORE:
                return self._garbage(request)
            case Fault.GARBAGE_AFTER:
                await deliver(request)
                return self._garbage(request)
            case Fault.TWICE:
                first = await deliver(request)
                if _is_create(request) and first.is_success:
                    digest, extra = _digest_in(request), self._network.extra_creates
                    extra[digest] = extra.get(digest, 0) + 1
                return await deliver(request)
            case Fault.TOTAL_OFF:
                return _with_wrong_total(await deliver(request), self._network.random.choice((-1, 1, 1000)))

    async def _broken(self, fault: Fault, request: httpx.Request) -> httpx.TransportError:
        if fault in {Fault.RESET_BEFORE, Fault.RESET_AFTER}:
            return httpx.ReadError("reset", request=request)
        return httpx.ReadTimeout("timeout", request=request)

    def _delivered_late(self, request: httpx.Request) -> Awaitable[httpx.Response]:
        seconds = self._network.random.uniform(0.1, LATE_SECONDS_MAX)

        async def work() -> httpx.Response:
            await asyncio.sleep(seconds)
            return await self._network.deliver(request)

        return work()

    def _answer(self, request: httpx.Request, status: int) -> httpx.Response:
        """An error; some of them repeat the key that they were sent, as careless proxies do."""
        said = self._network.random.choice(
            ('{"detail":"try later"}', f'{{"detail":"bad key {request.headers["x-api-key"]}"}}', "")
        )
        waits = {"retry-after": "2"} if self._network.random.random() < 0.5 else {}
        return httpx.Response(status, headers={"content-type": "application/json", **waits}, content=said)

    def _garbage(self, request: httpx.Request) -> httpx.Response:
        said = self._network.random.choice(
            ("<html><body>Sign in</body></html>", "", "[]", "{}", "null", '{"id":', "\x00\xff", "Bad key ")
        )
        return httpx.Response(
            200, content=said + (request.headers["x-api-key"] if said == "Bad key " else "")
        )


def _is_create(request: httpx.Request) -> bool:
    return (request.method, request.url.path) == CREATES


def _digest_in(request: httpx.Request) -> str:
    return str(json.loads(request.content)["metadata"].get("sgpctl_digest", ""))


def _with_small_pages(request: httpx.Request, page_items: int | None) -> httpx.Request:
    """The same request as a deployment with small pages understands it."""
    if page_items is None or "limit" not in request.url.params:
        return request
    limit = min(page_items, int(request.url.params["limit"]))
    request.url = request.url.copy_set_param("limit", limit)
    return request


def _with_wrong_total(response: httpx.Response, by: int) -> httpx.Response:
    try:
        page = json.loads(response.content)
    except ValueError:
        return response
    if not isinstance(page, dict) or not isinstance(page.get("total"), int):
        return response
    return httpx.Response(response.status_code, json={**page, "total": max(0, page["total"] + by)})


def _plain(headers: httpx.Headers) -> dict[str, str]:
    return {"content-type": headers.get("content-type", "")}
