"""What counts as a difference, and what a typed server or a person may add without making one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model import marks
from sgpctl.model.compare import equals
from sgpctl.model.located import Json
from sgpctl.plan.action import Action
from sgpctl.plan.difference import merge_patch
from tests.plan.sides import OWNER, archived, as_map, chat, created, declare, plan, the_change

_json = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def test_what_the_server_fills_in_is_not_drift() -> None:
    one = declare(tags=["gate"])
    remote = created(one)
    assert remote.tasks is not None
    filled = tuple(
        {**task, "configuration": {**as_map(task["configuration"]), "n": None, "store": False}}
        for task in remote.tasks
    )
    assert plan([one], [replace(remote, tasks=filled, status="running", error_count=3)]).is_empty


def test_one_equals_one_point_zero() -> None:
    one = declare(metadata={"threshold": 1})
    remote = created(one)
    assert plan([one], [replace(remote, metadata={**remote.metadata, "threshold": 1.0})]).is_empty


def test_tags_are_a_set_and_their_case_is_no_drift() -> None:
    one = declare(tags=["gate", "Nightly"])
    assert plan([one], [replace(created(one), tags=(OWNER.tag, "nightly", "gate"))]).is_empty


def test_tags_that_the_manifest_is_silent_about_are_left_alone() -> None:
    one = declare()
    assert plan([one], [replace(created(one), tags=(OWNER.tag, "added-by-hand"))]).is_empty


def test_declared_tags_are_the_whole_truth() -> None:
    one = declare(tags=["gate"])
    change = the_change(plan([one], [replace(created(one), tags=(OWNER.tag, "gate", "added-by-hand"))]))
    assert change.patch == {"tags": ["gate", OWNER.tag]}


def test_metadata_keys_of_others_are_left_alone() -> None:
    one = declare(metadata={"owner": "support"})
    remote = created(one)
    assert plan([one], [replace(remote, metadata={**remote.metadata, "reviewed": "yes"})]).is_empty


def test_a_metadata_key_that_is_no_longer_declared_is_removed_by_a_null() -> None:
    change = the_change(plan([declare(metadata={"a": 1})], [created(declare(metadata={"a": 1, "b": 2}))]))
    patch = change.patch["metadata"]
    assert isinstance(patch, dict)
    assert patch["b"] is None
    assert "a" not in patch


def test_a_description_that_is_no_longer_declared_is_cleared() -> None:
    change = the_change(plan([declare()], [created(declare(description="Old"))]))
    assert change.patch["description"] == ""


def test_a_description_written_by_hand_on_a_manifest_without_one_stays() -> None:
    one = declare()
    assert plan([one], [replace(created(one), description="by hand")]).is_empty


def test_a_nested_metadata_value_is_replaced_wholly() -> None:
    before, after = declare(metadata={"m": {"x": 1, "y": {"z": 2}}}), declare(metadata={"m": {"y": {"w": 3}}})
    patch = the_change(plan([after], [created(before)])).patch["metadata"]
    assert isinstance(patch, dict)
    assert patch["m"] == {"x": None, "y": {"z": None, "w": 3}}


def test_protection_is_kept_remotely_and_patched_without_calls() -> None:
    change = the_change(plan([declare(protect=True)], [created(declare())]))
    assert change.action is Action.UPDATE
    assert change.patch == {"metadata": {marks.PROTECT: "true"}}
    assert change.fields[0].path == "lifecycle.protect"


def test_provenance_never_causes_a_change() -> None:
    one = declare()
    remote = created(one)
    moved = replace(remote, metadata={**remote.metadata, **dict.fromkeys(marks.PROVENANCE_KEYS, "new")})
    assert plan([one], [moved]).is_empty


@given(_json, _json)
def test_a_merge_patch_turns_before_into_after(before: Json, after: Json) -> None:
    assert equals(_merged(before, merge_patch(before, after)), after)


def _merged(before: Json, patch: Json) -> Json:
    """RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    target = dict(before) if isinstance(before, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = _merged(target.get(key), value)
    return target


def test_a_configuration_key_that_the_deployment_dropped_is_noted_and_never_paid_for_again() -> None:
    one = declare(tasks=[chat(new_knob=3)])
    shown = created(declare(), metadata=dict(created(one).metadata))
    made = plan([one], [shown])
    assert made.is_empty
    assert any("dropped" in note for note in made.notes)


def test_tasks_that_a_second_run_shows_in_the_same_way_are_the_platforms_own_words() -> None:
    one = declare()
    edited = created(declare(tasks=[chat("Worded by the platform.")])).tasks
    first, second = (
        replace(created(one, "first"), tasks=edited),
        replace(created(one, "second", day=2), tasks=edited),
    )
    assert the_change(plan([one], [second])).action is Action.REPLACE
    assert plan([one], [second], archived=(archived(first),)).is_empty


def test_a_default_alias_that_is_another_than_we_thought_is_no_edit() -> None:
    new: Json = {"task_type": "video.captions", "configuration": {"model": "m/v"}}
    one = declare(tasks=[new])
    shown = replace(created(one), tasks=({**as_map(new), "alias": "captions"},))
    assert plan([one], [shown]).is_empty
