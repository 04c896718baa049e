"""What people did on the platform is told from what only the manifests changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model import marks
from sgpctl.model.applied import APPLIED, applied_mark, was_edited
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.plan.drift import Drift, Kind, drift_of, unmanaged_of
from sgpctl.plan.matching import match
from sgpctl.plan.planner import make_plan
from sgpctl.plan.policy import Policy
from tests.plan.sides import OWNER, archived, as_map, chat, created, declare

_texts = st.text(max_size=4)


def applied(one: DesiredEvaluation, remote_id: str = "id-1", **seen: object) -> RemoteEvaluation:
    """What stands there after an apply of `one`."""
    remote = created(one, remote_id)
    return replace(remote, metadata={**remote.metadata, APPLIED: applied_mark(one)}, **seen)  # type: ignore[arg-type]  # the tests name fields of RemoteEvaluation


def drift(
    desired: list[DesiredEvaluation],
    owned: list[RemoteEvaluation],
    *,
    unmanaged: tuple[RemoteEvaluation, ...] = (),
    **rest: object,
) -> Drift:
    state = RemoteState(owned=tuple(owned), **rest)  # type: ignore[arg-type]  # the tests name its fields
    plan = make_plan(desired, state, OWNER, Policy())
    return drift_of(plan, match(desired, state, OWNER), state, OWNER, unmanaged)


def kinds(found: Drift) -> list[tuple[str, Kind]]:
    return [(finding.name, finding.kind) for finding in found.findings]


def test_what_was_applied_and_is_as_it_was_has_not_drifted() -> None:
    one = declare(description="Old", tags=["gate"], metadata={"owner": "support"})
    assert drift([one], [applied(one)]).findings == ()


def test_a_field_edited_by_hand_is_told_with_what_was_applied_and_what_is_there() -> None:
    one = declare(description="Old")
    (finding,) = drift([one], [applied(one, description="by hand")]).findings
    assert finding.kind is Kind.EDITED
    assert [(field.path, field.before, field.after) for field in finding.fields] == [
        ("description", "Old", "by hand")
    ]


def test_an_edit_of_the_manifest_is_pending_and_no_drift() -> None:
    found = drift([declare(description="New")], [applied(declare(description="Old"))])
    assert found.findings == ()
    assert found.pending == ("refunds",)


def test_an_edit_on_both_sides_is_drift_without_the_fields() -> None:
    (finding,) = drift(
        [declare(description="New")], [applied(declare(description="Old"), description="by hand")]
    ).findings
    assert finding.kind is Kind.EDITED
    assert finding.fields == ()
    assert "its manifest has changed too" in finding.words


def test_tags_and_metadata_that_the_manifest_does_not_speak_of_are_free() -> None:
    one = declare()
    remote = applied(one, tags=(OWNER.tag, "by-hand"))
    assert drift([one], [replace(remote, metadata={**remote.metadata, "note": "x"})]).findings == ()


def test_tasks_edited_on_the_platform_are_drift_while_the_manifest_says_what_was_run() -> None:
    one = declare()
    tasks = tuple(chat("Another prompt.") for _ in one.tasks)
    assert kinds(drift([one], [applied(one, tasks=tasks)])) == [("refunds", Kind.TASKS_EDITED)]
    other = declare(tasks=[chat("A new prompt.")])
    assert drift([other], [applied(one, tasks=tasks)]).findings == ()


def test_a_rename_by_hand_is_told_under_the_name_that_was_applied() -> None:
    one = declare()
    found = drift([one], [applied(one, name="other")])
    assert kinds(found) == [("refunds", Kind.RENAMED)]
    assert found.pending == ()


def test_a_copy_by_hand_is_told_and_where_it_came_from() -> None:
    one = declare()
    copy = replace(applied(one, "id-2"), name="copy of it", metadata=applied(one).metadata)
    (finding,) = drift([one], [applied(one), copy]).findings
    assert (finding.kind, finding.name) == (Kind.COPIED, "copy of it")
    assert "'refunds'" in finding.words


def test_an_archive_by_hand_is_drift_and_a_revert_that_waits_is_not() -> None:
    one, other = declare(), declare(tasks=[chat("A new prompt.")])
    gone = archived(applied(one))
    assert kinds(drift([one], [], archived=(gone,))) == [("refunds", Kind.ARCHIVED)]
    assert drift([one], [applied(other, "id-2")], archived=(gone,)).findings == ()


def test_a_run_that_failed_or_has_errors_is_told_with_its_reason() -> None:
    one, two = declare("one"), declare("two")
    found = drift(
        [one, two],
        [applied(one, status="failed", status_reason="no quota"), applied(two, "id-2", error_count=3)],
    )
    assert [(finding.name, finding.words) for finding in found.findings] == [
        ("one", "no quota"),
        ("two", "completed with 3 errors"),
    ]


def test_an_owner_tag_that_was_taken_away_or_added_is_told() -> None:
    one, two = declare("one"), declare("two")
    tag = "sgpctl:other:prod"
    contested = applied(two, "id-2", tags=(OWNER.tag, tag))
    found = drift([one, two], [], namesakes=(applied(one, tags=()),), contested=(contested,))
    assert kinds(found) == [("one", Kind.DISOWNED), ("two", Kind.CONTESTED)]


def test_unmanaged_ones_are_what_no_project_owns() -> None:
    mine, other = applied(declare("mine")), replace(applied(declare("x"), "id-2"), tags=("sgpctl:x:prod",))
    free = replace(applied(declare("free"), "id-3"), tags=("gate",))
    assert unmanaged_of([mine, other, free, archived(free)], OWNER) == (free,)


def test_what_was_applied_before_there_was_a_mark_is_not_called_edited() -> None:
    one = declare(description="Old")
    assert drift([one], [created(one, description="by hand")]).findings == ()


@given(_texts, st.lists(_texts, max_size=3), st.dictionaries(_texts, _texts, max_size=3), st.booleans())
def test_nothing_that_was_just_applied_counts_as_edited(
    description: str, tags: list[str], metadata: dict[str, str], protect: bool
) -> None:
    one = declare(description=description, tags=[*tags], metadata={**metadata}, protect=protect)
    assert not was_edited(applied(one))


@given(st.sampled_from(["description", "tags", "metadata", "protect"]))
def test_every_field_that_the_manifest_speaks_of_is_watched(field: str) -> None:
    one = declare(description="Old", tags=["gate"], metadata={"owner": "support"})
    remote = applied(one)
    edited = {
        "description": replace(remote, description="by hand"),
        "tags": replace(remote, tags=(OWNER.tag,)),
        "metadata": replace(remote, metadata={**remote.metadata, "owner": "me"}),
        "protect": replace(remote, metadata={**remote.metadata, marks.PROTECT: "true"}),
    }[field]
    assert was_edited(edited)
    assert as_map({**edited.metadata})[APPLIED] == applied_mark(one)
