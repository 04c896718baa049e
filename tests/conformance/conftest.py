"""The official SDK in its strict mode, talking HTTP to a sandbox on the loopback."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from scale_gp_beta import DefaultHttpxClient, SGPClient

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import FaultPlan
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import open_store
from tests.sandbox.clock import Clock

RUN_SECONDS = 10.0

_accounts = itertools.count(1)


@dataclass(frozen=True)
class Sandbox:
    base_url: str
    clock: Clock
    faults: FaultPlan

    def client(self, account: str, api_key: str = "key", *, strict: bool = True) -> SGPClient:
        return SGPClient(
            api_key=api_key,
            account_id=account,
            base_url=f"{self.base_url}/public",
            max_retries=0,
            http_client=DefaultHttpxClient(trust_env=False, verify=False),
            _strict_response_validation=strict,
        )

    def finish_runs(self) -> None:
        self.clock.advance(RUN_SECONDS)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    clock, faults = Clock(), FaultPlan()
    store = open_store(None, now=clock)
    knobs = Knobs(run_seconds=RUN_SECONDS, api_keys=frozenset({"key"}))
    with served(create_app(store, knobs, faults=faults)) as base_url:
        yield Sandbox(base_url, clock, faults)
    store.close()


@pytest.fixture
def account() -> str:
    """An account that no other test uses."""
    return f"account-{next(_accounts)}"


@pytest.fixture
def client(sandbox: Sandbox, account: str) -> Iterator[SGPClient]:
    with sandbox.client(account) as client:
        yield client


@pytest.fixture
def lenient_client(sandbox: Sandbox, account: str) -> Iterator[SGPClient]:
    """For evaluations with metadata: SDK 0.7.0 in strict mode takes null as their only value.

    Its `Evaluation` has a field called `object`, which hides the type of that name in `Dict[str, object]`.
    """
    with sandbox.client(account, strict=False) as client:
        yield client
