"""Every golden file, by name, with the text that the code makes for it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ManifestError, RefusedError, SgpctlError, StalePlan
from sgpctl.manifest.problem import error_at, warning_at
from sgpctl.model.evaluation import Progress, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.plan.drift import Drift
from sgpctl.plan.plan import Cost, FieldChange, Plan, PlanHeader
from sgpctl.plan.saved import plan_document
from sgpctl.plan.staleness import Skipped, partition
from sgpctl.render.ansi import ansi
from sgpctl.render.drift_github import drift_commands
from sgpctl.render.drift_text import drift_document, drift_lines
from sgpctl.render.glyphs import ASCII, UNICODE, Glyphs
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Line, plain
from sgpctl.render.list_text import list_document, list_lines
from sgpctl.render.markdown.drift import drift_markdown
from sgpctl.render.markdown.outcome import outcome_markdown, refusal_markdown
from sgpctl.render.markdown.plan import plan_markdown
from sgpctl.render.outcome_json import outcome_document
from sgpctl.render.outcome_text import outcome_lines
from sgpctl.render.plan_github import plan_commands
from sgpctl.render.plan_gitlab import gitlab_document
from sgpctl.render.plan_text import plan_lines
from sgpctl.render.problems_github import workflow_commands
from sgpctl.render.problems_json import problems_document
from sgpctl.render.problems_report import Report
from sgpctl.render.problems_sarif import sarif_document
from sgpctl.render.problems_text import error_lines, problem_lines, warning_lines
from sgpctl.render.progress_text import finished_line, started_line
from tests.render import drifts, histories, plans, review_plans, row_plans
from tests.render.problem_reports import REPORTS

GOLDEN = Path(__file__).parent.parent / "golden"

_NEW_ID = "f00dcafe-7777-4a51-8f0e-2c963f66afa6"


def plan_text(plan: Plan, header: PlanHeader = plans.PROD, glyphs: Glyphs = UNICODE, width: int = 120) -> str:
    return plain(plan_lines(plan, header, glyphs, width=width))


def outcome_text(outcome: Outcome, glyphs: Glyphs = UNICODE, width: int = 100) -> str:
    return plain(outcome_lines(outcome, glyphs, width=width))


def _long_prompt() -> Plan:
    old = "\n".join(f"Rule {number}: be brief about topic {number}." for number in range(1, 121))
    new = old.replace("Rule 9:", "Rule nine:").replace("be brief about topic 6", "be thorough about topic 6")
    paragraph = "Some passages are long and stand on one line, as paragraphs do in Markdown. " * 4
    return plans.plan_of(
        plans.replace_prompt(
            f"{old}\n{paragraph}Answer within 20 days.\n", f"{new}\n{paragraph}Answer within 30 days."
        )
    )


def _many_fields() -> Plan:
    change = plans.update()
    fields = tuple(
        FieldChange(f"metadata.key_{number:02}", number, number + 1, ("smoke/refund-window.yaml", number, 3))
        for number in range(1, 26)
    )
    return plans.plan_of(replace(change, fields=fields))


def _long_values() -> Plan:
    shared = (
        "The window in which a customer may hand back what was bought, counted from the day of delivery, "
    )
    change = plans.update(
        before=f"{shared}is 20 days for all goods.", after=f"{shared}is 30 days for all goods."
    )
    more = FieldChange(
        "metadata.reviewers", None, {"team": "support-ai", "people": [f"person-{n}" for n in range(30)]}
    )
    tags = FieldChange("tags", ["gate"], ["gate", "nightly"], ("smoke/refund-window.yaml", 3, 7))
    spaces = FieldChange(
        "metadata.text", "one \ntwo\n", "one\ntwo\u00a0\n", ("smoke/refund-window.yaml", 4, 7)
    )
    return plans.plan_of(replace(change, fields=(*change.fields, more, tags, spaces)))


def _unknown_cost() -> Plan:
    unknown = replace(plans.create("from-dataset"), cost=Cost(is_known=False))
    return plans.plan_of(unknown, plans.replace_unread_rows())


def _results(*statuses: Status) -> tuple[ChangeResult, ...]:
    changes = [plans.create(), plans.replace_rows(), plans.update(), plans.archive(), plans.restore()]
    messages = {
        Status.DONE: None,
        Status.FAILED: "the platform refused it (422): body.tasks[0].configuration.model: unknown model",
        Status.UNCLEAR: "POST /v5/evaluations timed out after 300 s, three times, and no evaluation with its mark "
        "has appeared since",
        Status.NOT_STARTED: None,
    }
    return tuple(
        ChangeResult(
            change,
            status,
            _NEW_ID if status is Status.DONE else None,
            messages[status],
            started=status is Status.DONE and change.action.starts_a_run,
        )
        for change, status in zip(changes, statuses, strict=False)
    )


_DONE, _FAILED, _UNCLEAR, _NOT_STARTED = Status.DONE, Status.FAILED, Status.UNCLEAR, Status.NOT_STARTED


def _all_done() -> Outcome:
    return Outcome(_results(*[_DONE] * 5), left=Plan(desired=7))


def _in_part() -> Outcome:
    results = _results(_DONE, _UNCLEAR, _FAILED, _NOT_STARTED)
    half = ChangeResult(
        plans.replace_prompt(),
        _FAILED,
        _NEW_ID,
        "the old evaluation has changed since the plan",
        started=True,
    )
    left = plans.plan_of(plans.replace_rows(), plans.update(), plans.archive(), plans.adopt())
    return Outcome((*results, half), left=left, folded=("dead0001-0000", "dead0002-0000"))


def _interrupted() -> Outcome:
    return Outcome(
        _results(_DONE, _DONE, _NOT_STARTED, _NOT_STARTED, _NOT_STARTED), left=None, interrupted=True
    )


def _unverified() -> Outcome:
    return Outcome(_results(_DONE, _DONE), unverified="GET /v5/evaluations was answered with 503, six times")


def _skipped() -> Outcome:
    """Of a saved plan, one change went on; the others moved, each in a way of its own."""
    moved = replace(
        plans.update(),
        declared="another",
        parts={"description": "2", "metadata.owner": "2"},
        preconditions=(
            replace(
                plans.update().preconditions[0], fingerprint="another", parts={"tags": "2", "archived": "1"}
            ),
        ),
    )
    reviewed = replace(
        plans.update(),
        parts={"description": "1"},
        preconditions=(replace(plans.update().preconditions[0], parts={"tags": "1", "archived": "1"}),),
    )
    before = (
        plans.create(),
        reviewed,
        plans.replace_rows(),
        plans.archive(),
        plans.rename(),
        plans.restore(),
    )
    taken = plans.archive("delivery-delays", plans.rename().remote_id or "")
    now = (plans.create(), moved, plans.archive(), plans.adopt(), plans.rename(), taken)
    parts = partition(plans.plan_of(*before), plans.plan_of(*now))
    done = ChangeResult(plans.create(), Status.DONE, _NEW_ID, started=True)
    return Outcome((done,), left=plans.plan_of(*now[1:]), skipped=parts.skipped)


def _not_needed() -> tuple[Skipped, ...]:
    before, now = plans.plan_of(plans.update()), plans.plan_of(unchanged=("refund-window",))
    return partition(before, now).skipped


def _evaluations() -> list[RemoteEvaluation]:
    def made(name: str, status: str, age: timedelta, **parts: object) -> RemoteEvaluation:
        remote_id = f"{len(name):08x}-7777-4a51-8f0e-2c963f66afa6"
        return RemoteEvaluation(remote_id, name, status, plans.NOW - age, **parts)  # type: ignore[arg-type]  # fields by name, checked by the dataclass

    return [
        made(
            "refund-window", "completed", timedelta(days=12), error_count=0, progress=Progress(180, 180, 0, 0)
        ),
        made("grounded-answers", "running", timedelta(minutes=7), progress=Progress(1180, 20, 1, 1159)),
        made("policy-recall", "failed", timedelta(hours=5), error_count=14, progress=Progress(14, 0, 14, 0)),
        made("brand-new", "running", timedelta(seconds=3)),
        made(plans.HOSTILE, "strange\x1b[0m", timedelta(days=400), error_count=1),
        made("a-name-that-is-rather-long-but-still-within-bounds-" * 2, "completed", timedelta(days=1)),
    ]


def _progress() -> str:
    done, failed, unclear, waiting = _results(_DONE, _FAILED, _UNCLEAR, _NOT_STARTED)
    lines: list[Line] = [
        started_line(done.change, UNICODE),
        finished_line(done, 2.1, UNICODE),
        finished_line(failed, 59.99, UNICODE),
        finished_line(unclear, 903, UNICODE),
        finished_line(waiting, 0, UNICODE),
        started_line(plans.archive(plans.HOSTILE), UNICODE),
    ]
    return plain(lines)


def _problems() -> str:
    problems = [
        error_at(
            ("smoke/refunds.yaml", 4, 9),
            "unknown key; did you mean 'description'?",
            ("descripton",),
        ),
        warning_at(("smoke/refunds.yaml", 2, 1), "'no' is text here", ("tags", 0)),
        error_at(("smoke/\x1bodd.yaml", 1, 1), "invalid UTF-8 at byte 17"),
    ]
    return plain(problem_lines(problems, UNICODE))


def plan_github(plan: Plan) -> str:
    """As for a project in the folder `evals` of its repository."""
    places = [
        place for change in plan.changes for place in (change.place, *(one.place for one in change.fields))
    ]
    files = {place[0] for place in places if place is not None} | {"support/refunds.yaml"}
    return plan_commands(plan, plans.PROD, {file: f"evals/{file}" for file in files})


def _markdown() -> Iterator[tuple[str, Callable[[], str]]]:
    for name, plan in _REVIEWED.items():
        yield f"plan-{name}.md", partial(plan_markdown, plan, plans.PROD)
    for name, outcome in _OUTCOMES.items():
        yield f"outcome-{name}.md", partial(outcome_markdown, outcome, plans.PROD)
    stale = RefusedError(
        "the saved plan is stale; nothing was changed\n  create of 'tone' is new\n  archive of '@octocat' is new",
        hint="Make and review a new plan.",
    )
    yield "outcome-refused.md", partial(refusal_markdown, stale, "support-evals", "prod")


def _reports_on_plans() -> Iterator[tuple[str, Callable[[], str]]]:
    for name in ("every-action", "empty", "refused", "240-alike", "tricks"):
        yield f"plan-{name}.github.txt", partial(plan_github, _REVIEWED[name])
    for name in ("every-action", "empty", "240-alike"):
        yield f"plan-{name}.gitlab.json", partial(_gitlab, _REVIEWED[name])


def _gitlab(plan: Plan) -> str:
    return json_text(gitlab_document(plan))


def _errors() -> str:
    refused = RefusedError("the plan archives 2 of 3 evaluations", hint="Say `--allow-archive 2`.")
    stale = StalePlan("the saved plan is stale\n  create of 'a' is new", hint="Make and review a new plan.")
    foreign = SgpctlError(f"the platform said: {plans.HOSTILE}", hint=plans.HOSTILE)
    manifests = ManifestError(
        "a.yaml:1:1: name: is missing\nb.yaml:3:2: tasks: unknown key", hint="See README."
    )
    errors = (refused, stale, foreign, manifests)
    lines = [line for error in errors for line in error_lines(error)]
    return plain([*lines, *warning_lines([plans.HOSTILE])])


def _reports() -> Iterator[tuple[str, Callable[[], str]]]:
    """The forms of `validate` for programs."""
    for name, report in REPORTS.items():
        yield f"{name}.json", partial(_as_json, problems_document, report)
        yield f"{name}.sarif", partial(_as_json, partial(sarif_document, version="1.2.3"), report)
        yield f"{name}.github.txt", partial(workflow_commands, report)


def _as_json(document_of: Callable[[Report], Json], report: Report) -> str:
    return json_text(document_of(report))


_REVIEWED = {
    "every-action": plans.every_action(),
    "empty": Plan(unchanged=tuple("abcdefg"), desired=7, owned=7, others=12),
    "only-archives": plans.plan_of(plans.archive()),
    "only-free": plans.plan_of(plans.update(), plans.adopt()),
    "refused": plans.refused(),
    "unknown-cost": _unknown_cost(),
    "long-values": _long_values(),
    "240-alike": review_plans.matrix(),
    "240-restored": review_plans.reverted_matrix(),
    "300-archives": review_plans.many_archives(),
    "2000-changes": review_plans.two_thousand(),
    "long-prompts": review_plans.long_prompts(),
    "long-lines": review_plans.long_lines(),
    "hostile-names": plans.hostile(),
    "tricks": review_plans.tricks(),
    "rows-by-key": row_plans.by_key(),
    "rows-by-content": row_plans.by_content(),
    "rows-all-changed": row_plans.every_row(),
    "rows-of-tricks": plans.plan_of(*row_plans.tricks(review_plans.TRICKS)),
}
_OUTCOMES = {
    "done": _all_done(),
    "in-part": _in_part(),
    "interrupted": _interrupted(),
    "nothing": Outcome(left=Plan(desired=7)),
    "unverified": _unverified(),
    "skipped": _skipped(),
}

_DRIFTS = {"every-kind": drifts.every_kind(), "none": drifts.nothing(), "hostile": drifts.hostile()}


def _drift_samples() -> Iterator[tuple[str, Callable[[], str]]]:
    for name, drift in _DRIFTS.items():
        files = {one.place[0]: f"evals/{one.place[0]}" for one in drift.findings if one.place is not None}
        yield f"drift-{name}.txt", partial(_drift_text, drift)
        yield f"drift-{name}.md", partial(drift_markdown, drift, plans.PROD)
        yield f"drift-{name}.github.txt", partial(drift_commands, drift, plans.PROD, files)
    yield "drift.json", lambda: json_text(drift_document(drifts.every_kind(), plans.PROD))


def _drift_text(drift: Drift) -> str:
    return plain(drift_lines(drift, plans.PROD, UNICODE, width=120))


SAMPLES: Mapping[str, Callable[[], str]] = {
    **dict(_drift_samples()),
    "plan-every-action-120.txt": lambda: plan_text(plans.every_action()),
    "plan-every-action-80.txt": lambda: plan_text(plans.every_action(), width=80),
    "plan-every-action-ascii.txt": lambda: plan_text(plans.every_action(), glyphs=ASCII),
    "plan-every-action-colour.txt": lambda: ansi(
        plan_lines(plans.every_action(), plans.PROD, UNICODE, width=120)
    ),
    "plan-create.txt": lambda: plan_text(plans.plan_of(plans.create()), plans.SANDBOX),
    "plan-update.txt": lambda: plan_text(plans.plan_of(plans.update())),
    "plan-replace-prompt.txt": lambda: plan_text(plans.plan_of(plans.replace_prompt())),
    "plan-replace-rows.txt": lambda: plan_text(plans.plan_of(plans.replace_rows())),
    "plan-rows-by-key.txt": lambda: plan_text(row_plans.by_key()),
    "plan-rows-by-key-80-ascii.txt": lambda: plan_text(row_plans.by_key(), glyphs=ASCII, width=80),
    "plan-rows-by-key.json": lambda: json_text(plan_document(row_plans.by_key(), plans.PROD)),
    "plan-rows-by-content.txt": lambda: plan_text(row_plans.by_content()),
    "plan-rows-all-changed.txt": lambda: plan_text(row_plans.every_row()),
    "plan-rows-of-hostile-texts-80.txt": lambda: plan_text(
        plans.plan_of(*row_plans.tricks([plans.HOSTILE])), width=80
    ),
    "plan-rename.txt": lambda: plan_text(plans.plan_of(plans.rename())),
    "plan-restore.txt": lambda: plan_text(plans.plan_of(plans.restore())),
    "plan-adopt.txt": lambda: plan_text(plans.plan_of(plans.adopt())),
    "plan-archive.txt": lambda: plan_text(plans.plan_of(plans.archive())),
    "plan-empty.txt": lambda: plan_text(Plan(unchanged=("a",) * 7, desired=7, owned=7, others=12)),
    "plan-empty-with-notes.txt": lambda: plan_text(
        Plan(unchanged=("a",), desired=1, owned=1, notes=("its run failed (no reason given)",)), plans.SANDBOX
    ),
    "plan-refused.txt": lambda: plan_text(plans.refused()),
    "plan-refused-80.txt": lambda: plan_text(plans.refused(), width=80),
    "plan-hostile-names.txt": lambda: plan_text(plans.hostile()),
    "plan-hostile-names-80.txt": lambda: plan_text(plans.hostile(), width=80),
    "plan-long-prompt.txt": lambda: plan_text(_long_prompt(), width=100),
    "plan-long-lines.txt": lambda: plan_text(review_plans.long_lines()),
    "plan-long-lines-80-ascii.txt": lambda: plan_text(review_plans.long_lines(), glyphs=ASCII, width=80),
    "plan-long-values-80.txt": lambda: plan_text(_long_values(), width=80),
    "plan-many-fields.txt": lambda: plan_text(_many_fields()),
    "plan-unknown-cost.txt": lambda: plan_text(_unknown_cost()),
    "plan-of-a-pull-request.txt": lambda: plan_text(plans.plan_of(plans.update()), plans.PULL_REQUEST),
    "plan.json": lambda: json_text(plan_document(plans.every_action(), plans.PULL_REQUEST)),
    "plan-hostile-names.json": lambda: json_text(plan_document(plans.hostile(), plans.PROD)),
    "outcome-done.txt": lambda: outcome_text(_all_done()),
    "outcome-nothing.txt": lambda: outcome_text(Outcome(left=Plan(desired=7))),
    "outcome-in-part.txt": lambda: outcome_text(_in_part()),
    "outcome-in-part-80-ascii.txt": lambda: outcome_text(_in_part(), ASCII, 80),
    "outcome-interrupted.txt": lambda: outcome_text(_interrupted()),
    "outcome-unverified.txt": lambda: outcome_text(_unverified()),
    "outcome-still-to-do.txt": lambda: outcome_text(
        Outcome(_results(_DONE), left=plans.plan_of(plans.update()))
    ),
    "outcome-in-part.json": lambda: json_text(outcome_document(_in_part(), plans.PROD)),
    "outcome-skipped.txt": lambda: outcome_text(_skipped()),
    "outcome-skipped-80-ascii.txt": lambda: outcome_text(_skipped(), ASCII, 80),
    "outcome-skipped-and-not-needed.txt": lambda: outcome_text(
        Outcome(_results(_DONE), left=Plan(desired=7), skipped=_not_needed())
    ),
    "outcome-skipped.json": lambda: json_text(outcome_document(_skipped(), plans.PROD)),
    "list.txt": lambda: plain(list_lines(_evaluations(), plans.NOW, UNICODE, width=140)),
    "list-80.txt": lambda: plain(list_lines(_evaluations(), plans.NOW, UNICODE, width=80)),
    "list-empty.txt": lambda: plain(list_lines([], plans.NOW, UNICODE, width=80)),
    "list.json": lambda: json_text(list_document(_evaluations()[:4], datetime(2026, 11, 20, tzinfo=UTC))),
    "history.txt": lambda: histories.text(histories.three_runs()),
    "history-80-ascii.txt": lambda: histories.text(histories.three_runs(), ASCII, width=80),
    "history-newest.txt": lambda: histories.text(histories.three_runs(), limit=1),
    "history-hostile.txt": lambda: histories.text(histories.hostile()),
    "history.json": lambda: histories.document(histories.three_runs()),
    "history-hostile.json": lambda: histories.document(histories.hostile()),
    "progress.txt": _progress,
    "problems.txt": _problems,
    "errors.txt": _errors,
    **dict(_reports()),
    **dict(_markdown()),
    **dict(_reports_on_plans()),
}
