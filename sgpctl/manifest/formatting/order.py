"""The order in which the keys of manifests and of the project file stand.

Keys that are not named here keep their order, after those that are. An alias never comes before its anchor, and where
a name is anchored twice both keep their order: then the entries in between keep theirs, too.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from enum import Enum, auto

from sgpctl.manifest.formatting.tree import Collection, Entry, Node, Scalar
from sgpctl.manifest.project_file import EnvironmentSection

MANIFEST_KEYS = (
    "name",
    "description",
    "matrix",
    "tags",
    "metadata",
    "dataset_id",
    "dataset",
    "data",
    "files",
    "tasks",
    "taxonomy_params",
    "skip_prefilled_rows",
    "lifecycle",
)
PROJECT_KEYS = (
    "version",
    "project",
    "manifests",
    "exclude",
    "allow_ignored",
    "variables",
    "defaults",
    "environments",
    "default_environment",
    "safety",
    "budget",
    "review",
)
_TASK_KEYS = ("alias", "task_type", "configuration")
_MERGE_KEY = "<<"


class Kind(Enum):
    """What a file holds, which decides the order of its keys."""

    MANIFEST = auto()
    PROJECT = auto()


def put_in_order(root: Node | None, kind: Kind) -> None:
    """Orders the keys below `root`, in place; the contents of data, metadata and configurations stay as they are."""
    if not isinstance(root, Collection) or not root.is_map:
        return
    if kind is Kind.PROJECT:
        _order(root, PROJECT_KEYS)
        for section in _parts(root, "environments"):
            _order(section, tuple(EnvironmentSection.model_fields))
    else:
        _order(root, MANIFEST_KEYS)
        for task in _parts(root, "tasks"):
            _order(task, _TASK_KEYS)


def _parts(root: Collection, key: str) -> Iterator[Collection]:
    """The maps directly in the value of `key`."""
    for entry in root.entries:
        if entry.key is not None and entry.key.value == key and isinstance(entry.value, Collection):
            for part in entry.value.entries:
                if isinstance(part.value, Collection) and part.value.is_map:
                    yield part.value


def _order(holder: Collection, keys: Sequence[str]) -> None:
    ranks = {key: rank for rank, key in enumerate((_MERGE_KEY, *keys))}
    wanted = [ranks.get(entry.key.value if entry.key else "", len(ranks)) for entry in holder.entries]
    if wanted == sorted(wanted):
        return
    followers, waits_for = _ties(holder.entries)
    ready = [(wanted[index], index) for index, count in enumerate(waits_for) if not count]
    heapq.heapify(ready)
    ordered: list[Entry] = []
    while ready:
        _, index = heapq.heappop(ready)
        ordered.append(holder.entries[index])
        for follower in followers[index]:
            waits_for[follower] -= 1
            if not waits_for[follower]:
                heapq.heappush(ready, (wanted[follower], follower))
    holder.entries = ordered


def _ties(entries: Sequence[Entry]) -> tuple[list[list[int]], list[int]]:
    """For each entry, which must come after it; and how many must come before it."""
    names = [_names_in(entry) for entry in entries]
    anchored = {name for defined, _ in names for name in defined}
    followers: list[list[int]] = [[] for _ in entries]
    waits_for = [0] * len(entries)
    latest: dict[str, int] = {}
    for index, (defined, used) in enumerate(names):
        for name in (defined | used) & anchored:
            if name in latest:
                followers[latest[name]].append(index)
                waits_for[index] += 1
            latest[name] = index
    return followers, waits_for


def _names_in(entry: Entry) -> tuple[set[str], set[str]]:
    """The anchors that an entry defines and the aliases that it uses."""
    defined: set[str] = set()
    used: set[str] = set()
    nodes: list[Node | None] = [entry.key, entry.value]
    while nodes:
        node = nodes.pop()
        if node is None:
            continue
        if node.properties.anchor is not None:
            defined.add(node.properties.anchor)
        if isinstance(node, Scalar) and node.refers_to is not None:
            used.add(node.refers_to)
        if isinstance(node, Collection):
            nodes += [part for inner in node.entries for part in (inner.key, inner.value)]
    return defined, used
