"""No text out of a manifest or from the platform can pass for a line of ours, move a cursor or give a command.

The same plan with plain words in the place of its texts has as many lines, so that none was added and none hidden.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ApiError, ManifestError, PlanFileError, RefusedError, SettingsError, SgpctlError
from sgpctl.manifest.problem import Problem, error_at, listing, warning_at
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.importable import Fate, Verdict
from sgpctl.model.lease import Lease
from sgpctl.plan.action import Action
from sgpctl.plan.grid import Grid
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.render.ansi import ansi
from sgpctl.render.glyphs import ASCII, UNICODE, Glyphs
from sgpctl.render.import_text import verdict_lines
from sgpctl.render.layout import Line, plain
from sgpctl.render.lease_text import lease_lines
from sgpctl.render.list_text import list_lines
from sgpctl.render.outcome_text import outcome_lines
from sgpctl.render.plan_text import plan_lines
from sgpctl.render.problems_github import workflow_commands
from sgpctl.render.problems_report import Report
from sgpctl.render.problems_text import error_lines, problem_lines, warning_lines
from sgpctl.render.progress_text import finished_line, started_line
from sgpctl.render.safe_text import hides
from sgpctl.render.unified_diff import unified_diff
from tests.render import plans
from tests.render.hostile_texts import Harmless, dressed, texts

ENDLESS = 10**6
_CHANGE = re.compile(r" {0,3}(?:[+~\-↺→=]|-/\+|->|<-)(?: |$)")
_OBEYED = re.compile(r"\s*::|.*##\w*\[")

widths = st.integers(20, 160)
glyphs = st.sampled_from([UNICODE, ASCII])


@st.composite
def shapes(draw: st.DrawFn) -> tuple[Plan, PlanHeader]:
    """Plans of every kind, with plain texts in them."""
    plan = draw(
        st.sampled_from(
            [plans.every_action(), plans.refused(), plans.plan_of(), plans.plan_of(plans.create())]
        )
    )
    cells = tuple(
        ((model, prompt), draw(st.sampled_from([None, *Action]))) for model in "ab" for prompt in "xyz"
    )
    grids = (Grid(("m.yaml", 1, 1), ("model", "prompt"), cells),) if draw(st.booleans()) else ()
    return replace(plan, grids=grids), draw(st.sampled_from([plans.PROD, plans.SANDBOX]))


@st.composite
def hostile(draw: st.DrawFn, shape: Any) -> Any:
    """A shape with one of a few hostile texts in the place of each of its texts."""
    pool = draw(st.lists(texts, min_size=1, max_size=5))
    salt = draw(st.integers(0, 1000))
    return dressed(shape, lambda text: pool[crc32(f"{salt}{text}".encode()) % len(pool)])


def named(header: PlanHeader, original: PlanHeader) -> PlanHeader:
    """Projects and environments are called as they may be; everything else in a header is anybody's text."""
    return replace(header, project=original.project, environment=original.environment)


def harmless(value: Any) -> Any:
    words = Harmless()
    return dressed(value, words.word, words.lines)


def judged(lines: Sequence[Line], changes: int | None = None) -> list[str]:
    """The lines as they are printed, once nothing in them is anything but words."""
    text = plain(lines)
    printed = text.split("\n")
    assert printed.pop() == ""
    assert len(printed) == len(lines)
    for line in printed:
        assert not any(hides(char) for char in line), repr(line)
        assert not _OBEYED.match(line), line
    if changes is not None:
        assert sum(_CHANGE.match(line) is not None for line in printed) == changes, text
    assert re.sub(r"\x1b\[[0-9;]*m", "", ansi(lines)) == text
    return printed


@given(st.data(), widths, glyphs)
@settings(max_examples=100)
def test_a_plan_has_its_own_lines_and_no_others(data: st.DataObject, width: int, glyphs: Glyphs) -> None:
    shape, original = data.draw(shapes())
    plan, header = data.draw(hostile((shape, original)))
    header = named(header, original)
    symbols = len(plan.changes) + bool(plan.unchanged and plan.changes)
    judged(plan_lines(plan, header, glyphs, width=width), symbols)
    wide = judged(plan_lines(plan, header, glyphs, width=ENDLESS), symbols)
    plain_plan, plain_header = harmless((plan, header))
    assert len(wide) == len(plan_lines(plain_plan, plain_header, glyphs, width=ENDLESS))


@given(st.data(), widths, glyphs)
@settings(max_examples=100)
def test_an_outcome_has_its_own_lines_and_no_others(data: st.DataObject, width: int, glyphs: Glyphs) -> None:
    plan, _ = data.draw(shapes())
    results = tuple(
        ChangeResult(
            change, data.draw(st.sampled_from(Status)), "id-1", data.draw(st.sampled_from([None, "words"]))
        )
        for change in plan.changes
    )
    left = data.draw(st.sampled_from([None, plan, Plan()]))
    unverified = data.draw(st.sampled_from([None, "words"]))
    outcome = data.draw(hostile(Outcome(results, left=left, folded=("id-2",), unverified=unverified)))
    judged(outcome_lines(outcome, glyphs, width=width))
    wide = judged(outcome_lines(outcome, glyphs, width=ENDLESS))
    assert len(wide) == len(outcome_lines(harmless(outcome), glyphs, width=ENDLESS))


