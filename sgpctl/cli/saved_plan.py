"""A saved plan: the text that is saved, and what is read from a file that somebody names; snapshots are read so, too."""

from __future__ import annotations

import json
from pathlib import Path

from sgpctl.errors import PlanFileError
from sgpctl.limits import PLAN_FILE_BYTES_MAX, PLAN_FILE_VALUES_MAX
from sgpctl.model.json_text import has_more_values_than
from sgpctl.model.located import Json
from sgpctl.plan.document import quoted
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.plan.saved import SavedPlan, plan_document, read_plan_document
from sgpctl.plan.snapshot import Snapshot, read_snapshot_document
from sgpctl.render.json_text import json_text

_HOW_TO_PLAN = "Make one with `sgpctl plan --out FILE`. A manifest is applied by naming its project's folder."
HOW_TO_SNAPSHOT = "Have a job that has the key make one with `sgpctl snapshot --out FILE`."


def saved_text(plan: Plan, header: PlanHeader) -> str:
    """The text of a plan. Raises PlanFileError when it would be too large to be read again."""
    text = json_text(plan_document(plan, header))
    data = text.encode("utf-8")
    if len(data) > PLAN_FILE_BYTES_MAX or has_more_values_than(PLAN_FILE_VALUES_MAX, data):
        raise PlanFileError(
            f"a plan of {len(plan.changes):,} changes is too large to be saved",
            hint="Apply it without a file, or apply a part of the manifests first.",
        )
    return text


def read_saved_plan(path: Path) -> SavedPlan:
    """Read `path`. Raises PlanFileError, which names it, when it is not a plan that this sgpctl can read."""
    try:
        return read_plan_document(_document(path, "a saved plan", _HOW_TO_PLAN))
    except PlanFileError as error:
        raise PlanFileError(f"{path}: {error.message}", hint=error.hint) from error


def read_snapshot(path: Path) -> Snapshot:
    """Read `path`. Raises PlanFileError, which names it, when it is not a snapshot that this sgpctl can read."""
    try:
        return read_snapshot_document(_document(path, "a snapshot", HOW_TO_SNAPSHOT))
    except PlanFileError as error:
        raise PlanFileError(f"{path}: {error.message}", hint=error.hint) from error


def _document(path: Path, what: str, how: str) -> Json:
    """The JSON of a file that should be `what`; `how` says how to make one."""

    def refused(why: str) -> PlanFileError:
        return PlanFileError(f"this is not {what}: {why}", hint=how)

    def without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        """A key that stands twice shows people one value, and programs another."""
        found: dict[str, Json] = {}
        for key, value in pairs:
            if key in found:
                raise refused(f"the key {quoted(key)} stands twice in one map")
            found[key] = value
        return found

    data = _bytes_of(path, what)
    if not data or data.isspace():
        raise refused("it is empty")
    if has_more_values_than(PLAN_FILE_VALUES_MAX, data):
        raise refused(f"it holds more than {PLAN_FILE_VALUES_MAX:,} values")
    try:
        document: Json = json.loads(data, object_pairs_hook=without_repeats)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise refused(f"it is not JSON: {error.msg[:1].lower()}{error.msg[1:]} ({where})") from error
    except UnicodeDecodeError as error:
        raise refused("it is not text") from error
    except ValueError as error:
        raise refused("it holds a number of more digits than can be read") from error
    except RecursionError as error:
        raise refused("it is nested too deeply") from error
    return document


def _bytes_of(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(PLAN_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise PlanFileError(error.strerror or str(error)) from error
    if len(data) > PLAN_FILE_BYTES_MAX:
        raise PlanFileError(f"larger than {PLAN_FILE_BYTES_MAX:,} bytes; this is not {what}")
    return data
