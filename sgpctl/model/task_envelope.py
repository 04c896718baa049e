"""What every task has around its configuration (API 3)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sgpctl.model.reading import Part


class TaskEnvelope(Part):
    """One step that is run, or asked of people, for every row."""

    alias: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="The column in which the results land; later tasks read it as item.<alias>. "
        "Each type of task has a default, so two tasks of one type need aliases.",
    )
