from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys

import httpx
import pytest

from sgpctl import __version__, limits
from sgpctl.api import request as requests
from sgpctl.api.client import Client, RequestRecord
from sgpctl.api.settings import Connection
from sgpctl.errors import BadAnswer, NotReached, Rejected, SettingsError, Unclear
from tests.api.servers import (
    CONNECTION,
    SECRET,
    Chunks,
    Script,
    Waits,
    answer,
    client_of,
    failure_of,
    run,
    send,
)

READ = requests.get("evaluations", query={"limit": 1})
FILTER = requests.read_by_post("evaluations", "filter", query={"limit": 1}, body={"filters": []})
CREATE = requests.write("POST", "evaluations", body={"name": "a"})
ARCHIVE = requests.write("DELETE", "evaluations", "e1")


def test_every_request_carries_the_headers_that_the_api_wants() -> None:
    transport = Script(answer({}))
    send(transport, READ)
    headers = transport.requests[0].headers
    assert headers["accept"] == "application/json"
    assert headers["x-api-key"] == SECRET
    assert headers["x-selected-account-id"] == "acct_1"
    assert headers["user-agent"] == f"sgpctl/{__version__}"
    assert "content-type" not in headers
    assert not any(name.startswith("x-stainless") or "idempotency" in name for name in headers)


def test_a_body_is_compact_json_in_utf8() -> None:
    transport = Script(answer({}))
    send(transport, requests.write("POST", "evaluations", body={"name": "ä", "n": 1.0, "none": None}))
    sent = transport.requests[0]
    assert sent.headers["content-type"] == "application/json"
    assert sent.content == '{"name":"ä","n":1.0,"none":null}'.encode()


def test_without_an_account_the_header_is_left_out() -> None:
    transport = Script(answer({}))
    connection = Connection("https://api.example.com", None, CONNECTION.api_key)
    run(client_of(transport, connection=connection), lambda client: client.send(READ))
    assert "x-selected-account-id" not in transport.requests[0].headers


def test_a_path_prefix_of_the_base_address_is_kept() -> None:
    transport = Script(answer({}))
    connection = Connection("http://127.0.0.1:5003/public", None, CONNECTION.api_key)
    run(client_of(transport, connection=connection), lambda client: client.send(READ))
    assert str(transport.requests[0].url) == "http://127.0.0.1:5003/public/v5/evaluations?limit=1"


def test_arrays_are_joined_by_commas_and_everything_is_percent_encoded() -> None:
    transport = Script(answer({}))
    query: dict[str, requests.QueryValue] = {
        "views": ["tasks", "members"],
        "tags": ["sgpctl:a b&c=d"],
        "name": "100% grün + ü#?",
        "include_archived": True,
        "limit": 10,
        "starting_after": None,
    }
    send(transport, requests.get("evaluations", "id with space%2F", query=query))
    path, _, sent = transport.asked[0].partition("?")
    assert path == "GET /v5/evaluations/id%20with%20space%252F"
    assert sent.split("&") == [
        "views=tasks%2Cmembers",
        "tags=sgpctl%3Aa%20b%26c%3Dd",
        "name=100%25%20gr%C3%BCn%20%2B%20%C3%BC%23%3F",
        "include_archived=true",
        "limit=10",
    ]


@pytest.mark.parametrize("segment", ["", ".", "..", "a/b", "a\\b", "a\nb", "a\x00"])
def test_an_id_that_could_lead_elsewhere_is_never_sent(segment: str) -> None:
    with pytest.raises(Rejected, match="nothing was sent"):
        requests.get("evaluations", segment)


def test_half_a_surrogate_pair_travels_escaped() -> None:
    transport = Script(answer({}))
    send(transport, requests.write("POST", "evaluations", body={"name": "\ud800 ä"}))
    assert json.loads(transport.requests[0].content) == {"name": "\ud800 ä"}
    send(transport, requests.get("evaluations", query={"name": "\ud800"}))
    assert transport.asked[1] == "GET /v5/evaluations?name=%3F"


