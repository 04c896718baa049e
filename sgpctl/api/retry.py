"""What follows from one try of a request: the table that decides between taking, trying again and giving up.

    what came                                   a read            a write
    2xx                                         answered          answered
    429                                         again, together   again, together; it was not carried out
    no connection, unknown host                 again             again; it was never sent
    certificate refused                         not reached       not reached
    503 with Retry-After                        again, together   unclear, after the wait
    408, 409, other 5xx but 501                 again             unclear
    timeout, broken connection                  again             unclear
    answer too large, too slow, undecodable     bad answer        unclear
    other 4xx                                   rejected          rejected
    3xx, 501                                    bad answer        unclear

After the last try, `again` becomes not reached where nothing was answered or the answer was 429, else bad answer.
`x-should-retry` (API 1.5) is ignored: it would let a proxy decide that a create is sent twice.
Everything here is pure. Header names are in lower case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from sgpctl import limits
from sgpctl.api.request import Effect


class Verdict(Enum):
    ANSWERED = auto()
    AGAIN = auto()
    NOT_REACHED = auto()
    REJECTED = auto()
    UNCLEAR = auto()
    BAD_ANSWER = auto()


class FaultKind(Enum):
    """How a try ended without a complete answer."""

    NOT_CONNECTED = auto()
    UNKNOWN_HOST = auto()
    NOT_TRUSTED = auto()
    TIMED_OUT = auto()
    BROKEN = auto()
    UNREADABLE = auto()
    TOO_LARGE = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do next. `wait_seconds` comes before it; `together` makes all requests of the client wait."""

    verdict: Verdict
    wait_seconds: float = 0.0
    together: bool = False


_TRANSIENT = frozenset({408, 409, *range(500, 600)} - {501})
_NEVER_SENT = frozenset({FaultKind.NOT_CONNECTED, FaultKind.UNKNOWN_HOST, FaultKind.NOT_TRUSTED})


def after_answer(
    effect: Effect,
    status: int,
    headers: Mapping[str, str],
    try_number: int,
    *,
    random: Callable[[], float],
    now: float,
) -> Decision:
    """The row of the table for an answer with `status`. `now` is in Unix seconds, `try_number` counts from 1."""
    if 200 <= status < 300:
        return Decision(Verdict.ANSWERED)
    asked = asked_wait_seconds(headers, now)
    wait = asked if asked is not None else backoff_seconds(try_number, random)
    is_last = try_number >= limits.TRIES_MAX
    if status == 429:
        return Decision(Verdict.NOT_REACHED) if is_last else Decision(Verdict.AGAIN, wait, together=True)
    is_pause = status == 503 and asked is not None
    if effect is Effect.READ:
        if status in _TRANSIENT and not is_last:
            return Decision(Verdict.AGAIN, wait, together=is_pause)
        return Decision(Verdict.REJECTED if _is_refusal(status) else Verdict.BAD_ANSWER)
    if _is_refusal(status):
        return Decision(Verdict.REJECTED)
    return Decision(Verdict.UNCLEAR, wait, together=True) if is_pause else Decision(Verdict.UNCLEAR)


def after_fault(effect: Effect, fault: FaultKind, try_number: int, random: Callable[[], float]) -> Decision:
    """The row of the table for a try that brought no complete answer."""
    if fault in _NEVER_SENT:
        if try_number < _tries_max(fault):
            return Decision(Verdict.AGAIN, backoff_seconds(try_number, random))
        return Decision(Verdict.NOT_REACHED)
    if effect is Effect.WRITE:
        return Decision(Verdict.UNCLEAR)
    if fault in {FaultKind.UNREADABLE, FaultKind.TOO_LARGE}:
        return Decision(Verdict.BAD_ANSWER)
    if try_number < limits.TRIES_MAX:
        return Decision(Verdict.AGAIN, backoff_seconds(try_number, random))
    return Decision(Verdict.NOT_REACHED)


def backoff_seconds(try_number: int, random: Callable[[], float]) -> float:
    """Doubles with each try up to the limit; `random` takes away up to half, so that clients do not march in step."""
    # The exponent is bounded so that no try number overflows.
    full: float = min(
        limits.BACKOFF_FIRST_SECONDS * 2.0 ** min(try_number - 1, 30), limits.BACKOFF_SECONDS_MAX
    )
    return full * (1.0 - random() / 2.0)


def asked_wait_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """The wait that the server asks for, bounded; None when it asks for none, or for nonsense.

    `retry-after-ms` comes before `retry-after`, which is seconds or an HTTP date (API 1.5). A date is measured against
    the server's own `Date` where it sent one, because clocks differ.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is None:
        then, sent = _unix_seconds(text), _unix_seconds(headers.get("date"))
        seconds = None if then is None else then - (now if sent is None else sent)
    return None if seconds is None else _bounded(seconds)


def _is_refusal(status: int) -> bool:
    return 400 <= status < 500 and status not in _TRANSIENT


def _tries_max(fault: FaultKind) -> int:
    match fault:
        case FaultKind.NOT_CONNECTED:
            return limits.TRIES_MAX
        case FaultKind.UNKNOWN_HOST:
            return limits.RESOLVE_TRIES_MAX
        case _:
            return 1


def _bounded(seconds: float) -> float | None:
    return min(seconds, limits.RETRY_AFTER_SECONDS_MAX) if seconds > 0 else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None


def _unix_seconds(http_date: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date) if http_date else None
    except (ValueError, OverflowError, IndexError):
        return None
    if moment is None:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
