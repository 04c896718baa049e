"""A lease keeps two applies of one project and environment apart, across machines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.apply.journal import Record, record_of
from sgpctl.apply.lease import Hold, Leasing
from sgpctl.errors import RefusedError
from sgpctl.limits import LEASE_RENEWALS, LEASE_SECONDS
from sgpctl.model.lease import Lease, lease_body
from sgpctl.model.marks import Owner
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Answer, Fault, FaultPlan
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store, open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.simulation.clock import SimulatedLoop

OWNER = Owner("evals", "prod", "github.com/acme/evals")
T = TypeVar("T")


class Notes:
    """The journal of a machine, kept in memory."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, event: str, fields: Mapping[str, str]) -> None:
        self._lines.append(json.dumps({"target": "t", "event": event, **fields}))

    def read(self) -> Record:
        return record_of(self._lines, "t")


@dataclass
class Room:
    """A platform that everybody works on at once, in a time that passes only while all of them wait."""

    knobs: Knobs = field(default_factory=Knobs)
    faults: FaultPlan = field(default_factory=FaultPlan)
    seen: list[str] = field(default_factory=list)
    within: int = 0
    most_within: int = 0

    def __post_init__(self) -> None:
        self.loop = SimulatedLoop()
        self.store: Store = open_store(None, now=self.now)
        self.app = create_app(self.store, self.knobs, faults=self.faults)

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.loop.time())

    def leasing(self, owner: Owner = OWNER, transport: httpx.AsyncBaseTransport | None = None) -> Leasing:
        client = Client(
            Connection("http://sandbox.localhost", "acct", ApiKey("secret-key", source="the test")),
            transport=transport or sandbox_transport(self.app),
            sleep=asyncio.sleep,
            random=lambda: 0.5,
            now=self.loop.time,
        )
        return Leasing(Evaluations(client), owner, self.loop.time)

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        async def whole() -> T:
            return await work()

        try:
            return self.loop.run_until_complete(whole())
        finally:
            self.loop.close()
            self.store.close()

    async def apply(
        self, who: str, *, begins: float = 0.0, lasts: float = 10.0, waits: float = 0.0, owner: Owner = OWNER
    ) -> None:
        """One apply under a lease, as far as the others can see it."""
        await asyncio.sleep(begins)
        async with self.leasing(owner).held(who, f"nonce of {who}", journal=Notes(), wait_seconds=waits):
            self.within += 1
            self.most_within = max(self.most_within, self.within)
            self.seen.append(who)
            await asyncio.sleep(lasts)
            self.within -= 1

    async def left(self) -> list[Lease]:
        return await self.leasing().live()


def test_a_lease_is_there_while_the_work_goes_on_and_gone_after_it() -> None:
    room = Room()

    async def work() -> tuple[list[str], list[Lease]]:
        async with room.leasing().held("ann@host", "n1", journal=Notes(), wait_seconds=0):
            during = [lease.holder for lease in await room.left()]
        return during, await room.left()

    assert room.run(work) == (["ann@host"], [])


def test_a_lease_costs_nothing() -> None:
    room = Room()

    async def work() -> int:
        await room.apply("ann")
        return len(room.store.ledger())

    assert room.run(work) == 0


def test_who_comes_second_is_refused_with_the_name_of_the_first() -> None:
    room = Room()

    async def work() -> tuple[RefusedError, list[str]]:
        first = asyncio.create_task(room.apply("ann@laptop", lasts=20))
        with pytest.raises(RefusedError) as refused:
            await room.apply("the job", begins=5)
        left = [lease.holder for lease in await room.left()]
        await first
        return refused.value, left

    refused, left = room.run(work)
    assert "ann@laptop, since 00:00:00 UTC; nothing was changed" in refused.message
    assert refused.hint is not None
    assert "ends at 00:02:00 UTC by itself; `sgpctl unlock`" in refused.hint
    assert left == ["ann@laptop"]


