"""JSON-like values that remember where they were written.

A document keeps its places beside its values: each map and each list knows the mark of everything directly in
it, so that parts of several files can be merged and every part still knows its own file and line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value. Numbers are finite."""

Path: TypeAlias = tuple[str | int, ...]
"""Where a value is within its document: keys and list indices from the root."""

Mark: TypeAlias = tuple[str, int, int]
"""File (relative to the project, with forward slashes), line and column; both count from 1."""


class Failed(str):
    """Stands where a part of a document could not be had, of which an error has been told."""

    __slots__ = ()


class LocatedMap(dict[str, Json]):
    """A map that knows where it, its keys and its values were written.

    A value that came out of another file through `$file` has the mark of that file.
    """

    __slots__ = ("keys_at", "mark", "values_at")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.keys_at: dict[str, Mark] = {}
        self.values_at: dict[str, Mark] = {}

    def put(self, key: str, value: Json, key_at: Mark, value_at: Mark) -> None:
        self[key] = value
        self.keys_at[key] = key_at
        self.values_at[key] = value_at


class LocatedList(list[Json]):
    """A list that knows where it and its elements were written."""

    __slots__ = ("mark", "values_at")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.values_at: list[Mark] = []

    def put(self, value: Json, value_at: Mark) -> None:
        self.append(value)
        self.values_at.append(value_at)


class JoinedList(LocatedList):
    """A list whose elements were written in several lists: its indices are those of none of these."""

    __slots__ = ()


def value_mark(root: Json, path: Iterable[str | int]) -> Mark | None:
    """The mark of the value at `path`, or of the nearest thing around it that has one."""
    return _walk(root, tuple(path), want_key=False)


def key_mark(root: Json, path: Iterable[str | int]) -> Mark | None:
    """The mark of the key that `path` ends in, or of the nearest thing around it that has one."""
    return _walk(root, tuple(path), want_key=True)


def _walk(root: Json, path: Path, *, want_key: bool) -> Mark | None:
    here = root
    mark = root.mark if isinstance(root, LocatedMap | LocatedList) else None
    for depth, step in enumerate(path):
        is_last = depth == len(path) - 1
        if isinstance(here, LocatedMap) and isinstance(step, str) and step in here:
            mark = (here.keys_at if want_key and is_last else here.values_at).get(step, mark)
            here = here[step]
        elif isinstance(here, LocatedList) and isinstance(step, int) and 0 <= step < len(here):
            mark = here.values_at[step]
            here = here[step]
        else:
            break
    return mark


def path_of_item(holder: LocatedList, index: int, path: Path) -> Path:
    """The path of one element of `holder`, which is at `path`: without an index that is the one of no file."""
    return path if isinstance(holder, JoinedList) else (*path, index)


def written_path(root: Json, path: Path) -> Path:
    """`path` as a person can follow it in the files: without an index that is the one of none of them."""
    here = root
    written: Path = ()
    for step in path:
        if isinstance(here, LocatedList) and isinstance(step, int):
            written = path_of_item(here, step, written)
        else:
            written = (*written, step)
        here = _part(here, step)
    return written


def _part(holder: Json, step: str | int) -> Json:
    if isinstance(holder, dict) and isinstance(step, str):
        return holder.get(step)
    if isinstance(holder, list) and isinstance(step, int) and 0 <= step < len(holder):
        return holder[step]
    return None


def path_text(path: Iterable[str | int]) -> str:
    """A path as people write it: `tasks[0].configuration.model`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
