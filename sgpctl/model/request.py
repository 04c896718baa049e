"""The check of one manifest: all that can be said about it without the platform, at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from pydantic import ValidationError

from sgpctl.model.checks import run_findings
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.keys import map_like, unknown_keys, without_nulls, without_unset
from sgpctl.model.located import Json, Path
from sgpctl.model.marks import KEY_PREFIX, LEASE_TAG_PREFIX, TAG_PREFIX, is_reserved_key, is_reserved_tag
from sgpctl.model.nearest import Hints, did_you_mean
from sgpctl.model.reading import Part, Reading
from sgpctl.model.row_key import row_key_findings, row_key_of
from sgpctl.model.rows import RowLists, row_findings
from sgpctl.model.shapes import FromDatasetRequest, shape_of
from sgpctl.model.tasks import KNOWN_TASKS, model_for
from sgpctl.model.wording import findings_of, not_this, printable, shown

_WRAPPED = (
    "the request stands inside 'evaluation', as the SDK's argument does; "
    "a manifest is the request itself: move what is inside up and drop this key"
)
_NO_ROWS = "has no rows: list them in 'data', or name a dataset in 'dataset_id'"
_BESIDE_DATASET_ID = {
    "dataset": "cannot stand beside 'dataset_id': the rows come from a dataset, or they become a new one",
    "files": "cannot stand beside 'dataset_id': the items of a dataset bring their own files",
}
_KEYS_OF_SHAPES = ("dataset_id", "dataset", "files")
_CHECKED_ELSEWHERE = frozenset({"data", "files", "tasks"})


@dataclass(frozen=True, slots=True)
class CheckedManifest:
    """A manifest that may be planned.

    `body` is the create request as it is sent: without our own keys, and without the nulls that mean "not given".
    It shares what is unchanged with the document that was checked, and keeps its marks.
    """

    body: dict[str, Json]
    protect: bool
    row_key: str | None = None


def check_manifest(
    document: Json, hints: Hints | None = None, lists: RowLists | None = None
) -> tuple[CheckedManifest | None, tuple[Finding, ...]]:
    """The manifest, and everything there is to say about it; no manifest when any of that is an error.

    `hints` are shared by the evaluations of one document, `lists` by the manifests of one load.
    """
    hints = hints or Hints()
    lists = lists or RowLists()
    if not isinstance(document, dict):
        return None, (Finding((), f"a manifest must be a map, {not_this(document)}"),)
    if "name" not in document and isinstance(document.get("evaluation"), dict):
        return None, (Finding(("evaluation",), _WRAPPED, on_key=True),)
    reading = Reading()
    found = chain(
        _envelope_findings(document, reading),
        _tag_findings(document.get("tags")),
        _metadata_findings(document.get("metadata")),
        row_findings(document, hints, lists),
        row_key_findings(document, hints),
        _task_findings(document, reading, hints, lists),
    )
    findings = tuple(replace(finding, message=printable(finding.message)) for finding in found)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None, findings
    lifecycle = document.get("lifecycle")
    protect = isinstance(lifecycle, dict) and lifecycle.get("protect") is True
    return CheckedManifest(_body_of(document, reading), protect, row_key_of(lifecycle)), findings


def _envelope_findings(document: dict[str, Json], reading: Reading) -> Iterator[Finding]:
    """What is wrong around rows and tasks."""
    shape = shape_of(document)
    unset = {key for key in _KEYS_OF_SHAPES if document.get(key) is None}
    misplaced = _BESIDE_DATASET_ID.keys() - unset if shape is FromDatasetRequest else set()
    for key in sorted(misplaced & document.keys()):
        yield Finding((key,), _BESIDE_DATASET_ID[key], on_key=True)
    if document.get("data") is None and shape is not FromDatasetRequest:
        yield Finding((), _NO_ROWS)
    envelope: dict[str, Json] = {
        "data": None,
        **{
            key: None if key in _CHECKED_ELSEWHERE else value
            for key, value in document.items()
            if key not in misplaced | unset
        },
    }
    yield from _read(envelope, shape, reading, ())
    name = document.get("name")
    if isinstance(name, str) and name != name.strip():
        yield Finding(("name",), "begins or ends with a space, which is part of the name", Severity.WARNING)


def _read(value: Json, model: type[Part], reading: Reading, path: Path) -> Iterator[Finding]:
    """What `model` refuses in `value`, and the keys that it does not know."""
    try:
        model.model_validate(value, context=reading)
    except ValidationError as error:
        yield from findings_of(error, reading, path)
    yield from unknown_keys(value, reading, path)


def _tag_findings(tags: Json) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, tag in enumerate(tags if isinstance(tags, list) else []):
        path = ("tags", index)
        if not isinstance(tag, str):
            continue
        if not tag:
            yield Finding(path, "must not be empty")
        elif "," in tag:
            yield Finding(path, "must not hold a comma: a search could not tell it from two tags")
        elif is_reserved_tag(tag):
            yield Finding(path, f"tags that begin with {shown(_prefix_of(tag))} are set by sgpctl itself")
        elif tag in seen:
            yield Finding(path, f"the tag {shown(tag)} is here twice", Severity.WARNING)
        seen.add(tag)


def _prefix_of(tag: str) -> str:
    return LEASE_TAG_PREFIX if tag.lower().startswith(LEASE_TAG_PREFIX) else TAG_PREFIX


def _metadata_findings(metadata: Json) -> Iterator[Finding]:
    for key in metadata if isinstance(metadata, dict) else ():
        if is_reserved_key(key):
            message = f"metadata keys that begin with '{KEY_PREFIX}' are set by sgpctl itself"
            yield Finding(("metadata", key), message, on_key=True)


def _task_findings(
    document: dict[str, Json], reading: Reading, hints: Hints, lists: RowLists
) -> Iterator[Finding]:
    tasks = document.get("tasks")
    if tasks is None:
        return
    if not isinstance(tasks, list):
        yield Finding(("tasks",), f"must be a list, {not_this(tasks)}")
        return
    for index, task in enumerate(tasks):
        yield from _unknown_type(task, ("tasks", index))
        yield from _read(task, model_for(task), reading, ("tasks", index))
    yield from run_findings(tasks, lists.columns_of(document), hints)


def _unknown_type(task: Json, path: Path) -> Iterator[Finding]:
    task_type = task.get("task_type") if isinstance(task, dict) else None
    if isinstance(task_type, str) and task_type not in KNOWN_TASKS:
        hint = did_you_mean(task_type, KNOWN_TASKS) or "; its configuration is passed on unchecked"
        yield Finding((*path, "task_type"), f"unknown task_type '{task_type}'{hint}", Severity.WARNING)


def _body_of(document: dict[str, Json], reading: Reading) -> dict[str, Json]:
    """The request in `document`, which `reading` has read."""
    parts: dict[str, Json] = {}
    for key, value in document.items():
        match key:
            case _ if value is None or key == "lifecycle":
                continue
            case "metadata":
                parts[key] = without_nulls(value)
            case "tasks" | "dataset":
                parts[key] = without_unset(value, reading)
            case _:
                parts[key] = value
    return map_like(document, parts)
