"""What a person sees when answering a question: containers of components (API 3.3)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from sgpctl.model.locators import ItemLocator
from sgpctl.model.reading import Part, tag

LAYOUT_ERROR = "layout"


class Component(Part):
    """One value of the row, shown."""

    data: ItemLocator = Field(description="The value to show, as item.<column>.")
    label: str | None = Field(
        default=None, description="The heading above the value; the column's name when not given."
    )


class Container(Part):
    """Components and further containers, side by side or below each other."""

    children: list[Child] = Field(description="What the container shows, in order.")
    direction: Literal["row", "column"] | None = Field(
        default=None,
        description="Whether the children stand side by side (row) or below each other (column).",
    )


def _arm(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    if "children" in value:
        return tag("container")
    return tag("component") if "data" in value else None


Child: TypeAlias = Annotated[
    Annotated[Container, Tag(tag("container"))] | Annotated[Component, Tag(tag("component"))],
    Discriminator(
        _arm,
        custom_error_type=LAYOUT_ERROR,
        custom_error_message="must be a container (a map with 'children') or a component (a map with 'data')",
    ),
]
