"""Everything but its own files that decides what a manifest comes to, as one digest."""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from pathlib import Path

import pydantic
import pydantic_core
import yaml
from yaml import _yaml

import sgpctl
from sgpctl.manifest.project import Environment, Project
from sgpctl.model.located import Json, LocatedList, LocatedMap

_READERS = (
    sys.version,
    pydantic.VERSION,
    pydantic_core.__version__,
    yaml.__version__,
    vars(_yaml)["get_version_string"](),
)
_OWN_PARTS = ("manifest", "model")
_OWN_FILES = ("limits.py", "errors.py")


def settings_digest(
    project: Project, environment: Environment | None, variables: LocatedMap | None
) -> bytes | None:
    """The same for the same sgpctl, project file, environment and variables of the command line.

    None where nobody can tell which sgpctl this is.
    """
    tool = _of_tool()
    if tool is None:
        return None
    parts: Json = [
        tool,
        project.digest,
        environment.name if environment is not None else None,
        _with_places(variables),
    ]
    return hashlib.blake2b(json.dumps(parts).encode("ascii"), digest_size=20).digest()


@cache
def _of_tool() -> str | None:
    """Of the code that reads and judges manifests, ours and that of others; None where its source is no file."""
    total = hashlib.blake2b(repr(_READERS).encode())
    root = Path(sgpctl.__file__).parent
    own = [root / name for name in _OWN_FILES]
    for part in _OWN_PARTS:
        own += (root / part).rglob("*.py")
    try:
        for path in sorted(own):
            total.update(f"\0{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    except OSError:
        return None
    return total.hexdigest()


def _with_places(value: Json) -> Json:
    match value:
        case LocatedMap():
            places: list[Json] = [[key, [*value.keys_at[key]], [*value.values_at[key]]] for key in value]
            return [places, [_with_places(part) for part in value.values()]]
        case LocatedList():
            return [[[*mark] for mark in value.values_at], [_with_places(part) for part in value]]
        case _:
            return value
