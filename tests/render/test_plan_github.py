"""A plan as annotations: one line for each change, at the line that causes it, the most important first."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.limits import ANNOTATIONS_SHOWN_MAX
from sgpctl.plan.plan import Plan, PlanHeader, Refusal
from sgpctl.render.markdown.plan import plan_markdown
from sgpctl.render.plan_github import plan_commands
from sgpctl.render.plan_gitlab import gitlab_document
from sgpctl.render.safe_text import redact
from tests.plan.saved_plans import headers, saved_plans
from tests.render import plans, review_plans
from tests.render.markdown_reading import read
from tests.render.samples import plan_github

_COMMAND = re.compile(r"::(notice|warning|error) (?:file=([^:,]*),line=(\d+),col=\d+,)?title=([^:]*)::(.*)")
_LINE_ENDS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def commands(plan: Plan) -> list[tuple[str, ...]]:
    """Level, file, line, title and message of each."""
    found = [_COMMAND.fullmatch(line) for line in plan_github(plan).splitlines()]
    return [tuple(group or "" for group in command.groups()) for command in found if command is not None]


@given(saved_plans, headers, st.booleans())
def test_whatever_a_plan_says_is_a_command_on_one_line(plan: Plan, header: PlanHeader, known: bool) -> None:
    files = {change.place[0] for change in plan.changes if change.place is not None} if known else set()
    lines = _LINE_ENDS.split(plan_commands(plan, header, {file: file for file in files}))
    assert lines.pop() == ""
    assert all(_COMMAND.fullmatch(line) for line in lines)
    assert len(lines) <= 2 + len(plan.changes) + len(plan.refusals) + len(plan.warnings) + len(plan.notes) + 3


def test_a_change_stands_at_the_field_that_causes_it() -> None:
    found = {title: (level, file, line) for level, file, line, title, _ in commands(plans.every_action())}
    assert found["sgpctl%3A update refund-window"] == ("notice", "evals/smoke/refund-window.yaml", "2")
    assert found["sgpctl%3A replace grounded-answers-current"] == (
        "notice",
        "evals/prompts/answer.v4.md",
        "1",
    )
    assert found["sgpctl%3A create tone-of-voice"] == ("notice", "evals/support/tone-of-voice.yaml", "1")
    assert found["sgpctl%3A archive legacy-triage"] == ("warning", "", "")


def test_refusals_are_errors_and_archives_and_warnings_are_warnings() -> None:
    levels = [level for level, *_ in commands(plans.refused())]
    assert levels == ["error", "error", "warning", "warning", "notice", "notice"]


def test_the_first_notice_is_the_verdict() -> None:
    [verdict] = commands(Plan(desired=3))
    assert verdict[3:] == (
        "sgpctl%3A support-evals -> prod",
        "Nothing changes: 3 evaluations are as declared.",
    )


def test_a_warning_of_a_manifest_stands_at_its_line() -> None:
    [warning] = [command for command in commands(plans.refused()) if command[1].endswith("refunds.yaml")]
    assert warning[:3] == ("warning", "evals/support/refunds.yaml", "4")
    assert warning[4].startswith("plain scalar 'no' is text here")


def test_a_file_outside_the_repository_is_named_in_the_message() -> None:
    line = plan_commands(plans.plan_of(plans.create()), plans.PROD, {}).splitlines()[1]
    assert (
        "title=sgpctl%3A create tone-of-voice::support/tone-of-voice.yaml:1: starts 360 model calls" in line
    )


def test_what_one_line_causes_many_times_is_one_annotation() -> None:
    [annotation] = [one for one in commands(review_plans.matrix()) if "replace" in one[3]]
    assert annotation[1:4] == ("evals/nightly/tone-matrix.yaml", "21", "sgpctl%3A replace 240 evaluations")
    assert "starts 86,400 model calls on 43,200 rows" in annotation[4]
    assert "archives 240 superseded runs" in annotation[4]
    assert "and 190 more" in annotation[4]


def test_equal_changes_of_several_manifests_stand_at_each() -> None:
    plan = plans.plan_of(*(plans.create(f"tone-{number}") for number in range(3)))
    assert [file for _, file, *_ in commands(plan)[1:]] == [
        f"evals/support/tone-{number}.yaml" for number in range(3)
    ]


def test_what_github_will_not_show_is_counted_in_the_last_that_it_does() -> None:
    refusals = tuple(Refusal(f"reason {number}", "hint") for number in range(25))
    found = commands(plans.plan_of(refusals=refusals))
    errors = [message for level, *_, message in found if level == "error"]
    assert errors[ANNOTATIONS_SHOWN_MAX - 1] == "and 16 more errors, in the log of this step"
    assert len(errors) == 26


def test_gitlab_counts_a_replace_as_one_that_comes_and_one_that_goes() -> None:
    assert gitlab_document(plans.plan_of(plans.replace_prompt())) == {"create": 1, "update": 0, "delete": 1}


def test_gitlab_counts_what_comes_back_as_what_comes() -> None:
    restored = replace(plans.restore(), archives=())
    plan = plans.plan_of(restored, plans.rename(), plans.adopt(), plans.update(), plans.archive())
    assert gitlab_document(plan) == {"create": 1, "update": 3, "delete": 1}


secrets = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+/=.~%|@:,-]{6,20}[A-Za-z0-9]", fullmatch=True)


@given(secrets)
def test_a_secret_is_taken_out_of_annotations_and_markdown_however_it_is_escaped(secret: str) -> None:
    plan = plans.plan_of(
        plans.update(secret, before=secret, after={secret: f"a {secret}"}),
        plans.replace_prompt(f"{secret}\n", f"now {secret}\n"),
        notes=(f"the platform said {secret} to this",),
        refusals=(Refusal(f"no '{secret}'", f"Say `{secret}`."),),
    )
    annotations = redact(plan_github(plan), [secret])
    for escape, char in (("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        annotations = annotations.replace(escape, char)
    assert secret not in annotations
    document = read(redact(plan_markdown(plan, plans.PROD), [secret]))
    assert not any(secret in text for text in (*document.codes, *document.fences, document.words))
