"""Everything remote that a plan looks at, in as few requests as it takes.

    1  ours and live, by the owner tag; how many live ones the account has
    2  ours and archived, for manifests whose run is not live under their name: a revert may bring one back
    3  not ours, of the same name, for manifests of whose name nothing of ours is live: one may be adopted
    4  the contents of those that must be proven equal, or whose difference must be explained
    5  the sizes of the datasets that a new run would read
    6  the versions of the datasets of which a manifest expects one

2, 3, 5 and 6 go on at once. Where single look-ups would cost more requests than a whole list, the list is read.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sgpctl import limits
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.paging import Listing
from sgpctl.api.together import together
from sgpctl.model import marks
from sgpctl.model.alias import result_columns
from sgpctl.model.canonical import is_known_digest
from sgpctl.model.compare import dataset_agrees, may_be_adopted, tasks_hold, tasks_untouched
from sgpctl.model.evaluation import DesiredEvaluation, RemoteContents, RemoteEvaluation, RemoteState
from sgpctl.model.marks import Owner, effective_name, is_owned_by, other_owners, read_marks
from sgpctl.model.result_columns import told_apart

_LOOKUPS_WITHOUT_COUNTING_MAX = 2  # counting first costs a request itself


@dataclass(frozen=True, slots=True)
class _Live:
    """What stage 1 found. `tagged` counts all live ones with our tag, also those that another project claims too."""

    by_name: Mapping[str, Sequence[RemoteEvaluation]]
    owned: tuple[RemoteEvaluation, ...]
    contested: tuple[RemoteEvaluation, ...]
    archived: tuple[RemoteEvaluation, ...]
    tagged: int
    account: int
    gap: str | None
    unlisted: tuple[str, ...]

    @property
    def others(self) -> int:
        return max(0, self.account - len(self.owned))

    def named(self, name: str) -> Sequence[RemoteEvaluation]:
        """Ours by the name that sgpctl gave them, which a rename by hand does not change."""
        return self.by_name.get(name, ())

    def and_those_of(self, found: Sequence[RemoteEvaluation]) -> _Live:
        """With the live ones of `found` that were not listed."""
        ids = {one.id for one in self.owned}
        more = tuple({one.id: one for one in found if not one.is_archived and one.id not in ids}.values())
        if not more:
            return self
        owned = (*self.owned, *more)
        unlisted = (*self.unlisted, *(one.id for one in more))
        return replace(self, owned=owned, by_name=_grouped(owned, effective_name), unlisted=unlisted)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A remote evaluation to be read for the sake of a desired one, with at most so many rows."""

    desired: DesiredEvaluation
    remote: RemoteEvaluation
    rows_max: int


async def read_state(
    evaluations: Evaluations,
    desired: Sequence[DesiredEvaluation],
    owner: Owner,
    *,
    known: Sequence[str] = (),
    leases: int = 0,
    rows_compared: int = limits.ROWS_COMPARED_MAX,
) -> RemoteState:
    """The remote side of `desired`, sorted by creation and id.

    Of an evaluation that is to be replaced, at most `rows_compared` rows are read to show how they differ; more are
    only counted.

    `known` are ids of ours that lists may not show yet, or still show as they were; they are read one by one if so.
    `leases` of ours are live in the account, and no evaluations.

    Raises ApiError as soon as one reading fails. A list that came incomplete is not an error: it sets `gap`.
    """
    live = await _read_live(evaluations, owner, known, leases)
    not_running = [one for one in desired if not _runs(one, live.named(one.name))]
    nameless = [one for one in desired if not live.named(one.name)]
    async with together() as tasks:
        searched = tasks.create_task(_search(evaluations, not_running, owner, live))
        namesakes = tasks.create_task(_read_namesakes(evaluations, nameless, owner, live))
        sizes = tasks.create_task(_read_dataset_sizes(evaluations, not_running))
        versions = tasks.create_task(_read_dataset_versions(evaluations, desired))
    runs = searched.result()
    live = live.and_those_of(runs.items)
    unowned = _grouped(namesakes.result().items, lambda remote: remote.name)
    replaced = _to_be_replaced(desired, not_running, (*live.owned, *runs.items))
    wanted = [
        *(
            _Wanted(one, remote, _rows_max(one, remote, rows_compared if one.name in replaced else 0))
            for one in desired
            for remote in live.named(one.name)
            if _needs_reading(one, remote)
        ),
        *(
            _Wanted(one, remote, limits.ROWS_COMPARED_MAX)
            for one in nameless
            for remote in unowned.get(one.name, ())
            if _is_adoptable(one, remote, owner)
        ),
    ]
    return RemoteState(
        owned=_in_order(live.owned),
        contested=_in_order(live.contested),
        archived=_in_order({one.id: one for one in (*live.archived, *_archived(runs.items))}.values()),
        namesakes=_in_order(namesakes.result().items),
        contents=await _read_contents(evaluations, wanted),
        dataset_rows=sizes.result(),
        dataset_versions=versions.result(),
        others=live.others,
        gap=live.gap or runs.gap or namesakes.result().gap,
        unlisted=live.unlisted,
    )


