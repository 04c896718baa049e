"""Disks that are full, and files and folders that may not be written: clear errors, nothing half done, nothing lost."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.processes.scene import (
    BILLED_BEFORE,
    CREATED,
    REPLACED,
    WANTED,
    Scene,
    all_at_once,
    is_write,
    scene,
    write_after,
    write_before,
)
from tests.processes.spawning import Done, Spawner, Surroundings, reading

KIB = 1024
JOURNAL_BYTES_MAX = 64 * KIB
_OF_OTHERS = (
    json.dumps({"target": "https://elsewhere.example acct", "event": "apply", "plan": "x" * 100}) + "\n"
)


@pytest.fixture
def one(tmp_path: Path, spawner: Spawner, prepared: Path) -> Iterator[Scene]:
    """A scene with the 20 changes to make."""
    with scene(tmp_path / "scene", spawner, prepared) as there:
        write_after(there.project)
        yield there


def leave_room(journal: Path, room_bytes: int) -> Surroundings:
    """The journal has so much room left; what fills it is about another platform."""
    filled = JOURNAL_BYTES_MAX - room_bytes
    text = _OF_OTHERS * (filled // len(_OF_OTHERS))
    journal.parent.mkdir(exist_ok=True)
    journal.write_text(" " * (filled - len(text) - 1) + "\n" + text)
    return Surroundings(file_bytes_max=JOURNAL_BYTES_MAX)


@contextmanager
def read_only(*paths: Path) -> Iterator[Surroundings]:
    """What the process may look at and not write."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield Surroundings(unprivileged=True)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def is_told(done: Done, path: Path, *why: str) -> bool:
    """At last a line that names the path and the reason, and one that says what to do."""
    *_, said, to_do = ["", "", *done.err.splitlines()]
    return (
        done.code == 1
        and said.startswith("error: ")
        and str(path) in said
        and any(words in said for words in why)
        and to_do.startswith("  ")
        and done.is_tidy
    )


def test_nothing_is_created_whose_intent_cannot_be_written(
    tmp_path: Path, spawner: Spawner, prepared: Path
) -> None:
    def fill(room_bytes: int) -> list[str]:
        with scene(tmp_path / str(room_bytes), spawner, prepared) as there:
            write_after(there.project)
            done = there.start(around=leave_room(there.journal, room_bytes)).wait()
            lines = [line for line in there.journal.read_text().splitlines() if line.endswith("}")]
            events = [json.loads(line)["event"] for line in lines if line != _OF_OTHERS.strip()]
            billed = (there.billed() - BILLED_BEFORE).total()
            wrong = [] if billed == events.count("create") else [f"{billed} are paid for, of {events}"]
            if "apply" in events:
                is_whole = billed == len(CREATED) + len(REPLACED)
                wrong += [] if done.code == (0 if is_whole else 4) else [f"it ended with {done}"]
                wrong += (
                    [] if ("so nothing was sent" in done.out) is not is_whole else [f"it says {done.out}"]
                )
            elif not is_told(done, there.journal, "File too large"):
                wrong.append(f"it ended with {done}")
            wrong += [f"{name} is left" for name in there.leases()]
            return [f"{room_bytes} bytes: {words}" for words in (*wrong, *there.converges())]

    assert all_at_once(fill, range(0, 6000, 400)) == ""


def test_a_plan_that_does_not_fit_is_not_called_saved(one: Scene) -> None:
    plan = one.project / "plan.json"
    plan.write_text("what was saved before")
    done = one.start("plan", "--out", str(plan), around=Surroundings(file_bytes_max=8 * KIB)).wait()
    assert is_told(done, plan, "the file was not saved: File too large")
    assert "Plan: 8 to create" in done.out
    assert plan.read_text() == "what was saved before"
    assert [path for path in one.project.iterdir() if path.name.startswith(".plan")] == []


def test_a_plan_is_not_saved_where_nobody_may_write(one: Scene) -> None:
    plan = one.project / "plan.json"
    with read_only(one.project) as around:
        done = one.start("plan", "--out", str(plan), around=around).wait()
    assert is_told(done, plan, "the file was not saved: Permission denied")


