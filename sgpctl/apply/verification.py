"""The closing look: is the remote side now what was declared? Exit code 0 rests on this, not on answered calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sgpctl.apply.driver import Driver
from sgpctl.apply.outcome import ChangeResult, Status
from sgpctl.apply.protocol import archive
from sgpctl.errors import ApiError, LocalStateError
from sgpctl.limits import VERIFY_PAUSES_SECONDS
from sgpctl.plan.plan import Plan
from sgpctl.plan.staleness import Skipped


@dataclass(frozen=True, slots=True)
class Verification:
    """What the closing look found: the plan that is left, or why nobody could look."""

    left: Plan | None
    unverified: str | None
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """`is_listed`: lists show everything that the plan rests on, so that another machine would make the same one."""

    plan: Plan
    is_listed: bool


async def verify(
    read_plan: Callable[[], Awaitable[ClosingPlan]],
    driver: Driver,
    results: Sequence[ChangeResult],
    skipped: Sequence[Skipped] = (),
) -> Verification:
    """Plan again until all is done that this apply should have done, and lists show it, or the settling time is over.

    Two evaluations that carry one nonce are folded into one on the way: the other was made by the same create. An archive
    of one whose answer was lost counts once it is gone. What was skipped is left as it is.
    """
    left_out = {one.now.address for one in skipped if one.now is not None}
    expected = {result.change.name for result in results if result.status is not Status.DONE}
    folded: set[str] = set()
    unclear: set[str] = set()
    left: Plan | None = None
    unverified: str | None = None
    for pause in VERIFY_PAUSES_SECONDS:
        if pause:
            await driver.sleep(pause)
        try:
            closing, unverified = await read_plan(), None
        except (ApiError, LocalStateError) as error:
            unverified = error.message
            continue
        left = closing.plan
        if left.gap is not None:
            unverified = left.gap
            continue
        ours = [change for change in left.changes if change.address not in left_out]
        duplicates = [change for change in ours if change.is_duplicate]
        folded |= unclear - {change.remote_id for change in duplicates}
        for change in duplicates:
            if change.remote_id is not None:
                result = await driver.run(archive(change))
                if result.status is Status.DONE:
                    folded.add(change.remote_id)
                elif result.status is Status.UNCLEAR:
                    unclear.add(change.remote_id)
        is_done = {change.name for change in ours} <= expected
        if is_done and closing.is_listed and not duplicates:
            break
    return Verification(None if unverified else left, unverified, tuple(sorted(folded)))
