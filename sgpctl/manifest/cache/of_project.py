"""The cache of one project: where it is, from how many files on it is used, and who shares the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sgpctl.limits import CACHED_FILES_MIN
from sgpctl.manifest.cache.workers import worker_count


@dataclass(frozen=True, slots=True)
class Cache:
    """`file` is the file of the cache, `day` today in days since an epoch.

    A project of fewer than `files_min` files is read without it. `workers` says how many processes read so many files
    that it does not know; 0 for this one alone.
    """

    file: Path
    day: int
    files_min: int = CACHED_FILES_MIN
    workers: Callable[[int], int] = worker_count
