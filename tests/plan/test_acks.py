"""A token allows exactly the set that it was printed for: archives, protected evaluations, spend."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.plan.ack import Ack, is_token, token, tokens_in_message
from sgpctl.plan.plan import Plan
from sgpctl.plan.policy import Policy, Spending
from tests.plan.sides import chat, created, declare, plan


def _removing(gone: int, policy: Policy) -> Plan:
    every = [declare(f"e{index}", tasks=[chat(str(index))]) for index in range(8)]
    return plan(every[gone:], [created(one, one.name) for one in every], policy=policy)


def _replacing(prompt: str, policy: Policy) -> Plan:
    before = declare(protect=True)
    return plan([declare(tasks=[chat(prompt)], protect=True)], [created(before)], policy=policy)


def _spending(prompt: str, policy: Policy) -> Plan:
    return plan([declare(tasks=[chat(prompt)])], policy=policy)


def _ack(made: Plan) -> str:
    (refusal,) = made.refusals
    assert refusal.ack is not None
    assert refusal.ack in refusal.hint
    return refusal.ack


def test_archives_beyond_the_threshold_pass_with_the_token_of_just_these() -> None:
    ack = _ack(_removing(5, Policy()))
    passed = _removing(5, Policy(acks=frozenset({ack})))
    assert passed.refusals == ()
    assert any(ack in note for note in passed.notes)


def test_a_protected_evaluation_passes_with_the_token_of_just_this_replacement() -> None:
    ack = _ack(_replacing("New.", Policy()))
    assert _replacing("New.", Policy(acks=frozenset({ack}))).refusals == ()
    assert any(
        "is protected" in r.message for r in _replacing("Other.", Policy(acks=frozenset({ack}))).refusals
    )


def test_spend_over_the_budget_passes_with_the_token_of_just_these_runs() -> None:
    budget = Spending(model_calls=1)
    ack = _ack(_spending("New.", Policy(budget=budget)))
    assert _spending("New.", Policy(budget=budget, acks=frozenset({ack}))).refusals == ()
    others = _spending("Other.", Policy(budget=budget, acks=frozenset({ack})))
    assert any("the budget" in refusal.message for refusal in others.refusals)


def test_one_more_archive_than_was_agreed_to_is_refused() -> None:
    ack = _ack(_removing(5, Policy()))
    messages = [refusal.message for refusal in _removing(6, Policy(acks=frozenset({ack}))).refusals]
    assert any("archives 6 of 8" in message for message in messages)
    assert any(f"--ack {ack} was given" in message for message in messages)


def test_a_token_that_allows_nothing_here_is_refused_when_given_and_passed_over_in_a_message() -> None:
    ack = "archives-0123456789ab"
    assert _removing(1, Policy(acks=frozenset({ack}))).refusals
    assert _removing(1, Policy(acks_of_commit=frozenset({ack}))).refusals == ()


def test_an_ack_stays_good_for_a_plan_that_has_nothing_left_to_do() -> None:
    assert _removing(0, Policy(acks=frozenset({"archives-0123456789ab"}))).refusals == ()


def test_an_ack_is_not_part_of_the_digest() -> None:
    ack = _ack(_removing(5, Policy()))
    assert _removing(5, Policy()).digest == _removing(5, Policy(acks=frozenset({ack}))).digest


@pytest.mark.parametrize(
    "message",
    [
        "Drop old ones\n\nsgpctl-ack: archives-0123456789ab spend-ba9876543210\n",
        "Drop old ones\n\nSgpctl-Ack:archives-0123456789ab,spend-ba9876543210",
        "  sgpctl-ack: archives-0123456789ab\r\nsgpctl-ack: spend-ba9876543210\r\n",
    ],
)
def test_tokens_stand_on_lines_of_their_own_in_a_message(message: str) -> None:
    assert tokens_in_message(message) == {"archives-0123456789ab", "spend-ba9876543210"}


def test_a_token_that_a_message_only_speaks_of_is_none() -> None:
    assert tokens_in_message("It printed `sgpctl-ack: archives-0123456789ab`") == frozenset()
    assert tokens_in_message("sgpctl-ack: all") == frozenset()


@given(st.lists(st.text(), unique=True, min_size=1), st.data())
def test_a_token_names_its_set_whatever_the_order(items: list[str], data: st.DataObject) -> None:
    mine = token(Ack.ARCHIVES, ["here"], items)
    assert is_token(mine)
    assert mine == token(Ack.ARCHIVES, ["here"], data.draw(st.permutations(items)))
    assert mine != token(Ack.ARCHIVES, ["here"], items[1:])
    assert mine != token(Ack.ARCHIVES, ["there"], items)
    assert mine != token(Ack.SPEND, ["here"], items)
