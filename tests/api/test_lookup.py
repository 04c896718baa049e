"""Ids by name, on the sandbox, and how often it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from sgpctl import limits
from sgpctl.api.lookup import Lookup
from sgpctl.errors import BadAnswer
from sgpctl.model.located import Json
from sgpctl.model.names import Answers, Bearer, Kind, Named
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.api.servers import CONNECTION, Script, answer, client_of, page, run

QUESTION: dict[str, Json] = {"question_type": "free_text", "prompt": "?", "configuration": {}}


class Platform:
    """A sandbox with datasets and questions, and what it was asked since."""

    def __init__(self) -> None:
        self._asked: list[str] = []
        app = create_app(open_store(None))
        self._transport = _Counting(sandbox_transport(app), self._asked)

    def dataset(self, name: str) -> str:
        return self._made("datasets", {"name": name, "data": [{"q": 1}]})

    def question(self, name: str) -> str:
        return self._made("questions", {"name": name, **QUESTION})

    def archive(self, resource: str, identifier: str) -> None:
        self._send("DELETE", f"/v5/{resource}/{identifier}")

    def look_up(self, *wanted: Named) -> Answers:
        self._asked.clear()
        return run(client_of(self._transport), lambda client: Lookup(client).look_up(wanted))

    @property
    def asked(self) -> list[str]:
        return sorted(self._asked)

    def _made(self, resource: str, body: Json) -> str:
        return str(self._send("POST", f"/v5/{resource}", body)["id"])

    def _send(self, method: str, path: str, body: Json = None) -> dict[str, Any]:
        async def send() -> dict[str, Any]:
            headers = {"x-selected-account-id": CONNECTION.account_id or "", "x-api-key": "any"}
            async with httpx.AsyncClient(
                transport=self._transport, base_url=CONNECTION.base_url, headers=headers
            ) as client:
                answered = await client.request(method, path, json=body)
                assert answered.is_success, answered.text
                found: dict[str, Any] = answered.json()
                return found

        return asyncio.run(send())


class _Counting(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, asked: list[str]) -> None:
        self._inner = inner
        self._asked = asked

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._asked.append(unquote(f"{request.method} {request.url.raw_path.decode()}"))
        return await self._inner.handle_async_request(request)


def dataset(name: str) -> Named:
    return Named(Kind.DATASET, name)


def question(name: str) -> Named:
    return Named(Kind.QUESTION, name)


def ids(bearers: Iterable[Bearer]) -> list[str]:
    return [one.id for one in bearers]


@pytest.fixture
def platform() -> Platform:
    return Platform()


def test_a_name_is_compared_exactly_though_the_platform_finds_substrings(platform: Platform) -> None:
    wanted = platform.dataset("Policy QA")
    for name in ("policy qa", "Policy QA v2", "Old Policy QA"):
        platform.dataset(name)
    found = platform.look_up(dataset("Policy QA"))
    assert ids(found[dataset("Policy QA")].live) == [wanted]
    assert platform.asked == ["GET /v5/datasets?name=Policy QA&include_archived=false&limit=1000"]


def test_datasets_and_questions_are_looked_up_at_once_and_each_name_once(platform: Platform) -> None:
    first, second = platform.dataset("A"), platform.question("Is it kind?")
    platform.question("Is it brief?")
    found = platform.look_up(dataset("A"), question("Is it kind?"), dataset("A"))
    assert ids(found[dataset("A")].live) == [first]
    assert ids(found[question("Is it kind?")].live) == [second]
    assert len(platform.asked) == 2


def test_several_of_one_name_all_come_the_oldest_first(platform: Platform) -> None:
    made = [platform.dataset("A"), platform.dataset("A")]
    assert ids(platform.look_up(dataset("A"))[dataset("A")].live) == made


def test_many_names_become_one_list_where_that_is_cheaper(platform: Platform) -> None:
    names = [f"set {number}" for number in range(20)]
    made = [platform.dataset(name) for name in names]
    found = platform.look_up(*map(dataset, names))
    assert [ids(found[dataset(name)].live) for name in names] == [[one] for one in made]
    assert len(platform.asked) == 2


def test_archived_ones_are_looked_for_only_when_no_live_one_is_there(platform: Platform) -> None:
    gone = platform.dataset("A")
    platform.archive("datasets", gone)
    platform.dataset("Another A")
    looked_up = platform.look_up(dataset("A"))[dataset("A")]
    assert (ids(looked_up.live), ids(looked_up.archived)) == ([], [gone])
    kept = platform.dataset("A")
    looked_up = platform.look_up(dataset("A"))[dataset("A")]
    assert (ids(looked_up.live), ids(looked_up.archived)) == ([kept], [])
    assert len(platform.asked) == 1


def test_an_archived_question_is_known_as_one(platform: Platform) -> None:
    gone = platform.question("Is it kind?")
    platform.archive("questions", gone)
    looked_up = platform.look_up(question("Is it kind?"))[question("Is it kind?")]
    assert (ids(looked_up.live), ids(looked_up.archived)) == ([], [gone])


def test_names_of_others_come_along_for_a_name_that_is_not_there(platform: Platform) -> None:
    for name in ("Policy QA v1.3", "Other"):
        platform.dataset(name)
    looked_up = platform.look_up(dataset("Policy QA v1.2"))[dataset("Policy QA v1.2")]
    assert (looked_up.live, looked_up.archived) == ((), ())
    assert set(looked_up.others) == {"Policy QA v1.3", "Other"}


def _items(names: Sequence[str]) -> list[Json]:
    return [
        {"id": f"id-{at}", "name": name, "created_at": "2026-11-01T00:00:00Z"}
        for at, name in enumerate(names)
    ]


def test_an_archived_question_without_a_mark_of_its_own_is_known_by_the_list_it_is_in() -> None:
    script = Script(answer(page([])), answer(page(_items(["Is it kind?"]))), answer(page([])))
    found = run(client_of(script), lambda client: Lookup(client).look_up([question("Is it kind?")]))
    looked_up = found[question("Is it kind?")]
    assert (ids(looked_up.live), ids(looked_up.archived)) == ([], ["id-0"])


def test_a_list_that_did_not_come_whole_proves_nothing() -> None:
    script = Script(answer(page(_items(["A"]), total=2)))
    with pytest.raises(BadAnswer, match="counts 2 in a list of which only 1 came"):
        run(client_of(script), lambda client: Lookup(client).look_up([dataset("A")]))


def test_what_is_no_list_is_a_bad_answer() -> None:
    script = Script(answer({"detail": "hello"}))
    with pytest.raises(BadAnswer):
        run(client_of(script), lambda client: Lookup(client).look_up([question("A")]))


def test_nothing_is_asked_about_nothing(platform: Platform) -> None:
    assert platform.look_up() == {}
    assert platform.asked == []


def test_a_list_of_several_pages_is_read_to_its_end() -> None:
    names = [f"set {number}" for number in range(limits.PAGE_ITEMS + 1)]
    first, second = _items(names)[: limits.PAGE_ITEMS], _items(names)[limits.PAGE_ITEMS :]
    script = Script(
        answer(page(first, has_more=True, total=len(names))), answer(page(second, total=len(names)))
    )
    found = run(client_of(script), lambda client: Lookup(client).look_up([question(names[-1])]))
    assert ids(found[question(names[-1])].live) == [f"id-{limits.PAGE_ITEMS}"]
