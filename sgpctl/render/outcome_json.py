"""What became of an apply, as the one JSON document of `apply --json`."""

from __future__ import annotations

from sgpctl.apply.outcome import Outcome, Status
from sgpctl.model.located import Json
from sgpctl.plan.plan import PlanHeader
from sgpctl.plan.saved import contents_document, cost_document, header_document


def outcome_document(outcome: Outcome, header: PlanHeader) -> dict[str, Json]:
    """Begins like a plan's document. Counts and cost are of what was done; `left` is what a new plan still finds.

    `skipped` are the changes that were not begun because they are not as reviewed; those of them that are still planned
    are in `left` too. `left` is null when nothing could be read back; `unverified` then says why.
    """
    left = outcome.left
    return {
        **header_document(header),
        "exit_code": int(outcome.exit_code),
        "interrupted": outcome.interrupted,
        "verified": left is not None and left.is_empty and outcome.unverified is None,
        "unverified": outcome.unverified,
        "summary": _summary(outcome),
        "cost": cost_document(outcome.cost),
        "results": [
            {
                "name": result.change.name,
                "action": result.change.action.value,
                "status": _status_key(result.status),
                "remote_id": result.remote_id,
                "started": result.started,
                "message": result.message,
            }
            for result in outcome.results
        ],
        "skipped": [
            {
                "name": one.change.name,
                "action": one.change.action.value,
                "remote_id": one.change.remote_id,
                "staleness": one.staleness.value,
                "action_now": None if one.now is None else one.now.action.value,
                "message": one.sentence,
            }
            for one in outcome.skipped
        ],
        "folded": [*outcome.folded],
        "left": None if left is None else contents_document(left, header.manifest_files),
    }


def _summary(outcome: Outcome) -> Json:
    """Changes done by action, then how many ended in each other way, then those that nobody began."""
    done: dict[str, Json] = {action.value: count for action, count in outcome.summary.items()}
    for status in Status:
        if status is not Status.DONE:
            done[_status_key(status)] = sum(result.status is status for result in outcome.results)
    return {**done, "skipped": len(outcome.skipped)}


def _status_key(status: Status) -> str:
    return status.value.replace(" ", "_")
