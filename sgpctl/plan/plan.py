"""The plan as a value: immutable, sorted, the same for the same two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sgpctl.model.canonical import sha256_of
from sgpctl.model.located import Json, Mark
from sgpctl.model.marks import Occasion
from sgpctl.plan.action import Action
from sgpctl.plan.grid import Grid


@dataclass(frozen=True, slots=True)
class Cost:
    """What applying starts. `model_calls` counts rows times executing tasks; `is_upper_bound` when a
    `run_condition` may skip some; `is_known` is False when the number of rows could not be read.
    """

    model_calls: int = 0
    rows: int = 0
    human_tasks: int = 0
    is_upper_bound: bool = False
    is_known: bool = True

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.model_calls + other.model_calls,
            self.rows + other.rows,
            self.human_tasks + other.human_tasks,
            self.is_upper_bound or other.is_upper_bound,
            self.is_known and other.is_known,
        )


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after. None means absent. `place` is where the new value was written."""

    path: str
    before: Json
    after: Json
    place: Mark | None = None


class RowKind(StrEnum):
    """What becomes of one row."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A value as JSON text; where it `is_cut`, a piece of that text, with an ellipsis at each end that was cut."""

    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column of a row before and after. None means absent."""

    column: str
    before: Excerpt | None
    after: Excerpt | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that differs. `key` is the text of its key, if it has one; `more_columns` counts those that are not kept."""

    kind: RowKind
    key: str | None
    columns: tuple[ColumnChange, ...]
    more_columns: int = 0


@dataclass(frozen=True, slots=True)
class RowsChange:
    """How the rows of a replaced evaluation differ; the counts are None when the old rows were not read.

    `changed` is None where rows were matched by content alone. Otherwise `key` is the column by which they were matched;
    `keyless` counts the rows of both sides that have no key of their own, and were matched by content. `columns` are the
    columns that changed, with the number of rows, the most frequent first. `sample` are some of the rows that differ.
    """

    before: int | None
    after: int | None
    added: int | None = None
    removed: int | None = None
    unchanged: int | None = None
    changed: int | None = None
    key: str | None = None
    keyless: int = 0
    columns: tuple[tuple[str, int], ...] = ()
    more_columns: int = 0
    sample: tuple[RowChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Precondition:
    """A remote evaluation must still look as it did when the plan was made.

    `names` are those that it bears: its own, and the one under which sgpctl made it. `parts` are short digests of what
    the fingerprint was made of, to tell later which of it changed.
    """

    remote_id: str
    fingerprint: str
    names: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Superseded:
    """A live evaluation that a change archives once its successor is in place, or as a duplicate."""

    remote_id: str
    status: str
    created_at: datetime
    precondition: Precondition


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan.

    `name` is the name after the change. `remote_id` is the evaluation that is changed in place (update, rename,
    restore, adopt, archive) or superseded (replace); None for a create. `patch` is the PATCH body without
    provenance marks: merge-patch metadata, whole tags (API 2.7). `digest` is the desired digest, None for an
    archive; `declared` is a digest of all else that the manifest declares, `parts` are short digests of each thing that
    it declares, to tell later which of it changed. `place` is where the manifest stands, None for an archive. The first of
    the `preconditions` is of what is changed; the archive of a duplicate has a second one, of what stays. An archive
    `is_duplicate` when the same create made it twice, and `is_leftover` when an earlier replace did not come to archiving
    it, or when two applies ran one spec; neither takes anything away.
    """

    action: Action
    name: str
    remote_id: str | None
    place: Mark | None
    digest: str | None
    reasons: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    rows: RowsChange | None = None
    cost: Cost = field(default_factory=Cost)
    preconditions: tuple[Precondition, ...] = ()
    archives: tuple[Superseded, ...] = ()
    patch: Mapping[str, Json] = field(default_factory=dict)
    is_duplicate: bool = False
    declared: str | None = None
    is_leftover: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def relied_on(self) -> tuple[Precondition, ...]:
        """What it changes and what it archives, each as it has to look."""
        return (*self.preconditions, *(old.precondition for old in self.archives))

    @property
    def essence(self) -> str:
        """A digest of everything that carrying it out would do, start or rely on."""
        return sha256_of(_essence(self))

    @property
    def address(self) -> tuple[str, str, str]:
        """Sorts changes, and tells them apart within one plan."""
        return (self.name, self.action.value, self.remote_id or "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why `apply` would refuse the plan, and what a person can do. `ack` is the token that allows just this, if any does."""

    message: str
    hint: str
    ack: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that would happen, in order of name, and all that a person should know before it does.

    `unchanged` are the names that need nothing. `owned` and `others` count live remote evaluations, ours and not.
    `scope` is where it would happen: the owner tag, the address, the account. `gap` says why the reading was not
    complete, if it was not. `grids` are the large matrices of which something changes.
    """

    changes: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    desired: int = 0
    owned: int = 0
    others: int = 0
    scope: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    gap: str | None = None

    @property
    def is_empty(self) -> bool:
        return not self.changes

    @property
    def cost(self) -> Cost:
        return sum((change.cost for change in self.changes), Cost())

    @property
    def summary(self) -> dict[str, int]:
        """Counts by action, and of what is unchanged; every action is present."""
        counts = {action.value: 0 for action in Action}
        for change in self.changes:
            counts[change.action.value] += 1
        return {**counts, "unchanged": len(self.unchanged)}

    @property
    def digest(self) -> str:
        """The same for the same target, manifests and remote state, whatever the time, the commit or the tool's words.

        Everything that applying the plan would do, start or rely on is in it.
        """
        return f"sha256:{sha256_of([[*self.scope], [_essence(change) for change in self.changes]])}"


def _essence(change: Change) -> Json:
    cost = change.cost
    return {
        "action": change.action.value,
        "name": change.name,
        "remote_id": change.remote_id,
        "digest": change.digest,
        "declared": change.declared,
        "patch": dict(change.patch),
        "deletes": _nulls_in(dict(change.patch)),
        "relied_on": [[need.remote_id, need.fingerprint] for need in change.relied_on],
        "archives": [old.remote_id for old in change.archives],
        "takes_nothing_away": change.is_duplicate or change.is_leftover or None,
        "cost": [cost.model_calls, cost.rows, cost.human_tasks, cost.is_upper_bound, cost.is_known],
    }


def _nulls_in(value: Json, path: str = "") -> list[Json]:
    """The paths of nulls, which delete in a merge patch and which the canonical form would drop."""
    if value is None:
        return [path]
    if isinstance(value, dict):
        return [found for key, part in sorted(value.items()) for found in _nulls_in(part, f"{path}/{key}")]
    return []


@dataclass(frozen=True, slots=True)
class Target:
    """Where a plan would act. `label` is what people read: a host, or the sandbox and its database."""

    label: str
    base_url: str
    account_id: str | None
    is_sandbox: bool


@dataclass(frozen=True, slots=True)
class PlanHeader:
    """The circumstances of a plan, which do not belong to its digest.

    `against` is when the snapshot was taken that stood for the platform; None where the platform itself was asked.
    """

    project: str
    environment: str
    target: Target
    commit: str | None
    generated_at: datetime
    sgpctl_version: str
    manifest_files: int
    allow_archive: int | None = None
    take_over: bool = False
    occasion: Occasion = field(default_factory=Occasion)
    acks: tuple[str, ...] = ()
    against: datetime | None = None

    @property
    def scope(self) -> tuple[str, ...]:
        """Where the plan acts, as it goes into the plan's digest."""
        return (self.project, self.environment, self.target.base_url, self.target.account_id or "")
