"""The words of the network's errors: what was asked, what came instead, what to do. Never the key, never a whole page."""

from __future__ import annotations

import html
import json
import re
from math import ceil
from urllib.parse import urlsplit

from sgpctl import limits
from sgpctl.api.answer import Answer, TooLargeAnswer, UnreadableAnswer, parse_json
from sgpctl.api.faults import Fault
from sgpctl.api.request import Effect, Request
from sgpctl.api.retry import FaultKind, Verdict
from sgpctl.api.settings import ACCOUNT_VARIABLE, Connection
from sgpctl.errors import ApiError, BadAnswer, NotReached, Rejected, TooLarge, Unclear
from sgpctl.model.located import Json

_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title", re.IGNORECASE)
_VALIDATION_ERRORS_SHOWN_MAX = 5
_BYTES_LOOKED_AT_MAX = 64 * 1024  # so much that no key is cut in two before it is taken out


def failure(
    verdict: Verdict, request: Request, outcome: Answer | Fault, connection: Connection, tries: int
) -> ApiError:
    """The error for a request that ended with `verdict` after `tries`."""
    if isinstance(outcome, Fault):
        return _fault_error(verdict, request, outcome, connection, tries)
    message, hint = _answer_words(verdict, request, outcome, connection, tries)
    error_type = _error_type(verdict, request, outcome)
    return error_type(message, request=request.label, status=outcome.status, hint=hint)


def waiting(request: Request, outcome: Answer | Fault, connection: Connection, wait_seconds: float) -> str:
    """Why `request` is sent again, after so many seconds."""
    match outcome:
        case Fault(FaultKind.NOT_CONNECTED | FaultKind.UNKNOWN_HOST):
            why = f"{connection.host} cannot be reached: {outcome.words}"
        case Fault():
            why = f"{request.label} brought no answer from {connection.host}: {outcome.words}"
        case Answer(429):
            why = f"{connection.host} wants fewer requests (429)"
        case _:
            why = f"{request.label} failed ({outcome.status})"
    return f"{why}. Trying again in {ceil(wait_seconds)} s."


def unreadable(request: Request, answer: Answer, why: UnreadableAnswer, connection: Connection) -> ApiError:
    """The error for an answer that came with 2xx and cannot be used."""
    if answer.is_html:
        message = f"{request.label} was answered ({answer.status}) with {_page_words(answer, connection)}"
        hint = _page_hint(connection)
    else:
        message = f"{request.label} was answered ({answer.status}), but the answer {why}{_sample(answer, connection)}"
        hint = f"is {connection.host} the platform's API, or does something between change its answers?"
    return _misread(request, message, answer.status, hint, is_too_large=isinstance(why, TooLargeAnswer))


def misshapen(request: Request, problem: str) -> ApiError:
    """The error for JSON that is not what this request is answered with."""
    return _misread(
        request,
        f"{request.label} was answered with something else than expected: {_clean(problem)}",
        None,
        "is base_url the address of an SGP deployment with the v5 API?",
    )


def _server_words(answer: Answer, connection: Connection) -> str:
    """What the other side says, on one line, cut to length, without the key; empty when it says nothing."""
    if answer.is_html:
        return _page_words(answer, connection)
    try:
        text = _said(parse_json(answer.body))
    except UnreadableAnswer:
        text = answer.body[:_BYTES_LOOKED_AT_MAX].decode("utf-8", "replace")
    return one_line(text, connection)


def _misread(
    request: Request, message: str, status: int | None, hint: str, *, is_too_large: bool = False
) -> ApiError:
    if request.effect is Effect.WRITE:
        message = f"{message}; whether it took effect is not known"
        return Unclear(message, request=request.label, status=status, hint=hint)
    error_type = TooLarge if is_too_large else BadAnswer
    return error_type(message, request=request.label, status=status, hint=hint)


def _error_type(verdict: Verdict, request: Request, answer: Answer) -> type[ApiError]:
    match verdict:
        case Verdict.REJECTED:
            # A page is no refusal by the API: a 404 out of a proxy does not mean that the evaluation is gone.
            is_foreign = request.effect is Effect.READ and answer.is_html
            return BadAnswer if is_foreign else Rejected
        case Verdict.UNCLEAR:
            return Unclear
        case Verdict.NOT_REACHED:
            return NotReached
        case _:
            return BadAnswer


def _fault_error(
    verdict: Verdict, request: Request, fault: Fault, connection: Connection, tries: int
) -> ApiError:
    after = f" (tried {tries} times)" if tries > 1 else ""
    host = connection.host
    match verdict:
        case Verdict.UNCLEAR:
            message = (
                f"{request.label} was sent to {host}, but {fault.words}; whether it took effect is not known"
            )
            return Unclear(message, request=request.label)
        case Verdict.NOT_REACHED if fault.kind in {FaultKind.TIMED_OUT, FaultKind.BROKEN}:
            message = f"{request.label} brought no answer from {host}: {fault.words}{after}"
            return NotReached(message, request=request.label, hint="try again later")
        case Verdict.NOT_REACHED:
            message = f"{host} cannot be reached: {fault.words}{after}"
            return NotReached(message, request=request.label, hint=_connection_hint(fault.kind))
        case _:
            error_type = TooLarge if fault.kind is FaultKind.TOO_LARGE else BadAnswer
            return error_type(
                f"{request.label} was answered by {host}, but {fault.words}", request=request.label
            )


