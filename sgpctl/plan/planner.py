"""The plan of two sides: what is declared and what is there.

Design 6, row by row (`_change_for`):

    1  owned, same name, same digest, nothing patchable differs     none
    2  the same, but description, tags or metadata differ           update
    3  owned, same name, another digest, or tasks edited remotely   replace
    4  owned, other name, same digest, wanted under no other name   rename
    5  owned, archived earlier, same digest                         restore
    6  not owned, same name and tags, contents proven equal         adopt
    7  nothing                                                      create
    8  owned, not desired                                           archive
    9  two or more owned with one name                              archive the others
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sgpctl.limits import ONE_CREATE_SECONDS_MAX
from sgpctl.model.canonical import sha256_of
from sgpctl.model.compare import tasks_hold, tasks_untouched
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.located import Json
from sgpctl.model.marks import PROTECT, Owner, effective_name, read_marks
from sgpctl.plan.cost import run_cost
from sgpctl.plan.difference import mutable_difference
from sgpctl.plan.explanation import rows_change, spec_changes
from sgpctl.plan.fingerprint import precondition, superseded
from sgpctl.plan.matching import How, Match, Matching, match
from sgpctl.plan.plan import Action, Change, FieldChange, Plan
from sgpctl.plan.policy import Policy
from sgpctl.plan.rails import refusals


def make_plan(
    desired: Sequence[DesiredEvaluation],
    state: RemoteState,
    owner: Owner,
    policy: Policy,
    *,
    scope: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
) -> Plan:
    """What has to change remotely for `state` to be what `desired` declares, sorted by name.

    `scope` says where (it becomes part of the plan's digest); `warnings` are those of the manifests.
    """
    matching = match(desired, state, owner, take_over=policy.take_over)
    changes: list[Change] = []
    unchanged: list[str] = []
    for pair in matching.matches:
        change = _change_for(pair, state, owner, policy)
        if change is None:
            unchanged.append(pair.desired.name)
        else:
            changes.append(replace(change, declared=_declared(pair.desired)))
    why = "destroy archives everything" if policy.destroy else "no manifest declares it"
    changes += [_archive(remote, why) for remote in matching.undesired]
    changes += [_archive_duplicate(gone, kept) for gone, kept in matching.duplicates]
    changes.sort(key=lambda change: change.address)
    return Plan(
        changes=tuple(changes),
        unchanged=tuple(sorted(unchanged)),
        notes=_notes(matching, state),
        warnings=warnings,
        refusals=refusals(changes, matching, state, owner, policy),
        desired=len(desired),
        owned=len(state.owned),
        others=state.others,
        scope=scope,
        gap=state.gap,
    )


def _change_for(pair: Match, state: RemoteState, owner: Owner, policy: Policy) -> Change | None:
    one, remote = pair.desired, pair.remote
    if remote is None:
        return _create(one, state)
    match pair.how:
        case How.SAME_NAME:
            return _update(one, remote, owner, policy)
        case How.OTHER_SPEC if _lifts_protection_of_edited_tasks(one, remote):
            return _lift_protection(one, remote)
        case How.OTHER_SPEC:
            return _replace(one, remote, state)
        case How.OTHER_NAME:
            return _rename(pair, remote, owner, policy)
        case How.ARCHIVED:
            return _restore(pair, remote, owner, policy)
        case How.NOT_OWNED:
            return _adopt(one, remote, owner, policy)
        case How.NOTHING:
            return _create(one, state)


def _declared(one: DesiredEvaluation) -> str:
    """A digest of what a manifest declares beside the spec."""
    tags: list[Json] | None = None if one.tags is None else [*sorted(set(one.tags))]
    return sha256_of([one.name, one.description, tags, dict(one.metadata), one.protect])


def _create(one: DesiredEvaluation, state: RemoteState) -> Change:
    return Change(
        Action.CREATE,
        one.name,
        None,
        one.place,
        one.digest,
        reasons=("it is not there yet",),
        cost=run_cost(one, state),
    )


def _update(one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change | None:
    difference = mutable_difference(one, remote, owner, take_over=policy.take_over)
    if not difference.patch:
        return None
    return Change(
        Action.UPDATE,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=("only the marks by which sgpctl knows it differ",) if difference.marks_only else (),
        fields=difference.fields,
        preconditions=(precondition(remote),),
        patch=difference.patch,
    )


def _replace(one: DesiredEvaluation, remote: RemoteEvaluation, state: RemoteState) -> Change:
    contents = state.contents.get(remote.id)
    fields = spec_changes(one, remote, contents)
    rows = rows_change(one, remote, contents)
    reasons: list[str] = []
    if (
        read_marks(remote).digest == one.digest
        and remote.tasks is not None
        and not tasks_untouched(one.tasks, remote.tasks)
    ):
        reasons.append("its tasks were edited remotely since it was created")
    elif read_marks(remote).digest is None:
        reasons.append("the mark that says what it runs is gone, and it is not proven to be what is declared")
    elif not fields and rows is None:
        reasons.append(
            "its digest differs in something that cannot be read back: skip_prefilled_rows, the rows of a dataset, "
            "or a default that was declared or left out"
        )
    return Change(
        Action.REPLACE,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=tuple(reasons),
        fields=fields,
        rows=rows,
        cost=run_cost(one, state),
        preconditions=(precondition(remote),),
        archives=(superseded(remote),),
    )


def _lifts_protection_of_edited_tasks(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    marks = read_marks(remote)
    return marks.protect and not one.protect and marks.digest == one.digest


def _lift_protection(one: DesiredEvaluation, remote: RemoteEvaluation) -> Change:
    """The one way out for a protected run whose tasks were edited remotely: lift first, replace with the next apply."""
    return Change(
        Action.UPDATE,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=("lifts the protection; its tasks were edited remotely, so the next plan replaces it",),
        fields=(FieldChange("lifecycle.protect", before=True, after=False, place=one.place),),
        preconditions=(precondition(remote),),
        patch={"metadata": {PROTECT: "false"}},
    )


def _rename(pair: Match, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change:
    one = pair.desired
    difference = mutable_difference(one, remote, owner, take_over=policy.take_over)
    return Change(
        Action.RENAME,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=(f"{effective_name(remote)!r} is the same run under another name",),
        fields=difference.fields,
        preconditions=(precondition(remote),),
        archives=tuple(superseded(old) for old in pair.superseded),
        patch=difference.patch,
    )


def _restore(pair: Match, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change:
    one = pair.desired
    difference = mutable_difference(one, remote, owner, take_over=policy.take_over)
    reasons = [
        f"equals the archived run {remote.id} of {remote.created_at:%Y-%m-%d}; its results come back with it"
    ]
    if remote.status == "failed":
        reasons.append("that run failed; to run it again instead, change its spec")
    return Change(
        Action.RESTORE,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=tuple(reasons),
        fields=difference.fields,
        preconditions=(precondition(remote),),
        archives=tuple(superseded(old) for old in pair.superseded),
        patch=difference.patch,
    )


def _adopt(one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change:
    difference = mutable_difference(one, remote, owner, take_over=policy.take_over)
    reasons = [f"{remote.id} is not ours yet, and its contents equal what is declared"]
    if one.body.get("skip_prefilled_rows"):
        reasons.append("skip_prefilled_rows cannot be read back and was not compared")
    return Change(
        Action.ADOPT,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=tuple(reasons),
        fields=difference.fields,
        preconditions=(precondition(remote),),
        patch=difference.patch,
    )


def _archive(remote: RemoteEvaluation, why: str) -> Change:
    return Change(
        Action.ARCHIVE,
        effective_name(remote),
        remote.id,
        None,
        None,
        reasons=(why,),
        preconditions=(precondition(remote),),
    )


def _archive_duplicate(gone: RemoteEvaluation, kept: RemoteEvaluation) -> Change:
    is_twin = _made_by_one_create(gone, kept)
    is_replaced = read_marks(gone).digest != read_marks(kept).digest and gone.created_at < kept.created_at
    if is_twin:
        reason = f"a duplicate of {kept.id}, made by the same create"
    elif is_replaced:
        reason = f"replaced by {kept.id}, by an apply that did not come to archiving it"
    else:
        reason = f"a duplicate of {kept.id}, of the same name"
    return Change(
        Action.ARCHIVE,
        effective_name(gone),
        gone.id,
        None,
        None,
        reasons=(reason,),
        preconditions=(precondition(gone),),
        is_duplicate=is_twin,
        is_leftover=is_replaced and not is_twin,
    )


def _made_by_one_create(gone: RemoteEvaluation, kept: RemoteEvaluation) -> bool:
    """One nonce, one content, and both from within the time in which one create may be sent again; a copy that somebody
    made later carries the nonce too.
    """
    nonce = read_marks(gone).nonce
    apart_seconds = abs((gone.created_at - kept.created_at).total_seconds())
    return (
        nonce is not None
        and nonce == read_marks(kept).nonce
        and gone.tasks == kept.tasks
        and apart_seconds <= ONE_CREATE_SECONDS_MAX
    )


def _notes(matching: Matching, state: RemoteState) -> tuple[str, ...]:
    notes = [
        f"{remote.name!r} ({remote.id}) was made as {effective_name(remote)!r} and then copied or renamed by hand; it "
        "is left alone"
        for remote in matching.copies
    ]
    if state.gap is not None:
        notes.append(f"the remote evaluations could not be read completely: {state.gap}")
    adopted = {
        pair.remote.id for pair in matching.matches if pair.how is How.NOT_OWNED and pair.remote is not None
    }
    notes += [
        f"{remote.name!r} ({remote.id}) has a declared name, but is not ours, and was not adopted: its tags, its tasks or "
        "its rows are not proven to be those of the manifest, or another one was; it is left alone"
        for remote in state.namesakes
        if remote.id not in adopted
    ]
    notes += [
        f"{pair.desired.name!r}: its run failed ({pair.remote.status_reason or 'no reason given'})"
        for pair in matching.matches
        if pair.how is How.SAME_NAME and pair.remote is not None and pair.remote.status == "failed"
    ]
    notes += [
        f"{pair.desired.name!r}: the platform shows its tasks otherwise than declared, though they were created from "
        "this manifest; a field that a deployment does not know is dropped or worded by it"
        for pair in matching.matches
        if pair.how is How.SAME_NAME
        and pair.remote is not None
        and pair.remote.tasks is not None
        and not tasks_hold(pair.desired.tasks, pair.remote.tasks)
    ]
    notes += [
        note
        for pair in matching.matches
        if (note := _about_dataset_version(pair.desired, state.dataset_versions)) is not None
    ]
    return tuple(sorted(notes))


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
