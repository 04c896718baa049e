"""The create request of POST /v5/evaluations in its three shapes, and with our one key, a manifest (API 2.3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from sgpctl.limits import DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, ROW_KEY_CHARS_MAX
from sgpctl.model.reading import CheckedElsewhere, FreeForm, OpenPart, Part, tag
from sgpctl.model.tasks import Task

_NOT_IN_ONE_LINE = frozenset({"Cc", "Zl", "Zp"})  # categories: control, line and paragraph separators


def _check_name(name: str) -> str:
    if not 1 <= len(name) <= NAME_CHARS_MAX:
        message = f"must be 1 to {NAME_CHARS_MAX} characters long, is {len(name)}"
    elif any(unicodedata.category(character) in _NOT_IN_ONE_LINE for character in name):
        message = "must not hold line breaks, tabs or other control characters"
    else:
        return name
    raise PydanticCustomError("name", "{message}", {"message": message})


Name: TypeAlias = Annotated[
    str,
    AfterValidator(_check_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": NAME_CHARS_MAX}),
]


class Lifecycle(Part):
    """How sgpctl treats the evaluation; nothing of it is sent."""

    protect: bool | None = Field(
        default=None, description="Refuses to archive or replace the evaluation until this is false again."
    )
    row_key: Annotated[str, Field(min_length=1, max_length=ROW_KEY_CHARS_MAX)] | None = Field(
        default=None,
        description="The column by which a plan knows rows again when the evaluation is replaced, to show which of them "
        "changed in which columns; without it, rows are compared by content.",
    )


class DatasetRow(OpenPart):
    """One item of the dataset, with columns of its own if need be."""

    dataset_item_id: str = Field(description="The id of the dataset's item.")


_Tasks: TypeAlias = Annotated[object, CheckedElsewhere(list[Task])]
_Rows: TypeAlias = Annotated[object, CheckedElsewhere(list[FreeForm])]
_Files: TypeAlias = Annotated[object, CheckedElsewhere(list[dict[str, str]])]
_DatasetRows: TypeAlias = Annotated[object, CheckedElsewhere(list[DatasetRow])]


class _Request(Part):
    name: Name = Field(
        description="The name, by which sgpctl knows the evaluation; unique within the project and environment."
    )
    description: Annotated[str, Field(max_length=DESCRIPTION_CHARS_MAX)] | None = Field(
        default=None, description="What the evaluation is for, in a sentence or two."
    )
    tags: list[str] | None = Field(default=None, description="Labels to find it by; no commas.")
    metadata: FreeForm | None = Field(default=None, description="Anything to keep with it, by key.")
    tasks: _Tasks | None = Field(default=None, description="What is run, or asked of people, for every row.")
    taxonomy_params: FreeForm | None = Field(
        default=None, description="The evaluation's taxonomy, stored as it is."
    )
    skip_prefilled_rows: bool | None = Field(
        default=None, description="Whether people are spared the questions that are prefilled already."
    )
    lifecycle: Lifecycle | None = Field(
        default=None, description="How sgpctl treats the evaluation; nothing of it is sent."
    )


class StandaloneRequest(_Request):
    """An evaluation whose rows live in it alone."""

    data: _Rows = Field(description="The rows: maps of column to value.")
    files: _Files | None = Field(
        default=None, description="For each row, in the same order, a map of name to file id."
    )


class FromDatasetRequest(_Request):
    """An evaluation of rows that a dataset holds."""

    dataset_id: Annotated[str, Field(min_length=1)] = Field(description="The id of the dataset.")
    data: _DatasetRows | None = Field(
        default=None, description="Which items of the dataset are meant; all when not given."
    )


class NewDataset(Part):
    """A dataset that is made of the rows."""

    name: str = Field(description="The dataset's name.")
    description: str | None = Field(default=None, description="What the dataset holds.")
    keys: list[str] | None = Field(
        default=None, description="The columns that go into the dataset; all when not given."
    )
    tags: list[str] | None = Field(default=None, description="The dataset's labels.")


class WithDatasetRequest(StandaloneRequest):
    """An evaluation whose rows also become a reusable dataset, a new one for each run."""

    dataset: NewDataset = Field(description="The dataset to make of the rows.")


def shape_of(document: Mapping[str, object]) -> type[_Request]:
    """The shape that a request has, by its keys; the API has no other sign of it."""
    if document.get("dataset_id") is not None:
        return FromDatasetRequest
    return WithDatasetRequest if document.get("dataset") is not None else StandaloneRequest


def _arm(document: object) -> str:
    return tag(shape_of(document).__name__ if isinstance(document, dict) else "StandaloneRequest")


Manifest: TypeAlias = Annotated[
    Annotated[StandaloneRequest, Tag(tag("StandaloneRequest"))]
    | Annotated[FromDatasetRequest, Tag(tag("FromDatasetRequest"))]
    | Annotated[WithDatasetRequest, Tag(tag("WithDatasetRequest"))],
    Discriminator(_arm),
]
"""A whole manifest. Rows and tasks are described here, and checked elsewhere: `rows`, `tasks`."""
