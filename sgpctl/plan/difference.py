"""What differs in the fields that can be patched, and the PATCH body that mends it (API 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sgpctl.model import marks
from sgpctl.model.compare import equals, same_tags
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner
from sgpctl.plan.plan import FieldChange


@dataclass(frozen=True, slots=True)
class Difference:
    """The fields that differ, for people, and the patch, for the platform; `marks_only` when only our marks do."""

    fields: tuple[FieldChange, ...]
    patch: Mapping[str, Json]

    @property
    def marks_only(self) -> bool:
        return bool(self.patch) and not self.fields


def mutable_difference(
    one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner, *, take_over: bool = False
) -> Difference:
    """Everything patchable that keeps `remote` from being what `one` declares.

    Only what the manifest declares is compared; what it once declared (by our `sgpctl_declared` mark) and no longer
    does is removed. Metadata keys of others are left alone.
    """
    was = marks.read_marks(remote)
    fields: list[FieldChange] = []
    patch: dict[str, Json] = {}
    if remote.name != one.name:
        patch["name"] = one.name
        fields.append(_field(one, ("name",), remote.name, one.name))
    if (description := _wanted_description(one, was, remote)) is not None:
        patch["description"] = description
        fields.append(_field(one, ("description",), remote.description or None, description or None))
    if (tags := _wanted_tags(one, was, remote, owner)) is not None:
        patch["tags"] = list(tags)
        if not same_tags(_without_reserved(remote.tags), _without_reserved(tags)):
            before, after = _without_reserved(remote.tags), _without_reserved(tags)
            fields.append(_field(one, ("tags",), [*before] or None, [*after] or None))
    metadata, metadata_fields = _metadata_difference(one, was, remote)
    fields += metadata_fields
    if was.protect != one.protect:
        fields.append(_field(one, ("lifecycle", "protect"), was.protect, one.protect))
    metadata |= {
        key: value for key, value in marks.identity_marks(one).items() if remote.metadata.get(key) != value
    }
    if one.data_digest is None and marks.DATA_DIGEST in remote.metadata:
        metadata[marks.DATA_DIGEST] = None
    if take_over and was.repository not in {None, owner.repository}:
        metadata[marks.REPOSITORY] = owner.repository
        fields.append(FieldChange("repository", was.repository, owner.repository, None))
    if metadata:
        patch["metadata"] = metadata
    return Difference(tuple(fields), patch)


def merge_patch(before: Json, after: Json) -> Json:
    """The RFC 7396 patch that turns `before` into `after`; `after` holds no nulls."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    patch: dict[str, Json] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before or not equals(before[key], value):
            patch[key] = merge_patch(before.get(key), value)
    return patch


def _metadata_difference(
    one: DesiredEvaluation, was: marks.Marks, remote: RemoteEvaluation
) -> tuple[dict[str, Json], list[FieldChange]]:
    patch: dict[str, Json] = {}
    fields: list[FieldChange] = []
    for key, value in one.metadata.items():
        before = remote.metadata.get(key)
        if not equals(value, before):
            patch[key] = merge_patch(before, value)
            fields.append(_field(one, ("metadata", key), before, value))
    for key in sorted(remote.metadata.keys() - one.metadata.keys()):
        if f"metadata.{key}" in was.declared:
            patch[key] = None
            fields.append(_field(one, ("metadata", key), remote.metadata[key], None))
    return patch, fields


def _wanted_description(one: DesiredEvaluation, was: marks.Marks, remote: RemoteEvaluation) -> str | None:
    """The description to send; an empty one clears, because null is not accepted (API 7). None: leave it."""
    if one.description is not None:
        return one.description if one.description != (remote.description or "") else None
    return "" if "description" in was.declared and remote.description else None


def _wanted_tags(
    one: DesiredEvaluation, was: marks.Marks, remote: RemoteEvaluation, owner: Owner
) -> tuple[str, ...] | None:
    """The whole list of tags to send, since PATCH replaces them; None: leave them."""
    if one.tags is not None:
        plain = one.tags
    elif "tags" in was.declared:
        plain = ()
    else:
        plain = _without_reserved(remote.tags)
    wanted = (*dict.fromkeys(plain), owner.tag)
    return None if same_tags(remote.tags, wanted) else wanted


def _without_reserved(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tag for tag in tags if not marks.is_reserved_tag(tag))


def _field(one: DesiredEvaluation, path: tuple[str, ...], before: Json, after: Json) -> FieldChange:
    return FieldChange(".".join(path), before, after, one.place_of(path))
