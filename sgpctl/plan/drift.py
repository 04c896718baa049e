"""What changed on the platform since the last apply, told from what changed in the manifests.

edited       description, tags, metadata or protection are not as they were applied (by the mark of the last apply)
tasks edited the manifest still says what was run, and the tasks contradict it
renamed      it bears another name than it was given
copied       a copy that somebody made of one of ours
archived     its manifest is there and nothing live stands for it, but a run of the same spec is in the archive
disowned     our owner tag is gone, and the marks are still there
contested    another project's owner tag stands beside ours
duplicate    two live ones of one name
failed       the run failed, or ended with errors
unmanaged    no project owns it (only when asked for)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sgpctl.model.applied import is_as_applied, was_edited
from sgpctl.model.compare import tasks_untouched
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.located import Mark
from sgpctl.model.marks import Owner, effective_name, other_owners, read_marks
from sgpctl.plan.action import Action
from sgpctl.plan.difference import mutable_difference
from sgpctl.plan.explanation import spec_changes
from sgpctl.plan.matching import Matching, is_shown_so_again
from sgpctl.plan.plan import FieldChange, Plan


class Kind(StrEnum):
    """What happened to one evaluation. The values are the words of the JSON report."""

    EDITED = "edited"
    TASKS_EDITED = "tasks edited"
    RENAMED = "renamed"
    COPIED = "copied"
    ARCHIVED = "archived"
    DISOWNED = "disowned"
    CONTESTED = "contested"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    UNMANAGED = "unmanaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that changed. `place` is the manifest's; `fields` say what was applied and what is there now."""

    kind: Kind
    name: str
    remote_id: str
    words: str
    place: Mark | None = None
    fields: tuple[FieldChange, ...] = ()

    @property
    def address(self) -> tuple[str, str, str]:
        return (self.name, self.kind.value, self.remote_id)