def test_a_body_that_is_no_json_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Rejected, match="was not sent"):
        requests.write("POST", "evaluations", body={"n": float("nan")})


def test_a_read_is_asked_again_until_it_is_answered() -> None:
    for request in (READ, FILTER):
        waits = Waits()
        transport = Script(httpx.Response(500), httpx.ReadTimeout("x"), httpx.Response(503), answer({"a": 1}))
        assert send(transport, request, waits=waits) == {"a": 1}
        assert waits.seconds == [0.5, 1.0, 2.0]
        assert transport.requests[0].content == transport.requests[3].content


def test_a_read_gives_up_after_its_last_try() -> None:
    transport = Script(httpx.Response(502))
    error = failure_of(transport, READ)
    assert isinstance(error, BadAnswer)
    assert error.status == 502
    assert len(transport.requests) == limits.TRIES_MAX


@pytest.mark.parametrize("request_", [CREATE, ARCHIVE])
@pytest.mark.parametrize(
    "end",
    [
        httpx.Response(408),
        httpx.Response(409),
        httpx.Response(500),
        httpx.Response(502, content=b"<html>"),
        httpx.Response(503, headers={"retry-after": "5"}),
        httpx.Response(307, headers={"location": "https://api.example.com/elsewhere"}),
        httpx.Response(303, headers={"location": "javascript:alert(1)"}),
        httpx.Response(302, headers={"location": "https://[broken"}),
        httpx.ReadTimeout("x"),
        httpx.WriteTimeout("x"),
        httpx.ReadError("x"),
        httpx.RemoteProtocolError("x"),
        answer(["x"], headers={"content-type": "text/plain"}, status=599),
        httpx.Response(200, content=b"{"),
        httpx.Response(201, content=b"<html></html>"),
        httpx.Response(200, content=b"\xff"),
    ],
)
def test_a_write_that_may_have_arrived_is_sent_exactly_once(
    request_: requests.Request, end: httpx.Response | Exception
) -> None:
    transport = Script(end)
    assert isinstance(failure_of(transport, request_), Unclear)
    assert len(transport.requests) == 1


@pytest.mark.parametrize("end", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.Response(429)])
def test_a_write_that_provably_did_not_arrive_is_sent_again(end: httpx.Response | Exception) -> None:
    transport = Script(end, end, answer({"id": "e1"}))
    assert send(transport, CREATE) == {"id": "e1"}
    assert isinstance(failure_of(Script(end), CREATE), NotReached)


def test_a_refusal_is_final_for_reads_and_writes() -> None:
    for request in (READ, CREATE):
        transport = Script(answer({"detail": "no"}, status=403))
        assert isinstance(failure_of(transport, request), Rejected)
        assert len(transport.requests) == 1


def test_what_has_lost_its_reason_is_not_sent() -> None:
    transport = Script(answer({}))
    lost = requests.write("POST", "evaluations", body={"name": "a"}, unless=lambda: "the lease was lost")
    error = failure_of(transport, lost)
    assert isinstance(error, NotReached)
    assert error.message == "POST /v5/evaluations was not sent: the lease was lost"
    assert transport.requests == []


@pytest.mark.parametrize("end", [httpx.ConnectError("x"), httpx.Response(429)])
def test_nor_when_it_lost_it_while_it_waited_for_another_try(end: httpx.Response | Exception) -> None:
    transport = Script(end, answer({}))
    reasons = iter([None, "the lease was lost"])
    lost = requests.write("POST", "evaluations", body={"name": "a"}, unless=lambda: next(reasons))
    assert isinstance(failure_of(transport, lost), NotReached)
    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (
            httpx.ConnectError("x"),
            "api.example.com cannot be reached: no connection could be made. Trying again in 2 s.",
        ),
        (
            httpx.ReadTimeout("x"),
            "GET /v5/evaluations brought no answer from api.example.com: the answer did not come in time. "
            "Trying again in 2 s.",
        ),
        (httpx.Response(503), "GET /v5/evaluations failed (503). Trying again in 2 s."),
        (
            httpx.Response(429, headers={"retry-after": "30"}),
            "api.example.com wants fewer requests (429). Trying again in 30 s.",
        ),
    ],
)
def test_a_person_who_waits_for_long_is_told_why(end: httpx.Response | Exception, words: str) -> None:
    told: list[str] = []
    client = client_of(Script(end, end, end, end, answer({})), on_wait=told.append)
    run(client, lambda client: client.send(READ))
    assert told == [words]


