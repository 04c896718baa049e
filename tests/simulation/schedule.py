"""What happens in one run of the simulation, drawn from its seed alone: versions of the manifests, runners, weather, people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from sgpctl.model.marks import Owner
from tests.simulation.people import Deed
from tests.simulation.stored import NEIGHBOUR, OWNER
from tests.simulation.versions import Version, drawn_versions, with_its_protected
from tests.simulation.weather import CALM, LAG_SECONDS_MAX, Weather, drawn_weather
from tests.simulation.world import Climate

_RACING_SHARE = 0.35
_NEXT_DOOR = 10
"""The machine of the neighbours."""


class Remains(StrEnum):
    """What the next process finds of the journal of the last one, if that died."""

    JOURNAL = "the journal"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Run:
    """One apply of `version` on a machine, `starts_after` seconds after the others of its step."""

    machine: int
    version: Version
    weather: Weather = CALM
    starts_after: float = 0.0
    owner: Owner = OWNER


@dataclass(frozen=True, slots=True)
class Step:
    """One apply, or several at once, and perhaps one of the neighbours; people act before.

    `remains` counts only after a death.
    """

    runs: tuple[Run, ...]
    deed: Deed | None
    remains: Remains

    @property
    def machines(self) -> frozenset[int]:
        return frozenset(run.machine for run in self.runs if run.owner == OWNER)

    @property
    def version(self) -> Version:
        """What the last of our runs declares."""
        return [run.version for run in self.runs if run.owner == OWNER][-1]


@dataclass(frozen=True, slots=True)
class Schedule:
    """`last` are the undisturbed applies at the end, one after another."""

    climate: Climate
    steps: tuple[Step, ...]
    last: tuple[Run, ...]

    @property
    def repeats_requests(self) -> bool:
        return any(run.weather.repeats for step in self.steps for run in step.runs)


def schedule_of(seed: int) -> Schedule:
    random = Random(seed)  # a schedule, not a secret
    drawing = _Drawing(
        random,
        races=random.random() < _RACING_SHARE,
        repeats=random.random() < 0.25,
        people_between=random.random() < 0.3,
        people_within=random.random() < 0.15,
        neighbours=random.random() < 0.2,
    )
    count = random.randint(2, 3 if drawing.races else 5)
    ours = drawn_versions(random, count)
    theirs = drawn_versions(random, count) if drawing.neighbours else []
    steps = tuple(drawing.step(ours[:number], theirs[:number]) for number in range(1, count + 1))
    last = [Run(0, with_its_protected(ours[-1], ours[0]))]
    if theirs:
        last.append(Run(_NEXT_DOOR, with_its_protected(theirs[-1], theirs[0]), owner=NEIGHBOUR))
    return Schedule(_climate(random, seed, has_races=drawing.races), steps, tuple(last))


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
        has_lease=random.random() < (0.4 if has_races else 0.15),
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What kind of schedule it is: each trait shows in some of its steps."""

    random: Random
    races: bool
    repeats: bool
    people_between: bool
    people_within: bool
    neighbours: bool

    def step(self, ours: list[Version], theirs: list[Version]) -> Step:
        """One that applies the last of `ours`, and perhaps of `theirs` meanwhile."""
        random = self.random
        deed = random.choice(list(Deed)) if self.people_between and random.random() < 0.5 else None
        runs = self._runs(ours)
        if theirs and random.random() < 0.7:
            starts_after = random.choice((0.0, 1.0, 20.0))
            runs = (*runs, Run(_NEXT_DOOR, theirs[-1], self._weather(), starts_after, NEIGHBOUR))
        return Step(runs, deed, random.choice(list(Remains)))

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