@dataclass(frozen=True, slots=True)
class Drift:
    """All that was found, in order of name.

    `pending` are names that differ because of their manifests, which is no drift. `gap` says why what was read is not all.
    """

    findings: tuple[Finding, ...]
    pending: tuple[str, ...]
    owned: int
    gap: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Findings by kind; every kind is present."""
        counts = {kind.value: 0 for kind in Kind}
        for finding in self.findings:
            counts[finding.kind.value] += 1
        return counts


def drift_of(
    plan: Plan,
    matching: Matching,
    state: RemoteState,
    owner: Owner,
    unmanaged: Iterable[RemoteEvaluation] = (),
) -> Drift:
    """What people did to `state`. `plan` and `matching` are of the manifests as they are now."""
    desired = {pair.desired.name: pair.desired for pair in matching.matches}
    found = [
        *(
            finding
            for remote in state.owned
            for finding in _of_owned(remote, desired.get(effective_name(remote)), state, owner)
        ),
        *_copied_or_renamed(matching),
        *_archived(plan, desired),
        *_disowned(state, desired, owner),
        *_contested(state, owner),
        *(
            Finding(
                Kind.DUPLICATE,
                gone.name,
                gone.id,
                f"{kept.id} stands for the same name",
                desired[kept.name].place,
            )
            for gone, kept in matching.duplicates
            if kept.name in desired
        ),
        *(Finding(Kind.UNMANAGED, one.name, one.id, "no project owns it") for one in unmanaged),
    ]
    explained = {finding.name for finding in found}
    pending = sorted({change.name for change in plan.changes if change.name not in explained})
    return Drift(
        tuple(sorted(found, key=lambda finding: finding.address)), tuple(pending), plan.owned, state.gap
    )


def _of_owned(
    remote: RemoteEvaluation, one: DesiredEvaluation | None, state: RemoteState, owner: Owner
) -> list[Finding]:
    name, place = effective_name(remote), one.place if one is not None else None
    found: list[Finding] = []
    if was_edited(remote):
        fields = _edited_fields(remote, one, owner)
        words = (
            ""
            if fields
            else "description, tags, metadata or protection; its manifest has changed too, so not told in detail"
        )
        found.append(Finding(Kind.EDITED, name, remote.id, words, place, fields))
    if one is not None and _has_edited_tasks(remote, one, state):
        fields = tuple(_turned(field) for field in spec_changes(one, remote, None))
        found.append(
            Finding(Kind.TASKS_EDITED, name, remote.id, "the results no longer belong to them", place, fields)
        )
    if remote.status == "failed":
        found.append(Finding(Kind.FAILED, name, remote.id, remote.status_reason or "no reason given", place))
    elif remote.error_count:
        found.append(
            Finding(
                Kind.FAILED, name, remote.id, f"{remote.status} with {remote.error_count:,} errors", place
            )
        )
    return found


def _edited_fields(
    remote: RemoteEvaluation, one: DesiredEvaluation | None, owner: Owner
) -> tuple[FieldChange, ...]:
    if one is None or not is_as_applied(one, remote):
        return ()
    fields = mutable_difference(one, remote, owner).fields
    return tuple(_turned(field) for field in fields if field.path != "name")


def _turned(field: FieldChange) -> FieldChange:
    """From what a plan would mend to what somebody did."""
    return FieldChange(field.path, field.after, field.before, field.place)


def _has_edited_tasks(remote: RemoteEvaluation, one: DesiredEvaluation, state: RemoteState) -> bool:
    return (
        read_marks(remote).digest == one.digest
        and remote.tasks is not None
        and not tasks_untouched(one.tasks, remote.tasks)
        and not is_shown_so_again(remote, state)
    )


def _copied_or_renamed(matching: Matching) -> list[Finding]:
    found = [
        Finding(
            Kind.COPIED,
            remote.name,
            remote.id,
            f"it was made of {effective_name(remote)!r}, and is left alone",
        )
        for remote in matching.copies
    ]
    for pair in matching.matches:
        remote = pair.remote
        if remote is not None and effective_name(remote) == pair.desired.name != remote.name:
            words = f"it was applied as {pair.desired.name!r}"
            found.append(
                Finding(
                    Kind.RENAMED,
                    pair.desired.name,
                    remote.id,
                    f"{words}, and is {remote.name!r} now",
                    pair.desired.place,
                )
            )
    return found


def _archived(plan: Plan, desired: dict[str, DesiredEvaluation]) -> list[Finding]:
    return [
        Finding(
            Kind.ARCHIVED,
            change.name,
            change.remote_id,
            "nothing live stands for its manifest any more",
            desired[change.name].place,
        )
        for change in plan.changes
        if change.action is Action.RESTORE and not change.archives and change.remote_id is not None
    ]


def _disowned(state: RemoteState, desired: dict[str, DesiredEvaluation], owner: Owner) -> list[Finding]:
    return [
        Finding(
            Kind.DISOWNED, remote.name, remote.id, f"the tag {owner.tag} is gone", desired[remote.name].place
        )
        for remote in state.namesakes
        if remote.name in desired
        and read_marks(remote).name == remote.name
        and read_marks(remote).repository in {None, owner.repository}
        and not other_owners(remote, owner)
    ]


def _contested(state: RemoteState, owner: Owner) -> list[Finding]:
    return [
        Finding(
            Kind.CONTESTED,
            remote.name,
            remote.id,
            f"it also carries {', '.join(other_owners(remote, owner))}",
        )
        for remote in state.contested
    ]


def unmanaged_of(remotes: Sequence[RemoteEvaluation], owner: Owner) -> tuple[RemoteEvaluation, ...]:
    """Those of `remotes` that no project owns, in order of name."""
    free = (
        one
        for one in remotes
        if not one.is_archived and not other_owners(one, owner) and owner.tag not in one.tags
    )
    return tuple(sorted(free, key=lambda one: (one.name, one.id)))
