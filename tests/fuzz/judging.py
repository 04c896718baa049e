"""One input under its limits: what it ended in, and what no input may do."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tests.fuzz.lines import Lines
from tests.fuzz.targets.target import Target
from tests.fuzz.writes import Writes

SECONDS_MAX = 5.0
MEMORY_MIB_MAX = 512
_TOO_SLOW = "took more time than there is"
_WATCHED_EVERY = 4  # watching an input takes longer than running it
_STATE_FOLDER = ".sgpctl"
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\d+")


class TooSlow(BaseException):
    """Raised into whatever runs when its time is over."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one input ended. `finding` says what is wrong; `shape` is its ending without what varies."""

    shape: str
    finding: str | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one input may take at most: seconds of the processor, and the peak of this process."""

    seconds: float = SECONDS_MAX
    memory_mib: int = MEMORY_MIB_MAX


class Judge:
    """Runs inputs of one target in one folder, which is emptied each time."""

    def __init__(
        self, target: Target, folder: Path, *, watches_lines: bool, bounds: Bounds | None = None
    ) -> None:
        self._bounds = bounds or Bounds()
        self._target = target
        self._folder = folder
        self._lines = Lines() if watches_lines else None
        self._writes = Writes()
        self._shapes: set[str] = set()
        self._number = 0

    @property
    def lines(self) -> int:
        return self._lines.count if self._lines is not None else 0

    def verdict(self, data: bytes) -> Verdict:
        self._number += 1
        watches_lines = self._lines is not None and self._number % _WATCHED_EVERY == 0
        ending, finding = self._tried(data, watches_lines=watches_lines)
        if finding is _TOO_SLOW and watches_lines:  # watching takes most of the time
            ending, finding = self._tried(data, watches_lines=False)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if finding is None and memory > self._bounds.memory_mib:
            finding = f"took {memory:.0f} MiB"
        shape = _VARYING.sub("_", finding or ending)[:300]
        is_new = shape not in self._shapes or (
            watches_lines and self._lines is not None and self._lines.were_new
        )
        self._shapes.add(shape)
        return Verdict(shape, finding, is_new)

    def _tried(self, data: bytes, *, watches_lines: bool) -> tuple[str, str | None]:
        """How an input ends, and what is wrong with that."""
        folder = self._folder / "here"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._target.prepare(data, folder)
        before = _listing(self._folder)
        with self._writes.watched(lambda path: self._may_be_written(path, folder)) as written:
            ending, finding = self._run(folder, watches_lines=watches_lines)
        changes = _changes(before, _listing(self._folder))
        written += [str(path) for path in changes if not self._may_be_written(path, folder)]
        if finding is None and written:
            finding = f"written where nothing may be: {', '.join(written)[:500]}"
        return ending, finding

    def _run(self, folder: Path, *, watches_lines: bool) -> tuple[str, str | None]:
        try:
            with _timed(self._bounds.seconds), self._watched(watches_lines=watches_lines):
                return self._target.run(folder), None
        except TooSlow:
            return "", _TOO_SLOW
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever comes out is a finding
            return "", f"{type(error).__name__}: {str(error)[:300]} at {_place(error.__traceback__)}"

    @contextmanager
    def _watched(self, *, watches_lines: bool) -> Iterator[None]:
        if not watches_lines or self._lines is None:
            yield
            return
        with self._lines.watched():
            yield

    def _may_be_written(self, path: Path, folder: Path) -> bool:
        if path == Path(os.devnull):
            return True
        if not path.is_relative_to(folder):
            return False
        name = path.relative_to(folder)
        return name.parts[:1] == (_STATE_FOLDER,) or name.as_posix() in self._target.outputs


@contextmanager
def _timed(seconds: float) -> Iterator[None]:
    """Time of the processor: others may use the machine. What waits is seen by whoever watches this process."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)  # again, should something swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _place(trace: object) -> str:
    """The last line of sgpctl in a traceback, or of the target where none of it is in there."""
    frames = traceback.extract_tb(trace)  # type: ignore[arg-type]  # a traceback, or None
    ours = [frame for frame in frames if "/sgpctl/" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "nowhere"


def _listing(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found: dict[Path, tuple[int, int, int]] = {}
    for where, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(where, name)
            status = path.lstat()
            is_folder = name in folders
            found[path] = (
                status.st_mode,
                0 if is_folder else status.st_size,
                0 if is_folder else status.st_mtime_ns,
            )
    return found


def _changes(
    before: dict[Path, tuple[int, int, int]], after: dict[Path, tuple[int, int, int]]
) -> Iterator[Path]:
    return (path for path in {**before, **after} if before.get(path) != after.get(path))
