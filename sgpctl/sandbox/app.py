"""The ASGI app: every request goes through one door, which checks the key, opens a transaction and asks a handler."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sgpctl.sandbox import (
    dataset_items,
    datasets,
    evaluation_create,
    evaluation_groups,
    evaluation_items,
    evaluation_reads,
    evaluation_writes,
    questions,
)
from sgpctl.sandbox.bodies import decoded_body
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.faults import Answer, FaultPlan, query_under, reply_under
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.problems import NotAnswered, Problem
from sgpctl.sandbox.query import Query
from sgpctl.sandbox.store import Store
from sgpctl.sandbox.wire import json_object, json_text

DEFAULT_ACCOUNT = "default"
DATABASE_FAILED = "x-sandbox-database-failed"
"""The header of an answer that there is only because the database failed; it says why. Nothing was carried out."""

_ROOT = "/v5"
_ENDPOINTS: tuple[Endpoint, ...] = (
    *evaluation_reads.ENDPOINTS,
    *evaluation_create.ENDPOINTS,
    *evaluation_writes.ENDPOINTS,
    *evaluation_items.ENDPOINTS,
    *datasets.ENDPOINTS,
    *dataset_items.ENDPOINTS,
    *evaluation_groups.ENDPOINTS,
    *questions.ENDPOINTS,
)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request that was answered. `path` starts at `/v5`; `query` is as it came, without the question mark."""

    method: str
    path: str
    query: str
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class _Door:
    store: Store
    knobs: Knobs
    faults: FaultPlan
    on_request: Callable[[SeenRequest], None] | None
    serials: Iterator[int]

    async def enter(self, endpoint: Endpoint, request: Request) -> Response:
        body = await request.body()
        if self.knobs.latency_ms:
            await asyncio.sleep(self.knobs.latency_ms / 1000)
        path: str = request.scope["path"]
        effect = self.faults.effect_on(request.method, path)
        serial = next(self.serials)
        if isinstance(effect, Answer) and not effect.after_effect:
            reply = reply_under(effect, Reply(""), serial)
        else:
            query = Query(query_under(effect, request.query_params.multi_items()))
            reply = reply_under(effect, self._carried_out(endpoint, request, query, body), serial)
        if self.on_request is not None:
            self.on_request(SeenRequest(request.method, path, request.url.query, body, reply.status))
        return _response(reply)

    def _carried_out(self, endpoint: Endpoint, request: Request, query: Query, body: bytes) -> Reply:
        try:
            self._check_key(request)
            self._check_size(body)
            decoded = decoded_body(body)
            with self.store.transaction(writes=endpoint.writes) as db:
                return endpoint.handler(
                    Call(
                        db=db,
                        knobs=self.knobs,
                        account=request.headers.get("x-selected-account-id") or DEFAULT_ACCOUNT,
                        now=self.store.now(),
                        new_id=self.store.new_id,
                        path=request.path_params,
                        query=query,
                        body=decoded,
                    )
                )
        except Problem as problem:
            status = self.knobs.refusal_status if problem.status is None else problem.status
            return _detail(status, problem.detail)
        except RecursionError:
            return _detail(
                422, [{"loc": ["body"], "msg": "The body is nested too deeply", "type": "recursion"}]
            )
        except sqlite3.Error as error:
            return Reply(
                _detail(500, f"The sandbox database failed: {error}.").text,
                500,
                {DATABASE_FAILED: str(error)},
            )

    def _check_key(self, request: Request) -> None:
        key = request.headers.get("x-api-key")
        accepted = self.knobs.api_keys
        if not key or (accepted is not None and key not in accepted):
            raise NotAnswered(401, "The API key in x-api-key is missing or not accepted.")

    def _check_size(self, body: bytes) -> None:
        limit = self.knobs.body_bytes_max
        if limit is not None and len(body) > limit:
            raise NotAnswered(413, f"The body has more than {limit} bytes.")


class _WithoutPrefix:
    """Takes off whatever stands before `/v5`, as a gateway would (API 9.1)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            place = scope["path"].find(f"{_ROOT}/")
            if place > 0:
                scope = {**scope, "path": scope["path"][place:]}
        await self._app(scope, receive, send)


def create_app(
    store: Store,
    knobs: Knobs = Knobs(),  # noqa: B008 - a frozen value
    *,
    faults: FaultPlan | None = None,
    on_request: Callable[[SeenRequest], None] | None = None,
) -> Starlette:
    """SGP v5 on `store`. `faults` may be changed while the app runs; `on_request` hears of every answer."""
    door = _Door(store, knobs, faults or FaultPlan(), on_request, itertools.count(1))
    app = Starlette(
        routes=[_route(door, endpoint) for endpoint in _ENDPOINTS],
        exception_handlers={HTTPException: _not_routed, ClientDisconnect: _hung_up, Exception: _broken},
    )
    app.router.redirect_slashes = False
    app.add_middleware(_WithoutPrefix)
    return app


def _route(door: _Door, endpoint: Endpoint) -> Route:
    async def answer(request: Request) -> Response:
        return await door.enter(endpoint, request)

    return Route(endpoint.path, answer, methods=[endpoint.method])


async def _not_routed(_request: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (404, "")
    return _response(_detail(status, detail))


async def _hung_up(_request: Request, _error: Exception) -> Response:
    """The client went away before its request was here; this answer reaches nobody, and nothing was carried out."""
    return _response(_detail(400, "The request was not complete."))


async def _broken(_request: Request, _error: Exception) -> Response:
    return _response(_detail(500, "The sandbox has a bug here; this request was not carried out."))


def _detail(status: int, detail: object) -> Reply:
    return Reply(json_object(detail=json_text(detail)), status)


def _response(reply: Reply) -> Response:
    return Response(
        reply.text, status_code=reply.status, headers=dict(reply.headers), media_type=reply.content_type
    )
