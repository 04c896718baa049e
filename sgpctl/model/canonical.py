"""The canonical form of an evaluation's spec, and the digests made of it.

Two manifests that mean the same run have the same digest: nulls are dropped, numbers normalised, keys sorted, tasks
keyed by their effective alias, rows a multiset of row digests (each with its files). What cannot change after creation
is in the digest; name, description, tags and metadata are not.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sgpctl.model.alias import effective_alias
from sgpctl.model.located import Json

DIGEST_VERSION = "v1"
_EXACT_INTEGER_MAX = 2**53  # beyond it a float no longer says which integer is meant


def canonical(value: Json) -> Json:
    """`value` without nulls in maps, with whole floats as integers; list order is kept."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: canonical(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [canonical(part) for part in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT_INTEGER_MAX:
        return int(value)
    return value


def canonical_text(value: Json) -> str:
    """The one JSON text of a value: canonical, keys sorted, compact, unescaped."""
    return json.dumps(
        canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256_of(value: Json) -> str:
    """SHA-256 in hex of the canonical text in UTF-8 (lone surrogates, which JSON can escape, are kept apart)."""
    return hashlib.sha256(canonical_text(value).encode("utf-8", "surrogatepass")).hexdigest()


def row_digest(data: Mapping[str, Json], files: Mapping[str, str] | None = None) -> str:
    """The digest of one row together with the files that are paired with it."""
    return sha256_of([dict(data), dict(files) if files else None])


def rows_digest(row_digests: Iterable[str]) -> str:
    """The digest of a multiset of rows: their order does not matter, their number of occurrences does."""
    total = hashlib.sha256()
    for digest in sorted(row_digests):
        total.update(digest.encode("ascii"))
    return f"{DIGEST_VERSION}:{total.hexdigest()}"


def declared_rows(body: Mapping[str, Json]) -> Iterator[tuple[dict[str, Json], dict[str, str] | None]]:
    """The rows of a create request, each with its files; none when the request names only a dataset."""
    data, files = body.get("data"), body.get("files")
    paired = files if isinstance(files, list) else []
    for index, row in enumerate(data if isinstance(data, list) else []):
        with_files = paired[index] if index < len(paired) else None
        if isinstance(row, dict):
            yield row, _as_files(with_files)


def declared_row_digests(body: Mapping[str, Json]) -> Counter[str]:
    """The row digests of a create request, counted; empty when the request names only a dataset."""
    return Counter(row_digest(row, files) for row, files in declared_rows(body))


def data_digest(body: Mapping[str, Json]) -> str | None:
    """The digest of the declared rows; None when the request declares none."""
    if not isinstance(body.get("data"), list):
        return None
    return rows_digest(declared_row_digests(body).elements())


def spec_digest(body: Mapping[str, Json], rows: str | None) -> str:
    """The digest of everything that is fixed at creation; `rows` is the data digest of the same body."""
    tasks = body.get("tasks")
    keyed: dict[str, Json] = {}
    for index, task in enumerate(tasks if isinstance(tasks, list) else []):
        if isinstance(task, dict):
            alias = effective_alias(task) or f"#{index}"
            keyed[alias] = {"task_type": task.get("task_type"), "configuration": task.get("configuration")}
    spec: dict[str, Json] = {
        "data": rows,
        "dataset": _with_lists_as_sets(body.get("dataset")),
        "dataset_id": body.get("dataset_id"),
        "skip_prefilled_rows": body.get("skip_prefilled_rows") or None,
        "tasks": keyed or None,
        "taxonomy_params": body.get("taxonomy_params"),
    }
    return f"{DIGEST_VERSION}:{sha256_of(spec)}"


def _with_lists_as_sets(dataset: Json) -> Json:
    """A dataset block with its `keys` and `tags` in one order, because theirs means nothing."""
    if not isinstance(dataset, dict):
        return dataset
    return {
        key: [*sorted(map(str, part))] if isinstance(part, list) else part for key, part in dataset.items()
    }


def is_known_digest(digest: str) -> bool:
    """False for a digest that another version of the canonical form made; it cannot be compared with ours."""
    return digest.startswith(f"{DIGEST_VERSION}:")


def _as_files(value: Json) -> dict[str, str] | None:
    return {str(key): str(part) for key, part in value.items()} if isinstance(value, dict) else None
