"""The one rule by which defaults and a manifest become one document.

    what stands above    what stands below, nearer to the evaluation    what comes of it
    a map                a map                                          both, key by key, by this same rule
    anything             a scalar, a list or a `{$file: ...}`           what stands below
    anything             null                                           nothing: the key is gone
    nothing              anything, also null                            what stands below
    anything             nothing                                        what stands above
    `tags`               `tags`                                         all tags of both, each once, those above first

Documents are merged from above to below. Which two are merged first only matters where a null or another kind of value
stands between two maps: it ends what is above it.

Only whole documents have `tags`; a key of that name deeper inside is a key like any other. A `${...}` is a scalar until
it is resolved, which happens after this; in `tags` it may come to be a list, and is joined then. What is not changed
is shared with the documents that it came from, and every key and value keeps its place.
"""

from __future__ import annotations

from typing import TypeGuard

from sgpctl.manifest.include import FILE_KEY
from sgpctl.manifest.problem import Problem, error_at
from sgpctl.model.located import Failed, JoinedList, Json, LocatedList, LocatedMap, Mark

TAGS = "tags"


class JoinedTags(JoinedList):
    """Tags of several documents. At the indices in `whole` stands what may yet come to be a list of them."""

    __slots__ = ("whole",)

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark)
        self.whole: frozenset[int] = frozenset()


def merge(above: LocatedMap, below: LocatedMap) -> LocatedMap:
    """Two documents as one; what neither says differently is shared with them."""
    if not above or not below:
        return below or above
    result = _merged_maps(above, below)
    both = above.get(TAGS), below.get(TAGS)
    if both[0] is not None and both[1] is not None:
        result[TAGS] = _joined(above, below)
    return result


def flat_tags(tags: Json, whole: frozenset[int]) -> tuple[Json, tuple[Problem, ...]]:
    """Joined tags once everything in them is resolved: lists among them are laid open, and each tag is kept once."""
    if not isinstance(tags, LocatedList):
        return tags, ()
    flat = JoinedList(tags.mark)
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, (tag, mark) in enumerate(zip(tags, tags.values_at, strict=True)):
        if index not in whole:
            _put_once(flat, tag, mark, seen)
        elif isinstance(tag, LocatedList):
            for part, part_mark in zip(tag, tag.values_at, strict=True):
                _put_once(flat, part, part_mark, seen)
        elif isinstance(tag, Failed):
            flat.put(tag, mark)
        elif tag is not None:
            problems.append(error_at(mark, "must be a list: tags of several places are joined", (TAGS,)))
    return flat, tuple(problems)


def _merged_maps(above: LocatedMap, below: LocatedMap) -> LocatedMap:
    result = LocatedMap(below.mark)
    for key, value in below.items():
        before = above.get(key)
        if value is None and key in above:
            continue
        part = _merged_maps(before, value) if _is_plain_map(before) and _is_plain_map(value) else value
        result.put(key, part, below.keys_at[key], below.values_at[key])
    for key, value in above.items():
        if key not in below:
            result.put(key, value, above.keys_at[key], above.values_at[key])
    return result


def _is_plain_map(value: Json) -> TypeGuard[LocatedMap]:
    return isinstance(value, LocatedMap) and FILE_KEY not in value


def _joined(above: LocatedMap, below: LocatedMap) -> JoinedTags:
    mark = below.values_at[TAGS]
    tags = JoinedTags(mark)
    seen: set[str] = set()
    whole: set[int] = set()
    for holder in (above, below):
        part = holder[TAGS]
        inner = part.whole if isinstance(part, JoinedTags) else frozenset()
        if not isinstance(part, LocatedList):
            whole.add(len(tags))
            tags.put(part, holder.values_at[TAGS])
            continue
        for index, tag in enumerate(part):
            if index in inner:
                whole.add(len(tags))
                tags.put(tag, part.values_at[index])
            else:
                _put_once(tags, tag, part.values_at[index], seen)
    tags.whole = frozenset(whole)
    return tags


def _put_once(tags: LocatedList, tag: Json, mark: Mark, seen: set[str]) -> None:
    if not isinstance(tag, str):
        tags.put(tag, mark)
    elif tag not in seen:
        seen.add(tag)
        tags.put(tag, mark)
