"""One load and the cache: what is known already, what other processes are to read, and what is new to be kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sgpctl.manifest.cache.entry import KeptFile
from sgpctl.manifest.cache.of_project import Cache
from sgpctl.manifest.cache.recall import Recall
from sgpctl.manifest.cache.workers import entries_by_workers
from sgpctl.manifest.documents import Documents
from sgpctl.manifest.resolving.preparation import Preparation
from sgpctl.model.located import LocatedMap


@dataclass(frozen=True, slots=True)
class Memory:
    """What the cache does for `documents`, all of which are prepared by `preparation`."""

    cache: Cache
    recall: Recall
    documents: Documents
    preparation: Preparation
    _made: dict[Path, bytes] = field(default_factory=dict)

    def kept(self, paths: Sequence[Path]) -> Mapping[Path, KeptFile]:
        """What the cache knows of `paths`, and what workers found out about the others."""
        kept = self.recall.known(paths, self._located)
        missing = [path for path in paths if path not in kept and self.recall.may_know(path)]
        workers = self.cache.workers(len(missing))
        if workers:
            made = entries_by_workers(missing, self._entry_of_one, workers)
            kept |= self.recall.opened(made, self._located)
            self._made.update(made)
        return kept

    def remember(self, paths: Iterable[Path], aside: Collection[Path]) -> None:
        """Keeps what workers found out, and what this process read itself: of `paths`, and nothing of those `aside`."""
        entries = {path: self._entry(path) if path not in aside else None for path in paths}
        self.recall.keep({**entries, **self._made})
        self._made.clear()  # bodies that are read later keep hold of this

    def _entry(self, path: Path) -> bytes | None:
        kept = self.documents.keepable(path, self.preparation)
        return self.recall.entry_of(path, kept) if kept is not None else None

    def _entry_of_one(self, path: Path) -> bytes | None:
        """The same in a worker, which has no use for anything but the entry."""
        entry = self._entry(path)
        self.documents.forget(path)
        return entry

    def _located(self, path: Path, document: int, index: int) -> LocatedMap | None:
        return self.documents.body_with_places((path, document), index, self.preparation)
