"""What became of a plan: one result per change, and what is left. Totals come from here, never from the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sgpctl.errors import ExitCode
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Cost, Plan
from sgpctl.plan.staleness import Skipped


class Status(StrEnum):
    """How one change ended."""

    DONE = "done"
    MET = "met"  # what another apply started meanwhile stands for it
    FAILED = "failed"  # refused or given up; remote is as before, or as `message` says
    UNCLEAR = "unclear"  # sent, and nobody can say whether it took effect
    NOT_STARTED = "not started"  # interrupted, or something it needed failed


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """The end of one change. `remote_id` is the evaluation that now stands for the name, if any.

    `started` says that a run was started (and paid for), whatever happened afterwards. `nonce` is that of a create of
    which nobody can tell whether it took effect.
    """

    change: Change
    status: Status
    remote_id: str | None = None
    message: str | None = None
    started: bool = False
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an apply did. `left` is the plan that is still to be done by the closing verification; None when the
    verification itself was not possible (`unverified` says why). `folded` are ids of duplicates that were archived at
    the end because they carried one nonce. `skipped` are the changes that nobody began, because they are not what was
    reviewed.
    """

    results: tuple[ChangeResult, ...] = ()
    left: Plan | None = None
    unverified: str | None = None
    folded: tuple[str, ...] = ()
    interrupted: bool = False
    skipped: tuple[Skipped, ...] = ()

    @property
    def summary(self) -> Mapping[Action, int]:
        """Changes done, by action."""
        counts = dict.fromkeys(Action, 0)
        for result in self.results:
            if result.status is Status.DONE:
                counts[result.change.action] += 1
        return counts

    @property
    def cost(self) -> Cost:
        """What was really started."""
        return sum((result.change.cost for result in self.results if result.started), Cost())

    @property
    def failures(self) -> tuple[ChangeResult, ...]:
        return tuple(result for result in self.results if result.status not in {Status.DONE, Status.MET})

    @property
    def exit_code(self) -> ExitCode:
        """0 only when everything was done, read back and found true."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.skipped and not self.results:
            return ExitCode.REFUSED
        is_left = self.left is not None and not self.left.is_empty
        if self.failures or self.skipped or self.unverified is not None or is_left:
            return ExitCode.PARTIAL
        return ExitCode.OK
