"""A served sandbox in the place of a project's `prod`, sound or with faults."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Fault, FaultPlan
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import open_store
from tests.cli.conftest import edit


@contextmanager
def platform(project: Path, *faults: Fault, knobs: Knobs | None = None) -> Iterator[str]:
    """A served sandbox, with `prod` of `project` pointing at it."""
    store = open_store(None)
    try:
        with served(create_app(store, knobs or Knobs(run_seconds=0), faults=FaultPlan(*faults))) as base_url:
            edit(project / "sgpctl.yaml", "target: production", f"base_url: {base_url}\n    account_id: acct")
            yield base_url
    finally:
        store.close()
