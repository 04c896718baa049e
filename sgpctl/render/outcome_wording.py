"""The sentences about an apply that its text and its Markdown share, all from what became of each change."""

from __future__ import annotations

from sgpctl.apply.outcome import Outcome, Status
from sgpctl.plan.plan import Change, Cost
from sgpctl.render.counting import counted
from sgpctl.render.wording import address_of, done_text, started_text

SECTIONS = (
    (Status.UNCLEAR, "Unclear: sent, but no answer says whether it took effect"),
    (Status.FAILED, "Failed"),
    (Status.NOT_STARTED, "Not started"),
    (Status.MET, "Done by another apply"),
)
"""What did not simply end well, in the order in which a person should look at it."""
SKIPPED_TITLE = "Skipped"


def verdict_word(outcome: Outcome) -> str:
    """One word for the whole."""
    if outcome.interrupted:
        return "Interrupted"
    return "Incomplete" if outcome.failures else "Applied"


def done_sentence(outcome: Outcome) -> str:
    """How many changes ended in which way."""
    counts = {status: sum(result.status is status for result in outcome.results) for status in Status}
    troubles = [
        f"{counts[status]:,} {status.value}"
        for status in (Status.UNCLEAR, Status.FAILED, Status.NOT_STARTED)
        if counts[status]
    ]
    if counts[Status.MET]:
        troubles.append(f"{counts[Status.MET]:,} done by another apply")
    if outcome.skipped:
        troubles.append(f"{len(outcome.skipped):,} skipped")
    return f"{'; '.join([done_text(outcome.summary), *troubles])}."


def verified_sentence(outcome: Outcome) -> str:
    if outcome.unverified is not None:
        return f"Not verified: {outcome.unverified.rstrip('.')}."
    if outcome.left is None:
        return "Not read back."
    if outcome.left.is_empty:
        return "Read back and true."
    return f"Read back: {counted(len(outcome.left.changes), 'change')} still to do."


def started_words(outcome: Outcome) -> str | None:
    """What was started, as far as that is known; None when it was nothing."""
    may_have_started = any(
        result.status is Status.UNCLEAR and result.change.action.starts_a_run and not result.started
        for result in outcome.results
    )
    if outcome.cost == Cost() and not may_have_started:
        return None
    return f"{started_text(outcome.cost)}{', not counting what is unclear' if may_have_started else ''}"


def folded_words(outcome: Outcome) -> str:
    return (
        f"archived {counted(len(outcome.folded), 'duplicate')}, made because an answer was lost and the create "
        "was sent again; what they started before is not counted here"
    )


def left_beside_failures(outcome: Outcome) -> list[Change]:
    """What the closing plan would still do, without the changes that are told of as failed or skipped already."""
    if outcome.left is None:
        return []
    shown = {address_of(result.change) for result in outcome.failures}
    shown |= {address_of(one.now) for one in outcome.skipped if one.now is not None}
    return [change for change in outcome.left.changes if address_of(change) not in shown]


def left_title(outcome: Outcome) -> str:
    count = len(outcome.left.changes) if outcome.left is not None else 0
    repeated = count - len(left_beside_failures(outcome))
    title = f"Still to do: {counted(count, 'change')}"
    return f"{title}, {repeated:,} of them shown above" if repeated else title


def next_step(outcome: Outcome) -> str:
    if any(result.status is Status.UNCLEAR for result in outcome.results):
        return (
            "Run `sgpctl plan` for this environment before anything else: it looks for what was sent, "
            "so that no run is started and paid for twice."
        )
    is_left = outcome.left is not None and not outcome.left.is_empty
    if outcome.skipped and is_left:
        return "Make and review a new plan for what is left; what is done already will not be done twice."
    if outcome.skipped and outcome.left is not None and not outcome.failures:
        return "What was skipped needs nothing any more."
    if is_left:
        return "Run `sgpctl apply` for this environment again to do what is left; what is done already will not be done twice."
    return "Run `sgpctl plan` for this environment to see what is left."
