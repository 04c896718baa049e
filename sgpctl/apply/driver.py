"""Carries out what the protocols ask for: the one place in this room that waits, sends and writes.

It holds no rule of its own about what to do next; it translates operations into calls and errors into replies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol as Interface
from typing import TypeVar

from sgpctl.apply.journal import Journal
from sgpctl.apply.operations import (
    Archive,
    Create,
    Failed,
    Find,
    Found,
    Get,
    Got,
    Note,
    Noted,
    Operation,
    Patch,
    Protocol,
    Reply,
    Restore,
    Unknown,
    Wait,
)
from sgpctl.errors import ApiError, LocalStateError, Unclear
from sgpctl.limits import LOOK_SECONDS_MAX, LOOKS_MAX
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import NONCE

_Result = TypeVar("_Result")


class Platform(Interface):
    """What apply needs of the platform; `api.evaluations.Evaluations` is one.

    Each call raises `Unclear` when it may have taken effect, another `ApiError` when it provably had no effect.
    """

    async def find(self, key: str, value: str, /, *, tag: str | None) -> tuple[RemoteEvaluation, ...]: ...
    async def get(self, remote_id: str, /) -> RemoteEvaluation | None: ...
    async def create(
        self, body: Mapping[str, Json], /, *, unless: Callable[[], str | None]
    ) -> RemoteEvaluation: ...
    async def patch(self, remote_id: str, body: Mapping[str, Json], /) -> RemoteEvaluation | None: ...
    async def restore(self, remote_id: str, /) -> RemoteEvaluation | None: ...
    async def archive(self, remote_id: str, /) -> RemoteEvaluation | None: ...


@dataclass(frozen=True, slots=True)
class Driver:
    """Runs protocols against a platform, a journal and a clock.

    `why_not_to_create` is asked just before a create is sent, each time anew: a reason means that it is not.
    """

    platform: Platform
    journal: Journal
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    why_not_to_create: Callable[[], str | None] = lambda: None

    async def run(self, protocol: Protocol[_Result]) -> _Result:
        """Carry one protocol to its end and return what it ends with."""
        try:
            operation = next(protocol)
            while True:
                operation = protocol.send(await self._carry_out(operation))
        except StopIteration as end:
            result: _Result = end.value
            return result
        finally:
            protocol.close()

    async def _carry_out(self, operation: Operation) -> Reply:
        try:
            return await self._reply(operation)
        except Unclear as error:
            return Unknown(error.message)
        except ApiError as error:
            return Failed(error.message)
        except LocalStateError as error:
            return Failed(error.message)

    async def _reply(self, operation: Operation) -> Reply:
        match operation:
            case Find(nonce):
                return Found(await self.platform.find(NONCE, nonce, tag=None))
            case Create(body):
                return Got(await self.platform.create(body, unless=self.why_not_to_create))
            case Get(remote_id):
                return Got(await self._seen_lately(remote_id))
            case Patch(remote_id, body):
                return Got(await self.platform.patch(remote_id, body))
            case Restore(remote_id):
                return Got(await self.platform.restore(remote_id))
            case Archive(remote_id):
                return Got(await self.platform.archive(remote_id))
            case Wait(seconds):
                await self.sleep(seconds)
                return Noted()
            case Note(event, fields, is_durable):
                self.journal.write(event, fields, is_durable=is_durable)
                return Noted()

    async def _seen_lately(self, remote_id: str) -> RemoteEvaluation | None:
        """Writes rest on how a thing looks just before them, and an answer that trickles in shows how it looked long ago."""
        for _ in range(LOOKS_MAX - 1):
            asked_at = self.journal.now()
            seen = await self.platform.get(remote_id)
            if asked_at.seconds_until(self.journal.now()) <= LOOK_SECONDS_MAX:
                return seen
        return await self.platform.get(remote_id)
