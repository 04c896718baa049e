"""What one command costs: time on the clock, time of the processors, and the memory of all its processes at once.

    seconds       from before the start to after the end of the command's own process
    cpu_seconds   user and system, of the process and of all children that it waited for
    peak_mib      the larger of two:
                  - the peak of the largest single process, as the system counts it (`wait4`): exact, not sampled
                  - the sum over all processes, sampled every 20 ms: what several share is counted once (PSS).
                    A peak of several processes that is shorter than the time between two samples can be missed.

On Linux a new process begins with the peak of the one that started it, so each command is started by a small
process of its own: this file, run as a script. Nothing under the memory of that one (some 15 MiB) can be told.
Without a `/proc`, several processes are not summed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_PAUSE_SECONDS = 0.02
_SAMPLING_SHARE_MAX = 0.05  # of one processor
_SAMPLES_OF_A_TREE = 5  # as often as the list of processes is made anew
_TAIL_CHARACTERS = 2000
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Command:
    """A command with where it runs; without `environment` it has ours. `prepare` runs before each round, untimed.

    What it `says` must stand in its output: a tool that ends with 0 may have done something else.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    expected: tuple[int, ...] = (0,)
    says: str = ""
    prepare: Callable[[], None] | None = None
    seconds_max: float = 3600.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run cost, or the medians of several; `output` has both streams."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    exit_code: int
    output: str

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object in the last line of the output."""
        told: dict[str, Any] = json.loads(self.output.rstrip().rsplit("\n", 1)[-1])
        return told


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A contender that cannot be measured here, and why."""

    reason: str


class Failed(Exception):
    """A command did not end as it should, so what it took says nothing."""


def run(command: Command) -> Run:
    """Raises Failed for an end or an output that is not expected, and for a command that takes too long."""
    if command.prepare is not None:
        command.prepare()
    with tempfile.NamedTemporaryFile(suffix=".out") as output:
        order = {
            "arguments": command.arguments,
            "environment": None if command.environment is None else dict(command.environment),
            "folder": None if command.folder is None else str(command.folder),
            "output": output.name,
            "seconds_max": command.seconds_max,
        }
        starter = [sys.executable, "-I", "-S", __file__]
        answer = subprocess.run(starter, check=False, input=json.dumps(order), capture_output=True, text=True)
        text = Path(output.name).read_text(encoding="utf-8", errors="replace")
    if answer.returncode != 0:
        raise Failed(
            f"{' '.join(command.arguments)}\ncould not be measured:\n{answer.stderr[-_TAIL_CHARACTERS:]}"
        )
    done = Run(**json.loads(answer.stdout), output=text)
    if done.exit_code not in command.expected or command.says not in text:
        raise Failed(
            f"{' '.join(command.arguments)}\nended with {done.exit_code} after {done.seconds:.1f} s:\n"
            f"{text[-_TAIL_CHARACTERS:]}"
        )
    return done


def side_by_side(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Run]]:
    """The commands in turn, round by round, so that a machine which grows slower does so for all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return runs


def median_of(command: Command, rounds: int) -> Run:
    return median([run(command) for _ in range(rounds)])


def median(runs: Sequence[Run]) -> Run:
    """Each figure's own median; exit code and output are the last run's."""
    from statistics import median as middle

    return Run(
        middle(one.seconds for one in runs),
        middle(one.cpu_seconds for one in runs),
        middle(one.peak_mib for one in runs),
        runs[-1].exit_code,
        runs[-1].output,
    )


def median_told(runs: Sequence[Run]) -> float:
    """The median of the seconds that the runs told of themselves, as the floors do."""
    from statistics import median as middle

    return middle(float(one.told["seconds"]) for one in runs)


class _Sampler(threading.Thread):
    """Looks at a process and its descendants until told to stop."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._root = root
        self._pids = [root]
        self._is_over = threading.Event()

    def run(self) -> None:
        number = 0
        pause = _PAUSE_SECONDS
        while _PROC.exists() and not self._is_over.wait(pause):
            began = time.perf_counter()
            if number % _SAMPLES_OF_A_TREE == 0:
                self._pids = _tree(self._root)
            self._sample()
            number += 1
            pause = max(_PAUSE_SECONDS, (time.perf_counter() - began) / _SAMPLING_SHARE_MAX)

    def stop(self) -> None:
        self._is_over.set()
        self.join()

    def _sample(self) -> None:
        """PSS costs more to read than RSS, and cannot be more: it is read only where it may be a new peak."""
        resident = sum(_resident_bytes(pid) for pid in self._pids)
        if len(self._pids) > 1 and resident > self.peak_bytes:
            resident = sum(_proportional_bytes(pid) for pid in self._pids)
        self.peak_bytes = max(self.peak_bytes, resident)


def _tree(root: int) -> list[int]:
    """The process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir(_PROC):  # noqa: PTH208 - many times a second
        if entry.isdigit():
            with suppress(OSError):
                stat = Path(f"/proc/{entry}/stat").read_text(encoding="utf-8", errors="replace")
                children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def _resident_bytes(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    return 0


def _proportional_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _start_and_wait(order: dict[str, Any]) -> Run:
    with Path(order["output"]).open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            order["arguments"],
            env=order["environment"],
            cwd=order["folder"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    sampler = _Sampler(process.pid)
    sampler.start()
    deadline = threading.Timer(order["seconds_max"], os.killpg, (process.pid, signal.SIGKILL))
    deadline.daemon = True
    deadline.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    seconds = time.perf_counter() - began
    deadline.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    sampler.stop()
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Run(
        seconds,
        usage.ru_utime + usage.ru_stime,
        max(largest, sampler.peak_bytes) / 2**20,
        process.returncode,
        "",
    )


if __name__ == "__main__":
    figures = asdict(_start_and_wait(json.load(sys.stdin)))
    del figures["output"]
    sys.stdout.write(json.dumps(figures))
