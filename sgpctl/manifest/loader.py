"""From a project to its desired evaluations, or to the complete list of what is wrong with its manifests.

discovery      which files are taken for manifests
files          each read once, as it is written
ignored_uses   which of them may not be used, because Git ignores them
variables      what there is to refer to in the environment
documents      each to the evaluations that it declares (`preparation`), these checked and given digests (`evaluating`)
cache          where most of that is known already
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sgpctl.errors import ManifestError
from sgpctl.manifest.cache.of_project import Cache
from sgpctl.manifest.discovery import discover
from sgpctl.manifest.document import is_own_output
from sgpctl.manifest.documents import Address, Declared, Documents
from sgpctl.manifest.files import Files, Source
from sgpctl.manifest.held_secrets import about_held
from sgpctl.manifest.ignored_uses import IgnoredUses
from sgpctl.manifest.include import FILE_KEY, Includes
from sgpctl.manifest.inside import shown
from sgpctl.manifest.problem import Problem, in_order, listing, warning_at
from sgpctl.manifest.project import Environment, Project
from sgpctl.manifest.resolving.declared_names import name_problems
from sgpctl.manifest.resolving.defaults import Defaults
from sgpctl.manifest.resolving.preparation import Preparation
from sgpctl.manifest.resolving.project_row_key import row_key_problems
from sgpctl.manifest.resolving.variables import scope_of, unused_problems
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import LocatedMap
from sgpctl.model.names import Answers, Named
from sgpctl.model.stored_body import StoredBody

if TYPE_CHECKING:
    from sgpctl.manifest.cache.entry import KeptFile
    from sgpctl.manifest.cache.memory import Memory

_TELL_TALE_KEYS = frozenset({"data", "dataset_id", "tasks"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the manifests of a project say. As long as there are errors, `desired` is not complete.

    `desired` is sorted by name, `problems` by file and line; `files` counts the manifest files. `named` are the
    references by name that nobody has looked up yet: as long as there are any, no digest of what holds one counts.
    `own` has, by name, what a manifest says that is not sent: its `lifecycle`, and the map of a pinned `dataset_id`; it is
    complete only without a cache. `sources` are the files that all this comes from, links followed, but for the project
    file.
    """

    desired: tuple[DesiredEvaluation, ...]
    problems: tuple[Problem, ...]
    files: int
    named: tuple[Named, ...] = ()
    own: Mapping[str, LocatedMap] = field(default_factory=dict)
    sources: frozenset[Path] = frozenset()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)

    def raise_errors(self) -> None:
        """Raise `ManifestError`, which lists all errors, if there are any."""
        if self.errors:
            raise ManifestError(listing(self.errors))


