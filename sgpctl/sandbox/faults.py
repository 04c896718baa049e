"""Faults that a test plants: which request goes wrong, and how. Steered while the sandbox runs.

    Answer      a fixed answer, before the request has any effect or after it had all of it
    Truncated   the right answer, cut short
    Endless     pages that never end: every page is the first one and promises more
    TotalOff    a page whose `total` is wrong

Connections that break are not faults of this kind; a transport in front of the sandbox does that.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sgpctl.sandbox.calls import Reply
from sgpctl.sandbox.wire import json_text

_PAGE_CURSORS = frozenset({"starting_after", "ending_before"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A fixed answer. `after_effect` True carries the request out first and then loses its real answer."""

    status: int
    text: str = '{"detail":"[simulated] fault"}'
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    after_effect: bool = False


@dataclass(frozen=True, slots=True)
class Truncated:
    """The first `characters` of the right answer."""

    characters: int


@dataclass(frozen=True, slots=True)
class Endless:
    """Cursors are ignored and `has_more` is true; with `fresh_ids` every page looks new."""

    fresh_ids: bool = False


@dataclass(frozen=True, slots=True)
class TotalOff:
    """`total` is `by` too many; negative is too few."""

    by: int


Effect: TypeAlias = Answer | Truncated | Endless | TotalOff


@dataclass(frozen=True, slots=True)
class Fault:
    """Where an effect strikes: from the `nth` request on that fits, `times` times (None: for ever).

    `method` is a method or `*`. `path` starts at `/v5`; `*` in it stands for one segment or a part of one.
    """

    effect: Effect
    method: str = "*"
    path: str = "*"
    nth: int = 1
    times: int | None = 1

    def fits(self, method: str, path: str) -> bool:
        if self.method not in ("*", method):
            return False
        pattern = "[^/]*".join(re.escape(part) for part in self.path.split("*"))
        return self.path == "*" or re.fullmatch(pattern, path) is not None


def html_page(status: int = 502) -> Answer:
    """What a proxy answers when it cannot reach the platform."""
    text = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
    return Answer(status, text, content_type="text/html")


def not_json(*, after_effect: bool = False) -> Answer:
    """A success that is not JSON, as a login page or a captive portal gives."""
    return Answer(200, "Please sign in.", content_type="text/plain", after_effect=after_effect)


def lost_answer(status: int = 504) -> Answer:
    """The request takes effect, and the answer says nothing of it."""
    return Answer(status, after_effect=True)


def too_many_requests(retry_after: str = "1") -> Answer:
    return Answer(429, headers={"retry-after": retry_after})


class FaultPlan:
    """The faults of one app. Safe to change from another thread than the one that serves."""

    def __init__(self, *faults: Fault) -> None:
        self._lock = threading.Lock()
        self._seen: list[tuple[Fault, int]] = [(fault, 0) for fault in faults]

    def add(self, *faults: Fault) -> None:
        """More faults; each counts the requests from now on."""
        with self._lock:
            self._seen += [(fault, 0) for fault in faults]

    def clear(self) -> None:
        with self._lock:
            self._seen = []

    def effect_on(self, method: str, path: str) -> Effect | None:
        """What happens to this request: the effect of the first fault whose turn it is. All faults count it."""
        struck: Effect | None = None
        with self._lock:
            for index, (fault, seen) in enumerate(self._seen):
                if not fault.fits(method, path):
                    continue
                self._seen[index] = (fault, seen + 1)
                turn = seen + 1 - fault.nth
                if struck is None and turn >= 0 and (fault.times is None or turn < fault.times):
                    struck = fault.effect
        return struck


def query_under(effect: Effect | None, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The query parameters that the request is carried out with."""
    if isinstance(effect, Endless):
        return [(name, value) for name, value in pairs if name not in _PAGE_CURSORS]
    return pairs


def reply_under(effect: Effect | None, reply: Reply, serial: int) -> Reply:
    """What the client gets instead of `reply`. `serial` is another number for every request."""
    match effect:
        case None:
            return reply
        case Answer():
            return Reply(effect.text, effect.status, effect.headers, effect.content_type)
        case Truncated():
            return Reply(reply.text[: effect.characters], reply.status)
        case Endless() | TotalOff():
            page = json.loads(reply.text)
            if "items" not in page:
                return reply
            return Reply(json_text(_distorted(effect, page, serial)), reply.status)


def _distorted(effect: Endless | TotalOff, page: dict[str, object], serial: int) -> dict[str, object]:
    if isinstance(effect, TotalOff):
        total = page["total"]
        return page | {"total": (total if isinstance(total, int) else 0) + effect.by}
    items = page["items"]
    if effect.fresh_ids and isinstance(items, list):
        items = [item | {"id": f"{item['id']}-{serial}"} for item in items]
    return page | {"items": items, "has_more": True}
