"""What can be told from the source of a custom function without running it. The sandbox never runs one."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FunctionSignature:
    """The first function of a source."""

    name: str
    parameters: tuple[str, ...]
    defaulted: frozenset[str]


def signature_of(source: str) -> FunctionSignature:
    """The signature of the function that `source` defines.

    ValueError where the API refuses the source (API 3.3): no function, an async one, `*args` or `**kwargs`.
    """
    for statement in _parsed(source).body:
        if isinstance(statement, ast.AsyncFunctionDef):
            raise ValueError("the function may not be async")  # noqa: TRY004 - it is the value that is wrong
        if isinstance(statement, ast.FunctionDef):
            return _signature(statement)
    raise ValueError("the source must define a function with `def`")


def _parsed(source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the author's escapes, not about ours
            return ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"the source is not valid Python: {error.msg} (line {error.lineno})") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError("the source cannot be parsed as Python") from error


def _signature(function: ast.FunctionDef) -> FunctionSignature:
    arguments = function.args
    if arguments.vararg is not None or arguments.kwarg is not None:
        raise ValueError("the function may not take *args or **kwargs")
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    keyword_only = [argument.arg for argument in arguments.kwonlyargs]
    with_default = positional[len(positional) - len(arguments.defaults) :] + [
        name for name, default in zip(keyword_only, arguments.kw_defaults, strict=True) if default is not None
    ]
    return FunctionSignature(function.name, (*positional, *keyword_only), frozenset(with_default))
