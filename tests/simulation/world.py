"""One project, one account and a bad network: applies of it, one after another or at once, each with the life of a process."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any, TypeVar

import httpx

from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner
from sgpctl.plan.plan import Plan
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.moments import moment_text
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.simulation.bill import Bill
from tests.simulation.clock import SimulatedLoop
from tests.simulation.invariants import check_write
from tests.simulation.line import Line
from tests.simulation.machines import BEGUN, Machine
from tests.simulation.network import Network
from tests.simulation.parts import Parts
from tests.simulation.people import Deed, People
from tests.simulation.platform import Platform
from tests.simulation.runner import Ended, Runner
from tests.simulation.stored import OWNER, Stored, all_stored
from tests.simulation.telling import check_end
from tests.simulation.weather import CALM, LATE_SECONDS_MAX, Weather

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Climate:
    """What stays the same while a world lasts."""

    seed: int = 0
    settle_seconds: float = 0.0
    lag_seconds: float = 0.0
    latency_seconds: float = 0.0
    run_seconds: float = 0.0
    page_items: int | None = None
    parallelism: int = 4
    saves_plans: bool = False
    has_lease: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One apply to be made: on which machine, of what, in which weather, how long after the others, and of which project."""

    machine: int
    desired: Sequence[DesiredEvaluation]
    weather: Weather = CALM
    starts_after: float = 0.0
    owner: Owner = OWNER


@dataclass
class World:
    """Everything that one schedule happens to. `wrong` are the sentences about what did not hold.

    `tell` is told of every request, deed and end of a process; None where nobody listens.
    """

    climate: Climate
    parts: Parts = field(default_factory=Parts)
    tell: Callable[[str], None] | None = None
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        climate = self.climate
        self.random = Random(f"world {climate.seed}")
        self.loop = SimulatedLoop()
        self.folder = Path(mkdtemp(prefix="sgpctl-simulation-"))
        self._ids, self._processes = count(1), count(1)
        self.store = open_store(None, now=self.now, new_id=lambda: f"id-{next(self._ids):04}")
        knobs = Knobs(run_seconds=climate.run_seconds, settle_seconds=climate.settle_seconds)
        self.server = Platform(sandbox_transport(create_app(self.store, knobs)), self.store, self.now)
        self.people = People(self.server, self.random, self.stored, self._changed_by_hand)
        self.network = Network(
            self.loop,
            self.server,
            self.random,
            self._judge_write,
            self.wrong.append,
            self._people_act,
            self.people.stir,
            self.stored,
            self.now,
            climate.page_items,
            climate.lag_seconds,
            climate.latency_seconds,
            self.tell,
        )
        self.machines: dict[int, Machine] = {}
        self.runners: list[Runner] = []
        self.bill = Bill(self)
        self.strangers: Mapping[str, Stored] = {}
        self._stored: tuple[tuple[int, int], dict[str, Stored]] | None = None
        self._by_hand = 0

    def now(self) -> datetime:
        return BEGUN + timedelta(seconds=self.loop.time())

    def close(self) -> None:
        self.run(self.loop.end_tasks())
        self.store.close()
        self.loop.close()
        shutil.rmtree(self.folder)

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self.loop.run_until_complete(work)

    def apply(self, *calls: Call) -> list[Ended]:
        """The processes of `calls`, all at once, from the start of the first to the end of the last."""
        self.runners = [self._runner(call) for call in calls]
        return self.run(self._all_end())

    def plan(self, call: Call) -> Plan:
        return self.run(self._runner(call).plan())

    def act(self, deed: Deed) -> bool:
        return self.run(self.people.act(deed))

    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def wait_until_lists_are_fresh(self) -> None:
        """After this nothing is under way any more, and every list shows all that there is."""
        climate = self.climate
        self.wait(max(climate.settle_seconds, climate.lag_seconds) + LATE_SECONDS_MAX + 0.1)

    def hides_what_people_made(self) -> bool:
        """Whether lists do not show yet what somebody made by hand."""
        with self.store.transaction(writes=False) as db:
            hidden = db.execute("SELECT id FROM evaluation WHERE listed_from > ?", (moment_text(self.now()),))
            return any(row["id"] in self.people.made for row in hidden)

    def machine(self, number: int) -> Machine:
        if number not in self.machines:
            name = f"machine-{number}"
            self.machines[number] = Machine(
                name, self.folder, self.loop.time, self.random, up_seconds=1000.0 * number
            )
        return self.machines[number]

    def stored(self) -> Mapping[str, Stored]:
        """All evaluations of the account by id, as they are now."""
        version = (self.network.writes, self._by_hand)
        if self._stored is None or self._stored[0] != version:
            self._stored = (version, all_stored(self.store))
        return self._stored[1]

    def judge_end(self, runner: Runner, ended: Ended) -> None:
        self.wrong += check_end(self, runner, ended)
        if self.tell is not None:
            self.tell(f"{runner.name}: {ended}")

    def _runner(self, call: Call) -> Runner:
        return Runner(
            self,
            f"process-{next(self._processes)}",
            self.machine(call.machine),
            call.desired,
            call.owner,
            call.weather,
            call.starts_after,
            self.climate.parallelism,
            self.climate.saves_plans,
        )

    async def _all_end(self) -> list[Ended]:
        if self.tell is not None:
            for one in self.runners:
                self.tell(f"{one.name}: {one}")
        return await asyncio.gather(*(self._end_of(one) for one in self.runners))

    async def _end_of(self, one: Runner) -> Ended:
        """Whoever dies ends there and then, whatever its parts would have made of it."""
        watch = one.go_on if one.weather.dies_at_await is not None else None
        life, death = self.loop.start(one.name, one.live(), watch), one.line.death
        await asyncio.wait({life, death}, return_when=asyncio.FIRST_COMPLETED)
        if death.done():
            await self.loop.end_tasks(one.name)
            one.end(Ended(None))
        else:
            life.result()
        assert one.ended is not None
        return one.ended

    def _judge_write(self, line: Line, request: httpx.Request) -> None:
        if request.method in {"PATCH", "DELETE"}:
            self.wrong += check_write(self, line, request)

    async def _people_act(self) -> None:
        await self.people.act()

    def _changed_by_hand(self, what: str) -> None:
        if self.tell is not None:
            self.tell(f"  people: {what}")
        self._by_hand += 1
        # What was disowned may change once more, by whoever had its last look before; each write is judged by that look.
        strangers = (one for one in self.stored().values() if one.is_a_strangers)
        self.strangers = {one.id: one for one in strangers if one.id not in self.people.disowned}
