"""What of a reviewed plan may go on when something moved, what not, and what is said about it."""

from __future__ import annotations

from dataclasses import replace

from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Plan, Precondition
from sgpctl.plan.staleness import Partition, differences, partition
from tests.plan.sides import archived, chat, contents_of, created, declare, made_by_hand, plan

A = declare("a", tasks=[chat("a")])
B = declare("b", tasks=[chat("b")])
C = declare("c", tasks=[chat("c")])


def named(one: DesiredEvaluation, name: str) -> DesiredEvaluation:
    return replace(one, name=name, body={**one.body, "name": name})


def going_on(parts: Partition) -> list[str]:
    return [f"{change.action.value} {change.name}" for change in parts.untouched]


def said(parts: Partition) -> list[str]:
    return [one.sentence for one in parts.skipped]


def test_what_differs_is_told_line_by_line() -> None:
    before = plan([A, B])
    after = plan([declare("b", tasks=[chat("b!")]), C])
    assert differences(before, after) == (
        "create of 'a' is no longer planned: it is not declared any more",
        "create of 'b' would not do the same any more: what is declared changed (tasks.answer)",
        "create of 'c' is new",
    )


def test_what_is_untouched_goes_on_and_the_rest_is_told() -> None:
    edited = declare("b", tasks=[chat("b")], description="Edited.", tags=["nightly"])
    parts = partition(plan([A, B]), plan([A, edited, C]))
    assert going_on(parts) == ["create a"]
    assert said(parts) == [
        "create of 'b' would not do the same any more: what is declared changed (description, tags)",
        "create of 'c' is new",
    ]


def test_rows_in_another_order_are_no_change_and_other_rows_are_one() -> None:
    one: Json = {"question": "one?"}
    other: Json = {"question": "two?"}
    reviewed = plan([declare(data=[one, other])])
    assert partition(reviewed, plan([declare(data=[other, one])])).skipped == ()
    (skipped,) = partition(reviewed, plan([declare(data=[one, one])])).skipped
    assert skipped.why.endswith("what is declared changed (data)")


def test_lifting_the_protection_and_metadata_are_named() -> None:
    before = plan([declare(protect=True, metadata={"owner": "ann"})])
    (skipped,) = partition(before, plan([declare(metadata={"owner": "bo"})])).skipped
    assert skipped.why.endswith("what is declared changed (lifecycle.protect, metadata.owner)")


def test_a_dataset_that_grew_is_told_in_numbers() -> None:
    one = declare(data=None, dataset_id="ds")
    parts = partition(plan([one], dataset_rows={"ds": 10}), plan([one], dataset_rows={"ds": 1_200}))
    assert said(parts) == [
        "create of 'refunds' would not do the same any more: it would start 1,200 model calls instead of 10, 1,200 "
        "rows instead of 10"
    ]


def test_what_somebody_changed_on_the_platform_is_named() -> None:
    wanted, live = declare("a", tasks=[chat("a")], description="New."), created(A, "id-a")
    edited = replace(live, tags=(*live.tags, "by-hand"), metadata={**live.metadata, "seen": "yes"})
    (skipped,) = partition(plan([wanted], [live]), plan([wanted], [edited])).skipped
    assert skipped.why == (
        "would not do the same any more: the remote evaluation was changed by someone (metadata.seen, tags)"
    )


def test_what_somebody_changed_on_a_run_that_is_only_superseded_is_named() -> None:
    run, live = archived(created(A, "first")), created(named(B, "a"), "second", day=3)
    edited = replace(live, description="by hand")
    parts = partition(plan([A], [live], archived=(run,)), plan([A], [edited], archived=(run,)))
    assert said(parts) == [
        "restore of 'a' would not do the same any more: second, which it archives, was changed by someone (description)"
    ]


def test_many_changed_parts_are_not_all_listed() -> None:
    live = created(A, "id-a")
    edited = replace(live, metadata={**live.metadata, **{f"k{number}": 1 for number in range(9)}})
    (skipped,) = partition(plan([], [live]), plan([], [edited])).skipped
    assert (
        "(metadata.k0, metadata.k1, metadata.k2, metadata.k3, metadata.k4, metadata.k5 and 3 more)"
        in skipped.why
    )


