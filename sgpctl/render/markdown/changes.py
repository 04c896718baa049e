"""The table of changes: what happens to which evaluation, what it starts, where it was written, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sgpctl.limits import FIELDS_TOGETHER_MAX, NAMES_TOGETHER_MAX
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Cost, FieldChange
from sgpctl.render.alike import Alike
from sgpctl.render.counting import counted
from sgpctl.render.field_text import is_long_text
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.fields import values
from sgpctl.render.markdown.text import code, folded, name_lists, prose, row, table_head
from sgpctl.render.markdown.texts import TextChange, TextKey, text_key
from sgpctl.render.wording import calls_text, place_text, rows_change_text, rows_text

_NEXT = "<br>"
_VALUE_CELLS_MAX = 32
_FREE = "0 calls"

Texts = Mapping[TextKey, TextChange]


def changes_part(groups: Sequence[Alike], texts: Texts, remedy: str) -> Part | None:
    """A row for all that change alike. What costs money comes first, and so is left out last."""
    if not groups:
        return None
    return Part(
        Importance.CHANGES,
        table_head("", "evaluation", "action", "starts", "manifest", "why"),
        items=[_row(group, texts) for group in groups],
        things="rows of this table",
        remedy=remedy,
    )


def names_part(groups: Sequence[Alike], texts: Texts, remedy: str) -> Part | None:
    """The names behind each row of the table that only counts them."""
    many = [group for group in groups if len(group.changes) > NAMES_TOGETHER_MAX]
    if not many:
        return None
    titled = [(f"{group.first.action.value} ({_why(group, texts, '; ')})", group.names) for group in many]
    count = sum(len(group.changes) for group in many)
    return Part(
        Importance.NAMES,
        *folded(f"The names of {counted(count, 'evaluation')} that change alike"),
        items=name_lists(titled),
        joint="",
        things="names of evaluations that change alike",
        remedy=remedy,
    )


def _row(group: Alike, texts: Texts) -> str:
    action = group.first.action
    return row(
        code(action.symbol),
        _names(group.names),
        action.value,
        _started(group.cost) if action.starts_a_run else _FREE,
        _places(group.changes),
        _why(group, texts, _NEXT),
    )


def _names(names: Sequence[str]) -> str:
    if len(names) <= NAMES_TOGETHER_MAX:
        return _NEXT.join(map(code, names))
    return f"**{counted(len(names), 'evaluation')}**{_NEXT}{code(names[0])} … {code(names[-1])}"


def _started(cost: Cost) -> str:
    parts = [rows_text(cost), calls_text(cost)]
    if cost.human_tasks:
        parts.append(counted(cost.human_tasks, "question"))
    return _NEXT.join(parts)


def _places(changes: Sequence[Change]) -> str:
    places = list(dict.fromkeys(place_text(change.place) for change in changes if change.place is not None))
    return _NEXT.join(map(code, places)) if len(places) <= NAMES_TOGETHER_MAX else f"{len(places):,} places"


def _why(group: Alike, texts: Texts, break_: str) -> str:
    change = group.first
    parts = [prose(reason) for reason in group.reasons]
    shown = change.fields[:FIELDS_TOGETHER_MAX]
    parts += [_field(field, change, texts) for field in shown]
    if hidden := len(change.fields) - len(shown):
        parts.append(f"and {counted(hidden, 'more field')}")
    if change.rows is not None:
        parts.append(f"rows {rows_change_text(change.rows)}")
    if change.action is Action.CREATE and not parts:
        parts.append("nothing of this name exists")
    return break_.join(parts)


def _field(field: FieldChange, change: Change, texts: Texts) -> str:
    if is_long_text(field):
        text = texts[text_key(field, change)]
        return f"{code(text.origin)} {text.counts}"
    before, after = values(field, _VALUE_CELLS_MAX)
    return f"{code(field.path)}: {before} → {after}"
