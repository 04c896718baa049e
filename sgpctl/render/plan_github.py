"""A plan as workflow commands of GitHub Actions: each change at the line that causes it.

GitHub shows only the first few commands of a level, so the most important come first: refusals, what is archived, what
costs money, what is free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sgpctl.limits import ANNOTATIONS_SHOWN_MAX, FIELDS_TOGETHER_MAX, NAMES_ANNOTATED_MAX
from sgpctl.model.located import Mark
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, FieldChange, Plan, PlanHeader
from sgpctl.render.alike import Alike, grouped
from sgpctl.render.counting import counted
from sgpctl.render.excerpt import excerpts, value_text
from sgpctl.render.field_text import is_long_text
from sgpctl.render.safe_text import safe
from sgpctl.render.verdict import verdict
from sgpctl.render.wording import calls_text, day, place_text, rows_change_text, spent_text
from sgpctl.render.workflow_command import Level, workflow_command

_TITLE = "sgpctl"
_VALUE_CELLS_MAX = 60
_LOCATED = re.compile(
    r"(?P<file>.+?):(?P<line>[0-9]{1,9}):(?P<column>[0-9]{1,9}): (?P<message>.+)", re.DOTALL
)


def plan_commands(plan: Plan, header: PlanHeader, addresses: Mapping[str, str]) -> str:
    """The commands, a line each. `addresses` leads from the project's files to their paths in the repository."""
    writing = _Writing(addresses)
    groups = grouped(plan.changes)
    archives = [group for group in groups if group.first.action is Action.ARCHIVE]
    others = [group for group in groups if group.first.action is not Action.ARCHIVE]
    words = verdict(plan)
    title = f"{_TITLE}: {header.project} -> {header.environment}"
    levels = {
        Level.ERROR: [
            workflow_command(Level.ERROR, f"{_TITLE}: refused", _lines(refusal.message, refusal.hint))
            for refusal in plan.refusals
        ],
        Level.WARNING: [
            *(writing.change(Level.WARNING, group) for group in archives),
            *map(writing.warning, plan.warnings),
        ],
        Level.NOTICE: [
            workflow_command(Level.NOTICE, title, words.lead + words.rest),
            *(writing.change(Level.NOTICE, part) for group in others for part in writing.by_place(group)),
            *(workflow_command(Level.NOTICE, _TITLE, _lines(note)) for note in plan.notes),
        ],
    }
    return "".join(line for level, commands in levels.items() for line in _announced(level, commands))


class _Writing:
    """Commands about the files of one repository."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses

    def by_place(self, group: Alike) -> list[Alike]:
        """One group for each line that causes changes."""
        parts: dict[Mark | None, list[Change]] = {}
        for change in group.changes:
            parts.setdefault(self._cause(change), []).append(change)
        return [Alike(tuple(changes), group.reasons) for changes in parts.values()]

    def change(self, level: Level, group: Alike) -> str:
        count = len(group.changes)
        what = group.first.name if count == 1 else counted(count, "evaluation")
        message = _lines(*_message(group))
        return self._located(
            level, f"{_TITLE}: {group.first.action.value} {what}", message, self._cause(group.first)
        )

    def warning(self, text: str) -> str:
        """The warnings of manifests begin with their place."""
        found = _LOCATED.fullmatch(text)
        if found is None or found["file"] not in self._addresses:
            return workflow_command(Level.WARNING, _TITLE, _lines(text))
        at = (found["file"], int(found["line"]), int(found["column"]))
        return self._located(Level.WARNING, _TITLE, _lines(found["message"]), at)

    def _cause(self, change: Change) -> Mark | None:
        """Where the first field that differs was written, if that is in the repository; else the manifest."""
        places = (field.place for field in change.fields)
        return next((place for place in places if place and place[0] in self._addresses), change.place)

    def _located(self, level: Level, title: str, message: str, at: Mark | None) -> str:
        if at is None:
            return workflow_command(level, title, message)
        if at[0] not in self._addresses:
            return workflow_command(level, title, f"{place_text(at)}: {message}")
        return workflow_command(level, title, message, (self._addresses[at[0]], at[1], at[2]))


def _lines(*texts: str) -> str:
    """Each text on a line of its own, whatever it holds."""
    return "\n".join(map(safe, texts))


def _message(group: Alike) -> Iterator[str]:
    """What it starts, why, and for several evaluations which."""
    change = group.first
    if change.action is not Action.ARCHIVE:
        yield f"starts {spent_text(group.cost)}" if change.action.starts_a_run else calls_text(group.cost)
    yield from group.reasons
    yield from _differences(change)
    if len(group.changes) == 1:
        yield from (
            f"archives {old.remote_id} ({old.status} {day(old.created_at)})" for old in change.archives
        )
        return
    if archived := sum(len(one.archives) for one in group.changes):
        yield f"archives {counted(archived, 'superseded run')}"
    names = group.names[:NAMES_ANNOTATED_MAX]
    hidden = len(group.names) - len(names)
    yield ", ".join(names) + (f" and {hidden:,} more" if hidden else "")


def _differences(change: Change) -> Iterator[str]:
    shown = change.fields[:FIELDS_TOGETHER_MAX]
    yield from map(_field, shown)
    if hidden := len(change.fields) - len(shown):
        yield f"and {counted(hidden, 'more field')}"
    if change.rows is not None:
        yield f"rows {rows_change_text(change.rows)}"


def _field(field: FieldChange) -> str:
    if is_long_text(field):
        return f"{field.path}: the text differs"
    before, after = excerpts(value_text(field.before), value_text(field.after), _VALUE_CELLS_MAX, "…")
    return f"{field.path}: {before} -> {after}"


def _announced(level: Level, commands: Sequence[str]) -> Iterable[str]:
    """The commands, with a word about those that GitHub will not show at the end of those that it does."""
    if len(commands) <= ANNOTATIONS_SHOWN_MAX:
        return commands
    shown, others = commands[: ANNOTATIONS_SHOWN_MAX - 1], commands[ANNOTATIONS_SHOWN_MAX - 1 :]
    words = f"and {counted(len(others), 'more ' + level.value)}, in the log of this step"
    return [*shown, workflow_command(level, _TITLE, words), *others]