async def _read_live(evaluations: Evaluations, owner: Owner, known: Sequence[str], leases: int) -> _Live:
    async with together() as tasks:
        listing = tasks.create_task(evaluations.list_tagged(owner.tag, include_archived=False))
        count = tasks.create_task(evaluations.count())
    tagged = [remote for remote in listing.result().items if not remote.is_archived]
    unlisted = await _read_known(evaluations, known, {remote.id for remote in tagged})
    found = [*tagged, *(remote for remote in unlisted if not remote.is_archived)]
    owned = tuple(remote for remote in found if is_owned_by(remote, owner))
    return _Live(
        by_name=_grouped(owned, effective_name),
        owned=owned,
        contested=tuple(remote for remote in tagged if other_owners(remote, owner)),
        archived=tuple(remote for remote in unlisted if remote.is_archived and is_owned_by(remote, owner)),
        tagged=len(tagged),
        account=max(0, count.result() - leases),
        gap=listing.result().gap,
        unlisted=tuple(one.id for one in unlisted if not one.is_archived and is_owned_by(one, owner)),
    )


async def _read_known(
    evaluations: Evaluations, known: Sequence[str], listed: Container[str]
) -> list[RemoteEvaluation]:
    async with together() as tasks:
        reads = [tasks.create_task(evaluations.get(one)) for one in dict.fromkeys(known) if one not in listed]
    return [remote for read in reads if (remote := read.result()) is not None]


async def _search(
    evaluations: Evaluations, not_running: Sequence[DesiredEvaluation], owner: Owner, live: _Live
) -> Listing[RemoteEvaluation]:
    """Runs of ours of the wanted specs, archived or live: what is live now may not have been when it was listed."""
    digests = sorted({one.digest for one in not_running})
    are_few = len(digests) <= _LOOKUPS_WITHOUT_COUNTING_MAX
    total = None if are_few else await evaluations.count_tagged(owner.tag)
    if not digests or total == live.tagged:
        return Listing(())
    if are_few or (total is not None and len(digests) < _pages(total)):
        listing = await _find_digests(evaluations, digests, owner)
    else:
        listing = await evaluations.list_tagged(owner.tag, include_archived=True)
    wanted = set(digests)
    kept = (
        remote
        for remote in listing.items
        if is_owned_by(remote, owner) and read_marks(remote).digest in wanted
    )
    return Listing(tuple(kept), gap=listing.gap)


def _archived(remotes: Sequence[RemoteEvaluation]) -> list[RemoteEvaluation]:
    return [one for one in remotes if one.is_archived]


async def _find_digests(
    evaluations: Evaluations, digests: Sequence[str], owner: Owner
) -> Listing[RemoteEvaluation]:
    async with together() as tasks:
        finds = [
            tasks.create_task(evaluations.find(marks.DIGEST, digest, tag=owner.tag)) for digest in digests
        ]
    return Listing(tuple(remote for find in finds for remote in find.result()))


async def _read_namesakes(
    evaluations: Evaluations, nameless: Sequence[DesiredEvaluation], owner: Owner, live: _Live
) -> Listing[RemoteEvaluation]:
    names = sorted({one.name for one in nameless})
    if not names or live.others == 0:
        return Listing(())
    if len(names) < _pages(live.account):
        listings = await _list_names(evaluations, names)
    else:
        listings = [await evaluations.list_all()]
    wanted = set(names)
    found = {
        remote.id: remote
        for listing in listings
        for remote in listing.items
        if remote.name in wanted and not remote.is_archived and not is_owned_by(remote, owner)
    }
    gap = next((listing.gap for listing in listings if listing.gap is not None), None)
    return Listing(tuple(found.values()), gap=gap)


async def _list_names(evaluations: Evaluations, names: Sequence[str]) -> list[Listing[RemoteEvaluation]]:
    async with together() as tasks:
        listings = [tasks.create_task(evaluations.list_named(name)) for name in names]
    return [listing.result() for listing in listings]


async def _read_dataset_sizes(
    evaluations: Evaluations, not_running: Sequence[DesiredEvaluation]
) -> dict[str, int]:
    ids = sorted({one.dataset_id for one in not_running if one.dataset_id is not None and one.rows is None})
    async with together() as tasks:
        counts = {
            dataset_id: tasks.create_task(evaluations.dataset_row_count(dataset_id)) for dataset_id in ids
        }
    known = {dataset_id: count.result() for dataset_id, count in counts.items()}
    return {dataset_id: count for dataset_id, count in known.items() if count is not None}


