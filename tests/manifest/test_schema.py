"""The schemas of the files that people write: they take what the loader takes, and most of what they refuse it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # has no types, and only a test needs it
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgpctl.manifest.resolving.dataset_pin import EXPECT_VERSION, ID, NAME
from sgpctl.manifest.resolving.matrix_parts import RESERVED
from sgpctl.manifest.schema.authored_keys import DatasetPin, Matrix
from sgpctl.manifest.schema.document import Kind, schema_of, schema_text
from sgpctl.model.located import Json
from sgpctl.model.request import check_manifest
from sgpctl.model.tasks import KNOWN_TASKS
from tests.manifest.schema_cases import UNSEEN, accepted, examples, is_valid, mistakes, refused, unseen
from tests.model.test_request_laws import places, replaced, values

KINDS = pytest.mark.parametrize("kind", Kind)
ACCEPTED = accepted()
SMALL: dict[str, Json] = {"name": "n", "data": [{"q": 1}]}
SCHEMA_BYTES_MAX = 200_000


def subschemas(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from subschemas(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from subschemas(part)


# --- the schemas themselves


@KINDS
def test_it_is_a_schema_of_2020_12_with_a_name_but_no_host(kind: Kind) -> None:
    schema = json.loads(schema_text(kind))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:sgpctl:schema:{kind}:1"


@KINDS
def test_every_reference_in_it_leads_somewhere_and_every_part_is_used(kind: Kind) -> None:
    schema = schema_of(kind)
    used = {part["$ref"] for part in subschemas(schema) if "$ref" in part}
    assert used == {f"#/$defs/{name}" for name in schema["$defs"]}


@KINDS
def test_every_field_in_it_is_described(kind: Kind) -> None:
    schema = schema_of(kind)
    maps = [schema, *schema["$defs"].values()]
    fields = [(part.get("title"), *field) for part in maps for field in part.get("properties", {}).items()]
    assert [(title, name) for title, name, field in fields if field and not field.get("description")] == []


@KINDS
def test_it_is_small(kind: Kind) -> None:
    assert len(schema_text(kind).encode("utf-8")) < SCHEMA_BYTES_MAX


@KINDS
def test_another_process_writes_the_same_bytes(kind: Kind) -> None:
    script = (
        f"from sgpctl.manifest.schema.document import *\nprint(schema_text(Kind({kind.value!r})), end='')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout == schema_text(kind)


def test_the_keys_that_the_loader_reads_without_a_model_are_those_of_the_models_here() -> None:
    assert set(Matrix.model_fields) == set(RESERVED)
    assert set(DatasetPin.model_fields) == {ID, NAME, EXPECT_VERSION}


# --- what it takes


@pytest.mark.parametrize(
    ("kind", "document"),
    [pytest.param(kind, document, id=name) for name, kind, document in examples()],
)
def test_every_file_of_the_examples_is_taken(kind: Kind, document: Json) -> None:
    assert mistakes(document, kind) == []


@pytest.mark.parametrize("document", [pytest.param(document, id=name) for name, document in ACCEPTED])
def test_every_manifest_that_the_check_takes_is_taken(document: Json) -> None:
    assert mistakes(document) == []


@settings(max_examples=120)
@given(st.data())
def test_no_change_to_a_manifest_is_refused_that_the_check_takes(data: st.DataObject) -> None:
    _, document = data.draw(st.sampled_from(ACCEPTED))
    changed = replaced(document, data.draw(st.sampled_from(places(document))), data.draw(values))
    if check_manifest(changed)[0] is not None:
        assert mistakes(changed) == []


@settings(max_examples=60)
@given(st.data())
def test_any_value_may_stand_in_a_file_or_in_a_variable(data: st.DataObject) -> None:
    _, document = data.draw(st.sampled_from(ACCEPTED))
    place = data.draw(st.sampled_from([place for place in places(document) if place]))
    ways: list[Json] = [
        "${var.x}",
        "${matrix.x.key}",
        {"$file": "x.yaml"},
        {"$file": "${var.x}.md", "with": {"a": 1}},
    ]
    assert mistakes(replaced(document, place, data.draw(st.sampled_from(ways)))) == []


@settings(max_examples=60)
@given(st.data())
def test_any_text_may_have_a_reference_in_it(data: st.DataObject) -> None:
    _, document = data.draw(st.sampled_from(ACCEPTED))
    texts = [place for place in places(document) if isinstance(value_at(document, place), str)]
    place = data.draw(st.sampled_from(texts))
    assert mistakes(replaced(document, place, f"a ${{var.x}} {'b' * 300}")) == []


def value_at(document: Json, place: tuple[str | int, ...]) -> Json:
    here = document
    for step in place:
        here = here[step]  # type: ignore[index]  # the place was taken from this document
    return here


@pytest.mark.parametrize(
    "document",
    [
        {"name": "n ${matrix.m.key}", "matrix": {"m": {"a": "v/x"}, "p": ["x", 1, True], "max": 9}},
        {"name": "n", "matrix": {"m": "${var.models}", "exclude": [{"m": "a"}]}},
        {"name": "n", "matrix": {"m": ["a"], "p": ["x"], "include": [{"m": {"b": [1]}, "p": "x"}]}},
        {"name": "n", "matrix": {"m": None}},
        {"name": "n", "dataset_id": {"name": "d", "expect_version": 3}},
        {"name": "n", "dataset_id": "${dataset.d}", "data": [{"dataset_item_id": "i"}]},
        {"name": "n", "tasks": None, "data": None, "tags": None},
        {"name": "n", "dataset": {"tags": ["a"]}},
        {"name": "n", "metadata": {"a $${b}": 1}},
        {"$file": "other.yaml"},
    ],
)
def test_what_is_gone_before_the_check_is_taken(document: Json) -> None:
    assert mistakes(document) == []


@pytest.mark.parametrize("task_type", ["new.kind", "${var.kind}"])
def test_a_task_of_a_kind_that_nobody_knows_is_taken(task_type: str) -> None:
    task: Json = {"task_type": task_type, "configuration": {"anything": [1]}}
    assert mistakes({**SMALL, "tasks": [task]}) == []


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"tags": ["a"], "lifecycle": {"protect": True, "row_key": "ticket.id"}},
        {"lifecycle": {"row_key": "${var.key}"}},
        {"dataset": {"tags": ["a"]}, "dataset_id": "d"},
        {"dataset_id": {"expect_version": 3}},
        {"description": None},
    ],
)
def test_defaults_need_nothing(document: Json) -> None:
    assert mistakes(document, Kind.DEFAULTS) == []
    assert mistakes({"version": 1, "project": "p", "defaults": document}, Kind.PROJECT) == []


@pytest.mark.parametrize(
    "line",
    [
        {"variables": {"a": [{"b": "${var.c}"}]}, "environments": {"dev": {"variables": {"a": 1}}}},
        {"environments": {"dev": None, "prod": {"defaults": {"tags": ["a"]}}}},
        {"manifests": ["a/**/*.yaml", "b..c"], "exclude": ["**/drafts/**"], "allow_ignored": ["data/**"]},
        {"safety": {"max_archive": "12.5 %"}, "budget": {"rows": 0}},
        {"environments": {"dev": {"base_url": "http://127.0.0.1:5003/public"}}},
        {"safety": {"max_archive": 0}, "budget": None, "default_environment": None},
        {"review": {"row_key": "ticket.id", "rows_compared": 0}},
    ],
)
def test_a_project_file_is_taken(line: dict[str, Json]) -> None:
    assert mistakes({"version": 1, "project": "p", **line}, Kind.PROJECT) == []


# --- what it refuses


def test_most_of_what_the_check_refuses_is_refused() -> None:
    documents = [document for _, document in refused()]
    assert len(documents) >= 30
    assert sum(not is_valid(document) for document in documents) >= 0.7 * len(documents)


def test_what_it_does_not_see_is_written_down() -> None:
    assert unseen() == UNSEEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["taks", "task", "Name", "dataset-id"])
def test_an_unknown_key_in_the_envelope_is_refused(key: str) -> None:
    assert mistakes({**SMALL, key: 1}) == [".: additionalProperties"]


@pytest.mark.parametrize("task_type", KNOWN_TASKS)
def test_a_known_task_without_its_configuration_is_refused(task_type: str) -> None:
    assert not is_valid({**SMALL, "tasks": [{"task_type": task_type, "configuration": {}}]})


@pytest.mark.parametrize(
    "document",
    [
        {"data": []},
        {"name": None},
        {"name": "n", "tags": "nightly"},
        {"name": "n", "tags": "a ${var.x}"},
        {"name": "n", "lifecycle": {"protect": "yes"}},
        {"name": "n", "lifecycle": {"row_key": 1}},
        {"name": "n", "lifecycle": {"row_key": ""}},
        {"name": "n", "dataset_id": "d", "dataset": {"name": "x"}},
        {"name": "n", "dataset_id": "d", "files": []},
        {"name": "n", "dataset_id": "d", "data": [{"q": 1}]},
        {"name": "n", "dataset_id": {"nmae": "d"}},
        {"name": "n", "dataset_id": {"id": "d", "expect_version": 0}},
        {"name": "n", "metadata": {"${var.x}": 1}},
        {"name": "n", "matrix": {"m": []}},
        {"name": "n", "matrix": {"m": "a"}},
        {"name": "n", "matrix": {"m": ["a"], "max": 0}},
        {"name": "n", "data": {"$file": 1}},
        {"name": "n", "data": {"$file": "a", "wiht": {}}},
        {"name": "n", "data": {"$file": "a", "with": {"b": [1]}}},
        {"name": "n", "data": {"$file": "a", "with": {"b": None}}},
        {"$file": "other.yaml", "name": "n"},
    ],
)
def test_what_the_loader_refuses_before_the_check_is_refused(document: Json) -> None:
    assert not is_valid(document)


@pytest.mark.parametrize(
    "document", [{"name": "n"}, {"matrix": {"m": ["a"]}}, {"$file": "a.yaml"}, {"tgas": []}]
)
def test_what_cannot_stand_in_defaults_is_refused(document: Json) -> None:
    assert not is_valid(document, Kind.DEFAULTS)
    assert not is_valid({"version": 1, "project": "p", "defaults": document}, Kind.PROJECT)


@pytest.mark.parametrize(
    "line",
    [
        {"version": 2},
        {"version": "1"},
        {"version": True},
        {"project": "Demo"},
        {"manifest": ["a"]},
        {"manifests": "evals"},
        {"manifests": ["../x"]},
        {"manifests": ["/x"]},
        {"exclude": [""]},
        {"allow_ignored": True},
        {"allow_ignored": ["../**"]},
        {"environments": {"Dev": {}}},
        {"environments": {"dev": {"tagret": "x"}}},
        {"environments": {"dev": {"target": "prodction"}}},
        {"environments": {"dev": {"account_id": 12}}},
        {"environments": {"dev": {"base_url": "ftp://x"}}},
        {"safety": {"max_archive": 1.5}},
        {"safety": {"max_archive": "many"}},
        {"budget": {"rows": -1}},
        {"review": {"rows_compared": -1}},
        {"review": {"row_key": ""}},
        {"variables": {"1a": 1}},
    ],
)
def test_a_project_file_with_a_mistake_is_refused(line: dict[str, Json]) -> None:
    assert not is_valid({"version": 1, "project": "p", **line}, Kind.PROJECT)
