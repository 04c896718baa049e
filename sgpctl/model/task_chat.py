"""Tasks that ask a model directly: `chat_completion` and `inference` (API 3.3)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Tag

from sgpctl.limits import CHAT_STOPS_MAX, CHAT_TOOLS_MAX, PENALTY_ABS_MAX
from sgpctl.model.kinds import Number, TextOrMap, by_kind
from sgpctl.model.locators import OrLocator
from sgpctl.model.reading import FreeForm, OpenPart, tag
from sgpctl.model.task_envelope import TaskEnvelope

Penalty: TypeAlias = Annotated[Number, Field(ge=-PENALTY_ABS_MAX, le=PENALTY_ABS_MAX)]
Tools: TypeAlias = Annotated[list[FreeForm], Field(max_length=CHAT_TOOLS_MAX)]
Stop: TypeAlias = Annotated[
    Annotated[str, Tag(tag("string"))]
    | Annotated[list[str], Field(max_length=CHAT_STOPS_MAX), Tag(tag("list"))],
    by_kind("a string or a list of strings"),
]


class ChatCompletionConfiguration(OpenPart):
    """A chat request, in the shape that OpenAI's API made common. Further keys are handed to the model's vendor."""

    model: str = Field(description="The model, as vendor/name.")
    messages: OrLocator[list[FreeForm]] = Field(
        description="The conversation: maps with role and content. {{item.<column>}} in a text is replaced by the row's value."
    )
    audio: OrLocator[FreeForm] | None = Field(
        default=None, description="How spoken answers sound; needed when modalities has audio."
    )
    frequency_penalty: OrLocator[Penalty] | None = Field(
        default=None, description="Makes words less likely the more often they were used; -2 to 2."
    )
    function_call: OrLocator[FreeForm] | None = Field(
        default=None, description="Which function is called. Superseded by tool_choice."
    )
    functions: OrLocator[list[FreeForm]] | None = Field(
        default=None, description="Functions that the model may call. Superseded by tools."
    )
    logit_bias: OrLocator[dict[str, int]] | None = Field(
        default=None, description="Makes single tokens more or less likely: token to a bias from -100 to 100."
    )
    logprobs: OrLocator[bool] | None = Field(
        default=None, description="Whether the probabilities of the output tokens are returned."
    )
    max_completion_tokens: OrLocator[int] | None = Field(
        default=None, description="The most tokens that may be generated, those of reasoning included."
    )
    max_tokens: OrLocator[int] | None = Field(
        default=None,
        description="The most tokens that may be generated. Superseded by max_completion_tokens.",
    )
    metadata: OrLocator[dict[str, str]] | None = Field(
        default=None, description="Labels that the vendor keeps with the completion."
    )
    modalities: OrLocator[list[str]] | None = Field(
        default=None, description="The kinds of output to generate, such as text and audio."
    )
    n: OrLocator[int] | None = Field(default=None, description="How many answers are generated per row.")
    parallel_tool_calls: OrLocator[bool] | None = Field(
        default=None, description="Whether the model may call several tools at once."
    )
    prediction: OrLocator[FreeForm] | None = Field(
        default=None, description="Text that the output is expected to repeat for the most part."
    )
    presence_penalty: OrLocator[Penalty] | None = Field(
        default=None, description="Makes words less likely once they were used at all; -2 to 2."
    )
    reasoning_effort: str | None = Field(
        default=None, description="How much a reasoning model thinks: low, medium or high."
    )
    response_format: OrLocator[FreeForm] | None = Field(
        default=None, description="The format that the output must have, such as a JSON schema."
    )
    seed: OrLocator[int] | None = Field(
        default=None,
        description="Asks for the same output again for the same request, as far as the vendor can.",
    )
    stop: Stop | None = Field(
        default=None, description="Where generation ends: one text, or up to four of them."
    )
    store: OrLocator[bool] | None = Field(default=None, description="Whether the vendor may keep the output.")
    temperature: OrLocator[Number] | None = Field(
        default=None, description="How much chance is in the choice of words; 0 for as little as possible."
    )
    tool_choice: TextOrMap | None = Field(
        default=None, description="Which tool is called: none, auto, required, or a map that names one."
    )
    tools: OrLocator[Tools] | None = Field(
        default=None, description="Tools that the model may call, 128 at the most."
    )
    top_k: OrLocator[int] | None = Field(
        default=None, description="Only so many of the likeliest tokens are considered."
    )
    top_logprobs: OrLocator[int] | None = Field(
        default=None, description="For how many tokens at each position probabilities are returned."
    )
    top_p: OrLocator[Number] | None = Field(
        default=None,
        description="Only the likeliest tokens that together have this probability are considered.",
    )


class ChatCompletionTask(TaskEnvelope):
    """Asks a chat model once per row; the answer lands under the alias."""

    task_type: Literal["chat_completion"] = Field(description="Asks a chat model once per row.")
    configuration: ChatCompletionConfiguration = Field(description="The chat request.")


class InferenceLimits(OpenPart):
    """How patiently the model is called."""

    num_retries: int | None = Field(default=None, description="How often a failed call is tried again.")
    timeout_seconds: int | None = Field(default=None, description="How long one call may take.")


class InferenceConfiguration(OpenPart):
    """A call to any model, with whatever arguments that model takes."""

    model: str = Field(description="The model, as vendor/name.")
    args: OrLocator[FreeForm] | None = Field(default=None, description="What is passed to the model.")
    inference_configuration: OrLocator[InferenceLimits] | None = Field(
        default=None, description="Retries and time limit of a call."
    )


class InferenceTask(TaskEnvelope):
    """Calls a model once per row; its output lands under the alias."""

    task_type: Literal["inference"] = Field(description="Calls a model, of whatever kind, once per row.")
    configuration: InferenceConfiguration = Field(description="The call.")
