"""How a question is laid out for a contributor: containers in containers, with components as leaves (API 3.3)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Discriminator, StringConstraints, Tag

from sgpctl.sandbox.locators import LOCATOR_PATTERN


class Component(BaseModel):
    data: Annotated[str, StringConstraints(pattern=LOCATOR_PATTERN)]
    label: str | None = None


def _kind(value: object) -> str:
    return "container" if isinstance(value, Container) or "children" in _keys(value) else "component"


def _keys(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


class Container(BaseModel):
    children: list[
        Annotated[
            Annotated[Container, Tag("container")] | Annotated[Component, Tag("component")],
            Discriminator(_kind),
        ]
    ]
    direction: Literal["row", "column"] = "column"
