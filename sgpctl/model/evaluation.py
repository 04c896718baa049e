"""The two sides that a plan compares: what a manifest declares, and what the platform holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sgpctl.model.located import Json, Mark, Path, value_mark
from sgpctl.model.stored_body import StoredBody


@dataclass(frozen=True, slots=True)
class DesiredEvaluation:
    """One evaluation as declared: everything resolved, checked and digested.

    `body` is the create request as the API takes it (API 2.3), without our own keys, nulls stripped where they mean
    "not given"; `place_of` knows the places in it. `digest` and `data_digest` are from `canonical`. `cell` is
    the place in the manifest's matrix, as axis and label in the order of the axes; all cells of one matrix share their
    `place`. `expect_version` is the version at which the manifest wants to see its dataset. `row_key` names the
    column by which a plan knows rows again.
    """

    name: str
    body: Mapping[str, Json]
    digest: str
    data_digest: str | None
    place: Mark
    protect: bool = False
    cell: tuple[tuple[str, str], ...] = ()
    expect_version: int | None = None
    row_key: str | None = None

    @property
    def description(self) -> str | None:
        value = self.body.get("description")
        return value if isinstance(value, str) else None

    @property
    def tags(self) -> tuple[str, ...] | None:
        """The declared tags, without ours; None when the manifest says nothing about tags."""
        value = self.body.get("tags")
        return tuple(str(tag) for tag in value) if isinstance(value, list) else None

    @property
    def metadata(self) -> Mapping[str, Json]:
        value = self.body.get("metadata")
        return value if isinstance(value, dict) else {}

    @property
    def tasks(self) -> tuple[Mapping[str, Json], ...]:
        value = self.body.get("tasks")
        return tuple(task for task in value if isinstance(task, dict)) if isinstance(value, list) else ()

    @property
    def dataset_id(self) -> str | None:
        value = self.body.get("dataset_id")
        return value if isinstance(value, str) else None

    def place_of(self, path: Path) -> Mark:
        """Where the value at `path` of the body is written; where the manifest is, if nobody can tell any more."""
        body = self.body.located() if isinstance(self.body, StoredBody) else self.body
        return (value_mark(body, path) if isinstance(body, dict) else None) or self.place

    @property
    def rows(self) -> list[Json] | None:
        """The declared rows; None when all rows of a dataset are meant."""
        value = self.body.get("data")
        return value if isinstance(value, list) else None


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """What the platform says of one item that failed."""

    item_id: str
    kind: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, in items. `failures` are the first of those that failed, where the platform names any."""

    total: int = 0
    successful: int = 0
    failed: int = 0
    pending: int = 0
    failures: tuple[ItemFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteEvaluation:
    """One evaluation as the platform returned it (API 4), null lists read as empty.

    `tasks` is None when the answer did not carry them, which does not mean that there are none. `marks_read` is for
    `marks` alone, which reads them once.
    """

    id: str
    name: str
    status: str
    created_at: datetime
    description: str | None = None
    status_reason: str | None = None
    archived_at: datetime | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=dict)
    tasks: tuple[Mapping[str, Json], ...] | None = None
    dataset_ids: tuple[str, ...] = ()
    dataset_names: tuple[str, ...] = ()
    error_count: int | None = None
    progress: Progress | None = None
    marks_read: list[object] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """One item of a remote evaluation with its result columns taken off."""

    data: Mapping[str, Json]
    files: Mapping[str, str] | None = None
    dataset_item_id: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteContents:
    """What was read back of one remote evaluation's substance, to prove or to explain.

    `rows` is None when they were not read: nobody needs them, or there are more than may be read. `row_count` still
    counts them. `taxonomy` is None when there is none.
    """

    row_count: int
    rows: tuple[RemoteRow, ...] | None
    taxonomy: Json = None


@dataclass(frozen=True, slots=True)
class RemoteState:
    """Everything remote that one plan looks at.

    `owned` are the live evaluations with our owner tag; `archived` those owned and archived ones whose digest a
    manifest wants; `namesakes` live ones without our owner tag that bear a name a manifest wants. `contents` is by
    evaluation id, `dataset_rows` the current number of rows by dataset id, `dataset_versions` the current version of
    those datasets of which a manifest expects one. `contested` are live ones with our owner tag and another one.
    `others` counts the live evaluations in the account that are not ours. `unlisted` are ids of live owned ones that no
    list shows yet, so that only this machine knows of them. When reading stopped short, `gap` says why and nothing may be
    archived.
    """

    owned: tuple[RemoteEvaluation, ...] = ()
    archived: tuple[RemoteEvaluation, ...] = ()
    namesakes: tuple[RemoteEvaluation, ...] = ()
    contents: Mapping[str, RemoteContents] = field(default_factory=dict)
    dataset_rows: Mapping[str, int] = field(default_factory=dict)
    others: int = 0
    gap: str | None = None
    dataset_versions: Mapping[str, int] = field(default_factory=dict)
    contested: tuple[RemoteEvaluation, ...] = ()
    unlisted: tuple[str, ...] = ()
