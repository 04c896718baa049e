"""A plan as lines for a person: where it would act, each change with its reasons and cost, and the totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Plan, PlanHeader, Refusal, Superseded
from sgpctl.render.counting import counted
from sgpctl.render.field_text import field_lines, is_long_text
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.grid_text import grid_lines
from sgpctl.render.header_text import title_line
from sgpctl.render.layout import BLANK, INDENT, Line, Span, Style, columns, led, wrapped
from sgpctl.render.rows_text import rows_lines
from sgpctl.render.wording import (
    ACTION_STYLES,
    calls_text,
    day,
    declared_text,
    place_text,
    rows_text,
    short_id,
    started_text,
    symbol_span,
)

_NAME_COLUMN, _ROWS_COLUMN, _PEOPLE_COLUMN = 1, 3, 5
_NAME_COLUMN_MIN = 36
_OTHER_COLUMNS = 72  # symbol, action, cost and an ordinary place
_TOTALS_ORDER = (
    Action.CREATE,
    Action.REPLACE,
    Action.UPDATE,
    Action.RENAME,
    Action.RESTORE,
    Action.ADOPT,
    Action.ARCHIVE,
)


def plan_lines(plan: Plan, header: PlanHeader, glyphs: Glyphs, *, width: int) -> list[Line]:
    """The whole plan. Every change is printed; only long details are shortened to `width` cells."""
    lines = [*_header_lines(plan, header), BLANK]
    if plan.changes:
        lines += [*change_lines(plan.changes, glyphs, width=width), *_unchanged_line(plan, glyphs), BLANK]
        lines += grid_lines(plan.grids, glyphs, width)
    for label, style, messages in (
        ("note", Style.STRONG, plan.notes),
        ("warning", Style.WARNING, plan.warnings),
    ):
        lines += _message_lines(label, style, messages, width)
    lines += _refusal_lines(plan.refusals, width)
    return lines + _total_lines(plan, width)


def change_lines(changes: Sequence[Change], glyphs: Glyphs, *, width: int) -> list[Line]:
    """The changes in common columns, each with its details beneath."""
    heads = columns(
        [_head(change, glyphs) for change in changes],
        width=width,
        fold_at=_NAME_COLUMN,
        first_gap=1,
        right=frozenset(range(_ROWS_COLUMN, _PEOPLE_COLUMN + 1)),
        caps={_NAME_COLUMN: max(_NAME_COLUMN_MIN, width - _OTHER_COLUMNS)},
    )
    lines: list[Line] = []
    shown: dict[tuple[object, object], str] = {}
    for change, head in zip(changes, heads, strict=True):
        lines += head
        lines += _detail_lines(change, shown, glyphs, width)
    return lines


def _header_lines(plan: Plan, header: PlanHeader) -> list[Line]:
    return [title_line(header), (Span(declared_text(plan, header)),)]


def _head(change: Change, glyphs: Glyphs) -> list[Span]:
    """Symbol, name, action, rows, calls, questions for people, and where it comes from."""
    cost = change.cost
    has_rows = change.action.starts_a_run
    if change.place is not None:
        origin = place_text(change.place)
    elif change.remote_id is not None:
        origin = f"evaluation {short_id(change.remote_id, glyphs)}"
    else:
        origin = ""
    return [
        symbol_span(change.action, glyphs),
        Span(change.name, Style.STRONG),
        Span(change.action.value, ACTION_STYLES[change.action]),
        Span(rows_text(cost) if has_rows else ""),
        Span(calls_text(cost)),
        Span(counted(cost.human_tasks, "question") if cost.human_tasks else ""),
        Span(origin, Style.FAINT),
    ]


def _detail_lines(
    change: Change, shown: dict[tuple[object, object], str], glyphs: Glyphs, width: int
) -> list[Line]:
    """What stands beneath a change. `shown` are the texts and rows whose differences were printed, with the first name: a
    prompt that many evaluations use is printed once.
    """
    lines: list[Line] = []
    for reason in change.reasons:
        lines += wrapped(reason, first=INDENT, rest=f"{INDENT}  ", width=width)
    repeated = [
        field for field in change.fields if is_long_text(field) and (field.before, field.after) in shown
    ]
    lines += field_lines(
        [field for field in change.fields if field not in repeated], change.place, glyphs, width
    )
    for field in repeated:
        file = field.place[0] if field.place is not None else "text"
        text = f"{field.path}   {file}, as in {shown[field.before, field.after]}"
        lines += wrapped(text, first=INDENT, rest=f"{INDENT}  ", width=width)
    shown.update(
        ((field.before, field.after), change.name)
        for field in change.fields
        if is_long_text(field) and field not in repeated
    )
    if change.rows is not None:
        lines += rows_lines(change.rows, shown.get((change.rows, None)), glyphs, width)
        if change.rows.sample:
            shown.setdefault((change.rows, None), change.name)
    return lines + [_archives_line(old, glyphs) for old in change.archives]


def _archives_line(old: Superseded, glyphs: Glyphs) -> Line:
    text = f"archives {short_id(old.remote_id, glyphs)} ({old.status} {day(old.created_at)})"
    return (Span(INDENT), Span(text, Style.REMOVE))


def _unchanged_line(plan: Plan, glyphs: Glyphs) -> list[Line]:
    if not plan.unchanged:
        return []
    return [(Span(f" {glyphs.unchanged}  {len(plan.unchanged):,} unchanged", Style.FAINT),)]


def _message_lines(label: str, style: Style, messages: Iterable[str], width: int) -> list[Line]:
    lines: list[Line] = []
    for message in messages:
        lines += led(Span(f"{label}: ", style), message, width=width)
    return [*lines, BLANK] if lines else []


def _refusal_lines(refusals: Sequence[Refusal], width: int) -> list[Line]:
    if not refusals:
        return []
    lines: list[Line] = [(Span("`sgpctl apply` would refuse this plan:", Style.ERROR),)]
    for refusal in refusals:
        lines += wrapped(refusal.message, first="  ! ", rest=INDENT, width=width, style=Style.ERROR)
        lines += wrapped(refusal.hint, first=INDENT, rest=INDENT, width=width)
    return [*lines, BLANK]


def _total_lines(plan: Plan, width: int) -> list[Line]:
    if plan.is_empty:
        verb = "is" if plan.desired == 1 else "are"
        return [
            (
                Span("No changes.", Style.GOOD),
                Span(f" {counted(plan.desired, 'evaluation')} {verb} as declared."),
            ),
        ]
    summary = plan.summary
    parts = [f"{summary[action]:,} to {action.value}" for action in _TOTALS_ORDER if summary[action]]
    if plan.unchanged:
        parts.append(f"{len(plan.unchanged):,} unchanged")
    return [
        *led(Span("Plan: ", Style.STRONG), f"{', '.join(parts)}.", width=width),
        *led(Span("Starts ", Style.STRONG), f"{started_text(plan.cost)}.", width=width),
        (Span(f"plan {plan.digest}", Style.FAINT),),
    ]
