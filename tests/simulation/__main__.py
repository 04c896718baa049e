"""Runs random schedules on all cores and prints one command for each that fails; one seed alone is told request by request."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.defects import DEFECTS
from tests.simulation.parts import Parts
from tests.simulation.running import Verdict, run_seed


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="0..1000", help="one seed, or first..last")
    parser.add_argument("--defect", choices=sorted(DEFECTS), help="plant this defect")
    parser.add_argument(
        "--machine",
        type=int,
        metavar="N",
        help="instead, have Hypothesis make up N stories, chosen by the seed, and tell the shortest that fails",
    )
    parser.add_argument("--first", action="store_true", help="stop at the first schedule that fails")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    first, _, last = options.seeds.partition("..")
    seeds = range(int(first), int(last or first) + 1)
    parts = DEFECTS[options.defect] if options.defect else Parts
    if options.machine is not None:
        return _tell(options.machine, seeds[0], parts)
    if len(seeds) == 1:
        return _replay(seeds[0], parts)
    gc.set_threshold(100_000, 50, 1000)  # as sgpctl itself does; an eighth of the time
    begun = time.perf_counter()
    schedules = applies = failures = deaths = races = 0
    for verdict in _verdicts(seeds, parts, options.jobs):
        applies, deaths, races = applies + verdict.applies, deaths + verdict.deaths, races + verdict.races
        schedules += 1
        failures += bool(verdict.wrong)
        if verdict.wrong:
            print(
                f"python -m tests.simulation --seeds {verdict.seed}{_planted(parts)}  # {verdict.wrong[0]}",
                flush=True,
            )
        if verdict.wrong and options.first:
            break
    per_minute = 60 * schedules / (time.perf_counter() - begun)
    print(
        f"{schedules} schedules, {applies} applies, {deaths} deaths, {races} races, {failures} failures, "
        f"{per_minute:,.0f} schedules per minute"
    )
    return 1 if failures else 0


def _tell(stories: int, number: int, parts: type[Parts]) -> int:
    from tests.simulation.story import shortest_failure

    told = shortest_failure(stories, number=number, parts=parts)
    print(told or f"everything held in {stories} stories")
    if told:
        print(f"python -m tests.simulation --machine {stories} --seeds {number}{_planted(parts)}")
    return 1 if told else 0


def _planted(parts: type[Parts]) -> str:
    return f" --defect {parts.__name__}" if parts is not Parts else ""


def _replay(seed: int, parts: type[Parts]) -> int:
    verdict = run_seed(seed, parts, tell=print)
    print(*(verdict.wrong or ("everything held",)), sep="\n")
    return 1 if verdict.wrong else 0


def _verdicts(seeds: range, parts: type[Parts], jobs: int) -> Iterator[Verdict]:
    if jobs == 1:
        yield from (run_seed(seed, parts) for seed in seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(run_seed, parts=parts), seeds, chunksize=20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
