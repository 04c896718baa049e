"""What was measured, and what it is held against: a table for people, JSON for machines."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks.measuring import Run, Unavailable


@dataclass(frozen=True, slots=True)
class Line:
    """One contender of one benchmark: medians of its rounds; seconds alone where only these were measured."""

    benchmark: str
    contender: str
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_mib: float | None = None
    note: str = ""

    @classmethod
    def of(cls, benchmark: str, contender: str, run: Run | Unavailable, note: str = "") -> Line:
        if isinstance(run, Unavailable):
            return cls(benchmark, contender, note=run.reason)
        return cls(benchmark, contender, run.seconds, run.cpu_seconds, run.peak_mib, note)


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio or an amount, and the bound that it is held against: at most, or at least."""

    name: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(slots=True)
class Report:
    lines: list[Line] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def as_text(self) -> str:
        rows = [("benchmark", "contender", "seconds", "cpu", "MiB", "")]
        rows += [
            (
                line.benchmark,
                line.contender,
                _number(line.seconds, 3),
                _number(line.cpu_seconds, 2),
                _number(line.peak_mib, 0),
                line.note,
            )
            for line in self.lines
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        table = [
            "  ".join(
                (
                    row[0].ljust(widths[0]),
                    row[1].ljust(widths[1]),
                    *(row[column].rjust(widths[column]) for column in (2, 3, 4)),
                    row[5],
                )
            ).rstrip()
            for row in rows
        ]
        met = [
            f"{'met    ' if target.is_met else 'not met'}  {target.name}: {target.value:.3g}"
            f" ({'at least' if target.at_least else 'at most'} {target.bound:g})"
            for target in self.targets
        ]
        return "\n".join([*table, "", *met])

    def write(self, path: Path, rounds: int) -> None:
        machine = {
            "python": sys.version.split()[0],
            "system": platform.platform(),
            "processors": os.cpu_count(),
            "rounds": rounds,
        }
        told = {
            "machine": machine,
            "lines": [asdict(line) for line in self.lines],
            "targets": [{**asdict(target), "is_met": target.is_met} for target in self.targets],
        }
        path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:,.{places}f}"
