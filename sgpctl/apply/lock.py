"""One apply at a time for a project and environment, on one machine.

The operating system lets go of the lock when its process ends, however it ends. Runners on several machines are not
kept apart by it; what they may do to each other is for the closing look to find.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sgpctl.errors import LocalStateError, RefusedError

_HOLDER_BYTES_MAX = 32


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path` for as long as the block lasts. Raises RefusedError while another process holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LocalStateError(
            f"{path}: {error.strerror or error}",
            hint="sgpctl keeps its lock and its journal in this folder; give it the right to write there.",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, _HOLDER_BYTES_MAX, 0).decode("ascii", "replace").strip() or "unknown"
            raise RefusedError(
                f"another sgpctl works on this project and environment (process {holder}); nothing was changed",
                hint="Wait until it has ended, then plan again.",
            ) from None
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(handle)
