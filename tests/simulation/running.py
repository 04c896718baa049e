"""Runs schedules and says what went wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.course import Course
from tests.simulation.parts import Parts
from tests.simulation.schedule import Remains, Run, Schedule, Step, schedule_of
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


def run_seed(
    seed: int, parts: Callable[[], Parts] = Parts, tell: Callable[[str], None] | None = None
) -> Verdict:
    """One schedule from its seed to its verdict; it ends at the first step after which something is wrong."""
    schedule = schedule_of(seed)
    world = World(schedule.climate, parts(), tell)
    course = Course(world)
    try:
        wrong = _wrong(schedule, course)
    except Exception as error:  # noqa: BLE001 - it is a finding, and the schedules after it are run all the same
        wrong = [f"it broke off: {type(error).__name__}: {error}"]
    finally:
        world.close()
    return Verdict(seed, tuple(wrong), course.applies, course.deaths, course.races)


def _wrong(schedule: Schedule, course: Course) -> list[str]:
    course.begin()
    for step in schedule.steps:
        wrong = _wrong_in(step, course)
        if wrong:
            return wrong
    world = course.world
    course.move_to(frozenset({0}))
    if schedule.repeats_requests or world.random.random() < 0.5:
        # A twin that no list shows yet cannot be folded by anybody.
        world.wait_until_lists_are_fresh()
    for last in schedule.last:
        wrong = course.converge(_call(last))
        if wrong:
            return wrong
    return []


def _wrong_in(step: Step, course: Course) -> list[str]:
    calls = [_call(run) for run in step.runs]
    course.move_to(step.machines)
    if step.deed is not None:
        course.act(step.deed, desired_of(step.version))
    return course.apply(calls, forgets=step.remains is Remains.NOTHING)


def _call(run: Run) -> Call:
    return Call(run.machine, desired_of(run.version), run.weather, run.starts_after, run.owner)
