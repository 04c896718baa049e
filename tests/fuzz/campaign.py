"""One target for some time in a process of its own, which may hang, die or eat memory without taking others along."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from random import Random

from tests.fuzz.defective import DEFECTS
from tests.fuzz.judging import MEMORY_MIB_MAX, Judge
from tests.fuzz.mutation import INPUT_BYTES_MAX, Mutator
from tests.fuzz.targets import TARGETS

_ADDRESS_SPACE_BYTES = 6 * MEMORY_MIB_MAX * 1024 * 1024  # a hard stop for the machine's sake
_STUCK_SECONDS = 120.0  # by the clock, in code that no signal interrupts, or waiting
_CURRENT = "current"
_SEED_SHARE = 0.3
_QUICK_SECONDS_MAX = (
    1.0  # what takes longer is tried, and not changed further: others teach more in that time
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run: for `seconds`, or for `inputs` in all, whichever comes first."""

    target: str
    seconds: float
    seed: int
    findings: Path
    inputs: int | None = None
    watches_lines: bool = True


@dataclass(slots=True)
class Tally:
    """What came of it. `findings` has one saved input for each way of going wrong."""

    inputs: int = 0
    kept: int = 0
    lines: int = 0
    seconds: float = 0.0
    findings: dict[str, Path] = field(default_factory=dict)


def run(plan: Plan) -> Tally:
    """The whole campaign; a process that ends before its time is followed by another."""
    tally = Tally()
    begun = time.monotonic()
    for attempt in range(1000):
        left = plan.seconds - (time.monotonic() - begun)
        missing = None if plan.inputs is None else plan.inputs - tally.inputs
        if left <= 0 or missing == 0:
            break
        _one_process(
            Plan(plan.target, left, plan.seed + attempt, plan.findings, missing, plan.watches_lines), tally
        )
    tally.seconds = time.monotonic() - begun
    return tally


def command(target: str, saved: Path) -> str:
    """What runs a saved input again."""
    return f"python -m tests.fuzz --target {target} --replay {shlex.quote(str(saved))}"


def _one_process(plan: Plan, tally: Tally) -> None:
    context = multiprocessing.get_context("spawn")  # other threads may be at work here
    with tempfile.TemporaryDirectory(prefix="sgpctl-fuzz-") as folder:
        reports: SimpleQueue[tuple[str, object]] = context.SimpleQueue()
        worker = context.Process(target=_work, args=(plan, Path(folder), reports))
        worker.start()
        counts = (tally.inputs, tally.kept)
        for kind, value in _reports(worker, reports, Path(folder) / _CURRENT):
            match kind, value:
                case "finding", (str(words), str(saved)):
                    if words not in tally.findings:
                        tally.findings[words] = Path(saved)
                case "counts", (int(inputs), int(kept), int(lines)):
                    tally.inputs, tally.kept, tally.lines = (
                        counts[0] + inputs,
                        counts[1] + kept,
                        max(tally.lines, lines),
                    )
                case _, words:
                    current = Path(folder) / _CURRENT
                    data = current.read_bytes() if current.exists() else b""
                    tally.findings.setdefault(str(words), _saved(plan, data))
                    tally.inputs += 1


def _reports(
    worker: BaseProcess, reports: SimpleQueue[tuple[str, object]], current: Path
) -> Iterator[tuple[str, object]]:
    """What the worker says, and that it is stuck or has died."""
    while True:
        if not reports.empty():
            report = reports.get()
            if report[0] == "end":
                worker.join()
                return
            yield report
        elif not worker.is_alive():
            yield "lost", f"the process died with {worker.exitcode}"
            return
        elif current.exists() and time.time() - current.stat().st_mtime > _STUCK_SECONDS:
            worker.kill()
            worker.join()
            yield "lost", f"took more than {_STUCK_SECONDS:g} s where no signal interrupts"
            return
        else:
            time.sleep(0.05)


def _work(plan: Plan, folder: Path, reports: SimpleQueue[tuple[str, object]]) -> None:
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES))
    fuzzer = Fuzzer(plan, folder)
    end = time.monotonic() + plan.seconds
    told = time.monotonic()
    starter = os.getppid()
    for number, data in enumerate(fuzzer.inputs(), start=1):
        finding = fuzzer.tried(data)
        if finding is not None:
            reports.put(("finding", (finding, str(_saved(plan, data)))))
        is_over = time.monotonic() > end or number == plan.inputs or os.getppid() != starter
        is_full = finding is not None and " MiB" in finding  # the peak of a process never falls again
        if is_over or is_full or time.monotonic() > told + 1:
            told = time.monotonic()
            reports.put(("counts", (number, fuzzer.kept, fuzzer.judge.lines)))
        if is_over or is_full:
            break
    reports.put(("end", None))


class Fuzzer:
    """The inputs of one process, one after the other, and what is kept of them."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        target = {**TARGETS, **DEFECTS}[plan.target]
        self.judge = Judge(target, folder / "scratch", watches_lines=plan.watches_lines)
        self.kept = 0
        self._random = Random(plan.seed)
        self._mutator = Mutator(self._random)
        self._seeds = [*target.seeds()]
        self._corpus: list[bytes] = []
        self._current = folder / _CURRENT

    def inputs(self) -> Iterator[bytes]:
        """The seeds in an order of this seed, and between and after them what becomes of those that were kept."""
        unused = [*self._seeds]
        self._random.shuffle(unused)
        while True:
            if unused and self._random.random() < 0.5:
                yield unused.pop()
            else:
                yield self._mutator.mutated(self._any(), self._any())

    def tried(self, data: bytes) -> str | None:
        self._current.write_bytes(data)
        begun = time.process_time()
        verdict = self.judge.verdict(data)
        is_quick = time.process_time() - begun < _QUICK_SECONDS_MAX
        if not is_quick:
            self._seeds = [seed for seed in self._seeds if seed is not data] or self._seeds
        if verdict.is_new and verdict.finding is None and is_quick and len(data) <= INPUT_BYTES_MAX:
            self._corpus.append(data)
            self.kept += 1
        return verdict.finding

    def _any(self) -> bytes:
        is_seed = not self._corpus or self._random.random() < _SEED_SHARE
        if is_seed:
            return self._random.choice(self._seeds)
        newest = self._corpus[-50:] if self._random.random() < 0.3 else self._corpus
        return self._random.choice(newest)


def _saved(plan: Plan, data: bytes) -> Path:
    plan.findings.mkdir(parents=True, exist_ok=True)
    path = plan.findings / f"{plan.target}-{hashlib.sha256(data).hexdigest()[:16]}"
    path.write_bytes(data)
    return path
