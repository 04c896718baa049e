"""`sgpctl apply` is killed at every request of an apply of 20 changes; the next one pays for nothing again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.processes.scene import BILLED, WANTED, Fate, all_at_once, is_write, request, scene, write_after
from tests.processes.spawning import Spawner

_LOOKS = 5


def _requests_of_an_undisturbed_apply(folder: Path, spawner: Spawner, prepared: Path) -> list[str]:
    with scene(folder / "undisturbed", spawner, prepared) as one:
        write_after(one.project)
        done = one.start().wait()
        assert (done.code, one.live(), one.billed()) == (0, WANTED, BILLED), done.err
        return one.striking.requests


def _writes(requests: list[str]) -> list[int]:
    """The numbers of the writes, but for the first, which makes the lease: one that comes late ends by itself."""
    return [number for number, words in enumerate(requests, start=1) if is_write(words)][1:]


@pytest.mark.parametrize(
    "fate",
    [Fate.LOST, Fate.UNANSWERED, Fate.LATE],
    ids=["the request is lost", "the answer is lost", "the effect comes late"],
)
def test_killed_at_each_request_it_pays_for_nothing_twice(
    fate: Fate, tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    requests = _requests_of_an_undisturbed_apply(tmp_path, spawner, prepared)
    points = _writes(requests) if fate is Fate.LATE else range(1, len(requests) + 1)
    assert len(points) > 20
    never_reached: list[int] = []

    def kill_at(number: int) -> list[str]:
        with scene(tmp_path / str(number), spawner, prepared) as one:
            one.striking.is_the_one = request(number)
            one.striking.fate = fate
            one.striking.strike = lambda process: process.send(signal.SIGKILL)
            write_after(one.project)
            killed = one.start().wait()
            if not one.striking.has_struck:
                never_reached.append(number)
            if killed.code != -signal.SIGKILL and one.striking.has_struck:
                return [f"request {number}: the process was not killed: {killed}"]
            return [f"request {number}, {requests[number - 1]}: {words}" for words in one.converges()]

    assert all_at_once(kill_at, points) == ""
    # Looks for what lists do not show yet are more or fewer, as they fall; the last requests of an apply are such looks.
    assert [number for number in never_reached if number <= len(requests) - _LOOKS] == []
