"""`apply PLANFILE --skip-stale`: of a reviewed plan, what is still as it was goes on, and the rest is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Sgpctl, edit
from tests.cli.seeding import sent


class Review:
    """A project whose plan was saved and reviewed, and what happens to it afterwards."""

    def __init__(self, project: Path, plan: Path, sgpctl: Sgpctl) -> None:
        self.project = project
        self.plan = plan
        self._sgpctl = sgpctl

    def save(self) -> None:
        assert self._sgpctl("plan", self.project, "--out", self.plan).code == 0

    def apply(self, *options: str) -> Ended:
        return self._sgpctl("apply", self.plan, "-C", self.project, "--skip-stale", *options)

    def apply_all(self) -> None:
        assert self._sgpctl("apply", self.project, "--yes").code == 0

    def live(self) -> dict[str, str]:
        """The id of each live evaluation by its name, of which there is one."""
        listed = json.loads(self._sgpctl("list", self.project, "--json").out)["evaluations"]
        names = [one["name"] for one in listed]
        assert len(names) == len(set(names)), names
        return {one["name"]: one["id"] for one in listed}

    def left(self) -> list[str]:
        planned = json.loads(self._sgpctl("plan", self.project, "--json").out)["changes"]
        return [f"{change['action']} {change['name']}" for change in planned]

    def by_hand(self, method: str, name: str, body: object = None) -> None:
        """Somebody does something to an evaluation without sgpctl."""
        sent(self.project, method, f"evaluations/{self.live()[name]}", body)

    def manifest(self, name: str) -> Path:
        return self.project / "evaluations" / f"{name}.yaml"


@pytest.fixture
def review(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> Review:
    """Three evaluations, none of them protected, none of them there yet."""
    edit(quickstart / "evaluations/grounded-answers.yaml", "lifecycle: {protect: true}\n", "")
    return Review(quickstart, tmp_path / "plan.json", sgpctl)


def test_with_nothing_stale_it_is_an_ordinary_apply(review: Review) -> None:
    review.save()
    ended = review.apply()
    assert (ended.code, "kipped" in ended.out + ended.err) == (0, False)
    assert review.left() == []


def test_a_manifest_that_was_edited_is_left_out_and_the_others_go_on(review: Review) -> None:
    review.save()
    edit(review.project / "prompts/answer.md", "say so and stop.", "guess.")
    ended = review.apply()
    assert ended.code == 4
    assert review.live().keys() == {"human-review", "tone-of-refusals"}
    assert ended.out.endswith(
        """\
Skipped:
 +  grounded-answers  create
      would not do the same any more: what is declared changed (tasks.answer)

Still to do: 1 change, 1 of them shown above.

