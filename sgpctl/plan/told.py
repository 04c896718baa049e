"""What is told to people, with its texts put into words that may be shown: before they are shortened or broken into lines.

What a plan does, starts and relies on stays as it is, and so does its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sgpctl.model.evaluation import ItemFailure, Progress, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.drift import Drift
from sgpctl.plan.plan import Change, FieldChange, Plan, Refusal

Words = Callable[[str], str]


def told(plan: Plan, words: Words) -> Plan:
    """`plan` with `words` for each text that only people read."""
    return replace(
        plan,
        changes=tuple(_change(change, words) for change in plan.changes),
        notes=tuple(map(words, plan.notes)),
        warnings=tuple(map(words, plan.warnings)),
        refusals=tuple(Refusal(words(each.message), words(each.hint)) for each in plan.refusals),
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
        metadata=_map(remote.metadata, words),
        tasks=None if remote.tasks is None else tuple(_map(task, words) for task in remote.tasks),
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
    return replace(change, reasons=tuple(map(words, change.reasons)), fields=_fields(change.fields, words))


def _fields(fields: tuple[FieldChange, ...], words: Words) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(words(field.path), _value(field.before, words), _value(field.after, words), field.place)
        for field in fields
    )


def _text(text: str | None, words: Words) -> str | None:
    return None if text is None else words(text)


def _map(values: Mapping[str, Json], words: Words) -> dict[str, Json]:
    return {words(key): _value(value, words) for key, value in values.items()}


def _value(value: Json, words: Words) -> Json:
    if isinstance(value, str):
        return words(value)
    if isinstance(value, list):
        return [_value(part, words) for part in value]
    if isinstance(value, dict):
        return _map(value, words)
    return value