def test_an_outcome_that_cannot_be_kept_is_told_and_is_no_success(one: Scene, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    with read_only(closed) as around:
        done = one.start(
            "apply", "--yes", "--output", f"json={closed / 'outcome.json'}", around=around
        ).wait()
    assert is_told(done, closed / "outcome.json", "the file was not saved: Permission denied")
    assert "Read back and true." in done.out
    assert (one.unreturned(), one.converges()) == (set(), [])


def test_no_apply_begins_where_it_cannot_keep_its_lock(one: Scene) -> None:
    with read_only(one.project) as around:
        without_folder = one.start(around=around).wait()
    folder = one.project / ".sgpctl"
    folder.mkdir()
    with read_only(folder) as around:
        in_closed_folder = one.start(around=around).wait()
    lock = folder / "lock-prod"
    lock.touch()
    with read_only(lock) as around:
        on_closed_file = one.start(around=around).wait()
    with reading(one.project / "pipe") as reader:
        full = one.start(around=Surroundings(file_bytes_max=0, stdout=reader.path, stderr=reader.path)).wait()
        on_full_disk = Done(full.code, "", reader.read())
    assert is_told(without_folder, folder, "Permission denied; nothing was changed")
    assert is_told(in_closed_folder, lock, "Permission denied; nothing was changed")
    assert is_told(on_closed_file, lock, "Permission denied; nothing was changed")
    assert is_told(on_full_disk, lock, "File too large; nothing was changed")
    assert one.striking.requests == []


def test_no_apply_begins_whose_journal_cannot_be_written(one: Scene) -> None:
    one.journal.parent.mkdir()
    one.journal.touch()
    with read_only(one.journal) as around:
        done = one.start(around=around).wait()
    assert is_told(done, one.journal, "Permission denied")
    assert not any(map(is_write, one.striking.requests))


SANDBOX = ("apply", "--yes", "--env", "sandbox")


def _database(one: Scene) -> Path:
    return one.project / ".sgpctl" / "sandbox.db"


def test_a_sandbox_that_cannot_be_made_is_an_error(one: Scene) -> None:
    full = one.start(*SANDBOX, around=Surroundings(file_bytes_max=16 * KIB)).wait()
    assert is_told(full, _database(one), "database or disk is full", "disk I/O error")
    _database(one).unlink()
    with read_only(_database(one).parent) as around:
        closed = one.start(*SANDBOX, around=around).wait()
    assert is_told(closed, _database(one), "Permission denied")


def test_a_sandbox_that_cannot_be_written_is_an_error_at_once(one: Scene) -> None:
    assert one.start(*SANDBOX).wait().code == 0
    before = _database(one).read_bytes()
    write_before(one.project, one.base_url)
    with read_only(_database(one)) as around:
        closed = one.start(*SANDBOX, around=around).wait()
    assert is_told(closed, _database(one), "attempt to write a readonly database")
    assert _database(one).read_bytes() == before


def test_a_sandbox_that_becomes_full_on_the_way_keeps_what_was_made(one: Scene) -> None:
    done = one.start(*SANDBOX, around=Surroundings(file_bytes_max=260 * KIB)).wait()
    assert (done.code, done.is_tidy) == (4, True)
    assert f"{_database(one)}: the sandbox database cannot be used: " in done.err
    made = done.err.count(" created ")
    again = one.start(*SANDBOX).wait()
    assert (again.code, again.err.count(" created ")) == (0, len(WANTED) - made)


def _untidy(project: Path) -> Path:
    """A manifest that `fmt` has something to do with, and that does not fit where nothing fits."""
    manifest = project / "evaluations" / "e00.yaml"
    manifest.write_text(manifest.read_text().replace("data: [", "data:    [" + '{question: "x"}, ' * 2000))
    return manifest


WRITERS = {
    "fmt": (("fmt",), "evaluations"),
    "import": (("import", "--all"), "evaluations"),
    "schema": (("schema", "--write"), ".vscode"),
}


@pytest.mark.parametrize("verb", WRITERS)
@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_what_cannot_be_written_is_named_and_leaves_nothing(verb: str, disk: str, one: Scene) -> None:
    call, folder = WRITERS[verb]
    one.made_by_others()
    _untidy(one.project)
    (one.project / ".vscode").mkdir()
    before = _files(one.project)
    with _no_room(disk, one.project / folder) as around:
        done = one.spawner.start([*call, "-C", str(one.project)], one.environ, around).wait()
    assert is_told(done, one.project / folder, "Permission denied", "File too large")
    assert _files(one.project) == before


@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_no_file_of_a_new_project_is_half_written(disk: str, one: Scene, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    whole = tmp_path / "whole"
    assert one.spawner.start(["init", str(whole), "--project", "new"], one.environ).wait().code == 0
    with (
        read_only(new) if disk == "read-only" else nullcontext(Surroundings(file_bytes_max=4 * KIB)) as around
    ):
        done = one.spawner.start(["init", str(new)], one.environ, around).wait()
    assert is_told(done, new, "Permission denied", "File too large")
    expected = _files(whole)
    assert all(expected[name] == text for name, text in _files(new).items())


def _no_room(disk: str, folder: Path) -> AbstractContextManager[Surroundings]:
    return read_only(folder) if disk == "read-only" else nullcontext(Surroundings(file_bytes_max=4 * KIB))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
