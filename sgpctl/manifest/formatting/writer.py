"""The one style in which manifests are written.

Two spaces for each level, lists indented below their key, two spaces before a comment beside a value (more if its
author wrote more), at most one empty line. What stands in brackets stays there, in one line, if it fits.
"""

from __future__ import annotations

from sgpctl.limits import FORMATTED_LINE_CHARS_MAX
from sgpctl.manifest.formatting.scalars import INDENT
from sgpctl.manifest.formatting.tree import (
    BlockScalar,
    Collection,
    Comment,
    Document,
    Entry,
    Gap,
    Node,
    Scalar,
    Stream,
)

_DASH = "- "
_COMMENT_GAP = 2


def written(stream: Stream) -> str:
    """The text of a whole file; empty when there is nothing in it."""
    writer = _Writer()
    for document in stream.documents:
        writer.document(document)
    writer.gap(_without_last_skips(stream.after), 0)
    return "".join(f"{line}\n" for line in writer.lines)


class _Writer:
    """Writes line by line. Dashes wait until the first line of their item is known, so that comments go above them.

    `may_skip` is False where an empty line is not wanted (at a beginning) or would mean something.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.may_skip = False
        self._dashes = ""
        self._dashes_at = 0

    def document(self, document: Document) -> None:
        self.gap(document.before, 0)
        for directive in document.directives:
            self._line(0, directive)
        if document.is_marked:
            self._line(0, "---", document.start)
            self.may_skip = False
        self.gap(document.top, 0)
        self._entry(document.root, 0, "")
        self.gap(document.after, 0)
        if document.is_ended:
            self._line(0, "...", document.end)

    def gap(self, gap: Gap, indent: int) -> None:
        """Comments, each in its own line, and the empty lines around them."""
        column = self._dashes_at if self._dashes else indent
        for item in gap:
            if item is not None:
                self.lines.append(" " * column + item.text)
                self.may_skip = True
            elif self.may_skip:
                self.lines.append("")
                self.may_skip = False

    def _entries(self, holder: Collection, indent: int) -> None:
        for index, entry in enumerate(holder.entries):
            before = _without_first_skips(entry.before) if index == 0 else entry.before
            self.gap(before, indent)
            self._entry(entry, indent, _marker(entry.key))
        self.gap(_without_last_skips(holder.after), indent)

    def _entry(self, entry: Entry, indent: int, marker: str) -> None:
        """`marker` is the key with its colon, or the dash; it is empty for the root of a document."""
        value = entry.value
        start = _joined(marker, value.properties.text if value is not None else "")
        inline = _inline(value, indent + len(start) + 1 if start else 0)
        below = value if isinstance(value, Collection) and inline is None else None
        if below is not None and start in ("", "-"):
            self._place_comments(entry, indent, has_line=False)
            if marker:
                self._dash(indent)
        else:
            beside = self._place_comments(entry, indent, has_line=True)
            has_moved = below.is_flow if below is not None else bool(inline) and beside is not entry.tail
            if beside is not None and has_moved:
                beside = beside.moved()
            self._value(value, _joined(start, inline or ""), indent, beside)
        if below is not None:
            self._entries(below, indent + INDENT if marker else indent)

    def _value(self, value: Node | None, text: str, indent: int, beside: Comment | None) -> None:
        """`text` and the further lines of a value; the entries of a map or list that is not in it come later."""
        is_folded = isinstance(value, Scalar) and len(value.lines) > 1
        if text or beside is not None:
            self._line(indent, text, None if is_folded else beside)
        match value:
            case Scalar():
                self._continue(value.lines[1:], indent + INDENT, beside)
            case BlockScalar():
                self._continue(value.lines, indent + INDENT, None)
                self.may_skip = not value.keeps_line_ends
            case Collection():
                pass
            case None:
                pass

    def _place_comments(self, entry: Entry, indent: int, *, has_line: bool) -> Comment | None:
        """Writes above the entry what cannot stand beside it, and returns the one comment that does."""
        comments = [*entry.head, *([entry.tail] if entry.tail is not None else [])]
        beside = None
        if has_line and comments and (entry.tail is not None or len(comments) == 1):
            beside = comments.pop()
        self.gap([*comments], indent)
        return beside

    def _continue(self, lines: list[str], indent: int, comment: Comment | None) -> None:
        """Further lines of one scalar; `comment` stands beside the last."""
        for index, line in enumerate(lines):
            text = " " * indent + line if line else ""
            self.lines.append(_with_comment(text, comment if index == len(lines) - 1 else None))

    def _dash(self, indent: int) -> None:
        if not self._dashes:
            self._dashes_at = indent
        self._dashes += _DASH

    def _line(self, indent: int, text: str, comment: Comment | None = None) -> None:
        start = " " * self._dashes_at + self._dashes if self._dashes else " " * indent
        self._dashes = ""
        self.lines.append(_with_comment(start + text, comment))
        self.may_skip = True


def _marker(key: Scalar | None) -> str:
    if key is None:
        return "-"
    spelled = _joined(key.properties.text, key.lines[0])
    return f"{spelled} :" if key.refers_to is not None or not key.lines[0] else f"{spelled}:"


def _inline(value: Node | None, column: int) -> str | None:
    """What of a value stands at `column`, beside its key or dash; None when all of it stands below."""
    match value:
        case Scalar():
            return value.lines[0]
        case BlockScalar():
            return value.header
        case Collection():
            return _bracketed(value, FORMATTED_LINE_CHARS_MAX - column)
        case None:
            return ""


def _bracketed(value: Node | None, room: int) -> str | None:
    """A value as it stands within brackets, its own included; None if that takes several lines or too long a one."""
    match value:
        case None:
            return ""
        case Scalar() if len(value.lines) == 1:
            return value.lines[0]
        case Collection() if value.is_flow:
            text = _brackets(value, room)
            return text if text is not None and (len(text) <= room or not value.entries) else None
        case _:
            return None


def _brackets(holder: Collection, room: int) -> str | None:
    parts: list[str] = []
    left = room
    for entry in holder.entries:
        properties = entry.value.properties.text if entry.value is not None else ""
        inner = _bracketed(entry.value, left)
        if inner is None:
            return None
        part = _joined(properties, inner)
        if entry.key is not None:
            key = _marker(entry.key)
            part = _joined(key, part) if part else key.removesuffix(":").rstrip()
        parts.append(part)
        left -= len(part)
        if left < 0:
            return None
    text = ", ".join(parts)
    return f"{{{text}}}" if holder.is_map else f"[{text}]"


def _without_first_skips(gap: Gap) -> Gap:
    first = next((index for index, item in enumerate(gap) if item is not None), len(gap))
    return gap[first:]


def _without_last_skips(gap: Gap) -> Gap:
    return _without_first_skips(gap[::-1])[::-1]


def _with_comment(text: str, comment: Comment | None) -> str:
    if comment is None:
        return text
    return text + " " * max(comment.space, _COMMENT_GAP) + comment.text


def _joined(first: str, second: str) -> str:
    return f"{first} {second}" if first and second else first or second
