"""In what order changes are made: what is free first, what spends next, what takes away last."""

from __future__ import annotations

from enum import IntEnum

from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Plan


class Phase(IntEnum):
    """One phase ends before the next begins; the changes within one do not depend on each other."""

    FREE = 1
    SPENDING = 2
    REMOVING = 3


def phase_of(action: Action) -> Phase:
    match action:
        case Action.RESTORE | Action.RENAME | Action.UPDATE | Action.ADOPT:
            return Phase.FREE
        case Action.CREATE | Action.REPLACE:
            return Phase.SPENDING
        case Action.ARCHIVE:
            return Phase.REMOVING


def phases(plan: Plan) -> tuple[tuple[Change, ...], ...]:
    """The plan's changes by phase, each in the plan's own order; empty phases are left out."""
    ordered = (
        tuple(change for change in plan.changes if phase_of(change.action) is phase) for phase in Phase
    )
    return tuple(changes for changes in ordered if changes)
