"""What a call costs that has next to nothing to do."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.measuring import Command, median, side_by_side
from tests.benchmarks.projects import manifest
from tests.benchmarks.results import Line, Report, Target
from tests.benchmarks.serving import SGPCTL, surroundings

_BENCHMARK = "start"


def measure_starts(report: Report, folder: Path, rounds: int) -> None:
    """Python that does nothing, or loads what sgpctl is built on, and sgpctl that says who it is, helps, or checks one
    manifest.
    """
    project = folder / "one"
    project.mkdir()
    (project / "sgpctl.yaml").write_text(
        "version: 1\nproject: one\nenvironments: {sandbox: {target: sandbox}}\n", encoding="utf-8"
    )
    (project / "one.yaml").write_text(manifest(0), encoding="utf-8")
    environment = surroundings()
    commands = {
        "python -c pass": Command((sys.executable, "-c", "pass"), environment),
        "floor: import click": Command((sys.executable, "-c", "import click"), environment),
        "floor: import click, yaml, pydantic": Command(
            (sys.executable, "-c", "import click, yaml; from pydantic import BaseModel"), environment
        ),
        "sgpctl --version": Command((str(SGPCTL), "--version"), environment),
        "sgpctl --help": Command((str(SGPCTL), "--help"), environment),
        "sgpctl validate, one manifest": Command((str(SGPCTL), "validate", str(project)), environment),
    }
    medians = {name: median(runs) for name, runs in side_by_side(commands, rounds).items()}
    report.lines += [Line.of(_BENCHMARK, name, run) for name, run in medians.items()]
    bare = medians["python -c pass"].seconds
    for name, bound in (
        ("sgpctl --version", 4.0),
        ("sgpctl --help", 4.0),
        ("sgpctl validate, one manifest", 12.0),
    ):
        report.targets.append(Target(f"{name} / python -c pass", medians[name].seconds / bare, bound))
