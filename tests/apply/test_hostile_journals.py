"""Every file in tests/hostile/journal, read: adding a file, and beside it what it tells, adds a test.

A journal is written line by line by processes that may die, on disks that may fail: whatever is in one, the lines that
can be read are believed, and nothing else about it is an error.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sgpctl.apply.journal import Journal
from sgpctl.apply.moment import Moment
from sgpctl.errors import LocalStateError
from sgpctl.limits import JOURNAL_BYTES_MAX, JOURNAL_READ_BYTES_MAX

HOSTILE = Path(__file__).parent.parent / "hostile" / "journal"
ACCEPTED = sorted((HOSTILE / "accept").glob("*.jsonl"))
TARGET = "https://api.example acct"
NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


def journal_of(path: Path) -> Journal:
    return Journal(path, TARGET, lambda: NOW, lambda: 40.0)


def told(path: Path) -> str:
    """What a journal says, as a document."""
    record = journal_of(path).read()
    document = {
        "unfinished": [
            [one.nonce, one.name, one.at.seconds_until(Moment(NOW, 40.0))] for one in record.unfinished
        ],
        "created": [remote_id for remote_id, _ in record.created],
        "leases": sorted(record.leases),
    }
    return json.dumps(document, indent=1) + "\n"


@pytest.fixture
def copy(file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(file.read_bytes())
    return path


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_what_can_be_read_of_a_journal_is_believed(file: Path, copy: Path) -> None:
    assert told(copy) == file.with_name(f"{file.name}.expect").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_a_line_that_is_added_to_any_journal_is_read_again(file: Path, copy: Path) -> None:
    before = journal_of(copy).read().unfinished
    journal_of(copy).write("create", {"name": "new", "nonce": "added"})
    after = journal_of(copy).read().unfinished
    assert [one.nonce for one in after] == [*(one.nonce for one in before), "added"]


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_making_any_journal_smaller_keeps_what_is_open(file: Path, copy: Path) -> None:
    journal_of(copy).write("create", {"name": "open", "nonce": "open"})
    with copy.open("ab") as end:
        end.write(b"\n" * JOURNAL_BYTES_MAX)
    before = journal_of(copy).read().unfinished
    journal_of(copy).compact(0)
    assert journal_of(copy).read().unfinished == before
    assert copy.stat().st_size < JOURNAL_BYTES_MAX


def test_a_journal_that_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "pipe", tmp_path / "folder", Path("/dev/zero")):
        with pytest.raises(LocalStateError, match=r"not a file|[Ii]s a directory"):
            journal_of(path).read()


def test_a_journal_beyond_all_measure_is_refused_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.touch()
    os.truncate(path, JOURNAL_READ_BYTES_MAX + 1)
    with pytest.raises(LocalStateError, match="this is no journal of sgpctl") as refused:
        journal_of(path).read()
    assert refused.value.hint is not None
