from __future__ import annotations

import pytest
from scale_gp_beta import BadRequestError, NotFoundError, SGPClient
from scale_gp_beta.types import EvaluationGroup

from tests.conformance.task_bodies import create, update


def _members(group: EvaluationGroup) -> list[str]:
    return [member.evaluation_id for member in group.members or []]


def test_a_group_shows_its_members(client: SGPClient) -> None:
    first, second = create(client, name="first", tags=["a"]), create(client, name="second")
    group = client.evaluation_groups.create(
        name="pair",
        evaluation_ids=[first.id, second.id],
        description="d",
        metadata={"k": 1},
        row_identifiers={first.id: "question", "elsewhere": "x"},
        tags=["t"],
    )
    assert _members(group) == [first.id, second.id]
    shown = client.evaluation_groups.retrieve(group.id, views=["row_identifiers"])
    assert [(member.evaluation_name, member.evaluation_tags) for member in shown.members or []] == [
        ("first", ["a"]),
        ("second", []),
    ]
    assert [(row.evaluation_id, row.column_name) for row in shown.row_identifiers or []] == [
        (first.id, "question")
    ]


def test_a_group_takes_only_evaluations_that_exist_once(client: SGPClient) -> None:
    evaluation = create(client)
    for ids in ([evaluation.id, evaluation.id], ["unknown"]):
        with pytest.raises(BadRequestError):
            client.evaluation_groups.create(name="pair", evaluation_ids=ids)
    assert client.evaluation_groups.list().items == []


def test_groups_are_listed_by_name_tags_and_member(client: SGPClient) -> None:
    first, second = create(client), create(client)
    client.evaluation_groups.create(name="Gate", evaluation_ids=[first.id], tags=["a", "b"])
    client.evaluation_groups.create(name="Nightly", evaluation_ids=[first.id, second.id], tags=["a"])

    def names(groups: list[EvaluationGroup]) -> list[str]:
        return [group.name for group in groups]

    assert names(list(client.evaluation_groups.list(limit=1))) == ["Gate", "Nightly"]
    assert names(client.evaluation_groups.list(name="gat").items) == ["Gate"]
    assert names(client.evaluation_groups.list(tags=["b", "a"]).items) == ["Gate"]
    assert names(client.evaluation_groups.list(evaluation_id=second.id).items) == ["Nightly"]
    bare = client.evaluation_groups.list().items[0]
    assert (bare.members, bare.row_identifiers) == (None, None)
    full = client.evaluation_groups.list(views=["members", "row_identifiers"]).items[0]
    assert (_members(full), full.row_identifiers) == ([first.id], [])


def test_a_patch_changes_what_it_names(client: SGPClient) -> None:
    evaluation = create(client)
    group = client.evaluation_groups.create(
        name="g", evaluation_ids=[evaluation.id], metadata={"a": 1, "b": {"x": 1}}, description="d"
    )
    updated = client.evaluation_groups.update(group.id, metadata={"b": {"y": 2}}, tags=["t"])
    assert (updated.name, updated.description, updated.tags) == ("g", "d", ["t"])
    assert updated.metadata == {"a": 1, "b": {"y": 2}}
    with pytest.raises(BadRequestError):
        client.evaluation_groups.update(group.id)


def test_a_put_clears_what_it_leaves_out(client: SGPClient) -> None:
    first, second = create(client), create(client)
    group = client.evaluation_groups.create(
        name="g", evaluation_ids=[first.id], description="d", tags=["t"], metadata={"a": 1}
    )
    same_members = client.evaluation_groups.replace(group.id, name="h")
    assert (same_members.name, same_members.description, same_members.tags) == ("h", None, [])
    assert same_members.metadata == {}
    assert _members(same_members) == [first.id]
    other_members = client.evaluation_groups.replace(group.id, name="h", evaluation_ids=[second.id])
    assert _members(other_members) == [second.id]


def test_an_archived_evaluation_leaves_its_groups_for_good(client: SGPClient) -> None:
    first, second = create(client), create(client)
    group = client.evaluation_groups.create(name="g", evaluation_ids=[first.id, second.id])
    client.evaluations.archive(first.id)
    update(client, first.id, restore=True)
    assert _members(client.evaluation_groups.retrieve(group.id)) == [second.id]


def test_a_deleted_group_shows_its_last_members_on_request(client: SGPClient) -> None:
    evaluation = create(client)
    group = client.evaluation_groups.create(name="g", evaluation_ids=[evaluation.id])
    deleted = client.evaluation_groups.archive(group.id)
    assert deleted.deleted_at is not None
    with pytest.raises(NotFoundError):
        client.evaluation_groups.retrieve(group.id)
    assert client.evaluation_groups.list().items == []
    assert [found.id for found in client.evaluation_groups.list(include_deleted=True)] == [group.id]
    shown = client.evaluation_groups.retrieve(group.id, include_deleted=True)
    assert _members(shown) == [evaluation.id]


def test_a_group_schema_has_one_entry_per_member(client: SGPClient) -> None:
    first, second = create(client), create(client)
    group = client.evaluation_groups.create(name="g", evaluation_ids=[first.id, second.id])
    schema = client.evaluation_groups.retrieve_schema(group.id, include_archived=False)
    assert [entry.evaluation_id for entry in schema.evaluation_schemas] == [first.id, second.id]
