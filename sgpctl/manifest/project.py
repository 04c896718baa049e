"""The project: the folder with a `sgpctl.yaml`, and what that file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sgpctl.errors import ProjectError, SettingsError
from sgpctl.limits import PROJECT_FILE_BYTES_MAX, ROWS_COMPARED_MAX
from sgpctl.manifest.problem import (
    Broken,
    Problem,
    error_at,
    in_order,
    listing,
    located,
    places_of_errors,
    printable,
    quoted,
)
from sgpctl.manifest.project_file import EnvironmentSection, ProjectSection, ReviewSection, read_section
from sgpctl.manifest.resolving.default_keys import default_problems
from sgpctl.manifest.resolving.project_references import literal_settings
from sgpctl.manifest.resolving.references import mentioned_variables
from sgpctl.manifest.text import Text, read_text, reason
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json, LocatedMap, Mark, value_mark
from sgpctl.model.nearest import did_you_mean

PROJECT_FILE = "sgpctl.yaml"
DEFAULTS_FILE = "_defaults.yaml"

_NAME_A_FOLDER = f"name the folder that holds the project's {PROJECT_FILE}"
_AT_LEAST = "it needs at least `version: 1` and `project: <name>`"


class Target(StrEnum):
    """Where an environment is: the embedded sandbox, or one of the hosts that the official SDK knows (API 1.1)."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"
    PRODUCTION_MULTITENANT = "production-multitenant"
    STAGING = "staging"
    DEVELOPMENT = "development"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Environment:
    """A named target. Without `target` and `base_url` the address comes from SGP_CLIENT_BASE_URL.

    `database` is set for a sandbox only, relative to the project's folder. `account_id` is the one that is pinned.
    `lock` says that an apply keeps a lease there. `variables` and `defaults` are as they are written, references and
    all.
    """

    name: str
    target: Target | None = None
    base_url: str | None = None
    account_id: str | None = None
    database: str | None = None
    lock: bool = False
    variables: LocatedMap | None = None
    defaults: LocatedMap | None = None

    @property
    def is_sandbox(self) -> bool:
        return self.target is Target.SANDBOX


