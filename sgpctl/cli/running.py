"""Asynchronous work, run to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

_Result = TypeVar("_Result")


def run_to_end(work: Coroutine[object, object, _Result]) -> _Result:
    """What `work` returns. `asyncio.run` would, at its end, put that into words twice, whole, and throw them away."""
    results: list[_Result] = []

    async def keep() -> None:
        results.append(await work)

    asyncio.run(keep())
    return results[0]
