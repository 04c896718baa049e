"""Texts that differ, prompts above all: each difference once, however many evaluations have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sgpctl.limits import (
    COMMENT_DIFF_BYTES_MAX,
    COMMENT_DIFF_LINES_MAX,
    DIFF_LINES_COMPARED_MAX,
    DIFF_LINES_SHOWN_MAX,
)
from sgpctl.plan.plan import Change, FieldChange
from sgpctl.render.changed_line import changed_lines
from sgpctl.render.counting import counted
from sgpctl.render.field_text import is_long_text, origin_text
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import ELLIPSIS, code, fenced, folded, of_evaluations
from sgpctl.render.safe_text import shortened
from sgpctl.render.text_diff import DiffLine, Kind, TextDiff, text_diff
from sgpctl.render.wording import more_lines_text

_LINE_CELLS_MAX = 100  # a comment on GitHub shows so many; what is beyond has to be scrolled to
_FURTHER = {Kind.REMOVED: "<", Kind.ADDED: ">"}  # GitHub colours these lines as the ones that they go on with

TextKey = tuple[str, str, str]
"""Before, after, and where the new text was written; its path where no place is known."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text before and after, wherever it is used."""

    origin: str
    diff: TextDiff
    paths: Sequence[str]
    names: Sequence[str]

    @property
    def counts(self) -> str:
        return f"+{self.diff.added:,} -{self.diff.removed:,} lines"


def text_key(field: FieldChange, change: Change) -> TextKey:
    before, after = (value if isinstance(value, str) else "" for value in (field.before, field.after))
    return before, after, origin_text(field.place, change.place) if field.place is not None else field.path


def text_changes(changes: Iterable[Change]) -> Mapping[TextKey, TextChange]:
    uses: dict[TextKey, list[tuple[str, str]]] = {}
    for change in changes:
        for field in filter(is_long_text, change.fields):
            uses.setdefault(text_key(field, change), []).append((field.path, change.name))
    return {
        (before, after, origin): TextChange(
            origin,
            text_diff(before, after),
            list(dict.fromkeys(path for path, _ in used)),
            list(dict.fromkeys(name for _, name in used)),
        )
        for (before, after, origin), used in uses.items()
    }


def texts_part(texts: Mapping[TextKey, TextChange], remedy: str) -> Part | None:
    if not texts:
        return None
    shares = _shares([len(text.diff.lines or ()) for text in texts.values()])
    return Part(
        Importance.TEXTS,
        *folded(counted(len(texts), "text differs", "texts differ")),
        items=[_item(text, share) for text, share in zip(texts.values(), shares, strict=True)],
        joint="\n\n",
        things="text differences",
        remedy=remedy,
    )


def _shares(lengths: Sequence[int]) -> list[int]:
    """How many lines of each difference are shown: what a short one leaves goes to the longer ones."""
    shares = [0] * len(lengths)
    left = COMMENT_DIFF_LINES_MAX
    for rank, index in enumerate(sorted(range(len(lengths)), key=lengths.__getitem__)):
        even = max(DIFF_LINES_SHOWN_MAX, left // (len(lengths) - rank))
        shares[index] = min(lengths[index], even)
        left = max(0, left - shares[index])
    return shares


def _item(text: TextChange, lines_max: int) -> str:
    paths = ", ".join(map(code, text.paths))
    title = f"{code(text.origin)} {text.counts}: {paths} of {of_evaluations(text.names)}"
    if text.diff.lines is None:
        return f"{title}\n\nMore than {DIFF_LINES_COMPARED_MAX:,} lines between the first and the last difference."
    shown = _within(text.diff.lines[:lines_max])
    block = f"{title}\n\n{fenced(chain.from_iterable(shown), 'diff')}"
    hidden = text.diff.lines[len(shown) :]
    return f"{block}\n\n{ELLIPSIS} {more_lines_text(hidden)}" if hidden else block


def _within(lines: Sequence[DiffLine]) -> Sequence[Sequence[str]]:
    """The first lines as they are printed, as far as one difference may take room from others."""
    shown: list[Sequence[str]] = []
    left = COMMENT_DIFF_BYTES_MAX
    for line in lines:
        printed = _printed(line)
        left -= sum(len(one.encode("utf-8")) for one in printed)
        if left < 0:
            break
        shown.append(printed)
    return shown


def _printed(line: DiffLine) -> Sequence[str]:
    mark = line.kind.value
    match line.kind:
        case Kind.POSITION:
            return [f"@@ line {line.text} @@"]
        case Kind.REMARK:
            return [f"{mark} {line.text}"]
        case Kind.CONTEXT:
            return [f"{mark}{shortened(line.text, _LINE_CELLS_MAX, ELLIPSIS)}"]
        case Kind.REMOVED | Kind.ADDED:
            return [*changed_lines(line, mark, _FURTHER[line.kind], _LINE_CELLS_MAX, ELLIPSIS)]
