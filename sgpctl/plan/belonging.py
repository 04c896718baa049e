"""Which changes belong together: those that concern one name or one remote evaluation, directly or through others.

Names that are swapped, or an evaluation that takes another name while a new run takes the old one, are safe only as a
whole: half of it could leave two live evaluations of one name, or archive the one that stays.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from sgpctl.plan.plan import Change


def drawn_in(sources: Sequence[Change], others: Iterable[Change]) -> Mapping[tuple[str, str, str], Change]:
    """Those of `others`, by address, that belong together with one of `sources`: with the first one that reaches it."""
    by_concern: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in others:
        for concern in _concerns(change):
            by_concern[concern].append(change)
    found: dict[tuple[str, str, str], Change] = {}
    waiting = deque((source, source) for source in sources)
    while waiting:
        change, source = waiting.popleft()
        for concern in _concerns(change):
            for other in by_concern.pop(concern, ()):
                if other.address not in found:
                    found[other.address] = source
                    waiting.append((other, source))
    return found


def _concerns(change: Change) -> set[tuple[str, str]]:
    """The names that it takes, gives up or leaves without an evaluation, and the remote evaluations that it touches."""
    needs = change.relied_on
    names = {change.name, *(name for need in needs for name in need.names)}
    ids = {change.remote_id, *(need.remote_id for need in needs), *(old.remote_id for old in change.archives)}
    return {("name", name) for name in names} | {("id", one) for one in ids if one is not None}
