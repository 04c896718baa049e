"""When a plan refuses to be applied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sgpctl.model import marks
from sgpctl.plan.action import Action
from sgpctl.plan.policy import Policy, Spending
from tests.plan.sides import chat, created, declare, plan, question


def _owned(count: int) -> list[tuple[str, str]]:
    return [(f"e{index:02}", f"id-{index:02}") for index in range(count)]


def _plan_removing(gone: int, of: int, policy: Policy | None = None) -> tuple[str, ...]:
    every = [declare(name, tasks=[chat(name)]) for name, _ in _owned(of)]
    owned = [created(one, one.name) for one in every]
    return tuple(refusal.message for refusal in plan(every[gone:], owned, policy=policy).refusals)


@pytest.mark.parametrize(
    ("gone", "of", "passes"),
    [
        (1, 4, True),
        (2, 4, False),
        (2, 8, True),
        (3, 8, False),
        (1, 2, True),
        (25, 100, True),
        (26, 100, False),
    ],
)
def test_by_default_one_or_a_quarter_may_be_removed(gone: int, of: int, passes: bool) -> None:
    assert (_plan_removing(gone, of) == ()) is passes


def test_removing_the_only_one_needs_to_be_said() -> None:
    other = declare("other", tasks=[chat("other")])
    made = plan([other], [created(declare("only"), "id")])
    assert any("archives 1 of 1" in refusal.message for refusal in made.refusals)


def test_the_exact_number_lets_it_pass() -> None:
    assert _plan_removing(5, 8, Policy(allow_archive=5)) == ()


@pytest.mark.parametrize("said", [4, 6, 0])
def test_another_number_than_planned_is_refused(said: int) -> None:
    assert "the plan archives 5" in _plan_removing(5, 8, Policy(allow_archive=said))[0]


def test_a_number_or_a_share_of_the_project_is_in_force() -> None:
    assert _plan_removing(3, 8, Policy(max_archive=3)) == ()
    assert _plan_removing(1, 8, Policy(max_archive=0)) != ()
    assert _plan_removing(4, 8, Policy(max_archive=0.5)) == ()
    assert _plan_removing(8, 9, Policy(max_archive=1.0)) == ()


def test_a_share_never_lets_all_pass() -> None:
    every = [declare(name, tasks=[chat(name)]) for name, _ in _owned(4)]
    made = plan(
        [declare("new", tasks=[chat("new")])],
        [created(one, one.name) for one in every],
        policy=Policy(max_archive=1.0),
    )
    assert made.refusals


def test_archives_of_a_replace_do_not_count() -> None:
    before = [declare(name, tasks=[chat(name)]) for name, _ in _owned(4)]
    after = [declare(name, tasks=[chat(name + "!")]) for name, _ in _owned(4)]
    assert plan(after, [created(one, one.name) for one in before]).refusals == ()


def test_of_two_made_by_one_create_the_fold_does_not_count_as_a_removal() -> None:
    one = declare()
    kept, twin = created(one, "a"), created(one, "b")
    twin = replace(twin, metadata={**twin.metadata, marks.NONCE: kept.metadata[marks.NONCE]})
    made = plan([one], [kept, twin])
    assert made.refusals == ()
    assert made.changes[0].is_duplicate


def test_nothing_declared_at_all_is_what_destroy_is_for() -> None:
    made = plan([], [created(declare())])
    assert any("sgpctl destroy" in refusal.hint for refusal in made.refusals)
    assert plan([], [created(declare())], policy=Policy(destroy=True)).refusals == ()


def test_nothing_declared_and_nothing_owned_is_fine() -> None:
    assert plan([], []).refusals == ()


def test_an_incomplete_reading_refuses_every_change() -> None:
    made = plan([declare()], [], gap="read 3 of 5")
    assert "read 3 of 5" in made.refusals[0].message
    assert plan([], [], gap="read 3 of 5").refusals == ()


def test_a_protected_evaluation_is_neither_replaced_nor_archived() -> None:
    guarded = created(declare(protect=True))
    replaced = plan([declare(tasks=[chat("New.")])], [guarded])
    assert replaced.changes[0].action is Action.REPLACE
    assert "protected" in replaced.refusals[0].message
    removed = plan(
        [declare("other", tasks=[chat("other")])],
        [guarded, *[created(declare(n, tasks=[chat(n)]), n) for n in "abcd"]],
    )
    assert any("protected" in refusal.message for refusal in removed.refusals)


def test_deleting_the_manifest_does_not_lift_the_protection_even_for_destroy() -> None:
    made = plan([], [created(declare(protect=True))], policy=Policy(destroy=True))
    assert any("protected" in refusal.message for refusal in made.refusals)


def test_lifting_the_protection_is_an_update() -> None:
    made = plan([declare()], [created(declare(protect=True))])
    assert [change.action for change in made.changes] == [Action.UPDATE]
    assert made.refusals == ()


@pytest.mark.parametrize(
    ("budget", "word"),
    [
        (Spending(model_calls=5), "model calls"),
        (Spending(rows=5), "rows"),
        (Spending(human_tasks=5), "questions for people"),
    ],
)
def test_a_plan_over_the_budget_is_refused(budget: Spending, word: str) -> None:
    desired = [declare(name, tasks=[chat(), question()]) for name in ("a", "b")]
    (refusal,) = plan(desired, policy=Policy(budget=budget)).refusals
    assert word in refusal.message
    assert plan(desired[:1], policy=Policy(budget=budget)).refusals == ()


def test_a_budget_that_cannot_be_checked_is_refused() -> None:
    one = declare(data=None, dataset_id="ds-unknown")
    made = plan([one], policy=Policy(budget=Spending(rows=10)))
    assert "cannot be checked" in made.refusals[0].message


def test_of_two_protected_ones_made_by_one_create_one_may_go() -> None:
    one = declare(protect=True)
    kept, twin = created(one, "a"), created(one, "b")
    twin = replace(twin, metadata={**twin.metadata, marks.NONCE: kept.metadata[marks.NONCE]})
    assert plan([one], [kept, twin]).refusals == ()


def test_the_protection_of_a_run_whose_tasks_were_edited_remotely_can_be_lifted() -> None:
    edited = replace(created(declare(protect=True)), tasks=created(declare(tasks=[chat("By hand.")])).tasks)
    made = plan([declare()], [edited])
    assert [change.action for change in made.changes] == [Action.UPDATE]
    assert made.refusals == ()
    lifted = replace(edited, metadata={**edited.metadata, marks.PROTECT: "false"})
    assert [change.action for change in plan([declare()], [lifted]).changes] == [Action.REPLACE]


def test_a_number_that_was_allowed_does_not_refuse_a_plan_with_nothing_to_do() -> None:
    assert plan([declare()], [created(declare())], policy=Policy(allow_archive=3)).refusals == ()


def test_an_incomplete_reading_is_noted_even_where_nothing_would_change() -> None:
    made = plan([declare()], [created(declare())], gap="read 3 of 5")
    assert made.gap == "read 3 of 5"
    assert any("read 3 of 5" in note for note in made.notes)
