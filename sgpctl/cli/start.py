"""Where a call looks for its project."""

from __future__ import annotations

from pathlib import Path

from sgpctl.errors import UsageError


def start_folder(base: str | None, directory: str | None) -> Path:
    """Where to look for the project: the positional directory, read from `-C`; an absolute one stands alone."""
    start = Path(base or ".") / (directory or ".")
    if not start.exists():
        raise UsageError(f"{start}: there is no such file or folder")
    return start
