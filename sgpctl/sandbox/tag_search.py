"""Tags of things that are few: read from their JSON column instead of a side table."""

from __future__ import annotations


def has_all_tags(column: str) -> str:
    """The condition that `column` holds every tag of the JSON list `:tags` (API 5: a list filter means all)."""
    return (
        "NOT EXISTS (SELECT 1 FROM json_each(:tags) AS wanted"  # noqa: S608 - the column is a constant of ours
        f" WHERE wanted.value NOT IN (SELECT value FROM json_each({column})))"
    )
