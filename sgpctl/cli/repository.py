"""What Git knows about the project's folder: the address of its remote, what is checked out there, and its top."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sgpctl.limits import GIT_SECONDS_MAX

_SCP_LIKE = re.compile(r"^(?:[^@/:]+@)?(?P<host>[^:/]+):(?P<path>(?!//).+)$")
# The folder may hold what a stranger proposes. Neither a repository that is hidden in it nor a watcher that its
# configuration names is trusted, and nothing is written, not even a refreshed index.
_CAUTIOUS = ("--no-optional-locks", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
_STATUS = ("status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--untracked-files=no", "--", ".")


@dataclass(frozen=True, slots=True)
class Repository:
    """`address` is normalised and free of credentials; None outside a repository, or where Git says nothing.

    `is_dirty` when files below the folder that Git tracks are not as they are in `commit`. `branch` is None while none
    is checked out.
    """

    address: str | None = None
    commit: str | None = None
    branch: str | None = None
    is_dirty: bool = False


def read_repository(folder: Path) -> Repository:
    """Ask Git about `folder`; a missing Git or repository is no error, because provenance never decides alone."""
    remote = _git(folder, "config", "--get", "remote.origin.url")
    address = normalised(remote) if remote else None
    status = (_git(folder, *_STATUS) or "").splitlines()
    headers = dict(line.removeprefix("# branch.").split(" ", 1) for line in status if _is_header(line))
    commit, branch = headers.get("oid"), headers.get("head")
    return Repository(
        address,
        commit=commit if commit != "(initial)" else None,
        branch=branch if branch != "(detached)" else None,
        is_dirty=not all(line.startswith("#") for line in status),
    )


def git_user(folder: Path) -> str | None:
    """The name under which commits would be made in `folder`."""
    return _git(folder, "config", "--get", "user.name")


def read_message(folder: Path) -> str:
    """The message of the commit that is checked out, and that of the branch which it merged; empty outside a repository."""
    messages = (_git(folder, "log", "-1", "--format=%B", commit) for commit in ("HEAD", "HEAD^2"))
    return "\n".join(message for message in messages if message is not None)


def addresses(files: Iterable[str], root: Path) -> dict[str, str]:
    """Where files of the project in `root` are, seen from the repository's folder; one that is not in it is left out."""
    top = _repository_folder(root)
    paths = {file: root / file for file in files}
    return {
        file: path.relative_to(top).as_posix()
        for file, path in paths.items()
        if path.is_relative_to(top) and _exists(path)
    }


def _exists(path: Path) -> bool:
    """False also for a name that no file can have; a saved plan may hold any."""
    try:
        return path.exists()
    except OSError:
        return False


def _repository_folder(root: Path) -> Path:
    """The nearest folder above the project with a `.git`; without one, where we were started, or the project itself."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return folder
    here = Path.cwd()
    return here if root.is_relative_to(here) else root


def normalised(address: str) -> str:
    """One text for all ways to write the same remote: no scheme, user, password, port of the scheme, or `.git`.

    `git@github.com:Acme/Evals.git` and `https://token@github.com/Acme/Evals` are both `github.com/Acme/Evals`.
    """
    scp = _SCP_LIKE.match(address)
    if "://" in address:
        host, path = _host_and_path(address)
    elif scp is not None:
        host, path = scp["host"], scp["path"]
    else:
        host, path = "", address
    path = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host.lower()}/{path}" if host else path


def _host_and_path(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:  # a host in brackets that is none
        return "", address.partition("://")[2].rpartition("@")[2]
    return parts.hostname or "", parts.path


def _is_header(line: str) -> bool:
    return line.startswith("# branch.") and " " in line.removeprefix("# branch.")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments; the folder is passed as one
            ["git", "-C", str(folder), *_CAUTIOUS, *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            timeout=GIT_SECONDS_MAX,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = done.stdout.decode("utf-8", "replace").strip()
    return text if done.returncode == 0 and text else None
