import pytest

from sgpctl.model.custom_function import MODULES, read_function
from sgpctl.model.finding import Severity


def said(source: str) -> list[str]:
    return [f"{finding.severity.value}: {finding.message}" for finding in read_function(source)[1]]


def test_a_signature_tells_what_a_function_asks_for() -> None:
    signature, findings = read_function('"""Scores."""\ndef score(a, /, b, c=1, *, d, e=2):\n    return 1\n')
    assert findings == ()
    assert signature is not None
    assert signature.name == "score"
    assert signature.parameters == ("a", "b", "c", "d", "e")
    assert signature.required == ("a", "b", "d")


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "def f(x):\nreturn 1",
        "def f(x):\n  return '\0'",
        "(" * 500,
        "def f(x): return " + "-" * 100_000 + "1",
    ],
    ids=["syntax", "indentation", "NUL", "nesting", "deep"],
)
def test_what_python_cannot_read_is_refused_in_words(source: str) -> None:
    signature, findings = read_function(source)
    assert signature is None
    assert [finding.message.startswith("is not Python") for finding in findings] == [True]


def test_a_syntax_error_names_its_line() -> None:
    assert "line 2" in said("def f(x):\n  return (\n")[0]


@pytest.mark.parametrize("source", ["", "1 + 1", "f = lambda x: 1", "class Score: pass"])
def test_a_source_without_a_function_is_refused(source: str) -> None:
    assert said(source) == [
        "error: must define one function with 'def'; a lambda or a bare expression does not do"
    ]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_documented_modules_may_be_imported_in_the_body(module: str) -> None:
    assert said(f"def f(x):\n    import {module}\n    return 1") == []


def test_a_submodule_of_a_documented_module_may_be_imported() -> None:
    assert said("def f(x):\n    from collections.abc import Mapping\n    return 1") == []


def test_inner_functions_and_lambdas_are_nobodys_business() -> None:
    assert said("def f(x):\n    def g(*a): return 1\n    return max(x, key=lambda y: g(y))") == []


def test_odd_escapes_in_a_string_are_not_turned_into_a_python_warning() -> None:
    assert said("def f(x):\n    return len('\\d')") == []


def test_a_doubt_leaves_the_signature_readable() -> None:
    signature, findings = read_function("import math\ndef f(x): return 1")
    assert signature is not None
    assert {finding.severity for finding in findings} == {Severity.WARNING}
