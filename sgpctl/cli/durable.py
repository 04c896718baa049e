"""Files that are called saved only when they are on disk, whole."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from sgpctl.errors import LocalStateError

_HINT = "Free the disk, give it the right to write there, or choose another path."


def write_durably(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write `text` beside `path`, flush and sync it, and only then give it the name.

    Without `mode`, the permissions it gets, its owner alone can read it. Raises LocalStateError, and leaves whatever
    stood at `path` as it was.
    """
    check_writable(path)
    path = path.resolve()
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if mode is not None:
                Path(temporary).chmod(mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        temporary = None
        _sync_folder(path.parent)
    except OSError as error:
        raise LocalStateError(
            f"{path}: the file was not saved: {error.strerror or error}",
            hint=_HINT,
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise LocalStateError where a file cannot be put: onto a device or a folder, or into a folder that is not there."""
    try:
        is_other = not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        is_other = False
    except OSError as error:  # a folder that may not be looked into, or links that form a circle
        raise LocalStateError(f"{path}: it cannot be saved: {error.strerror or error}", hint=_HINT) from error
    if is_other:
        raise LocalStateError(
            f"{path}: it is no file, and would be replaced by one", hint="Choose another path."
        )
    if not path.resolve().parent.is_dir():
        raise LocalStateError(
            f"{path}: it cannot be saved: there is no folder {path.resolve().parent}",
            hint="Make the folder, or choose another path.",
        )


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
            try:
                file.write(text)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        return False
    except OSError as error:
        raise LocalStateError(
            f"{path}: {error.strerror or error}",
            hint=_HINT,
        ) from error
    return True
