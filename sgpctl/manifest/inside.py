"""Which paths a project may name: those that stay inside its folder, also after links are followed."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from sgpctl.manifest.problem import quoted
from sgpctl.manifest.text import reason
from sgpctl.model.nearest import did_you_mean
from sgpctl.private_files import STATE_FOLDER

_CLOSED_FOLDERS = frozenset({".git", STATE_FOLDER})
_ENVIRONMENT_FILE = re.compile(r"\.env(rc|\..*)?", re.IGNORECASE | re.DOTALL)
_SYSTEM_FOLDERS = (Path("/proc"), Path("/sys"), Path("/dev"))  # within reach of a project in /


class NotUsable(Exception):
    """A path that may not be used or does not exist; the message is for a person."""


class NotReachable(NotUsable):
    """A path of which nobody can say what it leads to: a folder on the way may not be read."""


def shown(path: Path, root: Path) -> str:
    """How `path`, which lies below `root`, is named in messages: relative, with forward slashes."""
    whole, start = path.as_posix(), f"{root.as_posix().rstrip('/')}/"
    name = whole[len(start) :] if whole.startswith(start) else path.relative_to(root).as_posix()
    return name if name.isascii() else _told(name)


def _told(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def inside(wanted: str, folder: Path, root: Path) -> Path:
    """The existing file or folder that `wanted`, relative to `folder`, names, with links followed.

    Both `folder` and `root` must be free of links. Raises `NotUsable`.
    """
    lexical = _lexical(wanted, folder, root)
    try:
        real = lexical.resolve(strict=True)
    except FileNotFoundError as error:
        raise NotUsable(_about_missing(lexical, wanted, root)) from error
    except RuntimeError as error:  # Python before 3.13 says so of links that form a circle
        raise NotUsable(f"{quoted(wanted)} is a link that leads to itself") from error
    except OSError as error:
        raise NotReachable(f"{quoted(wanted)} cannot be reached: {reason(error)}") from error
    if not real.is_relative_to(root):
        raise NotUsable(f"{quoted(wanted)} is a link that leads out of the project")
    _refuse_closed(real, wanted, root)
    return real


def _lexical(wanted: str, folder: Path, root: Path) -> Path:
    if not wanted or "\0" in wanted:
        raise NotUsable("the path is empty" if not wanted else "the path holds a NUL character")
    if PurePosixPath(wanted).is_absolute() or Path(wanted).is_absolute():
        raise NotUsable(f"{quoted(wanted)} must be relative to the file that names it")
    depth = len(folder.relative_to(root).parts)
    for part in PurePosixPath(wanted).parts:
        depth += -1 if part == ".." else 1
        if depth < 0:  # also when it would come back: the folder may have another name elsewhere
            raise NotUsable(f"{quoted(wanted)} leads out of the project")
    return folder / wanted


def _refuse_closed(real: Path, wanted: str, root: Path) -> None:
    for part in real.relative_to(root).parts:
        if part.lower() in _CLOSED_FOLDERS:
            raise NotUsable(f"{quoted(wanted)} lies in {part.lower()}, whose files cannot be used")
        if _ENVIRONMENT_FILE.fullmatch(part):
            raise NotUsable(f"{quoted(wanted)} cannot be used: what is called {quoted(part)} holds secrets")
    for folder in _SYSTEM_FOLDERS:
        if real.is_relative_to(folder) and not root.is_relative_to(folder):
            raise NotUsable(f"{quoted(wanted)} lies in {folder}, which is the system's and not the project's")


def _about_missing(path: Path, wanted: str, root: Path) -> str:
    try:
        folder = path.parent.resolve(strict=True)
        neighbours = [entry.name for entry in folder.iterdir()] if folder.is_relative_to(root) else []
    except OSError:
        neighbours = []
    return f"{quoted(wanted)} does not exist{did_you_mean(path.name, neighbours)}"
