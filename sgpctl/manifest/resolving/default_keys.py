"""What may stand in defaults: any part of a manifest but the name, which each evaluation needs for itself."""

from __future__ import annotations

from collections.abc import Iterator

from sgpctl.limits import HINTS_MAX
from sgpctl.manifest.problem import Problem, error_at, quoted
from sgpctl.manifest.resolving.matrix import MATRIX
from sgpctl.model.located import Json, LocatedMap, Mark, Path
from sgpctl.model.nearest import did_you_mean
from sgpctl.model.shapes import FromDatasetRequest, WithDatasetRequest

_KNOWN = {**WithDatasetRequest.model_fields, **FromDatasetRequest.model_fields}.keys() - {"name"}
_OF_ONE_MANIFEST = {
    "name": "defaults cannot give a name: every evaluation has its own; write it into the manifest",
    MATRIX: "defaults cannot hold a matrix: it belongs into the manifest that it multiplies",
}


def default_problems(root: Json, mark: Mark, path: Path = ()) -> Iterator[Problem]:
    """What is wrong with the keys of the defaults `root`, which stands at `mark` and `path`."""
    if not isinstance(root, LocatedMap):
        yield error_at(mark, "defaults are a map: a part of a manifest", path)
        return
    hints = 0
    for key in root:
        if key in _OF_ONE_MANIFEST:
            yield error_at(root.keys_at[key], _OF_ONE_MANIFEST[key], (*path, key))
        elif key not in _KNOWN:
            hints += 1
            hint = did_you_mean(key, _KNOWN) if hints <= HINTS_MAX else ""
            yield error_at(root.keys_at[key], f"unknown key {quoted(key)}{hint}", (*path, key))
