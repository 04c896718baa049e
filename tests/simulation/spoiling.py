"""Answers that are not what the platform gave: cut, slow, of another time, or from somebody else altogether."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx

PROXY_SECRET = "session-of-the-proxy"
"""A header value that no output may repeat."""

_PIECES = 30
_PAUSE_SECONDS_MAX = 55.0  # below every read timeout: only the sum is too long
_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class SlowBody(httpx.AsyncByteStream):
    """A body in pieces, with a pause before each; with `stalls`, the last piece never comes."""

    def __init__(self, body: bytes, pause_seconds: float, *, stalls: bool = False) -> None:
        self.body = body
        self._pause_seconds = pause_seconds
        self._stalls = stalls

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = max(1, len(self.body) // _PIECES)
        for start in range(0, len(self.body), size):
            await asyncio.sleep(self._pause_seconds)
            if self._stalls and start + size >= len(self.body):
                raise httpx.ReadTimeout("timeout")
            yield self.body[start : start + size]


def whole_body(response: httpx.Response) -> bytes:
    """What the answer will have said when it is over."""
    return response.stream.body if isinstance(response.stream, SlowBody) else response.content


def slow(whole: httpx.Response, random: Random) -> httpx.Response:
    body = SlowBody(whole.content, random.uniform(0.0, _PAUSE_SECONDS_MAX))
    return httpx.Response(whole.status_code, headers=_plain(whole), stream=body)


def stalled(whole: httpx.Response, random: Random) -> httpx.Response:
    body = SlowBody(whole.content, random.choice((0.0, 2.0)), stalls=True)
    return httpx.Response(whole.status_code, headers=_plain(whole), stream=body)


def truncated(whole: httpx.Response, random: Random) -> httpx.Response:
    cut = random.randrange(max(1, len(whole.content)))
    return httpx.Response(whole.status_code, headers=_plain(whole), content=whole.content[:cut])


def error(status: int, key: str, random: Random) -> httpx.Response:
    """An error; some repeat the key that they were sent, as careless proxies do, and some say when to come back."""
    kind, said = random.choice(
        (
            ("application/json", '{"detail":"try later"}'),
            ("application/json", f'{{"detail":"bad key {key}"}}'),
            ("application/json", ""),
            ("text/html", _HTML),
        )
    )
    headers = {"content-type": kind, "set-cookie": PROXY_SECRET}
    waits = random.choice(
        (
            {},
            {"retry-after": "2"},
            {"retry-after-ms": "700"},
            {"retry-after": "Mon, 23 Nov 2026 00:00:09 GMT", "date": "Mon, 23 Nov 2026 00:00:05 GMT"},
        )
    )
    return httpx.Response(status, headers={**headers, **waits}, content=said)


def garbage(key: str, random: Random) -> httpx.Response:
    said = random.choice(
        ("<html><body>Sign in</body></html>", "", "[]", "{}", "null", '{"id":', "\x00\xff", f"Bad key {key}")
    )
    return httpx.Response(200, headers={"set-cookie": PROXY_SECRET}, content=said)


def with_wrong_total(whole: httpx.Response, random: Random) -> httpx.Response:
    page = _page(whole)
    if page is None:
        return whole
    return httpx.Response(200, json={**page, "total": max(0, page["total"] + random.choice((-1, 1, 1000)))})


def without_items(whole: httpx.Response) -> httpx.Response:
    """The page counts what it does not show."""
    page = _page(whole)
    return whole if page is None else httpx.Response(200, json={**page, "items": [], "has_more": False})


def of_before(whole: httpx.Response, since: str) -> httpx.Response:
    """The page of a copy that does not know yet what was created after `since`."""
    page = _page(whole)
    if page is None:
        return whole
    known = [item for item in page["items"] if str(item.get("created_at", "")) <= since]
    hidden = len(page["items"]) - len(known)
    shorter = {"items": known, "total": page["total"] - hidden, "has_more": page["has_more"] and not hidden}
    return httpx.Response(200, json={**page, **shorter})


def _page(whole: httpx.Response) -> dict[str, Any] | None:
    try:
        page = json.loads(whole.content)
    except ValueError:
        return None
    is_page = isinstance(page, dict) and isinstance(page.get("total"), int) and "items" in page
    return page if is_page else None


def _plain(whole: httpx.Response) -> dict[str, str]:
    return {"content-type": whole.headers.get("content-type", "")}
