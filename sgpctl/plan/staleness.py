"""What of a reviewed plan is untouched and may go on, and what is stale and must not.

moved               planned still, but it would not do the same any more
another action      something else is planned for that name now
no longer planned   nothing is planned for that name now
new                 nobody reviewed it
tied                as it was reviewed, but it belongs together with one of those above, or with one that is held
held                as it was reviewed, but an archive, and a run that should be in place before it is skipped
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sgpctl.plan import stale_words as words
from sgpctl.plan.action import Action
from sgpctl.plan.belonging import drawn_in
from sgpctl.plan.plan import Change, Plan


class Staleness(StrEnum):
    """Why a change is not carried out. The values are the words of the outcome's JSON."""

    MOVED = "moved"
    ANOTHER_ACTION = "another_action"
    NO_LONGER_PLANNED = "no_longer_planned"
    NEW = "new"
    TIED = "tied"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A change that is not carried out: the reviewed one, or one that is new.

    `now` is what is planned in its place by now; None when nothing is. `why` reads on from the change's title.
    """

    staleness: Staleness
    change: Change
    now: Change | None
    why: str

    @property
    def sentence(self) -> str:
        return f"{words.title(self.change)} {self.why}"


@dataclass(frozen=True, slots=True)
class Partition:
    """Two plans taken apart: the changes of the current one that are as they were reviewed, and all that is skipped."""

    untouched: tuple[Change, ...]
    skipped: tuple[Skipped, ...]


def partition(reviewed: Plan, current: Plan) -> Partition:
    """Take `current` apart into what may go on on the word of `reviewed`, in its order, and the rest, sorted by name.

    Every change of either plan is in one of the two. Nothing that is untouched shares a name or a remote evaluation with
    what is skipped, and nothing is archived while something that should stand before it is skipped.
    """
    same = _same(reviewed, current)
    gone = [change for change in reviewed.changes if change.address not in same]
    fresh = [change for change in current.changes if change.address not in same]
    stale = _stale(gone, fresh, reviewed, current)
    alike = [change for change in current.changes if change.address in same]
    tied = _tied([*gone, *fresh], alike, words.tied)
    free = _without(alike, tied)
    held = _held(free, [*stale, *tied], current)
    waiting = _tied([one.change for one in held], _without(free, held), words.tied_to_held)
    skipped = sorted([*stale, *tied, *held, *waiting], key=lambda one: (one.change.address, one.staleness))
    return Partition(_without(free, [*held, *waiting]), tuple(skipped))


def differences(reviewed: Plan, current: Plan) -> tuple[str, ...]:
    """What the current plan has that the reviewed one has not, and the other way round, a line each, sorted by name."""
    return tuple(
        one.sentence
        for one in partition(reviewed, current).skipped
        if one.staleness not in {Staleness.TIED, Staleness.HELD}
    )


def _same(reviewed: Plan, current: Plan) -> set[tuple[str, str, str]]:
    """The addresses of the changes that do the same in both plans; plans for two places have none."""
    if reviewed.scope != current.scope:
        return set()
    before = {change.address: change.essence for change in reviewed.changes}
    return {change.address for change in current.changes if before.get(change.address) == change.essence}


def _stale(gone: Sequence[Change], fresh: Sequence[Change], reviewed: Plan, current: Plan) -> list[Skipped]:
    """A reviewed change that is not the same any more with what is planned instead, then what is planned beyond that."""
    in_its_place = _in_its_place(fresh)
    declared_before, declared_now = _declared_names(reviewed), _declared_names(current)
    found: list[Skipped] = []
    for change in gone:
        now = in_its_place(change)
        if now is None:
            why = words.no_longer_planned(change, declared_before, declared_now)
            found.append(Skipped(Staleness.NO_LONGER_PLANNED, change, None, why))
        elif now.address == change.address:
            found.append(Skipped(Staleness.MOVED, change, now, words.moved(change, now)))
        else:
            found.append(Skipped(Staleness.ANOTHER_ACTION, change, now, words.another_action(change, now)))
    told = {one.now.address for one in found if one.now is not None}
    return found + [
        Skipped(Staleness.NEW, change, change, words.new()) for change in fresh if change.address not in told
    ]


def _in_its_place(fresh: Sequence[Change]) -> Callable[[Change], Change | None]:
    """What is planned instead of a reviewed change: the same one, moved; else what its name gets, or its evaluation."""
    itself = {change.address: change for change in fresh}
    for_name = {change.name: change for change in fresh if change.action is not Action.ARCHIVE}
    for_run = {change.remote_id: change for change in fresh if change.remote_id is not None}

    def find(change: Change) -> Change | None:
        found = itself.get(change.address)
        if found is None and change.action is not Action.ARCHIVE:
            found = for_name.get(change.name)
        return found or for_run.get(change.remote_id or "")

    return find


def _declared_names(plan: Plan) -> frozenset[str]:
    """Whatever is declared is unchanged, or one change makes it what is declared."""
    changed = {change.name for change in plan.changes if change.action is not Action.ARCHIVE}
    return frozenset(changed.union(plan.unchanged))


def _tied(sources: Sequence[Change], others: Sequence[Change], why: Callable[[Change], str]) -> list[Skipped]:
    """Those of `others` that belong together with one of `sources`, which `why` is told."""
    drawn = drawn_in(sources, others)
    return [
        Skipped(Staleness.TIED, change, change, why(drawn[change.address]))
        for change in others
        if change.address in drawn
    ]


def _without(changes: Sequence[Change], skipped: Sequence[Skipped]) -> tuple[Change, ...]:
    addresses = {one.change.address for one in skipped}
    return tuple(change for change in changes if change.address not in addresses)


def _held(free: Sequence[Change], skipped: Sequence[Skipped], current: Plan) -> list[Skipped]:
    """The archives among `free`, if a change is skipped that puts an evaluation in place which is not there yet.

    The archive of an old name may have been agreed to because of the new one. Whatever belongs together with a held
    archive has to wait too: an evaluation that takes a name which the archived one still bears would be its second.
    """
    in_place = set(current.unchanged)
    missing = [
        change
        for one in skipped
        for change in (one.change, one.now)
        if change is not None
        and change.action not in {Action.UPDATE, Action.ARCHIVE}
        and change.name not in in_place
    ]
    if not missing:
        return []
    return [
        Skipped(Staleness.HELD, change, change, words.held(missing[0]))
        for change in free
        if change.action is Action.ARCHIVE
    ]
