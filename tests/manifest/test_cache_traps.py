"""What may stand where the cache should be: none of it is followed, waited for or harmed, and no load comes out wrong."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tests.manifest.caches import Call, cached, file_in, from_cache, same, warm
from tests.manifest.projects import make_files
from tests.secrets import KEY

FILES = {
    "sgpctl.yaml": "version: 1\nproject: demo\nenvironments: {sandbox: {target: sandbox}}\n",
    "one.yaml": "name: one\ndata: {$file: rows.jsonl}\n",
    "rows.jsonl": '{"q": "a"}\n',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    make_files(root, FILES)
    file_in(root).parent.mkdir(parents=True)
    return root


def test_a_link_in_its_place_is_not_followed_to_a_database_of_somebody_else(
    root: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite"
    with sqlite3.connect(elsewhere) as db:
        db.execute("CREATE TABLE theirs (value TEXT)")
    db.close()
    before = elsewhere.read_bytes()
    file_in(root).symlink_to(elsewhere)
    assert from_cache(warm(root)) == set()
    assert elsewhere.read_bytes() == before
    assert file_in(root).is_symlink()


def test_a_link_that_leads_nowhere_makes_no_file_there(root: Path, tmp_path: Path) -> None:
    file_in(root).symlink_to(tmp_path / "nowhere")
    assert from_cache(warm(root)) == set()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm"])
def test_a_link_beside_it_is_not_written_through(suffix: str, root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious " * 1000)
    file_in(root).with_name(file_in(root).name + suffix).symlink_to(elsewhere)
    same(root)
    assert elsewhere.read_bytes() == b"precious " * 1000


def test_a_journal_that_somebody_left_beside_it_is_not_carried_out(root: Path) -> None:
    cached(root)
    journal = file_in(root).with_name(file_in(root).name + "-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(1000))
    assert from_cache(same(root)) == {"one"}
    assert not journal.exists()


@pytest.mark.parametrize(
    "part",
    [
        "CREATE VIEW entry (key, seal, content, day) AS WITH RECURSIVE n (i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i, i, i FROM n",
        "CREATE TABLE entry (key BLOB PRIMARY KEY, seal, content, day)",
        "CREATE TABLE other (value)",
    ],
    ids=["a view without an end", "other columns", "another table"],
)
def test_a_database_with_parts_that_we_would_not_make_is_neither_read_nor_written(
    part: str, root: Path
) -> None:
    with sqlite3.connect(file_in(root)) as db:
        db.execute(part)
    db.close()
    before = file_in(root).read_bytes()
    assert from_cache(warm(root)) == set()
    assert file_in(root).read_bytes() == before


def test_a_named_pipe_in_its_place_is_not_waited_for(root: Path) -> None:
    os.mkfifo(file_in(root))
    assert from_cache(warm(root)) == set()


def test_a_folder_in_its_place_stays_as_it_is(root: Path) -> None:
    file_in(root).mkdir()
    assert from_cache(warm(root)) == set()
    assert file_in(root).is_dir()


def test_a_file_in_the_place_of_its_folder_stays_as_it_is(root: Path) -> None:
    file_in(root).parent.rmdir()
    file_in(root).parent.write_text("mine")
    assert from_cache(warm(root)) == set()
    assert file_in(root).parent.read_text() == "mine"


def test_a_cache_without_the_index_of_days_is_used_and_gets_one(root: Path) -> None:
    cached(root)
    with sqlite3.connect(file_in(root)) as db:
        db.execute("DROP INDEX entry_by_day")
    db.close()
    assert from_cache(same(root)) == {"one"}
    make_files(root, {"two.yaml": "name: two\ndata: [{q: a}]\n"})
    cached(root)
    with sqlite3.connect(file_in(root)) as db:
        plan = db.execute("EXPLAIN QUERY PLAN DELETE FROM entry WHERE day < 1").fetchone()
    db.close()
    assert "INDEX entry_by_day" in plan[-1]


def test_a_lock_that_somebody_holds_on_it_does_not_spoil_a_load(root: Path) -> None:
    cached(root)
    with sqlite3.connect(file_in(root), isolation_level=None) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert from_cache(same(root)) == set()
    db.close()
    assert from_cache(same(root)) == {"one"}


@pytest.mark.parametrize("letters", ["\\u0041\\u003c\\/", "caf\\u00e9"])
def test_letters_that_are_escaped_and_no_key_are_taken_from_the_cache_with_a_key(
    letters: str, root: Path
) -> None:
    make_files(root, {"rows.jsonl": f'{{"q": "{letters}"}}\n'})
    warm(root)
    assert from_cache(same(root, Call(secrets=(KEY,)))) == {"one"}
