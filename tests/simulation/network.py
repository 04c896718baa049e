"""What lies between all processes and the platform, and keeps the books: who changed what, and how often a thing was sent."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

import httpx

from sgpctl.model.marks import Owner
from tests.simulation.clock import NETWORK, SimulatedLoop
from tests.simulation.stored import Stored
from tests.simulation.weather import LATE_SECONDS_MAX, Fault, is_create, is_write

if TYPE_CHECKING:
    from tests.simulation.line import Line


class Kind(StrEnum):
    CREATED = "created"
    ARCHIVED = "archived"
    RESTORED = "restored"
    PATCHED = "patched"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a delivered request of `owner` changed. `name`, `digest` and `nonce` are those that a create was sent with."""

    kind: Kind
    owner: Owner
    process: str
    evaluation_id: str
    name: str = ""
    digest: str = ""
    nonce: str = ""


@dataclass
class Network:
    """What lies between all processes and the platform.

    `judge` is told of every write just before it has its effect, `report` of what must not be; `people` act when they are called; `stored` is what the
    platform holds, `now` its clock.
    """

    loop: SimulatedLoop
    server: httpx.AsyncBaseTransport
    random: Random
    judge: Callable[[Line, httpx.Request], None]
    report: Callable[[str], None]
    people: Callable[[], Awaitable[None]]
    strangers: Callable[[], Awaitable[None]]
    stored: Callable[[], Mapping[str, Stored]]
    now: Callable[[], datetime]
    page_items: int | None = None
    lag_seconds: float = 0.0
    latency_seconds: float = 0.0
    tell: Callable[[str], None] | None = None
    writes: int = 0
    leases: set[str] = field(default_factory=set)
    effects: list[Effect] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    struck: Counter[Fault] = field(default_factory=Counter)

    async def deliver(self, line: Line, request: httpx.Request) -> httpx.Response:
        if not is_write(request):
            return await self.server.handle_async_request(request)
        if self._is_about_lease(request):
            return await self._deliver_lease(request)
        self.judge(line, request)
        before = self.stored().get(id_in(request))
        response = await self.server.handle_async_request(request)
        await response.aread()
        if response.is_success:
            self.writes += 1
            self.effects += _effects(line, request, response, before)
        return response

    def digest_of_run(self, request: httpx.Request) -> str | None:
        """What a create of a run is of; None for anything else."""
        if not is_create(request) or self._is_about_lease(request):
            return None
        return str(_metadata_in(request).get("sgpctl_digest", ""))

    def _is_about_lease(self, request: httpx.Request) -> bool:
        is_one = is_create(request) and "sgpctl_lease" in _metadata_in(request)
        return is_one or id_in(request) in self.leases

    async def _deliver_lease(self, request: httpx.Request) -> httpx.Response:
        """It is no run, costs nothing and is nobody's property, so no books are kept."""
        response = await self.server.handle_async_request(request)
        await response.aread()
        if response.is_success and is_create(request):
            self.leases.add(str(response.json()["id"]))
        return response

    def deliver_later(self, line: Line, request: httpx.Request) -> None:
        """Once more, or at last, in a while, whatever becomes of the sender."""
        seconds = self.random.uniform(0.1, LATE_SECONDS_MAX)

        async def work() -> None:
            await asyncio.sleep(seconds)
            await self.deliver(line, request)

        self.loop.start(NETWORK, work())

    def note_repetition(self, request: httpx.Request) -> None:
        """The network delivers this once more, which is not its sender's doing."""
        if is_create(request) and not self._is_about_lease(request):
            self.repeated[str(_metadata_in(request).get("sgpctl_nonce", ""))] += 1


def _effects(
    line: Line, request: httpx.Request, response: httpx.Response, before: Stored | None
) -> list[Effect]:
    if is_create(request):
        marks = _metadata_in(request)
        sent = (str(marks.get(f"sgpctl_{key}", "")) for key in ("name", "digest", "nonce"))
        return [Effect(Kind.CREATED, line.owner, line.process, str(response.json()["id"]), *sent)]
    if before is None:
        return []
    if request.method == "DELETE":
        kind, has_effect = Kind.ARCHIVED, before.is_live
    elif b'"restore"' in request.content:
        kind, has_effect = Kind.RESTORED, not before.is_live
    else:
        kind, has_effect = Kind.PATCHED, True
    return [Effect(kind, line.owner, line.process, before.id)] if has_effect else []


def id_in(request: httpx.Request) -> str:
    return request.url.path.rsplit("/", 1)[-1]


def _metadata_in(request: httpx.Request) -> Mapping[str, object]:
    metadata: Mapping[str, object] = json.loads(request.content)["metadata"]
    return metadata
