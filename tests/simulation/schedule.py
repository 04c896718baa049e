"""What happens in one run of the simulation, drawn from its seed alone: versions of the manifests, runners, weather, people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.simulation.people import Deed
from tests.simulation.versions import (
    Version,
    first_version,
    next_version,
    with_its_protected,
)
from tests.simulation.weather import LAG_SECONDS_MAX, Weather, drawn_weather
from tests.simulation.world import Climate

_RACING_SHARE = 0.35


class Remains(StrEnum):
    """What the next process finds of the journal of the last one, if that died."""

    JOURNAL = "the journal"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Run:
    """One apply of `version` on a machine, `starts_after` seconds after the others of its step."""

    machine: int
    version: Version
    weather: Weather
    starts_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One apply, or several at once; people act before. `remains` counts only after a death."""

    runs: tuple[Run, ...]
    deed: Deed | None
    remains: Remains

    @property
    def machines(self) -> frozenset[int]:
        return frozenset(run.machine for run in self.runs)


@dataclass(frozen=True, slots=True)
class Schedule:
    climate: Climate
    steps: tuple[Step, ...]
    final: Version

    @property
    def repeats_requests(self) -> bool:
        return any(run.weather.repeats for step in self.steps for run in step.runs)

    @property
    def has_races(self) -> bool:
        return any(len(step.runs) > 1 for step in self.steps)


def schedule_of(seed: int) -> Schedule:
    random = Random(seed)  # a schedule, not a secret
    drawing = _Drawing(
        random,
        races=random.random() < _RACING_SHARE,
        repeats=random.random() < 0.25,
        people_between=random.random() < 0.3,
        people_within=random.random() < 0.15,
    )
    versions = [first_version(random)]
    for _ in range(random.randint(1, 2 if drawing.races else 4)):
        versions.append(next_version(random, versions))
    steps = tuple(drawing.step(versions[: number + 1]) for number in range(len(versions)))
    return Schedule(
        _climate(random, seed, has_races=drawing.races), steps, with_its_protected(versions[-1], versions[0])
    )


def _climate(random: Random, seed: int, *, has_races: bool) -> Climate:
    return Climate(
        seed,
        settle_seconds=random.choice((0.0, 0.0, 1.0, 3.0, 7.0)),
        lag_seconds=random.uniform(0.0, LAG_SECONDS_MAX),
        latency_seconds=random.choice((0.0, 0.0, 0.05, 1.0)),
        run_seconds=random.choice((0.0, 2.0, 30.0)),
        page_items=random.choice((None, 1, 2, 3)),
        parallelism=random.choice((1, 2, 4)),
        saves_plans=random.random() < 0.1,
        has_lease=has_races and random.random() < 0.4,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What kind of schedule it is: each trait shows in some of its steps."""

    random: Random
    races: bool
    repeats: bool
    people_between: bool
    people_within: bool

    def step(self, versions: list[Version]) -> Step:
        """One that applies the last of `versions`."""
        random = self.random
        deed = random.choice(list(Deed)) if self.people_between and random.random() < 0.5 else None
        return Step(self._runs(versions), deed, random.choice(list(Remains)))

    def _runs(self, versions: list[Version]) -> tuple[Run, ...]:
        random = self.random
        if not self.races or random.random() < 0.3:
            return (Run(0, versions[-1], self._weather()),)
        count = 3 if random.random() < 0.25 else 2
        spread = random.choice((0.0, 1.0, 20.0))
        has_mixed_versions = random.random() < 0.3
        return tuple(
            Run(
                random.randrange(count),
                random.choice(versions) if has_mixed_versions else versions[-1],
                self._weather(),
                random.uniform(0.0, spread),
            )
            for _ in range(count)
        )

    def _weather(self) -> Weather:
        people = self.people_within and self.random.random() < 0.5
        return drawn_weather(self.random, repeats=self.repeats, people=people)
