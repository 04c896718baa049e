"""`dataset_id: {id: ds-1, expect_version: 7}`: which dataset, by id or by name, and at which version it is expected.

The API takes the id alone. The version is for the plan, which says when the dataset has moved on; no run depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sgpctl.manifest.problem import Problem, error_at, quoted
from sgpctl.manifest.resolving.borrowed_mark import BorrowedMark
from sgpctl.manifest.resolving.copies import copy_of_map
from sgpctl.manifest.resolving.references import Unresolved
from sgpctl.manifest.resolving.scope import Meaning, NamedAt, Scope, Unknown
from sgpctl.model.located import Failed, Json, LocatedMap
from sgpctl.model.names import Kind, Named
from sgpctl.model.nearest import did_you_mean

DATASET_ID = "dataset_id"
ID = "id"
NAME = "name"
EXPECT_VERSION = "expect_version"
_KEYS = (ID, NAME, EXPECT_VERSION)


@dataclass(frozen=True, slots=True)
class Pinned:
    """A manifest with the plain `dataset_id` of the API, and the map that stood in its place, if one did."""

    root: Json
    pin: LocatedMap | None = None
    expect_version: int | None = None
    named: frozenset[NamedAt] = frozenset()
    problems: tuple[Problem, ...] = ()


def pinned(root: Json, scope: Scope) -> Pinned:
    """`root` in the API's form; the very same when its `dataset_id` is plain."""
    pin = root.get(DATASET_ID) if isinstance(root, LocatedMap) else None
    if not isinstance(root, LocatedMap) or not isinstance(pin, LocatedMap):
        return Pinned(root)
    problems = list(_problems(pin))
    dataset: Json = pin.get(ID)
    key = ID if dataset is not None else NAME
    mark = pin.values_at.get(key, pin.mark)
    named: frozenset[NamedAt] = frozenset()
    name = pin.get(NAME)
    if dataset is None and isinstance(name, Failed):
        dataset = name
    elif dataset is None and isinstance(name, str) and name and not isinstance(name, Unresolved):
        try:
            meaning: Meaning = scope.named(Named(Kind.DATASET, name), mark)
            dataset, named = meaning.value, meaning.named
            mark = BorrowedMark.of(mark, meaning.origin)
        except Unknown as error:
            problems.append(error_at(mark, str(error), (DATASET_ID, NAME)))
    plain = copy_of_map(root)
    plain[DATASET_ID] = dataset if not problems else Failed()
    plain.values_at[DATASET_ID] = mark
    version = pin.get(EXPECT_VERSION)
    return Pinned(plain, pin, version if isinstance(version, int) else None, named, tuple(problems))


def _problems(pin: LocatedMap) -> Iterator[Problem]:
    for key in pin:
        if key not in _KEYS:
            message = f"unknown key {quoted(key)}{did_you_mean(key, _KEYS)}"
            yield error_at(pin.keys_at[key], message, (DATASET_ID, key))
    given = [key for key in (ID, NAME) if pin.get(key) is not None]
    if len(given) != 1:
        message = f"needs `{ID}` or `{NAME}`" if not given else f"has `{ID}` and `{NAME}`; remove one of them"
        yield error_at(pin.mark, message, (DATASET_ID,))
    for key in given:
        if isinstance(pin[key], Failed):
            continue
        if not isinstance(pin[key], str) or not pin[key]:
            yield error_at(pin.values_at[key], "must be text", (DATASET_ID, key))
        elif key == NAME and isinstance(pin[key], Unresolved):
            message = f"takes a name itself, not a reference to one; write the reference under `{ID}`"
            yield error_at(pin.values_at[key], message, (DATASET_ID, key))
    version = pin.get(EXPECT_VERSION)
    if isinstance(version, Failed):
        return
    is_number = isinstance(version, int) and not isinstance(version, bool)
    if version is not None and not (is_number and isinstance(version, int) and version > 0):
        message = "must be a version of the dataset, a number from 1 on"
        yield error_at(pin.values_at[EXPECT_VERSION], message, (DATASET_ID, EXPECT_VERSION))
