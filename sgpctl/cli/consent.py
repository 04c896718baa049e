"""Between a plan and its execution: is it still the reviewed one, is it allowed, is it agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from sgpctl.cli.console import Console
from sgpctl.errors import RefusedError
from sgpctl.plan.plan import Plan
from sgpctl.plan.staleness import differences


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to on the command line: everything (`--yes`), a reviewed plan, or one digest (`--expect`)."""

    question: str
    is_given: bool = False
    reviewed: Plan | None = None
    reviewed_digest: str | None = None
    expected_digest: str | None = None


def check(plan: Plan, consent: Consent) -> None:
    """Raise RefusedError when `plan` is not the reviewed one, or when a safety rail stands against it."""
    _same_as_reviewed(plan, consent)
    if consent.expected_digest is not None and plan.digest != consent.expected_digest:
        raise RefusedError(
            f"the plan is {plan.digest}, and --expect says {consent.expected_digest}",
            hint="A manifest or the remote side changed since that plan. Review the new plan.",
        )
    if plan.refusals:
        raise RefusedError(
            "the plan is refused: " + "; ".join(refusal.message for refusal in plan.refusals),
            hint=" ".join(dict.fromkeys(refusal.hint for refusal in plan.refusals)),
        )


def agree(consent: Consent, console: Console) -> bool:
    """True when somebody agrees: already on the command line, or now when asked."""
    if consent.is_given or consent.reviewed is not None or consent.expected_digest is not None:
        return True
    return console.confirm(consent.question)


def _same_as_reviewed(plan: Plan, consent: Consent) -> None:
    if consent.reviewed is None or consent.reviewed_digest == plan.digest:
        return
    moved = differences(consent.reviewed, plan) or ("the saved plan's own digest does not fit what it holds",)
    raise RefusedError(
        "the saved plan is stale; nothing was changed\n" + "\n".join(f"  {line}" for line in moved),
        hint="Make and review a new plan.",
    )
