"""Why a reviewed change is not what would be done now, in words that read on from `update of 'refunds'`."""

from __future__ import annotations

from collections.abc import Sequence, Set

from sgpctl.limits import PARTS_NAMED_MAX
from sgpctl.plan.action import Action
from sgpctl.plan.parts import changed_parts
from sgpctl.plan.plan import Change


def title(change: Change) -> str:
    return f"{change.action.value} of {change.name!r}"


def moved(before: Change, now: Change) -> str:
    causes = [*_causes(before, now), *_archived_otherwise(before, now), *_counted_otherwise(before, now)]
    if not causes:
        is_told = now.reasons and now.reasons != before.reasons
        causes = [*now.reasons] if is_told else ["what it would patch is no longer the same"]
    return f"would not do the same any more: {'; '.join(causes)}"


def another_action(before: Change, now: Change) -> str:
    if now.action is before.action:
        what = f"would now take evaluation {now.remote_id} instead of {before.remote_id}"
    else:
        article = "an" if now.action.value[0] in "aeiou" else "a"
        renamed = f" of {now.name!r}" if now.name != before.name else ""
        what = f"would now be {article} {now.action.value}{renamed}"
    causes = _causes(before, now) or [*now.reasons]
    if not causes and before.remote_id is None:
        causes = [f"evaluation {now.remote_id} is there now"]
    return f"{what}: {'; '.join(causes)}" if causes else what


def no_longer_planned(change: Change, declared_before: Set[str], declared_now: Set[str]) -> str:
    """The two sets are the names that are declared in the reviewed plan and in the current one."""
    is_declared = change.name in declared_now
    if change.action is Action.ARCHIVE:
        if is_declared and change.name not in declared_before:
            return "is no longer planned: it is declared now"
        return "is no longer needed: the evaluation is archived already, or not this project's any more"
    if is_declared:
        return "is no longer needed: it is there as declared"
    return "is no longer planned: it is not declared any more"


def new() -> str:
    return "is new"


def tied(other: Change) -> str:
    return f"is as reviewed, but belongs together with the {title(other)}, which is not"


def tied_to_held(archive: Change) -> str:
    return f"is as reviewed, but belongs together with the {title(archive)}, which is skipped too"


def held(missing: Change) -> str:
    return f"is as reviewed, but nothing is archived while the {title(missing)} is skipped"


def _causes(before: Change, now: Change) -> list[str]:
    """Everything that made the one into the other, as far as both plans tell."""
    is_declared_anew = None not in {before.digest, now.digest} and (before.digest, before.declared) != (
        now.digest,
        now.declared,
    )
    what = f"what is declared changed{_named(changed_parts(before.parts, now.parts))}"
    return [*([what] if is_declared_anew else []), *_remote_causes(before, now)]


def _remote_causes(before: Change, now: Change) -> list[str]:
    were = {need.remote_id: need for need in before.relied_on}
    are = {need.remote_id: need for need in now.relied_on}
    return [
        f"{_subject(one, before)} was changed by someone{_named(changed_parts(need.parts, are[one].parts))}"
        for one, need in were.items()
        if one in are and need.fingerprint != are[one].fingerprint
    ]


def _archived_otherwise(before: Change, now: Change) -> list[str]:
    were, are = ([old.remote_id for old in change.archives] for change in (before, now))
    more = [f"it would also archive {one}" for one in are if one not in were]
    return more + [f"it would no longer archive {one}" for one in were if one not in are]


def _subject(remote_id: str, change: Change) -> str:
    if remote_id == change.remote_id:
        return "the remote evaluation"
    is_archived = any(old.remote_id == remote_id for old in change.archives)
    return f"{remote_id}, which {'it archives' if is_archived else 'stays'},"


def _named(parts: Sequence[str]) -> str:
    if not parts:
        return ""
    shown = ", ".join(parts[:PARTS_NAMED_MAX])
    more = len(parts) - PARTS_NAMED_MAX
    return f" ({shown} and {more} more)" if more > 0 else f" ({shown})"


def _counted_otherwise(before: Change, now: Change) -> list[str]:
    """How many calls, rows and questions it would start instead, where that does not follow from what is declared."""
    was, is_now = before.cost, now.cost
    if was == is_now or before.digest != now.digest:
        return []
    if was.is_known != is_now.is_known:
        return [f"what it would start can{'' if is_now.is_known else 'not'} be counted now"]
    differing = [
        f"{after:,} {noun} instead of {count:,}"
        for noun, count, after in (
            ("model calls", was.model_calls, is_now.model_calls),
            ("rows", was.rows, is_now.rows),
            ("questions for people", was.human_tasks, is_now.human_tasks),
        )
        if count != after
    ]
    return [f"it would start {', '.join(differing)}"] if differing else []
