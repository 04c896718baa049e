"""`python -m tests.benchmarks.floors yaml|json|wire|creates ...`: what nobody who does the same work can go below.

    yaml FOLDER      the bytes of all manifests, read and taken through PyYAML's C parser to the last event
    json URL         json.loads over the pages that a plan of no changes reads; only the loads are timed
    wire URL         the requests of a plan of no changes through bare httpx, one after another as their cursors
                     demand; only from the sending to the last byte of each is timed
    creates URL      POSTs of the manifests' own bodies through bare httpx, so many at once; bodies are made before

Each prints one JSON object. Its `seconds` are of that work alone: neither the interpreter's start nor imports, and no
opening of files but those it is about.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.benchmarks.projects import ENVIRONMENT, PROJECT, write_project
from tests.benchmarks.serving import ACCOUNT, KEY

_LISTING = {
    "tags": f"sgpctl:{PROJECT}:{ENVIRONMENT}",
    "include_archived": "false",
    "views": "tasks",
    "limit": "1000",
}
_COUNTING = {"limit": "1"}
_SECONDS_MAX = 300.0

Figures = dict[str, Any]


def yaml_floor(folder: Path) -> Figures:
    parser_of = vars(yaml.cyaml)["CParser"]
    paths = sorted((folder / "evals").rglob("*.yaml"))
    size = events = 0
    began = time.perf_counter()
    for path in paths:
        data = path.read_bytes()
        size += len(data)
        parser = parser_of(data)
        while parser.get_event() is not None:
            events += 1
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "files": len(paths), "bytes": size, "events": events}


async def wire_floor(url: str) -> Figures:
    pages, seconds = await _read_pages(url)
    return {"seconds": seconds, "requests": len(pages), "bytes": sum(map(len, pages))}


async def json_floor(url: str) -> Figures:
    pages, _ = await _read_pages(url)
    items = 0
    seconds = 0.0
    for page in pages:
        began = time.perf_counter()
        envelope = json.loads(page)
        seconds += time.perf_counter() - began
        items += len(envelope["items"])
    return {"seconds": seconds, "pages": len(pages), "bytes": sum(map(len, pages)), "items": items}


async def _read_pages(url: str) -> tuple[list[bytes], float]:
    """The bodies of all answers, and the seconds between asking and having them."""
    bodies: list[bytes] = []
    seconds = 0.0
    async with _client(url, connections=1) as client:
        for query in _queries(bodies):
            began = time.perf_counter()
            answer = await client.get("/v5/evaluations", params=query)
            seconds += time.perf_counter() - began
            answer.raise_for_status()
            bodies.append(answer.content)
    return bodies, seconds


def _queries(bodies: list[bytes]) -> Iterator[dict[str, str]]:
    """Page after page, then the count of the account; whoever asks adds each answer to `bodies`."""
    query = _LISTING
    while True:
        yield query
        page = json.loads(bodies[-1])
        if not page["has_more"]:
            break
        query = {**_LISTING, "starting_after": page["items"][-1]["id"]}
    yield _COUNTING


async def creates_floor(url: str, count: int, parallelism: int) -> Figures:
    bodies = _create_bodies(count)
    waiting = iter(bodies)
    async with _client(url, connections=parallelism) as client:

        async def send() -> None:
            for body in waiting:
                answer = await client.post("/v5/evaluations", content=body)
                answer.raise_for_status()

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(parallelism):
                group.create_task(send())
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "requests": count, "bytes": sum(map(len, bodies)), "parallelism": parallelism}


def _create_bodies(count: int) -> list[bytes]:
    """What the official SDK's script sends for a project of so many."""
    from tests.benchmarks.sdk_script import load_manifests

    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder), count)
        documents = load_manifests(Path(folder))
    return [json.dumps(one, separators=(",", ":")).encode() for one in documents]


def _client(url: str, *, connections: int) -> httpx.AsyncClient:
    headers = {"x-api-key": KEY, "x-selected-account-id": ACCOUNT, "content-type": "application/json"}
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=_SECONDS_MAX)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.floors", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("yaml").add_argument("folder", type=Path)
    for kind in ("json", "wire"):
        kinds.add_parser(kind).add_argument("url")
    creates = kinds.add_parser("creates")
    creates.add_argument("url")
    creates.add_argument("--count", type=int, default=1000)
    creates.add_argument("--parallelism", type=int, default=16)
    options = parser.parse_args(arguments)
    sys.stdout.write(json.dumps({"floor": options.kind, **_figures(options)}) + "\n")


def _figures(options: argparse.Namespace) -> Figures:
    if options.kind == "yaml":
        return yaml_floor(options.folder)
    if options.kind == "json":
        return asyncio.run(json_floor(options.url))
    if options.kind == "wire":
        return asyncio.run(wire_floor(options.url))
    return asyncio.run(creates_floor(options.url, options.count, options.parallelism))


if __name__ == "__main__":
    main(sys.argv[1:])
