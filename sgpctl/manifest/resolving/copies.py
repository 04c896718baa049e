"""Copies of maps and lists in which some parts are replaced; their keys and all other places stay as they are."""

from __future__ import annotations

from sgpctl.model.located import JoinedList, LocatedList, LocatedMap


def copy_of_map(original: LocatedMap) -> LocatedMap:
    """The same keys, values and places, with places of values that can be changed on their own."""
    copy = LocatedMap(original.mark)
    copy.update(original)
    copy.keys_at = original.keys_at
    copy.values_at = dict(original.values_at)
    return copy


def copy_of_list(original: LocatedList) -> LocatedList:
    """The same values and places."""
    copy = (JoinedList if isinstance(original, JoinedList) else LocatedList)(original.mark)
    copy.extend(original)
    copy.values_at = list(original.values_at)
    return copy
