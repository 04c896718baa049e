"""What each CI says of its job, with variables as its documentation describes them."""

from __future__ import annotations

import pytest

from sgpctl.cli.ci import CiRun, ci_run

SHA = "9f2c1e7b0a4d5566778899aabbccddeeff001122"

GITHUB_PUSH = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/evals",
    "GITHUB_RUN_ID": "1658821493",
    "GITHUB_ACTOR": "ann",
    "GITHUB_TRIGGERING_ACTOR": "ben",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REF_NAME": "main",
    "GITHUB_REF_TYPE": "branch",
    "GITHUB_HEAD_REF": "",
    "GITHUB_BASE_REF": "",
    "GITHUB_SHA": SHA,
    "GITHUB_WORKSPACE": "/home/runner/work/evals/evals",
}
GITHUB_PULL_REQUEST = {
    **GITHUB_PUSH,
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_REF": "refs/pull/412/merge",
    "GITHUB_REF_NAME": "412/merge",
    "GITHUB_HEAD_REF": "shorter-answers",
    "GITHUB_BASE_REF": "main",
}
GITLAB_PUSH = {
    "CI": "true",
    "GITLAB_CI": "true",
    "CI_JOB_URL": "https://gitlab.example.com/acme/evals/-/jobs/88",
    "CI_PIPELINE_URL": "https://gitlab.example.com/acme/evals/-/pipelines/9",
    "GITLAB_USER_LOGIN": "ann",
    "CI_COMMIT_REF_NAME": "main",
    "CI_COMMIT_BRANCH": "main",
    "CI_COMMIT_SHA": SHA,
    "CI_PROJECT_URL": "https://gitlab.example.com/acme/evals",
    "CI_PROJECT_DIR": "/builds/acme/evals",
}
GITLAB_MERGE_REQUEST = {
    **GITLAB_PUSH,
    "CI_COMMIT_REF_NAME": "refs/merge-requests/17/head",
    "CI_COMMIT_BRANCH": "",
    "CI_MERGE_REQUEST_IID": "17",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "shorter-answers",
}
CIRCLECI = {
    "CI": "true",
    "CIRCLECI": "true",
    "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/evals/88",
    "CIRCLE_USERNAME": "ann",
    "CIRCLE_BRANCH": "shorter-answers",
    "CIRCLE_PULL_REQUEST": "https://github.com/acme/evals/pull/412",
    "CIRCLE_SHA1": SHA,
    "CIRCLE_REPOSITORY_URL": "git@github.com:acme/evals.git",
    "CIRCLE_WORKING_DIRECTORY": "~/project",
}
JENKINS_BRANCH = {
    "JENKINS_URL": "https://ci.example.com/",
    "JENKINS_HOME": "/var/jenkins_home",
    "BUILD_URL": "https://ci.example.com/job/evals/job/main/88/",
    "BRANCH_NAME": "main",
    "GIT_BRANCH": "origin/main",
    "GIT_COMMIT": SHA,
    "GIT_URL": "https://git.example.com/acme/evals.git",
    "WORKSPACE": "/var/jenkins_home/workspace/evals_main",
}
JENKINS_CHANGE = {
    **JENKINS_BRANCH,
    "BRANCH_NAME": "PR-12",
    "CHANGE_ID": "12",
    "CHANGE_BRANCH": "shorter-answers",
    "CHANGE_TARGET": "main",
    "CHANGE_AUTHOR": "ann",
}


def read(environ: dict[str, str]) -> CiRun:
    run = ci_run(environ)
    assert run is not None
    return run


