"""Which tasks cost model calls. Needs no models, so that counting the cost stays cheap."""

from __future__ import annotations

from collections.abc import Mapping

from sgpctl.model.located import Json

ASKED_OF_PEOPLE = "contributor_evaluation.question"


def executes(task: Mapping[str, Json]) -> bool:
    """True when the platform runs the task by itself (API 3.1); a type that we do not know is taken to do so."""
    return task.get("task_type") != ASKED_OF_PEOPLE


def has_run_condition(task: Mapping[str, Json]) -> bool:
    """True when the task may skip rows, so that its cost is an upper bound."""
    configuration = task.get("configuration")
    return isinstance(configuration, dict) and configuration.get("run_condition") is not None