def test_who_waits_goes_on_when_the_first_is_through() -> None:
    room = Room()

    async def work() -> list[Lease]:
        await asyncio.gather(room.apply("first", lasts=30), room.apply("second", begins=1, waits=60))
        return await room.left()

    assert room.run(work) == []
    assert room.seen == ["first", "second"]
    assert room.most_within == 1


def test_another_project_or_environment_is_not_waited_for() -> None:
    room = Room()

    async def work() -> None:
        await asyncio.gather(
            room.apply("prod"),
            room.apply("staging", owner=Owner("evals", "staging", OWNER.repository)),
            room.apply("others", owner=Owner("others", "prod", OWNER.repository)),
        )

    room.run(work)
    assert room.most_within == 3


def test_tags_that_the_platform_lowercases_are_leases_all_the_same() -> None:
    room = Room(Knobs(lowercase_tags=True))
    owner = Owner("Evals", "Prod", None)

    async def work() -> None:
        first = asyncio.create_task(room.apply("first", owner=owner))
        with pytest.raises(RefusedError):
            await room.apply("second", begins=5, owner=owner)
        await first

    room.run(work)
    assert room.seen == ["first"]


def test_long_work_keeps_its_lease() -> None:
    room = Room()

    async def work() -> None:
        first = asyncio.create_task(room.apply("first", lasts=10 * LEASE_SECONDS))
        with pytest.raises(RefusedError):
            await room.apply("second", begins=1, waits=9 * LEASE_SECONDS)
        await first

    room.run(work)
    assert room.seen == ["first"]


def test_the_lease_of_an_apply_that_died_is_taken_over_when_it_expires() -> None:
    room = Room()

    async def work() -> tuple[float, list[Lease]]:
        await room.leasing().platform.create(lease_body(OWNER, "dead", "n0"))
        await room.apply("next", begins=10, waits=300, lasts=0)
        return room.loop.time(), await room.left()

    ended, left = room.run(work)
    assert LEASE_SECONDS <= ended <= LEASE_SECONDS + 10
    assert left == []


def test_no_clock_of_a_runner_is_trusted() -> None:
    room = Room()

    async def work() -> None:
        first = asyncio.create_task(room.apply("first", lasts=50))
        await asyncio.sleep(5)
        ahead = room.leasing()
        ahead = Leasing(ahead.platform, OWNER, lambda: room.loop.time() + 86_400)
        with pytest.raises(RefusedError):
            async with ahead.held("second", "n2", journal=Notes(), wait_seconds=0):
                room.seen.append("second")
        await first

    room.run(work)
    assert room.seen == ["first"]


def test_a_lease_that_somebody_ends_is_noticed_within_one_renewal() -> None:
    room = Room()

    async def work() -> tuple[float, str | None]:
        lost = asyncio.Event()
        async with room.leasing().held("ann", "n1", journal=Notes(), wait_seconds=0) as hold:
            hold.on_loss = lambda _: lost.set()
            (lease,) = await room.left()
            await room.leasing().take_away(lease)
            ended = room.loop.time()
            await lost.wait()
            return room.loop.time() - ended, hold.lost

    waited, why = room.run(work)
    assert waited <= LEASE_SECONDS / LEASE_RENEWALS
    assert why is not None
    assert "`sgpctl unlock`" in why


def test_a_lease_that_cannot_be_renewed_is_lost_when_it_expires_and_not_before() -> None:
    room = Room()

    async def work() -> tuple[float, str | None]:
        lost = asyncio.Event()
        async with room.leasing().held("ann", "n1", journal=Notes(), wait_seconds=0) as hold:
            hold.on_loss = lambda _: lost.set()
            room.faults.add(Fault(Answer(503), times=None))
            await lost.wait()
            return room.loop.time(), hold.lost

    when, why = room.run(work)
    assert LEASE_SECONDS <= when < 3 * LEASE_SECONDS
    assert why == "the lease of this apply could not be renewed and has expired"


