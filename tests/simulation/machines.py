"""Machines that runners live on: each has a folder for the lock and a journal, and two clocks, one of which may be set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sgpctl.apply.journal import Journal, Record, record_of

BEGUN = datetime(2026, 11, 23, tzinfo=UTC)
TARGET = "http://sandbox.localhost acct"
_JUMPS_SECONDS = (-86_400.0, -3_600.0, -20.0, 20.0, 1_000.0, 3_600.0, 86_400.0)


@dataclass
class Machine:
    """`seconds` is the true time; `lines` are the journal, whose disk is a list."""

    name: str
    folder: Path
    seconds: Callable[[], float]
    random: Random
    up_seconds: float = 0.0
    lines: list[str] = field(default_factory=list)
    _off_seconds: float = 0.0

    @property
    def lock_path(self) -> Path:
        return self.folder / self.name

    def now(self) -> datetime:
        return BEGUN + timedelta(seconds=self.seconds() + self._off_seconds)

    def monotonic(self) -> float:
        return self.seconds() + self.up_seconds

    def set_clock(self) -> None:
        """Somebody, or a time server, sets the wall clock."""
        self._off_seconds += self.random.choice(_JUMPS_SECONDS)


class MemoryJournal(Journal):
    """The journal of a machine; each line is a point at which the process may die, before, in or after it."""

    def __init__(self, machine: Machine, pass_point: Callable[[], None]) -> None:
        super().__init__(Path("unused"), TARGET, machine.now, machine.monotonic)
        self._lines = machine.lines
        self._pass_point = pass_point

    def _append(self, line: str, *, is_durable: bool) -> None:
        self._pass_point()
        self._lines.append(line[: len(line) // 2])
        self._pass_point()
        self._lines[-1] = line
        self._pass_point()

    def read(self) -> Record:
        return record_of(self._lines, TARGET)

    def compact(self, older_than_seconds: float) -> None:
        """Never so large here."""
