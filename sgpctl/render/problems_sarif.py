"""Problems as SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import re
from urllib.parse import quote

from sgpctl.model.finding import Severity
from sgpctl.model.located import Json
from sgpctl.render.problems_report import Report, whole_message
from sgpctl.render.problems_text import Problem

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "%SRCROOT%"  # by convention, what the reader takes for the repository's folder
_RULES = {
    Severity.ERROR: (
        "invalid-manifest",
        "A manifest or the project file is wrong, and no plan is made of it.",
    ),
    Severity.WARNING: ("doubtful-manifest", "A manifest or the project file may not mean what was meant."),
}
_RULE_NUMBERS = {severity: number for number, severity in enumerate(_RULES)}
_LINK = re.compile(r"\[(?=[^\]]*\]\()|\](?=\()")


def sarif_document(report: Report, version: str) -> dict[str, Json]:
    """One run of sgpctl `version`. A run that had nothing to look at says why, and that it did not succeed."""
    failures: list[Json] = []
    if report.failure is not None:
        failures.append({"level": "error", "message": _message(report.failure)})
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "sgpctl",
                        "version": version,
                        "semanticVersion": version,
                        "rules": [_rule(severity) for severity in _RULES],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": report.failure is None,
                        "toolExecutionNotifications": failures,
                    }
                ],
                "results": [_result(problem, report) for problem in report.problems],
            }
        ],
    }


def _rule(severity: Severity) -> Json:
    name, text = _RULES[severity]
    return {
        "id": name,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": severity.value},
    }


def _result(problem: Problem, report: Report) -> Json:
    return {
        "ruleId": _RULES[problem.severity][0],
        "ruleIndex": _RULE_NUMBERS[problem.severity],
        "level": problem.severity.value,
        "message": _message(report.place_in_words(problem) + whole_message(problem)),
        "locations": _locations(problem, report.addresses.get(problem.file)),
    }


def _locations(problem: Problem, address: str | None) -> list[Json]:
    if address is None:
        return []
    place: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(address, safe="/"), "uriBaseId": _BASE},
            "region": {"startLine": problem.line, "startColumn": problem.column},
        }
    }
    if problem.path:
        place["logicalLocations"] = [{"fullyQualifiedName": problem.path}]
    return [place]


def _message(text: str) -> Json:
    """A plain text message: braces are doubled, since single ones are placeholders, and nothing becomes a link."""
    return {"text": _LINK.sub(r"\\\g<0>", text).replace("{", "{{").replace("}", "}}")}
