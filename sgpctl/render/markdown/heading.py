"""The first lines of every comment: what it comes to, where, and from what it was made."""

from __future__ import annotations

from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.render.markdown.text import code
from sgpctl.render.verdict import verdict
from sgpctl.render.wording import against_text, declared_text, minute, short_commit


def plan_heading(plan: Plan, header: PlanHeader) -> str:
    words = verdict(plan)
    counts = f"{declared_text(plan, header)}. Plan {code(plan.digest)}, made {minute(header.generated_at)}."
    return f"**{words.lead}**{words.rest}\n\n{where(header)}<br>\n{counts}"


def where(header: PlanHeader) -> str:
    """`support-evals` → `prod`: `api.egp.scale.com`, account `acct_prd_01`, commit `9f2c1e7`."""
    target = header.target
    parts = [code(target.label)]
    if target.account_id:
        parts.append(f"account {code(target.account_id)}")
    if header.commit:
        parts.append(f"commit {code(short_commit(header.commit))}")
    if header.occasion.pull_request:
        parts.append(f"pull request {code(header.occasion.pull_request)}")
    if header.against is not None:
        parts.append(f"**{against_text(header.against, header.generated_at)}**")
    return f"{code(header.project)} → {code(header.environment)}: {', '.join(parts)}"
