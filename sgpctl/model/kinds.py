"""Fields that take values of several JSON kinds: told apart by kind, so that an error speaks of one of them only."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag

from sgpctl.model.reading import FreeForm, tag

KIND_ERROR = "json_kind"

Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
"""An integer or a float; never a boolean, never a string."""


def kind_of(value: object) -> str:
    """What a person calls the kind of a JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case _:
            return "map"


def by_kind(wanted: str) -> Discriminator:
    """Chooses the arm that is tagged with the kind of the value; `wanted` words all the kinds that there are."""
    return Discriminator(
        lambda value: tag(kind_of(value)),
        custom_error_type=KIND_ERROR,
        custom_error_message=f"must be {wanted}",
    )


_Text: TypeAlias = Annotated[str, Tag(tag("string"))]
_Map: TypeAlias = Annotated[FreeForm, Tag(tag("map"))]

Scalar: TypeAlias = Annotated[
    _Text | Annotated[Number, Tag(tag("number"))] | Annotated[bool, Tag(tag("boolean"))],
    by_kind("a string, a number, true or false"),
]
TextOrMap: TypeAlias = Annotated[_Text | _Map, by_kind("a string or a map")]
TextMapOrList: TypeAlias = Annotated[
    _Text | _Map | Annotated[list[object], Tag(tag("list"))], by_kind("a string, a map or a list")
]
