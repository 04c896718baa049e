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
    here = _open_folder(path.parent, below) if path != below else os.open(below, _FOLDER)
    try:
        return os.open(path.name if path != below else ".", _READ | _NO_LINK, dir_fd=here)
    finally:
        os.close(here)


class Opener:
    """Opens files below a folder as `open_to_read` does. The folder of the last one stays open: most have the same."""

    def __init__(self, below: Path) -> None:
        self._below = below
        self._folder: str | None = None
        self._descriptor: int | None = None

    def open(self, path: Path) -> int:
        """A descriptor of what stands at `path`. Raises OSError."""
        if os.open not in os.supports_dir_fd or path == self._below:
            return open_to_read(path, self._below)
        folder, name = os.path.split(path)
        if self._descriptor is None or folder != self._folder:
            self.close()
            self._descriptor = _open_folder(path.parent, self._below)
            self._folder = folder
        return os.open(name, _READ | _NO_LINK, dir_fd=self._descriptor)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        self.close()


def _open_folder(folder: Path, below: Path) -> int:
    here = os.open(below, _FOLDER)
    for part in folder.relative_to(below).parts:
        try:
            inner = os.open(part, _FOLDER, dir_fd=here)
        finally:
            os.close(here)
        here = inner
    return here
