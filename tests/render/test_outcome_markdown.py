"""What a comment says after an apply: whether it is done, what is not and in whose words, and what is left."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import RefusedError
from sgpctl.limits import COMMENT_BYTES_MAX
from sgpctl.plan.plan import Plan
from sgpctl.render.markdown.outcome import outcome_markdown, refusal_markdown
from tests.render import plans
from tests.render.markdown_reading import has_only_our_markup, pings, read, table_rows
from tests.render.test_markdown_text import texts


def markdown(outcome: Outcome) -> str:
    return outcome_markdown(outcome, plans.PROD)


def result(status: Status, name: str = "tone", message: str | None = None) -> ChangeResult:
    return ChangeResult(replace(plans.create(), name=name), status, "f00dcafe-7777", message)


@given(texts, st.sampled_from(Status), st.booleans(), st.integers(1, 2))
@example("www", Status.DONE, False, 1)
def test_no_text_is_markup_wherever_it_comes_in(text: str, status: Status, started: bool, times: int) -> None:
    one = replace(result(status, text, text), remote_id=text, started=started)
    outcome = Outcome(
        (one,) * times, left=Plan((plans.archive(text, text),)), unverified=text, folded=(text,)
    )
    for written in (
        markdown(outcome),
        refusal_markdown(RefusedError(f"{text}\n{text}", hint=text), text, text),
    ):
        document = read(written)
        assert has_only_our_markup(document)
        assert pings(document.words) == []
        assert all(len(set(table)) == 1 for table in table_rows(written))


def test_an_apply_of_thousands_fits_a_comment_and_keeps_what_failed() -> None:
    done = [result(Status.DONE, f"done-{number}") for number in range(3_000)]
    failed = [result(Status.FAILED, f"failed-{number}", "no such model") for number in range(100)]
    written = markdown(Outcome((*done, *failed)))
    assert len(written.encode()) <= COMMENT_BYTES_MAX
    assert all(f"| `failed-{number}` |" in written for number in range(100))
    assert "of 3,000 changes that were done are left out here" in written


def test_what_was_done_is_folded_and_what_failed_is_not() -> None:
    written = markdown(Outcome((result(Status.DONE, "good"), result(Status.FAILED, "bad", "no such model"))))
    assert written.index("no such model") < written.index("<details>") < written.index("`good`")


def test_the_next_step_is_told_where_something_is_unclear() -> None:
    assert "Run `sgpctl plan` for this environment before anything else" in markdown(
        Outcome((result(Status.UNCLEAR),))
    )


def test_an_apply_that_had_nothing_to_do_says_so() -> None:
    assert markdown(Outcome(left=Plan())).startswith("**Nothing was to be done**")


def test_every_reason_of_a_refusal_is_a_line_of_its_own() -> None:
    error = RefusedError(
        "the saved plan is stale\n  create of 'a' is new\n  create of 'b' is new", hint="Plan again."
    )
    assert refusal_markdown(error, "evals", "prod") == (
        "**Refused**: the saved plan is stale\n\n`evals` → `prod`: nothing was changed.\n\n"
        "- create of `a` is new\n- create of `b` is new\n\nPlan again.\n"
    )
