"""The bodies that write evaluations (API 2.3, 2.7, 2.11, 2.12)."""

from __future__ import annotations

from pydantic import BaseModel, model_validator

from sgpctl.sandbox.bodies import Description, Files, Name, Rows
from sgpctl.sandbox.task_models import Task, Text


class NewDataset(BaseModel):
    """The dataset that a with-dataset create makes beside the evaluation."""

    name: Name
    description: str | None = None
    keys: list[str] | None = None
    tags: list[str] | None = None


class EvaluationCreate(BaseModel):
    """One body for the three shapes, which are told apart by their keys."""

    name: Name
    description: Description | None = None
    tags: list[str] | None = None
    metadata: dict[str, object] | None = None
    tasks: list[Task] | None = None
    taxonomy_params: dict[str, object] | None = None
    skip_prefilled_rows: bool | None = None
    data: Rows | None = None
    files: list[Files] | None = None
    dataset_id: Text | None = None
    dataset: NewDataset | None = None

    @model_validator(mode="after")
    def _has_one_shape(self) -> EvaluationCreate:
        if self.dataset_id is not None and self.dataset is not None:
            raise ValueError("give dataset_id or dataset, not both")
        if self.dataset_id is not None and self.files is not None:
            raise ValueError("an evaluation of a dataset takes its files from the dataset")
        if self.dataset_id is None and self.data is None:
            raise ValueError("give data, or the dataset_id that it comes from")
        if self.dataset is not None and not self.data:
            raise ValueError("a dataset needs at least one row of data")
        return self


class EvaluationPatch(BaseModel):
    """What can change in place. Which of the fields were sent matters, so none has a meaningful default."""

    name: Name = ""
    description: Description | None = None
    tags: list[str] = []
    metadata: dict[str, object] = {}


class TaskAdd(BaseModel):
    task: Task


class TaskUpdate(BaseModel):
    configuration: dict[str, object]
