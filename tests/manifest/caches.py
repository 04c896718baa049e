"""Loads with a cache that is kept from one to the next, held against loads without any."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple

from sgpctl.manifest.cache.of_project import Cache
from sgpctl.manifest.loader import Loaded, Manifests
from sgpctl.manifest.project import environment_to_check, find_project
from sgpctl.manifest.resolving.given import Given, given_variables
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json
from sgpctl.model.located import Path as DocumentPath
from sgpctl.model.stored_body import StoredBody

TODAY = 20_000


class Call(NamedTuple):
    """How a project is loaded: what may differ from one command to the next."""

    environment: str | None = None
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


PLAIN = Call()


def file_in(root: Path) -> Path:
    return root / ".sgpctl" / "cache" / "manifests-2.sqlite"


def cache_in(root: Path, *, day: int = TODAY, workers: int = 0, files_min: int = 1) -> Cache:
    return Cache(file_in(root), day, files_min, lambda _: workers)


def manifests_of(root: Path, call: Call = PLAIN, cache: Cache | None = None) -> Manifests:
    project = find_project(root)
    environment = environment_to_check(project, call.environment)
    variables = given_variables(Given(call.variables), project, environment)
    return Manifests(project, environment, variables, call.secrets, cache)


def uncached(root: Path, call: Call = PLAIN) -> Loaded:
    return manifests_of(root, call).load()


def cached(root: Path, call: Call = PLAIN, *, day: int = TODAY, workers: int = 0) -> Loaded:
    return manifests_of(root, call, cache_in(root, day=day, workers=workers)).load()


def same(root: Path, call: Call = PLAIN, *, workers: int = 0) -> Loaded:
    """A load with the cache, which must come to the same as one without."""
    loaded = cached(root, call, workers=workers)
    assert differences(loaded, uncached(root, call)) == []
    return loaded


def warm(root: Path, call: Call = PLAIN) -> Loaded:
    """A load with a cache that has seen the project as it is, which must come to the same as one without."""
    cached(root, call)
    return same(root, call)


def from_cache(loaded: Loaded) -> set[str]:
    """The names of the evaluations that were taken out of the cache."""
    return {one.name for one in loaded.desired if isinstance(one.body, StoredBody)}


def differences(one: Loaded, other: Loaded) -> list[str]:
    """What can be told of one load and not of the other; values count as different where their JSON is."""
    ours, theirs = _told(one), _told(other)
    wrong = [f"{key}: {ours[key]} instead of {theirs[key]}" for key in ours if ours[key] != theirs.get(key)]
    return [*wrong, *(f"{key}: missing" for key in theirs.keys() - ours.keys())]


def _told(loaded: Loaded) -> Mapping[str, object]:
    return {
        "problems": [astuple(problem) for problem in loaded.problems],
        "files": loaded.files,
        "named": loaded.named,
        "names": [one.name for one in loaded.desired],
        **{f"{one.name} at {one.place}": _evaluation(one) for one in loaded.desired},
    }


def _evaluation(one: DesiredEvaluation) -> object:
    body = dict(one.body)
    return (
        (one.digest, one.data_digest, tuple(one.place), one.protect, one.cell),
        (one.expect_version, one.row_key, one.description, one.tags, one.dataset_id, len(one.body)),
        json.dumps([body, one.rows, *one.tasks, one.metadata]),
        {path: tuple(one.place_of(path)) for path in _paths(body)},
    )


def _paths(value: Json, path: DocumentPath = ()) -> Iterator[DocumentPath]:
    """Every path in `value`, and in each map one that leads nowhere."""
    yield path
    if isinstance(value, dict):
        yield (*path, "nothing")
        for key, part in value.items():
            yield from _paths(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _paths(part, (*path, index))
