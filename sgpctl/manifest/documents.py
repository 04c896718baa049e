"""The documents of manifest files, each prepared and checked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.document import is_own_output
from sgpctl.manifest.files import Files, Source
from sgpctl.manifest.problem import Problem
from sgpctl.manifest.resolving.evaluating import Evaluated, Evaluating
from sgpctl.manifest.resolving.preparation import Preparation, Prepared
from sgpctl.manifest.resolving.scope import NamedAt
from sgpctl.model.located import Failed, LocatedMap, Mark

if TYPE_CHECKING:
    from sgpctl.manifest.cache.entry import KeptFile

Address: TypeAlias = tuple[Path, int]
"""One document: its file and its number there."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What one document declares. `evaluated` checks it, and is not asked about what is not to be planned."""

    names: tuple[tuple[str, Mark], ...]
    uses: frozenset[Path]
    named: frozenset[NamedAt]
    problems: tuple[Problem, ...]
    evaluated: Callable[[], Evaluated]


class Documents:
    """All that was read of a project's manifests; what refers to nothing by name is not read a second time."""

    def __init__(self, files: Files, row_key: str | None) -> None:
        self._files = files
        self._evaluating = Evaluating(row_key)
        self._prepared: dict[Address, Prepared] = {}
        self._evaluated: dict[Address, Evaluated] = {}

    def source(self, path: Path) -> Source:
        return self._files.source(path, MANIFEST_BYTES_MAX)

    def declared(self, path: Path, preparation: Preparation) -> Iterator[tuple[Address, Declared]]:
        """What each document of the file at `path` declares."""
        source = self.source(path)
        for number, document in enumerate(source.documents):
            if is_own_output(document.root):
                continue
            address = (path, number)
            each = self._prepared.get(address) or preparation.prepared(document, source, path)
            if not each.named:
                self._prepared[address] = each
            evaluated = partial(self._evaluate, address, each)
            yield address, Declared(_names_in(each), each.uses, each.named, each.problems, evaluated)

    def keepable(self, path: Path, preparation: Preparation) -> KeptFile | None:
        """What the file at `path` comes to, if no error is told of it and nothing in it is asked of the platform."""
        from sgpctl.manifest.cache.entry import KeptDocument, KeptFile

        source = self.source(path)
        declared = [each for _, each in self.declared(path, preparation)]
        is_whole = 0 < len(declared) == len(source.documents) and not source.problems
        if not is_whole or any(each.named or _has_error(each.problems) for each in declared):
            return None
        results = [each.evaluated() for each in declared]
        if any(_has_error(result.problems) for result in results):
            return None
        documents = tuple(
            KeptDocument(each.names, each.uses, each.problems, result)
            for each, result in zip(declared, results, strict=True)
        )
        uses = {use for each in declared for use in each.uses}
        mentions = (self._files.mentions_in(each) for each in (path, *uses))
        return KeptFile(documents, frozenset[str]().union(*mentions))

    def body_with_places(self, address: Address, index: int, preparation: Preparation) -> LocatedMap | None:
        """The body of one evaluation, read from its file, if that is still what it was when it was read first."""
        path, number = address
        digest = self._files.digest(path)
        if self.source(path).digest != digest:
            return None
        for found, declared in self.declared(path, preparation):
            desired = declared.evaluated().desired if found[1] == number else ()
            if index < len(desired) and isinstance(body := desired[index].body, LocatedMap):
                return body
        return None

    def forget(self, path: Path) -> None:
        """Let go of all that was read of the file at `path`."""
        for number in range(len(self.source(path).documents)):
            self._prepared.pop((path, number), None)
            self._evaluated.pop((path, number), None)
        self._files.forget(path)

    def _evaluate(self, address: Address, prepared: Prepared) -> Evaluated:
        known = self._evaluated.get(address)
        if known is None:
            known = self._evaluating.evaluated(prepared)
            if not prepared.named:
                self._evaluated[address] = known
        return known


def _names_in(prepared: Prepared) -> tuple[tuple[str, Mark], ...]:
    """The names that a document declares, also when something else in it is wrong.

    What cells of one matrix share is said once: that they collide is told as such.
    """
    names: dict[tuple[str, Mark], None] = {}
    for candidate in prepared.candidates:
        root = candidate.root
        name = root.get("name") if isinstance(root, LocatedMap) else None
        if isinstance(root, LocatedMap) and isinstance(name, str) and not isinstance(name, Failed):
            names[name, root.values_at["name"]] = None
    return tuple(names)


def _has_error(problems: Iterable[Problem]) -> bool:
    return any(problem.is_error for problem in problems)
