"""What became of an apply: totals come from outcomes, and whatever is unclear or left is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ExitCode
from sgpctl.plan.plan import Change, Plan
from sgpctl.plan.staleness import Skipped, partition
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.layout import plain
from sgpctl.render.outcome_json import outcome_document
from sgpctl.render.progress_text import duration_text, finished_line
from sgpctl.render.safe_text import hides
from tests.render import plans
from tests.render.samples import outcome_text

DONE = ChangeResult(plans.create(), Status.DONE, "f00dcafe-7777", started=True)
EMPTY = Plan(desired=7)


def test_only_what_was_done_read_back_and_found_true_is_called_so() -> None:
    assert "Read back and true." in outcome_text(Outcome((DONE,), left=EMPTY))
    for doubtful in (
        Outcome((DONE,), left=plans.plan_of(plans.update())),
        Outcome((DONE,), unverified="no answer"),
        Outcome((DONE,), interrupted=True),
    ):
        assert "true" not in outcome_text(doubtful)


def test_planned_changes_that_failed_are_not_counted_as_done() -> None:
    failed = ChangeResult(plans.update(), Status.FAILED, message="refused")
    shown = outcome_text(Outcome((DONE, failed), left=EMPTY))
    assert "Incomplete: 1 created; 1 failed." in shown
    assert "updated" not in shown


def test_a_run_that_may_have_been_started_is_not_passed_over_in_the_cost() -> None:
    unclear = ChangeResult(plans.create(), Status.UNCLEAR, message="timed out")
    shown = outcome_text(Outcome((unclear,), left=EMPTY))
    assert "Started 0 model calls; 0 questions for people, not counting what is unclear." in shown
    assert "Run `sgpctl plan` for this environment before anything else" in shown


def test_a_failed_change_that_started_a_run_says_so() -> None:
    half = ChangeResult(plans.replace_prompt(), Status.FAILED, "f00dcafe-7777", "moved", started=True)
    shown = outcome_text(Outcome((half,), left=EMPTY))
    assert "its run was started: f00dcafe…" in shown
    assert "Started 360 model calls on 180 rows" in shown


def test_the_document_keeps_whole_ids_and_counts_every_ending() -> None:
    waiting = ChangeResult(plans.archive(), Status.NOT_STARTED)
    document = outcome_document(Outcome((DONE, waiting), interrupted=True), plans.PROD)
    assert document["exit_code"] == 130
    assert document["verified"] is False
    assert document["left"] is None
    assert document["summary"] == {
        "create": 1,
        "update": 0,
        "replace": 0,
        "rename": 0,
        "restore": 0,
        "adopt": 0,
        "archive": 0,
        "met": 0,
        "failed": 0,
        "unclear": 0,
        "not_started": 1,
        "skipped": 0,
    }


def _skipped(*changes: Change) -> tuple[Skipped, ...]:
    return partition(Plan(), plans.plan_of(*changes)).skipped


def test_what_was_skipped_is_told_once_and_counted_in_what_is_left() -> None:
    left = plans.plan_of(plans.update(), plans.archive())
    shown = outcome_text(Outcome((DONE,), left=left, skipped=_skipped(plans.update())))
    assert shown.count("refund-window") == 1
    assert "Still to do: 2 changes, 1 of them shown above:\n -  legacy-triage" in shown
    assert "Applied: 1 created; 1 skipped. Read back: 2 changes still to do." in shown
    assert "Make and review a new plan for what is left" in shown


def test_what_was_skipped_and_needs_nothing_is_not_called_left() -> None:
    shown = outcome_text(Outcome((DONE,), left=EMPTY, skipped=_skipped(plans.update())))
    assert "Applied: 1 created; 1 skipped. Read back and true." in shown
    assert "What was skipped needs nothing any more." in shown


def test_the_exit_code_says_whether_anything_was_done_beside_what_was_skipped() -> None:
    skipped = _skipped(plans.update())
    assert Outcome((DONE,), left=EMPTY, skipped=skipped).exit_code is ExitCode.PARTIAL
    assert Outcome(left=plans.plan_of(plans.update()), skipped=skipped).exit_code is ExitCode.REFUSED
    assert Outcome((DONE,), left=EMPTY).exit_code is ExitCode.OK


@given(st.text(st.characters(), min_size=1, max_size=60), st.sampled_from(Status))
def test_messages_from_the_platform_stay_on_their_lines(text: str, status: Status) -> None:
    result = ChangeResult(plans.archive(text, text), status, text, text)
    skipped = _skipped(plans.update(text))
    outcome = Outcome((result,), unverified=text, folded=(text,), skipped=skipped)
    shown = outcome_text(outcome, width=10_000) + plain([finished_line(result, 1, UNICODE)])
    harmless = ChangeResult(plans.archive("x", "x"), status, "x", "x")
    plain_one = Outcome((harmless,), unverified="x", folded=("x",), skipped=_skipped(plans.update("x")))
    expected = outcome_text(plain_one, width=10_000)
    assert not any(hides(char) for char in shown if char != "\n")
    assert shown.count("\n") == expected.count("\n") + 1


def test_durations_read_well_on_both_sides_of_a_minute() -> None:
    assert [duration_text(seconds) for seconds in (0, 2.14, 59.94, 59.96, 75.4, 3600)] == [
        "0.0 s",
        "2.1 s",
        "59.9 s",
        "1 min 0 s",
        "1 min 15 s",
        "60 min 0 s",
    ]
