"""The ten task types as a typed server holds them (API 3.3).

Validating a task and dumping it again fills in what the author left out: optional fields become null, documented
defaults appear, unknown keys vanish except where the API allows them. Clients meet real false drift that way.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    model_validator,
)

from sgpctl.limits import (
    AGENTEX_TIMEOUT_SECONDS_MAX,
    CHAT_STOPS_MAX,
    CHAT_TOOLS_MAX,
    CONFIG_ARGS_CHARS_MAX,
    PENALTY_ABS_MAX,
)
from sgpctl.sandbox.conditions import checked_condition
from sgpctl.sandbox.function_source import signature_of
from sgpctl.sandbox.layouts import Container
from sgpctl.sandbox.locators import LOCATOR_PATTERN

Locator: TypeAlias = Annotated[str, StringConstraints(pattern=LOCATOR_PATTERN)]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
Document: TypeAlias = dict[str, object]
Penalty: TypeAlias = Annotated[float, Field(ge=-PENALTY_ABS_MAX, le=PENALTY_ABS_MAX)]
RunCondition: TypeAlias = Annotated[Document, AfterValidator(checked_condition)]


class ChatCompletion(BaseModel):
    """The one configuration that takes keys beyond its own."""

    model_config = ConfigDict(extra="allow")

    model: Text
    messages: list[Document] | Locator
    audio: Document | Locator | None = None
    frequency_penalty: Penalty | Locator | None = None
    function_call: Document | Locator | None = None
    functions: list[Document] | Locator | None = None
    logit_bias: dict[str, int] | Locator | None = None
    logprobs: bool | Locator | None = None
    max_completion_tokens: int | Locator | None = None
    max_tokens: int | Locator | None = None
    metadata: dict[str, str] | Locator | None = None
    modalities: list[str] | Locator | None = None
    n: int | Locator | None = None
    parallel_tool_calls: bool | Locator | None = None
    prediction: Document | Locator | None = None
    presence_penalty: Penalty | Locator | None = None
    reasoning_effort: str | None = None
    response_format: Document | Locator | None = None
    seed: int | Locator | None = None
    stop: str | Annotated[list[str], Field(max_length=CHAT_STOPS_MAX)] | None = None
    store: bool | Locator | None = None
    temperature: float | Locator | None = None
    tool_choice: str | Document | None = None
    tools: Annotated[list[Document], Field(max_length=CHAT_TOOLS_MAX)] | Locator | None = None
    top_k: int | Locator | None = None
    top_logprobs: int | Locator | None = None
    top_p: float | Locator | None = None


class InferenceSettings(BaseModel):
    num_retries: int | None = None
    timeout_seconds: int | None = None


class Inference(BaseModel):
    model: Text
    args: Document | Locator | None = None
    inference_configuration: InferenceSettings | Locator | None = None


class HistoryTurn(BaseModel):
    request: str
    response: str
    session_data: Document | None = None


class ApplicationVariant(BaseModel):
    application_variant_id: Text
    inputs: Document | Locator
    history: list[HistoryTurn] | Locator | None = None
    operation_metadata: Document | Locator | None = None
    overrides: Document | Locator | None = None


class AgentexOutput(BaseModel):
    agentex_agent_id: Text
    input_column: str | Document | list[object]
    agent_task_params: Document | Locator | None = None
    completion_mode: Literal["first_message", "turn_quiescence"] = "first_message"
    deployment_id: str | None = None
    include_traces: bool | Locator | None = None
    input_mode: Literal["text", "data"] = "text"
    quiescence_seconds: int | Locator | None = None
    timeout_seconds: Annotated[int, Field(le=AGENTEX_TIMEOUT_SECONDS_MAX)] | Locator | None = None


class Metric(BaseModel):
    type: Literal["bleu", "meteor", "cosine_similarity", "f1", "rouge1", "rouge2", "rougeL"]
    candidate: Locator
    reference: Locator


class AutoQuestion(BaseModel):
    model: Text
    prompt: Text
    question_id: Text


class StructuredDecoding(BaseModel):
    model: Text
    prompt: Text
    response_format: Document
    inference_args: Document | None = None
    run_condition: RunCondition | None = None
    system_prompt: str | None = None


class ChoiceDecoding(BaseModel):
    model: Text
    prompt: Text
    choices: list[str] = Field(min_length=1)
    inference_args: Document | None = None
    run_condition: RunCondition | None = None
    system_prompt: str | None = None


class AgentConfig(BaseModel):
    model: str | None = None
    temperature: float | None = None


class Designation(BaseModel):
    agent_name: Literal["APEAgent", "IFAgent", "TruthfulnessAgent", "BaseAgent"]
    config: AgentConfig


class AgentDecoding(BaseModel):
    definition: Text
    name: Text
    output_rules: list[str]
    data_fields: list[str] | None = None
    designated_to: Designation | None = None
    output_type: Literal["text", "integer", "float", "boolean"] | None = None
    output_values: list[str | float | bool] | None = None
    rubric_id: str | None = None
    rubric_version: int | None = None


class ContributorQuestion(BaseModel):
    question_id: Text
    layout: Container
    prefill_from: str | None = None
    queue_id: str = "default"
    required: bool = False
    rubric_id: str | None = None


class Output(BaseModel):
    path: Text
    alias: str | None = None

    @model_validator(mode="after")
    def _named(self) -> Output:
        self.alias = self.alias or self.path.replace(".", "_")
        return self


class CustomFunction(BaseModel):
    function_source: Text
    arg_mapping: dict[str, Locator] | None = None
    config_args: Document | None = None
    outputs: list[Output] | None = None

    @model_validator(mode="after")
    def _mapped(self) -> CustomFunction:
        if self.config_args is not None and len(json.dumps(self.config_args)) > CONFIG_ARGS_CHARS_MAX:
            raise ValueError(f"config_args may have at most {CONFIG_ARGS_CHARS_MAX} characters as JSON")
        signature = signature_of(self.function_source)
        if self.arg_mapping is None:
            given = signature.defaulted | set(self.config_args or {})
            self.arg_mapping = {name: f"item.{name}" for name in signature.parameters if name not in given}
        return self


def _decoding_shape(value: object) -> str:
    keys = value if isinstance(value, dict) else {}
    if "choices" in keys:
        return "choices"
    return "agent" if "definition" in keys else "structured"


GuidedDecoding: TypeAlias = Annotated[
    Annotated[StructuredDecoding, Tag("structured")]
    | Annotated[ChoiceDecoding, Tag("choices")]
    | Annotated[AgentDecoding, Tag("agent")],
    Discriminator(_decoding_shape),
]


class _Named(BaseModel):
    alias: Annotated[str, StringConstraints(min_length=1)] | None = None


class ChatCompletionTask(_Named):
    task_type: Literal["chat_completion"]
    configuration: ChatCompletion


class InferenceTask(_Named):
    task_type: Literal["inference"]
    configuration: Inference


class ApplicationVariantTask(_Named):
    task_type: Literal["application_variant"]
    configuration: ApplicationVariant


class AgentexOutputTask(_Named):
    task_type: Literal["agentex_output"]
    configuration: AgentexOutput


class MetricTask(_Named):
    task_type: Literal["metric"]
    configuration: Metric


class AutoQuestionTask(_Named):
    task_type: Literal["auto_evaluation.question"]
    configuration: AutoQuestion


class GuidedDecodingTask(_Named):
    task_type: Literal["auto_evaluation.guided_decoding"]
    configuration: GuidedDecoding


class AgentTask(_Named):
    task_type: Literal["auto_evaluation.agent"]
    configuration: AgentDecoding


class ContributorQuestionTask(_Named):
    task_type: Literal["contributor_evaluation.question"]
    configuration: ContributorQuestion


class CustomFunctionTask(_Named):
    task_type: Literal["custom_function"]
    configuration: CustomFunction


Task: TypeAlias = Annotated[
    ChatCompletionTask
    | InferenceTask
    | ApplicationVariantTask
    | AgentexOutputTask
    | MetricTask
    | AutoQuestionTask
    | GuidedDecodingTask
    | AgentTask
    | ContributorQuestionTask
    | CustomFunctionTask,
    Field(discriminator="task_type"),
]

TASK: TypeAdapter[Task] = TypeAdapter(Task)
