"""What is about to be done is on disk before it is done."""

from __future__ import annotations

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgpctl.apply.journal import Intent, Journal
from sgpctl.apply.moment import LONG_AGO, Moment, moment_of
from sgpctl.apply.operations import Failed, Find, Found, Note, Problem, Wait
from sgpctl.apply.recovery import recover
from sgpctl.errors import LocalStateError
from sgpctl.limits import JOURNAL_BYTES_MAX, SETTLING_PAUSES_SECONDS
from tests.apply.script import play, writes
from tests.plan.sides import created, declare

TARGET = "https://api.example acct"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UP_SECONDS = 5000.0
_BEGUN_LONG_AGO = Intent("a", "n1", Moment(NOW - timedelta(hours=1)))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / ".sgpctl" / "journal.jsonl", TARGET, lambda: NOW, lambda: UP_SECONDS)


def test_a_create_without_an_end_is_unfinished(journal: Journal) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("create", {"name": "b", "nonce": "n2"})
    journal.write("created", {"nonce": "n1", "remote_id": "id"})
    assert journal.read().unfinished == (Intent("b", "n2", Moment(NOW, UP_SECONDS)),)


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
        Journal(tmp_path / "file" / "journal.jsonl", TARGET, lambda: NOW, lambda: UP_SECONDS).write(
            "create", {}
        )


def test_an_intent_is_looked_for_over_the_settling_time_however_old_it_is() -> None:
    """It may have waited for its turn, and left just before its process died."""
    found, asked = play(recover(_BEGUN_LONG_AGO), [Found(())] * (len(SETTLING_PAUSES_SECONDS) + 1))
    assert found is None
    assert writes(asked) == ["Find"] * (len(SETTLING_PAUSES_SECONDS) + 1)
    assert sum(op.seconds for op in asked if isinstance(op, Wait)) == sum(SETTLING_PAUSES_SECONDS)
    assert asked[-1] == Note("absent", {"nonce": "n1"})


def test_an_intent_that_is_found_needs_one_look() -> None:
    made = created(declare(), "id-1")
    found, asked = play(recover(_BEGUN_LONG_AGO), [Found((made,))])
    assert found == made
    assert writes(asked) == ["Find"]
    assert asked[-1] == Note("created", {"nonce": "n1", "remote_id": "id-1"})


def test_an_intent_that_cannot_be_looked_for_stays_open() -> None:
    found, asked = play(recover(_BEGUN_LONG_AGO), [Failed("503")] * (len(SETTLING_PAUSES_SECONDS) + 1))
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
    other = Journal(
        tmp_path / ".sgpctl" / "journal.jsonl", "https://api.example other", lambda: NOW, lambda: UP_SECONDS
    )
    assert other.read().unfinished == ()
    assert len(journal.read().unfinished) == 1


def test_a_time_that_cannot_be_read_keeps_the_intent_open(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(
        f'{{"at": "soon", "target": "{TARGET}", "event": "create", "name": "a", "nonce": "n1"}}\n'
    )
    assert [
        intent.nonce for intent in Journal(path, TARGET, lambda: NOW, lambda: UP_SECONDS).read().unfinished
    ] == ["n1"]


def test_what_was_made_lately_is_known_by_id(journal: Journal) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("created", {"nonce": "n1", "remote_id": "id-1"})
    later = Moment(NOW + timedelta(seconds=60), UP_SECONDS + 60)
    assert journal.read().created_lately(later, 60) == ("id-1",)
    assert journal.read().created_lately(later, 59) == ()


def test_a_lease_that_was_not_given_back_is_known(journal: Journal) -> None:
    journal.write("lease", {"nonce": "n1", "place": "here"})
    journal.write("lease", {"nonce": "n2", "place": "here"})
    journal.write("released", {"nonce": "n1"})
    assert journal.read().leases == {"n2": "here"}


def test_a_large_journal_is_rid_of_what_nothing_needs(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "still open", "nonce": "open"})
    for number in range(5):
        journal.write("create", {"name": "x" * (JOURNAL_BYTES_MAX // 4), "nonce": str(number)})
        journal.write("created", {"nonce": str(number), "remote_id": f"id-{number}"})
    path = tmp_path / ".sgpctl" / "journal.jsonl"
    journal.compact(-1)
    assert [intent.nonce for intent in journal.read().unfinished] == ["open"]
    assert path.stat().st_size < 1000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """A disk that is full in the middle of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_large_journal_that_cannot_be_written_anew_is_left_whole(journal: Journal, tmp_path: Path) -> None:
    for number in range(5):
        journal.write("create", {"name": "x" * (JOURNAL_BYTES_MAX // 4), "nonce": str(number)})
    path = tmp_path / ".sgpctl" / "journal.jsonl"
    before = path.read_bytes()
    with _files_of_at_most(1024), pytest.raises(LocalStateError, match="File too large"):
        journal.compact(-1)
    assert path.read_bytes() == before
    assert [one for one in path.parent.iterdir() if one.name != ".gitignore"] == [path]


def test_a_small_journal_is_left_as_it_is(journal: Journal, tmp_path: Path) -> None:
    journal.write("create", {"name": "a", "nonce": "n1"})
    journal.write("created", {"nonce": "n1", "remote_id": "id"})
    before = (tmp_path / ".sgpctl" / "journal.jsonl").read_bytes()
    journal.compact(-1)
    assert (tmp_path / ".sgpctl" / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("before", "after", "seconds"),
    [
        (Moment(NOW, 10.0), Moment(NOW + timedelta(seconds=5), 15.0), 5),
        (Moment(NOW, 10.0), Moment(NOW + timedelta(days=1), 15.0), 5),  # the wall clock was set forward
        (Moment(NOW, 10.0), Moment(NOW - timedelta(days=1), 15.0), 0),  # or back
        (Moment(NOW, 9e9), Moment(NOW + timedelta(seconds=60), 15.0), 60),  # the machine was started again
        (Moment(NOW), Moment(NOW + timedelta(seconds=60), 15.0), 60),
    ],
)
def test_of_two_clocks_that_disagree_the_smaller_age_counts(
    before: Moment, after: Moment, seconds: float
) -> None:
    assert before.seconds_until(after) == seconds


@pytest.mark.parametrize("value", ["soon", None, 7, ""])
def test_a_moment_that_cannot_be_read_is_long_ago(value: object) -> None:
    assert moment_of(value, "x") == Moment(LONG_AGO)
