from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from sgpctl import limits
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.reading import read_state
from sgpctl.errors import Rejected
from sgpctl.model import marks
from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.evaluation import DesiredEvaluation, RemoteContents, RemoteRow, RemoteState
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner
from tests.api.platform import Platform
from tests.api.servers import answer, client_of, page, run

OWNER = Owner("support", "prod")
ROWS: list[Json] = [{"q": "a"}, {"q": "b"}]
F1: dict[str, Json] = {
    "task_type": "metric",
    "configuration": {"type": "f1", "candidate": "item.q", "reference": "item.q"},
}
ARCHIVED = "2026-10-22T00:00:00Z"


def declared(name: str = "a", **fields: Json) -> DesiredEvaluation:
    body: dict[str, Json] = {"name": name, "data": ROWS, "tasks": [F1], **fields}
    body = {key: value for key, value in body.items() if value is not None}
    rows = data_digest(body)
    return DesiredEvaluation(name, body, spec_digest(body, rows), rows, ("a.yaml", 1, 1))


def remote(evaluation_id: str, name: str = "a", **fields: Any) -> dict[str, Any]:
    plain = {"id": evaluation_id, "name": name, "status": "completed", "tags": [], "tasks": [F1]}
    return {**plain, "created_at": "2026-10-21T00:00:00Z", **fields}


def owned(evaluation_id: str, desired: DesiredEvaluation, **fields: Any) -> dict[str, Any]:
    """What a create of `desired` leaves on the platform."""
    metadata = {**marks.identity_marks(desired), **fields.pop("metadata", {})}
    return remote(evaluation_id, desired.name, **{"tags": [OWNER.tag], "metadata": metadata, **fields})


def read(
    transport: httpx.AsyncBaseTransport, *desired: DesiredEvaluation, rows_compared: int = 100
) -> RemoteState:
    return run(
        client_of(transport),
        lambda client: read_state(Evaluations(client), desired, OWNER, rows_compared=rows_compared),
    )


def ids(remotes: Iterable[Any]) -> list[str]:
    return [one.id for one in remotes]


def test_what_already_runs_takes_two_requests() -> None:
    one = declared()
    platform = Platform(owned("e1", one))
    state = read(platform, one)
    assert ids(state.owned) == ["e1"]
    assert (state.archived, state.namesakes, state.contents, state.others, state.gap) == ((), (), {}, 0, None)
    assert sorted(platform.asked) == [
        "GET /v5/evaluations?limit=1",
        "GET /v5/evaluations?tags=sgpctl:support:prod&include_archived=false&views=tasks&limit=1000",
    ]


def test_live_ones_of_others_are_counted_and_those_of_another_project_are_not_ours() -> None:
    shared = remote("e3", tags=[OWNER.tag, "sgpctl:other:prod"])
    platform = Platform(owned("e1", declared()), remote("e2"), shared)
    state = read(platform, declared())
    assert ids(state.owned) == ["e1"]
    assert state.others == 2


def test_a_reverted_manifest_finds_its_archived_run() -> None:
    one = declared()
    other_project = owned("e3", one, archived_at=ARCHIVED, tags=["sgpctl:other:prod"])
    platform = Platform(owned("e2", one, archived_at=ARCHIVED), other_project)
    state = read(platform, one)
    assert ids(state.archived) == ["e2"]
    assert len(platform.asked_for("/filter")) == 1


def test_a_run_whose_tasks_were_edited_remotely_is_also_looked_for_in_the_archive() -> None:
    one = declared()
    edited = owned("e1", one, tasks=[{**F1, "configuration": {"type": "bleu"}}])
    platform = Platform(edited, owned("e2", one, archived_at=ARCHIVED))
    assert ids(read(platform, one).archived) == ["e2"]


def test_archived_runs_are_looked_for_by_their_digest_whatever_their_name() -> None:
    before = declared("old-name")
    platform = Platform(owned("e1", before, archived_at=ARCHIVED))
    assert ids(read(platform, declared("new-name")).archived) == ["e1"]


def test_a_first_plan_of_many_manifests_looks_up_none_of_them() -> None:
    platform = Platform()
    read(platform, *(declared(f"e{number}", description="x", data=[{"q": number}]) for number in range(300)))
    assert len(platform.asked) == 3


def many_archived(count: int) -> list[dict[str, Any]]:
    return [
        owned(f"old-{number}", declared(f"n{number}", data=[{"q": number}]), archived_at=ARCHIVED)
        for number in range(count)
    ]


def test_many_lookups_become_one_listing_where_that_is_cheaper() -> None:
    platform = Platform(*many_archived(50))
    desired = [declared(f"n{number}", data=[{"q": number}]) for number in range(40)]
    state = read(platform, *desired)
    assert len(state.archived) == 40
    assert platform.asked_for("/filter") == []
    assert len(platform.asked) == 4


