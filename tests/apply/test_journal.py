"""What is about to be done is on disk before it is done."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgpctl.apply.journal import Intent, Journal
from sgpctl.apply.operations import Failed, Find, Found, Note, Problem, Wait
from sgpctl.apply.recovery import recover
from sgpctl.errors import LocalStateError
from sgpctl.limits import CREATE_READ_SECONDS_MAX, JOURNAL_BYTES_MAX, SETTLING_PAUSES_SECONDS
from tests.apply.script import play, writes

TARGET = "https://api.example acct"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / ".sgpctl" / "journal.jsonl", TARGET, lambda: NOW)


def test_a_create_without_an_end_is_unfinished(journal: Journal) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("create", {"name": "b", "nonce": "n2"})
    journal.write("created", {"nonce": "n1", "remote_id": "id"})
    assert journal.read().unfinished == (Intent("b", "n2", NOW),)


def test_a_torn_last_line_is_passed_over(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    path = tmp_path / ".sgpctl" / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"at": "2026-11-23T12:0')
    assert [intent.nonce for intent in journal.read().unfinished] == ["n1"]


def test_no_journal_means_nothing_is_open(journal: Journal) -> None:
    assert journal.read().unfinished == ()


def test_the_journal_is_for_its_owner_alone(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    mode = (tmp_path / ".sgpctl" / "journal.jsonl").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_journal_that_cannot_be_written_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalStateError, match="file/journal"):
        Journal(tmp_path / "file" / "journal.jsonl", TARGET, lambda: NOW).write("create", {})


def test_an_old_intent_needs_one_look() -> None:
    old = Intent("a", "n1", NOW - timedelta(hours=1))
    found, asked = play(recover(old, NOW), [Found(())])
    assert found is None
    assert Note("absent", {"nonce": "n1"}) in asked


def test_a_fresh_intent_is_looked_for_over_the_settling_time() -> None:
    fresh = Intent("a", "n1", NOW - timedelta(seconds=1))
    _, asked = play(recover(fresh, NOW), [Found(())] * (len(SETTLING_PAUSES_SECONDS) + 1))
    assert writes(asked) == ["Find"] * (len(SETTLING_PAUSES_SECONDS) + 1)
    assert sum(op.seconds for op in asked if isinstance(op, Wait)) == sum(SETTLING_PAUSES_SECONDS)


def test_an_intent_that_cannot_be_looked_for_stays_open() -> None:
    old = Intent("a", "n1", NOW - timedelta(hours=1))
    found, asked = play(recover(old, NOW), [Failed("503")])
    assert isinstance(found, Problem)
    assert not [op for op in asked if isinstance(op, Note)]
    assert asked[-1] == Find("n1")


def test_a_line_after_a_torn_one_is_not_lost(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    path = tmp_path / ".sgpctl" / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"at": "2026-11-23T12:0')
    journal.write("create", {"name": "b", "nonce": "n2"})
    assert [intent.nonce for intent in journal.read().unfinished] == ["n1", "n2"]


def test_what_another_account_has_open_is_left_open(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    other = Journal(tmp_path / ".sgpctl" / "journal.jsonl", "https://api.example other", lambda: NOW)
    assert other.read().unfinished == ()
    assert len(journal.read().unfinished) == 1


def test_a_time_that_cannot_be_read_keeps_the_intent_open(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(
        f'{{"at": "soon", "target": "{TARGET}", "event": "create", "name": "a", "nonce": "n1"}}\n'
    )
    assert [intent.nonce for intent in Journal(path, TARGET, lambda: NOW).read().unfinished] == ["n1"]


def test_what_was_made_lately_is_known_by_id(journal: Journal) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("created", {"nonce": "n1", "remote_id": "id-1"})
    assert journal.read().created_since(NOW - timedelta(minutes=1)) == ("id-1",)
    assert journal.read().created_since(NOW + timedelta(minutes=1)) == ()


def test_an_intent_whose_request_may_still_be_under_way_is_looked_for_all_the_time() -> None:
    recent = Intent("a", "n1", NOW - timedelta(seconds=CREATE_READ_SECONDS_MAX))
    _, asked = play(recover(recent, NOW), [Found(())] * (len(SETTLING_PAUSES_SECONDS) + 1))
    assert len(writes(asked)) > 1


def test_a_large_journal_is_rid_of_what_nothing_needs(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "still open", "nonce": "open"})
    for number in range(5):
        journal.write("create", {"name": "x" * (JOURNAL_BYTES_MAX // 4), "nonce": str(number)})
        journal.write("created", {"nonce": str(number), "remote_id": f"id-{number}"})
    path = tmp_path / ".sgpctl" / "journal.jsonl"
    journal.compact(NOW + timedelta(seconds=1))
    assert [intent.nonce for intent in journal.read().unfinished] == ["open"]
    assert path.stat().st_size < 1000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_small_journal_is_left_as_it_is(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("created", {"nonce": "n1", "remote_id": "id"})
    before = (tmp_path / ".sgpctl" / "journal.jsonl").read_bytes()
    journal.compact(NOW + timedelta(days=1))
    assert (tmp_path / ".sgpctl" / "journal.jsonl").read_bytes() == before
