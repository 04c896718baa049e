"""What a reviewer must know of a plan before all else: what it starts, what it takes away, what it does for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sgpctl.plan.action import Action
from sgpctl.plan.plan import Plan
from sgpctl.render.counting import counted
from sgpctl.render.wording import spent_text

_FREE = (
    (Action.UPDATE, "updates"),
    (Action.RENAME, "renames"),
    (Action.RESTORE, "restores"),
    (Action.ADOPT, "adopts"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence or two in our own words and numbers only. `lead` is the beginning, which matters most."""

    lead: str
    rest: str


def verdict(plan: Plan) -> Verdict:
    lead, rest = _consequences(plan)
    if plan.refusals:
        refused = (
            f": `sgpctl apply` would not carry this plan out, for {counted(len(plan.refusals), 'reason')}."
        )
        return Verdict("Refused", refused if plan.is_empty else f"{refused} Carried out, it {lead}{rest}")
    if plan.is_empty:
        verb = "is" if plan.desired == 1 else "are"
        return Verdict("Nothing changes", f": {counted(plan.desired, 'evaluation')} {verb} as declared.")
    return Verdict(f"Merging this {lead}", rest)


def archived_text(plan: Plan) -> str:
    """`1 evaluation and 3 superseded runs`; `nothing`."""
    gone = plan.summary[Action.ARCHIVE.value]
    superseded = sum(len(change.archives) for change in plan.changes)
    parts = [counted(gone, "evaluation")] if gone else []
    if superseded:
        parts.append(counted(superseded, "superseded run"))
    return " and ".join(parts) or "nothing"


def _consequences(plan: Plan) -> tuple[str, str]:
    runs = sum(change.action.starts_a_run for change in plan.changes)
    spending = (
        (f"starts {counted(runs, 'run')}", f": {spent_text(plan.cost)}") if runs else ("starts no run", "")
    )
    counts = plan.summary
    free = [f"{word} {counts[action.value]:,}" for action, word in _FREE if counts[action.value]]
    for_nothing = f" At no cost it {_listed(free)}." if free else ""
    return spending[0], f"{spending[1]}; archives {archived_text(plan)}.{for_nothing}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
