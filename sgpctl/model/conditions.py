"""The grammar of `run_condition`: which rows a guided-decoding task runs on (API 3.4)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from sgpctl.model.kinds import Scalar
from sgpctl.model.locators import ItemLocator
from sgpctl.model.reading import Part, tag

CONDITION_ERROR = "condition"

_COMPARISONS = ("eq", "ne", "lt", "lte", "gt", "gte")
_MEMBERSHIPS = ("in", "not_in")
_CONNECTIVES = ("and", "or", "not", "is_null", "is_not_null")
OPERATORS = ("const", "var", *_COMPARISONS, *_MEMBERSHIPS, *_CONNECTIVES)


class Const(Part):
    """A value written in the condition itself."""

    op: Literal["const"] = Field(description="Marks a literal value.")
    value: Scalar | None = Field(description="The value; null counts as a value here.")


class Var(Part):
    """A value taken from the row."""

    op: Literal["var"] = Field(description="Marks a value that each row brings along.")
    path: ItemLocator = Field(description="Where the row keeps the value, as item.<column>.")


class Comparison(Part):
    """Two values compared."""

    op: Literal["eq", "ne", "lt", "lte", "gt", "gte"] = Field(description="How the two sides are compared.")
    left: Condition = Field(description="The left side.")
    right: Condition = Field(description="The right side.")


class Membership(Part):
    """A value looked for among others."""

    op: Literal["in", "not_in"] = Field(description="Whether the value must be among the operands or not.")
    left: Condition = Field(description="The value that is looked for.")
    operands: list[Condition] = Field(description="The values it is looked for among.")


class Connective(Part):
    """Conditions joined, negated or tested for null."""

    op: Literal["and", "or", "not", "is_null", "is_not_null"] = Field(
        description="What is done to the operands."
    )
    operands: list[Condition] = Field(description="The conditions that it is done to.")


def _arm(value: object) -> str | None:
    op = value.get("op") if isinstance(value, dict) else None
    if op in ("const", "var"):
        return tag(str(op))
    if op in _COMPARISONS:
        return tag("comparison")
    if op in _MEMBERSHIPS:
        return tag("membership")
    return tag("connective") if op in _CONNECTIVES else None


Condition: TypeAlias = Annotated[
    Annotated[Const, Tag(tag("const"))]
    | Annotated[Var, Tag(tag("var"))]
    | Annotated[Comparison, Tag(tag("comparison"))]
    | Annotated[Membership, Tag(tag("membership"))]
    | Annotated[Connective, Tag(tag("connective"))],
    Discriminator(_arm, custom_error_type=CONDITION_ERROR, custom_error_message="is no condition"),
]
"""One node of a condition, told apart by `op`."""
