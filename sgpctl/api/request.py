"""One request as a value: what is asked of the platform, and whether asking can change anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias
from urllib.parse import quote

from sgpctl import limits
from sgpctl.errors import Rejected
from sgpctl.model.located import Json

QueryValue: TypeAlias = "str | int | bool | Sequence[str] | None"
"""A query parameter: None is left out, a sequence is comma-joined (API 1.7)."""


class Effect(Enum):
    """What a request does to the platform, which decides what may be done when its answer is lost."""

    READ = auto()
    WRITE = auto()


@dataclass(frozen=True, slots=True)
class Request:
    """A request without host and headers. `path` begins with `/v5` and is percent-encoded, as is `query`.

    `unless` is asked before each try, after all waiting: a reason that it gives keeps the request from being sent.
    """

    method: str
    path: str
    effect: Effect
    query: str = ""
    body: bytes | None = None
    read_seconds: float = limits.READ_SECONDS_MAX
    unless: Callable[[], str | None] | None = None

    @property
    def label(self) -> str:
        """Method and path, as errors name it."""
        return f"{self.method} {self.path}"

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


def get(*segments: str, query: Mapping[str, QueryValue] | None = None) -> Request:
    return Request("GET", _path("GET", segments), Effect.READ, _query_text(query or {}))


def read_by_post(*segments: str, query: Mapping[str, QueryValue], body: Json) -> Request:
    """A POST that only asks, such as the filter endpoint (API 2.6)."""
    path = _path("POST", segments)
    return Request("POST", path, Effect.READ, _query_text(query), _body_bytes(f"POST {path}", body))


def write(
    method: str,
    *segments: str,
    body: Json = None,
    read_seconds: float = limits.READ_SECONDS_MAX,
    unless: Callable[[], str | None] | None = None,
) -> Request:
    """A request that changes something; without `body` none is sent."""
    path = _path(method, segments)
    text = None if body is None else _body_bytes(f"{method} {path}", body)
    return Request(method, path, Effect.WRITE, body=text, read_seconds=read_seconds, unless=unless)


def _path(method: str, segments: Sequence[str]) -> str:
    for segment in segments:
        # A proxy may decode `%2F` and climb, so an id with a slash in it is no id.
        if segment in {"", ".", ".."} or "/" in segment or "\\" in segment or not segment.isprintable():
            raise Rejected(
                f"{segment[:80]!r} cannot be the id of anything, so nothing was sent",
                request=f"{method} /v5/{segments[0]}",
            )
    return "/v5/" + "/".join(quote(segment, safe="") for segment in segments)


def _query_text(query: Mapping[str, QueryValue]) -> str:
    given = ((key, _query_value(value)) for key, value in query.items() if value is not None)
    return "&".join(
        f"{quote(key, safe='')}={quote(value, safe='', errors='replace')}" for key, value in given
    )


def _query_value(value: QueryValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case _:
            return ",".join(value)


def _body_bytes(label: str, body: Json) -> bytes:
    """Compact UTF-8 JSON (API 1.8); lone surrogates, which UTF-8 cannot carry, are sent escaped."""
    try:
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise Rejected(f"{label} was not sent: its body is not JSON ({error})", request=label) from error
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii")
