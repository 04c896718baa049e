"""Changes that do the same to several evaluations, so that they are told once."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from sgpctl.model.located import Json
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Cost, FieldChange

_ORDER = (
    Action.REPLACE,
    Action.CREATE,
    Action.ARCHIVE,
    Action.RESTORE,
    Action.RENAME,
    Action.UPDATE,
    Action.ADOPT,
)
_ID_CHARS_MIN = 8  # a shorter one could be a part of a word


@dataclass(frozen=True, slots=True)
class Alike:
    """One action for the same reasons, with the same fields before and after, and at the same cost each."""

    changes: tuple[Change, ...]
    reasons: tuple[str, ...]

    @property
    def first(self) -> Change:
        return self.changes[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(change.name for change in self.changes)

    @property
    def cost(self) -> Cost:
        return sum((change.cost for change in self.changes), Cost())


def grouped(changes: Iterable[Change]) -> list[Alike]:
    """The changes in groups: what costs money first, then what takes something away, then the free ones."""
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        groups.setdefault(_likeness(change), []).append(change)
    alike = [Alike(tuple(group), _reasons(group)) for group in groups.values()]
    return sorted(alike, key=lambda one: (_ORDER.index(one.first.action), one.first.address))


def field_key(field: FieldChange) -> tuple[str, str, str]:
    """What makes two changes of a field the same, wherever they are written."""
    return field.path, _text(field.before), _text(field.after)


def _likeness(change: Change) -> Hashable:
    return (
        change.action,
        tuple(map(field_key, change.fields)),
        _impersonal(change),
        change.rows,
        change.cost,
        len(change.archives),
    )


def _reasons(changes: Sequence[Change]) -> tuple[str, ...]:
    return changes[0].reasons if len(changes) == 1 else _impersonal(changes[0])


def _impersonal(change: Change) -> tuple[str, ...]:
    """The reasons without the id of the one evaluation that they speak of."""
    if change.remote_id is None or len(change.remote_id) < _ID_CHARS_MIN:
        return change.reasons
    return tuple(
        reason.replace(f" {change.remote_id}", "").replace(change.remote_id, "it")
        for reason in change.reasons
    )


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
