"""A saved plan or a snapshot, read from a file that somebody names."""

from __future__ import annotations

import json
from pathlib import Path

from sgpctl.errors import PlanFileError
from sgpctl.limits import PLAN_FILE_BYTES_MAX
from sgpctl.model.located import Json
from sgpctl.plan.saved import SavedPlan, read_plan_document


def read_saved_plan(path: Path) -> SavedPlan:
    """Read `path`. Raises PlanFileError when it is not a plan that this sgpctl can read."""
    how = "Make one with `sgpctl plan --out FILE`. A manifest is applied by naming its project's folder."
    return read_plan_document(read_json_file(path, "a saved plan", how))


def read_json_file(path: Path, what: str, how: str) -> Json:
    """The JSON in a file that should be `what`; `how` says how to make one. Raises PlanFileError."""
    try:
        with path.open("rb") as file:
            data = file.read(PLAN_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise PlanFileError(f"{path}: {error.strerror or error}") from error
    if len(data) > PLAN_FILE_BYTES_MAX:
        raise PlanFileError(f"{path}: larger than {PLAN_FILE_BYTES_MAX:,} bytes; this is not {what}")
    try:
        document: Json = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(
            f"{path}: this is not {what}: {error}",
            hint=how,
        ) from error
    return document
