from __future__ import annotations

from collections.abc import Iterator

import pytest

from sgpctl.sandbox.store import Store, open_store
from tests.sandbox.caller import Caller, caller_of
from tests.sandbox.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[Store]:
    store = open_store(None, now=clock)
    yield store
    store.close()


@pytest.fixture
def caller(store: Store) -> Caller:
    """A client of a sandbox whose runs are finished at once."""
    return caller_of(store)
