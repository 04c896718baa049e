"""The details beneath a change: fields before and after, texts as a diff, rows as counts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sgpctl.limits import DIFF_LINES_COMPARED_MAX, DIFF_LINES_SHOWN_MAX, FIELDS_SHOWN_MAX
from sgpctl.model.located import Json, Mark
from sgpctl.plan.plan import FieldChange, RowsChange
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, Line, Span, Style, line_width
from sgpctl.render.safe_text import display_width, escape, safe, shortened
from sgpctl.render.text_diff import DiffLine, Kind, text_diff
from sgpctl.render.wording import counted, place_text

INDENT = " " * 6
_INNER = " " * 8
_GAP = " " * 3
_PATH_COLUMN_MAX = 40
_ROOM_MIN = 20
_ABSENT = "not set"

_STYLES = {
    Kind.CONTEXT: Style.FAINT,
    Kind.REMOVED: Style.REMOVE,
    Kind.ADDED: Style.ADD,
    Kind.POSITION: Style.FAINT,
    Kind.REMARK: Style.FAINT,
}


def field_lines(
    fields: Sequence[FieldChange], manifest: Mark | None, glyphs: Glyphs, width: int
) -> list[Line]:
    """Every field with its value before and after and the place of the new one, up to a number of fields.

    `manifest` is where the change's own manifest stands; text that came from another file is headed by that file.
    """
    shown = fields[:FIELDS_SHOWN_MAX]
    paths = [display_width(safe(field.path)) for field in shown if not is_long_text(field)]
    column = min(max(paths, default=0), _PATH_COLUMN_MAX)
    lines: list[Line] = []
    for field in shown:
        if is_long_text(field):
            lines += _text_lines(field, manifest, glyphs, width)
        else:
            lines += _value_lines(field, column, glyphs, width)
    if hidden := len(fields) - len(shown):
        lines.append((Span(INDENT), Span(f"{glyphs.ellipsis} {counted(hidden, 'more field')}", Style.FAINT)))
    return lines


def rows_lines(rows: RowsChange) -> list[Line]:
    """How the rows differ: `rows   +3 -1, 176 unchanged`."""
    if rows.added is None or rows.removed is None or rows.unchanged is None:
        counts = f"{_number(rows.before)} -> {_number(rows.after)}; not compared one by one"
    else:
        counts = f"+{rows.added:,} -{rows.removed:,}, {rows.unchanged:,} unchanged"
    return [(Span(f"{INDENT}rows{_GAP}"), Span(counts))]


def _number(count: int | None) -> str:
    return "an unknown number" if count is None else f"{count:,}"


def is_long_text(field: FieldChange) -> bool:
    values = (field.before, field.after)
    return all(value is None or isinstance(value, str) for value in values) and any(
        isinstance(value, str) and "\n" in value for value in values
    )


def _value_lines(field: FieldChange, column: int, glyphs: Glyphs, width: int) -> list[Line]:
    before, after = _value_text(field.before), _value_text(field.after)
    path = Span(field.path)
    pad = " " * max(0, column - path.width)
    place = [Span(f"{_GAP}{place_text(field.place)}", Style.FAINT)] if field.place else []
    one: Line = (
        Span(INDENT),
        path,
        Span(pad + _GAP),
        Span(before, Style.REMOVE),
        Span(" -> "),
        Span(after, Style.ADD),
    )
    if line_width((*one, *place)) <= width:
        return [(*one, *place)]
    if line_width(one) <= width:
        return [one, *([(Span(_INNER), Span(place_text(field.place), Style.FAINT))] if field.place else [])]
    room = max(width - len(_INNER) - 2, _ROOM_MIN)
    old, new = _excerpts(before, after, room, glyphs)
    lines: list[Line] = [(Span(INDENT), path, *place)]
    if field.before is not None:
        lines.append((Span(_INNER), Span(f"- {old}", Style.REMOVE)))
    if field.after is not None:
        lines.append((Span(_INNER), Span(f"+ {new}", Style.ADD)))
    return lines


def _value_text(value: Json) -> str:
    return _ABSENT if value is None else json.dumps(value, ensure_ascii=False)


def _excerpts(before: str, after: str, room: int, glyphs: Glyphs) -> tuple[str, str]:
    """Both in at most `room` cells, around the first place where they differ."""
    if display_width(safe(before)) <= room and display_width(safe(after)) <= room:
        return before, after
    start = _shared_start(before, after)
    context = room // 3
    while start > 0 and (context := context - display_width(safe(before[start - 1]))) >= 0:
        start -= 1
    return _excerpt(before, start, room, glyphs), _excerpt(after, start, room, glyphs)


def _excerpt(text: str, start: int, room: int, glyphs: Glyphs) -> str:
    if start == 0 or len(text) <= start:
        return shortened(text, room, glyphs.ellipsis)
    return shortened(glyphs.ellipsis + text[start:], room, glyphs.ellipsis)


def _shared_start(left: str, right: str) -> int:
    length = min(len(left), len(right))
    return next((index for index in range(length) if left[index] != right[index]), length)


def _text_lines(field: FieldChange, manifest: Mark | None, glyphs: Glyphs, width: int) -> list[Line]:
    before = field.before if isinstance(field.before, str) else ""
    after = field.after if isinstance(field.after, str) else ""
    diff = text_diff(before, after)
    origin = f"{_origin(field.place, manifest)}  " if field.place else ""
    counts = f"+{diff.added:,} -{diff.removed:,} lines"
    head: Line = (Span(f"{INDENT}{field.path}{_GAP}"), Span(origin, Style.FAINT), Span(counts))
    if diff.lines is None:
        message = f"more than {DIFF_LINES_COMPARED_MAX:,} lines between the first and the last difference"
        return [head, (Span(_INNER), Span(message, Style.FAINT))]
    shown = diff.lines[:DIFF_LINES_SHOWN_MAX]
    lines = [head, *(_diff_line(line, glyphs, width) for line in shown)]
    if hidden := len(diff.lines) - len(shown):
        lines.append((Span(_INNER), Span(f"{glyphs.ellipsis} {counted(hidden, 'more line')}", Style.FAINT)))
    return lines


def _origin(place: Mark, manifest: Mark | None) -> str:
    """A file that is one text is named without a line."""
    is_whole_file = manifest is not None and place[0] != manifest[0] and place[1] == 1
    return place[0] if is_whole_file else place_text(place)


def _diff_line(line: DiffLine, glyphs: Glyphs, width: int) -> Line:
    room = max(width - len(_INNER) - 2, _ROOM_MIN)
    if line.kind is Kind.POSITION:
        return (Span(_INNER), Span(f"@@ line {line.text}", Style.FAINT))
    if line.twin is None:
        text = shortened(line.text, room, glyphs.ellipsis)
    else:
        text, _ = _excerpts(line.text, line.twin, room, glyphs)
    if line.kind in {Kind.ADDED, Kind.REMOVED} and text.endswith(" "):
        text = text[:-1] + escape(" ")  # a space at the end can be all that differs
    if not text:
        return (
            BLANK if line.kind is Kind.CONTEXT else (Span(_INNER), Span(line.kind.value, _STYLES[line.kind]))
        )
    return (Span(_INNER), Span(f"{line.kind.value} {text}", _STYLES[line.kind]))
