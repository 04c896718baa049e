"""One apply at a time for a project and environment, on one machine.

The operating system lets go of the lock when its process ends, however it ends. Runners on several machines are
kept apart by a lease on the platform (`lease`).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sgpctl.errors import LocalStateError, RefusedError

_HOLDER_BYTES_MAX = 32
_POLL_SECONDS = 0.2


@contextmanager
def exclusive(path: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock file at `path` for as long as the block lasts.

    Raises RefusedError when another process still holds it after `wait_seconds`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LocalStateError(
            f"{path}: {error.strerror or error}",
            hint="sgpctl keeps its lock and its journal in this folder; give it the right to write there.",
        ) from error
    try:
        if not _taken(handle, wait_seconds):
            holder = os.pread(handle, _HOLDER_BYTES_MAX, 0).decode("ascii", "replace").strip() or "unknown"
            raise RefusedError(
                f"another sgpctl works on this project and environment (process {holder}); nothing was changed",
                hint="Wait for it with --lock-timeout SECONDS, or until it has ended.",
            )
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


def _taken(handle: int, wait_seconds: float) -> bool:
    give_up = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            left = give_up - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_POLL_SECONDS, left))
        else:
            return True