@dataclass(frozen=True, slots=True)
class Safety:
    """How many evaluations one apply may archive: a number, or a share of the owned (a float, 0.25 for "25%")."""

    max_archive: int | float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What one apply may start at most; None where there is no bound."""

    model_calls: int | None = None
    rows: int | None = None
    human_tasks: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What plans show of rows: the key of manifests that name none, and how many old rows are read to compare them."""

    row_key: str | None = None
    rows_compared: int = ROWS_COMPARED_MAX
    row_key_at: Mark | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project file that is in order. `root` is its folder, with links followed; `file` its name in messages.

    `manifests`, `exclude` and `allow_ignored` are paths or globs below the root; no `manifests` means everything.
    `places` knows where each of the first two stands in the file, by key and index. `variables` and `defaults` are as they are written, references
    and all; `mentions` are the variables that the file itself refers to, `digest` is that of its bytes.
    """

    root: Path
    file: str
    name: str
    manifests: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_ignored: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)
    default_environment: str | None = None
    safety: Safety = field(default_factory=Safety)
    budget: Budget = field(default_factory=Budget)
    review: Review = field(default_factory=Review)
    warnings: tuple[Problem, ...] = ()
    places: Mapping[tuple[str, int], Mark] = field(default_factory=dict)
    variables: LocatedMap | None = None
    defaults: LocatedMap | None = None
    mentions: frozenset[str] = frozenset()
    digest: str = field(default="", compare=False)

    def place_of(self, key: str, index: int) -> Mark:
        return self.places.get((key, index), (self.file, 1, 1))


class ProjectFileError(ProjectError):
    """The project file in the folder `root` cannot be used; `problems` are all that was found in it."""

    is_listing = True

    def __init__(self, problems: tuple[Problem, ...], root: Path) -> None:
        errors = (problem for problem in problems if problem.is_error)
        super().__init__(listing(errors), hint=f"in {printable(str(root))}")
        self.problems = problems
        self.root = root


def find_project(start: Path) -> Project:
    """The project in the folder `start` or in the nearest folder above it. Raises `ProjectError`."""
    named = printable(str(start))
    try:
        folder = start.resolve(strict=True)
        is_folder = folder.is_dir()
        is_empty = is_folder and not any(folder.iterdir())
        homes = [home for home in (folder, *folder.parents) if is_folder and (home / PROJECT_FILE).exists()]
    except FileNotFoundError as error:
        raise ProjectError(f"{named} does not exist", hint=_NAME_A_FOLDER) from error
    except RuntimeError as error:  # Python before 3.13 says so of links that form a circle
        raise ProjectError(f"{named} is a link that leads to itself", hint=_NAME_A_FOLDER) from error
    except OSError as error:
        raise ProjectError(f"{named} cannot be read: {reason(error)}") from error
    if not is_folder:
        raise ProjectError(f"{named} is not a folder", hint=_NAME_A_FOLDER)
    if not homes:
        state = "is empty" if is_empty else f"has no {PROJECT_FILE}"
        raise ProjectError(
            f"no project: {named} {state}, and no folder above it has a {PROJECT_FILE}",
            hint="`sgpctl init` makes a project; or name the folder of one",
        )
    return read_project(homes[0])


def read_project(root: Path) -> Project:
    """The project whose file is in `root`, a folder without links in its path. Raises `ProjectError`."""
    try:
        source = read_text(root / PROJECT_FILE, PROJECT_FILE, PROJECT_FILE_BYTES_MAX)
    except Broken as broken:
        raise ProjectFileError((broken.problem,), root) from broken
    parsed = read_yaml(source.text, PROJECT_FILE)
    problems = [*source.problems, *parsed.problems]
    section = None
    document: Json = None
    if len(parsed.documents) == 1:
        document, references = literal_settings(parsed.documents[0].root, parsed.documents[0].mark)
        section, findings = read_section(document)
        problems += references
        problems += located(findings, document, parsed.documents[0].mark, places_of_errors(problems))
        problems += _about_defaults(document)
    elif not any(problem.is_error for problem in problems):
        what = "holds several documents" if parsed.documents else "is empty"
        problems.append(error_at((PROJECT_FILE, 1, 1), f"the project file {what}; {_AT_LEAST}"))
    problems = list(in_order(problems))
    if section is None or any(problem.is_error for problem in problems):
        raise ProjectFileError(tuple(problems), root)
    return _project(root, section, document, tuple(problems), source)


def _about_defaults(document: Json) -> Iterator[Problem]:
    """What is wrong with the keys of all `defaults` in the file."""
    environments = _map_in(document, "environments")
    holders: list[tuple[Json, tuple[str, ...]]] = [(document, ())]
    holders += ((part, ("environments", name)) for name, part in (environments or {}).items())
    for holder, path in holders:
        if (defaults := _map_in(holder, "defaults")) is not None:
            yield from default_problems(defaults, defaults.mark, (*path, "defaults"))


def _map_in(holder: Json, key: str) -> LocatedMap | None:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, LocatedMap) else None


def _project(
    root: Path, section: ProjectSection, document: Json, warnings: tuple[Problem, ...], source: Text
) -> Project:
    environments = _map_in(document, "environments")
    places = {
        (key, index): mark
        for key, entries in (("manifests", section.manifests), ("exclude", section.exclude))
        for index in range(len(entries or ()))
        if (mark := value_mark(document, (key, index))) is not None
    }
    safety, budget = section.safety, section.budget
    return Project(
        root=root,
        file=PROJECT_FILE,
        name=section.project,
        manifests=tuple(section.manifests or ()),
        exclude=tuple(section.exclude or ()),
        allow_ignored=tuple(section.allow_ignored or ()),
        environments={
            name: _environment(name, part or EnvironmentSection(), _map_in(environments, name))
            for name, part in (section.environments or {}).items()
        },
        default_environment=section.default_environment,
        safety=Safety(safety.max_archive) if safety is not None else Safety(),
        budget=Budget(budget.model_calls, budget.rows, budget.human_tasks)
        if budget is not None
        else Budget(),
        review=_review(section.review or ReviewSection(), document),
        warnings=warnings,
        places=places,
        variables=_map_in(document, "variables"),
        defaults=_map_in(document, "defaults"),
        mentions=mentioned_variables(source.text),
        digest=source.digest,
    )


def _review(section: ReviewSection, document: Json) -> Review:
    rows = section.rows_compared
    place = None if section.row_key is None else value_mark(document, ("review", "row_key"))
    return Review(section.row_key, ROWS_COMPARED_MAX if rows is None else rows, place)


def _environment(name: str, section: EnvironmentSection, document: LocatedMap | None) -> Environment:
    target = Target(section.target) if section.target is not None else None
    database = section.database or (f".sgpctl/{name}.db" if target is Target.SANDBOX else None)
    return Environment(
        name,
        target,
        section.base_url,
        section.account_id,
        database,
        section.lock if section.lock is not None else target is not Target.SANDBOX,
        _map_in(document, "variables"),
        _map_in(document, "defaults"),
    )


def choose_environment(project: Project, wanted: str | None) -> Environment:
    """The environment called `wanted`; without that the default, or the only one there is. Raises `SettingsError`."""
    names = project.environments
    if not names:
        raise SettingsError(
            f"{project.file} names no environment",
            hint="add one: `environments: {sandbox: {target: sandbox}}`",
        )
    name = wanted or project.default_environment or (next(iter(names)) if len(names) == 1 else None)
    known = ", ".join(sorted(names))
    if name is None:
        raise SettingsError(
            f"{project.file} names several environments and no default_environment",
            hint=f"choose one with --env: {known}",
        )
    if name not in names:
        raise SettingsError(
            f"there is no environment {quoted(name)}{did_you_mean(name, names)}",
            hint=f"{project.file} names: {known}",
        )
    return names[name]


def environment_to_check(project: Project, wanted: str | None) -> Environment | None:
    """The environment in which manifests are looked at offline: as `choose_environment` does, or none at all.

    None where nobody names one and the project names none or several without a default. Raises `SettingsError`.
    """
    is_clear = wanted is not None or project.default_environment is not None or len(project.environments) == 1
    return choose_environment(project, wanted) if is_clear else None
