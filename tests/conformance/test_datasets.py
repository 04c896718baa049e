from __future__ import annotations

import pytest
from scale_gp_beta import BadRequestError, NotFoundError, SGPClient, UnprocessableEntityError

from tests.conformance.task_bodies import ROWS


def test_a_dataset_is_created_with_its_items(client: SGPClient) -> None:
    dataset = client.datasets.create(
        name="policy", description="Questions", tags=["a"], data=ROWS, files=[{"scan": "f1"}, {"scan": "f2"}]
    )
    assert (dataset.name, dataset.tags, dataset.current_version_num) == ("policy", ["a"], 1)
    assert client.datasets.retrieve(dataset.id) == dataset
    items = client.dataset_items.list(dataset_id=dataset.id).items
    assert [(item.data, item.files) for item in items] == [
        (ROWS[0], {"scan": "f1"}),
        (ROWS[1], {"scan": "f2"}),
    ]


def test_a_dataset_needs_a_row_and_no_reserved_key(client: SGPClient) -> None:
    with pytest.raises(UnprocessableEntityError):
        client.datasets.create(name="empty", data=[])
    with pytest.raises(BadRequestError):
        client.datasets.create(name="reserved", data=[{"created_at": "now"}])


def test_datasets_are_listed_by_name_and_tags(client: SGPClient) -> None:
    client.datasets.create(name="Policy EN", tags=["policy", "en"], data=ROWS)
    client.datasets.create(name="Policy DE", tags=["policy", "de"], data=ROWS)
    client.datasets.create(name="Tone", tags=["tone"], data=ROWS)
    assert [dataset.name for dataset in client.datasets.list(limit=1)] == ["Policy EN", "Policy DE", "Tone"]
    assert [dataset.name for dataset in client.datasets.list(name="policy d").items] == ["Policy DE"]
    assert [dataset.name for dataset in client.datasets.list(tags=["en", "policy"]).items] == ["Policy EN"]


def test_a_dataset_is_updated_archived_and_restored(client: SGPClient) -> None:
    dataset = client.datasets.create(name="policy", data=ROWS)
    updated = client.datasets.update(dataset.id, dataset={"name": "rules", "description": "d", "tags": ["b"]})
    assert (updated.name, updated.description, updated.tags) == ("rules", "d", ["b"])
    assert client.datasets.archive(dataset.id).deleted
    with pytest.raises(NotFoundError):
        client.datasets.retrieve(dataset.id)
    with pytest.raises(BadRequestError):
        client.datasets.archive(dataset.id)
    with pytest.raises(BadRequestError):
        client.datasets.update(dataset.id, dataset={"name": "no"})
    assert client.datasets.retrieve(dataset.id, include_archived=True).archived_at is not None
    assert [found.id for found in client.datasets.list(include_archived=True)] == [dataset.id]
    restored = client.datasets.update(dataset.id, dataset={"restore": True})
    assert restored.archived_at is None
    assert client.datasets.update(dataset.id, dataset={"restore": True}) == restored


def test_a_batch_of_items_makes_a_new_version(client: SGPClient) -> None:
    dataset = client.datasets.create(name="policy", data=ROWS[:1])
    batch = client.dataset_items.batch_create(dataset_id=dataset.id, data=ROWS[1:], files=[{"scan": "f"}])
    assert [item.data for item in batch.items] == ROWS[1:]
    assert client.datasets.retrieve(dataset.id).current_version_num == 2
    at_first = client.dataset_items.list(dataset_id=dataset.id, version=1).items
    assert [item.data for item in at_first] == ROWS[:1]
    with pytest.raises(UnprocessableEntityError):
        client.dataset_items.batch_create(dataset_id=dataset.id, data=ROWS, files=[{}])


def test_an_item_keeps_its_past_versions(client: SGPClient) -> None:
    dataset = client.datasets.create(name="policy", data=ROWS)
    first, second = client.dataset_items.list(dataset_id=dataset.id).items
    changed = client.dataset_items.update(first.id, data={"question": "new"}, files={"scan": "f"})
    assert (changed.data, changed.files) == ({"question": "new"}, {"scan": "f"})
    assert changed.content_hash != first.content_hash
    assert client.dataset_items.retrieve(first.id, version=1).data == ROWS[0]
    assert client.dataset_items.archive(first.id).deleted
    with pytest.raises(NotFoundError):
        client.dataset_items.retrieve(first.id)
    with pytest.raises(NotFoundError):
        client.dataset_items.archive(first.id)
    assert client.dataset_items.retrieve(first.id, version=2).data == {"question": "new"}
    assert [item.id for item in client.dataset_items.list(dataset_id=dataset.id)] == [second.id]
    assert client.datasets.retrieve(dataset.id).current_version_num == 3


def test_items_stay_in_order_when_one_of_them_changes(client: SGPClient) -> None:
    dataset = client.datasets.create(name="policy", data=[{"n": number} for number in range(5)])
    items = client.dataset_items.list(dataset_id=dataset.id).items
    client.dataset_items.update(items[1].id, data={"n": "changed"})
    paged = [item.data["n"] for item in client.dataset_items.list(dataset_id=dataset.id, limit=2)]
    assert paged == [0, "changed", 2, 3, 4]
    page = client.dataset_items.list(dataset_id=dataset.id, limit=2, ending_before=items[4].id)
    assert [[item.data["n"] for item in page.items] for page in page.iter_pages()] == [[2, 3], [0, "changed"]]


def test_a_version_needs_a_dataset(client: SGPClient) -> None:
    with pytest.raises(UnprocessableEntityError):
        client.dataset_items.list(version=1)
