"""The remote side as a file: all that a plan needs of it, without rows, so that a plan can be made without a key.

Evaluations that are not ours are only counted, and their names kept as digests: enough to tell that one bears a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sgpctl.errors import PlanFileError
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner, is_lease, is_owned_by, other_owners, read_marks
from sgpctl.plan.document import Part, checked_document
from sgpctl.plan.plan import Target
from sgpctl.plan.saved import iso_text, read_target, target_document

SNAPSHOT_FORMAT_VERSION = "1.0"
_MAJOR = SNAPSHOT_FORMAT_VERSION.partition(".")[0]
_NAME_DIGEST_CHARS = 16


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was there at `taken_at` (UTC).

    `evaluations` are all that carry the owner tag, archived ones too; `others` counts the live ones that are not ours, and
    `other_names` are digests of their names. `ids` are those of datasets and questions by kind and name, as far as manifests
    referred to them. `gap` says why it is not all.
    """

    project: str
    environment: str
    target: Target
    repository: str | None
    taken_at: datetime
    sgpctl_version: str
    evaluations: tuple[RemoteEvaluation, ...] = ()
    others: int = 0
    other_names: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)
    dataset_rows: Mapping[str, int] = field(default_factory=dict)
    dataset_versions: Mapping[str, int] = field(default_factory=dict)
    gap: str | None = None


def name_digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_NAME_DIGEST_CHARS]


def names_of_others(remotes: Iterable[RemoteEvaluation], owner: Owner) -> list[str]:
    """The names of the live evaluations that are not ours."""
    return [
        one.name
        for one in remotes
        if not one.is_archived and not is_lease(one) and not is_owned_by(one, owner)
    ]


def state_of(snapshot: Snapshot, desired: Sequence[DesiredEvaluation], owner: Owner) -> RemoteState:
    """The remote side as a plan of `desired` looks at it. Contents are not known, and nothing can be adopted."""
    wanted = {one.digest for one in desired}
    ours = [one for one in snapshot.evaluations if is_owned_by(one, owner)]
    live = [one for one in snapshot.evaluations if not one.is_archived]
    return RemoteState(
        owned=_in_order(one for one in ours if not one.is_archived),
        archived=_in_order(one for one in ours if one.is_archived and read_marks(one).digest in wanted),
        contested=_in_order(one for one in live if not is_owned_by(one, owner) and other_owners(one, owner)),
        dataset_rows=snapshot.dataset_rows,
        dataset_versions=snapshot.dataset_versions,
        others=snapshot.others,
        gap=snapshot.gap,
    )


def namesakes_of(snapshot: Snapshot, state: RemoteState, desired: Sequence[DesiredEvaluation]) -> list[str]:
    """Names that a manifest wants, that nothing of ours bears, and that something which is not ours does."""
    ours = {one.name for one in state.owned}
    return sorted(
        one.name for one in desired if one.name not in ours and name_digest(one.name) in snapshot.other_names
    )


def snapshot_document(snapshot: Snapshot) -> dict[str, Json]:
    """The whole document; keys in a fixed order, evaluations by creation."""
    return {
        "format_version": SNAPSHOT_FORMAT_VERSION,
        "sgpctl_version": snapshot.sgpctl_version,
        "project": snapshot.project,
        "environment": snapshot.environment,
        "target": target_document(snapshot.target),
        "repository": snapshot.repository,
        "taken_at": iso_text(snapshot.taken_at),
        "gap": snapshot.gap,
        "others": snapshot.others,
        "other_names": [*sorted(snapshot.other_names)],
        "ids": {**dict(sorted(snapshot.ids.items()))},
        "dataset_rows": {**dict(sorted(snapshot.dataset_rows.items()))},
        "dataset_versions": {**dict(sorted(snapshot.dataset_versions.items()))},
        "evaluations": [_evaluation_document(one) for one in _in_order(snapshot.evaluations)],
    }


def read_snapshot_document(document: Json) -> Snapshot:
    """The snapshot that `snapshot_document` wrote; PlanFileError when it is damaged or of another major version."""
    root = checked_document(document)
    if "taken_at" not in root.values:
        raise PlanFileError("this is not a snapshot", hint="Make one with `sgpctl snapshot --out FILE`.")
    version = root.text("format_version")
    if version.partition(".")[0] != _MAJOR:
        raise PlanFileError(
            f"the snapshot has format {version}; this sgpctl reads format {_MAJOR}",
            hint="Make a new one with this sgpctl.",
        )
    return Snapshot(
        project=root.text("project"),
        environment=root.text("environment"),
        target=read_target(root.part("target")),
        repository=root.text_or_none("repository"),
        taken_at=root.moment("taken_at"),
        sgpctl_version=root.text("sgpctl_version"),
        evaluations=tuple(_read_evaluation(part) for part in root.parts("evaluations")),
        others=root.count("others"),
        other_names=frozenset(root.texts("other_names")),
        ids={key: root.part("ids").text(key) for key in root.part("ids").values},
        dataset_rows={key: root.part("dataset_rows").count(key) for key in root.part("dataset_rows").values},
        dataset_versions={
            key: root.part("dataset_versions").count(key) for key in root.part("dataset_versions").values
        },
        gap=root.text_or_none("gap"),
    )


def _evaluation_document(one: RemoteEvaluation) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "status": one.status,
        "status_reason": one.status_reason,
        "created_at": iso_text(one.created_at),
        "archived_at": None if one.archived_at is None else iso_text(one.archived_at),
        "description": one.description,
        "tags": [*one.tags],
        "metadata": {**one.metadata},
        "tasks": None if one.tasks is None else [{**task} for task in one.tasks],
        "dataset_ids": [*one.dataset_ids],
        "dataset_names": [*one.dataset_names],
    }


def _read_evaluation(part: Part) -> RemoteEvaluation:
    tasks = None if part.json("tasks") is None else tuple(task.values for task in part.parts("tasks"))
    return RemoteEvaluation(
        id=part.text("id"),
        name=part.text("name"),
        status=part.text("status"),
        status_reason=part.text_or_none("status_reason"),
        created_at=part.moment("created_at"),
        archived_at=None if part.json("archived_at") is None else part.moment("archived_at"),
        description=part.text_or_none("description"),
        tags=part.texts("tags"),
        metadata=part.part("metadata").values,
        tasks=tasks,
        dataset_ids=part.texts("dataset_ids"),
        dataset_names=part.texts("dataset_names"),
    )


def _in_order(remotes: Iterable[RemoteEvaluation]) -> tuple[RemoteEvaluation, ...]:
    return tuple(sorted(remotes, key=lambda one: (one.created_at, one.id)))
