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

from collections.abc import Sequence
from dataclasses import replace

from sgpctl.model.canonical import sha256_of
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner, read_marks
from sgpctl.model.words import Words
from sgpctl.plan import changes
from sgpctl.plan.grid import grids_of
from sgpctl.plan.matching import How, Match, match
from sgpctl.plan.notes import notes
from sgpctl.plan.parts import declared_parts
from sgpctl.plan.plan import Change, Plan
from sgpctl.plan.policy import Policy
from sgpctl.plan.rails import judge


def make_plan(
    desired: Sequence[DesiredEvaluation],
    state: RemoteState,
    owner: Owner,
    policy: Policy,
    *,
    scope: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    words: Words = str,
) -> Plan:
    """What has to change remotely for `state` to be what `desired` declares, sorted by name.

    `scope` says where (it becomes part of the plan's digest); `warnings` are those of the manifests. Values of rows are
    put into `words` before they are shortened.
    """
    matching = match(desired, state, owner, take_over=policy.take_over)
    planned: list[Change] = []
    unchanged: list[str] = []
    for pair in matching.matches:
        change = _change_for(pair, state, owner, policy, words)
        if change is None:
            unchanged.append(pair.desired.name)
        else:
            one = pair.desired
            planned.append(replace(change, declared=_declared(one), parts=declared_parts(one)))
    why = "destroy archives everything" if policy.destroy else "no manifest declares it"
    planned += [changes.archive(remote, why) for remote in matching.undesired]
    replaced = {old.remote_id for change in planned for old in change.archives}
    planned += [
        changes.archive_duplicate(gone, kept, is_replaced_too=kept.id in replaced)
        for gone, kept in matching.duplicates
    ]
    planned.sort(key=lambda change: change.address)
    judgement = judge(planned, matching, state, owner, policy=policy, scope=(owner.tag, *scope))
    return Plan(
        changes=tuple(planned),
        unchanged=tuple(sorted(unchanged)),
        notes=(*judgement.allowed, *notes(matching, state)),
        warnings=warnings,
        refusals=judgement.refusals,
        desired=len(desired),
        owned=len(state.owned),
        others=state.others,
        scope=scope,
        grids=grids_of(
            desired, {change.name: change.action for change in planned if change.place is not None}
        ),
        gap=state.gap,
    )


def _change_for(pair: Match, state: RemoteState, owner: Owner, policy: Policy, words: Words) -> Change | None:
    one, remote = pair.desired, pair.remote
    if remote is None:
        return changes.create(one, state)
    match pair.how:
        case How.SAME_NAME:
            return changes.update(one, remote, owner, policy)
        case How.OTHER_SPEC if _lifts_protection_of_edited_tasks(one, remote):
            return changes.lift_protection(one, remote)
        case How.OTHER_SPEC:
            return changes.replace(one, remote, state, words)
        case How.OTHER_NAME:
            return changes.rename(pair, remote, owner, policy)
        case How.ARCHIVED:
            return changes.restore(pair, remote, owner, policy)
        case How.NOT_OWNED:
            return changes.adopt(one, remote, owner, policy)
        case How.NOTHING:
            return changes.create(one, state)


def _lifts_protection_of_edited_tasks(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    marks = read_marks(remote)
    return marks.protect and not one.protect and marks.digest == one.digest


def _declared(one: DesiredEvaluation) -> str:
    """A digest of what a manifest declares beside the spec."""
    tags: list[Json] | None = None if one.tags is None else [*sorted(set(one.tags))]
    return sha256_of([one.name, one.description, tags, dict(one.metadata), one.protect])
