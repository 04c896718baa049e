"""The nine rows of the decision table, and what must not be mistaken for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sgpctl.model import marks
from sgpctl.model.evaluation import RemoteContents, RemoteRow
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner
from sgpctl.plan.action import Action
from sgpctl.plan.policy import Policy
from tests.plan.sides import (
    OWNER,
    archived,
    as_map,
    chat,
    contents_of,
    created,
    declare,
    made_by_hand,
    plan,
    question,
    the_change,
)


def test_row_1_what_is_as_declared_needs_nothing() -> None:
    one = declare(description="Refunds", tags=["gate"], metadata={"owner": "support"})
    made = plan([one], [created(one)])
    assert made.is_empty
    assert made.unchanged == ("refunds",)
    assert made.refusals == ()


def test_row_2_a_changed_description_is_an_update_without_calls() -> None:
    before, after = declare(description="Refunds"), declare(description="The 30-day window")
    change = the_change(plan([after], [created(before)]))
    assert change.action is Action.UPDATE
    assert change.patch == {"description": "The 30-day window"}
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("description", "Refunds", "The 30-day window")
    ]
    assert change.cost.model_calls == 0


def test_row_3_a_changed_prompt_is_a_replace_that_says_which_field_and_what_it_costs() -> None:
    before, after = declare(), declare(tasks=[chat("If unsure, say so.")])
    change = the_change(plan([after], [created(before)]))
    assert change.action is Action.REPLACE
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("tasks.answer.messages[0].content", "Answer.", "If unsure, say so.")
    ]
    assert (change.cost.rows, change.cost.model_calls) == (3, 3)
    assert [old.remote_id for old in change.archives] == ["id-1"]


def test_row_3_tasks_edited_remotely_are_replaced_though_the_digest_is_the_same() -> None:
    one = declare()
    edited = replace(created(one), tasks=created(declare(tasks=[chat("Edited in the browser.")])).tasks)
    change = the_change(plan([one], [edited]))
    assert change.action is Action.REPLACE
    assert "edited remotely" in change.reasons[0]
    assert change.fields[0].before == "Edited in the browser."


def test_row_4_a_renamed_manifest_is_a_rename_without_calls() -> None:
    change = the_change(plan([declare("new-name")], [created(declare("old-name"))]))
    assert change.action is Action.RENAME
    assert change.patch["name"] == "new-name"
    assert change.cost.model_calls == 0
    assert change.archives == ()


def test_row_4_two_manifests_that_swap_names_are_two_renames() -> None:
    one, two = declare("a", tasks=[chat("A")]), declare("b", tasks=[chat("B")])
    made = plan(
        [declare("a", tasks=[chat("B")]), declare("b", tasks=[chat("A")])],
        [created(one, "id-a"), created(two, "id-b")],
    )
    assert [(change.action, change.name, change.remote_id) for change in made.changes] == [
        (Action.RENAME, "a", "id-b"),
        (Action.RENAME, "b", "id-a"),
    ]
    assert all(change.archives == () for change in made.changes)


def test_row_4_a_name_taken_by_a_manifest_of_another_spec_is_renamed_and_the_old_run_archived() -> None:
    made = plan(
        [declare("a", tasks=[chat("B")])],
        [created(declare("a"), "id-a"), created(declare("b", tasks=[chat("B")]), "id-b")],
    )
    change = the_change(made)
    assert (change.action, change.remote_id) == (Action.RENAME, "id-b")
    assert [old.remote_id for old in change.archives] == ["id-a"]


def test_row_5_a_revert_restores_the_archived_run_and_archives_the_live_one() -> None:
    old, new = declare(), declare(tasks=[chat("Newer.")])
    change = the_change(
        plan([old], [created(new, "id-2", day=5)], archived=(archived(created(old, "id-1")),))
    )
    assert (change.action, change.remote_id) == (Action.RESTORE, "id-1")
    assert [superseded.remote_id for superseded in change.archives] == ["id-2"]
    assert change.cost.model_calls == 0


def test_row_5_the_newest_of_several_archived_runs_is_restored() -> None:
    one = declare()
    runs = tuple(archived(created(one, f"id-{day}", day=day)) for day in (1, 9, 4))
    assert the_change(plan([one], [], archived=runs)).remote_id == "id-9"


def test_row_5_a_failed_archived_run_is_restored_only_when_there_is_no_other() -> None:
    one = declare()
    good, failed = (
        archived(created(one, "good", day=1)),
        replace(archived(created(one, "bad", day=9)), status="failed"),
    )
    assert the_change(plan([one], [], archived=(good, failed))).remote_id == "good"
    assert the_change(plan([one], [], archived=(failed,))).remote_id == "bad"


def test_row_5_one_archived_run_is_not_restored_for_two_names() -> None:
    made = plan([declare("a"), declare("b")], [], archived=(archived(created(declare("a"), "id-1")),))
    assert [change.action for change in made.changes] == [Action.RESTORE, Action.CREATE]


def test_row_6_an_equal_evaluation_made_by_hand_is_adopted() -> None:
    one = declare(tags=["gate"])
    change = the_change(
        plan([one], [], namesakes=(made_by_hand(one, "hand"),), contents={"hand": contents_of(one)})
    )
    assert (change.action, change.remote_id) == (Action.ADOPT, "hand")
    assert change.patch["tags"] == ["gate", OWNER.tag]
    metadata = change.patch["metadata"]
    assert isinstance(metadata, dict)
    assert metadata[marks.DIGEST] == one.digest


@pytest.mark.parametrize("what", ["rows", "tasks", "tags", "unread"])
def test_row_6_what_is_not_proven_equal_is_left_alone_and_noted(what: str) -> None:
    one = declare(tags=["gate"])
    remote, contents = made_by_hand(one, "hand"), {"hand": contents_of(one)}
    match what:
        case "rows":
            contents = {"hand": contents_of(declare(data=[{"question": "another?"}]))}
        case "tasks":
            remote = made_by_hand(declare(tags=["gate"], tasks=[chat("Other.")]), "hand")
        case "tags":
            remote = replace(remote, tags=())
        case _:
            contents = {}
    made = plan([one], [], namesakes=(remote,), contents=contents)
    assert the_change(made).action is Action.CREATE
    assert any("left alone" in note for note in made.notes)


def test_row_6_an_evaluation_with_another_projects_owner_tag_is_never_adopted() -> None:
    one = declare()
    theirs = replace(made_by_hand(one, "theirs"), tags=("sgpctl:billing:prod",))
    made = plan([one], [], namesakes=(theirs,), contents={"theirs": contents_of(one)})
    assert the_change(made).action is Action.CREATE


def test_row_7_nothing_there_is_a_create() -> None:
    change = the_change(plan([declare()]))
    assert change.action is Action.CREATE
    assert change.cost.model_calls == 3
    assert change.preconditions == ()


def test_row_8_an_owned_evaluation_that_no_manifest_declares_is_archived() -> None:
    kept = [declare(name) for name in "abcd"]
    owned = [created(one, one.name) for one in [*kept, declare("gone", tasks=[chat("Gone.")])]]
    change = the_change(plan(kept, owned))
    assert (change.action, change.name, change.remote_id) == (Action.ARCHIVE, "gone", "gone")


def test_row_9_of_two_with_one_name_the_fitting_completed_oldest_stays() -> None:
    one = declare()
    wrong = created(declare(tasks=[chat("Wrong.")]), "wrong", day=0)
    running = replace(created(one, "running", day=1), status="running")
    later, oldest = created(one, "later", day=3), created(one, "oldest", day=2)
    made = plan([one], [wrong, running, later, oldest])
    assert made.unchanged == ("refunds",)
    assert {change.remote_id for change in made.changes} == {"wrong", "running", "later"}
    assert all(change.action is Action.ARCHIVE and "oldest" in change.reasons[0] for change in made.changes)


def test_each_remote_evaluation_is_used_once() -> None:
    made = plan([declare("a"), declare("b")], [created(declare("x"), "id-x")])
    assert sorted(change.action.value for change in made.changes) == ["create", "rename"]


def test_an_evaluation_renamed_by_hand_gets_its_name_back() -> None:
    one = declare()
    change = the_change(plan([one], [replace(created(one), name="renamed in the browser")]))
    assert change.action is Action.UPDATE
    assert change.patch == {"name": "refunds"}


def test_a_clone_made_by_hand_is_noted_and_left_alone() -> None:
    one = declare()
    clone = replace(created(one, "clone", day=3), name="refunds (copy)", metadata=created(one).metadata)
    made = plan([one], [created(one), clone])
    assert made.is_empty
    assert any("copied or renamed by hand" in note for note in made.notes)


def test_a_clone_is_left_alone_also_when_its_original_was_renamed_and_its_name_is_declared_anew() -> None:
    moved, anew = declare("returns"), declare(tasks=[chat("Another prompt.")])
    original = created(moved)
    copied = {**created(declare()).metadata, marks.NONCE: original.metadata[marks.NONCE]}
    clone = replace(created(declare(), "clone", day=3), name="Copy of refunds", metadata=copied)
    made = plan([moved, anew], [original, clone])
    assert [(change.action, change.archives) for change in made.changes] == [(Action.CREATE, ())]
    assert any("copied or renamed by hand" in note for note in made.notes)


def test_a_run_of_the_right_name_stays_though_a_copy_is_older_whose_original_is_archived() -> None:
    one = declare()
    copy = replace(created(one, "copy"), name="Copy of refunds")
    made = plan([one], [copy, created(one, "run", day=3, status="running")])
    assert made.is_empty
    assert any("copied or renamed by hand" in note for note in made.notes)


def test_a_copy_is_left_alone_when_the_run_of_the_right_name_is_replaced() -> None:
    one = declare(tasks=[chat("new")])
    copy = replace(created(declare(), "copy"), name="Copy of refunds")
    made = plan([one], [copy, created(declare(), "run", day=3)])
    change = the_change(made)
    assert (change.action, [old.remote_id for old in change.archives]) == (Action.REPLACE, ["run"])


def test_a_run_that_somebody_renamed_is_preferred_to_one_that_failed() -> None:
    one = declare()
    renamed = replace(created(one, "renamed"), name="by hand")
    made = plan([one], [renamed, created(one, "failed", day=3, status="failed")])
    assert sorted((change.action, change.remote_id) for change in made.changes) == [
        (Action.ARCHIVE, "failed"),
        (Action.UPDATE, "renamed"),
    ]


def test_an_owned_evaluation_without_digest_that_is_proven_equal_gets_its_marks_back() -> None:
    one = declare()
    remote = created(one)
    stripped = replace(remote, metadata={})
    change = the_change(plan([one], [stripped], contents={"id-1": contents_of(one)}))
    assert change.action is Action.UPDATE
    assert change.reasons == ("only the marks by which sgpctl knows it differ",)


def test_an_evaluation_that_another_repository_made_is_refused_and_not_touched() -> None:
    one = declare()
    theirs = created(one, owner=Owner(OWNER.project, OWNER.environment, "github.com/other/evals"))
    made = plan([one], [theirs])
    assert "github.com/other/evals" in made.refusals[0].message
    assert all(change.remote_id != theirs.id for change in made.changes)


def test_taking_over_makes_it_ours_without_a_new_run() -> None:
    one = declare()
    theirs = created(one, owner=Owner(OWNER.project, OWNER.environment, "github.com/other/evals"))
    made = plan([one], [theirs], policy=Policy(take_over=True))
    change = the_change(made)
    assert change.action is Action.UPDATE
    assert change.patch == {"metadata": {marks.REPOSITORY: OWNER.repository}}
    assert made.refusals == ()


def test_a_digest_of_an_unknown_version_is_refused_instead_of_replaced_blindly() -> None:
    one = declare()
    remote = created(one)
    newer = replace(remote, metadata={**remote.metadata, marks.DIGEST: "v9:" + "0" * 64})
    assert any("another version of sgpctl" in refusal.message for refusal in plan([one], [newer]).refusals)


def test_a_repository_that_is_not_known_here_does_not_pass_for_the_same() -> None:
    one = declare()
    made = plan([one], [created(one)], owner=Owner(OWNER.project, OWNER.environment, None))
    assert made.refusals


def test_a_copy_made_by_hand_is_not_archived_when_its_manifest_goes() -> None:
    kept = [declare(name, tasks=[chat(name)]) for name in "abc"]
    one = declare()
    copy = replace(created(one, "copy", day=3), name="refunds (copy)")
    made = plan(kept, [*(created(other, other.name) for other in kept), created(one), copy])
    assert [change.remote_id for change in made.changes] == ["id-1"]
    alone = plan(kept, [*(created(other, other.name) for other in kept), copy])
    assert alone.is_empty
    assert any("left alone" in note for note in alone.notes)


def test_of_two_with_one_name_a_running_one_is_kept_before_a_failed_one() -> None:
    one = declare()
    failed = replace(created(one, "failed"), status="failed")
    running = replace(created(one, "running", day=2), status="running")
    assert the_change(plan([one], [failed, running])).remote_id == "failed"


def test_an_evaluation_with_two_owner_tags_is_refused_and_not_created_again() -> None:
    one = declare()
    both = replace(created(one), tags=(OWNER.tag, "sgpctl:billing:prod"))
    made = plan([one], [], contested=(both,), namesakes=(both,))
    assert any("sgpctl:billing:prod" in refusal.message for refusal in made.refusals)


def test_an_evaluation_without_marks_whose_rows_were_too_many_to_read_is_refused_not_replaced() -> None:
    one = declare()
    bare = replace(created(one), metadata={})
    made = plan([one], [bare], contents={"id-1": RemoteContents(90_000, None)})
    assert any("could not be read" in refusal.message for refusal in made.refusals)


def test_a_namesake_that_bears_marks_of_another_name_is_still_adopted() -> None:
    one = declare()
    hand = replace(made_by_hand(one, "hand"), metadata={marks.NAME: "something-else"})
    change = the_change(plan([one], [], namesakes=(hand,), contents={"hand": contents_of(one)}))
    assert change.action is Action.ADOPT


def test_adoption_does_not_mind_the_case_of_tags() -> None:
    one = declare(tags=["Gate"])
    hand = replace(made_by_hand(one, "hand"), tags=("gate",))
    change = the_change(plan([one], [], namesakes=(hand,), contents={"hand": contents_of(one)}))
    assert change.action is Action.ADOPT


def test_taking_over_from_a_folder_without_a_remote_takes_the_mark_away() -> None:
    one = declare()
    change = the_change(
        plan(
            [one],
            [created(one)],
            owner=Owner(OWNER.project, OWNER.environment, None),
            policy=Policy(take_over=True),
        )
    )
    assert change.patch == {"metadata": {marks.REPOSITORY: None}}


def test_rows_of_a_dataset_are_proven_by_the_keys_that_each_row_declares() -> None:
    rows: list[Json] = [{"dataset_item_id": "i1", "hint": "x"}, {"dataset_item_id": "i2"}]
    one = declare(dataset_id="ds", data=rows)
    read = RemoteContents(
        2,
        (
            RemoteRow({"question": "?", "hint": "x"}, dataset_item_id="i1"),
            RemoteRow({"question": "?", "hint": "from the dataset"}, dataset_item_id="i2"),
        ),
    )
    change = the_change(plan([one], [], namesakes=(made_by_hand(one, "hand"),), contents={"hand": read}))
    assert change.action is Action.ADOPT


def test_a_run_that_a_dead_apply_replaced_and_did_not_archive_is_left_over_and_takes_nothing_away() -> None:
    desired = [declare(name, tasks=[chat(name + " new")]) for name in "abcdef"]
    old = [created(declare(name, tasks=[chat(name)]), f"old-{name}") for name in "abcdef"]
    new = [created(one, f"new-{one.name}", day=1) for one in desired]
    made = plan(desired, [*old, *new])
    assert made.refusals == ()
    assert [change.remote_id for change in made.changes] == [f"old-{name}" for name in "abcdef"]
    assert all(change.is_leftover for change in made.changes)
    assert "did not come to archiving it" in made.changes[0].reasons[0]


def test_the_archive_of_a_duplicate_relies_on_what_stays() -> None:
    one = declare()
    (change,) = plan([one], [created(one, "kept"), created(one, "gone", day=1)]).changes
    assert [need.remote_id for need in change.preconditions] == ["gone", "kept"]


def test_the_archive_of_a_duplicate_does_not_rely_on_what_is_replaced_itself() -> None:
    old = declare()
    made = plan([declare(tasks=[chat("New.")])], [created(old, "first"), created(old, "second", day=1)])
    archive, replaced = made.changes
    assert (replaced.action, replaced.remote_id) == (Action.REPLACE, "first")
    assert [need.remote_id for need in archive.preconditions] == ["second"]


def test_a_copy_with_our_nonce_that_was_made_much_later_is_not_folded_on_its_own() -> None:
    one = declare()
    kept = created(one, "kept")
    copy = replace(created(one, "copy", day=3), metadata=kept.metadata)
    (change,) = plan([one], [kept, copy]).changes
    assert not change.is_duplicate
    assert change.remote_id == "copy"


def test_a_default_of_the_server_that_is_now_written_out_is_no_new_run() -> None:
    before, after = declare(tasks=[question()]), declare(tasks=[question(queue_id="default")])
    shown = created(before)
    assert shown.tasks is not None
    filled = tuple(
        {**task, "configuration": {**as_map(task["configuration"]), "queue_id": "default", "required": False}}
        for task in shown.tasks
    )
    made = plan([after], [replace(shown, tasks=filled)], contents={"id-1": contents_of(before)})
    assert the_change(made).action is Action.UPDATE
    assert the_change(made).reasons == ("only the marks by which sgpctl knows it differ",)


def test_a_key_that_was_taken_out_of_the_manifest_is_a_new_run() -> None:
    before, after = declare(tasks=[chat(temperature=0.5)]), declare()
    made = plan([after], [created(before)], contents={"id-1": contents_of(before)})
    assert the_change(made).action is Action.REPLACE


def test_what_lost_its_owner_tag_by_hand_is_adopted_again_also_without_its_tags() -> None:
    one = declare(tags=["gate"])
    bare = replace(created(one, "bare"), tags=())
    made = plan([one], [], namesakes=(bare,), contents={"bare": contents_of(one)})
    assert the_change(made).action is Action.ADOPT


def test_a_run_over_a_part_of_a_dataset_is_not_adopted_for_all_of_it() -> None:
    one = declare(data=None, dataset_id="ds")
    hand = made_by_hand(one, "hand")
    part = RemoteContents(2, (RemoteRow({"q": "1"}), RemoteRow({"q": "2"})))
    assert the_change(
        plan([one], [], namesakes=(hand,), contents={"hand": part}, dataset_rows={"ds": 9})
    ).action is (Action.CREATE)
    assert the_change(
        plan([one], [], namesakes=(hand,), contents={"hand": part}, dataset_rows={"ds": 2})
    ).action is (Action.ADOPT)


def test_a_right_run_that_somebody_renamed_is_used_before_a_leftover_of_the_right_name_is_replaced() -> None:
    one = declare(tasks=[chat("wanted")])
    renamed = replace(created(one, "wanted", day=2), name="by hand")
    leftover = created(declare(), "leftover")
    made = plan([one], [leftover, renamed])
    assert sorted((change.action, change.remote_id) for change in made.changes) == [
        (Action.ARCHIVE, "leftover"),
        (Action.UPDATE, "wanted"),
    ]
