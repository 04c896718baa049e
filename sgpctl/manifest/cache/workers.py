"""Manifests read by several processes at once: each takes some of the files, and sends back what they came to.

A worker is a copy of this process that ends without running anything else. It ends, too, when nobody reads what it
writes any more; a person's Ctrl-C is for the process that waits for it, which ends its workers then.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import NoReturn, TypeAlias

from sgpctl.limits import MIB, WORKER_FILES_MIN, WORKERS_MAX

Read: TypeAlias = "Callable[[Path], bytes | None]"
"""Makes the entry of one file; None for a file that has none."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LENGTH_BYTES = 4


@dataclass(slots=True)
class _Worker:
    """One that was started, and what it has sent so far."""

    pid: int
    pipe: int
    paths: Sequence[Path]
    sent: bytearray = field(default_factory=bytearray)
    is_done: bool = False

    def entries(self) -> Iterator[tuple[Path, bytes]]:
        """What it made of its files, as far as it came."""
        start = 0
        for path in self.paths:
            length = int.from_bytes(self.sent[start : start + _LENGTH_BYTES])
            start += _LENGTH_BYTES + length
            if start > len(self.sent):
                return
            if length:
                yield path, bytes(self.sent[start - length : start])


def worker_count(files: int) -> int:
    """How many processes are worth starting for so many files; 0 where this process reads them itself.

    Only Linux copies a process cheaply and safely, and only one with a single thread.
    """
    if sys.platform != "linux" or files < WORKER_FILES_MIN or threading.active_count() > 1:
        return 0
    processors = len(os.sched_getaffinity(0))
    return min(processors, WORKERS_MAX) if processors > 1 else 0


def entries_by_workers(paths: Sequence[Path], read: Read, workers: int) -> dict[Path, bytes]:
    """The entries of `paths`, as far as there are any: whoever asked reads the others.

    A worker that dies brings what it came to; one that cannot be started brings none.
    """
    started: list[_Worker] = []
    try:
        with suppress(OSError):  # there may be no more processes, or files, for us
            for number in range(workers):
                _start(paths[number::workers], read, started)
        _receive(started)
        return {path: entry for worker in started for path, entry in worker.entries()}
    finally:
        _end(started)


def _start(paths: Sequence[Path], read: Read, started: list[_Worker]) -> None:
    """Adds a worker for `paths` to `started`. Raises OSError."""
    ours, theirs = os.pipe()
    # No signal may come between: it would find a worker that nobody knows of, or that does not know that it is one.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        pid = os.fork()
        if pid == 0:
            _work(paths, read, theirs, [ours, *(worker.pipe for worker in started)], before)
        started.append(_Worker(pid, ours, paths))
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    paths: Sequence[Path],
    read: Read,
    pipe: int,
    pipes_of_others: Sequence[int],
    mask: set[int | signal.Signals],
) -> NoReturn:
    """The whole life of a worker."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for other in pipes_of_others:  # else the pipe would outlive who reads from it
            os.close(other)
        with os.fdopen(pipe, "wb") as out:
            for path in paths:
                entry = read(path) or b""
                out.write(len(entry).to_bytes(_LENGTH_BYTES))
                out.write(entry)
    finally:
        os._exit(0)  # nobody asks how it ended: what it has not sent, it has not made


def _receive(started: Sequence[_Worker]) -> None:
    """Reads what the workers send, until each has sent all or is dead."""
    with DefaultSelector() as selector:
        for worker in started:
            selector.register(worker.pipe, EVENT_READ, worker)
        while selector.get_map():
            for key, _ in selector.select():
                piece = os.read(key.fd, MIB)
                key.data.sent += piece
                if not piece:
                    key.data.is_done = True
                    selector.unregister(key.fileobj)


def _end(started: Sequence[_Worker]) -> None:
    for worker in started:
        os.close(worker.pipe)
        if not worker.is_done:
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
    for worker in started:
        with suppress(ChildProcessError):  # whoever started us may have said that nobody waits for children
            os.waitpid(worker.pid, 0)
