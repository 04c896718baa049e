"""Standard output, standard error and standard input that are closed, full, or whose reader goes away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.scene import BILLED_BEFORE, Scene, is_write, request, scene, write_after
from tests.processes.spawning import Done, Spawner, Surroundings, reading

CREATE = request(4, "POST /v5/evaluations")
FULL = "/dev/full"


@pytest.fixture
def one(tmp_path: Path, spawner: Spawner, prepared: Path) -> Iterator[Scene]:
    """A scene with the 20 changes to make."""
    with scene(tmp_path / "scene", spawner, prepared) as there:
        write_after(there.project)
        yield there


def test_a_reader_who_goes_away_while_changes_are_made_stops_none_of_them(one: Scene, tmp_path: Path) -> None:
    with reading(tmp_path / "pipe") as reader:
        one.striking.is_the_one, one.striking.strike = CREATE, reader.leave
        done = one.start(around=Surroundings(stdout=reader.path)).wait()
    assert done.code == 0, done.err
    assert done.is_tidy
    assert "Broken pipe; what was done is told here instead" in done.err
    assert "Applied: 8 created, 3 updated, 6 replaced, 3 archived. Read back and true." in done.err
    assert (one.unreturned(), one.converges()) == (set(), [])


def test_a_reader_of_everything_who_goes_away_stops_nothing(one: Scene, tmp_path: Path) -> None:
    with reading(tmp_path / "pipe") as reader:
        one.striking.is_the_one, one.striking.strike = CREATE, reader.leave
        done = one.start(around=Surroundings(stdout=reader.path, stderr=reader.path)).wait()
    assert (done.code, one.unreturned(), one.converges()) == (0, set(), [])


def test_a_plan_that_nobody_can_see_is_not_applied(one: Scene, tmp_path: Path) -> None:
    with reading(tmp_path / "pipe") as reader:
        one.striking.is_the_one, one.striking.strike = request(1), reader.leave
        gone = one.start(around=Surroundings(stdout=reader.path)).wait()
    full = one.start(around=Surroundings(stdout=FULL)).wait()
    for done, why in ((gone, "Broken pipe"), (full, "No space left on device")):
        words = f"error: standard output: {why}; the plan could not be shown, so nothing was changed\n"
        assert (done.code, done.err) == (1, words)
    assert (one.billed(), [*filter(is_write, one.striking.requests)]) == (BILLED_BEFORE, [])


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_plan_whose_reader_went_away_ends_in_silence(
    options: tuple[str, ...], one: Scene, tmp_path: Path
) -> None:
    with reading(tmp_path / "pipe") as reader:
        one.striking.is_the_one, one.striking.strike = request(1), reader.leave
        done = one.start("plan", *options, around=Surroundings(stdout=reader.path)).wait()
    assert (done.code, done.err) == (1, "")


def test_a_plan_is_saved_though_nobody_reads_it_to_the_end(one: Scene, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    with reading(tmp_path / "pipe") as reader:
        one.striking.is_the_one, one.striking.strike = request(1), reader.leave
        done = one.start("plan", "--out", str(plan), around=Surroundings(stdout=reader.path)).wait()
    assert done.err.startswith(f"Saved the plan to {plan}.")
    assert len(json.loads(plan.read_text())["changes"]) == 20


def test_a_plan_for_a_full_disk_is_an_error(one: Scene) -> None:
    done = one.start("plan", around=Surroundings(stdout=FULL)).wait()
    assert (done.code, done.err) == (1, "error: standard output: No space left on device\n")


def test_an_outcome_for_a_full_disk_is_told_elsewhere_and_is_no_success(one: Scene, tmp_path: Path) -> None:
    kept = tmp_path / "outcome.json"
    call = ("apply", "--yes", "--json", "--output", f"json={kept}")
    done = one.start(*call, around=Surroundings(stdout=FULL)).wait()
    assert (done.code, json.loads(kept.read_text())["summary"]["create"]) == (1, 8)
    assert "No space left on device; what was done is told here instead" in done.err
    assert "Read back and true." in done.err
    assert (one.unreturned(), one.converges()) == (set(), [])


def test_messages_that_nobody_can_be_told_stop_nothing(one: Scene) -> None:
    done = one.start(around=Surroundings(stderr=FULL)).wait()
    assert (done.code, "Read back and true." in done.out) == (0, True)
    assert one.converges() == []


def test_an_error_that_nobody_can_be_told_keeps_its_exit_code(one: Scene) -> None:
    silent = Surroundings(stderr=FULL)
    one.striking.is_the_one, one.striking.strike = request(1), lambda process: process.send(signal.SIGINT)
    assert one.start(around=silent).wait().code == 130
    assert one.start("plan", "--nonsense", around=silent).wait().code == 1
    assert one.start("apply", around=silent).wait().code == 1
    (one.project / "sgpctl.yaml").write_text((one.project / "sgpctl.yaml").read_text().replace("100%", "1"))
    assert one.start(around=silent).wait().code == 3


def _shell(one: Scene, call: str) -> Done:
    """One call through a shell, which can close streams before Python begins."""
    command = f"{sys.executable} -c 'from sgpctl.cli.main import run; run()' {call} -C {one.project}"
    environ = {**one.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(command, shell=True, env=environ, capture_output=True, text=True, check=False)
    return Done(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_stop_nothing_and_the_exit_code_is_true(closed: str, one: Scene) -> None:
    done = _shell(one, f"apply --yes {closed}")
    assert (done.code, done.is_tidy) == (0, True)
    assert one.converges() == []


def test_nobody_is_asked_through_a_closed_standard_input(one: Scene) -> None:
    done = _shell(one, "apply <&-")
    assert done.code == 1
    assert "nobody can be asked for consent here: standard input is not a terminal" in done.err
    assert "run again with --yes" in done.err
    assert not any(map(is_write, one.striking.requests))
