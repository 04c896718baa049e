"""Everything of a project on the platform, whatever its manifests say now, for a plan that is made elsewhere later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sgpctl.api.evaluations import Evaluations
from sgpctl.api.together import together
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.marks import Owner


@dataclass(frozen=True, slots=True)
class Everything:
    """`tagged` carry the owner tag, archived ones too; `live` are all live ones of the account."""

    tagged: tuple[RemoteEvaluation, ...]
    live: tuple[RemoteEvaluation, ...]
    dataset_rows: Mapping[str, int]
    dataset_versions: Mapping[str, int]
    gap: str | None


async def read_everything(evaluations: Evaluations, owner: Owner, dataset_ids: Iterable[str]) -> Everything:
    """Two lists, and two requests for each dataset: those of `dataset_ids` and those that ours run on."""
    async with together() as tasks:
        tagged = tasks.create_task(evaluations.list_tagged(owner.tag, include_archived=True))
        live = tasks.create_task(evaluations.list_all())
    used = {dataset_id for one in tagged.result().items for dataset_id in one.dataset_ids}
    ids = sorted(used | set(dataset_ids))
    async with together() as tasks:
        rows = {one: tasks.create_task(evaluations.dataset_row_count(one)) for one in ids}
        versions = {one: tasks.create_task(evaluations.dataset_version(one)) for one in ids}
    return Everything(
        tagged.result().items,
        live.result().items,
        {one: count for one, task in rows.items() if (count := task.result()) is not None},
        {one: version for one, task in versions.items() if (version := task.result()) is not None},
        tagged.result().gap or live.result().gap,
    )
