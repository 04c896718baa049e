"""Why a spec that is already known to differ differs: the fields for people to read.

Digests decide that an evaluation is replaced; deepdiff only says in which fields, and never looks at rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from sgpctl.model.canonical import canonical, declared_rows
from sgpctl.model.compare import equals, tasks_by_alias
from sgpctl.model.evaluation import DesiredEvaluation, RemoteContents, RemoteEvaluation
from sgpctl.model.located import Json, Path, path_text
from sgpctl.model.marks import read_marks
from sgpctl.model.words import Words
from sgpctl.plan.evidence import remote_rows
from sgpctl.plan.plan import FieldChange, RowsChange
from sgpctl.plan.row_difference import row_difference, rows_of
from sgpctl.plan.row_sample import sampled

# What a typed server fills in by itself (API 8.5); its presence alone explains nothing.
_FILLED_IN = frozenset(
    {"arg_mapping", "completion_mode", "direction", "input_mode", "op", "queue_id", "required", "label"}
)


class _Level(Protocol):
    """What is used of a leaf of deepdiff's tree."""

    t1: object
    t2: object

    def path(self, *, output_format: str) -> list[str | int]: ...


def spec_changes(
    one: DesiredEvaluation, remote: RemoteEvaluation, contents: RemoteContents | None
) -> tuple[FieldChange, ...]:
    """The fields of the spec in which `remote` differs from what `one` declares, rows excepted, sorted by path."""
    changes = [*_source_changes(one, remote)]
    if contents is not None:
        changes += _differences(one, ("taxonomy_params",), contents.taxonomy, one.body.get("taxonomy_params"))
    if remote.tasks is not None:
        changes += _task_changes(one, remote.tasks)
    return tuple(sorted(changes, key=lambda change: change.path))


def rows_change(
    one: DesiredEvaluation, remote: RemoteEvaluation, contents: RemoteContents | None, words: Words
) -> RowsChange | None:
    """How the declared rows differ from the remote ones; None when they are known to be the same or nothing was read.

    `words` make texts ready to be shown.
    """
    if one.data_digest is not None and read_marks(remote).data_digest == one.data_digest:
        return None
    if one.rows is None:
        return None
    if contents is None:
        is_told = one.data_digest is not None and read_marks(remote).data_digest is not None
        return RowsChange(None, len(one.rows)) if is_told else None
    if contents.rows is None:
        return RowsChange(contents.row_count, len(one.rows))
    before, after = rows_of(remote_rows(one, contents.rows)), rows_of(declared_rows(one.body))
    difference = row_difference(before, after, one.row_key)
    return None if difference.is_empty else sampled(difference, one.row_key, words)


def _source_changes(one: DesiredEvaluation, remote: RemoteEvaluation) -> list[FieldChange]:
    before = remote.dataset_ids[0] if remote.dataset_ids else None
    if one.dataset_id is not None and one.dataset_id not in remote.dataset_ids:
        return [_change(one, ("dataset_id",), before, one.dataset_id)]
    dataset = one.body.get("dataset")
    if isinstance(dataset, dict) and dataset.get("name") not in remote.dataset_names:
        name = remote.dataset_names[0] if remote.dataset_names else None
        return [_change(one, ("dataset", "name"), name, dataset.get("name"))]
    if one.dataset_id is None and dataset is None and before is not None:
        return [_change(one, ("dataset_id",), before, None)]
    return []


def _task_changes(one: DesiredEvaluation, remote: Sequence[Mapping[str, Json]]) -> list[FieldChange]:
    mine, theirs = tasks_by_alias(one.tasks), tasks_by_alias(remote)
    positions = {alias: index for index, alias in enumerate(mine)}
    changes = [
        FieldChange(f"tasks.{alias}", theirs[alias].get("task_type"), None)
        for alias in sorted(theirs.keys() - mine.keys())
    ]
    for alias, task in mine.items():
        at: Path = ("tasks", positions[alias])
        old = theirs.get(alias)
        if old is None:
            changes.append(_change(one, at, None, task.get("task_type"), shown=f"tasks.{alias}"))
        elif old.get("task_type") != task.get("task_type"):
            before, after = old.get("task_type"), task.get("task_type")
            changes.append(_change(one, (*at, "task_type"), before, after, shown=f"tasks.{alias}.task_type"))
        else:
            changes += _differences(
                one,
                (*at, "configuration"),
                _without_filled_in(old.get("configuration"), task.get("configuration")),
                task.get("configuration"),
                shown=f"tasks.{alias}",
            )
    return changes


def _differences(
    one: DesiredEvaluation, at: Path, before: Json, after: Json, *, shown: str | None = None
) -> list[FieldChange]:
    """The leaves in which two documents differ, each under `shown` (or its own path)."""
    if equals(before, after):
        return []
    if not isinstance(before, dict | list) or type(canonical(before)) is not type(canonical(after)):
        return [_change(one, at, before, after, shown=shown)]
    from deepdiff import DeepDiff

    found = DeepDiff(
        canonical(before),
        canonical(after),
        view="tree",
        ignore_private_variables=False,
        threshold_to_diff_deeper=0,
    )
    changes: list[FieldChange] = []
    for levels in found.values():
        for level in cast("Sequence[_Level]", levels):
            steps = tuple(level.path(output_format="list"))
            text = path_text((shown, *steps)) if shown is not None else path_text((*at, *steps))
            changes.append(_change(one, (*at, *steps), _present(level.t1), _present(level.t2), shown=text))
    return changes


def _without_filled_in(remote: Json, declared: Json) -> Json:
    """`remote` without the keys that a server adds on its own where the manifest is silent."""
    if isinstance(remote, dict):
        mine = declared if isinstance(declared, dict) else {}
        return {
            key: _without_filled_in(value, mine.get(key))
            for key, value in remote.items()
            if key in mine or key not in _FILLED_IN
        }
    if isinstance(remote, list) and isinstance(declared, list):
        return [
            _without_filled_in(value, declared[index] if index < len(declared) else None)
            for index, value in enumerate(remote)
        ]
    return remote


def _present(side: object) -> Json:
    """One side of a deepdiff leaf; its marker for "not there" becomes None."""
    return cast("Json", side) if isinstance(side, dict | list | str | int | float | bool) else None


def _change(
    one: DesiredEvaluation, path: Path, before: Json, after: Json, *, shown: str | None = None
) -> FieldChange:
    return FieldChange(shown or path_text(path), before, after, one.place_of(path))
