"""Which remote evaluation stands for which desired one; each remote evaluation is used once (design 6).

Identity is the name under which sgpctl made an evaluation, within those that carry the owner tag. What already runs
under the right spec is preferred to any new run: first under its own name, then under another, then in the archive,
then among evaluations that are not ours but are proven equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any, TypeAlias

from sgpctl.model.canonical import is_known_digest
from sgpctl.model.compare import may_be_adopted, tasks_untouched
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.marks import Owner, effective_name, other_owners, read_marks
from sgpctl.plan.evidence import is_proven_equal, is_same_run_in_other_words

_Order: TypeAlias = Callable[
    [RemoteEvaluation], Any
]  # what `min` accepts as a key cannot be said more narrowly


class How(Enum):
    """How a desired evaluation is met."""

    SAME_NAME = auto()  # rows 1 and 2
    OTHER_NAME = auto()  # row 4
    ARCHIVED = auto()  # row 5
    OTHER_SPEC = auto()  # row 3
    NOT_OWNED = auto()  # row 6
    NOTHING = auto()  # row 7


@dataclass(frozen=True, slots=True)
class Match:
    """One desired evaluation and what meets it. `remote` is None for `How.NOTHING` only.

    `superseded` are the other live owned evaluations of the same name, which the change leaves without a purpose.
    """

    desired: DesiredEvaluation
    how: How
    remote: RemoteEvaluation | None = None
    superseded: tuple[RemoteEvaluation, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """Everything owned and everything desired, told apart.

    `duplicates` are pairs (what goes, what stays). `strangers` carry our owner tag and were made from another
    repository; `copies` bear another name than sgpctl gave them and stand for nothing, so they may be copies made by
    hand; `undigested` cannot be compared: their digest is of another version, or is gone and so are the means to prove.
    """

    matches: tuple[Match, ...]
    undesired: tuple[RemoteEvaluation, ...]
    duplicates: tuple[tuple[RemoteEvaluation, RemoteEvaluation], ...]
    strangers: tuple[RemoteEvaluation, ...]
    copies: tuple[RemoteEvaluation, ...]
    undigested: tuple[RemoteEvaluation, ...]


@dataclass(slots=True)
class _Pool:
    """Remote evaluations by the two things that they are asked for; each is given out once."""

    by_name: dict[str, list[RemoteEvaluation]] = field(default_factory=lambda: defaultdict(list))
    by_digest: dict[str, list[RemoteEvaluation]] = field(default_factory=lambda: defaultdict(list))
    claimed: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls, remotes: Iterable[RemoteEvaluation], name_of: Callable[[RemoteEvaluation], str] = effective_name
    ) -> _Pool:
        pool = cls()
        for remote in remotes:
            pool.by_name[name_of(remote)].append(remote)
            pool.by_digest[read_marks(remote).digest or ""].append(remote)
        return pool

    def claim(self, candidates: Iterable[RemoteEvaluation], best: _Order) -> RemoteEvaluation | None:
        """The best candidate that is still free, now taken."""
        found = min(
            (remote for remote in candidates if remote.id not in self.claimed), key=best, default=None
        )
        if found is not None:
            self.claimed.add(found.id)
        return found

    def left_of(self, name: str) -> tuple[RemoteEvaluation, ...]:
        left = (remote for remote in self.by_name.get(name, ()) if remote.id not in self.claimed)
        return tuple(sorted(left, key=_oldest_completed))


def match(
    desired: Sequence[DesiredEvaluation], state: RemoteState, owner: Owner, *, take_over: bool = False
) -> Matching:
    """Pair both sides, row by row of the design's decision table; an earlier row takes before a later one."""
    strangers = () if take_over else tuple(r for r in state.owned if _is_strange(r, owner))
    clones = _clones(_without(state.owned, strangers))
    owned = _Pool.of(_without(state.owned, (*strangers, *clones)))
    archived = _Pool.of(r for r in state.archived if take_over or not _is_strange(r, owner))
    namesakes = _Pool.of((r for r in state.namesakes if not other_owners(r, owner)), name_of=lambda r: r.name)

    def own_name_first(one: DesiredEvaluation) -> _Order:
        # One that bears another name may be a copy, whose original was archived since.
        return lambda r: (r.status == "failed", r.name != one.name, *_oldest_completed(r))

    def same_name(one: DesiredEvaluation) -> RemoteEvaluation | None:
        return owned.claim(
            (r for r in owned.by_name.get(one.name, ()) if meets(one, r, state)),
            own_name_first(one),
        )

    def other_name(one: DesiredEvaluation) -> RemoteEvaluation | None:
        return owned.claim(
            (r for r in owned.by_digest.get(one.digest, ()) if meets(one, r, state)), _oldest_completed
        )

    def in_the_archive(one: DesiredEvaluation) -> RemoteEvaluation | None:
        return archived.claim(
            (r for r in archived.by_digest.get(one.digest, ()) if meets(one, r, state)), _newest
        )

    def other_spec(one: DesiredEvaluation) -> RemoteEvaluation | None:
        return owned.claim(owned.by_name.get(one.name, ()), own_name_first(one))

    def not_owned(one: DesiredEvaluation) -> RemoteEvaluation | None:
        same = (r for r in namesakes.by_name.get(one.name, ()) if may_be_adopted(one, r, owner))
        return namesakes.claim(
            (r for r in same if is_proven_equal(one, r, state.contents.get(r.id), state.dataset_rows)),
            _newest_completed,
        )

    found: dict[str, Match] = {}
    for how, find in (
        (How.SAME_NAME, same_name),
        (How.OTHER_NAME, other_name),
        (How.ARCHIVED, in_the_archive),
        (How.OTHER_SPEC, other_spec),
        (How.NOT_OWNED, not_owned),
    ):
        for one in desired:
            if one.name not in found and (remote := find(one)) is not None:
                found[one.name] = Match(one, how, remote)
    return _told_apart(desired, found, owned, state, (strangers, clones))


