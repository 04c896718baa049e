"""Everything that a run writes, connects to or starts, as Python's own audit tells it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_CHANGING = frozenset(
    [
        *(
            "os.mkdir",
            "os.remove",
            "os.rename",
            "os.rmdir",
            "os.symlink",
            "os.link",
            "os.truncate",
            "os.chmod",
            "os.utime",
        ),
        *("shutil.rmtree", "shutil.move", "tempfile.mkstemp", "sqlite3.connect"),
    ]
)
_NEVER = frozenset(
    [
        *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen"),
        *("os.system", "os.exec", "os.fork", "os.posix_spawn"),
    ]
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Writes:
    """Watches this process for as long as it lives; reports only while it is asked to."""

    def __init__(self) -> None:
        self._may_write: Callable[[Path], bool] | None = None
        self._found: list[str] = []
        sys.addaudithook(self._heard)

    @contextmanager
    def watched(self, may_write: Callable[[Path], bool]) -> Iterator[list[str]]:
        """What is done beyond `may_write`, in words."""
        self._found = []
        self._may_write = may_write
        try:
            yield self._found
        finally:
            self._may_write = None

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        may_write = self._may_write
        if may_write is None:
            return
        if event in _NEVER:
            self._found.append(f"{event} {arguments!r:.200}")
        elif event in _CHANGING or (event == "open" and _is_writing(arguments)):
            self._may_write = None  # what the check itself does is not heard
            try:
                told = arguments[:1] if event == "open" else arguments  # what follows is no name
                names = [Path(os.fsdecode(one)) for one in told if isinstance(one, str | bytes | os.PathLike)]
                self._found += [f"{event} {name}" for name in names if not may_write(name.absolute())]
            finally:
                self._may_write = may_write


def _is_writing(arguments: tuple[object, ...]) -> bool:
    _, mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITING)
