"""Ctrl-C and SIGTERM, once and twice: what an apply still does, what it says, and that the next one pays for nothing again."""

from __future__ import annotations

import os
import pty
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest

from sgpctl.apply.lock import exclusive
from sgpctl.model.lease import lease_body
from sgpctl.model.marks import Owner
from tests.processes.scene import (
    BILLED_BEFORE,
    CREATED,
    REPLACED,
    Fate,
    Scene,
    all_at_once,
    is_write,
    request,
    scene,
    write_after,
)
from tests.processes.spawning import Process, Spawner, Surroundings

Requests = list[str]
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
LIST, LEASE = "GET /v5/evaluations", "POST /v5/evaluations"  # a lease is made as everything is
UPDATE, CREATE, ARCHIVE = request(1, "PATCH *"), request(4, "POST /v5/evaluations"), request(1, "DELETE *")


@contextmanager
def to_be_struck(
    folder: Path,
    spawner: Spawner,
    prepared: Path,
    is_the_one: Callable[[Requests], bool],
    number: int,
    then: Callable[[Process], None],
) -> Iterator[Scene]:
    """A scene with the 20 changes to make, in which a process is sent a signal at one of its requests."""
    with scene(folder, spawner, prepared) as one:
        one.striking.is_the_one, one.striking.then = is_the_one, then
        one.striking.strike = lambda process: process.send(number)
        write_after(one.project)
        yield one


def _says(words: str) -> Callable[[Process], None]:
    return lambda process: process.wait_until_it_says(words)


def _again(number: int) -> Callable[[Process], None]:
    def then(process: Process) -> None:
        process.wait_until_it_says("nothing new is started")
        process.send(number)
        process.wait_until_it_says("Stopped.")

    return then


@BOTH
@pytest.mark.parametrize("point", [UPDATE, CREATE, ARCHIVE], ids=["update", "create", "archive"])
def test_once_finishes_what_is_in_flight_and_says_what_is_left(
    number: int, point: Callable[[Requests], bool], tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    stops = _says("nothing new is started")
    with to_be_struck(tmp_path / "scene", spawner, prepared, point, number, stops) as one:
        done = one.start().wait()
        assert done.code == 130, done.err
        sent = one.striking.requests.count("POST /v5/evaluations") - 1
        assert sent == (one.billed() - BILLED_BEFORE).total()
        assert sent < len(CREATED) + len(REPLACED) or point is ARCHIVE
        assert all(
            words in done.out
            for words in ("Interrupted: ", "Not started:", "Run `sgpctl apply` for this environment again")
        )
        assert (one.unreturned(), one.leases()) == (set(), [])
        assert one.converges() == []


def test_twice_stops_at_once_and_the_next_apply_pays_for_nothing_again(
    tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    points = {"update": UPDATE, "create": CREATE, "archive": ARCHIVE}
    fates = (Fate.LOST, Fate.LATE)

    def stop(case: tuple[int, str, Fate]) -> list[str]:
        number, point, fate = case
        folder = tmp_path / f"{point}-{number}-{fate.name}"
        with to_be_struck(folder, spawner, prepared, points[point], number, _again(number)) as one:
            one.striking.fate = fate
            done = one.start().wait()
            told = (
                "Stopped. What was in flight is in the journal" in done.err and "ends by itself" in done.err
            )
            wrong = [] if done.code == 130 and told else [f"it ended with {done}"]
            wrong += ["a traceback"] if "Traceback" in done.err else []
            wrong += [] if one.unreturned() else ["the lease was given back, though something was in flight"]
            return [f"{folder.name}: {words}" for words in (*wrong, *one.converges())]

    assert all_at_once(stop, product((signal.SIGINT, signal.SIGTERM), points, fates)) == ""


@BOTH
def test_while_it_plans_it_ends_at_once(
    number: int, tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    ends = _says("interrupted")
    with to_be_struck(tmp_path / "scene", spawner, prepared, request(1), number, ends) as one:
        done = one.start().wait()
        assert (done.code, done.out, done.err) == (130, "", "\ninterrupted\n")
        assert not any(map(is_write, one.striking.requests))


@BOTH
def test_while_it_plans_under_its_lease_it_gives_the_lease_back(
    number: int, tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    def plans_again(requests: Requests) -> bool:
        return LEASE in requests and requests[-4:] == [LIST] * 4

    ends = _says("interrupted")
    with to_be_struck(tmp_path / "scene", spawner, prepared, plans_again, number, ends) as one:
        done = one.start().wait()
        assert (done.code, done.err) == (130, "error: interrupted; nothing was changed\n")
        assert (one.unreturned(), one.leases(), one.billed()) == (set(), [], BILLED_BEFORE)


@BOTH
def test_while_it_waits_for_its_turn_it_gives_its_place_back(
    number: int, tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    def waits(requests: Requests) -> bool:
        return requests.count(LEASE) == 2 and requests[-1] == LIST

    ends = _says("interrupted")
    with to_be_struck(tmp_path / "scene", spawner, prepared, waits, number, ends) as one:
        one.post(lease_body(Owner("killed", "prod", None), "ann@laptop, process 7", "n-of-ann"))
        done = one.start("apply", "--yes", "--lock-timeout", "100").wait()
        assert (done.code, done.err) == (130, "\ninterrupted\n")
        assert (one.unreturned(), one.leases(), one.billed()) == (
            set(),
            ["sgpctl lease killed:prod"],
            BILLED_BEFORE,
        )


@BOTH
def test_while_it_waits_for_the_lock_of_its_machine_it_ends_at_once(
    number: int, tmp_path: Path, spawner: Spawner
) -> None:
    with scene(tmp_path / "scene", spawner) as one:
        lock = one.project / ".sgpctl" / "lock-prod"
        with exclusive(lock):
            process = one.start("apply", "--yes", "--lock-timeout", "100")
            process.wait_until_it_opens(lock)
            process.send(number)
            done = process.wait()
        assert done.code == 130
        # It may be stopped before it comes to tell for whom it waits.
        assert re.fullmatch(r"(Waiting up to 100 s for process .+\n)?\ninterrupted\n", done.err)
        assert one.striking.requests == []


@BOTH
def test_at_the_question_it_changes_nothing(
    number: int, tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    terminal, end_for_it = pty.openpty()
    try:
        with scene(tmp_path / "scene", spawner, prepared) as one:
            write_after(one.project)
            process = one.start("apply", around=Surroundings(stdin=os.ttyname(end_for_it)))
            process.wait_until_it_says("Only `yes` goes on")
            process.send(number)
            done = process.wait()
            assert (done.code, done.err.endswith("interrupted\n")) == (130, True)
            assert not any(map(is_write, one.striking.requests))
    finally:
        os.close(terminal)
        os.close(end_for_it)


@BOTH
def test_an_import_that_is_stopped_leaves_no_file(
    number: int, tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    ends = _says("interrupted")
    with to_be_struck(tmp_path / "scene", spawner, prepared, request(2, LIST), number, ends) as one:
        before = {path for path in one.project.rglob("*") if path.is_file()}
        one.made_by_others()
        done = one.start("import", "--all").wait()
        assert (done.code, done.is_tidy) == (130, True)
        assert {path for path in one.project.rglob("*") if path.is_file()} == before
