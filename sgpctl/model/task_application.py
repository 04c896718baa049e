"""Tasks that run something built on a model: `application_variant` and `agentex_output` (API 3.3)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from sgpctl.limits import AGENTEX_TIMEOUT_SECONDS_MAX
from sgpctl.model.kinds import TextMapOrList
from sgpctl.model.locators import PREFIX, ItemLocator, OrLocator
from sgpctl.model.reading import FreeForm, OpenPart, tag
from sgpctl.model.task_envelope import TaskEnvelope


class Exchange(OpenPart):
    """One earlier question to the application, and its answer."""

    request: str = Field(description="What was asked.")
    response: str = Field(description="What was answered.")
    session_data: FreeForm | None = Field(
        default=None, description="What the application kept of the exchange."
    )


class InitialState(OpenPart):
    """Where an agentic application starts from."""

    current_node: str = Field(description="The node to start at.")
    state: FreeForm = Field(description="The state that this node finds.")


class TracedOperation(OpenPart):
    """One operation that counts as done already."""

    duration_ms: int = Field(description="How long it took, in milliseconds.")
    node_id: str = Field(description="The node that ran.")
    operation_input: str = Field(description="What went in.")
    operation_output: str = Field(description="What came out.")
    operation_type: str = Field(description="The kind of operation.")
    start_timestamp: str = Field(description="When it began.")
    workflow_id: str = Field(description="The workflow that it belongs to.")
    operation_metadata: FreeForm | None = Field(default=None, description="Anything else about it.")


class AgenticOverrides(OpenPart):
    """How a run of an agentic application differs from its settings."""

    concurrent: bool | None = Field(default=None, description="Whether nodes may run side by side.")
    initial_state: InitialState | None = Field(default=None, description="Where the run starts from.")
    partial_trace: list[TracedOperation] | None = Field(
        default=None, description="Operations that count as done already."
    )
    return_span: bool | None = Field(default=None, description="Whether the trace span is returned.")
    use_channels: bool | None = Field(default=None, description="Whether nodes talk through channels.")


class KnowledgeBaseOverride(OpenPart):
    """Which artifacts of one knowledge base the application may use."""

    artifact_ids_filter: list[str] | None = Field(default=None, description="Only artifacts with these ids.")
    artifact_name_regex: list[str] | None = Field(
        default=None, description="Only artifacts whose names match one of these regular expressions."
    )
    type: Literal["knowledge_base_schema"] | None = Field(
        default=None, description="The kind of override; there is one only."
    )


def _overrides_arm(value: object) -> str:
    if isinstance(value, str) and value.startswith(PREFIX):
        return tag("locator")
    if not isinstance(value, dict) or value.keys() & AgenticOverrides.model_fields.keys():
        return tag("agentic")
    holds_only_maps = all(isinstance(part, dict) for part in value.values())
    return tag("knowledge_bases") if value and holds_only_maps else tag("agentic")


Overrides: TypeAlias = Annotated[
    Annotated[AgenticOverrides, Tag(tag("agentic"))]
    | Annotated[dict[str, KnowledgeBaseOverride], Tag(tag("knowledge_bases"))]
    | Annotated[ItemLocator, Tag(tag("locator"))],
    Discriminator(_overrides_arm),
]


class ApplicationVariantConfiguration(OpenPart):
    """A run of one application variant."""

    application_variant_id: str = Field(description="The id of the application variant.")
    inputs: OrLocator[FreeForm] = Field(
        description="The inputs: name to value; for V0 variants, node id to a map of name to value."
    )
    history: OrLocator[list[Exchange]] | None = Field(
        default=None, description="Earlier exchanges that the application is to remember."
    )
    operation_metadata: OrLocator[FreeForm] | None = Field(
        default=None, description="Anything that should be kept with the recorded interaction."
    )
    overrides: Overrides | None = Field(
        default=None, description="Settings of an agentic run, or of knowledge bases by name."
    )


class ApplicationVariantTask(TaskEnvelope):
    """Runs an application once per row; its output lands under the alias."""

    task_type: Literal["application_variant"] = Field(description="Runs an application variant once per row.")
    configuration: ApplicationVariantConfiguration = Field(description="The run.")


class AgentexOutputConfiguration(OpenPart):
    """One turn with an Agentex agent. What is not given follows the platform's defaults, which change."""

    agentex_agent_id: str = Field(description="The id of the agent.")
    input_column: TextMapOrList = Field(description="What the agent is given, usually item.<column>.")
    agent_task_params: OrLocator[FreeForm] | None = Field(
        default=None,
        description="Parameters of the agent's task. item.<column> and {{item.<column>}} in nested texts are resolved per row.",
    )
    completion_mode: Literal["first_message", "turn_quiescence"] | None = Field(
        default=None,
        description="When the turn is over: at the first text (first_message), or once nothing new "
        "has come for quiescence_seconds (turn_quiescence, for agents that use tools).",
    )
    deployment_id: str | None = Field(
        default=None, description="Pins the run to one deployment of the agent instead of its current one."
    )
    include_traces: OrLocator[bool] | None = Field(
        default=None, description="Whether the agent's traces become part of the result."
    )
    input_mode: Literal["text", "data"] | None = Field(
        default=None,
        description="Whether the input is sent as text or as a JSON object; most agents take text.",
    )
    quiescence_seconds: OrLocator[int] | None = Field(
        default=None,
        description="For turn_quiescence: how long it must be quiet; longer than the slowest tool call.",
    )
    timeout_seconds: OrLocator[Annotated[int, Field(le=AGENTEX_TIMEOUT_SECONDS_MAX)]] | None = Field(
        default=None, description="How long to wait for the turn of one row, 1500 seconds at the most."
    )


class AgentexOutputTask(TaskEnvelope):
    """Gives an Agentex agent one turn per row; its answer lands under the alias."""

    task_type: Literal["agentex_output"] = Field(description="Gives an Agentex agent one turn per row.")
    configuration: AgentexOutputConfiguration = Field(description="The turn.")
