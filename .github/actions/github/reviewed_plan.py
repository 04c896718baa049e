"""Finds the plan that was reviewed in the pull request of the commit that is merged: `reviewed_plan.py FILE`.

The plan action leaves it as an artifact that is named for the head commit of the pull request. It is written to FILE, and
`apply FILE` refuses it when anything moved since. Without one, the job ends with 1.
"""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api import Failed, GitHub

_PLAN = "plan.json"


def artifact_name(environment: str, commit: str) -> str:
    return f"sgpctl-plan-{environment or 'default'}-{commit}"


def merged_pull_request(github: GitHub, commit: str) -> Mapping[str, Any]:
    """The pull request that `commit` merged. Raises Failed when nobody merged one into it."""
    for pull_request in github.get(f"commits/{commit}/pulls"):
        if pull_request.get("merged_at") and pull_request.get("merge_commit_sha") == commit:
            found: Mapping[str, Any] = pull_request
            return found
    raise Failed(f"{commit} does not come from a merged pull request, so nobody reviewed a plan of it")


def reviewed_plan(github: GitHub, commit: str, environment: str) -> bytes:
    """The document of the newest plan of that pull request's last commit, made by a job of this repository."""
    pull_request = merged_pull_request(github, commit)
    head = str(pull_request["head"]["sha"])
    name = artifact_name(environment, head)
    for artifact in github.pages("actions/artifacts", "artifacts", name=name):
        run = artifact.get("workflow_run") or {}
        is_ours = run.get("head_repository_id") == run.get("repository_id") and run.get("head_sha") == head
        if is_ours and not artifact.get("expired"):
            with zipfile.ZipFile(io.BytesIO(github.download(str(artifact["archive_download_url"])))) as files:
                return files.read(_PLAN)
    raise Failed(
        f"pull request #{pull_request['number']} has no plan of {head} for {environment or 'this project'}: "
        "its job did not end, or the artifact has expired"
    )


def main(path: str) -> int:
    commit, environment = os.environ["GITHUB_SHA"], os.environ.get("SGPCTL_ENVIRONMENT", "")
    try:
        Path(path).write_bytes(reviewed_plan(GitHub.of_job(), commit, environment))
    except (Failed, zipfile.BadZipFile, KeyError) as error:
        print(f"::error title=sgpctl::no reviewed plan: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
