"""The YAML language server of npm, installed once into a folder outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PACKAGE = "yaml-language-server"
VERSION = "1.25.0"
INSTALL_SECONDS_MAX = 45


class NotToBeHad(Exception):
    """Node or the package cannot be had here; the message says what is missing."""


def language_server() -> list[str]:
    """The command that starts the server, which is installed for it if need be. Raises NotToBeHad."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotToBeHad("node and npm are not on the PATH")
    home = _cache() / f"{PACKAGE}-{VERSION}"
    script = home / "node_modules" / PACKAGE / "bin" / PACKAGE
    if not script.exists():
        _install(npm, home)
    return [node, str(script), "--stdio"]


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sgpctl-tests"


def _install(npm: str, home: Path) -> None:
    """Install into a folder of its own first, so that a broken download is never taken for the server."""
    parts = home.with_name(f"{home.name}.{os.getpid()}")
    parts.mkdir(parents=True)
    quietly = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"]
    briefly = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    try:
        done = subprocess.run(
            [npm, "install", "--prefix", str(parts), *quietly, *briefly, f"{PACKAGE}@{VERSION}"],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS_MAX,
            check=False,
        )
        if done.returncode != 0:
            raise NotToBeHad(f"npm cannot install {PACKAGE}@{VERSION}: {done.stderr.strip()[-400:]}")
        if not home.exists():
            parts.replace(home)
    except subprocess.TimeoutExpired as error:
        raise NotToBeHad(f"npm did not install {PACKAGE} within {INSTALL_SECONDS_MAX} seconds") from error
    finally:
        shutil.rmtree(parts, ignore_errors=True)
