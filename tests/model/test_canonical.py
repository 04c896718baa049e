"""The digest knows what a run is, and nothing else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model.canonical import (
    canonical,
    canonical_text,
    data_digest,
    declared_row_digests,
    is_known_digest,
    row_digest,
    rows_digest,
    spec_digest,
)
from sgpctl.model.located import Json

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)
rows = st.lists(st.dictionaries(st.text(max_size=3), scalars, max_size=3), max_size=4)


def digest(body: dict[str, Json]) -> str:
    return spec_digest(body, data_digest(body))


def shuffled_keys(value: Json, order: random.Random) -> Json:
    if isinstance(value, list):
        return [shuffled_keys(part, order) for part in value]
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled_keys(value[key], order) for key in keys}
    return value


def with_nulls(value: Json) -> Json:
    if isinstance(value, list):
        return [with_nulls(part) for part in value]
    if isinstance(value, dict):
        return {**{key: with_nulls(part) for key, part in value.items()}, "\0extra": None}
    return value


def with_floats(value: Json) -> Json:
    match value:
        case bool():
            return value
        case int() if abs(value) <= 2**53:
            return float(value)
        case list():
            return [with_floats(part) for part in value]
        case dict():
            return {key: with_floats(part) for key, part in value.items()}
        case _:
            return value


@given(values, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: Json, order: random.Random) -> None:
    assert canonical_text(shuffled_keys(value, order)) == canonical_text(value)


@given(values)
def test_nulls_in_maps_do_not_matter(value: Json) -> None:
    assert canonical_text(with_nulls(value)) == canonical_text(value)


@given(values)
def test_whole_floats_are_integers(value: Json) -> None:
    assert canonical_text(with_floats(value)) == canonical_text(value)


@given(values)
def test_the_canonical_form_is_its_own_canonical_form(value: Json) -> None:
    assert canonical(canonical(value)) == canonical(value)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(data: list[Json], order: random.Random) -> None:
    moved = list(data)
    order.shuffle(moved)
    assert data_digest({"data": moved}) == data_digest({"data": data})


@given(rows.filter(bool))
def test_the_number_of_equal_rows_matters(data: list[Json]) -> None:
    assert data_digest({"data": [*data, data[0]]}) != data_digest({"data": data})


@given(rows.filter(lambda data: len(data) > 1), st.randoms(use_true_random=False))
def test_rows_may_move_only_together_with_their_files(data: list[Json], order: random.Random) -> None:
    files: list[Json] = [{"scan": f"file_{index}"} for index in range(len(data))]
    pairs = list(zip(data, files, strict=True))
    order.shuffle(pairs)
    moved: dict[str, Json] = {"data": [row for row, _ in pairs], "files": [file for _, file in pairs]}
    assert data_digest(moved) == data_digest({"data": data, "files": files})


def test_files_that_change_rows_change_the_digest() -> None:
    data: list[Json] = [{"q": 1}, {"q": 2}]
    one = data_digest({"data": data, "files": [{"scan": "a"}, {"scan": "b"}]})
    assert one != data_digest({"data": data, "files": [{"scan": "b"}, {"scan": "a"}]})
    assert one != data_digest({"data": data})


def test_rows_without_files_are_the_same_as_rows_with_none() -> None:
    assert data_digest({"data": [{"q": 1}], "files": [{}]}) == data_digest({"data": [{"q": 1}]})


def chat(alias: str | None, **settings: Json) -> Json:
    named: dict[str, Json] = {} if alias is None else {"alias": alias}
    return {"task_type": "chat_completion", "configuration": {"model": "m/m", **settings}, **named}


BODY: dict[str, Json] = {
    "name": "n",
    "data": [{"q": 1}, {"q": 2}],
    "tasks": [chat("a", temperature=0), chat("b", stop=["x", "y"])],
    "taxonomy_params": {"steps": [1]},
}


@pytest.mark.parametrize(
    "same",
    [
        {"tasks": [chat("b", stop=["x", "y"]), chat("a", temperature=0)]},
        {"tasks": [chat("a", temperature=0.0, seed=None), chat("b", stop=["x", "y"])]},
        {"name": "another"},
        {"description": "d", "tags": ["t"], "metadata": {"k": 1}},
        {"skip_prefilled_rows": False},
        {"dataset": None},
    ],
    ids=["task order", "nulls and floats", "name", "what can be patched", "a default", "a null"],
)
def test_what_does_not_make_another_run_keeps_the_digest(same: dict[str, Json]) -> None:
    assert digest({**BODY, **same}) == digest(BODY)


@pytest.mark.parametrize(
    "other",
    [
        {"tasks": [chat("a", temperature=0.1), chat("b", stop=["x", "y"])]},
        {"tasks": [chat("a", temperature=0), chat("b", stop=["y", "x"])]},
        {"tasks": [chat("a", temperature=0), chat("c", stop=["x", "y"])]},
        {"tasks": [chat("a", temperature=False), chat("b", stop=["x", "y"])]},
        {"tasks": [chat("a", temperature="0"), chat("b", stop=["x", "y"])]},
        {"tasks": []},
        {"data": [{"q": 1}, {"q": 3}]},
        {"taxonomy_params": {"steps": [1, None]}},
        {"skip_prefilled_rows": True},
        {"dataset": {"name": "d"}},
        {"dataset_id": "d"},
    ],
    ids=[
        "setting",
        "list order",
        "alias",
        "bool",
        "string",
        "tasks",
        "row",
        "taxonomy",
        "skip",
        "dataset",
        "source",
    ],
)
def test_what_makes_another_run_changes_the_digest(other: dict[str, Json]) -> None:
    assert digest({**BODY, **other}) != digest(BODY)


def test_a_default_alias_that_is_written_out_keeps_the_digest() -> None:
    assert digest({**BODY, "tasks": [chat(None)]}) == digest({**BODY, "tasks": [chat("chat_completion")]})


def test_a_whole_dataset_differs_from_no_items_of_it() -> None:
    assert data_digest({"dataset_id": "d"}) is None
    assert digest({"dataset_id": "d"}) != digest({"dataset_id": "d", "data": []})


def test_a_lone_surrogate_has_a_digest_of_its_own() -> None:
    assert row_digest({"q": "\ud800"}) != row_digest({"q": "?"})


@given(rows)
def test_row_digests_are_counted(data: list[Json]) -> None:
    counted = declared_row_digests({"data": data})
    assert counted.total() == len(data)
    assert data_digest({"data": data}) == rows_digest(counted.elements())


def test_only_digests_of_this_version_are_known() -> None:
    assert is_known_digest(digest(BODY))
    assert not is_known_digest("v0:abc")