@pytest.mark.parametrize("after_effect", [True, False])
def test_a_lease_whose_answer_was_lost_is_found_or_made_once_more(after_effect: bool) -> None:
    room = Room()
    room.faults.add(Fault(Answer(502, "gone", after_effect=after_effect), "POST", "/v5/evaluations"))

    async def work() -> tuple[int, list[Lease]]:
        async with room.leasing().held("ann", "n1", journal=Notes(), wait_seconds=0):
            during = await room.left()
        return len(during), await room.left()

    assert room.run(work) == (1, [])


def test_a_twin_of_the_own_lease_counts_for_nothing_and_is_taken_away() -> None:
    room = Room()

    async def work() -> list[str]:
        twin = await room.leasing().platform.create(lease_body(OWNER, "ann", "n1"))
        async with room.leasing().held("ann", "n1", journal=Notes(), wait_seconds=0):
            return [lease.id for lease in await room.left() if lease.id == twin.id]

    assert room.run(work) == []


def test_a_lease_that_expired_is_lost_though_it_could_be_renewed_later() -> None:
    room = Room()

    async def work() -> str | None:
        lost = asyncio.Event()
        async with room.leasing().held("ann", "n1", journal=Notes(), wait_seconds=0) as hold:
            hold.on_loss = lambda _: lost.set()
            room.faults.add(Fault(Answer(503), times=None))
            await asyncio.sleep(LEASE_SECONDS - 1)
            room.loop.call_later(2, room.faults.clear)
            await lost.wait()
            return hold.lost

    assert room.run(work) == "the lease of this apply could not be renewed and has expired"


def test_a_lease_that_cannot_be_taken_away_is_told_and_does_not_spoil_the_work() -> None:
    room = Room()

    async def work() -> Hold:
        async with room.leasing().held("ann", "n1", journal=Notes(), wait_seconds=0) as hold:
            room.faults.add(Fault(Answer(403, '{"detail":"may not"}'), "DELETE", times=None))
        return hold

    left_behind = room.run(work).left_behind
    assert left_behind is not None
    assert "may not" in left_behind


def test_work_that_is_stopped_at_once_leaves_its_lease_to_expire() -> None:
    room = Room()

    async def work() -> tuple[list[str], list[Lease]]:
        applying = asyncio.create_task(room.apply("stopped", lasts=1000))
        await asyncio.sleep(5)
        applying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await applying
        left = [lease.holder for lease in await room.left()]
        await asyncio.sleep(LEASE_SECONDS)
        await room.apply("next")
        return left, await room.left()

    assert room.run(work) == (["stopped"], [])


def test_the_lease_of_a_process_that_is_known_to_be_dead_is_not_waited_for() -> None:
    room = Room()

    async def work() -> list[Lease]:
        await room.leasing().platform.create(lease_body(OWNER, "dead", "n0"))
        notes = Notes()
        notes.write("lease", {"nonce": "n0"})
        async with room.leasing().held("next", "n1", journal=notes, wait_seconds=0):
            return await room.left()

    assert [lease.holder for lease in room.run(work)] == ["next"]


@given(
    begins=st.lists(st.floats(0, 30), min_size=2, max_size=5),
    lasts=st.floats(0, 300),
    waits=st.sampled_from([0.0, 20.0, 2000.0]),
    settle_seconds=st.floats(0, 5),
    latency_ms=st.integers(0, 900),
)
def test_never_are_two_within(
    begins: list[float], lasts: float, waits: float, settle_seconds: float, latency_ms: int
) -> None:
    room = Room(Knobs(settle_seconds=settle_seconds, latency_ms=latency_ms))

    async def work() -> list[BaseException | None]:
        applies = (
            room.apply(str(number), begins=begin, lasts=lasts, waits=waits)
            for number, begin in enumerate(begins)
        )
        return await asyncio.gather(*applies, return_exceptions=True)

    ends = room.run(work)
    assert room.most_within == 1
    assert all(end is None or isinstance(end, RefusedError) for end in ends)
    assert len(room.seen) == ends.count(None) >= 1
    assert waits < 2000 or ends.count(None) == len(begins)
