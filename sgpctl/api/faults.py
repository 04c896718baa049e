"""Every way in which a try can end without an answer, in our words: the map from httpx's errors to ours."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from sgpctl import limits
from sgpctl.api.retry import FaultKind


@dataclass(frozen=True, slots=True)
class Fault:
    """A try without a complete answer. `words` follow a host or a request: "the connection was refused"."""

    kind: FaultKind
    words: str


TRANSPORT_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpx.CookieConflict,
    OSError,
    UnicodeError,
)
"""Everything that sending a request and reading its answer may raise, a custom transport's socket errors included."""

_KINDS: tuple[tuple[type[Exception], FaultKind, str], ...] = (
    (httpx.ConnectTimeout, FaultKind.NOT_CONNECTED, f"no connection within {limits.CONNECT_SECONDS_MAX:g} s"),
    (httpx.PoolTimeout, FaultKind.NOT_CONNECTED, "no connection became free in time"),
    (httpx.ConnectError, FaultKind.NOT_CONNECTED, "no connection could be made"),
    (httpx.ProxyError, FaultKind.NOT_CONNECTED, "the proxy did not let the connection through"),
    # Our own addresses are checked before; httpx reads the address of a redirect even when it does not follow.
    (httpx.InvalidURL, FaultKind.UNREADABLE, "the answer redirected to a malformed address"),
    (httpx.TimeoutException, FaultKind.TIMED_OUT, "the answer did not come in time"),
    (httpx.DecodingError, FaultKind.UNREADABLE, "the answer could not be decompressed"),
    (httpx.ProtocolError, FaultKind.BROKEN, "the connection broke off before the answer was complete"),
    (httpx.NetworkError, FaultKind.BROKEN, "the connection broke off before the answer was complete"),
)


def fault_of(error: Exception) -> Fault:
    """`error`, one of TRANSPORT_ERRORS, as a fault; what is not known may have been sent, and counts as broken."""
    for error_type, kind, words in _KINDS:
        if isinstance(error, error_type):
            is_connecting = isinstance(error, httpx.ConnectError)
            return _why_not_connected(error) if is_connecting else Fault(kind, words)
    return Fault(FaultKind.BROKEN, f"the connection failed ({type(error).__name__})")


def _why_not_connected(error: Exception) -> Fault:
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                reason = cause.verify_message or "it is not trusted"
                return Fault(FaultKind.NOT_TRUSTED, f"its TLS certificate was not accepted: {reason}")
            case ssl.SSLError():
                return Fault(FaultKind.NOT_CONNECTED, "it does not answer with TLS; is it plain http?")
            case socket.gaierror():
                return Fault(FaultKind.UNKNOWN_HOST, "the host name is not known")
            case ConnectionRefusedError():
                return Fault(FaultKind.NOT_CONNECTED, "the connection was refused")
            case _:
                pass
    return Fault(FaultKind.NOT_CONNECTED, "no connection could be made")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and everything below it; asyncio tries several addresses of a host and groups their failures."""
    pending, seen = [error], set[int]()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            pending.extend(one.exceptions)
        pending.extend(below for below in (one.__context__, one.__cause__) if below is not None)