@given(hostile(plans.every_action()), texts, texts, glyphs)
@settings(max_examples=60)
def test_progress_is_one_line_for_each_step(plan: Plan, remote_id: str, message: str, glyphs: Glyphs) -> None:
    for change in plan.changes:
        results = [ChangeResult(change, status, remote_id, message) for status in Status]
        judged([started_line(change, glyphs), *(finished_line(one, 1.0, glyphs) for one in results)], 6)


@given(st.lists(st.tuples(texts, texts, texts), max_size=5), widths, glyphs)
@settings(max_examples=100)
def test_a_list_has_a_row_for_each_evaluation(
    found: list[tuple[str, str, str]], width: int, glyphs: Glyphs
) -> None:
    evaluations = [
        RemoteEvaluation(f"{one_id}{number}", name, status, plans.NOW)
        for number, (one_id, name, status) in enumerate(found)
    ]
    words = Harmless()
    plain_ones = [
        replace(one, id=words.word(one.id), name=words.word(one.name), status=words.word(one.status))
        for one in evaluations
    ]
    judged(list_lines(evaluations, plans.NOW, glyphs, width=width))
    wide = judged(list_lines(evaluations, plans.NOW, glyphs, width=ENDLESS))
    assert len(wide) == len(list_lines(plain_ones, plans.NOW, glyphs, width=ENDLESS))
    assert sum(line.startswith("NAME  ") for line in wide) == bool(found)


@given(st.lists(st.tuples(texts, texts, texts, st.booleans()), max_size=5), glyphs)
@settings(max_examples=100)
def test_each_problem_is_one_line(found: list[tuple[str, str, str, bool]], glyphs: Glyphs) -> None:
    problems = [
        (error_at if is_error else warning_at)((file, 1, 1), message, (path,))
        for file, path, message, is_error in found
    ]
    assert len(judged(problem_lines(problems, glyphs))) == len(problems) + bool(problems)
    assert len(judged(error_lines(ManifestError(listing(problems))))) == max(1, len(problems))
    assert len(judged(warning_lines([message for *_, message, _ in found]))) == len(found)


@given(texts, texts)
@settings(max_examples=100)
def test_an_error_is_one_line_and_its_hint_another(message: str, hint: str) -> None:
    errors: list[SgpctlError] = [
        RefusedError(message, hint=hint),
        SettingsError(message, hint=hint),
        PlanFileError(message, hint=hint),
        ApiError(message, request="GET /v5/evaluations", hint=hint),
    ]
    for error in errors:
        printed = judged(error_lines(error))
        assert [line.startswith("error: ") for line in printed] == [True, False][: len(printed)]
        assert len(printed) == 1 + bool(hint)


@given(st.lists(st.tuples(texts, texts, texts, st.booleans()), max_size=4), texts)
@settings(max_examples=100)
def test_an_annotation_is_one_command_and_its_texts_are_none(
    found: list[tuple[str, str, str, bool]], failure: str
) -> None:
    problems: list[Problem] = [error_at((file, 1, 1), message, (path,)) for file, path, message, _ in found]
    addresses = {file: file for file, *_, has_address in found if has_address}
    printed = workflow_commands(Report(problems, addresses, failure)).split("\n")
    assert printed.pop() == ""
    assert len(printed) == len(problems) + 1
    for line in printed:
        assert re.fullmatch(r"::error (?:file=[^:,]*,line=1,col=1,)?title=[^:,]*::.*", line), line
        assert not any(hides(char) for char in line), repr(line)


@given(texts, texts, texts)
def test_a_diff_is_headed_once_and_each_line_has_its_mark(name: str, before: str, after: str) -> None:
    printed = judged(unified_diff(name, before, after))
    assert all(re.match(r"---|\+\+\+|@@|[-+ \\]", line) for line in printed)
    assert sum(line.startswith("@@ ") for line in printed) <= max(before.count("\n"), after.count("\n")) + 1


@given(texts, st.integers(0, 10))
def test_a_lease_is_one_line(holder: str, age: int) -> None:
    at = plans.NOW - timedelta(minutes=age)
    lease = Lease(id="l", holder=holder, nonce="n", created_at=at)
    assert len(judged(lease_lines([lease, lease], plans.NOW))) == 2


@given(st.lists(st.tuples(texts, st.lists(texts, max_size=2), st.sampled_from(Fate)), max_size=4), glyphs)
def test_an_import_tells_of_each_evaluation_in_lines_of_ours(
    found: list[tuple[str, list[str], Fate]], glyphs: Glyphs
) -> None:
    verdicts = [
        Verdict(RemoteEvaluation(f"e{number}", name, "completed", plans.NOW), fate, tuple(words), ("a.yaml",))
        for number, (name, words, fate) in enumerate(found)
    ]
    printed = judged(verdict_lines(verdicts, glyphs, is_dry_run=False))
    warnings = sum(len(words) for _, words, fate in found if fate is Fate.IMPORTED)
    assert len(printed) == len(found) + warnings
