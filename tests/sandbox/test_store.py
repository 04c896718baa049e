from __future__ import annotations

import multiprocessing
import resource
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from sgpctl.errors import LocalStateError
from sgpctl.sandbox.store import Store, open_store
from tests.sandbox.caller import Caller, caller_of, metric
from tests.sandbox.clock import Clock

_PROCESSES = 4
_CREATES_EACH = 15


def _create_some(path: Path, label: str) -> None:
    store = open_store(path)
    try:
        caller = caller_of(store)
        for number in range(_CREATES_EACH):
            evaluation = caller.create(f"{label}-{number}", tasks=[metric()], metadata={"label": label})
            caller.patch(f"/v5/evaluations/{evaluation['id']}", {"tags": [label]})
    finally:
        store.close()


def _fill_a_full_disk(path: Path, statuses: list[int]) -> None:
    """In a process of its own, because the limit cannot be lifted again."""
    store = open_store(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    caller = caller_of(store)
    for number in range(200):
        body = {"name": f"run-{number}", "data": [{"q": "x" * 5000}]}
        response = caller.send("POST", "/v5/evaluations", json=body)
        statuses.append(response.status_code)
        if response.status_code != 200:
            assert "detail" in response.json()
            break
    statuses.append(caller.send("GET", "/v5/evaluations").status_code)


def test_a_file_keeps_everything_for_the_next_opening(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "sandbox.db"
    first = open_store(path)
    evaluation = caller_of(first).create("kept", tasks=[metric()], tags=["t"])
    ledger = first.ledger()
    first.close()
    second = open_store(path)
    assert caller_of(second).get("/v5/evaluations", tags="t")["items"] == [evaluation]
    assert second.ledger() == ledger
    second.close()


def test_a_file_is_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    open_store(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_several_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_create_some, args=(path, f"p{number}")) for number in range(_PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * _PROCESSES
    store = open_store(path)
    caller = caller_of(store)
    listed = [item for page in caller.pages("/v5/evaluations", limit=7) for item in page]
    assert len({item["id"] for item in listed}) == _PROCESSES * _CREATES_EACH == len(store.ledger())
    moments = [item["created_at"] for item in listed]
    assert moments == sorted(set(moments))
    assert len(caller.found(("label", "==", "p1"), ("tag", "==", "p1"))) == _CREATES_EACH
    store.close()


def test_a_full_disk_is_a_500_in_json_and_loses_nothing(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager:
        statuses = manager.list()
        worker = spawn.Process(target=_fill_a_full_disk, args=(tmp_path / "sandbox.db", statuses))
        worker.start()
        worker.join()
        *made, failed, read = list(statuses)
        exitcode = worker.exitcode
    assert exitcode == 0
    assert (set(made), failed, read) == ({200}, 500, 200)
    store = open_store(tmp_path / "sandbox.db")
    assert caller_of(store).get("/v5/evaluations")["total"] == len(made)
    store.close()


def test_created_at_increases_while_the_clock_runs_backwards(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    clock = Clock()
    store = open_store(path, now=clock)
    caller_of(store).create("first")
    store.close()
    clock.advance(-timedelta(days=1).total_seconds())
    store = open_store(path, now=clock)
    caller_of(store).create("second")
    assert caller_of(store).names() == ["first", "second"]
    moments = [item["created_at"] for item in caller_of(store).get("/v5/evaluations")["items"]]
    assert moments[0] < moments[1]
    store.close()


def test_ids_come_from_the_factory() -> None:
    ids = iter(f"id-{number}" for number in range(100))
    store = open_store(None, now=Clock(), new_id=ids.__next__)
    assert caller_of(store).create()["id"].startswith("id-")
    store.close()


def test_a_reset_empties_every_account_and_the_ledger(store: Store, caller: Caller) -> None:
    evaluation = caller.create(tasks=[metric()], dataset={"name": "d"}, tags=["t"], metadata={"k": "v"})
    caller.post("/v5/evaluation-groups", {"name": "g", "evaluation_ids": [evaluation["id"]]})
    caller.post("/v5/questions", {"question_type": "free_text", "name": "n", "prompt": "p"})
    store.reset()
    for path in (
        "evaluations",
        "evaluation-items",
        "datasets",
        "dataset-items",
        "evaluation-groups",
        "questions",
    ):
        assert caller.get(f"/v5/{path}")["total"] == 0
    assert store.ledger() == ()
    caller.create("after")
    assert caller.found(("k", "==", "v")) == []
    assert caller.names() == ["after"]


def test_a_file_that_is_no_database_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are not the pages you are looking for, but a text of some length\n" * 20)
    with pytest.raises(LocalStateError, match=r"notes\.txt"):
        open_store(path)


def test_a_database_whose_tables_have_no_readable_name_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    open_store(path).close()
    content = path.read_bytes()
    assert content.count(b"tableevaluationevaluation") == 1
    path.write_bytes(content.replace(b"tableevaluationevaluation", b"table\x80valuationevaluation"))
    with pytest.raises(LocalStateError, match=r"sandbox\.db is damaged"):
        open_store(path)


def test_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(LocalStateError):
        open_store(tmp_path)


def test_a_folder_that_is_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LocalStateError):
        open_store(tmp_path / "file" / "sandbox.db")


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    with pytest.raises(LocalStateError, match="another program"):
        open_store(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


def test_a_database_of_another_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    open_store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(LocalStateError, match="99"):
        open_store(path)
