"""`sgpctl validate --format`: the same problems for people, programs, GitHub and code scanning."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.cli.conftest import Ended, Sgpctl, edit

FORMATS = ["text", "json", "github", "sarif"]


@pytest.fixture
def faulty(quickstart: Path) -> Path:
    """One error, and one warning in another file."""
    edit(quickstart / "evaluations/tone.yaml", "tags: [nightly]", "tags: nightly")
    edit(quickstart / "evaluations/human-review.yaml", "tags: [weekly]", "metadata: {urgent: yes}")
    return quickstart


def results(ended: Ended) -> list[tuple[str, str, int, int]]:
    """Level, file, line and column of the results in a SARIF document."""
    [run] = json.loads(ended.out)["runs"]
    found = []
    for result in run["results"]:
        [location] = result["locations"]
        place = location["physicalLocation"]
        region = place["region"]
        uri = unquote(place["artifactLocation"]["uri"])
        found.append((result["level"], uri, region["startLine"], region["startColumn"]))
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_is_the_same_in_every_format(form: str, faulty: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("validate", faulty, "--format", form).code == 1
    edit(faulty / "evaluations/tone.yaml", "tags: nightly", "tags: [nightly]")
    assert sgpctl("validate", faulty, "--format", form).code == 0


def test_text_is_the_default(faulty: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("validate", faulty) == sgpctl("validate", faulty, "--format", "text")


def test_text_tells_errors_first_and_warnings_all_the_same(faulty: Path, sgpctl: Sgpctl) -> None:
    first, second, last = sgpctl("validate", faulty).err.splitlines()
    assert first.startswith("evaluations/tone.yaml:3:7: tags: ")
    assert second.startswith("evaluations/human-review.yaml:3:20: warning: metadata.urgent: ")
    assert last == "1 problem, 1 warning in 2 files."


def test_json_holds_errors_and_warnings_with_their_places_and_counts(faulty: Path, sgpctl: Sgpctl) -> None:
    document = json.loads(sgpctl("validate", faulty, "--format", "json").out)
    assert document["format_version"] == "1.0"
    assert document["summary"] == {"files": 3, "evaluations": 2, "errors": 1, "warnings": 1}
    places = [
        [each[key] for key in ("severity", "file", "line", "column", "path")] for each in document["problems"]
    ]
    assert places == [
        ["warning", "evaluations/human-review.yaml", 3, 20, "metadata.urgent"],
        ["error", "evaluations/tone.yaml", 3, 7, "tags"],
    ]


def test_github_shows_problems_at_their_lines(faulty: Path, sgpctl: Sgpctl) -> None:
    warning, error = sgpctl("validate", faulty, "--format", "github").out.splitlines()
    assert warning.startswith("::warning file=evaluations/human-review.yaml,line=3,col=20,title=")
    assert error.startswith("::error file=evaluations/tone.yaml,line=3,col=7,title=")


def test_sarif_has_the_same_places(faulty: Path, sgpctl: Sgpctl) -> None:
    assert results(sgpctl("validate", faulty, "--format", "sarif")) == [
        ("warning", "evaluations/human-review.yaml", 3, 20),
        ("error", "evaluations/tone.yaml", 3, 7),
    ]


def test_places_are_told_from_the_repositorys_folder(faulty: Path, sgpctl: Sgpctl) -> None:
    (faulty.parent / ".git").mkdir()
    assert {file for _, file, _, _ in results(sgpctl("validate", faulty, "--format", "sarif"))} == {
        "quickstart/evaluations/human-review.yaml",
        "quickstart/evaluations/tone.yaml",
    }
    assert "file=quickstart/evaluations/tone.yaml," in sgpctl("validate", faulty, "--format", "github").out
    assert '"file": "evaluations/tone.yaml"' in sgpctl("validate", faulty, "--format", "json").out


def test_without_a_repository_places_are_told_from_where_it_was_started(
    faulty: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(faulty.parent)
    assert (
        "file=quickstart/evaluations/tone.yaml," in sgpctl("validate", "quickstart", "--format", "github").out
    )


def test_a_file_whose_name_is_odd_keeps_its_place(quickstart: Path, sgpctl: Sgpctl) -> None:
    name = "evaluations/50% {a}, b: ü#.yaml"
    (quickstart / name).write_text("name: 1\n")
    assert results(sgpctl("validate", quickstart, "--format", "sarif"))[0] == ("error", name, 1, 1)
    out = sgpctl("validate", quickstart, "--format", "github").out
    assert out.startswith("::error file=evaluations/50%25 {a}%2C b%3A ü#.yaml,line=1,")


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_a_faulty_project_file_is_reported_in_the_format(form: str, quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "sgpctl.yaml", "project: quickstart", "projekt: quickstart")
    ended = sgpctl("validate", quickstart, "--format", form)
    assert ended.code == 1
    match form:
        case "json":
            assert {each["file"] for each in json.loads(ended.out)["problems"]} == {"sgpctl.yaml"}
        case "github":
            assert "::error file=sgpctl.yaml,line=2,col=1," in ended.out
        case _:
            assert ("error", "sgpctl.yaml", 2, 1) in results(ended)


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_a_missing_project_is_one_problem_without_a_place(form: str, tmp_path: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("validate", tmp_path, "--format", form)
    assert ended.code == 1
    match form:
        case "json":
            [problem] = json.loads(ended.out)["problems"]
            assert (problem["severity"], problem["file"], problem["line"]) == ("error", None, None)
        case "github":
            assert ended.out.startswith("::error title=sgpctl::no project: ")
            assert ended.out.count("\n") == 1
        case _:
            [run] = json.loads(ended.out)["runs"]
            [invocation] = run["invocations"]
            assert invocation["executionSuccessful"] is False
            assert "no project" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_problems_depend_on_the_environment_that_is_named(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "sgpctl.yaml", "  prod:\n", "  prod:\n    variables: {tag: [1]}\n")
    edit(quickstart / "sgpctl.yaml", "budget:\n", "variables: {tag: nightly}\nbudget:\n")
    edit(quickstart / "evaluations/tone.yaml", "name: tone-of-refusals", 'name: "tone-${var.tag}"')
    assert sgpctl("validate", quickstart, "--format", "json").code == 0
    assert sgpctl("validate", quickstart, "--format", "json", "--env", "prod").code == 1
    assert sgpctl("validate", quickstart, "--format", "json", "--env", "prod", "--var", "tag=x").code == 0
