"""What became of an apply, as lines for a person: what needs looking at first, then the totals, all from outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ExitCode
from sgpctl.plan.plan import Change
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, INDENT, Line, Span, Style, columns, led, wrapped
from sgpctl.render.outcome_wording import (
    SECTIONS,
    SKIPPED_TITLE,
    done_sentence,
    folded_words,
    left_beside_failures,
    left_title,
    next_step,
    started_words,
    verdict_word,
    verified_sentence,
)
from sgpctl.render.plan_text import change_lines
from sgpctl.render.wording import ACTION_STYLES, short_id, symbol_span

_STYLES = {
    Status.UNCLEAR: Style.ERROR,
    Status.FAILED: Style.ERROR,
    Status.NOT_STARTED: Style.WARNING,
    Status.MET: Style.WARNING,
}


def outcome_lines(outcome: Outcome, glyphs: Glyphs, *, width: int) -> list[Line]:
    """Everything that did not end well, what is left to do, and in the last lines what was done and started."""
    lines: list[Line] = []
    for status, title in SECTIONS:
        entries = [
            _Entry(result.change, _trace(result, glyphs), result.message)
            for result in outcome.results
            if result.status is status
        ]
        lines += _section(entries, title, _STYLES[status], glyphs, width)
    skipped = [_Entry(one.change, "", one.why) for one in outcome.skipped]
    lines += _section(skipped, SKIPPED_TITLE, Style.WARNING, glyphs, width)
    lines += _left_lines(outcome, glyphs, width)
    lines += _folded_lines(outcome, glyphs, width)
    return lines + _closing_lines(outcome, width)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One change in a section; `trace` is what it has left behind, `message` stands beneath it."""

    change: Change
    trace: str
    message: str | None


def _section(entries: Sequence[_Entry], title: str, style: Style, glyphs: Glyphs, width: int) -> list[Line]:
    if not entries:
        return []
    heads = columns(
        [
            [
                symbol_span(entry.change.action, glyphs),
                Span(entry.change.name, Style.STRONG),
                Span(entry.change.action.value, ACTION_STYLES[entry.change.action]),
                Span(entry.trace),
            ]
            for entry in entries
        ],
        width=width,
        fold_at=1,
        first_gap=1,
    )
    lines: list[Line] = [(Span(f"{title}:", style),)]
    for entry, head in zip(entries, heads, strict=True):
        lines += head
        if entry.message:
            lines += wrapped(entry.message, first=INDENT, rest=INDENT, width=width)
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
    others = left_beside_failures(outcome)
    title = f"{left_title(outcome)}{':' if others else '.'}"
    return [(Span(title, Style.WARNING),), *change_lines(others, glyphs, width=width), BLANK]


def _folded_lines(outcome: Outcome, glyphs: Glyphs, width: int) -> list[Line]:
    if not outcome.folded:
        return []
    ids = ", ".join(short_id(remote_id, glyphs) for remote_id in outcome.folded)
    return [*led(Span("note: ", Style.STRONG), f"{folded_words(outcome)}: {ids}", width=width), BLANK]


def _closing_lines(outcome: Outcome, width: int) -> list[Line]:
    style = {ExitCode.OK: Style.GOOD, ExitCode.PARTIAL: Style.ERROR}.get(outcome.exit_code, Style.WARNING)
    lead = Span(f"{verdict_word(outcome)}: ", style)
    lines = led(lead, f"{done_sentence(outcome)} {verified_sentence(outcome)}", width=width)
    if (started := started_words(outcome)) is not None:
        lines += led(Span("Started ", Style.STRONG), f"{started}.", width=width)
    if outcome.exit_code is not ExitCode.OK:
        lines += wrapped(next_step(outcome), first="", rest="", width=width)
    return lines