def test_another_action_for_a_name_says_which_and_why() -> None:
    wanted, live = declare("a", tasks=[chat("a")], description="New."), created(A, "id-a")
    reviewed = plan([wanted], [live])
    assert said(partition(reviewed, plan([declare("a", tasks=[chat("a!")])], [live]))) == [
        "update of 'a' would now be a replace: what is declared changed (description, tasks.answer)"
    ]
    assert said(partition(reviewed, plan([wanted], archived=(archived(live),)))) == [
        "update of 'a' would now be a restore: the remote evaluation was changed by someone (archived)"
    ]
    assert said(partition(reviewed, plan([], [live]))) == [
        "update of 'a' would now be an archive: no manifest declares it (completed 2026-10-01)"
    ]


def test_a_create_for_which_somebody_made_something_meanwhile_is_skipped() -> None:
    assert said(partition(plan([A]), plan([A], [created(A, "id-a")]))) == [
        "create of 'a' is no longer needed: it is there as declared"
    ]
    by_hand = made_by_hand(A, "id-a")
    adopting = plan([A], namesakes=(by_hand,), contents={"id-a": contents_of(A)})
    assert said(partition(plan([A]), adopting)) == [
        "create of 'a' would now be an adopt: id-a is not ours yet, and its contents equal what is declared"
    ]
    assert said(partition(plan([A]), plan([A], [created(named(B, "a"), "id-a")]))) == [
        "create of 'a' would now be a replace: evaluation id-a is there now"
    ]


def test_an_archive_that_is_no_longer_planned_says_why() -> None:
    live = created(A, "id-a")
    reviewed = plan([B], [live, created(B, "id-b")])
    assert said(partition(reviewed, plan([B], [created(B, "id-b")]))) == [
        "archive of 'a' is no longer needed: the evaluation is archived already, or not this project's any more"
    ]
    assert said(partition(reviewed, plan([A, B], [live, created(B, "id-b")]))) == [
        "archive of 'a' is no longer planned: it is declared now"
    ]
    moved_manifest = plan([named(A, "moved"), B], [live, created(B, "id-b")])
    assert said(partition(reviewed, moved_manifest)) == [
        "archive of 'a' would now be a rename of 'moved': 'a' is the same run under another name"
    ]


def _swapped() -> tuple[list[DesiredEvaluation], RemoteEvaluation, RemoteEvaluation]:
    return [named(B, "a"), named(A, "b")], created(A, "id-a"), created(B, "id-b")


def test_of_swapped_names_no_half_goes_on_without_the_other() -> None:
    wanted, a, b = _swapped()
    edited = replace(b, description="by hand")
    parts = partition(plan([*wanted, C], [a, b]), plan([*wanted, C], [a, edited]))
    assert going_on(parts) == ["create c"]
    assert said(parts) == [
        "rename of 'a' would not do the same any more: the remote evaluation was changed by someone (description)",
        "rename of 'b' is as reviewed, but belongs together with the rename of 'a', which is not",
    ]


def test_a_whole_chain_of_renames_waits_for_its_stale_end() -> None:
    wanted = [named(A, "b"), named(B, "c"), named(C, "d")]
    there = [created(A, "id-a"), created(B, "id-b"), created(C, "id-c")]
    edited = [*there[:2], replace(there[2], description="by hand")]
    parts = partition(plan(wanted, there), plan(wanted, edited))
    assert parts.untouched == ()
    assert [one.staleness.value for one in parts.skipped] == ["tied", "tied", "moved"]


def test_a_new_run_does_not_take_a_name_that_a_stale_rename_leaves_to_it() -> None:
    wanted, live = [named(A, "moved"), declare("a", tasks=[chat("another")])], created(A, "id-a")
    edited = replace(live, description="by hand")
    parts = partition(plan(wanted, [live]), plan(wanted, [edited]))
    assert parts.untouched == ()
    assert said(parts)[0] == (
        "create of 'a' is as reviewed, but belongs together with the rename of 'moved', which is not"
    )


def test_a_new_run_does_not_take_a_name_that_somebody_gave_to_another_evaluation() -> None:
    live = created(A, "id-a")
    parts = partition(plan([A, B], [live]), plan([A, B], [replace(live, name="b")]))
    assert parts.untouched == ()
    assert said(parts) == [
        "update of 'a' is new",
        "create of 'b' is as reviewed, but belongs together with the update of 'a', which is not",
    ]


def test_changes_that_touch_one_evaluation_belong_together_whatever_they_are_called() -> None:
    need = Precondition("id-1", "fp")
    one = Change(
        Action.UPDATE, "one", "id-1", None, "v1:a", preconditions=(need,), patch={"description": "x"}
    )
    other = Change(
        Action.RENAME, "other", "id-2", None, "v1:b", preconditions=(Precondition("id-2", "fp"), need)
    )
    before, after = Plan(changes=(one, other)), Plan(changes=(replace(one, patch={}), other))
    assert [skipped.staleness.value for skipped in partition(before, after).skipped] == ["moved", "tied"]


