"""Files that are called saved only when they are on disk, whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sgpctl.errors import LocalStateError


def write_durably(path: Path, text: str) -> None:
    """Write `text` beside `path`, flush and sync it, and only then give it the name; readable by its owner alone.

    Raises LocalStateError, and leaves whatever stood at `path` as it was.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        temporary = None
        _sync_folder(path.parent)
    except OSError as error:
        raise LocalStateError(
            f"{path}: the file was not saved: {error.strerror or error}",
            hint="Free the disk, or choose another path.",
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(path: Path, text: str) -> bool:
    """Write a file that is not there yet, with the folders above it; False where one is there. Raises LocalStateError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise LocalStateError(f"{path}: {error.strerror or error}") from error
    return True
