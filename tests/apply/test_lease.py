"""A lease keeps two applies of one project and environment apart, across machines."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.api.wire import UNKNOWN_TIME
from sgpctl.apply.hold import Hold
from sgpctl.apply.journal import Record, record_of
from sgpctl.apply.lease import Claim, LeaseListener, Leasing
from sgpctl.apply.leases import Leases
from sgpctl.errors import LocalStateError, RefusedError, Rejected
from sgpctl.limits import (
    LEASE_HELD_SECONDS_MAX,
    LEASE_RENEWALS,
    LEASE_SECONDS,
    LEASES_LOOKED_BACK,
    LISTS_BEHIND_SECONDS_MAX,
)
from sgpctl.model.lease import Lease, lease_body
from sgpctl.model.marks import Owner
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Answer, Fault, FaultPlan
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store, open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.simulation.clock import SimulatedLoop

OWNER = Owner("evals", "prod", "github.com/acme/evals")
PLACE = "host:/project/.sgpctl/lock-prod"
T = TypeVar("T")


class Notes:
    """The journal of a machine, kept in memory."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, event: str, fields: Mapping[str, str]) -> None:
        self._lines.append(json.dumps({"target": "t", "event": event, **fields}))

    def read(self) -> Record:
        return record_of(self._lines, "t")


