"""Schedules that Hypothesis makes up on the way and makes shorter when something goes wrong: the same world, told in steps."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from sgpctl.model.evaluation import DesiredEvaluation
from tests.simulation.course import Course
from tests.simulation.parts import Parts
from tests.simulation.people import Deed
from tests.simulation.stored import NEIGHBOUR
from tests.simulation.versions import (
    EDITS,
    Edit,
    beginning,
    desired_of,
    with_its_protected,
)
from tests.simulation.weather import CALM, Aim, Fault, Front, Weather
from tests.simulation.world import Call, Climate, World

_STEPS_MAX = 8
_SETTINGS = settings(
    database=None,
    report_multiple_bugs=False,
    deadline=None,
    stateful_step_count=_STEPS_MAX,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
_MACHINES = 2
_NEXT_DOOR = Call(10, desired_of(beginning(2)), owner=NEIGHBOUR)
_REQUESTS = st.integers(1, 40)
_POINTS = st.none() | st.integers(1, 60)

climates = st.builds(
    Climate,
    seed=st.integers(0, 9),
    settle_seconds=st.sampled_from((0.0, 3.0, 7.0)),
    lag_seconds=st.sampled_from((0.0, 3.0)),
    latency_seconds=st.sampled_from((0.0, 1.0)),
    run_seconds=st.sampled_from((0.0, 30.0)),
    page_items=st.sampled_from((None, 1)),
    parallelism=st.sampled_from((1, 4)),
    has_lease=st.booleans(),
)
fronts = st.builds(
    Front,
    aim=st.sampled_from(Aim),
    share=st.sampled_from((1.0, 0.3)),
    kinds=st.lists(st.sampled_from(Fault), min_size=1, max_size=3, unique=True).map(tuple),
)
weathers = st.just(CALM) | st.builds(
    Weather,
    fronts=st.lists(fronts, max_size=2).map(tuple),
    dies_at=_POINTS,
    dies_at_await=_POINTS,
    stops_at=_POINTS,
    planned=st.dictionaries(_REQUESTS, st.sampled_from(Fault), max_size=3),
)


class Story(RuleBasedStateMachine):
    """Each step may follow any other; after each everything must hold, and at the end one calm apply converges."""

    parts: type[Parts] = Parts

    @initialize(climate=climates, count=st.integers(1, 3), protects=st.booleans())
    def begin(self, climate: Climate, *, count: int, protects: bool) -> None:
        self._versions = [beginning(count, protects=protects)]
        self._course = Course(World(climate, self.parts()))
        self._course.begin()
        self._repeats = self._is_wrong = False

    @rule(change=st.sampled_from(EDITS), luck=st.integers(0, 9))
    def edit(self, change: Edit, luck: int) -> None:
        self._versions.append(change(Random(luck), self._versions))

    @rule(weather=weathers, machine=st.integers(0, _MACHINES - 1))
    def apply(self, weather: Weather, machine: int) -> None:
        self._happen(Call(machine, self._desired, weather))

    @rule(weathers=st.lists(weathers, min_size=2, max_size=3), is_one_machine=st.booleans())
    def race(self, weathers: list[Weather], *, is_one_machine: bool) -> None:
        machines = [0 if is_one_machine else number % _MACHINES for number in range(len(weathers))]
        self._happen(
            *(
                Call(machine, self._desired, weather)
                for machine, weather in zip(machines, weathers, strict=True)
            )
        )

    @rule(weather=weathers)
    def apply_next_door(self, weather: Weather) -> None:
        self._happen(replace(_NEXT_DOOR, weather=weather))

    @rule(deed=st.sampled_from(Deed))
    def act(self, deed: Deed) -> None:
        self._course.act(deed, self._desired)

    @rule(seconds=st.sampled_from((1.0, 10.0, 200.0)))
    def wait(self, seconds: float) -> None:
        self._course.world.wait(seconds)

    @rule(machine=st.integers(0, _MACHINES - 1))
    def lose_journal(self, machine: int) -> None:
        self._course.lose_journal(machine)

    def teardown(self) -> None:
        if not hasattr(self, "_course"):
            return
        try:
            if not self._is_wrong:
                self._end()
        finally:
            self._course.world.close()

    def _end(self) -> None:
        if self._repeats:
            self._course.world.wait_until_lists_are_fresh()  # a twin that no list shows yet is folded by nobody
        last = desired_of(with_its_protected(self._versions[-1], self._versions[0]))
        self._hold(self._course.converge(Call(0, last)))
        self._hold(self._course.converge(_NEXT_DOOR))

    @property
    def _desired(self) -> tuple[DesiredEvaluation, ...]:
        return desired_of(self._versions[-1])

    def _happen(self, *calls: Call) -> None:
        self._repeats = self._repeats or any(call.weather.repeats for call in calls)
        self._hold(self._course.apply(calls))

    def _hold(self, wrong: list[str]) -> None:
        self._is_wrong = bool(wrong)
        assert not wrong, wrong[0]


def shortest_failure(stories: int, *, number: int | None = None, parts: type[Parts] = Parts) -> str | None:
    """The shortest story in which something goes wrong, step by step, if it does in any of so many.

    `number` chooses which; None always the same ones.
    """

    class Told(Story):
        pass

    Told.parts = parts
    machine = Told if number is None else seed(number)(Told)
    try:
        run_state_machine_as_test(
            machine, settings=settings(_SETTINGS, max_examples=stories, derandomize=number is None)
        )
    except AssertionError as error:
        return "\n".join([str(error), *getattr(error, "__notes__", ())])
    return None
