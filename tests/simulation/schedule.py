"""What happens in one run of the simulation, drawn from its seed alone: versions of the manifests, weather, people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from sgpctl.model.evaluation import DesiredEvaluation
from tests.plan.sides import chat, declare
from tests.simulation.faults import Fault, Weather

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
PROTECTED = "kept"


class Deed(StrEnum):
    """What people do by hand between two applies."""

    DESCRIBE = "describe"
    RENAME = "rename"
    ARCHIVE = "archive"
    COPY = "copy"
    STRIP = "strip the digest"
    TAG = "tag"


class Remains(StrEnum):
    """What the next process finds of the journal of the last one."""

    JOURNAL = "the journal"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Slot:
    """One evaluation of one version. Its prompt is its own, so that its digest stands for it alone."""

    key: int
    name: str
    revision: int = 0
    description: str | None = None
    protect: bool = False

    def declared(self) -> DesiredEvaluation:
        return declare(
            self.name,
            protect=self.protect,
            data=[{"question": "one?"}],
            tasks=[chat(f"{self.key}.{self.revision}")],
            description=self.description,
        )


Version = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One apply of `version` in `weather`; people act before it. `remains` counts only after a death."""

    version: Version
    weather: Weather
    deed: Deed | None
    remains: Remains


@dataclass(frozen=True, slots=True)
class Schedule:
    seed: int
    steps: tuple[Step, ...]
    final: Version
    settle_seconds: float
    page_items: int | None
    parallelism: int

    @property
    def repeats_requests(self) -> bool:
        return any(Fault.TWICE in step.weather.kinds for step in self.steps)


def desired_of(version: Version) -> list[DesiredEvaluation]:
    return [slot.declared() for slot in sorted(version, key=lambda slot: slot.name)]


def schedule_of(seed: int) -> Schedule:
    random = Random(seed)  # a schedule, not a secret
    people_come = random.random() < 0.35
    is_doubling = random.random() < 0.3
    versions = _versions(random)
    steps = tuple(
        Step(
            version,
            _weather(random, is_doubling=is_doubling),
            random.choice(list(Deed)) if people_come and random.random() < 0.5 else None,
            random.choice(list(Remains)),
        )
        for version in versions
    )
    protected = tuple(slot for slot in versions[0] if slot.protect)
    others = tuple(slot for slot in versions[-1] if slot.name != PROTECTED)
    return Schedule(
        seed,
        steps,
        (*others, *protected),
        random.choice((0.0, 0.0, 1.0, 3.0, 7.0)),
        random.choice((None, 1, 2, 3)),
        random.choice((1, 2, 4)),
    )


def _weather(random: Random, *, is_doubling: bool) -> Weather:
    usable = [fault for fault in Fault if is_doubling or fault is not Fault.TWICE]
    kinds = tuple(random.sample(usable, random.randint(1, len(usable))))
    dies_at = random.randint(1, 90) if random.random() < 0.35 else None
    return Weather(random.choice((0.0, 0.05, 0.2, 0.5)), kinds, dies_at, only_writes=random.random() < 0.5)


def _versions(random: Random) -> list[Version]:
    first = tuple(Slot(key, NAMES[key]) for key in range(random.randint(1, 3)))
    if random.random() < 0.3:
        first = (*first, Slot(99, PROTECTED, protect=True))
    versions = [first]
    for number in range(random.randint(1, 4)):
        edits: tuple[Callable[[Random, list[Version], int], Version], ...] = (
            _with_one_more,
            _with_an_edit,
            _with_a_rename,
            _without_one,
            _reverted,
            _described,
            _swapped,
            _the_same,
        )
        version = versions[-1]
        for _ in range(random.randint(1, 2)):
            version = random.choice(edits)(random, [*versions, version], number)
        versions.append(version)
    return versions


def _with_one_more(random: Random, versions: list[Version], number: int) -> Version:
    free = [name for name in NAMES if name not in {slot.name for slot in versions[-1]}]
    key = 1 + max(slot.key % 99 for version in versions for slot in version)
    return (*versions[-1], Slot(key, random.choice(free))) if free else versions[-1]


def _with_an_edit(random: Random, versions: list[Version], number: int) -> Version:
    return _changed(random, versions[-1], lambda slot: replace(slot, revision=1 + number))


def _with_a_rename(random: Random, versions: list[Version], number: int) -> Version:
    free = [name for name in NAMES if name not in {slot.name for slot in versions[-1]}]
    return (
        _changed(random, versions[-1], lambda slot: replace(slot, name=random.choice(free)))
        if free
        else versions[-1]
    )


def _without_one(random: Random, versions: list[Version], number: int) -> Version:
    gone = random.randrange(len(versions[-1]))
    left = versions[-1][:gone] + versions[-1][gone + 1 :]
    return left if any(not slot.protect for slot in left) else versions[-1]


def _reverted(random: Random, versions: list[Version], number: int) -> Version:
    return random.choice(versions)


def _described(random: Random, versions: list[Version], number: int) -> Version:
    return _changed(random, versions[-1], lambda slot: replace(slot, description=f"as of {number}"))


def _swapped(random: Random, versions: list[Version], number: int) -> Version:
    free = [slot for slot in versions[-1] if not slot.protect]
    if len(free) < 2:
        return versions[-1]
    one, other = random.sample(free, 2)
    names = {one.key: other.name, other.key: one.name}
    return tuple(replace(slot, name=names.get(slot.key, slot.name)) for slot in versions[-1])


def _the_same(random: Random, versions: list[Version], number: int) -> Version:
    return versions[-1]


def _changed(random: Random, version: Version, change: Callable[[Slot], Slot]) -> Version:
    at = random.randrange(len(version))
    changed = change(version[at])
    if version[at].protect and (changed.name, changed.revision) != (version[at].name, version[at].revision):
        return version
    return (*version[:at], changed, *version[at + 1 :])
