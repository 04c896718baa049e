"""What a reviewer sees of a plan: the verdict first, archives never folded away, everything within one comment."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgpctl.limits import ARCHIVES_LISTED_MAX, COMMENT_BYTES_MAX
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Cost, FieldChange, Plan, PlanHeader, Refusal, RowsChange
from sgpctl.render.markdown.plan import plan_markdown
from sgpctl.render.safe_text import safe
from tests.plan.saved_plans import changes, headers, rows_changes, saved_plans
from tests.render import plans, review_plans, row_plans
from tests.render.markdown_reading import has_only_our_markup, pings, read, table_rows
from tests.render.test_markdown_text import texts

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.é返|`", min_size=1, max_size=40)


def markdown(plan: Plan) -> str:
    return plan_markdown(plan, plans.PROD)


def first_line(plan: Plan) -> str:
    return markdown(plan).partition("\n")[0]


@st.composite
def large_plans(draw: st.DrawFn) -> Plan:
    """A few changes of any kind, each many times over."""
    many: list[Change] = []
    for change in draw(st.lists(changes, max_size=4)):
        number = draw(st.integers(1, 1_000))
        many += [replace(change, name=f"{change.name}{n}") for n in range(number)]
    refusals = (Refusal(draw(texts), draw(texts)),) * draw(st.integers(0, 3_000))
    unchanged = tuple(f"{draw(texts)}{n}" for n in range(draw(st.integers(0, 50))))
    return Plan(changes=tuple(many), unchanged=unchanged, refusals=refusals, notes=(draw(texts),) * 500)


def holds(written: str) -> None:
    assert len(written.encode("utf-8")) <= COMMENT_BYTES_MAX
    assert all(len(set(table)) == 1 for table in table_rows(written))
    document = read(written)
    assert has_only_our_markup(document)
    assert pings(document.words) == []


@given(saved_plans, headers)
def test_any_plan_is_a_document_of_our_markup_only(plan: Plan, header: PlanHeader) -> None:
    holds(plan_markdown(plan, header))


@given(texts)
def test_no_text_is_markup_wherever_it_comes_in(text: str) -> None:
    change = replace(
        plans.replace_prompt(f"{text}\n", f"\n{text}"),
        name=text,
        reasons=(text,),
        archives=(plans.superseded(text, text),),
        place=(text, 1, 1),
    )
    field = replace(change.fields[0], path=text)
    value = replace(field, before=text, after=[text])
    plan = plans.plan_of(
        replace(change, fields=(field, value)),
        plans.archive(text, text),
        unchanged=(text,),
        notes=(text,),
        warnings=(text,),
        refusals=(Refusal(text, text),),
    )
    header = replace(plans.PROD, project=text, environment=text, commit=text)
    holds(plan_markdown(plan, header))


@settings(max_examples=15)
@given(large_plans())
def test_no_plan_is_too_large_for_a_comment(plan: Plan) -> None:
    holds(markdown(plan))


@settings(max_examples=15)
@given(st.lists(names, min_size=1, max_size=300, unique=True), st.integers(0, 1_000))
def test_every_archived_evaluation_is_named_whatever_else_there_is(gone: list[str], others: int) -> None:
    replaced = [
        replace(plans.replace_prompt(), name=name, fields=(), cost=Cost(number, number))
        for number, name in enumerate(gone[::2])
    ]
    plan = plans.plan_of(
        *replaced,
        *(plans.archive(name) for name in gone[1::2]),
        *(plans.update(f"other-{number}", after=number) for number in range(others)),
    )
    written = markdown(plan)
    holds(written)
    assert {safe(name) for name in gone} <= read(
        written.partition("**Archives")[2].partition("<details>")[0]
    ).codes


def test_the_first_sentence_says_what_merging_starts_and_takes_away() -> None:
    assert first_line(plans.every_action()) == (
        "**Merging this starts 3 runs**: up to 1,078 model calls on 539 rows, 180 questions for people; archives "
        "1 evaluation and 3 superseded runs. At no cost it updates 1, renames 1, restores 1 and adopts 1."
    )
    assert first_line(plans.plan_of(plans.update())) == (
        "**Merging this starts no run**; archives nothing. At no cost it updates 1."
    )


def test_nothing_to_do_is_said_in_one_sentence() -> None:
    plan = Plan(unchanged=("a",), desired=1)
    assert first_line(plan) == "**Nothing changes**: 1 evaluation is as declared."


def test_a_refused_plan_says_so_first_and_why_before_all_changes() -> None:
    written = markdown(plans.refused())
    assert written.startswith("**Refused**: ")
    assert written.index("lets 1 pass") < written.index("| evaluation |")
    assert "say `--allow-archive 2`." in written


def test_what_to_do_about_a_refusal_is_said_once_for_all_that_it_mends() -> None:
    refusals = tuple(Refusal(f"'tone-{number}' is protected", "Lift it first.") for number in range(240))
    written = markdown(plans.plan_of(plans.update(), refusals=refusals))
    assert written.count("Lift it first.") == 1
    assert all(f"`tone-{number}` is protected" in written for number in range(240))


def test_archives_are_never_folded() -> None:
    for plan in (plans.every_action(), review_plans.matrix(), review_plans.many_archives()):
        folded = markdown(plan).index("**Archives") > markdown(plan).find("<details>") > -1
        assert not folded


@pytest.mark.parametrize("count", [1, ARCHIVES_LISTED_MAX, ARCHIVES_LISTED_MAX + 1, 500])
def test_archives_stay_named_when_they_are_many(count: int) -> None:
    gone = [plans.archive(f"gone-{number:03}", f"{number:08}") for number in range(count)]
    shown = read(markdown(plans.plan_of(*gone))).codes
    assert {change.name for change in gone} <= shown


def test_archives_beyond_all_room_are_counted_aloud() -> None:
    gone = [plans.archive(f"gone-{number}-" + "x" * 100, f"{number:08}") for number in range(2_000)]
    written = markdown(plans.plan_of(*gone))
    assert "of 2,000 archived evaluations are left out here for length.**" in written
    assert written.startswith("**Merging this starts no run**; archives 2,000 evaluations.")
    assert len(written.encode()) > COMMENT_BYTES_MAX - 500


def test_an_archive_says_what_is_lost() -> None:
    written = markdown(plans.plan_of(plans.replace_rows()))
    assert "- `policy-recall` (`81aa2f1a…`): its new run takes its place (failed 2026-11-02)" in written


def test_identical_changes_are_one_row_and_their_names_are_folded() -> None:
    written = markdown(review_plans.matrix())
    [row] = [
        line for line in written.split("\n") if "tasks.answer.temperature" in line and "replace |" in line
    ]
    assert "**240 evaluations**" in row
    assert "`tasks.answer.temperature`: `0` → `0.2`" in row
    assert "43,200 rows<br>86,400 model calls" in row
    assert "The names of 240 evaluations that change alike" in written


def test_changes_that_differ_in_one_value_are_no_group() -> None:
    plan = plans.plan_of(plans.update("a", after=1), plans.update("b", after=2))
    rows = [line for line in markdown(plan).split("\n") if "| update |" in line]
    assert len(rows) == 2


def test_a_reverted_matrix_is_one_row_though_every_reason_names_its_own_run() -> None:
    written = markdown(review_plans.reverted_matrix())
    assert "equals the archived run of 2026-10-29; its results come back with it" in written
    assert sum("| restore |" in line for line in written.split("\n")) == 1


def test_each_change_in_a_long_line_is_shown() -> None:
    document = read(markdown(review_plans.long_lines()))
    [fence] = document.fences
    printed = fence.replace("\n<", "").replace("\n>", "")
    for mark, paragraph in (("-", review_plans.PARAGRAPH), ("+", review_plans.EDITED_PARAGRAPH)):
        assert f"{mark}{paragraph}\n" in printed
        assert f'"{paragraph}"' in document.codes


def test_of_a_very_long_line_is_said_how_much_is_left_out() -> None:
    long = "x" * 100_000
    written = markdown(plans.plan_of(plans.replace_prompt("a\n", f"{long}\n"), plans.update(after=long)))
    assert "\n… 98,000 more characters\n" in written
    assert "` … 98,002 more characters … `" in written
    assert len(written) < 8_000


def test_lines_that_have_no_room_are_counted_with_their_characters() -> None:
    lines = [str(number) * 1_900 for number in range(10)]
    written = markdown(plans.plan_of(plans.replace_prompt("", "\n".join(lines))))
    assert "… 2 more lines, 3,800 characters" in written
    holds(written)


@settings(max_examples=10)
@given(st.lists(texts, min_size=1, max_size=5), st.integers(1, 60))
def test_long_lines_do_not_make_a_comment_too_large(found: list[str], count: int) -> None:
    changes = [
        replace(
            plans.replace_prompt("".join(found), f"{text * 400}\n{number}"),
            name=f"e-{number}",
            fields=(
                FieldChange("prompt", "".join(found) * 50, f"{text * 400}\n{number}"),
                FieldChange("value", [number], [text * 400]),
            ),
        )
        for number in range(count)
        for text in found
    ]
    holds(markdown(plans.plan_of(*changes)))


def test_a_shared_prompt_is_shown_once_with_how_many_use_it() -> None:
    written = markdown(review_plans.long_prompts())
    assert written.count("`prompts/policy.md` +58 -58 lines: ") == 1
    assert "of 9 evaluations" in written


def test_the_lines_that_a_short_difference_leaves_go_to_the_long_ones() -> None:
    fences = read(markdown(review_plans.long_prompts())).fences
    beginning = [re.findall(r"^[^<>…].*", fence, re.MULTILINE) for fence in fences]
    assert [len(lines) for lines in beginning] == [3, 148, 149]


def test_what_costs_money_is_left_out_last() -> None:
    written = markdown(review_plans.two_thousand())
    actions = [line.split(" | ")[2] for line in written.split("\n") if line.startswith("| `")]
    assert set(actions) <= {Action.REPLACE.value, Action.CREATE.value}
    assert "of 1,990 rows of this table are left out here" in written
    assert "3,000 of 3,000 unchanged names are left out here" in written
    assert "`sgpctl show plan.json`" in written


def test_a_matrix_is_drawn_as_a_table_of_signs() -> None:
    written = markdown(review_plans.matrix())
    assert "| `language` | `short` | `long` | `rude` | `empty` |" in written
    assert "| `de` | `=` | `=` | `+` | `+` |" in written


@given(st.lists(texts, max_size=6))
def test_no_text_in_a_row_is_markup(found: list[str]) -> None:
    holds(markdown(plans.plan_of(*row_plans.tricks(found))))


@settings(max_examples=15)
@given(st.lists(rows_changes, min_size=1, max_size=5), st.integers(1, 400))
def test_rows_are_left_out_one_by_one_where_there_is_no_room(found: list[RowsChange], count: int) -> None:
    changes = [
        row_plans.replaced(replace(rows, before=number), f"e-{number}")
        for number in range(count)
        for rows in found
    ]
    holds(markdown(plans.plan_of(*changes)))


def test_changed_rows_stand_by_key_and_column() -> None:
    written = markdown(row_plans.by_key())
    assert (
        "`policy-recall`, `policy-recall-strict`: +4 -3, 15 changed, 12 unchanged, by `ticket_id`<br>"
        in written
    )
    assert "changed: `reference` in 14 rows, `passage` in 2 rows, `language` in 1 row\n" in written
    assert '| `~` | `T-003` | `reference` | `"30 days"` | `"14 days"` |' in written
    assert (
        "… 12 more rows; 2 rows matched by content: without `ticket_id`, or with one that occurs twice"
        in written
    )


def test_rows_without_a_key_stand_in_their_columns() -> None:
    written = markdown(row_plans.by_content())
    assert "|  | `ticket_id` | `question` | `passage` | `reference` |" in written
    assert '| `+` | `"T-031"` | `"How long can I return order 31?"` |' in written


def test_columns_that_have_no_room_are_counted() -> None:
    written = markdown(row_plans.every_row())
    assert "6 more columns\n" in written
    assert "|  |  | 6 more columns |  |  |" in written


def test_the_same_plan_gives_the_same_document() -> None:
    assert markdown(review_plans.matrix()) == markdown(review_plans.matrix())
