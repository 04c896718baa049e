"""What is about to be done is on disk before it is done."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgpctl.apply.journal import Intent, Journal
from sgpctl.apply.operations import Failed, Find, Found, Note, Problem, Wait
from sgpctl.apply.recovery import recover, with_recovered
from sgpctl.errors import LocalStateError
from sgpctl.limits import SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteState
from tests.apply.script import play, writes
from tests.plan.sides import OWNER, archived, created, declare

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / ".sgpctl" / "journal.jsonl", lambda: NOW)


def test_a_create_without_an_end_is_unfinished(journal: Journal) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("create", {"name": "b", "nonce": "n2"})
    journal.write("created", {"nonce": "n1", "remote_id": "id"})
    assert journal.unfinished() == (Intent("b", "n2", NOW),)


def test_a_torn_last_line_is_passed_over(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    path = tmp_path / ".sgpctl" / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"at": "2026-11-23T12:0')
    assert [intent.nonce for intent in journal.unfinished()] == ["n1"]


def test_no_journal_means_nothing_is_open(journal: Journal) -> None:
    assert journal.unfinished() == ()


def test_the_journal_is_for_its_owner_alone(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    mode = (tmp_path / ".sgpctl" / "journal.jsonl").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_journal_that_cannot_be_written_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalStateError, match="file/journal"):
        Journal(tmp_path / "file" / "journal.jsonl", lambda: NOW).write("create", {})


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


def test_a_recovered_run_counts_though_the_listing_is_stale() -> None:
    one = created(declare(), "new")
    assert with_recovered(RemoteState(), [one], OWNER).owned == (one,)
    assert with_recovered(RemoteState(owned=(one,)), [one], OWNER).owned == (one,)
    assert with_recovered(RemoteState(), [archived(one)], OWNER).owned == ()
