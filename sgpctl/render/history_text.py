"""The runs of one name for a person: each with its state, where it came from, its errors, and what changed in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sgpctl.limits import ERRORS_SHOWN_MAX, PROVENANCE_CHARS_MAX, SERVER_WORDS_CHARS_MAX
from sgpctl.model.evaluation import ItemFailure, RemoteEvaluation
from sgpctl.model.marks import LastChange, last_change
from sgpctl.plan.history import Run, Step
from sgpctl.render.counting import counted
from sgpctl.render.field_text import field_lines
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, INDENT, Line, Span, Style, columns, wrapped
from sgpctl.render.list_text import STATUS_STYLES
from sgpctl.render.safe_text import shortened
from sgpctl.render.wording import short_commit, short_id

_REST = f"{INDENT}  "


def history_lines(
    name: str, where: str, runs: Sequence[Run], glyphs: Glyphs, *, width: int, limit: int | None = None
) -> list[Line]:
    """The runs of `name`, the newest last; with `limit`, so many of the newest. `where` is the project's environment."""
    shown = runs if limit is None else runs[-limit:]
    total = counted(len(runs), "run")
    count = total if len(shown) == len(runs) else f"the newest {len(shown):,} of {total}"
    lines: list[Line] = [(Span(name, Style.STRONG), Span(f"  {where}: {count}; times in UTC"))]
    heads = columns([_head(run.remote, glyphs) for run in shown], width=width, fold_at=1)
    for run, head in zip(shown, heads, strict=True):
        lines += [BLANK, *head, *_details(run, name, glyphs, width)]
    return lines


def _head(remote: RemoteEvaluation, glyphs: Glyphs) -> list[Span]:
    archived = remote.archived_at
    progress = remote.progress
    done = "" if progress is None else f"{progress.successful + progress.failed:,}/{progress.total:,} items"
    failed = f"{progress.failed:,} failed" if progress is not None and progress.failed else ""
    errors = counted(remote.error_count, "error") if remote.error_count else ""
    return [
        Span(short_id(remote.id, glyphs), Style.STRONG),
        Span(_minute(remote.created_at)),
        Span("live", Style.GOOD) if archived is None else Span(f"archived {_minute(archived)}", Style.FAINT),
        Span(remote.status, STATUS_STYLES.get(remote.status, Style.PLAIN)),
        Span(done),
        Span(failed, Style.ERROR),
        Span(errors, Style.ERROR),
    ]


def _details(run: Run, name: str, glyphs: Glyphs, width: int) -> Iterator[Line]:
    remote = run.remote
    came_from = last_change(remote)
    words = [(_origin(came_from, glyphs), Style.FAINT)]
    if came_from.occasion.run_url is not None:
        words.append((_mark(came_from.occasion.run_url, glyphs), Style.FAINT))
    if remote.name != name:
        words.append((f"is called {remote.name!r} now", Style.PLAIN))
    if remote.status_reason:
        reason = shortened(remote.status_reason, SERVER_WORDS_CHARS_MAX, glyphs.ellipsis)
        words.append((reason, Style.ERROR if remote.status == "failed" else Style.PLAIN))
    failures = remote.progress.failures if remote.progress is not None else ()
    words += [(error, Style.ERROR) for error in _errors(failures, glyphs)]
    for text, style in words:
        yield from wrapped(text, first=INDENT, rest=_REST, width=width, style=style)
    if run.step is not None:
        yield from _step_lines(run.step, glyphs, width)


def _origin(came_from: LastChange, glyphs: Glyphs) -> str:
    """`commit 9f2c1e7 on main, pull request 412, by ann, evaluations/tone.yaml`."""
    occasion = came_from.occasion
    commit = "no commit" if came_from.commit is None else f"commit {short_commit(came_from.commit)}"
    parts = [
        commit if occasion.branch is None else f"{commit} on {occasion.branch}",
        None if occasion.pull_request is None else f"pull request {occasion.pull_request}",
        None if occasion.actor is None else f"by {occasion.actor}",
        came_from.source,
    ]
    return ", ".join(_mark(part, glyphs) for part in parts if part is not None)


def _mark(text: str, glyphs: Glyphs) -> str:
    """What a mark says, which anybody may have written."""
    return shortened(text, PROVENANCE_CHARS_MAX, glyphs.ellipsis)


def _errors(failures: Sequence[ItemFailure], glyphs: Glyphs) -> Iterator[str]:
    """Each different error once, with the first item that met it."""
    different: dict[tuple[str | None, str | None], str] = {}
    for failure in failures:
        different.setdefault((failure.kind, failure.message), failure.item_id)
    for (kind, message), item_id in list(different.items())[:ERRORS_SHOWN_MAX]:
        words = ": ".join(part for part in (kind, message) if part) or "an error without words"
        yield f"{shortened(words, SERVER_WORDS_CHARS_MAX, glyphs.ellipsis)} (item {item_id})"
    hidden = len(different) - ERRORS_SHOWN_MAX
    if hidden > 0:
        yield f"{glyphs.ellipsis} {counted(hidden, 'more error')}"


def _step_lines(step: Step, glyphs: Glyphs, width: int) -> Iterator[Line]:
    yield from field_lines((*step.spec, *step.mutable), None, glyphs, width)
    remark = _remark(step)
    if remark is not None:
        yield from wrapped(remark, first=INDENT, rest=_REST, width=width)


def _remark(step: Step) -> str | None:
    """What the fields do not say about the spec."""
    if step.has_same_rows is False:
        return "rows changed"
    if step.is_same_spec:
        return "the same spec run again" + ("; its tasks were edited on the platform" if step.spec else "")
    if step.spec:
        return None
    if step.is_same_spec is None:
        return "whether it is the same spec cannot be told: a mark is missing, or another version made it"
    return (
        "its spec differs in what lists do not show: taxonomy_params, skip_prefilled_rows, the rows of a dataset, or a "
        "default that was declared or left out"
    )


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "minutes")
