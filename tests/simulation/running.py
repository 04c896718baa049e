"""Runs schedules and says what went wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.invariants import check_rest, check_strangers
from tests.simulation.parts import Parts
from tests.simulation.runner import Ended
from tests.simulation.schedule import Remains, Schedule, Step, schedule_of
from tests.simulation.versions import desired_of
from tests.simulation.world import Call, World


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one schedule; `wrong` is empty when everything held."""

    seed: int
    wrong: tuple[str, ...]
    applies: int
    deaths: int
    races: int
    billed: int


def run_seed(
    seed: int, parts: Callable[[], Parts] = Parts, tell: Callable[[str], None] | None = None
) -> Verdict:
    """One schedule from its seed to its verdict; it ends at the first step after which something is wrong."""
    schedule = schedule_of(seed)
    world = World(schedule.climate, parts())
    try:
        return _Run(schedule, world, tell).verdict()
    finally:
        world.close()


@dataclass
class _Run:
    schedule: Schedule
    world: World
    tell: Callable[[str], None] | None
    applies: int = 0
    deaths: int = 0
    races: int = 0
    at: frozenset[int] = frozenset()

    def verdict(self) -> Verdict:
        wrong = tuple(self._wrong())
        return Verdict(
            self.schedule.climate.seed,
            wrong,
            self.applies,
            self.deaths,
            self.races,
            len(self.world.store.ledger()),
        )

    def _wrong(self) -> list[str]:
        world = self.world
        world.run(world.people.settle())
        world.wait(self.schedule.climate.settle_seconds)
        for step in self.schedule.steps:
            wrong = self._step(step)
            if wrong:
                return wrong
        return self._converge()

    def _step(self, step: Step) -> list[str]:
        world = self.world
        self._move_to(step.machines)
        world.people.desired = desired_of(step.runs[-1].version)
        if step.deed is not None:
            world.act(step.deed)
        if self.tell is not None:
            self.tell(f"people: {step.deed}; machines: {sorted(step.machines)}")
        calls = [
            Call(run.machine, desired_of(run.version), run.weather, run.starts_after) for run in step.runs
        ]
        ended = self._apply(*calls)
        if len(calls) > 1:
            self.races += 1
            world.wait_until_lists_are_fresh()
        died = [call.machine for call, end in zip(calls, ended, strict=True) if end.exit_code is None]
        self.deaths += len(died)
        if died and step.remains is Remains.NOTHING:
            # Without the journal nobody knows of what lists do not show yet.
            for number in died:
                world.machine(number).lines.clear()
            world.wait_until_lists_are_fresh()
        return self._judged()

    def _converge(self) -> list[str]:
        world = self.world
        desired = desired_of(self.schedule.final)
        self._move_to(frozenset({0}))
        if self.schedule.repeats_requests or world.random.random() < 0.5:
            # A twin that no list shows yet cannot be folded by anybody.
            world.wait_until_lists_are_fresh()
        for _ in range(2 if world.people.done else 1):
            (ended,) = self._apply(Call(0, desired))
            wrong = self._judged()
            if wrong:
                return wrong
        return check_rest(world, ended, world.plan(0, desired))

    def _move_to(self, machines: frozenset[int]) -> None:
        """What one machine did lately, others only learn from lists."""
        if self.at != machines:
            self.world.wait_until_lists_are_fresh()
        self.at = machines

    def _apply(self, *calls: Call) -> list[Ended]:
        self.applies += len(calls)
        ended = self.world.apply(*calls)
        if self.tell is not None:  # the words are long, and most schedules tell them to nobody
            for call, end in zip(calls, ended, strict=True):
                self.tell(f"{self.applies}: machine {call.machine}, {call.weather}: {end}")
        return ended

    def _judged(self) -> list[str]:
        world = self.world
        wrong = [*world.wrong, *world.bill.check(), *check_strangers(world)]
        world.wrong.clear()
        return wrong
