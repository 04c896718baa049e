"""The phrases that several outputs share, so that one thing is called one name everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sgpctl.model.located import Mark
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Cost, Plan, PlanHeader, RowKind, RowsChange
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import Span, Style
from sgpctl.render.text_diff import DiffLine, Kind

_COMMIT_CHARS_SHOWN = 7
_ID_CHARS_SHOWN = 8
_SYMBOL_WIDTH = 3
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400

DONE_WORDS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.RENAME: "renamed",
    Action.RESTORE: "restored",
    Action.ADOPT: "adopted",
    Action.ARCHIVE: "archived",
}

ROW_SIGNS = {RowKind.CHANGED: "~", RowKind.ADDED: "+", RowKind.REMOVED: "-"}

ACTION_STYLES = {
    Action.CREATE: Style.ADD,
    Action.UPDATE: Style.CHANGE,
    Action.REPLACE: Style.REPLACE,
    Action.RENAME: Style.CHANGE,
    Action.RESTORE: Style.BRING_BACK,
    Action.ADOPT: Style.BRING_BACK,
    Action.ARCHIVE: Style.REMOVE,
}


def symbol_span(action: Action, glyphs: Glyphs) -> Span:
    return Span(f"{glyphs.symbols[action]:^{_SYMBOL_WIDTH}}", ACTION_STYLES[action])


def short_id(remote_id: str, glyphs: Glyphs) -> str:
    """The beginning of a remote id, enough to find it by; the whole one is in the JSON output."""
    if len(remote_id) <= _ID_CHARS_SHOWN + 1:
        return remote_id
    return remote_id[:_ID_CHARS_SHOWN] + glyphs.ellipsis


def short_commit(commit: str) -> str:
    """The beginning of a commit's hash, and the `+dirty` after it if there is one."""
    commit_hash, plus, remark = commit.partition("+")
    return f"{commit_hash[:_COMMIT_CHARS_SHOWN]}{plus}{remark}"


def declared_text(plan: Plan, header: PlanHeader) -> str:
    """How much was compared: `5 manifests, 7 evaluations; 31 owned remotely, 12 not ours (never touched)`."""
    return (
        f"{counted(header.manifest_files, 'manifest')}, {counted(plan.desired, 'evaluation')}; "
        f"{plan.owned:,} owned remotely, {plan.others:,} not ours (never touched)"
    )


def place_text(place: Mark) -> str:
    file, line, _ = place
    return f"{file}:{line}"


def day(moment: datetime) -> str:
    """The date in UTC, whatever the zone of `moment` or of this machine."""
    return moment.astimezone(UTC).date().isoformat()


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def age_text(age: timedelta) -> str:
    """The largest whole unit: `3 d`, `5 h`, `12 min`; `now` below a minute."""
    seconds = int(age.total_seconds())
    if seconds >= _DAY:
        return f"{seconds // _DAY:,} d"
    if seconds >= _HOUR:
        return f"{seconds // _HOUR} h"
    return f"{seconds // _MINUTE} min" if seconds >= _MINUTE else "now"


def against_text(taken_at: datetime, now: datetime) -> str:
    """That a snapshot stood for the platform, and how old it was."""
    age = age_text(now - taken_at)
    how_old = "just taken" if age == "now" else f"{age} old"
    return f"against a snapshot of {minute(taken_at)}, {how_old}, not to be applied"


def done_text(summary: Mapping[Action, int]) -> str:
    """`3 created, 1 updated`; `nothing` when nothing was done."""
    parts = [f"{summary[action]:,} {word}" for action, word in DONE_WORDS.items() if summary[action]]
    return ", ".join(parts) or "nothing"


def rows_text(cost: Cost) -> str:
    return counted(cost.rows, "row") if cost.is_known else "rows unknown"


def calls_text(cost: Cost) -> str:
    if not cost.is_known:
        return "calls unknown"
    if not cost.model_calls:
        return "0 calls"
    return ("up to " if cost.is_upper_bound else "") + counted(cost.model_calls, "model call")


def started_text(cost: Cost) -> str:
    """`Starts` or `Started` stands before it: model calls, rows and questions for people in one phrase."""
    return _spending(cost, "; ")


def spent_text(cost: Cost) -> str:
    """The same as a part of a longer sentence."""
    return _spending(cost, ", ")


def rows_change_text(rows: RowsChange) -> str:
    """`+3 -1, 176 unchanged`; with a key `+3 -1, 12 changed, 164 unchanged`."""
    if rows.added is None or rows.removed is None or rows.unchanged is None:
        return f"{_number(rows.before)} -> {_number(rows.after)}; not compared one by one"
    changed = "" if rows.changed is None else f", {rows.changed:,} changed"
    return f"+{rows.added:,} -{rows.removed:,}{changed}, {rows.unchanged:,} unchanged"


def rows_hidden(rows: RowsChange, shown: int) -> int:
    """How many rows differ beside those that are shown; none where rows are only counted, as in older plans."""
    counts = (rows.added, rows.removed, rows.changed)
    return max(0, sum(count or 0 for count in counts) - shown) if rows.sample else 0


def keyless_text(count: int, key: str) -> str:
    """Why so many rows were matched by content although there is a key, given as it is to be shown."""
    return f"{counted(count, 'row')} matched by content: without {key}, or with one that occurs twice"


def more_lines_text(lines: Sequence[DiffLine]) -> str:
    """What is left out at the end of a diff: `2 more lines, 630 characters`."""
    chars = sum(len(line.text) for line in lines if line.kind not in {Kind.POSITION, Kind.REMARK})
    return f"{counted(len(lines), 'more line')}, {counted(chars, 'character')}"


def _number(count: int | None) -> str:
    return "an unknown number" if count is None else f"{count:,}"


def _spending(cost: Cost, break_: str) -> str:
    rows = f" on {counted(cost.rows, 'row')}" if cost.rows else ""
    calls = ("up to " if cost.is_upper_bound else "") + counted(cost.model_calls, "model call") + rows
    countable = f"{calls}{break_}{counted(cost.human_tasks, 'question')} for people"
    if cost.is_known:
        return countable
    unknown = (
        "an unknown number of model calls and questions for people, because some rows could not be counted"
    )
    return f"{unknown}; without those: {countable}" if cost.rows else unknown


def address_of(change: Change) -> tuple[str, Action]:
    """What a person takes for the same line of a plan."""
    return change.name, change.action
