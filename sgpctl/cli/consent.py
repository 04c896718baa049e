"""Between a plan and its execution: is it still the reviewed one, is it allowed, is it agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sgpctl.errors import RefusedError, StalePlan
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.plan.saved import SavedPlan
from sgpctl.plan.staleness import Skipped, differences, partition

_REVIEW_AGAIN = "Make and review a new plan."


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to on the command line: everything (`--yes`), a reviewed plan, or one digest (`--expect`).

    With `skip_stale`, of a reviewed plan what is untouched.
    """

    question: str
    is_given: bool = False
    reviewed: SavedPlan | None = None
    expected_digest: str | None = None
    skip_stale: bool = False

    @property
    def is_given_already(self) -> bool:
        return self.is_given or self.reviewed is not None or self.expected_digest is not None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What of the plan of now may be carried out, and what is left out because it is not as reviewed."""

    plan: Plan
    skipped: tuple[Skipped, ...] = ()

    @property
    def is_all_stale(self) -> bool:
        return bool(self.skipped) and self.plan.is_empty


def agreed(plan: Plan, header: PlanHeader, consent: Consent) -> Agreed:
    """What may be done of `plan`.

    Raises RefusedError when that is not the reviewed plan, or when a safety rail stands against any of it, skipped or
    not.
    """
    part = Agreed(plan)
    reviewed = consent.reviewed
    if reviewed is not None:
        _same_target(header, reviewed)
        part = _untouched(reviewed.plan, plan)
        if reviewed.digest != plan.digest and not consent.skip_stale:
            lines = differences(reviewed.plan, plan)
            raise _stale("the saved plan is stale; nothing was changed", lines, _way_out(part.plan))
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
    return part


def check_unmoved(agreed_to: Plan, current: Plan) -> None:
    """Raise RefusedError when somebody else changed something while a person was thinking about `agreed_to`."""
    if agreed_to.digest != current.digest:
        title = "this is not the plan any more that you agreed to; nothing was changed"
        raise _stale(title, differences(agreed_to, current), _REVIEW_AGAIN)


def all_stale(skipped: Sequence[Skipped]) -> StalePlan:
    """The error for a saved plan of which nothing may go on."""
    title = "every change of the saved plan is stale or belongs to a stale one; nothing was changed"
    return _stale(title, [one.sentence for one in skipped], _REVIEW_AGAIN)


def _untouched(reviewed: Plan, current: Plan) -> Agreed:
    parts = partition(reviewed, current)
    if not parts.skipped:
        return Agreed(current)
    return Agreed(replace(current, changes=parts.untouched, grids=()), parts.skipped)


def _stale(title: str, lines: Sequence[str], hint: str) -> StalePlan:
    return StalePlan("\n".join([title, *(f"  {line}" for line in lines)]), hint=hint)


def _way_out(untouched: Plan) -> str:
    """A new plan; or what is untouched, where there is any and nothing else stands against it."""
    if untouched.is_empty or untouched.refusals:
        return _REVIEW_AGAIN
    count = len(untouched.changes)
    which = "the one change that is" if count == 1 else f"the {count:,} changes that are"
    return f"{_REVIEW_AGAIN} With --skip-stale, {which} still as reviewed would go on without the others."


def _same_target(header: PlanHeader, saved: SavedPlan) -> None:
    """A plan that was reviewed for one account must not be applied to another."""
    was, now = saved.header.target, header.target
    if (was.base_url, was.account_id) != (now.base_url, now.account_id):
        raise RefusedError(
            f"the saved plan is for {was.base_url}, account {was.account_id or 'not named'}, and this is "
            f"{now.base_url}, account {now.account_id or 'not named'}",
            hint="Apply it with the address and the account that it was made for.",
        )
