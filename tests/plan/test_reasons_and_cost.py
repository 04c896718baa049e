"""A change says which field changed from what to what, and what it starts."""

from __future__ import annotations

from sgpctl.model.evaluation import RemoteContents, RemoteRow
from sgpctl.model.located import Json
from sgpctl.plan.plan import Cost, RowKind
from tests.plan.sides import ROWS, as_map, by, chat, contents_of, created, declare, plan, question, the_change


def test_rows_are_counted_as_added_removed_and_unchanged() -> None:
    before = declare()
    after = declare(data=[*ROWS[1:], {"question": "four?"}, {"question": "five?"}])
    rows = the_change(plan([after], [created(before)], contents={"id-1": contents_of(before)})).rows
    assert rows is not None
    assert (rows.added, rows.removed, rows.unchanged) == (2, 1, 2)


def test_rows_with_a_key_are_changed_by_column() -> None:
    before = declare(data=[{"id": 1, "question": "one?"}, {"id": 2, "question": "two?"}])
    after = by("id", declare(data=[{"id": 2, "question": "two!"}, {"id": 3, "question": "three?"}]))
    rows = the_change(plan([after], [created(before)], contents={"id-1": contents_of(before)})).rows
    assert rows is not None
    assert (rows.key, rows.added, rows.removed, rows.changed, rows.unchanged) == ("id", 1, 1, 1, 0)
    assert rows.columns == (("question", 1),)
    assert [(row.kind, row.key) for row in rows.sample] == [
        (RowKind.CHANGED, "2"),
        (RowKind.ADDED, "3"),
        (RowKind.REMOVED, "1"),
    ]


def test_items_of_a_dataset_can_be_known_by_their_id() -> None:
    data: list[Json] = [{"dataset_item_id": "i1", "hint": "a"}, {"dataset_item_id": "i2"}]
    before = declare(data=data, dataset_id="ds-1")
    after = by("dataset_item_id", declare(data=[{"dataset_item_id": "i1", "hint": "b"}], dataset_id="ds-1"))
    there = tuple(
        RemoteRow({**as_map(row), "question": "?"}, dataset_item_id=str(as_map(row)["dataset_item_id"]))
        for row in data
    )
    contents = {"id-1": RemoteContents(2, there)}
    rows = the_change(plan([after], [created(before)], contents=contents)).rows
    assert rows is not None
    assert [(row.kind, row.key) for row in rows.sample] == [
        (RowKind.CHANGED, "i1"),
        (RowKind.REMOVED, "i2"),
    ]
    assert rows.columns == (("hint", 1),)


def test_a_file_that_was_exchanged_is_a_changed_column() -> None:
    before = declare(data=[{"id": 1}], files=[{"image": "file-1"}])
    after = by("id", declare(data=[{"id": 1}], files=[{"image": "file-2"}]))
    contents = {"id-1": RemoteContents(1, (RemoteRow({"id": 1}, {"image": "file-1"}),))}
    rows = the_change(plan([after], [created(before)], contents=contents)).rows
    assert rows is not None
    assert rows.columns == (("files.image", 1),)


def test_a_key_that_no_row_has_counts_for_nothing() -> None:
    before, after = declare(data=[{"q": "a"}]), by("id", declare(data=[{"q": "b"}]))
    rows = the_change(plan([after], [created(before)], contents={"id-1": contents_of(before)})).rows
    assert rows is not None
    assert (rows.key, rows.changed, rows.added, rows.removed, rows.keyless) == (None, None, 1, 1, 0)


def test_a_row_key_changes_nothing_and_is_no_part_of_the_digest_of_a_plan() -> None:
    one = declare()
    assert plan([by("question", one)], [created(one)]).is_empty
    before, contents = declare(data=ROWS[1:]), {"id-1": contents_of(declare(data=ROWS[1:]))}
    plain = plan([one], [created(before)], contents=contents)
    keyed = plan([by("question", one)], [created(before)], contents=contents)
    unread = plan([one], [created(before)], contents={"id-1": RemoteContents(2, None)})
    assert plain.changes != keyed.changes
    assert plain.digest == keyed.digest == unread.digest


def test_a_row_that_occurs_twice_counts_twice() -> None:
    before, after = declare(data=[ROWS[0], ROWS[0]]), declare(data=[ROWS[0]])
    rows = the_change(plan([after], [created(before)], contents={"id-1": contents_of(before)})).rows
    assert rows is not None
    assert (rows.added, rows.removed, rows.unchanged) == (0, 1, 1)