async def _read_dataset_versions(
    evaluations: Evaluations, desired: Sequence[DesiredEvaluation]
) -> dict[str, int]:
    ids = sorted(
        {one.dataset_id for one in desired if one.dataset_id is not None and one.expect_version is not None}
    )
    async with together() as tasks:
        versions = {
            dataset_id: tasks.create_task(evaluations.dataset_version(dataset_id)) for dataset_id in ids
        }
    known = {dataset_id: version.result() for dataset_id, version in versions.items()}
    return {dataset_id: version for dataset_id, version in known.items() if version is not None}


async def _read_contents(evaluations: Evaluations, wanted: Iterable[_Wanted]) -> Mapping[str, RemoteContents]:
    reads: dict[str, asyncio.Task[RemoteContents]] = {}
    async with together() as tasks:
        for each in wanted:
            if each.remote.id not in reads:
                reads[each.remote.id] = tasks.create_task(_contents_of(evaluations, each))
    return {remote_id: read.result() for remote_id, read in sorted(reads.items())}


async def _contents_of(evaluations: Evaluations, wanted: _Wanted) -> RemoteContents:
    """The contents without results; the schema is asked only about columns that the declared rows do not have."""
    one, remote = wanted.desired, wanted.remote
    tasks = remote.tasks if remote.tasks is not None else one.tasks
    contents = await evaluations.contents(remote.id, result_columns(list(tasks)), rows_max=wanted.rows_max)
    if one.rows is None or one.dataset_id is not None or contents.rows is None:
        return contents
    columns = {column for row in contents.rows for column in row.data}
    if columns <= {column for row in one.rows if isinstance(row, dict) for column in row}:
        return contents
    results = told_apart(tasks, columns, await evaluations.schema(remote.id))
    return replace(
        contents, rows=tuple(replace(row, data=results.taken_off(row.data)) for row in contents.rows)
    )


def _to_be_replaced(
    desired: Sequence[DesiredEvaluation],
    not_running: Sequence[DesiredEvaluation],
    found: Iterable[RemoteEvaluation],
) -> frozenset[str]:
    """The names for which no run is there that can be restored or renamed: a replace shows how their rows differ."""
    names = {one.name for one in desired}
    wanted = {one.digest: one for one in not_running}
    spare = {
        digest
        for remote in found
        if (digest := read_marks(remote).digest) in wanted
        and (remote.is_archived or effective_name(remote) not in names)
        and _is_untouched(wanted[digest], remote)
    }
    return frozenset(one.name for one in not_running if one.digest not in spare)


def _rows_max(one: DesiredEvaluation, remote: RemoteEvaluation, rows_compared: int) -> int:
    """How many rows of one of ours are worth reading: all to prove what it is, some to compare those that changed."""
    mark = read_marks(remote)
    if mark.digest is None:
        return limits.ROWS_COMPARED_MAX
    return 0 if one.data_digest is None or mark.data_digest == one.data_digest else rows_compared


def _runs(one: DesiredEvaluation, same_named: Iterable[RemoteEvaluation]) -> bool:
    """True when one of ours under its name already is the declared run."""
    return any(
        read_marks(remote).digest == one.digest and _is_untouched(one, remote) for remote in same_named
    )


def _needs_reading(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    """True when marks and tasks of one of ours do not say whether, or why, it differs from what is declared."""
    mark = read_marks(remote)
    if mark.digest is None or not is_known_digest(mark.digest):
        return True
    if mark.digest == one.digest:
        return False
    is_explained = not _tasks_hold(one, remote) or not dataset_agrees(one, remote)
    return mark.data_digest != one.data_digest or "taxonomy_params" in one.body or not is_explained


def _is_adoptable(one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner) -> bool:
    """True when only the contents are left to be proven (design 6, row 6)."""
    return (
        remote.tasks is not None
        and may_be_adopted(one, remote, owner)
        and _tasks_hold(one, remote)
        and dataset_agrees(one, remote)
    )


def _is_untouched(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    return remote.tasks is None or tasks_untouched(one.tasks, remote.tasks)


def _tasks_hold(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    """True also when the platform did not say which tasks there are."""
    return remote.tasks is None or tasks_hold(one.tasks, remote.tasks)


def _grouped(
    remotes: Iterable[RemoteEvaluation], key: Callable[[RemoteEvaluation], str]
) -> dict[str, list[RemoteEvaluation]]:
    groups: dict[str, list[RemoteEvaluation]] = defaultdict(list)
    for remote in remotes:
        groups[key(remote)].append(remote)
    return dict(groups)


def _pages(items: int) -> int:
    return max(1, -(-items // limits.PAGE_ITEMS))


def _in_order(remotes: Iterable[RemoteEvaluation]) -> tuple[RemoteEvaluation, ...]:
    return tuple(sorted(remotes, key=lambda remote: (remote.created_at, remote.id)))
