"""A changed line or value for people: in full or, where it is very long, what tells how it differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from sgpctl.limits import (
    CHANGED_LINE_CHARS_COMPARED_MAX,
    CHANGED_LINE_CHARS_SHOWN_MAX,
    CHANGED_LINE_PASSAGES_MAX,
)
from sgpctl.model.shared_start import shared_start
from sgpctl.render.counting import counted
from sgpctl.render.safe_text import escape, pieces
from sgpctl.render.text_diff import DiffLine

_SHARED_CHARS_MIN = 40  # what is the same for less than that belongs to the passage that differs beside it
_WORD = re.compile(r"\w+\W*|\W+")


def changed_lines(line: DiffLine, lead: str, further: str, room: int, ellipsis: str) -> Iterator[str]:
    """A line of a diff in pieces of at most `room` cells, and each gap in it as a line of its own.

    `lead` stands before the first piece and `further` before each other one: no text begins where they and the ellipsis
    stand, so none can pass for another. A space at the end can be all that differs, so it is made visible.
    """
    text = line.text[:-1] + escape(" ") if line.text.endswith(" ") else line.text
    for part, left_out in telling_parts(text, line.twin):
        for piece in pieces(part, room):
            yield f"{lead}{piece}" if piece else line.kind.value
            lead = further
        if left_out:
            yield f"{ellipsis} {left_out}"


def telling_parts(text: str, twin: str | None) -> Iterator[tuple[str, str]]:
    """What is shown of `text`, part by part, each with words about what is left out after it, if anything is.

    Beyond a bound these are the beginning and the end of each passage that differs from `twin`, its counterpart, and of
    each that does not.
    """
    if len(text) <= CHANGED_LINE_CHARS_SHOWN_MAX:
        yield text, ""
        return
    passages = [(text, False)] if twin is None else _passages(text, twin)
    end_chars = CHANGED_LINE_CHARS_SHOWN_MAX // (2 * len(passages))
    shown = ""
    for passage, is_shared in passages:
        if (hidden := len(passage) - 2 * end_chars) <= 0:
            shown += passage
            continue
        noun = "unchanged character" if is_shared else "more character"
        yield shown + passage[:end_chars], counted(hidden, noun)
        shown = passage[-end_chars:]
    yield shown, ""


def _passages(text: str, twin: str) -> list[tuple[str, bool]]:
    """All of `text` in passages, and whether `twin` has the same there."""
    bounds = [0, *_differences(text, twin), len(text)]
    return [
        (text[start:end], index % 2 == 0)
        for index, (start, end) in enumerate(pairwise(bounds))
        if start < end
    ]


def _differences(text: str, twin: str) -> Sequence[int]:
    """Where in `text` each passage that differs begins and ends, in turn. Of very many, they are taken for one."""
    start = _shared(text, twin)
    tail = _shared(text[start:][::-1], twin[start:][::-1])
    end = len(text) - tail
    mine, theirs = text[start:end], twin[start : len(twin) - tail]
    if max(len(mine), len(theirs)) > CHANGED_LINE_CHARS_COMPARED_MAX:
        return [start, end]
    words = _WORD.findall(mine)
    places = list(accumulate(map(len, words), initial=start))
    bounds = [start]
    for block in SequenceMatcher(None, words, _WORD.findall(theirs)).get_matching_blocks():
        shared_from, shared_to = places[block.a], places[block.a + block.size]
        if shared_to - shared_from >= _SHARED_CHARS_MIN:
            bounds += [shared_from, shared_to]
    bounds.append(end)
    return bounds if len(bounds) <= 2 * CHANGED_LINE_PASSAGES_MAX else [start, end]


def _shared(left: str, right: str) -> int:
    count = shared_start(left, right)
    return count if count >= _SHARED_CHARS_MIN else 0
