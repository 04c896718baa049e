"""Between a plan and its execution: is it still the reviewed one, is it allowed, is it agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from sgpctl.errors import RefusedError
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.plan.saved import SavedPlan
from sgpctl.plan.staleness import differences


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to on the command line: everything (`--yes`), a reviewed plan, or one digest (`--expect`)."""

    question: str
    is_given: bool = False
    reviewed: SavedPlan | None = None
    expected_digest: str | None = None

    @property
    def is_given_already(self) -> bool:
        return self.is_given or self.reviewed is not None or self.expected_digest is not None


def check(plan: Plan, header: PlanHeader, consent: Consent) -> None:
    """Raise RefusedError when `plan` is not the reviewed one, or when a safety rail stands against it."""
    if consent.reviewed is not None:
        _same_target(header, consent.reviewed)
        _unmoved(consent.reviewed.plan, plan, "the saved plan is stale; nothing was changed")
    if consent.expected_digest is not None and plan.digest != consent.expected_digest:
        raise RefusedError(
            f"the plan is {plan.digest}, and --expect says {consent.expected_digest}",
            hint="A manifest, the remote side or the target changed since that plan. Review the new plan.",
        )
    if plan.refusals:
        raise RefusedError(
            "the plan is refused: " + "; ".join(refusal.message for refusal in plan.refusals),
            hint=" ".join(dict.fromkeys(refusal.hint for refusal in plan.refusals)),
        )


def check_unmoved(agreed: Plan, current: Plan) -> None:
    """Raise RefusedError when somebody else changed something while a person was thinking about `agreed`."""
    _unmoved(agreed, current, "this is not the plan any more that you agreed to; nothing was changed")


def _unmoved(reviewed: Plan, current: Plan, title: str) -> None:
    if reviewed.digest == current.digest:
        return
    moved = differences(reviewed, current)
    raise RefusedError(
        "\n".join([title, *(f"  {line}" for line in moved)]), hint="Make and review a new plan."
    )


def _same_target(header: PlanHeader, saved: SavedPlan) -> None:
    """A plan that was reviewed for one account must not be applied to another."""
    was, now = saved.header.target, header.target
    if (was.base_url, was.account_id) != (now.base_url, now.account_id):
        raise RefusedError(
            f"the saved plan is for {was.base_url}, account {was.account_id or 'not named'}, and this is "
            f"{now.base_url}, account {now.account_id or 'not named'}",
            hint="Apply it with the address and the account that it was made for.",
        )
