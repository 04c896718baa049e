"""The details beneath a change: fields before and after, texts as a diff."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.limits import DIFF_LINES_COMPARED_MAX, DIFF_LINES_SHOWN_MAX, FIELDS_SHOWN_MAX
from sgpctl.model.located import Mark
from sgpctl.plan.plan import FieldChange
from sgpctl.render.changed_line import changed_lines
from sgpctl.render.counting import counted
from sgpctl.render.excerpt import value_text
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, INDENT, Line, Span, Style, line_width
from sgpctl.render.safe_text import display_width, safe, shortened
from sgpctl.render.text_diff import DiffLine, Kind, text_diff
from sgpctl.render.wording import more_lines_text, place_text

_INNER = " " * 8
_FURTHER = " |"  # before what goes on with the line above it; another line has its mark and a space there
_GAP = " " * 3
_PATH_COLUMN_MAX = 40
_ROOM_MIN = 20

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


def is_long_text(field: FieldChange) -> bool:
    values = (field.before, field.after)
    return all(value is None or isinstance(value, str) for value in values) and any(
        isinstance(value, str) and "\n" in value for value in values
    )


def _value_lines(field: FieldChange, column: int, glyphs: Glyphs, width: int) -> list[Line]:
    before, after = value_text(field.before), value_text(field.after)
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
    lines: list[Line] = [(Span(INDENT), path, *place)]
    if field.before is not None:
        lines += _diff_lines(DiffLine(Kind.REMOVED, before, after), glyphs, width)
    if field.after is not None:
        lines += _diff_lines(DiffLine(Kind.ADDED, after, before), glyphs, width)
    return lines


def _text_lines(field: FieldChange, manifest: Mark | None, glyphs: Glyphs, width: int) -> list[Line]:
    before = field.before if isinstance(field.before, str) else ""
    after = field.after if isinstance(field.after, str) else ""
    diff = text_diff(before, after)
    origin = f"{origin_text(field.place, manifest)}  " if field.place else ""
    counts = f"+{diff.added:,} -{diff.removed:,} lines"
    head: Line = (Span(f"{INDENT}{field.path}{_GAP}"), Span(origin, Style.FAINT), Span(counts))
    if diff.lines is None:
        message = f"more than {DIFF_LINES_COMPARED_MAX:,} lines between the first and the last difference"
        return [head, (Span(_INNER), Span(message, Style.FAINT))]
    shown = diff.lines[:DIFF_LINES_SHOWN_MAX]
    lines = [head, *(printed for line in shown for printed in _diff_lines(line, glyphs, width))]
    if hidden := diff.lines[len(shown) :]:
        lines.append((Span(_INNER), Span(f"{glyphs.ellipsis} {more_lines_text(hidden)}", Style.FAINT)))
    return lines


def origin_text(place: Mark, manifest: Mark | None) -> str:
    """A file that is one text is named without a line."""
    is_whole_file = manifest is not None and place[0] != manifest[0] and place[1] == 1
    return place[0] if is_whole_file else place_text(place)


def _diff_lines(line: DiffLine, glyphs: Glyphs, width: int) -> list[Line]:
    """Lines around a change are cut to the width; changed ones go on in further lines."""
    room = max(width - len(_INNER) - 2, _ROOM_MIN)
    mark = line.kind.value
    match line.kind:
        case Kind.POSITION:
            printed = [f"@@ line {line.text}"]
        case Kind.REMOVED | Kind.ADDED:
            printed = [*changed_lines(line, f"{mark} ", _FURTHER, room, glyphs.ellipsis)]
        case Kind.CONTEXT | Kind.REMARK:
            printed = [f"{mark} {shortened(line.text, room, glyphs.ellipsis)}"]
    return [(Span(_INNER), Span(text, _STYLES[line.kind])) if text.strip() else BLANK for text in printed]
