from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl import limits
from sgpctl.api.client import Client, RequestRecord
from sgpctl.api.evaluations import Evaluations
from sgpctl.errors import ApiError, Rejected
from sgpctl.model.located import Json
from tests.api.error_samples import (
    ACCEPT,
    CREATE,
    FILES,
    GOLDEN,
    READ,
    REFUSE,
    SAMPLES,
    file_answer,
    list_failure,
)
from tests.api.servers import SECRET, Chunks, Script, answer, client_of, failure_of, run
from tests.secrets import SPELLINGS, leaks

ECHOES = [
    json.dumps({"detail": f"unknown key {SECRET}"}),
    json.dumps({"detail": [{"loc": ["header", SECRET], "msg": f"bad {SECRET}", "input": SECRET}]}),
    json.dumps({"message": SECRET}),
    json.dumps({"odd": [SECRET]}),
    json.dumps(SECRET),
    f"<html><head><title>key {SECRET} refused</title></head></html>",
    f"plain {SECRET} text",
    f"{'x' * 70} {SECRET} at the edge of what is shown",
    f"{'x' * (limits.SERVER_WORDS_CHARS_MAX - 5)}{SECRET}",
    json.dumps({"items": [{"id": SECRET}]}),
    f'{{"items": "{SECRET}',
]


@pytest.mark.parametrize("name", FILES)
def test_each_error_says_what_happened_where_and_what_to_do(name: str) -> None:
    assert FILES[name]() == (GOLDEN / name).read_text("utf-8")


def test_one_line_of_an_error_is_one_line_and_short() -> None:
    for request, step, connection in SAMPLES.values():
        message = failure_of(Script(step), request, connection=connection).message
        assert message.isprintable()
        assert len(message) < limits.SERVER_WORDS_CHARS_MAX + 200


@pytest.mark.parametrize("path", sorted(REFUSE.iterdir()), ids=lambda path: path.name)
def test_a_hostile_answer_ends_in_one_printable_line(path: Path) -> None:
    message = list_failure(path).message
    assert message.isprintable()
    assert len(message) < limits.SERVER_WORDS_CHARS_MAX + 200


@pytest.mark.parametrize("path", sorted(ACCEPT.iterdir()), ids=lambda path: path.name)
def test_an_odd_answer_is_read(path: Path) -> None:
    async def ask(client: Client) -> None:
        listing = await Evaluations(client).list_all()
        assert all(one.id.startswith("e") and one.name.startswith("a") for one in listing.items)
        assert (listing.gap is not None) == (path.name == "fewer-than-counted.json")

    run(client_of(Script(file_answer(path))), ask)


def visible(error: ApiError) -> str:
    """Everything of an error that anyone could print, a traceback included."""
    trace = "".join(traceback.format_exception(error))
    return f"{error} {error!r} {error.message} {error.hint} {error.request} {error.args} {trace}"


Work = Callable[[Client], Awaitable[object]]
WORK: list[Work] = [
    lambda client: client.send(READ),
    lambda client: client.send(CREATE),
    lambda client: Evaluations(client).list_all(),
    lambda client: Evaluations(client).create({"name": "a"}),
]


def everything_shown(transport: httpx.AsyncBaseTransport, work: Work) -> str:
    """The error that `work` ends in, if any, and the whole log."""
    records: list[RequestRecord] = []
    shown = ""
    try:
        run(client_of(transport, log=records.append), work)
    except ApiError as error:
        shown = visible(error)
    return f"{shown} {records}"


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503])
def test_the_key_is_nowhere_to_be_seen_even_when_a_server_echoes_it(status: int, echo: str) -> None:
    headers = {"location": f"https://{SECRET}.example.org/{SECRET}", "x-request-id": SECRET}
    transport = Script(httpx.Response(status, headers=headers, content=echo.encode()))
    for work in WORK:
        assert SECRET not in everything_shown(transport, work)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("status", [200, 302, 401, 422, 500])
def test_the_key_cannot_be_read_however_a_server_spells_it(status: int, spelling: str) -> None:
    spelled = SPELLINGS[spelling](SECRET)
    bodies = [
        json.dumps({"detail": f"headers: {{'x-api-key': '{spelled}'}}"}),
        json.dumps({"detail": [{"loc": ["header", spelled], "msg": spelled}]}),
        json.dumps({"items": [{"id": spelled, "name": spelled}]}),
        f"<html><head><title>{spelled}</title></head></html>",
        f"x-api-key: {spelled}",
    ]
    headers = {"x-request-id": "".join(spelled.split()), "location": f"https://{SECRET}.example.org"}
    for body in bodies:
        transport = Script(httpx.Response(status, headers=headers, content=body.encode()))
        for work in WORK:
            assert leaks(everything_shown(transport, work), SECRET) == []


@pytest.mark.parametrize(
    "error", [httpx.ConnectError(SECRET), httpx.ReadError(SECRET), httpx.ProxyError(SECRET), OSError(SECRET)]
)
def test_the_key_is_nowhere_to_be_seen_when_the_network_fails(error: Exception) -> None:
    for work in WORK:
        assert SECRET not in everything_shown(Script(error), work)


def test_the_client_itself_does_not_show_the_key() -> None:
    client = client_of(Script(answer({})))
    assert SECRET not in f"{client!r} {client.connection!r} {client.connection}"
    asyncio.run(client.__aexit__())


def test_a_long_list_of_problems_is_cut_with_its_number() -> None:
    problems: list[Json] = [
        {"loc": ["body", "data", number], "msg": "wrong", "type": "x"} for number in range(40)
    ]
    error = failure_of(Script(answer({"detail": problems}, status=422)), CREATE)
    assert error.message.endswith("body.data.3: wrong; body.data.4: wrong; and 35 more")


@given(st.text(max_size=2000), st.sampled_from([400, 422, 500, 200]))
def test_whatever_a_server_says_becomes_one_printable_line(text: str, status: int) -> None:
    body = text.encode("utf-8", "surrogatepass")
    transport = httpx.MockTransport(lambda _: httpx.Response(status, stream=Chunks(body)))
    for work in WORK[:2]:
        message = ""  # some texts are JSON, and then nothing is raised
        try:
            run(client_of(transport), work)
        except ApiError as error:
            message = error.message
        assert message.isprintable()


def test_a_refusal_carries_its_status_for_programs() -> None:
    error = failure_of(Script(answer({"detail": "no"}, status=404)), READ)
    assert isinstance(error, Rejected)
    assert (error.status, error.request) == (404, "GET /v5/evaluations")
