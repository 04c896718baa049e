"""Where the work of a call comes from: Git for the content, the CI for the job, and nothing that is a secret or a lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.cli.provenance import cleaned, read_provenance, web_address
from sgpctl.cli.repository import Repository, read_repository
from sgpctl.limits import PROVENANCE_CHARS_MAX
from sgpctl.model.marks import Occasion, Provenance
from sgpctl.render.safe_text import hides
from tests.cli.git import commit, git, repository_in
from tests.cli.test_ci import GITHUB_PULL_REQUEST, GITHUB_PUSH, GITLAB_MERGE_REQUEST, SHA

RUN = "https://github.com/acme/evals/actions/runs/1658821493"


def provenance(folder: Path, environ: dict[str, str] | None = None) -> Provenance:
    return read_provenance(folder, read_repository(folder), environ or {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sgpctl.yaml").write_text("version: 1\n")
    return repository_in(tmp_path)


def test_outside_a_ci_git_says_branch_and_user(folder: Path) -> None:
    assert provenance(folder).occasion == Occasion(branch="main", actor="Ann")


def test_the_commit_says_when_the_folder_is_not_as_in_it(folder: Path) -> None:
    head = git(folder, "rev-parse", "HEAD")
    assert provenance(folder).commit == head
    (folder / "sgpctl.yaml").write_text("version: 2\n")
    assert provenance(folder).commit == f"{head}+dirty"


def test_in_a_ci_a_detached_head_has_the_branch_and_pull_request_of_the_job(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "--detach")
    found = provenance(folder, GITHUB_PULL_REQUEST)
    assert found.occasion == Occasion("shorter-answers", "412", "ben", RUN)
    assert found.commit == git(folder, "rev-parse", "HEAD")


def test_the_user_of_a_checkout_is_not_taken_for_the_person_behind_a_job(folder: Path) -> None:
    environ = {**GITHUB_PUSH, "GITHUB_ACTOR": "", "GITHUB_TRIGGERING_ACTOR": ""}
    assert provenance(folder, environ).occasion.actor is None


def test_a_folder_of_another_repository_has_its_own_branch_and_no_pull_request(tmp_path: Path) -> None:
    other = repository_in(tmp_path, remote="https://github.com/acme/other")
    git(other, "checkout", "--quiet", "-b", "trial")
    assert provenance(other, GITHUB_PULL_REQUEST).occasion == Occasion("trial", None, "ben", RUN)


def test_a_folder_outside_the_checkout_that_names_no_repository_is_not_the_jobs(tmp_path: Path) -> None:
    local = repository_in(tmp_path, remote=None)
    assert provenance(local, GITHUB_PULL_REQUEST).occasion == Occasion("main", None, "ben", RUN)


def test_where_there_is_no_git_the_commit_is_what_the_ci_checked_out(tmp_path: Path) -> None:
    environ = {**GITLAB_MERGE_REQUEST, "CI_PROJECT_DIR": str(tmp_path)}
    project = tmp_path / "evals"
    found = read_provenance(project, Repository(), environ)
    assert (found.commit, found.occasion.branch) == (SHA, "shorter-answers")


@pytest.mark.parametrize("checkout", ["/elsewhere", "", "~nobody-of-this-name/project"])
def test_a_folder_elsewhere_is_not_of_that_commit(tmp_path: Path, checkout: str) -> None:
    found = read_provenance(tmp_path, Repository(), {**GITLAB_MERGE_REQUEST, "CI_PROJECT_DIR": checkout})
    assert (found.commit, found.occasion.branch, found.occasion.pull_request) == (None, None, None)


@pytest.mark.parametrize("said", ["main", "9F2C", "9f2c1e7; rm", "0" * 65])
def test_what_is_no_hash_is_no_commit(tmp_path: Path, said: str) -> None:
    environ = {**GITLAB_MERGE_REQUEST, "CI_PROJECT_DIR": str(tmp_path), "CI_COMMIT_SHA": said}
    assert read_provenance(tmp_path, Repository(), environ).commit is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://ci.example.com:8443/job/evals/88/", "https://ci.example.com:8443/job/evals/88/"),
        ("https://ann:secret@ci.example.com/job/88", "https://ci.example.com/job/88"),
        ("https://ci.example.com/job/88?token=secret#secret", "https://ci.example.com/job/88"),
        ("http://[::1]:8080/job/88", "http://[::1]:8080/job/88"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://[half", None),
        ("https://ci.example.com:port/", None),
        ("https://ci.example.com/a b", None),
        ("https://ci.example.com/\x1b[2J", None),
        ("https://ci.example.com/" + "x" * PROVENANCE_CHARS_MAX, None),
        ("unset", None),
        ("", None),
    ],
)
def test_the_address_of_a_run_is_a_page_without_secrets(said: str, address: str | None) -> None:
    assert web_address(said) == address


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("feature/x", "feature/x"),
        ("Ann\x1b[2J\n\u202eB", "Ann[2JB"),
        ("https://ann:secret@host/x", "https://host/x"),
        ("ht\u200btps:/\u200b/ann:secret@host", "https://host"),
        ("\udcff\x00 \n", None),
        ("x" * 9_999, "x" * PROVENANCE_CHARS_MAX),
        ("", None),
        (None, None),
    ],
)
def test_texts_of_others_are_cleaned(said: str | None, text: str | None) -> None:
    assert cleaned(said) == text


@given(st.text(st.characters() | st.sampled_from(":/@ \u200b")))
def test_what_is_cleaned_is_short_visible_and_clean_already(said: str) -> None:
    text = cleaned(said)
    assert cleaned(text) == text
    assert text is None or (0 < len(text) <= PROVENANCE_CHARS_MAX and not any(map(hides, text)))


def test_a_later_commit_is_told_at_once(folder: Path) -> None:
    assert provenance(folder).commit != commit(folder) == provenance(folder).commit
