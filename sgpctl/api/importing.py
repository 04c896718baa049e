"""All of one evaluation that can be read, so that a manifest can be made of it; a dataset is read once for all.

The schema tells results from inputs, the dataset what a row had from it. Where a dataset has moved on since the run,
the version that was run is read, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sgpctl import limits
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.paging import Listing
from sgpctl.api.together import together
from sgpctl.errors import Rejected, UsageError
from sgpctl.model.dataset_rows import brings_all
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.marks import is_lease
from sgpctl.model.nearest import listed
from sgpctl.model.readback import DatasetItem, DatasetRead, ItemRead, NotImportable, ReadBack


class Reader:
    """Reads what one import asks for. `rows_max` bounds the rows of one evaluation, and of one dataset."""

    def __init__(self, evaluations: Evaluations, *, rows_max: int = limits.ROWS_COMPARED_MAX) -> None:
        self._evaluations = evaluations
        self._rows_max = rows_max
        self._datasets: dict[tuple[str, int | None], asyncio.Task[Mapping[str, DatasetItem]]] = {}

    async def read(self, remote: RemoteEvaluation) -> ReadBack:
        """Raises NotImportable for what cannot be read whole, and ApiError."""
        if len(remote.dataset_ids) > 1:
            raise NotImportable(f"has rows of {len(remote.dataset_ids)} datasets, and a request names one")
        async with together() as tasks:
            items = tasks.create_task(self._items(remote.id))
            taxonomy = tasks.create_task(self._evaluations.taxonomy(remote.id))
            fields = tasks.create_task(self._evaluations.schema(remote.id))
        dataset = None
        for dataset_id in remote.dataset_ids:
            dataset = await self._dataset(dataset_id, items.result())
        return ReadBack(remote, items.result(), taxonomy.result(), fields.result(), dataset)

    async def _items(self, evaluation_id: str) -> tuple[ItemRead, ...]:
        listing = await self._evaluations.items(evaluation_id, items_max=self._rows_max)
        self._bound(max(len(listing.items), listing.total or 0), "")
        if listing.gap is not None:
            raise NotImportable(f"has rows that did not come whole: {listing.gap}")
        return listing.items

    async def _dataset(self, dataset_id: str, items: Sequence[ItemRead]) -> DatasetRead:
        now = await self._dataset_items(dataset_id, None)
        versions = {item.dataset_version for item in items}
        if brings_all(items, now) or len(versions) != 1 or None in versions:
            return DatasetRead(dataset_id, now, now)
        return DatasetRead(dataset_id, now, await self._dataset_items(dataset_id, versions.pop()))

    async def _dataset_items(self, dataset_id: str, version: int | None) -> Mapping[str, DatasetItem]:
        key = (dataset_id, version)
        if key not in self._datasets:
            self._datasets[key] = asyncio.create_task(self._read_dataset(dataset_id, version))
        return await asyncio.shield(self._datasets[key])

    async def _read_dataset(self, dataset_id: str, version: int | None) -> Mapping[str, DatasetItem]:
        try:
            listing = await self._evaluations.dataset_items(
                dataset_id, version=version, items_max=self._rows_max
            )
        except Rejected as refusal:
            raise NotImportable(
                f"runs on dataset {dataset_id}, which cannot be read: {refusal.message}"
            ) from refusal
        self._bound(max(len(listing.items), listing.total or 0), f"runs on dataset {dataset_id}, which ")
        if listing.gap is not None:
            raise NotImportable(f"runs on dataset {dataset_id}, which did not come whole: {listing.gap}")
        return dict(listing.items)

    def _bound(self, rows: int, whose: str) -> None:
        if rows > self._rows_max:
            raise NotImportable(
                f"{whose}has {rows:,} rows, and at most {self._rows_max:,} can be read back and compared"
            )


@dataclass(frozen=True, slots=True)
class Selection:
    """Which remote evaluations are asked for: these ids, or all whose name matches and that have every tag.

    `names` are shell patterns, compared with case; none stands for every name.
    """

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    archived_too: bool = False


async def selected(evaluations: Evaluations, selection: Selection) -> Listing[RemoteEvaluation]:
    """What `selection` asks for. Raises UsageError for an id that nothing has."""
    if selection.ids:
        return Listing(await _by_ids(evaluations, selection.ids))
    if selection.tags:
        listing = await evaluations.list_tagged(selection.tags[0], include_archived=selection.archived_too)
    else:
        listing = await evaluations.list_all(include_archived=selection.archived_too)
    wanted = {tag.lower() for tag in selection.tags}
    found = tuple(
        one
        for one in listing.items
        if wanted <= {tag.lower() for tag in one.tags}
        and not is_lease(one)
        and (not selection.names or any(fnmatchcase(one.name, name) for name in selection.names))
    )
    return Listing(found, listing.total, listing.gap)


async def _by_ids(evaluations: Evaluations, ids: Sequence[str]) -> tuple[RemoteEvaluation, ...]:
    async with together() as tasks:
        gets = {wanted: tasks.create_task(evaluations.get(wanted)) for wanted in dict.fromkeys(ids)}
    found = {wanted: get.result() for wanted, get in gets.items()}
    missing = [wanted for wanted, one in found.items() if one is None]
    if missing:
        raise UsageError(
            f"no evaluation has the id {listed(missing)}",
            hint="`sgpctl import --all --dry-run` shows what there is in this account.",
        )
    return tuple(one for one in found.values() if one is not None)
