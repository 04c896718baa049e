"""`python -m tests.fuzz --target all --seconds 600 --jobs 2`: mutated inputs, for as long as there is time."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.campaign import Plan, Tally, command, run
from tests.fuzz.judging import Judge
from tests.fuzz.minimising import minimised
from tests.fuzz.targets import TARGETS


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.replay is not None:
        return _replay(options.target, Path(options.replay), is_to_shrink=options.minimise)
    findings = Path(options.findings or tempfile.mkdtemp(prefix="sgpctl-findings-"))
    names = [*TARGETS] if options.target == "all" else [options.target]
    plans = [*_plans(names, options, findings)]
    wrong = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for plan, tally in zip(plans, pool.map(run, plans), strict=True):
            _tell(plan, tally)
            wrong += len(tally.findings)
    print(f"{wrong} findings" + (f", saved in {findings}" if wrong else ""))
    return 1 if wrong else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--target", choices=[*TARGETS, "all"], default="all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together, on all jobs")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, help="at most so many for each target")
    parser.add_argument("--findings", help="the folder in which inputs that went wrong are saved")
    parser.add_argument("--fast", action="store_true", help="do not watch which lines are run")
    parser.add_argument("--replay", metavar="FILE", help="run one saved input again")
    parser.add_argument("--minimise", action="store_true", help="make the input that is replayed smaller")
    return parser.parse_args(arguments)


def _plans(names: Sequence[str], options: argparse.Namespace, findings: Path) -> Iterator[Plan]:
    """The time of all jobs, shared out evenly; one target alone is run by each job from another seed."""
    names = names if len(names) > 1 else [*names] * options.jobs
    seconds = options.seconds * min(options.jobs, len(names)) / len(names)
    for number, name in enumerate(names):
        yield Plan(name, seconds, options.seed + 1000 * number, findings, options.inputs, not options.fast)


def _tell(plan: Plan, tally: Tally) -> None:
    print(
        f"{plan.target}: {tally.inputs:,} inputs in {tally.seconds:.0f} s, {tally.kept:,} kept, "
        f"{tally.lines:,} lines of sgpctl run, {len(tally.findings)} findings",
        flush=True,
    )
    for words, saved in tally.findings.items():
        print(f"  {command(plan.target, saved)}  # {words}", flush=True)


def _replay(name: str, saved: Path, *, is_to_shrink: bool) -> int:
    data = saved.read_bytes()
    with tempfile.TemporaryDirectory(prefix="sgpctl-fuzz-") as folder:
        judge = Judge(TARGETS[name], Path(folder), watches_lines=False)
        verdict = judge.verdict(data)
        if is_to_shrink and verdict.finding is not None:
            data = minimised(data, lambda smaller: judge.verdict(smaller).shape == verdict.shape)
            saved.write_bytes(data)
            print(f"{len(data):,} bytes are left")
    print(verdict.finding or f"nothing is wrong: {verdict.shape}")
    return 1 if verdict.finding else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
