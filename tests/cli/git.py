"""Real Git repositories, made without what this machine's own configuration would add."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.com",
}


def git(folder: Path, *arguments: str) -> str:
    """What Git answers in `folder`."""
    call = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(call, env={**os.environ, **_ALONE}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{call}: {done.stderr}"
    return done.stdout.strip()


def repository_in(folder: Path, *, remote: str | None = "git@github.com:acme/evals.git") -> Path:
    """`folder` as a repository of which everything is committed, on the branch `main`, by a user called Ann."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "config", "user.name", "Ann")
    if remote is not None:
        git(folder, "remote", "add", "origin", remote)
    commit(folder)
    return folder


def commit(folder: Path, message: str = "a step") -> str:
    """Commit all that is there, and return the hash."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")
