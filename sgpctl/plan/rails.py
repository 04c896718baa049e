"""When a plan may not be applied, in the words of the person who has to decide (design 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sgpctl.model.evaluation import RemoteEvaluation, RemoteState
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner, effective_name, other_owners, read_marks
from sgpctl.plan.ack import Ack, token
from sgpctl.plan.action import Action
from sgpctl.plan.matching import Matching
from sgpctl.plan.plan import Change, Cost, Refusal
from sgpctl.plan.policy import Policy


@dataclass(frozen=True, slots=True)
class Judgement:
    """What stands against a plan, and what would if somebody had not allowed it, a sentence each."""

    refusals: tuple[Refusal, ...]
    allowed: tuple[str, ...]


def judge(
    changes: Sequence[Change],
    matching: Matching,
    state: RemoteState,
    owner: Owner,
    *,
    policy: Policy,
    scope: Sequence[str],
) -> Judgement:
    """Every reason against applying these changes, told apart by whether its token was given; `scope` says where."""
    given = policy.acks | policy.acks_of_commit
    found = _refusals(changes, matching, state, owner, policy=policy, scope=scope)
    needless = sorted(policy.acks - {refusal.ack for refusal in found}) if changes else []
    return Judgement(
        (
            *(refusal for refusal in found if refusal.ack is None or refusal.ack not in given),
            *(_needless_ack(ack) for ack in needless),
        ),
        tuple(f"allowed by {r.ack}: {r.message}" for r in found if r.ack is not None and r.ack in given),
    )


def _needless_ack(ack: str) -> Refusal:
    return Refusal(
        f"--ack {ack} was given, and nothing of this plan is refused under that token",
        "What it allowed is not what the plan would do now. Look at the plan again, and leave it out.",
    )


def _refusals(
    changes: Sequence[Change],
    matching: Matching,
    state: RemoteState,
    owner: Owner,
    *,
    policy: Policy,
    scope: Sequence[str],
) -> tuple[Refusal, ...]:
    nothing_desired = _nothing_desired(matching, state, policy)
    found = [
        *_incomplete_reading(changes, state),
        *nothing_desired,
        *_other_repositories(matching, owner),
        *_contested(state, owner),
        *_unknown_digests(matching),
        *_protected(changes, state, scope),
        # How to let so many removals pass is no way out where that nothing is declared stands against them.
        *([] if nothing_desired else _too_many_removals(changes, state, policy, scope)),
        *_over_budget(changes, policy, scope),
    ]
    return tuple(found)


def removals(changes: Sequence[Change]) -> list[Change]:
    """The archives that take something away: not those that belong to a replace, a restore or a repeated create."""
    return [
        change
        for change in changes
        if change.action is Action.ARCHIVE and not change.is_duplicate and not change.is_leftover
    ]


def _incomplete_reading(changes: Sequence[Change], state: RemoteState) -> list[Refusal]:
    if state.gap is None or not changes:
        return []
    return [
        Refusal(
            f"the remote evaluations could not be read completely: {state.gap}",
            "What was not read might be created twice or archived wrongly. Try again; if it stays, the platform's "
            "listing is inconsistent.",
        )
    ]


def _nothing_desired(matching: Matching, state: RemoteState, policy: Policy) -> list[Refusal]:
    if matching.matches or policy.destroy or not state.owned:
        return []
    return [
        Refusal(
            f"no evaluation is declared at all, so all {len(state.owned)} would be archived",
            "If that is meant, run `sgpctl destroy`; if not, look at `manifests` and `exclude` in sgpctl.yaml.",
        )
    ]


def _other_repositories(matching: Matching, owner: Owner) -> list[Refusal]:
    by_repository: dict[str, list[str]] = defaultdict(list)
    for remote in matching.strangers:
        by_repository[read_marks(remote).repository or ""].append(remote.name)
    mine = owner.repository or "a folder without a Git remote"
    return [
        Refusal(
            f"{len(names)} evaluations of project {owner.project!r} were made from {repository}, and this is {mine}: "
            f"{_some(names)}",
            "Give this project another name in sgpctl.yaml, or, if this repository keeps them from now on, say "
            "`--take-over`.",
        )
        for repository, names in sorted(by_repository.items())
    ]


def _contested(state: RemoteState, owner: Owner) -> list[Refusal]:
    if not state.contested:
        return []
    tags = sorted({tag for remote in state.contested for tag in other_owners(remote, owner)})
    return [
        Refusal(
            f"{_some([remote.name for remote in state.contested])} carry our owner tag and also {', '.join(tags)}",
            "Only one project can keep an evaluation: remove the tag of the other one on the platform.",
        )
    ]


def _unknown_digests(matching: Matching) -> list[Refusal]:
    if not matching.undigested:
        return []
    return [
        Refusal(
            "what these run cannot be told, because another version of sgpctl digested them, or their digest is gone and "
            "their rows could not be read: " + _some([remote.name for remote in matching.undigested]),
            "Use the newest sgpctl of your team. Going on blindly could pay for runs that exist.",
        )
    ]


def _protected(changes: Sequence[Change], state: RemoteState, scope: Sequence[str]) -> list[Refusal]:
    protected = {remote.id: _run_of(remote) for remote in state.owned if read_marks(remote).protect}
    gone = _gone(changes)
    kept = {run for remote_id, run in protected.items() if remote_id not in gone}
    touched: list[Change] = []
    for change in changes:
        runs = {protected[remote_id] for remote_id in _gone([change]) if remote_id in protected}
        is_second_run = change.is_leftover and runs <= kept
        if runs and not change.is_duplicate and not is_second_run:
            touched.append(change)
    ack = token(Ack.PROTECTED, scope, map(_what_goes, touched))
    hint = "Apply `lifecycle: {protect: false}` on its own first, with the rest of its manifest as it was"
    return [
        Refusal(
            f"{change.name!r} is protected, and the plan would {_verb(change)} it",
            f"{hint}, {_or_say(ack)}",
            ack,
        )
        for change in touched
    ]


def _what_goes(change: Change) -> Json:
    """What an ack is about: which evaluations go, for what."""
    return [change.name, change.action.value, change.digest, [*sorted(_gone([change]))]]


def _or_say(ack: str) -> str:
    return f"or say `--ack {ack}`, which allows just this (a line `sgpctl-ack: {ack}` in the merged commit's message does too)."


def _run_of(remote: RemoteEvaluation) -> tuple[str, str | None]:
    return effective_name(remote), read_marks(remote).digest


def _gone(changes: Collection[Change]) -> set[str]:
    """The ids of all that these changes archive."""
    gone = {old.remote_id for change in changes for old in change.archives}
    return gone | {c.remote_id for c in changes if c.action is Action.ARCHIVE and c.remote_id is not None}


def _verb(change: Change) -> str:
    return "archive" if change.action is Action.ARCHIVE else f"{change.action.value} (and so archive)"


def _too_many_removals(
    changes: Sequence[Change], state: RemoteState, policy: Policy, scope: Sequence[str]
) -> list[Refusal]:
    if policy.destroy:
        return []
    count = len(removals(changes))
    if not changes:
        return []
    if policy.allow_archive is not None:
        if policy.allow_archive == count:
            return []
        return [
            Refusal(
                f"--allow-archive {policy.allow_archive} was given, and the plan archives {count}",
                f"Look at the plan again; to go on, say `--allow-archive {count}`.",
            )
        ]
    allowed = policy.archives_allowed(len(state.owned))
    if count <= allowed:
        return []
    ack = token(Ack.ARCHIVES, scope, map(_what_goes, removals(changes)))
    return [
        Refusal(
            f"the plan archives {count} of {len(state.owned)} evaluations, and safety.max_archive lets {allowed} pass",
            f"If all of them are meant, say `--allow-archive {count}`, {_or_say(ack)}",
            ack,
        )
    ]


def _over_budget(changes: Sequence[Change], policy: Policy, scope: Sequence[str]) -> list[Refusal]:
    ack = token(Ack.SPEND, scope, [_what_starts(change) for change in changes if change.action.starts_a_run])
    total = sum((change.cost for change in changes), Cost())
    found: list[Refusal] = []
    for word, planned, most in (
        ("model calls", total.model_calls, policy.budget.model_calls),
        ("rows", total.rows, policy.budget.rows),
        ("questions for people", total.human_tasks, policy.budget.human_tasks),
    ):
        if most is None:
            continue
        if planned > most:
            found.append(
                Refusal(
                    f"the plan starts {planned:,} {word}, and the budget in sgpctl.yaml allows {most:,} per apply",
                    f"Apply fewer changes at a time, raise `budget` in a reviewed commit, {_or_say(ack)}",
                    ack,
                )
            )
        elif not total.is_known:
            found.append(
                Refusal(
                    f"the plan's number of {word} is not known, so the budget of {most:,} cannot be checked",
                    "A dataset's rows could not be counted; check that its `dataset_id` exists in this account, "
                    + _or_say(ack),
                    ack,
                )
            )
    return found


def _what_starts(change: Change) -> Json:
    cost = change.cost
    return [change.name, change.digest, cost.model_calls, cost.rows, cost.human_tasks]


def _some(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(sorted(names)[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
