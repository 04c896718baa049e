"""Manifests read by several processes at once: each takes some of the files, and sends back what they came to."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from sgpctl.limits import WORKER_FILES, WORKER_FILES_MIN, WORKERS_MAX

Read: TypeAlias = "Callable[[Path], bytes | None]"
"""Makes the entry of one file; None for a file that has none."""


def worker_count(files: int) -> int:
    """How many processes are worth starting for so many files; 0 where this process reads them itself.

    Only Linux copies a process cheaply and safely, and only one with a single thread.
    """
    if sys.platform != "linux" or files < WORKER_FILES_MIN or threading.active_count() > 1:
        return 0
    processors = len(os.sched_getaffinity(0))
    return min(processors, WORKERS_MAX) if processors > 1 else 0


def entries_by_workers(paths: Sequence[Path], read: Read, workers: int) -> dict[Path, bytes]:
    """The entries of `paths`, as far as there are any: whoever asked reads the others. A worker that dies brings none."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    shares = [paths[start : start + WORKER_FILES] for start in range(0, len(paths), WORKER_FILES)]
    made: dict[Path, bytes] = {}
    # What a worker needs comes to it with the copy of this process, and does not travel.
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("fork"), initializer=_begin, initargs=(read, shares)
    )
    try:
        for share, entries in zip(shares, pool.map(_entries, range(len(shares))), strict=True):
            made.update((path, entry) for path, entry in zip(share, entries, strict=True) if entry)
    except BrokenProcessPool:
        return made
    finally:
        pool.shutdown(cancel_futures=True)
    return made


_work: tuple[Read, Sequence[Sequence[Path]]] | None = None


def _begin(read: Read, shares: Sequence[Sequence[Path]]) -> None:
    """The first thing that a worker does. A person's Ctrl-C is for the process that waits for it."""
    global _work  # noqa: PLW0603 - a worker lives for one call, and has no other memory
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _work = (read, shares)


def _entries(number: int) -> list[bytes | None]:
    if _work is None:
        raise RuntimeError("the worker has not begun")
    read, shares = _work
    return [read(path) for path in shares[number]]