def test_a_few_lookups_stay_lookups_where_the_archive_is_large() -> None:
    platform = Platform(*many_archived(3 * limits.PAGE_ITEMS + 1))
    desired = [declared(f"n{number}", data=[{"q": number}]) for number in range(3)]
    state = read(platform, *desired)
    assert len(state.archived) == 3
    assert len(platform.asked_for("/filter")) == 3
    assert len(platform.asked) == 6


def test_ones_of_the_same_name_that_are_not_ours_are_read() -> None:
    platform = Platform(
        remote("e1", "a"), remote("e2", "A"), remote("e3", "ab"), remote("e4", "a", archived_at=ARCHIVED)
    )
    platform.items["e1"] = []
    state = read(platform, declared("a"))
    assert ids(state.namesakes) == ["e1"]
    assert state.others == 3


def test_names_that_are_ours_already_are_not_looked_for() -> None:
    platform = Platform(owned("e1", declared()), remote("e2"))
    assert read(platform, declared()).namesakes == ()
    assert platform.asked_for("name=") == []


def test_many_names_become_one_listing_where_that_is_cheaper() -> None:
    platform = Platform(*(remote(f"e{number}", f"n{number}") for number in range(30)))
    state = read(platform, *(declared(f"n{number}", tags=["gate"]) for number in range(20)))
    assert len(state.namesakes) == 20
    assert platform.asked_for("name=") == []
    assert len(platform.asked) == 4


def test_a_few_names_stay_lookups_where_the_account_is_large() -> None:
    platform = Platform(*(remote(f"e{number}", f"n{number}") for number in range(3 * limits.PAGE_ITEMS)))
    state = read(platform, declared("n7", tags=["gate"]))
    assert ids(state.namesakes) == ["e7"]
    assert len(platform.asked_for("name=")) == 1


def adoptable(**fields: Any) -> tuple[Platform, RemoteState]:
    platform = Platform(remote("e1", **{"tags": ["gate", "more"], **fields}))
    platform.items["e1"] = [
        {"id": "i1", "evaluation_id": "e1", "data": {"q": "a", "f1": 1.0}},
        {"id": "i2", "evaluation_id": "e1", "data": {"q": "b", "f1": 0.5}},
    ]
    return platform, read(platform, declared(tags=["gate"]))


def test_contents_of_one_that_may_be_adopted_are_read_without_its_results() -> None:
    _, state = adoptable()
    assert state.contents == {"e1": RemoteContents(2, (RemoteRow({"q": "a"}), RemoteRow({"q": "b"})))}


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": ["more"]},
        {"tags": ["gate", "sgpctl:other:prod"]},
        {"tasks": []},
        {"tasks": None},
        {"datasets": [{"id": "d1", "name": "d"}]},
    ],
)
def test_contents_of_one_that_can_not_be_adopted_are_not_read(fields: dict[str, Any]) -> None:
    platform, state = adoptable(**fields)
    assert ids(state.namesakes) == ["e1"]
    assert state.contents == {}
    assert platform.asked_for("items") == []


def contents_read(one: DesiredEvaluation, *there: dict[str, Any], rows_compared: int = 100) -> list[str]:
    """The ids whose contents a plan of `one` reads."""
    platform = Platform(*there)
    for evaluation in there:
        platform.items[evaluation["id"]] = [{"id": "i1", "data": {"q": "old"}}]
    return sorted(read(platform, one, rows_compared=rows_compared).contents)


def test_contents_are_read_where_our_digest_was_removed_or_is_of_another_version() -> None:
    one = declared()
    for digest in (None, "v0:abc"):
        assert contents_read(one, owned("e1", one, metadata={marks.DIGEST: digest})) == ["e1"]


def test_changed_rows_are_read_to_be_explained() -> None:
    assert contents_read(declared(), owned("e1", declared(data=[{"q": "old"}]))) == ["e1"]


def test_changed_tasks_explain_themselves() -> None:
    bleu: dict[str, Json] = {**F1, "configuration": {"type": "bleu"}}
    before = declared(tasks=[bleu])
    assert contents_read(declared(), owned("e1", before, tasks=[bleu])) == []


def test_a_declared_taxonomy_is_read() -> None:
    bleu: dict[str, Json] = {**F1, "configuration": {"type": "bleu"}}
    before = declared(tasks=[bleu], taxonomy_params={"a": 1})
    assert contents_read(declared(taxonomy_params={"a": 2}), owned("e1", before, tasks=[bleu])) == ["e1"]


def test_a_difference_that_nothing_else_explains_is_read() -> None:
    before = declared(taxonomy_params={"a": 1})
    assert contents_read(declared(), owned("e1", before)) == ["e1"]


def test_another_dataset_explains_itself() -> None:
    now, before = declared(data=None, dataset_id="d2"), declared(data=None, dataset_id="d1")
    assert contents_read(now, owned("e1", before, datasets=[{"id": "d1", "name": "d"}])) == []


def test_more_rows_than_may_be_read_are_counted() -> None:
    platform = Platform(owned("e1", declared(data=[{"q": "old"}])))
    platform.items["e1"] = [{"id": f"i{number}", "data": {}} for number in range(20)]
    assert read(platform, declared(), rows_compared=10).contents == {"e1": RemoteContents(20, None)}


