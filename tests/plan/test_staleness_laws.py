"""Whatever moves between a plan and its apply: what goes on of it is agreed to, and is safe without the rest."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Plan
from sgpctl.plan.staleness import Partition, partition
from tests.plan.carrying_out import archived_by, carried_out, renamed_by_hand
from tests.plan.saved_plans import saved_plans
from tests.plan.sides import DAY_ONE, chat, created, declare, plan

NAMES = "abcd"
SPECS = range(3)


@dataclass(frozen=True)
class Between:
    """Both sides when the plan was reviewed, and when it is applied."""

    wanted_before: list[DesiredEvaluation]
    wanted: list[DesiredEvaluation]
    there_before: list[RemoteEvaluation]
    there: list[RemoteEvaluation]

    @property
    def reviewed(self) -> Plan:
        return _plan(self.wanted_before, self.there_before)

    @property
    def current(self) -> Plan:
        return _plan(self.wanted, self.there)

    @property
    def parts(self) -> Partition:
        return partition(self.reviewed, self.current)

    def after(self, changes: Iterable[Change]) -> list[RemoteEvaluation]:
        return carried_out(changes, self.wanted, self.there)


def _plan(wanted: Sequence[DesiredEvaluation], there: Sequence[RemoteEvaluation]) -> Plan:
    live = [one for one in there if not one.is_archived]
    return plan(list(wanted), live, archived=tuple(one for one in there if one.is_archived))


def _declared(name: str, spec: int, words: str) -> DesiredEvaluation:
    return declare(name, tasks=[chat(f"prompt {spec}")], description=words)


_words = st.sampled_from(["one", "two"])
_manifests = st.builds(_declared, st.sampled_from(NAMES), st.sampled_from(SPECS), _words)
_projects = st.lists(_manifests, max_size=4, unique_by=lambda one: one.name)


@st.composite
def _runs(draw: st.DrawFn, name: str) -> RemoteEvaluation:
    run = created(draw(_manifests), name, day=draw(st.integers(0, 5)))
    return draw(_moved(run)) if draw(st.booleans()) else run


@st.composite
def _moved(draw: st.DrawFn, run: RemoteEvaluation) -> RemoteEvaluation:
    """What people do on the platform."""
    match draw(st.sampled_from(["edit", "rename", "archive", "bring back"])):
        case "edit":
            return replace(run, description="by hand")
        case "rename":
            return renamed_by_hand(run, draw(st.sampled_from(NAMES)))
        case "archive":
            return replace(run, archived_at=DAY_ONE)
        case _:
            return replace(run, archived_at=None)


@st.composite
def betweens(draw: st.DrawFn) -> Between:
    wanted_before = draw(_projects)
    there_before = [draw(_runs(f"id-{number}")) for number in range(draw(st.integers(0, 5)))]
    redrawn = {one.name: one for one in draw(_projects)}
    kept = {one.name: one for one in wanted_before if draw(st.integers(0, 3))}
    wanted = list({**redrawn, **kept}.values()) if draw(st.booleans()) else list(kept.values())
    there = [draw(_moved(one)) if draw(st.integers(0, 3)) == 0 else one for one in there_before]
    if draw(st.integers(0, 3)) == 0:
        there.append(draw(_runs("id-new")))
    return Between(wanted_before, wanted, there_before, there)


def _addresses(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    return [change.address for change in changes]


@given(betweens())
def test_what_goes_on_is_in_both_plans_and_the_same_in_both(between: Between) -> None:
    reviewed = {change.essence for change in between.reviewed.changes}
    parts = between.parts
    assert {change.essence for change in parts.untouched} <= reviewed
    assert set(_addresses(parts.untouched)) <= set(_addresses(between.current.changes))


@given(betweens())
def test_every_change_of_either_plan_goes_on_or_is_skipped_and_none_is_both(between: Between) -> None:
    parts = between.parts
    untouched = set(_addresses(parts.untouched))
    skipped = [(one.change, one.now) for one in parts.skipped]
    told = {change.address for pair in skipped for change in pair if change is not None}
    everything = {*_addresses(between.reviewed.changes), *_addresses(between.current.changes)}
    assert untouched | told == everything
    assert not untouched & told
    assert len({change.address for change, _ in skipped}) == len(skipped)


@given(st.one_of(betweens().map(lambda between: between.reviewed), saved_plans))
@settings(max_examples=50)
def test_of_a_plan_that_did_not_move_nothing_is_skipped(unmoved: Plan) -> None:
    distinct = replace(unmoved, changes=tuple({one.address: one for one in unmoved.changes}.values()))
    assert partition(distinct, distinct) == Partition(distinct.changes, ())


@given(betweens())
@settings(max_examples=50)
def test_plans_for_two_places_have_nothing_in_common(between: Between) -> None:
    elsewhere = replace(between.reviewed, scope=("evals", "staging", "https://b", "acct"))
    assert partition(between.reviewed, elsewhere).untouched == ()


@given(betweens(), st.randoms(use_true_random=False))
def test_the_order_is_that_of_the_plan_and_does_not_hang_on_the_reviewed_one(
    between: Between, shuffling: random.Random
) -> None:
    reviewed, current = between.reviewed, between.current
    parts = partition(reviewed, current)
    shuffled = shuffling.sample(reviewed.changes, len(reviewed.changes))
    again = partition(replace(reviewed, changes=tuple(shuffled)), current)
    assert again.untouched == parts.untouched
    assert [(one.staleness, one.change, one.now) for one in again.skipped] == [
        (one.staleness, one.change, one.now) for one in parts.skipped
    ]
    assert [*parts.untouched] == [change for change in current.changes if change in parts.untouched]
    assert _addresses(one.change for one in parts.skipped) == sorted(
        _addresses(one.change for one in parts.skipped)
    )


def _second_run_held() -> Between:
    """The first of two runs was renamed by hand and gets its name back; the second goes, but for a run that is missing."""
    wanted = _declared("a", 0, "one")
    there = [renamed_by_hand(created(wanted, "first"), "c"), created(wanted, "second", day=1)]
    return Between([wanted, _declared("b", 1, "one")], [wanted], there, there)


@given(betweens())
@example(_second_run_held())
def test_what_goes_on_shares_no_name_and_no_evaluation_with_what_is_skipped(between: Between) -> None:
    parts = between.parts
    names = {change.name for one in parts.skipped for change in (one.change, one.now) if change is not None}
    ids = {
        need.remote_id
        for one in parts.skipped
        for change in (one.change, one.now)
        if change is not None
        for need in change.relied_on
    }
    assert not names & {change.name for change in parts.untouched}
    assert not ids & {need.remote_id for change in parts.untouched for need in change.relied_on}


@given(betweens())
@example(_second_run_held())
@settings(max_examples=200)
def test_leaving_a_part_out_leaves_no_two_of_one_name_that_the_whole_would_not(between: Between) -> None:
    before, whole = _live_names(between.there), _live_names(between.after(between.current.changes))
    part = _live_names(between.after(between.parts.untouched))
    assert all(count <= max(1, before[name], whole[name]) for name, count in part.items())


@given(betweens())
def test_nothing_is_archived_that_was_not_reviewed(between: Between) -> None:
    assert archived_by(between.parts.untouched) <= archived_by(between.reviewed.changes)


@given(betweens())
@settings(max_examples=200)
def test_what_went_on_is_as_declared_and_what_was_as_declared_still_is(between: Between) -> None:
    untouched = between.parts.untouched
    then = _plan(between.wanted, between.after(untouched))
    done = {change.name for change in untouched if change.action is not Action.ARCHIVE}
    assert done | {*between.current.unchanged} <= {*then.unchanged}


@given(betweens())
@settings(max_examples=200)
def test_in_two_steps_it_costs_what_it_costs_in_one(between: Between) -> None:
    untouched = between.parts.untouched
    then = _plan(between.wanted, between.after(untouched))
    assert Plan(changes=untouched).cost + then.cost == between.current.cost


@given(betweens())
@settings(max_examples=200)
def test_a_removal_leaves_nothing_missing_that_is_declared(between: Between) -> None:
    untouched = between.parts.untouched
    then = _plan(between.wanted, between.after(untouched))
    if any(change.action is Action.ARCHIVE for change in untouched):
        assert {change.action for change in then.changes} <= {Action.UPDATE, Action.ARCHIVE}


@given(betweens())
def test_every_reason_is_told(between: Between) -> None:
    for one in between.parts.skipped:
        assert one.why
        assert one.sentence.startswith(f"{one.change.action.value} of {one.change.name!r} ")


def _live_names(there: Iterable[RemoteEvaluation]) -> Counter[str]:
    return Counter(one.name for one in there if not one.is_archived)
