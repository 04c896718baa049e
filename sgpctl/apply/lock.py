"""One apply at a time for a project and environment, on one machine.

The operating system lets go of the lock when its process ends, however it ends. Runners on several machines are
kept apart by a lease on the platform (`lease`).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sgpctl.errors import LocalStateError, RefusedError
from sgpctl.private_files import make_private_folder, open_private

_HOLDER_BYTES_MAX = 32
_POLL_SECONDS = 0.2


@contextmanager
def exclusive(
    path: Path, *, wait_seconds: float = 0.0, on_wait: Callable[[str], None] = lambda _: None
) -> Iterator[float]:
    """Hold the lock file at `path` for as long as the block lasts; its value is how many seconds that was waited for.

    `on_wait` is told once who holds it, if it has to be waited for. Raises RefusedError when another process still holds
    it after `wait_seconds`, and LocalStateError.
    """
    handle = _opened(path)
    try:
        waited = _taken(path, handle, wait_seconds, on_wait)
        _sign(path, handle)
        yield waited
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        make_private_folder(path.parent)
        return open_private(path, os.O_RDWR)
    except OSError as error:
        raise _unusable(path, error) from error


def _taken(path: Path, handle: int, wait_seconds: float, on_wait: Callable[[str], None]) -> float:
    begun = time.monotonic()
    has_told = False
    while not _is_taken(path, handle):
        waited = time.monotonic() - begun
        if waited >= wait_seconds:
            raise RefusedError(
                f"another sgpctl works on this project and environment ({_holder(handle)}); nothing was changed",
                hint="Wait for it with --lock-timeout SECONDS, or until it has ended.",
            )
        if not has_told:
            on_wait(_holder(handle))
            has_told = True
        time.sleep(min(_POLL_SECONDS, wait_seconds - waited))
    return time.monotonic() - begun if has_told else 0.0


def _is_taken(path: Path, handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:  # a file system without locks
        raise _unusable(path, error) from error
    return True


def _holder(handle: int) -> str:
    number = os.pread(handle, _HOLDER_BYTES_MAX, 0).decode("ascii", "replace").strip()
    return f"process {number or 'unknown'}"


def _sign(path: Path, handle: int) -> None:
    """Say in the file whose the lock is."""
    try:
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> LocalStateError:
    return LocalStateError(
        f"{path}: {error.strerror or error}; nothing was changed",
        hint="sgpctl keeps its lock and its journal in this folder, and must be able to write and to lock files there.",
    )
