"""Everything that an import reads of one evaluation, and what the schema adds to the reading for a plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest

from sgpctl.api.evaluations import Evaluations
from sgpctl.api.importing import Reader, Selection, selected
from sgpctl.api.reading import read_state
from sgpctl.errors import UsageError
from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner
from sgpctl.model.readback import DatasetItem, ItemRead, NotImportable, ReadBack, SchemaField
from tests.api.platform import Fields, Platform
from tests.api.servers import answer, client_of, page, run

Value = TypeVar("Value")
F1: dict[str, Json] = {
    "task_type": "metric",
    "configuration": {"type": "f1", "candidate": "item.q", "reference": "item.q"},
}


def remote(evaluation_id: str = "e1", name: str = "a", **fields: Any) -> Fields:
    plain = {"id": evaluation_id, "name": name, "status": "completed", "tags": [], "tasks": [F1]}
    return {**plain, "created_at": "2026-10-21T00:00:00Z", **fields}


class WithSchema(Platform):
    """A platform that also knows the schemas of its evaluations, and the items of datasets by version."""

    def __init__(self, *evaluations: Fields) -> None:
        super().__init__(*evaluations)
        self.schemas: dict[str, list[Json]] = {}
        self.versions: dict[str | None, list[Fields]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        match request.url.path.split("/")[2:]:
            case ["evaluations", evaluation_id, "schema"]:
                self.asked.append(f"GET {request.url.path}")
                fields = self.schemas.get(evaluation_id)
                return answer({"fields": fields}) if fields else answer({"detail": "no"}, status=405)
            case ["dataset-items"]:
                self.asked.append(f"GET {request.url.path}?{request.url.query.decode()}")
                items = self.versions.get(request.url.params.get("version"))
                return answer({"detail": "gone"}, status=403) if items is None else answer(page(items))
            case _:
                return await super().handle_async_request(request)


def do(platform: Platform, work: Callable[[Evaluations], Awaitable[Value]]) -> Value:
    return run(client_of(platform), lambda client: work(Evaluations(client)))


def read(platform: Platform, rows_max: int = 100) -> ReadBack:
    async def work(evaluations: Evaluations) -> ReadBack:
        one = await evaluations.get("e1")
        assert one is not None
        return await Reader(evaluations, rows_max=rows_max).read(one)

    return do(platform, work)


def test_items_taxonomy_and_schema_are_read_as_they_are() -> None:
    platform = WithSchema(remote())
    platform.items["e1"] = [{"id": "i1", "data": {"q": "x", "f1": 1}, "files": {"scan": "f"}}]
    platform.taxonomies["e1"] = {"levels": ["a"]}
    platform.schemas["e1"] = [
        {"field_name": "q", "source": "data"},
        {"field_name": "f1", "source": "task_result_cache"},
        {"field_name": "new", "source": "unheard of"},
        {"field_name": "odd", "source": ["data"]},
        {"field_name": {"q": 1}, "source": "data"},
    ]
    found = read(platform)
    assert found.items == (ItemRead({"q": "x", "f1": 1}, {"scan": "f"}),)
    assert found.taxonomy == {"levels": ["a"]}
    assert found.fields == (SchemaField("q", is_result=False), SchemaField("f1", is_result=True))
    assert found.dataset is None


def test_a_platform_without_schemas_is_no_obstacle() -> None:
    platform = WithSchema(remote())
    assert read(platform).fields == ()


def test_more_rows_than_can_be_compared_are_refused_before_they_are_all_read() -> None:
    platform = WithSchema(remote())
    platform.items["e1"] = [{"id": f"i{number}", "data": {}} for number in range(11)]
    with pytest.raises(NotImportable, match="11 rows, and at most 10"):
        read(platform, rows_max=10)


def test_rows_that_did_not_come_whole_are_refused() -> None:
    platform = WithSchema(remote())

    async def short(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/evaluation-items"):
            return answer({**page([]), "total": 4})
        return await platform.handle_async_request(request)

    with pytest.raises(NotImportable, match="did not come whole"):
        run(client_of(httpx.MockTransport(short)), lambda client: _read_whole(Evaluations(client)))


async def _read_whole(evaluations: Evaluations) -> ReadBack:
    one = await evaluations.get("e1")
    assert one is not None
    return await Reader(evaluations).read(one)


# --- datasets


def on_dataset(*versions: int) -> WithSchema:
    platform = WithSchema(remote(datasets=[{"id": "d1", "name": "d"}]))
    platform.items["e1"] = [
        {
            "id": f"e{number}",
            "data": {"q": "old"},
            "dataset_item_id": "i1",
            "dataset_item_version_num": version,
        }
        for number, version in enumerate(versions)
    ]
    platform.versions = {
        None: [{"id": "i1", "data": {"q": "new"}}],
        "1": [{"id": "i1", "data": {"q": "old"}}],
    }
    return platform


def test_a_dataset_that_is_as_it_was_is_read_once() -> None:
    platform = on_dataset(1)
    platform.versions = {None: [{"id": "i1", "data": {"q": "old"}}]}
    found = read(platform).dataset
    assert found is not None
    assert found.now is found.then
    assert len(platform.asked_for("dataset-items")) == 1


def test_the_version_that_was_run_is_read_where_the_dataset_has_moved_on() -> None:
    found = read(on_dataset(1, 1)).dataset
    assert found is not None
    assert (found.now, found.then) == ({"i1": DatasetItem({"q": "new"})}, {"i1": DatasetItem({"q": "old"})})


def test_without_one_version_the_dataset_as_it_is_must_do() -> None:
    found = read(on_dataset(1, 2)).dataset
    assert found is not None
    assert found.then == {"i1": DatasetItem({"q": "new"})}


def test_a_dataset_is_read_once_for_all_its_evaluations() -> None:
    platform = on_dataset(1)

    async def work(evaluations: Evaluations) -> None:
        one = await evaluations.get("e1")
        assert one is not None
        reader = Reader(evaluations)
        for _ in range(3):
            await reader.read(one)

    do(platform, work)
    assert len(platform.asked_for("dataset-items")) == 2


def test_a_dataset_that_cannot_be_read_is_named() -> None:
    platform = on_dataset(1)
    platform.versions = {}
    with pytest.raises(NotImportable, match=r"dataset d1, which cannot be read.*gone"):
        read(platform)


def test_rows_of_two_datasets_are_refused() -> None:
    platform = WithSchema(remote(datasets=[{"id": "d1", "name": "d"}, {"id": "d2", "name": "e"}]))
    with pytest.raises(NotImportable, match="2 datasets"):
        read(platform)


# --- choosing


def chosen(platform: Platform, **selection: Any) -> list[str]:
    listing = do(platform, lambda evaluations: selected(evaluations, Selection(**selection)))
    return [one.id for one in listing.items]


def test_names_are_patterns_with_case_and_tags_are_all_needed_without() -> None:
    platform = Platform(
        remote("e1", "refund-a", tags=["gate", "x"]),
        remote("e2", "refund-b", tags=["gate"]),
        remote("e3", "Refund-c", archived_at="2026-10-22T00:00:00Z"),
    )
    assert chosen(platform) == ["e1", "e2"]
    assert chosen(platform, archived_too=True) == ["e1", "e2", "e3"]
    assert chosen(platform, names=("refund-*",)) == ["e1", "e2"]
    assert chosen(platform, names=("*-a", "*-c"), archived_too=True) == ["e1", "e3"]
    assert chosen(platform, tags=("gate", "X")) == ["e1"]
    assert chosen(platform, ids=("e3", "e1", "e3")) == ["e3", "e1"]


def test_ids_that_nothing_has_are_all_named() -> None:
    with pytest.raises(UsageError, match="'x' or 'y'"):
        chosen(Platform(remote()), ids=("x", "e1", "y"))


# --- the reading for a plan


def test_a_result_that_only_the_schema_knows_does_not_stand_in_the_way_of_an_adoption() -> None:
    platform = WithSchema(remote())
    platform.items["e1"] = [{"id": "i1", "data": {"q": "x", "f1": 1, "trace": {"steps": 2}, "extra": 1}}]
    platform.schemas["e1"] = [
        {"field_name": "trace.steps", "source": "task_result_cache"},
        {"field_name": "extra", "source": "data"},
    ]
    assert rows_for_a_plan(platform) == [{"q": "x", "extra": 1}]


def test_the_schema_is_not_asked_where_the_columns_are_the_declared_ones() -> None:
    platform = WithSchema(remote())
    platform.items["e1"] = [{"id": "i1", "data": {"q": "x", "f1": 1}}]
    assert rows_for_a_plan(platform) == [{"q": "x"}]
    assert platform.asked_for("schema") == []


def rows_for_a_plan(platform: Platform) -> list[dict[str, Json]]:
    body: dict[str, Json] = {"name": "a", "data": [{"q": "x"}], "tasks": [F1]}
    rows = data_digest(body)
    one = DesiredEvaluation("a", body, spec_digest(body, rows), rows, ("a.yaml", 1, 1))
    state = do(platform, lambda evaluations: read_state(evaluations, [one], Owner("p", "e")))
    read_rows = state.contents["e1"].rows
    assert read_rows is not None
    return [dict(row.data) for row in read_rows]
