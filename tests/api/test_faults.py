from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import httpcore
import httpx
import pytest

from sgpctl.api import request as requests
from sgpctl.api.client import Client
from sgpctl.api.faults import TRANSPORT_ERRORS, fault_of
from sgpctl.api.retry import FaultKind
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.errors import ApiError, NotReached, SgpctlError, Unclear
from tests.api.servers import SECRET, Chunks, Script, failure_of

READ = requests.get("evaluations")
WRITE = requests.write("POST", "evaluations", body={"name": "a"})


def httpx_errors() -> list[type[Exception]]:
    """Every exception class that httpx names in public."""
    public = (getattr(httpx, name) for name in httpx.__all__)
    return [one for one in public if isinstance(one, type) and issubclass(one, Exception)]


def made(error_type: type[Exception]) -> Exception:
    """An instance, whatever the class wants to be given."""
    if issubclass(error_type, httpx.HTTPStatusError):
        request = httpx.Request("GET", "https://api.example.com")
        return error_type("lower words", request=request, response=httpx.Response(500, request=request))
    with contextlib.suppress(TypeError):
        return error_type("lower words")
    return error_type()


def test_every_error_class_of_httpx_is_known_here() -> None:
    assert len(httpx_errors()) > 20
    assert [one for one in httpx_errors() if not issubclass(one, TRANSPORT_ERRORS)] == []


@pytest.mark.parametrize("error_type", httpx_errors())
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_no_error_of_httpx_leaves_the_client(error_type: type[Exception], request_: requests.Request) -> None:
    error = failure_of(Script(made(error_type)), request_)
    assert "lower words" not in error.message


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), ConnectionResetError(), ssl.SSLError("x"), TimeoutError()]
)
def test_a_socket_error_that_httpx_let_through_is_a_broken_connection(error: Exception) -> None:
    assert fault_of(error).kind is FaultKind.BROKEN
    assert isinstance(failure_of(Script(error), WRITE), Unclear)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectTimeout("x"), FaultKind.NOT_CONNECTED),
        (httpx.PoolTimeout("x"), FaultKind.NOT_CONNECTED),
        (httpx.ProxyError("x"), FaultKind.NOT_CONNECTED),
        (httpx.ReadTimeout("x"), FaultKind.TIMED_OUT),
        (httpx.WriteTimeout("x"), FaultKind.TIMED_OUT),
        (httpx.ReadError("x"), FaultKind.BROKEN),
        (httpx.WriteError("x"), FaultKind.BROKEN),
        (httpx.CloseError("x"), FaultKind.BROKEN),
        (httpx.RemoteProtocolError("x"), FaultKind.BROKEN),
        (httpx.LocalProtocolError("x"), FaultKind.BROKEN),
        (httpx.UnsupportedProtocol("x"), FaultKind.BROKEN),
        (httpx.InvalidURL("x"), FaultKind.UNREADABLE),
        (httpx.DecodingError("x"), FaultKind.UNREADABLE),
    ],
)
def test_each_error_has_its_kind(error: Exception, kind: FaultKind) -> None:
    assert fault_of(error).kind is kind


def test_an_answer_that_breaks_off_is_a_fault_of_the_connection() -> None:
    broken = httpx.MockTransport(
        lambda _: httpx.Response(200, stream=Chunks(b'{"items"', error=httpx.ReadError("reset")))
    )
    assert isinstance(failure_of(broken, READ), NotReached)
    assert isinstance(failure_of(broken, WRITE), Unclear)


# --- real sockets ------------------------------------------------------------------------------------------------


Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def server(speak: Speak) -> AsyncIterator[int]:
    """A server of one's own words on a free port, closed at the end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await speak(reader, writer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await listening.wait_closed()


def connection_to(base_url: str) -> Connection:
    return Connection(base_url, "acct_1", ApiKey(SECRET, source="SGP_API_KEY"))


def failure_at(base_url: str, request: requests.Request) -> SgpctlError:
    async def ask() -> SgpctlError:
        return await failing_call(base_url, request)

    return asyncio.run(ask())


async def failing_call(base_url: str, request: requests.Request) -> SgpctlError:
    async def no_wait(_: float) -> None: ...

    async with Client(connection_to(base_url), sleep=no_wait) as client:
        try:
            await client.send(request)
        except ApiError as error:
            return error
    raise AssertionError("it was answered")


def failure_from(words: bytes, request: requests.Request) -> SgpctlError:
    """The error when a server reads the request and then says `words` and hangs up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(words)
        await writer.drain()

    async def ask() -> SgpctlError:
        async with server(speak) as port:
            return await failing_call(f"http://127.0.0.1:{port}", request)

    return asyncio.run(ask())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_refused_connection_names_the_host() -> None:
    port = free_port()
    error = failure_at(f"http://127.0.0.1:{port}", WRITE)
    assert isinstance(error, NotReached)
    assert error.message == f"127.0.0.1:{port} cannot be reached: the connection was refused (tried 6 times)"


def test_a_host_that_does_not_exist_is_named_after_a_few_tries() -> None:
    error = httpx.ConnectError("x")
    error.__context__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    failure = failure_of(Script(error), READ)
    assert isinstance(failure, NotReached)
    assert failure.message == "api.example.com cannot be reached: the host name is not known (tried 3 times)"


def test_a_server_without_tls_is_told_apart() -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def ask() -> SgpctlError:
        async with server(speak) as port:
            return await failing_call(f"https://127.0.0.1:{port}", READ)

    error = asyncio.run(ask())
    assert isinstance(error, NotReached)
    assert "does not answer with TLS" in error.message


def test_an_untrusted_certificate_is_final_and_says_what_to_do() -> None:
    lower = ssl.SSLCertVerificationError("x")
    lower.verify_message = "self-signed certificate"
    error = httpx.ConnectError("x")
    error.__cause__ = httpcore.ConnectError()
    error.__cause__.__cause__ = lower
    transport = Script(error)
    failure = failure_of(transport, READ)
    assert "self-signed certificate" in failure.message
    assert "SSL_CERT_FILE" in (failure.hint or "")
    assert len(transport.requests) == 1


def test_a_failure_below_a_group_of_failures_is_found() -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = ExceptionGroup("all", [OSError(), ConnectionRefusedError()])
    assert "refused" in fault_of(error).words


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"\x00\x01garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    ],
)
def test_a_server_that_does_not_speak_http_to_the_end_leaves_a_write_unclear(words: bytes) -> None:
    assert isinstance(failure_from(words, WRITE), Unclear)
    assert isinstance(failure_from(words, READ), NotReached)