def test_rows_that_were_too_many_to_read_are_counted_only() -> None:
    after = declare(data=ROWS[:2])
    contents = {"id-1": RemoteContents(90_000, None)}
    rows = the_change(plan([after], [created(declare())], contents=contents)).rows
    assert rows is not None
    assert (rows.before, rows.after, rows.added) == (90_000, 2, None)


def test_unchanged_rows_are_not_mentioned() -> None:
    assert the_change(plan([declare(tasks=[chat("New.")])], [created(declare())])).rows is None


def test_added_removed_and_retyped_tasks_are_named_by_alias() -> None:
    before = declare(tasks=[chat(), chat(alias="second")])
    after = declare(tasks=[chat(), question("third")])
    fields = the_change(plan([after], [created(before)])).fields
    assert [(field.path, field.before, field.after) for field in fields] == [
        ("tasks.second", "chat_completion", None),
        ("tasks.third", None, "contributor_evaluation.question"),
    ]


def test_a_default_that_the_server_filled_in_explains_nothing() -> None:
    before, after = (
        declare(tasks=[question()]),
        declare(
            tasks=[{**question(), "configuration": {**as_map(question()["configuration"]), "required": True}}]
        ),
    )
    remote = created(before)
    fields = the_change(plan([after], [remote])).fields
    assert [(field.path, field.before, field.after) for field in fields] == [
        ("tasks.rating.required", None, True)
    ]


def test_a_key_that_is_no_longer_declared_is_shown_as_gone() -> None:
    fields = the_change(plan([declare()], [created(declare(tasks=[chat(temperature=0.5)]))])).fields
    assert [(field.path, field.before, field.after) for field in fields] == [
        ("tasks.answer.temperature", 0.5, None)
    ]


def test_a_new_dataset_is_named_with_the_old_one() -> None:
    before, after = declare(data=None, dataset_id="ds-1"), declare(data=None, dataset_id="ds-2")
    change = the_change(plan([after], [created(before)], dataset_rows={"ds-2": 40}))
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("dataset_id", "ds-1", "ds-2")
    ]
    assert change.cost == Cost(model_calls=40, rows=40)


def test_a_changed_taxonomy_is_shown_by_field() -> None:
    before, after = (
        declare(taxonomy_params={"levels": {"a": 1}}),
        declare(taxonomy_params={"levels": {"a": 2}}),
    )
    change = the_change(plan([after], [created(before)], contents={"id-1": contents_of(before)}))
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("taxonomy_params.levels.a", 1, 2)
    ]


def test_what_cannot_be_read_back_is_said_instead_of_an_empty_reason() -> None:
    change = the_change(plan([declare(skip_prefilled_rows=True)], [created(declare())]))
    assert "skip_prefilled_rows" in change.reasons[0]


def test_people_and_models_are_counted_apart() -> None:
    change = the_change(plan([declare(tasks=[chat(), chat(alias="judge"), question()])]))
    assert change.cost == Cost(model_calls=6, rows=3, human_tasks=3)


def test_a_run_condition_makes_the_cost_an_upper_bound() -> None:
    judge: Json = {
        "task_type": "auto_evaluation.guided_decoding",
        "alias": "judge",
        "configuration": {
            "model": "m/m",
            "prompt": "p",
            "choices": ["a"],
            "run_condition": {"op": "is_null", "operands": [{"op": "var", "path": "item.question"}]},
        },
    }
    assert the_change(plan([declare(tasks=[judge])])).cost == Cost(3, 3, 0, is_upper_bound=True)


def test_the_rows_of_an_unreadable_dataset_make_the_cost_unknown() -> None:
    made = plan([declare(data=None, dataset_id="ds-1")])
    assert not the_change(made).cost.is_known
    assert any("ds-1 could not be counted" in note for note in made.notes)


def test_a_plan_is_the_same_whatever_the_order_of_both_sides() -> None:
    desired = [declare(name, tasks=[chat(name)]) for name in "abc"]
    owned = [created(declare(name, tasks=[chat(name + "?")]), name) for name in "abcd"]
    assert plan(desired, owned) == plan(desired[::-1], owned[::-1])
    assert plan(desired, owned).digest == plan(desired[::-1], owned[::-1]).digest


def test_the_digest_of_a_plan_tells_a_deleted_key_from_an_empty_patch() -> None:
    with_key, without = declare(metadata={"a": 1}), declare()
    kept = plan([with_key], [created(with_key)])
    removed = plan([without], [created(with_key)])
    assert kept.digest != removed.digest
