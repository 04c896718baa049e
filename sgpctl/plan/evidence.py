"""Whether a remote evaluation provably is what a manifest declares, judged by what was read back of it (API 8.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sgpctl.model.canonical import declared_row_digests, row_digest
from sgpctl.model.compare import dataset_agrees, equals, tasks_hold
from sgpctl.model.evaluation import DesiredEvaluation, RemoteContents, RemoteEvaluation
from sgpctl.model.located import Json


def is_proven_equal(
    one: DesiredEvaluation, remote: RemoteEvaluation, contents: RemoteContents | None
) -> bool:
    """True when everything that can be read back agrees; `skip_prefilled_rows` cannot (API 8.3) and is not asked for."""
    if contents is None or contents.rows is None or remote.tasks is None:
        return False
    return (
        tasks_hold(one.tasks, remote.tasks)
        and dataset_agrees(one, remote)
        and _rows_agree(one, contents)
        and equals(one.body.get("taxonomy_params"), contents.taxonomy)
    )


def remote_row_digests(one: DesiredEvaluation, contents: RemoteContents) -> Counter[str] | None:
    """The digests of the remote rows, in the terms in which `one` declares its rows; None when they were not read."""
    if contents.rows is None:
        return None
    if one.dataset_id is None:
        return Counter(row_digest(row.data, row.files) for row in contents.rows)
    declared = _declared_keys(one)
    return Counter(
        row_digest(
            {**_only(row.data, declared.get(row.dataset_item_id)), "dataset_item_id": row.dataset_item_id}
        )
        for row in contents.rows
    )


def _declared_keys(one: DesiredEvaluation) -> Mapping[str | None, set[str]]:
    """The keys that the manifest gives beside each dataset item; other columns come from the dataset itself."""
    keys: dict[str | None, set[str]] = {}
    for row in one.rows or ():
        if isinstance(row, dict):
            item = row.get("dataset_item_id")
            keys.setdefault(item if isinstance(item, str) else None, set()).update(row)
    return keys


def _rows_agree(one: DesiredEvaluation, contents: RemoteContents) -> bool:
    if one.rows is None:
        return True
    return remote_row_digests(one, contents) == declared_row_digests(one.body)


def _only(data: Mapping[str, Json], keys: set[str] | None) -> dict[str, Json]:
    return {key: value for key, value in data.items() if keys is not None and key in keys}
