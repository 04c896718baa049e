"""Runs schedules and says what went wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sgpctl.model.marks import identity_marks
from tests.plan.sides import chat, declare
from tests.simulation.faults import LATE_SECONDS_MAX
from tests.simulation.invariants import check_bill, check_end, check_rest, check_strangers
from tests.simulation.schedule import NAMES, Remains, Schedule, Step, desired_of, schedule_of
from tests.simulation.world import Ended, Parts, Stored, World

_CALM_APPLIES = {False: 1, True: 2}
_NAMESAKES = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one schedule; `wrong` is empty when everything held."""

    seed: int
    wrong: tuple[str, ...]
    applies: int
    deaths: int
    billed: int


def run_seed(
    seed: int, parts: Callable[[], Parts] = Parts, tell: Callable[[str], None] | None = None
) -> Verdict:
    """One schedule from its seed to its verdict; it ends at the first step after which something is wrong."""
    schedule = schedule_of(seed)
    world = World(schedule, parts())
    try:
        return _Run(schedule, world, tell or (lambda _: None)).verdict()
    finally:
        world.close()


@dataclass
class _Run:
    schedule: Schedule
    world: World
    tell: Callable[[str], None]
    applies: int = 0
    deaths: int = 0

    def verdict(self) -> Verdict:
        wrong = self._wrong()
        return Verdict(
            self.schedule.seed, tuple(wrong), self.applies, self.deaths, len(self.world.store.ledger())
        )

    def _wrong(self) -> list[str]:
        _settle_strangers(self.world)
        has_meddled = False
        for step in self.schedule.steps:
            if step.deed is not None and self.world.meddle(step.deed):
                has_meddled = True
            wrong = self._step(step)
            if wrong:
                return wrong
        return self._converge(has_meddled=has_meddled)

    def _step(self, step: Step) -> list[str]:
        before = self.world.stored()
        ended = self.world.apply(desired_of(step.version), step.weather)
        wrong = self._judged(ended, before, f"{step.weather} after {step.deed}")
        if ended.exit_code is None:
            self.deaths += 1
            if step.remains is Remains.NOTHING:
                # Without the journal nobody knows of what lists do not show yet.
                self.world.lines.clear()
                self.world.wait(self.schedule.settle_seconds + LATE_SECONDS_MAX)
        return wrong

    def _converge(self, *, has_meddled: bool) -> list[str]:
        desired = desired_of(self.schedule.final)
        if self.schedule.repeats_requests or self.world.random.random() < 0.5:
            # A twin that no list shows yet cannot be folded by anybody.
            self.world.wait(self.schedule.settle_seconds + LATE_SECONDS_MAX)
        for _ in range(_CALM_APPLIES[has_meddled]):
            before = self.world.stored()
            ended = self.world.apply(desired)
            wrong = self._judged(ended, before, "undisturbed")
            if wrong:
                return wrong
        return check_rest(self.world, ended, self.world.plan(desired))

    def _judged(self, ended: Ended, before: Mapping[str, Stored], weather: str) -> list[str]:
        self.applies += 1
        self.tell(f"{self.applies}: {weather}: {ended}")
        wrong = [
            *self.world.wrong,
            *check_bill(self.world),
            *check_strangers(before, self.world.stored()),
            *check_end(self.world, ended),
        ]
        self.world.wrong.clear()
        return wrong


def _settle_strangers(world: World) -> None:
    """A second project with our names, and evaluations that somebody made by hand under them."""
    other = {"tags": ["sgpctl:billing:prod"], "metadata": identity_marks(declare(NAMES[0]))}
    world.create_by_hand({**declare(NAMES[0]).body, **other})
    for name in world.random.sample(NAMES, _NAMESAKES):
        world.create_by_hand({**declare(name, tasks=[chat("by hand")]).body})
    world.wait(world.schedule.settle_seconds)
