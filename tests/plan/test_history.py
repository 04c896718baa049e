"""The chain of the runs of one name, and what is told of each step from one to the next."""

from __future__ import annotations

from dataclasses import replace

from sgpctl.model import marks
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.history import Step, chain
from sgpctl.plan.plan import FieldChange
from tests.plan.sides import ROWS, archived, chat, created, declare

FIRST = created(declare(), "first")


def step(before: RemoteEvaluation, after: RemoteEvaluation) -> Step:
    later = replace(after, created_at=before.created_at.replace(year=2027))
    _, run = chain([later, before])
    assert run.step is not None
    return run.step


def with_marks(remote: RemoteEvaluation, **changed: Json) -> RemoteEvaluation:
    return replace(remote, metadata={**remote.metadata, **changed})


def test_runs_come_in_the_order_in_which_they_were_made_archived_or_not() -> None:
    one = declare()
    restored, middle, newest = created(one, "a"), archived(created(one, "b", day=1)), created(one, "c", day=2)
    runs = chain([newest, restored, middle])
    assert [run.remote.id for run in runs] == ["a", "b", "c"]
    assert [run.step is None for run in runs] == [True, False, False]


def test_no_runs_are_an_empty_chain() -> None:
    assert chain([]) == ()


def test_runs_of_one_moment_come_in_order_of_their_ids() -> None:
    assert [run.remote.id for run in chain([created(declare(), "b"), created(declare(), "a")])] == ["a", "b"]


def test_the_same_spec_run_again_differs_in_nothing() -> None:
    assert step(FIRST, created(declare(), "second")) == Step(is_same_spec=True, has_same_rows=True)


def test_another_prompt_is_told_by_field_without_what_the_server_filled_in() -> None:
    told = step(FIRST, created(declare(tasks=[chat("Guess.")]), "second"))
    assert (told.is_same_spec, told.has_same_rows) == (False, True)
    assert told.spec == (FieldChange("tasks.answer.messages[0].content", "Answer.", "Guess."),)


def test_other_rows_are_told_by_their_digest() -> None:
    told = step(FIRST, created(declare(data=[*ROWS, {"question": "four?"}]), "second"))
    assert told == Step(is_same_spec=False, has_same_rows=False)


def test_another_dataset_is_told_by_its_id() -> None:
    told = step(
        created(declare(data=None, dataset_id="ds-1")),
        created(declare(data=None, dataset_id="ds-2"), "second"),
    )
    assert (told.is_same_spec, told.has_same_rows) == (False, None)
    assert told.spec == (FieldChange("dataset_id", "ds-1", "ds-2"),)


def test_tasks_that_were_edited_on_the_platform_are_told_though_the_spec_is_the_same() -> None:
    edited = replace(FIRST, tasks=(chat("Edited."),))
    told = step(edited, created(declare(), "second"))
    assert told.is_same_spec
    assert [field.before for field in told.spec] == ["Edited."]


def test_tasks_that_one_of_the_two_does_not_show_are_not_taken_for_none() -> None:
    other = created(declare(tasks=[chat("Guess.")]), "second")
    assert step(replace(FIRST, tasks=None), other).spec == ()
    assert step(FIRST, replace(other, tasks=None)).spec == ()


def test_what_can_be_edited_is_compared_as_it_is_now() -> None:
    before = created(
        declare(tags=["gate"], description="Old.", metadata={"team": "a", "gone": 1}, protect=True)
    )
    after = created(declare(tags=["Gate", "nightly"], metadata={"team": "b"}), "second")
    assert step(before, after).mutable == (
        FieldChange("description", "Old.", None),
        FieldChange("tags", ["gate"], ["Gate", "nightly"]),
        FieldChange("metadata.gone", 1, None),
        FieldChange("metadata.team", "a", "b"),
        FieldChange("lifecycle.protect", before=True, after=False),
    )


def test_our_own_marks_and_the_case_of_tags_are_no_change() -> None:
    after = with_marks(created(declare(tags=["GATE"]), "second"), sgpctl_commit="new", sgpctl_run_url="u")
    assert step(created(declare(tags=["gate"])), after).mutable == ()


def test_without_a_digest_nobody_says_whether_the_spec_is_the_same() -> None:
    bare = replace(FIRST, metadata={marks.NAME: "refunds"})
    assert step(bare, created(declare(), "second")) == Step(is_same_spec=None, has_same_rows=None)


def test_digests_made_by_different_rules_are_not_compared() -> None:
    old = with_marks(FIRST, sgpctl_digest="v0:x", sgpctl_data_digest="v0:y")
    assert step(old, created(declare(), "second")) == Step(is_same_spec=None, has_same_rows=None)
    assert step(old, replace(old, id="second")) == Step(is_same_spec=True, has_same_rows=True)
