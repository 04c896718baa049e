"""What the formatter holds of a file: its values as they were spelled, and every comment beside its value.

Nothing here is interpreted: `0x1F` stays `0x1F`. `None` in a gap is an empty line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias


class NotFormattable(Exception):
    """A way to write YAML that the formatter does not know; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its `#`. `is_trailing` says that something stands before it in its line, `space` how far away."""

    text: str
    column: int
    is_trailing: bool = False
    space: int = 0

    def moved(self) -> Comment:
        """The same for a line that has changed so much that the distance means nothing any more."""
        return replace(self, space=0)


Gap: TypeAlias = "list[Comment | None]"


@dataclass(slots=True)
class Properties:
    """Anchor and tag of a value, as spelled: `&name !!str`."""

    text: str = ""
    anchor: str | None = None


@dataclass(slots=True)
class Scalar:
    """A plain or quoted scalar, or an alias. Line ends within it are kept, the indentation after them is not."""

    lines: list[str]
    value: str
    properties: Properties = field(default_factory=Properties)
    refers_to: str | None = None


@dataclass(slots=True)
class BlockScalar:
    """A scalar after `|` or `>`. `lines` are without their indentation, and otherwise untouched."""

    header: str
    lines: list[str]
    properties: Properties = field(default_factory=Properties)

    @property
    def keeps_line_ends(self) -> bool:
        """Whether an empty line after it would become part of it."""
        return "+" in self.header


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list (`key` is None), and the comments around them.

    `before` stands above it, `head` between the key or dash and the value, `tail` behind the value.
    """

    before: Gap = field(default_factory=list)
    key: Scalar | None = None
    head: list[Comment] = field(default_factory=list)
    value: Node | None = None
    tail: Comment | None = None


@dataclass(slots=True)
class Collection:
    """A map or a list. `after` stands below its last entry, at the entries' indentation."""

    is_map: bool
    is_flow: bool
    entries: list[Entry] = field(default_factory=list)
    after: Gap = field(default_factory=list)
    properties: Properties = field(default_factory=Properties)


Node: TypeAlias = Scalar | BlockScalar | Collection


@dataclass(slots=True)
class Document:
    """One document. `before` stands above its `---`, `top` above its first key whatever that is, `after` above `...`.

    `start` and `end` are the comments beside the two marks.
    """

    before: Gap = field(default_factory=list)
    directives: list[str] = field(default_factory=list)
    is_marked: bool = False
    start: Comment | None = None
    top: Gap = field(default_factory=list)
    root: Entry = field(default_factory=Entry)
    after: Gap = field(default_factory=list)
    is_ended: bool = False
    end: Comment | None = None


@dataclass(slots=True)
class Stream:
    """A whole file."""

    documents: list[Document] = field(default_factory=list)
    after: Gap = field(default_factory=list)


def comments_in(gap: Gap) -> list[Comment]:
    return [item for item in gap if item is not None]