class Manifests:
    """The manifests of a project in one environment, found and read once, and loaded as often as it takes.

    `variables` are those of the command line (`given`); no evaluation may hold one of `secrets`. With a `cache`, a file
    is read only when the cache does not know what it comes to. Raises only when there are more files than may be read.
    """

    def __init__(
        self,
        project: Project,
        environment: Environment | None = None,
        variables: LocatedMap | None = None,
        secrets: Collection[str] = (),
        cache: Cache | None = None,
    ) -> None:
        self._project = project
        self._environment = environment
        self._variables = variables
        self._secrets = secrets
        self._found = discover(project)
        self._files = Files(project.root)
        self._ignored = IgnoredUses(project)
        self._defaults = Defaults(project, environment, self._files)
        self._documents = Documents(self._files, project.review.row_key)
        self._cache = cache if cache is not None and len(self._found.files) >= cache.files_min else None
        self._kept: Mapping[Path, KeptFile] = {}
        self._loaded: Loaded | None = None
        self._held_against: frozenset[str] = frozenset(secrets)

    def load(self, answers: Answers | None = None) -> Loaded:
        """Every evaluation and every problem. With `answers`, references by name become ids, or errors."""
        if self._held_against != frozenset(self._secrets):  # a key may become known after the first load
            self._held_against = frozenset(self._secrets)
            self._kept, self._loaded = {}, None
        if answers is not None:
            return self._load(answers)
        if self._loaded is None:
            self._loaded = self._load(None)
        return self._loaded

    def _load(self, answers: Answers | None) -> Loaded:
        scope, problems = scope_of(self._project, self._environment, self._variables, answers)
        preparation = Preparation(Includes(self._files, scope), self._defaults)
        for path in self._found.files:  # also one that declares nothing, or is known already
            self._defaults.ground_of(path.parent)
        memory = self._memory(preparation) if answers is None else None
        if memory is not None:
            self._kept = memory.kept(self._found.files)
        declared = self._declared(preparation)
        used = frozenset(path for each in declared.values() for path in each.uses)
        withheld = self._ignored.withheld(self._files.uses)
        if withheld and self._kept:
            self._kept = {}  # it does not know where in them the files are used
            return self._load(answers)
        desired: list[DesiredEvaluation] = []
        own: dict[str, LocatedMap] = {}
        found = [*self._project.warnings, *self._found.problems, *problems, *withheld.problems]
        declaring = [
            each
            for (path, _), each in declared.items()
            if path not in used and withheld.files.isdisjoint(each.uses)
        ]
        for each in declaring:
            evaluated = each.evaluated()
            desired += evaluated.desired
            own |= evaluated.own
            found += (*each.problems, *evaluated.problems)
        manifests = [path for path in self._found.files if path not in used]
        for path in manifests:
            found += self._about_file(path)
        found += (*self._defaults.problems, *self._defaults.about_unused(self._found.defaults))
        found += _about_used_manifests(self._source(path) for path in self._found.files if path in used)
        found += name_problems(name for each in declaring for name in each.names)
        found += unused_problems(self._project, self._environment, self._variables, self._mentions())
        # What was taken from the cache holds no secret, or would not have been taken from there.
        fresh = (one for one in desired if not isinstance(one.body, StoredBody))
        found += about_held(fresh, self._secrets)
        if not any(problem.is_error for problem in found):
            found += row_key_problems(self._project.review, desired)
        if memory is not None and not withheld:
            asking = {path for (path, _), each in declared.items() if each.named}
            memory.remember((path for path in self._found.files if path not in self._kept), used | asking)
        desired.sort(key=lambda evaluation: (evaluation.name, evaluation.place))
        named = {name for each in declaring for name, _ in each.named if name not in (answers or {})}
        sources = used.union((path for path, _ in declared), self._found.defaults)
        return Loaded(tuple(desired), in_order(found), len(manifests), tuple(sorted(named)), own, sources)

    def _memory(self, preparation: Preparation) -> Memory | None:
        """The cache, before the first load; None after it, and where there is none."""
        if self._cache is None:
            return None
        from sgpctl.manifest.cache.memory import Memory
        from sgpctl.manifest.cache.recall import Recall
        from sgpctl.manifest.cache.settings import settings_digest
        from sgpctl.manifest.cache.store import Store

        cache, self._cache = self._cache, None
        settings = settings_digest(self._project, self._environment, self._variables)
        if settings is None:
            return None
        store = Store(cache.file, cache.day)
        recall = Recall(store, settings, self._files, self._defaults, self._secrets)
        return Memory(cache, recall, self._documents, preparation)

    def _declared(self, preparation: Preparation) -> dict[Address, Declared]:
        declared: dict[Address, Declared] = {}
        for path in self._found.files:
            kept = self._kept.get(path)
            if kept is None:
                declared.update(self._documents.declared(path, preparation))
                continue
            for number, document in enumerate(kept.documents):
                declared[path, number] = Declared(
                    document.names, document.uses, frozenset(), document.problems, document.result
                )
                for use in document.uses:
                    self._files.uses.setdefault(use, {})
        return declared

    def _source(self, path: Path) -> Source:
        return self._documents.source(path)

    def _about_file(self, path: Path) -> Iterator[Problem]:
        if path in self._kept:
            return
        source = self._source(path)
        yield from source.problems
        if not source.documents and not source.problems:
            yield warning_at((shown(path, self._project.root), 1, 1), "the file declares nothing")
        for document in source.documents:
            if is_own_output(document.root):
                yield warning_at(
                    document.mark,
                    "sgpctl wrote this (a plan, an outcome or a report), so it is not read as a manifest",
                )

    def _mentions(self) -> frozenset[str]:
        return self._files.mentions.union(*(kept.mentions for kept in self._kept.values()))


def load(
    project: Project,
    environment: Environment | None = None,
    variables: LocatedMap | None = None,
    secrets: Collection[str] = (),
    cache: Cache | None = None,
) -> Loaded:
    """All manifests of `project`, read and checked without the platform; references by name stay as they are."""
    return Manifests(project, environment, variables, secrets, cache).load()


def load_or_raise(
    project: Project,
    environment: Environment | None = None,
    variables: LocatedMap | None = None,
    secrets: Collection[str] = (),
) -> Loaded:
    """The same, for those who need every manifest to be in order. Raises `ManifestError`, which lists all errors."""
    loaded = load(project, environment, variables, secrets)
    loaded.raise_errors()
    return loaded


def _about_used_manifests(sources: Iterable[Source]) -> Iterator[Problem]:
    """A whole manifest that another one includes is not planned by itself; that is rarely what was meant."""
    for source in sources:
        for document in source.documents:
            root = document.root
            if isinstance(root, LocatedMap) and "name" in root and root.keys() & _TELL_TALE_KEYS:
                message = (
                    f"this looks like a manifest, but a {FILE_KEY} uses the file, so it is not read as one"
                )
                yield warning_at(document.mark, message)