Applied: 2 created; 1 skipped. Read back: 1 change still to do.
Started 2 model calls on 5 rows; 3 questions for people.
Make and review a new plan for what is left; what is done already will not be done twice.
"""
    )


def test_only_what_goes_on_is_shown_as_the_plan(review: Review) -> None:
    review.save()
    edit(review.manifest("tone"), "tags: [nightly]", "tags: [nightly, unreviewed]")
    ended = review.apply()
    assert "\nPlan: 2 to create.\nStarts 6 model calls on 6 rows;" in ended.out
    assert "1 change is skipped: the saved plan is stale there; the end says why." in ended.err


def test_a_new_manifest_is_not_applied_on_the_word_of_an_older_plan(review: Review) -> None:
    review.save()
    text = review.manifest("tone").read_text()
    review.manifest("new").write_text(text.replace("tone-of-refusals", "unreviewed"))
    ended = review.apply()
    assert (ended.code, review.left()) == (4, ["create unreviewed"])
    assert " +  unreviewed  create\n      is new\n" in ended.out


def test_what_somebody_edited_remotely_is_left_alone(review: Review) -> None:
    review.apply_all()
    for name in ("tone", "human-review"):
        path = review.manifest(name)
        path.write_text(re.sub(r"description: .*", "description: Reviewed words.", path.read_text()))
    review.save()
    review.by_hand("PATCH", "human-review", {"tags": ["by-hand", "sgpctl:quickstart:sandbox"]})
    ended = review.apply()
    assert (ended.code, review.left()) == (4, ["update human-review"])
    assert (
        "would not do the same any more: the remote evaluation was changed by someone (tags)\n" in ended.out
    )


def test_what_somebody_archived_by_hand_is_not_brought_back(review: Review) -> None:
    review.apply_all()
    edit(review.manifest("tone"), "A judge says", "A model says")
    edit(review.manifest("human-review"), "People rate", "Experts rate")
    review.save()
    review.by_hand("DELETE", "tone-of-refusals")
    ended = review.apply()
    assert ended.code == 4
    assert "would now be a restore: the remote evaluation was changed by someone (archived)\n" in ended.out
    assert review.live().keys() == {"grounded-answers", "human-review"}


def _swap(review: Review) -> None:
    tone, people = review.manifest("tone"), review.manifest("human-review")
    edit(tone, "name: tone-of-refusals", "name: human-review")
    edit(people, "name: human-review", "name: tone-of-refusals")


def test_swapped_names_stay_as_they_were_when_one_half_is_stale(review: Review) -> None:
    review.apply_all()
    before = review.live()
    _swap(review)
    edit(review.manifest("grounded-answers"), "Answers use only", "Answers rest only on")
    review.save()
    review.by_hand("PATCH", "human-review", {"description": "by hand"})
    ended = review.apply()
    assert (ended.code, review.live()) == (4, before)
    assert "Applied: 1 updated; 2 skipped." in ended.out
    assert (
        "is as reviewed, but belongs together with the rename of 'tone-of-refusals', which is not"
        in ended.out
    )
    review.save()
    assert review.apply().code == 0
    assert review.live() == {
        **before,
        "human-review": before["tone-of-refusals"],
        "tone-of-refusals": before["human-review"],
    }


def test_nothing_is_archived_while_a_new_run_is_skipped(review: Review) -> None:
    review.apply_all()
    before = review.live()
    review.manifest("tone").unlink()
    edit(review.project / "prompts/answer.md", "say so and stop.", "guess.")
    edit(review.manifest("human-review"), "People rate", "Experts rate")
    review.save()
    edit(review.project / "prompts/answer.md", "guess.", "invent something.")
    ended = review.apply()
    assert (ended.code, review.live()) == (4, before)
    assert "nothing is archived while the replace of 'grounded-answers' is skipped" in ended.out
    assert "Applied: 1 updated; 2 skipped." in ended.out


def test_a_name_is_not_given_back_while_the_archive_of_its_second_run_is_held(review: Review) -> None:
    review.apply_all()
    seen = sent(review.project, "GET", f"evaluations/{review.live()['tone-of-refusals']}")
    kept = {key: seen[key] for key in ("name", "description", "tags", "tasks")}
    rows = {"data": [{"request": "r", "reply": "s"}]}
    review.by_hand("PATCH", "tone-of-refusals", {"name": "by-hand"})
    second = {**kept, **rows, "metadata": {**seen["metadata"], "sgpctl_nonce": "of another create"}}
    sent(review.project, "POST", "evaluations", second)
    edit(review.project / "prompts/answer.md", "say so and stop.", "guess.")
    edit(review.manifest("human-review"), "People rate", "Experts rate")
    review.save()
    edit(review.project / "prompts/answer.md", "guess.", "invent something.")
    before = review.live()
    ended = review.apply()
    assert (ended.code, review.live()) == (4, before)
    assert "belongs together with the archive of 'tone-of-refusals', which is skipped too" in ended.out
    assert "Applied: 1 updated; 3 skipped." in ended.out


def test_a_reviewed_archive_goes_on_and_another_one_does_not(review: Review) -> None:
    edit(review.project / "sgpctl.yaml", "budget:\n", "safety: {max_archive: 2}\nbudget:\n")
    review.apply_all()
    review.manifest("tone").unlink()
    review.save()
    review.manifest("human-review").unlink()
    ended = review.apply()
    assert ended.code == 4
    assert review.live().keys() == {"grounded-answers", "human-review"}
    assert " -  human-review  archive\n      is new\n" in ended.out


def test_a_duplicate_that_somebody_edited_is_not_folded_at_the_end_either(review: Review) -> None:
    review.apply_all()
    seen = sent(review.project, "GET", f"evaluations/{review.live()['tone-of-refusals']}")
    kept = {key: seen[key] for key in ("name", "description", "tags", "metadata", "tasks")}
    twin = sent(review.project, "POST", "evaluations", {**kept, "data": [{"request": "r", "reply": "s"}]})
    edit(review.manifest("human-review"), "People rate", "Experts rate")
    review.save()
    sent(review.project, "PATCH", f"evaluations/{twin['id']}", {"description": "by hand"})
    ended = review.apply()
    assert (ended.code, review.left()) == (4, ["archive tone-of-refusals"])
    assert "Applied: 1 updated; 1 skipped. Read back: 1 change still to do." in ended.out


def test_when_everything_is_stale_nothing_is_changed(review: Review) -> None:
    review.save()
    review.apply_all()
    ended = review.apply()
    assert ended.code == 3
    assert (
        "error: every change of the saved plan is stale or belongs to a stale one; nothing was changed"
        in ended.err
    )
    assert ended.err.count("is no longer needed: it is there as declared") == 3


def test_a_plan_that_was_applied_in_part_is_finished(review: Review) -> None:
    review.save()
    text = review.manifest("human-review").read_text()
    review.manifest("human-review").unlink()
    assert review.apply().code == 4
    review.manifest("human-review").write_text(text)
    ended = review.apply()
    assert (ended.code, review.left()) == (4, [])
    assert "Applied: 1 created; 2 skipped. Read back and true." in ended.out
    assert ended.out.endswith("What was skipped needs nothing any more.\n")


def test_json_says_what_was_skipped_and_why(review: Review) -> None:
    review.save()
    edit(review.manifest("tone"), "tags: [nightly]", "tags: [nightly, unreviewed]")
    ended = review.apply("--json")
    told: dict[str, Any] = json.loads(ended.out)
    assert (ended.code, told["exit_code"], told["verified"]) == (4, 4, False)
    assert [result["name"] for result in told["results"]] == ["grounded-answers", "human-review"]
    assert told["summary"]["skipped"] == 1
    assert told["skipped"] == [
        {
            "name": "tone-of-refusals",
            "action": "create",
            "remote_id": None,
            "staleness": "moved",
            "action_now": "create",
            "message": "create of 'tone-of-refusals' would not do the same any more: what is declared changed (tags)",
        }
    ]
    assert [change["name"] for change in told["left"]["changes"]] == ["tone-of-refusals"]


def test_json_says_so_too_when_everything_is_stale(review: Review) -> None:
    review.save()
    review.apply_all()
    ended = review.apply("--json")
    told: dict[str, Any] = json.loads(ended.out)
    assert (ended.code, told["exit_code"], told["results"]) == (3, 3, [])
    assert {one["staleness"] for one in told["skipped"]} == {"no_longer_planned"}


def test_a_rail_against_what_would_be_skipped_refuses_all_of_it(review: Review) -> None:
    review.save()
    text = review.manifest("tone").read_text()
    rows = "".join(f'  - {{request: "r", reply: "{number}"}}\n' for number in range(2_000))
    new = text.replace("tone-of-refusals", "unreviewed").replace("data:\n", f"data:\n{rows}")
    review.manifest("new").write_text(new)
    ended = review.apply()
    assert (ended.code, review.live()) == (3, {})
    assert "the budget in sgpctl.yaml allows 1,000 per apply" in ended.err


def test_a_plan_whose_account_was_edited_is_refused_all_the_same(review: Review) -> None:
    review.save()
    review.plan.write_text(
        review.plan.read_text().replace('"account_id": "sandbox"', '"account_id": "elsewhere"')
    )
    ended = review.apply()
    assert (ended.code, "names another project, environment or target" in ended.err) == (1, True)


def test_what_could_go_on_is_said_where_everything_is_refused(review: Review, sgpctl: Sgpctl) -> None:
    review.save()
    edit(review.manifest("tone"), "tags: [nightly]", "tags: [nightly, unreviewed]")
    refused = sgpctl("apply", review.plan, "-C", review.project)
    assert refused.code == 3
    assert (
        "With --skip-stale, the 2 changes that are still as reviewed would go on without the others."
        in refused.err
    )


def test_where_nothing_could_go_on_the_way_out_is_a_new_plan(review: Review, sgpctl: Sgpctl) -> None:
    review.save()
    review.apply_all()
    refused = sgpctl("apply", review.plan, "-C", review.project)
    assert (refused.code, "--skip-stale" in refused.err) == (3, False)


@pytest.mark.parametrize("target", [[], ["."]])
def test_without_a_saved_plan_it_is_a_mistake(review: Review, target: list[str], sgpctl: Sgpctl) -> None:
    ended = sgpctl("apply", *target, "-C", review.project, "--skip-stale", "--yes")
    assert (ended.code, "--skip-stale needs a saved plan" in ended.err) == (1, True)
    assert "sgpctl plan --out FILE" in ended.err


@pytest.mark.parametrize("with_plan", [True, False])
def test_a_digest_cannot_tell_what_is_untouched(review: Review, with_plan: bool, sgpctl: Sgpctl) -> None:
    review.save()
    target = [review.plan] if with_plan else []
    ended = sgpctl("apply", *target, "-C", review.project, "--skip-stale", "--expect", "sha256:00")
    assert (ended.code, "--skip-stale and --expect do not go together" in ended.err) == (1, True)
    assert review.live() == {}


def test_a_plan_file_that_is_not_there_is_named(review: Review) -> None:
    ended = review.apply()
    assert (ended.code, "plan.json: there is no such file or folder" in ended.err) == (1, True)
