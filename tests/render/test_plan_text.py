"""A plan's text: the facts of design 11, and names that cannot forge a line of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sgpctl.limits import DIFF_LINES_SHOWN_MAX
from sgpctl.plan.plan import Change, Cost, Plan, Refusal
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.layout import plain
from sgpctl.render.plan_text import plan_lines
from sgpctl.render.safe_text import display_width, escape, hides, safe
from tests.render import plans, review_plans
from tests.render.samples import plan_text


def _run_on(shown: str) -> str:
    """With the lines that go on in further lines in one piece."""
    return shown.replace("\n         |", "")


any_text = st.text(st.characters(), min_size=1, max_size=128)
widths = st.integers(min_value=20, max_value=200)


def _with_text(text: str) -> Plan:
    """A plan that says `text` wherever free text can come in; what else tells its changes apart stays the same."""
    changes: list[Change] = [
        replace(plans.archive(), name=text, reasons=(text,)),
        replace(plans.update(), name=text, reasons=(text,)),
        replace(plans.create(), name=text, place=(text, 1, 1)),
    ]
    return Plan(
        changes=tuple(changes),
        unchanged=(text,),
        notes=(text,),
        warnings=(text,),
        refusals=(Refusal(text, text),),
        desired=3,
    )


def _lines_without_digest(plan: Plan, width: int) -> list[str]:
    return plan_text(plan, width=width).split("\n")[:-2]


@given(any_text, widths)
def test_text_from_elsewhere_reads_exactly_as_its_visible_form(text: str, width: int) -> None:
    visible = _with_text(safe(text))
    assert _lines_without_digest(_with_text(text), width) == _lines_without_digest(visible, width)


@given(any_text, widths)
def test_no_output_holds_a_character_that_steers_a_terminal(text: str, width: int) -> None:
    shown = plan_text(_with_text(text), replace(plans.PROD, project=text, commit=text), width=width)
    assert not any(hides(char) for char in shown if char != "\n")


@given(any_text)
def test_the_number_of_lines_does_not_depend_on_what_a_name_holds(text: str) -> None:
    wide = 10_000
    assert len(_lines_without_digest(_with_text(text), wide)) == len(
        _lines_without_digest(_with_text("x"), wide)
    )


@given(any_text)
@example("  ")
def test_every_name_is_printed_whole(name: str) -> None:
    change = plans.create()
    shown = plan_text(plans.plan_of(replace(change, name=name)), width=80)
    further_spaces = re.compile("(?<= ) ")
    assert f" +  {further_spaces.sub(lambda _: escape(' '), safe(name))}" in shown


@given(
    any_text,
    st.integers(min_value=0, max_value=10),
    st.text(st.characters(exclude_characters="\n"), max_size=20),
    st.text(st.characters(exclude_characters="\n"), max_size=20),
    widths,
)
def test_different_values_are_never_shown_alike(
    shared: str, times: int, before_end: str, after_end: str, width: int
) -> None:
    before, after = shared * times + before_end, shared * times + after_end
    assume(before != after)
    shown = plan_text(plans.plan_of(plans.update(before=before, after=after)), width=width)
    changed = re.findall(r"^ {8}([-+]) (.*(?:\n {8}(?: \||…).*)*)", shown, re.MULTILINE)
    removed = [text for mark, text in changed if mark == "-"]
    added = [text for mark, text in changed if mark == "+"]
    assert removed != added or " -> " in shown.split("\n", 4)[4]


@pytest.mark.parametrize("count", [1, 500])
def test_every_change_is_printed_however_many_there_are(count: int) -> None:
    changes = [plans.archive(f"gone-{number:03}", f"id-{number}") for number in range(count)]
    shown = plan_text(plans.plan_of(*changes))
    assert sum(line.startswith(" -  gone-") for line in shown.split("\n")) == count


def test_a_long_diff_says_how_much_it_leaves_out() -> None:
    old, new = "\n".join(map(str, range(60))), "\n".join(map(str, range(100, 160)))
    shown = plan_text(plans.plan_of(plans.replace_prompt(old, new)))
    assert f"… {120 - DIFF_LINES_SHOWN_MAX} more lines" in shown
    assert "+60 -60 lines" in shown


@pytest.mark.parametrize("width", [80, 120])
def test_each_change_in_a_long_line_is_shown(width: int) -> None:
    shown = _run_on(plan_text(review_plans.long_lines(), width=width))
    for quote in ("", '"'):
        assert f"- {quote}{review_plans.PARAGRAPH}{quote}\n" in shown
        assert f"+ {quote}{review_plans.EDITED_PARAGRAPH}{quote}\n" in shown


def test_a_line_that_is_new_is_shown_to_its_end() -> None:
    appended = f"{plans.NEW_PROMPT}{review_plans.EDITED_PARAGRAPH}\n"
    shown = plan_text(plans.plan_of(plans.replace_prompt(plans.NEW_PROMPT, appended)), width=80)
    assert f"+ {review_plans.EDITED_PARAGRAPH}\n" in _run_on(shown)


@pytest.mark.parametrize("end", ["", "\n"])
def test_of_a_very_long_line_is_said_how_much_is_left_out(end: str) -> None:
    change = plans.update(after="x" * 100_000 + end)
    shown = plan_text(plans.plan_of(change), width=80)
    assert re.search(r"\n {8}… 98,\d{3} more characters\n", shown)
    assert len(shown) < 4_000
    assert all(len(line) <= 80 for line in shown.split("\n"))


def test_a_long_line_of_wide_letters_goes_on_where_its_cells_end() -> None:
    change = plans.replace_prompt("a\n", "返品は30日以内に受け付けます。" * 20 + "\n")
    lines = plan_text(plans.plan_of(change), width=80).split("\n")
    cells = [display_width(line) for line in lines if line.startswith(("        + ", "         |"))]
    assert len(cells) == 9
    assert all(79 <= width <= 80 for width in cells[:-1])


def test_refusals_stand_after_the_changes_and_before_the_totals() -> None:
    shown = plan_text(plans.refused())
    assert shown.index("legacy-triage") < shown.index("would refuse this plan") < shown.index("Plan: ")


def test_an_upper_bound_is_called_one() -> None:
    shown = plan_text(plans.plan_of(plans.create(cost=Cost(10, 5, is_upper_bound=True))))
    assert "up to 10 model calls" in shown
    assert "Starts up to 10 model calls on 5 rows" in shown


def test_an_unknown_cost_is_never_called_zero() -> None:
    shown = plan_text(plans.plan_of(plans.create(cost=Cost(is_known=False))))
    assert "calls unknown" in shown
    assert "an unknown number of model calls" in shown
    assert "0 calls" not in shown


def test_one_of_a_thing_is_singular() -> None:
    header = replace(plans.SANDBOX, manifest_files=1)
    shown = plan_text(plans.plan_of(plans.create(cost=Cost(1, 1, 1)), desired=1), header)
    assert "1 manifest, 1 evaluation;" in shown
    assert "1 model call on 1 row; 1 question for people." in shown


def test_the_same_plan_gives_the_same_lines_at_every_call() -> None:
    first, second = (
        plan_lines(plans.every_action(), plans.PROD, UNICODE, width=100),
        plan_lines(plans.every_action(), plans.PROD, UNICODE, width=100),
    )
    assert plain(first) == plain(second)
