"""What a CI says about the job that this process runs in, in the variables that its documentation names.

GitHub     docs.github.com/en/actions/reference/workflows-and-actions/variables
GitLab     docs.gitlab.com/ci/variables/predefined_variables
CircleCI   circleci.com/docs/variables
Jenkins    /pipeline-syntax/globals of every Jenkins, and its plugins for Git and for build users
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

_Said: TypeAlias = Mapping[str, str]

_GITHUB_PULL = re.compile(r"refs/pull/(\d+)/", re.ASCII)
_LAST_NUMBER = re.compile(r"/(\d+)/?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class CiRun:
    """One job as its CI describes it, word for word; None where it says nothing.

    `checkout` is the folder into which `commit` of `repository` was checked out. `pull_request` is its number.
    """

    run_url: str | None
    actor: str | None
    branch: str | None
    pull_request: str | None
    commit: str | None
    repository: str | None
    checkout: str | None


def ci_run(environ: Mapping[str, str]) -> CiRun | None:
    """The job of the CI that `environ` speaks of; None outside of one. A variable that is empty says nothing."""
    said = {name: value for name, value in environ.items() if value}
    for tell_tales, read in _CIS:
        if any(name in said for name in tell_tales):
            return read(said)
    return None


def _github(said: _Said) -> CiRun:
    repository = _joined(said.get("GITHUB_SERVER_URL"), said.get("GITHUB_REPOSITORY"))
    pull = _GITHUB_PULL.match(said.get("GITHUB_REF", ""))
    return CiRun(
        run_url=_joined(repository, "actions/runs", said.get("GITHUB_RUN_ID")),
        actor=said.get("GITHUB_TRIGGERING_ACTOR") or said.get("GITHUB_ACTOR"),
        branch=_github_branch(said),
        pull_request=pull[1] if pull else None,
        commit=said.get("GITHUB_SHA"),
        repository=repository,
        checkout=said.get("GITHUB_WORKSPACE"),
    )


def _github_branch(said: _Said) -> str | None:
    """That of the pull request, or of the push. `pull_request_target` names one and checks another out."""
    if said.get("GITHUB_EVENT_NAME") == "pull_request_target" or said.get("GITHUB_REF_TYPE") == "tag":
        return None
    return said.get("GITHUB_HEAD_REF") or said.get("GITHUB_REF_NAME")


def _gitlab(said: _Said) -> CiRun:
    pushed = None if "CI_COMMIT_TAG" in said else said.get("CI_COMMIT_REF_NAME")
    return CiRun(
        run_url=said.get("CI_JOB_URL"),
        actor=said.get("GITLAB_USER_LOGIN"),
        branch=said.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or pushed,
        pull_request=said.get("CI_MERGE_REQUEST_IID"),
        commit=said.get("CI_COMMIT_SHA"),
        repository=said.get("CI_PROJECT_URL"),
        checkout=said.get("CI_PROJECT_DIR"),
    )


def _circleci(said: _Said) -> CiRun:
    pull = said.get("CIRCLE_PULL_REQUEST", "")
    number = _LAST_NUMBER.search(pull)
    return CiRun(
        run_url=said.get("CIRCLE_BUILD_URL"),
        actor=said.get("CIRCLE_USERNAME"),
        branch=said.get("CIRCLE_BRANCH"),
        pull_request=number[1] if number else None,
        commit=said.get("CIRCLE_SHA1"),
        repository=said.get("CIRCLE_REPOSITORY_URL"),
        checkout=said.get("CIRCLE_WORKING_DIRECTORY"),
    )


def _jenkins(said: _Said) -> CiRun:
    return CiRun(
        run_url=said.get("BUILD_URL"),
        actor=said.get("BUILD_USER_ID") or said.get("CHANGE_AUTHOR"),
        branch=_jenkins_branch(said),
        pull_request=said.get("CHANGE_ID"),
        commit=said.get("GIT_COMMIT"),
        repository=said.get("GIT_URL"),
        checkout=said.get("WORKSPACE"),
    )


def _jenkins_branch(said: _Said) -> str | None:
    """For a pull request or a tag, `BRANCH_NAME` is no branch: `PR-12`, or the tag."""
    if "CHANGE_ID" in said or "TAG_NAME" in said:
        return said.get("CHANGE_BRANCH")
    checked_out = said.get("GIT_BRANCH")
    return said.get("BRANCH_NAME") or (
        checked_out.removeprefix("origin/") if checked_out not in {None, "detached"} else None
    )


def _joined(*parts: str | None) -> str | None:
    """An address of its parts; None when one is missing."""
    known = [part.strip("/") for part in parts if part is not None]
    return "/".join(known) if len(known) == len(parts) else None


# By which variables each is told. Jenkins comes last: its agents may run within another CI's job.
_CIS: tuple[tuple[tuple[str, ...], Callable[[_Said], CiRun]], ...] = (
    (("GITHUB_ACTIONS",), _github),
    (("GITLAB_CI",), _gitlab),
    (("CIRCLECI",), _circleci),
    (("JENKINS_URL", "JENKINS_HOME"), _jenkins),
)
