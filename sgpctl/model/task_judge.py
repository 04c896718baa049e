"""Tasks in which a model judges each row: `auto_evaluation.guided_decoding` and `.agent` (API 3.3)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from sgpctl.model.conditions import Condition
from sgpctl.model.kinds import Number, Scalar
from sgpctl.model.reading import FreeForm, OpenPart, tag
from sgpctl.model.task_envelope import TaskEnvelope

AGENT_ERROR = "agent_name"
OTHER_AGENTS = ("IFAgent", "TruthfulnessAgent", "BaseAgent")
AGENTS = ("APEAgent", *OTHER_AGENTS)


class _Decoding(OpenPart):
    model: str = Field(description="The judging model, as vendor/name.")
    prompt: str = Field(
        description="What the judge is told; {{item.<column>}} is replaced by the row's value."
    )
    system_prompt: str | None = Field(default=None, description="What the judge is told before the prompt.")
    inference_args: FreeForm | None = Field(default=None, description="Further arguments of the model call.")
    run_condition: Condition | None = Field(
        default=None, description="Rows for which this is false are skipped and cost nothing."
    )


class StructuredDecoding(_Decoding):
    """A judge that fills in a JSON structure."""

    response_format: FreeForm = Field(description="The JSON schema of the answer.")


class ChoiceDecoding(_Decoding):
    """A judge that picks one of several answers."""

    choices: Annotated[list[str], Field(min_length=1)] = Field(
        description="The answers to pick from, one at least."
    )


class ModelAndTemperature(OpenPart):
    """Settings of the APE agent."""

    model: str | None = Field(default=None, description="The model that the agent uses, as vendor/name.")
    temperature: Number | None = Field(default=None, description="How much chance is in the agent's words.")


class ModelOnly(OpenPart):
    """Settings of the other agents."""

    model: str | None = Field(default=None, description="The model that the agent uses, as vendor/name.")


class ApeAgent(OpenPart):
    """The APE agent, the only one with a temperature."""

    agent_name: Literal["APEAgent"] | None = Field(default=None, description="Which agent judges.")
    config: ModelAndTemperature = Field(description="The agent's settings.")


class OtherAgent(OpenPart):
    """An agent of another kind."""

    agent_name: Literal["IFAgent", "TruthfulnessAgent", "BaseAgent"] = Field(
        description="Which agent judges."
    )
    config: ModelOnly = Field(description="The agent's settings.")


def _agent_arm(value: object) -> str | None:
    name = value.get("agent_name") if isinstance(value, dict) else None
    if name in OTHER_AGENTS:
        return tag("other")
    return tag("ape") if name in (None, "APEAgent") else None


DesignatedAgent: TypeAlias = Annotated[
    Annotated[ApeAgent, Tag(tag("ape"))] | Annotated[OtherAgent, Tag(tag("other"))],
    Discriminator(_agent_arm, custom_error_type=AGENT_ERROR, custom_error_message="names an unknown agent"),
]


class AgentConfiguration(OpenPart):
    """A judging agent, defined by what it looks for and by the rules of its output."""

    definition: str = Field(description="What is to be judged, in words.")
    name: str = Field(description="The name of the criterion.")
    output_rules: list[str] = Field(description="Rules that the output follows.")
    data_fields: list[str] | None = Field(
        default=None, description="The parts of the row that the agent looks at."
    )
    designated_to: DesignatedAgent | None = Field(default=None, description="Which agent judges.")
    output_type: Literal["text", "integer", "float", "boolean"] | None = Field(
        default=None, description="The type of the output."
    )
    output_values: list[Scalar] | None = Field(
        default=None, description="The values that the output may have."
    )
    rubric_id: str | None = Field(default=None, description="The rubric that is judged by.")
    rubric_version: int | None = Field(default=None, description="The version of the rubric.")


def _decoding_arm(value: object) -> str | None:
    if not isinstance(value, dict):
        return tag("structured")  # any of them says that it must be a map
    if "choices" in value:
        return tag("choices")
    if "response_format" in value:
        return tag("structured")
    return tag("agent") if value.keys() & {"definition", "output_rules"} else None


Decoding: TypeAlias = Annotated[
    Annotated[ChoiceDecoding, Tag(tag("choices"))]
    | Annotated[StructuredDecoding, Tag(tag("structured"))]
    | Annotated[AgentConfiguration, Tag(tag("agent"))],
    Discriminator(
        _decoding_arm,
        custom_error_type="decoding",
        custom_error_message="needs 'response_format', 'choices', or an agent's 'definition' and 'output_rules'",
    ),
]
"""The three shapes of guided decoding, told apart by their keys."""


class GuidedDecodingTask(TaskEnvelope):
    """Has a model judge every row, its answer held to a structure or to a few choices."""

    task_type: Literal["auto_evaluation.guided_decoding"] = Field(
        description="Has a model judge every row, its answer held to a structure or to a few choices."
    )
    configuration: Decoding = Field(
        description="The judge: with response_format, with choices, or as an agent with definition and output_rules."
    )


class AgentTask(TaskEnvelope):
    """Has an agent judge every row."""

    task_type: Literal["auto_evaluation.agent"] = Field(description="Has an agent judge every row.")
    configuration: AgentConfiguration = Field(description="What is judged, and by whom.")
