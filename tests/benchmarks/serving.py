"""The platform of the benchmarks: the sandbox in a process of its own, with as many evaluations as are wanted."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from sgpctl.apply.body import create_body
from sgpctl.manifest.loader import load_or_raise
from sgpctl.manifest.project import choose_environment, read_project
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner, Provenance
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport

ACCOUNT = "acct_bench"
KEY = "the-benchmarks-need-no-key"
SGPCTL = Path(sys.executable).with_name("sgpctl")


def fill(database: Path, folder: Path) -> None:
    """Put on the platform what the project in `folder` declares, as an apply of it would have left it."""
    project = read_project(folder)
    environment = choose_environment(project, None)
    desired = load_or_raise(project, environment).desired
    asyncio.run(_create_all(database, desired, Owner(project.name, environment.name, None)))


async def _create_all(database: Path, desired: Sequence[DesiredEvaluation], owner: Owner) -> None:
    store = open_store(database)
    try:
        transport = sandbox_transport(create_app(store, Knobs(run_seconds=0)))
        headers = {"x-api-key": KEY, "x-selected-account-id": ACCOUNT}
        async with httpx.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as client:
            for number, one in enumerate(desired):
                body = create_body(one, owner, Provenance("0", "bench"), f"nonce-{number:08}")
                answer = await client.post("/v5/evaluations", json=body)
                answer.raise_for_status()
    finally:
        store.close()


@contextmanager
def serving(database: Path, *, latency_ms: int = 0) -> Iterator[str]:
    """The sandbox on `database`, behind a socket of this machine; the value is its address."""
    arguments = [
        "--port",
        "0",
        "--database",
        str(database),
        "--latency-ms",
        str(latency_ms),
        "--run-seconds",
        "0",
    ]
    process = subprocess.Popen(
        [str(SGPCTL), "sandbox", "serve", *arguments], stderr=subprocess.PIPE, text=True
    )
    try:
        yield _address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"http://[0-9.]+:[0-9]+", line)
        if found is not None:
            return found.group()
    raise RuntimeError("the sandbox did not start")


def surroundings(address: str = "") -> dict[str, str]:
    """The environment variables of a process that talks to the platform at `address`.

    Python may keep what it compiles, as it does where sgpctl is installed for use.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SGP", "GIT", "CI", "GITHUB")) and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "SGP_API_KEY": KEY, "SGP_CLIENT_BASE_URL": address, "NO_COLOR": "1"}
