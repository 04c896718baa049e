"""A small, honest platform in memory, for counting how often it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import httpx

from sgpctl.model.located import Json
from tests.api.servers import answer, page

Fields = dict[str, Any]
Keep = Callable[[Fields], bool]


class Platform(httpx.AsyncBaseTransport):
    """Evaluations, their items and taxonomies, and datasets by their number of rows."""

    def __init__(self, *evaluations: Fields) -> None:
        self.evaluations = list(evaluations)
        self.items: dict[str, list[Fields]] = {}
        self.taxonomies: dict[str, Json] = {}
        self.datasets: dict[str, int] = {}
        self.asked: list[str] = []

    def asked_for(self, part: str) -> list[str]:
        return [line for line in self.asked if part in line]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(unquote(f"{request.method} {request.url.raw_path.decode()}"))
        query = dict(request.url.params)
        match [request.method, *request.url.path.split("/")[2:]]:
            case ["GET", "evaluations"]:
                return self._page(self.evaluations, query, _listed(query))
            case ["POST", "evaluations", "filter"]:
                return self._page(self.evaluations, query, _filtered(json.loads(request.content), query))
            case ["GET", "evaluations", evaluation_id]:
                found = [one for one in self.evaluations if one["id"] == evaluation_id]
                return answer(found[0]) if found else answer({"detail": "not found"}, status=404)
            case ["GET", "evaluations", evaluation_id, "taxonomy"]:
                taxonomy = self.taxonomies.get(evaluation_id)
                return answer(taxonomy) if taxonomy else answer({"detail": "no taxonomy"}, status=404)
            case ["GET", "evaluation-items"]:
                return self._page(self.items.get(query["evaluation_id"], []), query, lambda _: True)
            case ["GET", "dataset-items"]:
                rows = self.datasets.get(query["dataset_id"])
                items: list[Fields] = [{"id": f"row-{number}"} for number in range(rows or 0)]
                missing = answer({"detail": "no such dataset"}, status=404)
                return missing if rows is None else self._page(items, query, lambda _: True)
            case _:
                raise AssertionError(f"nobody answers {self.asked[-1]}")

    def _page(self, everything: list[Fields], query: Mapping[str, str], keep: Keep) -> httpx.Response:
        kept = [one for one in everything if keep(one)]
        ids = [one["id"] for one in kept]
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        end = start + int(query["limit"])
        return answer(page(kept[start:end], has_more=end < len(kept), total=len(kept)))


def _listed(query: Mapping[str, str]) -> Keep:
    archived_too = query.get("include_archived") == "true"
    name, tags = query.get("name", "").lower(), query.get("tags", "")
    return lambda one: (
        (archived_too or not one.get("archived_at"))
        and name in one["name"].lower()
        and (not tags or tags in (one.get("tags") or []))
    )


def _filtered(body: Fields, query: Mapping[str, str]) -> Keep:
    archived_too = query.get("include_archived") == "true"
    return lambda one: (
        (archived_too or not one.get("archived_at"))
        and all((one.get("metadata") or {}).get(each["key"]) == each["value"] for each in body["filters"])
    )
