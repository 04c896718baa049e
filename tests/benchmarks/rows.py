"""Rows in great numbers: as many as a file may hold, and more than that."""

from __future__ import annotations

import json
from pathlib import Path

from sgpctl.limits import INCLUDED_FILE_BYTES_MAX, MIB
from tests.benchmarks.measuring import Command, median, side_by_side
from tests.benchmarks.results import Line, Report, Target
from tests.benchmarks.serving import SGPCTL, surroundings

_ROW_BYTES = 500
_TOO_MANY = 1_000_000
_MIB_PER_FILE_MIB_MAX = 12.0


def measure_rows(report: Report, folder: Path, rounds: int) -> None:
    """A file of a million rows and 500 MB, which is refused, and the largest one that is not."""
    largest = (INCLUDED_FILE_BYTES_MAX - MIB) // _ROW_BYTES
    refused, taken = _project(folder / "too-many", _TOO_MANY), _project(folder / "largest", largest)
    environment = surroundings()
    commands = {
        f"validate {_TOO_MANY:,} rows: refused": Command(
            (str(SGPCTL), "validate", str(refused)), environment, expected=(1,), says="the file is too large"
        ),
        f"validate {largest:,} rows": Command(
            (str(SGPCTL), "validate", str(taken)), environment, says="Valid"
        ),
        f"plan {largest:,} rows": Command((str(SGPCTL), "plan", str(taken)), environment, says="to create"),
    }
    medians = {name: median(runs) for name, runs in side_by_side(commands, rounds).items()}
    report.lines += [Line.of("rows", name, run) for name, run in medians.items()]
    validated = medians[f"validate {largest:,} rows"]
    report.targets.append(
        Target(
            "validate of rows, MiB / MiB of the file",
            validated.peak_mib / (largest * _ROW_BYTES / MIB),
            _MIB_PER_FILE_MIB_MAX,
        )
    )


def _project(folder: Path, rows: int) -> Path:
    folder.mkdir()
    (folder / "sgpctl.yaml").write_text(
        "version: 1\nproject: rows\nenvironments: {sandbox: {target: sandbox}}\n", encoding="utf-8"
    )
    (folder / "many.yaml").write_text(
        "name: many\ndata: {$file: rows.jsonl}\n"
        "tasks: [{task_type: metric, configuration: {type: f1, candidate: item.answer, reference: item.expected}}]\n",
        encoding="utf-8",
    )
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        for number in range(rows):
            row = {"question": "", "answer": f"Answer {number}", "expected": f"Expected {number}"}
            row["question"] = "q" * (_ROW_BYTES - 1 - len(json.dumps(row)))
            file.write(json.dumps(row) + "\n")
    return folder
