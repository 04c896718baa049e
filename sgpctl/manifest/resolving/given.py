"""Variables that the command line gives: `--var-file FILE`, a YAML or JSON map, and `--var NAME=VALUE`, which wins.

A VALUE is read as an unquoted YAML scalar: 3 is a number, true a truth value, null nothing, and what is none of these
is text. In quotes of its own it is always text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sgpctl.errors import ManifestError, UsageError
from sgpctl.limits import PROJECT_FILE_BYTES_MAX
from sgpctl.manifest import yaml_scalar
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.problem import Broken, Problem, error_at, listing, printable, quoted
from sgpctl.manifest.project import Environment, Project
from sgpctl.manifest.resolving.variables import defined_elsewhere, definitions
from sgpctl.manifest.text import read_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json, LocatedMap, Mark
from sgpctl.model.nearest import did_you_mean

_QUOTES = ('"', "'")


@dataclass(frozen=True, slots=True)
class Given:
    """What stands on the command line: assignments as they are written, and paths of files, each in their order."""

    assignments: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def given_variables(given: Given, project: Project, environment: Environment | None) -> LocatedMap | None:
    """The values of variables that `project` declares for `environment`; None where nothing is given.

    Raises ManifestError for what is wrong in a file, and UsageError for what is wrong in an assignment.
    """
    if not given.assignments and not given.files:
        return None
    declared = definitions(project, environment, None)
    elsewhere = defined_elsewhere(project, environment)
    values = LocatedMap(("--var", 1, 1))
    for file in given.files:
        for name, value, key_at, value_at in _of_file(Path(file), declared, elsewhere):
            values.put(name, value, key_at, value_at)
    for assignment in given.assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            raise UsageError(f"--var {quoted(assignment)} has no value", hint="Write it as --var NAME=VALUE.")
        if name not in declared:
            raise UsageError(
                f"--var {name}: {_about_undeclared(name, declared, elsewhere)}",
                hint=f"Declare it under `variables` in {project.file}.",
            )
        mark: Mark = (f"--var {name}", 1, 1)
        values.put(name, _value(name, text), mark, mark)
    return values


def _value(name: str, text: str) -> Json:
    if len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0]:
        parsed = read_yaml(text, f"--var {name}")
        if len(parsed.documents) != 1 or parsed.problems:
            raise UsageError(f"--var {name}: the value in quotes cannot be read")
        return parsed.documents[0].root
    try:
        return yaml_scalar.plain(text)[0]
    except ValueError as error:
        raise UsageError(f"--var {name}: {error}") from error


def _of_file(
    path: Path, declared: Mapping[str, object], elsewhere: Mapping[str, list[str]]
) -> Iterator[tuple[str, Json, Mark, Mark]]:
    """The values in one file, each with the places of its name and of itself. Raises ManifestError."""
    name = printable(str(path))
    try:
        source = read_text(path, name, PROJECT_FILE_BYTES_MAX)
    except Broken as broken:
        raise ManifestError(str(broken.problem)) from broken
    parsed = (read_json if path.suffix.lower() == ".json" else read_yaml)(source.text, name)
    root = parsed.documents[0].root if len(parsed.documents) == 1 else None
    problems: list[Problem] = [problem for problem in parsed.problems if problem.is_error]
    if not problems and not isinstance(root, LocatedMap):
        problems.append(error_at((name, 1, 1), "a file of variables holds one map from names to values"))
    for variable in root if isinstance(root, LocatedMap) else ():
        if variable not in declared and isinstance(root, LocatedMap):
            message = _about_undeclared(variable, declared, elsewhere)
            problems.append(error_at(root.keys_at[variable], message, (variable,)))
    if problems or not isinstance(root, LocatedMap):
        raise ManifestError(
            listing(problems), hint="Variables are declared under `variables` in sgpctl.yaml."
        )
    for variable, value in root.items():
        yield variable, value, root.keys_at[variable], root.values_at[variable]


def _about_undeclared(name: str, declared: Mapping[str, object], elsewhere: Mapping[str, list[str]]) -> str:
    if others := elsewhere.get(name):
        where = ", ".join(quoted(other) for other in others)
        return f"the variable {quoted(name)} is declared for {where}, not for the environment that was chosen"
    return f"there is no variable {quoted(name)}{did_you_mean(name, declared)}"
