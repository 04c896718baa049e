"""What Git knows about the project's folder: the address of its remote and the commit, as provenance."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_SECONDS_MAX = 5.0
_SCP_LIKE = re.compile(r"^(?:[^@/:]+@)?(?P<host>[^:/]+):(?P<path>(?!//).+)$")


@dataclass(frozen=True, slots=True)
class Repository:
    """`address` is normalised and free of credentials; both are None outside a repository, or where Git says nothing."""

    address: str | None
    commit: str | None


def read_repository(folder: Path) -> Repository:
    """Ask Git about `folder`; a missing Git or repository is no error, because provenance never decides alone."""
    remote = _git(folder, "config", "--get", "remote.origin.url")
    return Repository(
        address=normalised(remote) if remote else None,
        commit=_git(folder, "rev-parse", "--verify", "--quiet", "HEAD"),
    )


def normalised(address: str) -> str:
    """One text for all ways to write the same remote: no scheme, user, password, port of the scheme, or `.git`.

    `git@github.com:Acme/Evals.git` and `https://token@github.com/Acme/Evals` are both `github.com/Acme/Evals`.
    """
    scp = _SCP_LIKE.match(address)
    if "://" in address:
        parts = urlsplit(address)
        host, path = parts.hostname or "", parts.path
    elif scp is not None:
        host, path = scp["host"], scp["path"]
    else:
        host, path = "", address
    path = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host.lower()}/{path}" if host else path


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments; the folder is passed as one
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            timeout=_SECONDS_MAX,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = done.stdout.decode("utf-8", "replace").strip()
    return text if done.returncode == 0 and text else None
