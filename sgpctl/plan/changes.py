"""Each kind of change as a value: what it does to which evaluation, why, and what it starts."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.limits import ONE_CREATE_SECONDS_MAX
from sgpctl.model.compare import tasks_untouched
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.marks import PROTECT, Owner, effective_name, read_marks
from sgpctl.model.words import Words
from sgpctl.plan.action import Action
from sgpctl.plan.cost import run_cost
from sgpctl.plan.difference import Difference, mutable_difference
from sgpctl.plan.explanation import rows_change, spec_changes
from sgpctl.plan.fingerprint import precondition, superseded
from sgpctl.plan.matching import Match
from sgpctl.plan.plan import Change, FieldChange
from sgpctl.plan.policy import Policy


def create(one: DesiredEvaluation, state: RemoteState) -> Change:
    return Change(
        Action.CREATE,
        one.name,
        None,
        one.place,
        one.digest,
        cost=run_cost(one, state),
    )


def update(one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change | None:
    """The patch that mends what differs; None when nothing does."""
    difference = mutable_difference(one, remote, owner, take_over=policy.take_over)
    if not difference.patch:
        return None
    reasons = ("only the marks by which sgpctl knows it differ",) if difference.marks_only else ()
    return _in_place(Action.UPDATE, one, remote, difference, reasons=reasons)


def replace(one: DesiredEvaluation, remote: RemoteEvaluation, state: RemoteState, words: Words) -> Change:
    contents = state.contents.get(remote.id)
    fields = spec_changes(one, remote, contents)
    rows = rows_change(one, remote, contents, words)
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


def lift_protection(one: DesiredEvaluation, remote: RemoteEvaluation) -> Change:
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


def rename(pair: Match, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change:
    difference = mutable_difference(pair.desired, remote, owner, take_over=policy.take_over)
    reasons = (f"{effective_name(remote)!r} is the same run under another name",)
    return _in_place(
        Action.RENAME, pair.desired, remote, difference, reasons=reasons, left_behind=pair.superseded
    )


def restore(pair: Match, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change:
    difference = mutable_difference(pair.desired, remote, owner, take_over=policy.take_over)
    reasons = [
        f"equals the archived run {remote.id} of {remote.created_at:%Y-%m-%d}; its results come back with it"
    ]
    if remote.status == "failed":
        reasons.append("that run failed; to run it again instead, change its spec")
    return _in_place(
        Action.RESTORE, pair.desired, remote, difference, reasons=reasons, left_behind=pair.superseded
    )


def adopt(one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner, policy: Policy) -> Change:
    difference = mutable_difference(one, remote, owner, take_over=policy.take_over)
    reasons = [f"{remote.id} is not ours yet, and its contents equal what is declared"]
    if one.body.get("skip_prefilled_rows"):
        reasons.append("skip_prefilled_rows cannot be read back and was not compared")
    return _in_place(Action.ADOPT, one, remote, difference, reasons=reasons)


def archive(remote: RemoteEvaluation, why: str) -> Change:
    return Change(
        Action.ARCHIVE,
        effective_name(remote),
        remote.id,
        None,
        None,
        reasons=(f"{why} ({_what_goes(remote)})",),
        preconditions=(precondition(remote),),
    )


def archive_duplicate(gone: RemoteEvaluation, kept: RemoteEvaluation, *, is_replaced_too: bool) -> Change:
    """One of two of a name. It goes only as long as the other one stays; `is_replaced_too` where that goes as well."""
    is_twin = _made_by_one_create(gone, kept)
    is_same_spec = read_marks(gone).digest == read_marks(kept).digest
    is_replaced = not is_same_spec and gone.created_at < kept.created_at
    is_raced = is_same_spec and _made_by_two_creates(gone, kept)
    if is_twin:
        reason = f"a duplicate of {kept.id}, made by the same create"
    elif is_replaced:
        reason = f"replaced by {kept.id}, by an apply that did not come to archiving it"
    elif is_raced:
        reason = f"a second run of what {kept.id} runs, started by another apply"
    else:
        reason = f"a duplicate of {kept.id}, of the same name"
    return Change(
        Action.ARCHIVE,
        effective_name(gone),
        gone.id,
        None,
        None,
        reasons=(f"{reason} ({_what_goes(gone)})",),
        preconditions=(precondition(gone), *(() if is_replaced_too else (precondition(kept),))),
        is_duplicate=is_twin,
        is_leftover=is_raced or (is_replaced and not is_twin),
    )


def _what_goes(remote: RemoteEvaluation) -> str:
    return f"{remote.status} {remote.created_at:%Y-%m-%d}"


def _made_by_two_creates(gone: RemoteEvaluation, kept: RemoteEvaluation) -> bool:
    """Two creates, or one and something adopted; a copy that somebody made carries the nonce of what it was copied from."""
    return read_marks(gone).nonce != read_marks(kept).nonce and gone.tasks == kept.tasks


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


def _in_place(
    action: Action,
    one: DesiredEvaluation,
    remote: RemoteEvaluation,
    difference: Difference,
    *,
    reasons: Sequence[str],
    left_behind: Sequence[RemoteEvaluation] = (),
) -> Change:
    """A change that patches `remote` and starts nothing."""
    return Change(
        action,
        one.name,
        remote.id,
        one.place,
        one.digest,
        reasons=tuple(reasons),
        fields=difference.fields,
        preconditions=(precondition(remote),),
        archives=tuple(superseded(old) for old in left_behind),
        patch=difference.patch,
    )
