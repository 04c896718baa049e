"""What people changed on the platform, as lines for a person and as a document for programs."""

from __future__ import annotations

from sgpctl.model.located import Json
from sgpctl.plan.drift import Drift, Finding, Kind
from sgpctl.plan.plan import PlanHeader
from sgpctl.plan.saved import header_document, place_document
from sgpctl.render.counting import counted
from sgpctl.render.field_text import field_lines
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.header_text import title_line
from sgpctl.render.layout import BLANK, INDENT, Line, Span, Style, columns, led, wrapped
from sgpctl.render.wording import place_text, short_id

_STYLES = {Kind.FAILED: Style.ERROR, Kind.ARCHIVED: Style.REMOVE, Kind.UNMANAGED: Style.FAINT}


def drift_lines(drift: Drift, header: PlanHeader, glyphs: Glyphs, *, width: int) -> list[Line]:
    """Where was looked, each finding with what was applied and what is there, and the counts."""
    lines: list[Line] = [title_line(header), (Span(f"{drift.owned:,} owned remotely"),), BLANK]
    heads = columns([_head(finding, glyphs) for finding in drift.findings], width=width, fold_at=0)
    for finding, head in zip(drift.findings, heads, strict=True):
        lines += head
        if finding.words:
            lines += wrapped(finding.words, first=INDENT, rest=f"{INDENT}  ", width=width)
        lines += field_lines(finding.fields, finding.place, glyphs, width)
    lines += [BLANK] if drift.findings else []
    if drift.gap is not None:
        lines += led(
            Span("warning: ", Style.WARNING), f"not everything could be read: {drift.gap}", width=width
        )
    if drift.pending:
        lines += led(
            Span("note: ", Style.STRONG), f"{pending_text(drift)}; `sgpctl plan` shows it.", width=width
        )
    return [*lines, _total_line(drift)]


def drift_document(drift: Drift, header: PlanHeader) -> dict[str, Json]:
    """The same for programs, with whole ids; begins as every document about an environment does."""
    return {
        **header_document(header),
        "has_drifted": bool(drift.findings),
        "summary": {**drift.counts},
        "findings": [_entry(finding) for finding in drift.findings],
        "pending": [*drift.pending],
        "owned": drift.owned,
        "gap": drift.gap,
    }


def totals_text(drift: Drift) -> str:
    """`2 edited, 1 failed`."""
    return ", ".join(f"{count:,} {kind}" for kind, count in drift.counts.items() if count)


def pending_text(drift: Drift) -> str:
    """That manifests are ahead of the platform, which is no drift."""
    number = len(drift.pending)
    return f"{counted(number, 'evaluation')} {'differs' if number == 1 else 'differ'} because of manifests that are not applied yet"


def _head(finding: Finding, glyphs: Glyphs) -> list[Span]:
    origin = place_text(finding.place) if finding.place is not None else ""
    return [
        Span(finding.name, Style.STRONG),
        Span(finding.kind.value, _STYLES.get(finding.kind, Style.CHANGE)),
        Span(f"evaluation {short_id(finding.remote_id, glyphs)}", Style.FAINT),
        Span(origin, Style.FAINT),
    ]


def _total_line(drift: Drift) -> Line:
    if not drift.findings:
        return (Span("No drift.", Style.GOOD), Span(" What was applied is what is there."))
    return (Span("Drift: ", Style.STRONG), Span(f"{totals_text(drift)}."))


def _entry(finding: Finding) -> Json:
    return {
        "kind": finding.kind.value,
        "name": finding.name,
        "remote_id": finding.remote_id,
        "words": finding.words,
        "source": place_document(finding.place),
        "fields": [
            {"path": field.path, "applied": field.before, "found": field.after} for field in finding.fields
        ],
    }
