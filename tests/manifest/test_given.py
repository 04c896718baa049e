"""Variables of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.errors import ManifestError, UsageError
from sgpctl.manifest.loader import load
from sgpctl.manifest.resolving.given import Given, given_variables
from sgpctl.model.located import Json
from tests.manifest.projects import errors, lines, make_files, make_project

SETTINGS = (
    "variables: {model: a, tone: calm, n: 1}\n"
    "environments: {dev: {variables: {own: 1, model: dev}}, prod: {variables: {there: 1}}}\n"
)
MANIFEST = "name: one\ndata: [{q: 1}]\nmetadata: {m: '${var.model}', t: '${var.tone}', n: '${var.n}', o: '${var.own}'}\n"


def metadata(root: Path, given: Given) -> Json:
    project = make_project(root, {"a.yaml": MANIFEST}, SETTINGS)
    environment = project.environments["dev"]
    loaded = load(project, environment, given_variables(given, project, environment))
    assert errors(loaded) == []
    return loaded.desired[0].body["metadata"]


def refusal(root: Path, given: Given) -> str:
    project = make_project(root, {}, SETTINGS)
    with pytest.raises((UsageError, ManifestError)) as caught:
        given_variables(given, project, project.environments["dev"])
    return caught.value.message


def test_what_stands_nearer_to_the_command_wins(tmp_path: Path) -> None:
    make_files(tmp_path, {"one.yaml": "model: one\ntone: one\nn: 2\n", "two.json": '{"tone": "two", "n": 3}'})
    files = (str(tmp_path / "one.yaml"), str(tmp_path / "two.json"))
    assert metadata(tmp_path / "p", Given()) == {"m": "dev", "t": "calm", "n": 1, "o": 1}
    assert metadata(tmp_path / "p", Given((), files)) == {"m": "one", "t": "two", "n": 3, "o": 1}
    assert metadata(tmp_path / "p", Given(("n=4", "own=x"), files)) == {
        "m": "one",
        "t": "two",
        "n": 4,
        "o": "x",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ("no", "no"),
        ('"3"', "3"),
        ("'it''s'", "it's"),
        ("a: b = [c]", "a: b = [c]"),
        ("@x", "@x"),
        ("[1]", "[1]"),
    ],
)
def test_a_value_is_read_as_an_unquoted_scalar(tmp_path: Path, text: str, value: Json) -> None:
    found = metadata(tmp_path, Given((f"n={text}",)))
    assert isinstance(found, dict)
    assert (found["n"], type(found["n"])) == (value, type(value))


def test_a_variable_that_is_given_nothing_is_no_text_and_in_quotes_it_is_an_empty_one(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": "name: a\ndata: [{q: 1}]\ndescription: Hello ${var.tone}\n"}
    project = make_project(tmp_path, files, SETTINGS)
    nothing = load(project, variables=given_variables(Given(("tone=",)), project, None))
    assert errors(nothing) == [
        "a.yaml:3:14: description: '${var.tone}' is null (the value is from --var tone:1); inside longer text "
        'a value must stand: write "" for an empty one, on the command line --var \'tone=""\''
    ]
    empty = load(project, variables=given_variables(Given(('tone=""',)), project, None))
    assert empty.desired[0].description == "Hello "


def test_a_value_may_refer_to_other_variables(tmp_path: Path) -> None:
    found = metadata(tmp_path, Given(("tone=${var.model} and kind",)))
    assert isinstance(found, dict)
    assert found["t"] == "dev and kind"


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("tone", "--var 'tone' has no value"),
        ("=x", "--var '=x' has no value"),
        ("tnoe=x", "--var tnoe: there is no variable 'tnoe'; did you mean 'tone'?"),
        ("there=x", "is declared for 'prod', not for the environment that was chosen"),
        ("n=.nan", "--var n: .nan is not a number that JSON can carry"),
        ('n="\\q"', "--var n: the value in quotes cannot be read"),
    ],
)
def test_an_assignment_that_is_wrong_says_why(tmp_path: Path, assignment: str, expected: str) -> None:
    assert expected in refusal(tmp_path, Given((assignment,)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tone: x\ntnoe: y\n", "vars.yaml:2:1: tnoe: there is no variable 'tnoe'; did you mean 'tone'?"),
        ("- tone\n", "vars.yaml:1:1: a file of variables holds one map from names to values"),
        ("", "vars.yaml:1:1: a file of variables holds one map from names to values"),
        ("tone: [\n", "vars.yaml:2:1: "),
    ],
)
def test_a_file_of_variables_that_is_wrong_says_where(tmp_path: Path, text: str, expected: str) -> None:
    make_files(tmp_path, {"vars.yaml": text})
    assert expected in refusal(tmp_path / "p", Given((), (str(tmp_path / "vars.yaml"),)))


def test_a_file_of_variables_that_is_not_there_is_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, Given((), ("gone.yaml",)))
    assert message == "gone.yaml:1:1: the file cannot be read: no such file or directory"


def test_a_mistake_in_a_given_value_is_told_with_its_option(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"a.yaml": MANIFEST}, SETTINGS)
    environment = project.environments["dev"]
    variables = given_variables(Given(("tone=${var.modl}",)), project, environment)
    assert lines(load(project, environment, variables)) == [
        "--var tone:1:1: variables.tone: there is no variable 'modl'; did you mean 'model'?"
    ]


def test_a_file_of_variables_cannot_bring_files_along(tmp_path: Path) -> None:
    make_files(tmp_path, {"vars.yaml": "tone: {$file: /etc/passwd}\n"})
    project = make_project(tmp_path / "p", {"a.yaml": MANIFEST}, SETTINGS)
    environment = project.environments["dev"]
    variables = given_variables(Given((), (str(tmp_path / "vars.yaml"),)), project, environment)
    assert (
        "a $file cannot come from outside the project's files"
        in errors(load(project, environment, variables))[0]
    )
