"""From what the platform holds to the manifest that declares it: the create request it could have come from.

Results are taken off the rows, marks and owner tags off the rest, and server defaults off the tasks. What cannot be
read back is told in notes; what no manifest can say is NotImportable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.dataset_rows import references
from sgpctl.model.evaluation import DesiredEvaluation, RemoteContents, RemoteEvaluation, RemoteRow
from sgpctl.model.finding import Severity
from sgpctl.model.keys import without_nulls
from sgpctl.model.located import Json, path_text
from sgpctl.model.marks import is_reserved_tag, own_metadata, read_marks
from sgpctl.model.nearest import listed
from sgpctl.model.readback import ItemRead, NotImportable, ReadBack
from sgpctl.model.request import check_manifest
from sgpctl.model.result_columns import told_apart
from sgpctl.model.server_defaults import without_server_defaults

_PROBLEMS_TOLD_MAX = 3
_NOWHERE = ("", 1, 1)


@dataclass(frozen=True, slots=True)
class Declared:
    """One remote evaluation in the words of a manifest.

    `document` is the manifest and `desired` what loading it must bring; `contents` are the rows that it is compared
    with; `notes` are sentences for the person who imports it.
    """

    document: dict[str, Json]
    desired: DesiredEvaluation
    contents: RemoteContents
    notes: tuple[str, ...]


def declared(read: ReadBack) -> Declared:
    """The manifest of what was read. Raises NotImportable."""
    remote = read.evaluation
    tasks = remote.tasks
    if tasks is None:
        raise NotImportable("came without its tasks, so nobody can say what it ran")
    items = _without_results(read)
    body: dict[str, Json] = {"name": remote.name}
    if remote.description:
        body["description"] = remote.description
    tags = _declarable_tags(remote)
    if tags:
        body["tags"] = [*tags]
    metadata = without_nulls(own_metadata(remote.metadata))
    if metadata:
        body["metadata"] = metadata
    body |= _source(read, items)
    if read.taxonomy is not None:
        body["taxonomy_params"] = read.taxonomy
    if tasks:
        body["tasks"] = [without_server_defaults(task) for task in tasks]
    if read_marks(remote).protect:  # of a project that let it go; only an apply is to lift the protection
        body["lifecycle"] = {"protect": True}
    rows = tuple(RemoteRow(item.data, item.files, item.dataset_item_id) for item in items)
    contents = RemoteContents(len(rows), rows, read.taxonomy)
    return Declared(body, _desired(body), contents, tuple(_notes(read, tags)))


def _without_results(read: ReadBack) -> tuple[ItemRead, ...]:
    columns = {column for item in read.items for column in item.data}
    results = told_apart(read.evaluation.tasks or (), columns, read.fields)
    if results.hidden:
        raise NotImportable(
            f"has results in {listed(sorted(results.hidden))}, over an input column of that name, which is lost"
        )
    return tuple(replace(item, data=results.taken_off(item.data)) for item in read.items)


def _declarable_tags(remote: RemoteEvaluation) -> tuple[str, ...] | None:
    """The tags without owner tags, each once; None when a manifest cannot hold one of them, and so should hold none."""
    tags = tuple(dict.fromkeys(tag for tag in remote.tags if not is_reserved_tag(tag)))
    return None if any(not tag or "," in tag for tag in tags) else tags


def _source(read: ReadBack, items: tuple[ItemRead, ...]) -> dict[str, Json]:
    """Where the rows come from: `dataset_id`, or `data` and `files`."""
    if read.dataset is not None:
        rows = references(items, read.dataset)
        return {"dataset_id": read.dataset.dataset_id, **({} if rows is None else {"data": rows})}
    data: list[Json] = [dict(item.data) for item in items]
    if not any(item.files for item in items):
        return {"data": data}
    return {"data": data, "files": [dict(item.files or {}) for item in items]}


def _desired(body: dict[str, Json]) -> DesiredEvaluation:
    checked, findings = check_manifest(body)
    if checked is None:
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        words = [f"{path_text(error.path)}: {error.message}" for error in errors[:_PROBLEMS_TOLD_MAX]]
        more = len(errors) - len(words)
        raise NotImportable(
            "would not be a manifest that sgpctl takes: "
            + "; ".join(words)
            + (f"; and {more} more" if more else "")
        )
    rows = data_digest(checked.body)
    digest = spec_digest(checked.body, rows)
    return DesiredEvaluation(str(body["name"]), checked.body, digest, rows, _NOWHERE, checked.protect)


def _notes(read: ReadBack, tags: tuple[str, ...] | None) -> Iterator[str]:
    remote = read.evaluation
    if tags is None:
        yield "has a tag that is empty or holds a comma; its manifest says nothing about tags, so they stay as they are"
    if any(task.get("task_type") == "contributor_evaluation.question" for task in remote.tasks or ()):
        yield (
            "asks people, and whether `skip_prefilled_rows` was set cannot be read back: if it was, add it to the "
            "manifest before the first apply"
        )
    if remote.is_archived:
        yield "is archived, so its taxonomy, if it has one, could not be read"
    if read.dataset is None and any(item.dataset_item_id is not None for item in read.items):
        yield "has rows of a dataset that the platform does not name; they are declared as rows of its own"
