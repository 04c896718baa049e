"""Two values, cut to a width around the first place where they differ."""

from __future__ import annotations

import json

from sgpctl.model.located import Json
from sgpctl.model.shared_start import shared_start
from sgpctl.render.safe_text import display_width, safe, shortened

ABSENT = "not set"


def value_text(value: Json) -> str:
    return ABSENT if value is None else json.dumps(value, ensure_ascii=False)


def excerpts(before: str, after: str, room: int, ellipsis: str) -> tuple[str, str]:
    """Both in at most `room` cells, around the first place where they differ."""
    if display_width(safe(before)) <= room and display_width(safe(after)) <= room:
        return before, after
    start = shared_start(before, after)
    context = room // 3
    while start > 0 and (context := context - display_width(safe(before[start - 1]))) >= 0:
        start -= 1
    return _excerpt(before, start, room, ellipsis), _excerpt(after, start, room, ellipsis)


def _excerpt(text: str, start: int, room: int, ellipsis: str) -> str:
    if start == 0 or len(text) <= start:
        return shortened(text, room, ellipsis)
    return shortened(ellipsis + text[start:], room, ellipsis)
