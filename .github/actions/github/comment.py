"""Keeps one comment per pull request and environment: written once, then changed in place.

`comment.py FILE`, in a job of a pull request. DIRECTORY and SGPCTL_ENVIRONMENT tell comments apart.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from api import Failed, GitHub, is_of_bot, marker, warn


def pull_request_of_job() -> int | None:
    """The number of the pull request that the job runs for."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    number = (event.get("pull_request") or {}).get("number")
    return number if isinstance(number, int) else None


def upsert(github: GitHub, number: int, first_line: str, text: str) -> str:
    """Write or change the comment that begins with `first_line`; returns its address."""
    body = {"body": f"{first_line}\n{text}"}
    for comment in github.pages(f"issues/{number}/comments"):
        if is_of_bot(comment) and str(comment["body"]).startswith(first_line):
            return str(github.send("PATCH", f"issues/comments/{comment['id']}", body)["html_url"])
    return str(github.send("POST", f"issues/{number}/comments", body)["html_url"])


def main(path: str) -> int:
    number = pull_request_of_job()
    if number is None:
        print("This job runs for no pull request; the plan is in its summary.")
        return 0
    first_line = marker("plan", os.environ.get("DIRECTORY", "."), os.environ.get("SGPCTL_ENVIRONMENT", ""))
    try:
        address = upsert(GitHub.of_job(), number, first_line, Path(path).read_text(encoding="utf-8"))
    except Failed as error:
        warn(f"The plan could not be written to the pull request; it is in the job's summary. {error}")
        return 0
    print(f"The plan is at {address}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
