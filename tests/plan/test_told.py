"""What people read of a plan may be put into other words; what the plan is does not change by it."""

from __future__ import annotations

import json

from hypothesis import given, settings

from sgpctl.plan.plan import (
    Change,
    ColumnChange,
    Excerpt,
    FieldChange,
    Plan,
    Refusal,
    RowChange,
    RowKind,
    RowsChange,
)
from sgpctl.plan.saved import plan_document
from sgpctl.plan.told import told
from tests.plan.saved_plans import saved_plans
from tests.plan.sides import by, contents_of, created, declare
from tests.plan.sides import plan as plan_of
from tests.render import plans


@given(saved_plans)
@settings(max_examples=50)
def test_the_plan_stays_the_same_plan(plan: Plan) -> None:
    assert told(plan, lambda _: "?").digest == plan.digest
    assert told(plan, str) == plan


def test_every_text_is_put_into_words_before_it_is_laid_out() -> None:
    change = plans.every_action().changes[0]
    field = FieldChange("metadata.KEY", {"KEY": ["KEY", 1, None]}, "KEY")
    rows = RowsChange(
        1,
        1,
        key="KEY",
        columns=(("KEY", 1),),
        sample=(
            RowChange(
                RowKind.CHANGED,
                "KEY",
                (ColumnChange("KEY", Excerpt('{"KEY": "KEY"}'), Excerpt("…KEY", is_cut=True)),),
            ),
        ),
    )
    change = Change(change.action, "a", "id", None, None, reasons=("KEY",), fields=(field,), rows=rows)
    plan = Plan((change,), notes=("KEY",), warnings=("KEY",), refusals=plans.refused().refusals, gap="KEY")
    document = json.dumps(plan_document(told(plan, lambda text: text.replace("KEY", "*")), plans.PROD))
    assert "KEY" not in document
    assert '{"*": ["*", 1, null]}' in document
    assert '"before": {"*": "*"}, "after": "\\u2026*"' in document


def test_the_token_of_a_refusal_is_still_there() -> None:
    plan = Plan(refusals=(Refusal("KEY", "KEY", ack="spend-1f0c"),))
    assert told(plan, lambda _: "*").refusals == (Refusal("*", "*", ack="spend-1f0c"),)


def test_values_of_rows_are_put_into_words_before_they_are_shortened() -> None:
    secret = "s" * 50
    before = declare(data=[{"id": 1, "q": "x" * 190 + secret}])
    after = by("id", declare(data=[{"id": 1, "q": "x" * 190 + "new"}]))
    made = plan_of(
        [after],
        [created(before)],
        contents={"id-1": contents_of(before)},
        words=lambda text: text.replace(secret, "*"),
    )
    assert "sss" not in json.dumps(plan_document(made, plans.PROD))
