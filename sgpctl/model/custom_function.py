"""What makes a `custom_function` fail where it runs: the rules for its source, and its arguments (API 3.3)."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from sgpctl.limits import CONFIG_ARGS_CHARS_MAX
from sgpctl.model.alias import effective_alias
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Json, Path
from sgpctl.model.nearest import Hints

MODULES = (
    *("collections", "copy", "datetime", "decimal", "difflib", "fractions", "functools"),
    *("itertools", "json", "math", "re", "statistics", "textwrap", "unicodedata"),
)

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def function_findings(
    task: Mapping[str, Json], path: Path, columns: frozenset[str] | None, hints: Hints
) -> Iterator[Finding]:
    """What is wrong with a custom function; nothing for other tasks. `columns` is None when not all are known."""
    configuration = task.get("configuration")
    if task.get("task_type") != "custom_function" or not isinstance(configuration, dict):
        return
    path = (*path, "configuration")
    source = configuration.get("function_source")
    if isinstance(source, str):
        signature, problems = read_function(source)
        yield from (replace(problem, path=(*path, "function_source")) for problem in problems)
        if signature is not None:
            yield from _argument_findings(signature, configuration, path, columns, hints)
            if not task.get("alias") and effective_alias(task) != signature.name:
                yield Finding(path[:-1], "needs an alias: the name of its function cannot be told for sure")
    arguments = configuration.get("config_args")
    if isinstance(arguments, dict):
        length = len(json.dumps(arguments, ensure_ascii=False, separators=(",", ":")))
        if length > CONFIG_ARGS_CHARS_MAX:
            yield Finding(
                (*path, "config_args"),
                f"must be at most {CONFIG_ARGS_CHARS_MAX:,} characters of JSON, is {length:,}",
            )


def _argument_findings(
    signature: Signature,
    configuration: Mapping[str, Json],
    path: Path,
    columns: frozenset[str] | None,
    hints: Hints,
) -> Iterator[Finding]:
    given: set[str] = set()
    for key in ("arg_mapping", "config_args"):
        arguments = configuration.get(key)
        for name in arguments if isinstance(arguments, dict) else ():
            given.add(name)
            if name not in signature.parameters:
                hint = hints.did_you_mean(name, signature.parameters)
                message = f"{signature.name} has no parameter '{name}'{hint}"
                yield Finding((*path, key, name), message, Severity.WARNING, on_key=True)
    for name in signature.required:
        if name not in given and columns is not None and name not in columns:
            message = (
                f"parameter '{name}' of {signature.name} is no column; give it in arg_mapping or config_args"
            )
            yield Finding((*path, "function_source"), message, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function asks for; `required` are the parameters without a default."""

    name: str
    parameters: tuple[str, ...]
    required: tuple[str, ...]


def read_function(source: str) -> tuple[Signature | None, tuple[Finding, ...]]:
    """The signature of the one function in `source`, None when an error hides it; and what is wrong with the source."""
    try:
        module = _parse(source)
    except SyntaxError as error:
        line = f"line {error.lineno}: " if error.lineno else ""
        return None, (Finding((), f"is not Python: {line}{error.msg}"),)
    except (ValueError, RecursionError, MemoryError):
        return None, (Finding((), "is not Python that can be read: too deeply nested, or it holds a NUL"),)
    functions = [part for part in module.body if isinstance(part, _Function)]
    if len(functions) != 1:
        return None, (Finding((), _not_one_function(functions)),)
    function = functions[0]
    findings = (*_rules_of(function), *_surroundings_of(module, function), *_imports_of(module))
    is_usable = all(finding.severity is Severity.WARNING for finding in findings)
    return _signature(function) if is_usable else None, findings


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in a user's strings are no business of ours
        return ast.parse(source)


def _not_one_function(functions: list[_Function]) -> str:
    if functions:
        return f"must define one function, defines {', '.join(function.name for function in functions)}"
    return "must define one function with 'def'; a lambda or a bare expression does not do"


def _rules_of(function: _Function) -> Iterator[Finding]:
    arguments = function.args
    if isinstance(function, ast.AsyncFunctionDef):
        yield Finding((), f"{_at(function)}{function.name} must not be async")
    for star, parameter in (("*", arguments.vararg), ("**", arguments.kwarg)):
        if parameter is not None:
            yield Finding(
                (), f"{_at(function)}{function.name} must name its parameters: no {star}{parameter.arg}"
            )
    if function.decorator_list:
        yield _warning(function, f"{function.name} has a decorator, which will hardly exist where it runs")


def _surroundings_of(module: ast.Module, function: _Function) -> Iterator[Finding]:
    for part in module.body:
        is_text = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
        if part is not function and not is_text:
            yield _warning(
                part, f"only {function.name} itself is sure to exist where it runs; move this into its body"
            )


def _imports_of(module: ast.Module) -> Iterator[Finding]:
    for part in ast.walk(module):
        if isinstance(part, ast.Import):
            names = [alias.name for alias in part.names]
        elif isinstance(part, ast.ImportFrom):
            names = [part.module or "."]
        else:
            continue
        for name in names:
            if name.partition(".")[0] not in MODULES:
                yield _warning(part, f"'{name}' cannot be imported there; only {', '.join(MODULES)} can")


def _signature(function: _Function) -> Signature:
    arguments = function.args
    positional = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
    named = [parameter.arg for parameter in arguments.kwonlyargs]
    required = positional[: len(positional) - len(arguments.defaults)]
    required += [name for name, default in zip(named, arguments.kw_defaults, strict=True) if default is None]
    return Signature(function.name, (*positional, *named), tuple(required))


def _at(part: ast.stmt) -> str:
    return f"line {part.lineno}: "


def _warning(part: ast.stmt, message: str) -> Finding:
    return Finding((), _at(part) + message, Severity.WARNING)
