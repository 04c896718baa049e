"""From what was read of a remote evaluation to the request that declares it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sgpctl.model.declaring import declared
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.importable import Fate, sorted_out
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner
from sgpctl.model.readback import (
    DatasetItem,
    DatasetRead,
    ItemRead,
    NotImportable,
    ReadBack,
    SchemaField,
)
from sgpctl.model.result_columns import told_apart

OWNER = Owner("support", "prod")
F1: dict[str, Json] = {
    "alias": "f1",
    "task_type": "metric",
    "configuration": {"type": "f1", "candidate": "item.q", "reference": "item.q"},
}


def remote(name: str = "a", **fields: Any) -> RemoteEvaluation:
    known = {
        "id": "e1",
        "status": "completed",
        "created_at": datetime(2026, 11, 1, tzinfo=UTC),
        "tasks": (F1,),
    }
    return RemoteEvaluation(name=name, **{**known, **fields})


def read(*items: ItemRead, of: RemoteEvaluation | None = None, **fields: Any) -> ReadBack:
    return ReadBack(of or remote(), items or (ItemRead({"q": "x", "f1": 0.5}),), **fields)


# --- columns


def field(path: str, *, result: bool) -> SchemaField:
    return SchemaField(path, result)


def test_results_are_known_by_alias_output_and_schema() -> None:
    fields = [field("q", result=False), field("trace.steps", result=True)]
    results = told_apart([F1], {"q", "f1", "trace"}, fields)
    assert results.names == {"f1", "trace"}
    assert not results.hidden
    assert results.taken_off({"q": 1, "f1": 2, "trace": {}}) == {"q": 1}


def test_an_input_under_the_name_of_a_result_is_hidden() -> None:
    fields = [field("f1", result=False), field("f1", result=True)]
    assert told_apart([F1], {"f1"}, fields).hidden == {"f1"}


def test_a_path_with_two_readings_decides_nothing() -> None:
    fields = [field("f1.score", result=False), field("nowhere", result=True)]
    results = told_apart([F1], {"f1", "f1.score"}, fields)
    assert results.names == {"f1"}
    assert not results.hidden


# --- the request


def test_marks_owner_tags_and_nulls_are_left_out() -> None:
    one = remote(
        description="d",
        tags=("gate", "gate", "sgpctl:old:prod"),
        metadata={"team": "ai", "gone": None, "sgpctl_digest": "v1:0"},
    )
    body = declared(read(of=one)).desired.body
    assert (body["description"], body["tags"], body["metadata"]) == ("d", ["gate"], {"team": "ai"})
    assert body["data"] == [{"q": "x"}]


def test_what_is_empty_is_not_declared() -> None:
    one = remote(description="", tags=("sgpctl:old:prod",), metadata={"sgpctl_name": "a"}, tasks=())
    assert declared(read(ItemRead({"q": 1}), of=one)).desired.body.keys() == {"name", "data"}


def test_files_are_paired_with_their_rows() -> None:
    body = declared(read(ItemRead({"q": 1}, {"scan": "f"}), ItemRead({"q": 2}))).desired.body
    assert body["files"] == [{"scan": "f"}, {}]


@pytest.mark.parametrize("tag", ["", "a,b"])
def test_a_tag_that_no_manifest_can_hold_keeps_all_tags_out(tag: str) -> None:
    made = declared(read(of=remote(tags=("gate", tag))))
    assert "tags" not in made.desired.body
    assert "nothing about tags" in made.notes[0]


DATASET = DatasetRead("d1", {"i1": DatasetItem({"q": "x", "n": None}), "i2": DatasetItem({"q": "y"})}, {})


def on_dataset(*items: ItemRead, dataset: DatasetRead | None = None) -> Json:
    made = dataset or DatasetRead("d1", DATASET.now, DATASET.now)
    return declared(read(*items, dataset=made)).desired.body.get("data")


def item(number: int, **data: Json) -> ItemRead:
    return ItemRead({"q": {1: "x", 2: "y"}[number], "f1": 1, **data}, None, f"i{number}", 1)


def test_rows_of_a_dataset_are_named_only_where_they_are_not_all_of_it_as_it_is() -> None:
    assert on_dataset(item(1), item(2)) is None
    assert on_dataset(item(2)) == [{"dataset_item_id": "i2"}]
    assert on_dataset(item(2), item(2), item(1)) == [
        {"dataset_item_id": f"i{number}"} for number in (2, 2, 1)
    ]
    assert on_dataset(item(1, lang="de"), item(2)) == [
        {"dataset_item_id": "i1", "lang": "de"},
        {"dataset_item_id": "i2"},
    ]


def test_an_overridden_column_is_spelled_out_in_every_row() -> None:
    changed = ItemRead({"q": "z"}, None, "i2", 1)
    assert on_dataset(item(1), changed) == [
        {"dataset_item_id": "i1", "q": "x"},
        {"dataset_item_id": "i2", "q": "z"},
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([ItemRead({"q": "x"})], "no items of its dataset"),
        ([ItemRead({"q": "x"}, None, "i9")], "i9 of dataset d1"),
        ([ItemRead({}, None, "i1")], "a version of dataset d1"),
        ([ItemRead({"q": "x"}, {"scan": "f"}, "i1")], "other files"),
    ],
)
def test_rows_that_no_request_can_ask_a_dataset_for_are_refused(items: list[ItemRead], words: str) -> None:
    with pytest.raises(NotImportable, match=words):
        on_dataset(*items)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (read(of=remote(tasks=None)), "without its tasks"),
        (read(fields=(SchemaField("f1", is_result=False),)), "results in 'f1'"),
        (read(of=remote("a\x1b")), "control characters"),
        (read(taxonomy=["x"]), "taxonomy_params"),
    ],
)
def test_what_no_manifest_can_say_is_refused(made: ReadBack, words: str) -> None:
    with pytest.raises(NotImportable, match=words):
        declared(made)


def test_what_cannot_be_read_back_is_noted() -> None:
    ask: dict[str, Json] = {
        "task_type": "contributor_evaluation.question",
        "configuration": {"question_id": "q", "layout": {"children": []}},
    }
    of = remote(tasks=(ask,), archived_at=datetime(2026, 11, 2, tzinfo=UTC))
    notes = " ".join(declared(read(ItemRead({"q": 1}, None, "i1"), of=of)).notes)
    assert all(words in notes for words in ("skip_prefilled_rows", "taxonomy", "does not name"))


# --- who is chosen


def choose(*found: RemoteEvaluation, archived_too: bool = False) -> tuple[list[str], dict[str, str]]:
    chosen, verdicts = sorted_out(found, OWNER, {"declared": ("m.yaml", 3, 1)}, archived_too=archived_too)
    assert all(verdict.fate is Fate.SKIPPED for verdict in verdicts)
    return [one.id for one in chosen], {verdict.evaluation.id: verdict.words[0] for verdict in verdicts}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tags": (OWNER.tag.upper(),)}, "is owned by this project already"),
        ({"tags": ("sgpctl:other:prod",)}, "sgpctl:other:prod"),
        ({"tags": (OWNER.tag, "sgpctl:other:prod")}, "is not free"),
        ({"archived_at": datetime(2026, 11, 2, tzinfo=UTC)}, "--archived"),
        ({"name": "declared"}, "m.yaml:3"),
    ],
)
def test_what_is_not_free_to_be_imported_is_skipped_with_the_reason(
    fields: dict[str, Any], words: str
) -> None:
    chosen, skipped = choose(remote(**fields))
    assert chosen == []
    assert words in skipped["e1"]


def test_of_one_name_the_newest_completed_live_one_is_chosen() -> None:
    day = [datetime(2026, 11, number, tzinfo=UTC) for number in range(1, 6)]
    old = remote(id="old", created_at=day[1])
    new = remote(id="new", created_at=day[2])
    running = remote(id="running", created_at=day[3], status="running")
    archived = remote(id="archived", created_at=day[4], archived_at=day[4])
    other = remote("0", id="other")
    chosen, skipped = choose(archived, running, old, other, new, archived_too=True)
    assert chosen == ["other", "new"]
    assert skipped.keys() == {"archived", "running", "old"}
    assert choose(old, running)[0] == ["old"]
    assert choose(archived, archived_too=True)[0] == ["archived"]