class WholeSeconds(httpx.AsyncBaseTransport):
    """The way to a platform that keeps no fractions of a second."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = sandbox_transport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        content = re.sub(rb"(\d\d:\d\d:\d\d)\.\d+", rb"\1", await response.aread())
        return httpx.Response(response.status_code, content=content)


@dataclass
class Room:
    """A platform that everybody works on at once, in a time that passes only while all of them wait."""

    knobs: Knobs = field(default_factory=Knobs)
    faults: FaultPlan = field(default_factory=FaultPlan)
    tells_whole_seconds: bool = False
    seen: list[str] = field(default_factory=list)
    within: int = 0
    most_within: int = 0

    def __post_init__(self) -> None:
        self.loop = SimulatedLoop()
        # Ids fall, so that of two leases of one moment the later one comes first.
        ids = count(10**9, -1)
        self.store: Store = open_store(None, now=self.now, new_id=lambda: f"id-{next(ids)}")
        self.app = create_app(self.store, self.knobs, faults=self.faults)

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.loop.time())

    def leases(self, owner: Owner = OWNER) -> Leases:
        client = Client(
            Connection("http://sandbox.localhost", "acct", ApiKey("secret-key", source="the test")),
            transport=WholeSeconds(self.app) if self.tells_whole_seconds else sandbox_transport(self.app),
            sleep=asyncio.sleep,
            random=lambda: 0.5,
            now=self.loop.time,
        )
        return Leases(Evaluations(client), owner)

    def held(
        self,
        who: str,
        *,
        waits: float = 0.0,
        owner: Owner = OWNER,
        journal: Notes | None = None,
        listener: LeaseListener | None = None,
        slept: Callable[[], float] = lambda: 0.0,
    ) -> AbstractAsyncContextManager[Hold]:
        """The lease of `who`, whose machine was asleep for the seconds that `slept` tells."""
        leasing = Leasing(self.leases(owner), lambda: self.loop.time() + slept())
        claim = Claim(who, f"nonce of {who}", PLACE)
        return leasing.held(
            claim,
            journal=journal or Notes(),
            wait_seconds=waits,
            listener=listener or LeaseListener(),
        )

    async def make(self, who: str) -> str:
        """The lease of somebody of whom nothing more is heard."""
        made = await self.leases().platform.create(lease_body(OWNER, who, f"nonce of {who}"))
        return made.id

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
        async with self.held(who, waits=waits, owner=owner):
            self.within += 1
            self.most_within = max(self.most_within, self.within)
            self.seen.append(who)
            await asyncio.sleep(lasts)
            self.within -= 1

    async def left(self) -> list[Lease]:
        return await self.leases().live()


def test_a_lease_is_there_while_the_work_goes_on_and_gone_after_it() -> None:
    room = Room()

    async def work() -> tuple[list[str], list[Lease]]:
        async with room.held("ann@host"):
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
        await room.make("dead")
        await room.apply("next", begins=10, waits=300, lasts=0)
        return room.loop.time(), await room.left()

    ended, left = room.run(work)
    assert LEASE_SECONDS <= ended <= LEASE_SECONDS + LISTS_BEHIND_SECONDS_MAX + 10
    assert left == []


def test_who_begins_just_after_another_machine_has_ended_waits_until_lists_show_what_it_made() -> None:
    room = Room()
    told: list[float] = []

    async def work() -> tuple[float, float]:
        await room.apply("first", lasts=5)
        ended = room.loop.time()
        await asyncio.sleep(4)
        async with room.held("second", listener=LeaseListener(settles=told.append)):
            return ended, room.loop.time()

    ended, begun = room.run(work)
    assert ended + LISTS_BEHIND_SECONDS_MAX <= begun <= ended + LISTS_BEHIND_SECONDS_MAX + 1
    assert [round(seconds) for seconds in told] == [12]


def test_who_waited_for_another_machine_begins_when_lists_show_what_it_made() -> None:
    room = Room()

    async def first() -> float:
        await room.apply("first", lasts=30)
        return room.loop.time()

    async def second() -> float:
        await asyncio.sleep(1)
        async with room.held("second", waits=60):
            return room.loop.time()

    async def work() -> tuple[float, float]:
        return await asyncio.gather(first(), second())

    ended, begun = room.run(work)
    assert begun >= ended + LISTS_BEHIND_SECONDS_MAX


def test_an_apply_that_ended_long_ago_is_not_waited_for() -> None:
    room = Room()

    async def work() -> float:
        await room.apply("first")
        await asyncio.sleep(LISTS_BEHIND_SECONDS_MAX)
        begun = room.loop.time()
        await room.apply("second", lasts=0)
        return room.loop.time() - begun

    assert room.run(work) < 2


def test_an_apply_of_this_machine_is_not_waited_for_as_the_journal_knows_what_it_made() -> None:
    room = Room()

    async def work() -> float:
        notes = Notes()
        async with room.held("first", journal=notes):
            pass
        begun = room.loop.time()
        async with room.held("second", journal=notes):
            return room.loop.time() - begun

    assert room.run(work) < 2


_EMPTY = Answer(200, '{"object":"list","items":[],"total":0,"has_more":false,"limit":100}')


@pytest.mark.parametrize("answer", [_EMPTY, Answer(404), Answer(422), Answer(200, "Please sign in.")])
def test_where_nobody_can_tell_who_was_there_before_it_is_waited_as_long_as_lists_may_fall_behind(
    answer: Answer,
) -> None:
    room = Room()

    async def work() -> float:
        latest = 3  # after the two looks for the lease itself
        room.faults.add(Fault(answer, "GET", "/v5/evaluations", nth=latest, times=None))
        async with room.held("ann"):
            return room.loop.time()

    assert room.run(work) >= LISTS_BEHIND_SECONDS_MAX


def test_of_many_that_were_refused_meanwhile_the_one_that_worked_is_not_overlooked() -> None:
    room = Room()

    async def work() -> float:
        first = asyncio.create_task(room.apply("first", lasts=4000))
        await asyncio.sleep(1)
        for number in range(LEASES_LOOKED_BACK):
            await asyncio.sleep(30)
            await room.leases().platform.archive(await room.make(f"refused {number}"))
        await first
        begun = room.loop.time()
        await room.apply("second", lasts=0)
        return room.loop.time() - begun

    assert room.run(work) >= LISTS_BEHIND_SECONDS_MAX


def test_however_many_applies_there_were_long_ago_they_are_not_waited_for() -> None:
    room = Room()

    async def work() -> float:
        for number in range(LEASES_LOOKED_BACK + 1):
            await room.leases().platform.archive(await room.make(f"{number}"))
        await asyncio.sleep(LEASE_HELD_SECONDS_MAX)
        begun = room.loop.time()
        await room.apply("next", lasts=0)
        return room.loop.time() - begun

    assert room.run(work) < 2


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("archived_at", "renewed_seconds", "ended_at"),
    [
        (NOW - timedelta(seconds=5), 0, NOW - timedelta(seconds=5)),
        (NOW + timedelta(days=1), 10**9 - 1, NOW),
        (UNKNOWN_TIME, 0, NOW),
        (None, 0, NOW),
    ],
)
def test_a_lease_ended_when_it_was_taken_away_and_never_in_the_future_or_before_it_began(
    archived_at: datetime | None, renewed_seconds: int, ended_at: datetime
) -> None:
    lease = Lease("id", "ann", "nonce", NOW - timedelta(seconds=60), renewed_seconds, archived_at)
    assert lease.ended_at(NOW) == ended_at


def test_a_lease_that_nobody_took_away_ended_when_it_expired() -> None:
    lease = Lease("id", "ann", "nonce", NOW - timedelta(hours=1))
    assert lease.ended_at(NOW) == lease.expires_at < NOW


def test_no_clock_of_a_runner_is_trusted() -> None:
    room = Room()

    async def work() -> None:
        first = asyncio.create_task(room.apply("first", lasts=50))
        await asyncio.sleep(5)
        with pytest.raises(RefusedError):
            async with room.held("second", slept=lambda: 86_400.0):
                room.seen.append("second")
        await first

    room.run(work)
    assert room.seen == ["first"]


def test_a_lease_that_somebody_ends_is_noticed_within_one_renewal() -> None:
    room = Room()

    async def work() -> tuple[float, str | None]:
        lost = asyncio.Event()
        async with room.held("ann") as hold:
            hold.on_loss = lambda _: lost.set()
            (lease,) = await room.left()
            await room.leases().take_away(lease)
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
        async with room.held("ann") as hold:
            hold.on_loss = lambda _: lost.set()
            room.faults.add(Fault(Answer(503), times=None))
            await lost.wait()
            return room.loop.time(), hold.lost

    when, why = room.run(work)
    assert LEASE_SECONDS <= when < 3 * LEASE_SECONDS
    assert why == "the lease of this apply was not renewed in time and has expired"


@pytest.mark.parametrize("after_effect", [True, False])
def test_a_lease_whose_answer_was_lost_is_found_or_made_once_more(after_effect: bool) -> None:
    room = Room()
    room.faults.add(Fault(Answer(502, "gone", after_effect=after_effect), "POST", "/v5/evaluations"))

    async def work() -> tuple[int, list[Lease]]:
        async with room.held("ann"):
            during = await room.left()
        return len(during), await room.left()

    assert room.run(work) == (1, [])


def test_a_twin_of_the_own_lease_counts_for_nothing_and_is_taken_away() -> None:
    room = Room()

    async def work() -> list[str]:
        twin = await room.make("ann")
        async with room.held("ann"):
            return [lease.id for lease in await room.left() if lease.id == twin]

    assert room.run(work) == []


def test_a_lease_that_expired_is_lost_though_it_could_be_renewed_later() -> None:
    room = Room()

    async def work() -> str | None:
        lost = asyncio.Event()
        async with room.held("ann") as hold:
            hold.on_loss = lambda _: lost.set()
            room.faults.add(Fault(Answer(503), times=None))
            await asyncio.sleep(LEASE_SECONDS - 1)
            room.loop.call_later(2, room.faults.clear)
            await lost.wait()
            return hold.lost

    assert room.run(work) == "the lease of this apply was not renewed in time and has expired"


def test_a_lease_that_cannot_be_taken_away_is_told_and_does_not_spoil_the_work() -> None:
    room = Room()

    told: list[str] = []

    async def work() -> None:
        async with room.held("ann", listener=LeaseListener(left_behind=told.append)):
            room.faults.add(Fault(Answer(403, '{"detail":"may not"}'), "DELETE", times=None))

    room.run(work)
    (why,) = told
    assert "may not" in why


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
        await room.make("dead")
        notes = Notes()
        notes.write("lease", {"nonce": "nonce of dead", "place": PLACE})
        async with room.held("next", journal=notes):
            return await room.left()

    assert [lease.holder for lease in room.run(work)] == ["next"]


def test_the_lease_that_another_machine_wrote_into_a_journal_is_not_taken_away() -> None:
    room = Room()

    async def work() -> None:
        copied = Notes()
        copied.write("lease", {"nonce": "nonce of first", "place": "another host:/project/.sgpctl/lock-prod"})
        first = asyncio.create_task(room.apply("first", lasts=60))
        await asyncio.sleep(5)
        with pytest.raises(RefusedError):
            async with room.held("second", journal=copied):
                room.seen.append("second")
        await first

    room.run(work)
    assert room.seen == ["first"]


def test_a_dead_lease_that_may_not_be_taken_away_is_waited_for() -> None:
    room = Room()

    async def work() -> float:
        await room.make("dead")
        notes = Notes()
        notes.write("lease", {"nonce": "nonce of dead", "place": PLACE})
        room.faults.add(Fault(Answer(403, '{"detail":"may not"}'), "DELETE", times=None))
        async with room.held("next", journal=notes, waits=300):
            return room.loop.time()

    assert room.run(work) >= LEASE_SECONDS


def test_of_two_that_were_made_in_one_second_of_the_platform_one_holds() -> None:
    room = Room(tells_whole_seconds=True)

    async def work() -> None:
        await asyncio.gather(
            room.apply("first", lasts=60, waits=500), room.apply("second", begins=0.5, lasts=60, waits=500)
        )

    room.run(work)
    assert room.most_within == 1
    assert len(room.seen) == 2


def test_a_machine_that_slept_has_lost_its_lease_the_moment_it_wakes() -> None:
    room = Room()

    async def work() -> tuple[bool, bool, list[str]]:
        asleep, told = 0.0, list[str]()
        async with room.held("ann", slept=lambda: asleep, listener=LeaseListener(lost=told.append)) as hold:
            before = hold.is_lost()
            asleep = LEASE_SECONDS + 1.0
            return before, hold.is_lost(), told

    assert room.run(work) == (
        False,
        True,
        ["the lease of this apply was not renewed in time and has expired"],
    )


@pytest.mark.parametrize("status", [400, 422])
def test_a_renewal_that_the_platform_refuses_is_none(status: int) -> None:
    room = Room()

    async def work() -> tuple[float, str | None]:
        lost = asyncio.Event()
        async with room.held("ann", listener=LeaseListener(lost=lambda _: lost.set())) as hold:
            room.faults.add(Fault(Answer(status), "PATCH", times=None))
            await lost.wait()
            return room.loop.time(), hold.lost

    when, why = room.run(work)
    assert LEASE_SECONDS <= when <= LEASE_SECONDS + 5
    assert why == "the lease of this apply was not renewed in time and has expired"


def test_who_gives_up_waiting_takes_its_lease_away() -> None:
    room = Room()

    async def work() -> list[str]:
        first = asyncio.create_task(room.apply("first", lasts=60))
        waiting = asyncio.create_task(room.apply("second", begins=1, waits=1000))
        await asyncio.sleep(20)
        both = [lease.holder for lease in await room.left()]
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        left = [lease.holder for lease in await room.left()]
        await first
        return both + left

    assert room.run(work) == ["first", "second", "first"]


def test_who_waits_is_told_for_whom_once_for_each() -> None:
    room = Room()
    told: list[tuple[str, int]] = []

    async def work() -> None:
        listener = LeaseListener(lambda lease, seconds: told.append((lease.holder, round(seconds))))

        async def third() -> None:
            await asyncio.sleep(6)
            async with room.held("third", waits=500, listener=listener):
                room.seen.append("third")

        second = room.apply("second", begins=3, lasts=30, waits=500)
        await asyncio.gather(room.apply("first", lasts=30), second, third())

    room.run(work)
    assert [who for who, _ in told] == ["first", "second"]
    assert [seconds < 500 for _, seconds in told] == [False, True]
    assert room.seen == ["first", "second", "third"]


def test_who_waits_and_loses_its_own_lease_is_told_that() -> None:
    room = Room()

    async def work() -> RefusedError:
        first = asyncio.create_task(room.apply("first", lasts=200))
        waiting = asyncio.create_task(room.apply("second", begins=1, waits=1000))
        await asyncio.sleep(10)
        (_, second) = await room.left()
        await room.leases().take_away(second)
        with pytest.raises(RefusedError) as refused:
            await waiting
        await first
        return refused.value

    assert room.run(work).message == (
        "somebody took the lease of this apply away (`sgpctl unlock`); nothing was changed"
    )


def test_a_platform_that_takes_no_leases_is_told_as_such() -> None:
    room = Room()
    room.faults.add(Fault(Answer(422, '{"detail":"tasks: at least one"}'), "POST", "/v5/evaluations"))

    async def work() -> Rejected:
        with pytest.raises(Rejected) as refused:
            await room.apply("ann")
        return refused.value

    refused = room.run(work)
    assert refused.message.startswith("the lease of this apply could not be made, so nothing was changed: ")
    assert "tasks: at least one" in refused.message
    assert refused.hint is not None
    assert "`lock: false`" in refused.hint


def test_a_journal_that_cannot_be_written_at_the_end_does_not_spoil_the_work() -> None:
    room = Room()

    class Full(Notes):
        def write(self, event: str, fields: Mapping[str, str]) -> None:
            if event == "released":
                raise LocalStateError("the disk is full")
            super().write(event, fields)

    async def work() -> list[Lease]:
        async with room.held("ann", journal=Full()):
            room.seen.append("ann")
        return await room.left()

    assert (room.run(work), room.seen) == ([], ["ann"])


def test_leases_of_processes_that_are_dead_are_taken_away_without_work_too() -> None:
    room = Room()
    notes = Notes()

    async def work() -> list[str]:
        for holder in ("dead", "alive"):
            await room.make(holder)
        notes.write("lease", {"nonce": "nonce of dead", "place": PLACE})
        await Leasing(room.leases(), room.loop.time).take_away_dead(notes, PLACE)
        return [lease.holder for lease in await room.left()]

    assert room.run(work) == ["alive"]
    assert notes.read().leases == {}


@pytest.mark.parametrize(
    ("written", "shown"),
    [("ann\nerror: all is lost", "ann error: all is lost"), ("", "unknown"), ("x" * 5000, "x" * 200)],
)
def test_a_holder_is_words_within_a_sentence(written: str, shown: str) -> None:
    room = Room()

    async def work() -> list[str]:
        await room.leases().platform.create(lease_body(OWNER, written, "n"))
        return [lease.holder for lease in await room.left()]

    assert room.run(work) == [shown]


@given(
    begins=st.lists(st.floats(0, 30), min_size=2, max_size=5),
    lasts=st.floats(0, 300),
    waits=st.sampled_from([0.0, 20.0, 2000.0]),
    settle_seconds=st.floats(0, 5),
    latency_ms=st.integers(0, 900),
    tells_whole_seconds=st.booleans(),
)
def test_never_are_two_within(
    begins: list[float],
    lasts: float,
    waits: float,
    settle_seconds: float,
    latency_ms: int,
    tells_whole_seconds: bool,
) -> None:
    knobs = Knobs(settle_seconds=settle_seconds, latency_ms=latency_ms)
    room = Room(knobs, tells_whole_seconds=tells_whole_seconds)

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
