"""What people read of a plan may be put into other words; what the plan is does not change by it."""

from __future__ import annotations

import json

from hypothesis import given, settings

from sgpctl.plan.plan import Change, FieldChange, Plan
from sgpctl.plan.saved import plan_document
from sgpctl.plan.told import told
from tests.plan.saved_plans import saved_plans
from tests.render import plans


@given(saved_plans)
@settings(max_examples=50)
def test_the_plan_stays_the_same_plan(plan: Plan) -> None:
    assert told(plan, lambda _: "?").digest == plan.digest
    assert told(plan, str) == plan


def test_every_text_is_put_into_words_before_it_is_laid_out() -> None:
    change = plans.every_action().changes[0]
    field = FieldChange("metadata.KEY", {"KEY": ["KEY", 1, None]}, "KEY")
    change = Change(change.action, "a", "id", None, None, reasons=("KEY",), fields=(field,))
    plan = Plan((change,), notes=("KEY",), warnings=("KEY",), refusals=plans.refused().refusals, gap="KEY")
    document = json.dumps(plan_document(told(plan, lambda text: text.replace("KEY", "*")), plans.PROD))
    assert "KEY" not in document
    assert '{"*": ["*", 1, null]}' in document
