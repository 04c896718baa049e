"""The ten task types of the API, and those it may add (API 3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag

from sgpctl.model.reading import FreeForm, tag
from sgpctl.model.task_application import AgentexOutputTask, ApplicationVariantTask
from sgpctl.model.task_chat import ChatCompletionTask, InferenceTask
from sgpctl.model.task_envelope import TaskEnvelope
from sgpctl.model.task_judge import AgentTask, GuidedDecodingTask
from sgpctl.model.task_question import AutoQuestionTask, ContributorQuestionTask
from sgpctl.model.task_score import CustomFunctionTask, MetricTask

KNOWN_TASKS: Mapping[str, type[TaskEnvelope]] = MappingProxyType(
    {
        "chat_completion": ChatCompletionTask,
        "inference": InferenceTask,
        "application_variant": ApplicationVariantTask,
        "agentex_output": AgentexOutputTask,
        "metric": MetricTask,
        "auto_evaluation.question": AutoQuestionTask,
        "auto_evaluation.guided_decoding": GuidedDecodingTask,
        "auto_evaluation.agent": AgentTask,
        "contributor_evaluation.question": ContributorQuestionTask,
        "custom_function": CustomFunctionTask,
    }
)


class UnknownTask(TaskEnvelope):
    """A task of a type that this version does not know; it is passed on as it is."""

    task_type: str = Field(
        description="The type of the task.", json_schema_extra={"not": {"enum": [*KNOWN_TASKS]}}
    )
    configuration: FreeForm = Field(description="Whatever the type asks for.")


def model_for(task: object) -> type[TaskEnvelope]:
    """The model that a task is read with, by its `task_type`."""
    task_type = task.get("task_type") if isinstance(task, dict) else None
    return KNOWN_TASKS.get(task_type, UnknownTask) if isinstance(task_type, str) else UnknownTask


def _arm(task: object) -> str:
    return tag(model_for(task).__name__)


Task: TypeAlias = Annotated[
    Annotated[ChatCompletionTask, Tag(tag("ChatCompletionTask"))]
    | Annotated[InferenceTask, Tag(tag("InferenceTask"))]
    | Annotated[ApplicationVariantTask, Tag(tag("ApplicationVariantTask"))]
    | Annotated[AgentexOutputTask, Tag(tag("AgentexOutputTask"))]
    | Annotated[MetricTask, Tag(tag("MetricTask"))]
    | Annotated[AutoQuestionTask, Tag(tag("AutoQuestionTask"))]
    | Annotated[GuidedDecodingTask, Tag(tag("GuidedDecodingTask"))]
    | Annotated[AgentTask, Tag(tag("AgentTask"))]
    | Annotated[ContributorQuestionTask, Tag(tag("ContributorQuestionTask"))]
    | Annotated[CustomFunctionTask, Tag(tag("CustomFunctionTask"))]
    | Annotated[UnknownTask, Tag(tag("UnknownTask"))],
    Discriminator(_arm),
]
"""Any task, for the description of a whole manifest; a check reads each task with `model_for` alone."""
