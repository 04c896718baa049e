"""Keys of a manifest that are gone before it is checked, as models for the description of files.

`matrix` and `dataset_pin` read them; a test holds the keys here to those.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field

from sgpctl.limits import MATRIX_CELLS_MAX
from sgpctl.model.kinds import Scalar
from sgpctl.model.reading import FreeForm, Part

_Label: TypeAlias = Scalar | None
_OwnValue: TypeAlias = Annotated[FreeForm, Field(min_length=1, max_length=1)]
_Axis: TypeAlias = Annotated[list[_Label], Field(min_length=1)] | FreeForm | None
_Excluded: TypeAlias = Annotated[dict[str, _Label], Field(min_length=1)]
_Included: TypeAlias = Annotated[dict[str, _Label | _OwnValue], Field(min_length=1)]


class Matrix(Part):
    """One evaluation per cell. Any further key is an axis."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, _Axis]

    include: list[_Included] | None = Field(
        default=None,
        description="Further cells: maps of axis to a label, or to a label of its own with its value.",
    )
    exclude: list[_Excluded] | None = Field(
        default=None,
        description="Cells to leave out: maps of axis to label; all cells that have these labels.",
    )
    max: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description=f"The most cells that there may be; {MATRIX_CELLS_MAX} when not given."
    )


class DatasetPin(Part):
    """A dataset by its id or by its exact name, and the version at which it is expected."""

    id: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="The dataset's id.")
    name: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="The dataset's exact name, in place of its id."
    )
    expect_version: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="The version that the dataset is expected to have; the plan says when it has moved on.",
    )


class ManifestKeys(Part):
    """What a manifest has beyond the create request."""

    matrix: Matrix | None = Field(
        default=None,
        description="Makes one evaluation per cell. A key is an axis: a list of values, or a map of label to value; "
        "${matrix.<axis>} is the cell's value, ${matrix.<axis>.key} its label. The name must tell the cells apart.",
    )
    dataset_id: DatasetPin | None = Field(
        default=None, description="The dataset: its id, or a map with its name and the version expected."
    )
