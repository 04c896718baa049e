"""Short stories in the simulated world: some that are kept, and those that Hypothesis makes up and makes shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.simulation.course import Course
from tests.simulation.defects import DEFECTS
from tests.simulation.parts import Parts
from tests.simulation.people import Deed
from tests.simulation.story import Story, shortest_failure
from tests.simulation.versions import PROTECTED, beginning, desired_of
from tests.simulation.weather import CALM, Aim, Fault, Front, Weather
from tests.simulation.world import Call, Climate, World

_ANSWERS_TO_CREATES_ARE_LOST = Weather((Front(Aim.CREATES, 1.0, (Fault.RESET_AFTER,)),))


@contextmanager
def _story(parts: type[Parts]) -> Iterator[Story]:
    story = Story()
    story.parts = parts
    story.begin(Climate(), count=1, protects=True)
    try:
        yield story
    finally:
        story.teardown()


def _archived_by_hand(story: Story) -> None:
    story.apply(CALM, 0)
    story.act(Deed.ARCHIVE)


def _without_answer(story: Story) -> None:
    story.apply(_ANSWERS_TO_CREATES_ARE_LOST, 0)


def _no_longer_declared(story: Story) -> None:
    story.apply(CALM, 0)
    story.edit(lambda _, versions: tuple(slot for slot in versions[-1] if slot.name != PROTECTED), 0)
    story.apply(CALM, 0)


@pytest.mark.parametrize(
    ("defect", "tell"),
    [
        ("ReadsNoArchive", _archived_by_hand),
        ("ResendsBlindly", _without_answer),
        ("IgnoresRefusals", _no_longer_declared),
    ],
)
def test_a_short_story_tells_a_defect_from_the_real_thing(defect: str, tell: Callable[[Story], None]) -> None:
    with _story(Parts) as story:
        tell(story)
    with pytest.raises(AssertionError), _story(DEFECTS[defect]) as story:
        tell(story)


@pytest.mark.parametrize("defect", ["SaysAllIsWell", "SendsNoNonce", "TakesNoTurns"])
def test_hypothesis_finds_a_defect_and_tells_it_in_at_most_two_steps(defect: str) -> None:
    told = shortest_failure(300, parts=DEFECTS[defect])
    assert told is not None
    assert told.count("\nstate.") - len(["begin", "teardown"]) <= 2


def test_whatever_hypothesis_makes_up_the_promise_is_kept() -> None:
    assert shortest_failure(40) is None


@pytest.mark.parametrize(
    ("luck", "slow_request"),
    [(8, 4), (13, 5)],
    ids=["the look at what goes takes long", "the look at what stays takes long"],
)
def test_of_two_runs_one_stays_though_two_applies_choose_differently(luck: int, slow_request: int) -> None:
    """Both run when the one apply plans; the other one has a page from then, and one from when they had ended."""
    course = Course(World(Climate(luck, latency_seconds=0.05, run_seconds=30.0, page_items=1)))
    desired = desired_of(beginning(1))
    try:
        course.begin()
        assert course.apply([Call(0, desired), Call(1, desired)]) == []
        weathers = [Weather(planned={number: Fault.SLOW}) for number in (1, slow_request)]
        calls = [Call(machine, desired, weather) for machine, weather in enumerate(weathers)]
        assert course.apply(calls) == []
        assert course.converge(Call(0, desired)) == []
    finally:
        course.world.close()


@pytest.mark.parametrize("luck", [1, 2])
def test_a_create_that_waited_for_its_turn_and_left_just_before_its_process_died_is_found(luck: int) -> None:
    """Its line in the journal is minutes old by then, and no list shows the run yet.

    Its turn comes with the end of the answer to the first create, as a 429 has narrowed the gate.
    """
    course = Course(World(Climate(luck, settle_seconds=3.0, parallelism=2)))
    desired = desired_of(beginning(2))
    try:
        course.begin()
        weather = Weather(planned={1: Fault.TOO_MANY, 7: Fault.SLOW}, dies_at=28)
        assert course.apply([Call(0, desired, weather)]) == []
        assert [one.name for one in course.world.stored().values() if one.is_ours] == ["alpha", "beta"]
        assert course.apply([Call(0, desired)]) == []
    finally:
        course.world.close()


def test_a_replace_whose_answer_was_lost_archives_what_it_replaces_once_its_run_is_seen() -> None:
    course = Course(World(Climate()))
    before = beginning(1)
    after = tuple(replace(slot, revision=1) for slot in before)
    searches_fail = dict.fromkeys(range(6, 36), Fault.REFUSED)
    try:
        course.begin()
        assert course.apply([Call(0, desired_of(before))]) == []
        course.act(Deed.RENAME, desired_of(before))
        weather = replace(_ANSWERS_TO_CREATES_ARE_LOST, planned=searches_fail)
        assert course.apply([Call(0, desired_of(after), weather)]) == []
        assert [one.name for one in course.world.stored().values() if one.is_ours and one.is_live] == [
            "alpha"
        ]
    finally:
        course.world.close()
