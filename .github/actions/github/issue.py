"""Keeps one open issue for as long as there is drift: `issue.py FILE CODE`, with the report and drift's exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api import Failed, GitHub, is_of_bot, marker

_DRIFTED = 2


def open_issue(github: GitHub, first_line: str) -> Mapping[str, Any] | None:
    for issue in github.pages("issues", state="open"):
        if is_of_bot(issue) and str(issue.get("body") or "").startswith(first_line):
            return issue
    return None


def settle(github: GitHub, first_line: str, title: str, text: str, *, has_drifted: bool) -> str:
    """Open, change or close the issue, and say what was done."""
    issue = open_issue(github, first_line)
    body = f"{first_line}\n{text}"
    if has_drifted and issue is None:
        return f"opened {github.send('POST', 'issues', {'title': title, 'body': body})['html_url']}"
    if issue is None:
        return "no issue is open"
    path = f"issues/{issue['number']}"
    if has_drifted:
        if issue["body"] != body:
            github.send("PATCH", path, {"body": body})
        return f"brought {issue['html_url']} up to date"
    github.send("POST", f"{path}/comments", {"body": "Nothing differs any more."})
    github.send("PATCH", path, {"state": "closed", "state_reason": "completed"})
    return f"closed {issue['html_url']}"


def main(path: str, code: str) -> int:
    directory, environment = os.environ.get("DIRECTORY", "."), os.environ.get("SGPCTL_ENVIRONMENT", "")
    first_line = marker("drift", directory, environment)
    title = f"Evaluations have drifted: {environment or directory}"
    text = Path(path).read_text(encoding="utf-8")
    try:
        print(settle(GitHub.of_job(), first_line, title, text, has_drifted=int(code) == _DRIFTED))
    except Failed as error:
        print(f"::error title=sgpctl::the drift report could not be written to an issue: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