def test_nothing_is_archived_while_a_new_run_is_skipped() -> None:
    live = created(A, "id-a")
    edited = declare("b", tasks=[chat("b!")])
    parts = partition(plan([B, C], [live]), plan([edited, C], [live]))
    assert going_on(parts) == ["create c"]
    assert said(parts)[0] == (
        "archive of 'a' is as reviewed, but nothing is archived while the create of 'b' is skipped"
    )


def test_nothing_is_archived_while_a_run_that_nobody_reviewed_is_missing() -> None:
    live = [created(A, "id-a"), created(B, "id-b")]
    parts = partition(plan([B], live), plan([B, C], live))
    assert [one.staleness.value for one in parts.skipped] == ["held", "new"]


def test_nothing_is_archived_when_the_manifest_of_a_reviewed_run_is_gone() -> None:
    live = [created(A, "id-a"), created(C, "id-c")]
    parts = partition(plan([B, C], live), plan([C], live))
    assert [one.staleness.value for one in parts.skipped] == ["held", "no_longer_planned"]


def test_a_reviewed_run_that_is_in_place_by_now_lets_the_archive_go_on() -> None:
    live = [created(A, "id-a"), created(C, "id-c")]
    parts = partition(plan([B, C], live), plan([B, C], [*live, created(B, "id-b")]))
    assert going_on(parts) == ["archive a"]


def test_a_name_is_not_given_back_while_the_archive_of_the_run_that_bears_it_is_held() -> None:
    first, second = (
        replace(created(A, "first"), name="c"),
        created(declare("a", tasks=[chat("a!")]), "second"),
    )
    edited = declare("b", tasks=[chat("b!")])
    wanted, there = [A, named(C, "c")], [first, second]
    parts = partition(plan([*wanted, B], there), plan([*wanted, edited], there))
    assert parts.untouched == ()
    assert said(parts) == [
        "archive of 'a' is as reviewed, but nothing is archived while the create of 'b' is skipped",
        "update of 'a' is as reviewed, but belongs together with the archive of 'a', which is skipped too",
        "create of 'b' would not do the same any more: what is declared changed (tasks.answer)",
        "create of 'c' is as reviewed, but belongs together with the archive of 'a', which is skipped too",
    ]


def test_what_shares_nothing_with_a_held_archive_goes_on() -> None:
    first, second = created(A, "first"), created(A, "second", day=1)
    parts = partition(plan([A, B, C], [first, second]), plan([A, C], [first, second]))
    assert going_on(parts) == ["create c"]
    assert [one.staleness.value for one in parts.skipped] == ["held", "no_longer_planned"]


def test_an_update_that_is_stale_does_not_hold_an_archive() -> None:
    live, updated = created(A, "id-a"), created(B, "id-b")
    wanted = declare("b", tasks=[chat("b")], description="New.")
    moved = replace(updated, description="by hand")
    parts = partition(plan([wanted], [live, updated]), plan([wanted], [live, moved]))
    assert going_on(parts) == ["archive a"]


def test_a_second_removal_that_nobody_reviewed_is_not_made() -> None:
    live = [created(A, "id-a"), created(B, "id-b"), created(C, "id-c")]
    parts = partition(plan([B, C], live), plan([C], live))
    assert going_on(parts) == ["archive a"]
    assert said(parts) == ["archive of 'b' is new"]


def test_the_archive_of_a_duplicate_was_agreed_to_because_of_what_stays() -> None:
    first, second = created(A, "first"), created(A, "second", day=3)
    given = replace(first, metadata={**first.metadata, "team": "search"})
    parts = partition(plan([A], [first, second]), plan([A], [given, second]))
    assert parts.untouched == ()
    assert said(parts) == [
        "archive of 'a' would not do the same any more: first, which stays, was changed by someone (metadata.team)"
    ]


def test_the_archive_of_a_duplicate_is_not_agreed_to_as_the_removal_of_the_last_one() -> None:
    first, second = created(A, "first"), created(A, "second", day=3)
    reviewed = plan([A, B], [first, second, created(B, "id-b")])
    assert going_on(partition(reviewed, reviewed)) == ["archive a"]
    parts = partition(reviewed, plan([B], [second, created(B, "id-b")]))
    assert parts.untouched == ()
    assert said(parts) == [
        "archive of 'a' would not do the same any more: no manifest declares it (completed 2026-10-04)"
    ]
