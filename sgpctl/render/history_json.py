"""The runs of one name as a document for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sgpctl.model.evaluation import Progress
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner, last_change, read_marks
from sgpctl.plan.history import Run, Step
from sgpctl.plan.plan import FieldChange
from sgpctl.plan.saved import iso_text, occasion_document

HISTORY_FORMAT_VERSION = "1.0"


def history_document(
    name: str, owner: Owner, runs: Sequence[Run], now: datetime, *, limit: int | None = None
) -> dict[str, Json]:
    """The runs from the oldest to the newest; with `limit`, so many of the newest. null where nobody said."""
    shown = runs if limit is None else runs[-limit:]
    return {
        "format_version": HISTORY_FORMAT_VERSION,
        "generated_at": iso_text(now),
        "project": owner.project,
        "environment": owner.environment,
        "name": name,
        "total": len(runs),
        "runs": [_run(run) for run in shown],
    }


def _run(run: Run) -> Json:
    remote, came_from, marks = run.remote, last_change(run.remote), read_marks(run.remote)
    return {
        "id": remote.id,
        "name": remote.name,
        "created_at": iso_text(remote.created_at),
        "archived_at": None if remote.archived_at is None else iso_text(remote.archived_at),
        "status": remote.status,
        "status_reason": remote.status_reason,
        "error_count": remote.error_count,
        "progress": _progress(remote.progress),
        "commit": came_from.commit,
        "provenance": occasion_document(came_from.occasion),
        "source": came_from.source,
        "sgpctl_version": came_from.version,
        "digest": marks.digest,
        "data_digest": marks.data_digest,
        "changed": None if run.step is None else _step(run.step),
    }


def _progress(progress: Progress | None) -> Json:
    if progress is None:
        return None
    return {
        "total": progress.total,
        "successful": progress.successful,
        "failed": progress.failed,
        "pending": progress.pending,
        "failures": [
            {"item_id": failure.item_id, "type": failure.kind, "message": failure.message}
            for failure in progress.failures
        ],
    }


def _step(step: Step) -> Json:
    return {
        "same_spec": step.is_same_spec,
        "same_rows": step.has_same_rows,
        "spec": [_field(field) for field in step.spec],
        "mutable": [_field(field) for field in step.mutable],
    }


def _field(field: FieldChange) -> Json:
    return {"path": field.path, "before": field.before, "after": field.after}
