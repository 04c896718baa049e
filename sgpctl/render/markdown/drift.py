"""What people changed on the platform, as Markdown for an issue."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.plan.drift import Drift, Finding
from sgpctl.plan.plan import FieldChange, PlanHeader
from sgpctl.render.drift_text import pending_text, totals_text
from sgpctl.render.excerpt import excerpts, value_text
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.markdown.budget import Importance, Part, fitted
from sgpctl.render.markdown.heading import where
from sgpctl.render.markdown.text import ELLIPSIS, code, prose, row, table_head
from sgpctl.render.wording import minute, place_text, short_id

_VALUE_CELLS_MAX = 120
_REMEDY = "`sgpctl drift` shows all of it."


def drift_markdown(drift: Drift, header: PlanHeader) -> str:
    """The verdict, where, then a table of all that was found."""
    lead = (
        f"**Drift**: {totals_text(drift)}."
        if drift.findings
        else "**No drift**: what was applied is what is there."
    )
    parts: list[str | Part] = [
        f"{lead}\n\n{where(header)}<br>\n{drift.owned:,} owned remotely, read {minute(header.generated_at)}."
    ]
    if drift.gap is not None:
        parts.append(f"**Not everything could be read**: {prose(drift.gap)}")
    if drift.findings:
        parts.append(_findings(drift.findings))
    if drift.pending:
        parts.append(f"{pending_text(drift)}, which is no drift.")
    return fitted(parts)


def _findings(findings: Sequence[Finding]) -> Part:
    return Part(
        Importance.CHANGES,
        table_head("evaluation", "", "id", "manifest", "what differs"),
        items=[_row(finding) for finding in findings],
        things="findings",
        remedy=_REMEDY,
    )


def _row(finding: Finding) -> str:
    words = [prose(finding.words)] if finding.words else []
    return row(
        code(finding.name),
        finding.kind.value,
        code(short_id(finding.remote_id, UNICODE)),
        code(place_text(finding.place)) if finding.place is not None else "",
        "<br>".join([*words, *map(_field, finding.fields)]),
    )


def _field(field: FieldChange) -> str:
    before, after = excerpts(value_text(field.before), value_text(field.after), _VALUE_CELLS_MAX, ELLIPSIS)
    return f"{code(field.path)}: {code(before)} → {code(after)}"
