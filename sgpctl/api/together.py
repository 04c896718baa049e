"""Several calls at once, of which the first failure ends the others and is raised as itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises the first error plainly, not wrapped in a group; the tasks still running are cancelled."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as failures:
        first = failures.exceptions[0]
        raise first from first.__cause__
