"""What sgpctl keeps on disk for itself: open to its owner alone, from the first byte on and whatever the umask.

What is there already keeps the mode that somebody gave it. Files that people write are not made here: they follow the
umask. Everything raises OSError, for the caller to put into words.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

STATE_FOLDER = ".sgpctl"
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


def make_private_folder(folder: Path) -> None:
    """Make `folder` and those above it where they are missing.

    A state folder tells Git to leave it alone, so that no project commits its journal by accident.
    """
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    try:
        folder.mkdir(mode=_FOLDER_MODE)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if folder.name == STATE_FOLDER:
        (folder / ".gitignore").write_text("*\n", encoding="ascii")


def make_private_file(path: Path) -> None:
    """Make an empty file where there is none, for whoever opens it next to keep its mode."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE))


def open_private(path: Path, flags: int) -> int:
    """A descriptor of the file at `path`, which is made if it is missing.

    A link there is not followed: a repository could bring one along, and have us write to where it leads.
    """
    try:
        return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, _FILE_MODE)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and is not written through", str(path)) from error
        raise


def replace_file(path: Path, text: str) -> None:
    """Put `text` in the place of what stands at `path`: written beside it, synced, and only then given the name."""
    handle, written = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(written)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            with suppress(FileNotFoundError):
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """See to it that the names of new files in `folder` outlast a crash, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
