"""From a project to its desired evaluations, or to the complete list of what is wrong with its manifests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sgpctl.errors import ManifestError
from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.discovery import discover
from sgpctl.manifest.document import Document
from sgpctl.manifest.include import FILE_KEY, Files, Structure
from sgpctl.manifest.inside import shown
from sgpctl.manifest.problem import Problem, error_at, in_order, listing, located, quoted, warning_at
from sgpctl.manifest.project import Project
from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import LocatedMap, Mark
from sgpctl.model.request import check_manifest

_OTHERS_NAMED_MAX = 3
_SAVED_PLAN_KEYS = frozenset({"format_version", "sgpctl_version", "changes"})
_TELL_TALE_KEYS = frozenset({"data", "dataset_id", "tasks"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the manifests of a project say. As long as there are errors, `desired` is not complete.

    `desired` is sorted by name, `problems` by file and line; `files` counts the manifest files.
    """

    desired: tuple[DesiredEvaluation, ...]
    problems: tuple[Problem, ...]
    files: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)


def load(project: Project) -> Loaded:
    """Reads and checks all manifests of `project`; raises only when there are more files than may be read."""
    found = discover(project)
    files = Files(project.root)
    structures = {path: files.structure(path, MANIFEST_BYTES_MAX) for path in found.files}
    used = frozenset(path for structure in structures.values() for path in structure.uses)
    problems = [*project.warnings, *found.problems]
    desired: list[DesiredEvaluation] = []
    names: list[tuple[str, Mark]] = []
    manifests = [path for path in found.files if path not in used]
    for path in manifests:
        structure = structures[path]
        problems += structure.problems
        problems += _about_emptiness(structure, shown(path, project.root))
        for document in structure.documents:
            if _is_saved_plan(document):
                problems.append(
                    warning_at(document.mark, "this is a saved plan, so it is not read as a manifest")
                )
                continue
            names += _name_in(document)
            evaluation, more = _evaluation(document, structure.problems)
            problems += more
            if evaluation is not None:
                desired.append(evaluation)
    problems += _about_used_manifests(structures[path] for path in found.files if path in used)
    problems += _about_names(names)
    desired.sort(key=lambda evaluation: (evaluation.name, evaluation.place))
    return Loaded(tuple(desired), in_order(problems), len(manifests))


def load_or_raise(project: Project) -> Loaded:
    """The same, for those who need every manifest to be in order. Raises `ManifestError`, which lists all errors."""
    loaded = load(project)
    if loaded.errors:
        raise ManifestError(listing(loaded.errors))
    return loaded


def _evaluation(
    document: Document, known: Iterable[Problem]
) -> tuple[DesiredEvaluation | None, tuple[Problem, ...]]:
    """The evaluation that a document declares, if it does. `known` are the problems that its file has already."""
    if not document.is_sound:  # the missing part would only be blamed for what it does not say
        return None, ()
    checked, findings = check_manifest(document.root)
    problems = located(findings, document.root, document.mark, known)
    if checked is None:
        return None, problems
    rows = data_digest(checked.body)
    evaluation = DesiredEvaluation(
        name=str(checked.body["name"]),
        body=checked.body,
        digest=spec_digest(checked.body, rows),
        data_digest=rows,
        place=document.mark,
        protect=checked.protect,
    )
    return evaluation, problems


def _is_saved_plan(document: Document) -> bool:
    """`plan --out` into a manifest folder must not make the next plan fail."""
    return isinstance(document.root, LocatedMap) and document.root.keys() >= _SAVED_PLAN_KEYS


def _about_emptiness(structure: Structure, name: str) -> Iterator[Problem]:
    if not structure.documents and not structure.problems:
        yield warning_at((name, 1, 1), "the file declares nothing")


def _about_used_manifests(structures: Iterable[Structure]) -> Iterator[Problem]:
    """A whole manifest that another one includes is not planned by itself; that is rarely what was meant."""
    for structure in structures:
        for document in structure.documents:
            root = document.root
            if isinstance(root, LocatedMap) and "name" in root and root.keys() & _TELL_TALE_KEYS:
                message = (
                    f"this looks like a manifest, but a {FILE_KEY} uses the file, so it is not read as one"
                )
                yield warning_at(document.mark, message)


def _about_names(names: Iterable[tuple[str, Mark]]) -> Iterator[Problem]:
    """Names that occur twice, which is an error, or that differ only in case, which is probably a slip."""
    places: dict[str, list[Mark]] = defaultdict(list)
    for name, mark in names:
        places[name].append(mark)
    spellings: dict[str, list[str]] = defaultdict(list)
    for name, marks in places.items():
        spellings[name.casefold()].append(name)
        for mark in marks if len(marks) > 1 else ():
            yield error_at(
                mark, f"the name {quoted(name)} is also declared {_others(marks, mark)}", ("name",)
            )
    for alike in spellings.values():
        firsts = [places[name][0] for name in alike]
        for name, mark in zip(alike, firsts, strict=True) if len(alike) > 1 else ():
            message = f"the name {quoted(name)} differs only in case from the one {_others(firsts, mark)}"
            yield warning_at(mark, message, ("name",))


def _name_in(document: Document) -> Iterator[tuple[str, Mark]]:
    """The name that a document declares, also when something else in it is wrong."""
    root = document.root
    if isinstance(root, LocatedMap) and isinstance(name := root.get("name"), str):
        yield name, root.values_at["name"]


def _others(marks: list[Mark], mark: Mark) -> str:
    others = [other for other in marks[: _OTHERS_NAMED_MAX + 1] if other != mark][:_OTHERS_NAMED_MAX]
    more = len(marks) - 1 - len(others)
    places = [f"at {file}:{line}:{column}" for file, line, column in others]
    return ", ".join([*places, f"in {more:,} more places"] if more else places)
