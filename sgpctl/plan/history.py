"""The runs of one name in the order in which they were made, each with what changed against the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from sgpctl.model.compare import equals, same_tags
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json, Mark
from sgpctl.model.marks import is_reserved_tag, own_metadata, read_marks
from sgpctl.plan.explanation import spec_changes
from sgpctl.plan.plan import FieldChange

_NOWHERE: Mark = ("", 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """From one run to the next, as lists show both: rows are told apart by their digest, and never read.

    `is_same_spec` and `has_same_rows` are None where the marks of the two do not tell. `spec` are the fields that are
    fixed when a run is made, `mutable` those that can be edited later; without places, for no manifest is read.
    """

    is_same_spec: bool | None
    has_same_rows: bool | None
    spec: tuple[FieldChange, ...] = ()
    mutable: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation of the chain; `step` is None for the first."""

    remote: RemoteEvaluation
    step: Step | None


def chain(remotes: Iterable[RemoteEvaluation]) -> tuple[Run, ...]:
    """The runs from the oldest to the newest, archived or not."""
    ordered = sorted(remotes, key=lambda remote: (remote.created_at, remote.id))
    if not ordered:
        return ()
    later = (Run(after, _step(before, after)) for before, after in pairwise(ordered))
    return (Run(ordered[0], None), *later)


def _step(before: RemoteEvaluation, after: RemoteEvaluation) -> Step:
    was, now = read_marks(before), read_marks(after)
    return Step(
        is_same_spec=_is_same(was.digest, now.digest),
        has_same_rows=_is_same(was.data_digest, now.data_digest),
        spec=tuple(replace(field, place=None) for field in _spec_changes(before, after)),
        mutable=tuple(_mutable_changes(before, after)),
    )


def _is_same(before: str | None, after: str | None) -> bool | None:
    """Whether two digests say the same; None when one is missing or was made by another rule."""
    if before is None or after is None:
        return None
    is_one_rule = before.partition(":")[0] == after.partition(":")[0]
    return before == after if is_one_rule else None


def _spec_changes(before: RemoteEvaluation, after: RemoteEvaluation) -> tuple[FieldChange, ...]:
    """As a plan explains them, with the later run in the place of what a manifest declares."""
    if after.tasks is None:
        before = replace(before, tasks=None)
    body: dict[str, Json] = {"tasks": [dict(task) for task in after.tasks or ()]}
    if after.dataset_ids:
        body["dataset_id"] = after.dataset_ids[0]
    return spec_changes(DesiredEvaluation(after.name, body, "", None, _NOWHERE), before, None)


def _mutable_changes(before: RemoteEvaluation, after: RemoteEvaluation) -> Iterator[FieldChange]:
    """What differs in all that can be edited, whoever edited it, but for the name and our own marks."""
    if (before.description or "") != (after.description or ""):
        yield FieldChange("description", before.description or None, after.description or None)
    old_tags, new_tags = _plain_tags(before), _plain_tags(after)
    if not same_tags(old_tags, new_tags):
        yield FieldChange("tags", [*old_tags] or None, [*new_tags] or None)
    old, new = own_metadata(before.metadata), own_metadata(after.metadata)
    for key in sorted(old.keys() | new.keys()):
        if not equals(old.get(key), new.get(key)):
            yield FieldChange(f"metadata.{key}", old.get(key), new.get(key))
    was, now = read_marks(before).protect, read_marks(after).protect
    if was != now:
        yield FieldChange("lifecycle.protect", was, now)


def _plain_tags(remote: RemoteEvaluation) -> tuple[str, ...]:
    return tuple(sorted(tag for tag in remote.tags if not is_reserved_tag(tag)))
