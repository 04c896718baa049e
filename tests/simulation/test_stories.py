"""Short stories, each told once in a schedule or made up by Hypothesis; and what Hypothesis makes up today."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.course import Course
from tests.simulation.people import Deed
from tests.simulation.versions import beginning, desired_of
from tests.simulation.weather import Aim, Fault, Front, Weather
from tests.simulation.world import Call, Climate, World


def test_a_replace_whose_answer_was_lost_archives_what_it_replaces_once_its_run_is_seen() -> None:
    course = Course(World(Climate()))
    before = beginning(1)
    after = tuple(replace(slot, revision=1) for slot in before)
    searches_fail = dict.fromkeys(range(6, 36), Fault.REFUSED)
    weather = Weather((Front(Aim.CREATES, 1.0, (Fault.RESET_AFTER,)),), planned=searches_fail)
    try:
        course.begin()
        assert course.apply([Call(0, desired_of(before))]) == []
        course.act(Deed.RENAME, desired_of(before))
        assert course.apply([Call(0, desired_of(after), weather)]) == []
        assert [one.name for one in course.world.stored().values() if one.is_ours and one.is_live] == [
            "alpha"
        ]
    finally:
        course.world.close()
