"""What the YAML reader keeps in its hands: maps and lists that are not finished, and values that have a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sgpctl.manifest.document import Extent
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark, Path


class Anchored(NamedTuple):
    """A finished value with a name, and its size, which every alias adds again."""

    value: Json
    mark: Mark
    extent: Extent


class Frame:
    """A map or list that is still being read.

    `key` is None while a value is read whose key was refused; that value will be dropped. The counts are those of the
    document before this value, so that its own size can be told at its end.
    """

    __slots__ = (
        "anchor",
        "awaits_key",
        "chars_before",
        "height",
        "holder",
        "is_merging",
        "key",
        "key_at",
        "merges",
        "nodes_before",
    )

    def __init__(
        self, holder: LocatedMap | LocatedList, anchor: str | None, nodes_before: int, chars_before: int
    ) -> None:
        self.holder = holder
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.chars_before = chars_before
        self.height = 1
        self.awaits_key = isinstance(holder, LocatedMap)
        self.key: str | None = None
        self.key_at = holder.mark
        self.is_merging = False
        self.merges: list[LocatedMap] | None = None

    def take_key(self, key: str | None, mark: Mark) -> None:
        self.awaits_key = False
        self.key = key
        self.key_at = mark


def path_of(frames: Sequence[Frame]) -> Path:
    """The path of the value that comes next, seen from the first of `frames`."""
    steps: list[str | int] = []
    for frame in frames:
        if isinstance(frame.holder, LocatedList):
            steps.append(len(frame.holder))
        elif frame.key is not None and not frame.awaits_key:
            steps.append(frame.key)
    return tuple(steps)


def merge(target: LocatedMap, sources: Sequence[LocatedMap]) -> None:
    """Adds what `target` does not say itself; of several sources the first wins. Keys keep their places."""
    for source in sources:
        for key, value in source.items():
            if key not in target:
                target.put(key, value, source.keys_at[key], source.values_at[key])
