"""The official SDK as a judge from outside: what we accept has the types that it declares."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from scale_gp_beta._models import validate_type
from scale_gp_beta.types import EvaluationTask
from scale_gp_beta.types.evaluation_create_params import Evaluation

from sgpctl.model.located import Json
from sgpctl.model.request import check_manifest
from sgpctl.model.tasks import KNOWN_TASKS

FILES = sorted((Path(__file__).parent / "accept").glob("*.json"))
CREATE_REQUEST = TypeAdapter[object](Evaluation)


def body_of(file: Path) -> dict[str, Json]:
    manifest, _ = check_manifest(json.loads(file.read_text("utf-8")))
    assert manifest is not None
    return manifest.body


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_accepted_body_is_a_create_request_of_the_sdk(file: Path) -> None:
    CREATE_REQUEST.validate_python(body_of(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_accepted_tasks_are_tasks_of_the_sdk(file: Path) -> None:
    tasks = body_of(file).get("tasks", [])
    assert isinstance(tasks, list)
    for task in tasks:
        validate_type(type_=EvaluationTask, value=task)  # type: ignore[arg-type]  # an annotated union


def test_the_accepted_manifests_cover_every_task_type() -> None:
    tasks = [task for file in FILES for task in (body_of(file).get("tasks") or [])]  # type: ignore[union-attr]
    assert {task["task_type"] for task in tasks if isinstance(task, dict)} == {*KNOWN_TASKS}
