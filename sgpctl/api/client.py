"""One connection to the platform: sends requests through the gate, tries again where that is safe, names what failed.

A read ends in its JSON or in NotReached, Rejected or BadAnswer; a write in its JSON or in NotReached, Rejected or
Unclear. A write that may have arrived is never sent again here (design 7): who sent it looks first.
"""

from __future__ import annotations

import asyncio
import random as random_module
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self, cast

import httpx

from sgpctl import __version__, limits
from sgpctl.api import wording
from sgpctl.api.answer import Answer, TooLargeAnswer, UnreadableAnswer, parse_json, read_body
from sgpctl.api.faults import TRANSPORT_ERRORS, Fault, fault_of
from sgpctl.api.gate import Gate
from sgpctl.api.request import Effect, Request
from sgpctl.api.retry import Decision, FaultKind, Verdict, after_answer, after_fault
from sgpctl.api.settings import Connection, is_loopback
from sgpctl.errors import ApiError, NotReached, SettingsError
from sgpctl.model.located import Json


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One try of one request, for a log. `path` has the query; `error` is the kind of fault when no answer came.

    `request_id` is the server's `x-request-id`. Headers and bodies are never in it.
    """

    method: str
    path: str
    status: int | None
    milliseconds: int
    request_id: str | None
    try_number: int
    error: str | None


class Client:
    """The platform as seen through one connection; an async context manager.

    `transport` replaces the network (a sandbox, a fault); `sleep`, `random` (0 to 1), `now` (Unix seconds) and
    `monotonic` (seconds, never set back) are whatever is not deterministic. `log` is told of every try, `on_wait` in
    words why nothing seems to happen: once, until something is answered again.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        parallelism: int = limits.PARALLELISM_DEFAULT,
        log: Callable[[RequestRecord], None] | None = None,
        on_wait: Callable[[str], None] = lambda _: None,
        user_agent: str = f"sgpctl/{__version__}",
    ) -> None:
        """Raise SettingsError when the machine's proxy or certificate settings cannot be used."""
        self.connection = connection
        self._sleep = sleep
        self._random = random
        self._now = now
        self._monotonic = monotonic
        self._log = log
        self._on_wait = on_wait
        self._is_wait_told = False
        self._gate = Gate(parallelism, sleep)
        self._http = _http_client(connection, transport, parallelism, user_agent)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def send(self, request: Request) -> Json:
        """The JSON that `request` is answered with; None where a write is answered with an empty body."""
        try_number = 0
        began = self._monotonic()
        while True:
            try_number += 1
            outcome = await self._try(request, try_number)
            decision = self._decide(request, outcome, try_number)
            self._tell_of_wait(request, outcome, decision, self._monotonic() - began)
            await self._wait(decision)
            match decision.verdict, outcome:
                case Verdict.AGAIN, _:
                    continue
                case Verdict.ANSWERED, Answer():
                    self._gate.succeeded()
                    self._is_wait_told = False
                    return self._json_of(request, outcome)
                case verdict, _:
                    raise wording.failure(verdict, request, outcome, self.connection, try_number)

    def misshapen(self, request: Request, problem: str) -> ApiError:
        """The error to raise when the answer to `request` is JSON of the wrong shape."""
        return wording.misshapen(request, self.connection.api_key.taken_out_of(problem))

    def _decide(self, request: Request, outcome: Answer | Fault, try_number: int) -> Decision:
        if isinstance(outcome, Fault):
            return after_fault(request.effect, outcome.kind, try_number, self._random)
        return after_answer(
            request.effect, outcome.status, outcome.headers, try_number, random=self._random, now=self._now()
        )

    def _tell_of_wait(
        self, request: Request, outcome: Answer | Fault, decision: Decision, waited_seconds: float
    ) -> None:
        is_long = waited_seconds + decision.wait_seconds >= limits.WAIT_SECONDS_UNTOLD_MAX
        if decision.verdict is Verdict.AGAIN and is_long and not self._is_wait_told:
            self._is_wait_told = True
            self._on_wait(wording.waiting(request, outcome, self.connection, decision.wait_seconds))

    async def _wait(self, decision: Decision) -> None:
        if decision.together:
            await self._gate.pause(decision.wait_seconds)
        elif decision.wait_seconds:
            await self._sleep(decision.wait_seconds)

    async def _try(self, request: Request, try_number: int) -> Answer | Fault:
        async with self._gate.place():
            why_not = request.unless() if request.unless is not None else None
            if why_not is not None:
                raise NotReached(f"{request.label} was not sent: {why_not}", request=request.label)
            started = self._monotonic()
            outcome: Answer | Fault
            try:
                outcome = await self._exchange(request)
            except UnreadableAnswer as why:
                kind = FaultKind.TOO_LARGE if isinstance(why, TooLargeAnswer) else FaultKind.UNREADABLE
                outcome = Fault(kind, f"the answer {why}")
            except TRANSPORT_ERRORS as error:
                outcome = fault_of(error)
            self._record(request, try_number, started, outcome)
            return outcome

    async def _exchange(self, request: Request) -> Answer:
        """One answer; for a GET that of the last of a few redirects, none of which may leave the host."""
        url = httpx.URL(self.connection.base_url + request.target)
        for _ in range(limits.REDIRECTS_MAX):
            answer = await self._once(request, url)
            onward = _redirect_target(request, answer, url)
            if onward is None:
                return answer
            url = onward
        return await self._once(request, url)

    async def _once(self, request: Request, url: httpx.URL) -> Answer:
        timeout = httpx.Timeout(
            limits.READ_SECONDS_MAX, connect=limits.CONNECT_SECONDS_MAX, read=request.read_seconds
        )
        headers = {"content-type": "application/json"} if request.body is not None else {}
        async with self._http.stream(
            request.method, url, content=request.body, headers=headers, timeout=timeout
        ) as response:
            # The raw stream, because httpx inflates without a bound.
            chunks = cast("httpx.AsyncByteStream", response.stream)
            try:
                body = await read_body(chunks, response.headers.get("content-encoding", ""), self._monotonic)
            except UnreadableAnswer:
                if response.is_success:
                    raise
                body = b""  # the status alone decides
            return Answer(response.status_code, response.headers, body)

    def _json_of(self, request: Request, answer: Answer) -> Json:
        if not answer.body.strip() and request.effect is Effect.WRITE:
            return None
        try:
            return parse_json(answer.body)
        except UnreadableAnswer as why:
            raise wording.unreadable(request, answer, why, self.connection) from None

    def _record(self, request: Request, try_number: int, started: float, outcome: Answer | Fault) -> None:
        if self._log is None:
            return
        answer = outcome if isinstance(outcome, Answer) else None
        fault = outcome if isinstance(outcome, Fault) else None
        milliseconds = max(0, round((self._monotonic() - started) * 1000))
        request_id = answer.headers.get("x-request-id") if answer is not None else None
        self._log(
            RequestRecord(
                method=request.method,
                path=self.connection.api_key.taken_out_of(request.target),
                status=answer.status if answer is not None else None,
                milliseconds=milliseconds,
                request_id=wording.one_line(request_id, self.connection) if request_id else None,
                try_number=try_number,
                error=fault.kind.name.lower() if fault is not None else None,
            )
        )


