"""What a person should know beside the changes: what was left alone, and what does not look as expected."""

from __future__ import annotations

from collections.abc import Mapping

from sgpctl.model.compare import tasks_hold
from sgpctl.model.evaluation import DesiredEvaluation, RemoteState
from sgpctl.model.marks import effective_name
from sgpctl.plan.matching import How, Matching


def notes(matching: Matching, state: RemoteState) -> tuple[str, ...]:
    found = [
        f"{remote.name!r} ({remote.id}) was made as {effective_name(remote)!r} and then copied or renamed by hand; it "
        "is left alone"
        for remote in matching.copies
    ]
    if state.gap is not None:
        found.append(f"the remote evaluations could not be read completely: {state.gap}")
    adopted = {
        pair.remote.id for pair in matching.matches if pair.how is How.NOT_OWNED and pair.remote is not None
    }
    found += [
        f"{remote.name!r} ({remote.id}) has a declared name, but is not ours, and was not adopted: its tags, its tasks or "
        "its rows are not proven to be those of the manifest, or another one was; it is left alone"
        for remote in state.namesakes
        if remote.id not in adopted
    ]
    found += [
        f"{pair.desired.name!r}: its run failed ({pair.remote.status_reason or 'no reason given'})"
        for pair in matching.matches
        if pair.how is How.SAME_NAME and pair.remote is not None and pair.remote.status == "failed"
    ]
    found += [
        f"{pair.desired.name!r}: the platform shows its tasks otherwise than declared, though they were created from "
        "this manifest; a field that a deployment does not know is dropped or worded by it"
        for pair in matching.matches
        if pair.how is How.SAME_NAME
        and pair.remote is not None
        and pair.remote.tasks is not None
        and not tasks_hold(pair.desired.tasks, pair.remote.tasks)
    ]
    found += [
        note
        for pair in matching.matches
        if (note := _about_dataset_version(pair.desired, state.dataset_versions)) is not None
    ]
    found += [
        f"{pair.desired.name!r}: the rows of dataset {pair.desired.dataset_id} could not be counted; it may be archived, "
        "or not be there"
        for pair in matching.matches
        if pair.how in {How.NOTHING, How.OTHER_SPEC}
        and pair.desired.rows is None
        and pair.desired.dataset_id is not None
        and pair.desired.dataset_id not in state.dataset_rows
    ]
    return tuple(sorted(found))


def _about_dataset_version(one: DesiredEvaluation, versions: Mapping[str, int]) -> str | None:
    """That a dataset has moved on is to be seen; it never is a reason to run again."""
    if one.expect_version is None or one.dataset_id is None:
        return None
    found = versions.get(one.dataset_id)
    if found == one.expect_version:
        return None
    expected = f"{one.name!r}: its manifest expects dataset {one.dataset_id} at version {one.expect_version}"
    if found is None:
        return f"{expected}, and the platform does not say which one it is at"
    return f"{expected}, and it is at {found}; a run keeps the rows that it was made with"
