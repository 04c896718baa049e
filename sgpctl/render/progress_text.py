"""One line for each step of an apply, for outputs that are not a terminal."""

from __future__ import annotations

from sgpctl.apply.outcome import ChangeResult, Status
from sgpctl.plan.plan import Change
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import Line, Span, Style
from sgpctl.render.wording import ACTION_STYLES, DONE_WORDS, short_id, symbol_span

_SECONDS_SHOWN_MAX = 60


def started_line(change: Change, glyphs: Glyphs) -> Line:
    """` +  grounded-answers  create ...`, when its first request is about to be sent."""
    return (
        symbol_span(change.action, glyphs),
        Span(" "),
        Span(change.name, Style.STRONG),
        Span("  "),
        Span(f"{change.action.value} {glyphs.ellipsis}", Style.FAINT),
    )


def finished_line(result: ChangeResult, seconds: float, glyphs: Glyphs) -> Line:
    """` +  grounded-answers  created 5Kc01f2a…  (2.1 s)`; what went wrong stands in the place of the id."""
    change = result.change
    took = (
        () if result.status is Status.NOT_STARTED else (Span(f"  ({duration_text(seconds)})", Style.FAINT),)
    )
    return (
        symbol_span(change.action, glyphs),
        Span(" "),
        Span(change.name, Style.STRONG),
        Span("  "),
        _ending(result, glyphs),
        *took,
    )


def duration_text(seconds: float) -> str:
    """`2.1 s`, or `1 min 15 s` from a minute on."""
    if round(seconds, 1) < _SECONDS_SHOWN_MAX:
        return f"{max(seconds, 0.0):.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"


def _ending(result: ChangeResult, glyphs: Glyphs) -> Span:
    action = result.change.action
    if result.status is Status.DONE:
        remote_id = f" {short_id(result.remote_id, glyphs)}" if result.remote_id else ""
        return Span(DONE_WORDS[action] + remote_id, ACTION_STYLES[action])
    message = f": {result.message}" if result.message else ""
    style = Style.WARNING if result.status is Status.NOT_STARTED else Style.ERROR
    return Span(f"{action.value} {result.status.value}{message}", style)
