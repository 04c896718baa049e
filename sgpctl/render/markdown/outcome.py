"""What became of an apply, as Markdown: what did not end well in the open, what was done folded."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ExitCode, SgpctlError
from sgpctl.plan.plan import PlanHeader
from sgpctl.render.alike import grouped
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.markdown.budget import Importance, Part, fitted
from sgpctl.render.markdown.changes import changes_part
from sgpctl.render.markdown.heading import where
from sgpctl.render.markdown.text import code, folded, prose, row, table_head
from sgpctl.render.markdown.texts import text_changes
from sgpctl.render.outcome_wording import (
    SECTIONS,
    SKIPPED_TITLE,
    done_sentence,
    folded_words,
    left_beside_failures,
    left_title,
    next_step,
    started_words,
    verdict_word,
    verified_sentence,
)
from sgpctl.render.wording import short_id

_REMEDY = "The log of the apply has them, and what `--output json=FILE` writes."


def outcome_markdown(outcome: Outcome, header: PlanHeader) -> str:
    parts: list[str | Part] = [_verdict(outcome), where(header)]
    for status, title in SECTIONS:
        results = [result for result in outcome.results if result.status is status]
        parts += [f"**{title}**", _results_part(results)] if results else []
    if outcome.skipped:
        parts += [f"**{SKIPPED_TITLE}**", _skipped_part(outcome)]
    if outcome.left is not None and not outcome.left.is_empty:
        parts += [f"**{left_title(outcome)}**", *_left(outcome)]
    if outcome.folded:
        ids = ", ".join(code(short_id(remote_id, UNICODE)) for remote_id in outcome.folded)
        parts.append(f"Note: {folded_words(outcome)}: {ids}")
    done = [result for result in outcome.results if result.status is Status.DONE]
    return fitted([*parts, _done_part(done)] if done else parts)


def refusal_markdown(error: SgpctlError, project: str, environment: str) -> str:
    """Why an apply was refused, and that nothing was changed."""
    first, *details = error.message.split("\n")
    place = f"{code(project)} → {code(environment)}: nothing was changed."
    parts: list[str | Part] = [f"**Refused**: {prose(first)}", place]
    if details:
        items = [f"- {prose(line.strip())}" for line in details]
        parts.append(Part(Importance.REFUSALS, "", items=items, things="reasons", remedy=_REMEDY))
    return fitted([*parts, prose(error.hint)] if error.hint else parts)


def _verdict(outcome: Outcome) -> str:
    if not outcome.results and outcome.exit_code is ExitCode.OK:
        return "**Nothing was to be done**: everything is as declared."
    sentences = [f"{done_sentence(outcome)} {prose(verified_sentence(outcome))}"]
    if (started := started_words(outcome)) is not None:
        sentences.append(f"Started {started}.")
    if outcome.exit_code is not ExitCode.OK:
        sentences.append(next_step(outcome))
    return f"**{verdict_word(outcome)}**: {' '.join(sentences)}"


def _results_part(results: Sequence[ChangeResult]) -> Part:
    return Part(
        Importance.NOT_DONE,
        table_head("", "evaluation", "action", "run", "what happened"),
        items=[_result_row(result) for result in results],
        things="of these changes",
        remedy=_REMEDY,
    )


def _result_row(result: ChangeResult) -> str:
    change = result.change
    message = prose(result.message) if result.message else ""
    started = "was started" if result.started else ""
    run = " ".join([started, _id(result.remote_id)]).strip()
    return row(code(change.action.symbol), code(change.name), change.action.value, run, message)


def _skipped_part(outcome: Outcome) -> Part:
    return Part(
        Importance.NOT_DONE,
        table_head("", "evaluation", "action", "why"),
        items=[
            row(
                code(one.change.action.symbol), code(one.change.name), one.change.action.value, prose(one.why)
            )
            for one in outcome.skipped
        ],
        things="skipped changes",
        remedy=_REMEDY,
    )


def _left(outcome: Outcome) -> list[Part]:
    others = left_beside_failures(outcome)
    part = changes_part(grouped(others), text_changes(others), _REMEDY)
    return [] if part is None else [part]


def _done_part(results: Sequence[ChangeResult]) -> Part:
    opening, closing = folded(counted(len(results), "change done", "changes done"))
    return Part(
        Importance.DONE,
        opening + table_head("", "evaluation", "action", "run"),
        closing,
        items=[_done_row(result) for result in results],
        things="changes that were done",
        remedy=_REMEDY,
    )


def _done_row(result: ChangeResult) -> str:
    change = result.change
    return row(code(change.action.symbol), code(change.name), change.action.value, _id(result.remote_id))


def _id(remote_id: str | None) -> str:
    return code(remote_id) if remote_id else ""