def test_a_short_wait_is_not_worth_a_word() -> None:
    told: list[str] = []
    client = client_of(Script(httpx.Response(500), httpx.Response(500), answer({})), on_wait=told.append)
    run(client, lambda client: client.send(READ))
    assert told == []


def test_time_that_went_by_without_an_answer_counts_as_waiting() -> None:
    told: list[str] = []
    clock = iter(range(0, 1000, 5))
    client = client_of(
        Script(httpx.ReadTimeout("x"), answer({})), on_wait=told.append, monotonic=lambda: float(next(clock))
    )
    run(client, lambda client: client.send(READ))
    assert len(told) == 1


def test_who_waits_again_after_an_answer_is_told_again() -> None:
    told: list[str] = []
    busy = httpx.Response(429, headers={"retry-after": "30"})
    client = client_of(Script(busy, answer({}), busy, busy, answer({})), on_wait=told.append)

    async def twice(client: Client) -> None:
        await client.send(READ)
        await client.send(CREATE)

    run(client, twice)
    assert len(told) == 2


def test_a_429_makes_all_requests_of_the_client_wait_together() -> None:
    asked: list[str] = []

    async def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        is_first = len(asked) == 1
        return httpx.Response(429, headers={"retry-after": "60"}) if is_first else answer({})

    opened = asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert seconds == 60.0
        await opened.wait()

    async def work() -> None:
        client = Client(CONNECTION, transport=httpx.MockTransport(server), sleep=sleep, random=lambda: 0.0)
        async with client:
            first = asyncio.create_task(client.send(requests.get("a")))
            await asyncio.sleep(0.01)
            others = [asyncio.create_task(client.send(requests.get("b"))) for _ in range(5)]
            await asyncio.sleep(0.01)
            assert asked == ["/v5/a"]
            opened.set()
            await asyncio.gather(first, *others)
        assert sorted(asked) == ["/v5/a", "/v5/a", *["/v5/b"] * 5]

    asyncio.run(work())


def test_no_more_requests_than_allowed_are_under_way() -> None:
    under_way, most = 0, 0

    async def server(_: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return answer({})

    async def work(client: Client) -> None:
        await asyncio.gather(*(client.send(READ) for _ in range(40)))

    run(client_of(httpx.MockTransport(server), parallelism=3), work)
    assert most == 3


def test_a_read_follows_a_redirect_within_the_same_host() -> None:
    transport = Script(
        httpx.Response(307, headers={"location": "/v5/evaluations/?limit=1"}), answer({"a": 1})
    )
    assert send(transport, READ) == {"a": 1}
    assert transport.asked[1] == "GET /v5/evaluations/?limit=1"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.org/v5/evaluations",
        "//evil.example.org/",
        "http://api.example.com/v5/evaluations",
        "https://api.example.com:8443/v5/evaluations",
        "https://api.example.com@evil.example.org/",
        "https://user:word@api.example.com/v5/evaluations",
        "https://[broken",
        "javascript:alert(1)",
        "",
    ],
)
def test_no_redirect_carries_the_key_to_another_host(location: str) -> None:
    transport = Script(httpx.Response(302, headers={"location": location}), answer({}))
    error = failure_of(transport, READ)
    assert isinstance(error, BadAnswer)
    assert "redirected" in error.message
    assert len(transport.requests) == 1


def test_redirects_that_go_round_end() -> None:
    transport = Script(httpx.Response(302, headers={"location": "/v5/evaluations"}))
    assert isinstance(failure_of(transport, READ), BadAnswer)
    assert len(transport.requests) == limits.REDIRECTS_MAX + 1


