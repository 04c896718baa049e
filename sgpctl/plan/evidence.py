"""Whether a remote evaluation provably is what a manifest declares, judged by what was read back of it (API 8.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sgpctl.model.canonical import declared_row_digests, is_known_digest, row_digest
from sgpctl.model.compare import dataset_agrees, equals, tasks_hold
from sgpctl.model.evaluation import DesiredEvaluation, RemoteContents, RemoteEvaluation, RemoteRow
from sgpctl.model.located import Json
from sgpctl.model.marks import read_marks
from sgpctl.model.server_defaults import without_server_defaults


def is_proven_equal(
    one: DesiredEvaluation,
    remote: RemoteEvaluation,
    contents: RemoteContents | None,
    dataset_rows: Mapping[str, int],
) -> bool:
    """True when everything that can be read back agrees; `skip_prefilled_rows` cannot (API 8.3) and is not asked for.

    `dataset_rows` counts the rows of datasets by id: a run over a part of one is no run over all of it.
    """
    if contents is None or contents.rows is None or remote.tasks is None:
        return False
    return (
        tasks_hold(one.tasks, remote.tasks)
        and dataset_agrees(one, remote)
        and _rows_agree(one, contents, dataset_rows)
        and equals(one.body.get("taxonomy_params"), contents.taxonomy)
    )


def is_same_run_in_other_words(
    one: DesiredEvaluation, remote: RemoteEvaluation, contents: RemoteContents | None
) -> bool:
    """True when only a server's default was written out or left out since `remote` was made, so that its digest differs
    and its run does not.
    """
    was = read_marks(remote)
    if contents is None or remote.tasks is None or was.data_digest != one.data_digest:
        return False
    if was.digest is None or not is_known_digest(was.digest) or _depends_on_prefilling(one):
        return False
    mine, theirs = ([without_server_defaults(task) for task in tasks] for tasks in (one.tasks, remote.tasks))
    return (
        tasks_hold(mine, theirs)
        and tasks_hold(theirs, mine)
        and dataset_agrees(one, remote)
        and equals(one.body.get("taxonomy_params"), contents.taxonomy)
        and one.body.get("dataset") is None
    )


def _depends_on_prefilling(one: DesiredEvaluation) -> bool:
    """Where an answer may be prefilled, `skip_prefilled_rows` matters, and it cannot be read back."""
    return any(
        "prefill_from" in settings
        for task in one.tasks
        if isinstance(settings := task.get("configuration"), dict)
    )


def remote_rows(
    one: DesiredEvaluation, rows: Iterable[RemoteRow]
) -> Iterator[tuple[Mapping[str, Json], Mapping[str, str] | None]]:
    """Remote rows, each with its files, in the terms in which `one` declares its rows."""
    if one.dataset_id is None:
        yield from ((row.data, row.files) for row in rows)
        return
    declared = _declared_keys(one)
    for row in rows:
        item = row.dataset_item_id
        yield {**_only(row.data, declared.get(item)), "dataset_item_id": item}, None


def _declared_keys(one: DesiredEvaluation) -> Mapping[str | None, set[str]]:
    """The keys that the manifest gives beside each dataset item; other columns come from the dataset itself."""
    keys: dict[str | None, set[str]] = {}
    for row in one.rows or ():
        if isinstance(row, dict):
            item = row.get("dataset_item_id")
            keys.setdefault(item if isinstance(item, str) else None, set()).update(row)
    return keys


def _rows_agree(one: DesiredEvaluation, contents: RemoteContents, dataset_rows: Mapping[str, int]) -> bool:
    if one.rows is None:
        return contents.row_count == dataset_rows.get(one.dataset_id or "", contents.row_count)
    rows = remote_rows(one, contents.rows or ())
    return Counter(row_digest(data, files) for data, files in rows) == declared_row_digests(one.body)


def _only(data: Mapping[str, Json], keys: set[str] | None) -> dict[str, Json]:
    return {key: value for key, value in data.items() if keys is not None and key in keys}
