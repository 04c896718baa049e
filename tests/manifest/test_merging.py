from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.manifest.resolving.merging import flat_tags, merge
from sgpctl.model.located import Json, LocatedList, LocatedMap, value_mark

SCALAR = st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"])
KEY = st.sampled_from(["a", "b", "c", "tags"])
VALUE: st.SearchStrategy[Json] = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEY, inner, max_size=3), max_leaves=8
)
TAGS: st.SearchStrategy[Json] = st.lists(st.sampled_from("uvwxyz"), unique=True, max_size=4)
# What is a map in one of these is a map, if it is there, in all of them.
LEAF: st.SearchStrategy[Json] = SCALAR | st.lists(SCALAR, max_size=2)
ALIKE: st.SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
    {},
    optional={
        "a": LEAF,
        "b": LEAF,
        "tags": TAGS,
        "map": st.fixed_dictionaries(
            {}, optional={"a": LEAF, "tags": LEAF, "map": st.dictionaries(st.sampled_from("ab"), LEAF)}
        ),
    },
)
DOCUMENT = st.fixed_dictionaries({}, optional={"a": VALUE, "b": VALUE, "c": VALUE, "tags": TAGS})


def located(value: Json, file: str = "f") -> Json:
    """`value` as if it was written in `file`."""
    if isinstance(value, dict):
        holder = LocatedMap((file, 1, 1))
        for line, (key, part) in enumerate(value.items(), start=1):
            holder.put(key, located(part, file), (file, line, 1), (file, line, 5))
        return holder
    if isinstance(value, list):
        items = LocatedList((file, 1, 1))
        for line, part in enumerate(value, start=1):
            items.put(located(part, file), (file, line, 3))
        return items
    return value


def document(value: Json, file: str = "f") -> LocatedMap:
    found = located(value, file)
    assert isinstance(found, LocatedMap)
    return found


def together(*values: Json) -> Json:
    return reduce(merge, (document(value, f"f{at}") for at, value in enumerate(values)))


def test_maps_merge_and_scalars_and_lists_are_replaced() -> None:
    above: Json = {"metadata": {"a": 1, "b": {"x": 1, "y": 2}}, "tasks": [1, 2], "description": "above"}
    below: Json = {"metadata": {"b": {"y": 3}, "c": 4}, "tasks": [3], "name": "n"}
    assert together(above, below) == {
        "metadata": {"a": 1, "b": {"x": 1, "y": 3}, "c": 4},
        "tasks": [3],
        "name": "n",
        "description": "above",
    }


def test_a_map_and_anything_else_replace_one_another() -> None:
    assert together({"a": {"x": 1}}, {"a": [1]}, {"a": {"y": 2}}) == {"a": {"y": 2}}


def test_null_takes_away_what_stands_above_and_is_a_value_where_nothing_does() -> None:
    assert together({"a": 1, "b": {"c": 1, "d": 2}}, {"a": None, "b": {"c": None}}) == {"b": {"d": 2}}
    assert together({"a": 1}, {"a": None}, {"a": 2}) == {"a": 2}
    assert together({"a": 1}, {"b": None, "c": {"d": None}}) == {"a": 1, "b": None, "c": {"d": None}}


def test_tags_are_joined_those_above_first_and_each_once() -> None:
    assert together({"tags": ["a", "b"]}, {"tags": ["c", "a"]}, {"tags": ["d"]}) == {
        "tags": ["a", "b", "c", "d"]
    }
    assert together({"tags": ["a"]}, {"tags": None}, {"tags": ["b"]}) == {"tags": ["b"]}


def test_tags_deeper_inside_are_a_list_like_any_other() -> None:
    assert together({"dataset": {"tags": ["a"]}}, {"dataset": {"tags": ["b"]}}) == {
        "dataset": {"tags": ["b"]}
    }


def test_a_file_is_not_merged_with_the_map_beside_it() -> None:
    file: Json = {"$file": "m.yaml"}
    assert together({"metadata": file}, {"metadata": {"a": 1}}) == {"metadata": {"a": 1}}
    assert together({"metadata": {"a": 1}}, {"metadata": file}) == {"metadata": file}
    with_values: Json = {"$file": "p.md", "with": {"a": 1}}
    assert together({"description": with_values}, {"description": {"$file": "q.md"}}) == {
        "description": {"$file": "q.md"}
    }


def test_every_part_keeps_its_place() -> None:
    found = together({"a": {"x": 1, "y": 2}, "tags": ["a"]}, {"a": {"y": 3}, "tags": ["b"]})
    assert value_mark(found, ("a", "x")) == ("f0", 1, 5)
    assert value_mark(found, ("a", "y")) == ("f1", 1, 5)
    assert value_mark(found, ("tags", 0)) == ("f0", 1, 3)
    assert value_mark(found, ("tags", 1)) == ("f1", 1, 3)


def test_what_is_not_touched_is_shared() -> None:
    above, below = document({"a": {"x": 1}}), document({"b": {"y": 1}})
    found = merge(above, below)
    assert found["a"] is above["a"]
    assert found["b"] is below["b"]


def test_lists_that_stand_among_joined_tags_are_laid_open_where_they_were_meant_to_be() -> None:
    tags = located([["b", "a"], "a", ["c"]])
    assert flat_tags(tags, frozenset({0})) == (["b", "a", ["c"]], ())
    _, problems = flat_tags(located(["a", "b"]), frozenset({1}))
    assert [str(problem) for problem in problems] == [
        "f:2:3: tags: must be a list: tags of several places are joined"
    ]


@given(DOCUMENT)
def test_nothing_above_or_below_changes_nothing(one: dict[str, Json]) -> None:
    assert together({}, one) == one
    assert together(one, {}) == one


@given(DOCUMENT)
def test_a_document_merged_with_itself_is_itself(one: dict[str, Json]) -> None:
    assert together(one, one) == one


@given(ALIKE, ALIKE, ALIKE)
def test_where_maps_meet_maps_it_does_not_matter_which_two_are_merged_first(
    one: dict[str, Json], two: dict[str, Json], three: dict[str, Json]
) -> None:
    first, second, third = document(one), document(two), document(three)
    assert merge(merge(first, second), third) == merge(first, merge(second, third))


@given(DOCUMENT, DOCUMENT)
def test_what_stands_below_is_so_in_the_end(above: dict[str, Json], below: dict[str, Json]) -> None:
    found = merge(document(above), document(below))
    for key, value in below.items():
        if key == "tags":
            continue
        assert _holds(found[key], value)


@given(DOCUMENT, st.sampled_from(["a", "b", "c", "tags"]))
def test_a_null_takes_any_key_away(above: dict[str, Json], key: str) -> None:
    found = merge(document({**above, key: 1}), document({key: None}))
    assert found == {name: value for name, value in above.items() if name != key}


@given(TAGS, TAGS)
def test_joining_tags_is_a_union_and_joining_twice_adds_nothing(one: Json, two: Json) -> None:
    once = merge(document({"tags": one}), document({"tags": two}))
    joined = once["tags"]
    assert isinstance(one, list)
    assert isinstance(two, list)
    assert isinstance(joined, list)
    assert [*joined] == list(dict.fromkeys(map(str, [*one, *two])))
    assert merge(once, document({"tags": two})) == once


def _holds(found: Json, wanted: Json) -> bool:
    """Maps may have come to hold more; all else is as it was wanted."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(key), part) for key, part in wanted.items())
    return found == wanted
