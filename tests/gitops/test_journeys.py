"""What a team does in Git, from branch to merge to revert, with the actions as their jobs."""

from __future__ import annotations

import json

from tests.gitops.conftest import KEY, Site

PROMPT = "prompts/refunds.md"


def _applied(site: Site) -> None:
    """The first pull request is merged and applied."""
    site.branch("begin").replace("sgpctl.yaml", "max_archive: 1", "max_archive: 2")
    site.push("begin", "Let two pass")
    assert site.plan("begin").code == 0
    end = site.apply(site.merge("begin"))
    assert end.code == 0, end.log
    assert sorted(site.live()) == ["greetings", "refund-answers"]


def test_what_was_reviewed_on_the_pull_request_is_what_the_merge_runs(site: Site) -> None:
    _applied(site)
    before = site.live()["refund-answers"]
    site.branch("exact").replace(PROMPT, "say so", "say so and stop")
    site.push("exact", "Stop where the policy ends")

    planned = site.plan("exact", number=2)
    assert planned.code == 0, planned.log
    assert planned.outputs["has-changes"] == "true"
    comment = site.github.comments[-1]["body"]
    assert "refund-answers" in comment
    assert "say so and stop" in comment

    applied = site.apply(site.merge("exact", number=2))
    assert applied.code == 0, applied.log
    assert site.live()["refund-answers"] != before
    assert "1 replaced" in applied.summary
    assert site.runs_paid_for() == 3


def test_a_reverted_merge_brings_the_old_run_back_for_nothing(site: Site) -> None:
    _applied(site)
    first = site.live()["refund-answers"]
    site.branch("exact").replace(PROMPT, "say so", "say so and stop")
    site.push("exact", "Stop where the policy ends")
    site.plan("exact", number=2)
    site.apply(site.merge("exact", number=2))
    paid = site.runs_paid_for()

    site.branch("revert")
    site.ada.git("revert", "--no-edit", "--mainline", "1", "HEAD")
    site.ada.git("push", "--quiet", "origin", "revert")
    assert site.plan("revert", number=3).code == 0
    end = site.apply(site.merge("revert", number=3))
    assert end.code == 0, end.log
    assert site.live()["refund-answers"] == first
    assert site.runs_paid_for() == paid


def test_a_merge_that_brings_other_changes_is_refused_with_what_differs(site: Site) -> None:
    _applied(site)
    site.branch("prompt").replace(PROMPT, "say so", "say so and stop")
    site.push("prompt", "Stop where the policy ends")
    assert site.plan("prompt", number=2).code == 0
    site.branch("words").replace("evaluations/greetings.yaml", "polite and short", "polite")
    site.push("words", "Length does not matter")
    site.merge("words", number=3)  # nobody applied it

    end = site.apply(site.merge("prompt", number=2))
    assert end.code == 3
    assert "update of 'greetings' is new" in end.log
    assert site.runs_paid_for() == 2


def test_a_commit_that_nobody_reviewed_is_not_applied_unless_the_team_says_so(site: Site) -> None:
    commit = site.ada.git("rev-parse", "origin/main")
    refused = site.apply(commit)
    assert refused.code == 1
    assert "does not come from a merged pull request" in refused.log
    assert site.runs_paid_for() == 0
    assert site.apply(commit, reviewed="preferred").code == 0
    assert site.runs_paid_for() == 2


def test_a_plan_from_a_fork_is_never_taken_for_a_reviewed_one(site: Site) -> None:
    site.branch("exact").replace(PROMPT, "say so", "say so and stop")
    site.push("exact", "Stop where the policy ends")
    planned = site.plan("exact", number=2)
    assert planned.code == 0
    site.github.artifacts[0]["workflow_run"]["head_repository_id"] = 2
    end = site.apply(site.merge("exact", number=2))
    assert end.code == 1
    assert "has no plan of" in end.log


def test_drift_opens_one_issue_keeps_it_up_to_date_and_closes_it(site: Site) -> None:
    _applied(site)
    assert site.drift().outputs["has-drifted"] == "false"
    assert not site.github.issues

    with site.store.transaction(writes=True) as db:
        db.execute("UPDATE evaluation SET description = 'by hand' WHERE name = 'greetings'")
    for _ in range(2):
        end = site.drift()
        assert end.code == 0, end.log
        assert end.outputs["has-drifted"] == "true"
    assert [issue["state"] for issue in site.github.issues] == ["open"]
    assert "greetings" in site.github.issues[0]["body"]

    assert site.apply(site.ada.git("rev-parse", "origin/main"), reviewed="preferred").code == 0
    assert site.drift().outputs["has-drifted"] == "false"
    assert [issue["state"] for issue in site.github.issues] == ["closed"]


def test_a_pull_request_of_a_fork_is_planned_without_a_key(site: Site) -> None:
    _applied(site)
    snapshot = site.snapshot()
    assert KEY not in snapshot.read_text(encoding="utf-8")
    site.secrets = {}
    site.branch("fork").replace(PROMPT, "say so", "say so and stop")
    site.push("fork", "Stop where the policy ends")
    end = site.plan("fork", number=2, against=str(snapshot), comment="false")
    assert end.code == 0, end.log
    assert "refund-answers" in end.summary
    assert site.github.comments == site.github.comments[:1]


def test_the_key_is_in_nothing_that_a_job_leaves(site: Site) -> None:
    _applied(site)
    site.drift()
    left = json.dumps([site.github.comments, site.github.issues, list(site.github.artifacts)])
    files = [path for path in site.folder.glob("temp-*/**/*") if path.is_file()]
    assert files
    for text in [left, *(path.read_text(encoding="utf-8", errors="replace") for path in files)]:
        assert KEY not in text
