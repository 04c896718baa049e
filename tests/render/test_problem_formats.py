"""The forms of problems that programs read: nothing in a name or message can pass for something else."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # has no types, and only a test needs it
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.manifest.problem import error_at, warning_at
from sgpctl.render.json_text import json_text
from sgpctl.render.problems_github import workflow_commands
from sgpctl.render.problems_json import problems_document
from sgpctl.render.problems_report import Report
from sgpctl.render.problems_sarif import sarif_document
from sgpctl.render.problems_text import Problem
from tests.render.problem_reports import REPORTS

# What the SARIF 2.1.0 schema requires and allows, as far as these documents use it: the parts of
# https://json.schemastore.org/sarif-2.1.0.json in words of our own.
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION = {
    "type": "object",
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "properties": {
                        "uri": {"type": "string", "pattern": r"^(?!/)[A-Za-z0-9._~/%-]+$"},
                        "uriBaseId": {"type": "string"},
                    },
                },
                "region": {
                    "type": "object",
                    "properties": {
                        "startLine": {"type": "integer", "minimum": 1},
                        "startColumn": {"type": "integer", "minimum": 1},
                    },
                    "additionalProperties": False,
                },
            },
        },
        "logicalLocations": {
            "type": "array",
            "items": {"type": "object", "properties": {"fullyQualifiedName": {"type": "string"}}},
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "level"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": MESSAGE,
        "locations": {"type": "array", "items": LOCATION},
    },
}
RULE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "shortDescription": MESSAGE,
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
    },
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "version": {"type": "string", "minLength": 1},
        "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
        "rules": {"type": "array", "items": RULE, "uniqueItems": True},
    },
}
INVOCATION = {
    "type": "object",
    "required": ["executionSuccessful"],
    "properties": {
        "executionSuccessful": {"type": "boolean"},
        "toolExecutionNotifications": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message"],
                "properties": {"message": MESSAGE, "level": LEVEL},
            },
        },
    },
}
RUN = {
    "type": "object",
    "required": ["tool", "results"],
    "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": DRIVER}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "invocations": {"type": "array", "items": INVOCATION},
        "results": {"type": "array", "items": RESULT},
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN, "minItems": 1},
    },
}

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "\n::error::forged",
        "a\r\n::stop-commands::x",
        "%0A::debug::x",
        "x,line=1::forged",
        "[here](http://evil)",
        "{0}",
    ]
)
LINES = st.integers(1, 9)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    problems = []
    for _ in range(draw(st.integers(0, 3))):
        at = warning_at if draw(st.booleans()) else error_at
        mark = (draw(TEXTS), draw(LINES), draw(LINES))
        problems.append(at(mark, draw(TEXTS.filter(bool)), (draw(TEXTS),)))
    addresses = {problem.file: f"evals/{problem.file}" for problem in problems if draw(st.booleans())}
    return Report(problems, addresses, draw(st.none() | TEXTS.filter(bool)))


def sarif(report: Report) -> Any:
    document = json.loads(json_text(sarif_document(report, "1.2.3")))
    [run] = document["runs"]
    return document, run


def check_sarif(document: object) -> None:
    jsonschema.Draft202012Validator(SARIF).validate(document)


def unescaped(text: str) -> str:
    """What the runner of GitHub Actions makes of an escaped text."""
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


@given(reports())
def test_a_workflow_command_is_one_line_for_each_problem_whatever_it_says(report: Report) -> None:
    lines = re.split(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", workflow_commands(report))
    assert lines.pop() == ""
    assert len(lines) == len(report.problems) + (report.failure is not None)
    for line in lines:
        command = re.fullmatch(r"::(error|warning) ([^:]*)::(.*)", line)
        assert command is not None
        names = [part.partition("=")[0] for part in command[2].split(",")]
        assert names in (["file", "line", "col", "title"], ["title"])


@given(reports())
def test_a_runner_reads_the_files_and_lines_as_they_are(report: Report) -> None:
    located = [problem for problem in report.problems if problem.file in report.addresses]
    found = re.findall(r"::\w+ file=([^,]*),line=(\d+),col=(\d+),", workflow_commands(report))
    assert [(int(line), int(column)) for _, line, column in found] == [
        (problem.line, problem.column) for problem in located
    ]
    for (file, _, _), problem in zip(found, located, strict=True):
        assert unescaped(file) == f"evals/{problem.file}" or not problem.file.isprintable()


@given(reports())
def test_sarif_fits_its_schema_whatever_the_problems_say(report: Report) -> None:
    document, run = sarif(report)
    check_sarif(document)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]


@given(reports())
def test_a_sarif_message_holds_no_placeholder_and_no_link(report: Report) -> None:
    _, run = sarif(report)
    for result in run["results"]:
        text = result["message"]["text"]
        assert "{" not in text.replace("{{", "").replace("}}", "")
        assert not re.search(r"(?<!\\)\[[^\]\\]*\]\(", text)


@given(reports())
def test_json_says_all_that_the_problems_say(report: Report) -> None:
    document = json.loads(json_text(problems_document(report)))
    located = [
        (each["severity"], each["file"], each["line"], each["column"], each["path"], each["message"])
        for each in document["problems"]
        if each["file"] is not None
    ]
    assert located == [_fields(problem) for problem in report.problems]
    assert document["summary"]["errors"] + document["summary"]["warnings"] == len(document["problems"])


def _fields(problem: Problem) -> tuple[str, str, int, int, str, str]:
    return (problem.severity.value, problem.file, problem.line, problem.column, problem.path, problem.message)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_golden_reports_fit_the_schema_of_sarif(name: str) -> None:
    check_sarif(sarif(REPORTS[name])[0])
