"""Values that differ: each difference once, however many evaluations have it."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.model.located import Json
from sgpctl.plan.plan import FieldChange, Plan
from sgpctl.render.alike import field_key
from sgpctl.render.changed_line import telling_parts
from sgpctl.render.counting import counted
from sgpctl.render.excerpt import excerpts, value_text
from sgpctl.render.field_text import is_long_text
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import ELLIPSIS, code, folded, of_evaluations, row, table_head, whole_code


def fields_part(plan: Plan, remedy: str) -> Part | None:
    """A table, with what most evaluations have in common on top."""
    groups: dict[tuple[str, str, str], tuple[FieldChange, list[str]]] = {}
    for change in plan.changes:
        for field in change.fields:
            if not is_long_text(field):
                groups.setdefault(field_key(field), (field, []))[1].append(change.name)
    if not groups:
        return None
    ordered = sorted(groups.values(), key=lambda group: (-len(group[1]), group[0].path))
    opening, closing = folded(counted(len(ordered), "field change"))
    return Part(
        Importance.FIELDS,
        opening + table_head("field", "before", "after", "in"),
        closing,
        items=[_row(field, names) for field, names in ordered],
        things="field changes",
        remedy=remedy,
    )


def values(field: FieldChange, cells_max: int) -> tuple[str, str]:
    """Both values, cut to what differs where they are long."""
    texts = excerpts(value_text(field.before), value_text(field.after), cells_max, ELLIPSIS)
    before, after = (
        _value(value, text, cells_max) for value, text in zip((field.before, field.after), texts, strict=True)
    )
    return before, after


def _value(value: Json, text: str, cells_max: int) -> str:
    return text if value is None else code(text, cells_max)


def _row(field: FieldChange, names: Sequence[str]) -> str:
    before, after = value_text(field.before), value_text(field.after)
    return row(
        code(field.path),
        _whole_value(field.before, before, after),
        _whole_value(field.after, after, before),
        of_evaluations(names),
    )


def _whole_value(value: Json, text: str, twin: str) -> str:
    if value is None:
        return text
    return "".join(
        whole_code(part) + (f" {ELLIPSIS} {left_out} {ELLIPSIS} " if left_out else "")
        for part, left_out in telling_parts(text, twin)
    )
