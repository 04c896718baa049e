"""Stand-ins for the platform: a connection with a known key, and transports that answer as a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import httpx

from sgpctl import limits
from sgpctl.api.client import Client, RequestRecord
from sgpctl.api.request import Request
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.errors import ApiError
from sgpctl.model.located import Json

SECRET = "sk-live-9f31c07ab2"
CONNECTION = Connection(
    base_url="https://api.example.com",
    account_id="acct_1",
    api_key=ApiKey(SECRET, source="SGP_API_KEY"),
)

Step = httpx.Response | Exception
Value = TypeVar("Value")


class Script(httpx.AsyncBaseTransport):
    """Answers with its steps in order, the last one for ever, and keeps what was asked."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        step = self._steps[min(len(self.requests), len(self._steps) - 1)]
        self.requests.append(request)
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


class Chunks(httpx.AsyncByteStream):
    """A body that comes in pieces, and then fails if an error is given."""

    def __init__(self, *chunks: bytes, error: Exception | None = None) -> None:
        self._chunks = chunks
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if self._error is not None:
            raise self._error


class Waits:
    """A sleep that takes no time and remembers how long it was asked for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    content = json.dumps(body).encode()
    return httpx.Response(
        status, headers={"content-type": "application/json", **(headers or {})}, content=content
    )


def page(items: Sequence[Json], *, has_more: bool = False, total: int | None = None) -> dict[str, Json]:
    return {
        "items": list(items),
        "has_more": has_more,
        "total": len(items) if total is None else total,
        "limit": limits.PAGE_ITEMS,
        "object": "list",
    }


def client_of(
    transport: httpx.AsyncBaseTransport,
    *,
    connection: Connection = CONNECTION,
    waits: Waits | None = None,
    log: Callable[[RequestRecord], None] | None = None,
    on_wait: Callable[[str], None] = lambda _: None,
    parallelism: int = limits.PARALLELISM_DEFAULT,
    now: Callable[[], float] = lambda: 1_000.0,
    monotonic: Callable[[], float] = lambda: 5.0,
) -> Client:
    """A client that waits for nothing and whose jitter takes nothing away."""
    return Client(
        connection,
        transport=transport,
        sleep=waits or Waits(),
        random=lambda: 0.0,
        now=now,
        monotonic=monotonic,
        parallelism=parallelism,
        log=log,
        on_wait=on_wait,
    )


def run(client: Client, work: Callable[[Client], Awaitable[Value]]) -> Value:
    async def inside() -> Value:
        async with client:
            return await work(client)

    return asyncio.run(inside())


def send(transport: httpx.AsyncBaseTransport, request: Request, *, waits: Waits | None = None) -> Json:
    return run(client_of(transport, waits=waits), lambda client: client.send(request))


def failure_of(
    transport: httpx.AsyncBaseTransport, request: Request, *, connection: Connection = CONNECTION
) -> ApiError:
    """The error that `request` ends in."""
    try:
        run(client_of(transport, connection=connection), lambda client: client.send(request))
    except ApiError as error:
        return error
    raise AssertionError(f"{request.label} did not fail")
