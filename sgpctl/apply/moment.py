"""When something was written down, by two clocks: one may be set, the other starts anew with the machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Linux has two such clocks, of which the better known one stands still while the machine sleeps; elsewhere it does not.
_UP_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def up_seconds() -> float:
    """Seconds since the machine started, those included in which it slept."""
    return time.clock_gettime(_UP_CLOCK)


@dataclass(frozen=True, slots=True)
class Moment:
    """`monotonic` is in seconds since the machine started; None where it was not written down."""

    wall: datetime
    monotonic: float | None = None

    def seconds_until(self, later: Moment) -> float:
        """How much older this is than `later`; where the clocks disagree, the smaller age.

        What is taken for younger than it is costs a look too many. What is taken for older could cost a run.
        """
        by_wall = max(0.0, (later.wall - self.wall).total_seconds())
        if self.monotonic is None or later.monotonic is None or later.monotonic < self.monotonic:
            return by_wall
        return min(by_wall, later.monotonic - self.monotonic)


def moment_of(wall: object, monotonic: object) -> Moment:
    """The moment that a line tells; one that cannot be read is long ago, so that its create is still looked for."""
    seconds = monotonic if isinstance(monotonic, float) else None
    try:
        moment = datetime.fromisoformat(wall) if isinstance(wall, str) else LONG_AGO
    except ValueError:
        return Moment(LONG_AGO)
    return Moment(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC), seconds)
