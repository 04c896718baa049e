"""Whether a remote evaluation provably is what a manifest declares, judged by what was read back of it (API 8.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sgpctl.model.canonical import declared_row_digests, row_digest
from sgpctl.model.compare import equals, tasks_hold
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
        and _dataset_agrees(one, remote)
        and _rows_agree(one, contents)
        and equals(one.body.get("taxonomy_params"), contents.taxonomy)
    )


def remote_row_digests(one: DesiredEvaluation, contents: RemoteContents) -> Counter[str] | None:
    """The digests of the remote rows, in the terms in which `one` declares its rows; None when they were not read."""
    if contents.rows is None:
        return None
    if one.dataset_id is None:
        return Counter(row_digest(row.data, row.files) for row in contents.rows)
    declared_keys = {key for row in one.rows or () if isinstance(row, dict) for key in row}
    return Counter(
        row_digest({**_only(row.data, declared_keys), "dataset_item_id": row.dataset_item_id})
        for row in contents.rows
    )


def _dataset_agrees(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    if one.dataset_id is not None:
        return one.dataset_id in remote.dataset_ids
    dataset = one.body.get("dataset")
    if isinstance(dataset, dict):
        return dataset.get("name") in remote.dataset_names
    return not remote.dataset_ids


def _rows_agree(one: DesiredEvaluation, contents: RemoteContents) -> bool:
    if one.rows is None:
        return True
    return remote_row_digests(one, contents) == declared_row_digests(one.body)


def _only(data: Mapping[str, Json], keys: set[str]) -> dict[str, Json]:
    return {key: value for key, value in data.items() if key in keys}
