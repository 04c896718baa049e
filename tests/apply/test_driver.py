"""What the driver sees to by itself: how long an answer took, which no protocol can know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgpctl.apply.driver import Driver
from sgpctl.apply.journal import Journal
from sgpctl.apply.writes import read
from sgpctl.limits import LOOK_SECONDS_MAX, LOOKS_MAX
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from tests.plan.sides import created, declare


@dataclass
class _Slow:
    """Each answer takes the next of `answers_take` seconds; the last one of them ever after."""

    answers_take: Sequence[float]
    seconds: float = 0.0
    shown: list[RemoteEvaluation] = field(default_factory=list)

    async def get(self, remote_id: str, /) -> RemoteEvaluation | None:
        takes = self.answers_take[min(len(self.shown), len(self.answers_take) - 1)]
        self.shown.append(created(declare(description=f"at {self.seconds}"), remote_id))
        self.seconds += takes
        return self.shown[-1]

    async def find(self, key: str, value: str, /, *, tag: str | None) -> tuple[RemoteEvaluation, ...]:
        raise NotImplementedError

    async def create(
        self, body: Mapping[str, Json], /, *, unless: Callable[[], str | None]
    ) -> RemoteEvaluation:
        raise NotImplementedError

    async def patch(self, remote_id: str, body: Mapping[str, Json], /) -> RemoteEvaluation | None:
        raise NotImplementedError

    async def restore(self, remote_id: str, /) -> RemoteEvaluation | None:
        raise NotImplementedError

    async def archive(self, remote_id: str, /) -> RemoteEvaluation | None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("answers_take", "looks"),
    [
        ([LOOK_SECONDS_MAX], 1),
        ([LOOK_SECONDS_MAX + 1, 0.0], 2),
        ([LOOK_SECONDS_MAX + 1], LOOKS_MAX),
    ],
)
def test_what_an_answer_that_took_long_shows_is_looked_at_again(
    tmp_path: Path, answers_take: Sequence[float], looks: int
) -> None:
    platform = _Slow(answers_take)
    begun = datetime(2026, 11, 23, tzinfo=UTC)
    journal = Journal(
        tmp_path / "journal",
        "target",
        lambda: begun + timedelta(seconds=platform.seconds),
        lambda: platform.seconds,
    )
    seen = asyncio.run(Driver(platform, journal).run(read("id-1")))
    assert (seen, len(platform.shown)) == (platform.shown[-1], looks)
