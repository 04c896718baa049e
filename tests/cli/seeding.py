"""What somebody made on the platform before there were manifests: bodies sent straight to a project's sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport

ACCOUNT = "sandbox"  # that of the embedded sandbox
PROJECT = """\
version: 1
project: brought
environments:
  sandbox: {target: sandbox}
"""

Object = dict[str, Any]


class Seeding:
    """A project without manifests, and the sandbox that its environment stands for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".sgpctl").mkdir()
        (folder / "sgpctl.yaml").write_text(PROJECT)

    def create(self, body: Mapping[str, object], **knobs: Any) -> Object:
        """Create an evaluation; its run is over at once unless a knob says otherwise."""
        return self.send("POST", "evaluations", body, **{"run_seconds": 0, **knobs})

    def archive(self, evaluation: Mapping[str, object]) -> None:
        self.send("DELETE", f"evaluations/{evaluation['id']}")

    def send(self, method: str, path: str, body: object = None, **knobs: Any) -> Object:
        return sent(self.folder, method, path, body, **knobs)

    def billed(self) -> int:
        """How many creates the sandbox has charged for."""
        store = open_store(self.folder / ".sgpctl/sandbox.db")
        try:
            return len(store.ledger())
        finally:
            store.close()

    def written(self) -> set[str]:
        """Every file of the project but its own, relative to it."""
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {file.as_posix() for file in files if file.parts[0] != ".sgpctl"} - {"sgpctl.yaml"}

    def text(self, file: str) -> str:
        return (self.folder / file).read_bytes().decode()


def sent(project: Path, method: str, path: str, body: object = None, **knobs: Any) -> Object:
    """What the sandbox of `project` answers to somebody who does not use sgpctl."""

    async def work() -> httpx.Response:
        transport = sandbox_transport(create_app(store, Knobs(**knobs)))
        headers = {"x-api-key": "any", "x-selected-account-id": ACCOUNT}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sandbox", headers=headers
        ) as client:
            return await client.request(method, f"/v5/{path}", json=body)

    store = open_store(project / ".sgpctl/sandbox.db")
    try:
        answer = asyncio.run(work())
    finally:
        store.close()
    assert answer.status_code == 200, answer.text
    found: Object = answer.json()
    return found
