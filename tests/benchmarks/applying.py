"""Creates, with a platform that takes its time: sgpctl with all that keeps it safe, the SDK one by one, and the floor."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.benchmarks.measuring import Command, Run, median, median_told, run
from tests.benchmarks.projects import write_project
from tests.benchmarks.results import Line, Report, Target
from tests.benchmarks.serving import SGPCTL, serving, surroundings

_PARALLELISM = 16
_LISTING_PAGES = 8  # before and after: the owned ones, and the count, each a page of a thousand or of one
_SENT = re.compile(r"^(?:GET|POST|PATCH|DELETE) \S+ -> ", re.MULTILINE)


def measure_creates(report: Report, folder: Path, count: int, latency_ms: int, rounds: int) -> None:
    """As many creates of each contender, each time on an empty platform of its own."""
    project = folder / "creates"
    write_project(project, count)
    contenders = {
        f"sgpctl, parallelism {_PARALLELISM}": (
            (str(SGPCTL), "apply", str(project), "--yes", "--parallelism", str(_PARALLELISM)),
            "",
        ),
        "SDK script": ((sys.executable, "-m", "tests.benchmarks.sdk_script", str(project)), "--apply"),
        f"floor: bare POSTs, {_PARALLELISM} at once": (
            (sys.executable, "-m", "tests.benchmarks.floors", "creates"),
            f"--count={count} --parallelism={_PARALLELISM}",
        ),
    }
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, (arguments, more) in contenders.items():
            runs[name].append(
                _on_an_empty_platform(
                    folder, f"{number}-{len(runs[name])}-{len(name)}", latency_ms, arguments, more
                )
            )
    benchmark = f"{count:,} creates at {latency_ms} ms"
    ours, script, floor = runs.values()
    for name, measured in runs.items():
        is_floor = name.startswith("floor")
        report.lines.append(
            Line(benchmark, name, median_told(measured))
            if is_floor
            else Line.of(benchmark, name, median(measured))
        )
    ratio = median(script).seconds / median(ours).seconds
    requests = len(_SENT.findall(_requests_of(folder, project, latency_ms)))
    report.targets += [
        Target(f"{benchmark}, SDK script / sgpctl", ratio, 0.8 * _PARALLELISM, at_least=True),
        Target(f"{benchmark}, sgpctl / floor", median(ours).seconds / median_told(floor), 2.0),
        Target(f"{benchmark}, requests per create", (requests - _LISTING_PAGES) / count, 1.1),
    ]


def _on_an_empty_platform(
    folder: Path, name: str, latency_ms: int, arguments: tuple[str, ...], more: str
) -> Run:
    with serving(folder / f"empty-{name}.db", latency_ms=latency_ms) as address:
        is_ours = arguments[0] == str(SGPCTL)
        whole = arguments if is_ours else (*arguments, address, *more.split())
        return run(Command(whole, surroundings(address)))


def _requests_of(folder: Path, project: Path, latency_ms: int) -> str:
    """What one apply of all creates says of its requests."""
    arguments = (str(SGPCTL), "apply", str(project), "--yes", "--parallelism", str(_PARALLELISM), "--debug")
    return _on_an_empty_platform(folder, "counted", latency_ms, arguments, "").output
