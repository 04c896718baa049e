"""`sgpctl history` in words: what is said of a step beyond its fields, and what is kept short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sgpctl.limits import PROVENANCE_CHARS_MAX, SERVER_WORDS_CHARS_MAX
from sgpctl.model.evaluation import ItemFailure, Progress, RemoteEvaluation
from sgpctl.plan.history import Run, Step
from sgpctl.plan.plan import FieldChange
from tests.plan.sides import created, declare
from tests.render import histories

REMOTE = created(declare(histories.NAME))
FIELD = FieldChange("tasks.answer.model", "a", "b")


def words(step: Step | None, remote: RemoteEvaluation = REMOTE) -> str:
    return histories.text((Run(remote, step),))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(is_same_spec=True, has_same_rows=True), "\n      the same spec run again\n"),
        (
            Step(is_same_spec=True, has_same_rows=None, spec=(FIELD,)),
            "the same spec run again; its tasks were edited on the platform\n",
        ),
        (Step(is_same_spec=False, has_same_rows=False), "\n      rows changed\n"),
        (Step(is_same_spec=None, has_same_rows=False), "\n      rows changed\n"),
        (Step(is_same_spec=False, has_same_rows=True), "its spec differs in what lists do not show"),
        (Step(is_same_spec=None, has_same_rows=None), "whether it is the same spec cannot be told"),
    ],
)
def test_what_the_fields_do_not_say_is_said(step: Step, said: str) -> None:
    assert said in words(step)


@pytest.mark.parametrize("is_same_spec", [False, None])
def test_fields_that_explain_the_step_need_no_further_words(is_same_spec: bool | None) -> None:
    told = words(Step(is_same_spec, has_same_rows=True, spec=(FIELD,)))
    assert told.endswith('      tasks.answer.model   "a" -> "b"\n')


def test_the_first_run_is_compared_with_nothing() -> None:
    assert words(None).count("\n") == 4


def test_errors_are_told_once_each_with_the_item_to_look_at() -> None:
    failures = tuple(ItemFailure(f"i{number}", "Timeout", "no answer") for number in range(9))
    told = words(None, replace(REMOTE, progress=Progress(9, 0, 9, 0, failures)))
    assert told.count("Timeout: no answer (item i0)") == told.count("Timeout") == 1


def test_words_without_an_end_are_cut() -> None:
    endless = "x" * 100_000
    remote = replace(
        REMOTE,
        status_reason=endless,
        metadata={**REMOTE.metadata, "sgpctl_branch": endless, "sgpctl_run_url": endless},
        progress=Progress(1, 0, 1, 0, (ItemFailure("i", "E", endless),)),
    )
    assert len(words(None, remote)) < 2 * (PROVENANCE_CHARS_MAX + SERVER_WORDS_CHARS_MAX) + 500
