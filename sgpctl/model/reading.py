"""How the models read a document: strictly, changing nothing, and noting which model read which map.

The notes let unknown keys and unset values be judged afterwards, whether or not the document as a whole was valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_TAG_PREFIX = "\0"  # no document holds it: the loader refuses NUL

FreeForm: TypeAlias = dict[str, object]
"""A map whose contents are the platform's business, not ours."""


def tag(name: str) -> str:
    """The name of one arm of a union; `without_tags` takes it out of the paths of errors."""
    return _TAG_PREFIX + name


def has_tag(location: tuple[str | int, ...], name: str) -> bool:
    """True when the innermost arm that was chosen on the way to `location` is the one called `name`."""
    return bool(location) and location[-1] == tag(name)


def without_tags(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path in the document that an error's location stands for."""
    return tuple(step for step in location if isinstance(step, int) or not step.startswith(_TAG_PREFIX))


class Part(BaseModel):
    """A map with known keys. Keys beyond them are errors; a null stands for an optional key that is not given."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _note(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, dict) and isinstance(info.context, Reading):
            info.context.note(value, cls)
        return value


class OpenPart(Part):
    """A map with known keys and perhaps others: those pass, with a warning."""

    model_config = ConfigDict(extra="allow")


class Reading:
    """Which model read which map, by the identity of the map; valid as long as the document lives."""

    __slots__ = ("_models",)

    def __init__(self) -> None:
        self._models: dict[int, type[Part]] = {}

    def note(self, part: Mapping[str, object], model: type[Part]) -> None:
        self._models[id(part)] = model

    def model_of(self, part: object) -> type[Part] | None:
        return self._models.get(id(part))


class CheckedElsewhere:
    """Marks a field whose type describes it in JSON Schema, while another check reads its values.

    Rows are too many for models, and each task is read by the one model that fits it. The type is not even
    built until a schema is asked for.
    """

    def __init__(self, described_as: type[object]) -> None:
        self._described_as = described_as

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(TypeAdapter(self._described_as).core_schema)