def test_where_no_rows_are_to_be_compared_they_are_counted_with_one_request() -> None:
    platform = Platform(owned("e1", declared(data=[{"q": "old"}])))
    platform.items["e1"] = [{"id": f"i{number}", "data": {}} for number in range(20)]
    assert read(platform, declared(), rows_compared=0).contents == {"e1": RemoteContents(20, None)}
    assert platform.asked_for("evaluation-items") == [
        "GET /v5/evaluation-items?evaluation_id=e1&include_archived=true&limit=1"
    ]


def test_rows_that_prove_something_are_read_though_none_are_to_be_compared() -> None:
    one = declared(tags=["gate"])
    platform = Platform(remote("e1", tags=["gate"]))
    platform.items["e1"] = [{"id": "i1", "data": {"q": "a"}}]
    assert read(platform, one, rows_compared=0).contents["e1"].rows == (RemoteRow({"q": "a"}),)
    unmarked = Platform(owned("e1", one, metadata={marks.DIGEST: None}))
    unmarked.items["e1"] = platform.items["e1"]
    assert read(unmarked, one, rows_compared=0).contents["e1"].rows == (RemoteRow({"q": "a"}),)


def test_rows_that_did_not_change_are_not_read() -> None:
    bleu: dict[str, Json] = {**F1, "configuration": {"type": "bleu"}}
    before = declared(tasks=[bleu], taxonomy_params={"a": 1})
    platform = Platform(owned("e1", before, tasks=[bleu]))
    platform.items["e1"] = [{"id": f"i{number}", "data": {"q": "a"}} for number in range(2)]
    assert read(platform, declared(taxonomy_params={"a": 2})).contents["e1"].rows is None


@pytest.mark.parametrize("found", [{"archived_at": ARCHIVED}, {"name": "other"}])
def test_rows_are_not_read_of_what_gives_way_to_a_run_that_is_there(found: dict[str, Any]) -> None:
    one = declared(data=[{"q": "new"}])
    there = owned("e2", one) | found
    if "name" in found:
        there["metadata"] = {**there["metadata"], marks.NAME: found["name"]}
    platform = Platform(owned("e1", declared(data=[{"q": "old"}])), there)
    platform.items["e1"] = [{"id": "i1", "data": {"q": "old"}}]
    assert read(platform, one).contents["e1"].rows is None


def test_a_run_of_another_manifest_of_the_same_spec_does_not_spare_the_reading() -> None:
    one, other = declared(data=[{"q": "new"}]), declared("b", data=[{"q": "new"}])
    platform = Platform(owned("e1", declared(data=[{"q": "old"}])), owned("e2", other))
    platform.items["e1"] = [{"id": "i1", "data": {"q": "old"}}]
    assert read(platform, one, other).contents["e1"].rows == (RemoteRow({"q": "old"}),)


def test_the_size_of_a_dataset_is_read_only_for_what_may_run() -> None:
    running, new = declared("a", data=None, dataset_id="d1"), declared("b", data=None, dataset_id="d2")
    gone = declared("c", data=None, dataset_id="d3")
    platform = Platform(owned("e1", running))
    platform.datasets = {"d1": 5, "d2": 180}
    assert read(platform, running, new, gone).dataset_rows == {"d2": 180}
    assert platform.asked_for("dataset_id=d1") == []


def test_what_is_read_comes_sorted_by_age() -> None:
    one = declared()
    there = [
        owned("e2", one, created_at="2026-10-02T00:00:00Z"),
        owned("e3", one, created_at="2026-10-01T00:00:00Z"),
        owned("e1", one, created_at="2026-10-02T00:00:00Z"),
    ]
    assert ids(read(Platform(*there), one).owned) == ["e3", "e1", "e2"]


def test_one_renamed_by_hand_still_stands_for_its_manifest() -> None:
    one = declared()
    platform = Platform(owned("e1", one) | {"name": "renamed by hand"})
    read(platform, one)
    assert len(platform.asked) == 2


def test_a_list_that_came_incomplete_is_a_gap() -> None:
    short = {**page([]), "total": 4}
    state = read(httpx.MockTransport(lambda _: answer(short)))
    assert state.gap == "the platform counts 4 in a list of which only 0 came"


def test_the_first_failure_ends_the_reading_and_is_raised_as_itself() -> None:
    under_way: set[str] = set()

    async def server(request: httpx.Request) -> httpx.Response:
        name = request.url.params.get("name")
        if name is None:
            return answer(page([remote("e0", "x")], total=10_000 if "limit=1&" in f"{request.url}&" else 1))
        under_way.add(name)
        if name == "b":
            return answer({"detail": "not you"}, status=403)
        try:
            await asyncio.sleep(3600)
        finally:
            under_way.discard(name)
        raise AssertionError("unreachable")

    with pytest.raises(Rejected, match="not you"):
        read(httpx.MockTransport(server), declared("a"), declared("b"))
    assert under_way == {"b"}
