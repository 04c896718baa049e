"""Files that are called saved only when they are on disk, whole."""

from __future__ import annotations

import stat
from pathlib import Path

from sgpctl.errors import LocalStateError
from sgpctl.private_files import replace_file

_HINT = "Free the disk, give it the right to write there, or choose another path."


def write_durably(path: Path, text: str) -> None:
    """Write `text` beside `path`, flush and sync it, and only then give it the name.

    A new file can be read by its owner alone, an old one keeps its permissions. Raises LocalStateError, and leaves
    whatever stood at `path` as it was.
    """
    check_writable(path)
    path = path.resolve()
    try:
        replace_file(path, text)
    except OSError as error:
        raise LocalStateError(
            f"{path}: the file was not saved: {error.strerror or error}",
            hint=_HINT,
        ) from error


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
