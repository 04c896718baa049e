"""One manifest file as the cache keeps it: a line about the file, and a line with the body of each evaluation.

Bodies are read when they are needed; rows that came out of a file as they are stay in that file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from sgpctl.limits import CACHED_ENTRY_BYTES_MAX
from sgpctl.manifest.problem import Problem
from sgpctl.manifest.resolving.evaluating import Evaluated
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.finding import Severity
from sgpctl.model.located import Json, LocatedMap, Mark
from sgpctl.model.stored_body import StoredBody

_ROWS = "data"


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """What one document declares: nothing but warnings is said of it, and it refers to nothing by name.

    `uses` are the files that went into it.
    """

    names: tuple[tuple[str, Mark], ...]
    uses: frozenset[Path]
    problems: tuple[Problem, ...]
    evaluated: Evaluated

    def result(self) -> Evaluated:
        return self.evaluated


@dataclass(frozen=True, slots=True)
class KeptFile:
    """All documents of a file, and the variables that it or a file that it uses mentions."""

    documents: tuple[KeptDocument, ...]
    mentions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file that went into an entry, by its name in the project, and the digest of what stood in it."""

    name: str
    digest: str


RowsIn: TypeAlias = "Callable[[Path, str], Json]"
Located: TypeAlias = "Callable[[int, int], LocatedMap | None]"
"""The body of an evaluation with its places, by the number of its document and its own in there."""


class Unusable(Exception):
    """The bytes are no entry that this version of sgpctl wrote."""


def encoded(kept: KeptFile, ingredients: Mapping[Path, Ingredient], rows: Mapping[int, Path]) -> bytes | None:
    """The entry of a file; None for one that is too large to be kept.

    `rows` are the files whose rows are taken as they are, by the id of the list.
    """
    order = [*ingredients]
    number_of = {path: number for number, path in enumerate(order)}
    bodies: list[str] = []
    documents: list[Json] = []
    for document in kept.documents:
        evaluations: list[Json] = []
        for one in document.evaluated.desired:
            body = dict(one.body)
            source = rows.get(id(body.get(_ROWS)))
            if source is not None:
                body[_ROWS] = None
            bodies.append(json.dumps(body, separators=(",", ":")))
            evaluations.append(_about(one, None if source is None else number_of[source]))
        documents.append(
            [
                [[name, [*mark]] for name, mark in document.names],
                [number_of[path] for path in sorted(document.uses)],
                [_told(problem) for problem in document.problems],
                [_told(problem) for problem in document.evaluated.problems],
                evaluations,
            ]
        )
    head: Json = [
        [[ingredients[path].name, ingredients[path].digest] for path in order],
        [*sorted(kept.mentions)],
        documents,
    ]
    entry = "\n".join([json.dumps(head, separators=(",", ":")), *bodies]).encode("ascii")
    return entry if len(entry) <= CACHED_ENTRY_BYTES_MAX else None


def _about(one: DesiredEvaluation, rows: int | None) -> Json:
    return [
        one.name,
        one.digest,
        one.data_digest,
        [*one.place],
        one.protect,
        [[axis, label] for axis, label in one.cell],
        one.expect_version,
        one.row_key,
        rows,
    ]


def _told(problem: Problem) -> Json:
    return [
        problem.severity.value,
        problem.file,
        problem.line,
        problem.column,
        problem.path,
        problem.message,
    ]


class Entry:
    """The bytes of an entry, whose ingredients are looked at before anything else is believed. Raises Unusable."""

    def __init__(self, content: bytes) -> None:
        try:
            head, *self._bodies = content.decode("ascii").split("\n")
            ingredients, mentions, self._documents = json.loads(head)
            self.ingredients = tuple(Ingredient(name, digest) for name, digest in ingredients)
            self._mentions = frozenset[str](mentions)
        except (ValueError, TypeError) as error:
            raise Unusable from error

    def opened(self, paths: Sequence[Path], rows_in: RowsIn, located: Located) -> KeptFile:
        """What was kept. `paths` are the ingredients; `rows_in` reads the rows of one, as they were then."""
        bodies = iter(self._bodies)
        documents: list[KeptDocument] = []
        try:
            for number, (names, uses, problems, more, evaluations) in enumerate(self._documents):
                desired = tuple(
                    DesiredEvaluation(
                        name,
                        StoredBody(
                            next(bodies), self._rows(source, paths, rows_in), partial(located, number, index)
                        ),
                        digest,
                        rows,
                        tuple(place),
                        protect,
                        tuple((axis, label) for axis, label in cell),
                        version,
                        key,
                    )
                    for index, (name, digest, rows, place, protect, cell, version, key, source) in enumerate(
                        evaluations
                    )
                )
                documents.append(
                    KeptDocument(
                        tuple((name, tuple(mark)) for name, mark in names),
                        frozenset(paths[use] for use in uses),
                        tuple(map(_problem, problems)),
                        Evaluated(desired, tuple(map(_problem, more)), {}),
                    )
                )
        except (ValueError, TypeError, IndexError, RuntimeError) as error:
            raise Unusable from error
        return KeptFile(tuple(documents), self._mentions)

    def _rows(self, source: int | None, paths: Sequence[Path], rows_in: RowsIn) -> Callable[[], Json] | None:
        if source is None:
            return None
        return partial(rows_in, paths[source], self.ingredients[source].digest)


def _problem(told: Sequence[object]) -> Problem:
    severity, *others = told
    return Problem(Severity(str(severity)), *others)  # type: ignore[arg-type] # as `_told` wrote them, under a seal
