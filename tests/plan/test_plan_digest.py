"""The digest of a plan covers everything that applying it would do, start or rely on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sgpctl.model.evaluation import DesiredEvaluation, RemoteState
from sgpctl.plan.planner import make_plan
from sgpctl.plan.policy import Policy
from tests.plan.sides import OWNER, archived, chat, created, declare, plan


@pytest.mark.parametrize(
    "other",
    [
        declare(description="something else"),
        declare(tags=["gate"]),
        declare(metadata={"owner": "x"}),
        declare(protect=True),
        declare(tasks=[chat("Another prompt.")]),
    ],
)
def test_a_create_of_anything_else_is_another_plan(other: DesiredEvaluation) -> None:
    assert plan([declare()]).digest != plan([other]).digest


def test_a_dataset_that_grew_makes_another_plan() -> None:
    one = declare(data=None, dataset_id="ds")
    assert plan([one], dataset_rows={"ds": 10}).digest != plan([one], dataset_rows={"ds": 1_000_000}).digest


def test_a_live_run_that_was_edited_makes_another_plan_also_where_it_is_only_superseded() -> None:
    run, live = archived(created(declare(), "first")), created(declare(tasks=[chat("New.")]), "second", day=3)
    edited = replace(live, description="by hand")
    assert (
        plan([declare()], [live], archived=(run,)).digest
        != plan([declare()], [edited], archived=(run,)).digest
    )


def test_another_target_makes_another_plan() -> None:
    here, there = (
        make_plan([declare()], RemoteState(), OWNER, Policy(), scope=("evals", "prod", address, "acct"))
        for address in ("https://a", "https://b")
    )
    assert here.digest != there.digest


def test_what_makes_no_difference_makes_no_other_plan() -> None:
    one = declare(tags=["a", "b"])
    assert plan([one]).digest == plan([declare(tags=["b", "a"])]).digest
    assert plan([one], others=3).digest == plan([one], others=4).digest