def _http_client(
    connection: Connection, transport: httpx.AsyncBaseTransport | None, parallelism: int, user_agent: str
) -> httpx.AsyncClient:
    try:
        url = httpx.URL(connection.base_url)
    except httpx.InvalidURL as error:
        raise SettingsError(
            f"{connection.base_url[:80]!r} is not an address that can be used: {error}"
        ) from None
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": user_agent,
        "x-api-key": connection.api_key.reveal(),
    }
    if connection.account_id is not None:
        headers["x-selected-account-id"] = connection.account_id
    # Proxies are for other machines; a loopback server is not behind one.
    direct = {f"all://{url.netloc.decode('ascii')}": None} if is_loopback(url.host) else {}
    pool = httpx.Limits(max_connections=parallelism, keepalive_expiry=limits.IDLE_CONNECTION_SECONDS_MAX)
    try:
        return httpx.AsyncClient(
            headers=headers, transport=transport, mounts=direct, limits=pool, follow_redirects=False
        )
    except (ImportError, ValueError, OSError, httpx.InvalidURL):
        # The reason may quote a proxy's address, and that a password.
        raise SettingsError(
            "the network settings of this machine cannot be used",
            hint="check the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
        ) from None


def _redirect_target(request: Request, answer: Answer, url: httpx.URL) -> httpx.URL | None:
    """Where to go on, or None. Only a GET goes on, and only within the same scheme, host and port."""
    location = answer.headers.get("location")
    if request.method != "GET" or answer.status not in {301, 302, 303, 307, 308} or not location:
        return None
    try:
        onward = url.join(location)
    except httpx.InvalidURL:
        return None
    is_same_host = (onward.scheme, onward.host, onward.port) == (url.scheme, url.host, url.port)
    return onward if is_same_host and not onward.userinfo else None
