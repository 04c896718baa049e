"""Files opened for reading: without waiting for a pipe, and without following what was put in a file's way."""

from __future__ import annotations

import os
from pathlib import Path

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _NO_LINK


def open_to_read(path: Path, below: Path | None = None) -> int:
    """A descriptor of what stands at `path`. Raises OSError.

    With `below`, a folder above it, no link between the two is followed. Whoever has seen that `path` stays in there
    gets what is there, also when somebody puts a link in its way meanwhile. A hard link cannot be told from a file.
    """
    if below is None or os.open not in os.supports_dir_fd:
        return os.open(path, _READ)
    *folders, name = path.relative_to(below).parts or (".",)
    here = os.open(below, _FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=here)
            os.close(here)
            here = inner
        return os.open(name, _READ | _NO_LINK, dir_fd=here)
    finally:
        os.close(here)
