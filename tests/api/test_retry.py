from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl import limits
from sgpctl.api.request import Effect
from sgpctl.api.retry import (
    Decision,
    FaultKind,
    Verdict,
    after_answer,
    after_fault,
    asked_wait_seconds,
    backoff_seconds,
)

READ, WRITE = Effect.READ, Effect.WRITE
LAST = limits.TRIES_MAX
NOON = "Wed, 21 Oct 2026 12:00:00 GMT"
HALF_A_MINUTE_LATER = "Wed, 21 Oct 2026 12:00:30 GMT"


def answered(effect: Effect, status: int, *, try_number: int = 1, **headers: str) -> Decision:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return after_answer(effect, status, named, try_number, random=lambda: 0.0, now=0.0)


def failed(effect: Effect, fault: FaultKind, *, try_number: int = 1) -> Decision:
    return after_fault(effect, fault, try_number, random=lambda: 0.0)


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_any_2xx_is_an_answer(effect: Effect, status: int) -> None:
    assert answered(effect, status).verdict is Verdict.ANSWERED


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 504, 520])
def test_a_read_is_tried_again_until_the_last_try(status: int) -> None:
    assert answered(READ, status) == Decision(Verdict.AGAIN, 0.5)
    assert answered(READ, status, try_number=LAST).verdict is Verdict.BAD_ANSWER


@pytest.mark.parametrize("status", [408, 409, 500, 501, 502, 503, 504, 301, 303, 307])
def test_a_write_is_never_sent_again_after_an_answer_that_leaves_doubt(status: int) -> None:
    assert answered(WRITE, status) == Decision(Verdict.UNCLEAR)


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 418, 422, 451])
def test_other_refusals_are_final_at_once(effect: Effect, status: int) -> None:
    assert answered(effect, status) == Decision(Verdict.REJECTED)


@pytest.mark.parametrize("effect", Effect)
def test_a_429_was_not_carried_out_so_even_a_write_goes_again_after_a_common_wait(effect: Effect) -> None:
    assert answered(effect, 429, retry_after="7") == Decision(Verdict.AGAIN, 7.0, together=True)
    assert answered(effect, 429) == Decision(Verdict.AGAIN, 0.5, together=True)
    assert answered(effect, 429, try_number=LAST).verdict is Verdict.NOT_REACHED


def test_a_503_that_names_a_wait_makes_all_requests_wait() -> None:
    assert answered(READ, 503, retry_after="9") == Decision(Verdict.AGAIN, 9.0, together=True)
    assert answered(WRITE, 503, retry_after="9") == Decision(Verdict.UNCLEAR, 9.0, together=True)


def test_a_redirect_and_a_501_are_no_answer_to_a_read() -> None:
    assert answered(READ, 302).verdict is Verdict.BAD_ANSWER
    assert answered(READ, 501).verdict is Verdict.BAD_ANSWER


@pytest.mark.parametrize("effect", Effect)
def test_the_servers_own_view_on_retries_is_ignored(effect: Effect) -> None:
    assert answered(effect, 400, x_should_retry="true") == answered(effect, 400)
    assert answered(effect, 500, x_should_retry="true") == answered(effect, 500)
    assert answered(effect, 500, x_should_retry="false") == answered(effect, 500)


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (FaultKind.NOT_CONNECTED, limits.TRIES_MAX),
        (FaultKind.UNKNOWN_HOST, limits.RESOLVE_TRIES_MAX),
        (FaultKind.NOT_TRUSTED, 1),
    ],
)
def test_what_was_never_sent_may_be_sent_again_by_writes_too(
    effect: Effect, fault: FaultKind, tries: int
) -> None:
    verdicts = [failed(effect, fault, try_number=number).verdict for number in range(1, tries + 1)]
    assert verdicts == [Verdict.AGAIN] * (tries - 1) + [Verdict.NOT_REACHED]


@pytest.mark.parametrize("fault", [FaultKind.TIMED_OUT, FaultKind.BROKEN])
def test_a_lost_answer_is_asked_for_again_only_by_reads(fault: FaultKind) -> None:
    assert failed(READ, fault).verdict is Verdict.AGAIN
    assert failed(READ, fault, try_number=LAST).verdict is Verdict.NOT_REACHED
    assert failed(WRITE, fault) == Decision(Verdict.UNCLEAR)


def test_an_unreadable_answer_is_final() -> None:
    assert failed(READ, FaultKind.UNREADABLE).verdict is Verdict.BAD_ANSWER
    assert failed(WRITE, FaultKind.UNREADABLE).verdict is Verdict.UNCLEAR


@given(
    st.one_of(st.integers(200, 599), st.sampled_from(FaultKind)),
    st.integers(1, limits.TRIES_MAX),
    st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "date", "x-should-retry"]), st.text()),
)
def test_a_write_goes_again_only_when_it_provably_did_nothing(
    end: int | FaultKind, try_number: int, headers: dict[str, str]
) -> None:
    proof = {429, FaultKind.NOT_CONNECTED, FaultKind.UNKNOWN_HOST}
    if isinstance(end, FaultKind):
        decision = failed(WRITE, end, try_number=try_number)
    else:
        decision = after_answer(WRITE, end, headers, try_number, random=lambda: 0.0, now=0.0)
    assert decision.verdict is not Verdict.AGAIN or end in proof


@given(st.sampled_from(Effect), st.one_of(st.integers(200, 599), st.sampled_from(FaultKind)))
def test_every_request_ends_after_the_last_try(effect: Effect, end: int | FaultKind) -> None:
    if isinstance(end, FaultKind):
        decision = failed(effect, end, try_number=LAST)
    else:
        decision = answered(effect, end, try_number=LAST)
    assert decision.verdict is not Verdict.AGAIN


def test_the_wait_doubles_up_to_its_limit() -> None:
    waits = [backoff_seconds(number, lambda: 0.0) for number in range(1, 8)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_chance_takes_away_up_to_half_of_a_wait(try_number: int, chance: float) -> None:
    whole = backoff_seconds(try_number, lambda: 0.0)
    assert whole / 2 <= backoff_seconds(try_number, lambda: chance) <= whole <= limits.BACKOFF_SECONDS_MAX


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": HALF_A_MINUTE_LATER, "date": NOON}, 30.0),
        ({"retry-after": NOON, "date": HALF_A_MINUTE_LATER}, None),
        ({"retry-after": "86400"}, limits.RETRY_AFTER_SECONDS_MAX),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Wed, 99 Oct 2026 12:00:00 GMT"}, None),
    ],
)
def test_the_wait_that_the_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait_seconds(headers, now=0.0) == seconds


def test_a_date_is_measured_against_our_clock_where_the_server_names_none() -> None:
    noon = 1_792_584_000.0
    assert asked_wait_seconds({"retry-after": HALF_A_MINUTE_LATER}, now=noon) == 30.0


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "date"]), st.text()))
def test_no_header_breaks_or_exceeds_the_wait(headers: dict[str, str]) -> None:
    wait = asked_wait_seconds(headers, now=0.0)
    assert wait is None or 0 < wait <= limits.RETRY_AFTER_SECONDS_MAX
