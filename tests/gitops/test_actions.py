"""The actions as a team meets them: the comment, what a broken manifest says, tokens that may not write."""

from __future__ import annotations

import pytest

from tests.gitops.conftest import Site
from tests.gitops.github_server import PERSON


def _pushed(site: Site, name: str = "change") -> None:
    site.branch(name).replace("evaluations/greetings.yaml", "polite and short", "polite")
    site.push(name, "Length does not matter")


def test_one_comment_per_pull_request_is_changed_in_place(site: Site) -> None:
    _pushed(site)
    assert site.plan("change").code == 0
    first = site.github.comments[0]["body"]
    site.ada.replace("evaluations/greetings.yaml", "is polite", "is friendly")
    site.push("change", "Friendly")
    assert site.plan("change").code == 0
    assert len(site.github.comments) == 1
    assert site.github.comments[0]["body"] != first


def test_a_comment_that_a_person_made_look_like_ours_is_left_alone(site: Site) -> None:
    _pushed(site)
    site.plan("change")
    ours = site.github.comments.pop()["body"]
    site.github.write_comment(PERSON, ours)
    site.plan("change")
    assert site.github.comments[0]["user"] == PERSON
    assert site.github.comments[0]["body"] == ours
    assert len(site.github.comments) == 2


def test_our_comment_is_found_behind_a_hundred_others(site: Site) -> None:
    for number in range(130):
        site.github.write_comment(PERSON, f"thought {number}")
    _pushed(site)
    site.plan("change")
    site.plan("change")
    assert len(site.github.comments) == 131


def test_a_broken_manifest_fails_the_job_and_is_told_in_the_comment(site: Site) -> None:
    _pushed(site)
    site.plan("change")
    site.ada.replace("evaluations/greetings.yaml", "name: greetings", "nmae: greetings")
    site.push("change", "Mistyped")
    end = site.plan("change")
    assert end.code == 1
    assert "::error file=evaluations/greetings.yaml,line=1" in end.log
    assert len(site.github.comments) == 1
    assert "There is no plan" in site.github.comments[0]["body"]
    assert "nmae" in site.github.comments[0]["body"]
    assert not end.outputs["plan"]


def test_a_plan_that_apply_would_refuse_fails_the_job_and_says_why(site: Site) -> None:
    site.branch("costly").replace("sgpctl.yaml", "model_calls: 500", "model_calls: 1")
    site.push("costly", "Save")
    end = site.plan("costly")
    assert end.code == 3
    comment = site.github.comments[0]["body"]
    assert "**Refused**" in comment
    assert "allows 1 per apply" in comment


def test_a_token_that_may_not_write_leaves_the_plan_in_the_summary(site: Site) -> None:
    site.github.may_write = False
    _pushed(site)
    end = site.plan("change")
    assert end.code == 0
    assert "::warning title=sgpctl::" in end.log
    assert "greetings" in end.summary


def test_a_folder_with_spaces_and_signs_is_only_ever_a_folder(site: Site) -> None:
    folder = "evals $(touch gone) `touch gone` ; touch gone"
    (site.ada.folder / folder).mkdir()
    for name in ("sgpctl.yaml", "evaluations", "prompts", "data"):
        (site.ada.folder / name).rename(site.ada.folder / folder / name)
    site.ada.git("checkout", "--quiet", "-B", "moved")
    site.push("moved", "Move")
    end = site.plan("moved", directory=folder)
    assert end.code == 0, end.log
    assert not list(site.folder.rglob("gone"))


@pytest.mark.parametrize("environment", ['prod"; echo forged', "$(id)"])
def test_an_environment_that_does_not_exist_is_refused_by_its_name(site: Site, environment: str) -> None:
    _pushed(site)
    end = site.plan("change", environment=environment)
    assert end.code == 1
    assert "uid=" not in end.log


def test_the_plan_is_downloaded_without_showing_the_token_to_the_storage_host(site: Site) -> None:
    _pushed(site)
    assert site.plan("change").code == 0
    assert site.apply(site.merge("change")).code == 0
    assert site.github.tokens_at_storage == [None]
