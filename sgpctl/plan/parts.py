"""What a manifest declares, and what a remote evaluation shows, part by part, each as a short digest.

Nothing rests on them; they tell afterwards which part of the one or the other has changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sgpctl.model.canonical import sha256_of
from sgpctl.model.compare import tasks_by_alias
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json

_DIGEST_CHARS = 12


def declared_parts(one: DesiredEvaluation) -> dict[str, str]:
    """The parts of a manifest by path; rows in another order are the same rows, as in the digest of the spec."""
    parts: dict[str, Json] = {
        key: value
        for key, value in one.body.items()
        if key not in {"name", "data", "files", "metadata", "tasks"}
    }
    if one.data_digest is not None:
        parts["data"] = one.data_digest
    if one.tags is not None:
        parts["tags"] = [*sorted(set(one.tags))]
    parts |= {f"metadata.{key}": value for key, value in one.metadata.items()}
    parts |= {f"tasks.{alias}": {**task} for alias, task in tasks_by_alias(one.tasks).items()}
    parts["lifecycle.protect"] = one.protect
    return _digested(parts)


def seen_parts(remote: RemoteEvaluation) -> dict[str, str]:
    """The parts of which a fingerprint is made. An answer that did not show the tasks has none of them."""
    parts: dict[str, Json] = {
        "name": remote.name,
        "description": remote.description or "",
        "tags": [*sorted(set(remote.tags))],
        "archived": remote.is_archived,
    }
    parts |= {f"metadata.{key}": value for key, value in remote.metadata.items()}
    if remote.tasks is not None:
        parts["tasks"] = [dict(task) for task in remote.tasks]
    return _digested(parts)


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The paths that differ, or are in one of the two only, in order."""
    return tuple(sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)))


def _digested(parts: Mapping[str, Json]) -> dict[str, str]:
    return {path: sha256_of(value)[:_DIGEST_CHARS] for path, value in sorted(parts.items())}
