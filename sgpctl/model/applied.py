"""What was last applied of the fields that can be patched, as one mark: when they say something else, a person did it.

The mark is written along with other changes and never is a reason for one.
"""

from __future__ import annotations

from collections.abc import Mapping

from sgpctl.model.canonical import sha256_of
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import declared_fields, is_reserved_tag, read_marks

APPLIED = "sgpctl_applied"
_METADATA = "metadata."


def applied_mark(one: DesiredEvaluation) -> str:
    """The mark of an evaluation that is just what `one` declares."""
    return _mark(declared_fields(one), one.description, one.tags or (), one.metadata, protect=one.protect)


def was_edited(remote: RemoteEvaluation) -> bool:
    """True when a field that its manifest spoke of is not as it was applied; False also where no mark tells."""
    mark = remote.metadata.get(APPLIED)
    was = read_marks(remote)
    now = _mark(was.declared, remote.description, remote.tags, remote.metadata, protect=was.protect)
    return isinstance(mark, str) and mark != now


def is_as_applied(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    """True when the manifest of `one` says what it said when it was applied to `remote`."""
    return remote.metadata.get(APPLIED) == applied_mark(one)


def _mark(
    fields: frozenset[str],
    description: str | None,
    tags: tuple[str, ...],
    metadata: Mapping[str, Json],
    *,
    protect: bool,
) -> str:
    values: dict[str, Json] = {"protect": protect}
    for field in fields:
        if field == "description":
            values[field] = description or ""
        elif field == "tags":
            values[field] = [*sorted({tag.lower() for tag in tags if not is_reserved_tag(tag)})]
        else:
            values[field] = metadata.get(field.removeprefix(_METADATA))
    return sha256_of(values)
