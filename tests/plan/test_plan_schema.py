"""The JSON Schema of plans says what plans are: every plan fits it, and every key of a plan is in it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # has no types, and only a test needs it
import pytest

from sgpctl.plan.saved import plan_document
from sgpctl.plan.schema import plan_schema
from tests.render import plans
from tests.render.samples import GOLDEN

SCHEMA: dict[str, Any] = json.loads(json.dumps(plan_schema()))
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
_WRITTEN = sorted(path.name for path in GOLDEN.glob("plan*.json") if "gitlab" not in path.name)
# What programs have no use for: how a reviewed plan tells which part of a manifest or of an evaluation moved.
_FOR_SGPCTL_ALONE = {"parts", "names"}


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", _WRITTEN)
def test_every_plan_that_is_written_fits_it(name: str) -> None:
    VALIDATOR.validate(json.loads((GOLDEN / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format_version", "2.0"),
        ("digest", "md5:0"),
        ("changes", {}),
        ("cost", {"model_calls": -1}),
        ("project", None),
        ("refusals", [{"message": "no"}]),
    ],
)
def test_what_is_no_plan_does_not_fit(key: str, value: object) -> None:
    document = {**plan_document(plans.every_action(), plans.PROD), key: value}
    assert not VALIDATOR.is_valid(document)
    assert not VALIDATOR.is_valid({name: part for name, part in document.items() if name != key})


def test_every_key_of_a_plan_is_described() -> None:
    document = json.loads(json.dumps(plan_document(plans.every_action(), plans.PROD)))
    assert not list(_undescribed(document, SCHEMA, ""))


def _undescribed(value: Any, schema: dict[str, Any], path: str) -> Any:
    """The paths of all that `value` has and `schema` does not speak of."""
    for option in schema.get("anyOf", [schema]):
        if isinstance(value, dict) and "properties" in option:
            for key, part in value.items():
                if key in option["properties"]:
                    yield from _undescribed(part, option["properties"][key], f"{path}.{key}")
                elif key not in _FOR_SGPCTL_ALONE:
                    yield f"{path}.{key}"
        elif isinstance(value, list) and "items" in option:
            for part in value:
                yield from _undescribed(part, option["items"], f"{path}[]")
