"""What a comment has room for: the least important is left out first, and every gap says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, auto
from itertools import accumulate

from sgpctl.limits import COMMENT_BYTES_MAX

_BREAK = "\n\n"


class Importance(IntEnum):
    """In this order parts are shortened; what is first in line goes first."""

    UNCHANGED = auto()
    DONE = auto()
    NAMES = auto()
    FIELDS = auto()
    GRIDS = auto()
    ROWS = auto()
    TEXTS = auto()
    NOTES = auto()
    WARNINGS = auto()
    CHANGES = auto()
    NOT_DONE = auto()
    REFUSALS = auto()
    ARCHIVES = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """Items between an opening and a closing. Any number of the first items can stand without the others.

    `things` is what they are called where some are left out, and `remedy` where the rest is to be seen.
    """

    importance: Importance
    opening: str
    closing: str = ""
    joint: str = field(default="\n", kw_only=True)
    items: Sequence[str] = field(kw_only=True)
    things: str = field(kw_only=True)
    remedy: str = field(kw_only=True)

    def with_first(self, count: int) -> str:
        hidden = len(self.items) - count
        if not hidden:
            return f"{self.opening}{self.joint.join(self.items)}{self.closing}"
        gap = (
            f"**{hidden:,} of {len(self.items):,} {self.things} are left out here for length.** {self.remedy}"
        )
        if not count:
            return gap
        return f"{self.opening}{self.joint.join(self.items[:count])}{_BREAK}{gap}{self.closing}"

    def fitting(self, room: int) -> str:
        """As many of the first items as `room` bytes allow, be it none."""
        sizes = accumulate(_size(self.joint) + _size(item) for item in self.items)
        around = _size(self.with_first(1)) - _size(self.items[0]) if len(self.items) > 1 else 0
        count = sum(around + size <= room for size in sizes)
        return self.with_first(min(count, len(self.items) - 1))


def fitted(parts: Sequence[str | Part], bytes_max: int = COMMENT_BYTES_MAX) -> str:
    """All parts in their order, in at most `bytes_max` bytes as long as the bare texts among them leave room."""
    shown = [part if isinstance(part, str) else part.with_first(len(part.items)) for part in parts]
    excess = _size(_BREAK.join(shown)) + 1 - bytes_max
    shrinkable = [
        (part.importance, index, part) for index, part in enumerate(parts) if isinstance(part, Part)
    ]
    for _, index, part in sorted(shrinkable, key=lambda entry: entry[:2]):
        if excess <= 0:
            break
        shorter = part.fitting(_size(shown[index]) - excess)
        if (saved := _size(shown[index]) - _size(shorter)) > 0:
            shown[index] = shorter
            excess -= saved
    return _BREAK.join(shown) + "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
