"""Settings of the whole test run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A loaded machine must not fail a law: no test asserts on wall-clock time.
settings.register_profile("sgpctl", deadline=None)
settings.load_profile("sgpctl")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One worker more than processors: a third of the suite's time is spent waiting for processes and leases."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) + 1