def _connection_hint(kind: FaultKind) -> str:
    if kind is FaultKind.NOT_TRUSTED:
        return (
            "if a proxy of your network inspects TLS, name its certificate file in the variable SSL_CERT_FILE"
        )
    return "check base_url of the environment, the network, and the HTTPS_PROXY and NO_PROXY variables"


def _answer_words(
    verdict: Verdict, request: Request, answer: Answer, connection: Connection, tries: int
) -> tuple[str, str | None]:
    said = _server_words(answer, connection)
    tail = f": {said}" if said else ""
    after = f" {tries} times" if tries > 1 else ""
    hint = _page_hint(connection) if answer.is_html else _hint(answer.status, connection)
    match verdict:
        case Verdict.REJECTED if answer.is_html:
            return f"{request.label} was answered ({answer.status}) with {said}", hint
        case Verdict.REJECTED:
            return f"{request.label} was refused ({answer.status}){tail}", hint
        case Verdict.NOT_REACHED:
            return f"{request.label} was put off{after} ({answer.status}){tail}", hint
        case Verdict.UNCLEAR:
            unknown = "whether it took effect is not known"
            return f"{request.label} was answered ({answer.status}), and {unknown}{tail}", hint
        case _ if 300 <= answer.status < 400:
            return _redirect_words(request, answer, connection)
        case _:
            return f"{request.label} failed{after} ({answer.status}){tail}", hint


def _redirect_words(request: Request, answer: Answer, connection: Connection) -> tuple[str, str]:
    try:
        elsewhere = urlsplit(answer.headers.get("location", "")).hostname
    except ValueError:
        elsewhere = None
    to = one_line(elsewhere, connection) if elsewhere else "another address"
    return (
        f"{request.label} was redirected by {connection.host} to {to} ({answer.status}), where the key is not sent",
        "write the platform's own address as base_url of the environment; a login page means a proxy before it",
    )


def _hint(status: int, connection: Connection) -> str | None:
    account = connection.account_id
    match status:
        case 401:
            return f"the key comes from {connection.api_key.source}; is it valid for {connection.host}?"
        case 403 if account is None:
            return f"no account is selected: set account_id in the environment, or {ACCOUNT_VARIABLE}"
        case 403:
            return f"the key's role in account {account} must allow this (admin, manager or editor)"
        case 404:
            return f"is {connection.base_url} the right address, and does the account own what was asked for?"
        case 405 | 422:
            return "an older deployment may not know every field; the message names the one that it refuses"
        case 413:
            return "the rows are too many for one request; put them into a dataset and name it by dataset_id"
        case 429:
            return "try again later, or with a lower --parallelism"
        case _ if status >= 500:
            return "the platform or a proxy before it has a fault; try again later"
        case _:
            return None


def _page_words(answer: Answer, connection: Connection) -> str:
    start = answer.body[:_BYTES_LOOKED_AT_MAX].decode("utf-8", "replace")
    found = _TITLE.search(start)
    title = _cut(one_line(html.unescape(found.group(1)), connection)) if found else ""
    return f'an HTML page, not the API ("{title}")' if title else "an HTML page, not the API"


def _page_hint(connection: Connection) -> str:
    return f"is a proxy or a login page in front of {connection.host}?"


def _sample(answer: Answer, connection: Connection) -> str:
    start = _cut(one_line(answer.body[:_BYTES_LOOKED_AT_MAX].decode("utf-8", "replace"), connection))
    return f": {start!r}" if start else ""


def _said(body: Json) -> str:
    """The part of an error body that is meant for people: FastAPI's shapes first, then common others (API 1.6)."""
    match body:
        case str():
            return body
        case {"detail": str() as detail}:
            return detail
        case {"detail": list() as problems} if problems:
            return _validation_words(problems)
        case {"detail": dict() as inner} | {"error": dict() as inner}:
            return _said(inner)
        case {"message": str() as text} | {"error": str() as text} | {"msg": str() as text}:
            return text
        case None:
            return ""
        case _:
            return json.dumps(body, ensure_ascii=False)


def _validation_words(problems: list[Json]) -> str:
    """FastAPI's list of problems as `body.tasks.0.alias: message`."""
    words = []
    for problem in problems[:_VALIDATION_ERRORS_SHOWN_MAX]:
        match problem:
            case {"loc": list() as loc, "msg": str() as message}:
                words.append(f"{'.'.join(str(step) for step in loc)}: {message}")
            case _:
                words.append(_said(problem))
    more = len(problems) - len(words)
    return "; ".join(words) + (f"; and {more} more" if more > 0 else "")


def one_line(text: str, connection: Connection) -> str:
    """`text` from outside as one printable line of bounded length, without the key."""
    return _clean(connection.api_key.taken_out_of(text))


def _clean(text: str) -> str:
    """One line of printable letters, cut to length."""
    # Line breaks, terminal controls, direction marks and lone surrogates become spaces.
    spaced = "".join(
        letter if letter.isprintable() else " " for letter in text[: 8 * limits.SERVER_WORDS_CHARS_MAX]
    )
    line = " ".join(spaced.split())
    return _cut(line, limits.SERVER_WORDS_CHARS_MAX)


def _cut(line: str, chars_max: int = 80) -> str:
    return line if len(line) <= chars_max else f"{line[:chars_max].rstrip()}..."
