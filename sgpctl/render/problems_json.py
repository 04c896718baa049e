"""Problems as one JSON document, for any program."""

from __future__ import annotations

from sgpctl.model.finding import Severity
from sgpctl.model.located import Json
from sgpctl.render.problems_report import Report

_FORMAT_VERSION = "1.0"


def problems_document(report: Report) -> dict[str, Json]:
    """Files are named from the project's folder; what has no place has null for its file, line and column."""
    problems: list[Json] = [
        {
            "severity": problem.severity.value,
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "path": problem.path,
            "message": problem.message,
        }
        for problem in report.problems
    ]
    if report.failure is not None:
        problems.append(
            {
                "severity": Severity.ERROR.value,
                "file": None,
                "line": None,
                "column": None,
                "path": "",
                "message": report.failure,
            }
        )
    return {
        "format_version": _FORMAT_VERSION,
        "problems": problems,
        "summary": {
            "files": report.files,
            "evaluations": report.evaluations,
            "errors": report.errors,
            "warnings": report.warnings,
        },
    }
