"""Journals: read, added to, made smaller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sgpctl.apply.journal import Journal
from sgpctl.limits import JOURNAL_BYTES_MAX
from tests.fuzz.targets.target import hostile_files, promise

_TARGET = "https://api.example acct"
_NOW = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
_FILE = ".sgpctl/journal.jsonl"


class Journals:
    name = "journal"
    outputs = ()

    def seeds(self) -> Iterator[bytes]:
        for path in hostile_files("journal"):
            yield path.read_bytes()

    def prepare(self, data: bytes, folder: Path) -> None:
        path = folder / _FILE
        path.parent.mkdir()
        path.write_bytes(data)

    def run(self, folder: Path) -> str:
        path = folder / _FILE
        journal = Journal(path, _TARGET, lambda: _NOW, lambda: 100.0)
        before = journal.read()
        journal.write("create", {"name": "new", "nonce": "added"})
        after = journal.read()
        wanted = [one.nonce for one in before.unfinished if one.nonce != "added"]
        promise(
            [one.nonce for one in after.unfinished if one.nonce != "added"] == wanted,
            "a line swallowed another",
        )
        promise("added" in {one.nonce for one in after.unfinished}, "the line that was added is not read")
        after.created_lately(journal.now(), 60)
        with path.open("ab") as end:
            end.write(b"x" * JOURNAL_BYTES_MAX + b"\n")
        journal.compact(0)
        promise(journal.read().unfinished == after.unfinished, "making it smaller lost what is open")
        return f"{len(before.unfinished)} open, {len(before.created)} made, {len(before.leases)} leases"
