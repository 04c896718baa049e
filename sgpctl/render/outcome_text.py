"""What became of an apply, as lines for a person: what needs looking at first, then the totals, all from outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ExitCode
from sgpctl.plan.plan import Cost
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, Line, Span, Style, columns, led, wrapped
from sgpctl.render.plan_text import change_lines
from sgpctl.render.wording import (
    ACTION_STYLES,
    address_of,
    counted,
    done_text,
    short_id,
    started_text,
    symbol_span,
)

_MESSAGE_INDENT = " " * 6

_SECTIONS = (
    (Status.UNCLEAR, "Unclear: sent, but no answer says whether it took effect", Style.ERROR),
    (Status.FAILED, "Failed", Style.ERROR),
    (Status.NOT_STARTED, "Not started", Style.WARNING),
    (Status.MET, "Done by another apply", Style.WARNING),
)


def outcome_lines(outcome: Outcome, glyphs: Glyphs, *, width: int) -> list[Line]:
    """Everything that did not end well, what is left to do, and in the last lines what was done and started."""
    lines: list[Line] = []
    for status, title, style in _SECTIONS:
        results = [result for result in outcome.results if result.status is status]
        lines += _section(results, title, style, glyphs, width)
    lines += _left_lines(outcome, glyphs, width)
    lines += _folded_lines(outcome, glyphs, width)
    return lines + _closing_lines(outcome, width)


def _section(
    results: Sequence[ChangeResult], title: str, style: Style, glyphs: Glyphs, width: int
) -> list[Line]:
    if not results:
        return []
    heads = columns(
        [
            [
                symbol_span(result.change.action, glyphs),
                Span(result.change.name, Style.STRONG),
                Span(result.change.action.value, ACTION_STYLES[result.change.action]),
                Span(_trace(result, glyphs)),
            ]
            for result in results
        ],
        width=width,
        fold_at=1,
        first_gap=1,
    )
    lines: list[Line] = [(Span(f"{title}:", style),)]
    for result, head in zip(results, heads, strict=True):
        lines += head
        if result.message:
            lines += wrapped(result.message, first=_MESSAGE_INDENT, rest=_MESSAGE_INDENT, width=width)
    return [*lines, BLANK]


def _trace(result: ChangeResult, glyphs: Glyphs) -> str:
    """What a change that did not end well has nevertheless left behind."""
    remote_id = short_id(result.remote_id, glyphs) if result.remote_id else None
    if result.started:
        return f"its run was started: {remote_id}" if remote_id else "its run was started"
    return f"evaluation {remote_id}" if remote_id else ""


def _left_lines(outcome: Outcome, glyphs: Glyphs, width: int) -> list[Line]:
    """What the closing plan would still do, without repeating the changes that were shown already."""
    if outcome.left is None or outcome.left.is_empty:
        return []
    shown = {address_of(result.change) for result in outcome.failures}
    others = [change for change in outcome.left.changes if address_of(change) not in shown]
    repeated = len(outcome.left.changes) - len(others)
    title = f"Still to do: {counted(len(outcome.left.changes), 'change')}"
    if repeated:
        title += f", {repeated:,} of them shown above"
    lines: list[Line] = [(Span(f"{title}{':' if others else '.'}", Style.WARNING),)]
    return [*lines, *change_lines(others, glyphs, width=width), BLANK]


def _folded_lines(outcome: Outcome, glyphs: Glyphs, width: int) -> list[Line]:
    if not outcome.folded:
        return []
    ids = ", ".join(short_id(remote_id, glyphs) for remote_id in outcome.folded)
    text = (
        f"archived {counted(len(outcome.folded), 'duplicate')}, made because an answer was lost and the create "
        f"was sent again; what they started before is not counted below: {ids}"
    )
    return [*led(Span("note: ", Style.STRONG), text, width=width), BLANK]


def _closing_lines(outcome: Outcome, width: int) -> list[Line]:
    style = {ExitCode.OK: Style.GOOD, ExitCode.PARTIAL: Style.ERROR}.get(outcome.exit_code, Style.WARNING)
    lead, sentence = _done_sentence(outcome)
    lines = led(Span(lead, style), f"{sentence} {_verified_sentence(outcome)}", width=width)
    may_have_started = any(
        result.status is Status.UNCLEAR and result.change.action.starts_a_run and not result.started
        for result in outcome.results
    )
    if outcome.cost != Cost() or may_have_started:
        unclear = ", not counting what is unclear" if may_have_started else ""
        lines += led(Span("Started ", Style.STRONG), f"{started_text(outcome.cost)}{unclear}.", width=width)
    if outcome.exit_code is not ExitCode.OK:
        lines += wrapped(_next_step(outcome), first="", rest="", width=width)
    return lines


def _done_sentence(outcome: Outcome) -> tuple[str, str]:
    """One word for the whole, and the counts."""
    lead = "Applied: "
    if outcome.interrupted:
        lead = "Interrupted: "
    elif outcome.failures:
        lead = "Incomplete: "
    counts = {status: sum(result.status is status for result in outcome.results) for status in Status}
    troubles = [
        f"{counts[status]:,} {status.value}"
        for status in (Status.UNCLEAR, Status.FAILED, Status.NOT_STARTED)
        if counts[status]
    ]
    if counts[Status.MET]:
        troubles.append(f"{counts[Status.MET]:,} done by another apply")
    return lead, f"{'; '.join([done_text(outcome.summary), *troubles])}."


def _verified_sentence(outcome: Outcome) -> str:
    if outcome.unverified is not None:
        return f"Not verified: {outcome.unverified.rstrip('.')}."
    if outcome.left is None:
        return "Not read back."
    if outcome.left.is_empty:
        return "Read back and true."
    return f"Read back: {counted(len(outcome.left.changes), 'change')} still to do."


def _next_step(outcome: Outcome) -> str:
    if any(result.status is Status.UNCLEAR for result in outcome.results):
        return (
            "Run `sgpctl plan` before anything else: it looks for what was sent, "
            "so that no run is started and paid for twice."
        )
    if outcome.left is not None and not outcome.left.is_empty:
        return "Run `sgpctl apply` again to do what is left; what is done already will not be done twice."
    return "Run `sgpctl plan` to see what is left."
