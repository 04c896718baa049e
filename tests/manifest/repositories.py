"""Git repositories on disk for the tests of this room; nothing of the user's own settings is in force."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.manifest.projects import make_files

NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *settings, "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def make_repository(folder: Path, files: Mapping[str, str | bytes], *, tracked: tuple[str, ...] = ()) -> Path:
    """A repository of the given files; `tracked` are committed whatever its `.gitignore` says."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    make_files(folder, files)
    git(folder, "init", "--quiet")
    if tracked:
        git(folder, "add", "--force", "--", *tracked)
        git(folder, "commit", "--quiet", "--message", "tracked")
    return folder


def fake_git(folder: Path, script: str) -> str:
    """A PATH on which `git` is this shell script and nothing else is."""
    folder.mkdir()
    command = folder / "git"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    return str(folder)