@pytest.mark.parametrize(
    ("environ", "run"),
    [
        (
            GITHUB_PULL_REQUEST,
            CiRun(
                run_url="https://github.com/acme/evals/actions/runs/1658821493",
                actor="ben",
                branch="shorter-answers",
                pull_request="412",
                commit=SHA,
                repository="https://github.com/acme/evals",
                checkout="/home/runner/work/evals/evals",
            ),
        ),
        (
            GITLAB_MERGE_REQUEST,
            CiRun(
                run_url="https://gitlab.example.com/acme/evals/-/jobs/88",
                actor="ann",
                branch="shorter-answers",
                pull_request="17",
                commit=SHA,
                repository="https://gitlab.example.com/acme/evals",
                checkout="/builds/acme/evals",
            ),
        ),
        (
            CIRCLECI,
            CiRun(
                run_url="https://circleci.com/gh/acme/evals/88",
                actor="ann",
                branch="shorter-answers",
                pull_request="412",
                commit=SHA,
                repository="git@github.com:acme/evals.git",
                checkout="~/project",
            ),
        ),
        (
            JENKINS_CHANGE,
            CiRun(
                run_url="https://ci.example.com/job/evals/job/main/88/",
                actor="ann",
                branch="shorter-answers",
                pull_request="12",
                commit=SHA,
                repository="https://git.example.com/acme/evals.git",
                checkout="/var/jenkins_home/workspace/evals_main",
            ),
        ),
    ],
    ids=["GitHub", "GitLab", "CircleCI", "Jenkins"],
)
def test_a_pull_request_is_told_with_all_that_the_ci_says(environ: dict[str, str], run: CiRun) -> None:
    assert read(environ) == run


@pytest.mark.parametrize(
    "environ",
    [
        GITHUB_PUSH,
        GITLAB_PUSH,
        {**CIRCLECI, "CIRCLE_BRANCH": "main", "CIRCLE_PULL_REQUEST": ""},
        JENKINS_BRANCH,
    ],
    ids=["GitHub", "GitLab", "CircleCI", "Jenkins"],
)
def test_a_push_has_a_branch_and_no_pull_request(environ: dict[str, str]) -> None:
    run = read(environ)
    assert (run.branch, run.pull_request) == ("main", None)


@pytest.mark.parametrize(
    "environ",
    [
        {
            **GITHUB_PUSH,
            "GITHUB_REF": "refs/tags/v1",
            "GITHUB_REF_NAME": "v1",
            "GITHUB_REF_TYPE": "tag",
        },
        {**GITLAB_PUSH, "CI_COMMIT_REF_NAME": "v1", "CI_COMMIT_TAG": "v1"},
        {**CIRCLECI, "CIRCLE_BRANCH": "", "CIRCLE_TAG": "v1"},
        {**JENKINS_BRANCH, "BRANCH_NAME": "v1", "TAG_NAME": "v1", "GIT_BRANCH": "v1"},
    ],
    ids=["GitHub", "GitLab", "CircleCI", "Jenkins"],
)
def test_a_tag_is_no_branch(environ: dict[str, str]) -> None:
    assert read(environ).branch is None


def test_of_pull_request_target_nobody_can_say_which_branch_is_checked_out() -> None:
    environ = {
        **GITHUB_PULL_REQUEST,
        "GITHUB_EVENT_NAME": "pull_request_target",
        "GITHUB_REF": "refs/heads/main",
    }
    assert read(environ).branch is None


@pytest.mark.parametrize(
    ("checked_out", "branch"), [("origin/main", "main"), ("main", "main"), ("detached", None), ("", None)]
)
def test_a_simple_jenkins_job_has_the_branch_of_its_git_plugin(checked_out: str, branch: str | None) -> None:
    assert read({**JENKINS_BRANCH, "BRANCH_NAME": "", "GIT_BRANCH": checked_out}).branch == branch


def test_a_jenkins_that_was_not_told_its_own_address_is_one_all_the_same() -> None:
    run = read({**JENKINS_BRANCH, "JENKINS_URL": "", "BUILD_URL": ""})
    assert (run.run_url, run.branch) == (None, "main")


def test_a_job_that_is_described_in_part_has_no_half_an_address() -> None:
    run = read({"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "7"})
    assert run == CiRun(None, None, None, None, None, None, None)


@pytest.mark.parametrize(
    "environ", [{}, {"CI": "true"}, {"BUILD_URL": "https://ci"}, {"GITHUB_ACTIONS": "", "GITHUB_RUN_ID": "7"}]
)
def test_outside_of_a_known_ci_there_is_no_job(environ: dict[str, str]) -> None:
    assert ci_run(environ) is None
