"""What a person should know beside the changes, and why a plan is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgpctl.plan.plan import Plan, Refusal
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import prose


def refusals_part(plan: Plan, remedy: str) -> Part | None:
    return _part(Importance.REFUSALS, "Why it is refused", list(_refused(plan.refusals)), "refusals", remedy)


def warnings_part(plan: Plan, remedy: str) -> Part | None:
    return _part(Importance.WARNINGS, "Warnings", _bullets(plan.warnings), "warnings", remedy)


def notes_part(plan: Plan, remedy: str) -> Part | None:
    return _part(Importance.NOTES, "Notes", _bullets(plan.notes), "notes", remedy)


def _part(importance: Importance, title: str, items: Sequence[str], things: str, remedy: str) -> Part | None:
    if not items:
        return None
    return Part(importance, f"**{title}:**\n\n", items=items, things=things, remedy=remedy)


def _bullets(messages: Sequence[str]) -> list[str]:
    return [f"- {prose(message)}" for message in messages]


def _refused(refusals: Sequence[Refusal]) -> Iterator[str]:
    """Each with what to do, which is said once where it is the same for several."""
    messages: dict[str, list[str]] = {}
    for refusal in refusals:
        messages.setdefault(refusal.hint, []).append(refusal.message)
    for hint, (first, *others) in messages.items():
        yield f"- {prose(first)}<br>\n  {prose(hint)}"
        yield from _bullets(others)
