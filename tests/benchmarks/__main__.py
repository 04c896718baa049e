"""`python -m tests.benchmarks`: all of it, side by side; a table on standard output, JSON with `--json FILE`.

    plans      a plan of --size manifests, beside the floors, a script with the SDK, Terraform and octoDNS
    dbt        a plan of 1,000 jobs with dbt-jobs-as-code
    large      a plan of --large manifests, beside nothing
    matrix     --size evaluations out of matrices
    creates    an apply of --creates evaluations at 50 ms latency, beside the SDK and bare POSTs
    start      --version, --help, and one manifest
    rows       a million rows

Everything is made in a temporary folder. With the defaults it takes about an hour; `--size 1000 --only plans,start
--rounds 3` gives a first idea in two minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.applying import measure_creates
from tests.benchmarks.planning import measure_dbt, measure_large_plan, measure_matrix, measure_plans
from tests.benchmarks.results import Report
from tests.benchmarks.rows import measure_rows
from tests.benchmarks.starting import measure_starts

_ALL = ("start", "plans", "dbt", "large", "matrix", "creates", "rows")
_START_ROUNDS = 4  # for each of the others: they are short
_LATENCY_MS = 50


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sgpctl-benchmarks-") as name:
        for part in options.only:
            folder = Path(name) / part
            folder.mkdir()
            print(f"{part} ...", file=sys.stderr, flush=True)
            _measure(part, report, folder, options)
    print(report.as_text())
    if options.json is not None:
        report.write(Path(options.json), options.rounds)
    return 0


def _measure(part: str, report: Report, folder: Path, options: argparse.Namespace) -> None:
    size, rounds = options.size, options.rounds
    match part:
        case "start":
            measure_starts(report, folder, rounds * _START_ROUNDS)
        case "plans":
            measure_plans(report, folder, size, rounds, with_others=not options.without_others)
        case "dbt":
            measure_dbt(report, folder, rounds)
        case "large":
            measure_large_plan(report, folder, options.large, size, rounds)
        case "matrix":
            measure_matrix(report, folder, size, rounds)
        case "creates":
            measure_creates(report, folder, options.creates, _LATENCY_MS, rounds)
        case _:
            measure_rows(report, folder, rounds)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", type=_parts, default=_ALL, metavar="PART,PART", help="default: all of them")
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--creates", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-others", action="store_true", help="measure neither Terraform nor octoDNS")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args(arguments)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    for part in parts:
        if part not in _ALL:
            raise argparse.ArgumentTypeError(f"{part!r} is none of {', '.join(_ALL)}")
    return parts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
