"""What is told to people, with its texts put into words that may be shown: before they are shortened or broken into lines.

What a plan does, starts and relies on stays as it is, and so does its digest.
"""

from __future__ import annotations

import json
from dataclasses import replace

from sgpctl.model.evaluation import ItemFailure, Progress, RemoteEvaluation
from sgpctl.model.words import Words, in_words, map_in_words
from sgpctl.plan.drift import Drift
from sgpctl.plan.plan import (
    Change,
    ColumnChange,
    Excerpt,
    FieldChange,
    Plan,
    RowChange,
    RowsChange,
)


def told(plan: Plan, words: Words) -> Plan:
    """`plan` with `words` for each text that only people read."""
    return replace(
        plan,
        changes=tuple(_change(change, words) for change in plan.changes),
        notes=tuple(map(words, plan.notes)),
        warnings=tuple(map(words, plan.warnings)),
        refusals=tuple(
            replace(each, message=words(each.message), hint=words(each.hint)) for each in plan.refusals
        ),
        gap=_text(plan.gap, words),
    )


def told_drift(drift: Drift, words: Words) -> Drift:
    """`drift` with `words` for what the platform said."""
    findings = tuple(
        replace(found, words=words(found.words), fields=_fields(found.fields, words))
        for found in drift.findings
    )
    return replace(drift, findings=findings, gap=_text(drift.gap, words))


def told_remote(remote: RemoteEvaluation, words: Words) -> RemoteEvaluation:
    """`remote` with `words` for all that people wrote into it and that the platform said about it; only to be shown."""
    return replace(
        remote,
        status=words(remote.status),
        status_reason=_text(remote.status_reason, words),
        description=_text(remote.description, words),
        metadata=map_in_words(remote.metadata, words),
        tasks=None if remote.tasks is None else tuple(map_in_words(task, words) for task in remote.tasks),
        dataset_ids=tuple(map(words, remote.dataset_ids)),
        dataset_names=tuple(map(words, remote.dataset_names)),
        progress=None if remote.progress is None else _progress(remote.progress, words),
    )


def _progress(progress: Progress, words: Words) -> Progress:
    failures = tuple(
        ItemFailure(words(failure.item_id), _text(failure.kind, words), _text(failure.message, words))
        for failure in progress.failures
    )
    return replace(progress, failures=failures)


def _change(change: Change, words: Words) -> Change:
    return replace(
        change,
        reasons=tuple(map(words, change.reasons)),
        fields=_fields(change.fields, words),
        rows=None if change.rows is None else _rows(change.rows, words),
    )


def _rows(rows: RowsChange, words: Words) -> RowsChange:
    return replace(
        rows,
        key=_text(rows.key, words),
        columns=tuple((words(column), count) for column, count in rows.columns),
        sample=tuple(_row(row, words) for row in rows.sample),
    )


def _row(row: RowChange, words: Words) -> RowChange:
    columns = (
        ColumnChange(words(each.column), _excerpt(each.before, words), _excerpt(each.after, words))
        for each in row.columns
    )
    return replace(row, key=_text(row.key, words), columns=tuple(columns))


def _excerpt(excerpt: Excerpt | None, words: Words) -> Excerpt | None:
    if excerpt is None or excerpt.is_cut:
        return None if excerpt is None else replace(excerpt, text=words(excerpt.text))
    return Excerpt(json.dumps(in_words(json.loads(excerpt.text), words), ensure_ascii=False))


def _fields(fields: tuple[FieldChange, ...], words: Words) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(
            words(field.path), in_words(field.before, words), in_words(field.after, words), field.place
        )
        for field in fields
    )


def _text(text: str | None, words: Words) -> str | None:
    return None if text is None else words(text)
