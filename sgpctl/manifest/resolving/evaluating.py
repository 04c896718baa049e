"""The last step of loading: candidates checked, and those that pass made into desired evaluations with their digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sgpctl.manifest.problem import Problem, located
from sgpctl.manifest.resolving.dataset_pin import DATASET_ID
from sgpctl.manifest.resolving.preparation import Candidate, Prepared, cell_text
from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json, LocatedMap
from sgpctl.model.nearest import Hints
from sgpctl.model.request import check_manifest
from sgpctl.model.rows import RowLists

_LIFECYCLE = "lifecycle"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The evaluations of one document, and what is wrong or doubtful about it.

    `own` has, by name, what a manifest says that is not sent: its `lifecycle`, and the map of a pinned `dataset_id`.
    """

    desired: tuple[DesiredEvaluation, ...]
    problems: tuple[Problem, ...]
    own: Mapping[str, LocatedMap]


class Evaluating:
    """Remembers the digests of rows, because many evaluations share the same file of them.

    `row_key` is the one of those that name none themselves.
    """

    def __init__(self, row_key: str | None = None) -> None:
        self._row_key = row_key
        self._digests: dict[tuple[int, int], tuple[Json, Json, str | None]] = {}
        self._lists = RowLists()

    def evaluated(self, prepared: Prepared) -> Evaluated:
        """Every candidate that may be planned, and all that there is to say about the others."""
        desired: list[DesiredEvaluation] = []
        own: dict[str, LocatedMap] = {}
        found: dict[Problem, list[Candidate]] = {}
        sound = [candidate for candidate in prepared.candidates if candidate.is_sound]
        hints = Hints()  # of this document: what is said of it must not depend on what was read before
        for candidate in sound:
            evaluation, problems = self._evaluation(candidate, hints)
            if evaluation is not None:
                desired.append(evaluation)
                if keys := _own_keys(candidate):
                    own[evaluation.name] = keys
            for problem in problems:
                found.setdefault(problem, []).append(candidate)
        return Evaluated(tuple(desired), tuple(_with_cells(found, len(sound))), own)

    def _evaluation(
        self, candidate: Candidate, hints: Hints
    ) -> tuple[DesiredEvaluation | None, Iterable[Problem]]:
        checked, findings = check_manifest(candidate.root, hints, self._lists)
        problems = located(findings, candidate.root, candidate.mark, candidate.blamed)
        if checked is None or not candidate.is_whole:
            return None, problems
        rows = self._data_digest(checked.body)
        evaluation = DesiredEvaluation(
            name=str(checked.body["name"]),
            body=checked.body,
            digest=spec_digest(checked.body, rows),
            data_digest=rows,
            place=candidate.mark,
            protect=checked.protect,
            cell=candidate.cell,
            expect_version=candidate.expect_version,
            row_key=checked.row_key or self._row_key,
        )
        return evaluation, problems

    def _data_digest(self, body: Mapping[str, Json]) -> str | None:
        data, files = body.get("data"), body.get("files")
        key = (id(data), id(files))
        if key not in self._digests:  # what is remembered is kept, so that its id stays its own
            self._digests[key] = (data, files, data_digest(body))
        return self._digests[key][2]


def _own_keys(candidate: Candidate) -> LocatedMap:
    keys = LocatedMap(candidate.mark)
    root = candidate.root
    if isinstance(root, LocatedMap) and root.get(_LIFECYCLE) is not None:
        keys.put(_LIFECYCLE, root[_LIFECYCLE], root.keys_at[_LIFECYCLE], root.values_at[_LIFECYCLE])
    if candidate.pin is not None:
        keys.put(DATASET_ID, candidate.pin, candidate.pin.mark, candidate.pin.mark)
    return keys


def _with_cells(found: Mapping[Problem, list[Candidate]], cells: int) -> Iterator[Problem]:
    """What is so in all cells is said once; of anything else, in which cell it is so."""
    for problem, where in found.items():
        if len(where) == cells:
            yield problem
            continue
        others = f" and {len(where) - 1} more" if len(where) > 1 else ""
        yield replace(problem, message=f"{problem.message}; in the cell {cell_text(where[0].cell)}{others}")
