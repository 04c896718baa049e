"""From a project to its desired evaluations, or to the complete list of what is wrong with its manifests.

discovery      which files are taken for manifests
files          each read once, as it is written
ignored_uses   which of them may not be used, because Git ignores them
variables      what there is to refer to in the environment
preparation    each document to the evaluations that it declares: defaults, matrix, `${...}`, `$file`
evaluating     each of these checked and given its digest
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from sgpctl.errors import ManifestError
from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.discovery import discover
from sgpctl.manifest.document import is_own_output
from sgpctl.manifest.files import Files, Source
from sgpctl.manifest.held_secrets import about_held
from sgpctl.manifest.ignored_uses import IgnoredUses
from sgpctl.manifest.include import FILE_KEY, Includes
from sgpctl.manifest.inside import shown
from sgpctl.manifest.problem import Problem, in_order, listing, warning_at
from sgpctl.manifest.project import Environment, Project
from sgpctl.manifest.resolving.declared_names import name_problems
from sgpctl.manifest.resolving.defaults import Defaults
from sgpctl.manifest.resolving.evaluating import Evaluated, Evaluating
from sgpctl.manifest.resolving.preparation import Preparation, Prepared
from sgpctl.manifest.resolving.project_row_key import row_key_problems
from sgpctl.manifest.resolving.references import Failed
from sgpctl.manifest.resolving.variables import scope_of, unused_problems
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import LocatedMap, Mark
from sgpctl.model.names import Answers, Named

_TELL_TALE_KEYS = frozenset({"data", "dataset_id", "tasks"})

_Address: TypeAlias = tuple[Path, int]
"""One document: its file and its number there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the manifests of a project say. As long as there are errors, `desired` is not complete.

    `desired` is sorted by name, `problems` by file and line; `files` counts the manifest files. `named` are the
    references by name that nobody has looked up yet: as long as there are any, no digest of what holds one counts.
    `own` has, by name, what a manifest says that is not sent: its `lifecycle`, and the map of a pinned `dataset_id`.
    """

    desired: tuple[DesiredEvaluation, ...]
    problems: tuple[Problem, ...]
    files: int
    named: tuple[Named, ...] = ()
    own: Mapping[str, LocatedMap] = field(default_factory=dict)

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

    `variables` are those of the command line (`given`); no evaluation may hold one of `secrets`. Raises only when there
    are more files than may be read.
    """

    def __init__(
        self,
        project: Project,
        environment: Environment | None = None,
        variables: LocatedMap | None = None,
        secrets: Collection[str] = (),
    ) -> None:
        self._project = project
        self._environment = environment
        self._variables = variables
        self._secrets = secrets
        self._found = discover(project)
        self._files = Files(project.root)
        self._ignored = IgnoredUses(project)
        self._defaults = Defaults(project, environment, self._files)
        self._evaluating = Evaluating(project.review.row_key)
        self._prepared: dict[_Address, Prepared] = {}  # of documents that refer to nothing by name
        self._evaluated: dict[_Address, Evaluated] = {}

    def load(self, answers: Answers | None = None) -> Loaded:
        """Every evaluation and every problem. With `answers`, references by name become ids, or errors."""
        scope, problems = scope_of(self._project, self._environment, self._variables, answers)
        prepared = self._prepare(Preparation(Includes(self._files, scope), self._defaults))
        used = frozenset(path for each in prepared.values() for path in each.uses)
        withheld = self._ignored.withheld(self._files.uses)
        prepared = {at: each for at, each in prepared.items() if withheld.files.isdisjoint(each.uses)}
        manifests = [path for path in self._found.files if path not in used]
        desired: list[DesiredEvaluation] = []
        own: dict[str, LocatedMap] = {}
        found = [*self._project.warnings, *self._found.problems, *problems, *withheld.problems]
        for address, each in prepared.items():
            if address[0] not in used:
                evaluated = self._evaluate(address, each)
                desired += evaluated.desired
                own |= evaluated.own
                found += (*each.problems, *evaluated.problems)
        declaring = [each for (path, _), each in prepared.items() if path not in used]
        for path in manifests:
            found += self._about_file(path)
        found += (*self._defaults.problems, *self._defaults.about_unused(self._found.defaults))
        found += _about_used_manifests(self._source(path) for path in self._found.files if path in used)
        found += name_problems(_names_in(declaring))
        found += unused_problems(self._project, self._environment, self._variables, self._files.mentions)
        found += about_held(desired, self._secrets)
        if not any(problem.is_error for problem in found):
            found += row_key_problems(self._project.review, desired)
        desired.sort(key=lambda evaluation: (evaluation.name, evaluation.place))
        named = {name for each in declaring for name, _ in each.named if name not in (answers or {})}
        return Loaded(tuple(desired), in_order(found), len(manifests), tuple(sorted(named)), own)

    def _prepare(self, preparation: Preparation) -> dict[_Address, Prepared]:
        prepared: dict[_Address, Prepared] = {}
        for path in self._found.files:
            source = self._source(path)
            for number, document in enumerate(source.documents):
                if is_own_output(document.root):
                    continue
                address = (path, number)
                each = self._prepared.get(address) or preparation.prepared(document, source, path)
                prepared[address] = each
                if not each.named:
                    self._prepared[address] = each
        return prepared

    def _evaluate(self, address: _Address, prepared: Prepared) -> Evaluated:
        known = self._evaluated.get(address)
        if known is None:
            known = self._evaluating.evaluated(prepared)
            if not prepared.named:
                self._evaluated[address] = known
        return known

    def _source(self, path: Path) -> Source:
        return self._files.source(path, MANIFEST_BYTES_MAX)

    def _about_file(self, path: Path) -> Iterator[Problem]:
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


def load(
    project: Project,
    environment: Environment | None = None,
    variables: LocatedMap | None = None,
    secrets: Collection[str] = (),
) -> Loaded:
    """All manifests of `project`, read and checked without the platform; references by name stay as they are."""
    return Manifests(project, environment, variables, secrets).load()


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


def _names_in(prepared: Iterable[Prepared]) -> Iterator[tuple[str, Mark]]:
    """The names that documents declare, also when something else in them is wrong.

    What cells of one matrix share is said once: that they collide is told as such.
    """
    for each in prepared:
        names: dict[tuple[str, Mark], None] = {}
        for candidate in each.candidates:
            root = candidate.root
            name = root.get("name") if isinstance(root, LocatedMap) else None
            if isinstance(root, LocatedMap) and isinstance(name, str) and not isinstance(name, Failed):
                names[name, root.values_at["name"]] = None
        yield from names
