"""Tasks that answer a question of the platform: by a model, or by people (API 3.3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sgpctl.model.layout import Container
from sgpctl.model.reading import OpenPart
from sgpctl.model.task_envelope import TaskEnvelope


class AutoQuestionConfiguration(OpenPart):
    """A question that a model answers about each row."""

    model: str = Field(description="The model, as vendor/name.")
    prompt: str = Field(
        description="What the model is told; {{item.<column>}} is replaced by the row's value."
    )
    question_id: str = Field(description="The id of the question.")


class AutoQuestionTask(TaskEnvelope):
    """Has a model answer a question about every row."""

    task_type: Literal["auto_evaluation.question"] = Field(
        description="Has a model answer a question of the platform about every row."
    )
    configuration: AutoQuestionConfiguration = Field(description="The question and who answers it.")


class ContributorQuestionConfiguration(OpenPart):
    """A question that people answer about each row."""

    question_id: str = Field(description="The id of the question.")
    layout: Container = Field(description="What people see beside the question.")
    prefill_from: str | None = Field(default=None, description="The column that an answer is prefilled from.")
    queue_id: str | None = Field(default=None, description="The queue of people that is asked.")
    required: bool | None = Field(default=None, description="Whether the question must be answered.")
    rubric_id: str | None = Field(default=None, description="The rubric that answers are scored with.")


class ContributorQuestionTask(TaskEnvelope):
    """Asks people about every row. It costs their time, and no model call."""

    task_type: Literal["contributor_evaluation.question"] = Field(
        description="Has people answer a question of the platform about every row."
    )
    configuration: ContributorQuestionConfiguration = Field(description="The question and what people see.")
