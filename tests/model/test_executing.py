import pytest

from sgpctl.model.executing import executes, has_run_condition
from sgpctl.model.located import Json
from sgpctl.model.tasks import KNOWN_TASKS


@pytest.mark.parametrize(
    "task_type", sorted({*KNOWN_TASKS, "new.kind"} - {"contributor_evaluation.question"})
)
def test_the_platform_runs_every_task_but_questions_to_people(task_type: str) -> None:
    assert executes({"task_type": task_type})
    assert not executes({"task_type": "contributor_evaluation.question"})


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"run_condition": {"op": "const"}}, True),
        ({"run_condition": None}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_run_condition_makes_the_cost_an_upper_bound(configuration: Json, *, expected: bool) -> None:
    assert has_run_condition({"configuration": configuration}) is expected
