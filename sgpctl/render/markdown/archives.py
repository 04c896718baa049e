"""What is archived, by name and never folded: the reader of a plan must not miss what it takes away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sgpctl.limits import ARCHIVES_LISTED_MAX
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Plan
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import code, name_lists, prose
from sgpctl.render.verdict import archived_text
from sgpctl.render.wording import day, short_id

_SUCCESSIONS = {
    Action.REPLACE: "its new run takes its place",
    Action.RESTORE: "the restored run takes its place",
    Action.RENAME: "the renamed run takes its place",
}


@dataclass(frozen=True, slots=True)
class _Gone:
    name: str
    remote_id: str
    why: str


def archives_part(plan: Plan, remedy: str) -> Part | None:
    """A line for each; where they are many, names together by reason. Those without a successor come first."""
    gone = [*_archived(plan.changes), *_superseded(plan.changes)]
    if not gone:
        return None
    return Part(
        Importance.ARCHIVES,
        f"**Archives {archived_text(plan)}:**\n",
        items=name_lists(_by_reason(gone))
        if len(gone) > ARCHIVES_LISTED_MAX
        else [_line(one) for one in gone],
        joint="",
        things="archived evaluations",
        remedy=remedy,
    )


def _archived(changes: Sequence[Change]) -> Iterator[_Gone]:
    for change in changes:
        if change.action is Action.ARCHIVE:
            yield _Gone(change.name, change.remote_id or "", "; ".join(change.reasons))


def _superseded(changes: Sequence[Change]) -> Iterator[_Gone]:
    for change in changes:
        why = _SUCCESSIONS.get(change.action, "another run takes its place")
        for old in change.archives:
            yield _Gone(change.name, old.remote_id, f"{why} ({old.status} {day(old.created_at)})")


def _line(one: _Gone) -> str:
    return f"\n- {code(one.name)} ({code(short_id(one.remote_id, UNICODE))}): {prose(one.why)}"


def _by_reason(gone: Sequence[_Gone]) -> list[tuple[str, list[str]]]:
    names: dict[str, list[str]] = {}
    for one in gone:
        names.setdefault(one.why, []).append(one.name)
    return [(prose(why), together) for why, together in names.items()]
