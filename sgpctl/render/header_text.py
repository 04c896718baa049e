"""The first line of everything about an environment: which project, where, of which commit."""

from __future__ import annotations

from sgpctl.plan.plan import PlanHeader
from sgpctl.render.layout import Line, Span, Style
from sgpctl.render.wording import against_text, short_commit


def title_line(header: PlanHeader) -> Line:
    """`support-evals -> prod  (api.egp.scale.com, account acct_prd_01, commit 9f2c1e7)`."""
    target = header.target
    where = [target.label]
    if target.account_id:
        where.append(f"account {target.account_id}")
    if header.commit:
        where.append(f"commit {short_commit(header.commit)}")
    if header.occasion.pull_request:
        where.append(f"pull request {header.occasion.pull_request}")
    if header.against is not None:
        where.append(against_text(header.against, header.generated_at))
    title = Span(f"{header.project} -> {header.environment}", Style.STRONG)
    return (title, Span(f"  ({', '.join(where)})"))
