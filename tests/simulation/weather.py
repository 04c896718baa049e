"""What one process meets: which faults strike which requests, when it dies, when somebody stops it, who acts meanwhile.

A fault strikes before the request is delivered, or it is delivered and its answer is lost or spoilt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

import httpx

CREATES = ("POST", "/v5/evaluations")
LATE_SECONDS_MAX = 6.0
"""How late a request may still arrive after its sender gave it up, or arrive again."""
LAG_SECONDS_MAX = 9.0
"""For how long a new evaluation may be missing in what a lagging copy of the platform answers."""


class Fault(StrEnum):
    REFUSED = "refused connection"
    RESET_BEFORE = "reset before the server acts"
    RESET_AFTER = "reset after it committed"
    TIMEOUT_BEFORE = "timeout, never delivered"
    TIMEOUT_AFTER = "timeout, delivered"
    TIMEOUT_LATE = "timeout, delivered later"
    STATUS_BEFORE = "an error status, never delivered"
    STATUS_AFTER = "an error status, delivered"
    TOO_MANY = "429, never delivered"
    TRUNCATED = "a truncated body"
    GARBAGE_BEFORE = "a 200 with garbage, never delivered"
    GARBAGE_AFTER = "a 200 with garbage, delivered"
    SLOW = "a body that trickles in"
    STALLED = "a body that stops coming"
    TWICE = "delivered twice"
    TWICE_LATE = "delivered, and again later"
    TOTAL_OFF = "a wrong total"
    EMPTY = "a page without its items"
    LAGGING = "a page of a while ago"
    SHIFTING = "somebody acts between two pages"
    UNFILTERED = "a list that leaves the filter by tags out"
    CLOCK_JUMP = "the wall clock of the machine is set"


REPEATING = frozenset({Fault.TWICE, Fault.TWICE_LATE})
_AT_ONCE = {Fault.TIMEOUT_LATE: Fault.TIMEOUT_AFTER, Fault.TWICE_LATE: Fault.TWICE}
"""Only creates arrive late: what else comes after its time could undo what was done since, and nobody could tell."""
LOSING = (
    Fault.RESET_AFTER,
    Fault.TIMEOUT_AFTER,
    Fault.TIMEOUT_LATE,
    Fault.STATUS_AFTER,
    Fault.GARBAGE_AFTER,
    Fault.TRUNCATED,
    Fault.STALLED,
)
"""The create took effect, or will, and its sender does not know."""
BLINDING = (
    Fault.REFUSED,
    Fault.RESET_BEFORE,
    Fault.TIMEOUT_BEFORE,
    Fault.STATUS_BEFORE,
    Fault.TOO_MANY,
    Fault.GARBAGE_BEFORE,
    Fault.TRUNCATED,
    Fault.SLOW,
    Fault.EMPTY,
    Fault.LAGGING,
)
"""What is looked for is not found, though it may be there."""


class Aim(StrEnum):
    EVERYTHING = "every request"
    WRITES = "what changes something"
    CREATES = "creates"
    SEARCHES = "searches by a mark"

    def fits(self, request: httpx.Request) -> bool:
        match self:
            case Aim.EVERYTHING:
                return True
            case Aim.WRITES:
                return is_write(request)
            case Aim.CREATES:
                return is_create(request)
            case Aim.SEARCHES:
                return request.url.path.endswith("/filter")


@dataclass(frozen=True, slots=True)
class Front:
    """A share of the requests that it is aimed at meets one of its faults."""

    aim: Aim
    share: float
    kinds: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """From the create of this number on, for so many seconds, nothing of a process comes through."""

    at_create: int
    seconds: float

    def __str__(self) -> str:
        return f"no network for {self.seconds:.0f} s from create {self.at_create} on"


@dataclass(frozen=True, slots=True)
class Weather:
    """What one process meets. The first front that fits a request decides about it.

    `dies_at` and `stops_at` count requests and journal lines, each before and after: there the process dies, or somebody
    presses Ctrl-C. `dies_at_await` counts how often anything of the process goes on after it waited, for whatever: before
    it does, the process dies. None: never. `people` is the share of requests before which people act. `planned` are faults by the
    number of the request, from 1 on; they come before the fronts.
    """

    fronts: tuple[Front, ...] = ()
    dies_at: int | None = None
    dies_at_await: int | None = None
    stops_at: int | None = None
    people: float = 0.0
    cut: Cut | None = None
    planned: Mapping[int, Fault] = field(default_factory=dict)

    def __str__(self) -> str:
        counted = {
            "dies at point": self.dies_at,
            "dies at await": self.dies_at_await,
            "stopped at point": self.stops_at,
            "people": self.people or None,
        }
        said = [f"{words} {number}" for words, number in counted.items() if number is not None]
        said += [str(self.cut)] if self.cut is not None else []
        said += [f"{front.share:.0%} of {front.aim}: {' or '.join(front.kinds)}" for front in self.fronts]
        said += [f"request {number}: {fault}" for number, fault in self.planned.items()]
        return "; ".join(said) or "calm"

    @property
    def repeats(self) -> bool:
        """Whether the network may deliver a request more often than it was sent."""
        kinds = {kind for front in self.fronts for kind in front.kinds} | set(self.planned.values())
        return bool(kinds & REPEATING)

    def strike(self, request: httpx.Request, number: int, random: Random) -> Fault | None:
        """The fault that this request meets, if any."""
        fault = self.planned.get(number) or self._of_front(request, random)
        return fault if fault is None or is_create(request) else _AT_ONCE.get(fault, fault)

    def _of_front(self, request: httpx.Request, random: Random) -> Fault | None:
        for front in self.fronts:
            if front.aim.fits(request):
                return random.choice(front.kinds) if random.random() < front.share else None
        return None


CALM = Weather()


def is_create(request: httpx.Request) -> bool:
    return (request.method, request.url.path) == CREATES


def is_write(request: httpx.Request) -> bool:
    return request.method != "GET" and not request.url.path.endswith("/filter")


def drawn_weather(random: Random, *, repeats: bool, people: bool) -> Weather:
    """Weather of all kinds; with `repeats` also a network that repeats requests, with `people` some who act meanwhile."""
    kind = random.random()
    if kind < 0.25:
        fronts = _searches_fail(random)
    elif kind < 0.32:
        fronts = _answers_lag(random)
    else:
        fronts = _anything_fails(random, repeats=repeats)
    fate = random.random()
    return Weather(
        fronts,
        dies_at=random.randint(1, random.choice((60, 200))) if fate < 0.2 else None,
        dies_at_await=random.randint(1, random.choice((80, 240))) if 0.2 <= fate < 0.35 else None,
        stops_at=random.randint(1, 60) if random.random() < 0.1 else None,
        people=random.choice((0.02, 0.1)) if people else 0.0,
        cut=Cut(random.randint(1, 3), random.choice((5.0, 100.0, 300.0, 1_200.0)))
        if random.random() < 0.06
        else None,
    )


def _anything_fails(random: Random, *, repeats: bool) -> tuple[Front, ...]:
    usable = [fault for fault in Fault if repeats or fault not in REPEATING]
    kinds = tuple(random.sample(usable, random.randint(1, len(usable))))
    aim = Aim.EVERYTHING if random.random() < 0.5 else Aim.WRITES
    return (Front(aim, random.choice((0.0, 0.05, 0.2, 0.5)), kinds),)


def _answers_lag(random: Random) -> tuple[Front, ...]:
    """What is asked is answered by a copy that is behind, nearly always."""
    return (Front(Aim.EVERYTHING, random.choice((0.5, 0.9)), (Fault.LAGGING,)),)


def _searches_fail(random: Random) -> tuple[Front, ...]:
    """Answers to creates are lost, and what looks for them is blinded."""
    kinds = tuple(random.sample(BLINDING, random.randint(1, 4)))
    return (
        Front(Aim.CREATES, random.choice((0.3, 0.8)), LOSING),
        Front(Aim.SEARCHES, random.choice((0.4, 0.8, 1.0)), kinds),
    )
