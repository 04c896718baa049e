"""Tasks that compute a score without a judge: `metric` and `custom_function` (API 3.3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sgpctl.model.locators import ItemLocator
from sgpctl.model.reading import FreeForm, OpenPart
from sgpctl.model.task_envelope import TaskEnvelope


class MetricConfiguration(OpenPart):
    """A text compared with a reference text."""

    type: Literal["bleu", "meteor", "cosine_similarity", "f1", "rouge1", "rouge2", "rougeL"] = Field(
        description="The measure; it is also the default alias."
    )
    candidate: ItemLocator = Field(description="The text to be scored, as item.<column>.")
    reference: ItemLocator = Field(description="The text it is compared with, as item.<column>.")


class MetricTask(TaskEnvelope):
    """Scores one text against another; the number lands under the alias."""

    task_type: Literal["metric"] = Field(description="Scores one text against another.")
    configuration: MetricConfiguration = Field(description="What is compared, and how.")


class FunctionOutput(OpenPart):
    """One part of the function's return value that gets a column of its own."""

    path: str = Field(description="Where the part is within the return value, keys joined by dots.")
    alias: str | None = Field(
        default=None, description="The column; the path with dots as underscores when not given."
    )


class CustomFunctionConfiguration(OpenPart):
    """A Python function that the platform runs on every row."""

    function_source: str = Field(
        description="The source of one Python function. Imports stand in its body and come from a "
        "short list of standard modules; no async, no *args or **kwargs."
    )
    arg_mapping: dict[str, ItemLocator] | None = Field(
        default=None,
        description="Parameter to item.<column>; taken from the parameters' names when not given.",
    )
    config_args: FreeForm | None = Field(
        default=None,
        description="Parameters with the same value for every row; 10,000 characters of JSON at most.",
    )
    outputs: list[FunctionOutput] | None = Field(
        default=None, description="Parts of the return value that get columns of their own."
    )


class CustomFunctionTask(TaskEnvelope):
    """Runs a Python function on every row; its value lands under the alias, by default the function's name."""

    task_type: Literal["custom_function"] = Field(description="Runs a Python function on every row.")
    configuration: CustomFunctionConfiguration = Field(description="The function and its arguments.")
