"""The files that sgpctl keeps for itself in a project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sgpctl.errors import LocalStateError
from sgpctl.manifest.cache.of_project import Cache
from sgpctl.manifest.project import Project
from sgpctl.private_files import STATE_FOLDER

_CACHE_FILE = f"{STATE_FOLDER}/cache/manifests-2.sqlite"  # the number is that of its tables


def own_path(root: Path, name: str) -> Path:
    """A file below the folder of a project into which sgpctl writes, though nobody named it in the call.

    Raises LocalStateError for a link on the way: whoever wrote the repository would choose what is overwritten.
    """
    path = root / name
    for step in (path, *path.parents):
        if step == root:
            return path
        if step.is_symlink():
            raise LocalStateError(
                f"{step}: this is a link, and sgpctl writes its own files through none",
                hint="Remove it; what it leads to may be somebody else's.",
            )
    return path


def cache_of(project: Project) -> Cache | None:
    """The cache of what manifests come to; None where a link is in its place, or nobody may look there."""
    try:
        file = own_path(project.root, _CACHE_FILE)
    except (LocalStateError, OSError):
        return None  # nothing needs the cache, so it is no reason to refuse anything
    return Cache(file, datetime.now(UTC).toordinal())
