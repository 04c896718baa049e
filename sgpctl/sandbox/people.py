"""Questions for people: never executed, pending for ever, unless a column of the row answers them beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sgpctl.sandbox.wire import json_text

CONTRIBUTOR_TASK = "contributor_evaluation.question"


@dataclass(frozen=True, slots=True)
class Asked:
    """One contributor task: its column, and the column that may hold the answer already."""

    alias: str
    prefill_from: str | None


def people_text(tasks: Iterable[Mapping[str, object]]) -> str:
    """The contributor tasks among these task documents, as they are kept beside the evaluation."""
    asked: list[list[object]] = []
    for task in tasks:
        configuration = task["configuration"]
        if task["task_type"] == CONTRIBUTOR_TASK and isinstance(configuration, dict):
            asked.append([task["alias"], configuration.get("prefill_from")])
    return json_text(asked)


def asked_of(text: str) -> tuple[Asked, ...]:
    return tuple(Asked(alias, prefill_from) for alias, prefill_from in json.loads(text))


def prefilled_answer(asked: Asked, row: Mapping[str, object]) -> object:
    """What `row` answers already; None when nobody has answered."""
    column = (asked.prefill_from or "").removeprefix("item.")
    return row.get(column) if column else None