def meets(one: DesiredEvaluation, remote: RemoteEvaluation, state: RemoteState) -> bool:
    """True when `remote` is a run of what `one` declares: same digest and tasks untouched, or contents proven equal
    where someone removed the digest.
    """
    digest = read_marks(remote).digest
    if digest is None:
        return is_proven_equal(one, remote, state.contents.get(remote.id), state.dataset_rows)
    if digest != one.digest:
        return is_same_run_in_other_words(one, remote, state.contents.get(remote.id))
    return (
        remote.tasks is None or tasks_untouched(one.tasks, remote.tasks) or is_shown_so_again(remote, state)
    )


def is_shown_so_again(remote: RemoteEvaluation, state: RemoteState) -> bool:
    """True when another run of the same digest shows the same tasks: then it is the platform that words them so, and
    replacing once more would pay without an end.
    """
    mine = read_marks(remote)
    return any(
        read_marks(other).digest == mine.digest
        and read_marks(other).nonce not in {None, mine.nonce}
        and other.tasks == remote.tasks
        for other in (*state.owned, *state.archived)
    )


def _told_apart(
    desired: Sequence[DesiredEvaluation],
    found: Mapping[str, Match],
    pool: _Pool,
    state: RemoteState,
    set_apart: tuple[tuple[RemoteEvaluation, ...], tuple[RemoteEvaluation, ...]],
) -> Matching:
    strangers, clones = set_apart
    matches: list[Match] = []
    duplicates: list[tuple[RemoteEvaluation, RemoteEvaluation]] = []
    for one in desired:
        pair = found.get(one.name, Match(one, How.NOTHING))
        left = tuple(remote for remote in pool.left_of(one.name) if remote.name == one.name)
        if pair.how in {How.OTHER_NAME, How.ARCHIVED}:
            pair = replace(pair, superseded=left)
        elif pair.remote is not None:
            duplicates += [(remote, pair.remote) for remote in left]
        matches.append(pair)
    declared = {one.name for one in desired}
    unclaimed = [remote for name in sorted(pool.by_name) for remote in pool.left_of(name)]
    renamed = tuple(remote for remote in unclaimed if remote.name != effective_name(remote))
    undesired = tuple(
        remote
        for remote in unclaimed
        if effective_name(remote) not in declared and remote.name == effective_name(remote)
    )
    undigested = tuple(remote for remote in state.owned if not _is_comparable(remote, state))
    return Matching(tuple(matches), undesired, tuple(duplicates), strangers, (*clones, *renamed), undigested)


def _without(
    remotes: Sequence[RemoteEvaluation], taken: Sequence[RemoteEvaluation]
) -> tuple[RemoteEvaluation, ...]:
    ids = {remote.id for remote in taken}
    return tuple(remote for remote in remotes if remote.id not in ids)


def _oldest_completed(remote: RemoteEvaluation) -> tuple[object, ...]:
    return (remote.status == "failed", remote.status != "completed", remote.created_at, remote.id)


def _newest_completed(remote: RemoteEvaluation) -> tuple[object, ...]:
    return (
        remote.status == "failed",
        remote.status != "completed",
        -remote.created_at.timestamp(),
        remote.id,
    )


def _newest(remote: RemoteEvaluation) -> tuple[object, ...]:
    """The newest first; a failed run only when there is no other."""
    return (remote.status == "failed", -remote.created_at.timestamp(), remote.id)


def _is_strange(remote: RemoteEvaluation, owner: Owner) -> bool:
    made_by = read_marks(remote).repository
    return made_by is not None and made_by != owner.repository


def _is_comparable(remote: RemoteEvaluation, state: RemoteState) -> bool:
    """False where neither a digest that we know nor contents that were read say what `remote` is."""
    digest = read_marks(remote).digest
    if digest is not None:
        return is_known_digest(digest)
    contents = state.contents.get(remote.id)
    return contents is None or contents.rows is not None


def _clones(owned: Sequence[RemoteEvaluation]) -> tuple[RemoteEvaluation, ...]:
    """Those that bear another name than sgpctl gave them while the one that they were copied from bears the right name,
    whatever that is by now.
    """
    originals = {_lineage(r) for r in owned if effective_name(r) == r.name}
    return tuple(r for r in owned if effective_name(r) != r.name and _lineage(r) in originals)


def _lineage(remote: RemoteEvaluation) -> tuple[str | None, str | None]:
    """The same for an evaluation and its copies: its nonce, or its name where it was made without one."""
    nonce = read_marks(remote).nonce
    return (nonce, effective_name(remote) if nonce is None else None)
