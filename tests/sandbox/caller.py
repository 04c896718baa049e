"""One client of a sandbox in this process, without sockets and without the SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
from starlette.types import ASGIApp

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store
from sgpctl.sandbox.transport import sandbox_transport

INSTANT = Knobs(run_seconds=0)


class Caller:
    def __init__(self, app: ASGIApp, *, account: str | None = "acct", key: str | None = "key") -> None:
        self._app = app
        self._headers = {"x-selected-account-id": account, "x-api-key": key}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def one_request() -> httpx.Response:
            headers = {name: value for name, value in self._headers.items() if value is not None}
            transport = sandbox_transport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://sandbox", headers=headers
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(one_request())

    def get(self, path: str, **query: object) -> Any:
        return self._decoded(self.send("GET", path, params=query))

    def post(self, path: str, body: object) -> Any:
        return self._decoded(self.send("POST", path, json=body))

    def patch(self, path: str, body: object) -> Any:
        return self._decoded(self.send("PATCH", path, json=body))

    def delete(self, path: str) -> Any:
        return self._decoded(self.send("DELETE", path))

    def create(self, name: str = "run", **body: object) -> Any:
        return self.post("/v5/evaluations", {"name": name, "data": [{"q": "a"}]} | body)

    def names(self, path: str = "/v5/evaluations", **query: object) -> list[str]:
        return [item["name"] for item in self.get(path, **query)["items"]]

    def found(self, *filters: tuple[str, str, str]) -> list[str]:
        conditions = [{"key": key, "operator": operator, "value": value} for key, operator, value in filters]
        return [
            item["name"] for item in self.post("/v5/evaluations/filter", {"filters": conditions})["items"]
        ]

    def items(self, evaluation: dict[str, Any]) -> list[dict[str, Any]]:
        page = self.get("/v5/evaluation-items", evaluation_id=evaluation["id"])
        return list(page["items"])

    def pages(self, path: str, **query: object) -> Iterator[list[Any]]:
        """All pages, as a client walks them forwards."""
        page = self.get(path, **query)
        yield page["items"]
        while page["has_more"]:
            page = self.get(path, **query, starting_after=page["items"][-1]["id"])
            yield page["items"]

    @staticmethod
    def _decoded(response: httpx.Response) -> Any:
        assert response.status_code == 200, response.text
        return response.json()


def caller_of(store: Store, knobs: Knobs = INSTANT) -> Caller:
    return Caller(create_app(store, knobs))


def metric(
    alias: str | None = None, candidate: str = "item.q", reference: str = "item.q"
) -> dict[str, object]:
    """The cheapest task that executes."""
    task: dict[str, object] = {
        "task_type": "metric",
        "configuration": {"type": "f1", "candidate": candidate, "reference": reference},
    }
    return task if alias is None else task | {"alias": alias}
