"""The models describe a manifest for editors, too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import jsonschema  # type: ignore[import-untyped]  # has no types, and only a test needs it
import pytest
from pydantic import TypeAdapter

from sgpctl.model.reading import Part
from sgpctl.model.shapes import Manifest
from sgpctl.model.tasks import KNOWN_TASKS

API_EXAMPLE = Path(__file__).parents[2] / "examples" / "api-request" / "evaluation.json"
SCHEMA = TypeAdapter[object](Manifest).json_schema()


def models(below: type[Part] = Part) -> Iterator[type[Part]]:
    for model in below.__subclasses__():
        yield model
        yield from models(model)


@pytest.mark.parametrize("model", sorted(set(models()), key=str))
def test_every_field_is_described(model: type[Part]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("task_type", KNOWN_TASKS)
def test_a_task_type_is_read_by_the_model_that_bears_its_name(task_type: str) -> None:
    assert get_args(KNOWN_TASKS[task_type].model_fields["task_type"].annotation) == (task_type,)


def test_the_schema_of_a_manifest_describes_all_task_types_and_all_shapes() -> None:
    described = {
        part["properties"]["task_type"].get("const")
        for part in SCHEMA["$defs"].values()
        if "task_type" in part.get("properties", {})
    }
    assert described == {*KNOWN_TASKS, None}
    assert {"StandaloneRequest", "FromDatasetRequest", "WithDatasetRequest"} <= SCHEMA["$defs"].keys()


def test_the_schema_takes_the_example_of_the_api_and_refuses_a_wrong_type_in_it() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    document = json.loads(API_EXAMPLE.read_text("utf-8"))
    assert validator.is_valid(document)
    document["tasks"][0]["configuration"]["temperature"] = "0.2"
    assert not validator.is_valid(document)
