"""What a project owns remotely, as a table for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sgpctl.model.evaluation import Progress, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.saved import iso_text
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, Line, Span, Style, columns
from sgpctl.render.wording import age_text, short_id

LIST_FORMAT_VERSION = "1.0"

_TITLES = ("NAME", "STATUS", "PROGRESS", "ERRORS", "AGE", "ID")
_PROGRESS_COLUMN, _ERRORS_COLUMN, _AGE_COLUMN = 2, 3, 4
_NAME_COLUMN_MIN = 24
_OTHER_COLUMNS = 80  # status, progress, errors, age and a whole id
_UNKNOWN = "-"
STATUS_STYLES = {"completed": Style.GOOD, "running": Style.BRING_BACK, "failed": Style.ERROR}


def list_lines(
    evaluations: Iterable[RemoteEvaluation], now: datetime, glyphs: Glyphs, *, width: int
) -> list[Line]:
    """One row for each evaluation, in order of name: status, items done of all, errors, age at `now`, id.

    Ids are whole where that takes no further line.
    """
    ordered = _ordered(evaluations)
    if not ordered:
        return [(Span("No evaluations. `sgpctl plan` shows what would be created."),)]
    short = _table([_row(each, short_id(each.id, glyphs), now) for each in ordered], width)
    whole = _table([_row(each, each.id, now) for each in ordered], width)
    table = whole if len(whole) == len(short) else short
    return [*table, BLANK, (Span(f"{counted(len(ordered), 'evaluation')}."),)]


def list_document(evaluations: Iterable[RemoteEvaluation], now: datetime) -> dict[str, Json]:
    """The same for programs; null where the platform did not say."""
    return {
        "format_version": LIST_FORMAT_VERSION,
        "generated_at": iso_text(now),
        "evaluations": [_entry(evaluation) for evaluation in _ordered(evaluations)],
    }


def _ordered(evaluations: Iterable[RemoteEvaluation]) -> list[RemoteEvaluation]:
    return sorted(evaluations, key=lambda each: (each.name, each.created_at, each.id))


def _table(rows: Sequence[Sequence[Span]], width: int) -> list[Line]:
    table = columns(
        [[Span(title, Style.FAINT) for title in _TITLES], *rows],
        width=width,
        fold_at=1,
        right=frozenset({_PROGRESS_COLUMN, _ERRORS_COLUMN, _AGE_COLUMN}),
        caps={0: max(_NAME_COLUMN_MIN, width - _OTHER_COLUMNS)},
    )
    return [line for row in table for line in row]


def _row(evaluation: RemoteEvaluation, shown_id: str, now: datetime) -> list[Span]:
    errors = evaluation.error_count
    return [
        Span(evaluation.name, Style.STRONG),
        Span(
            f"{evaluation.status}, archived" if evaluation.is_archived else evaluation.status,
            STATUS_STYLES.get(evaluation.status, Style.PLAIN),
        ),
        Span(_progress_text(evaluation.progress)),
        Span(_UNKNOWN if errors is None else f"{errors:,}", Style.ERROR if errors else Style.PLAIN),
        Span(age_text(now - evaluation.created_at)),
        Span(shown_id, Style.FAINT),
    ]


def _progress_text(progress: Progress | None) -> str:
    return _UNKNOWN if progress is None else f"{progress.successful + progress.failed:,}/{progress.total:,}"


def _entry(evaluation: RemoteEvaluation) -> Json:
    progress = evaluation.progress
    return {
        "id": evaluation.id,
        "name": evaluation.name,
        "status": evaluation.status,
        "status_reason": evaluation.status_reason,
        "created_at": iso_text(evaluation.created_at),
        "archived_at": None if evaluation.archived_at is None else iso_text(evaluation.archived_at),
        "error_count": evaluation.error_count,
        "progress": None
        if progress is None
        else {
            "total": progress.total,
            "successful": progress.successful,
            "failed": progress.failed,
            "pending": progress.pending,
        },
        "tags": [*sorted(evaluation.tags)],
    }