def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(b'{"a": 1}')
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Chunks(body[:5], body[5:]))
    )
    assert send(transport, READ) == {"a": 1}


def test_an_error_whose_body_cannot_be_unpacked_is_judged_by_its_status() -> None:
    transport = httpx.MockTransport(
        lambda _: httpx.Response(403, headers={"content-encoding": "br"}, stream=Chunks(b"\x8b"))
    )
    assert isinstance(failure_of(transport, CREATE), Rejected)


def test_an_empty_answer_to_a_write_is_nothing_and_to_a_read_an_error() -> None:
    assert send(Script(httpx.Response(204)), ARCHIVE) is None
    assert isinstance(failure_of(Script(httpx.Response(204)), READ), BadAnswer)


def test_a_long_create_is_given_more_time_than_other_requests() -> None:
    transport = Script(answer({}))
    send(transport, READ)
    send(transport, requests.write("POST", "evaluations", body={}, read_seconds=300.0))
    times = [request.extensions["timeout"] for request in transport.requests]
    assert times[0] == {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 60.0}
    assert times[1]["read"] == 300.0


def test_the_log_is_told_of_every_try_and_nothing_secret() -> None:
    records: list[RequestRecord] = []
    clock = [0.0]

    async def server(_: httpx.Request) -> httpx.Response:
        clock[0] += 0.125
        if not records:
            raise httpx.ReadTimeout("x")
        return answer({}, headers={"x-request-id": f"req-7 \x1b[31m{SECRET}"})

    client = client_of(httpx.MockTransport(server), log=records.append, monotonic=lambda: clock[0])
    run(client, lambda client: client.send(READ))
    assert records == [
        RequestRecord("GET", "/v5/evaluations?limit=1", None, 125, None, 1, "timed_out"),
        RequestRecord("GET", "/v5/evaluations?limit=1", 200, 125, "req-7 [31m[key]", 2, None),
    ]


def test_a_cancelled_request_frees_its_place() -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(3600)
        return answer({})

    async def work(client: Client) -> None:
        first = asyncio.create_task(client.send(READ))
        second = asyncio.create_task(client.send(READ))
        await asyncio.sleep(0.01)
        first.cancel()
        second.cancel()
        ended = await asyncio.gather(first, second, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended)

    run(client_of(httpx.MockTransport(hang), parallelism=1), work)


# --- the machine's own settings, in a process of their own ------------------------------------------------------

_PROBE = """
import asyncio, sys
from sgpctl.api import request
from sgpctl.api.client import Client
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.errors import SgpctlError

async def no_wait(_): pass

async def main():
    try:
        connection = Connection(sys.argv[1], None, ApiKey("k", source="here"))
        async with Client(connection, sleep=no_wait) as client:
            print(await client.send(request.get("evaluations")))
    except SgpctlError as error:
        print(type(error).__name__, error.message, error.hint)

asyncio.run(main())
"""


async def probe(base_url: str, **variables: str) -> str:
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROBE, base_url, env={**clean, **variables}, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode()


def test_an_address_that_only_the_network_library_finds_wrong_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="not an address"):
        client_of(
            Script(answer({})),
            connection=Connection("https://example.com/" + "a" * 70_000, None, CONNECTION.api_key),
        )


def test_a_loopback_server_is_reached_past_any_proxy() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{"a": 1}')
        await writer.drain()
        writer.close()

    async def ask() -> str:
        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            nowhere = "http://127.0.0.1:1"
            return await probe(f"http://127.0.0.1:{port}", HTTP_PROXY=nowhere, ALL_PROXY=nowhere)

    assert asyncio.run(ask()) == "{'a': 1}\n"


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTPS_PROXY": "nonsense://someone:hunter2@proxy"},
        {"SSL_CERT_FILE": "/no/such/file.pem"},
    ],
)
def test_unusable_network_settings_are_a_settings_error(variables: dict[str, str]) -> None:
    said = asyncio.run(probe("https://api.example.com", **variables))
    assert said.startswith("SettingsError the network settings of this machine cannot be used")
    assert "HTTPS_PROXY" in said
    assert "hunter2" not in said
